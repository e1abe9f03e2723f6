"""Planning on from the middle of a day: what is done stays done, the rest is searched anew.

Visits keep their indexes. Each shift goes on from where its crew is; stops that were planned for it
are its warm start, and staying with their crew is worth a small reward, so that a plan which people
already follow changes only where that pays.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planner.routing.problem import Problem, Shift
from planner.routing.solve import Progress, Route, Solution, solve

# Of the mean prize planned: what staying with the crew is worth. Measured: twice as much as 0.1
# spares a quarter of the changes of crew for a thousandth of what the day brings.
KEEP_SHARE = 0.2
BUDGET = 0.3  # seconds

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Now:
    """Where a shift stands at `time` (seconds of its day), at `location` (a place).

    `done` are the visits behind it, in order, the one being made included: then `time` is when that
    one ends. `breaks` counts the breaks already taken. Where visits behind it are not in the
    problem, `since` is when it left and `driven` the seconds driven; -1 and 0 = told by the rest.
    """

    shift: int
    location: int
    time: int
    done: tuple[int, ...] = ()
    breaks: int = 0
    since: int = -1
    driven: int = 0


@dataclass(frozen=True, eq=False)
class Replanned:
    """The rest of the day: its problem, its plan, and how many of the `planned` stops `stay`."""

    problem: Problem
    solution: Solution
    planned: int
    stay: int


def standing(problem: Problem, solution: Solution, time: int) -> tuple[Now, ...]:
    """How all shifts of `solution` stand at `time` when everything went as planned.

    A crew that has not left is at its start place, one on the road at the place it is driving to.
    """
    found = []
    for route in solution.routes:
        shift = problem.shifts[route.shift]
        begun = [stop for stop in route.stops if stop.start <= time]
        taken = sum(begin <= time for begin, _ in route.breaks)
        free = max(
            [time, *(stop.leave for stop in begun[-1:]), *(e for _, e in route.breaks[:taken])]
        )
        here = int(problem.location[begun[-1].visit]) if begun else shift.start
        rest = route.stops[len(begun) :]
        if rest and begun and rest[0].arrive - _drive(problem, shift, here, rest[0].visit) <= time:
            here, free = int(problem.location[rest[0].visit]), max(free, rest[0].arrive)
        found.append(Now(route.shift, here, free, tuple(s.visit for s in begun), taken))
    return tuple(found)


def _drive(problem: Problem, shift: Shift, here: int, visit: int) -> int:
    return int(problem.matrix_of(shift).duration[here, problem.location[visit]])


def remaining(
    problem: Problem, solution: Solution, standing: Sequence[Now], keep_reward: int | None = None
) -> Problem:
    """The problem of what is left of the day, with the rest of `solution` as warm start.

    Visits done, and the others of their groups, may not be made again. A limited duration or
    driving time is shortened by what is used up. The way home is owed whatever happens, so only
    what is longer than that costs. Shifts that are not in `standing` have not begun.
    """
    at = {now.shift: now for now in standing}
    routes = {route.shift: route for route in solution.routes}
    done = sorted({visit for now in standing for visit in now.done})
    over = np.zeros(len(problem.ids), np.bool_)
    over[done] = True
    groups = problem.group[done]
    over |= np.isin(problem.group, groups[groups >= 0])
    shifts = tuple(
        _from_now(problem, shift, at.get(s), routes.get(s), over)
        for s, shift in enumerate(problem.shifts)
    )
    if keep_reward is None:
        ahead = [visit for shift in shifts for visit in shift.initial]
        keep_reward = round(KEEP_SHARE * float(problem.prize[ahead].mean())) if ahead else 0
    return replace(
        problem,
        shifts=shifts,
        allowed=problem.allowed & ~over[:, None],
        mandatory=problem.mandatory & ~over,
        keep_reward=max(0, keep_reward),
    )


def _from_now(
    problem: Problem, shift: Shift, now: Now | None, route: Route | None, over: Bools
) -> Shift:
    stops = [stop.visit for stop in route.stops] if route else list(shift.initial)
    ahead = tuple(visit for visit in stops if not over[visit])
    pinned = tuple(visit for visit in shift.pinned if not over[visit])
    if now is None:
        return replace(shift, initial=ahead, pinned=pinned)
    table = problem.matrix_of(shift)
    places = [shift.start, *(int(problem.location[v]) for v in now.done), now.location]
    driven = now.driven
    if now.since < 0:
        driven = sum(int(table.duration[a, b]) for a, b in itertools.pairwise(places))
    out = now.since >= 0 or len(now.done) > 0 or now.location != shift.start
    left = now.since if now.since >= 0 else route.depart if route and out else now.time
    owed = int(problem.travel_cost(shift, now.location, shift.end)) if out else 0
    return replace(
        shift,
        start=now.location,
        earliest=max(shift.earliest, now.time),
        latest=max(shift.latest, now.time),
        max_duration=_rest(shift.max_duration, now.time - left),
        max_driving=_rest(shift.max_driving, driven),
        breaks=shift.breaks[now.breaks :],
        fixed_cost=-owed if out else shift.fixed_cost,
        initial=ahead,
        pinned=pinned,
    )


def _rest(limit: int | None, used: int) -> int | None:
    return None if limit is None else max(0, limit - used)


def replan(
    problem: Problem,
    solution: Solution,
    standing: Sequence[Now],
    *,
    seconds: float | None = BUDGET,
    iterations: int | None = None,
    keep_reward: int | None = None,
    seed: int = 0,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Replanned:
    """A plan for the rest of the day; times and indexes are those of `problem`.

    With `iterations` and `seconds=None` it is reproducible. Raises what `solve` raises:
    PlannerError("engine.pinned") when a pinned stop can no longer be kept.
    """
    rest = remaining(problem, solution, standing, keep_reward)
    found = solve(
        rest,
        seconds=seconds,
        iterations=iterations,
        seed=seed,
        on_progress=on_progress,
        cancelled=cancelled,
    )
    planned = sum(len(shift.initial) for shift in rest.shifts)
    return Replanned(rest, found, planned, found.kept)
