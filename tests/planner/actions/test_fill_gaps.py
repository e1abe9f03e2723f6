"""Filling the gaps: whatever else stands in a plan, every present stop stays to the second."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plan_book import DAY, book_bench, clock, make_book

from planner.actions import edit_plan
from planner.actions.edit_plan import Bench
from planner.actions.fill_gaps import fill_gaps
from planner.actions.make_plan import make_plan, rule_faults
from planner.actions.proposal import Proposal
from planner.domain.plan import Plan
from planner.store.plans import load_plan
from planner.store.store import Store

MORNING = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with make_book(tmp_path_factory.mktemp("book") / "book.fairvisit") as made:
        yield made


@pytest.fixture(scope="module")
def bench(store: Store) -> Bench:
    return book_bench(store)


@pytest.fixture(scope="module")
def plan(store: Store, bench: Bench) -> Plan:
    return make_plan(store, DAY, clock=clock, iterations=2000, ranking=bench.ranking)


def thinned(plan: Plan, gone: set[int], locks: set[int]) -> Plan:
    """The plan without some stops (by number) at the times as they are, with some others locked."""
    number, routes = 0, []
    for route in plan.routes:
        stops = []
        for stop in route.stops:
            if number not in gone:
                stops.append(replace(stop, locked=number in locks))
            number += 1
        routes.append(replace(route, stops=tuple(stops)))
    return replace(plan, routes=tuple(routes))


def judged(bench: Bench, before: Plan, done: Proposal, now: datetime) -> None:
    """Only additions, none of them before now, none that breaks a rule or a shift."""
    told = done.difference
    assert told.removed == told.moved == told.retimed == ()
    old = {stop.debtor_id for route in before.routes for stop in route.stops}
    for a, b in zip(before.routes, done.plan.routes, strict=True):
        assert a.crew_id == b.crew_id
        assert tuple(stop for stop in b.stops if stop.debtor_id in old) == a.stops
        fresh = [stop for stop in b.stops if stop.debtor_id not in old]
        assert all(stop.arrive >= now for stop in fresh)
        assert all(x.leave <= y.arrive for x, y in zip(b.stops, b.stops[1:], strict=False))
        if not fresh:
            assert a == b
        crew = next(c for c in bench.ranking.crews if c.crew_id == b.crew_id)
        midnight = datetime.combine(DAY, datetime.min.time(), b.back.tzinfo)
        if fresh:
            assert b.back <= midnight + timedelta(seconds=crew.end)
        assert b.metres >= 0
        assert b.cost >= 0
    assert rule_faults(bench.ranking, done.plan.routes) == []
    new = {stop.debtor_id for route in done.plan.routes for stop in route.stops}
    assert not new & {one.debtor_id for one in done.plan.not_planned}


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    gone=st.sets(st.integers(0, 70), max_size=40),
    locks=st.sets(st.integers(0, 70), max_size=10),
    minutes=st.integers(0, 9 * 60),
    seed=st.integers(0, 1000),
)
def test_nothing_else_changes(
    store: Store, bench: Bench, plan: Plan, gone: set[int], locks: set[int], minutes: int, seed: int
) -> None:
    """Any plan with any holes and locks at any hour: present stops stay, only additions."""
    before, now = thinned(plan, gone, locks), MORNING + timedelta(minutes=minutes)
    done = fill_gaps(store, bench, before, clock=lambda: now, iterations=60, seed=seed)
    judged(bench, before, done, now)


def test_gaps_are_filled(store: Store, bench: Bench, plan: Plan) -> None:
    """Where half of the stops left, people are put in, and the plan is worth more."""
    before = thinned(plan, set(range(0, 70, 2)), set())
    done = fill_gaps(store, bench, before, clock=clock, iterations=500)
    judged(bench, before, done, MORNING)
    told = done.difference
    assert len(told.added) >= 10
    assert told.after.value - told.after.cost > told.before.value - told.before.cost


def test_same_seed_same_additions(store: Store, bench: Bench, plan: Plan) -> None:
    """With a number of iterations two runs propose the same plan, and nothing is saved by it."""
    before = thinned(plan, set(range(0, 70, 3)), set())
    one, two = (
        fill_gaps(store, bench, before, clock=clock, iterations=200, seed=4) for _ in range(2)
    )
    assert one.plan == two.plan
    with store.read() as conn:
        assert load_plan(conn, DAY) == plan


def test_taken_out_is_no_gap(store: Store, bench: Bench, plan: Plan) -> None:
    """Who was taken out by hand a moment ago is not put in again."""
    who = plan.routes[0].stops[0].debtor_id
    without = edit_plan.drop(bench, plan, who).plan
    done = fill_gaps(store, bench, without, clock=clock, iterations=300)
    assert who not in done.difference.added


def test_a_round_that_cannot_be_driven_is_left_alone(
    store: Store, bench: Bench, plan: Plan
) -> None:
    """Two stops at one and the same time: that round stays as it is, the others are filled."""
    route = plan.routes[0]
    at = route.stops[0]
    stay = at.leave - at.start
    second = replace(
        route.stops[1], arrive=at.start + stay / 2, start=at.start + stay / 2,
        leave=at.start + stay,
    )  # fmt: skip
    odd = replace(route, stops=(at, second))
    others = tuple(replace(r, stops=r.stops[:3]) for r in plan.routes[1:])
    before = replace(plan, routes=(odd, *others))
    done = fill_gaps(store, bench, before, clock=clock, iterations=300)
    assert done.plan.routes[0] == odd
    assert done.difference.added
