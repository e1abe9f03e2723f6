"""A delivery as one sealed and signed file: only its receiver reads it, and knows whose it is.

    8 bytes mark, version, receiver's and sender's fingerprints            in clear
    number, length, signature, the delivery, zeros up to full kibibytes    sealed to the receiver

The signature (Ed25519) covers everything in clear, the receiver's key, the number and the
delivery; so nothing can be sent on in another's name, or to somebody else.
"""

import hashlib
import struct
from collections.abc import Callable
from dataclasses import replace

from nacl.exceptions import CryptoError
from nacl.public import PublicKey, SealedBox
from nacl.signing import VerifyKey

from planner.errors import PlannerError
from planner.sync.delivery import Delivery, from_bytes, to_bytes
from planner.sync.peers import ENDED, OwnKeys, Peer

VERSION = 1
MARK = b"FVBUNDLE"
MOST_BYTES = 512 * 1024**2
_HEAD = struct.Struct(">8sH8s8s")
_INSIDE = struct.Struct(">QQ64s")
_PAD = 1024
_DIGEST = 32  # bytes of a SHA-256


def seal_bundle(own: OwnKeys, peer: Peer, told: Delivery) -> bytes:
    """The bundle with `told` for `peer`."""
    head = _HEAD.pack(MARK, VERSION, bytes.fromhex(peer.peer_id), bytes.fromhex(own.fingerprint))
    body = to_bytes(told)
    signed = _signed(head, peer.box, told.number, body)
    signature = own.sign.sign(signed).signature
    inside = _INSIDE.pack(told.number, len(body), signature) + body
    inside += bytes(-len(inside) % _PAD)
    return head + bytes(SealedBox(PublicKey(peer.box)).encrypt(inside))


def _signed(head: bytes, box: bytes, number: int, body: bytes) -> bytes:
    return _told(head, box, number, hashlib.sha256(body).digest())


def _told(head: bytes, box: bytes, number: int, digest: bytes) -> bytes:
    return b"fairvisit bundle" + head + box + number.to_bytes(8, "big") + digest


def open_bundle(
    own: OwnKeys, find: Callable[[str], Peer | None], data: bytes
) -> tuple[Peer, Delivery]:
    """Whose bundle it is and what is in it; `find` knows peers by their fingerprint.

    PlannerError: "exchange.not_a_bundle", "exchange.newer", "exchange.wrong_receiver",
    "exchange.unknown_sender", "exchange.not_in_team", "exchange.damaged", "exchange.forged",
    "exchange.malformed"; nothing else is raised.
    """
    if len(data) < _HEAD.size or not data.startswith(MARK):
        raise PlannerError("exchange.not_a_bundle")
    _, version, receiver, sender = _HEAD.unpack_from(data)
    if version != VERSION:
        raise PlannerError("exchange.newer")
    if receiver.hex() != own.fingerprint:
        raise PlannerError("exchange.wrong_receiver")
    peer = find(sender.hex())
    if peer is None:
        raise PlannerError("exchange.unknown_sender")
    if peer.state == ENDED:
        raise PlannerError("exchange.not_in_team", name=peer.name)
    if len(data) > MOST_BYTES:
        raise PlannerError("exchange.malformed")
    try:
        inside = SealedBox(own.box).decrypt(data[_HEAD.size :])
        number, size, signature = _INSIDE.unpack_from(inside)
    except (CryptoError, ValueError, TypeError, struct.error) as error:
        raise PlannerError("exchange.damaged") from error
    body = inside[_INSIDE.size : _INSIDE.size + size]
    try:
        VerifyKey(peer.verify).verify(
            _signed(data[: _HEAD.size], bytes(own.box.public_key), number, body), signature
        )
    except CryptoError as error:
        raise PlannerError("exchange.forged", name=peer.name) from error
    told = from_bytes(body)
    if told.number != number:
        raise PlannerError("exchange.malformed")
    return peer, replace(told, stamp=hashlib.sha256(body).digest() + signature)


def is_proof(own: OwnKeys, peer: Peer, number: int, stamp: bytes) -> bool:
    """Whether `stamp` is that of a bundle with this number, which we sealed for `peer`."""
    head = _HEAD.pack(MARK, VERSION, bytes.fromhex(peer.peer_id), bytes.fromhex(own.fingerprint))
    signed = _told(head, peer.box, number, stamp[:_DIGEST])
    try:
        own.sign.verify_key.verify(signed, stamp[_DIGEST:])
    except (CryptoError, ValueError):
        return False
    return True
