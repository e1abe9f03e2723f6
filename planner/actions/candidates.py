"""Who may be visited on a day, at which address, for how much: the candidates of a plan."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.actions.households import neighbours
from planner.actions.rank import Ranking
from planner.domain.facts import I64
from planner.domain.people import Crew
from planner.errors import PlannerError
from planner.policy.pack import crew_rule
from planner.ranking.features import FEN
from planner.ranking.params import Params
from planner.ranking.score import Scores
from planner.ranking.value import person_value

# A book is cut to so many candidates, or to so many times the visits that the crews can make: more
# of them do not improve a plan within the seconds a user waits (docs/benchmarks-routing.md).
MOST_CANDIDATES = 2500
CANDIDATES_A_VISIT = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible visit: person (row of the ranking) at one address (row of the columns)."""

    row: int
    address: int
    value: int  # V in minor units at this address


def working_crews(ranking: Ranking) -> tuple[Crew, ...]:
    """Crews that work on the day and may go to somebody who may be visited: as many people as the
    rules of that person's country demand at a door.

    Raises PlannerError("plan.no_crew") when there is none.
    """
    day, table = ranking.day, ranking.table
    places = np.unique(table.jurisdiction[ranking.verdicts.eligible]).tolist()
    policies = [ranking.policy.for_jurisdiction(table.jurisdictions[k]) for k in places]
    policies = policies or [ranking.policy.home]
    found = tuple(
        crew
        for crew in ranking.crews
        if day.isoweekday() in crew.weekdays
        and any(crew_rule(policy, len(crew.members), day) is None for policy in policies)
    )
    if not found:
        least = min(policy.visitors(day)[0] for policy in policies)
        raise PlannerError("plan.no_crew", day=str(day), least=least)
    return found


def value_at(scores: Scores, params: Params, row: int, address: int) -> int:
    """V (minor units) of a visit to person `row` at `address`, before travel.

    The chance to meet scales with the belief that the address is right (ranking: PM = q x a), so
    gross value and the wage of meeting scale with it.
    """
    best = int(scores.best_address[row])
    if best == address or best < 0:
        return int(scores.value[row])
    share = float(scores.belief[address] / max(scores.belief[best], 1e-9))
    known = scores.basis.features
    yuan = person_value(
        scores.gross[row] * share, scores.pm_mean[row] * share, known.visits[row],
        known.hardship[row], params,
    )  # fmt: skip
    return round(float(yuan) * FEN)


def most_candidates(ranking: Ranking, rows: I64, crews: tuple[Crew, ...], days: int = 1) -> int:
    """How many of `rows` enter a plan of `days` such days."""
    if not len(rows):
        return MOST_CANDIDATES
    hours = sum(crew.end - crew.start for crew in crews) / 3600 * days
    visits = hours / max(0.1, float(np.median(ranking.scores.hours[rows])))
    return max(MOST_CANDIDATES, round(CANDIDATES_A_VISIT * visits))


def chosen_rows(
    ranking: Ranking, keep: set[int], crews: tuple[Crew, ...], days: int
) -> tuple[list[int], dict[int, dict[str, Any]]]:
    """Eligible rows worth handing to the engine, and the rest; rows in `keep` always enter."""
    rows = np.flatnonzero(ranking.verdicts.eligible)
    scores = ranking.scores
    most = most_candidates(ranking, rows, crews, days)
    if len(rows) <= most:
        return rows.tolist(), {}
    per_hour = (scores.value[rows] - scores.travel_share[rows]) / scores.hours[rows]
    per_hour[np.isin(rows, list(keep))] = np.inf
    order = np.argsort(-per_hour, kind="stable")
    bar = int(per_hour[order[most - 1]])
    chosen = set(rows[order[:most]].tolist())
    chosen |= set(_housemates(ranking, sorted(chosen), rows[order[most:]]))
    late = {int(rows[k]): {"value_per_hour": int(per_hour[k]), "needed": bar}
            for k in order[most:] if int(rows[k]) not in chosen}  # fmt: skip
    return sorted(chosen), late


def _housemates(ranking: Ranking, chosen: list[int], others: I64) -> list[int]:
    """Those of `others` who live behind the door of one of `chosen`: no way of their own."""
    near = neighbours(ranking.table, chosen, others)
    if not near:
        return []
    ids = ranking.table.debtor_ids
    doors = ranking.doors.among(ids[row] for row in [*chosen, *near])
    known = {door for row in chosen for door in doors[ids[row]].values()}
    return [row for row in near if known & set(doors[ids[row]].values())]


def candidates_of(ranking: Ranking, rows: list[int]) -> list[Candidate]:
    """A candidate for each address at which the rules permit a visit of these people."""
    usable, table = ranking.verdicts.addresses, ranking.table
    found = []
    for row in rows:
        places = range(int(table.address_off[row]), int(table.address_off[row + 1]))
        found += [
            Candidate(row, k, value_at(ranking.scores, ranking.params, row, k))
            for k in places
            if usable[k]
        ]
    return found
