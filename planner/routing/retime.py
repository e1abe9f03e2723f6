"""The timetable of one shift for a given order of stops, as needed on every drag.

Pure Python, a few milliseconds for 60 stops. Stops start as early as possible (in the windows that
pay most where they differ), the departure is as late as this allows; where waiting costs or the
duration is bounded, a later departure is tried. An order that cannot be kept is timed all the same
and its faults are told.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.routing.check import Fault
from planner.routing.doors import Joined, in_one
from planner.routing.problem import LATEST, Problem, Shift
from planner.routing.solve import Route, Solution, Stop, priced, route_cost, window_prize

MOST_LABELS = 12
NONE = -(2**40)


@dataclass(frozen=True)
class Retimed:
    """A timed route and what is wrong with it."""

    route: Route
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class _Label:
    """One way to have served the stops so far: end of service, breaks taken, prize, lateness."""

    clock: int
    taken: int
    prize: int
    late: int
    start: int
    before: "_Label | None"


_Windows = Sequence[tuple[int, int, int]]


@dataclass(frozen=True)
class _Day:
    """What the timing of one order needs: drive i leads to stop i, the last one to the end."""

    shift: Shift
    index: int
    order: tuple[int, ...]
    drives: tuple[int, ...]
    windows: tuple[tuple[tuple[int, int, int], ...], ...]
    services: tuple[int, ...]


def retime(problem: Problem, shift_index: int, order: Sequence[int]) -> Retimed:
    """Times for the visits `order` (indexes) in this shift; times in seconds of its day.

    Visits of one door that follow each other are one stop.
    """
    household = in_one(problem, order)
    if household is None:
        timed = _retimed(problem, shift_index, order)
    else:
        found = _retimed(household.problem, shift_index, household.order(order))
        names = {key: k for k, key in enumerate(household.problem.ids)}
        wrong = tuple(_of_first(problem, household, names, one) for one in found.faults)
        timed = Retimed(household.expanded(found.route), wrong)
    pins = _pin_faults(problem, shift_index, order) if order else []
    return replace(timed, faults=(*timed.faults, *pins))


def _of_first(problem: Problem, household: Joined, names: dict[str, int], fault: Fault) -> Fault:
    """The fault with the first of those who are visited together in place of all of them."""
    if "visit" not in fault.params:
        return fault
    first = household.members(names[fault.params["visit"]])[0]
    return replace(fault, params={**fault.params, "visit": problem.ids[first]})


def _retimed(problem: Problem, shift_index: int, order: Sequence[int]) -> Retimed:
    """`retime` of visits that are all at doors of their own; without the faults of pins."""
    shift = problem.shifts[shift_index]
    table = problem.matrix_of(shift).duration
    places = [shift.start, *(int(problem.location[v]) for v in order), shift.end]
    day = _Day(
        shift,
        shift_index,
        tuple(order),
        tuple(int(table[a, b]) for a, b in itertools.pairwise(places)),
        tuple(tuple(_windows_of(problem, visit, shift.day)) for visit in order),
        tuple(int(problem.service[visit]) for visit in order),
    )
    route = _timed(day, shift.earliest)
    if order and (shift.waiting_price or shift.max_duration is not None):
        limit = shift.latest if shift.overtime_price is None else 2 * LATEST
        departs = {one for until in (route.back, limit) for one in _latest_departures(day, until)}
        others = [_timed(day, *one) for one in sorted(departs) if one[0] > route.depart]
        if min(_misses(day, r) for r in (route, *others)):
            home = _timed(day, shift.earliest, hasty=True)
            late = [(home.depart, 0), *_latest_departures(day, home.back)]
            late = [one for one in late if one[0] >= home.depart]
            others += [home, *(_timed(day, *one, hasty=True) for one in late)]
        route = min((route, *others), key=lambda r: _rank(problem, day, r))
    return Retimed(route, tuple(_faults(problem, day, route)))


def replace_route(problem: Problem, solution: Solution, route: Route) -> Solution:
    """The solution with the route of one shift exchanged; a route without stops is taken out."""
    others = [r for r in solution.routes if r.shift != route.shift]
    kept = sorted([*others, *([route] if route.stops else [])], key=lambda r: r.shift)
    return priced(problem, tuple(kept), solution.iterations, solution.seconds, solution.seed)


def _windows_of(problem: Problem, visit: int, day: int) -> list[tuple[int, int, int]]:
    w = problem.windows
    low, high = (int(x) for x in w.visit.searchsorted((visit, visit + 1)))
    found = [
        (int(w.open[i]), int(w.close[i]), int(w.prize[i]))
        for i in range(low, high)
        if w.day[i] == day
    ]
    return sorted(found)


def _hop(shift: Shift, clock: int, drive: int, taken: int, after: int) -> int | None:
    """Arrival when breaks taken..after-1 fall into this drive; None if one comes too late."""
    rested, total = clock, 0
    for begin, end, length in shift.breaks[taken:after]:
        rested = max(rested, begin)
        if rested > end:
            return None
        rested += length
        total += length
    return max(clock + drive + total, rested)


def _rank(problem: Problem, day: _Day, route: Route) -> tuple[int, int]:
    """Fewest broken rules first, then the money."""
    prize = sum(
        window_prize(problem, stop.visit, day.shift.day, stop.start) for stop in route.stops
    )
    return _misses(day, route), route_cost(problem, route) - prize


def _timed(day: _Day, depart: int, rested: int = 0, *, hasty: bool = False) -> Route:
    """The route that leaves at `depart`, or later where nothing is lost by it, after `rested`
    breaks at home.

    `hasty`: as early home as possible, whatever the windows pay.
    """
    labels: list[_Label] = []
    label: _Label | None = _finish(day, _search(day, depart, rested), hasty=hasty)
    while label is not None:
        labels.append(label)
        label = label.before
    labels.reverse()
    return _timetable(day, depart, labels)


def _search(day: _Day, depart: int, rested: int) -> list[_Label]:
    """The labels worth keeping after the last stop."""
    labels = [_Label(depart, rested, 0, 0, depart, None)]
    for i, own in enumerate(day.windows):
        grown: list[_Label] = []
        for label in labels:
            for after, reach in _hops(day.shift, label, day.drives[i]):
                for start, prize, late in _starts(own, reach):
                    clock = start + day.services[i]
                    grown.append(
                        _Label(clock, after, label.prize + prize, label.late + late, start, label)
                    )
        labels = _undominated(grown)
    return labels


def _finish(day: _Day, labels: list[_Label], *, hasty: bool) -> _Label:
    """The best label at the end place: least lateness, most prize less overtime, earliest end."""
    shift = day.shift
    ends: list[tuple[int, int, int, _Label]] = []
    for label in labels:
        for after, reach in _hops(shift, label, day.drives[-1]):
            over = max(0, reach - shift.latest)
            late = label.late + sum(max(0, reach - end) for _, end, _ in shift.breaks[after:])
            late += over if shift.overtime_price is None else 0
            end = _Label(reach, after, label.prize, late, reach, label)
            loss = 0 if hasty else over * (shift.overtime_price or 0) - label.prize
            ends.append((late, loss, reach, end))
    return min(ends, key=lambda entry: entry[:3])[3]


def _hops(shift: Shift, label: _Label, drive: int) -> list[tuple[int, int]]:
    """(breaks taken, arrival) for each number of breaks that fits into this drive."""
    found: list[tuple[int, int]] = []
    for after in range(label.taken, len(shift.breaks) + 1):
        reach = _hop(shift, label.clock, drive, label.taken, after)
        if reach is None:
            break
        found.append((after, reach))
    return found


def _starts(windows: _Windows, reach: int) -> list[tuple[int, int, int]]:
    """(start, prize, lateness) in each window still open; at once and late when none is."""
    found = [(max(reach, begin), prize, 0) for begin, end, prize in windows if reach <= end]
    if found:
        return found
    return [(reach, 0, reach - max((end for _, end, _ in windows), default=0))]


def _undominated(labels: list[_Label]) -> list[_Label]:
    """Labels of which no other is earlier, richer and less late with the same breaks taken."""
    kept: list[_Label] = []
    for label in sorted(labels, key=lambda x: (x.late, x.clock, -x.prize, -x.taken)):
        worse = any(
            other.taken == label.taken
            and other.clock <= label.clock
            and other.prize >= label.prize
            and other.late <= label.late
            for other in kept
        )
        if not worse:
            kept.append(label)
    return kept[:MOST_LABELS]


def _timetable(day: _Day, depart: int, labels: list[_Label]) -> Route:
    """The route of a chain of labels."""
    stops: list[Stop] = []
    breaks = _at_home(day.shift, labels[0].taken)
    for i in range(1, len(labels)):
        arrive, taken = _drive(day.shift, labels[i - 1], labels[i], day.drives[i - 1])
        breaks += taken
        if i < len(labels) - 1:
            start = labels[i].start
            stops.append(Stop(day.order[i - 1], arrive, start, labels[i].clock))
    route = Route(day.index, depart, labels[-1].clock, tuple(stops), tuple(breaks))
    return _put_off(route, day.drives[0], labels[1].taken) if stops else route


def _drive(shift: Shift, a: _Label, b: _Label, drive: int) -> tuple[int, list[tuple[int, int]]]:
    """Arrival time and the breaks taken on the way from one stop to the next."""
    clock, arrive, breaks = a.clock, None, []
    for begin, _, length in shift.breaks[a.taken : b.taken]:
        begin = max(clock, begin)
        if arrive is None and drive <= begin - clock:
            arrive = clock + drive
        drive -= min(drive, begin - clock)
        breaks.append((begin, begin + length))
        clock = begin + length
    return (clock + drive if arrive is None else arrive), breaks


def _put_off(route: Route, drive: int, taken: int) -> Route:
    """Leave so that the first stop is reached when it may start."""
    first, before = route.stops[0], route.breaks[:taken]
    later = first.start - drive
    arrive = first.start
    if before and before[-1][1] > later:
        later = min(later - sum(e - b for b, e in before), before[0][0])
        arrive = max(first.arrive, later + drive)
    if later <= route.depart:
        return route
    stops = (replace(first, arrive=arrive), *route.stops[1:])
    return replace(route, depart=later, stops=stops)


def _latest_departures(day: _Day, until: int) -> list[tuple[int, int]]:
    """The latest departures that keep all stops and end by `until`: (moment, breaks had at home
    before it), for each number of breaks with which there is one."""
    breaks = day.shift.breaks
    late = [min([until, *(end for _, end, _ in breaks[k:])]) for k in range(len(breaks) + 1)]
    for i in range(len(day.drives) - 1, -1, -1):
        leave = [
            max(_hop_back(day.shift, late[after], day.drives[i], k, after) for after in later)
            for k in range(len(breaks) + 1)
            for later in (range(k, len(breaks) + 1),)
        ]
        if i > 0:
            stop = day.windows[i - 1], day.services[i - 1]
            late = [_last_start(stop[0], time - stop[1]) for time in leave]
    found: list[tuple[int, int]] = []
    for k, depart in enumerate(leave):
        rest = _at_home(day.shift, k)
        in_time = all(own[0] <= one[1] for own, one in zip(rest, breaks, strict=False))
        if in_time and depart >= max([day.shift.earliest, *(end for _, end in rest)]):
            found.append((depart, k))
    return found


def _at_home(shift: Shift, count: int) -> list[tuple[int, int]]:
    """The first `count` breaks as early as they may be."""
    taken: list[tuple[int, int]] = []
    for begin, _, length in shift.breaks[:count]:
        start = max([begin, *(end for _, end in taken)])
        taken.append((start, start + length))
    return taken


def _last_start(windows: _Windows, limit: int) -> int:
    """The latest start not after `limit`; NONE where there is none."""
    return max((min(end, limit) for begin, end, _ in windows if begin <= limit), default=NONE)


def _hop_back(shift: Shift, until: int, drive: int, taken: int, after: int) -> int:
    """The latest leaving time for which _hop() arrives by `until`; NONE where there is none."""
    bound, total = until, 0
    for begin, end, length in reversed(shift.breaks[taken:after]):
        bound = min(end, bound - length)
        if bound < begin:
            return NONE
        total += length
    return min(bound, until - drive - total)


def _missed(windows: _Windows, start: int) -> int | None:
    """Seconds by which a start misses its windows; None when it is within one."""
    if any(begin <= start <= end for begin, end, _ in windows):
        return None
    return min((start - end for _, end, _ in windows if end < start), default=0)


def _misses(day: _Day, route: Route) -> int:
    """How many rules of time the route breaks."""
    shift = day.shift
    count = sum(
        _missed(own, stop.start) is not None
        for own, stop in zip(day.windows, route.stops, strict=True)
    )
    count += route.back > shift.latest and shift.overtime_price is None
    count += shift.max_duration is not None and route.back - route.depart > shift.max_duration
    return count + sum(route.back > end for _, end, _ in shift.breaks[len(route.breaks) :])


def _faults(problem: Problem, day: _Day, route: Route) -> list[Fault]:
    shift, found = day.shift, []
    for own, stop in zip(day.windows, route.stops, strict=True):
        seconds = _missed(own, stop.start)
        names = {"shift": shift.id, "visit": problem.ids[stop.visit]}
        if seconds is not None:
            found.append(Fault("engine.window", {**names, "seconds": seconds}))
        if not problem.allowed[stop.visit, day.index]:
            found.append(Fault("engine.not_allowed", names))
    if not route.stops:
        return found
    limits = [
        ("engine.hours", route.back, shift.latest if shift.overtime_price is None else None),
        ("engine.duration", route.back - route.depart, shift.max_duration),
        ("engine.driving", sum(day.drives), shift.max_driving),
    ]
    for code, value, limit in limits:
        if limit is not None and value > limit:
            found.append(Fault(code, {"shift": shift.id, "seconds": value - limit}))
    for k in range(len(route.breaks), len(shift.breaks)):
        if route.back > shift.breaks[k][1]:
            found.append(Fault("engine.break", {"shift": shift.id, "number": k + 1}))
    return found


def _pin_faults(problem: Problem, shift_index: int, order: Sequence[int]) -> list[Fault]:
    """What is pinned to the shift is there, in its order."""
    shift = problem.shifts[shift_index]
    pinned = [v for v in order if v in shift.pinned]
    if pinned == list(shift.pinned):
        return []
    gone = [v for v in shift.pinned if v not in pinned] or pinned
    return [Fault("engine.pinned", {"shift": shift.id, "visit": problem.ids[gone[0]]})]
