"""Planning a day on: finished and locked stops stay, most of the rest too, no rule is broken."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from plan_book import DAY, book_bench, clock, make_book

from planner.actions import edit_plan
from planner.actions.edit_plan import Bench, bench_of
from planner.actions.make_plan import make_plan, rule_faults
from planner.actions.noon import Noon, standing_still
from planner.actions.outcomes import Outcome
from planner.actions.proposal import Proposal
from planner.actions.rank import rank
from planner.actions.record import record
from planner.actions.replan_day import replan_day
from planner.domain.people import Collector
from planner.domain.plan import Plan, Route, Stop
from planner.errors import PlannerError
from planner.store.plans import load_plan, plan_from_json, plan_to_json
from planner.store.store import Store

MORNING = datetime(2026, 11, 20, 1, tzinfo=UTC)  # 09:00 in Shanghai
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with make_book(tmp_path_factory.mktemp("book") / "book.fairvisit") as made:
        yield made


@pytest.fixture(scope="module")
def bench(store: Store) -> Bench:
    return book_bench(store)


@pytest.fixture(scope="module")
def plan(store: Store, bench: Bench) -> Plan:
    return make_plan(store, DAY, clock=clock, iterations=3000, ranking=bench.ranking)


def where(plan: Plan) -> dict[str, str]:
    """Debtor -> crew."""
    return {stop.debtor_id: route.crew_id for route in plan.routes for stop in route.stops}


def locked(plan: Plan, crew: str) -> list[str]:
    """Locked stops of a crew in their order."""
    return [s.debtor_id for r in plan.routes if r.crew_id == crew for s in r.stops if s.locked]


def behind(route: Route, now: datetime) -> tuple[Stop, ...]:
    """The stops whose planned end is past."""
    return tuple(stop for stop in route.stops if stop.leave <= now)


def some_day(store: Store, bench: Bench, plan: Plan, seed: int) -> tuple[int, int, bool]:
    """A day planned on at some hour with some locks, lateness and absence; (stops ahead of crews
    that go on, those of them that stay with their crew, whether it was refused)."""
    rng = random.Random(seed)
    now = MORNING + timedelta(minutes=rng.randrange(8 * 60))
    for stop in rng.sample([s for r in plan.routes for s in r.stops], rng.randrange(6)):
        plan = edit_plan.lock(plan, stop.debtor_id)
    crews = [route.crew_id for route in plan.routes]
    late = {crew: rng.randrange(2400) for crew in rng.sample(crews, rng.randrange(3))}
    absent = frozenset(rng.sample(crews, rng.random() < 0.15))
    try:
        done = replan_day(
            store, bench, plan, clock=lambda: now, late=late, absent=absent, assume_made=True,
            iterations=200, seed=seed,
        )  # fmt: skip
    except PlannerError as error:
        if error.code != "plan.locked_unreachable" or not late:
            raise
        return 0, 0, True
    return *checked(bench, plan, done, now, late, absent), False


def checked(
    bench: Bench,
    plan: Plan,
    done: Proposal,
    now: datetime,
    late: dict[str, int],
    absent: frozenset[str],
) -> tuple[int, int]:
    """No rule broken, done and locked stops identical; (stops ahead, those that stay)."""
    new = where(done.plan)
    assert len(new) == done.plan.stops, "somebody is in the plan twice"
    assert rule_faults(bench.ranking, done.plan.routes) == []
    ahead = stay = 0
    after = {route.crew_id: route for route in done.plan.routes}
    for route in plan.routes:
        crew = route.crew_id
        delay = timedelta(seconds=late.get(crew, 0))
        gone = behind(route, now - delay)
        if gone:
            assert after[crew].stops[: len(gone)] == gone
        if crew in absent:
            continue
        assert locked(done.plan, crew)[: len(locked(plan, crew))] == locked(plan, crew)
        rest = {s.debtor_id for s in route.stops[len(gone) :]}
        ahead += len(rest)
        stay += sum(new.get(who) == crew for who in rest)
        fresh = [s for s in after[crew].stops if s.debtor_id not in where(plan)]
        assert all(stop.arrive >= now for stop in fresh)
    return ahead, stay


def many_days(store: Store, bench: Bench, plan: Plan, seeds: range) -> None:
    """Of all days together four of five stops ahead stay with their crew; few are refused."""
    days = [some_day(store, bench, plan, seed) for seed in seeds]
    assert sum(stay for _, stay, _ in days) >= 0.8 * sum(ahead for ahead, _, _ in days)
    assert sum(refused for _, _, refused in days) <= 0.1 * len(days)


def test_what_is_done_or_locked_never_moves(store: Store, bench: Bench, plan: Plan) -> None:
    """40 random hours with locks, late and absent crews."""
    many_days(store, bench, plan, range(40))


@pytest.mark.full
@pytest.mark.parametrize("block", range(10))
def test_pinned_stops_never_move(store: Store, bench: Bench, plan: Plan, block: int) -> None:
    """600 more."""
    many_days(store, bench, plan, range(1000 + 60 * block, 1060 + 60 * block))


def some_noon(store: Store, bench: Bench, plan: Plan, seed: int) -> tuple[int, int, bool]:
    """As `some_day`, with what may come up at noon: rain, a car that stands, somebody ill, somebody
    urgent, cases that are settled. Locks stay, but for who is settled."""
    rng = random.Random(seed)
    now = MORNING + timedelta(minutes=rng.randrange(30, 7 * 60))
    stops = [s for r in plan.routes for s in r.stops]
    for stop in rng.sample(stops, rng.randrange(5)):
        plan = edit_plan.lock(plan, stop.debtor_id)
    crews = [crew.crew_id for crew in bench.ranking.crews]
    ahead = [s.debtor_id for s in stops if s.start > now and not s.locked]
    left = [one.debtor_id for one in plan.not_planned if one.reason != "NO_WINDOW"]
    car, ill = rng.sample(crews, 2)
    noon = Noon(
        until={car: now + timedelta(minutes=rng.randrange(20, 400))} if rng.random() < 0.3 else {},
        slower=rng.choice((100, 100, 120, 140)),
        ill={ill: frozenset([f"{ill}-0"])} if rng.random() < 0.25 else {},
        urgent=frozenset(rng.sample(left, rng.random() < 0.3)),
        settled=frozenset(rng.sample(ahead, min(len(ahead), rng.randrange(3)))),
    )
    late = {crew: rng.randrange(2400) for crew in rng.sample(crews, rng.randrange(2))}
    try:
        done = replan_day(
            store, bench, plan, clock=lambda: now, late=late, assume_made=True, noon=noon,
            iterations=200, seed=seed,
        )  # fmt: skip
    except PlannerError as error:
        if error.code not in ("plan.locked_unreachable", "plan.no_room", "plan.not_ready"):
            raise
        return 0, 0, True
    new = where(done.plan)
    assert noon.urgent <= new.keys()
    assert not noon.settled & new.keys()
    assert any(one.code == "rain" for one in done.plan.because) == (noon.slower > 100)
    out = frozenset(noon.ill) | standing_still(noon, bench.ranking, store.zone)
    without = replace(plan, routes=tuple(
        replace(r, stops=tuple(s for s in r.stops if s.debtor_id not in noon.settled))
        for r in plan.routes
    ))  # fmt: skip
    return *checked(bench, without, done, now, late, out), False


def many_noons(store: Store, bench: Bench, plan: Plan, seeds: range) -> None:
    """Of all noons together four of five stops ahead stay with their crew; few are refused."""
    days = [some_noon(store, bench, plan, seed) for seed in seeds]
    assert sum(stay for _, stay, _ in days) >= 0.8 * sum(ahead for ahead, _, _ in days)
    assert sum(refused for _, _, refused in days) <= 0.2 * len(days)


def test_whatever_comes_up_at_noon(store: Store, bench: Bench, plan: Plan) -> None:
    """10 random noons with rain, a car that stands, an ill collector, urgent and settled people."""
    many_noons(store, bench, plan, range(10))


@pytest.mark.full
def test_three_hundred_noons(store: Store, bench: Bench, plan: Plan) -> None:
    """300 more, counted together: whom rain leaves no time for counts as one who does not stay."""
    many_noons(store, bench, plan, range(2000, 2300))


def at_noon(store: Store, bench: Bench, plan: Plan, noon: Noon) -> Proposal:
    """The plan at noon, everything up to then made."""
    return replan_day(
        store, bench, plan, clock=lambda: NOON, assume_made=True, noon=noon, iterations=200
    )


def test_rain_makes_ways_longer(store: Store, bench: Bench, plan: Plan) -> None:
    """Half as long again on the road: fewer visits ahead, and no way shorter than that."""
    rain = at_noon(store, bench, plan, Noon(slower=150)).plan
    dry = at_noon(store, bench, plan, Noon()).plan
    assert rain.stops < dry.stops
    assert sum(r.driving for r in rain.routes) / sum(r.metres for r in rain.routes) > 1.2 * (
        sum(r.driving for r in dry.routes) / sum(r.metres for r in dry.routes)
    )
    assert [(one.code, one.figure) for one in rain.because] == [("rain", 50)]


def test_an_ill_collector_may_keep_the_crew_at_home(store: Store, bench: Bench, plan: Plan) -> None:
    """Two people are the least at a door: with one of two ill the crew makes no further stop, and
    what it has made stays with it."""
    route = plan.routes[1]
    done = at_noon(store, bench, plan, Noon(ill={route.crew_id: frozenset([f"{route.crew_id}-0"])}))
    (after,) = (r for r in done.plan.routes if r.crew_id == route.crew_id)
    assert all(stop.start <= NOON for stop in after.stops)
    assert after.stops == route.stops[: len(after.stops)]
    assert [(one.code, one.figure) for one in done.plan.because] == [("ill", 1)]


def test_a_third_collector_ill_does_not(store: Store, bench: Bench, plan: Plan) -> None:
    """With two of three left the crew goes on."""
    crew = plan.routes[1].crew_id
    third = Collector("third", "虚构")
    crews = tuple(
        replace(one, members=(*one.members, third)) if one.crew_id == crew else one
        for one in bench.ranking.crews
    )
    three = replace(bench, ranking=replace(bench.ranking, crews=crews))
    done = at_noon(store, three, plan, Noon(ill={crew: frozenset(["third"])}))
    (after,) = (r for r in done.plan.routes if r.crew_id == crew)
    assert any(stop.start > NOON for stop in after.stops)
    assert len(after.members) == 2


def test_a_car_that_stands(store: Store, bench: Bench, plan: Plan) -> None:
    """Until the car goes on there is no stop; after the end of the shift there is none at all."""
    route = plan.routes[0]
    until = NOON + timedelta(hours=2)
    done = at_noon(store, bench, plan, Noon(until={route.crew_id: until}))
    (after,) = (r for r in done.plan.routes if r.crew_id == route.crew_id)
    assert all(s.start <= NOON or s.start >= until for s in after.stops)
    assert any(s.start >= until for s in after.stops)
    done = at_noon(store, bench, plan, Noon(until={route.crew_id: NOON + timedelta(hours=9)}))
    (after,) = (r for r in done.plan.routes if r.crew_id == route.crew_id)
    assert all(s.start <= NOON for s in after.stops)


def test_urgent_comes_in_and_settled_goes(store: Store, bench: Bench, plan: Plan) -> None:
    """Somebody left out for little value is visited; a locked stop that is settled is not, and
    neither comes back when the day is planned on once more."""
    inside = {s.debtor_id for r in plan.routes for s in r.stops}
    urgent = next(u.debtor_id for u in plan.not_planned if u.reason in ("LOW_VALUE", "DISPLACED"))
    settled = next(s.debtor_id for r in plan.routes for s in r.stops if s.start > NOON)
    locked_plan = edit_plan.lock(plan, settled)
    done = at_noon(
        store, bench, locked_plan, Noon(urgent=frozenset([urgent]), settled=frozenset([settled]))
    )
    assert urgent not in inside
    assert urgent in where(done.plan)
    assert settled not in where(done.plan)
    again = at_noon(store, bench, done.plan, Noon(slower=110)).plan
    assert settled not in where(again)
    assert [one.code for one in again.because] == ["urgent", "settled", "rain"]
    assert plan_from_json(plan_to_json(again)) == again


def test_what_cannot_be_meant_at_noon(store: Store, bench: Bench, plan: Plan) -> None:
    """Ways that take less than usual, and somebody urgent whom nobody knows, are refused."""
    with pytest.raises(PlannerError) as refused:
        at_noon(store, bench, plan, Noon(slower=50))
    assert refused.value.code == "plan.speed"
    with pytest.raises(PlannerError) as refused:
        at_noon(store, bench, plan, Noon(urgent=frozenset(["nobody"])))
    assert refused.value.code == "store.unknown_person"


def test_whom_nobody_knows_is_refused_at_noon(store: Store, bench: Bench, plan: Plan) -> None:
    """A crew or a collector who is nobody of that day is named in the refusal, not passed over."""
    crew = plan.routes[0].crew_id
    told: tuple[tuple[dict[str, object], str], ...] = (
        ({"absent": frozenset(["K99"])}, "plan.no_such_crew"),
        ({"late": {"K99": 60}}, "plan.no_such_crew"),
        ({"positions": {"K99": (36.0, 114.0)}}, "plan.no_such_crew"),
        ({"noon": Noon(until={"K99": NOON})}, "plan.no_such_crew"),
        ({"noon": Noon(ill={"K99": frozenset([f"{crew}-0"])})}, "plan.no_such_crew"),
        ({"noon": Noon(ill={crew: frozenset(["somebody"])})}, "plan.no_such_collector"),
        ({"noon": Noon(urgent=frozenset(["K99"]))}, "store.unknown_person"),
        ({"noon": Noon(settled=frozenset(["K99"]))}, "store.unknown_person"),
    )
    for what, code in told:
        with pytest.raises(PlannerError) as refused:
            replan_day(store, bench, plan, clock=lambda: NOON, iterations=1, **what)  # type: ignore[arg-type]
        assert refused.value.code == code
        assert {"K99", "somebody"} & set(map(str, refused.value.params.values()))


def test_recorded_stops_stay_as_they_were(tmp_path: Path) -> None:
    """Recorded visits stand first with their times, the others are planned from that place on."""
    with make_book(tmp_path / "made.fairvisit", 120) as store:
        bench = book_bench(store)
        plan = make_plan(store, DAY, clock=clock, iterations=400, ranking=bench.ranking)
        edit_plan.save_edit(store, plan, clock=clock)
        route = max(plan.routes, key=lambda one: len(one.stops))
        gone = route.stops[:3]
        now = gone[-1].leave
        for stop in gone:
            outcome = Outcome(stop.debtor_id, "VIS-NC", stop.start, address_id=stop.address_id)
            record(store, outcome, clock=lambda: now)
        after = bench_of(store, replace(rank(store, DAY), crews=bench.ranking.crews))
        done = replan_day(store, after, plan, clock=lambda: now, iterations=200)
        (first,) = (r for r in done.plan.routes if r.crew_id == route.crew_id)
        assert first.stops[:3] == gone
        assert first.depart == route.depart
        assert all(stop.arrive >= now for stop in first.stops[3:])
        edit_plan.save_edit(store, done.plan, clock=lambda: now)
        again = make_plan(store, DAY, clock=lambda: now, iterations=300, ranking=after.ranking)
        (first,) = (r for r in again.routes if r.crew_id == route.crew_id)
        assert first.stops[:3] == gone
        assert first.depart == route.depart
        assert all(stop.arrive >= now for stop in first.stops[3:])


def test_nothing_happened_nothing_changes(store: Store, bench: Bench, plan: Plan) -> None:
    """Before the day begins a plan that was searched long is left nearly as it is."""
    done = replan_day(store, bench, plan, clock=clock, iterations=50)
    stay = sum(where(done.plan).get(who) == crew for who, crew in where(plan).items())
    assert stay >= 0.9 * plan.stops
    before, after = done.difference.before, done.difference.after
    assert after.value - after.cost >= 0.98 * (before.value - before.cost)


def test_the_stop_under_way_is_finished(store: Store, bench: Bench, plan: Plan) -> None:
    """Who is at a door stays until the planned end, later by as much as the crew is late."""
    route = plan.routes[0]
    at = route.stops[2]
    now = at.start + timedelta(minutes=2)
    done = replan_day(
        store, bench, plan, clock=lambda: now, assume_made=True, iterations=60,
        late={route.crew_id: 60},
    )  # fmt: skip
    (after,) = (r for r in done.plan.routes if r.crew_id == route.crew_id)
    assert after.stops[:3] == route.stops[:3]
    assert after.stops[3].start >= at.leave + timedelta(seconds=60)


def test_a_crew_goes_on_from_where_it_is_said_to_be(store: Store, bench: Bench, plan: Plan) -> None:
    """A crew far from its round needs the time of the way there before its next stop."""
    crew = plan.routes[0].crew_id
    far = (plan.routes[0].lat + 0.3, plan.routes[0].lon)
    done = replan_day(
        store, bench, plan, clock=lambda: NOON, assume_made=True, iterations=60,
        positions={crew: far},
    )  # fmt: skip
    (after,) = (r for r in done.plan.routes if r.crew_id == crew)
    gone = behind(plan.routes[0], NOON)
    fresh = after.stops[len(gone) :]
    assert fresh[0].start >= NOON + timedelta(minutes=5)


def test_an_absent_crew_makes_no_stop(store: Store, bench: Bench, plan: Plan) -> None:
    """Its locked stop goes to another crew, and none is left with it."""
    crew = plan.routes[2].crew_id
    who = plan.routes[2].stops[0].debtor_id
    done = replan_day(
        store, bench, edit_plan.lock(plan, who), clock=clock, absent=frozenset([crew]),
        iterations=200,
    )  # fmt: skip
    assert where(done.plan)[who] != crew
    assert crew not in where(done.plan).values()


def test_who_may_not_be_visited_leaves(store: Store, bench: Bench, plan: Plan) -> None:
    """A stop of somebody barred since planning is not in the new plan; the difference says so."""
    who = plan.routes[0].stops[0].debtor_id
    verdicts = bench.ranking.verdicts
    eligible = verdicts.eligible.copy()
    eligible[bench.ranking.row(who)] = False
    ranking = replace(bench.ranking, verdicts=replace(verdicts, eligible=eligible))
    done = replan_day(store, replace(bench, ranking=ranking), plan, clock=clock, iterations=60)
    assert who not in where(done.plan)
    assert who in done.difference.removed


def test_taken_out_stays_out(store: Store, bench: Bench, plan: Plan) -> None:
    """Who was taken out by hand is not put in again by planning on."""
    who = plan.routes[1].stops[1].debtor_id
    without = edit_plan.drop(bench, plan, who).plan
    done = replan_day(store, bench, without, clock=clock, iterations=200)
    assert who not in where(done.plan)
    assert [u.reason for u in done.plan.not_planned if u.debtor_id == who] == ["LOCKED"]


def test_the_difference_adds_up(store: Store, bench: Bench, plan: Plan) -> None:
    """Added less removed is what the totals say, and nobody is both."""
    done = replan_day(store, bench, plan, clock=lambda: NOON, assume_made=True, iterations=200)
    told = done.difference
    assert told.after.visits - told.before.visits == len(told.added) - len(told.removed)
    assert not set(told.added) & set(told.removed)
    assert told.before.visits == plan.stops
    same = replan_day(store, bench, plan, clock=clock, iterations=1).difference
    assert same.nothing == (not (same.added or same.removed or same.moved or same.retimed))


def test_a_day_that_is_over_is_refused(store: Store, bench: Bench, plan: Plan) -> None:
    """The next day nothing is planned on, and nothing was saved by any of this."""
    with pytest.raises(PlannerError) as refused:
        replan_day(store, bench, plan, clock=lambda: NOON + timedelta(days=1))
    assert refused.value.code == "plan.day_over"
    with store.read() as conn:
        assert load_plan(conn, DAY) == plan
