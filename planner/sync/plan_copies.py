"""Plans that travel: a collector's routes down, a submitted route up."""

import json
import math
from collections.abc import Collection
from dataclasses import replace
from datetime import date

from planner.domain.facts import instant
from planner.domain.plan import Plan, Route
from planner.errors import PlannerError
from planner.store.driver import Connection
from planner.store.plans import find_plan, load_plan, plan_to_json, planned_days, read_body
from planner.sync.delivery import PlanCopy


def plans_for(
    conn: Connection, crews: Collection[str], mine: Collection[str], first: date
) -> list[PlanCopy]:
    """The plans from the day `first` on that count, cut down to the routes of these crews; stops of
    persons who are not `mine` are left out, and so is why others were not planned."""
    found = []
    for day in planned_days(conn):
        plan = load_plan(conn, day) if day >= first else None
        if plan is None:
            continue
        routes = tuple(
            replace(route, stops=tuple(stop for stop in route.stops if stop.debtor_id in mine))
            for route in plan.routes
            if route.crew_id in crews
        )
        if not routes:
            continue
        left = tuple(one for one in plan.not_planned if one.debtor_id in mine)
        cut = replace(plan, routes=routes, not_planned=left)
        found.append(_copy(conn, cut, ""))
    return found


def submitted_route(conn: Connection, plan_id: str, crew_id: str) -> PlanCopy | None:
    """The newest version of a plan with the route of one crew alone."""
    plan = find_plan(conn, plan_id)
    routes = tuple(one for one in plan.routes if one.crew_id == crew_id) if plan else ()
    if plan is None or not routes:
        return None
    return _copy(conn, replace(plan, routes=routes), crew_id)


def _copy(conn: Connection, plan: Plan, crew_id: str) -> PlanCopy:
    body = json.dumps(plan_to_json(plan), ensure_ascii=False, separators=(",", ":"))
    (batch,) = conn.execute(
        "SELECT batch FROM plan WHERE plan_id = ? AND batch NOT IN (SELECT batch FROM undone"
        " WHERE pid = 0) ORDER BY version DESC LIMIT 1",
        (plan.plan_id,),
    ).fetchone()
    made = instant(plan.made_at)
    return PlanCopy(plan.plan_id, plan.day.toordinal(), made, bytes(batch), crew_id, body)


def plan_of(one: PlanCopy) -> Plan:
    """The plan in a copy that came from elsewhere, after a look at the types of what pages show.

    PlannerError("exchange.malformed").
    """
    try:
        plan = read_body(one.body)
    except (AttributeError, RecursionError, OverflowError) as error:
        raise PlannerError("exchange.malformed") from error
    if plan is None or (plan.plan_id, plan.day.toordinal()) != (one.plan_id, one.day):
        raise PlannerError("exchange.malformed")
    if not all(_sound(route) for route in plan.routes):
        raise PlannerError("exchange.malformed")
    return plan


def _sound(route: Route) -> bool:
    moments = [route.depart, route.back]
    numbers: list[object] = [route.lat, route.lon, route.metres, route.driving, route.cost]
    texts: list[object] = [route.crew_id, route.crew, *route.members]
    for stop in route.stops:
        moments += [stop.arrive, stop.start, stop.leave]
        numbers += [stop.lat, stop.lon, stop.value]
        texts += [stop.debtor_id, stop.address_id, *stop.case_ids]
    return (
        all(at.utcoffset() is not None for at in moments)
        and all(isinstance(one, (int, float)) and math.isfinite(one) for one in numbers)
        and all(isinstance(one, str) for one in texts)
    )
