"""A change of a plan by one visit: its figures, the orders it leads to, and whether they hold."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from planner.routing.gaps import I64, Gaps
from planner.routing.problem import Problem
from planner.routing.retime import Retimed, retime
from planner.routing.solve import Route, route_cost, window_prize

STARTED = 1800  # time beyond a shift counts by the half hour begun


@dataclass(frozen=True, slots=True)
class Change:
    """One way to bring a visit in: `after` is the visit before it, -1 = the start of the shift.

    It takes the place of `stops`, one behind the other.
    """

    kind: str
    shift: int
    after: int
    loss: int
    cost: int
    seconds: int = 0
    stops: tuple[int, ...] = ()
    to: int = -1
    to_after: int = -1
    more: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Best:
    """The least loss of one kind for each visit and where: [visit] of loss, cost, shift, gap."""

    loss: I64
    cost: I64
    shift: I64
    gap: I64


@dataclass(frozen=True, eq=False)
class Present:
    """What is changed: the solution's routes, all gaps by shift, and how far shifts may go."""

    problem: Problem
    routes: dict[int, Route]
    gaps: tuple[Gaps, ...]
    visits: I64
    value: I64
    last: tuple[int, ...]  # latest return, extended
    overtime: tuple[int, ...]  # minor units an hour beyond the end of the shift
    even: bool  # every visit pays the same in all its windows

    @cached_property
    def worth(self) -> dict[int, int]:
        """Prizes less cost of the present routes, by shift."""
        return {s: _worth(self.problem, route) for s, route in self.routes.items()}


def longer(problem: Problem, s: int, latest: int) -> Problem:
    """The problem with another end of shift `s`."""
    shifts = list(problem.shifts)
    shifts[s] = replace(shifts[s], latest=latest)
    return replace(problem, shifts=tuple(shifts))


def _plain(plan: Present, s: int) -> bool:
    """Whether the trial of gaps is exact in this shift."""
    shift = plan.problem.shifts[s]
    if not plan.even:
        return False
    priced = shift.waiting_price or shift.overtime_price is not None
    return not (shift.breaks or shift.max_duration is not None or priced)


def timed(plan: Present, visit: int, one: Change) -> Change | None:
    """The change with exact figures, None when the timed routes break something."""
    if one.kind in ("INSERT", "SWAP", "UNPIN") and _plain(plan, one.shift):
        return one
    if one.kind == "MOVE" and _plain(plan, one.shift) and _plain(plan, one.to):
        return one
    problem = plan.problem
    if one.kind == "LONGER":
        problem = longer(problem, one.shift, plan.last[one.shift])
    orders = orders_after(plan.routes.values(), visit, one)
    timed = {s: retime(problem, s, order) for s, order in orders.items()}
    if any(_wrong(one, r) for r in timed.values()):
        return None
    lost = sum(plan.worth.get(s, 0) for s in orders)
    gained = sum(_worth(problem, r.route) for r in timed.values())
    loss = lost - gained
    if one.kind != "LONGER":
        return replace(one, loss=loss)
    late = timed[one.shift].route.back - plan.problem.shifts[one.shift].latest
    price = -(-late // STARTED) * plan.overtime[one.shift] * STARTED // 3600
    return replace(one, loss=loss + price, seconds=late) if late > 0 else None


def _wrong(one: Change, timed: Retimed) -> bool:
    pins = one.kind == "UNPIN"
    return any(not (pins and fault.code == "engine.pinned") for fault in timed.faults)


def _worth(problem: Problem, route: Route | None) -> int:
    """Prizes less cost of a route; 0 for none and for one without stops."""
    if route is None or not route.stops:
        return 0
    day = problem.shifts[route.shift].day
    prize = sum(window_prize(problem, stop.visit, day, stop.start) for stop in route.stops)
    return prize - route_cost(problem, route)


def orders_after(routes: Iterable[Route], visit: int, one: Change) -> dict[int, list[int]]:
    """The visits in order of the shifts that `one` touches, once `visit` is in."""
    orders = {route.shift: [stop.visit for stop in route.stops] for route in routes}
    order = orders.get(one.shift, [])
    at = order.index(one.after) + 1 if one.after >= 0 else 0
    order = [*order[:at], visit, *one.more, *order[at:]]
    found = {one.shift: [v for v in order if v not in one.stops]}
    if one.kind == "MOVE":
        there = orders.get(one.to, [])
        at = there.index(one.to_after) + 1 if one.to_after >= 0 else 0
        found[one.to] = [*there[:at], *one.stops, *there[at:]]
    return found
