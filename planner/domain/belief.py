"""How sure we are that an address is right, after what was found there (pure, floor 0).

The belief q of an address starts from the grade of its position (`GRADE_BELIEF`) and is moved by
the recorded visits, in time order (ties: row order of the facts):

* nobody there      q <- q (1 - a) / (1 - q a)   (Bayes; a = chance to meet at that hour)
* met the debtor    q <- .99
* address wrong     q <- .05   (VIS-ADR-BAD, VIS-MOVED)
* anything else (third party, refusal, visit broken off) leaves q as it is.

`a` is the prior mean `MEET_PRIOR` of the cell in which the visit began, in the debtor's local
time. It is deliberately not the person's own, updated chance: the update then needs nothing but
the person's visits, and three misses at 10:00, 14:00 and 19:30 take q from .80 to .354.

A visit recorded without an address counts for the address with the highest belief at that moment
(the first of equals), whether it is still valid today or not. Contacts after `at` are ignored.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from planner.domain.codes import CODES, GRADE_BELIEF, AddressKind, Channel, Grade
from planner.domain.facts import F64, I8, I32, I64, FactTable, PersonFacts, instant
from planner.domain.localtime import DAY, local_seconds, ordinals

# Cells 0-3 are a weekday before 12, 12-17, 17-19 and from 19 o'clock; 4-7 the same at weekends.
CELLS: Final = 8
BAND_STARTS: Final = (0, 12, 17, 19, 24)  # hours; the last one closes the day
# Chance to meet the debtor at a right address, per cell: an assumption, weakly held.
MEET_PRIOR: Final[tuple[float, ...]] = (0.40, 0.40, 0.52, 0.62, 0.55, 0.50, 0.57, 0.62)
AFTER_MET: Final = 0.99
AFTER_MOVED: Final = 0.05
# Places no visit goes to unless a rule pack says otherwise (`Policy.barred_kinds`).
BARRED_KINDS: Final = frozenset({AddressKind.WORK, AddressKind.RELATIVE, AddressKind.UNKNOWN})

NOTHING, MET, NOBODY, MOVED, THIRD_PARTY = range(5)
FOUND: Final[dict[str, int]] = {
    "VIS-RPC": MET,
    "VIS-NC": NOBODY,
    "VIS-ADR-BAD": MOVED,
    "VIS-MOVED": MOVED,
    "VIS-TPC": THIRD_PARTY,
}
_FOUND = np.array([FOUND.get(code, NOTHING) for code in CODES], np.int8)
_IS_VISIT = np.array([code.startswith("VIS") for code in CODES], np.bool_)
_PRIOR = np.array(MEET_PRIOR, np.float64)


@dataclass(frozen=True, slots=True)
class Visits:
    """All visits known at some moment, as columns of length v, by person and then time."""

    person: I32  # row of the table
    address: I32  # row of the address columns the visit counts for, -1 = the person has none
    found: I8  # NOTHING, MET, NOBODY, MOVED or THIRD_PARTY
    cell: I8
    day: I32  # local calendar day, ordinal
    belief: F64  # q of the address after this visit; 0 without an address


def cells(local: I64) -> I8:
    """Cell of the week of local seconds (see `localtime.local_seconds`)."""
    hour = local % DAY // 3600
    band = (hour >= BAND_STARTS[1]).astype(np.int8)
    band += hour >= BAND_STARTS[2]
    band += hour >= BAND_STARTS[3]
    weekend = (ordinals(local) + 6) % 7 >= 5
    return band + np.int8(4) * weekend


def cell_at(at: datetime, zone: str) -> int:
    """Cell of the week of an aware datetime in the IANA zone `zone`."""
    local = at.astimezone(ZoneInfo(zone))
    band = sum(local.hour >= hour for hour in BAND_STARTS[1:4])
    return band + 4 * (local.weekday() >= 5)


def _best_rows(table: FactTable, q: F64, people: I64) -> I64:
    """Row of the address with the highest belief of each person, first of equals, -1 = none."""
    start, stop = table.address_off[people], table.address_off[people + 1]
    best = np.where(stop > start, start, -1)
    longest = int((stop - start).max()) if len(people) else 0
    for step in range(1, longest):
        other = np.flatnonzero(start + step < stop)
        row = start[other] + step
        higher = q[row] > q[best[other]]
        best[other[higher]] = row[higher]
    return best


def walk(table: FactTable, at: int | I64) -> tuple[F64, Visits]:
    """Beliefs of all address rows at `at` and the visits that led to them.

    `at` is an instant, or one per person; later contacts are ignored. The loop runs over the
    k-th visit of all persons together, so its length is the longest history of one person.
    """
    q = np.array(GRADE_BELIEF, np.float64)[table.address_grade]
    owner = np.repeat(np.arange(table.n), np.diff(table.contact_off))
    cut = at[owner] if isinstance(at, np.ndarray) else at
    rows = np.flatnonzero(_IS_VISIT[table.contact_code] & (table.contact_at <= cut))
    person = owner[rows]
    local = local_seconds(table.contact_at[rows], table.zone[person].astype(np.int64), table.zones)
    found, cell = _FOUND[table.contact_code[rows]], cells(local)
    address = table.contact_address[rows].astype(np.int64)
    after = np.zeros(len(rows), np.float64)
    rank = np.arange(len(rows)) - np.searchsorted(person, person)
    order = np.argsort(rank, kind="stable")
    for batch in np.split(order, np.cumsum(np.bincount(rank))[:-1] if len(rank) else []):
        lost = batch[address[batch] < 0]
        address[lost] = _best_rows(table, q, person[lost])
        seen = batch[address[batch] >= 0]
        place, what, a = address[seen], found[seen], _PRIOR[cell[seen]]
        before = q[place]
        missed = before * (1 - a) / (1 - before * a)
        q[place] = np.select(
            [what == NOBODY, what == MET, what == MOVED],
            [missed, np.full(len(seen), AFTER_MET), np.full(len(seen), AFTER_MOVED)],
            before,
        )
        after[seen] = q[place]
    days = ordinals(local).astype(np.int32)
    rows_of = person.astype(np.int32), address.astype(np.int32)
    return q, Visits(*rows_of, found, cell, days, after)


def beliefs(table: FactTable, at: int) -> F64:
    """Belief q in [0, 1] of every address row of `table` at the instant `at`."""
    return walk(table, at)[0]


def belief_of(facts: PersonFacts, at: int) -> dict[str, float]:
    """Belief q by address id of one person at the instant `at`: the same rule in plain Python."""
    q = {a.address_id: GRADE_BELIEF[a.grade] for a in facts.addresses}
    for contact in facts.contacts:
        if contact.channel is not Channel.VISIT or instant(contact.at) > at or not q:
            continue
        known = contact.address_id in q
        place = contact.address_id if known else max(q, key=lambda key: q[key])
        found = FOUND.get(contact.code, NOTHING)
        if found == NOBODY:
            a = MEET_PRIOR[cell_at(contact.at, facts.zone)]
            q[place] = q[place] * (1 - a) / (1 - q[place] * a)
        elif found in (MET, MOVED):
            q[place] = AFTER_MET if found == MET else AFTER_MOVED
    return q


def best_addresses(table: FactTable, q: F64, barred: Collection[AddressKind] = BARRED_KINDS) -> I64:
    """Row of the address to visit per person, -1 = none.

    The highest belief among valid, located addresses of a kind that is not `barred`; the first
    row of equals.
    """
    fit = usable(table, barred)
    best = _best_rows(table, np.where(fit, q, -1.0), np.arange(table.n))
    known = best >= 0
    best[known] = np.where(fit[best[known]], best[known], -1)
    return best


def usable(
    table: FactTable, barred: Collection[AddressKind] = BARRED_KINDS
) -> npt.NDArray[np.bool_]:
    """True for address rows that are valid, located, graded and not of a `barred` kind."""
    fit: npt.NDArray[np.bool_] = ~np.isin(table.address_kind, [int(kind) for kind in barred])
    fit &= table.address_valid & (table.address_grade != int(Grade.NONE))
    fit &= ~np.isnan(table.address_lat + table.address_lon)
    return fit
