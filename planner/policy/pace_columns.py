"""The rhythm of visits for a whole book at once; says what pace.py says for one person."""

import numpy as np

from planner.domain.facts import I64, NEVER
from planner.domain.promise import GRACE
from planner.policy.book import (
    Book,
    Mask,
    codes_in,
    first_unkept,
    kept,
    made,
    midnights,
    results_in,
)
from planner.policy.limits import Pacing
from planner.policy.pace import EVASIVE, GROUPS, pause_days
from planner.policy.view import DAY, FAILED_RESULTS, UNIT_CODES

_TIME_BITS = 40  # bits of an instant, and more


def _between(owner: I64, at: I64, people: I64, after: I64, until: I64) -> Mask:
    """For each of `people`: does one of the owner's instants lie in (after, until]?"""
    keys = np.sort(owner << _TIME_BITS | np.maximum(at, 0))
    first = np.searchsorted(keys, people << _TIME_BITS | np.maximum(after, 0), side="right")
    last = np.searchsorted(keys, people << _TIME_BITS | np.maximum(until, 0), side="right")
    found: Mask = last > first
    return found


def pace_until(limit: Pacing, b: Book) -> I64:
    """Until when the rhythm bars a further visit to each person; see `pace.pace_until`."""
    table = b.table
    rows = np.flatnonzero(b.known & codes_in(UNIT_CODES["visit"])[b.code])
    who, at = b.contact_owner[rows], table.contact_at[rows]
    since = at - limit.look_back * DAY
    word = kept(b)
    good = np.concatenate([b.payment_owner, b.promise_owner[word]])
    good_at = np.concatenate([table.payment_at, table.promise_made[word]])
    cooperated = _between(good, good_at, who, since, b.cut[who])
    refused = codes_in(EVASIVE)[b.code]
    refused |= results_in(FAILED_RESULTS)[b.result]
    broken = np.flatnonzero(made(b) & first_unkept(b) & (table.promise_paid <= 0))
    due = table.promise_due[broken].astype(np.int64) + 1 + GRACE.days
    bad = np.concatenate([b.contact_owner[refused], b.promise_owner[broken]])
    bad_at = np.concatenate([table.contact_at[refused], midnights(b, due, b.promise_owner[broken])])
    evaded = _between(bad, bad_at, who, since, at)
    days = _pauses(limit)[b.code[rows], b.result[rows], cooperated * 2 + evaded]
    until = np.zeros(table.n, np.int64)
    np.maximum.at(until, who, at + days * DAY)
    return np.maximum(until, _full_stage(limit, b, who, at))


def _pauses(limit: Pacing) -> I64:
    """Days of rest by code, result (last: none) and 2 x cooperated + evaded."""
    shape = max(c for c, _ in GROUPS) + 1, max(r for _, r in GROUPS) + 1, 4
    days = np.zeros(shape, np.int64)
    for (code, result), group in GROUPS.items():
        for k in range(4):
            days[code, result, k] = pause_days(limit, group, k >= 2, k % 2 == 1)
    return days


def _full_stage(limit: Pacing, b: Book, who: I64, at: I64) -> I64:
    """When the stage ends for persons who had all its visits, 0 for the others."""
    table = b.table
    since = table.overdue_since.astype(np.int64)
    overdue = np.maximum(0, b.day.toordinal() - since)
    firsts = np.array([stage.from_days for stage in limit.stages], np.int64)
    place = np.searchsorted(firsts, overdue, side="right") - 1
    everyone = np.arange(table.n)
    begin = midnights(b, since + firsts[place], everyone)
    count = np.bincount(who[at >= begin[who]], minlength=table.n)
    most = np.array([stage.in_all for stage in limit.stages], np.int64)
    full = np.flatnonzero(count >= most[place])
    until = np.zeros(table.n, np.int64)
    until[full] = NEVER
    ending = full[place[full] + 1 < len(firsts)]
    until[ending] = midnights(b, since[ending] + firsts[place[ending] + 1], ending)
    return until
