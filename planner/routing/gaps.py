"""The gaps of a plan: every place between two stops into which something might be put."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planner.routing.problem import Problem, Shift
from planner.routing.solve import Route

FAR = 2**40
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Gaps:
    """Places where something may be put into a shift: columns per gap."""

    shift: int
    leave: I64  # earliest end of service before the gap
    late: I64  # latest start after the gap
    rest: I64  # seconds of breaks taken in the gap
    place_a: I64
    place_b: I64
    old_cost: I64
    old_drive: I64
    stop_a: I64  # visit before the gap, -1 = start place
    stop_b: I64
    room: I64  # seconds that may be added before the longest duration is met
    drive_room: int  # the same of driving


@dataclass(frozen=True, eq=False)
class Trial:
    """Every visit in every gap, arrays [gap, visit]."""

    cost: I64  # added money, without waiting and overtime
    time: I64  # added driving and service
    due: I64  # when the next place is reached then; beyond FAR // 2 where no window is left
    short: I64  # seconds by which it does not fit; <= 0 fits


def empty_gaps(problem: Problem, s: int) -> Gaps:
    """The one gap of a shift that does nothing; its money starts at the fixed cost."""
    shift = problem.shifts[s]

    def one(value: int) -> I64:
        return np.array([value], np.int64)

    return Gaps(
        shift=s,
        leave=one(shift.earliest),
        late=one(_last_return(shift)),
        rest=one(0),
        place_a=one(shift.start),
        place_b=one(shift.end),
        old_cost=one(-shift.fixed_cost),
        old_drive=one(0),
        stop_a=one(-1),
        stop_b=one(-1),
        room=one(FAR if shift.max_duration is None else shift.max_duration),
        drive_room=FAR if shift.max_driving is None else shift.max_driving,
    )


def _last_return(shift: Shift) -> int:
    return shift.latest if shift.overtime_price is None else FAR // 2


def gaps_of(problem: Problem, s: int, route: Route | None) -> Gaps:
    """The gaps of shift `s` with its route, before the first to after the last stop."""
    if route is None or not route.stops:
        return empty_gaps(problem, s)
    shift = problem.shifts[s]
    table = problem.matrix_of(shift)
    visits = [stop.visit for stop in route.stops]
    places = np.array(
        [shift.start, *(int(problem.location[v]) for v in visits), shift.end], np.int64
    )
    drive = table.duration[places[:-1], places[1:]].astype(np.int64)
    leave = [shift.earliest, *(stop.leave for stop in route.stops)]
    starts = [*(stop.start for stop in route.stops), route.back]
    rest = [
        sum(e - b for b, e in route.breaks if before <= b and e <= after)
        for before, after in zip(leave, starts, strict=True)
    ]
    busy = int(drive.sum()) + sum(int(problem.service[v]) for v in visits) + sum(rest)
    room = FAR if shift.max_duration is None else shift.max_duration - busy
    return Gaps(
        shift=s,
        leave=np.array(leave, np.int64),
        late=_latest_starts(problem, shift, route, drive, rest),
        rest=np.array(rest, np.int64),
        place_a=places[:-1],
        place_b=places[1:],
        old_cost=problem.travel_cost(shift, places[:-1], places[1:]),
        old_drive=drive,
        stop_a=np.array([-1, *visits], np.int64),
        stop_b=np.array([*visits, -1], np.int64),
        room=np.full(len(drive), room, np.int64),
        drive_room=FAR if shift.max_driving is None else shift.max_driving - int(drive.sum()),
    )


def _latest_starts(
    problem: Problem, shift: Shift, route: Route, drive: I64, rest: list[int]
) -> I64:
    """Latest start of each stop and latest return so that all that follows still fits."""
    w = problem.windows
    left = [end for _, end, _ in shift.breaks[len(route.breaks) :]]
    late = [min([_last_return(shift), *left])]
    for i in range(len(route.stops) - 1, -1, -1):
        stop = route.stops[i]
        limit = late[-1] - int(drive[i + 1]) - rest[i + 1] - int(problem.service[stop.visit])
        low, high = (int(x) for x in w.visit.searchsorted((stop.visit, stop.visit + 1)))
        starts = [
            min(int(w.close[k]), limit)
            for k in range(low, high)
            if w.day[k] == shift.day and w.open[k] <= limit
        ]
        late.append(max([stop.start, *starts]))
    return np.array(late[::-1], np.int64)


def padded_windows(problem: Problem, visits: I64, day: int) -> tuple[I64, I64]:
    """Windows of the visits on a day as [most windows, visits], padded with windows never open."""
    w = problem.windows
    rows = np.flatnonzero(w.day == day)
    column = np.full(len(problem.ids), -1, np.int64)
    column[visits] = np.arange(len(visits))
    rows = rows[column[w.visit[rows]] >= 0]
    owner = column[w.visit[rows]]
    rank = np.arange(len(rows)) - np.searchsorted(w.visit[rows], w.visit[rows], side="left")
    most = int(rank.max()) + 1 if len(rows) else 1
    opens = np.full((most, len(visits)), FAR, np.int64)
    closes = np.full((most, len(visits)), -FAR, np.int64)
    opens[rank, owner] = w.open[rows]
    closes[rank, owner] = w.close[rows]
    return opens, closes


def without_each(problem: Problem, gaps: Gaps, count: int = 1) -> Gaps:
    """The gaps that are there when `count` stops in a row leave: gap i is that of stop i and those
    after it."""
    stops = gaps.stop_b[:-1]
    service = problem.service[stops].astype(np.int64)

    def run(values: I64, length: int) -> I64:
        sums = np.concatenate([[0], np.cumsum(values)])
        return np.asarray(sums[length:] - sums[:-length], np.int64)

    arcs = problem.travel_cost(problem.shifts[gaps.shift], gaps.place_a, gaps.place_b)
    return replace(
        gaps,
        leave=gaps.leave[:-count],
        late=gaps.late[count:],
        rest=run(gaps.rest, count + 1),
        room=gaps.room[:-count] + run(service, count),
        place_a=gaps.place_a[:-count],
        place_b=gaps.place_b[count:],
        old_cost=run(arcs, count + 1),
        old_drive=run(gaps.old_drive, count + 1),
        stop_a=gaps.stop_a[:-count],
        stop_b=gaps.stop_b[count:],
    )


def try_gaps(problem: Problem, gaps: Gaps, visits: I64, opens: I64, closes: I64) -> Trial:
    """All `visits` in all `gaps`, with their windows as by `padded_windows`.

    Exact without breaks, waiting price and longest duration; with them `retime` has the last word.
    """
    shift = problem.shifts[gaps.shift]
    table = problem.matrix_of(shift)
    place = problem.location[visits]
    service = problem.service[visits].astype(np.int64)
    go = table.duration[np.ix_(gaps.place_a, place)].astype(np.int64)
    on = table.duration[np.ix_(place, gaps.place_b)].T.astype(np.int64)
    cost = problem.travel_cost(shift, gaps.place_a[:, None], place[None, :])
    cost += problem.travel_cost(shift, place[None, :], gaps.place_b[:, None])
    cost -= gaps.old_cost[:, None]
    arrive = gaps.leave[:, None] + go
    start = np.full(arrive.shape, FAR, np.int64)
    for opening, closing in zip(opens, closes, strict=True):
        held = np.where(arrive <= closing, np.maximum(arrive, opening), FAR)
        start = np.minimum(start, held)
    last = closes.max(axis=0)
    late = np.where(last > -FAR, arrive - last, FAR)
    due = start + service + on + gaps.rest[:, None]
    detour = go + on - gaps.old_drive[:, None]
    short = np.where(start < FAR, due - gaps.late[:, None], late)
    short = np.maximum(short, detour - gaps.drive_room)
    short = np.maximum(short, detour + service - gaps.room[:, None])
    return Trial(cost, detour + service, due, short)


def best_prizes(problem: Problem) -> I64:
    """The best prize of each visit's windows; its own where it has none."""
    w = problem.windows
    best = np.full(len(problem.ids), -FAR, np.int64)
    np.maximum.at(best, w.visit, w.prize)
    return np.where(best > -FAR, best, problem.prize)
