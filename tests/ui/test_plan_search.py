"""A search for a plan on the screen: the curve, and its two ways out."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from looks import clipped
from people import fill
from plan_day import message
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from planner.actions.make_plan import make_plan
from planner.routing.solve import Progress
from planner.store.plans import load_plan
from planner.store.store import Store
from ui import i18n
from ui.background import Background
from ui.pages.plan import PlanPage
from ui.plan import deeds as deeds_module
from ui.plan.curve import Curve
from ui.plan.search import Decision
from ui.plan.search_pane import SearchPane
from ui.session import Session

DAY = date(2026, 11, 23)


def at(seconds: float, money: int, visits: int = 5) -> Progress:
    """A search that has come so far."""
    return Progress(seconds, 100, money, visits)


def test_a_decision_is_made_once() -> None:
    """What is saved cannot be given up, what is given up is not saved; asking again changes
    nothing."""
    saved, left = Decision(), Decision()
    assert (saved.save(), saved.give_up(), saved.save()) == (True, False, True)
    assert (left.give_up(), left.save(), left.give_up()) == (True, False, True)


def test_the_curve_only_rises(qtbot: QtBot) -> None:
    """A worse figure is no point, nor a plan without visits; flat counts from the last better."""
    curve = Curve()
    qtbot.addWidget(curve)
    curve.start(8)
    for progress in (at(0.1, 0, 0), at(0.2, 100_00), at(1, 90_00), at(2, 150_00), at(6.5, 150_00)):
        curve.add(progress)
    assert curve.first == 100_00
    assert curve.flat == pytest.approx(4.5)


@pytest.fixture
def pane(qtbot: QtBot) -> SearchPane:
    """A pane in which a search of 8 s against a plan of 180 yuan has begun."""
    made = SearchPane()
    qtbot.addWidget(made)
    made.resize(880, 200)
    made.start(8, there=True, anew=True, old=180_00)
    made.show()
    return made


def test_the_pane_says_how_good_and_when_it_is_flat(pane: SearchPane) -> None:
    """Figures, the difference to the plan that is there, then that waiting hardly helps."""
    assert not pane.take.isEnabled()
    pane.advance(at(1, 150_00))
    assert pane._text.text() == "Best plan so far: 5 visits, money gained CNY 150"
    assert pane._more.text() == "CNY 30 less than the plan now, 7 s left"
    pane.advance(at(2, 200_00))
    assert pane._more.text() == "CNY 20 more than the plan now, 6 s left"
    pane.advance(at(6.2, 200_00))
    assert "No better plan for 4 s" in pane._more.text()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_pane_fits(pane: SearchPane, language: str) -> None:
    """No sentence and no button of the search is cut off beside the narrowest list and map."""
    i18n.use(language)
    pane.advance(at(6.2, 1_234_567_00, 369))
    pane.repaint()
    assert clipped(pane) == []
    i18n.use("en")


def test_good_enough_is_pressed_once(pane: SearchPane, qtbot: QtBot) -> None:
    """The button asks once and then says that the plan is being checked."""
    pane.advance(at(1, 150_00))
    with qtbot.waitSignal(pane.enough):
        QTest.mouseClick(pane.take, Qt.MouseButton.LeftButton)
    with qtbot.assertNotEmitted(pane.enough):
        pane.press_enough()
    assert "checked against the rules" in pane._more.text()


class Gate:
    """Stands in for the making of a plan: goes on searching until it is told to stop, then waits
    at the door until it is opened."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self.opened = threading.Event()
        self.left = threading.Event()

    def make_plan(self, *given: Any, cancelled: Callable[[], bool], **named: Any) -> Any:
        """`make_plan` that searches until `cancelled` says so."""
        beat = threading.Event()
        while not cancelled():
            named["on_progress"](at(1, 100_00))
            beat.wait(0.005)
        self.stopped.set()
        self.opened.wait(20)
        named.pop("seconds", None)
        try:
            return make_plan(*given, iterations=20, **named)
        finally:
            self.left.set()


@pytest.fixture
def threaded(empty_store: Store, qtbot: QtBot) -> Iterator[Session]:
    """A session whose questions run on threads, with a plan for six people."""
    fill(empty_store, 6)
    make_plan(empty_store, DAY, clock=empty_store.clock, iterations=100)
    session = Session(empty_store, empty_store.clock, Background())
    yield session
    session.blockSignals(True)
    session.background.shutdown()


@pytest.fixture
def searching(
    threaded: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> tuple[PlanPage, Gate]:
    """The screen during a search that does not end by itself."""
    gate = Gate()
    monkeypatch.setattr(deeds_module, "make_plan", gate.make_plan)
    page = PlanPage(threaded)
    qtbot.addWidget(page)
    page.resize(1270, 640)
    page.show()
    qtbot.waitUntil(lambda: page.book is not None)
    with qtbot.waitSignal(page.deeds.advanced):
        page.create_plan()
    return page, gate


def versions(page: PlanPage) -> int:
    """How many versions of plans are stored."""
    with page.session.store.read() as conn:
        return int(conn.execute("SELECT COUNT(*) FROM plan").fetchone()[0])


def test_given_up_keeps_the_old_plan(searching: tuple[PlanPage, Gate], qtbot: QtBot) -> None:
    """Esc frees the screen before the search has even noticed; nothing is stored, then or later."""
    page, gate = searching
    before = page.book.plan  # type: ignore[union-attr]
    assert page.search.isVisible()
    assert not page.foot.primary.isEnabled()
    QTest.keyClick(page.list.table, Qt.Key.Key_Escape)
    assert not page.deeds.running
    assert not page.search.isVisible()
    assert page.foot.primary.isEnabled()
    gate.opened.set()
    qtbot.waitUntil(gate.left.is_set)
    qtbot.waitUntil(lambda: not page.session.background._tasks)
    assert versions(page) == 1
    assert page.book.plan == before  # type: ignore[union-attr]
    assert page.session.undo_stack.count() == 0
    assert message(page) == ""


def test_good_enough_takes_the_best_so_far(searching: tuple[PlanPage, Gate], qtbot: QtBot) -> None:
    """Ctrl+Enter ends the search, its plan is stored and shown, and can be undone."""
    page, gate = searching
    gate.opened.set()
    with qtbot.waitSignal(page.deeds.stopped):
        QTest.keyClick(page.list.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert gate.stopped.is_set()
    assert versions(page) == 2
    with page.session.store.read() as conn:
        assert page.book.plan == load_plan(conn, DAY)  # type: ignore[union-attr]
    assert page.session.undo_stack.count() == 1


def test_nothing_is_changed_by_hand_meanwhile(
    searching: tuple[PlanPage, Gate], qtbot: QtBot
) -> None:
    """An edit during a search is refused in words: the new plan would undo it unseen."""
    page, gate = searching
    with qtbot.waitSignal(page.deeds.refused) as said:
        page.deeds.drop(page.bar.lanes[0].blocks[0].debtor_id)
    assert "being searched" in said.args[0]
    page.deeds.give_up()
    gate.opened.set()
    qtbot.waitUntil(gate.left.is_set)


def test_words_of_a_search_without_a_plan(qtbot: QtBot) -> None:
    """Where there is no plan yet, the way out says that none is made."""
    pane = SearchPane()
    qtbot.addWidget(pane)
    pane.start(8, there=False, anew=True)
    assert pane.keep.text() == "Stop, make no plan"
    assert pane._text.text() == "Working out the ways between the addresses"
    pane.advance(at(1, 100_00))
    pane.advance(at(1.5, 125_00))
    assert pane._more.text() == "25.0% better than the first plan, 6 s left"
