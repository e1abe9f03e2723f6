"""Take an import back, also one of an earlier day, unless something was built on it since."""

from collections.abc import Sequence

from planner.actions.roles import need_lead
from planner.errors import PlannerError
from planner.intake.read import without_collector
from planner.store.driver import Connection
from planner.store.events import Event, events_of
from planner.store.plans import load_plan, planned_days
from planner.store.state import undone_batches
from planner.store.store import Store, undo

_AT_ONCE = 500  # persons
_COUNTS = (
    "e.kind <> 'reversal' AND NOT EXISTS"
    " (SELECT 1 FROM undone u WHERE u.pid = w.pid AND u.batch = e.batch)"
)


def undo_import(store: Store, batch: bytes) -> bytes:
    """Reverse the import `batch` with all it told, who is who included; returns the batch that
    redoes it.

    PlannerError: "import.later_list", "import.later_entries" (`persons`), "import.planned" (`day`,
    `persons`) when something was built on it; what `undo` says.
    """
    need_lead(store)
    with without_collector(), store.write() as tx:
        _refuse(tx.conn, batch)
        return undo(tx, batch)


def _refuse(conn: Connection, batch: bytes) -> None:
    lists = entries = 0
    later = _with_later_entries(conn, batch)
    for first in range(0, len(later), _AT_ONCE):
        for _, events in events_of(conn, later[first : first + _AT_ONCE]):
            told, built = _built_on(events, batch)
            lists += told
            entries += built
    if lists:
        raise PlannerError("import.later_list", persons=lists)
    if entries:
        raise PlannerError("import.later_entries", persons=entries)
    new = _new_persons(conn, batch)
    for day in reversed(planned_days(conn)):
        plan = load_plan(conn, day)
        stops = [stop for route in plan.routes for stop in route.stops] if plan else []
        planned = {stop.debtor_id for stop in stops} & new
        if planned:
            raise PlannerError("import.planned", day=day.isoformat(), persons=len(planned))


def _with_later_entries(conn: Connection, batch: bytes) -> list[str]:
    """The persons of the import of whom something else was recorded after it, and counts."""
    rows = conn.execute(
        "SELECT DISTINCT e.debtor_id FROM event e JOIN who w USING (debtor_id)"
        " WHERE e.debtor_id IN (SELECT debtor_id FROM event WHERE batch = ?1 AND debtor_id <> '')"
        " AND e.seq > (SELECT max(seq) FROM event WHERE batch = ?1)"
        f" AND w.key IS NOT NULL AND {_COUNTS} ORDER BY e.debtor_id",
        (batch,),
    )
    return [who for (who,) in rows]


def _new_persons(conn: Connection, batch: bytes) -> set[str]:
    """Who is known by this import alone."""
    rows = conn.execute(
        "SELECT DISTINCT debtor_id FROM event WHERE batch = ?1 AND kind = 'person.listed'"
        " AND debtor_id NOT IN (SELECT e.debtor_id FROM event e JOIN who w USING (debtor_id)"
        f"  WHERE e.kind = 'person.listed' AND e.batch <> ?1 AND {_COUNTS})",
        (batch,),
    )
    return {who for (who,) in rows}


def _built_on(events: Sequence[Event], batch: bytes) -> tuple[bool, bool]:
    """Whether a later list told of the person, and whether a later entry needs what the import
    told: the person, or a loan or place that nobody told before."""
    undone = undone_batches(events)
    counting = [e for e in events if e.kind != "reversal" and e.batch not in undone]
    mine = [e for e in counting if e.batch == batch]
    if not mine:
        return False, False
    last = max(e.event_id for e in mine)
    later = [e for e in counting if e.batch != batch and e.event_id > last]
    before = [e for e in counting if e.batch != batch and e.event_id < last]
    if any(e.kind == "person.listed" for e in later):
        return True, False
    if not any(e.kind == "person.listed" for e in before):
        return False, bool(later)
    own = _told(mine) - _told(before)
    return False, any(not own.isdisjoint(_about(event)) for event in later)


def _about(event: Event) -> set[str]:
    """The ids of the loans and the place that an entry is about."""
    told = event.payload
    single = {told[name] for name in ("case_id", "address_id") if name in told}
    return single.union(told.get("case_ids", ()))


def _told(events: Sequence[Event]) -> set[str]:
    """The ids of the loans and places that lists tell of."""
    listed = [e.payload for e in events if e.kind == "person.listed"]
    return {one["case_id"] for told in listed for one in told.get("cases", ())} | {
        one["address_id"] for told in listed for one in told.get("addresses", ())
    }
