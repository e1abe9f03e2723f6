"""The rules about persons for a whole book at once: numpy columns instead of one person's objects.

`bars_until` answers for all n persons what `gates.bars_until` answers for one: 0 = the rule does
not bar, NEVER = no end is known, else the instant before which it bars. No loop runs over persons;
the only loops are over rules, time zones, stages and distinct calendar days.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from planner.domain.belief import walk
from planner.domain.codes import CODES, RESULTS, Flag, Grade
from planner.domain.facts import F64, I64, NEVER, FactTable
from planner.domain.promise import GRACE, TOLERANCE
from planner.policy.days import ONE_DAY, midnight, zone_info
from planner.policy.gates import (
    DAY,
    FAILED,
    FAILED_RESULTS,
    HARDSHIP_RESULTS,
    MET,
    TALKED,
    UNANSWERED,
    UNIT_CODES,
)
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
from planner.policy.workdays import home_zone

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Book:
    """n persons as known at the end of `day` in their own zones (`cut`, the last second of it).

    `table` has the pack's default zone in place of zones that do not exist (`no_zone`). Owners are
    the person rows of the list columns; `known` marks the contacts up to `cut`.
    """

    table: FactTable
    policy: Policy
    day: date
    zones: tuple[ZoneInfo, ...]
    no_zone: Mask
    start: I64
    cut: I64
    contact_owner: I64
    promise_owner: I64
    payment_owner: I64
    hold_owner: I64
    address_owner: I64
    known: Mask
    belief: F64


def _owners(offsets: I64) -> I64:
    return np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))


def book(table: FactTable, policy: Policy, day: date) -> Book:
    """`table` prepared for being judged on the local calendar day `day`."""
    bad = np.array([zone_info(name) is None for name in table.zones], np.bool_)
    zones = tuple(home_zone(policy, name) for name in table.zones)
    sound = replace(table, zones=tuple(zone.key for zone in zones))
    start = np.array([midnight(day, zone) for zone in zones], np.int64)[table.zone]
    cut = np.array([midnight(day + ONE_DAY, zone) - 1 for zone in zones], np.int64)[table.zone]
    owner = _owners(table.contact_off)
    return Book(
        table=sound,
        policy=policy,
        day=day,
        zones=zones,
        no_zone=bad[table.zone],
        start=start,
        cut=cut,
        contact_owner=owner,
        promise_owner=_owners(table.promise_off),
        payment_owner=_owners(table.payment_off),
        hold_owner=_owners(table.hold_off),
        address_owner=_owners(table.address_off),
        known=table.contact_at <= cut[owner],
        belief=walk(sound, cut)[0],
    )


def bars_until(limit: Limit, b: Book) -> I64:
    """Until when a rule with this limit bars each person; rules about hours are not asked here."""
    return _BARS[type(limit)](limit, b)


@functools.lru_cache(maxsize=256)
def _codes(codes: frozenset[str]) -> Mask:
    """A lookup by code index."""
    return np.array([code in codes for code in CODES], np.bool_)


@functools.lru_cache(maxsize=256)
def _results(results: frozenset[str]) -> Mask:
    """A lookup by result index; -1 (no result) hits the last element, which is False."""
    return np.array([*(result in results for result in RESULTS), False], np.bool_)


def _any(owner: I64, mask: Mask, n: int) -> Mask:
    found = np.zeros(n, np.bool_)
    found[owner[mask]] = True
    return found


def _latest(owner: I64, values: I64, mask: Mask, n: int, none: int = 0) -> I64:
    """The greatest of `values` under `mask` per owner, `none` where there is none."""
    result = np.full(n, none, np.int64)
    np.maximum.at(result, owner[mask], values[mask])
    return result


def _last(b: Book, mask: Mask) -> I64:
    return _latest(b.contact_owner, b.table.contact_at, mask, b.table.n)


def _count(b: Book, mask: Mask) -> I64:
    return np.bincount(b.contact_owner[mask], minlength=b.table.n)


def _midnights(b: Book, ordinals: I64, people: I64) -> I64:
    """The instants at which the days `ordinals` begin in the zones of `people` (rows)."""
    zone_of = b.table.zone[people]
    result = np.zeros(len(ordinals), np.int64)
    for index, zone in enumerate(b.zones):
        here = np.flatnonzero(zone_of == index)
        days, place = np.unique(ordinals[here], return_inverse=True)
        begins = [midnight(date.fromordinal(day), zone) for day in days.tolist()]
        result[here] = np.array(begins, np.int64)[place]
    return result


def _days_ago(b: Book, days: int) -> I64:
    """The midnight that began the day `days` days before the judged one, per contact row."""
    day = b.day - timedelta(days=days)
    begins = np.array([midnight(day, zone) for zone in b.zones], np.int64)
    found: I64 = begins[b.table.zone][b.contact_owner]
    return found


def _flagged(limit: FlagStop, b: Book) -> Mask:
    said = b.known & _results(limit.after)[b.table.contact_result]
    found: Mask = (b.table.flags & int(limit.flags)) != 0
    return found | _any(b.contact_owner, said, b.table.n)


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
            return _has(b, _permitted(b)) & ~_has(b, _permitted(b) & _placed(b))


def _hold(limit: HoldStop, b: Book) -> I64:
    table = b.table
    kinds = np.isin(table.hold_kind, [int(kind) for kind in limit.holds])
    acting = kinds & (table.hold_start <= b.cut[b.hold_owner])
    until = _latest(b.hold_owner, table.hold_until, acting, table.n)
    if limit.after:
        recorded = _latest(b.hold_owner, table.hold_start, acting, table.n, none=-1)
        said = _codes(limit.after)[table.contact_code] | _results(limit.after)[table.contact_result]
        said &= b.known & (table.contact_at > recorded[b.contact_owner])
        last = _last(b, said)
        until = np.maximum(until, np.where(last > 0, last + limit.days * DAY, 0))
    return until


def _kept(b: Book) -> Mask:
    kept: Mask = b.table.promise_paid >= b.table.promise_amount * TOLERANCE
    return kept


def _made(b: Book) -> Mask:
    made: Mask = b.table.promise_made <= b.cut[b.promise_owner]
    return made


def _promise(limit: PromiseWait, b: Book) -> I64:
    ends = b.table.promise_due.astype(np.int64) + limit.grace_days + 1
    until = _midnights(b, ends, b.promise_owner)
    return _latest(b.promise_owner, until, _made(b) & ~_kept(b), b.table.n)


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
    mask = b.known & _codes(UNIT_CODES[limit.unit])[table.contact_code]
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
            begins = _midnights(b, since[wait] + start, wait)
            free = _free_from(limit, b, np.full(table.n, lower, np.int64))[wait]
            until[wait] = np.minimum(until[wait], np.maximum(begins, free))
    return until


def _pause(limit: Pause, b: Book) -> I64:
    last = _last(b, b.known & _codes(limit.after)[b.table.contact_code])
    return np.where(last > 0, last + limit.days * DAY, 0)


def _hardship(limit: Hardship, b: Book) -> Mask:
    said = b.known & _results(HARDSHIP_RESULTS)[b.table.contact_result]
    poor = _any(b.contact_owner, said, b.table.n) | ((b.table.flags & int(Flag.HARDSHIP)) != 0)
    met: Mask = _count(b, b.known & _codes(MET)[b.table.contact_code]) >= limit.met
    both: Mask = poor & met
    return both


def _has(b: Book, rows: Mask) -> Mask:
    """Persons with at least one address row under `rows`."""
    return _any(b.address_owner, rows, b.table.n)


def _permitted(b: Book) -> Mask:
    barred: Mask = np.isin(b.table.address_kind, [int(kind) for kind in b.policy.barred_kinds])
    return ~barred


def _placed(b: Book) -> Mask:
    located: Mask = ~np.isnan(b.table.address_lat) & ~np.isnan(b.table.address_lon)
    graded: Mask = b.table.address_grade != int(Grade.NONE)
    placed: Mask = located & graded
    return placed


def _no_place(limit: Place, b: Book) -> Mask:
    other = np.isin(b.table.address_kind, [int(kind) for kind in limit.kinds])
    return _has(b, other) & ~_has(b, _permitted(b))


def usable_addresses(b: Book, least: float) -> Mask:
    """Address rows a visit may go to: permitted, valid, located, and believed to be right."""
    fit: Mask = _permitted(b) & _placed(b) & b.table.address_valid & (b.belief >= least)
    return fit


def _disbelieved(limit: Belief, b: Book) -> Mask:
    return _has(b, _permitted(b) & _placed(b)) & ~_has(b, usable_addresses(b, limit.least))


def _restart(b: Book) -> I64:
    """The last payment, or the making of a promise that was kept: counts start anew after it."""
    table = b.table
    paid = table.payment_at <= b.cut[b.payment_owner]
    money = _latest(b.payment_owner, table.payment_at, paid, table.n, none=-1)
    kept = _latest(b.promise_owner, table.promise_made, _kept(b) & _made(b), table.n, none=-1)
    return np.maximum(money, kept)


def _broken_lately(limit: Escalation, b: Book, restart: I64) -> Mask:
    table, today = b.table, b.day.toordinal()
    due = table.promise_due.astype(np.int64)
    broken: Mask = _made(b) & ~_kept(b) & (table.promise_paid <= 0) & (due < today - GRACE.days)
    broken &= today - due < limit.event_days
    known_from = _midnights(b, due + 1 + GRACE.days, b.promise_owner)
    return _any(b.promise_owner, broken & (known_from > restart[b.promise_owner]), table.n)


def _escalated(limit: Escalation, b: Book) -> Mask:
    """Persons with whom enough has failed for a visit; see `gates._escalated`."""
    table, restart = b.table, _restart(b)
    fresh = b.known & (table.contact_at > restart[b.contact_owner])

    def since(days: int, kind: Callable[[], Mask]) -> Mask:
        return fresh & kind() & (table.contact_at >= _days_ago(b, days))

    def code(codes: frozenset[str]) -> Callable[[], Mask]:
        return lambda: _codes(codes)[table.contact_code]

    unanswered = _count(b, since(limit.no_answer_days - 1, code(UNANSWERED)))
    talked = _any(b.contact_owner, since(limit.no_talk_days, code(TALKED)), table.n)
    failure = code(FAILED)() | _results(FAILED_RESULTS)[table.contact_result]
    failed = _any(b.contact_owner, since(limit.event_days - 1, lambda: failure), table.n)
    met = _any(b.contact_owner, fresh & code(MET)(), table.n)
    enough: Mask = unanswered >= limit.no_answer
    quiet: Mask = (unanswered >= limit.quiet_no_answer) & ~talked
    escalated: Mask = enough | quiet | failed | met | _broken_lately(limit, b, restart)
    return escalated


def _call_first(limit: Escalation, b: Book) -> Mask:
    return ~_escalated(limit, b)


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
    Place: _standing(_no_place),
    Belief: _standing(_disbelieved),
    Escalation: _standing(_call_first),
}
