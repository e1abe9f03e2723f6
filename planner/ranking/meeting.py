"""Chance to meet the debtor by hour: a hierarchical beta-binomial model over eight cells.

Prior (`domain.belief.MEET_PRIOR`) -> region type, over all recorded visits -> person. A miss
lowers its own cell most and similar ones less, so the next try moves to another hour by itself.
Public holidays count by their weekday: no visit is planned on them.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.domain.belief import BAND_STARTS, CELLS, MEET_PRIOR, MET, NOTHING, Visits
from planner.domain.codes import Region
from planner.domain.facts import F64, I8, I32, I64, FactTable
from planner.domain.localtime import midnight
from planner.ranking.features import Features, decay
from planner.ranking.late import Late, parts
from planner.ranking.params import Meet

BANDS = 4
_FEW = 2048  # rows of a product: more of them would wake threads that cost more than they help


@dataclass(frozen=True, slots=True)
class Meeting:
    """Chances to meet, [n, 8] or [n]; cells as in `domain.belief`."""

    chance: Late  # [n, 8] PM = belief x a
    best: F64  # [n] best PM over the permitted windows of the day
    mean: F64  # [n] mean PM over them, weighted by their length
    permitted: npt.NDArray[np.bool_]  # [n, 4] some permitted time in that band of the day
    weekend: bool  # of the day
    tries: Late  # [n, 8] recorded visits
    segment_tries: I64  # [3, 8] recorded visits by region type


def similarity(rule: Meet) -> F64:
    """[8, 8] how much a visit in one cell says about another."""
    cell = np.arange(CELLS)
    band, kind = cell % BANDS, cell // BANDS
    apart = np.abs(band[:, None] - band)
    same_kind = kind[:, None] == kind
    near = (same_kind & (apart == 1)) | (~same_kind & (apart == 0))
    result: F64 = np.select([same_kind & (apart == 0), near], [1.0, rule.near], rule.far)
    return result


def segment_means(hits: F64, tries: F64, rule: Meet) -> F64:
    """[3, 8] mean chance per region type from its counts [3, 8]; the prior with zero counts."""
    prior = np.array(MEET_PRIOR)
    return (rule.segment_weight * prior + hits) / (rule.segment_weight + tries)


def chances(segment: F64, hits: F64, tries: F64, rule: Meet) -> F64:
    """a[b] [n, 8] from the person's segment means and decayed counts per visited cell [n, 8]."""
    alike = similarity(rule)
    result: F64 = np.empty(segment.shape)
    for start in range(0, len(segment), _FEW):
        few = slice(start, start + _FEW)
        above = rule.case_weight * segment[few] + hits[few] @ alike
        result[few] = above / (rule.case_weight + tries[few] @ alike)
    return result


def meeting(table: FactTable, day: date, known: Features, windows: I64, rule: Meet) -> Meeting:
    """Chances of all persons on `day`, with `windows` [n, K, 2] half-open instants."""
    tries = _Tries.of(table, day, known, rule)
    first = BANDS if day.weekday() >= 5 else 0
    best, mean = np.zeros(table.n), np.zeros(table.n)
    permitted = np.zeros((table.n, BANDS), np.bool_)
    for start, stop in parts(table.n):
        share = time_shares(table, day, windows, rule, start, stop)
        today = tries.chance(np.arange(start, stop))[:, first : first + BANDS]
        best[start:stop] = np.max(np.where(share > 0, today, 0.0), axis=1, initial=0.0)
        mean[start:stop] = np.sum(today * share, axis=1)
        permitted[start:stop] = share > 0
    shape = table.n, CELLS
    return Meeting(
        chance=Late(shape, tries.chance),
        best=best,
        mean=mean,
        permitted=permitted,
        weekend=first > 0,
        tries=Late(shape, tries.counted),
        segment_tries=tries.everywhere.astype(np.int64),
    )


@dataclass(frozen=True, slots=True)
class _Tries:
    """The visits that say something about a chance, by person and time, and what they say.

    `home` [n] is the region type of the address to visit, `right` [n] the belief in it (0 = none).
    """

    rule: Meet
    day: int  # ordinal
    trail: Visits
    told: I32  # rows of the trail
    off: I32  # visits of person i: told[off[i]:off[i + 1]]
    segment: F64  # [3, 8] means of the region types
    everywhere: F64  # [3, 8] visits of the region types
    home: I8
    right: F64

    @classmethod
    def of(cls, table: FactTable, day: date, known: Features, rule: Meet) -> "_Tries":
        trail = known.trail
        told = np.flatnonzero((trail.found != NOTHING) & (trail.address >= 0)).astype(np.int32)
        met, weight = _weights(trail, told)
        where = table.address_region[trail.address[told]] * np.int64(CELLS) + trail.cell[told]
        hits, tries, counted = (
            _grid(where, values, len(Region)) for values in (met, weight, np.ones(len(told)))
        )
        off = np.zeros(table.n + 1, np.int32)
        np.cumsum(np.bincount(trail.person[told], minlength=table.n), out=off[1:])
        placed = np.flatnonzero(known.address >= 0)
        home, right = np.zeros(table.n, np.int8), np.zeros(table.n)
        home[placed] = table.address_region[known.address[placed]]
        right[placed] = known.belief[known.address[placed]]
        return cls(
            rule=rule,
            day=day.toordinal(),
            trail=trail,
            told=told,
            off=off,
            segment=segment_means(hits, tries, rule),
            everywhere=counted,
            home=home,
            right=right,
        )

    def _items(self, rows: I64) -> tuple[I32, I64]:
        """The visits of the persons `rows` in the trail, and their places in a grid of theirs."""
        count = self.off[rows + 1] - self.off[rows]
        items = np.repeat(self.off[rows] - (np.cumsum(count) - count), count)
        visits = self.told[items + np.arange(len(items))]
        at = np.repeat(np.arange(0, len(rows) * CELLS, CELLS), count)
        at += self.trail.cell[visits]
        return visits, at

    def chance(self, rows: I64) -> F64:
        """[rows, 8] PM = belief x a."""
        none = np.zeros((len(Region), CELLS))
        a: F64 = chances(self.segment, none, none, self.rule)[self.home[rows]]
        # Only who was visited differs from the usual of the region type.
        visited = np.flatnonzero(self.off[rows + 1] > self.off[rows])
        mine = rows[visited]
        items, at = self._items(mine)
        age = np.maximum(self.day - self.trail.day[items], 0)
        fading = decay(age, self.rule.half_life)
        hits, tries = (
            _grid(at, fading * values, len(mine)) for values in _weights(self.trail, items)
        )
        a[visited] = chances(self.segment[self.home[mine]], hits, tries, self.rule)
        a *= self.right[rows, None]
        return a

    def counted(self, rows: I64) -> I32:
        """[rows, 8] recorded visits."""
        _, at = self._items(rows)
        return _grid(at, np.ones(len(at)), len(rows)).astype(np.int32)


def _weights(trail: Visits, rows: npt.NDArray[Any]) -> tuple[F64, F64]:
    """1 for each meeting, and the weight of each visit: a miss counts as far as the address was
    believed to be right."""
    met = (trail.found[rows] == MET).astype(np.float64)
    return met, np.where(met > 0, 1.0, trail.belief[rows])


def _grid(at: I64, values: F64, rows: int) -> F64:
    """Sums of `values` by flat index row x cell, as [rows, 8]."""
    sums = np.bincount(at, values, minlength=rows * CELLS).astype(np.float64)
    return sums.reshape(rows, CELLS)


def time_shares(
    table: FactTable, day: date, windows: I64, rule: Meet, first: int = 0, stop: int | None = None
) -> F64:
    """[n, 4] share of each person's permitted time in each band; rows add up to 1.

    Of the persons from row `first` to row `stop`.

    A person without any window on `day` is given the default hours, so that a chance can be
    shown for people who wait as well.
    """
    zone, windows = table.zone[first:stop], windows[first:stop]
    length: F64 = np.zeros((len(zone), BANDS))
    if windows.shape[1]:
        edges = np.array([[midnight(day, z, h) for h in BAND_STARTS] for z in table.zones])
        for band in range(BANDS):
            opens, closes = edges[zone, band], edges[zone, band + 1]
            begin = np.maximum(windows[:, :, 0], opens[:, None])
            end = np.minimum(windows[:, :, 1], closes[:, None])
            length[:, band] = np.maximum(end - begin, 0).sum(axis=1)
    low, high = rule.default_hours
    hours = np.array(BAND_STARTS)
    usual = np.maximum(np.minimum(hours[1:], high) - np.maximum(hours[:-1], low), 0)
    length[length.sum(axis=1) == 0] = usual
    total: F64 = length.sum(axis=1, keepdims=True)
    return length / total
