"""A round of a running day that is changed by hand: what has begun stays, the rest comes after now.

A stop has begun when its planned start is past: as long as nothing else is said the crew is where
the plan has it.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from planner.actions.day_problem import DayProblem
from planner.domain.facts import I64
from planner.domain.plan import Plan, Route, Stop
from planner.geo.travel import TravelTimes
from planner.routing.problem import Windows


def now_of(plan: Plan, now: datetime | None, zone: str) -> datetime | None:
    """`now` (aware) if it lies on the day of `plan`; None when the plan is of another day."""
    if now is None or now.astimezone(ZoneInfo(zone)).date() != plan.day:
        return None
    return now


def begun(plan: Plan, crew_id: str, now: datetime | None) -> tuple[Stop, ...]:
    """The stops of a crew's round in `plan` that have begun by `now`; none where it is None.

    With the first visit at a door all of them have.
    """
    stops = (s for r in plan.routes if r.crew_id == crew_id for s in r.stops)
    return tuple(s for s in stops if now is not None and s.arrive <= now)


def held(
    task: DayProblem, route: Route, plan: Plan, now: datetime, travel: TravelTimes
) -> DayProblem:
    """The problem of one round (visit k is stop k of `route`) with what has begun at its very time.

    Nobody else is reached before a crew can be there that is where `plan` has it at `now`.
    Who is next in `plan` may keep the time there: the crew may be on its way.
    """
    problem = task.problem
    behind = {s.debtor_id: s for s in begun(plan, route.crew_id, now)}
    was = [s for r in plan.routes if r.crew_id == route.crew_id for s in r.stops]
    ahead = next((s for s in was if s.debtor_id not in behind), None)
    made = [k for k, stop in enumerate(route.stops) if stop.debtor_id in behind]
    reached = _reached(task, route, list(behind.values()), ahead, now, travel)
    w = problem.windows
    opens, service = w.open.copy(), problem.service.copy()
    for k, stop in enumerate(route.stops):
        first = int(reached[k])
        if ahead is not None and stop.debtor_id == ahead.debtor_id:
            first = min(first, _seconds(task, ahead.start))
        opens[w.visit == k] = np.maximum(opens[w.visit == k], first)
    for k in made:
        stay = route.stops[k].leave - route.stops[k].start
        service[k] = round(stay.total_seconds())
    open_ = (opens <= w.close) & ~np.isin(w.visit, made)
    # What has begun keeps its time even where a rule has closed that hour since.
    at = np.array([_seconds(task, route.stops[k].start) for k in made], np.int32)
    visit = np.concatenate([w.visit[open_], np.array(made, np.int32)])
    order = np.argsort(visit, kind="stable")
    windows = Windows(
        visit[order],
        np.concatenate([w.day[open_], np.zeros(len(made), np.int32)])[order],
        np.concatenate([opens[open_], at])[order],
        np.concatenate([w.close[open_], at])[order],
        np.concatenate([w.prize[open_], problem.prize[made]])[order],
    )
    door = None if problem.door is None else problem.door.copy()
    if door is not None:
        door[made] = -1  # made as they were, at their own times
    return replace(task, problem=replace(problem, windows=windows, service=service, door=door))


def _reached(
    task: DayProblem,
    route: Route,
    behind: list[Stop],
    ahead: Stop | None,
    now: datetime,
    travel: TravelTimes,
) -> I64:
    """When the crew can be at each stop of `route` at the earliest, seconds of the day.

    It is at the last stop of `behind` (also at one that was taken out: nobody was there), else
    where its round begins; or it drives on to `ahead` as planned, also where that was taken out.
    """
    still = {stop.debtor_id for stop in route.stops}
    free, spots = [now], [route.begin]
    if behind:
        last = behind[-1]
        free = [max(now, last.leave) if last.debtor_id in still else now]
        spots = [(last.lat, last.lon)]
    if ahead is not None:
        free.append(max(now, ahead.arrive))
        spots.append((ahead.lat, ahead.lon))
    places = [*spots, *((stop.lat, stop.lon) for stop in route.stops)]
    lat, lon = np.array(places, np.float64).T
    table = travel.matrix(lat, lon, task.crews[0].work.mode)[1]
    at = np.array([_seconds(task, moment) for moment in free], np.int64)
    reached: I64 = (at[:, None] + table[: len(free), len(free) :]).min(axis=0)
    return reached


def kept(fresh: Route, behind: tuple[Stop, ...]) -> Route:
    """`fresh` with the stops of `behind` exactly as they were."""
    was = {stop.debtor_id: stop for stop in behind}
    return replace(fresh, stops=tuple(was.get(s.debtor_id, s) for s in fresh.stops))


def in_past(fresh: Route, behind: tuple[Stop, ...], now: datetime) -> bool:
    """Whether somebody in `fresh` stands before or among the stops of `behind`, or before `now`."""
    done = [stop.debtor_id for stop in behind]
    ids = [stop.debtor_id for stop in fresh.stops]
    still = [who for who in done if who in ids]
    return ids[: len(still)] != still or any(
        stop.start < now for stop in fresh.stops if stop.debtor_id not in done
    )


def _seconds(task: DayProblem, at: datetime) -> int:
    return round((at - task.midnight) / timedelta(seconds=1))
