"""Record what happened: the contact and all that follows from it, in one transaction.

Facts are never refused: an outcome that broke a contact rule is kept, flagged and listed.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from planner.actions.at_door import check_door, completed, contact_fields, found_events
from planner.actions.evidence import is_sound, keep
from planner.actions.outcomes import Outcome, applied, effects
from planner.actions.plans_agreed import one_plan
from planner.actions.policy import active_policy
from planner.clock import Clock
from planner.domain.codes import CODES, DISCLOSURE, RESULTS, Channel, channel_of
from planner.domain.facts import PersonFacts
from planner.errors import PlannerError
from planner.policy.check import check_contact
from planner.policy.pack import Rulebook
from planner.policy.workdays import next_working_day
from planner.store.driver import Connection
from planner.store.events import Event, NewEvent
from planner.store.facts import load_person_facts
from planner.store.store import Store, Writer

# Beyond these a figure is a slip of the pen (9999-12-31 for "never", a number in the wrong field).
FIRST_YEAR = 2000
LONGEST_PROMISE = timedelta(days=3653)
LONGEST_STAY = timedelta(days=1)
LARGEST_AMOUNT = 10**13  # minor units, as in a lender's list

# Beyond most pauses of the packs, nearer where no calendar reaches so far.
_FAR = (timedelta(days=45), timedelta(days=30), timedelta(days=20))
# Results that are said by the debtor in person: impossible with nobody met.
_SPOKEN = frozenset(RESULTS)
_NAMED = {"promise": "promise_id", "hold": "hold_id", "plan.agreed": "plan_id"}  # given an id here


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written: `batch` undoes it; `broken_rules` were flagged; a next visit is barred
    by `rule` until `next_allowed` (aware; None = for good or until somebody lifts it)."""

    batch: bytes
    broken_rules: tuple[str, ...]
    rule: str | None
    next_allowed: datetime | None


@dataclass(frozen=True, slots=True)
class Consequence:
    """What bars a visit after an outcome, and until when (None = no end is known)."""

    rule: str | None
    until: datetime | None


def _validated(outcome: Outcome, now: datetime, *, allow_future: bool) -> Outcome:
    """Raise a coded error for what cannot be meant; `record.<code>` names the field."""
    if outcome.code not in CODES:
        raise PlannerError("record.unknown_code", given=outcome.code)
    if outcome.result and outcome.result not in RESULTS:
        raise PlannerError("record.unknown_result", given=outcome.result)
    if outcome.result in _SPOKEN and not outcome.code.endswith("-RPC"):
        raise PlannerError("record.result_needs_person", given=outcome.code, result=outcome.result)
    if outcome.at.tzinfo is None:
        raise PlannerError("record.naive_time", at=outcome.at.isoformat())
    if not allow_future and outcome.at > now + timedelta(minutes=5):
        raise PlannerError("record.in_future", at=outcome.at.isoformat())
    _check_figures(outcome, now)
    check_door(outcome.door, outcome.code, outcome.note)
    unsaid = outcome.amount is None or outcome.due is None
    if outcome.result == "OUT-PTP" and unsaid:
        raise PlannerError("record.promise_incomplete")
    if outcome.result == "OUT-PLAN" and unsaid and outcome.plan is None:
        raise PlannerError("record.promise_incomplete")
    return outcome


def _check_figures(outcome: Outcome, now: datetime) -> None:
    """Refuse dates and amounts that cannot be meant."""
    far = now.year + 10
    if not FIRST_YEAR <= outcome.at.year <= far:
        raise PlannerError("record.date_far", date=outcome.at.isoformat())
    if outcome.due is not None and outcome.due - outcome.at.date() > LONGEST_PROMISE:
        raise PlannerError("record.date_far", date=str(outcome.due))
    if outcome.leave is not None:
        if outcome.leave.tzinfo is None:
            raise PlannerError("record.naive_time", at=outcome.leave.isoformat())
        if outcome.leave < outcome.at:
            raise PlannerError("record.leave_before_arrival", leave=outcome.leave.isoformat())
        if outcome.leave - outcome.at > LONGEST_STAY:
            raise PlannerError("record.date_far", date=outcome.leave.isoformat())
    if outcome.amount is not None and outcome.amount <= 0:
        raise PlannerError("record.amount_not_positive", amount=outcome.amount)
    if outcome.amount is not None and outcome.amount > LARGEST_AMOUNT:
        raise PlannerError("record.amount_absurd", limit=LARGEST_AMOUNT // 100)


def _local_day(zone: str, at: datetime) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def next_visit(facts: PersonFacts, policy: Rulebook, after: datetime) -> Consequence:
    """What bars a further visit after `after` (aware), and the first moment one is allowed again.

    Where the day's own limit is not all, the rule that still bars a day later is the one named;
    where no end is known, the one that stays, not the pause that hides it for now.
    """
    now = check_contact(facts, policy, Channel.VISIT, after + timedelta(minutes=1))
    if now.allowed:
        return Consequence(None, None)
    later = check_contact(facts, policy, Channel.VISIT, after + timedelta(days=1))
    rule = later.rule or now.rule
    if now.next_allowed is None:
        rule = _staying(facts, policy, after) or rule
    return Consequence(rule, now.next_allowed)


def _staying(facts: PersonFacts, policy: Rulebook, after: datetime) -> str | None:
    """The rule that bars at noon of a working day beyond most pauses, None when none is known."""
    zone = ZoneInfo(facts.zone)
    for ahead in _FAR:
        try:
            day = next_working_day(policy, (after + ahead).astimezone(zone).date())
        except PlannerError:
            continue  # no calendar is known for so far ahead
        noon = datetime.combine(day, time(12), zone)
        return check_contact(facts, policy, Channel.VISIT, noon).rule
    return None


def consequence(facts: PersonFacts, policy: Rulebook, outcome: Outcome) -> Consequence:
    """What `outcome` would lead to: exactly what `record` would say; nothing is written."""
    after = applied(facts, _at_planned_address(facts, outcome))
    return next_visit(after, policy, outcome.leave or outcome.at)


def _due_in_past(outcome: Outcome, zone: str) -> bool:
    return outcome.due is not None and outcome.due < outcome.at.astimezone(ZoneInfo(zone)).date()


def record(
    store: Store,
    outcome: Outcome,
    *,
    clock: Clock,
    policy: Rulebook | None = None,
    allow_future: bool = False,
) -> Recorded:
    """Write `outcome` and its effects as one batch.

    Raises PlannerError("record.…") for an unknown code, a result without the person, a promise
    without amount or day, a moment in the future (`allow_future` is for rehearsing on the demo),
    a date or amount that cannot be meant, an address that is not the person's, a sound without
    consent; "change.…" for what was found and is no number or address; "evidence.…";
    and "store.unknown_person" for an unknown id; then nothing was written.
    """
    policy = policy or active_policy(store)
    with store.read() as conn:
        ready = prepared(conn, store.zone, outcome, policy, clock(), allow_future=allow_future)
    with store.write() as tx:
        batch = write_outcome(tx, ready)
    return told_after(store, ready, batch, policy)


@dataclass(frozen=True, slots=True)
class Ready:
    """An outcome that can be written, with the rules it breaks."""

    outcome: Outcome
    broken: tuple[str, ...]


def prepared(
    conn: Connection, zone: str, outcome: Outcome, policy: Rulebook, now: datetime, *,
    allow_future: bool = False,
) -> Ready:  # fmt: skip
    """`outcome` checked against what is known by `conn`. Raises what `record` raises."""
    outcome = _validated(outcome, now, allow_future=allow_future)
    facts = load_person_facts(conn, outcome.debtor_id, _local_day(zone, outcome.at))
    if _due_in_past(outcome, facts.zone):
        raise PlannerError("record.due_in_past", due=str(outcome.due))
    if outcome.address_id and outcome.address_id not in {a.address_id for a in facts.addresses}:
        raise PlannerError("record.unknown_address", given=outcome.address_id)
    outcome = _at_planned_address(facts, outcome)
    # Without a recorded end only the arrival can have broken a rule.
    leave = outcome.leave or outcome.at
    channel = channel_of(outcome.code)
    answer = check_contact(facts, policy, channel, outcome.at, leave=leave, phone=outcome.phone)
    broken = () if answer.allowed or answer.rule is None else (answer.rule,)
    return Ready(outcome, broken)


def write_outcome(
    tx: Writer, ready: Ready, batch: bytes | None = None, before: Sequence[Event] = ()
) -> bytes:
    """Write the events of a ready outcome, and its evidence; the batch that undoes them.

    `before` are the events of the entry that this one corrects.
    """
    outcome = ready.outcome
    events = _events(outcome, ready.broken, before)
    if outcome.result == "OUT-PLAN" and not (outcome.plan and outcome.plan.approval):
        events = [
            one
            for event in events
            for one in (one_plan(tx.conn, event) if event.kind == "plan.agreed" else [event])
        ]
    batch = tx.append(events, batch)
    if outcome.door.evidence:
        keep(tx, outcome.debtor_id, outcome.door.evidence, at=outcome.at, batch=batch,
             case_id=outcome.case_id, by=outcome.by)  # fmt: skip
    return batch


def told_after(store: Store, ready: Ready, batch: bytes, policy: Rulebook) -> Recorded:
    """What was written, and what follows from it."""
    outcome = ready.outcome
    with store.read() as conn:
        facts = load_person_facts(conn, outcome.debtor_id, _local_day(store.zone, outcome.at))
    then = next_visit(facts, policy, outcome.leave or outcome.at)
    return Recorded(batch, ready.broken, then.rule, then.until)


def _at_planned_address(facts: PersonFacts, outcome: Outcome) -> Outcome:
    """A visit without an address was at the only valid one, if there is only one."""
    valid = [a.address_id for a in facts.addresses if a.valid]
    if channel_of(outcome.code) is Channel.VISIT and not outcome.address_id and len(valid) == 1:
        return replace(outcome, address_id=valid[0])
    return outcome


def _contact_payload(outcome: Outcome) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "channel": channel_of(outcome.code).value,
        "code": outcome.code,
        "result": outcome.result,
        "phone": outcome.phone,
        "address_id": outcome.address_id,
        "case_id": outcome.case_id,
        "by": list(outcome.by),
        "leave": outcome.leave.isoformat() if outcome.leave else "",
        "note": outcome.note,
    }
    told = {key: value for key, value in payload.items() if value}
    return told | contact_fields(outcome.door)


def _events(
    outcome: Outcome, broken: tuple[str, ...], before: Sequence[Event] = ()
) -> list[NewEvent]:
    who, at = outcome.debtor_id, outcome.at
    contact = _contact_payload(outcome)
    for one in before:
        if one.kind == "contact":
            contact["corrects"] = one.event_id.hex()
    events = [NewEvent("contact", who, at, contact)]
    for effect in effects(outcome):
        payload = {key: value for key, value in effect.payload.items() if value != ""}
        payload = completed(effect.kind, payload, outcome.door)
        if effect.kind in _NAMED:
            payload[_NAMED[effect.kind]] = _known_id(before, effect.kind, payload)
        if effect.kind == "plan.agreed" and outcome.by:
            payload["by"] = "、".join(outcome.by)
        events.append(NewEvent(effect.kind, who, at, payload))
    found = [one.payload for one in before if one.kind == "change.proposed"]
    events += found_events(who, outcome.door, at, outcome.by, found)
    # Evidence stays evidence: the corrected entry has the same files, which are kept once; but for
    # sounds when there was no consent after all.
    events += [NewEvent("evidence", who, at, one.payload) for one in before
               if one.kind == "evidence"
               and (outcome.door.consent == "yes" or not is_sound(one.payload["media"]))
               ]  # fmt: skip
    channel = channel_of(outcome.code).value
    events += [
        NewEvent("exception", who, at, {"rule": rule, "channel": channel, "at": at.isoformat()})
        for rule in (*broken, *((DISCLOSURE,) if outcome.door.disclosed else ()))
    ]
    return events


def _known_id(before: Sequence[Event], kind: str, payload: dict[str, Any]) -> str:
    """The id of what the corrected entry led to as well, so that a decision on it stays (a lead's
    yes to a plan, the end of a pause); else a new one."""
    name = _NAMED[kind]
    loose = {name, "by", "until"}
    told = {key: value for key, value in payload.items() if key not in loose}
    for one in before:
        known = {key: value for key, value in one.payload.items() if key not in loose}
        if one.kind == kind and known == told:
            return str(one.payload[name])
    return secrets.token_hex(8)
