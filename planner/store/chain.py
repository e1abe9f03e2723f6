"""The chain of events, its pages and payloads, checked without folding anything again."""

from collections.abc import Callable
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

from planner.errors import PlannerError
from planner.store.driver import Connection
from planner.store.events import FIRST_HASH, chain, rows, unseal

Problem = tuple[str, dict[str, Any]]
_EVERY = 1000  # events between two reports of progress


class Findings:
    """Keeps the first problem of each kind and counts the rest."""

    def __init__(self) -> None:
        self.first: dict[str, dict[str, Any]] = {}

    def add(self, code: str, **params: Any) -> None:
        """Note one problem."""
        if code in self.first:
            self.first[code]["more"] += 1
        else:
            self.first[code] = {**params, "more": 0}


class Steps:
    """Counts events towards `on_progress(done, total)` and asks `cancelled()` now and then."""

    def __init__(
        self,
        total: int,
        on_progress: Callable[[int, int], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self.total, self.done = total, 0
        self.on_progress, self.cancelled = on_progress, cancelled

    def go(self, count: int = 1) -> None:
        """Another `count` events are done. PlannerError("store.cancelled")."""
        before, self.done = self.done, self.done + count
        if self.done // _EVERY == before // _EVERY and self.done < self.total:
            return
        if self.cancelled and self.cancelled():
            raise PlannerError("store.cancelled")
        if self.on_progress:
            self.on_progress(min(self.done, self.total), self.total)


def check_copy(conn: Connection) -> list[Problem]:
    """What is wrong with a copy of a workspace that nobody uses: pages, chain, payloads.

    The derived state is not folded again: that is `verify`'s, on the file in use.
    """
    found = Findings()
    try:
        for row in conn.execute("PRAGMA cipher_integrity_check"):
            found.add("verify.page", detail=str(row[0]))
        if not found.first:
            for row in conn.execute("PRAGMA quick_check(1)").fetchall():
                if row[0] != "ok":
                    found.add("verify.page", detail=str(row[0]))
            check_chain(conn, found, Steps(0, None, None))
    except sqlcipher.DatabaseError as error:  # whatever it says: it is about the copy
        found.add("verify.page", detail=str(error))
    return list(found.first.items())


def held_in_part(conn: Connection) -> frozenset[str]:
    """The devices of which only some events are here; their row says count and sum of hashes.

    Files from before there was an exchange have none.
    """
    names = {row[1] for row in conn.execute("PRAGMA table_info(device)")}
    if "part" not in names:
        return frozenset()
    return frozenset(who for (who,) in conn.execute("SELECT device_id FROM device WHERE part = 1"))


def add_hashes(one: bytes, other: bytes) -> bytes:
    """The sum of two hashes modulo 2^256: the same whatever the order."""
    total = int.from_bytes(one, "big") + int.from_bytes(other, "big")
    return (total % (1 << 256)).to_bytes(32, "big")


def check_chain(conn: Connection, found: Findings, work: Steps) -> None:
    """Every device's events: numbers without a gap, hashes, readable payloads, the known end.

    Of a device that is held in part: each row by itself, their count and the sum of their hashes.
    """
    keys = dict(conn.execute("SELECT debtor_id, key FROM who").fetchall())
    ends: dict[str, tuple[int, bytes]] = {}
    parts = held_in_part(conn)
    for row in rows(conn, "ORDER BY device_id, device_seq"):
        last_seq, last_hash = ends.get(row.device_id, (0, FIRST_HASH))
        where = {"device": row.device_id, "number": row.device_seq, "event": row.event_id.hex()}
        if row.device_id in parts:
            pass
        elif row.device_seq != last_seq + 1:
            found.add("verify.gap", expected=last_seq + 1, **where)
        elif row.prev_hash != last_hash:
            found.add("verify.chain", **where)
        if chain(row.prev_hash, row.header(), row.payload) != row.hash:
            found.add("verify.chain", **where)
        key = keys.get(row.debtor_id, b"")
        if key is not None and (not key or unseal(row, key) is None):  # None: erased
            found.add("verify.payload", kind=row.kind, **where)
        if row.device_id in parts:
            ends[row.device_id] = (last_seq + 1, add_hashes(last_hash, row.hash))
        else:
            ends[row.device_id] = (row.device_seq, row.hash)
        work.go()
    for device, seq, digest in conn.execute("SELECT device_id, last_seq, last_hash FROM device"):
        if ends.get(device, (0, FIRST_HASH)) != (seq, digest):
            found.add(
                "verify.head", device=device, expected=seq, number=ends.get(device, (0, b""))[0]
            )
