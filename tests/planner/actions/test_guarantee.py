"""Nobody who may be visited waits longer than the longest wait: workspaces lived through by days.

The long runs (ninety days of the demonstration, by days and by weeks) come with `--full`.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from county import add, calls, county, crew, person, spot
from rolling import Diary, Life, Moving, by_days, by_weeks

from planner.actions.make_demo import make_demo
from planner.actions.plan_week import plan_week
from planner.actions.policy import confirm_calendar
from planner.actions.rank import rank
from planner.actions.remote_decisions import MEANS, Decision, decide_for
from planner.actions.remote_rules import save_rules
from planner.actions.waiting import capacity
from planner.store.events import NewEvent
from planner.store.store import Store

MONDAY = date(2026, 11, 23)
RULES = {"most_wait": 21, "notice": 10}


class Comers:
    """New people every Monday: a third of them in villages, poor ones everywhere."""

    def __init__(self, store: Store, seed: int, weekly: int) -> None:
        self.store, self.weekly = store, weekly
        self.rng = np.random.default_rng(seed)
        self.count = 0

    def __call__(self, day: date) -> None:
        """Lets this Monday's people come."""
        if day.weekday() == 0:
            add(self.store, self.people(self.weekly))

    def people(self, count: int) -> list[NewEvent]:
        """So many people, listed now and called in vain before."""
        now, events = self.store.clock(), []
        for _ in range(count):
            who = f"N{self.count}"
            self.count += 1
            far = self.rng.random() < 0.33
            angle = 2 * np.pi * self.rng.integers(0, 3) / 3
            centre = (70 * np.cos(angle), 70 * np.sin(angle)) if far else (0.0, 0.0)
            north, east = self.rng.normal(0, 4, 2) + centre
            amount = int(self.rng.lognormal(np.log(900_000), 1.0))
            one = person(who, spot(north, east), amount)
            events += [NewEvent(one.kind, who, now, one.payload), *calls(who, now)]
        return events


def lived(
    folder: Path, seed: int, weekly: int, crews: int, *, days: int = 35, hours: int = 9,
    run: Callable[..., Diary] = by_days, first: int = 40, **rules: int,
) -> tuple[Diary, Life]:  # fmt: skip
    """A county with so many crews and newcomers a week, lived through."""
    clock = Moving(datetime(2026, 11, 23, 0, tzinfo=UTC))
    store = county(folder, clock, [crew(f"C{k}", spot(k), end=9 + hours) for k in range(crews)])
    confirm_calendar(store, "CN", 2027)
    save_rules(store, **(RULES | rules))
    come = Comers(store, seed, weekly)
    add(store, come.people(first))
    life = Life(store, clock, seed=seed, limit=(RULES | rules)["most_wait"])
    diary = run(life, MONDAY, days, 200, come)
    return diary, life


@pytest.mark.parametrize(("seed", "run"), [(1, by_days), (2, by_weeks)])
def test_with_crews_enough_nobody_waits_too_long(
    tmp_path: Path, seed: int, run: Callable[..., Diary]
) -> None:
    """Five weeks with newcomers near and far, planned by days or by weeks: with crews enough no
    shortfall is named and nobody waits longer than three weeks, poor or far as they may be."""
    diary, life = lived(tmp_path, seed, 25, 2, run=run)
    assert diary.named == {}
    assert diary.late == {}
    assert diary.longest <= 21
    assert diary.visits > 100
    life.store.close()


def test_without_the_rule_somebody_waits(tmp_path: Path) -> None:
    """The same county with no limit: some are never worth a visit and wait for ever."""
    diary, life = lived(tmp_path, 1, 25, 2, most_wait=3000)
    assert diary.longest > 30
    life.store.close()


def test_who_comes_too_late_was_named_before(tmp_path: Path) -> None:
    """One crew with three hours a day for far too many: whoever waits too long was among those of a
    shortfall that was named, with its hours and day, on an earlier day."""
    diary, life = lived(tmp_path, 3, 45, 1, hours=3, days=35, first=60)
    assert diary.late
    first = min(diary.named)
    assert first < min(diary.late.values())
    assert all(diary.warned(who, day) for who, day in diary.late.items())
    day, seconds, people = diary.named[first]
    assert day > first
    assert seconds > 0
    assert people
    life.store.close()


def test_the_leads_decision_is_the_only_other_way_out(tmp_path: Path) -> None:
    """People served by letter for a while are not visited, are no lateness, and afterwards are."""
    clock = Moving(datetime(2026, 11, 23, 0, tzinfo=UTC))
    poor = [f"P{k}" for k in range(3)]
    events = [person(who, spot(90, k), 300_000) for k, who in enumerate(poor)]
    with county(tmp_path, clock, [crew(), *events, *(c for w in poor for c in calls(w))]) as store:
        save_rules(store, **RULES)
        until = MONDAY + timedelta(days=25)
        letter = Decision(MEANS, until=until, means="letter")
        decide_for(store, poor, letter, clock=clock)
        life = Life(store, clock, seed=1, limit=21)
        met = by_days(life, MONDAY, 26, 100, lambda day: None)
        assert (met.visits, met.late) == (0, {})
        met = by_days(life, until + timedelta(days=1), 14, 100, lambda day: None)
        assert met.visits >= 3
        assert met.late == {}


def test_capacity_knows_weekdays_holidays_and_crews(tmp_path: Path) -> None:
    """A Sunday and a statutory holiday have no hours; one person alone is no crew here."""
    clock = Moving(datetime(2026, 11, 23, 0, tzinfo=UTC))
    single = crew("C2")
    lone = NewEvent(single.kind, "", single.occurred_at,
                    single.payload | {"members": single.payload["members"][:1]})  # fmt: skip
    with county(tmp_path, clock, [crew(), lone]) as store:
        confirm_calendar(store, "CN", 2027)
        ranking = rank(store, MONDAY)
        room = capacity(ranking.policy, ranking.crews, MONDAY, 45)
        assert room[:7].tolist() == [9 * 3600] * 6 + [0]
        assert room[(date(2027, 1, 1) - MONDAY).days] == 0


@pytest.mark.full
@pytest.mark.parametrize(("run", "iterations"), [(by_days, 200), (by_weeks, 1500)])
def test_ninety_days_of_the_demonstration(
    tmp_path: Path,
    run: Callable[..., Diary],
    iterations: int,
    record_property: Callable[[str, object], None],
) -> None:
    """The demonstration's book for ninety days: nobody waits longer than 45 of them."""
    clock = Moving(datetime(2026, 11, 23, 0, 30, tzinfo=UTC))
    path, _ = make_demo(tmp_path, MONDAY, clock=clock)
    with Store.open(path, clock=clock) as store:
        confirm_calendar(store, "CN", 2027)
        life = Life(store, clock, seed=1, limit=45)
        diary = run(life, MONDAY, 90, iterations, lambda day: None)
        record_property("visits", diary.visits)
        record_property("longest wait", diary.longest)
        assert diary.late == {}
        assert diary.named == {}
        assert plan_week(store, MONDAY + timedelta(days=91), clock=clock, iterations=50,
                         reason="run").plans  # fmt: skip
