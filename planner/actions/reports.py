"""Day and week reports of a team: what was planned, done and promised, and what it took, by
collector or by region. Rows stand in the order of their names, never in that of money.

Each planned visit, contact, promise and payment belongs to one collector: who has the person, if
they go with the crew of the visit; else the first of that crew whom the record of the day names;
else the first of the crew; without a planned visit who has the person, else whom the record names,
else nobody (""). So the rows add up to the total. Way, time and cost are the ledger's
shares, scaled to what the crews told of the trip; those of a trip without a planned visit, and of
a drive without one, fall on the crew's first member.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from planner.actions.ledger import TripLedger, ledger
from planner.actions.progress import CrewDay, day_progress, outside_the_rules
from planner.actions.report_facts import Facts, facts_between, named_in, regions_of
from planner.clock import Clock
from planner.errors import PlannerError
from planner.export.team_report import write_team_report
from planner.geo.travel import TravelTimes
from planner.store.crews import load_crews, staff_names
from planner.store.driver import Connection
from planner.store.plans import load_plan
from planner.store.store import Store
from planner.store.team import collectors_of

COLLECTOR: Final = "collector"
COUNTY: Final = "county"
TOWNSHIP: Final = "township"
KINDS: Final = (COLLECTOR, COUNTY, TOWNSHIP)
LONGEST: Final = 92  # days of one report


@dataclass(frozen=True, slots=True)
class Row:
    """One line. Visits `planned`, `done` (recorded, planned or not) and `skipped` (planned, the day
    is over); `contacts` with the right person by any channel; promises `made` and their sum; of
    those that fell due how many were `kept` and `broken`; money in minor units; `seconds` of work,
    `metres` of way, `cost` of both; `exceptions` are broken rules and rules set aside."""

    key: str
    name: str
    planned: int = 0
    done: int = 0
    skipped: int = 0
    contacts: int = 0
    made: int = 0
    promised: int = 0
    kept: int = 0
    broken: int = 0
    paid: int = 0
    seconds: int = 0
    metres: int = 0
    cost: int = 0
    exceptions: int = 0


NUMBERS: Final = tuple(one.name for one in fields(Row))[2:]


@dataclass(frozen=True, slots=True)
class Report:
    """The rows of the days `first` to `last` by `kind` (of KINDS), in the order of their names;
    the row with key "" (nobody's, or no region known) last. `actual`: of how many trips what the
    crews told went in, of `trips`."""

    kind: str
    first: date
    last: date
    rows: tuple[Row, ...]
    total: Row
    trips: int
    actual: int


@dataclass(slots=True)
class _Sums:
    """Figures under way, by key of the row."""

    found: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, key: str, **more: int) -> None:
        row = self.found.setdefault(key, dict.fromkeys(NUMBERS, 0))
        for name, figure in more.items():
            row[name] += figure


def team_report(
    store: Store,
    first: date,
    last: date,
    now: datetime,
    *,
    kind: str = COLLECTOR,
    travel: TravelTimes | None = None,
) -> Report:
    """The report of these days (both included, local) as of `now` (aware).

    Raises PlannerError("team.span") for days in the wrong order or more than LONGEST of them.
    """
    if not 0 <= (last - first).days < LONGEST or kind not in KINDS:
        raise PlannerError("team.span", most=LONGEST)
    span = [first + timedelta(days=k) for k in range((last - first).days + 1)]
    days = [one for day in span for one in day_progress(store, day, now)]
    trips = [one for one in ledger(store, first, len(span), travel=travel)
             if any(first <= day <= last for day in one.days)]  # fmt: skip
    outside = outside_the_rules(store, first, last)
    facts = facts_between(store, first, last, now)
    key_of = _keys(store, kind, span, facts, days)
    sums = _Sums()
    for one in days:
        _add_day(sums, key_of, one, store)
    for visit in facts.visits:
        sums.add(key_of.person(visit.debtor_id, visit.day), done=1)
    for met in facts.contacts:
        sums.add(key_of.person(met.debtor_id, met.day), contacts=1)
    for promise in facts.made:
        sums.add(key_of.person(promise.debtor_id, promise.day), made=1, promised=promise.amount)
    for due in facts.due:
        sums.add(key_of.person(due.debtor_id, due.day), kept=int(due.kept), broken=int(due.broken))
    for paid in facts.paid:
        sums.add(key_of.person(paid.debtor_id, paid.day), paid=paid.amount)
    for trip in trips:
        _add_trip(sums, key_of, trip)
    for broken in outside:
        sums.add(key_of.person(broken.debtor_id, None), exceptions=1)
    rows = [
        Row(key, key_of.names.get(key, key), **told)
        for key, told in sums.found.items()
        if key or any(told.values())
    ]
    rows += [Row(key, name) for key, name in key_of.everybody.items() if key not in sums.found]
    ordered = tuple(sorted(rows, key=lambda one: (not one.key, _sound(one.name), one.key)))
    told = sum(trip.actual is not None for trip in trips)
    return Report(kind, first, last, ordered, _total(ordered), len(trips), told)


def save_report(
    store: Store,
    path: Path,
    first: date,
    last: date,
    *,
    clock: Clock,
    language: str,
    kind: str = COLLECTOR,
    travel: TravelTimes | None = None,
) -> Path:
    """Write the report to `path` (.xlsx or .pdf) in `language` ("zh_CN", "en").

    Raises what `team_report` raises, PlannerError("team.format"), ("file.unwritable").
    """
    report = team_report(store, first, last, clock(), kind=kind, travel=travel)
    rows = [(one.name, [getattr(one, name) for name in NUMBERS]) for one in report.rows]
    total = [getattr(report.total, name) for name in NUMBERS]
    return write_team_report(
        path, kind, first, last, rows, total, (report.actual, report.trips), clock(), language
    )


@dataclass(frozen=True, slots=True)
class _Keys:
    """Which row something belongs to."""

    kind: str
    have: Mapping[str, str]
    crew_of: Mapping[tuple[str, date], str]
    members: Mapping[str, tuple[str, ...]]
    regions: Mapping[str, str]
    names: Mapping[str, str]
    everybody: Mapping[str, str]
    there: Mapping[tuple[str, date], tuple[str, ...]]  # collectors named in records

    def person(self, debtor_id: str, day: date | None) -> str:
        """The row of somebody, on a day on which a crew had them in its plan."""
        if self.kind != COLLECTOR:
            return self.regions.get(debtor_id, "")
        crew = self.crew_of.get((debtor_id, day)) if day is not None else None
        mine = self.have.get(debtor_id, "")
        members = self.members.get(crew or "", ())
        if mine in members or (mine and not members):
            return mine
        named = self.there.get((debtor_id, day), ()) if day is not None else ()
        return next((one for one in named if not members or one in members), (*members, "")[0])

    def crew(self, crew_id: str) -> str:
        """The row of a crew's way that falls on nobody."""
        return next(iter(self.members.get(crew_id, ())), "") if self.kind == COLLECTOR else ""


def _keys(
    store: Store, kind: str, span: Sequence[date], facts: Facts, days: Iterable[CrewDay]
) -> _Keys:
    crew_of: dict[tuple[str, date], str] = {}
    with store.read() as conn:
        for day in span:
            plan = load_plan(conn, day)
            for route in plan.routes if plan else ():
                crew_of |= {(stop.debtor_id, day): route.crew_id for stop in route.stops}
        names = staff_names(conn)
        people = {who for who, _ in crew_of} | facts.people
        regions = regions_of(conn, people, kind) if kind != COLLECTOR else {}
        members = {c.crew_id: tuple(m.collector_id for m in c.members) for c in load_crews(conn)}
        have = collectors_of(conn)
        there = _there(conn, facts, have, crew_of, members, store.zone) if kind == COLLECTOR else {}
    everybody = names if kind == COLLECTOR else {}
    return _Keys(kind, have, crew_of, members, regions, names, everybody, there)


def _there(
    conn: Connection, facts: Facts, have: Mapping[str, str],
    crew_of: Mapping[tuple[str, date], str], members: Mapping[str, tuple[str, ...]], zone: str,
) -> dict[tuple[str, date], tuple[str, ...]]:  # fmt: skip
    """The collectors whom the records name, where who has the person does not say it."""
    seen = {(one.debtor_id, one.day) for one in (*facts.visits, *facts.contacts)}
    crews = {key: members.get(crew_of.get(key, ""), ()) for key in seen}
    open_ = {key for key in seen if crews[key] or not have.get(key[0])}
    open_ = {key for key in open_ if have.get(key[0], "") not in crews[key]}
    names = staff_names(conn)
    numbers = {name: one for one, name in names.items()} | {one: one for one in names}
    found = {}
    for key, named in named_in(conn, open_, zone).items():
        own = {names[one]: one for one in crews[key] if one in names}  # of two of one name the mate
        found[key] = tuple(one for name in named if (one := own.get(name) or numbers.get(name)))
    return found


def _add_day(sums: _Sums, keys: _Keys, one: CrewDay, store: Store) -> None:
    with store.read() as conn:
        plan = load_plan(conn, one.day)
    skipped = set(one.skipped_ids)
    for route in plan.routes if plan else ():
        for stop in route.stops if route.crew_id == one.crew_id else ():
            key = keys.person(stop.debtor_id, one.day)
            sums.add(key, planned=1, skipped=int(stop.debtor_id in skipped))


def _add_trip(sums: _Sums, keys: _Keys, trip: TripLedger) -> None:
    """The shares of a trip, scaled to what the crew told of it; what is left over by rounding, and
    all of a trip without shares, falls on the crew."""
    actual = trip.actual
    parts = trip.parts
    real = {
        "metres": parts.metres if actual is None or actual.metres is None else actual.metres,
        "seconds": parts.working if actual is None or actual.working is None else actual.working,
        "cost": parts.money if actual is None or actual.money is None else actual.money,
    }
    planned = {"metres": parts.metres, "seconds": parts.working, "cost": parts.money}
    left = dict(real)
    for share in trip.shares:
        mine = {"metres": share.parts.metres, "seconds": share.parts.working,
                "cost": share.parts.money}  # fmt: skip
        told = {name: real[name] * mine[name] // planned[name] if planned[name] else 0
                for name in real}  # fmt: skip
        sums.add(keys.person(share.debtor_id, trip.days[0]), **told)
        left = {name: left[name] - told[name] for name in left}
    sums.add(keys.crew(trip.crew_id), **left)


def _total(rows: Sequence[Row]) -> Row:
    return replace(
        Row("", ""), **{name: sum(getattr(one, name) for one in rows) for name in NUMBERS}
    )


def _sound(name: str) -> list[str]:
    from pypinyin import lazy_pinyin  # its dictionaries take a quarter of a second

    return [one.casefold() for one in lazy_pinyin(name)]


def day_span(day: date, *, week: bool) -> tuple[date, date]:
    """The day itself, or its week from Monday to Sunday."""
    if not week:
        return day, day
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def local_span(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """Begin and end (exclusive, aware) of these days in `zone`."""
    here = ZoneInfo(zone)
    return (
        datetime.combine(first, time(), here),
        datetime.combine(last + timedelta(days=1), time(), here),
    )
