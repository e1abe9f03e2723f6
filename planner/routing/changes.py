"""The smallest changes that bring visits into a solution, with figures that hold.

Each change is a plan one can drive: the present routes with the visit put into one of them. Kinds:

INSERT  it fits as it is; the plan loses `loss` by it
MOVE    it takes the place of a stop, which goes into the shift `to` after `to_after`
LONGER  the shift ends `seconds` later
POOL    it goes together with `more`, others that are left out, right after each other
SWAP    it takes the place of `stops`, which leave: of one, or where that is not enough of a row
UNPIN   it takes the place of a pinned stop

`loss` is the money the plan loses: cost added less prizes won, prizes lost with a stop that leaves,
and time beyond the end of a shift, by the half hour begun, at `overtime` minor units an hour. It is
below 0 where the change pays, which is so of pools and of what somebody kept out. The smallest
change is the one of least loss; more than one stop gives way only where nothing less serves, and a
pinned stop last of all.
docs/decisions/0092 says why.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planner.routing.change import STARTED, Best, Change, Present, longer, timed
from planner.routing.doors import Joined, joined
from planner.routing.gaps import (
    FAR,
    I64,
    Gaps,
    Trial,
    best_prizes,
    gaps_of,
    padded_windows,
    try_gaps,
    without_each,
)
from planner.routing.pools import pools
from planner.routing.problem import Problem
from planner.routing.retime import retime
from planner.routing.solve import Route, Solution, in_one, window_prize

KINDS = ("INSERT", "MOVE", "LONGER", "POOL", "SWAP", "UNPIN")

Bools = npt.NDArray[np.bool_]


def smallest(
    problem: Problem,
    solution: Solution,
    visits: Sequence[int],
    *,
    last: Sequence[int],
    overtime: Sequence[int],
) -> dict[int, Change]:
    """The smallest change for each of `visits` that has one; they and others of their groups are
    not in `solution`; one whose door is visited by it anyway has no such change.

    `last`: by shift, the latest return that an extended shift may have; `overtime`: minor units an
    hour. Of the solution only the order of stops counts: they are taken as early as possible, and
    a shift whose stops cannot be driven so is left alone.
    """
    if not len(visits):
        return {}
    household = joined(problem, [[s.visit for s in route.stops] for route in solution.routes])
    if household is None:
        return _smallest(problem, solution, visits, last, overtime)
    compact, group = in_one(household, solution), household.problem.group
    made = {int(group[s.visit]) for route in compact.routes for s in route.stops} - {-1}
    free = {visit: household.whole.get(visit, visit) for visit in visits
            if int(group[visit]) not in made}  # fmt: skip
    asked = list(dict.fromkeys(free.values()))
    found = _smallest(household.problem, compact, asked, last, overtime) if asked else {}
    return {visit: _apart(household, found[one]) for visit, one in free.items() if one in found}


def _apart(household: Joined, one: Change) -> Change:
    """The change with single visits in place of those that stand for several."""

    def each(visits: Sequence[int]) -> tuple[int, ...]:
        return tuple(single for visit in visits for single in household.members(visit))

    after = household.members(one.after)[-1] if one.after >= 0 else -1
    to_after = household.members(one.to_after)[-1] if one.to_after >= 0 else -1
    stops, more = each(one.stops), each(one.more)
    return replace(one, after=after, to_after=to_after, stops=stops, more=more)


def _smallest(
    problem: Problem,
    solution: Solution,
    visits: Sequence[int],
    last: Sequence[int],
    overtime: Sequence[int],
) -> dict[int, Change]:
    """`smallest` where every visit has a door of its own."""
    plan = _plan(problem, solution, visits, last, overtime)
    found = {kind: _none(len(visits)) for kind in KINDS if kind != "POOL"}
    elsewhere = _elsewhere(plan)
    for s in range(len(problem.shifts)):
        _try_shift(plan, s, found, elsewhere)
    return _chosen(plan, found, elsewhere)


def _plan(
    problem: Problem,
    solution: Solution,
    visits: Sequence[int],
    last: Sequence[int],
    overtime: Sequence[int],
) -> Present:
    routes: dict[int, Route] = {}
    closed = problem.allowed.copy()
    for route in solution.routes:
        timed = retime(problem, route.shift, [stop.visit for stop in route.stops])
        if timed.faults:
            closed[:, route.shift] = False
        if route.stops:
            routes[route.shift] = timed.route
    problem = replace(problem, allowed=closed)
    gaps = tuple(gaps_of(problem, s, routes.get(s)) for s in range(len(problem.shifts)))
    rows = np.array(visits, np.int64)
    value = best_prizes(problem)[rows]
    w = problem.windows
    even = bool((w.prize == problem.prize[w.visit]).all())
    return Present(problem, routes, gaps, rows, value, tuple(last), tuple(overtime), even)


def _none(size: int) -> Best:
    return Best(*(np.full(size, FAR, np.int64) for _ in range(4)))


def _note(best: Best, loss: I64, cost: I64, ok: Bools, s: int) -> None:
    """Keep the least of `loss` [gap, visit] where `ok`."""
    loss = np.where(ok, loss, FAR)
    gap = loss.argmin(axis=0)
    columns = np.arange(loss.shape[1])
    least = loss[gap, columns]
    better = least < best.loss
    best.loss[better] = least[better]
    best.cost[better] = cost[gap, columns][better]
    best.shift[better] = s
    best.gap[better] = gap[better]


def _try_shift(
    plan: Present, s: int, found: dict[str, Best], elsewhere: dict[int, tuple[int, int, int]]
) -> None:
    """All visits in all gaps of one shift, in place of all its stops, and with its end put off."""
    problem, visits, gaps = plan.problem, plan.visits, plan.gaps[s]
    mine = problem.allowed[visits, s]
    if not mine.any():
        return
    shift = problem.shifts[s]
    windows = padded_windows(problem, visits, shift.day)
    trial = try_gaps(problem, gaps, visits, *windows)
    loss = trial.cost - plan.value[None, :]
    _note(found["INSERT"], loss, trial.cost, mine & (trial.short <= 0), s)
    _note_longer(plan, s, found["LONGER"], windows, mine)
    route = plan.routes.get(s)
    if route is None:
        return
    instead = try_gaps(problem, without_each(problem, gaps), visits, *windows)
    fits = mine & (instead.short <= 0)
    stops = [stop.visit for stop in route.stops]
    paid = np.array([window_prize(problem, stop.visit, shift.day, stop.start)
                     for stop in route.stops], np.int64)[:, None]  # fmt: skip
    moved = np.array([elsewhere.get(v, (FAR, 0, 0))[0] for v in stops], np.int64)[:, None]
    pinned = np.isin(stops, shift.pinned)[:, None]
    must = problem.mandatory[stops][:, None]
    loss = instead.cost - plan.value[None, :]
    _note(found["SWAP"], loss + paid, instead.cost, fits & ~pinned & ~must, s)
    _note(found["MOVE"], loss + moved, instead.cost, fits & ~pinned & (moved < FAR), s)
    _note(found["UNPIN"], loss + np.minimum(paid, moved), instead.cost, fits & pinned & ~must, s)


def _note_longer(plan: Present, s: int, best: Best, windows: tuple[I64, I64], mine: Bools) -> None:
    """Visits in the gaps of a shift that may end later."""
    problem, shift = plan.problem, plan.problem.shifts[s]
    if shift.overtime_price is not None or plan.last[s] <= shift.latest:
        return
    later = longer(problem, s, plan.last[s])
    route = plan.routes.get(s)
    gaps = gaps_of(later, s, route)
    trial = try_gaps(later, gaps, plan.visits, *windows)
    seconds = np.maximum(0, _back(route, gaps, trial) - shift.latest)
    price = -(-seconds // STARTED) * plan.overtime[s] * STARTED // 3600
    ok = mine & (trial.short <= 0) & (seconds > 0)
    _note(best, trial.cost + price - plan.value[None, :], trial.cost, ok, s)


def _back(route: Route | None, gaps: Gaps, trial: Trial) -> I64:
    """When the shift is back [gap, visit]: a delay shrinks by every wait on its way."""
    if route is None:
        return trial.due
    waits = [stop.start - stop.arrive for stop in route.stops] + [0]
    starts = np.array([*(stop.start for stop in route.stops), route.back], np.int64)
    after = np.cumsum(waits[::-1])[::-1] - np.array(waits, np.int64)
    delay = np.maximum(0, trial.due - starts[:, None])
    return np.asarray(route.back + np.maximum(0, delay - after[:, None]), np.int64)


def _elsewhere(plan: Present) -> dict[int, tuple[int, int, int]]:
    """For each stop (cost, shift, gap) of the cheapest place in another shift where it fits."""
    problem = plan.problem
    owner = {stop.visit: s for s, route in plan.routes.items() for stop in route.stops}
    stops = np.array(sorted(owner), np.int64)
    best: dict[int, tuple[int, int, int]] = {}
    if not len(stops):
        return best
    own = np.array([owner[int(v)] for v in stops])
    for s, shift in enumerate(problem.shifts):
        trial = try_gaps(problem, plan.gaps[s], stops, *padded_windows(problem, stops, shift.day))
        ok = (trial.short <= 0) & problem.allowed[stops, s] & (own != s)
        cost = np.where(ok, trial.cost, FAR)
        gap = cost.argmin(axis=0)
        for i, visit in enumerate(stops.tolist()):
            least = int(cost[gap[i], i])
            if least < best.get(visit, (FAR, 0, 0))[0]:
                best[visit] = least, s, int(gap[i])
    return best


def _chosen(
    plan: Present, found: dict[str, Best], elsewhere: dict[int, tuple[int, int, int]]
) -> dict[int, Change]:
    """The change of least loss of each visit that holds when its routes are timed."""
    pooled = pools(plan, found["INSERT"])
    chosen: dict[int, Change] = {}
    for i, visit in enumerate(plan.visits.tolist()):
        options = [
            _change(plan, kind, best, i, elsewhere)
            for kind, best in found.items()
            if best.loss[i] < FAR // 2
        ]
        if visit in pooled:
            options.append(pooled[visit])
        options.sort(key=_measure)
        for option in options:
            best = chosen.get(visit)
            if best is not None and _measure(best) <= _measure(option):
                break
            exact = timed(plan, visit, option)
            if exact is not None and (best is None or _measure(exact) < _measure(best)):
                chosen[visit] = exact
    open_ones = [i for i, visit in enumerate(plan.visits.tolist())
                 if visit not in chosen or chosen[visit].kind == "UNPIN"]  # fmt: skip
    return chosen | _rows_of_stops(plan, open_ones)


def _rows_of_stops(plan: Present, rest: list[int]) -> dict[int, Change]:
    """For each of `rest` (positions in plan.visits) the cheapest row of stops whose place it can
    take; rows of two first, then longer ones."""
    found: dict[int, Change] = {}
    longest = max((len(route.stops) for route in plan.routes.values()), default=0)
    for count in range(2, longest + 1):
        rest = [i for i in rest if int(plan.visits[i]) not in found]
        if not rest:
            break
        some = replace(plan, visits=plan.visits[rest], value=plan.value[rest])
        best = _none(len(rest))
        for s, route in plan.routes.items():
            if len(route.stops) >= count:
                _note_rows(some, s, route, count, best)
        for i, visit in enumerate(some.visits.tolist()):
            if best.loss[i] < FAR // 2:
                s, gap = int(best.shift[i]), int(best.gap[i])
                stops = tuple(stop.visit for stop in plan.routes[s].stops[gap : gap + count])
                after, loss = int(plan.gaps[s].stop_a[gap]), int(best.loss[i])
                one = Change("SWAP", s, after, loss, int(best.cost[i]), stops=stops)
                exact = timed(some, visit, one)
                if exact is not None:
                    found[visit] = exact
    return found


def _note_rows(plan: Present, s: int, route: Route, count: int, best: Best) -> None:
    """Visits in place of `count` stops in a row of one shift."""
    problem, shift = plan.problem, plan.problem.shifts[s]
    windows = padded_windows(problem, plan.visits, shift.day)
    trial = try_gaps(problem, without_each(problem, plan.gaps[s], count), plan.visits, *windows)
    stops = [stop.visit for stop in route.stops]
    paid = [window_prize(problem, stop.visit, shift.day, stop.start) for stop in route.stops]
    firm = np.isin(stops, shift.pinned) | problem.mandatory[stops]
    lost = np.convolve(np.array(paid, np.int64), np.ones(count, np.int64), "valid")[:, None]
    free = np.convolve(firm.astype(np.int64), np.ones(count, np.int64), "valid")[:, None] == 0
    ok = plan.problem.allowed[plan.visits, s] & (trial.short <= 0) & free
    _note(best, trial.cost + lost - plan.value[None, :], trial.cost, ok, s)


def _measure(one: Change) -> tuple[bool, int, int]:
    """By which changes are compared: locks last, then the loss, then the kind."""
    return one.kind == "UNPIN", one.loss, KINDS.index(one.kind)


def _change(
    plan: Present, kind: str, best: Best, i: int, elsewhere: dict[int, tuple[int, int, int]]
) -> Change:
    s, gap = int(best.shift[i]), int(best.gap[i])
    gaps = plan.gaps[s]
    one = Change(kind, s, int(gaps.stop_a[gap]), int(best.loss[i]), int(best.cost[i]))
    if kind in ("SWAP", "MOVE", "UNPIN"):
        one = replace(one, stops=(int(gaps.stop_b[gap]),))
    if kind == "MOVE":
        _, to, place = elsewhere[one.stops[0]]
        one = replace(one, to=to, to_after=int(plan.gaps[to].stop_a[place]))
    return one
