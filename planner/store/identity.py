"""By what files know a person: keyed hashes of ID number, or of name and phone."""

from collections.abc import Sequence

from planner.store.append import keyed_hash
from planner.store.driver import Connection
from planner.store.store import Writer


def know_as(tx: Writer, debtor_id: str, identity: str) -> None:
    """Let files that say `identity` mean this person from now on, unless it is another's."""
    tx.conn.execute(
        "INSERT INTO identity SELECT ?, pid FROM who WHERE debtor_id = ? ON CONFLICT DO NOTHING",
        (keyed_hash(tx.conn, "identity", identity), debtor_id),
    )


def identities_of(conn: Connection, debtor_id: str) -> list[bytes]:
    """The hashes of all identities by which files know a person."""
    return [
        bytes(found)
        for (found,) in conn.execute(
            "SELECT hash FROM identity JOIN who USING (pid) WHERE debtor_id = ?", (debtor_id,)
        )
    ]


def adopt_identities(conn: Connection, debtor_id: str, hashes: Sequence[bytes]) -> None:
    """Let files that know an erased person by `hashes` find this one."""
    conn.executemany(
        "INSERT INTO identity SELECT ?, pid FROM who WHERE debtor_id = ? ON CONFLICT DO NOTHING",
        [(one, debtor_id) for one in hashes],
    )
