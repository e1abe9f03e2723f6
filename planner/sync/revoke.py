"""Persons leave this laptop: their keys, identities, derived rows and files go.

Entries stay in the chains, unreadable; evidence that the lead does not have yet stays sealed until
it has. Free pages, log and backups are cleaned afterwards (`planner.store.cleaning`).
"""

import json
from collections.abc import Sequence

from planner.store import settings
from planner.store.cleaning import PENDING
from planner.store.driver import Connection
from planner.store.erasure import erase_persons
from planner.store.store import Writer
from planner.sync.entries import rows_after
from planner.sync.outgoing import evidence_id, own_devices


def revoke(tx: Writer, debtor_ids: Sequence[str]) -> list[str]:
    """Let these persons go, as far as they are here; who went."""
    asked = json.dumps(list(debtor_ids))
    here = [
        who
        for (who,) in tx.conn.execute(
            "SELECT debtor_id FROM who WHERE debtor_id <> '' AND key IS NOT NULL"
            " AND debtor_id IN (SELECT value FROM json_each(?)) ORDER BY pid",
            (asked,),
        )
    ]
    if here:
        kept = _unsent_files(tx.conn, frozenset(here))
        erase_persons(tx, here)
        tx.conn.executemany("INSERT INTO blob VALUES (?, ?, ?, ?)", kept)
        settings.put(tx, PENDING, True)
    return here


def _unsent_files(conn: Connection, persons: frozenset[str]) -> list[tuple[str, int, str, bytes]]:
    """Rows of `blob` that the lead does not have yet; which entries they belong to is noted."""
    kept = []
    for device in own_devices(conn):
        (acked,) = conn.execute(
            "SELECT acked FROM device WHERE device_id = ?", (device,)
        ).fetchone()
        for row in rows_after(conn, device, acked):
            if row.kind != "evidence" or row.debtor_id not in persons:
                continue
            name = evidence_id(conn, row)
            blob = conn.execute("SELECT * FROM blob WHERE evidence_id = ?", (name,)).fetchone()
            if blob:
                kept.append(tuple(blob))
                conn.execute(
                    "INSERT OR REPLACE INTO unsent_file VALUES (?, ?, ?)",
                    (name, device, row.device_seq),
                )
    return kept


def drop_sent_files(conn: Connection) -> None:
    """Delete the sealed files of persons who left, once the lead has them."""
    done = [
        name
        for (name,) in conn.execute(
            "SELECT evidence_id FROM unsent_file JOIN device USING (device_id)"
            " WHERE device_seq <= acked"
        )
    ]
    asked = (json.dumps(done),)
    conn.execute(
        "DELETE FROM blob WHERE evidence_id IN (SELECT value FROM json_each(?))"
        " AND pid IN (SELECT pid FROM who WHERE key IS NULL)",
        asked,
    )
    conn.execute(
        "DELETE FROM unsent_file WHERE evidence_id IN (SELECT value FROM json_each(?))", asked
    )
