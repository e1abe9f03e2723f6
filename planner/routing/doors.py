"""Visits of one door as one visit: what the search sees of a household, and back again.

The search knows no doors. It gets the visits as they are and, for each door, further ones that
stand for several of its visits right after each other: their prizes together, their services less
what falls away, the hours that suit all of them, whoever may make them all. All visits of a door
that could be made on one day go into one group with these, and so does whatever belongs to their
groups: at most one of them is made. Who can be visited together is not offered alone, unless
somebody there has to be visited or is planned so. docs/decisions/0120 says why.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from planner.routing.problem import I32, Problem, Shift, Windows

if TYPE_CHECKING:
    from planner.routing.solve import Route, Stop

MOST_JOINED: Final = 6  # people in one stop: beyond that a door is no household
Window = tuple[int, int, int, int]  # day, open, close, prize


@dataclass(frozen=True, eq=False)
class Joined:
    """`problem` has no doors; its first visits are those of the problem it was made of, those after
    them stand for `together[k]`, visits in the order in which they are made."""

    problem: Problem
    together: tuple[tuple[int, ...], ...]
    once: I32
    service: I32
    whole: Mapping[int, int] = field(default_factory=dict)  # who is not offered alone: in which one

    def members(self, visit: int) -> tuple[int, ...]:
        """The visits that a visit of `problem` stands for."""
        alone = len(self.problem.ids) - len(self.together)
        return (visit,) if visit < alone else self.together[visit - alone]

    def expanded(self, route: "Route") -> "Route":
        """The route with every visit for itself: the next one at a door begins when the one before
        it ends."""
        stops: list[Stop] = []
        for stop in route.stops:
            clock = stop.start
            for k, visit in enumerate(self.members(stop.visit)):
                leave = clock + int(self.service[visit]) - (int(self.once[visit]) if k else 0)
                arrive = clock if k else stop.arrive
                stops.append(replace(stop, visit=visit, arrive=arrive, start=clock, leave=leave))
                clock = leave
        return replace(route, stops=tuple(stops))

    def compact(self, route: "Route") -> "Route":
        """The route with visits made together as one, as far as `problem` has such a visit."""
        stops: list[Stop] = []
        at = 0
        for visit in self.order([stop.visit for stop in route.stops]):
            count = len(self.members(visit))
            first, last = route.stops[at], route.stops[at + count - 1]
            stops.append(replace(first, visit=visit, leave=last.leave))
            at += count
        return replace(route, stops=tuple(stops))

    def order(self, visits: Sequence[int]) -> list[int]:
        """`visits` in their order, with those that are one in `problem` as one."""
        alone = len(self.problem.ids) - len(self.together)
        number = {both: alone + k for k, both in enumerate(self.together)}
        longest = max(map(len, self.together), default=1)
        found: list[int] = []
        at = 0
        while at < len(visits):
            for count in range(min(longest, len(visits) - at), 0, -1):
                some = tuple(visits[at : at + count])
                if count == 1 or some in number:
                    found.append(number.get(some, some[0]))
                    at += count
                    break
        return found


def shared(problem: Problem) -> bool:
    """Whether any two visits have a door in common."""
    if problem.door is None:
        return False
    known = problem.door[problem.door >= 0]
    return len(np.unique(known)) < len(known)


def with_more(problem: Problem, count: int) -> Problem:
    """The problem ready for `count` further visits with doors of their own."""
    if problem.door is None or problem.once is None:
        return problem
    none = np.zeros(count, np.int32)
    door, once = np.concatenate([problem.door, none - 1]), np.concatenate([problem.once, none])
    return replace(problem, door=door, once=once)


def runs(problem: Problem, order: Sequence[int]) -> list[tuple[int, ...]]:
    """The visits of `order` that stand right after others of their door, with those."""
    if problem.door is None:
        return []
    doors = [int(problem.door[visit]) for visit in order]
    found: list[tuple[int, ...]] = []
    for door, some in itertools.groupby(range(len(order)), key=doors.__getitem__):
        mine = tuple(order[k] for k in some)
        if door >= 0 and len(mine) > 1:
            found.append(mine)
    return found


def joined(problem: Problem, orders: Iterable[Sequence[int]] = ()) -> Joined | None:
    """The problem as the search gets it, None where no door is shared.

    Visits that stand together in one of `orders`, or in what is pinned or the warm start, are one
    there too.
    """
    if problem.door is None or not shared(problem):
        return None
    orders = list(orders)
    pinned = [run for shift in problem.shifts for run in runs(problem, shift.pinned)]
    given = [run for shift in problem.shifts for run in runs(problem, shift.initial)]
    given += [run for order in orders for run in runs(problem, order)]
    of_door: dict[int, list[int]] = {}
    for visit in np.flatnonzero(problem.door >= 0).tolist():
        of_door.setdefault(int(problem.door[visit]), []).append(visit)
    together = dict.fromkeys(pinned + given)
    fixed = {visit for shift in problem.shifts for visit in shift.pinned}
    placed = fixed | {visit for shift in problem.shifts for visit in shift.initial}
    placed |= {visit for order in orders for visit in order}
    whole: list[tuple[int, ...]] = []
    for visits in of_door.values():
        if len(visits) > 1 and not fixed & set(visits):
            grown = _grown(problem, visits)
            free = problem.mandatory[visits].any() or any(
                visit in placed and not any(visit in run for run in given) for visit in visits
            )
            if grown and not free:
                whole.append(grown[-1])
                grown = grown[-1:]
            together |= dict.fromkeys(grown)
    shared_doors = [visits for visits in of_door.values() if len(visits) > 1]
    return _only_whole(_appended(problem, tuple(together), shared_doors, fixed), whole)


def _only_whole(found: Joined, whole: list[tuple[int, ...]]) -> Joined:
    """Without those visits alone that are offered in one with the others of their door."""
    alone = len(found.problem.ids) - len(found.together)
    number = {both: alone + k for k, both in enumerate(found.together)}
    instead = {visit: number[both] for both in whole for visit in both}
    allowed = found.problem.allowed.copy()
    allowed[list(instead)] = False
    return replace(found, problem=replace(found.problem, allowed=allowed), whole=instead)


def in_one(problem: Problem, order: Sequence[int]) -> Joined | None:
    """The problem with what stands together in `order` as one; None where nothing does."""
    found = tuple(runs(problem, order))
    return _appended(problem, found, [], set()) if found else None


def windows_of(problem: Problem, visit: int) -> list[Window]:
    """The windows of a visit."""
    w = problem.windows
    low, high = (int(x) for x in w.visit.searchsorted((visit, visit + 1)))
    return [
        (int(w.day[k]), int(w.open[k]), int(w.close[k]), int(w.prize[k])) for k in range(low, high)
    ]


def common_windows(problem: Problem, order: Sequence[int]) -> list[Window]:
    """When the first of `order` may begin so that all of them, right after each other, suit: each
    may be visited from the arrival on, and may still begin when it is its turn."""
    found = windows_of(problem, order[0])
    clock = int(problem.service[order[0]])
    for visit in order[1:]:
        found = [
            (day, max(begin, a), min(end, b - clock), prize + more)
            for day, begin, end, prize in found
            for other, a, b, more in windows_of(problem, visit)
            if day == other and max(begin, a) <= min(end, b - clock)
        ]
        clock += int(problem.service[visit]) - _once(problem, visit)
    return found


def _once(problem: Problem, visit: int) -> int:
    return 0 if problem.once is None else int(problem.once[visit])


def _grown(problem: Problem, visits: list[int]) -> list[tuple[int, ...]]:
    """The most valuable two, three, ... of the visits of a door that can be made together."""
    best = {v: max((p for *_, p in windows_of(problem, v)), default=0) for v in visits}
    last = {v: max((b for _, _, b, _ in windows_of(problem, v)), default=0) for v in visits}
    ranked = sorted(visits, key=lambda v: (not problem.mandatory[v], -best[v], v))
    found: list[tuple[int, ...]] = []
    chosen = ranked[:1]
    for visit in ranked[1:]:
        groups = [int(problem.group[v]) for v in chosen]
        poor = best[visit] <= 0 and not problem.mandatory[visit]
        if poor or (problem.group[visit] >= 0 and int(problem.group[visit]) in groups):
            continue
        order = tuple(sorted([*chosen, visit], key=lambda v: (last[v], v)))
        able = problem.allowed[list(order)].all(axis=0)
        if len(order) <= MOST_JOINED and able.any() and common_windows(problem, order):
            chosen = [*chosen, visit]
            found.append(order)
    return found


def _appended(
    problem: Problem,
    together: tuple[tuple[int, ...], ...],
    doors: list[list[int]],
    fixed: set[int],
) -> Joined:
    """The problem without doors and with a further visit for each of `together`."""
    count = len(problem.ids)
    rows = [(count + k, *one) for k, both in enumerate(together)
            for one in common_windows(problem, both)]  # fmt: skip
    w = problem.windows
    more = np.array(rows, np.int64).reshape(-1, 5).T
    old: list[npt.NDArray[Any]] = [w.visit, w.day, w.open, w.close, w.prize]
    columns = [np.concatenate([a, b.astype(a.dtype)]) for a, b in zip(old, more, strict=True)]
    order = np.lexsort(tuple(columns[3::-1]))
    service = [_together(problem, both) for both in together]
    roots, group, groups = _groups(problem, together, doors, fixed)
    plain = replace(
        problem,
        ids=(*problem.ids, *("+".join(problem.ids[v] for v in both) for both in together)),
        location=_longer(problem.location, [int(problem.location[b[0]]) for b in together]),
        service=_longer(problem.service, service),
        prize=_longer(problem.prize, [int(problem.prize[list(b)].sum()) for b in together]),
        mandatory=_mandatory(problem, together, roots),
        group=group,
        groups=groups,
        windows=Windows(*(column[order] for column in columns)),
        allowed=np.ascontiguousarray(np.vstack(
            [problem.allowed,
             *(problem.allowed[list(b)].all(axis=0, keepdims=True) for b in together)]
        )),
        door=None,
        once=None,
    )  # fmt: skip
    once = np.zeros(count, np.int32) if problem.once is None else problem.once
    found = Joined(plain, together, once, problem.service)
    shifts = tuple(_shift(found, shift) for shift in problem.shifts)
    return replace(found, problem=replace(plain, shifts=shifts))


def _shift(found: Joined, shift: Shift) -> Shift:
    """The shift with what stands together in it as one."""
    return replace(
        shift,
        pinned=tuple(found.order(shift.pinned)),
        initial=tuple(found.order(shift.initial)),
    )


def _together(problem: Problem, both: tuple[int, ...]) -> int:
    once = sum(_once(problem, visit) for visit in both[1:])
    return int(problem.service[list(both)].sum()) - once


def _longer(column: np.ndarray, values: Sequence[int]) -> np.ndarray:
    return np.concatenate([column, np.array(values, column.dtype)])


def _groups(
    problem: Problem,
    together: tuple[tuple[int, ...], ...],
    doors: list[list[int]],
    fixed: set[int],
) -> tuple[list[int], I32, tuple[str, ...]]:
    """For every visit, also those appended: what it belongs to, its group, and the groups' names.

    Two visits of a door belong together if both could be made on one day; pinned ones only if they
    stand together, as nothing may drive them out.
    """
    count = len(problem.ids)
    root = list(range(count + len(problem.groups)))

    def find(one: int) -> int:
        while root[one] != one:
            root[one] = root[root[one]]
            one = root[one]
        return one

    for visit in range(count):
        if problem.group[visit] >= 0:
            root[find(visit)] = find(count + int(problem.group[visit]))
    for both in together:
        for visit in both[1:]:
            root[find(visit)] = find(both[0])
    days = {v: {day for day, *_ in windows_of(problem, v)} for some in doors for v in some}
    for some in doors:
        anchor = next((v for v in some if v in fixed), None)
        for a, b in itertools.combinations(some, 2):
            apart = a in fixed and b in fixed
            driven = anchor is not None and anchor not in (a, b) and (a in fixed or b in fixed)
            if not (apart or driven) and days[a] & days[b]:
                root[find(a)] = find(b)
    roots = [find(visit) for visit in range(count)]
    roots += [roots[both[0]] for both in together]
    sizes: dict[int, int] = {}
    for one in roots:
        sizes[one] = sizes.get(one, 0) + 1
    kept = list(dict.fromkeys(
        one for v, one in enumerate(roots)
        if sizes[one] > 1 or (v < count and problem.group[v] >= 0)
    ))  # fmt: skip
    at = {one: k for k, one in enumerate(kept)}
    group = np.array([at.get(one, -1) for one in roots], np.int32)
    return roots, group, tuple(str(k) for k in range(len(kept)))


def _mandatory(
    problem: Problem, together: tuple[tuple[int, ...], ...], roots: list[int]
) -> np.ndarray:
    """Whoever has to be visited is, if possible all of a door: where some can be made together,
    only what makes most of them counts."""
    count = len(problem.ids)
    due = [int(one) for one in problem.mandatory.tolist()]
    due += [int(problem.mandatory[list(both)].sum()) for both in together]
    most: dict[int, int] = {}
    for visit in range(count, len(due)):
        most[roots[visit]] = max(most.get(roots[visit], 0), due[visit])
    return np.array([n > 0 and n >= most.get(roots[v], 0) for v, n in enumerate(due)], np.bool_)
