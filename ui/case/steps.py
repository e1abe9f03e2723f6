"""The next step in words, and the deeds about it: jobs that run off the GUI thread."""

from dataclasses import dataclass
from datetime import date, datetime

from planner.actions.change import Change
from planner.actions.next_step import Proposal, accept, end_step, propose
from planner.actions.plans_agreed import AgreedPlan, plans_of
from planner.clock import Clock, today
from planner.domain.codes import PromiseState
from planner.domain.step import Step
from planner.export import told
from planner.store.steps import load_step
from planner.store.store import Store
from ui import formats
from ui.cases.ranked import ranking_of
from ui.i18n import _, code, ngettext
from ui.remote.told import sentences
from ui.safe.looked import system_user


@dataclass(frozen=True, slots=True)
class NextStep:
    """What stands next with a person: a step that was accepted, else what is proposed; and the
    instalment plan that is kept so far."""

    step: Step | None
    proposal: Proposal | None
    plan: AgreedPlan | None = None


def next_of(store: Store, debtor_id: str, day: date, now: datetime) -> NextStep:
    """Read it; `day` is the window's. PlannerError("store.unknown_person")."""
    with store.read() as conn:
        step = load_step(conn, debtor_id)
        plans = plans_of(conn, debtor_id, today(lambda: now, store.zone))
    plan = next((one for one in plans if one.status == "running"), None)
    proposal = propose(store, debtor_id, now, ranking=ranking_of(store, day))
    return NextStep(step, proposal, plan)


def write_step(store: Store, proposal: Proposal, clock: Clock) -> tuple[None, Change, bytes]:
    """Accept it; answers as a deed does."""
    return None, Change.CONTACTS, accept(store, proposal, by=system_user(), clock=clock)


def write_end(store: Store, debtor_id: str, how: str, clock: Clock) -> tuple[None, Change, bytes]:
    """End the step without a contact; answers as a deed does. PlannerError("step.none")."""
    return None, Change.CONTACTS, end_step(store, debtor_id, how, by=system_user(), clock=clock)


def kept_words(plan: AgreedPlan) -> tuple[str, str]:
    """How a running plan stands: ("Plan kept so far, next instalment 2026-12-12", figures)."""
    parts = plan.terms.instalments
    kept = sum(state is PromiseState.KEPT for state in plan.states)
    if plan.next_due is None:
        head = _("Plan kept so far")
    else:
        head = _("Plan kept so far, next instalment {day}").format(
            day=f"{formats.day(plan.next_due.due)} {formats.weekday(plan.next_due.due)}"
        )
    figures = _("{kept} of {n} instalments paid, {amount} so far. Nobody visits while it is kept.")
    paid = formats.money_exact(plan.paid)
    return head, figures.format(kept=kept, n=len(parts), amount=paid)


def waits_words(one: Proposal) -> str:
    """A step that only follows if a plan is broken."""
    return _("If the instalment stays away: {step}").format(step=step_words(one))


def step_words(one: Step | Proposal) -> str:
    """ "Visit · 2026-11-27 Fri · from 19:00"."""
    parts = [_(told.MEANS[one.means]), f"{formats.day(one.day)} {formats.weekday(one.day)}"]
    if one.part >= 0:
        parts.append(_(told.PARTS[one.part]))
    return " · ".join(parts)


def goal_words(one: Step | Proposal) -> str:
    """What it is for."""
    return code(f"step.objective.{one.objective}")


def why_words(one: Proposal) -> str:
    """Why this step, at this hour."""
    text = code(f"step.why.{one.why}")
    if one.chance is None:
        return text
    share, n = formats.percent(one.chance), one.tries
    if not n:
        more = _("Chance to meet then: {share}, by visits in similar places.").format(share=share)
    else:
        more = ngettext(
            "Chance to meet then: {share}, by {n} visit to this person and similar places.",
            "Chance to meet then: {share}, by {n} visits to this person and similar places.",
            n,
        ).format(share=share, n=n)
    return sentences(text, more)
