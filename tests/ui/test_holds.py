"""Pausing contact and ending a pause: from the plan and from a person's page, by keys, undoable."""

from datetime import UTC, date, datetime

import pytest
from inline import InlineBackground
from looks import clipped, texts
from people import fill
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from rounds import settle, show

from planner.actions.holds import running
from planner.actions.make_plan import make_plan
from planner.domain.codes import HoldKind
from planner.store.state import derived_hash
from planner.store.store import Store
from ui import i18n
from ui.dialogs.hold import KINDS, HoldDialog, Wish
from ui.pages.case import CasePage
from ui.pages.plan import PlanPage
from ui.session import Session

DAY = date(2026, 11, 23)


@pytest.fixture
def people(empty_store: Store) -> list[str]:
    """Six persons and a crew."""
    return fill(empty_store)


@pytest.fixture
def case_page(
    qtbot: QtBot, session: Session, people: list[str], background: InlineBackground
) -> CasePage:
    """The page of the first person."""
    page = CasePage(session)
    qtbot.addWidget(page)
    page.show_item(people[0])
    show(page, background)
    return page


def held(session: Session, who: str) -> list[tuple[HoldKind, datetime | None, str]]:
    """The running pauses of a person."""
    found = running(session.store, who, session.clock())
    return [(one.kind, one.until, one.reason) for one in found]


def state(session: Session) -> str:
    """The hash of everything that is derived."""
    with session.store.read() as conn:
        return str(derived_hash(conn))


def test_pause_and_back_by_keys(
    case_page: CasePage, session: Session, people: list[str], background: InlineBackground
) -> None:
    """H, 3, Enter pauses for a complaint until thirty days on; undo restores the state by hash."""
    before = state(session)
    QTest.keyClick(case_page.timeline.view, Qt.Key.Key_H)
    (dialog,) = case_page.findChildren(HoldDialog)
    QTest.keyClick(dialog, Qt.Key.Key_3)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    settle(background)
    end = datetime(2026, 12, 23, 16, tzinfo=UTC)  # midnight after the 23rd in Shanghai
    assert held(session, people[0]) == [(HoldKind.COMPLAINT, end, "A complaint is open")]
    assert case_page.head.release.isVisible()
    assert "Paused" in texts(case_page)
    session.undo_stack.undo()
    settle(background)
    assert held(session, people[0]) == []
    assert state(session) == before
    assert not case_page.head.release.isVisible()
    session.undo_stack.redo()
    settle(background)
    assert len(held(session, people[0])) == 1


@pytest.mark.qt_log_ignore("propagateSizeHints", "raise", "grabbing the keyboard")
def test_end_of_a_pause(
    case_page: CasePage, session: Session, people: list[str], background: InlineBackground
) -> None:
    """One press ends the only pause; of two kinds the one to end is chosen in a menu."""
    for key in (Qt.Key.Key_1, Qt.Key.Key_2):
        case_page.head.hold.click()
        dialog = case_page.findChildren(HoldDialog)[-1]
        QTest.keyClick(dialog, key)
        dialog.go.click()
        settle(background)
    kinds = {one[0] for one in held(session, people[0])}
    assert kinds == {HoldKind.LEAD, HoldKind.DISPUTE}
    case_page.head.release.click()
    menu = case_page.head._ends
    assert len(menu.actions()) == 2
    next(one for one in menu.actions() if one.data() == int(HoldKind.DISPUTE)).trigger()
    menu.close()
    settle(background)
    assert [one[0] for one in held(session, people[0])] == [HoldKind.LEAD]
    case_page.head.release.click()
    settle(background)
    assert held(session, people[0]) == []
    session.undo_stack.undo()
    settle(background)
    assert [one[0] for one in held(session, people[0])] == [HoldKind.LEAD]


def test_pause_from_the_plan(
    qtbot: QtBot, session: Session, people: list[str], background: InlineBackground
) -> None:
    """H in the list pauses the chosen person, whose stop is then one to take out of the plan."""
    make_plan(session.store, DAY, clock=session.clock, iterations=200)
    page = PlanPage(session)
    qtbot.addWidget(page)
    show(page, background)
    assert page.book is not None
    who = next(iter(page.book.seats))
    page.select(who)
    QTest.keyClick(page.list.table, Qt.Key.Key_H)
    (dialog,) = page.findChildren(HoldDialog)
    QTest.keyClick(dialog, Qt.Key.Key_5)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    settle(background)
    row = page.book.row(who)
    assert row is not None
    assert row.tab == "paused"
    assert who in page.book.outdated()
    assert "may not be visited any more" in page.message.accessibleName()


def test_what_the_dialog_offers(qtbot: QtBot) -> None:
    """Each reason brings its own end; an open end greys the day; a note replaces the reason's
    word; digits typed into a field stay there; nothing is cut off in either language."""
    dialog = HoldDialog("张*", DAY, "Asia/Shanghai")
    qtbot.addWidget(dialog)
    dialog.show()
    assert len(KINDS) == 6
    QTest.keyClick(dialog, Qt.Key.Key_6)
    assert not dialog.until.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_1)
    assert dialog.until.date() == QDate(2026, 12, 7)
    dialog.note.setFocus()
    QTest.keyClicks(dialog.note, "2 Wochen")
    assert dialog.kinds.checkedId() == int(HoldKind.LEAD)
    with qtbot.waitSignal(dialog.wanted) as caught:
        dialog.go.click()
    assert caught.args[0] == Wish(HoldKind.LEAD, datetime(2026, 12, 7, 16, tzinfo=UTC), "2 Wochen")
    assert clipped(dialog) == []
    i18n.use("zh_CN")
    other = HoldDialog("张*", DAY, "Asia/Shanghai")
    qtbot.addWidget(other)
    other.show()
    assert clipped(other) == []
    assert "暂停联系 张*" in texts(other)
