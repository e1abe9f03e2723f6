"""A stop moved to another day: judged there, saved with both days as one deed, refused by rule."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.actions import edit_plan
from planner.actions.agreements import Agreed, agree
from planner.actions.holds import hold
from planner.actions.make_plan import make_plan, rule_faults
from planner.actions.move_day import best_place, move_to_day
from planner.actions.outcomes import Outcome
from planner.actions.plan_week import OTHER_DAY, Week, plan_week
from planner.actions.rank import rank
from planner.actions.record import record
from planner.actions.undo import undo_batch
from planner.cli import cli
from planner.domain.codes import Channel, HoldKind
from planner.domain.plan import Plan, Stop
from planner.errors import PlannerError
from planner.store.events import next_id
from planner.store.plans import load_plan, planned_days, save_plan
from planner.store.store import Store

MONDAY = date(2026, 11, 23)
FIRST = MONDAY + timedelta(days=1)
SUNDAY = FIRST + timedelta(days=5)
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def clock() -> datetime:
    return NOW


@pytest.fixture
def week(demo_store: Store) -> Week:
    """Tuesday to the Monday after, without the Sunday."""
    return plan_week(demo_store, FIRST, clock=clock, iterations=1500)


def saved(store: Store) -> dict[date, Plan]:
    """The plans that count."""
    with store.read() as conn:
        found = {day: load_plan(conn, day) for day in planned_days(conn)}
    return {day: plan for day, plan in found.items() if plan is not None}


def people(plan: Plan) -> list[str]:
    return [stop.debtor_id for route in plan.routes for stop in route.stops]


def movable(store: Store, week: Week, to: int) -> tuple[Stop, str]:
    """A stop of the week's first day that may be made on its day `to`, and the crew there that
    takes it; found by trying."""
    for route in week.plans[0].routes:
        for stop in route.stops:
            for crew in week.plans[to].routes:
                try:
                    moved = move_to_day(
                        store, stop.debtor_id, FIRST, week.plans[to].day, crew.crew_id, clock=clock
                    )
                except PlannerError:
                    break
                if moved.batch is not None:
                    undo_batch(store, moved.batch)
                    return stop, crew.crew_id
    raise AssertionError("nothing can be moved")


def code_of(store: Store, debtor_id: str, to: date, crew: str = "") -> PlannerError:
    """The refusal of a move."""
    before = saved(store)
    with pytest.raises(PlannerError) as refused:
        move_to_day(store, debtor_id, FIRST, to, crew, clock=clock)
    assert saved(store) == before
    return refused.value


def test_a_stop_goes_to_another_day_and_back_by_one_undo(demo_store: Store, week: Week) -> None:
    """Both days are timed anew without a fault, everybody stands once in the week, the days name
    each other, and one undo restores all."""
    before = saved(demo_store)
    stop, crew = movable(demo_store, week, 2)
    who, day = stop.debtor_id, week.plans[2].day
    moved = move_to_day(demo_store, who, FIRST, day, crew, clock=clock)
    assert moved.batch is not None
    now = saved(demo_store)
    assert (now[FIRST], now[day]) == (moved.origin, moved.target)
    assert who not in people(now[FIRST])
    assert edit_plan.find_stop(now[day], who)[0].crew_id == crew
    assert max(Counter(one for plan in now.values() for one in people(plan)).values()) == 1
    for plan in (now[FIRST], now[day]):
        assert rule_faults(rank(demo_store, plan.day), plan.routes) == []
        for route in plan.routes:
            assert all(a.leave <= b.arrive for a, b in pairwise(route.stops))
    for plan in now.values():
        told = [one for one in plan.not_planned if one.debtor_id == who]
        assert all((u.reason, u.figures) == (OTHER_DAY, {"day": str(day)}) for u in told)
        assert not told or plan.day != day
    undo_batch(demo_store, moved.batch)
    assert saved(demo_store) == before


def test_the_best_place_costs_least(demo_store: Store, week: Week) -> None:
    """No position of the round is cheaper, without a fault, than the one that is chosen."""
    stop, crew = movable(demo_store, week, 1)
    day = week.plans[1].day
    found = move_to_day(demo_store, stop.debtor_id, FIRST, day, crew, clock=clock)
    assert found.batch is not None
    best = edit_plan.find_stop(found.target, stop.debtor_id)[0]
    undo_batch(demo_store, found.batch)
    costs = []
    for place in range(len(best.stops)):
        tried = move_to_day(demo_store, stop.debtor_id, FIRST, day, crew, place, clock=clock)
        if tried.batch is not None:
            costs.append(edit_plan.find_stop(tried.target, stop.debtor_id)[0].cost)
            undo_batch(demo_store, tried.batch)
    assert best.cost == min(costs)


def test_without_a_crew_the_best_round_is_taken(demo_store: Store, week: Week) -> None:
    """The round chosen is one whose way grows least among those that can take the stop."""
    stop, _ = movable(demo_store, week, 1)
    day = week.plans[1].day
    grown = {}
    for route in week.plans[1].routes:
        moved = move_to_day(demo_store, stop.debtor_id, FIRST, day, route.crew_id, clock=clock)
        if moved.batch is not None:
            grown[route.crew_id] = (
                edit_plan.find_stop(moved.target, stop.debtor_id)[0].cost - route.cost
            )
            undo_batch(demo_store, moved.batch)
    moved = move_to_day(demo_store, stop.debtor_id, FIRST, day, clock=clock)
    crew = edit_plan.find_stop(moved.target, stop.debtor_id)[0].crew_id
    assert grown[crew] == min(grown.values())


def test_a_sunday_is_refused_by_its_rule(demo_store: Store, week: Week) -> None:
    """On a day without visits the refusal names the rule; nothing is saved."""
    error = code_of(demo_store, people(week.plans[0])[0], SUNDAY)
    assert error.code == "plan.not_ready"
    assert error.params["rule"] in rank(demo_store, SUNDAY).policy.rules


def test_a_holiday_is_refused_by_its_rule(demo_store: Store) -> None:
    """A stop of New Year's Eve cannot be moved to New Year's Day."""
    eve = date(2026, 12, 31)
    plan = make_plan(
        demo_store, eve, clock=lambda: datetime(2026, 12, 30, 1, tzinfo=UTC), iterations=300,
        reason="test",
    )  # fmt: skip
    with pytest.raises(PlannerError) as refused:
        move_to_day(
            demo_store, people(plan)[0], eve, eve + timedelta(days=1),
            clock=lambda: datetime(2026, 12, 30, 1, tzinfo=UTC),
        )  # fmt: skip
    assert refused.value.code == "plan.not_ready"
    assert "day" in refused.value.params["rule"]


def test_a_pause_after_planning_bars_the_move(demo_store: Store, week: Week) -> None:
    """Somebody paused since the week was planned is not carried to another day."""
    who = people(week.plans[0])[0]
    hold(demo_store, who, HoldKind.LEAD, reason="lead", until=None, clock=clock)
    error = code_of(demo_store, who, week.plans[2].day)
    assert error.code == "plan.not_ready"
    assert error.params["rule"]


def test_an_appointment_stays_on_its_day(demo_store: Store, week: Week) -> None:
    """Who agreed to hours on the first day is not carried to another one."""
    stop, crew = movable(demo_store, week, 2)
    agreed = Agreed(stop.debtor_id, Channel.VISIT, "call 17", start="09:00", end="18:00", day=FIRST)
    agree(demo_store, agreed, clock=clock)
    error = code_of(demo_store, stop.debtor_id, week.plans[2].day, crew)
    assert (error.code, error.params["day"]) == ("move_day.appointment", str(FIRST))


def test_a_locked_stop_stays(demo_store: Store, week: Week) -> None:
    """What is locked goes to no other day and no other crew."""
    stop, crew = movable(demo_store, week, 1)
    edit_plan.save_edit(
        demo_store, edit_plan.lock(saved(demo_store)[FIRST], stop.debtor_id), clock=clock
    )
    assert code_of(demo_store, stop.debtor_id, week.plans[1].day, crew).code == "plan.locked"
    other = next(
        route.crew_id for route in week.plans[0].routes
        if stop.debtor_id not in [s.debtor_id for s in route.stops]
    )  # fmt: skip
    assert code_of(demo_store, stop.debtor_id, FIRST, other).code == "plan.locked"


def test_nobody_comes_to_stand_on_two_days(demo_store: Store, week: Week) -> None:
    """Who has a stop on a third day as well is not moved."""
    stop, crew = movable(demo_store, week, 1)
    third = saved(demo_store)[week.plans[2].day]
    double = replace(
        third,
        routes=(
            replace(third.routes[0], stops=(*third.routes[0].stops, stop)),
            *third.routes[1:],
        ),
    )
    with demo_store.write() as tx:
        save_plan(tx, double, b"", next_id(NOW))
    error = code_of(demo_store, stop.debtor_id, week.plans[1].day, crew)
    assert (error.code, error.params["day"]) == ("move_day.planned", str(third.day))


def test_days_that_are_over_unplanned_or_unknown_are_refused(demo_store: Store, week: Week) -> None:
    """Yesterday, a day without a plan, a crew that is not there, a person without a stop."""
    stop, _ = movable(demo_store, week, 1)
    who = stop.debtor_id
    assert code_of(demo_store, who, MONDAY - timedelta(days=1)).code == "move_day.past"
    later = next(
        day for day in (week.plans[-1].day + timedelta(days=k) for k in range(1, 6))
        if rank(demo_store, day).rule(rank(demo_store, day).row(who)) is None
    )  # fmt: skip
    assert code_of(demo_store, who, later).code == "plan.none"
    assert code_of(demo_store, who, week.plans[1].day, "nobody").code == "plan.no_such_crew"
    assert code_of(demo_store, "nobody", week.plans[1].day).code == "plan.not_in_plan"


def test_a_round_that_is_full_is_refused_as_late(demo_store: Store, week: Week) -> None:
    """All the week piled on the longest round of the next day ends in a fault, and that move is
    not saved."""
    day = week.plans[1].day
    crew = max(week.plans[1].routes, key=lambda route: len(route.stops)).crew_id
    found: set[str] = set()
    others = [plan for plan in week.plans if plan.day != day]
    for who, origin in ((who, plan.day) for plan in others for who in people(plan)):
        try:
            moved = move_to_day(demo_store, who, origin, day, crew, clock=clock)
        except PlannerError:
            continue
        if moved.faults:
            found = {code for code, _ in moved.faults}
            assert moved.batch is None
            assert who in people(saved(demo_store)[origin])
            break
    assert found
    assert rule_faults(rank(demo_store, day), saved(demo_store)[day].routes) == []


def test_a_round_that_has_begun_is_left_alone(demo_store: Store, week: Week) -> None:
    """After a recorded visit neither a stop leaves that round nor does another one enter it."""
    stop, _ = movable(demo_store, week, 1)
    target = max(week.plans[1].routes, key=lambda route: len(route.stops))
    crew, first = target.crew_id, target.stops[0]
    record(
        demo_store, Outcome(first.debtor_id, "VIS-NC", first.arrive), clock=clock, allow_future=True
    )
    error = code_of(demo_store, stop.debtor_id, week.plans[1].day, crew)
    assert error.code == "move_day.recorded"
    with pytest.raises(PlannerError) as refused:
        move_to_day(
            demo_store, target.stops[1].debtor_id, week.plans[1].day, week.plans[2].day, clock=clock
        )
    assert refused.value.code == "move_day.recorded"


def with_room(store: Store, plan: Plan) -> Plan:
    """The plan, saved with two stops in each round: in a full one no move may fit."""
    bench = edit_plan.bench_of(store, rank(store, plan.day))
    for who in [stop.debtor_id for route in plan.routes for stop in route.stops[2:]]:
        plan = edit_plan.drop(bench, plan, who).plan
    edit_plan.save_edit(store, plan, clock=clock)
    return plan


def test_on_one_day_it_is_a_plain_move(demo_store: Store, week: Week) -> None:
    """From crew to crew of the same day, at the best place, only that day is saved."""
    plan = with_room(demo_store, week.plans[0])
    ways = (
        (who, other)
        for who in people(plan)
        for other in plan.routes
        if who not in [stop.debtor_id for stop in other.stops]
    )
    for who, other in ways:
        moved = move_to_day(demo_store, who, FIRST, FIRST, other.crew_id, clock=clock)
        if moved.batch is not None:
            break
    assert moved.faults == ()
    assert edit_plan.find_stop(saved(demo_store)[FIRST], who)[0].crew_id == other.crew_id
    assert moved.others == ()
    bench = edit_plan.bench_of(demo_store, rank(demo_store, FIRST))
    _, stop = edit_plan.find_stop(plan, who)
    place = best_place(bench, plan, other, stop)
    assert edit_plan.find_stop(moved.target, who)[0].stops[place].debtor_id == who


def test_moving_by_command_line(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`move` says where the stop stands now; a Sunday is refused in words, with exit code 1."""
    monkeypatch.setattr("planner.cli_week.system_clock", clock)
    monkeypatch.setattr("planner.cli_tools.system_clock", clock)
    path = demo_folder / "demo.fairvisit"
    with Store.open(path, clock=clock) as store:
        made = plan_week(store, FIRST, clock=clock, iterations=1500)
        stop, crew = movable(store, made, 2)
    where = ["--debtor", stop.debtor_id, "--workspace", str(path)]
    day = str(made.plans[2].day)
    told = CliRunner().invoke(cli, ["move", *where, "--to-day", day, "--crew", crew, "--json"])
    assert told.exit_code == 0, told.output
    answer = json.loads(told.output)
    assert answer["day"] == day
    with Store.open(path, clock=clock) as store:
        assert stop.debtor_id in people(saved(store)[made.plans[2].day])
    refused = CliRunner().invoke(cli, ["move", *where, "--to-day", str(SUNDAY)])
    assert refused.exit_code == 1
    assert "cannot be visited" in refused.output


def test_at_noon_a_stop_comes_into_what_is_left_of_the_day(demo_store: Store, week: Week) -> None:
    """Brought from a later day into a running one a stop begins after now, and what has begun
    there keeps its time."""
    noon = datetime(2026, 11, 24, 4, tzinfo=UTC)
    before = with_room(demo_store, week.plans[0])
    begun = {s for route in before.routes for s in route.stops if s.start <= noon}
    done = 0
    for who in people(week.plans[1])[:12]:
        try:
            moved = move_to_day(demo_store, who, week.plans[1].day, FIRST, clock=lambda: noon)
        except PlannerError:
            continue
        if moved.batch is not None:
            done += 1
            assert edit_plan.find_stop(moved.target, who)[1].start > noon
            here = {s for route in moved.target.routes for s in route.stops if s.start <= noon}
            assert here == begun
    assert done
