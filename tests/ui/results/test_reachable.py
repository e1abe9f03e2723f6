"""The day loop without a mouse: whatever can be pressed is reached by keys and has a name."""

from collections.abc import Iterator

import pytest
from inline import InlineBackground
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollArea,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot
from rounds import Keys, settle, show

from ui import i18n
from ui.dialogs.instalments import PlanDialog
from ui.pages.results import ResultsPage
from ui.pages.today import TodayPage
from ui.session import Session
from ui.today.qr_dialog import QrDialog
from ui.today.trip_dialog import TripDialog

USED = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QTextEdit)


def inside_field(widget: QWidget) -> bool:
    """Whether it is a part of a field that has the name and the keyboard itself."""
    above = widget.parentWidget()
    return isinstance(above, QAbstractSpinBox | QComboBox | QLineEdit)


def used(root: QWidget) -> Iterator[QWidget]:
    """Everything in view that can be pressed, typed into or given the keyboard."""
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or not widget.isEnabled() or inside_field(widget):
            continue
        if isinstance(widget, USED) or (
            widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not isinstance(widget, QScrollArea)
        ):
            yield widget


def told(widget: QWidget) -> str:
    """What a screen reader says of it."""
    reader = QAccessible.queryAccessibleInterface(widget)
    return reader.text(QAccessible.Text.Name).strip() if reader is not None else ""


def nameless(root: QWidget) -> list[str]:
    """What has no name for a screen reader."""
    return [f"{type(one).__name__} {one.toolTip()}" for one in used(root) if not told(one)]


def out_of_reach(root: QWidget) -> list[str]:
    """What takes no keyboard, and no key does the same (a shortcut or a letter in its tip)."""
    return [
        f"{type(one).__name__} {told(one)}"
        for one in used(root)
        if isinstance(one, USED)
        and one.focusPolicy() == Qt.FocusPolicy.NoFocus
        and "(" not in one.toolTip()
    ]


@pytest.fixture(params=["en", "zh_CN"], autouse=True)
def spoken(request: pytest.FixtureRequest) -> None:
    """Both languages."""
    i18n.use(request.param)


def sound(root: QWidget) -> None:
    """Everything in it is named and reached."""
    assert list(used(root))
    assert nameless(root) == []
    assert out_of_reach(root) == []


def test_results(page: ResultsPage, keys: Keys) -> None:
    """With each tile chosen, all that is asked, and what is rarely needed open."""
    page.recorder.form.open_more(True)
    for key in "1234567S":
        page.recorder.board.setFocus()
        keys.press(Qt.Key.Key_Escape, key)
        sound(page)


def test_recorded_and_corrected(page: ResultsPage, ids: list[str], keys: Keys) -> None:
    """A stop that has its outcome: undo and correction are named and reached."""
    keys.press("6", Qt.Key.Key_Return)
    page._to_stop(ids[0])
    sound(page)
    keys.press("C")
    sound(page)


def test_sheet_entry(page: ResultsPage, keys: Keys, background: InlineBackground) -> None:
    """The sheet: each line, its sum, day and time, the number of a stop."""
    page._open_sheet()
    settle(background)
    keys.press("2", Qt.Key.Key_Return, Qt.Key.Key_Return, "6")
    sound(page.sheet)


def test_today(
    qtbot: QtBot, session: Session, ids: list[str], background: InlineBackground
) -> None:
    """Today with a round under way."""
    page = TodayPage(session)
    qtbot.addWidget(page)
    show(page, background)
    sound(page)


def dialogs() -> list[QWidget]:
    """The dialogs that are open."""
    return [one for one in QApplication.topLevelWidgets() if one.isVisible() and one.isModal()]


def test_dialogs_of_today_and_results(
    qtbot: QtBot, session: Session, page: ResultsPage, background: InlineBackground
) -> None:
    """What opens from both pages: instalments, the crew's day, the code for a phone."""
    page.recorder._work_out()
    settle(background)
    today = TodayPage(session)
    qtbot.addWidget(today)
    show(today, background)
    today.tell_trip(0)
    today.next.show_code()
    settle(background)
    found = dialogs()
    assert {type(one) for one in found} == {PlanDialog, TripDialog, QrDialog}
    for dialog in found:
        sound(dialog)
        dialog.close()
