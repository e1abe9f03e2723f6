"""The whole loop in the window with real keys and clicks: import, plan, record, plan anew."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from planner.actions.check import check
from planner.domain.codes import Channel
from planner.domain.plan import Plan
from planner.store.overview import load_counts
from planner.store.plans import load_plan
from planner.store.store import Store
from planner.store.verify import verify
from ui.background import Background
from ui.main_window import MainWindow
from ui.pages.imports import ImportsPage
from ui.pages.plan import PlanPage
from ui.pages.results import ResultsPage
from ui.session import Session

DAY = date(2026, 11, 24)  # a Tuesday
WAIT = 30_000


class FakeClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # 08:30 in Shanghai

    def __call__(self) -> datetime:
        return self.now


class Watcher(QObject):
    """Notes every widget that shows up as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


@pytest.fixture
def watcher(qapp: QApplication) -> Iterator[Watcher]:
    found = Watcher()
    qapp.installEventFilter(found)
    yield found
    qapp.removeEventFilter(found)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, clock: FakeClock) -> Iterator[MainWindow]:
    """The real window on a new workspace, with real threads."""
    store = Store.create(tmp_path / "loop.fairvisit", clock=clock)
    session = Session(store, clock, Background())
    shown = MainWindow(session, "light")
    qtbot.addWidget(shown)
    shown.resize(1366, 768)
    shown.show()
    yield shown
    session.close()


def key(window: MainWindow, code: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    """A key to whatever has the focus, as from a keyboard."""
    target = QApplication.focusWidget() or window
    held = modifiers[0] if modifiers else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(target, code, held)


def drop(page: ImportsPage, paths: list[Path]) -> None:
    """Files let go over the page."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    middle = QPointF(page.rect().center())
    buttons, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    page.dropEvent(QDropEvent(middle, Qt.DropAction.CopyAction, data, buttons, none))


def plan_of(store: Store, day: date) -> Plan | None:
    with store.read() as conn:
        return load_plan(conn, day)


def visits(store: Store) -> int:
    with store.read() as conn:
        return int(conn.execute("SELECT count(*) FROM contact").fetchone()[0])


def planned(plan: Plan | None) -> set[str]:
    assert plan is not None
    return {stop.debtor_id for route in plan.routes for stop in route.stops}


def make_plan(window: MainWindow, qtbot: QtBot, day: date) -> Plan:
    """Ctrl+3, then a click on the one primary button; waits for the saved plan."""
    control = Qt.KeyboardModifier.ControlModifier
    key(window, Qt.Key.Key_3, control)
    page = window.page
    assert isinstance(page, PlanPage)
    page.deeds.seconds = 0.5
    qtbot.waitUntil(lambda: page.book is not None and page.book.day == day, timeout=WAIT)
    qtbot.waitUntil(lambda: page.foot.primary.isEnabled(), timeout=WAIT)
    QTest.mouseClick(page.foot.primary, Qt.MouseButton.LeftButton)
    store = window.session.store
    qtbot.waitUntil(lambda: plan_of(store, day) is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: page.book is not None and page.book.plan is not None, timeout=WAIT)
    found = plan_of(store, day)
    assert found is not None
    return found


def record(window: MainWindow, qtbot: QtBot, *keys: Qt.Key) -> str:
    """Press `keys` for the person in view; waits until it is written; returns the person."""
    page = window.page
    assert isinstance(page, ResultsPage)
    qtbot.waitUntil(lambda: page.recorder.line is not None, timeout=WAIT)
    line = page.recorder.line
    assert line is not None
    before = visits(window.session.store)
    for one in keys:
        key(window, one)
    qtbot.waitUntil(lambda: visits(window.session.store) == before + 1, timeout=WAIT)
    qtbot.waitUntil(lambda: page.recorder.line is not line, timeout=WAIT)
    return str(line.debtor_id)


def test_the_loop_by_keys_and_clicks(
    watcher: Watcher,
    window: MainWindow,
    qtbot: QtBot,
    clock: FakeClock,
    demo_template: Path,
    tmp_path: Path,
) -> None:
    """Drop the demo files, plan the day, record "nobody" and a promise: the next day has neither,
    `check` names rule and moment, and the history verifies."""
    control = Qt.KeyboardModifier.ControlModifier
    store = window.session.store
    files = [Path(shutil.copy(p, tmp_path)) for p in sorted(demo_template.iterdir())
             if p.suffix in (".csv", ".xlsx", ".geojson")]  # fmt: skip
    key(window, Qt.Key.Key_6, control)
    assert isinstance(window.page, ImportsPage)
    drop(window.page, files)
    go = window.page.preview.go
    qtbot.waitUntil(lambda: go.isVisible() and go.isEnabled(), timeout=60_000)
    QTest.mouseClick(go, Qt.MouseButton.LeftButton)

    def loaded() -> bool:
        with store.read() as conn:
            return load_counts(conn).cases > 1000

    qtbot.waitUntil(loaded, timeout=60_000)
    plan = make_plan(window, qtbot, DAY)
    assert plan.stops > 20

    clock.now += timedelta(hours=12)  # the evening, at the desk
    key(window, Qt.Key.Key_4, control)
    nobody = record(window, qtbot, Qt.Key.Key_6, Qt.Key.Key_Return)
    promised = record(window, qtbot, Qt.Key.Key_2, Qt.Key.Key_Return)
    assert {nobody, promised} <= planned(plan)
    assert nobody != promised

    window.session.set_day(DAY + timedelta(days=1))
    after = make_plan(window, qtbot, DAY + timedelta(days=1))
    left = {one.debtor_id for one in after.not_planned}
    assert not {nobody, promised} & (planned(after) | left)
    at = datetime(2026, 11, 25, 2, tzinfo=UTC)
    for who in (nobody, promised):
        answer = check(store, who, Channel.VISIT, at)
        assert not answer.allowed
        assert answer.rule
        assert answer.next_allowed
    assert check(store, nobody, Channel.VISIT, at).rule == "cn.house.cooldown.nobody"
    assert verify(store).ok
    assert set(watcher.seen) == {"MainWindow"}  # nothing flashes up without a parent
