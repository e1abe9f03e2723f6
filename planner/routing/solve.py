"""Solving a problem with the search core, and the solution as frozen values and as JSON."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.errors import PlannerError
from planner.routing import _core, doors
from planner.routing.problem import Problem


@dataclass(frozen=True)
class Progress:
    """How far the search is: seconds spent, iterations, best money so far, visits in it."""

    seconds: float
    iterations: int
    objective: int
    visits: int


@dataclass(frozen=True)
class Stop:
    """A visit (index) with its times, seconds of the shift's day: arrive <= start < leave."""

    visit: int
    arrive: int
    start: int
    leave: int


@dataclass(frozen=True)
class Route:
    """A shift that goes out: from `depart` at its start place until `back` at its end place."""

    shift: int
    depart: int
    back: int
    stops: tuple[Stop, ...]
    breaks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Solution:
    """Routes in the order of shifts, and what they are worth.

    objective = prize - cost + keep_reward * kept, where cost holds travel, fixed cost, waiting and
    overtime. `missing` counts mandatory visits (or groups) not made; it comes before all money.
    """

    objective: int
    prize: int
    cost: int
    kept: int
    missing: int
    routes: tuple[Route, ...]
    unserved: tuple[int, ...]
    iterations: int
    seconds: float
    seed: int


def solve(
    problem: Problem,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    cpu_time: bool = False,
    threads: int = 1,
) -> Solution:
    """The best plan found within `seconds` (wall, or CPU time) and/or `iterations`.

    With `iterations` alone the same seed gives the same plan, byte for byte. `on_progress` is
    called on this thread at most every 100 ms, `cancelled` about every 50 ms; a cancelled search
    returns its best plan so far. With `threads=2` and `seconds` alone a second search with another
    seed runs beside the first, and they tell each other the best plan. Raises PlannerError:
    "engine.budget" and "engine.seed" (bad arguments), "engine.pinned" (the pinned stops of a shift
    cannot be driven in their order).
    """
    if seconds is None and iterations is None:
        raise PlannerError("engine.budget", field="seconds")
    if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
        raise PlannerError("engine.budget", field="seconds")
    if iterations is not None and not 0 < iterations < 2**62:
        raise PlannerError("engine.budget", field="iterations")
    if not 0 <= seed < 2**64:
        raise PlannerError("engine.seed", field="seed")

    household = doors.joined(problem)
    if household is not None:
        found = solve(
            household.problem, seconds=seconds, iterations=iterations, seed=seed,
            on_progress=on_progress, cancelled=cancelled, cpu_time=cpu_time, threads=threads,
        )  # fmt: skip
        return apart(problem, household, found)

    told = -1.0

    def poll(spent: float, done: int, money: int, visits: int) -> bool:
        nonlocal told
        if on_progress is not None and (told < 0 or spent - told >= 0.1):
            told = spent
            on_progress(Progress(spent, done, money, visits))
        return cancelled is not None and cancelled()

    searches = threads if iterations is None else 1
    told_by = _load(problem).solve(seconds or 0.0, iterations or 0, seed, cpu_time, searches, poll)
    stuck = told_by["stuck"]
    if stuck >= 0:
        shift = problem.shifts[stuck].id
        raise PlannerError("engine.pinned", field=f"shifts[{stuck}].pinned", shift=shift)
    routes = tuple(
        Route(shift, depart, back, tuple(Stop(*stop) for stop in stops), tuple(breaks))
        for shift, depart, back, stops, breaks in told_by["routes"]
    )
    return priced(problem, routes, told_by["iterations"], told_by["seconds"], seed)


def apart(problem: Problem, household: doors.Joined, found: Solution) -> Solution:
    """A solution of `household.problem` as one of the problem it was made of."""
    routes = tuple(household.expanded(route) for route in found.routes)
    return priced(problem, routes, found.iterations, found.seconds, found.seed)


def in_one(household: doors.Joined, found: Solution) -> Solution:
    """A solution as one of `household.problem`: what is made together is one visit."""
    routes = tuple(household.compact(route) for route in found.routes)
    return priced(household.problem, routes, found.iterations, found.seconds, found.seed)


def _load(problem: Problem) -> Any:
    """The problem as the core wants it: days counted from 0, windows of days without shift left."""
    core = _core.Core()
    names = list(problem.matrices)
    for key in names:
        core.add_matrix(problem.matrices[key].duration, problem.matrices[key].cost)
    days = sorted({shift.day for shift in problem.shifts})
    core.set_visits(
        problem.location,
        problem.service,
        problem.group,
        problem.mandatory.astype(np.uint8),
        len(problem.groups),
        max(1, len(days)),
        problem.keep_reward,
    )
    w = problem.windows
    used = np.isin(w.day, days)
    day = np.searchsorted(np.array(days, np.int32), w.day[used]).astype(np.int32)
    core.set_windows(w.visit[used], day, w.open[used], w.close[used], w.prize[used])
    for shift in problem.shifts:
        numbers = [
            *(days.index(shift.day), shift.start, shift.end, shift.earliest, shift.latest),
            names.index(shift.matrix),
            *(-1 if x is None else x for x in (shift.max_duration, shift.max_driving)),
            shift.fixed_cost,
            -1 if shift.overtime_price is None else shift.overtime_price,
            *(shift.waiting_price, shift.hour_price, shift.cost_percent),
        ]
        breaks = [list(entry) for entry in shift.breaks]
        core.add_shift(numbers, breaks, list(shift.pinned), list(shift.initial))
    core.set_allowed(np.ascontiguousarray(problem.allowed.ravel(), np.uint8))
    return core


def priced(
    problem: Problem, routes: tuple[Route, ...], iterations: int, seconds: float, seed: int
) -> Solution:
    """A solution out of timed routes: adds up prizes, costs, kept and missing visits."""
    served: set[int] = set()
    prize = cost = kept = 0
    for route in routes:
        shift = problem.shifts[route.shift]
        cost += route_cost(problem, route)
        for stop in route.stops:
            served.add(stop.visit)
            prize += window_prize(problem, stop.visit, shift.day, stop.start)
            kept += stop.visit in shift.initial
    units = {_unit(problem, v) for v in np.flatnonzero(problem.mandatory).tolist()}
    made = {_unit(problem, v) for v in served if problem.mandatory[v]}
    return Solution(
        objective=prize - cost + problem.keep_reward * kept,
        prize=prize,
        cost=cost,
        kept=kept,
        missing=len(units) - len(made),
        routes=routes,
        unserved=tuple(v for v in range(len(problem.ids)) if v not in served),
        iterations=iterations,
        seconds=seconds,
        seed=seed,
    )


def _unit(problem: Problem, visit: int) -> tuple[bool, int]:
    """What has to be made when `visit` is mandatory: its group, or itself."""
    group = int(problem.group[visit])
    return (True, group) if group >= 0 else (False, visit)


def window_prize(problem: Problem, visit: int, day: int, start: int) -> int:
    """The best prize of the windows that hold `start`; the visit's own where none does."""
    w = problem.windows
    low, high = w.visit.searchsorted(visit), w.visit.searchsorted(visit, "right")
    held = [  # of one to three windows: quicker one by one than as arrays
        int(w.prize[k])
        for k in range(int(low), int(high))
        if w.day[k] == day and w.open[k] <= start <= w.close[k]
    ]
    return max(held, default=int(problem.prize[visit]))


def route_cost(problem: Problem, route: Route) -> int:
    """Travel, fixed cost, idle time and overtime of a route that goes out, in minor units."""
    shift = problem.shifts[route.shift]
    table = problem.matrix_of(shift)
    places = [shift.start, *(int(problem.location[s.visit]) for s in route.stops), shift.end]
    arcs = list(itertools.pairwise(places))
    driving = sum(int(table.duration[a, b]) for a, b in arcs)
    cost = shift.fixed_cost + int(problem.travel_cost(shift, places[:-1], places[1:]).sum())
    busy = driving + sum(stop.leave - stop.start for stop in route.stops)
    rest = sum(e - b for b, e in route.breaks if route.depart <= b and e <= route.back)
    cost += shift.waiting_price * (route.back - route.depart - busy - rest)
    return cost + (shift.overtime_price or 0) * max(0, route.back - shift.latest)


def solution_json(problem: Problem, solution: Solution) -> dict[str, Any]:
    """The solution with ids instead of indexes, as plain JSON values."""
    return {
        "objective": solution.objective,
        "prize": solution.prize,
        "cost": solution.cost,
        "kept": solution.kept,
        "missing": solution.missing,
        "routes": [
            {
                "shift": problem.shifts[route.shift].id,
                "depart": route.depart,
                "return": route.back,
                "stops": [
                    {"visit": problem.ids[s.visit], "arrive": s.arrive, "start": s.start}
                    | {"leave": s.leave}
                    for s in route.stops
                ],
                "breaks": [list(entry) for entry in route.breaks],
            }
            for route in solution.routes
        ],
        "unserved": [problem.ids[v] for v in solution.unserved],
        "iterations": solution.iterations,
        "seconds": round(solution.seconds, 3),
        "seed": solution.seed,
    }
