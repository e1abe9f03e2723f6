"""Move a planned stop to another day: judged by that day's rules, saved with both days as one deed.

The stop goes to the address, the value and the hours that the rules of the new day give it. Nobody
stands on two days: whoever is planned elsewhere from today on is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

from planner.actions import edit_plan
from planner.actions.appointments import appointments
from planner.actions.candidates import value_at, working_crews
from planner.actions.edit_plan import Bench, Fault, firm_of
from planner.actions.households import torn, visits_before
from planner.actions.make_plan import refuse_outdated, rule_faults
from planner.actions.plan_week import OTHER_DAY
from planner.actions.policy import active_policy
from planner.actions.rank import rank
from planner.actions.travel import travel_of
from planner.actions.under_way import done_routes
from planner.clock import Clock
from planner.domain.plan import Plan, Route, Stop, Unserved, at_doors, together
from planner.errors import PlannerError
from planner.geo.travel import TravelTimes
from planner.routing import retime as engine
from planner.store.events import next_id
from planner.store.plans import load_plan, planned_days, save_plan
from planner.store.store import Store


@dataclass(frozen=True, slots=True)
class MovedDay:
    """The plans of both days after a move, and the plans of other days whose lists of people left
    out name the new day. With `faults` (as of an edit) nothing was saved and `batch` is None; else
    `batch` undoes it all.
    """

    origin: Plan
    target: Plan
    others: tuple[Plan, ...]
    faults: tuple[Fault, ...]
    batch: bytes | None = None


def move_to_day(
    store: Store,
    debtor_id: str,
    from_day: date,
    to_day: date,
    crew_id: str = "",
    position: int | None = None,
    *,
    clock: Clock,
    travel: TravelTimes | None = None,
    benches: Mapping[date, Bench] | None = None,
) -> MovedDay:
    """Take a stop out of `from_day` and put it into the round of `crew_id` on `to_day`.

    `position` is 0-based; None takes the best place. Without a crew the best round of the day is
    taken. On one and the same day it is a plain move. `benches` may hold the days' rankings if they
    are known already. Raises PlannerError("plan.none"), ("plan.not_in_plan"), ("plan.locked"),
    ("plan.not_ready") with the rule that bars the visit, ("plan.no_such_crew"), ("plan.outdated"),
    ("move_day.past"), ("move_day.no_work"), ("move_day.recorded"), ("move_day.planned"),
    ("move_day.appointment") and ("move_day.overtaken") when a plan was changed at the same moment;
    then nothing is saved.
    """
    now, travel = clock(), travel or travel_of(store)
    today = now.astimezone(ZoneInfo(store.zone)).date()
    for day in (from_day, to_day):
        if day < today:
            raise PlannerError("move_day.past", day=str(day))
    plans = _plans_from(store, today)
    if from_day not in plans:
        raise PlannerError("plan.none", day=str(from_day))
    origin_route, stop = edit_plan.find_stop(plans[from_day], debtor_id)
    if stop.locked and (from_day, origin_route.crew_id) != (to_day, crew_id):
        raise PlannerError("plan.locked", debtor=debtor_id)
    known = {
        day: replace(_bench(store, day, travel, benches or {}), now=now)
        for day in {from_day, to_day}
    }
    _refuse_recorded(store, plans[from_day], origin_route.crew_id)
    if from_day == to_day:
        moved = _within(store, known[to_day], plans[to_day], debtor_id, crew_id, position)
    else:
        there = together(origin_route.stops, debtor_id)
        for one in there:
            _refuse_appointment(known[from_day], one.debtor_id, from_day)
        here = [_fresh_stop(known[to_day], to_day, one) for one in there]
        if to_day not in plans:
            raise PlannerError("plan.none", day=str(to_day))
        for one in there:
            _refuse_twice(plans, one.debtor_id, from_day)
        target, wrong = _put_in(store, known[to_day], plans[to_day], here, crew_id, position)
        origin, other = _taken_out(known[from_day], plans[from_day], debtor_id, to_day)
        people = [one.debtor_id for one in there]
        others = tuple(
            fresh
            for day, plan in plans.items()
            if day not in (from_day, to_day) and (fresh := _pointed(plan, people, to_day)) != plan
        )
        moved = MovedDay(origin, target, others, (*wrong, *other))
    return moved if moved.faults else _saved(store, moved, plans, now)


def _plans_from(store: Store, today: date) -> dict[date, Plan]:
    """The plans that count, from `today` on."""
    with store.read() as conn:
        found = {day: load_plan(conn, day) for day in planned_days(conn) if day >= today}
    return {day: plan for day, plan in found.items() if plan is not None}


def _bench(store: Store, day: date, travel: TravelTimes, benches: Mapping[date, Bench]) -> Bench:
    return benches.get(day) or Bench(rank(store, day), store.zone, travel)


def _refuse_recorded(store: Store, plan: Plan, crew_id: str) -> None:
    """A round with a recorded visit is under way: it is not timed anew from here."""
    with store.read() as conn:
        if crew_id in done_routes(conn, plan, store.zone):
            raise PlannerError("move_day.recorded", day=str(plan.day))


def _refuse_twice(plans: Mapping[date, Plan], debtor_id: str, but: date) -> None:
    """Nobody is planned on two days."""
    for day, plan in plans.items():
        if day != but and any(s.debtor_id == debtor_id for r in plan.routes for s in r.stops):
            raise PlannerError("move_day.planned", day=str(day))


def _refuse_appointment(bench: Bench, debtor_id: str, day: date) -> None:
    """Whom the crew is to visit on this very day stays on it."""
    table = bench.ranking.table
    if debtor_id in {table.debtor_ids[row] for row in appointments(bench.ranking)}:
        raise PlannerError("move_day.appointment", day=str(day))


def _fresh_stop(bench: Bench, day: date, stop: Stop) -> Stop:
    """The stop as the new day values it: the same address where the rules permit it there, else
    the permitted one worth most. Refuses who may not be visited on that day."""
    ranking, table = bench.ranking, bench.ranking.table
    if stop.debtor_id not in table.debtor_ids:
        raise PlannerError("plan.outdated", day=str(day), persons=1)
    row = ranking.row(stop.debtor_id)
    if not ranking.verdicts.eligible[row]:
        raise PlannerError("plan.not_ready", rule=ranking.rule(row) or "")
    if not any(day.isoweekday() in crew.weekdays for crew in ranking.crews):
        raise PlannerError("move_day.no_work", day=str(day))
    places = range(int(table.address_off[row]), int(table.address_off[row + 1]))
    usable = [k for k in places if ranking.verdicts.addresses[k]]
    same = [k for k in usable if table.address_ids[k] == stop.address_id]
    worth = {k: value_at(ranking.scores, ranking.params, row, k) for k in same or usable}
    if not worth:
        raise PlannerError("plan.outdated", day=str(day), persons=1)
    at = max(worth, key=worth.__getitem__)
    return replace(
        stop,
        address_id=table.address_ids[at],
        lat=float(table.address_lat[at]),
        lon=float(table.address_lon[at]),
        value=worth[at],
        locked=False,
    )


def _put_in(
    store: Store, bench: Bench, plan: Plan, new: list[Stop], crew_id: str, position: int | None
) -> tuple[Plan, tuple[Fault, ...]]:
    """The plan with the visits of a stop in the round where it costs least, or in that of
    `crew_id`, and what is wrong with that round."""
    tries = []
    for route in _open_routes(store, bench, plan, crew_id):
        near = [n for n, one in enumerate(route.stops, 1) if one.door and one.door == new[0].door]
        if near:
            place = near[-1]
        elif position is None:
            place = best_place(bench, plan, route, new[0])
        else:
            place = visits_before(route.stops, position)
        stops = (*route.stops[:place], *new, *route.stops[place:])
        fresh, late = edit_plan.retime(bench, replace(route, stops=stops), plan)
        wrong = (*late, *rule_faults(bench.ranking, (fresh,)))
        tries.append((len(wrong), fresh.cost - route.cost, route.crew_id, fresh, wrong))
    _, _, _, fresh, wrong = min(tries, key=lambda one: one[:3])
    added = {stop.debtor_id for stop in new}
    left = tuple(one for one in plan.not_planned if one.debtor_id not in added)
    whole = replace(_with_route(plan, fresh), not_planned=left)
    if torn(whole.routes, bench.ranking.doors, firm_of(bench)):
        wrong = (*wrong, ("DOOR", {"debtor": new[0].debtor_id}))
    return whole, wrong


def _open_routes(store: Store, bench: Bench, plan: Plan, crew_id: str) -> list[Route]:
    """The round of `crew_id`, or without one all rounds of crews that work; none that has begun."""
    routes = [route for route in plan.routes if crew_id in ("", route.crew_id)]
    if not routes:
        raise PlannerError("plan.no_such_crew", crew=crew_id)
    with store.read() as conn:
        begun = done_routes(conn, plan, store.zone)
    free = [route for route in routes if route.crew_id not in begun]
    if not free:
        raise PlannerError("move_day.recorded", day=str(plan.day))
    if not crew_id:
        able = {crew.crew_id for crew in working_crews(bench.ranking)}
        free = [route for route in free if route.crew_id in able] or free
    return free


def best_place(bench: Bench, plan: Plan, route: Route, stop: Stop) -> int:
    """Where in `route` (which does not hold it) `stop` breaks least, then costs least.

    One problem is made for all the places that are tried. Raises what `edit_plan.round_problem`
    raises.
    """
    both = replace(route, stops=(*route.stops, stop))
    problem = edit_plan.round_problem(bench, both, plan).problem
    shift = problem.shifts[0]
    cost = problem.matrix_of(shift).cost
    new = len(route.stops)

    def loss(place: int) -> tuple[int, int, int]:
        order = [*range(place), new, *range(place, new)]
        timed = engine.retime(problem, 0, order)
        spots = (int(problem.location[visit]) for visit in order)
        ways = pairwise([shift.start, *spots, shift.end])
        return len(timed.faults), sum(int(cost[way]) for way in ways), timed.route.back

    ends = (len(some) for some in at_doors(route.stops))
    return min(accumulate(ends, initial=0), key=loss)


def _with_route(plan: Plan, fresh: Route) -> Plan:
    routes = (fresh if route.crew_id == fresh.crew_id else route for route in plan.routes)
    return replace(plan, routes=tuple(routes))


def _taken_out(
    bench: Bench, plan: Plan, debtor_id: str, to_day: date
) -> tuple[Plan, tuple[Fault, ...]]:
    """The plan without the stop, its round timed anew; the person is listed with the new day."""
    route, _ = edit_plan.find_stop(plan, debtor_id)
    gone = {stop.debtor_id for stop in together(route.stops, debtor_id)}
    edited = edit_plan.drop(bench, plan, debtor_id)
    left = [one for one in edited.plan.not_planned if one.debtor_id not in gone]
    left += [Unserved(who, OTHER_DAY, {"day": to_day.isoformat()})
             for who in gone if bench.eligible(who)]  # fmt: skip
    left.sort(key=lambda one: one.debtor_id)
    return replace(edited.plan, not_planned=tuple(left)), edited.faults


def _pointed(plan: Plan, people: Sequence[str], day: date) -> Plan:
    """The plan of another day with people listed under the day to which they were moved."""
    figures = {"day": day.isoformat()}
    left = (Unserved(u.debtor_id, OTHER_DAY, figures)
            if u.debtor_id in people and u.reason == OTHER_DAY else u
            for u in plan.not_planned)  # fmt: skip
    return replace(plan, not_planned=tuple(left))


def _within(
    store: Store, bench: Bench, plan: Plan, debtor_id: str, crew_id: str, position: int | None
) -> MovedDay:
    """A move from one crew to another of the same day."""
    origin, stop = edit_plan.find_stop(plan, debtor_id)
    there = together(origin.stops, debtor_id)
    tries = []
    for route in _open_routes(store, bench, plan, crew_id):
        gone = {one.debtor_id for one in there}
        rest = replace(route, stops=tuple(s for s in route.stops if s.debtor_id not in gone))
        place = position
        if place is None:
            place = len(at_doors(rest.stops[: best_place(bench, plan, rest, stop)]))
        tries.append(edit_plan.move(bench, plan, debtor_id, route.crew_id, place))
    best = min(tries, key=lambda one: (len(one.faults), sum(r.cost for r in one.plan.routes)))
    return MovedDay(best.plan, best.plan, (), best.faults)


def _saved(
    store: Store,
    moved: MovedDay,
    plans: Mapping[date, Plan],
    now: datetime,
) -> MovedDay:
    """All the plans as one deed, judged once more by what is recorded at this moment."""
    batch = next_id(now)
    policy = active_policy(store)
    fresh = {plan.day: plan for plan in (moved.origin, moved.target, *moved.others)}
    with store.write() as tx:
        for day, plan in fresh.items():
            if load_plan(tx.conn, day) != plans[day]:
                raise PlannerError("move_day.overtaken", day=str(day))
            if plan not in moved.others:
                changed = edit_plan.fresh_routes(plans[day], plan)
                refuse_outdated(tx.conn, store.zone, policy, plan, changed)
            save_plan(tx, replace(plan, made_at=now), b"", batch)
    at = {day: replace(plan, made_at=now) for day, plan in fresh.items()}
    others = tuple(at[plan.day] for plan in moved.others)
    return MovedDay(at[moved.origin.day], at[moved.target.day], others, (), batch)
