"""By what files know a person: keyed hashes of ID number, or of name and phone."""

import json
import os
from collections.abc import Sequence

from planner.store.append import keyed_hash, keyed_hashes
from planner.store.driver import Connection
from planner.store.events import KEY_BYTES
from planner.store.store import LAST, UNDONE, Writer, make_debtor, set_aside

_AT_ONCE = 2000  # persons
_FREE = f"({UNDONE} OR NOT EXISTS (SELECT 1 FROM person WHERE person.pid = identity.pid))"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_SIGNS = [high + low for high in _BASE32 for low in _BASE32]


def find_debtors(conn: Connection, identities: Sequence[str]) -> dict[str, str]:
    """The ids of those persons that are known by their identities ("id:…", "np:…|…")."""
    found: dict[str, str] = {}
    if not conn.execute("SELECT 1 FROM identity LIMIT 1").fetchone():
        return found
    for first in range(0, len(identities), _AT_ONCE):
        some = identities[first : first + _AT_ONCE]
        hashes = [digest.hex() for digest in keyed_hashes(conn, "identity", some)]
        for at, who in conn.execute(
            "SELECT j.key, debtor_id FROM json_each(?) j CROSS JOIN identity ON"
            f" identity.hash = unhex(j.value) JOIN who USING (pid) WHERE NOT {UNDONE}",
            (json.dumps(hashes),),
        ):
            found[some[at]] = who
    if len(found) < len(identities) and conn.execute("SELECT 1 FROM undone LIMIT 1").fetchone():
        found |= _set_aside(conn, [one for one in identities if one not in found])
    return found


def _set_aside(conn: Connection, identities: Sequence[str]) -> dict[str, str]:
    """Those who are known by what was set aside: the last of each counts."""
    found: dict[str, str] = {}
    for first in range(0, len(identities), _AT_ONCE):
        some = identities[first : first + _AT_ONCE]
        hashes = [digest.hex() for digest in keyed_hashes(conn, "identity", some)]
        for at, who in conn.execute(
            "SELECT j.key, debtor_id FROM json_each(?) j CROSS JOIN identity ON identity.hash"
            f" BETWEEN unhex(j.value) AND unhex(j.value || '{LAST.hex()}') JOIN who USING (pid)"
            f" WHERE NOT {UNDONE} ORDER BY identity.hash",
            (json.dumps(hashes),),
        ):
            found[some[at]] = who
    return found


def make_debtors(tx: Writer, identities: Sequence[str]) -> dict[str, str]:
    """New persons, in this order: what `make_debtor` does for each of these different identities,
    whose persons are not known."""
    made: dict[str, str] = {}
    for first in range(0, len(identities), _AT_ONCE):
        made |= _make(tx, identities[first : first + _AT_ONCE])
    return made


def _make(tx: Writer, identities: Sequence[str]) -> dict[str, str]:
    conn = tx.conn
    ids = [_first_id(digest) for digest in
           keyed_hashes(conn, "debtor", [f"0:{identity}" for identity in identities])]  # fmt: skip
    taken = {
        who
        for (who,) in conn.execute(
            "SELECT debtor_id FROM who WHERE debtor_id IN (SELECT value FROM json_each(?))",
            (json.dumps(ids),),
        )
    }
    if taken or len(set(ids)) < len(ids):  # somebody was erased, or was taken back
        return {identity: make_debtor(tx, identity) for identity in identities}
    (last,) = conn.execute("SELECT ifnull(max(pid), 0) FROM who").fetchone()
    keys = os.urandom(KEY_BYTES * len(ids))
    conn.executemany(
        "INSERT INTO who (pid, debtor_id, key) VALUES (?, ?, ?)",
        (
            (pid, who, keys[KEY_BYTES * at : KEY_BYTES * (at + 1)])
            for at, (pid, who) in enumerate(enumerate(ids, last + 1))
        ),
    )
    hashes = keyed_hashes(conn, "identity", identities)
    if conn.execute("SELECT 1 FROM undone LIMIT 1").fetchone():
        set_aside(conn, hashes, UNDONE)
    conn.executemany(
        "INSERT INTO identity (hash, pid) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE"
        f" SET pid = excluded.pid, batch = NULL WHERE {UNDONE}",
        zip(hashes, range(last + 1, last + 1 + len(ids)), strict=True),
    )
    return dict(zip(identities, ids, strict=True))


def _first_id(digest: bytes) -> str:
    bits = int.from_bytes(digest[:8], "big") >> 4  # sixty bits: twelve signs
    return "P" + "".join([_SIGNS[bits >> shift & 1023] for shift in (50, 40, 30, 20, 10, 0)])


def know_as(tx: Writer, debtor_id: str, identity: str, batch: bytes) -> bool:
    """Let files that say `identity` mean this person while `batch` is not undone; whether that is
    new. The caller records an event of the person in `batch`.

    Another person's it stays, unless that one is no longer listed or was known so by an import that
    is undone; then it is that one's again once the import is redone and `batch` undone.
    """
    digest = keyed_hash(tx.conn, "identity", identity)
    set_aside(tx.conn, [digest], _FREE)
    done = tx.conn.execute(
        "INSERT INTO identity (hash, pid, batch) SELECT ?, pid, ? FROM who WHERE debtor_id = ?"
        " ON CONFLICT (hash) DO UPDATE SET pid = excluded.pid, batch = excluded.batch"
        f" WHERE {_FREE}",
        (digest, batch, debtor_id),
    )
    return bool(done.rowcount)


def identities_of(conn: Connection, debtor_id: str) -> list[bytes]:
    """The hashes of all identities by which files know a person."""
    return [
        bytes(found)
        for (found,) in conn.execute(
            "SELECT DISTINCT substr(hash, 1, 16) FROM identity JOIN who USING (pid)"
            f" WHERE debtor_id = ? AND NOT {UNDONE}",
            (debtor_id,),
        )
    ]


def adopt_identities(conn: Connection, debtor_id: str, hashes: Sequence[bytes]) -> None:
    """Let files that know an erased person by `hashes` find this one."""
    conn.executemany(
        "INSERT INTO identity (hash, pid) SELECT ?, pid FROM who WHERE debtor_id = ?"
        " ON CONFLICT DO NOTHING",
        [(one, debtor_id) for one in hashes],
    )
