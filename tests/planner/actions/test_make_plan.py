"""A plan against what is recorded on its own day and while it is being made."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from planner.actions import edit_plan
from planner.actions.day_problem import day_problem
from planner.actions.edit_plan import bench_of
from planner.actions.make_plan import make_plan
from planner.actions.outcomes import Outcome
from planner.actions.plan_week import plan_week
from planner.actions.rank import Ranking, rank
from planner.actions.record import record
from planner.domain.plan import Plan, Route
from planner.errors import PlannerError
from planner.geo.travel import StraightLine
from planner.store.crews import load_crews
from planner.store.events import next_id
from planner.store.plans import load_plan, save_plan
from planner.store.store import NewEvent, Store

DAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)  # 12:00 in Shanghai


def clock() -> datetime:
    return NOON + timedelta(hours=1)


def with_dead_numbers(store: Store, count: int) -> list[str]:
    """People whom only a call at noon of the planned day lets be visited at all."""
    ranking = rank(store, DAY)
    waiting = [
        who for i, who in enumerate(ranking.table.debtor_ids) if ranking.tab(i) == "call_first"
    ]
    for who in waiting:
        record(store, Outcome(who, "CALL-INV", NOON), clock=clock)
        if len(permitted(rank(store, DAY), waiting)) == count:
            break
    return permitted(rank(store, DAY), waiting)


def permitted(ranking: Ranking, people: list[str]) -> list[str]:
    return [who for who in people if ranking.verdicts.eligible[ranking.row(who)]]


def test_what_is_learned_at_noon_permits_no_visit_in_the_morning(demo_store: Store) -> None:
    """A dead number found at noon opens the afternoon only; the plan of that day passes its
    check."""
    freed = with_dead_numbers(demo_store, 5)
    assert len(freed) == 5
    ranking = rank(demo_store, DAY)
    task = day_problem(ranking, StraightLine(), demo_store.zone)
    windows = task.problem.windows
    for k, one in enumerate(task.candidates):
        if ranking.table.debtor_ids[one.row] in freed:
            assert np.all(windows.open[windows.visit == k] >= 12 * 3600)
    plan = make_plan(demo_store, DAY, clock=clock, iterations=300)
    for route in plan.routes:
        assert all(s.arrive >= NOON for s in route.stops if s.debtor_id in freed)


def once(deed: Callable[[], object]) -> Callable[[], bool]:
    """A "cancelled?" that does something when it is asked for the first time."""
    waiting = [deed]

    def asked() -> bool:
        while waiting:
            waiting.pop()()
        return False

    return asked


def test_what_is_recorded_during_the_search_counts(demo_store: Store) -> None:
    """Somebody visited while the engine searched is not in a plan: it is refused and not saved."""
    first = make_plan(demo_store, DAY, clock=clock, iterations=300)
    visited = [
        Outcome(stop.debtor_id, "VIS-NC", NOON) for route in first.routes for stop in route.stops
    ]
    search = once(lambda: [record(demo_store, one, clock=clock) for one in visited])
    with pytest.raises(PlannerError) as refused:
        make_plan(demo_store, DAY, clock=clock, iterations=300, cancelled=search)
    assert refused.value.code == "plan.outdated"
    with demo_store.read() as conn:
        assert load_plan(conn, DAY) == first


def test_nobody_is_planned_into_the_past(demo_store: Store) -> None:
    """A plan made at noon of its day has every stop after noon, and crews that leave after it."""
    noon = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    plan = make_plan(demo_store, date(2026, 11, 24), clock=lambda: noon, iterations=500)
    assert plan.stops
    assert all(r.depart >= noon for r in plan.routes if r.stops)
    assert all(stop.arrive >= noon for r in plan.routes for stop in r.stops)


def test_stops_already_made_stay_in_a_new_plan(demo_store: Store) -> None:
    """After two recorded visits a new plan of the same day still begins with them."""
    day, morning = date(2026, 11, 24), datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    before = make_plan(demo_store, day, clock=lambda: morning, iterations=500)
    made = before.routes[0].stops[:2]
    for stop in made:
        outcome = Outcome(stop.debtor_id, "VIS-NC", stop.start, address_id=stop.address_id)
        record(demo_store, outcome, clock=lambda: made[-1].leave)
    after = make_plan(demo_store, day, clock=lambda: made[-1].leave, iterations=500)
    assert after.routes[0].stops[:2] == made
    everybody = [stop.debtor_id for r in after.routes for stop in r.stops]
    assert len(everybody) == len(set(everybody))


def test_a_search_given_up_saves_nothing(demo_store: Store) -> None:
    """Who says no at the last moment keeps the plan that was there, and no other version of it."""
    plan = make_plan(demo_store, DAY, clock=clock, iterations=200)
    with pytest.raises(PlannerError) as caught:
        make_plan(demo_store, DAY, clock=clock, iterations=300, seed=1, may_save=lambda: False)
    assert caught.value.code == "plan.given_up"
    with demo_store.read() as conn:
        assert load_plan(conn, DAY) == plan
        assert conn.execute("SELECT COUNT(*) FROM plan").fetchone()[0] == 1


EVE = datetime(2026, 11, 23, 1, tzinfo=UTC)


def locked_late(store: Store, day: date) -> Plan:
    """A saved plan of `day` whose only stop is locked and within reach only because the shift of
    its crew was put off by two hours."""
    plan = make_plan(store, day, clock=lambda: EVE, iterations=100)
    bench = bench_of(store, rank(store, day))
    route = max(plan.routes, key=lambda one: len(one.stops))
    stop = replace(route.stops[0], locked=True)
    alone, _ = edit_plan.retime(bench, replace(route, stops=(stop,)), plan)
    back = (alone.back - alone.back.replace(hour=0, minute=0, second=0)).total_seconds()
    start = next(c.start for c in bench.ranking.crews if c.crew_id == route.crew_id)
    _end_shift(store, route.crew_id, (start + int(back)) // 2)
    longer = replace(alone, longer=2 * 3600)
    routes = [longer if r is route else replace(r, stops=()) for r in plan.routes]
    late = replace(plan, routes=tuple(routes))
    with store.write() as tx:
        save_plan(tx, late, b"", next_id(EVE))
    return late


def _end_shift(store: Store, crew_id: str, end: int) -> None:
    """Let the shift of a crew end at `end` seconds from now on."""
    with store.read() as conn:
        crew = next(one for one in load_crews(conn) if one.crew_id == crew_id)
    told = {
        "crew_id": crew.crew_id, "name": crew.name, "lat": crew.lat, "lon": crew.lon,
        "members": [{"collector_id": m.collector_id, "name": m.name} for m in crew.members],
        "start": crew.start, "end": end, "weekdays": list(crew.weekdays),
    }  # fmt: skip
    with store.write() as tx:
        tx.append([NewEvent("crew.listed", "", EVE, told)])


@pytest.mark.parametrize("week", [False, True], ids=["day", "week"])
def test_a_shift_put_off_for_a_locked_stop_stays_so(demo_store: Store, week: bool) -> None:
    """Planned anew, alone or with its week, the day keeps the longer shift and the locked stop;
    unlocked, the shift ends as ever."""
    late = locked_late(demo_store, DAY)
    (was,) = [route for route in late.routes if route.longer]

    def anew() -> Route:
        if week:
            plan = plan_week(demo_store, DAY, days=2, clock=lambda: EVE, iterations=100).plans[0]
        else:
            plan = make_plan(demo_store, DAY, clock=lambda: EVE, iterations=100)
        with demo_store.read() as conn:
            assert load_plan(conn, DAY) == plan
        return next(route for route in plan.routes if route.crew_id == was.crew_id)

    fresh = anew()
    assert fresh.longer == was.longer
    assert was.stops[0].debtor_id in [s.debtor_id for s in fresh.stops if s.locked]
    with demo_store.read() as conn:
        plan = load_plan(conn, DAY)
    assert plan is not None
    free = edit_plan.lock(plan, was.stops[0].debtor_id, False)
    edit_plan.save_edit(demo_store, free, clock=lambda: EVE)
    assert anew().longer == 0
