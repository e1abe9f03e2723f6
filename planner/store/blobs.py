"""Files of evidence, each sealed under the key of the person it is about.

The bytes lie in this workspace's file beside the events; the event "evidence" says their SHA-256,
so that the chain of events vouches for them. Without the person's key they are unreadable, and an
erasure deletes them as well. What was undone keeps its bytes: a redo shows it again.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence

import nacl.bindings as sodium
from nacl.exceptions import CryptoError

from planner.errors import PlannerError
from planner.store.chain import Findings, Steps
from planner.store.driver import Connection
from planner.store.events import Event, rows, unseal

_NONCE = sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_CHOSEN = "pid IN (SELECT value FROM json_each(?))"


def _head(evidence_id: str, digest: str) -> bytes:
    return f"evidence|{evidence_id}|{digest}".encode()


def put_blob(conn: Connection, debtor_id: str, evidence_id: str, data: bytes) -> None:
    """Keep `data` of a person who has a key, inside the caller's transaction.

    PlannerError("store.unknown_person"), ("store.erased").
    """
    pid, key = _owner(conn, debtor_id)
    digest = hashlib.sha256(data).hexdigest()
    nonce = os.urandom(_NONCE)
    sealed = nonce + sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
        data, _head(evidence_id, digest), nonce, key
    )
    conn.execute("INSERT INTO blob VALUES (?, ?, ?, ?)", (evidence_id, pid, digest, sealed))


def get_blob(conn: Connection, debtor_id: str, evidence_id: str) -> bytes:
    """The bytes of a piece of evidence. PlannerError("evidence.missing"), ("evidence.damaged")."""
    pid, key = _owner(conn, debtor_id)
    data = _opened(conn, pid, key, evidence_id)
    if data is None:
        raise PlannerError("evidence.missing", evidence=evidence_id)
    return data


def blobs_of(conn: Connection, debtor_id: str, evidence_ids: Sequence[str]) -> dict[str, bytes]:
    """The bytes of those of `evidence_ids` that are here, for a person who goes on elsewhere."""
    pid, key = _owner(conn, debtor_id)
    found = {one: _opened(conn, pid, key, one) for one in evidence_ids}
    return {one: data for one, data in found.items() if data is not None}


def drop_blobs(conn: Connection, pids: Sequence[int]) -> None:
    """Delete all that is kept of these persons."""
    conn.execute(f"DELETE FROM blob WHERE {_CHOSEN}", (json.dumps(list(pids)),))


def evidence_events(conn: Connection) -> Iterator[Event]:
    """Every readable "evidence" event, undone ones too, one at a time."""
    keys = dict(conn.execute("SELECT debtor_id, key FROM who WHERE key IS NOT NULL"))
    for row in rows(conn, "WHERE kind = 'evidence' ORDER BY seq"):
        key = keys.get(row.debtor_id)
        told = unseal(row, key) if key else None
        if told is not None:
            yield Event(row.event_id, row.kind, row.debtor_id, row.batch, row.occurred_at, told)


def check_blobs(conn: Connection, found: Findings, work: Steps) -> None:
    """Each piece is there, opens, and hashes to what the chain says; and there are no others."""
    told: set[str] = set()
    for event in evidence_events(conn):
        name = event.payload["evidence_id"]
        told.add(name)
        where = {"event": event.event_id.hex()}
        try:
            data = get_blob(conn, event.debtor_id, name)
        except PlannerError:
            found.add("verify.evidence", **where)
            continue
        if hashlib.sha256(data).hexdigest() != event.payload["sha256"]:
            found.add("verify.evidence", **where)
        work.go(0)
    # What is still to be handed on of a person who left this laptop has nobody to open it here.
    for (name,) in conn.execute(
        "SELECT evidence_id FROM blob JOIN who USING (pid) WHERE key IS NOT NULL"
    ):
        if name not in told:
            found.add("verify.evidence", event="")


def _owner(conn: Connection, debtor_id: str) -> tuple[int, bytes]:
    row = conn.execute("SELECT pid, key FROM who WHERE debtor_id = ?", (debtor_id,)).fetchone()
    if row is None:
        raise PlannerError("store.unknown_person", debtor=debtor_id)
    if row[1] is None:
        raise PlannerError("store.erased", debtor=debtor_id)
    return int(row[0]), bytes(row[1])


def _opened(conn: Connection, pid: int, key: bytes, evidence_id: str) -> bytes | None:
    """The bytes, None when there are none; PlannerError("evidence.damaged")."""
    row = conn.execute(
        "SELECT digest, body FROM blob WHERE evidence_id = ? AND pid = ?", (evidence_id, pid)
    ).fetchone()
    if row is None:
        return None
    digest, body = row
    try:
        return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
            body[_NONCE:], _head(evidence_id, digest), body[:_NONCE], key
        )
    except CryptoError as error:
        raise PlannerError("evidence.damaged", evidence=evidence_id) from error
