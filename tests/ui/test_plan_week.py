"""The week on the plan screen: planned off-thread, stops moved by mouse, keys and menu."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from inline import InlineBackground
from looks import clipped
from people import NOW, crew, fill
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from planner.actions.agreements import Agreed, agree
from planner.actions.outcomes import Outcome
from planner.actions.plan_week import plan_week
from planner.actions.record import record
from planner.domain.codes import Channel
from planner.domain.plan import Plan
from planner.routing.solve import Progress
from planner.store.plans import load_plan, planned_days
from planner.store.store import NewEvent, Store
from ui import i18n, theme
from ui.background import Task
from ui.pages.plan import PlanPage
from ui.plan.week_book import (
    APPOINTMENT,
    PROMISE,
    Week,
    book_of,
    column_of,
    empty_week,
    load_columns,
    with_columns,
)
from ui.plan.week_grid import CHIPS, Grid, shut
from ui.plan.week_words import cell_sentence, chip_sentence, head_sentence
from ui.session import Session

MONDAY = date(2026, 11, 23)
HOSTILE = "<img src=x onerror=alert(1)>&${1+1}"


def second_crew(store: Store, name: str = "二组", end: int = 18) -> None:
    """Another crew with the same days."""
    members = [{"collector_id": "c3", "name": "郑浩"}, {"collector_id": "c4", "name": "何敏"}]
    payload = dict(crew().payload) | {
        "crew_id": "k2", "name": name, "members": members, "end": end * 3600,
    }  # fmt: skip
    with store.write() as tx:
        tx.append([NewEvent("crew.listed", "", NOW - timedelta(days=60), payload)])


@pytest.fixture
def weekly(session: Session) -> Session:
    """Eight persons who may be visited on any working day, two crews, no plan."""
    fill(session.store, 8)
    second_crew(session.store)
    return session


@pytest.fixture
def open_week(
    qtbot: QtBot, background: InlineBackground, weekly: Session
) -> Callable[..., PlanPage]:
    """Show the plan screen turned to the week, with plans unless told otherwise."""

    def open_it(planned: bool = True) -> PlanPage:
        if planned:
            plan_week(weekly.store, MONDAY, clock=weekly.clock, iterations=400)
        page = PlanPage(weekly)
        qtbot.addWidget(page)
        page.resize(1256, 660)
        page.show()
        page.show_item("week")
        background.settle()
        return page

    return open_it


def plans(store: Store) -> dict[date, Plan]:
    """The plans that count."""
    with store.read() as conn:
        found = {day: load_plan(conn, day) for day in planned_days(conn)}
    return {day: plan for day, plan in found.items() if plan is not None}


def week_of(page: PlanPage) -> Week:
    """What the board shows."""
    assert page.views.week.week is not None
    return page.views.week.week


def some_stop(page: PlanPage) -> tuple[str, date, str]:
    """The first stop of the week: who, day, crew."""
    for column in week_of(page).columns:
        for cell in column.cells.values():
            if cell.chips:
                return cell.chips[0].debtor_id, cell.day, cell.crew_id
    raise AssertionError("nothing is planned")


def place_of(page: PlanPage, who: str) -> tuple[date, str]:
    """Day and crew of a person on the board."""
    found = week_of(page).find(who)
    assert found is not None
    return found[0].day, found[0].crew_id


def other_cell(page: PlanPage, who: str) -> tuple[date, str]:
    """A cell of another day and another crew."""
    day, crew_id = place_of(page, who)
    to_day = next(c.day for c in week_of(page).columns if c.cells and c.day != day)
    return to_day, "k2" if crew_id == "k1" else "k1"


def drag(page: PlanPage, start: QPoint, end: QPoint) -> None:
    """Press, carry in steps, let go."""
    view = page.views.week.board.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for k in (1, 2, 3):
        QTest.mouseMove(view, start + (end - start) * (k / 3))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)


def message(page: PlanPage) -> str:
    """What the message bar of the week says, "" when it is hidden."""
    bar = page.views.week.message
    return str(bar.accessibleName()) if bar.isVisible() else ""


def test_plans_the_week_as_one_step(
    open_week: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """The one primary button plans all days from today on; everybody is once on the board; undo
    takes all the plans back."""
    page = open_week(planned=False)
    week = page.views.week
    assert week.foot.primary.text() == "Plan the week"
    week.deeds.seconds = 0.2
    QTest.mouseClick(week.foot.primary, Qt.MouseButton.LeftButton)
    assert week.deeds.running
    assert week.foot.progress.isVisible()
    assert not week.foot.primary.isEnabled()
    background.settle()
    made = plans(page.session.store)
    assert min(made) == MONDAY
    planned = [s.debtor_id for plan in made.values() for r in plan.routes for s in r.stops]
    shown = [
        chip.debtor_id
        for column in week_of(page).columns
        for cell in column.cells.values()
        for chip in cell.chips
    ]
    assert sorted(shown) == sorted(planned)
    assert len(set(shown)) == len(shown) > 0
    assert week.foot.primary.text() == "Plan the week anew"
    assert page.session.undo_stack.count() == 1
    page.session.undo_stack.undo()
    background.settle()
    assert plans(page.session.store) == {}
    assert week.foot.primary.text() == "Plan the week"


def test_stopping_keeps_the_best_so_far(
    open_week: Callable[..., PlanPage],
    background: InlineBackground,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The button of the search tells it to stop; what is found by then is saved and shown."""
    page = open_week(planned=False)
    week, held = page.views.week, []

    def ask(job: Callable[..., object], then: Callable[..., object], *_rest: object,
            progress: Callable[..., object]) -> Task:  # fmt: skip
        task = Task()
        task.succeeded.connect(then)
        task.progressed.connect(progress)
        held.append((task, job))
        return task

    with monkeypatch.context() as patched:
        patched.setattr(page.session, "ask", ask)
        week.plan_week()
    ((task, job),) = held
    task.progressed.emit(Progress(0.1, 10, 5000, 3))
    assert "3 visits" in week.foot.progress._text.text()
    assert not task.cancelled()
    QTest.mouseClick(week.foot.progress._button, Qt.MouseButton.LeftButton)
    assert task.cancelled()
    task.succeeded.emit(job(on_progress=task.report, cancelled=task.cancelled))
    task.finished.emit()
    background.settle()
    assert not week.deeds.running
    assert week_of(page).totals.visits > 0
    assert not week.foot.progress.isVisible()


def test_a_drag_moves_to_another_day_and_crew(
    open_week: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """Carried by the mouse into another cell a stop is planned there; one undo brings it back."""
    page = open_week()
    board = page.views.week.board
    who, day, crew_id = some_stop(page)
    to_day, to_crew = other_cell(page, who)
    before = plans(page.session.store)
    drag(page, board.chip_rect(who).center(), board.cell_rect(to_day, to_crew).center())
    background.settle()
    assert message(page) == ""
    assert place_of(page, who) == (to_day, to_crew)
    now = plans(page.session.store)
    assert who in [s.debtor_id for r in now[to_day].routes for s in r.stops]
    assert who not in [s.debtor_id for r in now[day].routes for s in r.stops]
    assert page.views.week.why.debtor_id == who
    assert page.session.undo_stack.count() == 1
    page.session.undo_stack.undo()
    background.settle()
    assert plans(page.session.store) == before
    assert place_of(page, who) == (day, crew_id)


def test_a_drag_over_nothing_or_escape_changes_nothing(
    open_week: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """Let go over the heads, over the own cell, or after Escape a stop stays where it is."""
    page = open_week()
    board = page.views.week.board
    who, day, crew_id = some_stop(page)
    start = board.chip_rect(who).center()
    drag(page, start, QPoint(start.x(), 10))
    drag(page, start, board.cell_rect(day, crew_id).center())
    to_day, to_crew = other_cell(page, who)
    view, end = board.viewport(), board.cell_rect(to_day, to_crew).center()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, (start + end) / 2)
    QTest.mouseMove(view, end)
    QTest.keyClick(board, Qt.Key.Key_Escape)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
    background.settle()
    assert place_of(page, who) == (day, crew_id)
    assert page.session.undo_stack.count() == 0
    assert page.views.shows_week


def test_a_refused_move_says_the_rule_and_its_source(
    open_week: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """On the Sunday column a stop is refused, and the message names the rule with its source."""
    page = open_week()
    board = page.views.week.board
    who, day, crew_id = some_stop(page)
    sunday = week_of(page).columns[6].day
    end = board.cell_rect(sunday, crew_id).center()
    drag(page, board.chip_rect(who).center(), end)
    background.settle()
    assert message(page).startswith("Not changed: This person cannot be visited on that day")
    assert "Sundays" in message(page)
    assert "(" in message(page)
    assert place_of(page, who) == (day, crew_id)
    assert page.session.undo_stack.count() == 0


def test_keys_move_and_walk(
    open_week: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """Ctrl with arrows moves to the next day and to the other crew; arrows walk the stops."""
    page = open_week()
    board = page.views.week.board
    who, day, crew_id = some_stop(page)
    page.views.week.select(who)
    steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
    along = Qt.Key.Key_Right if day == MONDAY else Qt.Key.Key_Left
    QTest.keyClick(board, along, Qt.KeyboardModifier.ControlModifier)
    background.settle()
    assert place_of(page, who) == (day + timedelta(days=steps[along]), crew_id), message(page)
    key = Qt.Key.Key_Down if crew_id == "k1" else Qt.Key.Key_Up
    QTest.keyClick(board, key, Qt.KeyboardModifier.ControlModifier)
    background.settle()
    assert place_of(page, who)[1] != crew_id
    seen = set()
    board.select("")
    board._at = (0, 0)
    for _step in range(60):
        if board.selected:
            seen.add(board.selected)
        QTest.keyClick(board, Qt.Key.Key_Right)
    row = [c.cells["k1"].chips for c in week_of(page).columns if "k1" in c.cells]
    assert {chip.debtor_id for chips in row for chip in chips} <= seen | {who}


def test_the_menu_is_the_twin_of_the_drag(
    open_week: Callable[..., PlanPage],
    background: InlineBackground,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """M opens days, each with its crews and "best crew"; choosing one moves the stop there."""
    page = open_week()
    board = page.views.week.board
    who, _, _ = some_stop(page)
    page.views.week.select(who)
    opened: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _at: opened.append(menu))
    QTest.keyClick(board, Qt.Key.Key_M)
    assert len(opened) == 1
    to_day, to_crew = other_cell(page, who)
    menu = board.menu()
    assert menu is not None
    days = [action.menu() for action in menu.actions() if action.menu() is not None]
    found = [a for sub in days for a in sub.actions() if a.data() == (to_day, to_crew)]
    assert len(days) == 6
    found[0].trigger()
    background.settle()
    assert place_of(page, who) == (to_day, to_crew)


def test_the_best_crew_of_a_day_is_found(
    open_week: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """A day chosen without a crew takes the stop into one of its rounds."""
    page = open_week()
    who, day, _ = some_stop(page)
    to_day, _ = other_cell(page, who)
    page.views.week.board.moved.emit(who, day, to_day, "")
    background.settle()
    assert place_of(page, who)[0] == to_day


def test_locked_stops_stay(
    open_week: Callable[..., PlanPage], background: InlineBackground, qtbot: QtBot
) -> None:
    """L locks the chosen stop; it can then not be carried, and the status line says so."""
    page = open_week()
    board = page.views.week.board
    who, day, crew_id = some_stop(page)
    page.views.week.select(who)
    QTest.keyClick(board, Qt.Key.Key_L)
    background.settle()
    found = week_of(page).find(who)
    assert found is not None
    assert found[1].locked
    with qtbot.waitSignal(board.hinted) as said:
        to_day, to_crew = other_cell(page, who)
        drag(page, board.chip_rect(who).center(), board.cell_rect(to_day, to_crew).center())
    assert "locked" in said.args[0]
    background.settle()
    assert place_of(page, who) == (day, crew_id)


def test_a_cell_opens_its_day(
    open_week: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """A click beside the stops of a cell shows that day; a click on a head does too."""
    page = open_week()
    board = page.views.week.board
    tuesday = MONDAY + timedelta(days=1)
    box = board.cell_rect(tuesday, "k2")
    QTest.mouseClick(board.viewport(), Qt.MouseButton.LeftButton, pos=box.topLeft() + QPoint(4, 4))
    background.settle()
    assert not page.views.shows_week
    assert page.session.day == tuesday
    assert page.book is not None
    assert page.book.day == tuesday
    page.views.show_week(True)
    background.settle()
    head = QPoint(board.cell_rect(MONDAY, "k1").center().x(), 12)
    QTest.mouseClick(board.viewport(), Qt.MouseButton.LeftButton, pos=head)
    background.settle()
    assert page.session.day == MONDAY


def test_a_chosen_stop_is_explained(
    open_week: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """A click on a stop shows the same reasons as in the day's view, for the day it stands on."""
    page = open_week()
    board = page.views.week.board
    who, day, _ = some_stop(page)
    QTest.mouseClick(board.viewport(), Qt.MouseButton.LeftButton, pos=board.chip_rect(who).center())
    background.settle()
    assert page.views.shows_week
    assert page.views.week.why.debtor_id == who
    assert "Visit planned from" in page.views.week.why._rule.text()
    assert page.session.day == MONDAY
    assert day >= MONDAY


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
    column = column_of(book_of(store, day), MONDAY)
    assert [who for who, _ in column.meetings] == [stops[0].debtor_id]
    assert [who for who, _ in column.promises] == [stops[1].debtor_id]
    marks = {c.debtor_id: c.mark for cell in column.cells.values() for c in cell.chips}
    assert marks[stops[0].debtor_id] == APPOINTMENT
    assert marks[stops[1].debtor_id] == PROMISE
    told = head_sentence(column)
    assert "Promises due: " in told
    assert "Appointments: " in told


def test_figures_of_the_board_add_up(open_week: Callable[..., PlanPage]) -> None:
    """The week's sums are those of its days, a day's those of its cells."""
    page = open_week()
    week = week_of(page)
    assert week.totals.visits == sum(c.totals.visits for c in week.columns) > 0
    for column in week.columns:
        cells = column.cells.values()
        assert column.totals.visits == sum(len(cell.chips) for cell in cells)
        assert column.totals.metres == sum(cell.metres for cell in cells)
        assert column.totals.working == sum(cell.working for cell in cells)
        assert column.totals.value - column.totals.cost == sum(cell.money for cell in cells)
    assert f"{week.totals.visits} visit" in page.views.week.foot.sums.text()


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


def test_weeks_before_and_after(
    open_week: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """The arrows lead a week on or back; a week that is over offers no planning."""
    page = open_week()
    views = page.views
    views._later.click()
    background.settle()
    assert week_of(page).first == MONDAY + timedelta(days=7)
    assert views.week.foot.primary.isEnabled()
    views._earlier.click()
    views._earlier.click()
    background.settle()
    assert week_of(page).first == MONDAY - timedelta(days=7)
    assert not views.week.foot.primary.isEnabled()
    assert "over" in views.week.foot.sums.text()


def test_four_crews_and_six_days_fit_a_small_window(open_week: Callable[..., PlanPage]) -> None:
    """At 1366x768 six days stand side by side without scrolling, none narrower than its figures."""
    page = open_week()
    board = page.views.week.board
    assert board.horizontalScrollBar().maximum() == 0
    grid = board._grid
    assert grid is not None
    opened = [k for k, column in enumerate(grid.week.columns) if not shut(column)]
    assert len(opened) == 6
    for k in opened:
        assert grid.left[k + 1] - grid.left[k] >= 120


def test_fifty_crews_scroll(weekly: Session, qtbot: QtBot, background: InlineBackground) -> None:
    """With fifty crews the board scrolls, heads stay, and a chosen stop of the last is shown."""
    with weekly.store.write() as tx:
        for k in range(3, 51):
            payload = dict(crew().payload) | {
                "crew_id": f"k{k}", "name": f"{k}组",
                "members": [{"collector_id": f"a{k}", "name": "甲"},
                            {"collector_id": f"b{k}", "name": "乙"}],
            }  # fmt: skip
            tx.append([NewEvent("crew.listed", "", NOW - timedelta(days=60), payload)])
    plan_week(weekly.store, MONDAY, clock=weekly.clock, iterations=300)
    page = PlanPage(weekly)
    qtbot.addWidget(page)
    page.resize(1256, 660)
    page.show()
    page.show_item("week")
    background.settle()
    board = page.views.week.board
    assert len(week_of(page).crews) == 50
    assert board.verticalScrollBar().maximum() > 1000
    who, day, crew_id = some_stop(page)
    last = week_of(page).crews[-1].crew_id
    board.moved.emit(who, day, day, last)
    background.settle()
    assert place_of(page, who) == (day, last), (message(page), crew_id)
    page.views.week.select(who)
    assert board.viewport().rect().contains(board.chip_rect(who))
    assert board.verticalScrollBar().value() > 1000


def test_hostile_names_are_text(weekly: Session) -> None:
    """A crew's name that looks like markup or a mnemonic is shown as it is."""
    second_crew(weekly.store, HOSTILE)
    plan_week(weekly.store, MONDAY, clock=weekly.clock, iterations=300)
    days = [MONDAY + timedelta(days=k) for k in range(6)]
    columns = [column_of(book_of(weekly.store, day), MONDAY) for day in days]
    week = with_columns(empty_week(MONDAY), columns)
    line = next(line for line in week.crews if line.crew_id == "k2")
    assert line.name == HOSTILE
    cells = [cell for column in week.columns for cell in column.cells.values()]
    told = [cell_sentence(week, cell) for cell in cells]
    told += [chip_sentence(week, cell, chip) for cell in cells for chip in cell.chips]
    assert any(HOSTILE in text for text in told)


def test_stops_never_overlap(open_week: Callable[..., PlanPage]) -> None:
    """In every size of the window stops of a cell stand side by side within their cell."""
    week = week_of(open_week())
    for room, high in ((900, 500), (1500, 900), (600, 300)):
        grid = Grid(week, room, high)
        assert grid.side in CHIPS
        for column, row in ((c, r) for c in range(7) for r in range(len(week.crews))):
            cell = grid.cell(column, row)
            rects = [grid.chip(column, row, k) for k in range(len(cell.chips) if cell else 0)]
            assert all(not a.intersects(b) for a, b in pairwise(rects))
            assert all(grid.box(column, row).contains(rect) for rect in rects)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_no_text_is_cut(
    open_week: Callable[..., PlanPage], language: str, look: str, dressed: QApplication
) -> None:
    """In both languages and themes nothing of the week is clipped at 1366x768."""
    i18n.use(language)
    theme.apply(dressed, look)
    page = open_week()
    QApplication.processEvents()  # lays out what the words have widened
    assert clipped(page.views) == []


def test_a_picture_of_a_drag_can_be_painted(
    open_week: Callable[..., PlanPage], tmp_path: Path
) -> None:
    """While a stop is carried the board paints it with the cell below it lit."""
    page = open_week()
    board = page.views.week.board
    who, _, _ = some_stop(page)
    to_day, to_crew = other_cell(page, who)
    start, end = board.chip_rect(who).center(), board.cell_rect(to_day, to_crew).center()
    view = board.viewport()
    plain = view.grab().toImage()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(view, (start + end) / 2)
    QTest.mouseMove(view, end)
    carried = view.grab().toImage()
    assert carried != plain
    QTest.keyClick(board, Qt.Key.Key_Escape)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)
