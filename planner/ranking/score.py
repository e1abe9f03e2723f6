"""The ranking: points on screen, fen for the planner, and every part of both.

    g      = BOOST x REC x dP x best PM / hours          yuan per hour, before costs
    points = 50 + 10 log2(g / g of the typical eligible person)
    V      = BOOST x REC x dP x mean PM - service - complaint      before travel

Ten points more mean twice as worthwhile per hour. Points are a sum of parts by construction; the
reference (medians over eligible people) is frozen in the result. Weights are exponents of the
factors; the weighted yuan are rescaled to keep their median, so that costs stay comparable.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
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
from planner.ranking.meeting import Meeting, meeting
from planner.ranking.params import Curves, Params, Weights
from planner.ranking.value import (
    Person,
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
_PART: Final = 100_000  # persons at a time, where the steps between would need much memory
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
    p0: F64
    p1: F64
    dp: F64
    boost: F64
    hours: F64
    factors: F64  # [n, 7]
    logs: F64  # [n, 8] log2 ratios to the reference: `_LOGS`
    reference: dict[str, float]


_LOGS: Final = ("rec", "amount", "cooperation", "days", "hardship", "meet", "access", "watch")


@dataclass(frozen=True, slots=True)
class Scores:
    """The ranking of one day; n persons, rows as in the table. Points are exact, not clipped."""

    points: F64
    parts: F64  # [n, 7] in the order of PARTS; 50 + their sum = points
    value: I64  # V, fen, before travel
    travel_share: I64  # fen
    worth: Bools  # value > travel_share
    pm: F64  # [n, 8]
    pm_best: F64
    pm_mean: F64
    best_address: I32  # row of the address columns, -1 = none
    belief: F64  # [address rows]
    p0: F64
    p1: F64
    dp: F64
    rec: F64  # yuan
    boost: F64
    hours: F64
    factors: F64  # [n, 7] in the order of FACTORS, 0 to 1
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
    record = promise_record(known.kept, known.broken)
    who = Person(known.amount, known.days, known.evasion, record, known.hardship)
    hours = service_minutes(meet.mean) / 60.0 + way.hours
    boost, rec = 1.0 + known.watch, recovery(known.amount, params.money)
    reference = _reference(who, meet.best, hours, boost, eligible)
    own = terms(who, params.uplift, params.curves, params.money.reference)
    p0, p1 = chance_of_payment(own, params.uplift)
    return Basis(
        features=known,
        meeting=meet,
        access=way,
        params=params,
        eligible=eligible,
        rec=rec,
        p0=p0,
        p1=p1,
        dp=np.maximum(p1 - p0, params.uplift.floor),
        boost=boost,
        hours=hours,
        factors=_factors(known, meet, way, params.curves),
        logs=log_ratios(who, meet.best, hours, boost, reference, params),
        reference=reference,
    )


def _factors(known: Features, meet: Meeting, way: Access, curves: Curves) -> F64:
    """[n, 7] the bars, in the order of FACTORS."""
    return np.stack(
        [
            amount_score(known.amount, curves),
            days_score(known.days, curves),
            evasion_score(known.evasion, curves),
            stage_score(known.days, curves),
            meet.best,
            access_score(way.cost, curves),
            known.watch,
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
) -> F64:
    """[n, 8] log2 of each factor over the reference's, in the order of `_LOGS`."""
    n = len(meet)
    logs = np.empty((n, len(_LOGS)))
    for start in range(0, n, _PART):
        part = slice(start, start + _PART)
        columns = (who.amount, who.days, who.evasion, who.record, who.hardship)
        some = Person(*(column[part] for column in columns))
        logs[part] = _log_ratios(some, meet[part], hours[part], boost[part], reference, params)
    return logs


def _log_ratios(
    who: Person, meet: F64, hours: F64, boost: F64, reference: dict[str, float], params: Params
) -> F64:
    usual = Person(
        *(np.array(reference[name]) for name in ("amount", "days", "evasion", "record", "hardship"))
    )
    money, floor = params.money, params.meet.floor
    own = terms(who, params.uplift, params.curves, money.reference)
    typical = terms(usual, params.uplift, params.curves, money.reference)
    change = change_parts(own, typical, params.uplift)
    return np.stack(
        [
            np.log2(recovery(who.amount, money) / recovery(usual.amount, money)),
            change["amount"],
            change["cooperation"],
            change["days"],
            change["hardship"],
            np.log2(np.maximum(meet, floor) / max(reference["meet"], floor)),
            np.log2(reference["hours"] / hours),
            np.log2(boost / reference["boost"]),
        ],
        axis=1,
    )


def points_of(logs: F64, weights: Weights) -> tuple[F64, F64]:
    """(points [n], parts [n, 7]) from the log ratios [n, 8].

    The small effect of the amount on dP is weighted as change and shown under amount.
    """
    change = weights.change
    powers = np.array([
        weights.amount, change, change, change, change,
        weights.meet, weights.access, weights.watch,
    ])  # fmt: skip
    scaled = 10.0 * logs * powers
    parts = np.concatenate([scaled[:, :1] + scaled[:, 1:2], scaled[:, 2:]], axis=1)
    points: F64 = 50.0 + parts.sum(axis=1)
    return points, parts


def weigh(basis: Basis, weights: Weights) -> Scores:
    """The ranking under `weights`; cheap enough to follow a slider."""
    known, meet = basis.features, basis.meeting
    points, parts = points_of(basis.logs, weights)
    gross = weighted_gross(basis, weights)
    yuan = person_value(gross, meet.mean, known.visits, known.hardship, basis.params)
    value, travel = whole(yuan * FEN), whole(basis.access.cost * FEN)
    return Scores(
        points=points,
        parts=parts,
        value=value,
        travel_share=travel,
        worth=value > travel,
        pm=meet.chance,
        pm_best=meet.best,
        pm_mean=meet.mean,
        best_address=known.address.astype(np.int32),
        belief=known.belief,
        p0=basis.p0,
        p1=basis.p1,
        dp=basis.dp,
        rec=basis.rec,
        boost=basis.boost,
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
    plain = basis.boost * basis.rec * basis.dp * meet
    if weights == Weights():
        return plain
    pushed = (
        basis.rec**weights.amount
        * basis.dp**weights.change
        * meet**weights.meet
        * basis.boost**weights.watch
        * basis.hours ** (1.0 - weights.access)
    )
    pool = basis.eligible & (plain > 0)
    pool = pool if pool.any() else plain > 0
    if not pool.any():
        return plain
    scale = float(np.median(plain[pool])) / float(np.median(pushed[pool]))
    scaled: F64 = pushed * scale
    return scaled
