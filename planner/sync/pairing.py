"""Two laptops get to know each other: a card, an invitation, and a short code told by voice.

The collector's laptop makes a card with its public keys and a code; the card goes to the lead by
any way, the code by voice. The lead's workspace checks the card with the code and answers with an
invitation that is sealed to the card's key, signed by the lead's, and marked with the same code. So
each side knows that the keys are those of whom it spoke with, whoever carried the two texts.

The code has 60 random bits and is stretched by Argon2id: it cannot be tried out from the texts.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import nacl.pwhash.argon2id as argon2id
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.signing import SigningKey, VerifyKey

from planner.errors import PlannerError
from planner.store.append import WORKSPACE, meta
from planner.store.driver import Connection
from planner.store.store import Store
from planner.store.team import COLLECTOR, LEAD, role, set_role
from planner.sync.peers import (
    ACTIVE,
    ENDED,
    Peer,
    add_peer,
    change_peer,
    find_peer,
    fingerprint,
    load_peers,
    make_keys,
    own_keys,
)

CARD, INVITATION = "FVCARD1.", "FVINVITE1."
OPS = 3
MEMORY = 64 * 1024 * 1024  # bytes
LONGEST = 1500  # characters of a card or an invitation, so that it fits into a QR code
JOINING = "joining"  # the role of a workspace that waits for its invitation
_CODE = re.compile(r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}")
_MARK = 16  # bytes
_NAME = 60  # characters


@dataclass(frozen=True, slots=True)
class Card:
    """What a laptop says of itself; `peer_id` is the fingerprint of its keys."""

    peer_id: str
    name: str
    collector_id: str
    device_id: str
    verify: bytes = field(repr=False)
    box: bytes = field(repr=False)


def new_code() -> str:
    """A code to be told by voice: 60 random bits in three groups of four signs."""
    text = base64.b32encode(secrets.token_bytes(8)).decode()[:12]
    return "-".join(text[k : k + 4] for k in range(0, 12, 4))


def clean_code(text: str) -> str:
    """The code however it was typed. PlannerError("pairing.bad_code")."""
    signs = re.sub(r"[\s-]", "", text).upper().replace("0", "O").replace("1", "I")
    code = "-".join(signs[k : k + 4] for k in range(0, len(signs), 4))
    if not _CODE.fullmatch(code):
        raise PlannerError("pairing.bad_code")
    return code


def make_lead(store: Store, name: str) -> None:
    """Make this workspace the lead's of a new team.

    PlannerError: "pairing.no_name", "pairing.in_team" when it belongs to one.
    """
    with store.write() as tx:
        if role(tx.conn):
            raise PlannerError("pairing.in_team")
        make_keys(tx.conn)
        set_role(tx.conn, LEAD)
        _put(tx.conn, "own_name", _name(name))


def begin_joining(store: Store, name: str, collector_id: str) -> tuple[str, str]:
    """Prepare a new, empty workspace for a team: the text of its card, and the code to tell.

    Asked again, there is a new card with a new code; the old one is worth nothing then.
    PlannerError: "pairing.not_empty" (something is recorded here), "pairing.in_team".
    """
    code = new_code()
    with store.write() as tx:
        if role(tx.conn) not in ("", JOINING):
            raise PlannerError("pairing.in_team")
        if tx.conn.execute("SELECT 1 FROM event LIMIT 1").fetchone():
            raise PlannerError("pairing.not_empty")
        keys = make_keys(tx.conn)
        told = {
            "n": _name(name), "c": _short(collector_id), "d": meta(tx.conn, "device"),
            "v": _text64(bytes(keys.sign.verify_key)), "b": _text64(bytes(keys.box.public_key)),
            "s": _text64(secrets.token_bytes(argon2id.SALTBYTES)),
        }  # fmt: skip
        body = _json(told)
        stretched = _stretch(code, _bytes64(told["s"]))
        set_role(tx.conn, JOINING)
        _put(tx.conn, "own_name", told["n"])
        _put(tx.conn, "joining", json.dumps({"key": stretched.hex(), "card": _digest(body).hex()}))
    return CARD + _text64(_marked(stretched, b"card", body) + body), code


def read_card(text: str) -> Card:
    """What a card says, before anybody has checked it by the code.

    PlannerError("pairing.not_a_card").
    """
    return _card(_card_of(text)[1])


def admit(store: Store, card_text: str, code: str, now: datetime, *, collector_id: str = "") -> str:
    """The lead lets a laptop into the team; the text of its invitation.

    `collector_id` where the card's is to be another one. Another laptop of the same collector is
    ended thereby. PlannerError: "pairing.not_lead", "pairing.not_a_card", "pairing.bad_code",
    "pairing.wrong_code" (or a forged card), "pairing.card_used".
    """
    body, told = _card_of(card_text)
    card = _card(told)
    stretched = _stretch(clean_code(code), _bytes64(told["s"]))
    mark = _bytes_of(card_text, CARD, "pairing.not_a_card")[:_MARK]
    if not hmac.compare_digest(mark, _marked(stretched, b"card", body)):
        raise PlannerError("pairing.wrong_code")
    with store.write() as tx:
        keys = own_keys(tx.conn)
        if role(tx.conn) != LEAD or keys is None:
            raise PlannerError("pairing.not_lead")
        if find_peer(tx.conn, card.peer_id) or card.peer_id == keys.fingerprint:
            raise PlannerError("pairing.card_used", name=card.name)
        who = _short(collector_id or card.collector_id)
        for other in load_peers(tx.conn, (ACTIVE,)):
            if other.collector_id == who:
                change_peer(tx.conn, other.peer_id, state=ENDED)
        (key,) = tx.conn.execute("SELECT key FROM who WHERE pid = ?", (WORKSPACE,)).fetchone()
        inside = _json({
            "n": meta(tx.conn, "own_name"), "c": who, "z": meta(tx.conn, "zone"),
            "m": meta(tx.conn, "currency"), "k": _text64(bytes(key)),
            "t": _text64(bytes.fromhex(meta(tx.conn, "secret"))),
            "v": _text64(bytes(keys.sign.verify_key)), "b": _text64(bytes(keys.box.public_key)),
            "f": _digest(body).hex(),
        })  # fmt: skip
        text = _invitation(keys.sign, card, inside, stretched)
        add_peer(
            tx.conn,
            Peer(card.peer_id, COLLECTOR, who, card.name, card.verify, card.box, ACTIVE,
                 invitation=text),
            now,
        )  # fmt: skip
    return text


def _invitation(sign: SigningKey, card: Card, inside: bytes, stretched: bytes) -> str:
    signed = bytes(sign.sign(inside))
    sealed = bytes(SealedBox(PublicKey(card.box)).encrypt(signed))
    whom = bytes.fromhex(card.peer_id)
    return INVITATION + _text64(_marked(stretched, b"invitation", whom + sealed) + whom + sealed)


def invitation_of(store: Store, peer_id: str) -> str:
    """The invitation of a laptop from which nothing has come yet, "" afterwards."""
    with store.read() as conn:
        peer = find_peer(conn, peer_id)
    return peer.invitation if peer else ""


def join(store: Store, text: str, now: datetime) -> str:
    """Join the team by the invitation; the name of its lead.

    PlannerError: "pairing.not_joining" (no card was made here, or it has joined already),
    "pairing.not_an_invitation", "pairing.other_laptop", "pairing.wrong_code" (or a forged
    invitation).
    """
    data = _bytes_of(text, INVITATION, "pairing.not_an_invitation")
    with store.write() as tx:
        keys = own_keys(tx.conn)
        if keys is None or role(tx.conn) != JOINING:
            raise PlannerError("pairing.not_joining")
        waiting = json.loads(meta(tx.conn, "joining"))
        whom = data[_MARK : _MARK + 8]
        if whom.hex() != keys.fingerprint:
            raise PlannerError("pairing.other_laptop")
        rest = data[_MARK:]
        mark = _marked(bytes.fromhex(waiting["key"]), b"invitation", rest)
        if not hmac.compare_digest(data[:_MARK], mark):
            raise PlannerError("pairing.wrong_code")
        told = _opened(keys.box, rest[8:])
        if told["f"] != waiting["card"]:
            raise PlannerError("pairing.other_laptop")
        lead = Peer(
            fingerprint(_bytes64(told["v"]), _bytes64(told["b"])), LEAD, "", told["n"],
            _bytes64(told["v"]), _bytes64(told["b"]),
        )  # fmt: skip
        if tx.conn.execute("SELECT 1 FROM event LIMIT 1").fetchone():
            raise PlannerError("pairing.not_empty")
        for name, value in (("zone", told["z"]), ("currency", told["m"]),
                            ("secret", _bytes64(told["t"]).hex())):  # fmt: skip
            _put(tx.conn, name, value)
        tx.conn.execute("UPDATE who SET key = ? WHERE pid = ?", (_bytes64(told["k"]), WORKSPACE))
        tx.conn.execute("DELETE FROM meta WHERE name = 'joining'")
        set_role(tx.conn, COLLECTOR, told["c"])
        add_peer(tx.conn, lead, now)
    store.zone, store.currency = told["z"], told["m"]
    return str(told["n"])


def end_peer(store: Store, peer_id: str) -> None:
    """A laptop leaves the team: nothing is sent to it or taken from it any more.

    What it holds stays on it until somebody deletes it there. PlannerError("exchange.not_in_team").
    """
    with store.write() as tx:
        peer = find_peer(tx.conn, peer_id)
        if peer is None or role(tx.conn) != LEAD or peer.state == ENDED:
            raise PlannerError("exchange.not_in_team", name=peer.name if peer else peer_id)
        change_peer(tx.conn, peer_id, state=ENDED)


def readmit_peer(store: Store, peer_id: str) -> None:
    """A laptop that had left is in the team again, with what it has not sent yet; another laptop of
    the same collector is ended thereby. PlannerError("exchange.not_in_team")."""
    with store.write() as tx:
        peer = find_peer(tx.conn, peer_id)
        if peer is None or role(tx.conn) != LEAD or peer.state != ENDED:
            raise PlannerError("exchange.not_in_team", name=peer.name if peer else peer_id)
        for other in load_peers(tx.conn, (ACTIVE,)):
            if other.collector_id == peer.collector_id:
                change_peer(tx.conn, other.peer_id, state=ENDED)
        change_peer(tx.conn, peer_id, state=ACTIVE, owes=1)


def _opened(box: PrivateKey, sealed: bytes) -> dict[str, Any]:
    """What an invitation says, after a look at its signature and at every field."""
    try:
        signed = SealedBox(box).decrypt(sealed)
        told = json.loads(signed[64:])
        if not isinstance(told, dict) or told.keys() != set("nczmktvbf"):
            raise ValueError("fields")
        if not all(isinstance(one, str) and one.isprintable() for one in told.values()):
            raise ValueError("texts")
        VerifyKey(_bytes64(told["v"])).verify(signed)
        if any(len(_bytes64(told[name])) != 32 for name in "ktvb"):
            raise ValueError("keys")
    except (CryptoError, ValueError, TypeError, RecursionError) as error:
        raise PlannerError("pairing.not_an_invitation") from error
    return told


def _card_of(text: str) -> tuple[bytes, dict[str, Any]]:
    body = _bytes_of(text, CARD, "pairing.not_a_card")[_MARK:]
    try:
        told = json.loads(body)
        if not isinstance(told, dict) or told.keys() != set("ncdvbs"):
            raise ValueError("fields")
        if not all(isinstance(one, str) and one.isprintable() for one in told.values()):
            raise ValueError("texts")
        if len(told["n"]) > _NAME or len(told["c"]) > _NAME or not told["d"].isalnum():
            raise ValueError("length")
        sizes = {"v": 32, "b": 32, "s": argon2id.SALTBYTES}
        if any(len(_bytes64(told[name])) != size for name, size in sizes.items()):
            raise ValueError("keys")
    except (ValueError, TypeError, RecursionError) as error:
        raise PlannerError("pairing.not_a_card") from error
    return body, told


def _card(told: dict[str, Any]) -> Card:
    verify, box = _bytes64(told["v"]), _bytes64(told["b"])
    return Card(fingerprint(verify, box), told["n"], told["c"], told["d"], verify, box)


def _bytes_of(text: str, start: str, code: str) -> bytes:
    """The bytes of a card or an invitation; line breaks that a mail made do not matter."""
    plain = re.sub(r"\s", "", text[: 4 * LONGEST])
    if not plain.startswith(start) or len(plain) > LONGEST:
        raise PlannerError(code)
    try:
        data = _bytes64(plain[len(start) :])
    except ValueError as error:
        raise PlannerError(code) from error
    if len(data) <= _MARK + 8:
        raise PlannerError(code)
    return data


def _stretch(code: str, salt: bytes) -> bytes:
    return argon2id.kdf(32, code.encode(), salt, opslimit=OPS, memlimit=MEMORY)


def _marked(key: bytes, what: bytes, body: bytes) -> bytes:
    """The mark by which whoever knows the code recognises a text."""
    return hashlib.blake2b(what + body, key=key, digest_size=_MARK).digest()


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()


def _json(told: dict[str, str]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _text64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes64(text: str) -> bytes:
    """The bytes; ValueError for anything but the signs of this alphabet."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("base64") from error


def _name(name: str) -> str:
    """A name as it stands on a card. PlannerError("pairing.no_name")."""
    text = " ".join(name.split())
    if not text or len(text) > _NAME or not text.isprintable():
        raise PlannerError("pairing.no_name", most=_NAME)
    return text


def _short(collector_id: str) -> str:
    """A staff id as it stands on a card. PlannerError("pairing.no_staff_id")."""
    text = collector_id.strip()
    if not text or len(text) > _NAME or not text.isprintable():
        raise PlannerError("pairing.no_staff_id", most=_NAME)
    return text


def _put(conn: Connection, name: str, value: str) -> None:
    conn.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
