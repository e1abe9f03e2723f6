"""Territories: a problem cut into parts that can be solved apart, and put together again.

A territory gets whole crews (all days of a crew) and the visits that lie on its side. Only the
travel times are asked for where things lie, so that the cut works with any matrix and any place.
Nothing is forgotten: each visit and each shift is in exactly one territory.

The sub-problem of a territory holds opaque numbers alone: its visits, shifts and groups are called
"0", "1", ... whatever they are called in the whole.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planner.routing.problem import I32, Bools, Matrix, Problem, Shift, Windows
from planner.routing.solve import Route

I64 = npt.NDArray[np.int64]
# The poles of a cut lie where so many of all places are nearer: the very furthest may be far off.
POLE = 0.95


@dataclass(frozen=True)
class Territory:
    """Shifts and visits of a part: indexes into the whole problem, ascending."""

    shifts: tuple[int, ...]
    visits: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class _Map:
    """What a cut needs: `unit[shift]` and `item[visit]` number crews and visits that stay together.

    `spot[item]` is a place, `can[item, unit]` whether that crew can make it, `fixed[item]` the crew
    that has to have it (-1: any), `hours[unit]` seconds of work, `round[unit]` places where it is.
    """

    way: I32
    unit: I32
    round: tuple[list[int], ...]
    hours: I64
    item: I32
    spot: I32
    can: Bools
    fixed: I32


def territories(problem: Problem, parts: int) -> tuple[Territory, ...]:
    """`problem` in at most `parts` territories; fewer where there are fewer crews."""
    known = _mapped(problem)
    units, items = np.arange(len(known.round)), np.arange(len(known.spot))
    wanted = max(1, min(parts, len(units)))
    found = []
    for own_units, own_items in _cut(known, units, items, wanted):
        shifts = np.flatnonzero(np.isin(known.unit, own_units))
        visits = np.flatnonzero(np.isin(known.item, own_items))
        found.append(Territory(tuple(shifts.tolist()), tuple(visits.tolist())))
    return tuple(found)


def _cut(known: _Map, units: I64, items: I64, parts: int) -> list[tuple[I64, I64]]:
    """Halves, and halves of halves: crews and visits along the line between two far places.

    Both are sorted by how much nearer they are to one end; the crews are cut by number of parts,
    the visits in proportion to the working hours, so that each side has as much to choose from.
    """
    if parts < 2:
        return [(units, items)]
    lean = _leaning(known, units, items)
    left = parts // 2
    middle = [float(lean[known.round[unit]].mean()) for unit in units]
    order = units[np.argsort(middle, kind="stable")]
    most = len(order) - (parts - left)
    total = np.cumsum(known.hours[order])
    cut = int(np.searchsorted(total, total[-1] * left / parts, side="left")) + 1
    cut = min(max(cut, left), most)
    share = total[cut - 1] / max(1, total[-1])
    near, far = order[:cut], order[cut:]
    bound = items[known.fixed[items] >= 0]
    side = np.zeros(len(known.spot), np.bool_)
    side[bound] = np.isin(known.fixed[bound], far)
    if len(bound) > len(items) / 10:
        close = known.way[np.ix_(known.spot[items], known.spot[bound])].argmin(axis=1)
        side[items] = side[bound[close]]
    else:
        ranked = items[np.argsort(lean[known.spot[items]], kind="stable")]
        side[ranked[round(len(ranked) * share) :]] = True
    here = known.can[:, near].any(axis=1)
    there = known.can[:, far].any(axis=1)
    side[here & ~there] = False
    side[there & ~here] = True
    side[bound] = np.isin(known.fixed[bound], far)
    return [
        *_cut(known, near, items[~side[items]], left),
        *_cut(known, far, items[side[items]], parts - left),
    ]


def _leaning(known: _Map, units: I64, items: I64) -> I64:
    """For each place: seconds to one far place less seconds to the place opposite."""
    spots = known.spot[items] if len(items) else np.array([known.round[u][0] for u in units])
    one = _far_from(known.way, int(spots[0]), spots)
    other = _far_from(known.way, one, spots)
    return known.way[:, one].astype(np.int64) - known.way[:, other]


def _far_from(way: I32, place: int, spots: I32) -> int:
    order = np.argsort(way[place, spots], kind="stable")
    return int(spots[order[int((len(order) - 1) * POLE)]])


def _mapped(problem: Problem) -> _Map:
    unit = _units(problem.shifts)
    rounds: tuple[list[int], ...] = tuple([] for _ in range(int(unit.max(initial=-1)) + 1))
    hours = np.zeros(len(rounds), np.int64)
    for k, shift in enumerate(problem.shifts):
        stops = [int(problem.location[v]) for v in (*shift.initial, *shift.pinned)]
        rounds[unit[k]].extend(stops or [shift.start])
        hours[unit[k]] += shift.latest - shift.earliest
    item = _items(problem)
    count = int(item.max(initial=-1)) + 1
    spot = np.zeros(count, np.int32)
    for visit in np.argsort(problem.prize, kind="stable").tolist():  # the dearest says where
        spot[item[visit]] = problem.location[visit]
    able = _able(problem)
    can = np.zeros((count, len(rounds)), np.bool_)
    for k in range(len(problem.shifts)):
        can[item[able[:, k]], unit[k]] = True
    fixed = np.full(count, -1, np.int32)
    for kind in ("initial", "pinned"):  # what is pinned has the last word
        for k, shift in enumerate(problem.shifts):
            fixed[item[list(getattr(shift, kind))]] = unit[k]
    return _Map(problem.matrices[""].duration, unit, rounds, hours, item, spot, can, fixed)


def _units(shifts: Sequence[Shift]) -> I32:
    """Crews: shifts with the same ends and way of travel, one of each day; number by shift."""
    seen: dict[tuple[int, int, str, int], int] = {}
    known: dict[tuple[int, int, str, int], int] = {}
    found = []
    for shift in shifts:
        same = (shift.start, shift.end, shift.matrix, shift.day)
        turn = seen[same] = seen.get(same, -1) + 1
        found.append(known.setdefault((*same[:3], turn), len(known)))
    return np.array(found, np.int32)


def _items(problem: Problem) -> I32:
    """Visits that exclude each other stay together: number of the item by visit."""
    known: dict[tuple[bool, int], int] = {}
    keys = ((g >= 0, g if g >= 0 else v) for v, g in enumerate(problem.group.tolist()))
    return np.array([known.setdefault(key, len(known)) for key in keys], np.int32)


def _able(problem: Problem) -> Bools:
    """bool[visits, shifts]: the shift may make the visit, and in time if it does nothing else."""
    found = np.zeros(problem.allowed.shape, np.bool_)
    w = problem.windows
    for k, shift in enumerate(problem.shifts):
        table = problem.matrix_of(shift).duration
        visit = w.visit[w.day == shift.day]
        place = problem.location[visit]
        begin = np.maximum(w.open[w.day == shift.day], shift.earliest + table[shift.start, place])
        fits = begin <= w.close[w.day == shift.day]
        if shift.overtime_price is None:
            home = begin + problem.service[visit] + table[place, shift.end]
            fits &= home <= shift.latest
        found[visit[fits], k] = True
    return found & problem.allowed


def sub_problem(problem: Problem, part: Territory) -> Problem:
    """The problem of a territory alone, with opaque ids and the places it needs."""
    visits, shifts = np.array(part.visits, np.int64), [problem.shifts[k] for k in part.shifts]
    ends = [place for shift in shifts for place in (shift.start, shift.end)]
    places = np.unique(np.array([*problem.location[visits].tolist(), *ends], np.int64))
    at = {place: k for k, place in enumerate(places.tolist())}
    number = {visit: k for k, visit in enumerate(part.visits)}
    used = sorted({shift.matrix for shift in shifts} - {""})
    names = {"": ""} | {key: str(k) for k, key in enumerate(used)}
    groups, group = np.unique(problem.group[visits], return_inverse=True)
    none = int(len(groups) > 0 and groups[0] < 0)
    grid = np.ix_(places, places)
    return Problem(
        matrices={
            names[key]: Matrix(table.duration[grid], table.cost[grid])
            for key, table in problem.matrices.items()
            if key in names
        },
        ids=tuple(map(str, range(len(visits)))),
        location=np.searchsorted(places, problem.location[visits]).astype(np.int32),
        service=problem.service[visits],
        prize=problem.prize[visits],
        mandatory=problem.mandatory[visits],
        group=(group.reshape(-1) - none).astype(np.int32),
        groups=tuple(map(str, range(len(groups) - none))),
        windows=_windows(problem.windows, visits),
        allowed=np.ascontiguousarray(problem.allowed[visits][:, list(part.shifts)]),
        shifts=tuple(
            replace(
                shift, id=str(k), start=at[shift.start], end=at[shift.end],
                matrix=names[shift.matrix],
                pinned=tuple(number[v] for v in shift.pinned),
                initial=tuple(number[v] for v in shift.initial if v in number),
            )
            for k, shift in enumerate(shifts)
        ),
        keep_reward=problem.keep_reward,
    )  # fmt: skip


def _windows(windows: Windows, visits: I64) -> Windows:
    """The windows of `visits` (ascending), which are numbered anew."""
    kept = np.isin(windows.visit, visits)
    return Windows(
        np.searchsorted(visits, windows.visit[kept]).astype(np.int32),
        windows.day[kept],
        windows.open[kept],
        windows.close[kept],
        windows.prize[kept],
    )


def back_in_whole(part: Territory, routes: Iterable[Route]) -> tuple[Route, ...]:
    """Routes of a sub-problem with the indexes of the whole."""
    return tuple(
        replace(
            route,
            shift=part.shifts[route.shift],
            stops=tuple(replace(stop, visit=part.visits[stop.visit]) for stop in route.stops),
        )
        for route in routes
    )


def warm(problem: Problem, routes: Iterable[Route]) -> Problem:
    """`problem` with `routes` to begin from."""
    stops = {route.shift: tuple(stop.visit for stop in route.stops) for route in routes}
    shifts = (replace(s, initial=stops.get(k, ())) for k, s in enumerate(problem.shifts))
    return replace(problem, shifts=tuple(shifts))
