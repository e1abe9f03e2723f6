"""A desk for tests: a real window with real threads, waited for by its signals."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from planner.store import protect
from planner.store.store import Store
from ui.main_window import MainWindow
from ui.safe.desk import Desk

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
WORDS = "three lamps on the ferry"
D = TypeVar("D", bound=QDialog)
LONG = 30_000  # milliseconds; a machine that is busy may need them


def clock() -> datetime:
    """The moment at which these tests happen."""
    return NOW


def protected(path: Path, fill: Callable[[Store], object] | None = None) -> str:
    """A workspace with a passphrase; its recovery code."""
    with Store.create(path, clock=clock) as store:
        if fill is not None:
            fill(store)
        protect.set_passphrase(store, WORDS)
        return protect.new_recovery_code(store, WORDS)


@contextmanager
def opened(path: Path, qtbot: QtBot) -> Iterator[Desk]:
    """A desk on `path` that has begun; at the end every widget of it is gone."""
    desk = Desk(path, clock, lambda session, page: MainWindow(session, "light", page))
    desk.frame.resize(1366, 768)
    desk.frame.show()
    desk.start()
    try:
        yield desk
    finally:
        desk.close()
        desk.frame.close()
        desk.frame.deleteLater()
        desk.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()


def shows(desk: Desk, card: QWidget, qtbot: QtBot) -> None:
    """Wait until this card stands in the frame."""
    qtbot.waitUntil(lambda: desk.window is None and desk.frame.card is card, timeout=LONG)


def entered(desk: Desk, qtbot: QtBot) -> MainWindow:
    """Wait until the workspace is in view and nothing is read any more."""
    qtbot.waitUntil(lambda: desk.window is not None, timeout=LONG)
    window = desk.window
    assert window is not None
    quiet(desk, qtbot)
    return window


def quiet(desk: Desk, qtbot: QtBot) -> None:
    """Wait until no job of the session is under way."""
    session = desk.session
    assert session is not None
    qtbot.waitUntil(lambda: not session.background._tasks, timeout=LONG)


def press(button: QWidget, qtbot: QtBot) -> None:
    """A click with the left button, in the middle."""
    assert button.isEnabled()
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def type_in(field: QWidget, text: str, qtbot: QtBot) -> None:
    """Type key by key; what no key of a Latin keyboard writes comes as from an input method."""
    field.setFocus()
    if text.isascii():
        qtbot.keyClicks(field, text)
    else:
        assert isinstance(field, QLineEdit)
        field.insert(text)


def unlock(desk: Desk, qtbot: QtBot, words: str = WORDS) -> MainWindow:
    """Type the passphrase and press Enter."""
    shows(desk, desk.frame.unlock, qtbot)
    type_in(desk.frame.unlock.edit, words, qtbot)
    qtbot.keyClick(desk.frame.unlock.edit, Qt.Key.Key_Return)
    return entered(desk, qtbot)


def dialog_of(kind: type[D], qtbot: QtBot) -> D:
    """Wait for the open dialog of this kind."""

    def found() -> list[D]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]

    qtbot.waitUntil(lambda: bool(found()), timeout=LONG)
    return found()[0]
