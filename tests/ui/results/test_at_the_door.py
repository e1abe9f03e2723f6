"""What an outcome needs, typed with a Chinese input method on; corrections; evidence in sight."""

from datetime import timedelta
from pathlib import Path

import pytest
from inline import InlineBackground
from looks import clipped, texts
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from rounds import NOW, Keys, late_clock, settle, show

from planner.actions.at_door import AtDoor
from planner.actions.correct import correct
from planner.actions.evidence import evidence_of, read_piece
from planner.actions.outcomes import Outcome
from planner.actions.record import record
from planner.store.changes import load_changes
from planner.store.facts import load_contacts
from planner.store.people import load_debtor, timeline
from planner.store.state import derived_hash
from ui import i18n, theme
from ui.dialogs.evidence import EvidenceDialog
from ui.pages.case import CasePage
from ui.pages.results import ResultsPage
from ui.results.thumbs import picture
from ui.session import Session

ENTER = Qt.Key.Key_Return


class PinyinContext(QObject):
    """A Chinese input method: where the focus takes one, a letter becomes pre-edit text and is
    swallowed as a key; everywhere else keys pass."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.swallowed = 0
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take letters for fields that say they want an input method."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if not isinstance(watched, QWidget) or event.modifiers() or not event.text().isalnum():
            return False
        if not watched.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled):
            return False
        if event.text().isdigit():
            return False  # with nothing composed a digit is a digit
        self.swallowed += 1
        QApplication.sendEvent(watched, QInputMethodEvent(event.text(), []))
        return True


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A real photo, larger than it is shown."""
    image = QImage(900, 600, QImage.Format.Format_RGB32)
    image.fill(QColor("#446688"))
    path = tmp_path / "door.jpg"
    assert image.save(str(path))
    return path


def fields_of(session: Session, who: str, kind: str) -> dict[str, object]:
    """The payload of the latest entry of a kind."""
    with session.store.read() as conn:
        return [one.fields for one in timeline(conn, who) if one.kind == kind][-1]


def test_keys_with_an_input_method_on(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, dressed: QApplication,
) -> None:  # fmt: skip
    """With pinyin on: nobody home in two keys, unsafe by its letter, a promise in six; the note
    takes composed text."""
    context = PinyinContext(dressed)
    try:
        keys.press("6", ENTER)
        assert keys.count <= 6
        keys.press("s", ENTER)
        before = keys.count
        keys.press("2", "5000", ENTER)
        assert keys.count - before <= 10
        assert context.swallowed == 0
        note = page.recorder.form.note
        note.setFocus()
        keys.press("n")
        assert context.swallowed == 1
        commit = QInputMethodEvent()
        commit.setCommitString("没人应门")
        QApplication.sendEvent(note, commit)
        assert note.text() == "没人应门"
    finally:
        dressed.removeEventFilter(context)
    with session.store.read() as conn:
        codes = [[c.code for c in load_contacts(conn, w) if c.code[:3] == "VIS"] for w in ids[:3]]
    assert codes == [["VIS-NC"], ["VIS-ABORT-SAFE"], ["VIS-RPC"]]


def test_only_text_fields_take_an_input_method(page: ResultsPage, keys: Keys) -> None:
    """Tiles, choices, ticks and chips have none; every line of text has one."""
    keys.press("2")
    page.recorder.form.open_more(True)
    board = page.recorder.board
    form = page.recorder.form
    off = [board, page.recorder.finer, form.who, *form.who.chips, form.extras.disclosed]
    for widget in off:
        assert not widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    for edit in (form.amount, form.note, form.extras.receipt, form.more.phone, form.more.address):
        assert edit.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_each_outcome_asks_its_own(page: ResultsPage, keys: Keys) -> None:
    """A tile shows the fields it needs and no others."""
    extras = page.recorder.form.extras

    def shown() -> set[str]:
        return {name for name, field in extras.fields.items() if not field.isHidden()}

    for pressed, wanted in (
        ("1", {"receipt"}), ("2", {"pay_by"}), ("3", set()), ("5", {"disclosed"}), ("6", set()),
    ):  # fmt: skip
        page.recorder.pick(pressed)
        assert shown() == wanted
    assert page.recorder.form.plan_button.isHidden()
    page.recorder.pick("3")
    assert not page.recorder.form.plan_button.isHidden()
    for finer, wanted in ((0, {"reason"}), (1, {"shown"}), (2, set())):
        page.recorder.pick("4")
        page.recorder._pick_finer(finer)
        assert shown() == wanted


def test_family_is_confirmed_by_a_tick(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys
) -> None:
    """Without the tick nothing is saved; Space ticks it: three keys."""
    keys.press("5", ENTER)
    assert page.recorder.line is not None
    assert page.recorder.line.debtor_id == ids[0]
    assert "Tick it" in page.recorder.form._errors["disclosed"].text()
    keys.press(" ", ENTER)
    assert fields_of(session, ids[0], "contact")["disclosed"] is False
    keys.press("5")
    page.recorder.form.note.setText("said that the bank wrote")
    keys.press(ENTER)
    assert fields_of(session, ids[1], "contact")["disclosed"] is True


def test_all_that_was_noted_is_recorded(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, photo: Path,
    background: InlineBackground,
) -> None:  # fmt: skip
    """Receipt, minutes, who was there, a found number, consent and a photo, in one entry."""
    form = page.recorder.form
    keys.press("1", "300")
    form.extras.receipt.setText("R-7")
    form.stayed.setValue(12)
    form.who.chips[1].click()
    form.open_more(True)
    form.more.phone.setText("138 1234 5678")
    form.more.consent.setCurrentIndex(1)
    page.recorder.read_files([photo, photo.parent])
    settle(background)
    assert form.more.error.text()  # a folder is none
    assert len(form.more.pieces) == 1
    keys.press(ENTER)
    told = fields_of(session, ids[0], "contact")
    assert told["by"] == ["周平"]
    assert told["consent"] == "yes"
    assert str(told["leave"]).startswith("2026-11-23T09:42")
    assert fields_of(session, ids[0], "payment")["receipt"] == "R-7"
    with session.store.read() as conn:
        assert [one.value for one in load_changes(conn)] == ["13812345678"]
        assert [one.what for one in evidence_of(conn, ids[0])] == ["photo"]
    assert form.more.pieces == []
    assert form.more.phone.text() == ""


def test_wrong_number_is_said_beside_the_field(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys
) -> None:
    """What is no phone number comes back with words, and what was typed is still there."""
    keys.press("6")
    page.recorder.form.open_more(True)
    page.recorder.form.more.phone.setText("next door")
    keys.press(ENTER)
    assert page.recorder.line is not None
    assert page.recorder.line.debtor_id == ids[0]
    assert "no phone number" in page.recorder.form.more.error.text()
    assert page.recorder.form.more.phone.text() == "next door"


def test_correction_fills_the_form_and_keeps_both(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, background: InlineBackground
) -> None:
    """C on a recorded stop: the form as it was; saved, the first entry is undone and the second
    says so; one undo brings the first back."""
    keys.press("2", "5000", ENTER)
    with session.store.read() as conn:
        before = derived_hash(conn)
    keys.press(Qt.Key.Key_Up, "c")
    form = page.recorder.form
    assert form.amount.minor() == 500_000
    assert any("You correct" in text for text in texts(page.recorder._notice))
    form.amount.setFocus()
    form.amount.selectAll()
    keys.press("70", ENTER)
    with session.store.read() as conn:
        entries = [one for one in timeline(conn, ids[0]) if one.kind == "promise"]
    assert [(one.fields["amount"], one.undone) for one in entries] == [
        (500_000, True), (7_000, False),
    ]  # fmt: skip
    session.undo_stack.undo()
    settle(background)
    with session.store.read() as conn:
        assert derived_hash(conn) == before


def test_correction_from_another_page(
    page: ResultsPage, session: Session, ids: list[str], background: InlineBackground
) -> None:
    """A person with the batch of an entry opens that entry to be corrected."""
    told = record(session.store, Outcome(ids[2], "VIS-NC", NOW - timedelta(hours=5)),
                  clock=late_clock)  # fmt: skip
    page.show_item((ids[2], told.batch))
    settle(background)
    assert page.recorder.correcting == told.batch
    assert page.recorder.board.tiles["6"].isChecked()


def test_everything_has_a_name_and_is_reached_by_keys(page: ResultsPage, keys: Keys) -> None:
    """A screen reader hears a name for whatever Tab goes to, and Tab goes to every field."""
    keys.press("2")
    page.recorder.form.open_more(True)
    seen: list[QWidget] = []
    widget = page.focusWidget()
    while widget is not None and widget not in seen and len(seen) < 80:
        seen.append(widget)
        keys._page.focusNextPrevChild(True)
        widget = page.focusWidget()
    for one in seen:
        told = QAccessible.queryAccessibleInterface(one)
        assert told is not None
        name = told.text(QAccessible.Text.Name)
        assert name, f"{type(one).__name__} has no name"
    form = page.recorder.form
    wanted = [form.amount, form.due, form.extras.lists["pay_by"], form.at, form.stayed,
              *form.who.chips, form.note, form.more_button, form.more.phone, form.more.address,
              form.more.consent, form.more.add, page.recorder.save_button,
              page.sheet_button, page.search, page.stops.table]  # fmt: skip
    missing = [type(one).__name__ for one in wanted if one not in seen]
    assert missing == []


def test_pictures_are_small_and_hostile_ones_none(photo: Path) -> None:
    """A photo is scaled down; a bomb, a lie and noise give no picture and no crash."""
    data = photo.read_bytes()
    small = picture(data, "image/jpeg", 80)
    assert small is not None
    assert (small.width(), small.height()) == (80, 53)
    assert picture(data[: len(data) // 8], "image/png", 80) is None
    assert picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", 80) is None
    assert picture(b"%PDF-1.7", "application/pdf", 80) is None
    png = QImage(2, 2, QImage.Format.Format_RGB32)
    path = photo.parent / "tiny.png"
    assert png.save(str(path))
    bomb = bytearray(path.read_bytes())
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2  # what its head says it is
    assert picture(bytes(bomb), "image/png", 80) is None


def test_what_came_from_the_door_on_the_persons_page(
    qtbot: QtBot, session: Session, ids: list[str], photo: Path, background: InlineBackground
) -> None:
    """Masked until revealed; accepted in one press, undone in one; the photo has its picture."""
    door = AtDoor(phone="13812345678", evidence=(read_piece(photo),))
    record(session.store, Outcome(ids[0], "VIS-NC", NOW - timedelta(hours=5), door=door),
           clock=late_clock)  # fmt: skip
    page = CasePage(session)
    qtbot.addWidget(page)
    page.show_item(ids[0])
    show(page, background)
    card = page.door
    assert card.isVisible()
    assert not any("13812345678" in text for text in texts(card))
    card.reveal(True)
    settle(background)
    assert any("13812345678" in text for text in texts(card))
    assert all(button.accessibleName() for button in card.buttons)
    assert not card.buttons[-1].icon().isNull()
    card.buttons[0].click()
    settle(background)
    with session.store.read() as conn:
        assert "13812345678" in load_debtor(conn, ids[0]).phones
    session.undo_stack.undo()
    settle(background)
    with session.store.read() as conn:
        assert len(load_changes(conn)) == 1


def test_the_history_shows_both_and_leads_to_the_form(
    qtbot: QtBot, session: Session, ids: list[str], background: InlineBackground
) -> None:
    """Struck through the first, below it the second with what was noted, in words; C corrects."""
    at = NOW - timedelta(hours=5)
    first = record(session.store, Outcome(ids[0], "VIS-NC", at), clock=late_clock)
    door = AtDoor(reason="no_money", consent="no")
    correct(session.store, first.batch, Outcome(ids[0], "VIS-RPC", at, "OUT-RTP", door=door),
            clock=late_clock)  # fmt: skip
    page = CasePage(session)
    qtbot.addWidget(page)
    page.show_item(ids[0])
    show(page, background)
    model = page.timeline.view.model()
    lines = [model.index(row, 0) for row in range(model.rowCount())]
    told = [line.data(Qt.ItemDataRole.AccessibleTextRole) for line in lines]
    (new,) = [k for k, one in enumerate(told) if "no money at present" in one]
    assert "did not agree to a recording" in told[new]
    assert "corrects an earlier entry" in told[new]
    assert any("nobody there" in one and "undone" in one for one in told)
    wanted: list[object] = []
    session.wanted.connect(lambda place, what: wanted.append((place, what)))
    page.timeline.view.setCurrentIndex(lines[new])
    QTest.keyClick(page.timeline.view, Qt.Key.Key_C)
    with session.store.read() as conn:
        (batch,) = {one.batch for one in timeline(conn, ids[0]) if one.code == "VIS-RPC"}
    assert wanted == [("results", (ids[0], batch))]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_evidence_leaves_only_after_a_tick(
    qtbot: QtBot, session: Session, ids: list[str], photo: Path, background: InlineBackground,
    dressed: QApplication, language: str,
) -> None:  # fmt: skip
    """The dialog shows the picture and its hash; the button waits for the tick; nothing is cut."""
    theme.apply(dressed, "dark")
    i18n.use(language)
    door = AtDoor(evidence=(read_piece(photo),))
    record(session.store, Outcome(ids[0], "VIS-NC", NOW - timedelta(hours=5), door=door),
           clock=late_clock)  # fmt: skip
    with session.store.read() as conn:
        (kept,) = evidence_of(conn, ids[0])
    dialog = EvidenceDialog(session, ids[0], kept)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    settle(background)
    assert dialog.picture.isVisible()
    assert not dialog.out.isEnabled()
    dialog.sure.click()
    assert dialog.out.isEnabled()
    out = photo.parent / "out.jpg"
    dialog.save_to(out)
    settle(background)
    assert out.read_bytes() == photo.read_bytes()
    assert not dialog.out.isEnabled()
    assert clipped(dialog) == []
    assert fields_of(session, "", "export")["what"] == "evidence"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_is_clipped(
    page: ResultsPage, dressed: QApplication, background: InlineBackground, language: str,
    look: str,
) -> None:  # fmt: skip
    """Both languages and themes: every field of every outcome has room."""
    theme.apply(dressed, look)
    i18n.use(language)
    page.recorder.form.open_more(True)
    for key in ("1", "2", "3", "5"):
        page.recorder.pick(key)
        settle(background)
        assert clipped(page) == []
    for finer in (0, 1):
        page.recorder.pick("4")
        page.recorder._pick_finer(finer)
        settle(background)
        assert clipped(page) == []
