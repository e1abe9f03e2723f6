"""What is left of a day as the engine's problem.

Making a plan on its day, planning it on and bringing somebody in all begin here: crews start where
they are, stops behind them are closed, and what lies ahead is the warm start.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

import numpy as np

from planner.actions.candidates import Candidate
from planner.actions.day_problem import DayChoice, DayProblem, day_choice, problem_of
from planner.actions.rank import Ranking
from planner.actions.stays import Stay, stay_places
from planner.actions.under_way import Standing
from planner.actions.visit_rows import door_at, read_doors
from planner.actions.ways import Ways, ways_between
from planner.domain.people import Crew
from planner.domain.plan import Plan, Stop
from planner.geo.travel import TravelTimes
from planner.routing import solve as engine
from planner.routing.doors import with_more
from planner.routing.problem import Problem, Windows
from planner.routing.replan import Now, remaining


@dataclass(frozen=True, slots=True)
class Rest:
    """The whole day's problem, what the present plan still holds of it, and where the crews are.

    `trails` are the places behind each crew that is out, from its start to where it is. Visits of
    `task.problem` beyond its candidates are stops that stay as they are.
    """

    task: DayProblem
    present: engine.Solution
    nows: tuple[Now, ...]
    stands: Mapping[str, Standing]
    trails: Mapping[str, tuple[int, ...]]


def rest_of_day(
    ranking: Ranking,
    travel: TravelTimes,
    zone: str,
    plan: Plan | None,
    stands: Mapping[str, Standing],
    *,
    stays: Mapping[str, Stay],
    absent: Collection[str] = (),
    without: Collection[str] = (),
    must: frozenset[str] = frozenset(),
    also: frozenset[str] = frozenset(),
    fixed: bool = False,
) -> Rest:
    """What is left of `ranking.day` after `stands` (of `plan`), for all crews that work.

    People in `also` are candidates whatever they are worth; the others as in `rest_of_choice`.
    Raises PlannerError("plan.no_crew") when nobody may go.
    """
    ahead = {s.debtor_id for one in stands.values() for s in one.ahead}
    choice = day_choice(ranking, zone, keep=plan, also=frozenset(ahead | must | also))
    return rest_of_choice(
        ranking, travel, zone, choice, stands,
        stays=stays, absent=absent, without=without, must=must, fixed=fixed,
    )  # fmt: skip


def rest_of_choice(
    ranking: Ranking,
    travel: TravelTimes,
    zone: str,
    choice: DayChoice,
    stands: Mapping[str, Standing],
    *,
    stays: Mapping[str, Stay],
    absent: Collection[str] = (),
    without: Collection[str] = (),
    must: frozenset[str] = frozenset(),
    fixed: bool = False,
) -> Rest:
    """What is left of a day after `stands` for the crews and candidates of `choice`.

    Crews in `absent` make no further stop, people in `without` are no candidates, those in `must`
    have to be visited. `fixed`: stops ahead are no candidates either, but pinned to their crew and
    their very times.
    """
    ahead = {s.debtor_id for one in stands.values() for s in one.ahead}
    ids = ranking.table.debtor_ids
    closed = {s.debtor_id for one in stands.values() for s in one.behind} | set(without)
    closed |= ahead if fixed else set()
    made = _doors_of(stands)
    read_doors(ranking, choice.candidates)
    mine = [c for c in choice.candidates if ids[c.row] not in closed]
    if fixed:  # what is there stays as it is: nobody is added at its doors
        taken = made.keys() | {s.door for one in stands.values() for s in one.ahead}
        mine = [c for c in mine if (door_at(ranking, c) or None) not in taken]
    names = {f"{c.row}@{c.address}" for c in mine}
    pins = {
        crew: [key for key in keys if key in names]
        for crew, keys in choice.pins.items()
        if crew not in absent
    }
    left_out = {row: fig for row, fig in choice.left_out.items() if ids[row] not in closed}
    beds = stay_places(choice.crews, stays)
    trails, points = _trails(choice.crews, len(choice.crews) + len(mine) + len(beds), stands)
    keep = {c.crew_id: stands[c.crew_id].ahead for c in choice.crews if c.crew_id in stands}
    kept = [(s.lat, s.lon) for stops in keep.values() for s in stops] if fixed else []
    ways = _ways(ranking, travel, choice.crews, mine, [*beds, *points, *kept])
    task = problem_of(ranking, travel, zone, choice.crews, mine, pins, left_out, ways, stays)
    problem = task.problem
    allowed, mandatory = problem.allowed.copy(), problem.mandatory.copy()
    allowed[:, [crew.crew_id in absent for crew in choice.crews]] = False
    for k, c in enumerate(mine):  # never two crews at one door
        if (door := door_at(ranking, c)) in made:
            allowed[k] &= np.array([crew.crew_id == made[door] for crew in choice.crews])
    mandatory |= np.array([ids[c.row] in must for c in mine], np.bool_)
    task = replace(task, problem=replace(problem, allowed=allowed, mandatory=mandatory))
    if fixed:
        task = _with_fixed(task, keep, len(problem.matrices[""].duration) - len(kept))
    present = _present(ranking, task, stands, absent)
    return Rest(task, present, _nows(task, stands, trails), stands, trails)


def _doors_of(stands: Mapping[str, Standing]) -> dict[str, str]:
    """The crew that has been at a door on the day, by door."""
    return {s.door: crew for crew, one in stands.items() for s in one.behind if s.door}


def _with_fixed(task: DayProblem, keep: Mapping[str, tuple[Stop, ...]], place: int) -> DayProblem:
    """The task with the stops of `keep` as further visits, each at its own second only; the first
    of them is at `place`, the others at the next ones."""
    problem, w = task.problem, task.problem.windows
    number = {crew.crew_id: k for k, crew in enumerate(task.crews)}
    rows = [(number[crew], stop) for crew, stops in keep.items() for stop in stops]
    first, count = len(problem.ids), len(rows)
    starts = np.array([seconds_of(task, s.start) for _, s in rows], np.int32)
    stay = np.array([(s.leave - s.start).total_seconds() for _, s in rows], np.int32)
    values = np.array([s.value for _, s in rows], np.int64)
    visits, zeros = np.arange(first, first + count, dtype=np.int32), np.zeros(count, np.int32)
    allowed = np.zeros((count, len(task.crews)), np.bool_)
    allowed[range(count), [k for k, _ in rows]] = True
    pinned = [tuple(first + i for i, (k, _) in enumerate(rows) if k == s)
              for s in range(len(problem.shifts))]  # fmt: skip
    places = np.arange(place, place + count, dtype=np.int32)
    return replace(task, problem=replace(
        with_more(problem, count),
        ids=(*problem.ids, *(f"stop {i}" for i in range(count))),
        location=np.concatenate([problem.location, places]),
        service=np.concatenate([problem.service, stay]),
        prize=np.concatenate([problem.prize, values]),
        mandatory=np.concatenate([problem.mandatory, zeros.astype(np.bool_)]),
        group=np.concatenate([problem.group, zeros - 1]),
        windows=Windows(
            np.concatenate([w.visit, visits]), np.concatenate([w.day, zeros]),
            np.concatenate([w.open, starts]), np.concatenate([w.close, starts]),
            np.concatenate([w.prize, values]),
        ),
        allowed=np.concatenate([problem.allowed, allowed]),
        shifts=tuple(replace(one, pinned=pins)
                     for one, pins in zip(problem.shifts, pinned, strict=True)),
    ))  # fmt: skip


def _trails(
    crews: tuple[Crew, ...], first: int, stands: Mapping[str, Standing]
) -> tuple[dict[str, tuple[int, ...]], list[tuple[float, float]]]:
    """Places behind the crews that are out, numbered from `first` on, and where these are."""
    found: dict[str, tuple[int, ...]] = {}
    points: list[tuple[float, float]] = []
    for crew in crews:
        one = stands.get(crew.crew_id)
        if one is None or not one.out:
            continue
        spots = [*((s.lat, s.lon) for s in one.behind), (one.lat, one.lon)]
        found[crew.crew_id] = tuple(range(first + len(points), first + len(points) + len(spots)))
        points += spots
    return found, points


def _ways(
    ranking: Ranking,
    travel: TravelTimes,
    crews: tuple[Crew, ...],
    candidates: list[Candidate],
    more: list[tuple[float, float]],
) -> Ways:
    where, table = [c.address for c in candidates], ranking.table
    lat = [*(c.lat for c in crews), *table.address_lat[where], *(a for a, _ in more)]
    lon = [*(c.lon for c in crews), *table.address_lon[where], *(b for _, b in more)]
    return ways_between(travel, np.array(lat, np.float64), np.array(lon, np.float64), crews)


def seconds_of(task: DayProblem, at: datetime) -> int:
    """Seconds of the task's day at which `at` (aware) is."""
    return round((at - task.midnight).total_seconds())


def _present(
    ranking: Ranking, task: DayProblem, stands: Mapping[str, Standing], absent: Collection[str]
) -> engine.Solution:
    """What the plan still holds ahead, as a solution; stops no longer permitted are not in it."""
    table = ranking.table
    known = {
        (table.debtor_ids[c.row], table.address_ids[c.address]): k
        for k, c in enumerate(task.candidates)
    }
    routes = []
    for k, crew in enumerate(task.crews):
        one = stands.get(crew.crew_id)
        if one is None or crew.crew_id in absent:
            continue
        visits = [known.get((s.debtor_id, s.address_id)) for s in one.ahead]
        if len(task.problem.ids) > len(task.candidates):
            visits = list(task.problem.shifts[k].pinned)
        stops = tuple(
            engine.Stop(visit, *(seconds_of(task, at) for at in (s.arrive, s.start, s.leave)))
            for visit, s in zip(visits, one.ahead, strict=True)
            if visit is not None
        )
        depart, back = seconds_of(task, one.route.depart), seconds_of(task, one.route.back)
        routes.append(engine.Route(k, depart, back, stops))
    return engine.priced(task.problem, tuple(routes), 0, 0.0, 0)


def _nows(
    task: DayProblem, stands: Mapping[str, Standing], trails: Mapping[str, tuple[int, ...]]
) -> tuple[Now, ...]:
    found = []
    for k, crew in enumerate(task.crews):
        one = stands.get(crew.crew_id)
        if one is None:
            continue
        shift = task.problem.shifts[k]
        ready = seconds_of(task, one.ready)
        taken = _breaks_taken(task, crew, one) - (len(crew.work.breaks) - len(shift.breaks))
        taken = max(0, taken)
        if not one.out:
            found.append(Now(k, shift.start, ready, (), taken))
            continue
        places = (shift.start, *trails[crew.crew_id])
        table = task.problem.matrix_of(shift)
        driven = sum(int(table.duration[arc]) for arc in pairwise(places))
        since = min(seconds_of(task, one.route.depart), ready)
        found.append(Now(k, places[-1], ready, (), taken, max(0, since), driven))
    return tuple(found)


def _breaks_taken(task: DayProblem, crew: Crew, one: Standing) -> int:
    """How many breaks of the day are behind a crew: by its plan, or because it is too late."""
    ready = seconds_of(task, one.ready)
    begun = sum(begin < one.ready for begin, _ in one.route.breaks)
    return max(begun, sum(latest < ready for _, latest, _ in crew.work.breaks))


def searchable(rest: Rest) -> Problem:
    """The problem of what is left for a search that begins anew: crews start where they are, and
    nothing speaks for the present plan."""
    problem = remaining(rest.task.problem, rest.present, rest.nows, 0)
    shifts = tuple(replace(shift, initial=()) for shift in problem.shifts)
    return replace(problem, shifts=shifts)
