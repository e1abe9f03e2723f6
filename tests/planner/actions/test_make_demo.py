"""The demo workspace works in any year, also before that year's holidays are published."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from planner.actions.make_demo import make_demo
from planner.actions.make_plan import make_plan
from planner.actions.policy import active_policy
from planner.errors import PlannerError
from planner.policy.workdays import next_working_day
from planner.store.store import Store


@pytest.mark.parametrize("today", [date(2026, 12, 31), date(2027, 3, 1), date(2029, 6, 4)])
def test_a_demo_of_any_year_can_be_planned(tmp_path: Path, today: date) -> None:
    """The next working day has a plan with stops, whatever calendars are published by then."""

    def clock() -> datetime:
        return datetime(today.year, today.month, today.day, 1, tzinfo=UTC)

    path, _ = make_demo(tmp_path, today, clock=clock)
    with Store.open(path, clock=clock) as store:
        day = next_working_day(active_policy(store), today)
        plan = make_plan(store, day, clock=clock, iterations=200)
    assert plan.stops > 10


def test_an_existing_demo_is_not_overwritten(tmp_path: Path) -> None:
    """Somebody may have recorded visits in it: without `replace` it is refused."""

    def clock() -> datetime:
        return datetime(2026, 11, 23, 1, tzinfo=UTC)

    make_demo(tmp_path, date(2026, 11, 23), clock=clock)
    with pytest.raises(PlannerError) as refused:
        make_demo(tmp_path, date(2026, 11, 23), clock=clock)
    assert refused.value.code == "demo.exists"
