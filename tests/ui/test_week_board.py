"""What the week board shows: figures that add up, marks, far trips, sizes; what is kept of it."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from people import NOW, fill
from pytestqt.qtbot import QtBot
from weeks import FAR, MONDAY, plans, second_crew, week_from

from planner.actions.agreements import Agreed, agree
from planner.actions.outcomes import Outcome
from planner.actions.plan_week import plan_week
from planner.actions.record import record
from planner.actions.remote_rules import save_rules
from planner.domain.codes import Channel
from planner.domain.plan import Lodging
from planner.store.store import NewEvent
from ui.plan.week_board import WeekBoard
from ui.plan.week_book import (
    APPOINTMENT,
    PROMISE,
    book_of,
    column_of,
    empty_week,
    load_columns,
    with_columns,
)
from ui.plan.week_grid import CHIPS, Grid
from ui.plan.week_words import cell_sentence, chip_sentence, head_sentence
from ui.session import Session

HOSTILE = "<img src=x onerror=alert(1)>&${1+1}"


@pytest.fixture
def weekly(session: Session) -> Session:
    """Eight persons who may be visited on any working day, two crews, no plan."""
    fill(session.store, 8)
    second_crew(session.store)
    return session


def test_what_falls_on_a_day_is_marked(weekly: Session) -> None:
    """A promise due and an agreed visit stand in the head of their day and on the person's stop."""
    store = weekly.store
    plan_week(store, MONDAY, clock=weekly.clock, iterations=400)
    day, plan = next((d, p) for d, p in plans(store).items() if p.stops > 1)
    stops = [stop for route in plan.routes for stop in route.stops]
    agreed = Agreed(
        stops[0].debtor_id, Channel.VISIT, "call 9", start="09:00", end="20:00", day=day
    )
    agree(store, agreed, clock=weekly.clock)
    with store.write() as tx:
        due = {"promise_id": "p1", "amount": 100_00, "due": day.isoformat()}
        tx.append([NewEvent("promise", stops[1].debtor_id, NOW, due)])
    column = column_of(book_of(store, day), MONDAY, FAR)
    assert [who for who, _ in column.meetings] == [stops[0].debtor_id]
    assert [who for who, _ in column.promises] == [stops[1].debtor_id]
    marks = {c.debtor_id: c.mark for cell in column.cells.values() for c in cell.chips}
    assert marks[stops[0].debtor_id] == APPOINTMENT
    assert marks[stops[1].debtor_id] == PROMISE
    told = head_sentence(column)
    assert "Promises due: " in told
    assert "Appointments: " in told


def test_a_far_trip_follows_the_settings(weekly: Session) -> None:
    """What counts as far on the board is what the settings of remote areas say."""
    plan_week(weekly.store, MONDAY, clock=weekly.clock, iterations=400)
    days = plans(weekly.store)
    day, plan = next((d, p) for d, p in days.items() if p.stops)
    route = next(route for route in plan.routes if route.stops)
    drive = int((route.stops[0].start - route.depart).total_seconds())
    (column,) = load_columns(weekly.store, day, day, MONDAY)
    assert not column.cells[route.crew_id].far
    save_rules(weekly.store, least_drive=max(1, drive))
    (column,) = load_columns(weekly.store, day, day, MONDAY)
    assert column.cells[route.crew_id].far == max(1, drive)


def test_far_trips_and_nights_away_are_told(weekly: Session, qtbot: QtBot) -> None:
    """A crew that sleeps at a lodging, and one that drives half an hour to its first stop, are
    marked in the cell, told in its tip, and painted."""
    plan_week(weekly.store, MONDAY, clock=weekly.clock, iterations=400)
    day, plan = next((d, p) for d, p in plans(weekly.store).items() if p.stops)
    book = book_of(weekly.store, day)
    route = next(route for route in plan.routes if route.stops)
    first = route.stops[0].start
    away = replace(
        route,
        sleeps=Lodging("客栈", 30.9, 114.6, 20_000),
        depart=first - timedelta(minutes=31),
    )
    routes = tuple(away if r.crew_id == route.crew_id else r for r in plan.routes)
    plain = column_of(book.with_plan(plan), MONDAY, FAR)
    assert not plain.cells[route.crew_id].far
    column = column_of(book.with_plan(replace(plan, routes=routes)), MONDAY, FAR)
    cell = column.cells[route.crew_id]
    assert cell.far
    assert cell.sleeps
    week = with_columns(empty_week(MONDAY), [column])
    told = cell_sentence(week, cell)
    assert "Night away" in told
    assert "Far trip: 30 min or more" in told
    near = column_of(book.with_plan(replace(plan, routes=routes)), MONDAY, 2 * FAR)
    assert not near.cells[route.crew_id].far
    board = WeekBoard()
    qtbot.addWidget(board)
    board.resize(900, 500)
    board.show_week(with_columns(empty_week(MONDAY), [plain]), MONDAY, MONDAY)
    before = board.grab().toImage()
    board.show_week(week, MONDAY, MONDAY)
    assert board.grab().toImage() != before


def test_a_days_book_is_kept_until_something_is_recorded(weekly: Session) -> None:
    """Reading the week again makes no new ranking; an outcome does; a new plan is seen at once."""
    store = weekly.store
    first = book_of(store, MONDAY)
    assert book_of(store, MONDAY).ranking is first.ranking
    plan_week(store, MONDAY, clock=weekly.clock, iterations=400)
    planned = book_of(store, MONDAY)
    assert planned.ranking is first.ranking
    assert planned.plan is not None
    who = planned.ranking.table.debtor_ids[0]
    record(store, Outcome(who, "VIS-NC", NOW), clock=weekly.clock)
    assert book_of(store, MONDAY).ranking is not first.ranking


def test_days_at_hand_come_in_one_go(weekly: Session) -> None:
    """A day that has to be ranked comes alone; once all are at hand they come together."""
    sunday = MONDAY + timedelta(days=6)
    for k in range(7):
        day = MONDAY + timedelta(days=k)
        assert [c.day for c in load_columns(weekly.store, day, sunday, MONDAY)] == [day]
    again = load_columns(weekly.store, MONDAY, sunday, MONDAY)
    assert [column.day for column in again] == [MONDAY + timedelta(days=k) for k in range(7)]


def test_hostile_names_are_text(weekly: Session) -> None:
    """A crew's name that looks like markup or a mnemonic is shown as it is."""
    second_crew(weekly.store, HOSTILE)
    plan_week(weekly.store, MONDAY, clock=weekly.clock, iterations=300)
    week = week_from(weekly.store)
    line = next(line for line in week.crews if line.crew_id == "k2")
    assert line.name == HOSTILE
    cells = [cell for column in week.columns for cell in column.cells.values()]
    told = [cell_sentence(week, cell) for cell in cells]
    told += [chip_sentence(week, cell, chip) for cell in cells for chip in cell.chips]
    assert any(HOSTILE in text for text in told)


def test_stops_never_overlap(weekly: Session) -> None:
    """In every size of the window stops of a cell stand side by side within their cell."""
    plan_week(weekly.store, MONDAY, clock=weekly.clock, iterations=400)
    week = week_from(weekly.store)
    for room, high in ((900, 500), (1500, 900), (600, 300)):
        grid = Grid(week, room, high)
        assert grid.side in CHIPS
        for column, row in ((c, r) for c in range(7) for r in range(len(week.crews))):
            cell = grid.cell(column, row)
            rects = [grid.chip(column, row, k) for k in range(len(cell.chips) if cell else 0)]
            assert all(not a.intersects(b) for a, b in pairwise(rects))
            assert all(grid.box(column, row).contains(rect) for rect in rects)


def test_figures_of_the_board_add_up(weekly: Session) -> None:
    """The week's sums are those of its days, a day's those of its cells."""
    plan_week(weekly.store, MONDAY, clock=weekly.clock, iterations=400)
    week = week_from(weekly.store)
    assert week.totals.visits == sum(c.totals.visits for c in week.columns) > 0
    for column in week.columns:
        cells = column.cells.values()
        assert column.totals.visits == sum(len(cell.chips) for cell in cells)
        assert column.totals.metres == sum(cell.metres for cell in cells)
        assert column.totals.working == sum(cell.working for cell in cells)
        assert column.totals.value - column.totals.cost == sum(cell.money for cell in cells)
