"""Whom a lead wants visited: asked on the plan screen and a person's page, taken back, undone."""

from datetime import date

import pytest
from inline import InlineBackground
from looks import clipped
from people import fill
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from rounds import settle, show

from planner.actions.make_plan import make_plan
from planner.store.state import derived_hash
from planner.store.store import Store
from planner.store.wanted import load_musts
from ui import i18n
from ui.dialogs.must import MustDialog, Wish
from ui.pages.case import CasePage
from ui.pages.plan import PlanPage
from ui.session import Session

DAY = date(2026, 11, 23)


@pytest.fixture
def people(empty_store: Store) -> list[str]:
    """Six persons and a crew."""
    return fill(empty_store)


def wanted(session: Session) -> dict[str, tuple[str, str]]:
    """Reason and lead of each decision about the day, by person."""
    with session.store.read() as conn:
        return {who: (one.reason, one.by) for who, one in load_musts(conn, DAY).items()}


def state(session: Session) -> str:
    """The hash of everything that is derived."""
    with session.store.read() as conn:
        return str(derived_hash(conn))


def tell(dialog: MustDialog) -> None:
    """Fill in reason and name, then confirm with Enter."""
    dialog.reason.setText("court date")
    dialog.by.setText("lead 1")
    QTest.keyClick(dialog.by, Qt.Key.Key_Return)


def test_decided_and_taken_back_on_a_persons_page(
    qtbot: QtBot, session: Session, people: list[str], background: InlineBackground
) -> None:
    """V asks, Enter decides, the page says so; V again takes it back; undo restores the state."""
    page = CasePage(session)
    qtbot.addWidget(page)
    page.show_item(people[0])
    show(page, background)
    before = state(session)
    QTest.keyClick(page.timeline.view, Qt.Key.Key_V)
    (dialog,) = page.findChildren(MustDialog)
    assert not dialog.go.isEnabled()  # neither reason nor name yet
    tell(dialog)
    settle(background)
    assert wanted(session) == {people[0]: ("court date", "lead 1")}
    assert page.head.must.text() == "No must"
    page.head.must.click()
    settle(background)
    assert wanted(session) == {}
    session.undo_stack.undo()
    settle(background)
    assert list(wanted(session)) == [people[0]]
    session.undo_stack.undo()
    settle(background)
    assert state(session) == before
    assert page.head.must.text() == "Must visit"


def test_decided_on_the_plan_screen(
    qtbot: QtBot, session: Session, people: list[str], background: InlineBackground
) -> None:
    """The button beside the map asks for the day in view; the reasons then say who decided why."""
    make_plan(session.store, DAY, clock=session.clock, iterations=200)
    page = PlanPage(session)
    qtbot.addWidget(page)
    show(page, background)
    page.select(people[1])
    settle(background)
    page.commands_of.actions["must"].trigger()
    (dialog,) = page.findChildren(MustDialog)
    assert dialog.day.date() == QDate(DAY.year, DAY.month, DAY.day)
    tell(dialog)
    settle(background)
    assert list(wanted(session)) == [people[1]]
    assert "decided by lead 1: court date" in page.why._rule.text()
    page.why.must_wanted.emit(people[1])
    settle(background)
    assert wanted(session) == {}


def test_a_past_day_is_not_offered(qtbot: QtBot) -> None:
    """Looking at a day that is over, today is offered, and no day before it can be chosen."""
    dialog = MustDialog("王*", date(2026, 11, 20), DAY)
    qtbot.addWidget(dialog)
    told: list[Wish] = []
    dialog.wanted.connect(told.append)
    dialog.show()
    dialog.day.setDate(QDate(2026, 11, 1))
    tell(dialog)
    assert told == [Wish(DAY, "court date", "lead 1")]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_dialog_fits(qtbot: QtBot, language: str) -> None:
    """Nothing in the dialog is cut off."""
    i18n.use(language)
    dialog = MustDialog("欧阳**", DAY, DAY)
    qtbot.addWidget(dialog)
    dialog.show()
    assert clipped(dialog) == []
