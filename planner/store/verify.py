"""Is the workspace whole? Pages, chain, payloads, evidence, derived state and plans."""

from collections.abc import Callable
from dataclasses import dataclass

from planner.errors import PlannerError
from planner.store import packs
from planner.store.blobs import check_blobs
from planner.store.chain import Findings, Problem, Steps, check_chain
from planner.store.driver import Connection, Database, memory
from planner.store.migrations import steps
from planner.store.plans import all_plans, read_body
from planner.store.state import CHUNK, refold, table_hashes
from planner.store.store import Store


@dataclass(frozen=True, slots=True)
class Report:
    """`problems` are (code, params): the first of each kind, `more` = how many others."""

    ok: bool
    events: int
    problems: tuple[Problem, ...]


def verify(
    store: Store,
    on_progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Report:
    """Check everything that can be checked; the words of a problem stand under its code.

    Codes: verify.page, verify.gap, verify.chain, verify.head, verify.payload, verify.state,
    verify.plan. PlannerError("store.cancelled").
    """
    found = Findings()
    events = 0
    try:
        for detail in store.check_pages():
            found.add("verify.page", detail=detail)
        with store.read() as conn:
            events = int(conn.execute("SELECT count(*) FROM event").fetchone()[0])
            work = Steps(2 * events, on_progress, cancelled)
            check_chain(conn, found, work)
            check_blobs(conn, found, work)
            _check_state(conn, found, work)
            for version, body in all_plans(conn):
                if read_body(body) is None:
                    found.add("verify.plan", version=version)
    except PlannerError as error:
        if error.code not in ("store.damaged", "store.disk_error"):
            raise
        found.add("verify.page", detail=str(error.__cause__))
    return Report(not found.first, events, tuple(found.first.items()))


def _check_state(conn: Connection, found: Findings, work: Steps) -> None:
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
        if packs.wrong(conn):
            found.add("verify.state", table="pack")
    finally:
        fresh.close()
