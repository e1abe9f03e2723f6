"""Whole plans judged by the second reading: no stop where, when or by whom none may be."""

import os
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from policy_oracle import Case, bars, permitted
from policy_people import (
    agreement,
    contact,
    days_before,
    home,
    notice,
    random_person,
    somebody,
    with_terms,
)
from policy_world import PACKS
from test_policy_oracle import policies_of

from planner.actions.day_problem import day_problem, planned_route
from planner.actions.rank import Ranking, ranked
from planner.domain.codes import AddressKind, Channel
from planner.domain.facts import PersonFacts, table_of
from planner.domain.people import Collector, Crew
from planner.domain.plan import Route
from planner.errors import PlannerError
from planner.geo.travel import StraightLine
from planner.ranking.params import Weights, load_params
from planner.routing.solve import solve

STAY = timedelta(minutes=34)
PEOPLE = 40


def crew(number: int, size: int) -> Crew:
    """A crew that works from seven to eleven at night on every day."""
    members = tuple(Collector(f"C{number}{k}", f"C{number}{k}") for k in range(size))
    week = (1, 2, 3, 4, 5, 6, 7)
    return Crew(f"K{number}", f"K{number}", members, 30.0, 110.0, 7 * 3600, 23 * 3600, week)


CREWS = tuple(crew(size, size) for size in (1, 2, 3))


def person(rnd: Random, pack: str, day: date, number: int) -> PersonFacts:
    """Somebody of the pack's country, with any history or with one that permits a visit."""
    land = PACKS[pack]
    zone = rnd.choice(land.zones)
    facts = random_person(rnd, day, number)
    if rnd.random() < 0.6:
        who = f"P{number}"
        places = [home(address_id=f"{who}/1", debtor_id=who, kind=rnd.choice(tuple(AddressKind)))]
        places += [home(address_id=f"{who}/2", debtor_id=who)] * (rnd.random() < 0.8)
        calls = (contact("CALL-INV", days_before(day, rnd.randint(2, 40))),)
        facts = somebody(debtor_id=who, addresses=tuple(places), contacts=calls)
    facts = replace(facts, jurisdiction=land.code, zone=zone, addresses=tuple(
        a if a.lat is None else replace(a, lat=30 + rnd.uniform(-0.2, 0.2),
                                        lon=110 + rnd.uniform(-0.2, 0.2))
        for a in facts.addresses
    ))  # fmt: skip
    facts = with_terms(rnd, facts, day)
    if land.notice and rnd.random() < 0.7:
        given = f"{day - timedelta(days=rnd.randint(2, 5))} 09:00"
        begin = rnd.randint(8, 18)
        told = notice(given, f"{day} {begin:02}:00", f"{day} {begin + 4:02}:00", ZoneInfo(zone))
        facts = replace(facts, notices=(*facts.notices, replace(told, debtor_id=facts.debtor_id)))
    if land.missed and rnd.random() < 0.7:
        days = sorted(rnd.sample(range(1, 9), 2), reverse=True)
        agreed = tuple(agreement(day=day - timedelta(days=n), at=days_before(day, 9)) for n in days)
        facts = replace(facts, agreements=agreed)
    return facts


def plan(ranking: Ranking, zone: str, seed: int) -> list[Route]:
    """The day's rounds as the engine makes them."""
    task = day_problem(ranking, StraightLine(), zone)
    solution = solve(task.problem, iterations=60, seed=seed)
    cases = dict.fromkeys(ranking.table.debtor_ids, ())
    return [planned_route(ranking, task, route, set(), cases) for route in solution.routes]


def wrong(facts: PersonFacts, pack: str, route: Route, k: int) -> str | None:
    """What speaks against a stop by the second reading, None when nothing does."""
    land, stop = PACKS[pack], route.stops[k]
    size = len(route.members)
    if size != 1 if land.code == "RU" else size < 2:
        return "visitors"
    leave = max(stop.leave, stop.arrive + STAY)
    zone = ZoneInfo(facts.zone)
    case = Case(facts, land, zone, Channel.VISIT, stop.arrive, leave, stop.arrive, "")
    if stop.address_id not in {a.address_id for a in permitted(case) if a.valid}:
        return "place"
    return bars(facts, stop.arrive, leave, stop.arrive, pack=pack)


def judge_plans(seeds: range) -> Counter[str]:
    """Plan a random case set with every pack, judge every stop; stops made by pack."""
    stops: Counter[str] = Counter()
    for seed in seeds:
        for pack, land in PACKS.items():
            rnd = Random(f"{seed} {pack}")
            day = date(2026, 3, 1) + timedelta(days=rnd.randrange(290))
            people = {p.debtor_id: p for p in (person(rnd, pack, day, k) for k in range(PEOPLE))}
            table = table_of(list(people.values()))
            policies = policies_of(pack)
            ranking = ranked(table, CREWS, policies, load_params(), Weights(), day)
            try:
                routes = plan(ranking, land.zones[0], seed)
            except PlannerError as error:
                if error.code != "plan.no_crew":
                    raise
                continue
            met = Counter(stop.debtor_id for route in routes for stop in route.stops)
            assert not met or max(met.values()) == 1
            for route in routes:
                for k, stop in enumerate(route.stops):
                    fault = wrong(people[stop.debtor_id], pack, route, k)
                    assert fault is None, (seed, pack, fault, stop, people[stop.debtor_id])
            stops[pack] += met.total()
    return stops


def test_no_plan_breaks_a_rule() -> None:
    """20 case sets with every pack: no stop at a barred time or place, above a limit, or with the
    wrong number of people."""
    stops = judge_plans(range(20))
    assert set(stops) == set(PACKS)
    assert min(stops.values()) > 10


@pytest.mark.full
def test_no_plan_breaks_a_rule_at_length() -> None:
    """The same for 1,000 case sets (or ORACLE_PLANS) with every pack."""
    judge_plans(range(100, 100 + int(os.environ.get("ORACLE_PLANS", "1000"))))


def test_the_second_reading_finds_a_bad_stop() -> None:
    """A stop moved into the night, or made by a crew of another size, does not pass."""
    day = date(2026, 11, 24)
    dead = (contact("CALL-INV", days_before(day, 3)),)
    facts = somebody(contacts=dead)
    policies = policies_of("CN")
    ranking = ranked(table_of([facts]), CREWS, policies, load_params(), Weights(), day)
    (route, *_) = [r for r in plan(ranking, "Asia/Shanghai", 0) if r.stops]
    assert wrong(facts, "CN", route, 0) is None
    night = datetime(2026, 11, 24, 21, 45, tzinfo=ZoneInfo("Asia/Shanghai"))
    stop = replace(route.stops[0], arrive=night, start=night, leave=night + STAY)
    assert wrong(facts, "CN", replace(route, stops=(stop,)), 0) == "G10"
    assert wrong(facts, "CN", replace(route, members=("C1",)), 0) == "visitors"
    other = replace(route.stops[0], address_id="A9")
    assert wrong(facts, "CN", replace(route, stops=(other,)), 0) == "place"


@pytest.mark.parametrize(
    ("pack", "text"),
    [("AU", "2026-10-04"), ("AU", "2026-04-05"), ("US", "2026-03-08"), ("US", "2026-11-01")],
)
def test_plans_of_the_day_clocks_are_set(pack: str, text: str) -> None:
    """On such a Sunday people who agreed to it are visited between ten and noon by their own
    clocks, those of the workspace's zone and those of others."""
    day = date.fromisoformat(text)
    people = [
        somebody(
            debtor_id=f"P{k}", jurisdiction=pack, zone=zone,
            contacts=(contact("CALL-INV", days_before(day, 3)),),
            agreements=(agreement("10:00", "12:00", debtor_id=f"P{k}"),),
        )
        for k, zone in enumerate(PACKS[pack].zones)
    ]  # fmt: skip
    policies, table = policies_of(pack), table_of(people)
    ranking = ranked(table, CREWS, policies, load_params(), Weights(), day)
    made = plan(ranking, PACKS[pack].zones[0], 1)
    stops = {stop.debtor_id: stop for route in made for stop in route.stops}
    assert set(stops) == {p.debtor_id for p in people}
    for facts in people:
        local = stops[facts.debtor_id].arrive.astimezone(ZoneInfo(facts.zone))
        assert 10 <= local.hour < 12
    for route in made:
        for k, stop in enumerate(route.stops):
            facts = people[int(stop.debtor_id[1:])]
            assert wrong(facts, pack, route, k) is None
