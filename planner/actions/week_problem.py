"""The problem of a week: whom each day offers, and all days and crews in one problem.

The rules judge each day for itself: a person may be visited on the days, at the addresses and in
the hours that are permitted there, with that day's value, and at most once in the week.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from planner.actions.appointments import appointments
from planner.actions.candidates import Candidate
from planner.actions.day_problem import DayChoice, day_choice
from planner.actions.heed import Wishes, choice_heeding, on_trip, wishes_for
from planner.actions.rank import Ranking, rank
from planner.actions.stays import Stay, lodgings
from planner.actions.step_wishes import Span, parts_wished, raised, wish_of
from planner.actions.under_way import from_now, locked_longer, put_off
from planner.actions.visit_rows import (
    apart,
    at_one_place,
    day_start,
    last_facts,
    read_doors,
    shift_row,
    visit_row,
    visit_terms,
)
from planner.actions.ways import Ways, matrices, ways_between
from planner.domain.people import Crew
from planner.domain.plan import Unserved
from planner.domain.promise import GRACE, TOLERANCE, first_unkept_rows
from planner.domain.step import Step
from planner.errors import PlannerError
from planner.geo.travel import TravelTimes
from planner.routing.problem import Problem, from_json
from planner.store.plans import load_plan, planned_days
from planner.store.steps import steps_on
from planner.store.store import Store

Key = tuple[str, str]  # debtor id, address id
LATE_SHARE = 0.5  # of its value a follow-up of a promise loses on later days than its own


@dataclass(frozen=True, slots=True)
class WeekDay:
    """A day that has crews and people: its ranking and who may go to whom.

    `busy` are people who were candidates but for another plan, with the day of that plan; `told`
    those whom the lead's decisions keep out; `longer` the seconds by which shifts are put off;
    `steps` the accepted next steps of the day.
    """

    ranking: Ranking
    choice: DayChoice
    busy: Mapping[str, date] = field(default_factory=dict)
    told: Mapping[str, Unserved] = field(default_factory=dict)
    longer: Mapping[str, int] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()

    def key(self, one: Candidate) -> Key:
        """By which a candidate is known on every day."""
        table = self.ranking.table
        return table.debtor_ids[one.row], table.address_ids[one.address]


@dataclass(frozen=True, slots=True)
class WeekProblem:
    """The engine's problem: visits are `keys`, shifts are (number of the day, crew).

    Places: first the homes of `crews`, then the addresses of `keys`, then lodgings that are none of
    these; `place` knows them all by position. `stays` are by number of the day and crew.
    """

    problem: Problem
    days: tuple[WeekDay, ...]
    crews: tuple[Crew, ...]
    keys: tuple[Key, ...]
    shifts: tuple[tuple[int, int], ...]  # (day, index in that day's crews)
    ways: Ways
    place: Mapping[tuple[float, float], int]
    stays: Mapping[tuple[int, str], Stay] = field(default_factory=dict)

    def day_stays(self, number: int) -> dict[str, Stay]:
        """The stays of one day by crew."""
        return {crew: stay for (day, crew), stay in self.stays.items() if day == number}


def week_days(
    store: Store,
    first: date,
    days: int,
    *,
    now: datetime,
    travel: TravelTimes,
    wishes: Wishes | None = None,
) -> tuple[tuple[WeekDay, ...], Wishes]:
    """The days from `first` on that have crews and people who may be visited, and what to heed.

    A day that is under way at `now` (aware) begins then. `wishes` are those of the workspace where
    none are given. Raises PlannerError("plan.no_crew") when there is none.
    """
    today = now.astimezone(ZoneInfo(store.zone)).date()
    with store.read() as conn:
        present = {first + timedelta(days=k): load_plan(conn, first + timedelta(days=k))
                   for k in range(days)}  # fmt: skip
        plans = [load_plan(conn, day) for day in planned_days(conn) if day >= today]
        steps = {day: steps_on(conn, day) for day in present}
    found: list[WeekDay] = []
    refused: PlannerError | None = None
    longer = {day: locked_longer(plan) for day, plan in present.items()}
    rankings = [
        from_now(put_off(rank(store, day), longer[day]), now, store.zone) for day in present
    ]
    wishes = wishes or wishes_for(store, rankings, days=days, travel=travel)
    for ranking, keep in zip(rankings, present.values(), strict=True):
        also = frozenset(who for who in ranking.table.debtor_ids if wishes.wanted(who, ranking.day))
        try:
            choice = day_choice(ranking, store.zone, keep=keep, days=days, also=also)
        except PlannerError as error:
            if error.code != "plan.no_crew":
                raise
            refused = refused or error
            continue
        choice, told = choice_heeding(choice, ranking, wishes)
        if choice.candidates or told:
            day = ranking.day
            found.append(WeekDay(ranking, choice, told=told, longer=longer[day], steps=steps[day]))
    if not found and refused is not None:
        raise refused
    if not found:
        raise PlannerError("plan.no_crew", day=str(first), least=1)
    mine = {one.ranking.day for one in found}  # plans of other days stay as they are
    busy = {s.debtor_id: p.day for p in plans if p and p.day not in mine
            for route in p.routes for s in route.stops}  # fmt: skip
    chosen = tuple(_without(one, busy, wishes) for one in found)
    return _pinned_once(chosen, _appointed(chosen)), wishes


def _without(one: WeekDay, busy: Mapping[str, date], wishes: Wishes) -> WeekDay:
    """The day less the people who are planned already on another one, but for those who are locked
    into it, have an appointment on it or are sent for by the lead."""
    choice, ranking = one.choice, one.ranking
    pinned = {key for keys in choice.pins.values() for key in keys}
    firm = {one.key(c)[0] for c in choice.candidates if f"{c.row}@{c.address}" in pinned}
    firm |= {ranking.table.debtor_ids[row] for row in appointments(ranking)}
    firm |= {who for who, told in wishes.decided.items() if on_trip(told, ranking.day)}
    busy = {who: day for who, day in busy.items() if who not in firm}
    kept = [c for c in choice.candidates if one.key(c)[0] not in busy]
    names = {f"{c.row}@{c.address}" for c in kept}
    pins = {crew: [key for key in keys if key in names] for crew, keys in choice.pins.items()}
    gone = {one.key(c)[0] for c in choice.candidates} & busy.keys()
    return replace(
        one,
        choice=replace(choice, candidates=kept, pins=pins),
        busy={who: busy[who] for who in sorted(gone)},
    )


def _pinned_once(days: tuple[WeekDay, ...], fixed: Mapping[str, list[int]]) -> tuple[WeekDay, ...]:
    """A person locked on several days stays locked on the first of them; one with an appointment
    (`fixed`: the numbers of its days) on no other day."""
    seen: set[str] = set()
    found = []
    for number, one in enumerate(days):
        who = {f"{c.row}@{c.address}": one.key(c)[0] for c in one.choice.candidates}
        pins: dict[str, list[str]] = {}
        for crew, keys in one.choice.pins.items():
            for key in keys:
                if who[key] not in seen and number in fixed.get(who[key], (number,)):
                    seen.add(who[key])
                    pins.setdefault(crew, []).append(key)
        found.append(replace(one, choice=replace(one.choice, pins=pins)))
    return tuple(found)


def week_problem(
    days: tuple[WeekDay, ...],
    travel: TravelTimes,
    zone: str,
    wishes: Wishes,
    stays: Mapping[tuple[int, str], Stay],
) -> WeekProblem:
    """One problem of all `days`: a visit per person and address, a shift per crew and day.

    With the ends of `stays` in the shifts and their price in the fixed cost of the evening.
    """
    crews = tuple({crew.crew_id: crew for one in days for crew in one.choice.crews}.values())
    home = {crew.crew_id: k for k, crew in enumerate(crews)}
    where: dict[Key, tuple[float, float]] = {}
    rows: dict[Key, dict[str, Any]] = {}
    fixed, follow_up, pinned = _appointed(days), _promised(days), _locked(days)
    for number, one in enumerate(days):
        table = one.ranking.table
        for visit, candidate in _visits(one, zone):
            key = one.key(candidate)
            if number not in fixed.get(key[0], (number,)):  # visited on the day of an appointment
                visit = {**visit, "windows": [], "shifts": []}
            spot = float(table.address_lat[candidate.address])
            where.setdefault(key, (spot, float(table.address_lon[candidate.address])))
            if number > follow_up.get(key[0], number):
                visit["prize"] -= round(abs(visit["prize"]) * LATE_SHARE)
            if key[0] not in pinned:  # a lock comes before a decision about the area
                visit = _wanted(visit, key[0], one.ranking.day, wishes)
            _merge(rows, key, visit, number, wishes)
    for k, row in enumerate(rows.values()):
        row["location"] = len(crews) + k
    at_one_place(list(rows.values()))
    _keep_days(rows, days, pinned, wishes.sent)
    _keep_days(rows, days, pinned, wishes.in_time)
    shifts = [(number, k) for number, one in enumerate(days) for k in range(len(one.choice.crews))]
    shift_rows = [_shift(days[number], number, k, home) for number, k in shifts]
    apart(list(rows.values()), {key: row["id"] for row in shift_rows for key in row["pinned"]})
    places = [*((crew.lat, crew.lon) for crew in crews), *where.values()]
    beds = [(one.lat, one.lon) for one in lodgings(stays.values())]
    places += [spot for spot in dict.fromkeys(beds) if spot not in set(places)]
    lat, lon = np.array(places, np.float64).T
    ways = ways_between(travel, lat, lon, crews)
    tables, matrix_of = matrices(ways, crews, days[0].ranking.params)
    for row, (number, k) in zip(shift_rows, shifts, strict=True):
        row["matrix"] = matrix_of[days[number].choice.crews[k].crew_id] or None
    problem = from_json(
        {
            "format": "fairvisit-problem/1",
            **tables,
            "visits": list(rows.values()),
            "shifts": shift_rows,
        }
    )
    problem = raised(problem, _step_wishes(days, tuple(rows), zone))
    place = {spot: k for k, spot in reversed(list(enumerate(places)))}
    plain = WeekProblem(problem, days, crews, tuple(rows), tuple(shifts), ways, place)
    return with_stays(plain, stays)


def _step_wishes(
    days: tuple[WeekDay, ...], keys: tuple[Key, ...], zone: str
) -> dict[tuple[int, int], Span]:
    """Part of the day and money of each accepted next step, by visit and number of the day."""
    visit_of = {key: visit for visit, key in enumerate(keys)}
    found = {}
    for number, one in enumerate(days):
        wished = parts_wished(one.steps, one.ranking.day)
        for c in one.choice.candidates:
            key = one.key(c)
            if key[0] in wished:
                found[visit_of[key], number] = wish_of(
                    wished[key[0]], one.ranking, c.row, c.value, zone
                )
    return found


def with_stays(week: WeekProblem, stays: Mapping[tuple[int, str], Stay]) -> WeekProblem:
    """The week with these stays besides those it has; their lodgings are among its places."""
    shifts = list(week.problem.shifts)
    for k, (number, index) in enumerate(week.shifts):
        stay = stays.get((number, week.days[number].choice.crews[index].crew_id))
        if stay is None:
            continue
        begin, end, fixed = shifts[k].start, shifts[k].end, shifts[k].fixed_cost
        if stay.slept:
            begin = week.place[stay.slept.lat, stay.slept.lon]
        if stay.sleeps:
            end = week.place[stay.sleeps.lat, stay.sleeps.lon]
            fixed += stay.sleeps.price
        shifts[k] = replace(shifts[k], start=begin, end=end, fixed_cost=fixed)
    problem = replace(week.problem, shifts=tuple(shifts))
    return replace(week, problem=problem, stays={**week.stays, **stays})


def _wanted(visit: dict[str, Any], who: str, day: date, wishes: Wishes) -> dict[str, Any]:
    """The visit of one day as the lead wants it: made, and by the crew that was named."""
    crew = wishes.crew(who, day)
    return {
        **visit,
        "mandatory": visit["mandatory"] or wishes.wanted(who, day),
        "shifts": [crew] if crew in visit["shifts"] else visit["shifts"],
    }


def _locked(days: tuple[WeekDay, ...]) -> set[str]:
    """Who is locked into one of the days, by debtor id."""
    keys = {
        (number, key)
        for number, one in enumerate(days)
        for pins in one.choice.pins.values()
        for key in pins
    }
    return {
        one.key(c)[0]
        for number, one in enumerate(days)
        for c in one.choice.candidates
        if (number, f"{c.row}@{c.address}") in keys
    }


def _keep_days(
    rows: Mapping[Key, dict[str, Any]],
    days: tuple[WeekDay, ...],
    pinned: Container[str],
    good: Callable[[str, date], bool],
) -> None:
    """Leaves each person the hours of those days that are `good` for them (debtor id, day), if
    there are any; not those who are locked into a day."""
    of_person: dict[str, list[dict[str, Any]]] = {}
    for (who, _), row in rows.items():
        if who not in pinned:
            of_person.setdefault(who, []).append(row)
    for who, mine in of_person.items():
        kept = [[w for w in row["windows"] if good(who, days[w[0]].ranking.day)] for row in mine]
        if any(kept):
            for row, windows in zip(mine, kept, strict=True):
                row["windows"] = windows


def _promised(days: tuple[WeekDay, ...]) -> dict[str, int]:
    """The day (number) on which those can first be asked whose promise is pending when the week
    begins: its follow-up belongs there, and counts for less on later days."""
    table = days[0].ranking.table
    today = days[0].ranking.day.toordinal()
    owner = np.repeat(np.arange(table.n), np.diff(table.promise_off))
    kept = table.promise_paid >= table.promise_amount * TOLERANCE
    open_ = first_unkept_rows(owner, table.promise_plan, table.promise_due, kept)
    open_ &= table.promise_due.astype(np.int64) >= today - GRACE.days
    pending = {table.debtor_ids[row] for row in owner[open_].tolist()}
    found: dict[str, int] = {}
    for number, one in enumerate(days):
        for candidate in one.choice.candidates:
            who = one.key(candidate)[0]
            if who in pending:
                found.setdefault(who, number)
    return found


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
    read_doors(one.ranking, one.choice.candidates)
    for candidate in one.choice.candidates:
        earliest = int(known[candidate.row])
        yield (
            visit_row(one.ranking, candidate, 0, start, earliest, terms),
            candidate,
        )


def _merge(
    rows: dict[Key, dict[str, Any]],
    key: Key,
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
        },
    )
    row["mandatory"] |= visit["mandatory"]
    row["service"] = max(row["service"], visit["service"])
    row["prize"] = max(row["prize"], prize)
    row["windows"] += [[number, begin, end, prize] for _, begin, end in visit["windows"]]
    row["shifts"] += [f"{number}/{crew}" for crew in visit["shifts"]]


def _shift(one: WeekDay, number: int, k: int, home: Mapping[str, int]) -> dict[str, Any]:
    crew = one.choice.crews[k]
    names = {f"{c.row}@{c.address}": "/".join(one.key(c)) for c in one.choice.candidates}
    pinned = [names[key] for key in one.choice.pins.get(crew.crew_id, [])]
    row = shift_row(crew, home[crew.crew_id], pinned)
    return {**row, "id": f"{number}/{crew.crew_id}", "day": number}
