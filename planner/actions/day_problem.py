"""From a ranking to the engine's problem: who may be visited where, by whom, at what price.

One visit per usable address of a person; the addresses of a person form a group of which at most
one is visited. Times are seconds after midnight of the day in the workspace's zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from planner.actions.rank import Ranking
from planner.actions.stays import AT_HOME, NO_STAYS, Stay, lodgings, stay_places
from planner.domain.facts import F64, I32, I64, instant
from planner.domain.people import Crew
from planner.domain.plan import Plan, Route, Stop
from planner.errors import PlannerError
from planner.geo.travel import TravelTimes
from planner.policy.pack import crew_rule
from planner.ranking.features import FEN
from planner.ranking.params import Params
from planner.ranking.score import Scores
from planner.ranking.value import expected_service, person_value
from planner.routing.problem import Problem, from_json
from planner.routing.solve import Route as TimedRoute

DAY = 86_400
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


@dataclass(frozen=True, slots=True)
class DayProblem:
    """The engine's problem with what its indexes stand for.

    `problem` visits are `candidates` in the same order, its shifts are `crews`. Places: first the
    crews' homes, then the candidates, then the lodgings of `stays`. `left_out` are eligible rows
    that were not considered, with the value per hour they would have needed.
    """

    problem: Problem
    candidates: tuple[Candidate, ...]
    crews: tuple[Crew, ...]
    metres: I32  # [places, places]
    midnight: datetime
    left_out: Mapping[int, dict[str, Any]]
    stays: Mapping[str, Stay] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayChoice:
    """Who goes to whom on a day: `pins` are visit ids by crew, `left_out` as in DayProblem."""

    crews: tuple[Crew, ...]
    candidates: list[Candidate]
    pins: Mapping[str, list[str]]
    left_out: Mapping[int, dict[str, Any]]


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


def able_crews(ranking: Ranking, crews: tuple[Crew, ...]) -> dict[int, list[str]]:
    """Ids of the crews that are as many as the rules demand at a door, by the index of the place
    (jurisdiction) in the table."""
    table = ranking.table
    found = {}
    for place in np.unique(table.jurisdiction).tolist():
        policy = ranking.policy.for_jurisdiction(table.jurisdictions[place])
        enough = {size: crew_rule(policy, size, ranking.day) is None
                  for size in {len(crew.members) for crew in crews}}  # fmt: skip
        found[place] = [crew.crew_id for crew in crews if enough[len(crew.members)]]
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


def _chosen(
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
    late = {int(rows[k]): {"value_per_hour": int(per_hour[k]), "needed": bar} for k in order[most:]}
    return sorted(rows[order[:most]].tolist()), late


def _candidates(ranking: Ranking, rows: list[int]) -> list[Candidate]:
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


def last_facts(ranking: Ranking, zone: str) -> I64:
    """The last instant by the end of `ranking.day` at which something is recorded of each person;
    0 where that is days ago.

    A day is judged by all that is known at its end. Before such an instant less was known (a call
    at noon may be what permits a visit at all), so nobody is planned earlier than that.
    """
    table = ranking.table
    after = datetime.combine(ranking.day + timedelta(days=1), time())
    ends = [instant(after.replace(tzinfo=ZoneInfo(name or zone))) for name in table.zones]
    end = np.array(ends, np.int64)[table.zone]
    last = np.zeros(table.n, np.int64)
    for offsets, moments in (
        (table.contact_off, table.contact_at),
        (table.promise_off, table.promise_made),
        (table.payment_off, table.payment_at),
        (table.hold_off, table.hold_start),
        (table.agreement_off, table.agreement_at),
        (table.agreement_off, table.agreement_end),
        (table.notice_off, table.notice_at),
        (table.override_off, table.override_at),
    ):
        lately = np.flatnonzero(moments >= end.min(initial=0) - 2 * DAY)
        rows = np.searchsorted(offsets, lately, side="right") - 1
        known = moments[lately] < end[rows]
        np.maximum.at(last, rows[known], moments[lately][known])
    return last


def day_start(day: date, zone: str) -> int:
    """The instant from which seconds are counted so that they show the clock on the wall in `zone`.

    That is twelve hours before noon: on days on which clocks are set at night it is not midnight.
    """
    return instant(datetime.combine(day, time(12), ZoneInfo(zone))) - 12 * 3600


def visit_row(
    ranking: Ranking,
    one: Candidate,
    place: int,
    start: int,
    earliest: int,
    able: Mapping[int, list[str]],
) -> dict[str, Any]:
    """The visit as the problem file says it; windows bound the start of a stay that may be long.

    `able` as by `able_crews`.
    """
    longest = ranking.policy.visit_seconds
    # Elsewhere a day may begin before this one does: what lies before its midnight is lost.
    first = max(earliest, start)
    spans = [(max(a, first), b - longest) for a, b in ranking.verdicts.windows[one.row].tolist()]
    windows = [[0, a - start, b - start] for a, b in spans if a <= b]
    service = int(expected_service(ranking.scores.pm_mean[one.row : one.row + 1])[0])
    return {
        "id": f"{one.row}@{one.address}",
        "location": place,
        "service": service,
        "prize": one.value,
        "windows": windows,
        "group": str(one.row),
        "shifts": able[int(ranking.table.jurisdiction[one.row])],
    }


def shift_row(crew: Crew, k: int, pinned: list[str]) -> dict[str, Any]:
    """The shift of a crew whose home is place `k`, as the problem file says it."""
    return {
        "id": crew.crew_id,
        "day": 0,
        "start_location": k,
        "end_location": k,
        "earliest": crew.start,
        "latest": crew.end,
        "pinned": pinned,
    }


def _pins(
    ranking: Ranking,
    zone: str,
    crews: tuple[Crew, ...],
    candidates: list[Candidate],
    plan: Plan | None,
) -> dict[str, list[str]]:
    """Locked stops of the present plan by crew, in their order, as far as still permitted."""
    known = {
        (ranking.table.debtor_ids[c.row], ranking.table.address_ids[c.address]): c
        for c in candidates
    }
    shifts = {crew.crew_id: (crew.start, crew.end) for crew in crews}
    start = day_start(ranking.day, zone)
    last = last_facts(ranking, zone)
    able = able_crews(ranking, crews)
    pins: dict[str, list[str]] = {}
    for route in plan.routes if plan else ():
        for stop in route.stops:
            one = known.get((stop.debtor_id, stop.address_id))
            if not (stop.locked and one and route.crew_id in shifts):
                continue
            opens, closes = shifts[route.crew_id]
            visit = visit_row(ranking, one, 0, start, int(last[one.row]), able)
            windows, shifts_able = visit["windows"], visit["shifts"]
            if route.crew_id in shifts_able and any(
                a <= closes and b >= opens for _, a, b in windows
            ):
                pins.setdefault(route.crew_id, []).append(f"{one.row}@{one.address}")
    return pins


def travel_cost(metres: I32, seconds: I32, params: Params) -> I32:
    """Money of driving in minor units: kilometres and the crew's wage (decisions: arc cost)."""
    cost = np.empty(metres.shape, np.int32)
    for row in range(len(metres)):  # row by row: the tables of a large book are large enough
        yuan: F64 = metres[row] / 1000 * params.money.kilometre
        yuan += seconds[row] / 3600 * params.money.wage_hour
        cost[row] = np.rint(yuan * FEN)
    return cost


def ways_between(travel: TravelTimes, lat: F64, lon: F64) -> tuple[I32, I32]:
    """(metres, seconds) between all pairs of places."""
    metres, seconds = travel.matrix(lat, lon)
    return metres.astype(np.int32), seconds.astype(np.int32)


def problem_of(
    ranking: Ranking,
    travel: TravelTimes,
    zone: str,
    crews: tuple[Crew, ...],
    candidates: list[Candidate],
    pins: Mapping[str, list[str]],
    left_out: Mapping[int, dict[str, Any]],
    ways: tuple[I32, I32] | None = None,
    stays: Mapping[str, Stay] = NO_STAYS,
) -> DayProblem:
    """The problem of these crews and candidates on `ranking.day`.

    `ways` are metres and seconds between the homes, then the candidates, then the lodgings of these
    crews' `stays` (in the order of `stay_places`), asked of `travel` where they are not given.
    """
    midnight = datetime.combine(ranking.day, time(), ZoneInfo(zone))
    if ways is None:
        where = [c.address for c in candidates]
        table, beds = ranking.table, stay_places(crews, stays)
        lat = [*(c.lat for c in crews), *table.address_lat[where], *(a for a, _ in beds)]
        lon = [*(c.lon for c in crews), *table.address_lon[where], *(b for _, b in beds)]
        ways = ways_between(travel, np.array(lat, np.float64), np.array(lon, np.float64))
    metres, seconds = ways
    start = day_start(ranking.day, zone)
    known = last_facts(ranking, zone)
    able = able_crews(ranking, crews)
    problem = from_json(
        {
            "format": "fairvisit-problem/1",
            "duration": seconds,
            "cost": travel_cost(metres, seconds, ranking.params),
            "visits": [
                visit_row(ranking, one, len(crews) + k, start, int(known[one.row]), able)
                for k, one in enumerate(candidates)
            ],
            "shifts": [
                shift_row(c, k, pins.get(c.crew_id, []))
                | stay_row(crews, c, len(crews) + len(candidates), stays)
                for k, c in enumerate(crews)
            ],
        }
    )
    return DayProblem(problem, tuple(candidates), crews, metres, midnight, left_out, stays)


def stay_row(
    crews: tuple[Crew, ...], crew: Crew, first: int, stays: Mapping[str, Stay]
) -> dict[str, Any]:
    """What a stay away changes in the shift of `crew`: its ends; lodgings are places from `first`
    on. The price of the night is no part of it: the night is decided, whatever the day brings."""
    mine = stays.get(crew.crew_id, AT_HOME)
    number = lodgings(stays[c.crew_id] for c in crews if c.crew_id in stays)
    row = {}
    if mine.slept:
        row["start_location"] = first + number[mine.slept]
    if mine.sleeps:
        row["end_location"] = first + number[mine.sleeps]
    return row


def day_choice(
    ranking: Ranking,
    zone: str,
    *,
    keep: Plan | None = None,
    days: int = 1,
    also: frozenset[str] = frozenset(),
) -> DayChoice:
    """Crews and candidates of `ranking.day`, with the locked stops of `keep` pinned.

    `days`: of how many days this one is, as more of them have room for more candidates. `also` are
    people who enter whatever they are worth. Raises PlannerError("plan.no_crew") when nobody may
    go.
    """
    crews = working_crews(ranking)
    locked = {s.debtor_id for r in (keep.routes if keep else ()) for s in r.stops if s.locked}
    kept = {i for i, who in enumerate(ranking.table.debtor_ids) if who in locked | also}
    rows, left_out = _chosen(ranking, kept, crews, days)
    candidates = _candidates(ranking, rows)
    return DayChoice(crews, candidates, _pins(ranking, zone, crews, candidates, keep), left_out)


def day_problem(
    ranking: Ranking,
    travel: TravelTimes,
    zone: str,
    *,
    keep: Plan | None = None,
    stays: Mapping[str, Stay] = NO_STAYS,
) -> DayProblem:
    """The problem of `ranking.day` for all crews that work; locked stops of `keep` are pinned.

    Raises PlannerError("plan.no_crew") when nobody may go.
    """
    one = day_choice(ranking, zone, keep=keep)
    return problem_of(
        ranking, travel, zone, one.crews, one.candidates, one.pins, one.left_out, stays=stays
    )


def planned_route(
    ranking: Ranking,
    task: DayProblem,
    route: TimedRoute,
    locked: set[str],
    cases: Mapping[str, tuple[str, ...]],
) -> Route:
    """The engine's route in the words of the trade.

    Crews arrive when the visit begins: waiting is done before driving on, never at a door.
    """
    crew, table = task.crews[route.shift], ranking.table
    shift = task.problem.shifts[route.shift]
    matrix, stay = task.problem.matrix_of(shift), task.stays.get(crew.crew_id, AT_HOME)
    places = [shift.start]
    stops = []
    for stop in route.stops:
        one = task.candidates[stop.visit]
        places.append(int(task.problem.location[stop.visit]))
        begin = task.midnight + timedelta(seconds=stop.start)
        who = table.debtor_ids[one.row]
        stops.append(
            Stop(
                debtor_id=who,
                case_ids=cases[who],
                address_id=table.address_ids[one.address],
                lat=float(table.address_lat[one.address]),
                lon=float(table.address_lon[one.address]),
                arrive=begin,
                start=begin,
                leave=task.midnight + timedelta(seconds=stop.leave),
                value=one.value,
                locked=who in locked,
            )
        )
    arcs = list(zip(places, [*places[1:], shift.end], strict=True))
    ready = task.midnight + timedelta(seconds=crew.start)
    drive = timedelta(seconds=int(matrix.duration[arcs[0]]))
    idle = ready + drive if stay != AT_HOME else ready  # without a stop: from bed to bed
    return Route(
        crew_id=crew.crew_id,
        crew=crew.name,
        members=tuple(member.name for member in crew.members),
        lat=crew.lat,
        lon=crew.lon,
        depart=stops[0].start - drive if stops else ready,
        back=task.midnight + timedelta(seconds=route.back) if stops else idle,
        stops=tuple(stops),
        metres=sum(int(task.metres[arc]) for arc in arcs),
        driving=sum(int(matrix.duration[arc]) for arc in arcs),
        cost=sum(int(matrix.cost[arc]) for arc in arcs) + (stay.sleeps.price if stay.sleeps else 0),
        slept=stay.slept,
        sleeps=stay.sleeps,
    )
