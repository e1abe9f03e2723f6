"""The team's page: collectors and their week, absences, hand-overs, the split, the roles."""

from collections.abc import Iterator
from datetime import date

import pytest
from inline import InlineBackground
from looks import clipped, texts
from people import fill
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from planner.actions.absences import absences
from planner.actions.make_plan import make_plan
from planner.actions.team import assign
from planner.store.store import Store
from planner.store.team import COLLECTOR, collectors_of, set_role
from ui import i18n, theme
from ui.pages.team import NAMES, TABS, TeamPage
from ui.session import Session
from ui.team.away import AwayDialog
from ui.team.hand_over import HandOverDialog

DAY = date(2026, 11, 23)


@pytest.fixture
def page(session: Session, background: InlineBackground, qtbot: QtBot) -> Iterator[TeamPage]:
    """The page on six persons and a crew of two, with a plan; no error was left to the window."""
    troubles: list[BaseException] = []
    session.troubled.connect(troubles.append)
    ids = fill(session.store)
    make_plan(session.store, DAY, clock=session.clock, iterations=50)
    assign(session.store, dict.fromkeys(ids[:4], "c1"), reason="west", by="", clock=session.clock)
    page = TeamPage(session)
    qtbot.addWidget(page)
    page.resize(1248, 660)
    page.show()
    background.settle()
    yield page
    background.settle()
    assert troubles == []


def owners(store: Store) -> dict[str, str]:
    """Who has whom."""
    with store.read() as conn:
        return collectors_of(conn)


def turn(page: TeamPage, tab: str, background: InlineBackground) -> None:
    """Look at another tab."""
    page.show_item(tab)
    background.settle()


def test_collectors_and_what_they_have(page: TeamPage) -> None:
    """Each member of a crew has a row; the sums of all rows and of nobody are the whole book."""
    rows = page.people.model.rows
    assert {row.collector.name for row in rows} == {"周平", "吴静"}
    assert [row.load.persons for row in rows if row.collector.collector_id == "c1"] == [4]
    book = page.people.book
    assert book is not None
    assert sum(row.load.persons for row in rows) + len(book.holdings.nobody) == 6
    assert any("2 persons with open cases belong to nobody" in text for text in texts(page))


def test_an_absence_is_recorded_and_undone(
    page: TeamPage, session: Session, background: InlineBackground
) -> None:
    """A by key asks for the days; the week shows the absence, Ctrl+Z takes it back."""
    page.people.table.go_to(page.people.model.place(lambda m: m.collector.collector_id == "c1"))
    QTest.keyClick(page.people.table, Qt.Key.Key_A)
    dialog = page.people.dialog
    assert isinstance(dialog, AwayDialog)
    dialog.last.setDate(QDate(2026, 11, 25))
    dialog.reason.setText("leave")
    dialog.go.click()
    background.settle()
    (one,) = absences(session.store, DAY, DAY)
    assert (one.collector_id, one.last, one.reason) == ("c1", date(2026, 11, 25), "leave")
    turn(page, "week", background)
    week = next(row for row in page.week.model.rows if row.collector_id == "c1")
    column = page.week.model.columns[1]
    assert "leave" in column.text(week)
    session.undo_stack.undo()
    background.settle()
    assert absences(session.store, DAY, DAY) == ()


def test_a_book_is_handed_over_and_back(
    page: TeamPage, session: Session, background: InlineBackground
) -> None:
    """The whole book goes to the other collector with a reason; one undo gives all of it back."""
    before = owners(session.store)
    page.people.table.go_to(page.people.model.place(lambda m: m.collector.collector_id == "c1"))
    page.people.hand_over()
    background.settle()
    dialog = page.people.dialog
    assert isinstance(dialog, HandOverDialog)
    assert not dialog.go.isEnabled()
    dialog.taker.setCurrentIndex(dialog.taker.findData("c2"))
    dialog.reason.setText("moves away")
    dialog.go.click()
    background.settle()
    assert set(owners(session.store).values()) == {"c2"}
    assert len(owners(session.store)) == 4
    session.undo_stack.undo()
    background.settle()
    assert owners(session.store) == before


def test_chosen_persons_are_assigned(
    page: TeamPage, session: Session, background: InlineBackground
) -> None:
    """Persons chosen in the cases come in with the page and go to one collector."""
    book = page.people.book
    assert book is not None
    page.show_item(("assign", book.holdings.nobody))
    background.settle()
    dialog = page.people.dialog
    assert isinstance(dialog, HandOverDialog)
    dialog.taker.setCurrentIndex(dialog.taker.findData("c2"))
    dialog.reason.setText("east")
    dialog.go.click()
    background.settle()
    assert len(owners(session.store)) == 6


def test_a_split_is_shown_and_taken(
    page: TeamPage, session: Session, background: InlineBackground
) -> None:
    """Reckoned off-thread; nothing is assigned before it is taken, and one undo takes it back."""
    before = owners(session.store)
    turn(page, "split", background)
    panel = page.split
    panel.tolerance.setValue(30)
    panel.reckon()
    background.settle()
    assert panel.found is not None
    assert owners(session.store) == before
    assert len(panel.model.rows) == 2
    assert sum(row.after.persons for row in panel.model.rows) == 6
    assert panel.map._territories
    assert any(text.startswith("Farthest from the own part") for text in texts(panel))
    changes = panel.found.split.changes
    panel.take.click()
    background.settle()
    after = owners(session.store)
    assert all(after[who] == one for who, one in changes.items())
    assert len(after) == 6
    assert panel.found is None
    session.undo_stack.undo()
    background.settle()
    assert owners(session.store) == before


def test_a_split_of_those_whom_nobody_has(
    page: TeamPage, session: Session, background: InlineBackground
) -> None:
    """Split alone among the unassigned leaves everybody else with whom they are."""
    before = owners(session.store)
    turn(page, "split", background)
    panel = page.split
    panel.what.setCurrentIndex(panel.what.findData("nobody"))
    panel.tolerance.setValue(50)
    panel.reckon()
    background.settle()
    assert panel.found is not None
    assert not set(panel.found.split.changes) & set(before)


def test_a_collector_sees_the_own_part(
    page: TeamPage, session: Session, background: InlineBackground
) -> None:
    """In a collector's workspace there are no tabs of the lead, but the own sums and routes."""
    with session.store.write() as tx:
        set_role(tx.conn, COLLECTOR, "c1")
    page.refresh()
    background.settle()
    assert not page.tabs.isVisible()
    assert any("4 persons with 4 open cases are assigned to you" in t for t in texts(page))
    assert page.mine.submit.isEnabled()
    page.mine.submit_it()
    background.settle()
    assert [row.state for row in page.mine.routes_model.rows] == ["submitted"]


def test_an_empty_workspace_says_what_to_do(
    session: Session, background: InlineBackground, qtbot: QtBot
) -> None:
    """Without crews each tab has a sentence, and where something can be done a button."""
    page = TeamPage(session)
    qtbot.addWidget(page)
    page.resize(1248, 660)
    page.show()
    background.settle()
    for tab in TABS:
        turn(page, tab, background)
        shown = {t for t in texts(page.panel) if len(t) > 20}
        assert shown, tab


@pytest.mark.parametrize(("language", "look"), [("en", "light"), ("zh_CN", "dark")])
def test_nothing_of_the_team_is_clipped(
    page: TeamPage, background: InlineBackground, qapp: QApplication, language: str, look: str
) -> None:
    """Every tab fits the smallest window in both languages, and every control has a name."""
    if language != "en":
        i18n.use(language)
        theme.apply(qapp, look)
    for tab in TABS:
        turn(page, tab, background)
        if tab == "split":
            page.split.reckon()
            background.settle()
        qapp.processEvents()  # the layout follows in a turn of its own
        assert clipped(page) == [], tab
        for widget in page.findChildren(QWidget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
                assert widget.accessibleName() or getattr(widget, "text", str)(), (tab, widget)
    assert len(NAMES) == page.tabs.count()
