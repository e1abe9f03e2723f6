"""What may have happened since somebody looked at a plan: reasons not to save another over it."""

import json
from collections.abc import Container
from dataclasses import replace
from datetime import datetime

from planner.actions.appointments import appointed
from planner.actions.under_way import visited
from planner.actions.whole_day import planned_elsewhere
from planner.domain.plan import Plan, Stop
from planner.errors import PlannerError
from planner.store.driver import Connection
from planner.store.facts import load_facts
from planner.store.plans import plan_to_json
from planner.store.wanted import load_musts


def same_plan(one: Plan | None, other: Plan) -> bool:
    """Whether these are one version, whenever it was saved; as they are written, because a plan
    that was read back has lists where the one just made has tuples."""
    if one is None:
        return False
    told = (plan_to_json(replace(plan, made_at=other.made_at)) for plan in (one, other))
    return len({json.dumps(each, sort_keys=True) for each in told}) == 1


def refuse_moved(conn: Connection, zone: str, present: Plan | None, plan: Plan) -> None:
    """Raise PlannerError("move_day.recorded") when `plan` moves or drops a stop of `present` at
    which a visit is recorded on its day."""
    made = visited(conn, present, zone)
    for route in present.routes if present else ():
        here = {
            _visit(stop)
            for other in plan.routes
            if other.crew_id == route.crew_id
            for stop in other.stops
        }
        if any(s.debtor_id in made and _visit(s) not in here for s in route.stops):
            raise PlannerError("move_day.recorded", day=str(plan.day))


def refuse_twice(
    conn: Connection,
    zone: str,
    present: Plan | None,
    plan: Plan,
    now: datetime,
    firm: Container[str] = (),
) -> None:
    """Raise PlannerError("move_day.planned") when `plan` adds somebody to `present` who is planned
    on another day from that of `now` on: one visit may bar the other.

    Except those in `firm` and those with an appointment on the plan's own day, which comes first.
    """
    before = {s.debtor_id for route in (present.routes if present else ()) for s in route.stops}
    added = {s.debtor_id for route in plan.routes for s in route.stops} - before
    busy = planned_elsewhere(conn, plan.day, now, zone)
    twice = sorted(who for who in added & busy.keys() if who not in firm)
    if not twice:
        return
    table = load_facts(conn, plan.day, zone=zone, debtor_ids=twice)
    meant = appointed(table, plan.day, load_musts(conn, plan.day))
    own = {table.debtor_ids[row] for row in meant}
    for who in twice:
        if who not in own:
            raise PlannerError("move_day.planned", day=str(busy[who]))


def _visit(stop: Stop) -> tuple[str, str, datetime, datetime]:
    return stop.debtor_id, stop.address_id, stop.arrive, stop.leave
