"""Recording outcomes: few keys, true consequences, words beside the field, undo."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from inline import InlineBackground
from looks import clipped, texts
from people import listed
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot
from rounds import DAY, NASTY, NOW, Keys, late_clock, rename, settle, show

from planner.actions.outcomes import Outcome
from planner.actions.record import record
from planner.actions.undo import undo_batch
from planner.errors import PlannerError
from planner.policy.pack import default_policy
from planner.store.facts import load_contacts, load_person_facts
from planner.store.state import derived_hash
from planner.store.store import Store, new_debtor_id
from ui import i18n, theme
from ui.pages.results import ResultsPage
from ui.results.amount import parse_amount
from ui.results.choices import CHOICES, TILES
from ui.results.preview import due_day, load_preview, write
from ui.session import Session, Toast


def contacts_of(session: Session, who: str) -> list[str]:
    """Codes of the visits that count."""
    with session.store.read() as conn:
        return [c.code for c in load_contacts(conn, who) if c.code.startswith("VIS")]


def test_nobody_home_needs_few_keys(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys
) -> None:
    """Nobody there: at most six keys from one stop to the next, and all of it is written."""
    keys.press("6", Qt.Key.Key_Return)
    assert keys.count <= 6
    with session.store.read() as conn:
        (visit,) = [c for c in load_contacts(conn, ids[0]) if c.code == "VIS-NC"]
    assert (visit.address_id, visit.by) == ("A0", ("周平", "吴静"))
    assert visit.at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%H:%M") == "09:30"
    assert page.recorder.line is not None
    assert page.recorder.line.debtor_id == ids[1]


def test_promise_needs_few_keys(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys
) -> None:
    """A promise of another sum: at most ten keys; due a week later on a working day."""
    keys.press("2", "5000", Qt.Key.Key_Return)
    assert keys.count <= 10
    with session.store.read() as conn:
        (promise,) = load_person_facts(conn, ids[0], DAY).promises
    assert (promise.amount, promise.due) == (500_000, date(2026, 11, 30))


def test_a_whole_round_without_the_mouse(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys
) -> None:
    """Four stops, four kinds of outcome, keyboard only; the crew's count follows."""
    keys.press("6", Qt.Key.Key_Return, "41", Qt.Key.Key_Return)
    keys.press("1", "300", Qt.Key.Key_Return, "s", Qt.Key.Key_Return)
    found = [contacts_of(session, who) for who in ids]
    assert found == [["VIS-NC"], ["VIS-RPC"], ["VIS-RPC"], ["VIS-ABORT-SAFE"]]
    assert page.stops.next_open() is None
    assert page._message.isVisible()


def test_consequence_is_what_record_says(session: Session, ids: list[str]) -> None:
    """For each of the choices the consequence shown before equals the one after recording."""
    store, who = session.store, ids[0]
    base = Outcome(who, "VIS-NC", NOW - timedelta(hours=3), address_id="A0")
    preview = load_preview(store, base)
    for choice in CHOICES:
        outcome = replace(base, code=choice.code, result=choice.result)
        if "due" in choice.asks:
            outcome = replace(outcome, amount=preview.overdue, due=preview.due)
        saved, _change, batch = write(store, outcome, late_clock)
        assert saved.after == preview.consequences[choice.code, choice.result], choice
        undo_batch(store, batch)


def test_last_rule_is_named_when_no_end_is_known(session: Session, ids: list[str]) -> None:
    """A wrong address leads to the address check, not to the pause that hides it for days."""
    base = Outcome(ids[0], "VIS-NC", NOW - timedelta(hours=3), address_id="A0")
    after = load_preview(session.store, base).consequences["VIS-ADR-BAD", ""]
    assert after.until is None
    assert after.rule in ("gate.address_unusable", "data.address", "data.position")


def test_consequence_stands_above_each_tile(page: ResultsPage) -> None:
    """Before anything is pressed each tile says what follows from it."""
    for tile in TILES:
        button = page.recorder.board.tiles[tile.key]
        assert button.after.startswith(("No visit until", "No further visit", "A further visit"))
        assert button.accessibleDescription() == button.after


def test_toast_says_the_consequence_and_undo_takes_it_back(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, background: InlineBackground
) -> None:
    """After saving the toast says what follows; Undo restores the derived state to the bit."""
    toasts: list[Toast] = []
    session.toasted.connect(toasts.append)
    with session.store.read() as conn:
        before = derived_hash(conn)
    keys.press("2", Qt.Key.Key_Return)
    assert toasts[-1].undo
    assert "No visit until 12-" in toasts[-1].text
    assert page.stops.model.rows[0].visited is not None
    session.undo_stack.undo()
    settle(background)
    with session.store.read() as conn:
        assert derived_hash(conn) == before
    assert page.stops.model.rows[0].visited is None


def test_recorded_stop_says_so_and_can_be_undone(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, background: InlineBackground
) -> None:
    """Going back to a recorded stop shows what was recorded; its button takes it back."""
    keys.press("6", Qt.Key.Key_Return, Qt.Key.Key_Up)
    assert page.recorder.line is not None
    assert page.recorder.line.debtor_id == ids[0]
    assert any("nobody there" in text for text in texts(page.recorder._notice))
    page.recorder._notice.pressed.emit()
    settle(background)
    assert contacts_of(session, ids[0]) == []


@pytest.mark.parametrize("typed", ["abc", "0", "-5", ""])
def test_wrong_amount_is_said_beside_the_field(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, typed: str
) -> None:
    """A sum that is none is refused in words under its field; nothing is written."""
    keys.press("2")
    page.recorder.form.amount.setText(typed)
    keys.press(Qt.Key.Key_Return)
    assert page.recorder.form._errors["amount"].isVisible()
    assert page.recorder.form._errors["amount"].text()
    assert page.recorder.form.amount.hasFocus()
    assert contacts_of(session, ids[0]) == []


def test_time_to_come_is_refused(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys
) -> None:
    """A visit cannot have taken place later than now."""
    keys.press("6")
    page.recorder.form.show_time(NOW + timedelta(hours=2))
    keys.press(Qt.Key.Key_Return)
    assert page.recorder.form._errors["at"].isVisible()
    assert contacts_of(session, ids[0]) == []


def test_one_more_tap(page: ResultsPage, session: Session, ids: list[str], keys: Keys) -> None:
    """Tile 4 asks what was said: Enter alone saves nothing, a digit chooses, Esc starts anew."""
    keys.press("4", Qt.Key.Key_Return)
    assert contacts_of(session, ids[0]) == []
    keys.press(Qt.Key.Key_Escape, "4", "5", Qt.Key.Key_Return)
    with session.store.read() as conn:
        visits = [c for c in load_contacts(conn, ids[0]) if c.code == "VIS-RPC"]
    assert [c.result for c in visits] == ["OUT-CEASE"]


def test_input_method_is_off_and_keys_have_twins(page: ResultsPage) -> None:
    """Digits reach the tiles with a Chinese input method on; Alt works from inside a field."""
    board = page.recorder.board
    off = Qt.WidgetAttribute.WA_InputMethodEnabled
    assert not board.testAttribute(off)
    assert not any(tile.testAttribute(off) for tile in board.tiles.values())
    page.recorder.form.note.setFocus()
    QTest.keyClick(page, Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier)
    assert board.tiles["6"].isChecked()


def test_record_for_anybody(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, background: InlineBackground
) -> None:
    """Somebody without a stop is found by initials; the time is then now, the crew as before."""
    page.show_item(ids[3])
    with session.store.write() as tx:
        who = new_debtor_id(tx, "id:off")
        tx.append([listed(who, 9)])
    rename(session.store, who, "慕容雪")
    page.search.setText("mrx")
    page.search.ask()
    settle(background)
    assert [line.debtor_id for line in page.stops.model.rows] == [who]
    page._take_first()
    settle(background)
    keys.press("6", Qt.Key.Key_Return)
    with session.store.read() as conn:
        (visit,) = [c for c in load_contacts(conn, who) if c.code == "VIS-NC"]
    assert visit.at == NOW
    assert page.search.text() == ""


def test_refused_by_the_store_comes_back(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An outcome that could not be written comes back with what was typed and why."""

    def refuse(*_args: object) -> None:
        raise PlannerError("record.due_in_past", due="2026-01-01")

    monkeypatch.setattr("ui.pages.results.write", refuse)
    keys.press("2", "77", Qt.Key.Key_Return)
    form = page.recorder.form
    assert page.recorder.line is not None
    assert page.recorder.line.debtor_id == ids[0]
    assert form.amount.minor() == 7_700
    assert form._errors["due"].isVisible()
    assert page.stops.next_open() is not None


def test_broken_rule_is_kept_and_said(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, background: InlineBackground
) -> None:
    """A second visit on the same day is written, flagged, and said in words."""
    store = session.store
    record(store, Outcome(ids[0], "VIS-NC", NOW - timedelta(hours=7)), clock=late_clock)
    page.refresh()
    settle(background)
    keys.press("6", Qt.Key.Key_Return)
    assert len(contacts_of(session, ids[0])) == 2
    assert any("outside the contact rules" in text for text in texts(page._message))


def test_hostile_name_is_only_text(
    page: ResultsPage, session: Session, ids: list[str], background: InlineBackground
) -> None:
    """A name with markup is shown as masked plain text, never run."""
    rename(session.store, ids[0], NASTY)
    page.refresh()
    settle(background)
    assert page.recorder.head._name.textFormat() is Qt.TextFormat.PlainText
    assert "<img" not in page.recorder.head._name.text()
    assert page.findChildren(QPlainTextEdit) == []


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_is_clipped(
    page: ResultsPage, keys: Keys, dressed: object, language: str, look: str
) -> None:
    """Both languages and themes: every word of the page has room, in each state."""
    theme.apply(dressed, look)  # type: ignore[arg-type]
    i18n.use(language)
    for key in ("2", Qt.Key.Key_Escape, "4", Qt.Key.Key_Escape, "7"):
        keys.press(key)
        assert clipped(page) == []
        for tile in page.recorder.board.tiles.values():
            assert tile.height() >= tile.needed(tile.width())


@pytest.mark.parametrize(
    ("typed", "minor"),
    [("5,000", 500_000), ("5000.50", 500_050), ("1.2万", 1_200_000), ("１００", 10_000),
     ("￥88", 8_800), ("0.005", None), ("nan", None), ("1e3", 100_000), ("", None)],
)  # fmt: skip
def test_amounts_as_people_type_them(typed: str, minor: int | None) -> None:
    """Separators, 万, full-width digits and the sign are understood; half a fen is not."""
    assert parse_amount(typed) == minor


def test_due_day_is_a_working_day() -> None:
    """A promise is offered for a day a week later or after, never for a Sunday or holiday."""
    policy = default_policy()
    assert due_day(policy, date(2026, 11, 23)) == date(2026, 11, 30)
    assert due_day(policy, date(2026, 11, 22)).isoweekday() != 7
    assert due_day(policy, date(2026, 9, 25)) > date(2026, 10, 2)


def test_no_plan_still_records(
    qtbot: QtBot,
    tmp_path: Path,
    session_of: Callable[[Store], Session],
    empty_store: Store,
    background: InlineBackground,
) -> None:
    """Without a plan the list says so and offers the plan; search still finds people."""
    page = ResultsPage(session_of(empty_store))
    qtbot.addWidget(page)
    show(page, background)
    assert "No plan for this day yet." in texts(page)
    assert clipped(page) == []
