"""A whole day in the window, by keys, with nothing but this machine.

    python tests/end2end/offline_day.py day WORKSPACE FOLDER [print]
    python tests/end2end/offline_day.py again WORKSPACE FOLDER

`day`: open, plan, six outcomes at the tiles, plan on at noon, save the day sheets (and print them),
close. `again`: open the workspace anew and tell what the window shows of it. Both print JSON.
"""

import fcntl
import json
import os
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from PySide6.QtCore import QEvent, QEventLoop, QObject, QSettings, Qt, QTimer  # noqa: E402
from PySide6.QtPrintSupport import QPrintDialog  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import (  # noqa: E402
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QWidget,
)

import ui.map.scheme  # noqa: F401, E402  (registers the map's scheme before there is an application)
from planner.store.store import Store  # noqa: E402
from ui import theme  # noqa: E402
from ui.background import Background  # noqa: E402
from ui.main_window import MainWindow  # noqa: E402
from ui.page import Page  # noqa: E402
from ui.pages.plan import PlanPage  # noqa: E402
from ui.pages.results import ResultsPage  # noqa: E402
from ui.pages.today import TodayPage  # noqa: E402
from ui.plan.plan_on import PlanOnPane  # noqa: E402
from ui.session import Session  # noqa: E402

Key, Control = Qt.Key, Qt.KeyboardModifier.ControlModifier
ENTER = Key.Key_Return
# Typed at six doors: nobody, a promise of another sum, family, no agreement, unsafe, nobody.
DOORS: tuple[tuple[Key | str, ...], ...] = (
    ("6", ENTER), ("2", "5000", ENTER), ("5", " ", ENTER), ("41", ENTER), ("S", ENTER), ("6", ENTER)
)  # fmt: skip
_LIMIT = 90_000  # milliseconds for one step
P = TypeVar("P", bound=Page)


class Clock:
    """08:30 in Shanghai, until it is moved."""

    now = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The moment."""
        return self.now


class Hands:
    """Somebody at the keyboard of a window, who looks again whenever the window did something."""

    def __init__(self, workspace: Path) -> None:
        self.app = QApplication.instance() or QApplication([])
        theme.install_font(self.app)  # type: ignore[arg-type]
        self.clock, self.background = Clock(), Background()
        self.store = Store.open(workspace, clock=self.clock)
        self.session = Session(self.store, self.clock, self.background)
        self.window = MainWindow(self.session)
        self.window.resize(1366, 768)
        self.window.show()
        self.focus()

    def wait(self, step: str, what: Callable[[], Any]) -> None:
        """Until `what()` holds; asked again after each job that began or ended."""
        loop, late = QEventLoop(), QTimer()
        late.setSingleShot(True)
        late.timeout.connect(lambda: loop.exit(1))
        late.start(_LIMIT)
        look = QTimer(interval=0)  # once all that follows from the signal is done
        look.setSingleShot(True)
        look.timeout.connect(lambda: loop.exit(0) if what() else None)
        signals = (self.background.activity, self.session.changed, self.app.focusChanged)
        for signal in signals:
            signal.connect(look.start)
        look.start()
        failed = loop.exec()
        for signal in signals:
            signal.disconnect(look.start)
        if failed:
            raise SystemExit(f"the window did not get there: {step}")

    def focus(self) -> QWidget:
        """What has the keyboard; a dialog that closed leaves it with nobody when there is no
        window system to hand it on."""
        if self.app.focusWidget() is None:
            (self.app.activeModalWidget() or self.window).activateWindow()
            self.wait("keyboard", lambda: self.app.focusWidget() is not None)
        return self.app.focusWidget()

    def press(self, *keys: Key | str) -> None:
        """Keys where the keyboard is; of a text each character."""
        for key in keys:
            for one in key if isinstance(key, str) else (key,):
                QTest.keyClick(self.focus(), one)

    def with_control(self, key: Key, shift: bool = False) -> None:
        """A key with Ctrl, and Shift."""
        held = Control | Qt.KeyboardModifier.ShiftModifier if shift else Control
        QTest.keyClick(self.focus(), key, held)

    def page(self, kind: type[P], key: Key) -> P:
        """The page that Ctrl and this digit open, once it is in view."""
        self.with_control(key)
        self.wait(kind.__name__, lambda: isinstance(self.window.page, kind))
        page = self.window.page
        assert isinstance(page, kind)
        return page

    def leave(self) -> None:
        """Close the window and everything behind it."""
        self.window.close()
        self.background.shutdown()
        self.store.close()


class Answers(QObject):
    """Answers the system's dialogs for files and printers, which wait for somebody."""

    def __init__(self, app: QApplication, out: Path) -> None:
        super().__init__(app)
        self._out, self.asked = out, 0
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As soon as such a dialog stands there, type the name of the file and press Enter."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QFileDialog | QPrintDialog):
            QTimer.singleShot(0, lambda: self._answer(watched))
        return False

    def _answer(self, dialog: QDialog) -> None:
        self.asked += 1
        name = "filename" if isinstance(dialog, QPrintDialog) else "fileNameEdit"
        field = dialog.findChild(QLineEdit, name)
        field.setText(str(self._out))
        box = dialog.findChild(QDialogButtonBox)
        wanted = [
            button
            for button in box.buttons()
            if box.buttonRole(button) is QDialogButtonBox.ButtonRole.AcceptRole
        ]
        wanted[0].click()


@contextmanager
def answering(app: QApplication, out: Path) -> Iterator[Answers]:
    """Somebody who answers the system's dialogs with this file."""
    answers = Answers(app, out)
    yield answers
    app.removeEventFilter(answers)


def own_machine() -> None:
    """Bring up the loopback of a network of our own: a print dialog asks the printing service of
    this machine, at 127.0.0.1, and that is no other machine. Linux: netdevice(7), SIOCSIFFLAGS."""
    with socket.socket() as some:
        fcntl.ioctl(some.fileno(), 0x8914, struct.pack("16sh14x", b"lo", 0x41))


def refused() -> int:
    """How often the kernel had no way for a packet or a connection since the network was taken
    away: every try counts, TCP, UDP and names alike."""
    four = [line.split() for line in Path("/proc/net/snmp").read_text().splitlines()]
    six = dict(line.split() for line in Path("/proc/net/snmp6").read_text().splitlines())
    names, figures = (line for line in four if line[0] == "Ip:")
    told = dict(zip(names, figures, strict=True))
    return int(told["OutNoRoutes"]) + int(six["Ip6OutNoRoutes"])


def make_plan(hands: Hands) -> PlanPage:
    """Ctrl+Enter: the plan of the day; once more: good enough."""
    page = hands.page(PlanPage, Key.Key_3)
    hands.wait("open", lambda: page.book is not None)
    page.deeds.seconds = 0.5
    hands.with_control(ENTER)
    hands.wait("plan", lambda: page.book is not None and page.book.plan is not None)
    return page


def record_six(hands: Hands) -> None:
    """At the doors of the first crew with six stops, by the keys of the tiles."""
    page = hands.page(ResultsPage, Key.Key_4)
    hands.wait("stops", lambda: page._round is not None and page.recorder.line is not None)
    told = page._round
    assert told is not None
    crew = next(i for i, route in enumerate(told.routes) if len(route) > len(DOORS))
    last = told.routes[crew][len(DOORS) - 1].leave
    assert last is not None
    hands.clock.now = last + timedelta(minutes=1)
    QTest.mouseClick(page.stops.tabs._tabs[crew], Qt.MouseButton.LeftButton)
    page.recorder.board.setFocus()
    for place, keys in enumerate(DOORS):
        line = page.recorder.line
        assert line is not None
        assert line.debtor_id == told.routes[crew][place].debtor_id
        hands.wait("preview", lambda: page.recorder._preview is not None)
        hands.press(*keys)
    hands.wait("written", lambda: not page._writing and not page.stops.saving)


def plan_on(hands: Hands, page: PlanPage) -> None:
    """At noon, in the rain: O, the quick reason, work it out, take what is offered."""
    today = hands.page(TodayPage, Key.Key_1)
    hands.wait("today", lambda: today._digest is not None)
    hands.page(PlanPage, Key.Key_3)
    hands.wait("done", lambda: page.book is not None and len(page.book.done) == len(DOORS))
    page.offers.seconds["on"] = 0.3
    hands.with_control(Key.Key_O, shift=True)
    pane = page.findChild(PlanOnPane)
    assert isinstance(pane, PlanOnPane)
    # Crews are built a few at a time.
    while not pane.start.isEnabled() or not pane.isVisible():
        hands.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    pane.blocks[0].where.setFocus()
    QTest.keyClick(pane.blocks[0].where, Key.Key_3, Qt.KeyboardModifier.AltModifier)
    pane.start.setFocus()
    hands.press(Key.Key_Space)
    hands.wait("offer", lambda: page.offers.proposal is not None)
    hands.with_control(ENTER)
    hands.wait("take", lambda: page.offers.proposal is None and not page.offers._taking)
    hands.wait("read", lambda: page.book is not None and bool(page.book.plan and
                                                             page.book.plan.because))  # fmt: skip


def day_sheets(hands: Hands, page: PlanPage, folder: Path, *, printed: bool) -> None:
    """Ctrl+P: look at the sheets, print them into a file, save them as another."""
    hands.with_control(Key.Key_P)
    hands.wait("dialog", lambda: page.giving.dialog is not None)
    dialog = page.giving._sheets
    assert dialog is not None
    hands.wait("drawn", lambda: bool(dialog.content))
    for button, name in ((dialog.print, "printed.pdf"), (dialog.save, "sheets.pdf")):
        if button is dialog.save or printed:
            with answering(hands.app, folder / name) as answers:  # type: ignore[arg-type]
                QTest.keyClick(button, Key.Key_Space)
                hands.wait(name, (folder / name).exists)
                assert answers.asked == 1
    hands.wait("closed", lambda: page.giving.dialog is None)


def recorded(page: ResultsPage) -> int:
    """How many stops have their outcome, as the page shows it."""
    lines = page._round.lines if page._round is not None else []
    return sum(one.visited is not None for one in lines)


def seen(hands: Hands) -> dict[str, Any]:
    """What the window shows of the day: stops of the plan, why it was planned on, outcomes."""
    page = hands.page(PlanPage, Key.Key_3)
    hands.wait("plan", lambda: page.book is not None and page.book.plan is not None)
    results = hands.page(ResultsPage, Key.Key_4)
    hands.wait("outcomes", lambda: recorded(results) >= len(DOORS))
    plan, told = page.book and page.book.plan, results._round
    assert plan
    assert told is not None
    return {
        "plan": plan.plan_id, "stops": plan.stops, "because": [one.code for one in plan.because],
        "outcomes": [one.visited.code for one in told.lines if one.visited is not None],
        "refused": refused(),
    }  # fmt: skip


def main(what: str, workspace: Path, folder: Path, *more: str) -> dict[str, Any]:
    """One of the two halves; what was seen at its end."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder / "ini"))
    if "print" in more:
        own_machine()
    hands = Hands(workspace)
    if what == "day":
        page = make_plan(hands)
        record_six(hands)
        plan_on(hands, page)
        day_sheets(hands, page, folder, printed="print" in more)
    else:
        hands.clock.now += timedelta(hours=6)
    told = seen(hands)
    hands.leave()
    return told


if __name__ == "__main__":
    found = main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)  # threads of the window may still be saying goodbye
