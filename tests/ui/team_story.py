"""A lead and a collector, each at a window of their own with real threads, and one shared folder.

The steps are those of a user: files dropped, buttons pressed, keys typed. What each step waits for
is a condition, looked at while the event loop runs.
"""

import csv
import gc
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from openpyxl import load_workbook
from PySide6.QtCore import QEvent, QEventLoop, QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from planner.actions.exchange_view import Board, load_board
from planner.store.overview import load_counts
from planner.store.plans import load_plan
from planner.store.store import Store
from ui.background import Background
from ui.exchange.admit import AdmitDialog, InvitationDialog
from ui.main_window import MainWindow
from ui.pages.exchange import ExchangePage
from ui.pages.imports import ImportsPage
from ui.pages.plan import PlanPage
from ui.pages.results import ResultsPage
from ui.pages.team import TeamPage
from ui.session import Session
from ui.team.comment import CommentDialog

DAY = date(2026, 11, 24)  # a Tuesday
LONG = 60_000  # milliseconds; a machine that is busy may need them
CONTROL = Qt.KeyboardModifier.ControlModifier
D = TypeVar("D", bound=QDialog)


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # 08:30 in Shanghai

    def __call__(self) -> datetime:
        return self.now


def until(condition: Callable[[], bool]) -> None:
    """Run the event loop until it holds: asked anew after each event."""
    guard = QTimer(singleShot=True, interval=LONG)
    guard.start()
    while not condition():
        assert guard.isActive(), condition
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def click(button: QWidget) -> None:
    """Press a button that can be pressed."""
    until(lambda: button.isVisible() and button.isEnabled())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def dialog(kind: type[D]) -> D:
    """The open dialog of this kind."""

    def found() -> list[D]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]

    until(lambda: bool(found()))
    return found()[-1]


def small_book(template: Path, folder: Path, persons: int) -> list[Path]:
    """The demo's crews, the first so many of its cases and their calls, as files of their own."""
    folder.mkdir(exist_ok=True)
    (calls,) = (one for one in template.glob("*.csv") if "-3-" in one.name)
    (crews,) = (one for one in template.glob("*.csv") if "-1-" in one.name)
    (cases,) = (one for one in template.glob("*.xlsx") if "-2-" in one.name)
    book = load_workbook(cases)
    for sheet in book.worksheets:
        if sheet.max_row > persons:
            sheet.delete_rows(persons + 2, sheet.max_row)
    book.save(folder / cases.name)
    known = {str(cell) for row in book.worksheets[0].values for cell in row}
    with calls.open(encoding="gb18030", newline="") as file:
        head, *rows = csv.reader(file)
    with (folder / calls.name).open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([head, *(row for row in rows if row[6] in known)])
    (folder / crews.name).write_bytes(crews.read_bytes())
    return [folder / one.name for one in (crews, cases, calls)]


class Seat:
    """Somebody at a window on a workspace."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.store = Store.create(path, clock=clock)
        self.session = Session(self.store, clock, Background())
        self.window = MainWindow(self.session, "light")
        self.window.resize(1366, 768)
        self.window.show()

    def quiet(self) -> None:
        """Until nothing is under way."""
        until(lambda: not self.session.background._tasks)

    def close(self) -> None:
        """Leave."""
        self.window.close()
        self.session.close()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()

    def go(self, digit: int) -> Any:
        """A place of the rail by its key; the page."""
        self.window.activateWindow()
        until(self.window.isActiveWindow)
        QTest.keyClick(self.window, Qt.Key(Qt.Key.Key_0 + digit), CONTROL)
        self.quiet()
        return self.window.page

    def exchange_page(self) -> ExchangePage:
        """The page of the exchange, with all it shows."""
        page = self.go(0)
        assert isinstance(page, ExchangePage)
        return page

    def team_page(self, tab: str) -> TeamPage:
        """A tab of the team's page."""
        page = self.go(9)
        assert isinstance(page, TeamPage)
        page.show_item(tab)
        self.quiet()
        return page

    @property
    def board(self) -> Board:
        """How the exchange stands."""
        return load_board(self.store)

    def exchange(self, folder: Path | None = None) -> None:
        """Exchange by the shared folder: chosen the first time, then by its button."""
        page = self.exchange_page()
        page.show_item("ways")
        before = len(self.board.history)
        if folder is not None:
            page.ways.folder.wanted.emit(folder)  # what the dialog of the system answers
        else:
            click(page.ways.folder.go)
        until(lambda: len(self.board.history) == before + 1 and not page._busy)
        self.quiet()


class Lead(Seat):
    """Imports, splits, plans, approves, admits, looks, gives back."""

    def take_in(self, files: list[Path]) -> None:
        """Drop the lists on the imports and confirm."""
        page = self.go(6)
        assert isinstance(page, ImportsPage)
        drop(page, files)
        click(page.preview.go)

        def loaded() -> bool:
            with self.store.read() as conn:
                return load_counts(conn).cases > 0

        until(loaded)
        self.quiet()

    def found(self, name: str) -> None:
        """Lead a team."""
        page = self.exchange_page()
        QTest.keyClicks(page.begin.lead.name, name)
        click(page.begin.lead.go)
        until(lambda: page.board is not None and page.board.in_team)
        self.quiet()

    def split(self) -> None:
        """Split the book among the collectors."""
        panel = self.team_page("split").split
        click(panel.go)
        until(lambda: panel.found is not None and panel._task is None)
        click(panel.take)
        until(lambda: panel.found is None)
        self.quiet()

    def plan(self) -> None:
        """Plan the day and approve every route."""
        page = self.go(3)
        assert isinstance(page, PlanPage)
        page.deeds.seconds = 0.5
        until(lambda: page.book is not None and page.book.day == self.session.day)
        click(page.foot.primary)

        def planned() -> bool:
            with self.store.read() as conn:
                return load_plan(conn, DAY) is not None

        until(planned)
        self.quiet()
        panel = self.team_page("plans").plans
        click(panel.all)
        self.quiet()

    def admit(self, card: str, code: str) -> str:
        """Let a laptop in; its invitation."""
        page = self.exchange_page()
        page.show_item("laptops")
        page.laptops.ask_card()
        asks = dialog(AdmitDialog)
        asks.card.setPlainText(card)
        QTest.keyClicks(asks.code, code.lower().replace("-", " "))
        click(asks.go)
        shows = dialog(InvitationDialog)
        text = shows.share.line.toPlainText()
        self.quiet()
        return text

    def give_back(self, comment: str) -> str:
        """Return the first record of the day with a comment; the person."""
        panel = self.team_page("day").day
        panel.of_day.setChecked(True)
        until(lambda: panel.records.model().rowCount() > 0)
        panel.records.setCurrentIndex(panel.records.model().index(0, 0))
        one = panel.records.current()
        click(panel.give_back)
        asks = dialog(CommentDialog)
        asks.edit.setPlainText(comment)
        click(asks.go)
        until(lambda: bool(self.board.returned))
        self.quiet()
        return str(one.debtor_id)


class Collector(Seat):
    """Joins, receives, records, answers."""

    def card(self, name: str, staff_id: str) -> tuple[str, str]:
        """Make the card; the card and the code that is told by voice."""
        page = self.exchange_page()
        QTest.keyClicks(page.begin.join.staff, staff_id)
        page.begin.join.name.insert(name)
        click(page.begin.join.go)
        until(lambda: bool(page.begin.card.code.text()))
        self.quiet()
        return page.begin.card.share.line.toPlainText(), page.begin.card.code.text()

    def join(self, invitation: str) -> None:
        """Take the invitation."""
        page = self.exchange_page()
        page.begin.invite.text.setPlainText(invitation)
        click(page.begin.invite.go)
        until(lambda: page.board is not None and page.board.in_team)
        self.quiet()

    def record(self, count: int) -> list[str]:
        """Record outcomes by keys: nobody there, a promise, and so on; the persons."""
        page = self.go(4)
        assert isinstance(page, ResultsPage)
        done = []
        for number in range(count):
            until(lambda: page.recorder.line is not None)
            line = page.recorder.line
            assert line is not None
            before = self.visits()
            key = Qt.Key.Key_2 if number % 4 == 3 else Qt.Key.Key_6
            for one in (key, Qt.Key.Key_Return):
                QTest.keyClick(QApplication.focusWidget() or self.window, one)
            until(lambda before=before: self.visits() == before + 1)
            until(lambda line=line: page.recorder.line is not line)
            done.append(str(line.debtor_id))
        self.quiet()
        return done

    def visits(self) -> int:
        """How many contacts are recorded."""
        with self.store.read() as conn:
            return int(conn.execute("SELECT count(*) FROM contact").fetchone()[0])


def drop(page: QWidget, paths: list[Path]) -> None:
    """Files let go over a page."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    middle = QPointF(page.rect().center())
    buttons, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    page.dropEvent(QDropEvent(middle, Qt.DropAction.CopyAction, data, buttons, none))
