"""How the days of a team go: planned, done, skipped; planned against actual; who is not back yet;
the week of every collector at a glance; what was done outside the rules. Data for pages and files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from planner.actions.ledger import TripLedger, ledger
from planner.actions.reviews import RouteReview, states_of
from planner.actions.under_way import visited
from planner.domain.codes import Channel
from planner.domain.facts import instant
from planner.domain.plan import Plan, Route
from planner.domain.trip import Trip
from planner.geo.travel import TravelTimes
from planner.store.crews import load_crews
from planner.store.driver import Connection
from planner.store.plans import load_plan
from planner.store.store import Store
from planner.store.team import Absence, collectors_of, load_absences
from planner.store.terms import load_exceptions
from planner.store.trips import load_trips

LATE: Final = timedelta(minutes=30)  # after the planned return a crew is missed
DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class CrewDay:
    """One crew's day. Instants are aware, None = not told. `members` are collector ids (as the
    crew is now). Of the `planned` visits some are `done` (a visit is recorded on the day), some
    `skipped` (the day is over without one), the others `waiting`. `done_ids` and `skipped_ids` name
    them. `not_back`: the crew went out, its planned return is LATE past, nobody has said it is
    back; `last_sign` is the last visit recorded. `review` says how its route stands."""

    day: date
    crew_id: str
    crew: str
    members: tuple[str, ...]
    planned: int
    done: int
    skipped: int
    waiting: int
    depart: datetime
    back: datetime
    left: datetime | None
    returned: datetime | None
    last_sign: datetime | None
    not_back: bool
    review: RouteReview
    planned_metres: int
    actual_metres: int | None
    planned_seconds: int
    actual_seconds: int | None
    done_ids: tuple[str, ...]
    skipped_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Money:
    """A trip (a crew's day, or a tour with its nights): planned and actual minor units; `actual`
    None where way or time are not told."""

    crew_id: str
    crew: str
    days: tuple[date, ...]
    planned: int
    actual: int | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One collector's day: on shift by the weekdays of their crews, away, and the visits of the
    crews they go with; `state` is that of the crew's route (of the first one)."""

    day: date
    on_shift: bool
    absence: Absence | None
    crews: tuple[str, ...]
    planned: int
    done: int
    skipped: int
    state: str
    not_back: bool


@dataclass(frozen=True, slots=True)
class CollectorWeek:
    """A collector's week, a cell a day; `persons` are assigned to them."""

    collector_id: str
    name: str
    persons: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Outside:
    """A fact that broke a rule, or (with `reason` and `by`) a rule that a lead set aside; whose
    person it is ("" nobody's)."""

    debtor_id: str
    at: datetime
    rule: str
    channel: Channel
    reason: str
    by: str
    collector_id: str


def day_progress(store: Store, day: date, now: datetime) -> tuple[CrewDay, ...]:
    """Every crew that has a route on `day`, as it stands at `now` (aware), by name of the crew."""
    with store.read() as conn:
        return _days(conn, day, now, store.zone)


def not_back(store: Store, now: datetime) -> tuple[CrewDay, ...]:
    """The crews that should be back by now, today and yesterday, the longest missed first."""
    today = now.astimezone(ZoneInfo(store.zone)).date()
    with store.read() as conn:
        found = [
            one
            for day in (today - timedelta(days=1), today)
            for one in _days(conn, day, now, store.zone)
            if one.not_back
        ]
    return tuple(sorted(found, key=lambda one: one.back))


def _days(conn: Connection, day: date, now: datetime, zone: str) -> tuple[CrewDay, ...]:
    plan = load_plan(conn, day)
    if plan is None:
        return ()
    seen = visited(conn, plan, zone)
    trips = {one.crew_id: one for one in load_trips(conn, day, day)}
    members = {c.crew_id: tuple(m.collector_id for m in c.members) for c in load_crews(conn)}
    reviews = {one.crew_id: one for one in states_of(conn, plan)}
    found = [
        _crew_day(
            plan, route, members.get(route.crew_id, ()), seen,
            trips.get(route.crew_id) or Trip(route.crew_id, day), reviews[route.crew_id], now, zone,
        )
        for route in plan.routes
        if route.stops or route.crew_id in trips
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.crew, one.crew_id)))


def _crew_day(
    plan: Plan, route: Route, members: tuple[str, ...], seen: Mapping[str, datetime], trip: Trip,
    review: RouteReview, now: datetime, zone: str,
) -> CrewDay:  # fmt: skip
    midnight = datetime.combine(plan.day + timedelta(days=1), time(), ZoneInfo(zone))
    over = trip.back is not None or now >= midnight
    done = tuple(s.debtor_id for s in route.stops if s.debtor_id in seen)
    rest = tuple(s.debtor_id for s in route.stops if s.debtor_id not in seen)
    signs = [seen[who] for who in done]
    went = trip.left is not None or bool(done)
    away = route.sleeps is not None  # sleeps out: nobody waits at home
    return CrewDay(
        plan.day, route.crew_id, route.crew, members, len(route.stops), len(done),
        len(rest) if over else 0, 0 if over else len(rest), route.depart, route.back, trip.left,
        trip.back, max(signs, default=None),
        went and not away and trip.back is None and now > route.back + LATE, review,
        route.metres, trip.metres, int((route.back - route.depart).total_seconds()), trip.seconds,
        done, rest if over else (),
    )  # fmt: skip


def money_of(
    store: Store, first: date, days: int = 1, *, travel: TravelTimes | None = None
) -> tuple[Money, ...]:
    """Planned against actual money of the trips of these days, by day and crew (see `ledger`)."""
    return tuple(_money(one) for one in ledger(store, first, days, travel=travel))


def _money(one: TripLedger) -> Money:
    actual = one.actual.money if one.actual is not None else None
    return Money(one.crew_id, one.crew, one.days, one.parts.money, actual)


def week_at_a_glance(
    store: Store, first: date, now: datetime, days: int = DAYS
) -> tuple[CollectorWeek, ...]:
    """The days from `first` on of every collector, by name."""
    span = [first + timedelta(days=k) for k in range(days)]
    with store.read() as conn:
        crews = load_crews(conn)
        away = load_absences(conn, first, span[-1])
        have = list(collectors_of(conn).values())
        by_day = {day: _days(conn, day, now, store.zone) for day in span}
    names = {m.collector_id: m.name for crew in crews for m in crew.members}
    found = []
    for collector, name in names.items():
        mine = [c for c in crews if collector in {m.collector_id for m in c.members}]
        weekdays = {day for crew in mine for day in crew.weekdays}
        own = [one for one in away if one.collector_id == collector]
        cells = tuple(
            _cell(day, day.isoweekday() in weekdays, own, collector, by_day[day]) for day in span
        )
        found.append(CollectorWeek(collector, name, have.count(collector), cells))
    return tuple(sorted(found, key=lambda one: (one.name, one.collector_id)))


def _cell(
    day: date, on_shift: bool, away: Sequence[Absence], collector: str, days: Sequence[CrewDay]
) -> Cell:
    mine = [one for one in days if collector in one.members]
    absence = next((one for one in away if one.first <= day <= one.last), None)
    return Cell(
        day, on_shift, absence, tuple(one.crew for one in mine), sum(one.planned for one in mine),
        sum(one.done for one in mine), sum(one.skipped for one in mine),
        mine[0].review.state if mine else "", any(one.not_back for one in mine),
    )  # fmt: skip


def outside_the_rules(store: Store, first: date, last: date) -> tuple[Outside, ...]:
    """Exceptions and overrides of these days (both included, local), newest first."""
    zone = ZoneInfo(store.zone)
    begin = instant(datetime.combine(first, time(), zone))
    end = instant(datetime.combine(last + timedelta(days=1), time(), zone))
    with store.read() as conn:
        have = collectors_of(conn)
        return tuple(
            Outside(one.debtor_id, one.at, one.rule, one.channel, one.reason, one.by,
                    have.get(one.debtor_id, ""))
            for one in load_exceptions(conn)
            if begin <= instant(one.at) < end
        )  # fmt: skip
