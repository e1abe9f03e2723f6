"""The ranking: points on screen, fen for the planner, and every part of both.

    g      = BOOST x REC x dP x best PM / hours          yuan per hour, before costs
    points = 50 + 10 log2(g / g of the typical eligible person)
    V      = BOOST x REC x dP x mean PM - service - complaint      before travel

Ten points more mean twice as worthwhile per hour. Points are a sum of parts by construction; the
reference (medians over eligible people) is frozen in the result. Weights are exponents of the
factors; the weighted yuan are rescaled to keep their median, so that costs stay comparable.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from planner.domain.belief import BARRED_KINDS
from planner.domain.codes import AddressKind
from planner.domain.facts import F64, I32, I64, FactTable
from planner.domain.ground import whole
from planner.domain.localtime import known_zones
from planner.ranking.access import Access, access
from planner.ranking.curves import (
    access_score,
    amount_score,
    days_score,
    evasion_score,
    stage_score,
)
from planner.ranking.features import FEN, Features, features
from planner.ranking.late import Late, parts
from planner.ranking.meeting import Meeting, meeting
from planner.ranking.params import Curves, Params, Weights
from planner.ranking.value import (
    Person,
    Terms,
    chance_of_payment,
    change_parts,
    person_value,
    promise_record,
    recovery,
    service_minutes,
    terms,
)

Bools = npt.NDArray[np.bool_]

PARTS: Final = ("amount", "cooperation", "days", "hardship", "meet", "access", "watch")
FACTORS: Final = ("amount", "days", "evasion", "stage", "meet", "access", "watch")

_FALLBACK_ZONE: Final = "Asia/Shanghai"
# Used where there is nobody to take a median of.
_NOBODY: Final = {
    "amount": 20_000.0, "days": 75.0, "evasion": 0.5, "record": 0.0, "hardship": 0.0,
    "meet": 0.44, "hours": 0.7, "boost": 1.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything that does not depend on the weights: made once per day, weighed often."""

    features: Features
    meeting: Meeting
    access: Access
    params: Params
    eligible: Bools
    rec: F64
    chances: Late  # [n, 2] of payment: not visited, met
    dp: F64
    hours: F64
    factors: Late  # [n, 7]
    effects: tuple[F64, ...]  # log2 of dP over the reference's, split by EFFECTS
    reference: dict[str, float]


EFFECTS: Final = ("amount", "cooperation", "days", "hardship")


@dataclass(frozen=True, slots=True)
class Scores:
    """The ranking of one day; n persons, rows as in the table. Points are exact, not clipped."""

    points: F64
    parts: Late  # [n, 7] in the order of PARTS; 50 + their sum = points
    value: I64  # V, fen, before travel
    travel_share: I64  # fen
    worth: Bools  # value > travel_share
    pm: Late  # [n, 8]
    pm_best: F64
    pm_mean: F64
    best_address: I32  # row of the address columns, -1 = none
    belief: F64  # [address rows]
    p0: Late  # [n]
    p1: Late
    dp: F64
    rec: F64  # yuan
    boost: Late  # [n]
    hours: F64
    factors: Late  # [n, 7] in the order of FACTORS, 0 to 1
    reference: dict[str, float]
    weights: Weights
    gross: F64  # yuan: what enters V; with all weights 1 it is boost x rec x dp x pm_mean
    basis: Basis


def score_many(
    table: FactTable,
    day: date,
    params: Params,
    weights: Weights,
    eligible: Bools,
    windows: I64,
    hubs: F64,
    barred: Collection[AddressKind] = BARRED_KINDS,
) -> Scores:
    """Rank all persons of `table` for `day`.

    `eligible` [n] and `windows` [n, K, 2] (half-open instants of the whole visit) come from the
    contact rules, as do the `barred` kinds of address; `hubs` [m, 2] are (lat, lon) of the crews'
    homes. People who are not eligible are scored too; the reference is taken over the eligible
    ones (over all if there are none).
    """
    return weigh(measure(table, day, params, eligible, windows, hubs, barred), weights)


def measure(
    table: FactTable,
    day: date,
    params: Params,
    eligible: Bools,
    windows: I64,
    hubs: F64,
    barred: Collection[AddressKind] = BARRED_KINDS,
) -> Basis:
    """The part of the ranking that no weight changes; arguments as in `score_many`."""
    # Whether somebody without a zone that exists may be visited is for the contact rules to say.
    table = replace(table, zones=known_zones(table.zones, _FALLBACK_ZONE))
    known = features(table, day, params, barred)
    meet = meeting(table, day, known, windows, params.meet)
    way = access(table, known.address, eligible, hubs, params)
    who = _Who(known)
    hours = service_minutes(meet.mean) / 60.0 + way.hours
    boost = 1.0 + known.watch
    reference = _reference(who.of(slice(None)), meet.best, hours, boost, eligible)
    usual = _usual(reference)
    rec, dp = np.empty(table.n), np.empty(table.n)
    effects = tuple(np.empty(table.n) for _ in EFFECTS)
    for start, stop in parts(table.n):
        some, here = who.of(slice(start, stop)), slice(start, stop)
        own = _terms(some, params)
        chances = chance_of_payment(own, params.uplift)
        dp[here] = np.maximum(chances[1] - chances[0], params.uplift.floor)
        rec[here] = recovery(some.amount, params.money)
        change = change_parts(own, _terms(usual, params), params.uplift)
        for name, column in zip(EFFECTS, effects, strict=True):
            column[here] = change[name]
    return Basis(
        features=known,
        meeting=meet,
        access=way,
        params=params,
        eligible=eligible,
        rec=rec,
        chances=Late(
            (table.n, 2),
            lambda rows: np.stack(
                chance_of_payment(_terms(who.of(rows), params), params.uplift), axis=1
            ),
        ),
        dp=dp,
        hours=hours,
        factors=Late((table.n, len(FACTORS)), partial(_factors, who, meet, way, params.curves)),
        effects=effects,
        reference=reference,
    )


@dataclass(frozen=True, slots=True)
class _Who:
    """What the effect of a visit depends on, for the rows somebody asks about."""

    known: Features

    def of(self, rows: I64 | slice) -> Person:
        """The persons in these rows."""
        known = self.known
        kept, broken = (column[rows].astype(np.float64) for column in (known.kept, known.broken))
        days, hardship = (
            column[rows].astype(np.float64) for column in (known.days, known.hardship)
        )
        record = promise_record(kept, broken)
        return Person(known.amount[rows], days, known.evasion[rows], record, hardship)


def _terms(who: Person, params: Params) -> Terms:
    return terms(who, params.uplift, params.curves, params.money.reference)


def _usual(reference: dict[str, float]) -> Person:
    """The typical person."""
    names = ("amount", "days", "evasion", "record", "hardship")
    return Person(*(np.array(reference[name]) for name in names))


def _factors(who: _Who, meet: Meeting, way: Access, curves: Curves, rows: I64) -> F64:
    """[rows, 7] the bars, in the order of FACTORS."""
    some = who.of(rows)
    return np.stack(
        [
            amount_score(some.amount, curves),
            days_score(some.days, curves),
            evasion_score(some.evasion, curves),
            stage_score(some.days, curves),
            meet.best[rows],
            access_score(way.cost[rows], curves),
            who.known.watch[rows],
        ],
        axis=1,
    )


def _reference(who: Person, meet: F64, hours: F64, boost: F64, eligible: Bools) -> dict[str, float]:
    """Medians over the eligible (over all if nobody is)."""
    if not len(eligible):
        return dict(_NOBODY)
    pool = np.flatnonzero(eligible) if eligible.any() else np.arange(len(eligible))
    columns = {
        "amount": who.amount, "days": who.days, "evasion": who.evasion, "record": who.record,
        "hardship": who.hardship, "meet": meet, "hours": hours, "boost": boost,
    }  # fmt: skip
    return {name: float(np.median(values[pool])) for name, values in columns.items()}


def log_ratios(
    who: Person, meet: F64, hours: F64, boost: F64, reference: dict[str, float], params: Params
) -> list[F64]:
    """log2 of each factor over the reference's: recovery, EFFECTS, meeting, access, watch."""
    usual = _usual(reference)
    change = change_parts(_terms(who, params), _terms(usual, params), params.uplift)
    rec = recovery(who.amount, params.money)
    effects = [change[name] for name in EFFECTS]
    return _ratios(rec, effects, meet, hours, boost, reference, params)


def _ratios(
    rec: F64, effects: list[F64], meet: F64, hours: F64, boost: F64,
    reference: dict[str, float], params: Params,
) -> list[F64]:  # fmt: skip
    floor = params.meet.floor
    usual = recovery(np.array(reference["amount"]), params.money)
    return [
        np.log2(rec / usual),
        *effects,
        np.log2(np.maximum(meet, floor) / max(reference["meet"], floor)),
        np.log2(reference["hours"] / hours),
        np.log2(boost / reference["boost"]),
    ]


def _logs(basis: Basis, rows: I64 | slice) -> list[F64]:
    """`log_ratios` of these rows."""
    return _ratios(
        basis.rec[rows], [column[rows] for column in basis.effects], basis.meeting.best[rows],
        basis.hours[rows], 1.0 + basis.features.watch[rows], basis.reference, basis.params,
    )  # fmt: skip


def points_of(logs: Sequence[F64], weights: Weights) -> tuple[F64, list[F64]]:
    """(points [n], their seven parts [n]) from the eight log ratios [n].

    The small effect of the amount on dP is weighted as change and shown under amount.
    """
    change = weights.change
    powers = (
        weights.amount, change, change, change, change,
        weights.meet, weights.access, weights.watch,
    )  # fmt: skip
    first, second, *others = (10.0 * log * power for log, power in zip(logs, powers, strict=True))
    found = [first + second, *others]
    total = found[0] + found[1]
    for more in found[2:]:
        total += more
    points: F64 = 50.0 + total
    return points, found


def weigh(basis: Basis, weights: Weights) -> Scores:
    """The ranking under `weights`; cheap enough to follow a slider."""
    known, meet, n = basis.features, basis.meeting, len(basis.rec)
    gross = weighted_gross(basis, weights)
    points, value, travel = np.empty(n), np.empty(n, np.int64), np.empty(n, np.int64)
    for start, stop in parts(n):
        here = slice(start, stop)
        points[here] = points_of(_logs(basis, here), weights)[0]
        visits, poor = (
            column[here].astype(np.float64) for column in (known.visits, known.hardship)
        )
        yuan = person_value(gross[here], meet.mean[here], visits, poor, basis.params)
        value[here] = whole(yuan * FEN)
        travel[here] = whole(basis.access.cost[here] * FEN)
    return Scores(
        points=points,
        parts=Late(
            (n, len(PARTS)),
            lambda rows: np.stack(points_of(_logs(basis, rows), weights)[1], axis=1),
        ),
        value=value,
        travel_share=travel,
        worth=value > travel,
        pm=meet.chance,
        pm_best=meet.best,
        pm_mean=meet.mean,
        best_address=known.address,
        belief=known.belief,
        p0=Late((n,), lambda rows: basis.chances[rows, 0]),
        p1=Late((n,), lambda rows: basis.chances[rows, 1]),
        dp=basis.dp,
        rec=basis.rec,
        boost=Late((n,), lambda rows: 1.0 + known.watch[rows]),
        hours=basis.hours,
        factors=basis.factors,
        reference=basis.reference,
        weights=weights,
        gross=gross,
        basis=basis,
    )


def weighted_gross(basis: Basis, weights: Weights) -> F64:
    """Gross yuan of a visit with the weights as exponents, rescaled to keep the median.

    The exponent of access stands on 1 / hours: at weight 1 it takes no part in V, which is yuan
    and not yuan per hour.
    """
    meet = basis.meeting.mean
    boost = 1.0 + basis.features.watch
    plain = boost * basis.rec * basis.dp * meet
    if weights == Weights():
        return plain
    pushed = (
        basis.rec**weights.amount
        * basis.dp**weights.change
        * meet**weights.meet
        * boost**weights.watch
        * basis.hours ** (1.0 - weights.access)
    )
    pool = basis.eligible & (plain > 0)
    pool = pool if pool.any() else plain > 0
    if not pool.any():
        return plain
    scale = float(np.median(plain[pool])) / float(np.median(pushed[pool]))
    scaled: F64 = pushed * scale
    return scaled
