"""Why each visit that is not in a solution is left out: one main reason with its figures.

All insertions and all exchanges with one stop are tried at once, as numpy arrays [gap, visit] per
shift. Times and money as in the problem. Codes and figures:

OTHER_ADDRESS  served (id of the visit of the same group that is made)
SAME_DOOR      served (id of a visit that keeps this one out: of the same door, or of somebody's
               there; they could not both be made on one way). Who brings nothing: LOW_VALUE
LOCKED         by: "shifts" (no shift is allowed), "pinned" (stop: the pinned stop in the way),
               "edit" (it would fit and pay: somebody took it out); shift, extra_cost
NO_WINDOW      windows (how many on days with a shift), late_seconds (by how much the best shift
               misses them when it does nothing else; None without windows)
LOW_VALUE      value, extra_cost, extra_seconds, more_value; shift, after, before
DISPLACED      stop (id that would have to go), difference, value; shift
NO_TIME        short_seconds, extra_cost, extra_seconds; shift, after, before

`after` and `before` are ids of stops, "" = the start or end place.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from planner.routing.doors import Joined, joined
from planner.routing.gaps import (
    FAR,
    I64,
    Gaps,
    Trial,
    best_prizes,
    empty_gaps,
    gaps_of,
    padded_windows,
    try_gaps,
    without_each,
)
from planner.routing.problem import Problem
from planner.routing.retime import retime
from planner.routing.solve import Route, Solution, in_one, route_cost, window_prize

Bools = npt.NDArray[np.bool_]
_NAMES = ("served", "stop", "after", "before")  # figures that are ids of visits


@dataclass(frozen=True)
class Reason:
    """A code and its figures; words are made elsewhere."""

    code: str
    figures: dict[str, int | str | None] = field(default_factory=dict)


@dataclass
class _Found:
    """The best of all shifts so far, columns per unserved visit."""

    fit_cost: I64
    fit_at: I64
    any_cost: I64
    any_at: I64
    short: I64
    short_at: I64
    swap: I64
    swap_at: I64
    pin_at: I64
    solo_short: I64
    value: I64  # the best any window pays


def reasons(problem: Problem, solution: Solution) -> dict[str, Reason]:
    """Exactly one reason for each unserved visit, by id. Raises nothing."""
    household = joined(problem, [[s.visit for s in route.stops] for route in solution.routes])
    if household is None:
        return _reasons(problem, solution)
    served = {stop.visit for route in solution.routes for stop in route.stops}
    found = _reasons(household.problem, in_one(household, solution))
    return {
        key: _apart(problem, household, visit, _as_offered(household, visit, found))
        for visit, key in enumerate(problem.ids)
        if visit not in served
    }


def _as_offered(household: Joined, visit: int, found: dict[str, Reason]) -> Reason:
    """The reason of a visit; of one that is offered with others only, that of them all."""
    ids = household.problem.ids
    return found.get(ids[household.whole.get(visit, visit)]) or found[ids[visit]]


def _apart(problem: Problem, household: Joined, visit: int, reason: Reason) -> Reason:
    """The reason with single visits in place of those that stand for several."""
    names = {key: household.members(k) for k, key in enumerate(household.problem.ids)}
    figures = {
        key: problem.ids[names[value][-1 if key == "after" else 0]]
        if isinstance(value, str) and key in _NAMES and value in names
        else value
        for key, value in reason.figures.items()
    }
    if reason.code != "OTHER_ADDRESS":
        return Reason(reason.code, figures)
    mine = int(problem.group[visit])
    own = [v for v in names[str(reason.figures["served"])]
           if mine >= 0 and int(problem.group[v]) == mine]  # fmt: skip
    if own:
        return Reason("OTHER_ADDRESS", {"served": problem.ids[own[0]]})
    value = int(best_prizes(problem)[visit])
    if value > 0 or problem.mandatory[visit]:
        return Reason("SAME_DOOR", figures)
    once = 0 if problem.once is None else int(problem.once[visit])
    more = {"extra_cost": 0, "extra_seconds": int(problem.service[visit]) - once}
    place = {"shift": "", "after": str(figures["served"]), "before": ""}
    return Reason("LOW_VALUE", {"value": value, "more_value": 1 - value, **more, **place})


def _reasons(problem: Problem, solution: Solution) -> dict[str, Reason]:
    """`reasons` where every visit has a door of its own."""
    result: dict[str, Reason] = {}
    served = {stop.visit for route in solution.routes for stop in route.stops}
    made = {int(problem.group[v]): v for v in served if problem.group[v] >= 0}
    rest: list[int] = []
    for visit in range(len(problem.ids)):
        group = int(problem.group[visit])
        if visit in served:
            continue
        if group >= 0 and group in made:
            result[problem.ids[visit]] = Reason(
                "OTHER_ADDRESS", {"served": problem.ids[made[group]]}
            )
        elif not problem.allowed[visit].any():
            result[problem.ids[visit]] = Reason("LOCKED", {"by": "shifts"})
        else:
            rest.append(visit)
    if rest:
        visits = np.array(rest, np.int64)
        gaps, found = _search(problem, solution, visits)
        for i, visit in enumerate(rest):
            result[problem.ids[visit]] = _reason(problem, solution, visit, i, gaps, found)
    return result


# ---- search ------------------------------------------------------------------------------------


def _search(problem: Problem, solution: Solution, visits: I64) -> tuple[list[Gaps], _Found]:
    """Tries all visits in all shifts. A place is shift number * 2^20 + gap number."""
    size = len(visits)
    far = [np.full(size, FAR, np.int64) for _ in range(5)]
    none = [np.full(size, -1, np.int64) for _ in range(5)]
    found = _Found(
        *(far[0], none[0], far[1], none[1], far[2], none[2], -far[3], none[3], none[4], far[4]),
        best_prizes(problem)[visits],
    )
    routes = {route.shift: route for route in solution.routes}
    everything: list[Gaps] = []
    for s, shift in enumerate(problem.shifts):
        gaps = gaps_of(problem, s, routes.get(s))
        everything.append(gaps)
        allowed = problem.allowed[visits, s]
        if not allowed.any():
            continue
        opens, closes = padded_windows(problem, visits, shift.day)
        empty = empty_gaps(problem, s)
        solo = try_gaps(problem, empty, visits, opens, closes)
        found.solo_short = np.where(
            allowed, np.minimum(found.solo_short, solo.short[0]), found.solo_short
        )
        reach = allowed & (solo.short[0] <= 0)
        if not reach.any():
            continue
        trial = try_gaps(problem, gaps, visits, opens, closes)
        _note_insertions(found, trial, reach, s)
        if s in routes:
            _note_swaps(problem, found, routes[s], gaps, visits, reach, (opens, closes))
    return everything, found


def _note_insertions(found: _Found, trial: Trial, reach: Bools, s: int) -> None:
    columns = np.arange(trial.cost.shape[1])
    for values, best, at in (
        (np.where(trial.short <= 0, trial.cost, FAR), "fit_cost", "fit_at"),
        (trial.cost, "any_cost", "any_at"),
        (trial.short, "short", "short_at"),
    ):
        gap = values.argmin(axis=0)
        value = values[gap, columns]
        better = reach & (value < getattr(found, best)) & (value < FAR)
        setattr(found, best, np.where(better, value, getattr(found, best)))
        setattr(found, at, np.where(better, s * 2**20 + gap, getattr(found, at)))


def _note_swaps(
    problem: Problem,
    found: _Found,
    route: Route,
    gaps: Gaps,
    visits: I64,
    reach: Bools,
    windows: tuple[I64, I64],
) -> None:
    """Each visit in place of each stop: the gain of the exchange, the best of all shifts kept."""
    shift = problem.shifts[route.shift]
    stops = gaps.stop_b[:-1]
    wide = without_each(problem, gaps)
    trial = try_gaps(problem, wide, visits, *windows)
    fits = trial.short <= 0
    paid = [window_prize(problem, stop.visit, shift.day, stop.start) for stop in route.stops]
    gain = found.value[None, :] - np.array(paid, np.int64)[:, None] - trial.cost
    columns = np.arange(len(visits))
    pinned = np.isin(stops, shift.pinned)[:, None]
    mine = problem.mandatory[visits][None, :]
    free = ~pinned & (~problem.mandatory[stops][:, None] | mine)
    gain_free = np.where(fits & free & reach[None, :], gain, -FAR)
    at = gain_free.argmax(axis=0)
    value = gain_free[at, columns]
    better = value > found.swap
    found.swap = np.where(better, value, found.swap)
    found.swap_at = np.where(better, route.shift * 2**20 + at, found.swap_at)
    blocked = fits & ~free & reach[None, :]
    first = blocked.argmax(axis=0)
    hit = blocked.any(axis=0) & (found.pin_at < 0)
    found.pin_at = np.where(hit, route.shift * 2**20 + first, found.pin_at)


# ---- words -------------------------------------------------------------------------------------


def _reason(
    problem: Problem, solution: Solution, visit: int, i: int, gaps: list[Gaps], found: _Found
) -> Reason:
    """The main reason of one visit, out of what the search found in column `i`."""
    value = int(found.value[i])
    must = bool(problem.mandatory[visit])
    if found.short_at[i] < 0:
        return _no_window(problem, visit, int(found.solo_short[i]))
    if found.fit_at[i] >= 0:
        return _fitting(problem, solution, visit, value, gaps, int(found.fit_at[i]))
    if not must and found.any_cost[i] >= value:
        return _low_value(problem, visit, value, gaps, int(found.any_at[i]))
    if found.swap_at[i] >= 0:
        s, gap = divmod(int(found.swap_at[i]), 2**20)
        figures: dict[str, int | str | None] = {
            "stop": problem.ids[int(gaps[s].stop_b[gap])],
            "difference": max(0, -int(found.swap[i])),
            "value": value,
            "shift": problem.shifts[s].id,
        }
        return Reason("DISPLACED", figures)
    if found.pin_at[i] >= 0:
        s, gap = divmod(int(found.pin_at[i]), 2**20)
        stop = int(gaps[s].stop_b[gap])
        if stop in problem.shifts[s].pinned:
            names = {"stop": problem.ids[stop], "shift": problem.shifts[s].id}
            return Reason("LOCKED", {"by": "pinned", **names})
    return _no_time(problem, visit, gaps, int(found.short_at[i]), int(found.short[i]))


def _no_window(problem: Problem, visit: int, short: int) -> Reason:
    days = {shift.day for s, shift in enumerate(problem.shifts) if problem.allowed[visit, s]}
    w = problem.windows
    low, high = (int(x) for x in w.visit.searchsorted((visit, visit + 1)))
    count = sum(int(w.day[k]) in days for k in range(low, high))
    late = short if count and 0 < short < FAR // 4 else None
    return Reason("NO_WINDOW", {"windows": count, "late_seconds": late})


def _place(problem: Problem, visit: int, gaps: list[Gaps], at: int) -> dict[str, int | str | None]:
    """Where an insertion goes and what it adds."""
    s, k = divmod(at, 2**20)
    shift, gap = problem.shifts[s], gaps[s]
    table = problem.matrix_of(shift)
    here, a, b = int(problem.location[visit]), int(gap.place_a[k]), int(gap.place_b[k])
    cost = int(problem.travel_cost(shift, [a, here], [here, b]).sum()) - int(gap.old_cost[k])
    drive = int(table.duration[a, here]) + int(table.duration[here, b]) - int(gap.old_drive[k])
    names = ["" if v < 0 else problem.ids[v] for v in (int(gap.stop_a[k]), int(gap.stop_b[k]))]
    return {
        "extra_cost": cost,
        "extra_seconds": drive + int(problem.service[visit]),
        "shift": shift.id,
        "after": names[0],
        "before": names[1],
    }


def _worth(problem: Problem, route: Route | None) -> int:
    """Prizes less cost of a route; 0 for none."""
    if route is None:
        return 0
    day = problem.shifts[route.shift].day
    prize = sum(window_prize(problem, stop.visit, day, stop.start) for stop in route.stops)
    return prize - route_cost(problem, route)


def _low_value(
    problem: Problem, visit: int, value: int, gaps: list[Gaps], at: int, cost: int | None = None
) -> Reason:
    place = _place(problem, visit, gaps, at)
    if cost is not None:
        place["extra_cost"] = cost
    extra = int(place["extra_cost"] or 0)
    return Reason("LOW_VALUE", {"value": value, "more_value": extra - value + 1, **place})


def _no_time(problem: Problem, visit: int, gaps: list[Gaps], at: int, short: int) -> Reason:
    place = _place(problem, visit, gaps, at)
    return Reason("NO_TIME", {"short_seconds": max(1, short), **place})


def _fitting(
    problem: Problem, solution: Solution, visit: int, value: int, gaps: list[Gaps], at: int
) -> Reason:
    """It fits by the arrays: too dear, or (where time has a price or breaks) not so when timed."""
    s, k = divmod(at, 2**20)
    shift = problem.shifts[s]
    place = _place(problem, visit, gaps, at)
    cost = int(place["extra_cost"] or 0)
    if value <= cost and not problem.mandatory[visit] and shift.waiting_price == 0:
        return _low_value(problem, visit, value, gaps, at)
    old = next((route for route in solution.routes if route.shift == s), None)
    order = [stop.visit for stop in old.stops] if old else []
    timed = retime(problem, s, [*order[:k], visit, *order[k:]])
    before = {fault.code for fault in retime(problem, s, order).faults} if order else set()
    new = [fault for fault in timed.faults if fault.code not in before]
    if new:
        return _no_time(problem, visit, gaps, at, int(new[0].params.get("seconds", 1)))
    exact = value + _worth(problem, old) - _worth(problem, timed.route)
    if value <= exact and not problem.mandatory[visit]:
        return _low_value(problem, visit, value, gaps, at, exact)
    return Reason("LOCKED", {"by": "edit", "shift": shift.id, "extra_cost": exact})
