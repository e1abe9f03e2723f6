"""Protection, backups, the end of a mandate and the looks: by clicks and keys."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import nacl.public
import pytest
from desks import (
    LONG,
    NOW,
    WORDS,
    clock,
    dialog_of,
    entered,
    opened,
    press,
    protected,
    quiet,
    shows,
    type_in,
    unlock,
)
from looks import clipped, texts
from people import fill
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from planner.actions.exports import exports
from planner.actions.purge import lenders
from planner.actions.reveals import FILES, note_reveal
from planner.errors import PlannerError
from planner.store import keys, os_keyring
from planner.store.backup import backups
from planner.store.people import find_persons
from planner.store.store import NewEvent, Store
from ui import i18n
from ui.dialogs.confirm_restore import ConfirmRestore, loss_words
from ui.dialogs.keys import KeysDialog
from ui.pages.settings import SettingsPage
from ui.safe.desk import Desk


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


@pytest.fixture
def desk(path: Path, qtbot: QtBot) -> Iterator[Desk]:
    """The workspace, open."""
    with opened(path, qtbot) as one:
        unlock(one, qtbot)
        yield one


def settings(desk: Desk, qtbot: QtBot, tab: str) -> SettingsPage:
    """This tab of the settings."""
    window = desk.window
    assert window is not None
    window.go("settings", tab)
    quiet(desk, qtbot)
    assert isinstance(window.page, SettingsPage)
    return window.page


def ask(desk: Desk, qtbot: QtBot, button: str) -> KeysDialog:
    """Press a button of the protection panel; its dialog."""
    press(settings(desk, qtbot, "protection").protection.buttons[button], qtbot)
    return dialog_of(KeysDialog, qtbot)


def gone(dialog: KeysDialog, qtbot: QtBot) -> None:
    """Wait until the dialog has closed by itself."""
    with qtbot.waitSignal(dialog.settled, timeout=LONG):
        pass


def test_change_the_passphrase(desk: Desk, path: Path, qtbot: QtBot) -> None:
    """The wrong present passphrase is refused in words; the right one changes it, for the backups
    too."""
    assert desk.session is not None
    desk.session.store.backup("hand")
    dialog = ask(desk, qtbot, "passphrase")
    type_in(dialog.present, "not this one", qtbot)
    for field in (dialog.fresh.first, dialog.fresh.again):
        type_in(field, "another ferry at night", qtbot)
    press(dialog.act, qtbot)
    qtbot.waitUntil(dialog.message.isVisible, timeout=LONG)
    assert clipped(dialog) == []
    dialog.present.clear()
    type_in(dialog.present, WORDS, qtbot)
    with qtbot.waitSignal(dialog.settled, timeout=LONG):
        press(dialog.act, qtbot)
    assert {one.why for one in backups(path)} == {"day", "hand"}
    for place in (path, *(one.path for one in backups(path))):
        assert keys.read_key(place, "another ferry at night")
        with pytest.raises(PlannerError, match="passphrase_wrong"):
            keys.read_key(place, WORDS)


def test_new_code_and_another_key(desk: Desk, path: Path, qtbot: QtBot) -> None:
    """A new recovery code and another key each show a code once; only the last one opens."""
    before = keys.read_key(path, WORDS)
    codes = []
    for button in ("code", "rotate"):
        dialog = ask(desk, qtbot, button)
        type_in(dialog.present, WORDS, qtbot)
        press(dialog.act, qtbot)
        qtbot.waitUntil(dialog.code.isVisible, timeout=LONG)
        codes.append(dialog.code._code)
        dialog.reject()
        assert dialog.isVisible()
        type_in(dialog.code.tail, codes[-1][-4:], qtbot)
        with qtbot.waitSignal(dialog.settled, timeout=LONG):
            press(dialog.code.done, qtbot)
    assert keys.read_key(path, codes[1]) != before
    with pytest.raises(PlannerError, match="passphrase_wrong"):
        keys.read_key(path, codes[0])


def test_entrust_to_an_organisation(
    desk: Desk, path: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A public key file entrusts the workspace; its private key opens it then."""
    private = nacl.public.PrivateKey.generate()
    file = tmp_path / "Head office.pub"
    file.write_text(base64.b64encode(bytes(private.public_key)).decode())
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(file), ""))
    dialog = ask(desk, qtbot, "organisation")
    type_in(dialog.present, WORDS, qtbot)
    with qtbot.waitSignal(dialog.settled, timeout=LONG):
        press(dialog.act, qtbot)
    quiet(desk, qtbot)
    window = desk.window
    assert window is not None
    assert "Entrusted to Head office." in texts(window)
    assert keys.open_by_organisation(path, bytes(private)).keys


def test_remember_and_forget(
    desk: Desk, path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keyring is switched on and off with the passphrase, where the system has one."""
    kept: dict[str, bytes] = {}
    monkeypatch.setattr(os_keyring, "available", lambda: True)
    monkeypatch.setattr(os_keyring, "put", kept.__setitem__)
    monkeypatch.setattr(os_keyring, "get", kept.get)
    monkeypatch.setattr(os_keyring, "forget", lambda name: kept.pop(name, None))
    for there in (1, 0):
        dialog = ask(desk, qtbot, "keyring")
        type_in(dialog.present, WORDS, qtbot)
        with qtbot.waitSignal(dialog.settled, timeout=LONG):
            press(dialog.act, qtbot)
        quiet(desk, qtbot)
        assert len(kept) == there


def test_minutes_until_the_lock(desk: Desk, path: Path, qtbot: QtBot) -> None:
    """The idle time is chosen in the panel, holds at once and after the next opening."""
    panel = settings(desk, qtbot, "protection").protection
    assert panel.minutes.currentData() == 15
    panel.minutes.setFocus()
    qtbot.keyClick(panel.minutes, Qt.Key.Key_Down)
    quiet(desk, qtbot)
    assert desk.idle._seconds == 30 * 60
    press(panel.lock, qtbot)
    unlock(desk, qtbot)
    assert desk.idle._seconds == 30 * 60


def test_looks_are_listed_masked(desk: Desk, qtbot: QtBot) -> None:
    """The lead sees who looked at whom; the name stays masked, Enter opens the person;
    who looked at a file before its import is named as well."""
    session, window = desk.session, desk.window
    assert session is not None
    assert window is not None
    with session.store.read() as conn:
        who = find_persons(conn)[0]
    note_reveal(session.store, who, where="case", by="lin", clock=clock)
    card = settings(desk, qtbot, "protection").protection.looked
    assert [(look.debtor_id, look.by) for look in card.rows] == [(who, "lin")]
    assert card._model.index(0, 1).data() == "张*"
    card.table.go_to(0)
    qtbot.keyClick(card.table, Qt.Key.Key_Return)
    quiet(desk, qtbot)
    assert window.page.key == "case"
    note_reveal(session.store, FILES, where="imports", by="mei", clock=clock)
    card = settings(desk, qtbot, "protection").protection.looked
    shown = [card._model.index(0, column).data() for column in (1, 2)]
    assert shown == ["files to import", "mei"]
    card.table.go_to(0)
    qtbot.keyClick(card.table, Qt.Key.Key_Return)
    quiet(desk, qtbot)
    assert window.page.key == "imports"


def test_restore_a_backup(desk: Desk, path: Path, qtbot: QtBot) -> None:
    """Make a backup, record more, look inside, be told what is lost, and come back to the backup;
    what was there before is a backup too."""
    session = desk.session
    assert session is not None
    panel = settings(desk, qtbot, "backups").backups
    press(panel.make, qtbot)
    qtbot.waitUntil(panel._message.isVisible, timeout=LONG)
    assert "whole" in panel._message.accessibleName()
    quiet(desk, qtbot)
    assert [one.why for one in panel.view.rows] == ["hand", "day"]
    panel.view.table.go_to(0)
    with session.store.read() as conn:
        (before,) = conn.execute("SELECT count(*) FROM event").fetchone()
    later = NOW + timedelta(hours=1)
    with session.store.write() as tx:
        told = {"who": "P", "fields": ["name"], "where": "case"}
        tx.append([NewEvent("reveal", "", later, told) for _n in range(3)])
    press(panel.view.look, qtbot)
    qtbot.waitUntil(panel.view.restore.isEnabled, timeout=LONG)
    press(panel.view.restore, qtbot)
    dialog = dialog_of(ConfirmRestore, qtbot)
    assert any("3 entries" in text for text in texts(dialog))
    assert clipped(dialog) == []
    assert not dialog.go.isEnabled()
    dialog.sure.click()
    assert not dialog.go.isEnabled()
    type_in(dialog.words, WORDS, qtbot)
    press(dialog.go, qtbot)
    qtbot.waitUntil(lambda: desk.session is not session, timeout=LONG)
    entered(desk, qtbot)
    assert desk.session is not None
    with desk.session.store.read() as conn:
        (after,) = conn.execute("SELECT count(*) FROM event").fetchone()
    assert after == before
    assert {one.why for one in backups(path)} >= {"hand", "restore"}


def test_restore_with_wrong_words_changes_nothing(desk: Desk, qtbot: QtBot) -> None:
    """A wrong passphrase at a restore leaves the workspace as it is, and says so."""
    panel = settings(desk, qtbot, "backups").backups
    desk.restore(panel.view.rows[0], "wrong")
    shows(desk, desk.frame.unlock, qtbot)
    assert "passphrase" in desk.frame.note.accessibleName()
    unlock(desk, qtbot)


@pytest.mark.parametrize("lost", [None, 0, 1, 7])
def test_loss_is_named(lost: int | None) -> None:
    """What a restore loses is a sentence in both languages."""
    for language in ("en", "zh_CN"):
        i18n.use(language)
        said = loss_words(lost, "2026-11-23 08:30")
        assert "{" not in said
        assert (str(lost) in said) is bool(lost)


def test_end_of_a_mandate(
    desk: Desk, path: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reason, who orders and the lender's name are needed; then its book is gone, the undo list is
    empty, and the certificate is saved as PDF and JSON, and again whenever it is asked for."""
    session, window = desk.session, desk.window
    assert session is not None
    assert window is not None
    panel = settings(desk, qtbot, "mandate").retention
    (lender, persons, cases), *_rest = lenders(session.store)
    panel.table.go_to(0)
    quiet(desk, qtbot)
    card = panel.card
    assert any("cannot be undone" in text for text in texts(card))
    assert any(str(cases) in text for text in texts(card))
    assert clipped(window) == []
    type_in(card.reason, "contract ended", qtbot)
    type_in(card.by, "head office", qtbot)
    type_in(card.again, lender[:-1], qtbot)
    assert not card.go.isEnabled()
    type_in(card.again, lender[-1], qtbot)
    press(card.go, qtbot)
    qtbot.waitUntil(lambda: panel._done is not None, timeout=LONG)
    quiet(desk, qtbot)
    assert lender not in [row[0] for row in lenders(session.store)]
    assert not session.undo_stack.canUndo()
    assert not card.go.isEnabled()
    out = tmp_path / "certificate.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(out), ""))
    press(panel._message._button, qtbot)
    quiet(desk, qtbot)
    assert out.read_bytes().startswith(b"%PDF")
    told = json.loads(out.with_suffix(".json").read_text("utf-8"))
    assert (told["lender"], told["erased"] + told["kept"]) == (lender, persons)
    assert [one.why for one in backups(path)] == ["purge"]
    quiet(desk, qtbot)
    again = tmp_path / "again.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(again), ""))
    press(panel.ended.save, qtbot)
    quiet(desk, qtbot)
    assert json.loads(again.with_suffix(".json").read_text("utf-8")) == told


def test_take_everything_along(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder, a name and a tick are needed; then everything is written under a name of its own,
    counted, and listed as what left. A tick serves one export only."""
    session = desk.session
    assert session is not None
    panel = settings(desk, qtbot, "export").take_out
    assert any("not protected" in text for text in texts(panel))
    assert panel._none.isVisible()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: str(tmp_path))
    press(panel.pick, qtbot)
    type_in(panel.by, "compliance", qtbot)
    assert not panel.go.isEnabled()
    panel.sure.click()
    press(panel.go, qtbot)
    qtbot.waitUntil(panel.message.isVisible, timeout=LONG)
    quiet(desk, qtbot)
    (made,) = tmp_path.glob("fairvisit-*.zip")
    assert made.name in panel.message.accessibleName()
    assert panel._model.rows[0].by.endswith("compliance")
    assert [one.cases for one in exports(session.store)] == [panel._model.rows[0].cases]
    assert not panel.go.isEnabled()
    assert not panel.sure.isChecked()


def test_an_export_can_be_stopped(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped, it says that nothing was written, and nothing is; a folder that a service copies
    elsewhere is warned of."""
    panel = settings(desk, qtbot, "export").take_out
    folder = tmp_path / "Dropbox"
    folder.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_args: str(folder))
    press(panel.pick, qtbot)
    assert "Dropbox" in panel.message.accessibleName()
    type_in(panel.by, "lead", qtbot)
    panel.sure.click()
    panel._go()
    panel._stop()
    qtbot.waitUntil(panel.message.isVisible, timeout=LONG)
    assert "Stopped" in panel.message.accessibleName()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("protect", [True, False])
def test_panels_fit(tmp_path: Path, qtbot: QtBot, language: str, protect: bool) -> None:
    """Protection, backups and the end of a mandate fit the smallest window, protected or not."""
    i18n.use(language)
    place = tmp_path / "fits.fairvisit"
    if protect:
        protected(place, fill)
    else:
        with Store.create(place, clock=clock) as store:
            fill(store)
            store.backup("hand")
    with opened(place, qtbot) as desk:
        window = unlock(desk, qtbot) if protect else entered(desk, qtbot)
        for size in ((1180, 700), (1920, 1080)):
            desk.frame.resize(*size)
            for tab in ("protection", "backups", "export", "mandate"):
                settings(desk, qtbot, tab)
                qtbot.waitUntil(lambda: clipped(window) == [], timeout=LONG)
