"""A day that has begun: nobody is planned into the past, and what is done stays in the plan."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from planner.actions.rank import Ranking
from planner.domain.codes import CODES, Channel, channel_of
from planner.domain.facts import instant
from planner.domain.plan import Plan, Route
from planner.store.driver import Connection

_VISITS = tuple(k for k, code in enumerate(CODES) if channel_of(code) is Channel.VISIT)


def from_now(ranking: Ranking, now: datetime, zone: str) -> Ranking:
    """The ranking with crews that set out no earlier than `now` (aware), if it is of this day.

    A crew whose shift is over by then does not go out. Of another day nothing changes: a day that
    is past may be planned to see how it would have been.
    """
    here = now.astimezone(ZoneInfo(zone))
    if here.date() != ranking.day:
        return ranking
    seconds = here.hour * 3600 + here.minute * 60 + here.second
    crews = tuple(
        replace(crew, start=max(crew.start, seconds))
        for crew in ranking.crews
        if crew.end > seconds
    )
    return replace(ranking, crews=crews)


def done_routes(conn: Connection, plan: Plan | None, zone: str) -> dict[str, Route]:
    """The rounds of `plan` cut down to the stops at which a visit is recorded on its day, by crew.

    Crews without such a stop are left out.
    """
    if plan is None:
        return {}
    begin = datetime.combine(plan.day, time(), ZoneInfo(zone))
    end = begin + timedelta(days=1)
    codes = ", ".join(map(str, _VISITS))
    visited = {
        who
        for (who,) in conn.execute(
            "SELECT DISTINCT debtor_id FROM contact JOIN who USING (pid)"
            f" WHERE at >= ? AND at < ? AND code IN ({codes})",
            (instant(begin), instant(end)),
        )
    }
    found = {}
    for route in plan.routes:
        stops = tuple(stop for stop in route.stops if stop.debtor_id in visited)
        if stops:
            found[route.crew_id] = replace(route, stops=stops)
    return found


def with_done(plan: Plan, done: Mapping[str, Route]) -> Plan:
    """`plan` with the stops already made in front of each crew's round, also of crews gone home."""
    routes = [
        replace(route, stops=(*done[route.crew_id].stops, *route.stops))
        if route.crew_id in done
        else route
        for route in plan.routes
    ]
    known = {route.crew_id for route in plan.routes}
    routes += [route for crew, route in done.items() if crew not in known]
    return replace(plan, routes=tuple(routes))
