"""A number from paper opens its stop: typed, or by a scanner that types it and presses Enter."""

from datetime import date, timedelta

import pytest
from inline import InlineBackground
from looks import clipped, texts
from PySide6.QtCore import Qt
from rounds import DAY, Keys, save_round, settle

from planner.domain.visit_code import spaced, visit_code
from planner.store.facts import load_contacts
from planner.store.store import Store
from ui import i18n
from ui.pages.results import ResultsPage
from ui.session import Session

ENTER = Qt.Key.Key_Return


def visits(session: Session, who: str) -> int:
    """How many visits of a person are recorded."""
    with session.store.read() as conn:
        return sum(one.code.startswith("VIS") for one in load_contacts(conn, who))


def here(page: ResultsPage) -> str:
    """Whose stop is in view."""
    assert page.recorder.line is not None
    return page.recorder.line.debtor_id


def scan(keys: Keys, day: date, who: str) -> None:
    """What a scanner sends: ten digits and Enter, wherever the keyboard is."""
    keys.press(visit_code(day, who), ENTER)


def test_scanned_at_the_tiles(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys
) -> None:
    """A scan while the tiles or the list have the keyboard goes to its stop and records nothing:
    the nought takes the keyboard to the field before a digit can be taken for an outcome."""
    scan(keys, DAY, ids[2])
    assert here(page) == ids[2]
    assert page.recorder.board.hasFocus()
    page.stops.table.setFocus()
    scan(keys, DAY, ids[1])
    assert here(page) == ids[1]
    assert [visits(session, who) for who in ids] == [0, 0, 0, 0]
    keys.press("6", ENTER)
    assert visits(session, ids[1]) == 1


def test_scanned_into_a_sum(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys
) -> None:
    """With the keyboard in a sum or a note a scan still means its stop: nothing is recorded with
    the digits as money, and what was left unsaved is said."""
    keys.press("2")
    scan(keys, DAY, ids[3])
    assert here(page) == ids[3]
    assert any("Stop 1 was left without saving" in text for text in texts(page))
    keys.press("6")
    page.recorder.form.note.setFocus()
    keys.press("dog")
    scan(keys, DAY, ids[2])
    assert here(page) == ids[2]
    assert [visits(session, who) for who in ids] == [0, 0, 0, 0]


@pytest.mark.parametrize("name", ["due", "at", "stayed"])
def test_scanned_into_a_day_or_a_time(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, name: str
) -> None:
    """With the keyboard in a day, a time or minutes, which take digits for their own, a scan goes
    to its stop; one of no stop is said and leaves the field as it was. Nothing is recorded."""
    form = page.recorder.form
    keys.press("2", "5000")
    field = form._fields[name]
    was = field.text()
    for k in range(12):
        field.setFocus()
        scan(keys, DAY, f"nobody {k}")
        assert any("No plan of this workspace" in text for text in texts(page))
        assert field.text() == was
    field.setFocus()
    scan(keys, DAY, ids[3])
    assert here(page) == ids[3]
    assert [visits(session, who) for who in ids] == [0, 0, 0, 0]


def test_another_sheet_scanned_into_a_note(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys
) -> None:
    """A number of no stop of the day, scanned into a note, is said and records nothing; whoever
    means the digits presses Enter once more."""
    keys.press("6")
    page.recorder.form.note.setFocus()
    scan(keys, DAY - timedelta(days=1), ids[1])
    assert any("No plan of this workspace" in text for text in texts(page))
    assert [visits(session, who) for who in ids] == [0, 0, 0, 0]
    page.recorder.form.note.setFocus()
    keys.press(ENTER)
    assert [visits(session, who) for who in ids] == [1, 0, 0, 0]


def test_typed_with_a_gap(page: ResultsPage, ids: list[str], keys: Keys) -> None:
    """Typed by hand as it is printed, in two groups, from the search field."""
    page.search.take_keyboard()
    keys.press(spaced(visit_code(DAY, ids[3])), ENTER)
    assert here(page) == ids[3]


def test_wrong_numbers_are_said(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, empty_store: Store,
    background: InlineBackground,
) -> None:  # fmt: skip
    """A mistyped number, one that is nobody's and one of another day are told apart; the other day
    is one press away, with the stop in view."""
    code = visit_code(DAY, ids[1])
    keys.press(code[:-1] + str((int(code[-1]) + 1) % 10), ENTER)
    assert any("A digit of this number is wrong" in text for text in texts(page))
    page.recorder.board.setFocus()
    scan(keys, DAY, "nobody")
    assert any("No plan of this workspace" in text for text in texts(page))
    other = DAY - timedelta(days=3)
    save_round(empty_store, ids[2:], other)
    page.recorder.board.setFocus()
    scan(keys, other, ids[3])
    assert any("from the sheet of 2026-11-20" in text for text in texts(page))
    assert here(page) == ids[0]
    page._message._button.click()
    settle(background)
    assert (session.day, here(page)) == (other, ids[3])


def test_older_than_the_plan(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, empty_store: Store,
    background: InlineBackground,
) -> None:  # fmt: skip
    """A stop that was taken out since the sheet was printed is said to be gone, and can be
    recorded for all the same."""
    save_round(empty_store, ids[:2], DAY)
    page.refresh()
    settle(background)
    scan(keys, DAY, ids[3])
    assert any("was taken out since" in text for text in texts(page))
    assert here(page) == ids[3]
    keys.press("6", ENTER)
    assert visits(session, ids[3]) == 1


def test_in_the_sheet_entry(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, background: InlineBackground
) -> None:
    """While a sheet is typed in a scan goes to its line; a stop that has its outcome and a number
    of no stop are said, and nothing that was typed is lost."""
    keys.press("6", ENTER)
    page._open_sheet()
    settle(background)
    rows = page.sheet.rows
    scan(keys, DAY, ids[3])
    assert rows[2].cell.hasFocus()
    keys.press("6")
    scan(keys, DAY, ids[0])
    assert any("Stop 1 has its outcome already" in text for text in texts(page.sheet))
    scan(keys, DAY, "nobody")
    assert any("No plan of this workspace" in text for text in texts(page.sheet))
    page.sheet.code.setFocus()
    keys.press("12", ENTER)
    assert any("begins with 0" in text for text in texts(page.sheet))
    assert page.sheet.filled == [rows[2]]
    assert [visits(session, who) for who in ids] == [1, 0, 0, 0]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_field_has_room_and_a_name(
    page: ResultsPage, background: InlineBackground, language: str
) -> None:
    """Both fields say in both languages what they take, and nothing is clipped."""
    i18n.use(language)
    page._open_sheet()
    settle(background)
    assert page.sheet.code.accessibleName()
    assert clipped(page) == []
