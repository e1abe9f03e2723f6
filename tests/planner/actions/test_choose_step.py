"""Another next step than the proposed one: taken within the rules, refused with the rule."""

from datetime import date, datetime, timedelta

import pytest
from demo_time import DEMO_DAY, DEMO_NOW

from planner.actions.choose_step import chosen_step
from planner.actions.next_step import accept, propose
from planner.actions.plans_agreed import agree_plan, basis, terms_of
from planner.actions.plans_agreed import propose as plans_for
from planner.actions.rank import Ranking, rank
from planner.domain.codes import Channel
from planner.domain.instalments import Household
from planner.domain.step import ANY_PART, Means
from planner.errors import PlannerError
from planner.policy.check import check_contact
from planner.store.facts import load_person_facts
from planner.store.steps import load_step
from planner.store.store import Store


def now() -> datetime:
    return DEMO_NOW + timedelta(hours=4)


@pytest.fixture
def ranking(demo_store: Store) -> Ranking:
    """The demo's book on its day."""
    return rank(demo_store, DEMO_DAY)


@pytest.fixture
def who(ranking: Ranking) -> str:
    """Somebody who may be visited."""
    rows = ranking.verdicts.eligible.nonzero()[0]
    return ranking.table.debtor_ids[int(rows[0])]


def test_a_choice_is_permitted_or_refused_with_its_rule(
    demo_store: Store, ranking: Ranking, who: str
) -> None:
    """Each part of three weeks by each way is either at a moment that `check_contact` permits on
    that very day, or names why not; what is permitted is kept as it was chosen."""
    at = now()
    found = propose(demo_store, who, at, ranking=ranking)
    assert found is not None
    with demo_store.read() as conn:
        facts = load_person_facts(conn, who, DEMO_DAY)
    codes, taken = set(), None
    for later in range(14):
        for part in (ANY_PART, 0, 2, 3):
            for means in (Means.CALL, Means.VISIT):
                day = DEMO_DAY + timedelta(days=later)
                try:
                    one = chosen_step(demo_store, found, means, day, part, at, ranking=ranking)
                except PlannerError as error:
                    codes.add(error.code)
                    continue
                assert one.at is not None
                assert (one.means, one.day, one.part, one.why) == (means, day, part, "chosen")
                assert one.at.date() == day
                answer = check_contact(facts, ranking.policy, Channel(means.value), one.at)
                assert answer.allowed
                taken = one
    assert "step.barred" in codes
    assert codes <= {"step.barred", "step.nobody_works"}
    assert taken is not None
    accept(demo_store, taken, by="周平", clock=now)
    with demo_store.read() as conn:
        step = load_step(conn, who)
    assert step is not None
    assert (step.means, step.day, step.part) == (taken.means, taken.day, taken.part)


def test_what_cannot_be_chosen(demo_store: Store, ranking: Ranking, who: str) -> None:
    """A day that is over and one beyond a year are refused; the lead is no contact, so no rule bars
    it, on a Sunday either."""
    found = propose(demo_store, who, now(), ranking=ranking)
    assert found is not None
    for day, code in ((DEMO_DAY - timedelta(days=1), "past"), (date(2028, 1, 3), "far")):
        with pytest.raises(PlannerError) as refused:
            chosen_step(demo_store, found, Means.CALL, day, 0, now(), ranking=ranking)
        assert refused.value.code == f"step.{code}"
    sunday = DEMO_DAY + timedelta(days=6)
    lead = chosen_step(demo_store, found, Means.LEAD, sunday, 2, now(), ranking=ranking)
    assert (lead.part, lead.at, lead.objective) == (ANY_PART, None, "clarify")


def test_nobody_is_visited_while_a_plan_is_kept(demo_store: Store, who: str) -> None:
    """With a running plan what is proposed is no visit, and only after the day of grace of the next
    instalment; the plan's rule refuses a visit chosen by hand before."""
    whom = basis(demo_store, who, DEMO_DAY)
    (variant, *_more) = plans_for(demo_store, whom, Household(5_000_000, 100_000), whom.first)
    terms = terms_of(variant, whom, DEMO_DAY)
    agree_plan(demo_store, who, terms, clock=now)
    found = propose(demo_store, who, now())
    assert found is not None
    assert found.means in (Means.CALL, Means.MESSAGE, Means.LEAD)
    if found.means is not Means.LEAD:
        assert found.why == "plan_over"
        assert found.day > terms.instalments[0].due + timedelta(days=1)
    with pytest.raises(PlannerError) as refused:
        chosen_step(demo_store, found, Means.VISIT, DEMO_DAY + timedelta(days=3), 1, now())
    assert refused.value.code == "step.barred"
