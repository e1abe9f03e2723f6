"""Why a person stands where they stand: numbers for one sentence of arithmetic, bars, hours.

Words: msgids `ranking.arithmetic`, `ranking.part.*`, `ranking.factor.*`, `ranking.objective.*`.
"""

from dataclasses import dataclass
from typing import Final

from planner.domain.belief import BAND_STARTS, CELLS
from planner.domain.codes import Region
from planner.domain.facts import FactTable
from planner.ranking.features import FEN
from planner.ranking.meeting import BANDS
from planner.ranking.params import Stage
from planner.ranking.score import FACTORS, PARTS, Scores
from planner.ranking.value import complaint_cost, service_cost, service_minutes

OBJECTIVES: Final = ("early", "middle", "late", "assist")


@dataclass(frozen=True, slots=True)
class Hour:
    """One cell of the hour strip; hours are local, `stop` is 24 at the end of the day."""

    weekend: bool
    start: int
    stop: int
    chance: float  # PM
    tries: int  # this person's recorded visits in the cell
    like_tries: int  # recorded visits in the cell in places of the same region type
    permitted: bool  # some of it is permitted on the day of the ranking


@dataclass(frozen=True, slots=True)
class Explanation:
    """One person's place in the ranking.

    rec x dp x pm x boost x emphasis = gross; gross - service - complaint = value (both to the
    rounding of one fen); value - travel = what is left for the visit. Money is fen.
    """

    debtor_id: str
    points: float
    parts: tuple[tuple[str, float], ...]  # points by PARTS, biggest effect first
    factors: tuple[tuple[str, float], ...]  # 0 to 1 by FACTORS
    rec: int
    dp: float
    pm: float
    boost: float
    emphasis: float  # 1 unless the lead changed the weights
    gross: int
    service: int
    complaint: int
    value: int
    travel: int
    worth: bool
    p0: float
    p1: float
    hours: float
    service_minutes: float
    metres: int  # one way from the nearest crew home
    neighbours: int
    belief: float  # that the address is right
    days: int
    kept: int
    broken: int
    hardship: bool
    visits: int
    objective: str  # one of OBJECTIVES
    strip: tuple[Hour, ...]


def objective(days: float, hardship: bool, rule: Stage) -> str:
    """What a visit is for.

    early: reach the person, verify address and situation; middle: a written plan; late: formal
    notice and settlement; assist: help in hardship, at any stage.
    """
    if hardship:
        return "assist"
    if days < rule.middle_from:
        return "early"
    return "middle" if days < rule.late_from else "late"


def explain(scores: Scores, table: FactTable, i: int) -> Explanation:
    """The explanation of row `i`."""
    basis, known, way = scores.basis, scores.basis.features, scores.basis.access
    params, pm = basis.params, float(scores.pm_mean[i])
    plain = float(scores.boost[i] * basis.rec[i] * basis.dp[i]) * pm
    gross, place = float(scores.gross[i]), int(scores.best_address[i])
    complaint = complaint_cost(known.visits[i], known.hardship[i], params.complaint)
    parts = zip(PARTS, scores.parts[i].tolist(), strict=True)
    return Explanation(
        debtor_id=table.debtor_ids[i],
        points=float(scores.points[i]),
        parts=tuple(sorted(parts, key=lambda part: -abs(part[1]))),
        factors=tuple(zip(FACTORS, scores.factors[i].tolist(), strict=True)),
        rec=round(float(basis.rec[i]) * FEN),
        dp=float(basis.dp[i]),
        pm=pm,
        boost=float(scores.boost[i]),
        emphasis=gross / plain if plain > 0 else 1.0,
        gross=round(gross * FEN),
        service=round(float(service_cost(scores.pm_mean[i], params.money)) * FEN),
        complaint=round(float(complaint) * FEN),
        value=int(scores.value[i]),
        travel=int(scores.travel_share[i]),
        worth=bool(scores.worth[i]),
        p0=float(scores.p0[i]),
        p1=float(scores.p1[i]),
        hours=float(basis.hours[i]),
        service_minutes=float(service_minutes(scores.pm_mean[i])),
        metres=round(float(way.metres[i])),
        neighbours=int(way.neighbours[i]),
        belief=float(scores.belief[place]) if place >= 0 else 0.0,
        days=int(known.days[i]),
        kept=int(known.kept[i]),
        broken=int(known.broken[i]),
        hardship=bool(known.hardship[i]),
        visits=int(known.visits[i]),
        objective=objective(float(known.days[i]), bool(known.hardship[i]), params.stage),
        strip=_strip(scores, table, i, place),
    )


def _strip(scores: Scores, table: FactTable, i: int, place: int) -> tuple[Hour, ...]:
    """The eight cells, weekday first."""
    meet = scores.basis.meeting
    region = int(table.address_region[place]) if place >= 0 else int(Region.URBAN)
    return tuple(
        Hour(
            weekend=cell >= BANDS,
            start=BAND_STARTS[cell % BANDS],
            stop=BAND_STARTS[cell % BANDS + 1],
            chance=float(meet.chance[i, cell]),
            tries=int(meet.tries[i, cell]),
            like_tries=int(meet.segment_tries[region, cell]),
            permitted=bool((cell >= BANDS) == meet.weekend and meet.permitted[i, cell % BANDS]),
        )
        for cell in range(CELLS)
    )
