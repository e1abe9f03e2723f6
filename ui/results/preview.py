"""What each outcome would lead to, computed off the GUI thread before anybody presses it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from planner.actions.change import Change
from planner.actions.correct import correct
from planner.actions.outcomes import Outcome
from planner.actions.policy import active_policy
from planner.actions.record import Consequence, consequence, record
from planner.clock import Clock
from planner.domain.codes import Channel
from planner.domain.facts import PersonFacts
from planner.errors import PlannerError
from planner.policy.check import Answer, check_contact
from planner.policy.pack import Rulebook
from planner.policy.workdays import next_working_day
from planner.store.facts import load_person_facts
from planner.store.store import Store
from ui.results.choices import CHOICES

PROMISE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Preview:
    """For a visit of `base` (person, moment, address): each choice's consequence.

    `answer` says whether the rules permit the visit at all; `overdue` is the sum of open cases,
    `due` the day offered for a promise.
    """

    base: Outcome
    answer: Answer
    consequences: dict[tuple[str, str], Consequence]
    overdue: int
    due: date


@dataclass(frozen=True, slots=True)
class Saved:
    """A written outcome: the rules it broke, and what bars the next visit until when."""

    outcome: Outcome
    broken: tuple[str, ...]
    after: Consequence


def due_day(policy: Rulebook, day: date) -> date:
    """The first working day from a week after `day` on."""
    try:
        return next_working_day(policy, day + timedelta(days=PROMISE_DAYS - 1))
    except PlannerError:
        return day + timedelta(days=PROMISE_DAYS)


def load_preview(store: Store, base: Outcome) -> Preview:
    """Judge every choice for `base`; its code is not read. "store.unknown_person" if so."""
    policy, facts = active_policy(store), _facts(store, base)
    day = base.at.astimezone(ZoneInfo(facts.zone)).date()
    due = due_day(policy, day)
    found = {}
    for choice in CHOICES:
        outcome = replace(base, code=choice.code, result=choice.result)
        if "due" in choice.asks:
            outcome = replace(outcome, amount=max(1, facts.amount), due=due)
        found[choice.code, choice.result] = consequence(facts, policy, outcome)
    answer = check_contact(facts, policy, Channel.VISIT, base.at, leave=base.at)
    return Preview(base, answer, found, facts.amount, due)


def consequence_of(store: Store, outcome: Outcome) -> tuple[Outcome, Consequence]:
    """The consequence of exactly this outcome, as `record` will say it."""
    return outcome, consequence(_facts(store, outcome), active_policy(store), outcome)


def write(
    store: Store, outcome: Outcome, clock: Clock, correcting: bytes | None = None
) -> tuple[Saved, Change, bytes]:
    """Record `outcome`, in the place of what was recorded under `correcting`; answers as a deed of
    the session. Raises what `record` and `correct` raise."""
    if correcting is None:
        told = record(store, outcome, clock=clock)
    else:
        told = correct(store, correcting, outcome, clock=clock)
    saved = Saved(outcome, told.broken_rules, Consequence(told.rule, told.next_allowed))
    return saved, Change.CASES | Change.CONTACTS, told.batch


def _facts(store: Store, outcome: Outcome) -> PersonFacts:
    day = outcome.at.astimezone(ZoneInfo(store.zone)).date()
    with store.read() as conn:
        return load_person_facts(conn, outcome.debtor_id, day)
