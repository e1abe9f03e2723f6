"""Ask for a comment that somebody else will read."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ui.dialogs.asking import Asking
from ui.i18n import _
from ui.widgets.text import Text

_LONGEST = 500


class CommentDialog(Asking):
    """`told(text)` when there are words; nothing happens without any. Ctrl+Enter sends."""

    told = Signal(str)

    def __init__(
        self, title: str, why: str, act: str, facts: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(act, parent=parent)
        self.edit = QPlainTextEdit()
        self.edit.setTabChangesFocus(True)
        self.edit.setFixedHeight(110)
        self.edit.setAccessibleName(_("Comment"))
        self.edit.setPlaceholderText(_("Comment"))
        self.edit.textChanged.connect(self._check)
        self.go.setEnabled(False)
        self.go.setShortcut("Ctrl+Return")
        self.go.clicked.connect(self._told)
        parts = [Text("muted", why, wrap=True), self.edit]
        if facts:
            parts.insert(0, Text("body", facts, wrap=True))
        self.lay_out(title, *parts)
        self.edit.setFocus()

    @Slot()
    def _check(self) -> None:
        text = self.edit.toPlainText()
        if len(text) > _LONGEST:
            self.edit.setPlainText(text[:_LONGEST])
        self.go.setEnabled(bool(text.strip()))

    @Slot()
    def _told(self) -> None:
        self.told.emit(self.edit.toPlainText().strip())
        self.accept()


def ask_comment(
    parent: QWidget,
    title: str,
    why: str,
    act: str,
    then: Callable[[str], object],
    facts: str = "",
) -> CommentDialog:
    """Open the dialog over `parent`; what is written goes to `then`."""
    dialog = CommentDialog(title, why, act, facts, parent)
    dialog.told.connect(then)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
