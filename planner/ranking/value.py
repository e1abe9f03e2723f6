"""What a visit is worth: its effect on payment, the money if paid, and what the visit costs.

Amounts are yuan (float) in this package and become integer fen once, in score.py. The effect of
a visit is a difference of two logistic chances (paid within 30 days if met now, if not visited
now), so people who would pay anyway gain nothing by being near the top.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.domain.facts import F64, I64
from planner.domain.ground import whole
from planner.ranking.curves import evasion_score, sigmoid, stage_score
from planner.ranking.params import Complaint, Curves, Money, Params, Uplift

# Minutes of a visit: find and park, wait at the door, talk if the debtor is met. Not among the
# tunable numbers: legality and timetables rest on them.
FIND, DOOR, TALK = 9.0, 7.0, 18.0
LONG_SERVICE: Final = int(60 * (FIND + DOOR + TALK))  # seconds, if everything happens
GROUPS: Final = ("cooperation", "days", "hardship")  # split by Shapley inside "change"


@dataclass(frozen=True, slots=True)
class Person:
    """What the effect of a visit depends on; columns of equal length, or single figures."""

    amount: F64  # yuan
    days: F64
    evasion: F64
    record: F64  # promise record, see `promise_record`
    hardship: F64


def promise_record(kept: F64, broken: F64) -> F64:
    """Smoothed share of promises kept, minus one half."""
    return (kept + 1.0) / (kept + broken + 2.0) - 0.5


@dataclass(frozen=True, slots=True)
class Terms:
    """Summands of the two logits by group: `base` without a visit, `gain` by meeting."""

    base: dict[str, F64]
    gain: dict[str, F64]


def terms(who: Person, rule: Uplift, curves: Curves, reference: float) -> Terms:
    """The logit's summands by group ("amount" and `GROUPS`); the constants are left out."""
    evasive = evasion_score(who.evasion, curves) - 0.5
    stage = stage_score(who.days, curves) - 0.6
    age = np.clip((who.days - 90.0) / 365.0, 0.0, 2.0)
    base, effect = rule.base, rule.effect
    return Terms(
        base={
            "amount": base[2] * np.log10(who.amount / reference),
            "cooperation": base[1] * evasive + base[5] * who.record,
            "days": base[3] * stage + base[4] * age,
            "hardship": base[6] * who.hardship,
        },
        gain={
            "amount": 0.0 * who.amount,
            "cooperation": effect[1] * evasive,
            "days": effect[2] * stage,
            "hardship": effect[3] * who.hardship,
        },
    )


def chance_of_payment(own: Terms, rule: Uplift) -> tuple[F64, F64]:
    """(p0, p1): chance of payment within 30 days if not visited now, if met now."""
    z = rule.base[0] + _total(own.base)
    return sigmoid(z), sigmoid(z + rule.effect[0] + _total(own.gain))


def _total(parts: dict[str, F64]) -> F64:
    return parts["amount"] + parts["cooperation"] + parts["days"] + parts["hardship"]


def _at(values: F64, rows: I64 | None) -> F64:
    return values if rows is None else values[rows]


def effect_of(own: Terms, rule: Uplift) -> F64:
    """dP = p1 - p0, at least `floor`."""
    p0, p1 = chance_of_payment(own, rule)
    result: F64 = np.maximum(p1 - p0, rule.floor)
    return result


def change_parts(own: Terms, typical: Terms, rule: Uplift) -> dict[str, F64]:
    """log2(dP / dP of the typical person), split exactly into "amount" and `GROUPS`.

    The amount goes first, with the rest at the reference; the other three are Shapley values at
    the person's own amount (8 evaluations), so they do not depend on an order.
    """

    def worth(*members: str, rows: I64 | None = None) -> F64:
        chosen = {"amount", *members}
        mixed = Terms(*(
            {name: _at(mine[name], rows) if name in chosen else usual[name] for name in mine}
            for mine, usual in ((own.base, typical.base), (own.gain, typical.gain))
        ))  # fmt: skip
        result: F64 = np.log2(effect_of(mixed, rule))
        return result

    a, b, c = GROUPS
    none, first, second, both = worth(), worth(a), worth(b), worth(a, b)
    one = {a: first, b: second, c: none.copy()}
    two = {c: both, b: first.copy(), a: second.copy()}  # by the one who is absent
    every = both.copy()
    # Who is in hardship like the typical person (hardly anybody is not) makes no difference there.
    rows = np.flatnonzero((own.base[c] != typical.base[c]) | (own.gain[c] != typical.gain[c]))
    if len(rows):
        one[c][rows], two[b][rows] = worth(c, rows=rows), worth(a, c, rows=rows)
        two[a][rows], every[rows] = worth(b, c, rows=rows), worth(a, b, c, rows=rows)
    parts = {"amount": none - np.log2(effect_of(typical, rule))}
    for name in GROUPS:
        others = [other for other in GROUPS if other != name]
        alone = one[name] - none
        joined = sum((two[left] - one[right] for left, right in (others, others[::-1])), 0.0 * none)
        last = every - two[name]
        parts[name] = alone / 3 + joined / 6 + last / 3
    return parts


def recovery(amount: F64, rule: Money) -> F64:
    """REC: expected yuan within 30 days if anything is paid.

    exp(mean + variance / 4) lies between median and mean of the log-normal on purpose.
    """
    mean = np.log(rule.median_paid) + rule.slope * np.log(amount / rule.reference)
    money: F64 = np.minimum(amount, np.exp(mean + rule.variance / 4))
    return money


def service_minutes(meet: F64) -> F64:
    """Expected minutes at the place."""
    return FIND + DOOR + TALK * meet


def expected_service(pm_mean: F64) -> I64:
    """Expected length of a visit in seconds for timetables: 9 + 7 + 18 PM minutes.

    Legality reckons with LONG_SERVICE instead: a visit must fit its window if all happens.
    """
    return whole(60.0 * service_minutes(pm_mean))


def service_cost(meet: F64, money: Money) -> F64:
    """Wage for those minutes (yuan); meeting somebody costs 36 yuan more than missing."""
    return money.wage_hour * service_minutes(meet) / 60.0


def complaint_cost(visits: F64, hardship: F64, rule: Complaint) -> F64:
    """Expected cost of a complaint (yuan): grows with recent visits, doubled in hardship."""
    often: F64 = rule.growth ** np.minimum(visits, 20.0)
    return rule.cost * rule.chance * often * np.where(hardship > 0, rule.hardship, 1.0)


def person_value(gross: F64, meet: F64, visits: F64, hardship: F64, params: Params) -> F64:
    """V in yuan, before travel: gross - service - complaint."""
    costs = service_cost(meet, params.money)
    return gross - costs - complaint_cost(visits, hardship, params.complaint)
