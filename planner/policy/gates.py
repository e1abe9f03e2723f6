"""The rules about one person, in plain Python: until when does each of them bar a contact?

`bars_until` answers with an instant: 0 = the rule does not bar at all, NEVER = no end is known,
anything else = it bars before that instant. Only facts up to `View.cut` count, so nothing that was
recorded later can leak in. Pauses and rolling counters are exact to the second (a day is 86,400 s);
"today", weeks, months and the look-back of "call first" go by the person's own calendar days.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from planner.domain.belief import belief_of
from planner.domain.codes import CODES, RIGHT_PARTY, Flag, Grade, PromiseState
from planner.domain.facts import NEVER, PersonFacts, instant
from planner.domain.people import Address, Contact
from planner.domain.promise import GRACE, TOLERANCE, promise_state
from planner.policy.days import ONE_DAY, local_day, midnight, zone_info
from planner.policy.limits import (
    Belief,
    Counter,
    Escalation,
    FlagStop,
    Hardship,
    HoldStop,
    Limit,
    Missing,
    Pause,
    Place,
    PromiseWait,
)
from planner.policy.pack import Policy

DAY = 86_400

# Units of counters as sets of disposition codes (decisions: "counts as").
UNIT_CODES: dict[str, frozenset[str]] = {
    "visit": frozenset(code for code in CODES if code.startswith("VIS-")),
    "attempt": frozenset(code for code in CODES if code.startswith("CALL-")),
    "conversation": RIGHT_PARTY,
    "message": frozenset(code for code in CODES if code.startswith("MSG-")),
    "contact": frozenset(CODES),
}
MET = frozenset({"VIS-RPC"})
UNANSWERED = frozenset({"CALL-NA", "CALL-BUSY", "CALL-OFF", "CALL-REJ"})
TALKED = frozenset({"CALL-RPC", "VIS-RPC", "MSG-REPLY"})  # reachable without a visit
FAILED = frozenset({"CALL-INV", "VIS-REFUSE"})  # a dead number, a refusal at the door
FAILED_RESULTS = frozenset({"OUT-RTP"})
HARDSHIP_RESULTS = frozenset({"OUT-HARD"})


@dataclass(frozen=True, slots=True)
class View:
    """One person as known at the instant `cut` (included), judged on the local day `day`."""

    facts: PersonFacts
    policy: Policy
    zone: ZoneInfo
    day: date
    cut: int
    phone: str
    contacts: tuple[tuple[int, Contact], ...]  # up to `cut`, by time


def view(facts: PersonFacts, policy: Policy, zone: ZoneInfo, cut: int, phone: str = "") -> View:
    """What is known of a person at `cut`; the day is the local day of `cut`."""
    known = [(instant(c.at), c) for c in facts.contacts]
    contacts = sorted((row for row in known if row[0] <= cut), key=lambda row: row[0])
    return View(facts, policy, zone, local_day(cut, zone), cut, phone, tuple(contacts))


def bars_until(limit: Limit, v: View) -> int:
    """Until when a rule with this limit bars `v`'s person; rules about hours are not asked here.

    (Those are `workdays.about_hours`, the unknown calendar among them.)
    """
    return _BARS[type(limit)](limit, v)


def _times(v: View, codes: Iterable[str]) -> list[int]:
    return [at for at, contact in v.contacts if contact.code in codes]


def _last(v: View, codes: Iterable[str]) -> int:
    return max(_times(v, codes), default=0)


def _flag(limit: FlagStop, v: View) -> int:
    said = any(contact.result in limit.after for _, contact in v.contacts)
    return NEVER if said or v.facts.flags & limit.flags else 0


def _missing(limit: Missing, v: View) -> int:
    return NEVER if _lacks(limit, v) else 0


def _lacks(limit: Missing, v: View) -> bool:
    match limit.what:
        case "jurisdiction":
            return not v.facts.jurisdiction
        case "other_jurisdiction":
            return v.facts.jurisdiction not in ("", v.policy.jurisdiction)
        case "zone":
            return zone_info(v.facts.zone) is None
        case "address":
            return not v.facts.addresses
        case _:  # position
            places = _permitted(v)
            return bool(places) and not any(map(_placed, places))


def _hold(limit: HoldStop, v: View) -> int:
    holds = [h for h in v.facts.holds if h.kind in limit.holds and instant(h.start) <= v.cut]
    ends = [NEVER if h.until is None else instant(h.until) for h in holds]
    recorded = max((instant(h.start) for h in holds), default=-1)
    ends += [
        at + limit.days * DAY
        for at, contact in v.contacts
        if at > recorded and (contact.code in limit.after or contact.result in limit.after)
    ]
    return max(ends, default=0)


def _kept(amount: int, paid: int) -> bool:
    return paid >= amount * TOLERANCE


def _promise(limit: PromiseWait, v: View) -> int:
    grace = timedelta(days=limit.grace_days + 1)
    return max(
        (
            midnight(promise.due + grace, v.zone)
            for promise, paid in zip(v.facts.promises, v.facts.promises_paid, strict=True)
            if instant(promise.made_at) <= v.cut and not _kept(promise.amount, paid)
        ),
        default=0,
    )


def _period(limit: Counter, v: View) -> tuple[int, int]:
    """The calendar period around the view's day, as instants."""
    first = v.day
    after = first + ONE_DAY
    if limit.period == "week":
        first -= timedelta(days=first.weekday())
        after = first + timedelta(days=7)
    elif limit.period == "month":
        first = first.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
    return midnight(first, v.zone), midnight(after, v.zone)


def _counted(limit: Counter, v: View) -> list[int]:
    codes = UNIT_CODES[limit.unit]
    return [at for at, c in v.contacts if c.code in codes and _same_phone(limit, v, c)]


def count_now(limit: Counter, v: View) -> int:
    """How many contacts the counter holds at the instant `v.cut`."""
    rolling = limit.period == "rolling"
    after = v.cut - limit.days * DAY if rolling else _period(limit, v)[0] - 1
    return sum(at > after for at in _counted(limit, v))


def _same_phone(limit: Counter, v: View, contact: Contact) -> bool:
    # A number that was not noted may be any number: it counts against each.
    return limit.per != "phone_number" or not v.phone or contact.phone in ("", v.phone)


def allowance(limit: Counter, v: View) -> int:
    """How many the counter permits on the view's day: the stage may lower it."""
    overdue = max(0, (v.day - v.facts.overdue_since).days)
    return [limit.limit, *(n for since, n in limit.stages if since <= overdue)][-1]


def _free_from(limit: Counter, v: View, allowed: int) -> int:
    """The instant from which fewer than `allowed` contacts count, 0 = all along."""
    times = _counted(limit, v)
    if limit.period == "rolling":
        return times[-allowed] + limit.days * DAY if len(times) >= allowed else 0
    start, end = _period(limit, v)
    return end if sum(at >= start for at in times) >= allowed else 0


def _counter(limit: Counter, v: View) -> int:
    until = _free_from(limit, v, allowance(limit, v))
    # A later stage may allow more before the present one would.
    for since, allowed in limit.stages:
        begins = v.facts.overdue_since + timedelta(days=since)
        if begins > v.day:
            until = min(until, max(midnight(begins, v.zone), _free_from(limit, v, allowed)))
    return until


def _pause(limit: Pause, v: View) -> int:
    last = _last(v, limit.after)
    return last + limit.days * DAY if last else 0


def _hardship(limit: Hardship, v: View) -> int:
    said = any(contact.result in HARDSHIP_RESULTS for _, contact in v.contacts)
    poor = said or bool(v.facts.flags & Flag.HARDSHIP)
    return NEVER if poor and len(_times(v, MET)) >= limit.met else 0


def _permitted(v: View) -> list[Address]:
    return [a for a in v.facts.addresses if a.kind not in v.policy.barred_kinds]


def _placed(address: Address) -> bool:
    located = address.lat is not None and address.lon is not None
    return located and address.grade is not Grade.NONE


def _place(limit: Place, v: View) -> int:
    other = any(address.kind in limit.kinds for address in v.facts.addresses)
    return NEVER if other and not _permitted(v) else 0


def _usable(limit: Belief, v: View) -> bool:
    facts = replace(v.facts, zone=v.zone.key)  # belief needs a zone, whatever was recorded
    q = belief_of(facts, v.cut)
    return any(a.valid and _placed(a) and q[a.address_id] >= limit.least for a in _permitted(v))


def _belief(limit: Belief, v: View) -> int:
    """Bars when permitted, located addresses exist and none of them can be trusted."""
    return NEVER if any(map(_placed, _permitted(v))) and not _usable(limit, v) else 0


def _restart(v: View) -> int:
    """The last payment, or the making of a promise that was kept: counts start anew after it."""
    paid = [instant(payment.at) for payment in v.facts.payments]
    kept = [
        instant(promise.made_at)
        for promise, sum_paid in zip(v.facts.promises, v.facts.promises_paid, strict=True)
        if _kept(promise.amount, sum_paid)
    ]
    return max((at for at in paid + kept if at <= v.cut), default=-1)


def _broken_lately(limit: Escalation, v: View, restart: int) -> bool:
    for promise, paid in zip(v.facts.promises, v.facts.promises_paid, strict=True):
        if instant(promise.made_at) > v.cut:
            continue
        broken = promise_state(promise.amount, promise.due, paid, v.day) is PromiseState.BROKEN
        recent = (v.day - promise.due).days < limit.event_days
        if broken and recent and midnight(promise.due + ONE_DAY + GRACE, v.zone) > restart:
            return True
    return False


def _escalated(limit: Escalation, v: View) -> bool:
    """True when enough has failed for a visit (ranking G9).

    "In n days" means today and the n - 1 days before it; a conversation still counts n days later:
    where a text leaves a day open, the reading that visits less holds.
    """
    restart = _restart(v)
    fresh = [(at, c) for at, c in v.contacts if at > restart]

    def since(days: int) -> list[Contact]:
        start = midnight(v.day - timedelta(days=days), v.zone)
        return [c for at, c in fresh if at >= start]

    unanswered = sum(c.code in UNANSWERED for c in since(limit.no_answer_days - 1))
    talked = any(c.code in TALKED for c in since(limit.no_talk_days))
    failed = any(
        c.code in FAILED or c.result in FAILED_RESULTS for c in since(limit.event_days - 1)
    )
    return (
        unanswered >= limit.no_answer
        or (unanswered >= limit.quiet_no_answer and not talked)
        or failed
        or any(c.code in MET for _, c in fresh)
        or _broken_lately(limit, v, restart)
    )


def _call_first(limit: Escalation, v: View) -> int:
    return 0 if _escalated(limit, v) else NEVER


def may_change_on(limit: Escalation, v: View) -> date:
    """The last day on which time alone may still turn "call first" into "visit".

    By then the last conversation is old enough and every open promise is kept or broken.
    """
    days = [
        local_day(at, v.zone) + timedelta(days=limit.no_talk_days + 1)
        for at, contact in v.contacts
        if contact.code in TALKED
    ]
    days += [promise.due + ONE_DAY + GRACE for promise in v.facts.promises]
    return max(days, default=v.day)


_BARS: dict[type, Callable[[Any, View], int]] = {
    FlagStop: _flag,
    Missing: _missing,
    HoldStop: _hold,
    PromiseWait: _promise,
    Counter: _counter,
    Pause: _pause,
    Hardship: _hardship,
    Place: _place,
    Belief: _belief,
    Escalation: _call_first,
}
