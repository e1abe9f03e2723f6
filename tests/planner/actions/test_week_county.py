"""A made-up county: where a far bundle begins to pay, when a night out does, what the lead decides.

Every figure is held against the price of the ways themselves: kilometres and hours of the crew.
"""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from county import HOME, Clock, add, calls, county, crew, person, spot

from planner.actions.agreements import Agreed, agree
from planner.actions.edit_plan import bench_of, drop, find_stop, move
from planner.actions.make_plan import make_plan, rule_faults
from planner.actions.plan_week import Week, plan_week
from planner.actions.rank import rank
from planner.actions.remote import Areas, remote_areas
from planner.actions.remote_decisions import (
    GO,
    MEANS,
    OPEN,
    OVERNIGHT,
    WAIT,
    Decision,
    decide,
    decision_of,
    decisions,
)
from planner.actions.remote_rules import save_rules
from planner.actions.undo import undo_batch
from planner.cli_json import week_text
from planner.domain.codes import Channel
from planner.domain.plan import Plan, Route
from planner.errors import PlannerError
from planner.geo.travel import StraightLine
from planner.routing.remote import Bundle
from planner.routing.solve import Progress
from planner.store.events import NewEvent
from planner.store.plans import plan_to_json
from planner.store.store import Store
from planner.words import sentence

MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)
FAR = 130  # km: too far to drive home twice for nothing


def village(count: int, amount: int, *, km: float = 80, name: str = "P") -> list:
    """`count` people in a village `km` north of the town, ready for a visit."""
    people = [f"{name}{k}" for k in range(count)]
    told = [person(who, spot(km + k // 4 * 0.3, k % 4 * 0.3), amount)
            for k, who in enumerate(people)]  # fmt: skip
    return [*told, *(call for who in people for call in calls(who))]


def areas_of(store: Store, day: date = TUESDAY) -> Areas:
    return remote_areas(store, rank(store, day))


def only(store: Store) -> Bundle:
    (bundle,) = areas_of(store).bundles
    return bundle


def week(store: Store, clock: Clock, days: int = 1, **options: object) -> Week:
    return plan_week(store, TUESDAY, clock=clock, days=days, iterations=1500, **options)  # type: ignore[arg-type]


def way_money(store: Store, *places: tuple[float, float]) -> int:
    """What the crew's way along these places costs in fen, by kilometre and hour."""
    import numpy as np

    money = rank(store, TUESDAY).params.money
    total = 0
    for a, b in pairwise(places):
        lat, lon = np.array([a, b]).T
        metres, seconds = StraightLine().matrix(lat, lon)
        yuan = metres[0, 1] / 1000 * money.kilometre + seconds[0, 1] / 3600 * money.wage_hour
        total += int(np.rint(100 * yuan))
    return total


def people_of(plan: Plan) -> set[str]:
    return {stop.debtor_id for route in plan.routes for stop in route.stops}


def route_of(plan: Plan, crew_id: str = "C1") -> Route:
    return next(route for route in plan.routes if route.crew_id == crew_id)


# ---- where it begins to pay ---------------------------------------------------------------------


def test_a_bundle_goes_from_the_first_fen_above_its_cost(tmp_path: Path) -> None:
    """The debt of one of three is bisected to the fen: remote areas and the plan switch on at the
    same amount, the first at which the value of the village passes the cost of the way there."""
    clock = Clock()
    with county(tmp_path, clock, [crew(), *village(3, 2_600_000)]) as store:

        def with_debt(amount: int) -> Bundle:
            add(store, [person("P0", spot(80), amount)])
            return only(store)

        low, high = 300_000, 9_000_000
        assert with_debt(low).decision == "WAIT"
        assert with_debt(high).decision == "GO"
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if with_debt(middle).decision == "WAIT" else (low, middle)
        for amount, goes in ((low, False), (high, True)):
            bundle = with_debt(amount)
            trip = bundle.trip
            assert trip
            ways = (HOME, spot(80), spot(80, 0.3), spot(80, 0.6), HOME)
            assert trip.cost == way_money(store, *ways)
            assert bundle.value - trip.cost == (1 if goes else 0), (bundle.value, trip.cost)
            assert (bundle.decision == "GO") == goes
            (plan,) = week(store, clock).plans
            assert plan.stops == (3 if goes else 0)
            assert plan.objective == (1 if goes else 0)


def test_a_night_out_pays_from_the_fen_at_which_it_is_cheaper(tmp_path: Path) -> None:
    """Fourteen people too many for one day: two day trips and a night out are each priced; the
    night is slept there exactly while its price is below what the second way costs."""
    clock = Clock()
    with county(tmp_path, clock, [crew(), *village(14, 6_000_000, km=FAR)]) as store:
        save_rules(store, most_nights=0)
        trips = week(store, clock, 2)
        assert [plan.stops for plan in trips.plans].count(0) == 0
        assert sum(plan.stops for plan in trips.plans) == 14
        save_rules(store, most_nights=1, lodging=0)
        free = week(store, clock, 2)
        assert route_of(free.plans[0]).sleeps == route_of(free.plans[1]).slept is not None
        bar = sum(p.objective for p in free.plans) - sum(p.objective for p in trips.plans)
        assert bar > 50_000
        for price, out in ((bar - 1, True), (bar, False), (bar + 1, False)):
            save_rules(store, lodging=price)
            made = week(store, clock, 2)
            assert (route_of(made.plans[0]).sleeps is not None) == out, price
            assert sum(plan.stops for plan in made.plans) == 14
            money = sum(plan.objective for plan in made.plans)
            expected = sum(p.objective for p in (free if out else trips).plans)
            assert money == expected - (price if out else 0)
        bundle = only(store)
        assert bundle.day
        assert bundle.night
        bar = bundle.day.cost - (bundle.night.cost - (bar + 1))
        for price, decided in ((bar - 1, "OVERNIGHT"), (bar, "GO")):
            save_rules(store, lodging=price)
            assert only(store).decision == decided


def test_nobody_sleeps_out_where_home_is_near(tmp_path: Path) -> None:
    """A drive home that is shorter than the rule says is driven, however cheap the bed."""
    clock = Clock()
    with county(tmp_path, clock, [crew(), *village(14, 6_000_000, km=FAR)]) as store:
        save_rules(store, lodging=0, drive_home=4 * 3600)
        made = week(store, clock, 2)
        assert all(route_of(plan).sleeps is None for plan in made.plans)
        assert only(store).night is None


def test_a_search_with_tours_is_told_as_one_and_can_be_stopped(tmp_path: Path) -> None:
    """While nights out are tried, time goes on and the best never falls; stopped at once, the week
    is planned all the same."""
    clock = Clock()
    with county(tmp_path, clock, [crew(), *village(24, 6_000_000, km=FAR)]) as store:
        told: list[Progress] = []
        week(store, clock, 2, on_progress=told.append)
        assert len(told) > 3
        for a, b in pairwise(told):
            assert (a.seconds, a.iterations, a.objective) <= (b.seconds, b.iterations, b.objective)
            assert a.objective <= b.objective
        stopped = week(store, clock, 2, cancelled=lambda: True)
        assert len(stopped.plans) == 2


# ---- a night out in the plans -------------------------------------------------------------------


@pytest.fixture
def away(tmp_path: Path) -> tuple[Store, Clock, Week]:
    """A week with a night out: sixteen people, more than a long day holds."""
    clock = Clock()
    store = county(tmp_path, clock, [crew(), *village(24, 6_000_000, km=FAR)])
    save_rules(store, lodging=20_000)
    return store, clock, week(store, clock, 2)


def test_both_days_of_a_night_out_say_where_the_crew_sleeps(
    away: tuple[Store, Clock, Week],
) -> None:
    """Day one ends at the lodging, day two begins there; its price is in the first day's cost; the
    judge of the rules finds nothing; nobody is back after the end of the shift."""
    store, _, made = away
    first, second = (route_of(plan) for plan in made.plans)
    bed = first.sleeps
    assert bed
    assert (first.slept, second.slept, second.sleeps) == (None, bed, None)
    assert (bed.name, bed.price) == ("远山乡", 20_000)
    assert first.begin == second.finish == HOME
    assert first.finish == second.begin == (bed.lat, bed.lon)
    ways = [HOME, *((s.lat, s.lon) for s in first.stops), first.finish]
    assert first.cost == way_money(store, *ways) + 20_000
    ways = [second.begin, *((s.lat, s.lon) for s in second.stops), HOME]
    assert second.cost == way_money(store, *ways)
    assert first.stops
    assert second.stops
    for plan in made.plans:
        assert rule_faults(rank(store, plan.day), plan.routes) == []
        assert all(
            route.back.hour < 18 or f"{route.back:%H:%M}" == "18:00" for route in plan.routes
        )


def test_an_edit_keeps_the_ends_of_a_night_out(away: tuple[Store, Clock, Week]) -> None:
    """Moving and dropping stops leaves the crew at its lodging, also when no stop is left."""
    store, _, made = away
    plan = made.plans[0]
    bench = bench_of(store, rank(store, plan.day))
    who = [stop.debtor_id for stop in route_of(plan).stops]
    edited = move(bench, plan, who[0], "C1", 2)
    assert (edited.faults, route_of(edited.plan).sleeps) == ((), route_of(plan).sleeps)
    left = plan
    for one in who:
        left = drop(bench, left, one).plan
    empty = route_of(left)
    assert (empty.stops, empty.sleeps) == ((), route_of(plan).sleeps)
    assert empty.cost == way_money(store, HOME, empty.finish) + 20_000
    assert (empty.back - empty.depart).total_seconds() == empty.driving


def test_a_day_planned_anew_keeps_the_night_before(away: tuple[Store, Clock, Week]) -> None:
    """Planning the second day again, the crew still begins where it slept; and the first day again,
    it still ends there."""
    store, clock, made = away
    for plan in made.plans:
        again = make_plan(store, plan.day, clock=clock, iterations=300)
        old, new = route_of(plan), route_of(again)
        assert (new.slept, new.sleeps) == (old.slept, old.sleeps)


def test_undo_of_a_week_wakes_everybody_at_home(away: tuple[Store, Clock, Week]) -> None:
    """With the week undone, no later plan begins at the lodging."""
    store, clock, _ = away
    with store.read() as conn:
        (batch,) = {bytes(row[0]) for row in conn.execute("SELECT batch FROM plan")}
    undo_batch(store, batch)
    save_rules(store, most_nights=0)
    again = make_plan(store, WEDNESDAY, clock=clock, iterations=300)
    assert route_of(again).slept is None


# ---- what the lead decides ----------------------------------------------------------------------


@pytest.fixture
def far(tmp_path: Path) -> tuple[Store, Clock]:
    """A poor village that would wait, two crews."""
    clock = Clock()
    events = [crew(), crew("C2", spot(0, 3)), *village(4, 700_000)]
    return county(tmp_path, clock, events), clock


def test_a_go_is_planned_on_its_day(far: tuple[Store, Clock]) -> None:
    """A bundle that would wait goes on the decided day, by the named crew, in the week and in the
    plan of that day; on other days nobody of it is planned; undo leaves it to the figures."""
    store, clock = far
    assert only(store).decision == "WAIT"
    batch = decide(
        store, areas_of(store), 0, Decision(GO, day=WEDNESDAY, crew_id="C2"), clock=clock
    )
    made = week(store, clock, 4)
    assert [plan.stops for plan in made.plans] == [0, 4, 0, 0]
    assert route_of(made.plans[1], "C2").stops
    assert made.missed == ()
    told = {one.debtor_id: one for one in made.plans[0].not_planned}
    assert {(one.reason, one.figures["day"]) for one in told.values()} == {
        ("OTHER_DAY", str(WEDNESDAY))
    }
    assert make_plan(store, TUESDAY, clock=clock, iterations=400).stops == 0
    again = make_plan(store, WEDNESDAY, clock=clock, iterations=400)
    assert len(route_of(again, "C2").stops) == 4
    undo_batch(store, batch)
    assert decisions(store, TUESDAY) == ()
    assert sum(plan.stops for plan in week(store, clock, 4).plans) == 0


def test_a_bundle_that_waits_is_not_planned_piecemeal(tmp_path: Path) -> None:
    """A village that pays is left alone up to the decided day, with the reason; then it goes."""
    clock = Clock()
    with county(tmp_path, clock, [crew(), *village(4, 9_000_000)]) as store:
        batch = decide(store, areas_of(store), 0, Decision(WAIT, until=WEDNESDAY), clock=clock)
        made = week(store, clock, 3)
        assert [plan.stops for plan in made.plans] == [0, 0, 4]
        assert {one.reason for one in made.plans[0].not_planned} == {"LEAD_WAITS"}
        plan = make_plan(store, TUESDAY, clock=clock, iterations=400)
        assert plan.stops == 0
        assert [(one.reason, one.figures) for one in plan.not_planned] == [
            ("LEAD_WAITS", {"until": str(WEDNESDAY)})
        ] * 4
        undo_batch(store, batch)
        # Whom Thursday's plan has stays there; a week planned anew is free.
        assert make_plan(store, TUESDAY, clock=clock, iterations=400).stops == 0
        again = week(store, clock, 3)
        assert sum(plan.stops for plan in again.plans) == 4
        assert "LEAD_WAITS" not in {u.reason for plan in again.plans for u in plan.not_planned}


def test_a_night_out_by_decision_is_slept_whatever_it_costs(far: tuple[Store, Clock]) -> None:
    """The lead's tour: the cheapest crew sleeps there although a day trip would do; a week that
    begins on its second day wakes there; the days planned one by one say the same."""
    store, clock = far
    decide(store, areas_of(store), 0, Decision(OVERNIGHT, day=TUESDAY, nights=1), clock=clock)
    made = week(store, clock, 3)
    assert people_of(made.plans[0]) | people_of(made.plans[1]) == {"P0", "P1", "P2", "P3"}
    out = [route for route in made.plans[0].routes if route.sleeps]
    assert [route.crew_id for route in out] == ["C1"]
    assert route_of(made.plans[1]).slept == out[0].sleeps
    later = plan_week(store, WEDNESDAY, clock=clock, days=2, iterations=100)
    assert route_of(later.plans[0]).slept == out[0].sleeps
    one = make_plan(store, TUESDAY, clock=clock, iterations=100)
    assert route_of(one).sleeps
    two = make_plan(store, WEDNESDAY, clock=clock, iterations=100)
    assert route_of(two).slept == route_of(one).sleeps


def test_a_decision_is_known_though_bundles_shift(far: tuple[Store, Clock]) -> None:
    """The next day the village has a newcomer and has lost one: it is still the decided bundle;
    with more strangers than members it is not. The last decision counts, OPEN ends it."""
    store, clock = far
    decide(store, areas_of(store), 0, Decision(WAIT, until=date(2026, 12, 20)), clock=clock)
    add(store, [person("N1", spot(80.2, 0.4), 700_000), *calls("N1")])
    add(store, [person("P3", spot(80), 0, cases=[{"case_id": "银行/P3", "status": "paid"}])])
    areas = areas_of(store, WEDNESDAY)
    (bundle,) = areas.bundles
    assert {areas.people[row] for row in bundle.rows} == {"P0", "P1", "P2", "N1"}
    assert areas.decided[0]
    assert areas.decided[0].decision.kind == WAIT
    assert decision_of(["P0", "x", "y"], decisions(store, WEDNESDAY)) is None
    later = Decision(MEANS, until=date(2026, 12, 24), means="letter")
    clock.now += timedelta(minutes=1)
    decide(store, areas, 0, later, clock=clock)
    assert set(areas_of(store, WEDNESDAY).exempt) == {"P0", "P1", "P2", "N1"}
    clock.now += timedelta(minutes=1)
    decide(store, areas, 0, Decision(OPEN), clock=clock)
    assert areas_of(store, WEDNESDAY).exempt == {}
    assert [one.people for one in decisions(store, TUESDAY)] == [("P3",)]


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        (Decision("RUN"), "remote.decision"),
        (Decision(GO), "remote.needs_day"),
        (Decision(GO, day=MONDAY), "remote.needs_day"),
        (Decision(WAIT), "remote.needs_until"),
        (Decision(MEANS, until=WEDNESDAY, means="shout"), "remote.means"),
        (Decision(OVERNIGHT, day=TUESDAY, nights=9), "remote.nights"),
        (Decision(GO, day=TUESDAY, crew_id="C9"), "remote.no_crew"),
        (Decision(GO, day=date(2026, 11, 29), crew_id="C1"), "remote.no_crew"),
    ],
)
def test_decisions_that_cannot_be_meant_are_refused(
    far: tuple[Store, Clock], decision: Decision, code: str
) -> None:
    """Each is refused with its own words, and nothing is kept."""
    store, clock = far
    with pytest.raises(PlannerError) as refused:
        decide(store, areas_of(store), 0, decision, clock=clock)
    assert refused.value.code == code
    with pytest.raises(PlannerError, match=r"remote\.no_bundle"):
        decide(store, areas_of(store), 7, Decision(OPEN), clock=clock)
    assert decisions(store, TUESDAY) == ()


def test_locked_stops_and_appointments_come_before_waiting(far: tuple[Store, Clock]) -> None:
    """Whoever of a waiting village is locked into the day's plan stays in it."""
    from planner.actions.edit_plan import lock, save_edit

    store, clock = far
    decide(store, areas_of(store), 0, Decision(GO, day=TUESDAY), clock=clock)
    plan = make_plan(store, TUESDAY, clock=clock, iterations=400)
    save_edit(store, lock(plan, "P1"), clock=clock)
    clock.now += timedelta(minutes=1)
    decide(store, areas_of(store), 0, Decision(WAIT, until=WEDNESDAY), clock=clock)
    again = make_plan(store, TUESDAY, clock=clock, iterations=400)
    assert people_of(again) == {"P1"}
    assert find_stop(again, "P1")[1].locked


# ---- days that are fixed by what was said -------------------------------------------------------


def test_a_promise_is_left_alone_until_its_day_of_grace_and_then_followed_up(
    tmp_path: Path,
) -> None:
    """Due on Wednesday: nobody goes before Friday, when the day of grace is over; the week visits
    on the first day from then on."""
    clock = Clock()
    events = village(2, 9_000_000, km=4)
    made = clock.now - timedelta(days=1)
    promise = {"promise_id": "p1", "amount": 500_000, "due": WEDNESDAY}
    with county(tmp_path, clock, [crew(), *events]) as store:
        add(store, [NewEvent("promise", "P0", made, promise)])
        planned = week(store, clock, 6)
        day_of = {who: plan.day for plan in planned.plans for who in people_of(plan)}
        assert day_of["P0"] >= WEDNESDAY + timedelta(days=2)
        assert "P1" in day_of
        early = [plan for plan in planned.plans if plan.day <= WEDNESDAY + timedelta(days=1)]
        assert all("P0" not in people_of(plan) for plan in early)
        assert day_of["P0"] == min(
            one.day for one in planned.plans if one.day >= WEDNESDAY + timedelta(days=2)
        )


def test_an_appointment_falls_on_its_day_and_hour(tmp_path: Path) -> None:
    """Hours agreed for Thursday: the week goes on Thursday within them, though the village is poor
    and would wait; with other people of it waiting by decision, the appointment is kept."""
    clock = Clock()
    thursday = MONDAY + timedelta(days=3)
    with county(tmp_path, clock, [crew(), *village(3, 700_000)]) as store:
        agreed = Agreed("P1", Channel.VISIT, "call of 23 November", "15:00", "17:00", day=thursday)
        agree(store, agreed, clock=clock)
        decide(store, areas_of(store), 0, Decision(WAIT, until=date(2026, 12, 20)), clock=clock)
        planned = week(store, clock, 5)
        assert [(plan.day, people_of(plan)) for plan in planned.plans if plan.stops] == [
            (thursday, {"P1"})
        ]
        plan = next(plan for plan in planned.plans if plan.stops)
        (stop,) = route_of(plan).stops
        zone = ZoneInfo("Asia/Shanghai")
        assert stop.arrive.astimezone(zone).hour >= 15
        assert f"{stop.leave.astimezone(zone):%H:%M}" <= "17:00"


def test_the_command_line_says_where_a_crew_sleeps(
    away: tuple[Store, Clock, Week],
) -> None:
    """The text of a week names the lodging at the evening's crew and at the next morning's."""
    store, _, made = away
    data = {"days": [plan_to_json(plan) for plan in made.plans]}
    text = week_text(data, store)
    assert all(sentence(f"cli.{name}", place="远山乡") in text for name in ("slept", "sleeps"))
