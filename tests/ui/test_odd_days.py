"""Days and workspaces out of the ordinary: closed, past, without crews, broken, very large."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from inline import InlineBackground
from looks import clipped, texts
from people import NOW, crew, fill, listed
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from rounds import planned

from planner.actions import rank as ranking_deeds
from planner.actions.change import Change
from planner.actions.edit_plan import save_edit
from planner.actions.make_plan import make_plan
from planner.actions.outcomes import Outcome
from planner.actions.record import record
from planner.errors import PlannerError
from planner.store.plans import load_plan
from planner.store.store import NewEvent, Store, new_debtor_id
from ui import formats, i18n
from ui.dialogs.reason import ReasonDialog
from ui.main_window import MainWindow
from ui.page import Page
from ui.pages.plan import PlanPage
from ui.pages.today import TodayPage
from ui.session import Session
from ui.today import digest as digests
from ui.today.digest import load_digest, next_step
from ui.widgets.chip import Chip

DAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 29)
Show = Callable[[Page], Page]


@pytest.fixture
def shown(qtbot: QtBot, background: InlineBackground) -> Show:
    """Show a page as the window would and let its answers arrive."""

    def show(page: Page) -> Page:
        qtbot.addWidget(page)
        page.resize(1270, 660)
        page.show()
        background.settle()
        return page

    return show


def test_a_plan_without_a_visit_prints_nothing(
    session: Session, shown: Show, background: InlineBackground
) -> None:
    """Its one next step is to look at it; no sheet can be printed, the plan's data can be saved."""
    fill(session.store)
    session.set_day(DAY)
    plan = make_plan(session.store, DAY, clock=session.clock, iterations=50)
    none = replace(plan, routes=tuple(replace(one, stops=()) for one in plan.routes))
    save_edit(session.store, none, clock=session.clock)
    assert next_step(load_digest(session.store, DAY, session.clock, DAY)) == "empty"
    assert "The plan has no visit" in texts(shown(TodayPage(session)))
    page = shown(PlanPage(session))
    assert isinstance(page, PlanPage)
    foot = page.foot
    assert not foot.primary.isEnabled()
    assert foot.primary.toolTip() == "No visit is planned: there is no sheet."
    on = {kind: action.isEnabled() for kind, action in foot._actions.items()}
    assert on["json"]
    assert not on["sheets"]
    page.export("sheets")
    background.settle()
    assert page.giving.dialog is None
    assert "No visit is planned: there is no sheet." in texts(page)


def test_trouble_stands_alone(
    session: Session, shown: Show, background: InlineBackground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the day cannot be read, only the message and a way out are shown; they go again."""
    fill(session.store)

    def broken(*_args: object) -> None:
        raise PlannerError("policy.calendar_unknown", country="CN", day="2026-11-23")

    monkeypatch.setattr(digests, "rank", broken)
    page = shown(TodayPage(session))
    assert texts(page) == {i18n.code("error.policy.calendar_unknown", country="CN",
                                     day="2026-11-23"), "Try again"}  # fmt: skip
    monkeypatch.setattr(digests, "rank", ranking_deeds.rank)
    QTest.mouseClick(page._trouble._button, Qt.MouseButton.LeftButton)  # type: ignore[attr-defined]
    background.settle()
    assert "Create the plan" in texts(page)
    assert "Try again" not in texts(page)


def test_closed_day_names_its_rule(session: Session, shown: Show) -> None:
    """On a Sunday both pages name the rule, and no plan is offered."""
    fill(session.store)
    session.set_day(SUNDAY)
    digest = load_digest(session.store, SUNDAY, session.clock, session.today())
    assert digest.day_rule == "cn.house.closed_days"
    rule = i18n.code("rule.cn.house.closed_days")
    assert rule in texts(shown(TodayPage(session)))
    page = shown(PlanPage(session))
    assert isinstance(page, PlanPage)
    assert rule in texts(page.foot)
    assert not page.foot.primary.isEnabled()
    page.create_plan()
    assert page.message.accessibleName() == rule
    assert not page.deeds.running


def test_past_day(session: Session, shown: Show) -> None:
    """A day that is over asks for outcomes, never for day sheets, and cannot be planned."""
    planned(session.store)
    later = session.today() + timedelta(days=2)
    digest = load_digest(session.store, DAY, session.clock, later)
    assert next_step(digest) == "record"
    session.set_day(DAY - timedelta(days=3))
    page = shown(PlanPage(session))
    assert isinstance(page, PlanPage)
    assert not page.foot.primary.isEnabled()
    assert "2026-11-20 is over: it cannot be planned." in texts(page.foot)


def test_without_crews_or_cases(session: Session, shown: Show) -> None:
    """The button that would make a plan leads to what is missing."""
    wanted: list[tuple[str, object]] = []
    session.wanted.connect(lambda key, what: wanted.append((key, what)))
    page = shown(PlanPage(session))
    assert isinstance(page, PlanPage)
    assert page.foot.primary.text() == "Import files"
    QTest.mouseClick(page.foot.primary, Qt.MouseButton.LeftButton)
    assert wanted == [("imports", "choose")]


def test_old_data_needs_a_reason(
    session_of: Callable[[Store], Session], empty_store: Store, shown: Show,
    background: InlineBackground,
) -> None:  # fmt: skip
    """A plan on data of four days ago is made for a reason only, which is kept with it."""
    fill(empty_store)
    later = NOW + timedelta(days=4)  # a Friday
    session = session_of(empty_store)
    session.clock = lambda: later
    session.set_day(later.date())
    page = shown(PlanPage(session))
    assert isinstance(page, PlanPage)
    page.deeds.seconds = 0.05
    page.create_plan()
    background.settle()
    assert "hours" in page.message.accessibleName()
    page.message.pressed.emit()
    (dialog,) = page.findChildren(ReasonDialog)
    assert not dialog.go.isEnabled()
    QTest.keyClicks(dialog.edit, "the lender's server is down")
    QTest.keyClick(dialog.edit, Qt.Key.Key_Return)
    background.settle()
    with empty_store.read() as conn:
        plan = load_plan(conn, later.date())
    assert plan is not None
    assert plan.reason == "the lender's server is down"


def test_twenty_crews(session: Session, shown: Show) -> None:
    """The names of many crews are never squeezed together, and the window's least width holds."""
    planned(session.store)
    digest = load_digest(session.store, DAY, session.clock, DAY)
    page = shown(TodayPage(session))
    page.resize(1087, 560)
    page._round.show_rounds(digest.rounds * 20)  # type: ignore[attr-defined]
    QApplication.processEvents()
    tabs = page._round._tabs._tabs  # type: ignore[attr-defined]
    assert len(tabs) == 20
    assert all(tab.width() >= tab.sizeHint().width() for tab in tabs)
    assert page.minimumSizeHint().width() <= 1087
    assert clipped(page) == []


@pytest.mark.parametrize(
    ("minor", "words"),
    [(100_000_000_000, "10 亿"), (12_345_678_900, "1.23 亿"), (9_999_000_000, "9,999 万"),
     (12_400_000, "12.4 万")],
)  # fmt: skip
def test_large_sums(minor: int, words: str) -> None:
    """From a hundred million on sums are told in 亿."""
    i18n.use("zh_CN")
    assert formats.money(minor) == words


def test_files_dropped_on_any_page(
    qtbot: QtBot, session: Session, background: InlineBackground, tmp_path: Path
) -> None:
    """Files may be dropped wherever the window is; they are imported."""
    window = MainWindow(session, "light")
    qtbot.addWidget(window)
    window.show()
    window.go("plan")
    file = tmp_path / "list.txt"
    file.write_text("?", encoding="utf-8")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    window.dropEvent(QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, data, left, none))
    background.settle()
    assert window.page.key == "imports"
    assert any("list.txt" in text for text in texts(window.page))


def test_narrow_list_keeps_its_last_column(
    session: Session, shown: Show, background: InlineBackground
) -> None:
    """In the narrowest window the list gives up columns, and needs no horizontal scroll bar."""
    planned(session.store)
    page = shown(PlanPage(session))
    assert isinstance(page, PlanPage)
    page.resize(1087, 560)
    QApplication.processEvents()
    assert not page.list.table.horizontalScrollBar().isVisible()
    page.resize(1700, 700)
    QApplication.processEvents()
    assert not any(page.list.table.isColumnHidden(k) for k in (0, 1))


def test_added_to_a_round_that_is_still_open(
    session: Session, shown: Show, background: InlineBackground
) -> None:
    """A recorded visit of one crew does not keep a stop from being added to another's round."""
    fill(session.store)
    other_crew = dict(crew().payload) | {"crew_id": "k2", "name": "二组"}
    with session.store.write() as tx:
        tx.append([NewEvent("crew.listed", "", NOW - timedelta(days=60), other_crew)])
    plan = make_plan(session.store, DAY, clock=session.clock, iterations=300)
    busy = next(route for route in plan.routes if len(route.stops) > 1)
    first, last = busy.stops[0], busy.stops[-1].debtor_id
    page = shown(PlanPage(session))
    assert isinstance(page, PlanPage)
    page.deeds.drop(last)
    background.settle()
    outcome = Outcome(first.debtor_id, "VIS-NC", first.start, address_id=first.address_id)
    record(session.store, outcome, clock=lambda: NOW + timedelta(hours=12))
    session.tell(Change.CONTACTS)
    background.settle()
    page.deeds.add(last)
    background.settle()
    assert page.book is not None
    assert page.book.plan is not None
    assert page.book.plan.routes[page.book.seats[last].crew].crew_id != busy.crew_id
    kept = next(r for r in page.book.plan.routes if r.crew_id == busy.crew_id)
    assert [s.debtor_id for s in kept.stops] == [s.debtor_id for s in busy.stops[:-1]]


def test_calls_are_one_press_away(session: Session, shown: Show) -> None:
    """Where nobody may be visited but people should be called, a button shows them."""
    with session.store.write() as tx:
        who = new_debtor_id(tx, "id:1")
        tx.append([listed(who, 0)])
    page = shown(PlanPage(session))
    assert isinstance(page, PlanPage)
    assert "Show the call list" in texts(page.list)
    QTest.mouseClick(page.list._empty._button, Qt.MouseButton.LeftButton)
    assert page.list.tab == "call_first"
    assert page.list.model.rowCount() == 1


@pytest.mark.parametrize("key", ["cases", "plan", "results", "rules", "case"])
def test_tab_reaches_everything(
    qtbot: QtBot, session: Session, background: InlineBackground, key: str
) -> None:
    """From the rail on, Tab comes to the search field and the chips above a list too."""
    ids = planned(session.store)
    window = MainWindow(session, "light")
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    window.go(key, ids[0] if key == "case" else None)
    background.settle()
    window._rail.focus_current()
    reached = set()
    for _turn in range(60):
        reached.add(QApplication.focusWidget())
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
    fields = [one for one in window.page.findChildren(QLineEdit) if one.isVisible()]
    fields = [one for one in fields if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
    chips = [one for one in window.page.findChildren(Chip) if one.isVisible() and one.isChecked()]
    for one in [*fields, *chips]:
        assert one in reached or one.parent() in reached, one
