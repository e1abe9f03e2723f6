"""What was typed and not saved when the window locked: kept in the workspace, shown afterwards.

The texts go into the encrypted workspace before it is closed, so that nothing of them stays in
memory; after the next opening they are taken out again and offered to be copied. Fields for
passphrases and fields with the property `draft` set to False (search boxes) are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from planner.store import settings
from planner.store.store import Store

KEY = "window.typed"
_MOST = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """One field: what it is called on the screen, and what was typed."""

    label: str
    text: str


def typed(widget: QWidget) -> list[Draft]:
    """The fields of the window `widget` in which somebody typed something that was not saved."""
    found = []
    for edit in widget.findChildren(QWidget):
        text = _text(edit).strip()
        ours = edit.isVisible() and edit.window() is widget.window()
        if text and ours and edit.property("draft") is not False:
            found.append(Draft(edit.accessibleName() or edit.window().windowTitle(), text))
    return found[:_MOST]


def _text(edit: QWidget) -> str:
    if isinstance(edit, QLineEdit):
        part_of_another = isinstance(edit.parentWidget(), QAbstractSpinBox | QComboBox)
        hidden = edit.echoMode() != QLineEdit.EchoMode.Normal
        # The palette of commands and other floating search fields have no word on saving.
        popup = edit.window().windowType() == Qt.WindowType.Popup
        if edit.isModified() and not (part_of_another or hidden or popup or edit.isReadOnly()):
            return edit.text()
    if isinstance(edit, QPlainTextEdit | QTextEdit):
        changed = edit.document().isModified() and not edit.isReadOnly()
        return edit.toPlainText() if changed else ""
    return ""


def keep(store: Store, drafts: Sequence[Draft]) -> None:
    """Keep them in the workspace. PlannerError("store.…")."""
    with store.write() as tx:
        settings.put(tx, KEY, [[one.label, one.text] for one in drafts])


def take(store: Store) -> list[Draft]:
    """Take them out of the workspace again. PlannerError("store.…")."""
    with store.read() as conn:
        kept = settings.get(conn, KEY, [])
    if not kept:
        return []
    with store.write() as tx:
        settings.put(tx, KEY, [])
    return [Draft(str(label), str(text)) for label, text in kept]
