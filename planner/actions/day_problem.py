"""From a ranking to the engine's problem, and from its solution to routes.

One visit per usable address of a person; the addresses of a person form a group of which at most
one is visited. Times are seconds after midnight of the day in the workspace's zone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from planner.actions.appointments import appointments
from planner.actions.candidates import Candidate, candidates_of, chosen_rows, working_crews
from planner.actions.rank import Ranking
from planner.actions.stays import AT_HOME, NO_STAYS, Stay, stay_places
from planner.actions.visit_rows import (
    apart,
    at_one_place,
    day_start,
    last_facts,
    pins_of,
    read_doors,
    shift_row,
    stay_row,
    visit_row,
    visit_terms,
)
from planner.actions.ways import Ways, matrices, ways_between
from planner.domain.people import Crew
from planner.domain.plan import Plan, Route, Stop
from planner.geo.travel import TravelTimes
from planner.routing.problem import Problem, from_json
from planner.routing.solve import Route as TimedRoute
from planner.routing.solve import Stop as TimedStop
from planner.routing.solve import route_cost


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
    ways: Ways
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


def problem_of(
    ranking: Ranking,
    travel: TravelTimes,
    zone: str,
    crews: tuple[Crew, ...],
    candidates: list[Candidate],
    pins: Mapping[str, list[str]],
    left_out: Mapping[int, dict[str, Any]],
    ways: Ways | None = None,
    stays: Mapping[str, Stay] = NO_STAYS,
) -> DayProblem:
    """The problem of these crews and candidates on `ranking.day`.

    `ways` are those between the homes, then the candidates, then the lodgings of these
    crews' `stays` (in the order of `stay_places`), asked of `travel` where they are not given.
    """
    midnight = datetime.combine(ranking.day, time(), ZoneInfo(zone))
    if ways is None:
        where = [c.address for c in candidates]
        table, beds = ranking.table, stay_places(crews, stays)
        lat = [*(c.lat for c in crews), *table.address_lat[where], *(a for a, _ in beds)]
        lon = [*(c.lon for c in crews), *table.address_lon[where], *(b for _, b in beds)]
        ways = ways_between(travel, np.array(lat, np.float64), np.array(lon, np.float64), crews)
    start = day_start(ranking.day, zone)
    known = last_facts(ranking, zone)
    terms = visit_terms(ranking, crews)
    tables, matrix_of = matrices(ways, crews, ranking.params)
    read_doors(ranking, candidates)
    rows = [
        visit_row(ranking, one, len(crews) + k, start, int(known[one.row]), terms)
        for k, one in enumerate(candidates)
    ]
    at_one_place(rows)
    apart(rows, {key: crew for crew, keys in pins.items() for key in keys})
    problem = from_json(
        {
            "format": "fairvisit-problem/1",
            **tables,
            "visits": rows,
            "shifts": [
                shift_row(c, k, pins.get(c.crew_id, []), matrix_of[c.crew_id])
                | stay_row(crews, c, len(crews) + len(candidates), stays)
                for k, c in enumerate(crews)
            ],
        }
    )
    return DayProblem(problem, tuple(candidates), crews, ways, midnight, left_out, stays)


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
    rows, left_out = chosen_rows(ranking, kept | appointments(ranking).keys(), crews, days)
    candidates = candidates_of(ranking, rows)
    return DayChoice(crews, candidates, pins_of(ranking, zone, crews, candidates, keep), left_out)


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
    crew = task.crews[route.shift]
    shift = task.problem.shifts[route.shift]
    matrix, stay = task.problem.matrix_of(shift), task.stays.get(crew.crew_id, AT_HOME)
    stops = arrived(_stop(ranking, task, stop, locked, cases) for stop in route.stops)
    places = [shift.start, *(int(task.problem.location[stop.visit]) for stop in route.stops)]
    arcs = list(zip(places, [*places[1:], shift.end], strict=True))
    ready = task.midnight + timedelta(seconds=crew.start)
    drive = int(matrix.duration[arcs[0]])
    rest = sum(e - b for b, e in route.breaks if stops and b >= route.depart
               and e <= route.stops[0].start)  # fmt: skip
    idle = ready + timedelta(seconds=drive) if stay != AT_HOME else ready  # from bed to bed
    # A day that goes on from where the crew is has no fixed cost of its own: the crew's counts.
    cost = int(task.problem.travel_cost(shift, *arcs[0]))
    if stops:
        cost = route_cost(task.problem, route) - shift.fixed_cost + crew.work.fixed_cost
    metres = task.ways.metres(crew)
    return Route(
        crew_id=crew.crew_id,
        crew=crew.name,
        members=tuple(member.name for member in crew.members),
        lat=crew.lat,
        lon=crew.lon,
        depart=stops[0].start - timedelta(seconds=drive + rest) if stops else ready,
        back=task.midnight + timedelta(seconds=route.back) if stops else idle,
        stops=stops,
        metres=sum(int(metres[arc]) for arc in arcs),
        driving=sum(int(matrix.duration[arc]) for arc in arcs),
        legs=len(arcs),
        estimated=task.ways.estimated(crew, arcs),
        cost=cost + (stay.sleeps.price if stay.sleeps else 0),
        slept=stay.slept,
        sleeps=stay.sleeps,
        breaks=tuple(
            (task.midnight + timedelta(seconds=b), task.midnight + timedelta(seconds=e))
            for b, e in route.breaks
            if stops
        ),
    )


def _stop(
    ranking: Ranking,
    task: DayProblem,
    stop: TimedStop,
    locked: set[str],
    cases: Mapping[str, tuple[str, ...]],
) -> Stop:
    one, table = task.candidates[stop.visit], ranking.table
    door = ranking.doors.of(table.debtor_ids[one.row], table.address_ids[one.address])
    place = int(task.problem.location[stop.visit]) - len(task.crews)  # that of the door
    spot = task.candidates[place].address
    begin, who = task.midnight + timedelta(seconds=stop.start), table.debtor_ids[one.row]
    return Stop(
        debtor_id=who,
        case_ids=cases[who],
        address_id=table.address_ids[one.address],
        lat=float(table.address_lat[spot]),
        lon=float(table.address_lon[spot]),
        arrive=begin,
        start=begin,
        leave=task.midnight + timedelta(seconds=stop.leave),
        value=one.value,
        locked=who in locked,
        door=door,
    )


def arrived(stops: Iterable[Stop]) -> tuple[Stop, ...]:
    """The stops of a round; at a door the crew arrives once, with the first visit there."""
    found: list[Stop] = []
    for stop in stops:
        before = found[-1] if found else stop
        on = stop.door != "" and before.door == stop.door and before.leave == stop.start
        found.append(replace(stop, arrive=before.arrive) if on else stop)
    return tuple(found)
