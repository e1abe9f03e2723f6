"""The week on the plan screen: planned off-thread, stops moved by mouse, keys and menu."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from inline import InlineBackground
from looks import clipped
from people import NOW, crew, fill
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from weeks import MONDAY, plans, second_crew

from planner.actions.plan_week import plan_week
from planner.routing.solve import Progress
from planner.store.store import NewEvent
from ui import i18n, theme
from ui.background import Task
from ui.pages.plan import PlanPage
from ui.plan.week_book import (
    Week,
)
from ui.plan.week_grid import shut
from ui.session import Session


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
    assert f"{len(shown)} visit" in week.foot.sums.text()
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
