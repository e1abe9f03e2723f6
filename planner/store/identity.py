"""By what files know a person: keyed hashes of ID number, or of name and phone."""

from collections.abc import Sequence

from planner.store.append import keyed_hash
from planner.store.driver import Connection
from planner.store.store import UNDONE, Writer


def know_as(tx: Writer, debtor_id: str, identity: str, batch: bytes) -> bool:
    """Let files that say `identity` mean this person while `batch` is not undone; whether that is
    new. The caller records an event of the person in `batch`.

    Another person's it stays, unless that one is no longer listed or was known so by an import that
    is undone.
    """
    done = tx.conn.execute(
        "INSERT INTO identity (hash, pid, batch) SELECT ?, pid, ? FROM who WHERE debtor_id = ?"
        " ON CONFLICT (hash) DO UPDATE SET pid = excluded.pid, batch = excluded.batch"
        f" WHERE {UNDONE} OR NOT EXISTS (SELECT 1 FROM person WHERE person.pid = identity.pid)",
        (keyed_hash(tx.conn, "identity", identity), batch, debtor_id),
    )
    return bool(done.rowcount)


def identities_of(conn: Connection, debtor_id: str) -> list[bytes]:
    """The hashes of all identities by which files know a person."""
    return [
        bytes(found)
        for (found,) in conn.execute(
            f"SELECT hash FROM identity JOIN who USING (pid) WHERE debtor_id = ? AND NOT {UNDONE}",
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
