"""Instalment plans as deeds: terms, proposals, approval, ends, the due list, the draft on paper."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from planner.actions import roles
from planner.actions.due import due_list
from planner.actions.outcomes import Outcome, PlanTerms
from planner.actions.plans_agreed import (
    USUAL,
    Basis,
    agree_plan,
    approve_plan,
    basis,
    drop_terms,
    end_plan,
    load_terms,
    plans_of,
    propose,
    save_terms,
    terms_of,
)
from planner.actions.plans_waiting import (
    change_plan,
    count_waiting,
    decline_plan,
    waiting_plans,
)
from planner.actions.policy import active_policy
from planner.actions.purge import purge
from planner.actions.record import record
from planner.actions.undo import undo_batch
from planner.domain.codes import Channel, PromiseState
from planner.domain.instalments import Household, Instalment
from planner.errors import PlannerError
from planner.export.agreement import Draft, agreement
from planner.policy.check import check_contact
from planner.store.events import NewEvent
from planner.store.facts import load_person_facts
from planner.store.state import derived_hash
from planner.store.store import Store, new_debtor_id
from planner.store.team import COLLECTOR
from planner.store.verify import verify

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 9, 1)  # a Tuesday
NOW = datetime.combine(DAY, time(15), ZONE)
HOME = Household(500_000, 250_000)


def clock() -> datetime:
    return NOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "w.fairvisit", clock=clock) as made:
        yield made


@pytest.fixture
def who(store: Store) -> str:
    """Somebody who owes two lenders 10,000 yuan together."""
    with store.write() as tx:
        found = new_debtor_id(tx, "id:1")
        tx.append([NewEvent("person.listed", found, NOW - timedelta(days=3), {
            "name": "虚构一", "zone": "Asia/Shanghai", "cases": [
                {"case_id": f"{lender}/1", "lender": lender, "contract_no": "1",
                 "amount_overdue": 500_000, "overdue_since": "2026-06-01"}
                for lender in ("甲", "乙")
            ]})])  # fmt: skip
    return found


def plan(*due: str, amount: int = 100_000, approval: tuple[str, ...] = ()) -> PlanTerms:
    """Instalments of 1,000 yuan on these days of 2026."""
    parts = tuple(Instalment(date.fromisoformat(f"2026-{day}"), amount) for day in due)
    return PlanTerms(parts, approval=approval, case_ids=("甲/1", "乙/1"))


def pay(store: Store, who: str, day: str, amount: int) -> None:
    at = datetime.fromisoformat(f"2026-{day}T12:00+08:00")
    with store.write() as tx:
        tx.append([NewEvent("payment", who, at, {"amount": amount})])


def barred(store: Store, who: str, channel: Channel, day: str) -> tuple[str | None, date | None]:
    """The rule that keeps a contact away at noon of a day of 2026, and the first day after it."""
    at = datetime.fromisoformat(f"2026-{day}T12:00+08:00")
    with store.read() as conn:
        facts = load_person_facts(conn, who, at.date())
    answer = check_contact(facts, active_policy(store), channel, at)
    return answer.rule, answer.next_allowed.astimezone(ZONE).date() if answer.next_allowed else None


def test_a_lender_without_own_terms_has_the_usual_ones(store: Store) -> None:
    """Own terms are kept by lender, forgotten again, and refused where they make no sense."""
    save_terms(store, USUAL, longest_months=18)
    save_terms(store, "甲", most_waiver=0.1)
    with store.read() as conn:
        every = load_terms(conn)
    assert (every["甲"].longest_months, every["甲"].most_waiver, every[USUAL].most_waiver) == (
        18, 0.1, 0.0,
    )  # fmt: skip
    with pytest.raises(PlannerError, match=r"instalments\.terms"):
        save_terms(store, "甲", longest_months=0)
    drop_terms(store, "甲")
    with store.read() as conn:
        assert list(load_terms(conn)) == [USUAL]


def test_several_lenders_allow_what_the_strictest_does(store: Store, who: str) -> None:
    """One plan for two lenders keeps to the shorter term, the larger instalment, the least
    waiver."""
    save_terms(store, "甲", longest_months=6, most_waiver=0.3)
    save_terms(store, "乙", least_instalment=50_000)
    found = basis(store, who, DAY)
    terms = found.terms
    assert (terms.longest_months, terms.least_instalment, terms.most_waiver) == (6, 50_000, 0.0)
    assert (found.debt, found.case_ids) == (1_000_000, ("乙/1", "甲/1"))


def test_days_of_rest_move_an_instalment(store: Store, who: str) -> None:
    """An instalment that would fall due in the National Day holidays is due on the first working
    day after them, one on a Sunday on the Monday; the others stay."""
    (one, *_rest) = propose(store, basis(store, who, DAY), HOME, date(2026, 9, 3))
    assert [part.due.isoformat() for part in one.instalments][:4] == [
        "2026-09-03", "2026-10-08", "2026-11-03", "2026-12-03",
    ]  # fmt: skip
    (sunday, *_rest) = propose(store, basis(store, who, DAY), HOME, date(2026, 9, 13))
    assert sunday.instalments[0].due == date(2026, 9, 14)


def test_contact_rests_while_a_plan_is_kept(store: Store, who: str) -> None:
    """The next open instalment keeps contact away up to the end of its day of grace; once
    it is paid the following one does; once it is broken nothing of the plan does."""
    agree_plan(store, who, plan("09-10", "10-12", "11-10"), clock=clock)
    for channel in (Channel.CALL, Channel.MESSAGE):
        rule, until = barred(store, who, channel, "09-02")
        assert (rule, until) == ("cn.law.plan.card", date(2026, 9, 12))
    pay(store, who, "09-11", 100_000)
    assert barred(store, who, Channel.CALL, "09-12") == ("cn.law.plan.card", date(2026, 10, 14))
    assert barred(store, who, Channel.CALL, "10-13")[0] == "cn.law.plan.card"
    assert barred(store, who, Channel.CALL, "10-14")[0] is None
    assert barred(store, who, Channel.CALL, "11-09")[0] is None


def test_a_plan_kept_to_its_end_is_done(store: Store, who: str) -> None:
    """All paid, some of it ahead of time: the plan is done and rests no contact any more."""
    agree_plan(store, who, plan("09-10", "10-12"), clock=clock)
    pay(store, who, "09-02", 200_000)
    with store.read() as conn:
        (one,) = plans_of(conn, who, date(2026, 9, 3))
    assert (one.status, one.paid, one.next_due) == ("done", 200_000, None)
    assert barred(store, who, Channel.CALL, "09-03")[0] is None


def test_a_proposal_promises_nothing_before_the_lead_agrees(store: Store, who: str) -> None:
    """What needs approval has no instalments until it is approved, and cannot be approved twice."""
    plan_id, _ = agree_plan(store, who, plan("10-12", approval=("months",)), clock=clock)
    with store.read() as conn:
        (one,) = plans_of(conn, who, DAY)
        assert (one.status, one.states) == ("proposed", ())
        assert load_person_facts(conn, who, DAY).promises == ()
    with pytest.raises(PlannerError, match=r"instalments\.no_reason"):
        approve_plan(store, who, plan_id, reason=" ", by="组长", clock=clock)
    approve_plan(store, who, plan_id, reason="可行", by="组长", clock=clock)
    with store.read() as conn:
        (one,) = plans_of(conn, who, DAY)
    assert (one.status, one.states) == ("running", (PromiseState.PENDING,))
    with pytest.raises(PlannerError, match=r"instalments\.not_proposed"):
        approve_plan(store, who, plan_id, reason="可行", by="组长", clock=clock)
    assert verify(store).ok


def test_what_was_paid_while_the_lead_was_asked_counts(store: Store, who: str) -> None:
    """A down payment made on the day of the visit is kept when the lead agrees two days later; one
    that was not made is due on the day of the yes."""
    later = NOW + timedelta(days=2)
    terms = plan("09-01", "10-12", approval=("months",))
    plan_id, _ = agree_plan(store, who, terms, clock=clock)
    yes = approve_plan(store, who, plan_id, reason="可行", by="组长", clock=lambda: later)
    with store.read() as conn:
        due = [one.due for one in load_person_facts(conn, who, later.date()).promises]
    assert due == [later.date(), date(2026, 10, 12)]
    undo_batch(store, yes)
    pay(store, who, "09-02", 100_000)
    approve_plan(store, who, plan_id, reason="可行", by="组长", clock=lambda: later)
    with store.read() as conn:
        (one,) = plans_of(conn, who, later.date())
    assert one.states == (PromiseState.KEPT, PromiseState.PENDING)
    assert verify(store).ok


def test_proposals_are_listed_until_the_lead_decides(store: Store, who: str) -> None:
    """Each stands with what is owed, what the lenders allow and what would end with it; declined it
    says why, and undone it waits again."""
    running, _ = agree_plan(store, who, plan("10-12"), clock=clock)
    terms = replace(plan("10-12", "11-12", approval=("waiver",)), waived=50_000, told=HOME)
    plan_id, _ = agree_plan(store, who, terms, clock=clock, by="外访一")
    (one,) = waiting_plans(store, DAY)
    assert (one.debtor_id, one.debt, one.total, one.last) == (
        who, 1_000_000, 200_000, date(2026, 11, 12)
    )  # fmt: skip
    assert set(one.lenders) == {"甲", "乙"}
    assert one.waived_share == 0.2
    assert one.instead is not None
    assert one.instead.plan_id == running
    for wrong in ({"reason": " ", "by": "组长"}, {"reason": "太久", "by": ""}):
        with pytest.raises(PlannerError, match=r"instalments\.no_reason"):
            decline_plan(store, who, plan_id, clock=clock, **wrong)
    batch = decline_plan(store, who, plan_id, reason="减免太多", by="组长", clock=clock)
    with store.read() as conn:
        assert count_waiting(conn) == 0
        said = {p.plan_id: (p.status, p.why) for p in plans_of(conn, who, DAY)}
    assert said == {plan_id: ("declined", "减免太多"), running: ("running", "")}
    with pytest.raises(PlannerError, match=r"instalments\.over"):
        end_plan(store, who, plan_id, reason="x", clock=clock)
    undo_batch(store, batch)
    assert len(waiting_plans(store, DAY)) == 1


def test_the_lead_agrees_to_another_plan(store: Store, who: str) -> None:
    """What the person agreed to instead runs at once, in one deed with the end of the proposal
    and of what ran; undone all is as before."""
    agree_plan(store, who, plan("10-12"), clock=clock)
    plan_id, _ = agree_plan(store, who, plan("10-12", approval=("months",)), clock=clock)
    with store.read() as conn:
        before = derived_hash(conn)
    other = plan("09-28", "10-28", approval=("months",))
    fresh, batch = change_plan(
        store, who, plan_id, other, reason="早些开始", by="组长", clock=clock
    )
    with store.read() as conn:
        said = {p.plan_id: p.status for p in plans_of(conn, who, DAY)}
    assert said.pop(fresh) == "running"
    assert sorted(said.values()) == ["declined", "ended"]
    assert verify(store).ok
    undo_batch(store, batch)
    with store.read() as conn:
        assert derived_hash(conn) == before
    for wrong, code in ((plan("08-28"), "due_in_past"), (PlanTerms(()), "empty")):
        with pytest.raises(PlannerError) as refused:
            change_plan(store, who, plan_id, wrong, reason="x", by="组长", clock=clock)
        assert refused.value.code == f"instalments.{code}"


def test_a_collector_decides_no_plan(
    store: Store, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Yes, no and another plan are the lead's alone; the list is read by everybody."""
    terms = plan("10-12", approval=("months",))
    plan_id, _ = agree_plan(store, who, terms, clock=clock)
    monkeypatch.setattr(roles, "role", lambda _conn: COLLECTOR)
    with pytest.raises(PlannerError, match=r"team\.lead_only"):
        approve_plan(store, who, plan_id, reason="x", by="外访", clock=clock)
    with pytest.raises(PlannerError, match=r"team\.lead_only"):
        decline_plan(store, who, plan_id, reason="x", by="外访", clock=clock)
    with pytest.raises(PlannerError, match=r"team\.lead_only"):
        change_plan(store, who, plan_id, terms, reason="x", by="外访", clock=clock)
    assert len(waiting_plans(store, DAY)) == 1


def test_a_new_plan_takes_the_place_of_the_old(store: Store, who: str) -> None:
    """Agreed at the door, it ends the running one in the same entry; one undo brings that back."""
    agree_plan(store, who, plan("09-10", "10-12"), clock=clock)
    with store.read() as conn:
        before = derived_hash(conn)
    done = record(
        store, Outcome(who, "VIS-RPC", NOW, result="OUT-PLAN", plan=plan("09-20")), clock=clock
    )
    with store.read() as conn:
        assert {one.status for one in plans_of(conn, who, DAY)} == {"running", "ended"}
        assert [one.due for one in load_person_facts(conn, who, DAY).promises] == [
            date(2026, 9, 20)
        ]
    undo_batch(store, done.batch)
    with store.read() as conn:
        assert derived_hash(conn) == before
    assert verify(store).ok


def test_an_ended_plan_keeps_what_fell_due(store: Store, who: str) -> None:
    """Ended by the lead: what is still to come is owed by it no more, and it cannot end twice."""
    plan_id, _ = agree_plan(store, who, plan("09-01", "10-12"), clock=clock)
    later = NOW + timedelta(days=9)
    end_plan(store, who, plan_id, reason="改为一次结清", clock=lambda: later)
    with store.read() as conn:
        facts = load_person_facts(conn, who, later.date())
        (one,) = plans_of(conn, who, later.date())
    assert [one.due for one in facts.promises] == [date(2026, 9, 1)]
    assert one.status == "ended"
    with pytest.raises(PlannerError, match=r"instalments\.over"):
        end_plan(store, who, plan_id, reason="x", clock=lambda: later)


def test_what_cannot_be_agreed_is_refused(store: Store, who: str) -> None:
    """A plan without instalments, one in the past, an unknown plan: nothing is written."""
    with pytest.raises(PlannerError, match=r"instalments\.empty"):
        agree_plan(store, who, plan(), clock=clock)
    with pytest.raises(PlannerError, match=r"instalments\.due_in_past"):
        agree_plan(store, who, plan("08-31"), clock=clock)
    with pytest.raises(PlannerError, match=r"instalments\.unknown"):
        end_plan(store, who, "none", reason="x", clock=clock)
    with pytest.raises(PlannerError, match=r"record\.promise_incomplete"):
        record(store, Outcome(who, "VIS-RPC", NOW, result="OUT-PLAN"), clock=clock)


def test_figures_are_kept_with_consent_only(store: Store, who: str) -> None:
    """Without consent nothing of what the household said is written; with it, the plan has it."""
    whom = basis(store, who, DAY)
    variant = propose(store, whom, HOME, whom.first)[0]
    for told in (None, HOME):
        agree_plan(store, who, terms_of(variant, whom, DAY, told), clock=clock)
        with store.read() as conn:
            running = [one for one in plans_of(conn, who, DAY) if one.status == "running"]
        assert [one.terms.told for one in running] == [told]


def test_a_down_payment_is_the_first_instalment(store: Store, who: str) -> None:
    """Paid at once counts as due on the day of the agreement; the rest is spread."""
    whom = basis(store, who, DAY)
    (variant, *_rest) = propose(store, whom, HOME, whom.first, down=200_000)
    terms = terms_of(variant, whom, DAY)
    assert terms.instalments[0] == Instalment(DAY, 200_000)
    assert sum(one.amount for one in terms.instalments) == whom.debt


def test_the_due_list_says_what_comes_and_what_stays_out(store: Store, who: str) -> None:
    """Open ones before the day first, then those of a week; sums of this week; kept shares of what
    is over; nothing of a plan that has lapsed."""
    agree_plan(store, who, plan("09-07", "09-21", "10-09"), clock=clock)
    pay(store, who, "09-07", 100_000)
    found = due_list(store, date(2026, 9, 21))
    assert (found.overdue, [(one.number, one.of, one.left) for one in found.lines]) == (
        (), [(2, 3, 100_000)],
    )  # fmt: skip
    assert (found.expected, found.got, found.kept_share) == (100_000, 0, 1.0)
    grace = due_list(store, date(2026, 9, 22))
    assert [one.state for one in grace.overdue] == [PromiseState.PENDING]
    late = due_list(store, date(2026, 10, 7))
    assert [one.state for one in late.overdue] == [PromiseState.BROKEN]
    assert (late.lines, late.kept, late.judged) == ((), 1, 2)


def test_the_draft_is_one_page_a_language_and_the_same_each_time(
    store: Store, who: str, tmp_path: Path
) -> None:
    """A PDF in both languages; the same plan and moment give the same bytes."""
    whom: Basis = basis(store, who, DAY)
    terms = terms_of(propose(store, whom, HOME, whom.first)[0], whom, DAY)
    one = agreement(Draft(whom, terms, NOW), tmp_path / "a.pdf", ("zh_CN", "en"))
    two = agreement(Draft(whom, terms, NOW), tmp_path / "b.pdf", ("zh_CN", "en"))
    assert one.read_bytes() == two.read_bytes()
    assert one.read_bytes().count(b"/Type /Page\n") == 2
    assert os.name != "posix" or one.stat().st_mode & 0o077 == 0


def test_a_plan_goes_with_the_lender_it_is_about(store: Store, who: str) -> None:
    """Of a person who stays for another lender: a plan about the lender's loan alone goes, one
    about both stays for the other loan."""
    agree_plan(store, who, PlanTerms(plan("09-10").instalments, case_ids=("甲/1",)), clock=clock)
    agree_plan(store, who, plan("09-20"), clock=clock)
    purge(store, "甲", reason="委托结束", by="组长", clock=clock)
    with store.read() as conn:
        (fresh,) = conn.execute("SELECT debtor_id FROM instalment_plan JOIN who USING (pid)")
        found = plans_of(conn, fresh[0], DAY)
    assert [one.terms.case_ids for one in found] == [("乙/1",)]
    assert verify(store).ok
