"""The rules about one person, in plain Python: until when does each of them bar a contact?

`bars_until` answers with an instant: 0 = the rule does not bar at all, NEVER = no end is known,
anything else = it bars before that instant. Only facts up to `View.cut` count, so nothing that was
recorded later can leak in. Pauses and rolling counters are exact to the second (a day is 86,400 s);
"today", weeks, months and the look-back of "call first" go by the person's own calendar days.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from planner.domain.belief import belief_of
from planner.domain.codes import Channel, Flag, HoldKind, PromiseState
from planner.domain.facts import NEVER, instant
from planner.domain.localtime import country_of
from planner.domain.people import Contact, Promise
from planner.domain.promise import GRACE, first_unkept, promise_state
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
    NoShow,
    Pacing,
    Pause,
    Place,
    PromiseWait,
    ThirdParty,
)
from planner.policy.pace import pace_until
from planner.policy.pack import Policy
from planner.policy.view import (
    DAY,
    DEAD,
    FAILED,
    FAILED_RESULTS,
    HARDSHIP_RESULTS,
    MET,
    TALKED,
    UNANSWERED,
    UNIT_CODES,
    View,
    agreements_at,
    bars_place,
    kept,
    placed,
    times,
)


def bars_until(limit: Limit, v: View) -> int:
    """Until when a rule with this limit bars `v`'s person; rules about hours are not asked here.

    (Those are `workdays.about_hours`, the unknown calendar among them.)
    """
    return _BARS[type(limit)](limit, v)


def zone_known(policy: Policy, zone: str) -> bool:
    """True for an existing zone; abroad it must be one of the policy's country."""
    found = zone_info(zone) is not None
    return found and (not policy.abroad or country_of(zone) == policy.country)


def _flag(limit: FlagStop, v: View) -> int:
    said = any(c.result in limit.after or c.code in limit.after for _, c in v.contacts)
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
            return not zone_known(v.policy, v.facts.zone)
        case "address":
            return not v.facts.addresses
        case _:  # position
            return bool(v.permitted) and not any(map(placed, v.permitted))


def _hold(limit: HoldStop, v: View) -> int:
    holds = [h for h in v.facts.holds if h.kind in limit.holds and instant(h.start) <= v.cut]
    ends = [NEVER if h.until is None else instant(h.until) for h in holds]
    recorded = max((instant(h.start) for h in holds), default=-1)
    if HoldKind.PLAN in limit.holds:
        words = _words(v, of_plans=True)
        recorded = max((recorded, *(instant(promise.made_at) for promise, _, _ in words)))
        ends += [
            midnight(promise.due + ONE_DAY + GRACE, v.zone) for promise, _, leads in words if leads
        ]
    ends += [
        at + limit.days * DAY
        for at, contact in v.contacts
        if at > recorded and (contact.code in limit.after or contact.result in limit.after)
    ]
    return max(ends, default=0)


def _promise(limit: PromiseWait, v: View) -> int:
    grace = timedelta(days=limit.grace_days + 1)
    return max(
        (
            midnight(promise.due + grace, v.zone)
            for promise, _, leads in _words(v, of_plans=False)
            if leads
        ),
        default=0,
    )


def _words(v: View, *, of_plans: bool) -> list[tuple[Promise, int, bool]]:
    """The promises known: those of instalment plans or the others, each with what was paid towards
    it and whether it is the one that stands for its plan (`first_unkept`)."""
    promises, paid = v.facts.promises, v.facts.promises_paid
    return [
        row
        for row in zip(promises, paid, first_unkept(promises, paid), strict=True)
        if instant(row[0].made_at) <= v.cut and bool(row[0].plan_id) == of_plans
    ]


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
    last = max(times(v, limit.after), default=0)
    return last + limit.days * DAY if last else 0


def _hardship(limit: Hardship, v: View) -> int:
    said = any(contact.result in HARDSHIP_RESULTS for _, contact in v.contacts)
    poor = said or bool(v.facts.flags & Flag.HARDSHIP)
    return NEVER if poor and len(times(v, MET)) >= limit.met else 0


def _place(limit: Place, v: View) -> int:
    other = any(bars_place(limit, v.facts, one, v.cut) for one in v.facts.addresses)
    return NEVER if other and not v.permitted else 0


def _usable(limit: Belief, v: View) -> bool:
    facts = replace(v.facts, zone=v.zone.key)  # belief needs a zone, whatever was recorded
    q = belief_of(facts, v.cut)
    return any(a.valid and placed(a) and q[a.address_id] >= limit.least for a in v.permitted)


def _belief(limit: Belief, v: View) -> int:
    """Bars when permitted, located addresses exist and none of them can be trusted."""
    return NEVER if any(map(placed, v.permitted)) and not _usable(limit, v) else 0


def _agreed_days(v: View) -> list[date]:
    """The days agreed for a visit, ascending."""
    found = agreements_at(v.facts.agreements, Channel.VISIT, v.cut)
    return sorted({one.day for one in found if one.day is not None})


def _no_show(limit: NoShow, v: View) -> int:
    met = {local_day(at, v.zone) for at in times(v, MET)}
    past = [day for day in _agreed_days(v) if day < v.day][-limit.count :]
    missed = len(past) == limit.count and not any(day in met for day in past)
    return 0 if missed else NEVER


def third_party_until(limit: ThirdParty, v: View) -> int:
    """NEVER when somebody other than the person may not be contacted, else 0.

    Lost is who was not reached since: a dead number, or as many unanswered calls as the rule says.
    """
    reached = max(times(v, TALKED), default=-1)
    fresh = [contact for at, contact in v.contacts if at > reached]
    unanswered = sum(contact.code in UNANSWERED for contact in fresh)
    lost = unanswered >= limit.failures or any(contact.code in DEAD for contact in fresh)
    agreed = limit.mode != "consent" or bool(v.facts.flags & Flag.OTHERS_AGREED)
    refused = bool(v.facts.flags & Flag.OTHERS_REFUSED)
    return 0 if lost and agreed and not refused and limit.mode != "never" else NEVER


def _restart(v: View) -> int:
    """The last payment, or the making of a promise that was kept: counts start anew after it."""
    paid = [instant(payment.at) for payment in v.facts.payments]
    words = [
        instant(promise.made_at)
        for promise, sum_paid in zip(v.facts.promises, v.facts.promises_paid, strict=True)
        if kept(promise.amount, sum_paid)
    ]
    return max((at for at in paid + words if at <= v.cut), default=-1)


def _broken_lately(limit: Escalation, v: View, restart: int) -> bool:
    for promise, paid, leads in _words(v, of_plans=False) + _words(v, of_plans=True):
        if not leads:
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


def may_change_on(limit: Escalation | NoShow, v: View) -> date:
    """The last day on which time alone may still lift a bar that has no end of its own.

    By then the last conversation is old enough, every open promise is kept or broken, and every day
    agreed for a visit has passed.
    """
    if isinstance(limit, NoShow):
        return max((day + ONE_DAY for day in _agreed_days(v)), default=v.day)
    days = [promise.due + ONE_DAY + GRACE for promise in v.facts.promises]
    days += [
        local_day(at, v.zone) + timedelta(days=limit.no_talk_days + 1) for at in times(v, TALKED)
    ]
    return max(days, default=v.day)


_BARS: dict[type, Callable[[Any, View], int]] = {
    FlagStop: _flag,
    Missing: _missing,
    HoldStop: _hold,
    PromiseWait: _promise,
    Counter: _counter,
    Pause: _pause,
    Hardship: _hardship,
    NoShow: _no_show,
    Pacing: pace_until,
    Place: _place,
    Belief: _belief,
    Escalation: _call_first,
}
