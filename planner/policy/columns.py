"""The rules about persons for a whole book at once: numpy columns instead of one person's objects.

`bars_until` answers for all n persons what `gates.bars_until` answers for one: 0 = the rule does
not bar, NEVER = no end is known, else the instant before which it bars. No loop runs over persons;
the only loops are over rules, time zones, stages and distinct calendar days.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np

from planner.domain.codes import Flag, HoldKind
from planner.domain.facts import I64, NEVER
from planner.domain.localtime import local_seconds, ordinals
from planner.domain.promise import GRACE
from planner.policy.book import (
    Book,
    Mask,
    agreed_rows,
    any_of,
    bars_places,
    codes_in,
    first_unkept,
    kept,
    latest,
    made,
    midnights,
    placed,
    results_in,
)
from planner.policy.days import ONE_DAY, midnight
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
)
from planner.policy.pace_columns import pace_until
from planner.policy.view import (
    DAY,
    FAILED,
    FAILED_RESULTS,
    HARDSHIP_RESULTS,
    MET,
    TALKED,
    UNANSWERED,
    UNIT_CODES,
)

_DAY_BITS = 24  # bits of an ordinal, and more


def bars_until(limit: Limit, b: Book) -> I64:
    """Until when a rule with this limit bars each person; rules about hours are not asked here."""
    return _BARS[type(limit)](limit, b)


def _last(b: Book, mask: Mask) -> I64:
    return latest(b.contact_owner, b.table.contact_at, mask, b.table.n)


def _count(b: Book, mask: Mask) -> I64:
    return np.bincount(b.contact_owner[mask], minlength=b.table.n)


def _days_ago(b: Book, days: int) -> I64:
    """The midnight that began the day `days` days before the judged one, per contact row."""
    day = b.day - timedelta(days=days)
    begins = np.array([midnight(day, zone) for zone in b.zones], np.int64)
    found: I64 = begins[b.table.zone][b.contact_owner]
    return found


def _flagged(limit: FlagStop, b: Book) -> Mask:
    said = results_in(limit.after)[b.result]
    said = b.known & (said | codes_in(limit.after)[b.code])
    found: Mask = (b.table.flags & int(limit.flags)) != 0
    return found | any_of(b.contact_owner, said, b.table.n)


def _lacks(limit: Missing, b: Book) -> Mask:
    table = b.table
    match limit.what:
        case "jurisdiction":
            found: Mask = np.array([not name for name in table.jurisdictions])[table.jurisdiction]
            return found
        case "other_jurisdiction":
            ours = ("", b.policy.jurisdiction)
            other: Mask = np.array([name not in ours for name in table.jurisdictions])
            return other[table.jurisdiction]
        case "zone":
            return b.no_zone
        case "address":
            none: Mask = np.diff(table.address_off) == 0
            return none
        case _:  # position
            return _has(b, b.permitted) & ~_has(b, b.permitted & placed(b.table))


def _hold(limit: HoldStop, b: Book) -> I64:
    table = b.table
    kinds = np.isin(table.hold_kind, [int(kind) for kind in limit.holds])
    acting = kinds & (table.hold_start <= b.cut[b.hold_owner])
    until = latest(b.hold_owner, table.hold_until, acting, table.n)
    plans = made(b) & (table.promise_plan != 0)
    if HoldKind.PLAN in limit.holds:
        ends = midnights(b, table.promise_due.astype(np.int64) + 1 + GRACE.days, b.promise_owner)
        plan_end = latest(b.promise_owner, ends, plans & first_unkept(b), table.n)
        until = np.maximum(until, plan_end)
    if limit.after:
        recorded = latest(b.hold_owner, table.hold_start, acting, table.n, none=-1)
        if HoldKind.PLAN in limit.holds:
            agreed = latest(b.promise_owner, table.promise_made, plans, table.n, none=-1)
            recorded = np.maximum(recorded, agreed)
        said = codes_in(limit.after)[b.code] | results_in(limit.after)[b.result]
        rows = np.flatnonzero(said & b.known)
        rows = rows[table.contact_at[rows] > recorded[b.contact_owner[rows]]]
        last = np.zeros(table.n, np.int64)
        last[b.contact_owner[rows]] = table.contact_at[rows]  # by time: the last one stays
        until = np.maximum(until, np.where(last > 0, last + limit.days * DAY, 0))
    return until


def _promise(limit: PromiseWait, b: Book) -> I64:
    ends = b.table.promise_due.astype(np.int64) + limit.grace_days + 1
    until = midnights(b, ends, b.promise_owner)
    alone = made(b) & ~kept(b) & (b.table.promise_plan == 0)
    return latest(b.promise_owner, until, alone, b.table.n)


def _period(limit: Counter, b: Book) -> tuple[date, date]:
    first = b.day
    if limit.period == "week":
        first -= timedelta(days=first.weekday())
        return first, first + timedelta(days=7)
    if limit.period == "month":
        first = first.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1)
    return first, first + ONE_DAY


def _free_from(limit: Counter, b: Book, allowed: I64) -> I64:
    """The instant from which fewer than `allowed` contacts count, 0 = all along, per person."""
    table = b.table
    mask = b.known & codes_in(UNIT_CODES[limit.unit])[b.code]
    if limit.period == "rolling":
        rows = np.flatnonzero(mask)
        count = np.bincount(b.contact_owner[rows], minlength=table.n)
        full = np.flatnonzero(count >= allowed)
        until = np.zeros(table.n, np.int64)
        place = np.cumsum(count)[full] - allowed[full]
        until[full] = table.contact_at[rows[place]] + limit.days * DAY
        return until
    first, after = _period(limit, b)
    starts = np.array([midnight(first, zone) for zone in b.zones], np.int64)[table.zone]
    ends = np.array([midnight(after, zone) for zone in b.zones], np.int64)[table.zone]
    mask &= table.contact_at >= starts[b.contact_owner]
    return np.where(_count(b, mask) >= allowed, ends, 0)


def _counter(limit: Counter, b: Book) -> I64:
    table = b.table
    since = table.overdue_since.astype(np.int64)
    overdue = np.maximum(0, b.day.toordinal() - since)
    allowed = np.full(table.n, limit.limit, np.int64)
    for start, lower in limit.stages:
        allowed[overdue >= start] = lower
    until = _free_from(limit, b, allowed)
    for start, lower in limit.stages:
        # A later stage may allow more before the present one would.
        wait = np.flatnonzero((since + start > b.day.toordinal()) & (until > 0))
        if len(wait):
            begins = midnights(b, since[wait] + start, wait)
            free = _free_from(limit, b, np.full(table.n, lower, np.int64))[wait]
            until[wait] = np.minimum(until[wait], np.maximum(begins, free))
    return until


def _pause(limit: Pause, b: Book) -> I64:
    last = _last(b, b.known & codes_in(limit.after)[b.code])
    return np.where(last > 0, last + limit.days * DAY, 0)


def _hardship(limit: Hardship, b: Book) -> Mask:
    said = b.known & results_in(HARDSHIP_RESULTS)[b.result]
    poor = any_of(b.contact_owner, said, b.table.n) | ((b.table.flags & int(Flag.HARDSHIP)) != 0)
    met: Mask = _count(b, b.known & codes_in(MET)[b.code]) >= limit.met
    both: Mask = poor & met
    return both


def _has(b: Book, rows: Mask) -> Mask:
    """Persons with at least one address row under `rows`."""
    return any_of(b.address_owner, rows, b.table.n)


def _no_place(limit: Place, b: Book) -> Mask:
    return _has(b, bars_places(limit, b.table, b.cut)) & ~_has(b, b.permitted)


def usable_addresses(b: Book, least: float) -> Mask:
    """Address rows a visit may go to: permitted, valid, located, and believed to be right."""
    fit: Mask = b.permitted & placed(b.table) & b.table.address_valid & (b.belief >= least)
    return fit


def _disbelieved(limit: Belief, b: Book) -> Mask:
    return _has(b, b.permitted & placed(b.table)) & ~_has(b, usable_addresses(b, limit.least))


def _restart(b: Book) -> I64:
    """The last payment, or the making of a promise that was kept: counts start anew after it."""
    table = b.table
    paid = table.payment_at <= b.cut[b.payment_owner]
    money = latest(b.payment_owner, table.payment_at, paid, table.n, none=-1)
    word = latest(b.promise_owner, table.promise_made, kept(b) & made(b), table.n, none=-1)
    return np.maximum(money, word)


def _broken_lately(limit: Escalation, b: Book, restart: I64) -> Mask:
    table, today = b.table, b.day.toordinal()
    due = table.promise_due.astype(np.int64)
    broken: Mask = made(b) & first_unkept(b) & (table.promise_paid <= 0)
    broken &= due < today - GRACE.days
    broken &= today - due < limit.event_days
    known_from = midnights(b, due + 1 + GRACE.days, b.promise_owner)
    return any_of(b.promise_owner, broken & (known_from > restart[b.promise_owner]), table.n)


def _escalated(limit: Escalation, b: Book) -> Mask:
    """Persons with whom enough has failed for a visit; see `gates._escalated`."""
    table, restart = b.table, _restart(b)
    fresh = b.known & (table.contact_at > restart[b.contact_owner])

    def since(days: int, kind: Callable[[], Mask]) -> Mask:
        return fresh & kind() & (table.contact_at >= _days_ago(b, days))

    def code(codes: frozenset[str]) -> Callable[[], Mask]:
        return lambda: codes_in(codes)[b.code]

    unanswered = _count(b, since(limit.no_answer_days - 1, code(UNANSWERED)))
    talked = any_of(b.contact_owner, since(limit.no_talk_days, code(TALKED)), table.n)
    failure = code(FAILED)() | results_in(FAILED_RESULTS)[b.result]
    failed = any_of(b.contact_owner, since(limit.event_days - 1, lambda: failure), table.n)
    met = any_of(b.contact_owner, fresh & code(MET)(), table.n)
    enough: Mask = unanswered >= limit.no_answer
    quiet: Mask = (unanswered >= limit.quiet_no_answer) & ~talked
    escalated: Mask = enough | quiet | failed | met | _broken_lately(limit, b, restart)
    return escalated


def _call_first(limit: Escalation, b: Book) -> Mask:
    return ~_escalated(limit, b)


def _no_show(limit: NoShow, b: Book) -> Mask:
    """True for persons whose last `count` agreed days were not all missed."""
    table, today = b.table, b.day.toordinal()
    past = agreed_rows(b) & (table.agreement_day > 0) & (table.agreement_day < today)
    owner, day = b.agreement_owner[past], table.agreement_day[past].astype(np.int64)
    keys = np.unique(owner << _DAY_BITS | day)  # one for each agreed day, ascending
    owner = keys >> _DAY_BITS
    count = np.bincount(owner, minlength=table.n)
    from_end = np.cumsum(count)[owner] - np.arange(len(keys))
    last = keys[from_end <= limit.count]
    rows = b.known & codes_in(MET)[b.code]
    who = b.contact_owner[rows]
    zone_of = table.zone[who].astype(np.int64)
    days = ordinals(local_seconds(table.contact_at[rows], zone_of, table.zones))
    met = np.isin(last, who << _DAY_BITS | days)
    came = any_of(last >> _DAY_BITS, met, table.n)
    barred: Mask = (count < limit.count) | came
    return barred


def _standing(barred: Callable[[Any, Book], Mask]) -> Callable[[Any, Book], I64]:
    """A rule that bars without an end or not at all, as instants."""
    return lambda limit, b: np.where(barred(limit, b), NEVER, 0).astype(np.int64)


_BARS: dict[type, Callable[[Any, Book], I64]] = {
    FlagStop: _standing(_flagged),
    Missing: _standing(_lacks),
    HoldStop: _hold,
    PromiseWait: _promise,
    Counter: _counter,
    Pause: _pause,
    Hardship: _standing(_hardship),
    NoShow: _standing(_no_show),
    Pacing: pace_until,
    Place: _standing(_no_place),
    Belief: _standing(_disbelieved),
    Escalation: _standing(_call_first),
}
