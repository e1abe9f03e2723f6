"""One event: its id, its header, its sealed payload, its place in the chain of its device.

The header is the compact JSON list of the plain columns. It is authenticated with the payload
(XChaCha20-Poly1305, one key per person), so that a payload cannot be moved to another header, and
hash = SHA-256(previous hash + header + sealed payload): deleting a person's key makes the payload
unreadable and leaves the chain whole.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import nacl.bindings as sodium
from nacl.exceptions import CryptoError

from planner.store.driver import Connection

SCHEMA_V = 1
FIRST_HASH = bytes(32)
KEY_BYTES = sodium.crypto_aead_xchacha20poly1305_ietf_KEYBYTES
_NONCE = sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_COLUMNS = (
    "event_id, device_id, device_seq, kind, debtor_id, batch, occurred_at, recorded_at,"
    " schema_v, key, payload, prev_hash, hash"
)
# Payloads are trees of checked values: nothing in them can contain itself.
_WRITE = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
_LOW = (1 << 62) - 1
KEY_HASH = 16  # bytes of the keyed hash by which a fact is recognised
INSERT = f"INSERT INTO event ({_COLUMNS}) VALUES ({', '.join('?' * 13)})"


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What is to be recorded: `occurred_at` aware; `debtor_id` "" = about the workspace.

    `key` recognises the same fact when it comes again: an event whose key is there is skipped.
    """

    kind: str
    debtor_id: str
    occurred_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A recorded event with its payload in clear. Instants are epoch seconds (UTC)."""

    event_id: bytes
    kind: str
    debtor_id: str
    batch: bytes
    occurred_at: int
    payload: dict[str, Any]
    key: bytes | None = None  # of the fact, as its header says


@dataclass(frozen=True, slots=True)
class Row:
    """An event as it is stored.

    What an exchange brings may stand under another device or key than its header says: "X/2" is
    the second branch of the device X, and a key with the event's id behind it a twin of the fact.
    """

    event_id: bytes
    device_id: str
    device_seq: int
    kind: str
    debtor_id: str
    batch: bytes
    occurred_at: int
    recorded_at: int
    schema_v: int
    key: bytes | None
    payload: bytes
    prev_hash: bytes
    hash: bytes

    def header(self) -> bytes:
        """The bytes that are authenticated and hashed before the payload."""
        return header(
            self.event_id, self.device_id.partition("/")[0], self.device_seq, self.kind,
            self.debtor_id, self.batch, self.occurred_at, self.recorded_at, self.schema_v,
            self.key and self.key[:KEY_HASH],
        )  # fmt: skip


def next_id(at: datetime, last: bytes = b"") -> bytes:
    """A UUIDv7 (RFC 9562) of the moment `at`, 16 bytes, always above `last`."""
    return next_ids(at, last, 1)[0]


def next_ids(at: datetime, last: bytes, count: int) -> list[bytes]:
    """`count` ids as of `next_id`, each above the one before."""
    stamp = int(at.timestamp() * 1000) << 74
    chance = os.urandom(13 * count)
    number = int.from_bytes(last, "big")
    floor = number >> 80 << 74 | (number >> 64 & 0xFFF) << 62 | number & _LOW if last else -1
    found = []
    for start in range(0, 13 * count, 13):
        value = stamp | int.from_bytes(chance[start : start + 10], "big") >> 6
        if floor >= value:
            value = floor + 1 + int.from_bytes(chance[start + 10 : start + 13], "big")
        floor = value
        words = value >> 74 << 80 | 7 << 76 | (value >> 62 & 0xFFF) << 64 | 2 << 62 | value & _LOW
        found.append(words.to_bytes(16, "big"))
    return found


def header(
    event_id: bytes, device_id: str, device_seq: int, kind: str, debtor_id: str, batch: bytes,
    occurred_at: int, recorded_at: int, schema_v: int, key: bytes | None,
) -> bytes:  # fmt: skip
    """The plain columns of an event as bytes, a JSON list without blanks; the list ends itself, so
    nothing can be shifted."""
    return (
        f'["{event_id.hex()}",{_quoted(device_id)},{device_seq},{_quoted(kind)},'
        f'{_quoted(debtor_id)},"{batch.hex()}",{occurred_at},{recorded_at},{schema_v},'
        f"{_quoted(key.hex()) if key else 'null'}]"
    ).encode()


def _quoted(text: str) -> str:
    plain = text.isascii() and text.replace(".", "").isalnum()  # nothing that JSON would escape
    return f'"{text}"' if plain else json.dumps(text)


def seal(payload: dict[str, Any], head: bytes, key: bytes) -> bytes:
    """Nonce and ciphertext of `payload` under a person's `key`."""
    nonce = os.urandom(_NONCE)
    clear = _WRITE(payload).encode()
    return nonce + sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(clear, head, nonce, key)


def unseal(row: Row, key: bytes) -> dict[str, Any] | None:
    """The payload of `row`, None when it does not fit its header or `key`."""
    try:
        clear = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
            row.payload[_NONCE:], row.header(), row.payload[:_NONCE], key
        )
    except CryptoError:
        return None
    return dict(json.loads(clear))


def chain(previous: bytes, head: bytes, payload: bytes) -> bytes:
    """The hash of an event after `previous`."""
    return hashlib.sha256(previous + head + payload).digest()


def rows(conn: Connection, tail: str, params: Sequence[Any] = ()) -> Iterator[Row]:
    """Stored events; `tail` is WHERE and ORDER BY, from the program itself only."""
    for found in conn.execute(f"SELECT {_COLUMNS} FROM event {tail}", params):
        yield Row(*found)


def events_of(conn: Connection, debtor_ids: Sequence[str]) -> Iterator[tuple[str, list[Event]]]:
    """Each of the persons with all events, in the order of folding; erased ones have none.

    Order: (occurred_at, event id). The workspace is the person "".
    """
    asked = json.dumps(list(debtor_ids))
    keys = dict(
        conn.execute(
            "SELECT debtor_id, key FROM who WHERE debtor_id IN (SELECT value FROM json_each(?))",
            (asked,),
        ).fetchall()
    )
    found: dict[str, list[Event]] = {who: [] for who in debtor_ids}
    tail = (
        "WHERE debtor_id IN (SELECT value FROM json_each(?))"
        " ORDER BY debtor_id, occurred_at, event_id"
    )
    for row in rows(conn, tail, (asked,)):
        key = keys.get(row.debtor_id)
        payload = unseal(row, key) if key else None
        if payload is not None:
            found[row.debtor_id].append(
                Event(row.event_id, row.kind, row.debtor_id, row.batch, row.occurred_at, payload,
                      row.key and row.key[:KEY_HASH])
            )  # fmt: skip
    yield from found.items()
