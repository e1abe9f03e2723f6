"""An outside judge of plans: rules asked one stop at a time of facts loaded afresh, sums made anew.

Shares no code with the search, the timer or the checker of the engine.
"""

import json
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
from deeds_world import World

from planner.actions.appointments import appointments
from planner.actions.heed import wanted_by_lead
from planner.actions.ledger import ledger, total
from planner.actions.policy import active_policy
from planner.actions.rank import Ranking, rank
from planner.actions.ways import price_of
from planner.domain.codes import Channel
from planner.domain.plan import Plan, Route, Stop
from planner.domain.work import missing_skills
from planner.geo.travel import StraightLine
from planner.policy.check import check_contact
from planner.store.facts import load_person_facts
from planner.store.plans import (
    all_plans,
    load_plan,
    plan_from_json,
    plan_to_json,
    planned_days,
    read_body,
)

Plans = dict[date, Plan]


def saved(world: World) -> Plans:
    """The plans that count, from today on."""
    with world.store.read() as conn:
        found = {day: load_plan(conn, day) for day in planned_days(conn) if day >= world.today}
    return {day: plan for day, plan in found.items() if plan is not None}


def visit(stop: Stop) -> tuple[str, str, datetime, datetime]:
    """What makes two stops the same visit."""
    return stop.debtor_id, stop.address_id, stop.arrive, stop.leave


def done(world: World, day: date) -> set[str]:
    """Who was visited on `day` by what is recorded."""
    with world.store.read() as conn:
        facts = {who: load_person_facts(conn, who, day) for who in world.people}
    begin, end = world.at(day, 0), world.at(day + timedelta(days=1), 0)
    return {
        who
        for who, one in facts.items()
        if any(c.channel is Channel.VISIT and begin <= c.at < end for c in one.contacts)
    }


def rule_of(world: World, day: date, stop: Stop, members: int) -> str:
    """The rule that a stop breaks by what is known now, "" when none."""
    policy = active_policy(world.store)
    with world.store.read() as conn:
        facts = load_person_facts(conn, stop.debtor_id, day)
    leave = max(stop.leave, stop.arrive + timedelta(seconds=policy.visit_seconds))
    answer = check_contact(
        facts, policy, Channel.VISIT, stop.arrive, leave=leave, address_id=stop.address_id,
        visitors=members,
    )  # fmt: skip
    return "" if answer.allowed else str(answer.rule)


def judge(world: World, before: Plans, deed: str) -> list[str]:
    """Everything that is wrong with the plans after a deed that found them as in `before`."""
    found: list[str] = []
    now = saved(world)
    for day, plan in now.items():
        old = before.get(day)
        if plan == old:
            continue
        found += [f"{deed} {day}: {what}" for what in _wrong(world, plan, old, now, deed)]
    if (
        deed == "week"
    ):  # a lead's tour takes all its days: one of them made alone waits for the other
        found += [f"{deed}: {what}" for what in _nights(now)]
    found += [f"{deed}: {what}" for what in _ledger_sums(world, now)]
    return found


def _wrong(world: World, plan: Plan, old: Plan | None, now: Plans, deed: str) -> list[str]:
    known = {visit(s) for r in (old.routes if old else ()) for s in r.stops}
    known |= _versions(world, plan.day) if deed == "back" else set()
    ranking = rank(world.store, plan.day)
    made = done(world, plan.day)
    wrong = []
    if plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) != plan:
        wrong.append("another plan comes back from its file")
    everybody = [s.debtor_id for r in plan.routes for s in r.stops]
    wrong += [f"{who} twice" for who in set(everybody) if everybody.count(who) > 1]
    left = [one.debtor_id for one in plan.not_planned]
    wrong += [f"{who} left out twice" for who in set(left) if left.count(who) > 1]
    wrong += [f"{who} in and out" for who in set(left) & set(everybody)]
    others = {s.debtor_id: d for d, p in now.items() if d != plan.day
              for r in p.routes for s in r.stops}  # fmt: skip
    firm = wanted_by_lead(world.store, plan.day)
    firm |= {s.debtor_id for r in (old.routes if old else ()) for s in r.stops if s.locked}
    firm |= {ranking.table.debtor_ids[row] for row in appointments(ranking)}
    if deed in ("edit", "move", "bring"):  # who stands on both days already is not made to leave
        firm |= {s.debtor_id for r in (old.routes if old else ()) for s in r.stops}
    for route in plan.routes:
        for stop in route.stops:
            if visit(stop) in known or stop.debtor_id in made:
                continue
            if rule := rule_of(world, plan.day, stop, len(route.members)):
                wrong.append(f"{stop.debtor_id} at {stop.arrive} breaks {rule}")
            if stop.debtor_id in set(others) - firm and deed != "back":
                wrong.append(f"{stop.debtor_id} also on {others[stop.debtor_id]}")
            # An edit by hand times its round from the beginning of the day on.
            if stop.start < world.clock.now and deed not in ("edit", "move"):
                wrong.append(f"{stop.debtor_id} at {stop.start}, before {world.clock.now}")
            wrong += _unable(ranking, route, stop)
        fresh = any(visit(s) not in known for s in route.stops)
        if fresh and plan.day > world.today:
            wrong += _sums(world, ranking, plan.day, route)
    for route in old.routes if old else ():
        for stop in route.stops:
            if stop.debtor_id in made and visit(stop) not in {
                visit(s) for r in plan.routes if r.crew_id == route.crew_id for s in r.stops
            }:
                wrong.append(f"{stop.debtor_id} was visited and is gone or moved")
    return wrong


def _versions(world: World, day: date) -> set[tuple[str, str, datetime, datetime]]:
    """The visits of all versions of a day's plan: undo brings back what was saved before."""
    with world.store.read() as conn:
        found = [read_body(body) for _, body in all_plans(conn)]
    return {visit(s) for p in found if p and p.day == day for r in p.routes for s in r.stops}


def _unable(ranking: Ranking, route: Route, stop: Stop) -> list[str]:
    crew = next((c for c in ranking.crews if c.crew_id == route.crew_id), None)
    if crew is None or ranking.day.isoweekday() not in crew.weekdays:
        return [f"{route.crew_id} does not work"]
    needs = ranking.needs.get(stop.debtor_id, ())
    missing = missing_skills(needs, crew.work.skills, len(crew.members))
    return [f"{stop.debtor_id}: {route.crew_id} has no {missing}"] if missing else []


def _sums(world: World, ranking: Ranking, day: date, route: Route) -> list[str]:
    """Times, way and money of a round that is all ahead, made anew from its stops."""
    crew = next(c for c in ranking.crews if c.crew_id == route.crew_id)
    work, wrong = crew.work, []
    places = [route.begin, *((s.lat, s.lon) for s in route.stops), route.finish]
    lat, lon = np.array(places, np.float64).T
    metres, seconds = StraightLine().matrix(lat, lon, work.mode)
    arcs = list(pairwise(range(len(places))))
    _, km, hour = price_of(work, ranking.params)
    cost = sum(int(np.rint(metres[a] * (km / 1000) + seconds[a] * (hour / 3600))) for a in arcs)
    begin = world.at(day, 12) - timedelta(hours=12)
    end = begin + timedelta(seconds=crew.end + route.longer)
    over = max(0, int((route.back - end).total_seconds()))
    if over and work.overtime is None:
        wrong.append(f"{route.crew_id} is back {over} s too late")
    if work.overtime is not None:
        cost += over * max(1, round(work.overtime / 3600))
    cost += work.fixed_cost + (route.sleeps.price if route.sleeps else 0)
    if cost != route.cost:
        wrong.append(f"{route.crew_id} costs {route.cost}, not {cost}")
    if sum(int(metres[a]) for a in arcs) != route.metres:
        wrong.append(f"{route.crew_id}: metres {route.metres}")
    driving = sum(int(seconds[a]) for a in arcs)
    if driving != route.driving:
        wrong.append(f"{route.crew_id}: driving {route.driving}, not {driving}")
    if driving > (work.max_driving or driving):
        wrong.append(f"{route.crew_id} drives {driving} s")
    if route.depart < begin + timedelta(seconds=crew.start):
        wrong.append(f"{route.crew_id} leaves at {route.depart}")
    length = int((route.back - route.depart).total_seconds())
    if length > (work.max_duration or length):
        wrong.append(f"{route.crew_id} is out {length} s")
    free = route.depart
    for k, stop in enumerate(route.stops):
        rest = _rest(route, free, stop.start)
        if stop.start < free + timedelta(seconds=int(seconds[k, k + 1])) + rest:
            wrong.append(f"{stop.debtor_id} at {stop.start} cannot be reached from {free}")
        if stop.arrive != stop.start or stop.leave < stop.start:
            wrong.append(f"{stop.debtor_id}: {stop.arrive} {stop.start} {stop.leave}")
        free = stop.leave
    rest = _rest(route, free, route.back)
    if route.back < free + timedelta(seconds=int(seconds[-2, -1])) + rest:
        wrong.append(f"{route.crew_id} cannot be back by {route.back}")
    return [*wrong, *_breaks(begin, crew.start, work.breaks, route)]


def _rest(route: Route, a: datetime, b: datetime) -> timedelta:
    return sum((e - s for s, e in route.breaks if s >= a and e <= b), timedelta())


def _breaks(
    begin: datetime, start: int, breaks: tuple[tuple[int, int, int], ...], route: Route
) -> list[str]:
    """Each break of the crew that falls into its round is taken in its hours, at full length."""
    wrong, taken = [], list(route.breaks)
    for earliest, latest, length in breaks:
        a, b = (begin + timedelta(seconds=one) for one in (earliest, latest))
        mine = [one for one in taken if a <= one[0] <= b
                and one[1] - one[0] == timedelta(seconds=length)]  # fmt: skip
        # Who is back before it should begin at the latest, or leaves after, needs none.
        needed = route.stops and route.back > b and latest >= start
        if needed and not mine and route.depart < a + timedelta(seconds=length):
            wrong.append(f"{route.crew_id} has no break at {a}")
    for one in taken:
        if any(s.start < one[1] and one[0] < s.leave for s in route.stops):
            wrong.append(f"{route.crew_id} works in its break")
    return wrong


def _nights(now: Plans) -> list[str]:
    """A bed in the evening is the place of the next morning, and the other way round."""
    wrong = []
    for day, plan in now.items():
        after = now.get(day + timedelta(days=1))
        for route in plan.routes:
            next_day = next((r for r in (after.routes if after else ())
                             if r.crew_id == route.crew_id), None)  # fmt: skip
            if after and route.sleeps and (next_day is None or next_day.slept != route.sleeps):
                wrong.append(f"{day}: {route.crew_id} never comes back from its bed")
            if next_day and next_day.slept and next_day.slept != route.sleeps:
                wrong.append(f"{day}: {route.crew_id} wakes elsewhere than it went to sleep")
    return wrong


def _ledger_sums(world: World, now: Plans) -> list[str]:
    if not now:
        return []
    first, last = min(now), max(now)
    return [
        f"ledger of {one.crew_id} on {one.days[0]} does not add up"
        for one in ledger(world.store, first, (last - first).days + 1)
        if one.shares and total(share.parts for share in one.shares) != one.parts
    ]
