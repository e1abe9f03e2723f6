"""Chance to meet the debtor by hour: a hierarchical beta-binomial model over eight cells.

Prior (`domain.belief.MEET_PRIOR`) -> region type, over all recorded visits -> person. A miss
lowers its own cell most and similar ones less, so the next try moves to another hour by itself.
Public holidays count by their weekday: no visit is planned on them.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from planner.domain.belief import BAND_STARTS, CELLS, MEET_PRIOR, MET, NOTHING
from planner.domain.codes import Region
from planner.domain.facts import F64, I32, I64, FactTable
from planner.domain.localtime import midnight
from planner.ranking.features import Features, decay
from planner.ranking.params import Meet

BANDS = 4
_PART = 100_000  # persons at a time


@dataclass(frozen=True, slots=True)
class Meeting:
    """Chances to meet, [n, 8] or [n]; cells as in `domain.belief`."""

    chance: F64  # [n, 8] PM = belief x a
    best: F64  # [n] best PM over the permitted windows of the day
    mean: F64  # [n] mean PM over them, weighted by their length
    permitted: npt.NDArray[np.bool_]  # [n, 4] some permitted time in that band of the day
    weekend: bool  # of the day
    tries: I32  # [n, 8] recorded visits
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
    result: F64 = (rule.case_weight * segment + hits @ alike) / (rule.case_weight + tries @ alike)
    return result


def meeting(table: FactTable, day: date, known: Features, windows: I64, rule: Meet) -> Meeting:
    """Chances of all persons on `day`, with `windows` [n, K, 2] half-open instants."""
    n, trail = table.n, known.trail
    told = (trail.found != NOTHING) & (trail.address >= 0)
    person, cell = trail.person[told], trail.cell[told].astype(np.int64)
    met = (trail.found[told] == MET).astype(np.float64)
    weight = np.where(met > 0, 1.0, trail.belief[told])
    region = table.address_region[trail.address[told]].astype(np.int64)
    where = region * CELLS + cell
    ones = np.ones(len(cell))
    hits, tries, counted = (_grid(where, values, len(Region)) for values in (met, weight, ones))
    segment = segment_means(hits, tries, rule)
    fading = decay(np.maximum(day.toordinal() - trail.day[told], 0), rule.half_life)
    chance: F64 = np.zeros((n, CELLS))
    tries_own = np.zeros((n, CELLS), np.int32)
    # Part by part: a million persons would need half a gigabyte for the steps in between.
    for start in range(0, n, _PART):
        stop = min(n, start + _PART)
        mine = slice(*np.searchsorted(person, [start, stop]))
        at = (person[mine] - start) * CELLS + cell[mine]
        fade, hit = fading[mine], met[mine]
        own_hits, own_tries, own_counted = (
            _grid(at, values, stop - start)
            for values in (fade * hit, fade * weight[mine], ones[mine])
        )
        tries_own[start:stop] = own_counted
        address = known.address[start:stop]
        placed = np.flatnonzero(address >= 0)
        home = table.address_region[address[placed]].astype(np.int64)
        a = chances(segment[home], own_hits[placed], own_tries[placed], rule)
        chance[start + placed] = known.belief[address[placed], None] * a
    share = time_shares(table, day, windows, rule)
    first = BANDS if day.weekday() >= 5 else 0
    today = chance[:, first : first + BANDS]
    return Meeting(
        chance=chance,
        best=np.max(np.where(share > 0, today, 0.0), axis=1, initial=0.0),
        mean=np.sum(today * share, axis=1),
        permitted=share > 0,
        weekend=first > 0,
        tries=tries_own,
        segment_tries=counted.astype(np.int64),
    )


def _grid(at: I64, values: F64, rows: int) -> F64:
    """Sums of `values` by flat index row x cell, as [rows, 8]."""
    sums = np.bincount(at, values, minlength=rows * CELLS).astype(np.float64)
    return sums.reshape(rows, CELLS)


def time_shares(table: FactTable, day: date, windows: I64, rule: Meet) -> F64:
    """[n, 4] share of each person's permitted time in each band; rows add up to 1.

    A person without any window on `day` is given the default hours, so that a chance can be
    shown for people who wait as well.
    """
    length: F64 = np.zeros((table.n, BANDS))
    if windows.shape[1]:
        edges = np.array([[midnight(day, z, h) for h in BAND_STARTS] for z in table.zones])
        for band in range(BANDS):
            start, stop = edges[table.zone, band], edges[table.zone, band + 1]
            begin = np.maximum(windows[:, :, 0], start[:, None])
            end = np.minimum(windows[:, :, 1], stop[:, None])
            length[:, band] = np.maximum(end - begin, 0).sum(axis=1)
    low, high = rule.default_hours
    hours = np.array(BAND_STARTS)
    usual = np.maximum(np.minimum(hours[1:], high) - np.maximum(hours[:-1], low), 0)
    length[length.sum(axis=1) == 0] = usual
    total: F64 = length.sum(axis=1, keepdims=True)
    return length / total
