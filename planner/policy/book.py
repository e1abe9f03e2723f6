"""Many persons as known at the end of a day, prepared for being judged by one policy in columns."""

import functools
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from planner.domain.belief import walk
from planner.domain.codes import CHANNELS, CODES, RESULTS, AddressKind, Channel, Grade
from planner.domain.facts import F64, I32, I64, FactTable
from planner.domain.promise import TOLERANCE, first_unkept_rows
from planner.policy.days import ONE_DAY, midnight
from planner.policy.gates import zone_known
from planner.policy.limits import Place
from planner.policy.pack import Policy
from planner.policy.view import HOMES, place_limits, speaks_of_work
from planner.policy.workdays import PLAIN, Terms, home_zone

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Setting:
    """A zone with the terms of a person: whoever shares them has the same open hours."""

    zone: ZoneInfo
    terms: Terms


@dataclass(frozen=True, slots=True)
class Book:
    """n persons as known at the end of `day` in their own zones (`cut`, the last second of it).

    `table` has the policy's default zone in place of zones that do not exist (`no_zone`). Owners
    are the person rows of the list columns; `known` marks the contacts up to `cut`, `permitted` the
    addresses no rule about places bars, `code` and `result` are those of the contacts, as wide as
    lookups want them. `setting` indexes `settings`.
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
    agreement_owner: I64
    known: Mask
    code: I64
    result: I64
    belief: F64
    permitted: Mask
    setting: I64
    settings: tuple[Setting, ...]


def book(table: FactTable, policy: Policy, day: date) -> Book:
    """`table` prepared for being judged on the local calendar day `day`."""
    bad = np.array([not zone_known(policy, name) for name in table.zones], np.bool_)
    zones = tuple(home_zone(policy, name) for name in table.zones)
    sound = replace(table, zones=tuple(zone.key for zone in zones))
    start = np.array([midnight(day, zone) for zone in zones], np.int64)[table.zone]
    cut = np.array([midnight(day + ONE_DAY, zone) - 1 for zone in zones], np.int64)[table.zone]
    owner = _owners(table.contact_off)
    permitted = _permitted(table, policy, day, cut)
    setting, settings = _settings(table, policy, zones, cut, permitted)
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
        agreement_owner=_owners(table.agreement_off),
        known=table.contact_at <= cut[owner],
        code=table.contact_code.astype(np.int64),
        result=table.contact_result.astype(np.int64),
        belief=walk(sound, cut)[0],
        permitted=permitted,
        setting=setting,
        settings=settings,
    )


def _owners(offsets: I32) -> I64:
    return np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))


def placed(table: FactTable) -> Mask:
    """Address rows with a position."""
    located: Mask = ~np.isnan(table.address_lat) & ~np.isnan(table.address_lon)
    graded: Mask = table.address_grade != int(Grade.NONE)
    both: Mask = located & graded
    return both


def of_kinds(table: FactTable, kinds: Collection[AddressKind]) -> Mask:
    """Address rows of these kinds."""
    found: Mask = np.isin(table.address_kind, [int(kind) for kind in kinds])
    return found


def bars_places(limit: Place, table: FactTable, cut: I64) -> Mask:
    """Address rows that `limit` bars with what is known at `cut`; see `view.bars_place`."""
    owner = _owners(table.address_off)
    barred = of_kinds(table, limit.kinds)
    if limit.flags:
        barred &= (table.flags & int(limit.flags) != 0)[owner]
    if limit.unless:
        barred[table.agreement_address[_agreed(table, cut) & (table.agreement_address >= 0)]] = (
            False
        )
    if limit.last_resort:
        homes = of_kinds(table, HOMES) & placed(table) & table.address_valid
        barred &= any_of(owner, homes, table.n)[owner]
    return barred


def _permitted(table: FactTable, policy: Policy, day: date, cut: I64) -> Mask:
    permitted = np.ones(len(table.address_kind), np.bool_)
    for limit in place_limits(policy, day):
        permitted &= ~bars_places(limit, table, cut)
    return permitted


def _agreed(table: FactTable, cut: I64) -> Mask:
    """Agreements about visits that hold at `cut`."""
    until = cut[_owners(table.agreement_off)]
    about_visits = table.agreement_channel == CHANNELS.index(Channel.VISIT)
    holds: Mask = about_visits & (table.agreement_at <= until) & (table.agreement_end > until)
    return holds


def agreed_rows(b: Book) -> Mask:
    """The same for a book."""
    return _agreed(b.table, b.cut)


def _settings(
    table: FactTable, policy: Policy, zones: tuple[ZoneInfo, ...], cut: I64, permitted: Mask
) -> tuple[I64, tuple[Setting, ...]]:
    """The setting of each person: mostly the zone alone, one more for each other set of terms."""
    settings = [Setting(zone, PLAIN) for zone in zones]
    setting = table.zone.astype(np.int64)
    agreed = _agreed(table, cut) & (table.agreement_from < table.agreement_until)
    told = table.notice_at <= cut[_owners(table.notice_off)]
    only_work = _only_work(table, policy, permitted)
    special = any_of(_owners(table.agreement_off), agreed, table.n) | only_work
    special |= any_of(_owners(table.notice_off), told, table.n)
    places: dict[tuple[int, Terms], int] = {}
    for i in np.flatnonzero(special).tolist():
        terms = _terms(table, i, agreed, told, bool(only_work[i]))
        key = int(table.zone[i]), terms
        if key not in places:
            places[key] = len(settings)
            settings.append(Setting(zones[key[0]], terms))
        setting[i] = places[key]
    return setting, tuple(settings)


def _only_work(table: FactTable, policy: Policy, permitted: Mask) -> Mask:
    """Persons whose only permitted, valid, located addresses are workplaces."""
    none = np.zeros(table.n, np.bool_)
    if not speaks_of_work(policy):
        return none
    owner, fit = _owners(table.address_off), permitted & placed(table) & table.address_valid
    work = of_kinds(table, (AddressKind.WORK,))
    only: Mask = any_of(owner, fit & work, table.n) & ~any_of(owner, fit & ~work, table.n)
    return only


def _terms(table: FactTable, i: int, agreed: Mask, told: Mask, only_work: bool) -> Terms:
    """The terms of person `i`; see `view.terms_of`."""

    def rows(offsets: I32, chosen: Mask, *columns: Any) -> Any:
        mine = slice(int(offsets[i]), int(offsets[i + 1]))
        lists = [column[mine][chosen[mine]].tolist() for column in columns]
        return tuple(zip(*lists, strict=True))

    return Terms(
        rows(table.agreement_off, agreed, table.agreement_weekday, table.agreement_day,
             table.agreement_from, table.agreement_until),
        rows(table.notice_off, told, table.notice_at, table.notice_from, table.notice_until),
        only_work,
    )  # fmt: skip


# --- lookups and sums ----------------------------------------------------------------------------


@functools.lru_cache(maxsize=256)
def codes_in(codes: frozenset[str]) -> Mask:
    """A lookup by code index."""
    return np.array([code in codes for code in CODES], np.bool_)


@functools.lru_cache(maxsize=256)
def results_in(results: frozenset[str]) -> Mask:
    """A lookup by result index; the last place is for "no result" (-1)."""
    return np.array([*(result in results for result in RESULTS), False], np.bool_)


def any_of(owner: I64, mask: Mask, n: int) -> Mask:
    """Which of n owners has a row under `mask`."""
    found = np.zeros(n, np.bool_)
    found[owner[mask]] = True
    return found


def latest(owner: I64, values: I64, mask: Mask, n: int, none: int = 0) -> I64:
    """The greatest of `values` under `mask` per owner, `none` where there is none."""
    result = np.full(n, none, np.int64)
    np.maximum.at(result, owner[mask], values[mask])
    return result


def kept(b: Book) -> Mask:
    """Promises of which enough was paid."""
    enough: Mask = b.table.promise_paid >= b.table.promise_amount * TOLERANCE
    return enough


def first_unkept(b: Book) -> Mask:
    """Promises that are not kept and, of an instalment plan, the earliest due such one."""
    return first_unkept_rows(b.promise_owner, b.table.promise_plan, b.table.promise_due, kept(b))


def made(b: Book) -> Mask:
    """Promises made by `cut`."""
    known: Mask = b.table.promise_made <= b.cut[b.promise_owner]
    return known


def midnights(b: Book, ordinals: I64, people: I64) -> I64:
    """The instants at which the days `ordinals` begin in the zones of `people` (rows)."""
    zone_of = b.table.zone[people]
    result = np.zeros(len(ordinals), np.int64)
    for index, zone in enumerate(b.zones):
        here = np.flatnonzero(zone_of == index)
        if not len(here):
            continue
        first = int(ordinals[here].min())
        place = ordinals[here] - first
        days = np.flatnonzero(np.bincount(place))  # few; all of them need not be sorted
        begins = np.zeros(int(days[-1]) + 1, np.int64)
        begins[days] = [midnight(date.fromordinal(first + day), zone) for day in days.tolist()]
        result[here] = begins[place]
    return result
