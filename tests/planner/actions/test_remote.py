"""Remote areas of the demonstration: bundles out of the book, decisions, wishes for the week."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from planner.actions.outcomes import Outcome
from planner.actions.plan_week import plan_week
from planner.actions.rank import Ranking, rank
from planner.actions.record import record
from planner.actions.remote import Areas, remote_areas
from planner.actions.remote_decisions import MEANS, Decision, decide_for, decisions
from planner.actions.remote_rules import load_rules, save_rules
from planner.actions.waiting import days_waited
from planner.errors import PlannerError
from planner.store.store import Store

DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def clock() -> datetime:
    return NOW


@pytest.fixture
def ranking(demo_store: Store) -> Ranking:
    return rank(demo_store, DAY)


@pytest.fixture
def areas(demo_store: Store, ranking: Ranking) -> Areas:
    return remote_areas(demo_store, ranking)


def test_the_demo_has_remote_areas(areas: Areas) -> None:
    """There are bundles; each person is in one at most; every figure of a trip adds up."""
    rows = [row for one in areas.bundles for row in one.rows]
    assert 3 < len(rows) == len(set(rows)) < len(areas.people)
    for one in areas.bundles:
        assert one.decision in ("GO", "WAIT", "OVERNIGHT", "OUT_OF_REACH")
        assert one.longest_wait == max(areas.waited[row] for row in one.rows)
        for trip in (one.day, one.night):
            if trip:
                assert trip.net == trip.value - trip.cost
                assert set(trip.visits) <= set(one.rows)
        if one.decision == "WAIT":
            assert one.lacking > 0
            assert one.wait_days <= areas.rules.most_wait


def test_waiting_counts_from_the_last_visit(demo_store: Store, ranking: Ranking) -> None:
    """A visit today sets the wait to a day tomorrow; nobody waits for less than nothing."""
    before = days_waited(demo_store, ranking)
    assert before.min() >= 0
    row = int(ranking.order[0])
    who = ranking.table.debtor_ids[row]
    record(demo_store, Outcome(who, "VIS-NC", NOW), clock=lambda: NOW + timedelta(hours=9))
    later = rank(demo_store, DAY + timedelta(days=20))
    assert days_waited(demo_store, later)[later.row(who)] == 21


def test_other_means_exempt_for_a_while(demo_store: Store, areas: Areas) -> None:
    """Who is served by letter up to a day is in no bundle up to it, and is again after it."""
    who = areas.people[areas.bundles[0].rows[0]]
    until = DAY + timedelta(days=3)
    letter = Decision(MEANS, until=until, means="letter")
    decide_for(demo_store, [who], letter, clock=clock)
    assert [one.people for one in decisions(demo_store, until)] == [(who,)]
    assert decisions(demo_store, until + timedelta(days=1)) == ()
    again = remote_areas(demo_store, rank(demo_store, DAY))
    assert who not in again.people
    assert again.exempt == {who: until}
    with pytest.raises(PlannerError, match=r"remote\.means"):
        decide_for(demo_store, [who], replace(letter, means="shout"), clock=clock)


def test_settings_are_kept(demo_store: Store) -> None:
    """A changed rule is in force from then on; the others keep their usual values."""
    save_rules(demo_store, most_wait=60)
    assert save_rules(demo_store, lodging=1).most_wait == 60
    assert load_rules(demo_store).lodging == 1


def test_a_long_wait_puts_people_into_the_week(demo_store: Store, ranking: Ranking) -> None:
    """With a limit that some have reached, those must go, near or far, and the week visits them."""
    waited = days_waited(demo_store, ranking)[ranking.verdicts.eligible]
    limit = int(np.quantile(waited, 0.97)) + 11
    areas = remote_areas(demo_store, ranking, rules=save_rules(demo_store, most_wait=limit))
    week = plan_week(demo_store, DAY, clock=clock, iterations=3000)
    planned = {s.debtor_id for plan in week.plans for route in plan.routes for s in route.stops}
    due = {who for who, days in zip(areas.people, areas.waited, strict=True)
           if days > limit - areas.rules.notice}  # fmt: skip
    assert len(due) > 3
    assert due <= areas.wishes.must
    assert due <= planned | set(week.missed)
    assert len(week.missed) <= len(areas.wishes.must) // 10


def test_a_shortfall_is_named(demo_store: Store, ranking: Ranking) -> None:
    """Crews that are enough are no news; with crews out for ten minutes a day, people are named."""
    assert remote_areas(demo_store, ranking).shortfall is None
    brief = tuple(replace(crew, end=crew.start + 600) for crew in ranking.crews)
    short = remote_areas(demo_store, replace(ranking, crews=brief)).shortfall
    assert short
    assert short.visits
    assert short.seconds > 0
