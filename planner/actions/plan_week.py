"""Plan a week: all working days and crews in one problem, then one plan per day.

The rules judge each day for itself: a person may be visited on the days, at the addresses and in
the hours that are permitted there, with that day's value, and at most once in the week. Every day's
plan is judged like one that was made for its day alone.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from planner.actions.appointments import appointments
from planner.actions.candidates import Candidate
from planner.actions.day_problem import DayChoice, DayProblem, day_choice, problem_of
from planner.actions.make_plan import PLAIN_TRAVEL, judged_plan, plan_snapshot, refuse_outdated
from planner.actions.policy import refuse_stale
from planner.actions.rank import Ranking, rank
from planner.actions.under_way import done_routes, from_now, with_done
from planner.actions.visit_rows import day_start, last_facts, shift_row, visit_row, visit_terms
from planner.actions.ways import Ways, matrices, ways_between
from planner.clock import Clock
from planner.domain.people import Crew
from planner.domain.plan import Plan, Unserved
from planner.errors import PlannerError
from planner.geo.travel import TravelTimes
from planner.routing import solve as engine
from planner.routing.check import faults
from planner.routing.problem import Problem, from_json
from planner.store.events import next_id
from planner.store.plans import load_plan, planned_days, save_plan
from planner.store.store import Store

DAYS = 7
OTHER_DAY = "OTHER_DAY"
_Key = tuple[str, str]  # debtor id, address id


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the week should heed besides value: money on top (minor units) and who has to be
    visited, both by debtor id."""

    bonus: Mapping[str, int] = field(default_factory=dict)
    must: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Week:
    """The plans of a week by day, and who had to be visited and is not."""

    plans: tuple[Plan, ...]
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WeekDay:
    """A day that has crews and people: its ranking and who may go to whom.

    `busy` are people who were candidates but for an earlier plan, with the day of that plan.
    """

    ranking: Ranking
    choice: DayChoice
    busy: Mapping[str, date]

    def key(self, one: Candidate) -> _Key:
        """By which a candidate is known on every day."""
        table = self.ranking.table
        return table.debtor_ids[one.row], table.address_ids[one.address]


@dataclass(frozen=True, slots=True)
class WeekProblem:
    """The engine's problem: visits are `keys`, shifts are (number of the day, crew).

    Places: first the homes of `crews`, then the addresses of `keys`.
    """

    problem: Problem
    days: tuple[WeekDay, ...]
    crews: tuple[Crew, ...]
    keys: tuple[_Key, ...]
    shifts: tuple[tuple[int, int], ...]  # (day, index in that day's crews)
    ways: Ways


def plan_week(
    store: Store,
    first: date,
    *,
    clock: Clock,
    days: int = DAYS,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    travel: TravelTimes = PLAIN_TRAVEL,
    wishes: Wishes | None = None,
    reason: str = "",
    on_progress: Callable[[engine.Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Week:
    """Plan the `days` calendar days from `first` on which crews may go; save one plan for each.

    All plans are saved together and undone together. Locked stops of present plans stay where they
    are; nobody is planned who is in a plan between today and `first`. Raises what `make_plan`
    raises, PlannerError("plan.no_crew") when nobody may go on any of the days.
    """
    refuse_stale(store, clock(), reason)
    task = week_problem(
        week_days(store, first, days, now=clock()),
        travel, store.zone, wishes or Wishes(),
    )  # fmt: skip
    solution = engine.solve(
        task.problem,
        seconds=seconds,
        iterations=iterations,
        seed=seed,
        on_progress=on_progress,
        cancelled=cancelled,
    )
    wrong = [one for one in faults(task.problem, solution) if one.code != "engine.mandatory"]
    if wrong:
        raise PlannerError("plan.faulty", day=str(first), faults=len(wrong))
    made_at = clock()
    plans = tuple(
        _day_plan(store, task, number, solution, travel, made_at, seed, reason)
        for number in range(len(task.days))
    )
    batch = next_id(made_at)
    with store.write() as tx:
        for one, plan in zip(task.days, plans, strict=True):
            refuse_outdated(tx.conn, store.zone, one.ranking.policy, plan, plan.routes)
            plan = with_done(plan, done_routes(tx.conn, load_plan(tx.conn, plan.day), store.zone))
            save_plan(tx, plan, plan_snapshot(one.ranking, plan), batch)
    seen = {stop.debtor_id for plan in plans for route in plan.routes for stop in route.stops}
    return Week(plans, tuple(sorted((wishes or Wishes()).must - seen)))


def week_days(store: Store, first: date, days: int, *, now: datetime) -> tuple[WeekDay, ...]:
    """The days from `first` on that have crews and people who may be visited.

    A day that is under way at `now` (aware) begins then. Raises PlannerError("plan.no_crew") when
    there is none.
    """
    today = now.astimezone(ZoneInfo(store.zone)).date()
    with store.read() as conn:
        present = {first + timedelta(days=k): load_plan(conn, first + timedelta(days=k))
                   for k in range(days)}  # fmt: skip
        before = [load_plan(conn, day) for day in planned_days(conn) if today <= day < first]
    busy = {s.debtor_id: p.day for p in before if p for route in p.routes for s in route.stops}
    found: list[WeekDay] = []
    refused: PlannerError | None = None
    for day, keep in present.items():
        ranking = from_now(rank(store, day), now, store.zone)
        try:
            choice = day_choice(ranking, store.zone, keep=keep, days=days)
        except PlannerError as error:
            if error.code != "plan.no_crew":
                raise
            refused = refused or error
            continue
        if choice.candidates:
            found.append(_without(WeekDay(ranking, choice, {}), busy))
    if not found and refused is not None:
        raise refused
    if not found:
        raise PlannerError("plan.no_crew", day=str(first), least=1)
    return _pinned_once(tuple(found))


def _without(one: WeekDay, busy: Mapping[str, date]) -> WeekDay:
    """The day less the people who are planned already."""
    choice = one.choice
    kept = [c for c in choice.candidates if one.key(c)[0] not in busy]
    names = {f"{c.row}@{c.address}" for c in kept}
    pins = {crew: [key for key in keys if key in names] for crew, keys in choice.pins.items()}
    gone = {one.key(c)[0] for c in choice.candidates} & busy.keys()
    return replace(
        one,
        choice=replace(choice, candidates=kept, pins=pins),
        busy={who: busy[who] for who in sorted(gone)},
    )


def _pinned_once(days: tuple[WeekDay, ...]) -> tuple[WeekDay, ...]:
    """A person locked on several days stays locked on the first of them."""
    seen: set[str] = set()
    found = []
    for one in days:
        who = {f"{c.row}@{c.address}": one.key(c)[0] for c in one.choice.candidates}
        pins: dict[str, list[str]] = {}
        for crew, keys in one.choice.pins.items():
            for key in keys:
                if who[key] not in seen:
                    seen.add(who[key])
                    pins.setdefault(crew, []).append(key)
        found.append(replace(one, choice=replace(one.choice, pins=pins)))
    return tuple(found)


def week_problem(
    days: tuple[WeekDay, ...], travel: TravelTimes, zone: str, wishes: Wishes
) -> WeekProblem:
    """One problem of all `days`: a visit per person and address, a shift per crew and day."""
    crews = tuple({crew.crew_id: crew for one in days for crew in one.choice.crews}.values())
    home = {crew.crew_id: k for k, crew in enumerate(crews)}
    where: dict[_Key, tuple[float, float]] = {}
    rows: dict[_Key, dict[str, Any]] = {}
    fixed = _appointed(days)
    for number, one in enumerate(days):
        table = one.ranking.table
        for visit, candidate in _visits(one, zone):
            key = one.key(candidate)
            if number not in fixed.get(key[0], (number,)):  # visited on the day of an appointment
                visit = {**visit, "windows": [], "shifts": []}
            spot = float(table.address_lat[candidate.address])
            where.setdefault(key, (spot, float(table.address_lon[candidate.address])))
            _merge(rows, key, visit, number, wishes)
    for k, row in enumerate(rows.values()):
        row["location"] = len(crews) + k
    places = [*((crew.lat, crew.lon) for crew in crews), *where.values()]
    lat, lon = np.array(places, np.float64).T
    ways = ways_between(travel, lat, lon, crews)
    tables, matrix_of = matrices(ways, crews, days[0].ranking.params)
    shifts = [(number, k) for number, one in enumerate(days) for k in range(len(one.choice.crews))]
    problem = from_json(
        {
            "format": "fairvisit-problem/1",
            **tables,
            "visits": list(rows.values()),
            "shifts": [_shift(days[number], number, k, home, matrix_of) for number, k in shifts],
        }
    )
    return WeekProblem(problem, days, crews, tuple(rows), tuple(shifts), ways)


def _appointed(days: tuple[WeekDay, ...]) -> dict[str, list[int]]:
    """The days (numbers) on which people have to be visited, by debtor id."""
    found: dict[str, list[int]] = {}
    for number, one in enumerate(days):
        for row in appointments(one.ranking):
            found.setdefault(one.ranking.table.debtor_ids[row], []).append(number)
    return found


def _visits(one: WeekDay, zone: str) -> Iterable[tuple[dict[str, Any], Candidate]]:
    """The visits of one day as the problem file says them."""
    start = day_start(one.ranking.day, zone)
    known = last_facts(one.ranking, zone)
    terms = visit_terms(one.ranking, one.choice.crews)
    for candidate in one.choice.candidates:
        earliest = int(known[candidate.row])
        yield (
            visit_row(one.ranking, candidate, 0, start, earliest, terms),
            candidate,
        )


def _merge(
    rows: dict[_Key, dict[str, Any]],
    key: _Key,
    visit: dict[str, Any],
    number: int,
    wishes: Wishes,
) -> None:
    """Adds the windows of one day, at that day's value, to the visit of the week."""
    who = key[0]
    prize = visit["prize"] + wishes.bonus.get(who, 0)
    row = rows.setdefault(
        key,
        {
            **visit,
            "id": "/".join(key),
            "prize": prize,
            "windows": [],
            "group": who,
            "shifts": [],
            "mandatory": who in wishes.must,
        },
    )
    row["mandatory"] |= visit["mandatory"]
    row["service"] = max(row["service"], visit["service"])
    row["prize"] = max(row["prize"], prize)
    row["windows"] += [[number, begin, end, prize] for _, begin, end in visit["windows"]]
    row["shifts"] += [f"{number}/{crew}" for crew in visit["shifts"]]


def _shift(
    one: WeekDay, number: int, k: int, home: Mapping[str, int], matrix_of: Mapping[str, str]
) -> dict[str, Any]:
    crew = one.choice.crews[k]
    names = {f"{c.row}@{c.address}": "/".join(one.key(c)) for c in one.choice.candidates}
    pinned = [names[key] for key in one.choice.pins.get(crew.crew_id, [])]
    row = shift_row(crew, home[crew.crew_id], pinned, matrix_of[crew.crew_id])
    return {**row, "id": f"{number}/{crew.crew_id}", "day": number}


def _day_plan(
    store: Store,
    week: WeekProblem,
    number: int,
    solution: engine.Solution,
    travel: TravelTimes,
    made_at: datetime,
    seed: int,
    reason: str,
) -> Plan:
    """The plan of one day out of the week's solution, judged for itself.

    People planned on another day are no candidates here; they are listed with that day.
    """
    one = week.days[number]
    elsewhere = {
        week.keys[stop.visit][0]: week.days[week.shifts[route.shift][0]].ranking.day
        for route in solution.routes
        for stop in route.stops
        if week.shifts[route.shift][0] != number
    }
    task, visit_at = _day_task(week, number, travel, store.zone, set(elsewhere))
    routes = tuple(
        engine.Route(
            week.shifts[route.shift][1], route.depart, route.back,
            tuple(replace(s, visit=visit_at[week.keys[s.visit]]) for s in route.stops),
            route.breaks,
        )
        for route in solution.routes
        if week.shifts[route.shift][0] == number
    )  # fmt: skip
    own = engine.priced(task.problem, routes, solution.iterations, solution.seconds, seed)
    plan = judged_plan(store, one.ranking, task, own, made_at=made_at, seed=seed, reason=reason)
    here = {one.key(c)[0] for c in one.choice.candidates}
    other = {who: day for who, day in elsewhere.items() if who in here} | dict(one.busy)
    left = [u for u in plan.not_planned if u.debtor_id not in other]
    left += [Unserved(who, OTHER_DAY, {"day": day.isoformat()}) for who, day in other.items()]
    return replace(plan, not_planned=tuple(sorted(left, key=lambda u: u.debtor_id)))


def _day_task(
    week: WeekProblem, number: int, travel: TravelTimes, zone: str, elsewhere: set[str]
) -> tuple[DayProblem, dict[_Key, int]]:
    """The problem of one day alone, with ways and lengths of stay as in the week; visits by key."""
    one = week.days[number]
    choice = one.choice
    mine = [c for c in choice.candidates if one.key(c)[0] not in elsewhere]
    home = {crew.crew_id: k for k, crew in enumerate(week.crews)}
    place = {key: len(week.crews) + k for k, key in enumerate(week.keys)}
    at = [*(home[c.crew_id] for c in choice.crews), *(place[one.key(c)] for c in mine)]
    ways = week.ways.take(at)
    rest = {row: figures for row, figures in choice.left_out.items()
            if one.ranking.table.debtor_ids[row] not in elsewhere}  # fmt: skip
    task = problem_of(one.ranking, travel, zone, choice.crews, mine, choice.pins, rest, ways)
    number_of = {key: k for k, key in enumerate(week.keys)}
    service = week.problem.service[[number_of[one.key(c)] for c in mine]]
    task = replace(task, problem=replace(task.problem, service=service))
    return task, {one.key(c): k for k, c in enumerate(mine)}
