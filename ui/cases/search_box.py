"""A search field that waits for a pause in typing; Down goes into the list, Esc ends it."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

WAIT = 120  # milliseconds after the last key


class SearchBox(QLineEdit):
    """`asked(text)` when typing paused, `ended` when it is empty again, `list_wanted` on Down,
    `left` on Esc. Enter is `returnPressed`, as in every line."""

    asked = Signal(str)
    ended = Signal()
    list_wanted = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setClearButtonEnabled(True)
        self.setProperty("draft", False)  # a search is nothing to be saved
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT)
        self._timer.timeout.connect(self.ask)
        self.textChanged.connect(self._typed)

    @property
    def wanted(self) -> str:
        """What is looked for, "" for nothing."""
        return self.text().strip()

    def say(self, name: str, hint: str, keys: str = "Ctrl+F") -> None:
        """Its name, what can be typed, and the shortcut."""
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setToolTip(f"{hint}  ({keys})")

    def ask(self) -> None:
        """Ask now."""
        self._timer.stop()
        if self.wanted:
            self.asked.emit(self.wanted)

    def take_keyboard(self) -> None:
        """The keyboard comes here, what stands here is chosen."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def _typed(self) -> None:
        if self.wanted:
            self._timer.start()
        else:
            self._timer.stop()
            self.ended.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down and Esc leave the field."""
        match event.key():
            case Qt.Key.Key_Down:
                self.list_wanted.emit()
            case Qt.Key.Key_Escape:
                self.clear()
                self.left.emit()
            case _:
                super().keyPressEvent(event)
