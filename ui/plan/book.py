"""What the plan screen shows of a day: everybody in the book, the plan, and who stands where.

Made off the GUI thread by `load_book`; never changed afterwards, a new state is a new book.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from planner.actions.rank import Ranking, rank
from planner.domain.codes import CHANNELS, Channel, Grade
from planner.domain.facts import NEVER, instant, moment
from planner.domain.people import Crew
from planner.domain.plan import Plan, Route, Stop, Unserved, numbered, together
from planner.policy.workdays import closing_rule
from planner.ranking.explain import Explanation, explain
from planner.ranking.score import PARTS
from planner.store.driver import Connection
from planner.store.facts import load_contacts as load_person_contacts
from planner.store.layers import load_layers
from planner.store.people import Entry, PersonRow, load_rows, timeline
from planner.store.plans import load_plan
from planner.store.store import Store
from ui import formats

TABS = ("ready", "waiting", "call_first", "address", "paused", "never")
NOT_PLANNED = "not_planned"
TOP_REASON = 1.0  # points from which a part of the score is worth naming


@dataclass(frozen=True, slots=True)
class Row:
    """A person in a list. `rank` is the place among those who may be visited (0 = none)."""

    debtor_id: str
    index: int  # row of the ranking's table
    rank: int
    tab: str
    points: float
    name: str
    township: str
    amount: int
    days: int
    rule: str | None
    until: datetime | None
    worth: bool
    reason: str  # the part of the score that lifts most, "" = none stands out
    broken: int
    value: int
    lat: float | None
    lon: float | None
    weak: bool = False  # the position is that of the township or the county


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a planned person stands: crew (index into the plan's routes) and number from 1."""

    crew: int
    number: int
    stop: Stop


@dataclass(frozen=True, slots=True)
class Book:
    """Everything of one day. `people` are list rows by debtor id."""

    day: date
    zone: str
    ranking: Ranking
    rows: tuple[Row, ...]
    people: dict[str, PersonRow]
    plan: Plan | None
    seats: dict[str, Seat] = field(default_factory=dict)
    left_out: dict[str, Unserved] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)  # debtor id -> place in `rows`
    done: frozenset[str] = frozenset()  # who has a recorded visit on this day
    day_rule: str = ""  # the rule that leaves the whole day without visits, "" = none does

    def row(self, debtor_id: str) -> Row | None:
        """The row of a person, None when there is none today."""
        place = self.places.get(debtor_id)
        return None if place is None else self.rows[place]

    def outdated(self) -> tuple[str, ...]:
        """Planned persons who may not be visited any more, and were not: paid, held, promised."""
        return tuple(
            who
            for who in self.seats
            if who not in self.done and ((row := self.row(who)) is None or row.tab != "ready")
        )

    @property
    def weak_stops(self) -> int:
        """How many planned stops have the position of their township or county only."""
        return sum(1 for who in self.seats if (row := self.row(who)) is not None and row.weak)

    def counts(self) -> dict[str, int]:
        """How many persons stand in each tab, and how many eligible ones are not planned."""
        found = dict.fromkeys(TABS, 0)
        for row in self.rows:
            found[row.tab] += 1
        found[NOT_PLANNED] = len(self.left_out)
        return found

    def with_plan(self, plan: Plan | None) -> "Book":
        """The same day with another plan."""
        seats: dict[str, Seat] = {}
        left_out: dict[str, Unserved] = {}
        if plan is not None:
            for crew, route in enumerate(plan.routes):
                for number, stop in numbered(route.stops):
                    seats[stop.debtor_id] = Seat(crew, number, stop)
            left_out = {one.debtor_id: one for one in plan.not_planned}
        return replace(self, plan=plan, seats=seats, left_out=left_out)

    def mates(self, debtor_id: str) -> list[str]:
        """Who else is visited in the stop of a person."""
        seat = self.seats.get(debtor_id)
        if seat is None or self.plan is None:
            return []
        there = together(self.plan.routes[seat.crew].stops, debtor_id)
        return [one.debtor_id for one in there if one.debtor_id != debtor_id]

    def explain(self, row: Row) -> Explanation:
        """Why this person stands where they stand."""
        return explain(self.ranking.scores, self.ranking.table, row.index)

    def crew(self, route: Route) -> Crew | None:
        """The crew that drives `route`."""
        return next((c for c in self.ranking.crews if c.crew_id == route.crew_id), None)


def load_book(store: Store, day: date) -> Book:
    """Rank the book for `day` and read its plan."""
    ranking = rank(store, day)
    with store.read() as conn:
        plan = load_plan(conn, day)
        planned = [stop.debtor_id for route in plan.routes for stop in route.stops] if plan else []
        found = load_rows(conn, list(dict.fromkeys([*ranking.table.debtor_ids, *planned])))
        done = _visited(ranking, store.zone) | _closed(conn, plan, ranking, store.zone)
    people = {person.debtor_id: person for person in found}
    rows = _rows(ranking, people)
    places = {row.debtor_id: place for place, row in enumerate(rows)}
    book = Book(
        day, store.zone, ranking, rows, people, None, places=places, done=done,
        day_rule=closing_rule(ranking.policy, day),
    )  # fmt: skip
    return book.with_plan(plan)


def _visited(ranking: Ranking, zone: str) -> frozenset[str]:
    """Persons of the ranking with a recorded visit on its day."""
    table = ranking.table
    start = datetime.combine(ranking.day, time(), ZoneInfo(zone))
    first, last = instant(start), instant(start + timedelta(days=1))
    visits = np.flatnonzero(
        (table.contact_channel == CHANNELS.index(Channel.VISIT))
        & (table.contact_at >= first)
        & (table.contact_at < last)
    )
    rows = np.searchsorted(table.contact_off, visits, side="right") - 1
    return frozenset(table.debtor_ids[row] for row in rows.tolist())


def _closed(conn: Connection, plan: Plan | None, ranking: Ranking, zone: str) -> frozenset[str]:
    """The same for planned persons who have no open case any more and stand in no table."""
    planned = {stop.debtor_id for route in plan.routes for stop in route.stops} if plan else set()
    return frozenset(
        who
        for who in planned - set(ranking.table.debtor_ids)
        for contact in load_person_contacts(conn, who)
        if contact.channel is Channel.VISIT
        and contact.at.astimezone(ZoneInfo(zone)).date() == ranking.day
    )


def load_day_plan(store: Store, day: date) -> Plan | None:
    """The plan that counts for `day`."""
    with store.read() as conn:
        return load_plan(conn, day)


def load_ground(store: Store) -> list[tuple[str, bytes]]:
    """The map layers of the workspace, by name."""
    with store.read() as conn:
        return list(load_layers(conn).items())


def load_contacts(store: Store, debtor_id: str, newest: int = 4) -> list[Entry]:
    """The latest things that happened with a person, newest first."""
    with store.read() as conn:
        entries = timeline(conn, debtor_id)
    told = [e for e in entries if not e.undone and e.kind in ("contact", "promise", "payment")]
    return told[::-1][:newest]


def _rows(ranking: Ranking, people: dict[str, PersonRow]) -> tuple[Row, ...]:
    table, scores = ranking.table, ranking.scores
    today = ranking.day.toordinal()
    rows: list[Row] = []
    place = 0
    for index in ranking.order.tolist():
        debtor_id = table.debtor_ids[index]
        tab = ranking.tab(index)
        place += tab == "ready"
        person = people.get(debtor_id)
        spot = int(scores.best_address[index])
        until = int(ranking.verdicts.until[index])
        rows.append(
            Row(
                debtor_id=debtor_id,
                index=index,
                rank=place if tab == "ready" else 0,
                tab=tab,
                points=float(scores.points[index]),
                name=formats.mask_name(person.name) if person else formats.NONE,
                township=person.township if person else "",
                amount=int(table.amount[index]),
                days=max(0, today - int(table.overdue_since[index])),
                rule=ranking.rule(index),
                until=moment(until) if 0 < until < NEVER else None,
                worth=bool(scores.worth[index]),
                reason=_reason(ranking, index),
                broken=int(scores.basis.features.broken[index]),
                value=int(scores.value[index]),
                lat=float(table.address_lat[spot]) if spot >= 0 else None,
                lon=float(table.address_lon[spot]) if spot >= 0 else None,
                weak=spot >= 0 and int(table.address_grade[spot]) >= Grade.TOWNSHIP,
            )
        )
    return tuple(rows)


def _reason(ranking: Ranking, index: int) -> str:
    """What lifts this person above the typical one; the amount stands in the list anyhow."""
    parts = ranking.scores.parts[index].tolist()
    best = max(range(1, len(PARTS)), key=parts.__getitem__)
    if parts[best] < TOP_REASON:
        best = PARTS.index("amount")
    return PARTS[best] if parts[best] >= TOP_REASON else ""
