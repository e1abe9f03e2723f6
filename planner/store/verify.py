"""Is the workspace whole? Pages, chain, payloads, derived state and plans, checked anew."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from planner.errors import PlannerError
from planner.store.driver import Connection, Database, memory
from planner.store.events import FIRST_HASH, chain, rows, unseal
from planner.store.migrations import steps
from planner.store.plans import all_plans, read_body
from planner.store.state import CHUNK, refold, table_hashes
from planner.store.store import Store

Problem = tuple[str, dict[str, Any]]
_EVERY = 1000  # events between two reports of progress


@dataclass(frozen=True, slots=True)
class Report:
    """`problems` are (code, params): the first of each kind, `more` = how many others."""

    ok: bool
    events: int
    problems: tuple[Problem, ...]


class _Findings:
    """Keeps the first problem of each kind and counts the rest."""

    def __init__(self) -> None:
        self.first: dict[str, dict[str, Any]] = {}

    def add(self, code: str, **params: Any) -> None:
        if code in self.first:
            self.first[code]["more"] += 1
        else:
            self.first[code] = {**params, "more": 0}


class _Steps:
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
        before, self.done = self.done, self.done + count
        if self.done // _EVERY == before // _EVERY and self.done < self.total:
            return
        if self.cancelled and self.cancelled():
            raise PlannerError("store.cancelled")
        if self.on_progress:
            self.on_progress(min(self.done, self.total), self.total)


def verify(
    store: Store,
    on_progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Report:
    """Check everything that can be checked; the words of a problem stand under its code.

    Codes: verify.page, verify.gap, verify.chain, verify.head, verify.payload, verify.state,
    verify.plan. PlannerError("store.cancelled").
    """
    found = _Findings()
    events = 0
    try:
        for detail in store.check_pages():
            found.add("verify.page", detail=detail)
        with store.read() as conn:
            events = int(conn.execute("SELECT count(*) FROM event").fetchone()[0])
            work = _Steps(2 * events, on_progress, cancelled)
            _check_chain(conn, found, work)
            _check_state(conn, found, work)
            for version, body in all_plans(conn):
                if read_body(body) is None:
                    found.add("verify.plan", version=version)
    except PlannerError as error:
        if error.code not in ("store.damaged", "store.disk_error"):
            raise
        found.add("verify.page", detail=str(error.__cause__))
    return Report(not found.first, events, tuple(found.first.items()))


def _check_chain(conn: Connection, found: _Findings, work: _Steps) -> None:
    """Every device's events: numbers without a gap, hashes, readable payloads, the known end."""
    keys = dict(conn.execute("SELECT debtor_id, key FROM who").fetchall())
    ends: dict[str, tuple[int, bytes]] = {}
    for row in rows(conn, "ORDER BY device_id, device_seq"):
        last_seq, last_hash = ends.get(row.device_id, (0, FIRST_HASH))
        where = {"device": row.device_id, "number": row.device_seq, "event": row.event_id.hex()}
        if row.device_seq != last_seq + 1:
            found.add("verify.gap", expected=last_seq + 1, **where)
        elif row.prev_hash != last_hash:
            found.add("verify.chain", **where)
        if chain(row.prev_hash, row.header(), row.payload) != row.hash:
            found.add("verify.chain", **where)
        key = keys.get(row.debtor_id, b"")
        if key is not None and (not key or unseal(row, key) is None):  # None: erased
            found.add("verify.payload", kind=row.kind, **where)
        ends[row.device_id] = (row.device_seq, row.hash)
        work.go()
    for device, seq, digest in conn.execute("SELECT device_id, last_seq, last_hash FROM device"):
        if ends.get(device, (0, FIRST_HASH)) != (seq, digest):
            found.add(
                "verify.head", device=device, expected=seq, number=ends.get(device, (0, b""))[0]
            )


def _check_state(conn: Connection, found: _Findings, work: _Steps) -> None:
    """Fold all events again, in memory, and compare."""
    fresh = memory()
    try:
        steps.apply(Database(fresh))
        everyone = conn.execute(
            "SELECT w.pid, w.debtor_id, count(e.seq) FROM who w LEFT JOIN event e"
            " USING (debtor_id) GROUP BY w.pid ORDER BY w.pid"
        ).fetchall()
        fresh.executemany(
            "INSERT INTO who (pid, debtor_id) VALUES (?, ?)",
            ((pid, who) for pid, who, _ in everyone),
        )
        fresh.execute("BEGIN")
        for start in range(0, len(everyone), CHUNK):
            chunk = everyone[start : start + CHUNK]
            refold(conn, [who for _, who, _ in chunk], fresh)
            work.go(sum(count for _, _, count in chunk))
        fresh.execute("COMMIT")
        right = table_hashes(fresh)
        for table, digest in table_hashes(conn).items():
            if digest != right[table]:
                found.add("verify.state", table=table)
    finally:
        fresh.close()
