"""A whole paper sheet typed in: few keys, all or nothing, one step of undo."""

import pytest
from inline import InlineBackground
from looks import clipped
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from rounds import Keys, settle

from planner.store.facts import load_contacts
from planner.store.state import derived_hash
from planner.store.verify import verify
from ui import i18n, theme
from ui.pages.results import ResultsPage
from ui.session import Session

STOPS = 14
# An evening as crews bring it home: keys for each stop of the paper, in order.
ENTER = Qt.Key.Key_Return
EVENING: tuple[tuple[Qt.Key | str, ...], ...] = (
    ("6", ENTER), ("2", ENTER, "5000", ENTER), ("6", ENTER), ("5", " ", ENTER),
    ("42", ENTER), ("1", ENTER, "3000", ENTER), ("6", ENTER), ("71", ENTER),
    ("2", ENTER, ENTER), ("6", ENTER), ("3", ENTER, "800", ENTER), ("41", ENTER),
    ("s", ENTER), ("6", ENTER),
)  # fmt: skip
CODES = ("VIS-NC", "VIS-RPC", "VIS-NC", "VIS-TPC", "VIS-RPC", "VIS-RPC", "VIS-NC", "VIS-ADR-BAD",
         "VIS-RPC", "VIS-NC", "VIS-RPC", "VIS-RPC", "VIS-ABORT-SAFE", "VIS-NC")  # fmt: skip


@pytest.fixture
def stops() -> int:
    """A round of fourteen stops."""
    return STOPS


def open_sheet(page: ResultsPage, background: InlineBackground) -> None:
    """Press Ctrl+E; the times are those of a round that is over."""
    QTest.keyClick(page.focusWidget(), Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    settle(background)


def save(page: ResultsPage, background: InlineBackground) -> None:
    """Press Ctrl+Enter."""
    QTest.keyClick(page.focusWidget(), ENTER, Qt.KeyboardModifier.ControlModifier)
    settle(background)


def visits(session: Session, ids: list[str]) -> list[list[str]]:
    """Codes of the visits that count, by person."""
    with session.store.read() as conn:
        return [[c.code for c in load_contacts(conn, who) if c.code[:3] == "VIS"] for who in ids]


def state(session: Session) -> str:
    """The hash of all that is derived."""
    with session.store.read() as conn:
        return derived_hash(conn)


def test_fourteen_outcomes_in_few_keys(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, background: InlineBackground
) -> None:
    """Fourteen outcomes from paper: at one key a second far below four minutes, by keyboard only;
    nothing is saved before the last step, and one undo takes the sheet back to the bit."""
    before = state(session)
    open_sheet(page, background)
    for line in EVENING:
        keys.press(*line)
    assert state(session) == before
    save(page, background)
    count = keys.count + 2  # to open, to save
    assert count <= 240 / 4
    assert visits(session, ids) == [[code] for code in CODES]
    written = state(session)
    session.undo_stack.undo()
    settle(background)
    assert state(session) == before
    session.undo_stack.redo()
    settle(background)
    assert state(session) == written
    session.undo_stack.undo()
    settle(background)
    assert state(session) == before
    assert verify(session.store).ok


def test_wrong_lines_are_said_and_the_others_stay(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, background: InlineBackground
) -> None:
    """A line without a sum, one without a reason: words at each, nothing written, nothing lost."""
    before = state(session)
    open_sheet(page, background)
    rows = page.sheet.rows
    keys.press("6", ENTER, "1", Qt.Key.Key_Down)
    rows[2].cell.setFocus()
    keys.press("4")
    save(page, background)
    assert state(session) == before
    assert rows[0]._state.text() == ""
    assert "Type an amount" in rows[1]._state.text()
    assert "Choose what was said" in rows[2]._state.text()
    assert rows[1].cell.hasFocus()
    assert "2 lines cannot be saved" in page.sheet.message.findChild(type(rows[0]._state)).text()
    keys.press(ENTER, "250", ENTER, "1", ENTER)
    save(page, background)
    assert [found[:1] for found in visits(session, ids)[:3]] == [
        ["VIS-NC"],
        ["VIS-RPC"],
        ["VIS-RPC"],
    ]


def test_refused_by_the_store_line_by_line(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, background: InlineBackground
) -> None:
    """What only the store can know stands at its line too: a promise for a day that is over."""
    before = state(session)
    open_sheet(page, background)
    keys.press("6", ENTER, "2", ENTER, "500", ENTER)
    row = page.sheet.rows[1]
    row.due.setDate(row.due.date().addDays(-60))
    save(page, background)
    assert state(session) == before
    assert row._state.text()
    assert page.sheet.rows[0].filled


def test_time_is_the_plans_and_can_be_changed(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, background: InlineBackground
) -> None:
    """Each line has the planned time; another one may be typed and is what is recorded."""
    open_sheet(page, background)
    row = page.sheet.rows[1]
    assert row.time.time().toString("HH:mm") == "10:10"
    row.time.setTime(row.time.time().addSecs(600))
    row.cell.setFocus()
    keys.press("6")
    save(page, background)
    with session.store.read() as conn:
        (visit,) = [c for c in load_contacts(conn, ids[1]) if c.code == "VIS-NC"]
    assert visit.at.strftime("%H:%M") == "02:20"
    assert visit.by == ("周平", "吴静")


def test_recorded_stops_are_left_out_and_typed_lines_kept(
    page: ResultsPage, session: Session, ids: list[str], keys: Keys, background: InlineBackground
) -> None:
    """A stop that has its outcome is not asked for again; Esc and back again loses nothing."""
    keys.press("6", ENTER)
    open_sheet(page, background)
    assert [row.line.number for row in page.sheet.rows] == list(range(2, STOPS + 1))
    keys.press("6", Qt.Key.Key_Escape)
    open_sheet(page, background)
    assert len(page.sheet.filled) == 1
    keys.press(Qt.Key.Key_Up)
    assert page.sheet.rows[0].cell.hasFocus()
    keys.press(Qt.Key.Key_Delete)
    assert page.sheet.filled == []


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_is_clipped(
    page: ResultsPage, keys: Keys, dressed: QApplication, background: InlineBackground,
    language: str, look: str,
) -> None:  # fmt: skip
    """Both languages and themes: every word of the sheet has room, and every line a name."""
    theme.apply(dressed, look)
    i18n.use(language)
    open_sheet(page, background)
    keys.press("2", ENTER, "5000", ENTER, "6", ENTER, "5", " ", ENTER, "3", ENTER)
    assert clipped(page) == []
    names = [row.cell.accessibleName() for row in page.sheet.rows]
    assert len(set(names)) == STOPS
