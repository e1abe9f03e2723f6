"""Edits of a plan: re-timed, judged, refused with the rule, and kept through a new plan."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from planner.actions import edit_plan
from planner.actions.edit_plan import Bench, bench_of
from planner.actions.make_plan import make_plan, rule_faults
from planner.actions.outcomes import Outcome
from planner.actions.rank import Ranking, rank
from planner.actions.record import record
from planner.domain.plan import Plan, Stop
from planner.errors import PlannerError
from planner.store.plans import load_plan
from planner.store.store import Store

DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def clock() -> datetime:
    return NOW


@pytest.fixture
def ranking(demo_store: Store) -> Ranking:
    return rank(demo_store, DAY)


@pytest.fixture
def plan(demo_store: Store, ranking: Ranking) -> Plan:
    return make_plan(demo_store, DAY, clock=clock, iterations=1500, ranking=ranking)


@pytest.fixture
def bench(ranking: Ranking, demo_store: Store) -> Bench:
    return bench_of(demo_store, ranking)


def order(plan: Plan, crew: int) -> list[str]:
    return [stop.debtor_id for stop in plan.routes[crew].stops]


def test_moving_a_stop_away_and_back_gives_the_plan_again(bench: Bench, plan: Plan) -> None:
    """Order and times of every stop are as before after the stop is back in its place."""
    who, crew = plan.routes[0].stops[1].debtor_id, plan.routes[0].crew_id
    there = edit_plan.move(bench, plan, who, crew, 3)
    assert order(there.plan, 0).index(who) == 3
    back = edit_plan.move(bench, there.plan, who, crew, 1)
    assert not back.faults
    assert order(back.plan, 0) == order(plan, 0)


def test_an_edit_keeps_stops_apart_and_ordered(bench: Bench, plan: Plan) -> None:
    """After a move nobody arrives before the crew has left the stop before."""
    who = plan.routes[0].stops[0].debtor_id
    edited = edit_plan.move(bench, plan, who, plan.routes[0].crew_id, len(plan.routes[0].stops) - 1)
    stops = edited.plan.routes[0].stops
    assert all(a.leave <= b.arrive for a, b in pairwise(stops))


def test_too_many_stops_are_refused_as_late(bench: Bench, plan: Plan) -> None:
    """Everything piled on one crew is a fault that says by how many minutes it is late."""
    crew, edited = plan.routes[0].crew_id, plan
    for route in plan.routes[1:]:
        for stop in route.stops:
            step = edit_plan.move(bench, edited, stop.debtor_id, crew, 0)
            edited = step.plan
    late = [figures for code, figures in step.faults if code == "LATE"]
    assert late
    assert all(figures["minutes"] > 0 for figures in late)


def test_a_stop_outside_the_hours_names_the_rule(bench: Bench, plan: Plan) -> None:
    """A visit moved by force to 22:10 is a fault with the rule's id."""
    route = plan.routes[0]
    at = datetime(2026, 11, 24, 14, 10, tzinfo=UTC)
    late = replace(route.stops[0], arrive=at, start=at, leave=at + timedelta(minutes=20))
    ((rule, _),) = rule_faults(bench.ranking, (replace(route, stops=(late,)),))
    assert "hours" in rule


def test_a_dropped_stop_is_listed_and_can_be_added_again(
    bench: Bench, plan: Plan, demo_store: Store
) -> None:
    """Drop moves the person to the left-out list with reason LOCKED; add brings it back."""
    who = plan.routes[1].stops[0].debtor_id
    without = edit_plan.drop(bench, plan, who).plan
    assert [u.reason for u in without.not_planned if u.debtor_id == who] == ["LOCKED"]
    again = edit_plan.add(bench, without, who, demo_store)
    assert not again.faults
    assert again.plan.stops == plan.stops
    assert who not in {u.debtor_id for u in again.plan.not_planned}


def test_somebody_barred_cannot_be_added(
    bench: Bench, plan: Plan, demo_store: Store, ranking: Ranking
) -> None:
    """The planner never proposes an exception: adding a barred person is refused by its rule."""
    barred = next(
        ranking.table.debtor_ids[i]
        for i in range(ranking.table.n)
        if not ranking.verdicts.eligible[i]
    )
    with pytest.raises(PlannerError) as refused:
        edit_plan.add(bench, plan, barred, demo_store)
    assert refused.value.code == "plan.not_ready"
    assert refused.value.params["rule"]


def test_locked_stops_survive_a_new_plan(bench: Bench, plan: Plan, demo_store: Store) -> None:
    """A locked stop stays with its crew when the day is planned anew with another seed."""
    who, crew = plan.routes[2].stops[1].debtor_id, plan.routes[2].crew_id
    edit_plan.save_edit(demo_store, edit_plan.lock(plan, who), clock=clock)
    again = make_plan(demo_store, DAY, clock=clock, iterations=800, seed=9)
    route, stop = edit_plan.find_stop(again, who)
    assert (route.crew_id, stop.locked) == (crew, True)


def test_a_saved_edit_is_the_plan_of_the_day(bench: Bench, plan: Plan, demo_store: Store) -> None:
    """The newest version counts when the plan is loaded."""
    who = plan.routes[0].stops[0].debtor_id
    edited = edit_plan.drop(bench, plan, who).plan
    edit_plan.save_edit(demo_store, edited, clock=clock)
    with demo_store.read() as conn:
        loaded = load_plan(conn, DAY)
    assert loaded is not None
    assert loaded.stops == plan.stops - 1


def test_nobody_stands_in_a_plan_twice(bench: Bench, plan: Plan, demo_store: Store) -> None:
    """Adding somebody who has a stop already is refused."""
    with pytest.raises(PlannerError) as refused:
        edit_plan.add(bench, plan, plan.routes[0].stops[0].debtor_id, demo_store)
    assert refused.value.code == "plan.in_plan"


def test_a_stop_cannot_be_moved_out_of_the_plan(bench: Bench, plan: Plan) -> None:
    """A crew that is not in the plan is refused; nobody gets lost."""
    with pytest.raises(PlannerError) as refused:
        edit_plan.move(bench, plan, plan.routes[0].stops[0].debtor_id, "nobody", 0)
    assert refused.value.code == "plan.no_such_crew"


def test_a_crew_that_became_too_small_gets_no_stop(bench: Bench, plan: Plan) -> None:
    """After a crew has lost a member an edit of its round names the rule about crews."""
    crew = plan.routes[1].crew_id
    crews = tuple(
        replace(one, members=one.members[:1]) if one.crew_id == crew else one
        for one in bench.ranking.crews
    )
    small = replace(bench, ranking=replace(bench.ranking, crews=crews))
    edited = edit_plan.move(small, plan, plan.routes[0].stops[0].debtor_id, crew, 0)
    assert any("visitors" in code for code, _ in edited.faults)


def test_an_edit_that_was_overtaken_is_not_saved(
    bench: Bench, plan: Plan, demo_store: Store
) -> None:
    """Somebody visited after the edit began is not planned: the edit is refused, other edits of
    the plan that holds the stop are not."""
    first, second = plan.routes[0].stops[:2]
    moved = edit_plan.move(bench, plan, first.debtor_id, plan.routes[0].crew_id, 1)
    visit = Outcome(first.debtor_id, "VIS-NC", first.arrive)
    record(demo_store, visit, clock=clock, allow_future=True)
    with pytest.raises(PlannerError) as refused:
        edit_plan.save_edit(demo_store, moved.plan, clock=clock)
    assert refused.value.code == "plan.outdated"
    edit_plan.save_edit(demo_store, edit_plan.lock(plan, second.debtor_id), clock=clock)


def test_two_edits_of_one_version_do_not_overwrite_each_other(
    bench: Bench, plan: Plan, demo_store: Store
) -> None:
    """The second edit of a version that is no longer the saved one is refused."""
    first, second = plan.routes[0].stops[:2]
    mine, theirs = (edit_plan.drop(bench, plan, s.debtor_id).plan for s in (first, second))
    edit_plan.save_edit(demo_store, mine, clock=clock, base=plan)
    with pytest.raises(PlannerError) as refused:
        edit_plan.save_edit(demo_store, theirs, clock=clock, base=plan)
    assert refused.value.code == "move_day.overtaken"


def test_a_visited_stop_stays_where_it_is(bench: Bench, plan: Plan, demo_store: Store) -> None:
    """No edit drops or moves a stop at which a visit is recorded."""
    first = plan.routes[0].stops[0]
    dropped = edit_plan.drop(bench, plan, first.debtor_id).plan
    told = Outcome(first.debtor_id, "VIS-NC", first.arrive)
    record(demo_store, told, clock=clock, allow_future=True)
    with pytest.raises(PlannerError) as refused:
        edit_plan.save_edit(demo_store, dropped, clock=clock)
    assert refused.value.code == "move_day.recorded"


NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


def halves(plan: Plan, crew: int) -> tuple[list[Stop], list[Stop]]:
    """The stops of a round that have begun by noon, and the others."""
    stops = plan.routes[crew].stops
    return [s for s in stops if s.start <= NOON], [s for s in stops if s.start > NOON]


def test_on_a_running_day_nobody_comes_into_the_past(
    bench: Bench, plan: Plan, demo_store: Store
) -> None:
    """At noon stops are taken out, moved and put in: what has begun keeps its very times, all else
    begins after noon, as late as the way there takes; no rule is broken."""
    now = replace(bench, now=NOON)
    done = 0
    for crew in range(len(plan.routes)):
        ahead = halves(plan, crew)[1]
        for stop in ahead:
            without = edit_plan.drop(now, plan, stop.debtor_id)
            assert not without.faults
            edits = [without, edit_plan.add(now, without.plan, stop.debtor_id, demo_store)]
            last = len(plan.routes[crew].stops) - 1
            edits.append(edit_plan.move(now, plan, stop.debtor_id, plan.routes[crew].crew_id, last))
            for edited in (one for one in edits if not one.faults):
                done += 1
                for k, route in enumerate(edited.plan.routes):
                    here = halves(plan, k)[0]
                    assert list(route.stops[: len(here)]) == here
                    assert all(s.start > NOON for s in route.stops[len(here) :])
                    assert all(a.leave <= b.arrive for a, b in pairwise(route.stops))
                assert rule_faults(bench.ranking, edited.plan.routes) == []
    assert done > 10


def test_on_a_running_day_the_past_is_refused(bench: Bench, plan: Plan) -> None:
    """Neither does a stop go before one that has begun, nor does one that has begun go elsewhere;
    taken out because nobody was there, it leaves the others where they are."""
    now = replace(bench, now=NOON)
    crew = next(k for k in range(len(plan.routes)) if all(halves(plan, k)))
    (first, *others), (later, *_) = halves(plan, crew)
    crew_id = plan.routes[crew].crew_id
    for who, place in ((later, 0), (first, len(plan.routes[crew].stops) - 1)):
        refused = edit_plan.move(now, plan, who.debtor_id, crew_id, place)
        assert ("PAST", {"crew": plan.routes[crew].crew, "now": "12:00"}) in refused.faults
    gone = edit_plan.drop(now, plan, first.debtor_id)
    assert not gone.faults
    assert list(gone.plan.routes[crew].stops[: len(others)]) == others


def test_the_hour_counts_only_on_the_day_itself(bench: Bench, plan: Plan) -> None:
    """The day before an edit is timed as if no hour were given."""
    crew = plan.routes[0]
    who = crew.stops[-1].debtor_id
    early = replace(bench, now=NOW)
    moves = [edit_plan.move(one, plan, who, crew.crew_id, 0) for one in (bench, early)]
    assert moves[0] == moves[1]


@pytest.mark.parametrize("hour", [2.3, 4, 5.1, 7])
def test_who_is_taken_out_at_any_hour_makes_nobody_late(
    bench: Bench, plan: Plan, hour: float
) -> None:
    """A crew on its way, or at a door where nobody is, is where the plan has it, not at home: less
    to do never ends later."""
    now = replace(bench, now=datetime(2026, 11, 24, tzinfo=UTC) + timedelta(hours=hour))
    before = {route.crew_id: route.back for route in plan.routes}
    for stop in (s for route in plan.routes for s in route.stops):
        without = edit_plan.drop(now, plan, stop.debtor_id)
        assert not without.faults
        assert all(route.back <= before[route.crew_id] for route in without.plan.routes)
