"""The two halves of a day as one plan again: what is behind the crews, and what was planned on.

And who is no candidate of planning on: taken out by hand, kept out by the lead, planned elsewhere.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from planner.actions.rank import Ranking
from planner.actions.rest_of_day import Rest
from planner.domain.plan import Plan, Route, Unserved
from planner.store.driver import Connection
from planner.store.plans import load_plan, planned_days

OTHER_DAY = "OTHER_DAY"
BY_HAND = "LOCKED"  # without figures: somebody took the stop out


def joined(plan: Plan, rest: Rest) -> Plan:
    """`plan` of what was left, with what is behind each crew in front of its round.

    Kilometres, times and money are those of the whole day. People behind are not left out.
    """
    routes = tuple(_whole(route, rest) for route in plan.routes)
    known = {route.crew_id for route in plan.routes}
    routes += tuple(
        replace(one.route, stops=one.behind)  # of crews that work no more; their way home stays
        for crew, one in rest.stands.items()
        if crew not in known and one.behind
    )
    behind = {s.debtor_id for one in rest.stands.values() for s in one.behind}
    left = tuple(one for one in plan.not_planned if one.debtor_id not in behind)
    return replace(plan, routes=routes, not_planned=left)


def _whole(route: Route, rest: Rest) -> Route:
    one = rest.stands.get(route.crew_id)
    if one is None or not one.out:
        return route
    crew = next(c for c in rest.task.crews if c.crew_id == route.crew_id)
    shift = rest.task.problem.shifts[rest.task.crews.index(crew)]
    table, metres = rest.task.problem.matrix_of(shift), rest.task.ways.metres(crew)
    places = (shift.start, *rest.trails[route.crew_id])
    arcs = list(pairwise(places))
    home = places[-1], shift.end
    free = one.behind[-1].leave if one.behind else one.ready
    cost = route.cost + (0 if route.stops else crew.work.fixed_cost)
    return replace(
        route,
        depart=min(one.route.depart, one.ready),
        back=route.back if route.stops else free + timedelta(seconds=int(table.duration[home])),
        stops=(*one.behind, *route.stops),
        breaks=(*(b for b in one.route.breaks if b[0] < one.ready), *route.breaks),
        metres=route.metres + sum(int(metres[arc]) for arc in arcs),
        driving=route.driving + sum(int(table.duration[arc]) for arc in arcs),
        legs=route.legs + len(arcs),
        estimated=route.estimated + rest.task.ways.estimated(crew, arcs),
        cost=cost + sum(int(table.cost[arc]) for arc in arcs),
    )


def taken_out(plan: Plan) -> dict[str, Unserved]:
    """Whom somebody took out of `plan` by hand: planning does not put them in by itself."""
    return {
        one.debtor_id: one for one in plan.not_planned if one.reason == BY_HAND and not one.figures
    }


def planned_elsewhere(conn: Connection, day: date, now: datetime, zone: str) -> dict[str, date]:
    """Who stands in the plan of another day from the day of `now` (aware) on, and on which."""
    today = now.astimezone(ZoneInfo(zone)).date()
    plans = [load_plan(conn, one) for one in planned_days(conn) if one >= today and one != day]
    return {s.debtor_id: p.day for p in plans if p for route in p.routes for s in route.stops}


def told_apart(ranking: Ranking, plan: Plan, out: Mapping[str, Unserved]) -> Plan:
    """`plan` with what `out` says of people in its list of those left out, as far as they might be
    visited."""
    planned = {s.debtor_id for route in plan.routes for s in route.stops}
    eligible = {
        ranking.table.debtor_ids[row] for row in np.flatnonzero(ranking.verdicts.eligible).tolist()
    }
    left = [one for one in plan.not_planned if one.debtor_id not in out]
    left += [one for who, one in out.items() if who in eligible and who not in planned]
    return replace(plan, not_planned=tuple(sorted(left, key=lambda one: one.debtor_id)))


def beginning(day: date, now: datetime, zone: str) -> datetime:
    """From when on `day` can be planned at `now` (aware): its midnight if it is still to come."""
    return max(now, datetime.combine(day, time(), ZoneInfo(zone)))
