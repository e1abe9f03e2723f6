"""The commands of the plan screen: each has a key, a letter, and a place in Ctrl+K.

With an input method on, letters never arrive: therefore each letter has a twin with Ctrl.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from ui.i18n import N_, _

_ARROWS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right)
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


@dataclass(frozen=True, slots=True)
class Command:
    """`text` names it in Ctrl+K; `letter` works where nothing is typed. One may be missing."""

    text: str = ""
    keys: str = ""
    letter: Qt.Key | None = None


COMMANDS = {
    "forward": Command(N_("Create or renew the plan"), "Ctrl+Return"),
    "rest": Command(letter=Qt.Key.Key_R),
    "gaps": Command(N_("Fill the gaps only"), "Ctrl+G", Qt.Key.Key_G),
    "on": Command(N_("Plan on from now …"), "Ctrl+Shift+O", Qt.Key.Key_O),
    "sheets": Command(N_("Print day sheets"), "Ctrl+P"),
    "bring": Command(N_("Show the smallest change"), "Ctrl+Shift+S", Qt.Key.Key_S),
    "add": Command(N_("Add to plan"), "Ctrl+Shift+A", Qt.Key.Key_A),
    "lock": Command(N_("Lock or unlock the stop"), "Ctrl+Shift+L"),
    "drop": Command(N_("Remove the stop"), "Ctrl+Backspace"),
    "pause": Command(N_("Pause contact"), "Ctrl+H", Qt.Key.Key_H),
    "must": Command(N_("Has to be visited, or no more"), "Ctrl+Shift+V", Qt.Key.Key_V),
    "whole": Command(N_("Show the whole plan"), "Ctrl+0", Qt.Key.Key_F),
    "week": Command(N_("Day or week"), "Ctrl+Shift+W", Qt.Key.Key_W),
}


class Commands(QObject):
    """Actions of `page` by name; `slots` says what each does."""

    def __init__(self, page: QWidget, slots: dict[str, Callable[[], object]]) -> None:
        super().__init__(page)
        self._slots = slots
        self.actions: dict[str, QAction] = {}
        for name, command in COMMANDS.items():
            if not command.keys:
                continue
            action = QAction(page)
            action.setShortcut(QKeySequence(command.keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(slots[name])
            page.addAction(action)
            self.actions[name] = action

    def retranslate(self) -> None:
        """Names in the language in use."""
        for name, action in self.actions.items():
            action.setText(_(COMMANDS[name].text))

    def letter(self, event: QKeyEvent) -> bool:
        """Do what a letter means here; False when it means nothing."""
        if event.modifiers() not in _PLAIN:
            return False
        for name, command in COMMANDS.items():
            if command.letter == event.key():
                self._slots[name]()
                return True
        return False


def may_be_letter(event: QKeyEvent) -> bool:
    """Whether the key belongs to the page: no arrow, nothing held with it."""
    return event.modifiers() in _PLAIN and event.key() not in _ARROWS
