"""What each outcome would lead to, computed off the GUI thread before anybody presses it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from planner.actions.change import Change
from planner.actions.outcomes import Outcome, applied
from planner.actions.record import Consequence, next_visit, record
from planner.clock import Clock
from planner.domain.codes import Channel
from planner.domain.facts import PersonFacts
from planner.errors import PlannerError
from planner.policy.check import Answer, check_contact
from planner.policy.pack import Policy, default_policy
from planner.policy.workdays import next_working_day
from planner.store.facts import load_person_facts
from planner.store.store import Store
from ui.results.choices import CHOICES

PROMISE_DAYS = 7
FAR = (45, 30, 20)  # days ahead, beyond most pauses of the pack


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


def due_day(policy: Policy, day: date) -> date:
    """The first working day from a week after `day` on."""
    try:
        return next_working_day(policy, day + timedelta(days=PROMISE_DAYS - 1))
    except PlannerError:
        return day + timedelta(days=PROMISE_DAYS)


def load_preview(store: Store, base: Outcome) -> Preview:
    """Judge every choice for `base`; its code is not read. "store.unknown_person" if so."""
    policy, facts = default_policy(), _facts(store, base)
    day = base.at.astimezone(ZoneInfo(facts.zone)).date()
    due = due_day(policy, day)
    found = {}
    for choice in CHOICES:
        outcome = replace(base, code=choice.code, result=choice.result)
        if "due" in choice.asks:
            outcome = replace(outcome, amount=max(1, facts.amount), due=due)
        found[choice.code, choice.result] = _after(facts, policy, outcome)
    answer = check_contact(facts, policy, Channel.VISIT, base.at, leave=base.at)
    return Preview(base, answer, found, facts.amount, due)


def consequence_of(store: Store, outcome: Outcome) -> tuple[Outcome, Consequence]:
    """The consequence of exactly this outcome, as `record` will say it."""
    return outcome, _after(_facts(store, outcome), default_policy(), outcome)


def write(store: Store, outcome: Outcome, clock: Clock) -> tuple[Saved, Change, bytes]:
    """Record `outcome`; answers as a deed of the session. Raises what `record` raises."""
    told = record(store, outcome, clock=clock)
    policy, moment = default_policy(), outcome.leave or outcome.at
    facts = _facts(store, outcome)
    after = _lasting(facts, policy, Consequence(told.rule, told.next_allowed), moment)
    saved = Saved(outcome, told.broken_rules, after)
    return saved, Change.CASES | Change.CONTACTS, told.batch


def only_address(facts: PersonFacts) -> str:
    """The address of a person who has exactly one that is valid, else ""."""
    valid = [one.address_id for one in facts.addresses if one.valid]
    return valid[0] if len(valid) == 1 else ""


def _facts(store: Store, outcome: Outcome) -> PersonFacts:
    day = outcome.at.astimezone(ZoneInfo(store.zone)).date()
    with store.read() as conn:
        return load_person_facts(conn, outcome.debtor_id, day)


def _after(facts: PersonFacts, policy: Policy, outcome: Outcome) -> Consequence:
    if not outcome.address_id:
        outcome = replace(outcome, address_id=only_address(facts))
    after = applied(facts, outcome)
    moment = outcome.leave or outcome.at
    return _lasting(after, policy, Consequence(*next_visit(after, policy, moment)), moment)


def _lasting(
    facts: PersonFacts, policy: Policy, after: Consequence, moment: datetime
) -> Consequence:
    """Where no end is known, the rule that stays is named, not the pause that hides it today."""
    if after.rule is None or after.until is not None:
        return after
    zone = ZoneInfo(facts.zone)
    for days in FAR:
        try:
            day = next_working_day(policy, (moment + timedelta(days=days)).astimezone(zone).date())
        except PlannerError:
            continue  # no calendar is known for so far ahead
        noon = datetime.combine(day, time(12), zone)
        answer = check_contact(facts, policy, Channel.VISIT, noon)
        return after if answer.rule is None else Consequence(answer.rule, None)
    return after
