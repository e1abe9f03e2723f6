"""Two histories from the first call to an agreement, planned by the engine every working day."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from planner.actions.make_plan import make_plan
from planner.actions.outcomes import Outcome, PlanTerms
from planner.actions.plans_agreed import basis, plans_of, propose, terms_of
from planner.actions.rank import rank
from planner.actions.record import record
from planner.domain.codes import PromiseState
from planner.domain.instalments import Household
from planner.domain.promise import promise_states
from planner.errors import PlannerError
from planner.policy.workdays import next_working_day
from planner.ranking.features import features
from planner.store.events import NewEvent
from planner.store.facts import load_person_facts
from planner.store.store import Store, new_debtor_id
from planner.store.verify import verify

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 3, 2)  # a Monday
HOME = (30.0, 110.0)


class Moving:
    """A clock that is moved from day to day."""

    def __init__(self) -> None:
        self.now = datetime.combine(FIRST, time(8), ZONE)

    def __call__(self) -> datetime:
        return self.now


class Life:
    """One person, one crew: each morning is planned for itself, with a visit or without."""

    def __init__(self, folder: Path, amount: int, overdue: date) -> None:
        self.clock = Moving()
        self.store = Store.create(folder / "life.fairvisit", clock=self.clock)
        with self.store.write() as tx:
            self.who = new_debtor_id(tx, "id:1")
            tx.append([_crew(self.clock()), _listed(self.who, self.clock(), amount, overdue)])

    def call(self, day: date, hour: int, code: str = "CALL-NA", result: str = "") -> None:
        """A call at that hour."""
        at = datetime.combine(day, time(hour), ZONE)
        self.clock.now = at
        record(
            self.store, Outcome(self.who, code, at, result=result, phone="199"), clock=self.clock
        )

    def pay(self, day: date, amount: int) -> None:
        """Money arrives at noon."""
        at = datetime.combine(day, time(12), ZONE)
        with self.store.write() as tx:
            tx.append([NewEvent("payment", self.who, at, {"amount": amount})])

    def visit_on(self, day: date) -> datetime | None:
        """When the day's plan, made at eight in the morning, comes to the person's door."""
        self.clock.now = datetime.combine(day, time(8), ZONE)
        try:
            plan = make_plan(self.store, day, clock=self.clock, iterations=60, reason="history")
        except PlannerError as error:
            if error.code != "plan.no_crew":
                raise
            return None
        return next((stop.start for route in plan.routes for stop in route.stops), None)

    def next_visit(self, day: date, most: int = 40) -> datetime:
        """The first visit that is planned from `day` on."""
        for ahead in range(most):
            at = self.visit_on(day + timedelta(days=ahead))
            if at is not None:
                return at
        raise AssertionError(f"nobody goes there within {most} days")

    def met(self, at: datetime, result: str, **more: Any) -> None:
        """The person was at home."""
        self.clock.now = at + timedelta(hours=2)
        record(self.store, Outcome(self.who, "VIS-RPC", at, result=result, **more),
               clock=self.clock)  # fmt: skip

    def plan(self, at: datetime, income: int) -> PlanTerms:
        """The easiest plan of a household with that income, as worked out at the door."""
        day = at.astimezone(ZONE).date()
        whom = basis(self.store, self.who, day)
        told = Household(income, 200_000, dependants=50_000)
        return terms_of(propose(self.store, whom, told, whom.first)[-1], whom, day, told)

    def states(self, day: date) -> list[PromiseState]:
        """What became of each promise by the end of `day`."""
        with self.store.read() as conn:
            facts = load_person_facts(conn, self.who, day)
        return list(promise_states(facts.promises, facts.promises_paid, day))

    def status(self, day: date) -> str:
        """How the newest plan stands."""
        with self.store.read() as conn:
            return plans_of(conn, self.who, day)[0].status

    def rule(self, day: date) -> str | None:
        """What keeps visits away that day."""
        ranking = rank(self.store, day)
        return ranking.rule(ranking.row(self.who))


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Life]:
    """12,000 yuan, two months late."""
    life = Life(tmp_path, 1_200_000, FIRST - timedelta(days=60))
    yield life
    life.store.close()


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Life]:
    """180,000 yuan, fourteen months late."""
    life = Life(tmp_path, 18_000_000, FIRST - timedelta(days=420))
    yield life
    life.store.close()


def test_calls_in_vain_then_one_visit_and_a_plan_that_is_kept(small: Life) -> None:
    """Unanswered calls lead to one visit; the plan agreed there ends the visits, on every working
    day that is planned, for as long as it is kept; when an instalment stays out they may go on."""
    assert small.visit_on(FIRST) is None
    assert small.rule(FIRST) == "gate.call_first"
    for ahead, hour in ((0, 10), (1, 15), (3, 19)):
        small.call(FIRST + timedelta(days=ahead), hour)
    at = small.next_visit(FIRST + timedelta(days=4))
    terms = small.plan(at, 500_000)
    assert not terms.approval
    assert len(terms.instalments) >= 4
    small.met(at, "OUT-PLAN", plan=terms)
    day = at.astimezone(ZONE).date()
    *kept, last, _never = terms.instalments
    for part in kept:
        while day < part.due:
            day += timedelta(days=1)
            if day.isoweekday() in (1, 3, 5) or day == part.due:
                assert small.visit_on(day) is None, day
        small.pay(part.due, part.amount)
    assert small.status(day) == "running"
    assert small.states(day).count(PromiseState.KEPT) == len(kept)
    broken = last.due + timedelta(days=2)
    small.clock.now = datetime.combine(broken, time(8), ZONE)
    assert small.visit_on(last.due + timedelta(days=1)) is None
    assert small.status(broken) == "broken"
    assert small.states(broken)[-2:] == [PromiseState.BROKEN, PromiseState.LAPSED]
    assert small.rule(broken) not in ("cn.law.plan.card", "gate.plan", "gate.live_promise")
    assert verify(small.store).ok


def test_a_broken_promise_brings_a_second_visit_and_then_an_agreement(large: Life) -> None:
    """A large, old debt of somebody who evades: calls refused, a first visit ends in a promise, it
    is broken, the second visit comes after the pause the rules ask for and ends in a plan that the
    lead has to approve."""
    large.call(FIRST, 10, "CALL-REJ")
    large.call(FIRST + timedelta(days=1), 15, "CALL-REJ")
    large.call(FIRST + timedelta(days=2), 11)
    first = large.next_visit(FIRST + timedelta(days=3))
    day = first.astimezone(ZONE).date()
    due = next_working_day(rank(large.store, day).policy, day + timedelta(days=6))
    large.met(first, "OUT-PTP", amount=2_000_000, due=due)
    before = rank(large.store, day)
    for ahead in range(1, (due - day).days + 2):
        assert large.visit_on(day + timedelta(days=ahead)) is None
    over = due + timedelta(days=2)
    assert large.states(over) == [PromiseState.BROKEN]
    second = large.next_visit(over)
    again = second.astimezone(ZONE).date()
    after = rank(large.store, again)
    evasion = [
        features(one.table, one.day, one.params).evasion[one.row(large.who)]
        for one in (before, after)
    ]
    assert evasion[1] > evasion[0]
    terms = large.plan(second, 1_200_000)
    assert terms.approval
    large.met(second, "OUT-PLAN", plan=terms)
    assert large.status(again) == "proposed"
    assert large.visit_on(next_working_day(after.policy, again)) is None
    assert verify(large.store).ok


def _crew(now: datetime) -> NewEvent:
    return NewEvent("crew.listed", "", now, {
        "crew_id": "K1", "name": "一组", "members": [{"collector_id": "M1", "name": "虚构一"},
                                                  {"collector_id": "M2", "name": "虚构二"}],
        "lat": HOME[0], "lon": HOME[1], "start": 9 * 3600, "end": 19 * 3600,
        "weekdays": [1, 2, 3, 4, 5, 6],
    })  # fmt: skip


def _listed(who: str, now: datetime, amount: int, overdue: date) -> NewEvent:
    return NewEvent("person.listed", who, now, {
        "name": "虚构三", "phones": ["199"], "zone": "Asia/Shanghai",
        "addresses": [{"address_id": "A1", "text": "虚构市一号", "kind": 0, "region": 1, "grade": 0,
                       "lat": HOME[0] + 0.05, "lon": HOME[1] + 0.02}],
        "cases": [{"case_id": "L/1", "lender": "L", "contract_no": "1", "amount_overdue": amount,
                   "overdue_since": overdue}],
    })  # fmt: skip
