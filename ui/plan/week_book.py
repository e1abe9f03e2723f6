"""What the week view shows: seven days with their books, and for each crew and day one cell.

A day's book is made off the GUI thread and kept while no event, weight or rule changes; its plan is
read anew each time, which costs little.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import numpy as np

from planner.actions.appointments import appointments
from planner.actions.difference import Totals, totals
from planner.actions.policy import active_policy
from planner.actions.rank import Ranking, load_weights
from planner.actions.remote_rules import load_rules
from planner.domain.people import Crew
from planner.domain.plan import Route, at_doors
from planner.policy.pack import Policies
from planner.ranking.params import Weights
from planner.store.known import event_count
from planner.store.store import Store
from ui import formats
from ui.plan.book import Book, load_book, load_day_plan
from ui.plan.lanes import stop_state

DAYS = 7
PROMISE, APPOINTMENT = "promise", "appointment"
_Key = tuple[int, Weights, Policies]


class _Kept:
    """The books of this process by workspace and day, and what they were made from."""

    lock = threading.Lock()
    books: ClassVar[dict[tuple[Path, date], tuple[_Key, Book]]] = {}


def book_of(store: Store, day: date) -> Book:
    """`load_book`, or the one made before with the plan as it is now. Runs off the GUI thread."""
    key, kept = _kept(store, day)
    if kept is not None:
        return kept.with_plan(load_day_plan(store, day))
    book = load_book(store, day)
    with _Kept.lock:
        while len(_Kept.books) >= 2 * DAYS:
            _Kept.books.pop(next(iter(_Kept.books)))
        _Kept.books[store.path, day] = key, book
    return book


def _kept(store: Store, day: date) -> tuple[_Key, Book | None]:
    """What a book of this moment is made from, and the book if it was made from that."""
    weights, policy = load_weights(store), active_policy(store)  # the same object while unchanged
    with store.read() as conn:
        key = (event_count(conn), weights, policy)
    with _Kept.lock:
        found = _Kept.books.get((store.path, day))
    return key, found[1] if found is not None and found[0] == key else None


@dataclass(frozen=True, slots=True)
class Chip:
    """One stop in a cell. `state` as in the timetable; `mark` is PROMISE, APPOINTMENT or "";
    `people` are all who are visited there."""

    debtor_id: str
    number: int
    start: str
    leave: str
    name: str
    locked: bool
    state: str
    mark: str
    people: tuple[str, ...] = ()

    def holds(self, debtor_id: str) -> bool:
        """Whether this person is visited there."""
        return debtor_id == self.debtor_id or debtor_id in self.people


@dataclass(frozen=True, slots=True)
class Cell:
    """One crew on one day. Seconds, metres, minor units; `first`, `last` are clock times.

    `slept`, `sleeps`: the crew wakes or goes to bed away from home. `far`: the drive, in seconds,
    from which on a trip is one to a remote area, when the crew drives so long; else 0.
    """

    day: date
    crew_id: str
    chips: tuple[Chip, ...]
    first: str
    last: str
    working: int
    shift: int
    metres: int
    money: int  # value less cost of the way
    slept: bool = False
    sleeps: bool = False
    far: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """One day of the week. `rule` closes the whole day, "" = none; `over`: it is past. Promises
    due and appointments are (debtor id, masked name)."""

    day: date
    book: Book | None
    cells: dict[str, Cell]
    rule: str
    over: bool
    promises: tuple[tuple[str, str], ...]
    meetings: tuple[tuple[str, str], ...]

    @property
    def totals(self) -> Totals:
        """The sums of the day."""
        return totals(self.book.plan if self.book is not None else None)


@dataclass(frozen=True, slots=True)
class CrewLine:
    """A row of the board: `index` chooses colour and pattern."""

    crew_id: str
    name: str
    index: int


@dataclass(frozen=True, slots=True)
class Week:
    """The days of a week from Monday on, with the crews that have a cell on any of them."""

    first: date
    columns: tuple[Column, ...]
    crews: tuple[CrewLine, ...]

    def column(self, day: date) -> Column | None:
        """The column of a day of this week."""
        return next((one for one in self.columns if one.day == day), None)

    def find(self, debtor_id: str) -> tuple[Cell, Chip] | None:
        """Where a person stands."""
        for column in self.columns:
            for cell in column.cells.values():
                for chip in cell.chips:
                    if chip.holds(debtor_id):
                        return cell, chip
        return None

    @property
    def totals(self) -> Totals:
        """The sums of all days."""
        return add_up(column.totals for column in self.columns)

    @property
    def loaded(self) -> bool:
        """Whether every day has come."""
        return all(column.book is not None for column in self.columns)


def add_up(parts: Iterable[Totals]) -> Totals:
    """The sum of several totals."""
    found = Totals()
    for one in parts:
        found = Totals(
            found.visits + one.visits, found.metres + one.metres, found.driving + one.driving,
            found.working + one.working, found.cost + one.cost, found.value + one.value,
        )  # fmt: skip
    return found


def monday_of(day: date) -> date:
    """The first day of the week of `day`."""
    return day - timedelta(days=day.weekday())


def empty_week(first: date) -> Week:
    """A week whose days have not come yet."""
    columns = tuple(
        Column(first + timedelta(days=k), None, {}, "", False, (), ()) for k in range(DAYS)
    )
    return Week(first, columns, ())


def load_columns(store: Store, day: date, last: date, today: date) -> tuple[Column, ...]:
    """The column of `day`, and of the days after it up to `last` whose books are at hand.

    Runs off the GUI thread: a day that has to be ranked comes alone, so that it is shown soon.
    """
    far = load_rules(store).least_drive
    found = [column_of(book_of(store, day), today, far)]
    while (day := day + timedelta(days=1)) <= last and _kept(store, day)[1] is not None:
        found.append(column_of(book_of(store, day), today, far))
    return tuple(found)


def with_columns(week: Week, fresh: Iterable[Column]) -> Week:
    """The week with more days, or days anew."""
    by_day = {column.day: column for column in fresh}
    columns = tuple(by_day.get(one.day, one) for one in week.columns)
    return replace(week, columns=columns, crews=_crew_lines(columns))


def _crew_lines(columns: tuple[Column, ...]) -> tuple[CrewLine, ...]:
    names: dict[str, str] = {}
    busy: set[str] = set()
    for column in columns:
        if column.book is not None:
            names |= {crew.crew_id: crew.name for crew in column.book.ranking.crews}
            busy |= column.cells.keys()
    for column in columns:
        plan = column.book.plan if column.book is not None else None
        for route in plan.routes if plan else ():
            names.setdefault(route.crew_id, route.crew)
    lines = [CrewLine(crew_id, name, index) for index, (crew_id, name) in enumerate(names.items())]
    return tuple(line for line in lines if line.crew_id in busy)


def column_of(book: Book, today: date, far: int) -> Column:
    """A day of the board out of its book; a drive of `far` seconds leads to a remote area."""
    due, meetings = _due(book.ranking), _meetings(book.ranking)
    marks = dict.fromkeys(due, PROMISE) | dict.fromkeys(meetings, APPOINTMENT)
    cells: dict[str, Cell] = {}
    if not book.day_rule:
        for crew in book.ranking.crews:
            if book.day.isoweekday() in crew.weekdays:
                cells[crew.crew_id] = _empty_cell(book.day, crew)
    for route in book.plan.routes if book.plan else ():
        if route.stops or route.crew_id in cells or route.slept or route.sleeps:
            cells[route.crew_id] = cell_of(book, route, marks, far)
    return Column(
        book.day, book, cells, book.day_rule, book.day < today,
        tuple((who, _name(book, who)) for who in due),
        tuple((who, _name(book, who)) for who in meetings),
    )  # fmt: skip


def _empty_cell(day: date, crew: Crew) -> Cell:
    return Cell(day, crew.crew_id, (), "", "", 0, crew.end - crew.start, 0, 0)


def cell_of(book: Book, route: Route, marks: dict[str, str], far: int) -> Cell:
    """A crew's day as a cell; `far` as in `column_of`."""
    zone = ZoneInfo(book.zone)
    barred = set(book.outdated())

    def clock(at: datetime) -> str:
        return f"{at.astimezone(zone):%H:%M}"

    def state(who: str) -> str:
        return "done" if who in book.done else "barred" if who in barred else ""

    chips = tuple(
        Chip(
            some[0].debtor_id, number, clock(some[0].start), clock(some[-1].leave),
            " · ".join(_name(book, stop.debtor_id) for stop in some),
            any(stop.locked for stop in some), stop_state([state(stop.debtor_id) for stop in some]),
            next(filter(None, (marks.get(stop.debtor_id, "") for stop in some)), ""),
            tuple(stop.debtor_id for stop in some),
        )
        for number, some in enumerate(at_doors(route.stops), 1)
    )  # fmt: skip
    crew = book.crew(route)
    working = int((route.back - route.depart).total_seconds()) if route.stops else 0
    return Cell(
        day=book.day,
        crew_id=route.crew_id,
        chips=chips,
        first=clock(route.depart) if chips else "",
        last=clock(route.back) if chips else "",
        working=working,
        shift=crew.end - crew.start if crew else working,
        metres=route.metres,
        money=sum(stop.value for stop in route.stops) - route.cost,
        slept=route.slept is not None,
        sleeps=route.sleeps is not None,
        far=far if _far(route, far) else 0,
    )


def _far(route: Route, far: int) -> bool:
    """Whether the crew drives long to its first stop or from its last one home."""
    if not route.stops:
        return False
    leave, back = route.stops[0].start - route.depart, route.back - route.stops[-1].leave
    return max(leave, back).total_seconds() >= far


def _name(book: Book, debtor_id: str) -> str:
    person = book.people.get(debtor_id)
    return formats.mask_name(person.name) if person is not None else formats.NONE


def _due(ranking: Ranking) -> list[str]:
    """Persons with a promise that falls due on the day and is not paid."""
    table = ranking.table
    due = (table.promise_due == ranking.day.toordinal()) & (
        table.promise_paid < table.promise_amount
    )
    rows = np.searchsorted(table.promise_off, np.flatnonzero(due), side="right") - 1
    return list(dict.fromkeys(table.debtor_ids[row] for row in rows.tolist()))


def _meetings(ranking: Ranking) -> list[str]:
    """Persons who have to be visited on the day: agreed hours, or a lead's word."""
    return [ranking.table.debtor_ids[row] for row in appointments(ranking)]
