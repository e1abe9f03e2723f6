"""Stations: stops of no length at lodgings, by which the search is made to drive there.

They are in the problem that is searched only, never in a plan.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from planner.actions.stays import Stay
from planner.actions.week_problem import WeekProblem
from planner.routing import solve as engine
from planner.routing.doors import with_more
from planner.routing.problem import Problem, Windows
from planner.routing.retime import retime


def with_stations(week: WeekProblem) -> Problem:
    """The problem with a stop of no length at each lodging to which, or from which, a crew has to
    drive: so that it goes out on that day whatever the visits pay."""
    problem = week.problem
    stations = [
        (k, shift.end if stay.sleeps else shift.start)
        for k, shift in enumerate(problem.shifts)
        for stay in (_stay(week, k),)
        if shift.start != shift.end and (stay.slept or stay.sleeps)
    ]
    if not stations:
        return problem
    count, more = len(problem.ids), len(stations)
    w, shifts = problem.windows, [problem.shifts[k] for k, _ in stations]
    allowed = np.zeros((more, len(problem.shifts)), np.bool_)
    allowed[np.arange(more), [k for k, _ in stations]] = True

    def longer(column: np.ndarray, values: Iterable[int]) -> np.ndarray:
        return np.append(column, np.array(list(values), column.dtype))

    windows = Windows(
        longer(w.visit, range(count, count + more)),
        longer(w.day, (s.day for s in shifts)),
        longer(w.open, (s.earliest for s in shifts)),
        longer(w.close, (s.latest for s in shifts)),
        longer(w.prize, [0] * more),
    )
    return replace(
        with_more(problem, more),
        ids=(*problem.ids, *(f"station {s.id}" for s in shifts)),
        location=longer(problem.location, (place for _, place in stations)),
        service=longer(problem.service, [0] * more),
        prize=longer(problem.prize, [0] * more),
        mandatory=longer(problem.mandatory, [1] * more),
        group=longer(problem.group, [-1] * more),
        windows=windows,
        allowed=np.vstack([problem.allowed, allowed]),
    )


def _stay(week: WeekProblem, shift: int) -> Stay:
    number, index = week.shifts[shift]
    return week.stays.get((number, week.days[number].choice.crews[index].crew_id), Stay())


def without_stations(week: WeekProblem, solution: engine.Solution, seed: int) -> engine.Solution:
    """The solution of the plain problem: visits at lodgings taken out, their rounds timed again."""
    known = len(week.keys)
    routes = []
    for route in solution.routes:
        order = [stop.visit for stop in route.stops if stop.visit < known]
        if len(order) < len(route.stops) and order:
            timed = retime(week.problem, route.shift, order)
            kept = tuple(stop for stop in route.stops if stop.visit < known)
            route = replace(route, stops=kept) if timed.faults else timed.route
        if order:
            routes.append(route)
    return engine.priced(week.problem, tuple(routes), solution.iterations, solution.seconds, seed)
