"""Planning on heeds the lead: an ordered visit does not leave for want of value, a wait is kept."""

from datetime import timedelta
from pathlib import Path

from county import START, Clock, calls, county, crew, person, spot

from planner.actions.edit_plan import bench_of
from planner.actions.make_plan import make_plan
from planner.actions.rank import rank
from planner.actions.remote_decisions import GO, WAIT, Decision, decide_for
from planner.actions.replan_day import replan_day

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
