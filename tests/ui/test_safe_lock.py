"""Locking: the same window, nothing of the workspace left, the same page afterwards."""

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from desks import LONG, WORDS, entered, opened, press, protected, quiet, shows, type_in, unlock
from looks import texts
from people import fill
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from planner.actions.change import Change
from planner.domain.people import Debtor
from planner.errors import PlannerError
from planner.geo.gazetteer import stem
from planner.geo.gazetteer_parse import parse_address
from planner.store import keys, os_keyring, search
from planner.store.people import PersonRow, find_persons
from planner.store.store import NewEvent, Store
from ui.dialogs.typed import TypedDialog
from ui.pages.case import CasePage
from ui.safe import drafts
from ui.safe.desk import Desk
from ui.safe.idle import IdleWatch


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id with little work; no keyring."""
    monkeypatch.setattr(keys, "OPS", 1)
    monkeypatch.setattr(keys, "MEMORY", 8192)
    monkeypatch.setattr(os_keyring, "available", lambda: False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A protected workspace with some people."""
    place = tmp_path / "plan.fairvisit"
    protected(place, fill)
    return place


def somebody(desk: Desk) -> str:
    """The id of the first person."""
    assert desk.session is not None
    with desk.session.store.read() as conn:
        return find_persons(conn)[0]


def test_ctrl_l_locks_and_the_same_page_comes_back(path: Path, qtbot: QtBot) -> None:
    """Ctrl+L shows the unlock screen in the same window; the passphrase brings page, person and
    day back, masked."""
    with opened(path, qtbot) as desk:
        window = unlock(desk, qtbot)
        who = somebody(desk)
        session = desk.session
        assert session is not None
        day = session.day + timedelta(days=2)
        session.set_day(day)
        session.go("case", who)
        quiet(desk, qtbot)
        page = window.page
        assert isinstance(page, CasePage)
        press(page.head.eye, qtbot)
        assert "张伟" in " ".join(texts(window))
        store = session.store
        qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        shows(desk, desk.frame.unlock, qtbot)
        assert desk.frame.windowTitle() == "Fairvisit – plan – locked"
        assert "张" not in " ".join(texts(desk.frame))
        qtbot.waitUntil(lambda: desk._leaving is None, timeout=LONG)
        with pytest.raises(PlannerError, match="closed"), store.read():
            pass
        window = unlock(desk, qtbot)
        assert isinstance(window.page, CasePage)
        assert desk.session is not None
        assert desk.session.day == day
        shown = " ".join(texts(window))
        assert "张*" in shown
        assert "张伟" not in shown


def locked(desk: Desk, qtbot: QtBot) -> None:
    """Lock, and wait until the workspace is closed."""
    with qtbot.waitSignal(desk.left, timeout=LONG):
        desk.lock()
    shows(desk, desk.frame.unlock, qtbot)


def test_nothing_stays_in_memory(path: Path, qtbot: QtBot) -> None:
    """After a lock no person, no row of a list, no session and no cached name is left in memory."""
    gc.collect()
    former = [*alive(Debtor), *alive(PersonRow)]  # what tests before this one still hold
    with opened(path, qtbot) as desk:
        window = unlock(desk, qtbot)
        for key in ("cases", "plan", "results", "settings"):
            window.go(key)
            quiet(desk, qtbot)
        desk.session.go("case", somebody(desk))  # type: ignore[union-attr]
        quiet(desk, qtbot)
        assert alive(Debtor, former)
        assert cached() > 0
        del window
        locked(desk, qtbot)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        assert alive(Debtor, former) == []
        assert alive(PersonRow, former) == []
        assert desk.session is None
        assert cached() == 0


def cached() -> int:
    """How many names, addresses and cells the caches of search, import and places hold."""
    holders = (search.name_words, search._bigrams, parse_address, stem)
    return sum(one.cache_info().currsize for one in holders)


def alive(kind: type, former: Sequence[object] = ()) -> list[object]:
    """The objects of this kind that Python still knows, less the `former` ones."""
    known = {id(one) for one in former}
    return [one for one in gc.get_objects() if type(one) is kind and id(one) not in known]


def test_deeds_end_before_the_lock(path: Path, qtbot: QtBot) -> None:
    """What was handed in is written before the workspace is closed; what can be stopped stops."""
    with opened(path, qtbot) as desk:
        unlock(desk, qtbot)
        session = desk.session
        assert session is not None
        stopped: list[bool] = []

        def long(*, on_progress: object, cancelled: Callable[[], bool]) -> None:
            while not cancelled():
                pass
            stopped.append(True)

        def write() -> tuple[None, Change]:
            with session.store.write() as tx:
                told = {"who": "P", "fields": ["name"], "where": "case"}
                tx.append([NewEvent("reveal", "", tx.clock(), told)])
            return None, Change.NOTHING

        session.ask(long, progress=print)
        for _n in range(5):
            session.do(write)
        locked(desk, qtbot)
        assert stopped == [True]
    with Store.open(path, clock=lambda: None, passphrase=WORDS) as store, store.read() as conn:  # type: ignore[arg-type, return-value]
        (count,) = conn.execute("SELECT count(*) FROM event WHERE kind = 'reveal'").fetchone()
    assert count == 5


def test_typed_text_is_not_lost(path: Path, qtbot: QtBot) -> None:
    """What was typed in a form and in a dialog is kept in the encrypted workspace over the lock,
    shown once to be copied, and then gone; passphrases and search fields are not kept."""
    with opened(path, qtbot) as desk:
        window = unlock(desk, qtbot)
        window.go("cases")
        quiet(desk, qtbot)
        search = window.page.findChild(QLineEdit)
        assert search is not None
        dialog = QDialog(desk.frame)
        note, secret = QLineEdit(dialog), QLineEdit(dialog)
        note.setAccessibleName("Reason")
        secret.setEchoMode(QLineEdit.EchoMode.Password)
        secret.move(QPoint(0, 40))
        dialog.resize(300, 100)
        dialog.open()
        qtbot.waitUntil(dialog.isVisible)
        type_in(note, "asked for Friday", qtbot)
        type_in(secret, "hidden words", qtbot)
        locked(desk, qtbot)
        for file in path.parent.glob("plan.fairvisit*"):
            assert file.is_dir() or b"asked for Friday" not in file.read_bytes()
        window = unlock(desk, qtbot)
        shown = desk.frame.findChild(TypedDialog)
        assert shown is not None
        assert [field.toPlainText() for field in shown.fields] == ["asked for Friday"]
        assert "Reason" in texts(shown)
        shown.accept()
        assert desk.session is not None
        assert drafts.take(desk.session.store) == []


def test_search_fields_are_no_drafts(path: Path, qtbot: QtBot) -> None:
    """A search is nothing that has to be saved."""
    with opened(path, qtbot) as desk:
        window = unlock(desk, qtbot)
        window.go("cases")
        quiet(desk, qtbot)
        for edit in window.page.findChildren(QLineEdit):
            if edit.isVisible():
                type_in(edit, "zhang", qtbot)
        quiet(desk, qtbot)
        assert drafts.typed(desk.frame) == []


def test_unprotected_is_not_locked(tmp_path: Path, qtbot: QtBot) -> None:
    """Without a passphrase there is nothing to lock; the window says how to change that."""
    place = tmp_path / "open.fairvisit"
    Store.create(place, clock=lambda: None).close()  # type: ignore[arg-type, return-value]
    with opened(place, qtbot) as desk:
        window = entered(desk, qtbot)
        desk.lock()
        assert desk.window is window
        assert "no passphrase" in window._message.accessibleName()


def test_idle_and_sleep_lock(path: Path, qtbot: QtBot) -> None:
    """After the idle minutes of the setting, and when the system sleeps, the window locks."""
    with opened(path, qtbot) as desk:
        unlock(desk, qtbot)
        assert desk.idle._seconds == 15 * 60
        desk.idle.idle.emit()
        shows(desk, desk.frame.unlock, qtbot)
        unlock(desk, qtbot)
        desk.system._sleep(False)
        assert desk.window is not None
        desk.system._sleep(True)
        shows(desk, desk.frame.unlock, qtbot)
        unlock(desk, qtbot)
        desk.system._lock()
        shows(desk, desk.frame.unlock, qtbot)


def test_idle_watch(qtbot: QtBot) -> None:
    """A key or a movement begins the time anew; 0 minutes never come to an end."""
    now = [0.0]
    watch = IdleWatch(now=lambda: now[0])
    seen: list[bool] = []
    watch.idle.connect(lambda: seen.append(True))
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    watch.start(1)
    now[0] = 50.0
    QTest.keyClick(widget.windowHandle(), Qt.Key.Key_A)
    now[0] = 100.0
    watch.look()
    assert seen == []
    now[0] = 111.0
    watch.look()
    watch.look()
    assert seen == [True]
    watch.start(0)
    now[0] = 1e9
    watch.look()
    assert seen == [True]


ON_A_BUS = """
from PySide6.QtCore import QTimer
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from PySide6.QtWidgets import QApplication
from ui.safe.system_lock import SERVICE, SystemLock
app = QApplication([])
bus = QDBusConnection.sessionBus()
bus.registerService(SERVICE)
lock = SystemLock()
lock.listen(bus)
heard = []
lock.sleeping.connect(lambda: heard.append(1))
place = "/org/freedesktop/login1"
for path, face, name, told in (
    (place, "Manager", "PrepareForSleep", [False]),
    (place, "Manager", "PrepareForSleep", [True]),
    (place + "/session/_31", "Session", "Lock", []),
):
    signal = QDBusMessage.createSignal(path, SERVICE + "." + face, name)
    signal.setArguments(told)
    bus.send(signal)
watch = QTimer(interval=5)
watch.timeout.connect(lambda: app.quit() if len(heard) == 2 else None)
watch.start()
app.exec()
print(len(heard))
"""


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="no D-Bus here")
def test_signals_of_the_system_are_heard() -> None:
    """On a bus of its own the signals of logind, before sleep and at a lock, are heard once each;
    waking up is not one of them."""
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-c", ON_A_BUS],
        cwd=Path(__file__).parents[2], env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    assert done.stdout.split() == ["2"], done.stderr


def test_locked_screen_takes_the_keyboard_and_no_more_room(path: Path, qtbot: QtBot) -> None:
    """After a wrong word and an opening, the locked card is as high as it was, and typing goes
    into its field."""
    with opened(path, qtbot) as desk:
        card, frame = desk.frame.unlock, desk.frame
        shows(desk, card, qtbot)
        high = frame._card.height()
        type_in(card.edit, "wrong", qtbot)
        qtbot.keyClick(card.edit, Qt.Key.Key_Return)
        qtbot.waitUntil(card.message.isVisible, timeout=LONG)
        card.edit.clear()
        unlock(desk, qtbot)
        locked(desk, qtbot)
        qtbot.waitUntil(lambda: frame._card.height() == high, timeout=LONG)
        assert frame.focusWidget() is card.edit


def test_a_lock_clears_every_clipboard_that_is_ours(
    path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was copied here, and what was only marked with the mouse, cannot be pasted after a lock;
    what another program put there stays."""
    cleared = []

    class Board:
        ownsClipboard = ownsSelection = staticmethod(lambda: True)
        ownsFindBuffer = staticmethod(lambda: False)
        clear = staticmethod(cleared.append)

    with opened(path, qtbot) as desk:
        unlock(desk, qtbot)
        monkeypatch.setattr(QGuiApplication, "clipboard", Board)
        desk.lock()
        shows(desk, desk.frame.unlock, qtbot)
        qtbot.waitUntil(lambda: len(cleared) > 1, timeout=LONG)
    assert cleared[:2] == [QClipboard.Mode.Clipboard, QClipboard.Mode.Selection]
    assert QClipboard.Mode.FindBuffer not in cleared
