"""The start of the program: first passphrase, unlock, what stands in the way."""

import sqlite3
from pathlib import Path

import pytest
from desks import (
    LONG,
    NOW,
    WORDS,
    dialog_of,
    entered,
    opened,
    press,
    protected,
    shows,
    type_in,
    unlock,
)
from looks import clipped, texts
from people import fill
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from planner.errors import PlannerError
from planner.store import keys, os_keyring
from planner.store.backup import backups
from planner.store.lock import take_lock
from planner.store.store import Store
from ui import i18n, machine
from ui.dialogs.confirm_restore import ConfirmRestore
from ui.safe import jobs, places
from ui.safe.strength import Strength, strength


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id with little work; no keyring."""
    monkeypatch.setattr(keys, "OPS", 1)
    monkeypatch.setattr(keys, "MEMORY", 8192)
    monkeypatch.setattr(os_keyring, "available", lambda: False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the workspace of a test lies."""
    return tmp_path / "plan.fairvisit"


def test_first_run_with_a_passphrase(path: Path, qtbot: QtBot) -> None:
    """A new workspace asks for a passphrase, shows the code once, wants it proved, and opens."""
    with opened(path, qtbot) as desk:
        first = desk.frame.first
        shows(desk, first, qtbot)
        assert not path.exists()
        type_in(first.fields.first, "short", qtbot)
        assert any("Too short" in text for text in texts(first))
        assert not first.protect.isEnabled()
        first.fields.first.clear()
        type_in(first.fields.first, WORDS, qtbot)
        assert "Strong." in texts(first)
        type_in(first.fields.again, WORDS + "!", qtbot)
        press(first.protect, qtbot)
        assert "not alike" in first.message.accessibleName()
        first.fields.again.clear()
        type_in(first.fields.again, WORDS, qtbot)
        press(first.protect, qtbot)
        sheet = desk.frame.code
        shows(desk, sheet, qtbot)
        code = sheet._code
        assert not sheet.done.isEnabled()
        type_in(sheet.tail, code[-4:].lower(), qtbot)
        press(sheet.done, qtbot)
        window = entered(desk, qtbot)
        assert sheet._code == ""
        assert window.windowTitle() == desk.frame.windowTitle() == "Fairvisit – plan"
    assert keys.is_protected(path)
    assert keys.read_key(path, code) == keys.read_key(path, WORDS)
    with pytest.raises(PlannerError, match="passphrase_wrong"):
        keys.read_key(path, "something else")
    with pytest.raises(sqlite3.DatabaseError), sqlite3.connect(path) as plain:
        plain.execute("SELECT * FROM sqlite_master").fetchall()


def test_later_means_unprotected(path: Path, qtbot: QtBot) -> None:
    """ "Later" says what it means, opens the workspace unprotected, and the next start offers the
    passphrase again."""
    with opened(path, qtbot) as desk:
        shows(desk, desk.frame.first, qtbot)
        assert any("can read everything" in text for text in texts(desk.frame.first))
        assert not desk.frame.first.remember.isVisible()
        press(desk.frame.first.later, qtbot)
        window = entered(desk, qtbot)
        assert desk.frame.windowTitle().endswith("not protected")
        assert "join a team" in window._message.accessibleName()
    with opened(path, qtbot) as desk:
        window = entered(desk, qtbot)
        press(window._message._button, qtbot)
        assert window.page.key == "settings"


def test_wrong_words_wait_longer_each_time(path: Path, qtbot: QtBot) -> None:
    """A wrong passphrase is said in words; then the next try waits, and quitting stays possible."""
    protected(path)
    with opened(path, qtbot) as desk:
        card = desk.frame.unlock
        shows(desk, card, qtbot)
        waits = []
        for _n in range(4):
            card.edit.clear()
            type_in(card.edit, "wrong", qtbot)
            qtbot.keyClick(card.edit, Qt.Key.Key_Return)
            qtbot.waitUntil(lambda: card.isEnabled() and card.message.isVisible(), timeout=LONG)
            waits.append(card._left)
            card.message.clear()
            while card._left:
                assert not card.open.isEnabled()
                assert card.leave.isEnabled()
                card.pause.timeout.emit()
        assert waits == [0, 2, 4, 8]
        card.edit.clear()
        unlock(desk, qtbot)
        assert card._wrong == 0


def test_recovery_code_opens(path: Path, qtbot: QtBot) -> None:
    """The same field takes the recovery code, however it is typed; then a new one is advised."""
    code = protected(path)
    with opened(path, qtbot) as desk:
        window = unlock(desk, qtbot, code.lower().replace("-", " "))
        assert "recovery code" in window._message.accessibleName()


def test_keyring_opens_silently(path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system's keyring knows the workspace, nothing is asked; a lock still asks."""
    kept: dict[str, bytes] = {}
    monkeypatch.setattr(os_keyring, "available", lambda: True)
    monkeypatch.setattr(os_keyring, "put", kept.__setitem__)
    monkeypatch.setattr(os_keyring, "get", kept.get)
    with opened(path, qtbot) as desk:
        first = desk.frame.first
        shows(desk, first, qtbot)
        for field in (first.fields.first, first.fields.again):
            type_in(field, WORDS, qtbot)
        first.code.click()
        first.remember.click()
        press(first.protect, qtbot)
        entered(desk, qtbot)
    assert len(kept) == 1
    with opened(path, qtbot) as desk:
        entered(desk, qtbot)
        desk.lock()
        unlock(desk, qtbot)
    kept.clear()
    with opened(path, qtbot) as desk:
        unlock(desk, qtbot)


def test_open_elsewhere(path: Path, qtbot: QtBot) -> None:
    """A workspace that another program writes is said to be open; it can be looked at, or tried
    again when that one is closed."""
    protected(path)
    other = take_lock(path)
    with opened(path, qtbot) as desk:
        shows(desk, desk.frame.unlock, qtbot)
        type_in(desk.frame.unlock.edit, WORDS, qtbot)
        qtbot.keyClick(desk.frame.unlock.edit, Qt.Key.Key_Return)
        shows(desk, desk.frame.trouble, qtbot)
        assert "The workspace is open elsewhere" in texts(desk.frame.trouble)
        press(desk.frame.trouble.read, qtbot)
        window = unlock(desk, qtbot)
        assert "look only" in window._message.accessibleName()
        desk.lock()
        shows(desk, desk.frame.unlock, qtbot)
    other.close()
    with opened(path, qtbot) as desk:
        unlock(desk, qtbot)


def test_read_only_and_full_disk(path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be written and a full disk are said in words, with a way on."""
    Store.create(path, clock=lambda: NOW).close()
    real = jobs.open_store
    for code in ("store.read_only", "store.disk_full"):

        def refuse(*args: object, code: str = code, read_only: bool = False) -> object:
            if read_only:
                return real(*args, read_only=True)  # type: ignore[arg-type]
            raise PlannerError(code, file="plan.fairvisit")

        monkeypatch.setattr(jobs, "open_store", refuse)
        with opened(path, qtbot) as desk:
            shows(desk, desk.frame.trouble, qtbot)
            assert "The workspace cannot be written" in texts(desk.frame.trouble)
            press(desk.frame.trouble.read, qtbot)
            entered(desk, qtbot)


def test_damaged_workspace_offers_its_backups(path: Path, qtbot: QtBot) -> None:
    """A workspace that cannot be read shows its backups; a look inside, then one takes its place
    and the damaged file is kept."""
    protected(path, fill)
    with Store.open(path, clock=lambda: NOW, passphrase=WORDS) as store:
        store.backup("hand")
    path.write_bytes(b"nothing of a workspace" * 500)
    with opened(path, qtbot) as desk:
        trouble = desk.frame.trouble
        shows(desk, desk.frame.unlock, qtbot)
        type_in(desk.frame.unlock.edit, WORDS, qtbot)
        qtbot.keyClick(desk.frame.unlock.edit, Qt.Key.Key_Return)
        shows(desk, trouble, qtbot)
        view = trouble.backups
        assert [one.why for one in view.rows] == ["hand"]
        assert not view.restore.isEnabled()
        press(view.look, qtbot)
        qtbot.waitUntil(view.message.isVisible, timeout=LONG)
        type_in(view.words, WORDS, qtbot)
        press(view.look, qtbot)
        qtbot.waitUntil(view.restore.isEnabled, timeout=LONG)
        assert clipped(desk.frame) == []
        press(view.restore, qtbot)
        confirm = dialog_of(ConfirmRestore, qtbot)
        confirm.sure.click()
        type_in(confirm.words, WORDS, qtbot)
        press(confirm.go, qtbot)
        window = entered(desk, qtbot)
        assert "damaged file is kept" in window._message.accessibleName()
    assert list(path.parent.glob("plan.fairvisit-damaged*"))


def test_lost_workspace_can_begin_anew(path: Path, qtbot: QtBot) -> None:
    """Where only backups are left they are offered, and so is an empty workspace."""
    with Store.create(path, clock=lambda: NOW) as store:
        fill(store)
        store.backup("hand")
    path.unlink()
    with opened(path, qtbot) as desk:
        shows(desk, desk.frame.trouble, qtbot)
        assert len(desk.frame.trouble.backups.rows) == len(backups(path)) == 1
        press(desk.frame.trouble.again, qtbot)
        shows(desk, desk.frame.first, qtbot)


@pytest.mark.parametrize(
    ("folder", "service"),
    [
        ("OneDrive", "OneDrive"), ("OneDrive - Office", "OneDrive"), ("Dropbox", "Dropbox"),
        ("Nextcloud", "Nextcloud"), ("我的坚果云", "坚果云"), ("Nutstore Files", "坚果云"),
        ("com~apple~CloudDocs", "iCloud"), ("Documents", ""), ("Dropbox-old", ""),
    ],
)  # fmt: skip
def test_synced_folders(tmp_path: Path, folder: str, service: str) -> None:
    """Folders that a service copies elsewhere are known by their names."""
    assert places.synced_by(tmp_path / folder / "deep" / "plan.fairvisit") == service


def test_synced_folder_is_said_once(tmp_path: Path, qtbot: QtBot) -> None:
    """The warning names the service, comes once, and refuses nothing."""
    path = tmp_path / "Dropbox" / "plan.fairvisit"
    path.parent.mkdir()
    for said in (True, False):
        with opened(path, qtbot) as desk:
            shows(desk, desk.frame.first, qtbot)
            assert desk.frame.note.isVisible() is said
            assert not said or "Dropbox" in desk.frame.note.accessibleName()
            assert clipped(desk.frame) == []


@pytest.mark.parametrize(
    ("words", "judged"),
    [
        ("", Strength.SHORT), ("abc12", Strength.SHORT), ("password123", Strength.WEAK),
        ("12345678901", Strength.WEAK), ("aaaaaaaaaaaaaaa", Strength.WEAK),
        ("abcdefghijklmnop", Strength.WEAK), ("Kx7!pq2Zr", Strength.FAIR),
        (WORDS, Strength.STRONG), ("渡口三盏灯不灭的夜", Strength.STRONG),
    ],
)  # fmt: skip
def test_strength(words: str, judged: Strength) -> None:
    """Common, short, repeated and running passphrases are called weak, long odd ones strong."""
    assert strength(words) is judged


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_nothing_is_clipped_before_the_window(path: Path, qtbot: QtBot, language: str) -> None:
    """First run, code and unlock fit the smallest window in both languages; Chinese is Chinese."""
    i18n.use(language)
    with opened(path, qtbot) as desk:
        desk.frame.resize(1180, 700)
        shows(desk, desk.frame.first, qtbot)
        assert clipped(desk.frame) == []
        for field in (desk.frame.first.fields.first, desk.frame.first.fields.again):
            type_in(field, WORDS, qtbot)
        press(desk.frame.first.protect, qtbot)
        shows(desk, desk.frame.code, qtbot)
        qtbot.waitUntil(lambda: clipped(desk.frame) == [], timeout=LONG)
        i18n.use("en" if language == "zh_CN" else "zh_CN")
        qtbot.waitUntil(lambda: clipped(desk.frame) == [], timeout=LONG)


def test_language_can_be_changed_first(path: Path, qtbot: QtBot) -> None:
    """On the first screen a press changes the language, for the workspace's window too."""
    with opened(path, qtbot) as desk:
        shows(desk, desk.frame.first, qtbot)
        press(desk.frame.other, qtbot)
        assert "设置密码并开始" in texts(desk.frame)
        assert machine.load_language() == "zh_CN"
        press(desk.frame.first.later, qtbot)
        entered(desk, qtbot)
        assert (
            desk.frame.windowTitle().endswith("未加密保护")
            or "Fair" not in desk.frame.windowTitle()
        )
