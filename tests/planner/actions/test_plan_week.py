"""A week in one problem: every day by its own rules, nobody twice, saved and undone together."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from planner.actions import edit_plan
from planner.actions.heed import Wishes
from planner.actions.make_plan import make_plan, rule_faults
from planner.actions.plan_week import Week, plan_week
from planner.actions.rank import rank
from planner.actions.undo import undo_batch
from planner.cli import cli
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.store.plans import load_plan, planned_days
from planner.store.store import Store
from planner.words import sentence

MONDAY = date(2026, 11, 23)
FIRST = MONDAY + timedelta(days=1)
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def clock() -> datetime:
    return NOW


def make(store: Store, **options: object) -> Week:
    """The week from Tuesday on, quickly."""
    return plan_week(store, FIRST, clock=clock, iterations=2500, **options)  # type: ignore[arg-type]


def people(plan: Plan) -> list[str]:
    """Everybody in the routes of a plan."""
    return [stop.debtor_id for route in plan.routes for stop in route.stops]


def test_a_week_by_the_rules_of_each_day(demo_store: Store) -> None:
    """Six working days, none on Sunday; nobody twice; the judge of each day finds no fault; every
    eligible person is in the day's plan or listed with one reason; the plans are the saved ones."""
    week = make(demo_store)
    days = [plan.day for plan in week.plans]
    assert days == [FIRST + timedelta(days=k) for k in (0, 1, 2, 3, 4, 6)]
    assert max(Counter(who for plan in week.plans for who in people(plan)).values()) == 1
    assert sum(plan.stops for plan in week.plans) > 60
    for plan in week.plans:
        ranking = rank(demo_store, plan.day)
        assert rule_faults(ranking, plan.routes) == []
        left = [one.debtor_id for one in plan.not_planned]
        able = {who for who, yes in zip(ranking.table.debtor_ids, ranking.verdicts.eligible,
                                        strict=True) if yes}  # fmt: skip
        assert sorted([*people(plan), *left]) == sorted(able)
        with demo_store.read() as conn:
            assert load_plan(conn, plan.day) == plan


def test_people_of_another_day_are_listed_with_it(demo_store: Store) -> None:
    """Who could be visited today but is planned for Friday is left out with Friday's date."""
    week = make(demo_store)
    day_of = {who: plan.day for plan in week.plans for who in people(plan)}
    other = [one for one in week.plans[0].not_planned if one.reason == "OTHER_DAY"]
    assert len(other) > 5
    for one in other:
        assert one.figures["day"] == day_of[one.debtor_id].isoformat() != str(FIRST)
    for language in ("en", "zh_CN"):
        words = sentence("reason.OTHER_DAY", language, **other[0].figures)
        assert other[0].figures["day"] in words


def test_better_than_day_by_day(demo_store: Store) -> None:
    """The week is worth more than six plans each of which takes what the day before left."""
    greedy = 0
    for k in (0, 1, 2, 3, 4, 6):
        day = FIRST + timedelta(days=k)
        (plan,) = plan_week(demo_store, day, days=1, clock=clock, iterations=2500).plans
        greedy += plan.objective
    with demo_store.read() as conn:
        batches = [bytes(row[0]) for row in conn.execute("SELECT batch FROM plan")]
    for batch in batches:
        undo_batch(demo_store, batch)
    week = plan_week(demo_store, FIRST, clock=clock, iterations=10_000)
    assert sum(plan.objective for plan in week.plans) > greedy > 0


def test_locked_stops_stay(demo_store: Store) -> None:
    """A stop locked in a present plan keeps its crew and day in the week."""
    plan = make_plan(demo_store, FIRST + timedelta(days=2), clock=clock, iterations=800)
    who, crew = plan.routes[0].stops[-1].debtor_id, plan.routes[0].crew_id
    edit_plan.save_edit(demo_store, edit_plan.lock(plan, who), clock=clock)
    week = make(demo_store)
    route, stop = edit_plan.find_stop(week.plans[2], who)
    assert (route.crew_id, stop.locked) == (crew, True)


def test_people_of_an_earlier_plan_are_not_planned_again(demo_store: Store) -> None:
    """Who is in today's plan is not in the week that begins tomorrow."""
    today = make_plan(demo_store, MONDAY, clock=clock, iterations=800)
    week = make(demo_store)
    planned = {who for plan in week.plans for who in people(plan)}
    assert not planned & set(people(today))
    reasons = {one.debtor_id: one for plan in week.plans for one in plan.not_planned}
    told = [reasons[who] for who in people(today) if who in reasons]
    assert all((one.reason, one.figures["day"]) == ("OTHER_DAY", str(MONDAY)) for one in told)


def test_wishes_are_heard(demo_store: Store) -> None:
    """Who has to be visited is visited, although worth less than the way; others by their bonus."""
    plain = make(demo_store)
    seen = {who for plan in plain.plans for who in people(plan)}
    poor = [one.debtor_id for one in plain.plans[0].not_planned
            if one.reason == "LOW_VALUE" and one.debtor_id not in seen][:4]  # fmt: skip
    assert len(poor) == 4
    week = make(demo_store, wishes=Wishes({poor[2]: 10**7, poor[3]: 10**7}, frozenset(poor[:2])))
    assert set(poor) <= {who for plan in week.plans for who in people(plan)}
    assert week.missed == ()


def test_one_undo_for_the_whole_week(demo_store: Store) -> None:
    """The plans of a week are one deed: undoing it leaves no day with a plan."""
    make(demo_store)
    with demo_store.read() as conn:
        (batch,) = {bytes(row[0]) for row in conn.execute("SELECT batch FROM plan")}
    undo_batch(demo_store, batch)
    with demo_store.read() as conn:
        assert planned_days(conn) == []


def test_no_crew_no_week(demo_store: Store) -> None:
    """A span with Sundays only is refused with the reason, and nothing is saved."""
    with pytest.raises(PlannerError) as refused:
        plan_week(demo_store, FIRST + timedelta(days=5), days=1, clock=clock, iterations=10)
    assert refused.value.code == "plan.no_crew"


def test_week_on_the_command_line(demo_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """`week --json` answers with the plans it has saved; without `--json` with their tables."""
    monkeypatch.setattr("planner.cli.system_clock", clock)
    where = ["--date", str(FIRST), "--days", "2", "--iterations", "300"]
    where += ["--workspace", str(demo_store.path)]
    told = CliRunner().invoke(cli, ["week", *where, "--json"])
    assert told.exit_code == 0, told.output
    days = json.loads(told.output)["days"]
    assert [day["date"] for day in days] == [str(FIRST), str(FIRST + timedelta(days=1))]
    with demo_store.read() as conn:
        assert planned_days(conn) == [FIRST, FIRST + timedelta(days=1)]
    text = CliRunner().invoke(cli, ["week", *where]).output
    assert all(str(FIRST + timedelta(days=k)) in text for k in (0, 1))


def test_a_week_that_begins_at_noon_has_no_stop_before_it(demo_store: Store) -> None:
    """The first day of a week planned at its noon starts after noon, the others in the morning."""
    noon = datetime(2026, 11, 24, 4, tzinfo=UTC)
    week = plan_week(demo_store, date(2026, 11, 24), clock=lambda: noon, days=2, iterations=800)
    stops = [stop for route in week.plans[0].routes for stop in route.stops]
    assert stops
    assert all(stop.arrive >= noon for stop in stops)
    second = [stop for route in week.plans[1].routes for stop in route.stops]
    assert min(stop.arrive for stop in second).hour != noon.hour
