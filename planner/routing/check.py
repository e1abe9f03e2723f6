"""An independent judge of solutions: it knows the rules and shares no code with the search.

Everything is recomputed from the problem: times, prizes, costs, counts. A fault has a code
("engine.window") with its figures; its words stand in the catalogue under `fault.<code>`.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from planner.routing.problem import Problem, Shift
from planner.routing.solve import Route, Solution, Stop


@dataclass(frozen=True)
class Fault:
    """One broken rule. `params` name the shift and visit (ids) and the figures."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


def faults(problem: Problem, solution: Solution) -> list[Fault]:
    """All rules that `solution` breaks; an empty list means it may be driven.

    A mandatory visit that is not made is reported ("engine.mandatory"), although a plan without it
    may be the best there is.
    """
    found: list[Fault] = []
    shifts_seen: set[int] = set()
    seen: dict[int, str] = {}
    for route in solution.routes:
        if not 0 <= route.shift < len(problem.shifts) or route.shift in shifts_seen:
            found.append(Fault("engine.shift", {"shift": str(route.shift)}))
            return found
        shifts_seen.add(route.shift)
        name = problem.shifts[route.shift].id
        for stop in route.stops:
            if not 0 <= stop.visit < len(problem.ids):
                found.append(Fault("engine.visit", {"shift": name, "visit": str(stop.visit)}))
                return found
            if stop.visit in seen:
                found.append(_at("engine.twice", problem, route, stop, other=seen[stop.visit]))
            seen[stop.visit] = name
        found += _route_faults(problem, route)
    found += _pin_faults(problem, solution)
    found += _door_faults(problem, solution)
    found += _choice_faults(problem, set(seen))
    found += _total_faults(problem, solution, set(seen))
    return found


def _at(code: str, problem: Problem, route: Route, stop: Stop, **figures: Any) -> Fault:
    shift = problem.shifts[route.shift]
    return Fault(code, {"shift": shift.id, "visit": problem.ids[stop.visit], **figures})


def _open_windows(problem: Problem, visit: int, day: int) -> list[tuple[int, int, int]]:
    """(open, close, prize) of a visit on a day."""
    w = problem.windows
    first = int(w.visit.searchsorted(visit, "left"))
    last = int(w.visit.searchsorted(visit, "right"))
    return [
        (int(w.open[i]), int(w.close[i]), int(w.prize[i]))
        for i in range(first, last)
        if w.day[i] == day
    ]


def _route_faults(problem: Problem, route: Route) -> Iterator[Fault]:
    shift = problem.shifts[route.shift]
    name = shift.id
    if not route.stops:
        yield Fault("engine.empty", {"shift": name})
        return
    if route.depart < shift.earliest:
        yield Fault("engine.early", {"shift": name, "seconds": shift.earliest - route.depart})
    if route.back > shift.latest and shift.overtime_price is None:
        yield Fault("engine.hours", {"shift": name, "seconds": route.back - shift.latest})
    if shift.max_duration is not None and route.back - route.depart > shift.max_duration:
        over = route.back - route.depart - shift.max_duration
        yield Fault("engine.duration", {"shift": name, "seconds": over})
    before = -1
    for stop in route.stops:
        if not problem.allowed[stop.visit, route.shift]:
            yield _at("engine.not_allowed", problem, route, stop)
        windows = _open_windows(problem, stop.visit, shift.day)
        if not any(begin <= stop.start <= end for begin, end, _ in windows):
            missed = min((stop.start - end for _, end, _ in windows if end < stop.start), default=0)
            yield _at("engine.window", problem, route, stop, seconds=missed)
        if stop.leave - stop.start != _stay(problem, before, stop.visit):
            yield _at("engine.service", problem, route, stop)
        before = stop.visit
        if stop.arrive > stop.start:
            yield _at("engine.arrival", problem, route, stop)
    yield from _travel_faults(problem, shift, route)
    yield from _break_faults(shift, route)


def _door(problem: Problem, visit: int) -> int:
    """The door of a visit, -1 when it has one of its own."""
    return -1 if problem.door is None or visit < 0 else int(problem.door[visit])


def _stay(problem: Problem, before: int, visit: int) -> int:
    """How long a visit takes after the visit `before` (-1 = none): what is done once at a door is
    not done again."""
    service, door = int(problem.service[visit]), _door(problem, visit)
    if problem.once is None or door < 0 or door != _door(problem, before):
        return service
    return service - int(problem.once[visit])


def _door_faults(problem: Problem, solution: Solution) -> Iterator[Fault]:
    """On a day one shift makes all visits of a door, right after each other and without a pause,
    in the hours of each from the arrival on; but for pinned ones that are apart."""
    here: dict[tuple[int, int], list[tuple[Route, int]]] = {}
    for route in solution.routes:
        for k, stop in enumerate(route.stops):
            if _door(problem, stop.visit) >= 0:
                key = problem.shifts[route.shift].day, _door(problem, stop.visit)
                here.setdefault(key, []).append((route, k))
    pinned = {visit for shift in problem.shifts for visit in shift.pinned}
    for (day, _), places in here.items():
        arrival = places[0][0].stops[places[0][1]].start
        for (route, k), (other, n) in itertools.pairwise(places):
            first, second = route.stops[k], other.stops[n]
            if route.shift != other.shift or n != k + 1:
                if not {first.visit, second.visit} <= pinned:
                    yield _at("engine.door", problem, other, second,
                              other=problem.ids[first.visit])  # fmt: skip
                arrival = second.start
            elif second.start != first.leave or not any(
                begin <= arrival and second.start <= end
                for begin, end, _ in _open_windows(problem, second.visit, day)
            ):
                yield _at("engine.door", problem, other, second, other=problem.ids[first.visit])


def _travel_faults(problem: Problem, shift: Shift, route: Route) -> Iterator[Fault]:
    """Every drive (and rest within it) fits between two services; driving within its limit."""
    table = problem.matrices[shift.matrix].duration
    driven = 0
    place, clock = shift.start, route.depart
    for stop in (*route.stops, None):
        target = int(problem.location[stop.visit]) if stop else shift.end
        drive = int(table[place, target])
        arrive, begin = (stop.arrive, stop.start) if stop else (route.back, route.back)
        rest = sum(e - b for b, e in route.breaks if clock <= b and e <= begin)
        if arrive - clock < drive or begin - clock < drive + rest:
            where = problem.ids[stop.visit] if stop else ""
            short = max(clock + drive - arrive, clock + drive + rest - begin)
            yield Fault("engine.travel", {"shift": shift.id, "visit": where, "seconds": short})
        driven += drive
        if stop:
            place, clock = target, stop.leave
    if shift.max_driving is not None and driven > shift.max_driving:
        over = driven - shift.max_driving
        yield Fault("engine.driving", {"shift": shift.id, "seconds": over})


def _break_faults(shift: Shift, route: Route) -> Iterator[Fault]:
    """Breaks are taken in order, in their windows, outside services; those left come after work."""
    edges = [route.depart, *(t for s in route.stops for t in (s.start, s.leave)), route.back]
    gaps = [(0, route.depart), *zip(edges[::2], edges[1::2], strict=True), (route.back, None)]
    last = 0
    for k, (begin, end) in enumerate(route.breaks):
        wanted = shift.breaks[k] if k < len(shift.breaks) else None
        free = any(a <= begin and (z is None or end <= z) for a, z in gaps)
        if (
            wanted is None
            or not wanted[0] <= begin <= wanted[1]
            or end - begin != wanted[2]
            or begin < last
            or not free
        ):
            yield Fault("engine.break", {"shift": shift.id, "number": k + 1})
        last = end
    for k in range(len(route.breaks), len(shift.breaks)):
        if route.back > shift.breaks[k][1]:
            yield Fault("engine.break", {"shift": shift.id, "number": k + 1})


def _pin_faults(problem: Problem, solution: Solution) -> Iterator[Fault]:
    by_shift = {route.shift: [s.visit for s in route.stops] for route in solution.routes}
    for i, shift in enumerate(problem.shifts):
        here = [v for v in by_shift.get(i, []) if v in shift.pinned]
        if here != list(shift.pinned):
            missing = [v for v in shift.pinned if v not in here]
            first = missing[0] if missing else shift.pinned[0]
            yield Fault("engine.pinned", {"shift": shift.id, "visit": problem.ids[first]})


def _choice_faults(problem: Problem, served: set[int]) -> Iterator[Fault]:
    """At most one visit of a group; every mandatory visit, or one mandatory visit of its group."""
    chosen: dict[int, list[int]] = {}
    for visit in sorted(served):
        if problem.group[visit] >= 0:
            chosen.setdefault(int(problem.group[visit]), []).append(visit)
    for visits in chosen.values():
        if len(visits) > 1:
            names = {"visit": problem.ids[visits[0]], "other": problem.ids[visits[1]]}
            yield Fault("engine.group", names)
    for visit in _missing(problem, served):
        yield Fault("engine.mandatory", {"visit": problem.ids[visit]})


def _missing(problem: Problem, served: set[int]) -> list[int]:
    """One mandatory visit for each that has to be made and is not."""
    missing: list[int] = []
    met = {int(problem.group[v]) for v in served if problem.mandatory[v]} - {-1}
    for visit in range(len(problem.ids)):
        group = int(problem.group[visit])
        if not problem.mandatory[visit] or visit in served or group in met:
            continue
        missing.append(visit)
        met |= {group} - {-1}
    return missing


def _total_faults(problem: Problem, solution: Solution, served: set[int]) -> Iterator[Fault]:
    prize = cost = kept = 0
    for route in solution.routes:
        shift = problem.shifts[route.shift]
        table = problem.matrices[shift.matrix]
        places = [shift.start, *(int(problem.location[s.visit]) for s in route.stops), shift.end]
        work = 0
        for a, b in itertools.pairwise(places):
            drive = int(table.duration[a, b])
            cost += (int(table.cost[a, b]) * shift.cost_percent + 50) // 100
            cost += (drive * shift.hour_price + 1800) // 3600
            work += drive
        for stop in route.stops:
            work += stop.leave - stop.start
            kept += stop.visit in shift.initial
            windows = _open_windows(problem, stop.visit, shift.day)
            prize += max((p for b, e, p in windows if b <= stop.start <= e), default=0)
        for begin, end in route.breaks:
            if route.depart <= begin and end <= route.back:
                work += end - begin
        cost += shift.fixed_cost + shift.waiting_price * (route.back - route.depart - work)
        if shift.overtime_price is not None and route.back > shift.latest:
            cost += shift.overtime_price * (route.back - shift.latest)
    told = {
        "prize": (solution.prize, prize),
        "cost": (solution.cost, cost),
        "kept": (solution.kept, kept),
        "missing": (solution.missing, len(_missing(problem, served))),
        "objective": (solution.objective, prize - cost + problem.keep_reward * kept),
    }
    for key, (said, true) in told.items():
        if said != true:
            yield Fault("engine.total", {"what": key, "said": said, "true": true})
    if set(solution.unserved) != set(range(len(problem.ids))) - served:
        yield Fault("engine.unserved", {})
