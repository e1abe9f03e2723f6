"""A day that has begun: where each crew is, what is behind it, and nobody planned into the past."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from planner.actions.rank import Ranking
from planner.domain.codes import CODES, Channel, channel_of
from planner.domain.facts import instant, moment
from planner.domain.plan import Plan, Route, Stop
from planner.geo.travel import TravelTimes
from planner.store.driver import Connection

_VISITS = tuple(k for k, code in enumerate(CODES) if channel_of(code) is Channel.VISIT)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a crew goes on from: it is free at `ready` (aware) at a place.

    `behind` are the stops it has made, the one it is at included; `ahead` the others, in order.
    `out`: it has left home, or is said to be elsewhere.
    """

    route: Route
    lat: float
    lon: float
    ready: datetime
    behind: tuple[Stop, ...]
    ahead: tuple[Stop, ...]
    out: bool


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


def on_duty(ranking: Ranking, now: datetime, zone: str) -> Ranking:
    """The ranking with crews that make no further stop before `now` (aware), if it is of this day.

    Unlike in `from_now` a crew whose shift is over stays: it may have made stops.
    """
    here = now.astimezone(ZoneInfo(zone))
    if here.date() != ranking.day:
        return ranking
    seconds = here.hour * 3600 + here.minute * 60 + here.second
    crews = tuple(
        replace(crew, start=min(max(crew.start, seconds), crew.end)) for crew in ranking.crews
    )
    return replace(ranking, crews=crews)


def lengthened(ranking: Ranking, plan: Plan) -> Ranking:
    """The ranking with the shifts put off as somebody did in `plan` (`Route.longer`)."""
    return put_off(ranking, {r.crew_id: r.longer for r in plan.routes if r.longer})


def put_off(ranking: Ranking, longer: Mapping[str, int]) -> Ranking:
    """The ranking with the ends of shifts so many seconds later, by crew id."""
    if not longer:
        return ranking
    crews = tuple(replace(c, end=c.end + longer.get(c.crew_id, 0)) for c in ranking.crews)
    return replace(ranking, crews=crews)


def locked_longer(plan: Plan | None) -> dict[str, int]:
    """By how many seconds the shifts of crews with locked stops are put off in `plan`, by crew id:
    without that such a stop may be out of reach."""
    return {
        route.crew_id: route.longer
        for route in (plan.routes if plan else ())
        if route.longer and any(stop.locked for stop in route.stops)
    }


def with_longer(plan: Plan, longer: Mapping[str, int]) -> Plan:
    """`plan` with the shifts that were put off for it, by crew id."""
    routes = (replace(r, longer=longer.get(r.crew_id, r.longer)) for r in plan.routes)
    return replace(plan, routes=tuple(routes))


def visited(conn: Connection, plan: Plan | None, zone: str) -> dict[str, datetime]:
    """Whom of `plan` a visit is recorded of on its day, with the moment of the last one."""
    if plan is None:
        return {}
    begin = datetime.combine(plan.day, time(), ZoneInfo(zone))
    end = begin + timedelta(days=1)
    codes = ", ".join(map(str, _VISITS))
    found = conn.execute(
        "SELECT debtor_id, MAX(at) FROM contact JOIN who USING (pid)"
        f" WHERE at >= ? AND at < ? AND code IN ({codes}) GROUP BY debtor_id",
        (instant(begin), instant(end)),
    )
    planned = {stop.debtor_id for route in plan.routes for stop in route.stops}
    return {who: moment(at) for who, at in found if who in planned}


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of crews beyond the plan: where they are, seconds they are late, the moment
    (aware) before which they do not go on, by crew id.

    `assume_made`: a stop whose planned end is past counts as made though nothing is recorded.
    """

    positions: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    late: Mapping[str, int] = field(default_factory=dict)
    assume_made: bool = False
    until: Mapping[str, datetime] = field(default_factory=dict)


NOTHING_TOLD = Told()


def standings(
    plan: Plan | None,
    made: Mapping[str, datetime],
    now: datetime,
    travel: TravelTimes,
    told: Told = NOTHING_TOLD,
) -> dict[str, Standing]:
    """Where the crews of `plan` are at `now` (aware), by crew id; `made` as by `visited`.

    A stop that should be under way is finished first, and who is driving drives on to where he is
    going. Otherwise a crew is at the position told, else at its last stop, else at home. Before the
    day and without anything told everybody is at home and everything is ahead.
    """
    return {
        route.crew_id: _standing(route, made, now, travel, told)
        for route in (plan.routes if plan else ())
    }


def standings_today(
    conn: Connection, plan: Plan | None, now: datetime, travel: TravelTimes, zone: str
) -> dict[str, Standing]:
    """Where the crews of `plan` are if its day is that of `now`, by what is recorded; else none:
    a plan of another day is made as if nothing had happened."""
    if plan is None or now.astimezone(ZoneInfo(zone)).date() != plan.day:
        return {}
    return standings(plan, visited(conn, plan, zone), now, travel)


def _standing(
    route: Route, made: Mapping[str, datetime], now: datetime, travel: TravelTimes, told: Told
) -> Standing:
    delay = timedelta(seconds=told.late.get(route.crew_id, 0))
    gone = [
        s
        for s in route.stops
        if s.debtor_id in made or (told.assume_made and s.leave + delay <= now)
    ]
    spot, ready, out = route.begin, now, bool(gone)
    if gone:
        last = max(gone, key=lambda s: made.get(s.debtor_id, s.leave))
        spot = last.lat, last.lon
    after = route.stops.index(gone[-1]) + 1 if gone else 0
    rest = route.stops[after:]
    at = next((s for s in rest if s.start + delay <= now < s.leave + delay), None)
    if route.crew_id in told.positions:
        spot, out, ready = told.positions[route.crew_id], True, now + delay
    elif at is not None:
        gone = [*gone, at]
        spot, out, ready = (at.lat, at.lon), True, at.leave + delay
    elif rest:
        due = rest[0].start + delay
        leave = due - _drive(travel, spot, rest[0]) if gone else route.depart + delay
        if leave <= now < due:
            spot, out, ready = (rest[0].lat, rest[0].lon), True, due
        elif delay:
            ready = max(now, leave)
    behind = {s.debtor_id for s in gone}
    return Standing(
        route=route,
        lat=spot[0],
        lon=spot[1],
        ready=max(now, ready, told.until.get(route.crew_id, now)),
        behind=tuple(s for s in route.stops if s.debtor_id in behind),
        ahead=tuple(s for s in route.stops if s.debtor_id not in behind),
        out=out,
    )


def _drive(travel: TravelTimes, spot: tuple[float, float], stop: Stop) -> timedelta:
    lat, lon = np.array([spot, (stop.lat, stop.lon)], np.float64).T
    return timedelta(seconds=int(travel.matrix(lat, lon)[1][0, 1]))


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
