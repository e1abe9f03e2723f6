"""What both sides do when a delivery is merged: numbers, clocks, files, folding, person hashes."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import nacl.bindings as sodium
from nacl.exceptions import CryptoError

from planner.errors import PlannerError
from planner.store.append import meta
from planner.store.driver import Connection
from planner.store.events import FIRST_HASH, Event, events_of
from planner.store.state import TABLES, refold
from planner.sync.delivery import Delivery, File, PersonPackage
from planner.sync.peers import Peer, change_peer

SKEW = 300  # seconds by which clocks may differ without a word
_NONCE = sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES


@dataclass(slots=True)
class Merged:
    """What one delivery brought."""

    received: int = 0
    persons_in: int = 0
    persons_out: int = 0
    flagged: int = 0
    conflicts: int = 0
    skew: int = 0
    forked: int = 0
    touched: set[str] = field(default_factory=set)


def last_seen(conn: Connection, peer: Peer, device_id: str) -> int | None:
    """The number of the last delivery of this device that was merged, None = the device is new."""
    found = conn.execute(
        "SELECT number FROM seen WHERE peer_id = ? AND device_id = ?", (peer.peer_id, device_id)
    ).fetchone()
    return int(found[0]) if found else None


def note_seen(conn: Connection, peer: Peer, told: Delivery, now: datetime) -> int:
    """Note that a delivery is merged; by how many seconds its clock is off (0 = not noticeably).

    A delivery that was made later than now shows a clock that is ahead; one that says it merged
    ours before we made it, a clock that is behind.
    """
    conn.execute(
        "INSERT OR REPLACE INTO seen VALUES (?, ?, ?)",
        (peer.peer_id, told.device_id, told.number),
    )
    at = int(now.timestamp())
    skew = told.made_at - at if told.made_at - at > SKEW else 0
    device, number, merged_at = told.seen
    made = conn.execute(
        "SELECT at FROM sent WHERE peer_id = ? AND number = ?", (peer.peer_id, number)
    ).fetchone()
    if not skew and made and device == meta(conn, "device") and made[0] - merged_at > SKEW:
        skew = merged_at - int(made[0])
    change_peer(
        conn, peer.peer_id, device_id=told.device_id, in_number=told.number, in_at=told.made_at,
        merged_at=at, skew=skew, invitation="",
    )  # fmt: skip
    if asks_for_answer(told):
        change_peer(conn, peer.peer_id, owes=1)
    return skew


def asks_for_answer(told: Delivery) -> bool:
    """Whether a delivery holds more than confirmations: those are not confirmed in turn."""
    return bool(
        told.entries or told.persons or told.gone or told.plans or told.files or told.wanted
        or told.surplus or told.settings is not None
    )  # fmt: skip


def keys_of(conn: Connection, debtor_ids: Iterable[str]) -> dict[str, bytes | None]:
    """The keys of those of these persons who are known; None = erased here."""
    return {
        who: bytes(key) if key else None
        for who, key in conn.execute(
            "SELECT debtor_id, key FROM who WHERE debtor_id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(set(debtor_ids))),),
        )
    }


def take_files(
    conn: Connection, files: Iterable[File], told: Mapping[bytes, dict[str, Any]],
    keys: Mapping[str, bytes | None],
) -> None:  # fmt: skip
    """Keep files that came with entries (`told`: their payloads), after a look into them.

    One of a person who is erased here is passed over. PlannerError("exchange.bad_file") for one
    that does not open, has another hash, or belongs to no entry.
    """
    hashes = {one["evidence_id"]: one["sha256"] for one in told.values() if "evidence_id" in one}
    for file in files:
        key = keys.get(file.debtor_id)
        if key is None and file.debtor_id in keys:
            continue
        # What is still to be sent of a person who left may go on under the id of another.
        known = conn.execute(
            "SELECT 1 FROM blob JOIN who USING (pid) WHERE evidence_id = ? AND key IS NOT NULL",
            (file.evidence_id,),
        ).fetchone()
        if known:
            continue
        digest = _digest_of(file, key)
        promised = hashes.get(file.evidence_id) or _promised(conn, file)
        if digest != file.digest or promised != digest:
            raise PlannerError("exchange.bad_file")
        conn.execute(
            "INSERT OR REPLACE INTO blob SELECT ?, pid, ?, ? FROM who WHERE debtor_id = ?",
            (file.evidence_id, file.digest, file.body, file.debtor_id),
        )


def _promised(conn: Connection, file: File) -> str:
    """The hash that an entry which was here before says of a file, "" when none does."""
    for event in events_of_kind(conn, file.debtor_id, "evidence"):
        if event.payload["evidence_id"] == file.evidence_id:
            return str(event.payload["sha256"])
    return ""


def events_of_kind(conn: Connection, debtor_id: str, kind: str) -> list[Event]:
    """The entries of one kind of a person, in the order of folding, undone ones too."""
    ((_, events),) = events_of(conn, [debtor_id])
    return [event for event in events if event.kind == kind]


def _digest_of(file: File, key: bytes | None) -> str:
    head = f"evidence|{file.evidence_id}|{file.digest}".encode()
    try:
        data = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
            file.body[_NONCE:], head, file.body[:_NONCE], key or bytes(32)
        )
    except (CryptoError, ValueError) as error:
        raise PlannerError("exchange.bad_file") from error
    return hashlib.sha256(data).hexdigest()


def fold(conn: Connection, touched: Iterable[str]) -> None:
    """Derive again what follows from the entries of these persons ("" = the workspace)."""
    refold(conn, sorted(set(touched)))


def new_device(conn: Connection, device_id: str) -> None:
    """Go on under another device id: the present one's numbers are used elsewhere too."""
    (last,) = conn.execute("SELECT max(last_id) FROM device WHERE owner = ''").fetchone()
    conn.execute(
        "INSERT INTO device (device_id, last_seq, last_hash, last_id) VALUES (?, 0, ?, ?)",
        (device_id, FIRST_HASH, last or b""),
    )
    conn.execute("UPDATE meta SET value = ? WHERE name = 'device'", (device_id,))


def person_hash(conn: Connection, debtor_id: str) -> str:
    """The hash of all that is derived of a person: the same in every workspace that has the same
    entries of them, in whatever order these came."""
    digest = hashlib.sha256()
    for table, columns in TABLES.items():
        found = conn.execute(
            f"SELECT {columns} FROM {table} JOIN who USING (pid) WHERE debtor_id = ?", (debtor_id,)
        ).fetchall()
        digest.update(repr((table, sorted(map(repr, found)))).encode())
    return digest.hexdigest()


def know_persons(conn: Connection, persons: Sequence[PersonPackage]) -> int:
    """Keep keys and identities; how many persons are new, or are back.

    PlannerError("exchange.key_differs").
    """
    keys = keys_of(conn, [one.debtor_id for one in persons])
    came = 0
    for one in persons:
        known = keys.get(one.debtor_id)
        if known and known != one.key:
            raise PlannerError("exchange.key_differs")
        if known is None:
            came += 1
            conn.execute(
                "INSERT INTO who (debtor_id, key) VALUES (?, ?) ON CONFLICT (debtor_id)"
                " DO UPDATE SET key = excluded.key, erased_at = NULL",
                (one.debtor_id, one.key),
            )
        conn.executemany(
            "INSERT OR REPLACE INTO identity (hash, pid, batch)"
            " SELECT ?, pid, ? FROM who WHERE debtor_id = ?",
            [(digest, batch, one.debtor_id) for digest, batch in one.identities],
        )
    return came
