"""Edit a plan by hand: move, add, drop, lock; re-timed and judged at once, refused in words.

An edit never changes the plan it is given: it returns another one, or the faults that forbid it.
"""

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from planner.actions.appointments import appointments
from planner.actions.begun import begun, held, in_past, kept, now_of
from planner.actions.candidates import Candidate, value_at
from planner.actions.crew_faults import crew_faults
from planner.actions.day_problem import DayProblem, planned_route, problem_of
from planner.actions.heed import wanted_by_lead
from planner.actions.households import torn, visits_before
from planner.actions.make_plan import refuse_outdated, rule_faults
from planner.actions.overtaken import refuse_moved, refuse_twice, same_plan
from planner.actions.policy import active_policy
from planner.actions.rank import Ranking
from planner.actions.stays import stays_of
from planner.actions.travel import travel_of
from planner.actions.under_way import lengthened
from planner.clock import Clock
from planner.domain.plan import Plan, Route, Stop, Unserved, together
from planner.errors import PlannerError
from planner.geo.travel import TravelTimes
from planner.routing import retime as engine
from planner.routing.solve import route_cost
from planner.store.events import NewEvent, next_id
from planner.store.known import load_debtors
from planner.store.plans import load_plan, save_plan
from planner.store.store import Store

Fault = tuple[str, dict[str, Any]]
_NEVER = 2**62


@dataclass(frozen=True, slots=True)
class Edited:
    """The plan after an edit. With `faults` it must not be used: each is (code, figures);
    rule ids name a broken contact rule, "LATE" a crew that would be back after its shift, "PAST" a
    place that is behind the crew; the others are those of `crew_faults`."""

    plan: Plan
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """What an edit needs to know: the ranking of the plan's day and the ways between places.

    `now` (aware): on its own day stops that have begun stay and nobody comes before it; None = as
    if nothing of the day had passed.
    """

    ranking: Ranking
    zone: str
    travel: TravelTimes
    now: datetime | None = None

    def eligible(self, debtor_id: str) -> bool:
        """Whether the rules permit a visit on the plan's day at all."""
        known = debtor_id in self.ranking.table.debtor_ids
        return known and bool(self.ranking.verdicts.eligible[self.ranking.row(debtor_id)])


def bench_of(store: Store, ranking: Ranking, now: datetime | None = None) -> Bench:
    """The bench of this workspace's day, with its own ways; reads nothing yet."""
    return Bench(ranking, store.zone, travel_of(store), now)


def move(bench: Bench, plan: Plan, debtor_id: str, crew_id: str, position: int) -> Edited:
    """Put a stop at `position` (0-based, among the other stops) of a crew's round, taking it from
    where it was. Who is visited at one door moves together.

    Raises PlannerError("plan.not_in_plan"), ("plan.no_such_crew"), and ("plan.locked") for a locked
    stop of another crew.
    """
    if crew_id not in {route.crew_id for route in plan.routes}:
        raise PlannerError("plan.no_such_crew", crew=crew_id)
    origin, stop = find_stop(plan, debtor_id)
    there = together(origin.stops, debtor_id)
    if any(one.locked for one in there) and origin.crew_id != crew_id:
        raise PlannerError("plan.locked", debtor=debtor_id)
    now = now_of(plan, bench.now, bench.zone)
    if now is not None and stop in begun(plan, origin.crew_id, now):
        return Edited(plan, (_past(bench, origin, now),))
    target = next(route for route in plan.routes if route.crew_id == crew_id)
    people = [one.debtor_id for one in there]
    routes = [_without(route, *people) for route in plan.routes]
    position = visits_before(_without(target, *people).stops, position)
    return _judged(bench, plan, _put(routes, crew_id, position, *there), plan.not_planned)


def drop(bench: Bench, plan: Plan, debtor_id: str, *, alone: bool = False) -> Edited:
    """Take a stop out; who might be visited is listed as left out by hand (reason LOCKED).

    With it goes everybody who is visited there; `alone`: only this person. Also one that should
    have begun: whoever takes it out knows that the visit was not made.
    """
    route, stop = find_stop(plan, debtor_id)
    gone = (stop,) if alone else together(route.stops, debtor_id)
    if any(one.locked for one in gone):
        raise PlannerError("plan.locked", debtor=debtor_id)
    people = [one.debtor_id for one in gone]
    routes = [_without(one, *people) for one in plan.routes]
    left = plan.not_planned
    left += tuple(Unserved(who, "LOCKED") for who in people if bench.eligible(who))
    return _judged(bench, plan, routes, tuple(sorted(left, key=lambda one: one.debtor_id)))


def add(bench: Bench, plan: Plan, debtor_id: str, store: Store) -> Edited:
    """Put a person into the round and at the place where it costs least; where somebody of the same
    door is planned, to the stop there.

    Raises PlannerError("plan.not_ready") when the rules bar a visit on that day: the planner
    never proposes an exception; ("plan.in_plan") for a person who has a stop already. With faults
    no place was found; they are those of the best try.
    """
    ranking = bench.ranking
    if any(stop.debtor_id == debtor_id for route in plan.routes for stop in route.stops):
        raise PlannerError("plan.in_plan", debtor=debtor_id)
    row = ranking.row(debtor_id)
    if not ranking.verdicts.eligible[row]:
        raise PlannerError("plan.not_ready", rule=ranking.rule(row) or "")
    table, usable = ranking.table, ranking.verdicts.addresses
    places = range(int(table.address_off[row]), int(table.address_off[row + 1]))
    chosen = max(
        (Candidate(row, k, value_at(ranking.scores, ranking.params, row, k))
         for k in places if usable[k]),
        key=lambda one: one.value,
    )  # fmt: skip
    stop = new_stop(store, bench, plan, chosen)
    left = tuple(one for one in plan.not_planned if one.debtor_id != debtor_id)
    tasks = [
        round_problem(bench, replace(route, stops=(*route.stops, stop)), plan)
        for route in plan.routes
    ]
    now = now_of(plan, bench.now, bench.zone)
    ways = [
        detours(task, len(begun(plan, route.crew_id, now)))
        for task, route in zip(tasks, plan.routes, strict=True)
    ]

    def judged(k: int, position: int) -> Edited:
        routes = _put(list(plan.routes), plan.routes[k].crew_id, position, stop)
        return _judged(bench, plan, routes, left)

    mates = [(k, n) for k, route in enumerate(plan.routes) for n, other in enumerate(route.stops)
             if stop.door and other.door == stop.door]  # fmt: skip
    if mates:
        return min((judged(k, at) for k, n in mates for at in (n + 1, n)), key=_worth)
    for k, position in fitting(plan, tasks, ways):
        edited = judged(k, position)
        if not edited.faults:
            return edited
    tries = [judged(k, way.index(min(way))) for k, way in enumerate(ways)]
    return min(tries, key=_worth)


def _worth(one: Edited) -> tuple[int, int]:
    """Fewest faults first, then what the rounds cost."""
    return len(one.faults), sum(route.cost for route in one.plan.routes)


def new_stop(store: Store, bench: Bench, plan: Plan, one: Candidate) -> Stop:
    """A stop of somebody who was not in the plan, at 09:00 until the round is timed."""
    table = bench.ranking.table
    who = table.debtor_ids[one.row]
    with store.read() as conn:
        cases = load_debtors(conn, [who])[who].cases
    start = datetime.combine(plan.day, time(9), ZoneInfo(bench.zone))
    return Stop(
        who, tuple(c.case_id for c in cases if c.status == "open"), table.address_ids[one.address],
        float(table.address_lat[one.address]), float(table.address_lon[one.address]),
        start, start, start, one.value,
        door=bench.ranking.doors.of(who, table.address_ids[one.address]),
    )  # fmt: skip


def detours(task: DayProblem, past: int) -> list[int]:
    """What the bare way to the round's last stop costs from each of the places between the others,
    minor units; more than anything from the `past` first of them, which are behind the crew."""
    shift = task.problem.shifts[0]
    cost = task.problem.matrix_of(shift).cost
    *others, new = (int(place) for place in task.problem.location)
    way = [shift.start, *others, shift.end]
    bare = [int(cost[a, new]) + int(cost[new, b]) - int(cost[a, b]) for a, b in pairwise(way)]
    return [_NEVER] * past + bare[past:]


def fitting(
    plan: Plan, tasks: list[DayProblem], ways: list[list[int]]
) -> Iterator[tuple[int, int]]:
    """(route, position) where the last stop of each of `tasks` fits without a fault of time, the
    cheapest first. No order is timed while its bare way costs more than a place already found."""
    found: list[tuple[int, int, int]] = []
    bare = sorted((cost, k, p) for k, way in enumerate(ways) for p, cost in enumerate(way))
    for cost, k, position in bare:
        while found and found[0][0] <= cost:
            yield heapq.heappop(found)[1:]
        problem, last = tasks[k].problem, len(plan.routes[k].stops)
        timed = engine.retime(problem, 0, [*range(position), last, *range(position, last)])
        if not timed.faults:
            more = route_cost(problem, timed.route) - plan.routes[k].cost
            heapq.heappush(found, (max(cost, more), k, position))
    while found:
        yield heapq.heappop(found)[1:]


def lock(plan: Plan, debtor_id: str, locked: bool = True) -> Plan:
    """The plan with a stop locked to its crew and order, or released, with all visits there."""
    route, _ = find_stop(plan, debtor_id)
    there = {stop.debtor_id for stop in together(route.stops, debtor_id)}
    return replace(
        plan,
        routes=tuple(
            replace(
                route,
                stops=tuple(
                    replace(s, locked=locked) if s.debtor_id in there else s for s in route.stops
                ),
            )
            for route in plan.routes
        ),
    )


def save_edit(
    store: Store, plan: Plan, *, clock: Clock, base: Plan | None = None,
    also: Sequence[NewEvent] = (),
) -> bytes:  # fmt: skip
    """Save an edited plan as a new version of its day; returns the batch that undoes it.

    `base`: the version that was edited; `also` is recorded in the same batch. Raises
    PlannerError("plan.outdated") when a stop that is new or has another time than in the saved plan
    is no longer permitted by what is recorded at this moment, ("move_day.overtaken") when `base` is
    not what is saved any more, ("move_day.recorded") when a stop would move at which a visit is
    recorded, and ("move_day.planned") when somebody new is planned on another day.
    """
    now = clock()
    batch = next_id(now)
    policy, wanted = active_policy(store), wanted_by_lead(store, plan.day)
    with store.write() as tx:
        present = load_plan(tx.conn, plan.day)
        if base is not None and not same_plan(present, base):
            raise PlannerError("move_day.overtaken", day=str(plan.day))
        refuse_outdated(tx.conn, store.zone, policy, plan, fresh_routes(present, plan))
        refuse_moved(tx.conn, store.zone, present, plan)
        refuse_twice(tx.conn, store.zone, present, plan, now, wanted)
        save_plan(tx, replace(plan, made_at=now), b"", batch)
        if also:
            tx.append(also, batch)
    return batch


def fresh_routes(present: Plan | None, plan: Plan) -> list[Route]:
    """The routes of `plan` with only those stops that are new or have another time or place than
    in `present`."""
    saved = {_visit(stop) for r in (present.routes if present else ()) for stop in r.stops}
    return [
        replace(r, stops=tuple(s for s in r.stops if _visit(s) not in saved)) for r in plan.routes
    ]


def _visit(stop: Stop) -> tuple[str, str, datetime, datetime]:
    return stop.debtor_id, stop.address_id, stop.arrive, stop.leave


def find_stop(plan: Plan, debtor_id: str) -> tuple[Route, Stop]:
    """The route and stop of a person; PlannerError("plan.not_in_plan")."""
    for route in plan.routes:
        for stop in route.stops:
            if stop.debtor_id == debtor_id:
                return route, stop
    raise PlannerError("plan.not_in_plan", debtor=debtor_id)


def _without(route: Route, *gone: str) -> Route:
    return replace(route, stops=tuple(s for s in route.stops if s.debtor_id not in gone))


def _put(routes: list[Route], crew_id: str, position: int, *stops: Stop) -> list[Route]:
    return [
        replace(r, stops=(*r.stops[:position], *stops, *r.stops[position:]))
        if r.crew_id == crew_id
        else r
        for r in routes
    ]


def _judged(bench: Bench, plan: Plan, routes: list[Route], left: tuple[Unserved, ...]) -> Edited:
    """Re-time the routes that changed and judge them."""
    before = {route.crew_id: [s.debtor_id for s in route.stops] for route in plan.routes}
    timed, wrong = [], []
    for route in routes:
        if [s.debtor_id for s in route.stops] == before[route.crew_id]:
            timed.append(route)
            continue
        fresh, late = retime(bench, route, plan)
        timed.append(fresh)
        wrong += late + rule_faults(bench.ranking, (fresh,))
    firm = firm_of(bench)
    known = set(torn(plan.routes, bench.ranking.doors, firm))
    wrong += [("DOOR", {"debtor": pair[1], "other": pair[0]})
              for pair in torn(timed, bench.ranking.doors, firm) if pair not in known]  # fmt: skip
    return Edited(replace(plan, routes=tuple(timed), not_planned=left), tuple(wrong))


def firm_of(bench: Bench) -> set[str]:
    """Who has an appointment on the plan's day: two of a household may have them apart."""
    return {bench.ranking.table.debtor_ids[row] for row in appointments(bench.ranking)}


def retime(bench: Bench, route: Route, plan: Plan) -> tuple[Route, list[Fault]]:
    """The route with its stops at the times the engine's own timetable gives them, and its faults.

    A stop for which no permitted time is left stands at the moment the crew can be there; the
    rules' judge then says what is wrong with that.
    """
    task = round_problem(bench, route, plan)
    now = now_of(plan, bench.now, bench.zone)
    behind = begun(plan, route.crew_id, now)
    timed = engine.retime(task.problem, 0, range(len(route.stops)))
    locked = {stop.debtor_id for stop in route.stops if stop.locked}
    cases = {stop.debtor_id: stop.case_ids for stop in route.stops}
    fresh = planned_route(bench.ranking, task, timed.route, locked, cases)
    fresh = kept(replace(fresh, longer=route.longer), behind)
    (crew,) = task.crews
    end = task.midnight + timedelta(seconds=crew.end)
    late = math.ceil((fresh.back - end).total_seconds() / 60)
    wrong = crew_faults(bench.ranking, task, timed, crew)
    if late > 0 and crew.work.overtime is None:
        wrong.insert(0, ("LATE", {"crew": crew.name, "minutes": late, "end": f"{end:%H:%M}"}))
    if now is not None and in_past(fresh, behind, now):
        wrong.insert(0, _past(bench, route, now))
    return fresh, wrong


def _past(bench: Bench, route: Route, now: datetime) -> Fault:
    return "PAST", {"crew": route.crew, "now": f"{now.astimezone(ZoneInfo(bench.zone)):%H:%M}"}


def round_problem(bench: Bench, route: Route, plan: Plan) -> DayProblem:
    """The engine's problem of one crew and the stops of its round, visit k being stop k.

    Raises PlannerError("plan.no_such_crew") when the crew does not work on the plan's day, and
    ("plan.outdated") when somebody has no open case any more.
    """
    ranking, table = lengthened(bench.ranking, plan), bench.ranking.table
    crews = tuple(c for c in ranking.crews if c.crew_id == route.crew_id)
    if not crews or plan.day.isoweekday() not in crews[0].weekdays:
        raise PlannerError("plan.no_such_crew", crew=route.crew)
    rows = {who: i for i, who in enumerate(table.debtor_ids)}
    if any(stop.debtor_id not in rows for stop in route.stops):
        raise PlannerError("plan.outdated", day=str(plan.day), persons=1)
    stops = [
        Candidate(row, _address(bench, row, stop), stop.value)
        for stop in route.stops
        for row in (rows[stop.debtor_id],)
    ]
    stays = stays_of(replace(plan, routes=(route,)))
    task = problem_of(ranking, bench.travel, bench.zone, crews, stops, {}, {}, stays=stays)
    now = now_of(plan, bench.now, bench.zone)
    return task if now is None else held(task, route, plan, now, bench.travel)


def _address(bench: Bench, row: int, stop: Stop) -> int:
    """The row of the stop's address in the columns."""
    table = bench.ranking.table
    places = range(int(table.address_off[row]), int(table.address_off[row + 1]))
    return next(k for k in places if table.address_ids[k] == stop.address_id)
