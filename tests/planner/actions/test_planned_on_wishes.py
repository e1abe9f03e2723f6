"""Planning on heeds the lead: an ordered visit does not leave for want of value, a wait is kept."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from county import START, Clock, calls, county, crew, person, spot

from planner.actions.edit_plan import bench_of, lock
from planner.actions.make_plan import make_plan
from planner.actions.next_step import Proposal, accept
from planner.actions.plan_week import plan_week
from planner.actions.rank import rank
from planner.actions.remote_decisions import GO, WAIT, Decision, decide_for
from planner.actions.replan_day import replan_day
from planner.domain.plan import Plan
from planner.domain.step import Means

SHANGHAI = ZoneInfo("Asia/Shanghai")
TUESDAY = START.date() + timedelta(days=1)


def test_an_ordered_far_visit_stays_when_the_day_is_planned_on(tmp_path: Path) -> None:
    """The lead sends a crew to somebody who is not worth the way; planned on, the visit stays."""
    clock = Clock()
    far = [person("P1", spot(90), 300_000), *calls("P1")]
    with county(tmp_path, clock, [crew(), *far]) as store:
        assert make_plan(store, TUESDAY, clock=clock, iterations=200).stops == 0
        decide_for(store, ["P1"], Decision(GO, day=TUESDAY), clock=clock)
        plan = make_plan(store, TUESDAY, clock=clock, iterations=200)
        assert plan.stops == 1
        bench = bench_of(store, rank(store, TUESDAY))
        done = replan_day(store, bench, plan, clock=clock, iterations=200)
        assert done.difference.nothing
        assert done.plan.stops == 1


def step(who: str, day: date, part: int) -> Proposal:
    """A visit to this person in that part of the day."""
    return Proposal(who, Means.VISIT, day, part, None, "early", "VIS-NC")


def starts(plans: Iterable[Plan]) -> list[datetime]:
    """When visits begin, by the clock of the county."""
    return [
        stop.start.astimezone(SHANGHAI) for plan in plans for r in plan.routes for stop in r.stops
    ]


def test_a_week_goes_on_the_day_and_in_the_part_that_were_accepted(tmp_path: Path) -> None:
    """Of two who could be visited on any day, the one with a step of Thursday after noon is seen
    then;
    the step adds nothing to what the plan is worth."""
    clock, thursday = Clock(), TUESDAY + timedelta(days=2)
    people = [event for who in ("P1", "P2")
              for event in (person(who, spot(5), 9_000_000), *calls(who))]  # fmt: skip
    with county(tmp_path, clock, [crew(), *people]) as store:
        before = plan_week(store, TUESDAY, clock=clock, days=4, iterations=300)
        accept(store, step("P1", thursday, 1), by="", clock=clock)
        after = plan_week(store, TUESDAY, clock=clock, days=4, iterations=300)
    (plan,) = (
        p for p in after.plans if any(s.debtor_id == "P1" for r in p.routes for s in r.stops)
    )
    (at,) = starts([replace(plan, routes=tuple(
        replace(r, stops=tuple(s for s in r.stops if s.debtor_id == "P1")) for r in plan.routes
    ))])  # fmt: skip
    assert at.date() == thursday
    assert 12 <= at.hour < 17
    assert len(starts(after.plans)) == len(starts(before.plans)) == 2
    worth = [sum(s.value for p in one.plans for r in p.routes for s in r.stops)
             for one in (before, after)]  # fmt: skip
    assert worth[1] <= worth[0]


def test_a_day_planned_on_goes_in_the_part_that_was_accepted(tmp_path: Path) -> None:
    """A stop of the morning moves to the late afternoon that somebody accepted after the plan was
    made; a locked one keeps its crew and is still made."""
    clock = Clock()
    near = [person("P1", spot(5), 9_000_000), *calls("P1")]
    with county(tmp_path, clock, [crew(), *near]) as store:
        plan = make_plan(store, TUESDAY, clock=clock, iterations=200)
        accept(store, step("P1", TUESDAY, 2), by="", clock=clock)
        bench = bench_of(store, rank(store, TUESDAY))
        done = replan_day(store, bench, plan, clock=clock, iterations=200)
        (at,) = starts([done.plan])
        assert at.hour == 17
        fixed = replan_day(store, bench, lock(plan, "P1"), clock=clock, iterations=200)
        assert len(starts([fixed.plan])) == 1


def test_a_wait_decided_after_the_plan_counts_when_it_is_planned_on(tmp_path: Path) -> None:
    """Whom the lead lets wait leaves the plan, with the reason."""
    clock = Clock()
    near = [person("P1", spot(5), 9_000_000), *calls("P1")]
    with county(tmp_path, clock, [crew(), *near]) as store:
        plan = make_plan(store, TUESDAY, clock=clock, iterations=200)
        assert plan.stops == 1
        decide_for(store, ["P1"], Decision(WAIT, until=TUESDAY), clock=clock)
        bench = bench_of(store, rank(store, TUESDAY))
        done = replan_day(store, bench, plan, clock=clock, iterations=200)
        assert done.plan.stops == 0
        assert [one.reason for one in done.plan.not_planned] == ["LEAD_WAITS"]
