"""Errors in words: the expected ones as a sentence, a bug as a dialog with copyable details.

Details name the place in the program only. They hold no values, so no personal data.
"""

import logging
import sys
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from planner.errors import PlannerError, details
from ui.i18n import _, error_text
from ui.widgets.buttons import Button
from ui.widgets.text import Text

log = logging.getLogger(__name__)


def words(error: BaseException) -> str:
    """One sentence for any error: problem and way out."""
    if isinstance(error, PlannerError):
        return error_text(error)
    if isinstance(error, PermissionError):
        return _("The file may not be read or written. Close it elsewhere or choose another one.")
    if isinstance(error, FileNotFoundError):
        return _("The file is not there any more. Choose it anew.")
    if isinstance(error, OSError):
        return _("The disk did not answer or is full. Make room and try again.")
    return _("Something went wrong in the program. Your data is safe; nothing was half written.")


class ErrorDialog(QDialog):
    """What went wrong, in words; for a bug also details to copy."""

    def __init__(self, error: BaseException, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        expected = isinstance(error, PlannerError | OSError)
        self.setWindowTitle(_("Fairvisit") if expected else _("Unexpected error"))
        self.setMinimumWidth(560)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 18)
        box.setSpacing(12)
        box.addWidget(Text("heading", words(error), wrap=True))
        foot = QHBoxLayout()
        foot.addStretch(1)
        if not expected:
            box.addWidget(
                Text("muted", _("The details below hold no names or numbers of people."), wrap=True)
            )
            box.addWidget(self._details(error))
            foot.addWidget(self._button("secondary", _("Copy details"), self._copy))
        word = _("Close") if expected else _("Go on")
        foot.addWidget(self._button("primary", word, self.accept))
        box.addLayout(foot)

    def _details(self, error: BaseException) -> QPlainTextEdit:
        self._text = QPlainTextEdit(details(error))
        self._text.setReadOnly(True)
        self._text.setMaximumHeight(180)
        self._text.setAccessibleName(_("Details"))
        return self._text

    def _button(self, role: str, text: str, slot: Callable[[], object]) -> Button:
        button = Button(role)
        button.setText(text)
        button.clicked.connect(slot)
        return button

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())


class Catcher(QObject):
    """Takes what nobody caught (sys.excepthook) to the GUI thread, once at a time."""

    caught = Signal(object)

    def install(self) -> None:
        """Become the process's excepthook."""
        sys.excepthook = self._hook

    def _hook(
        self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        log.error("uncaught\n%s", details(error))
        if isinstance(error, KeyboardInterrupt):
            QGuiApplication.quit()
            return
        self.caught.emit(error)
