"""A short text that goes to another laptop: as a QR code, as a line to copy, as a file."""

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from planner.actions.exchange import write_text
from planner.errors import PlannerError
from planner.export.phone_links import qr_rows
from ui.errors import words
from ui.i18n import _
from ui.page import Translated
from ui.widgets.buttons import Button
from ui.widgets.message_bar import MessageBar
from ui.widgets.qr import QrCode

_SIDE = 236


class TextShare(Translated):
    """The text three times; `name` is what its file is called at first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._what = "", ""
        self._code = QrCode((), side=_SIDE)
        self.line = QPlainTextEdit()
        self.line.setReadOnly(True)
        self.line.setTabChangesFocus(True)
        self.line.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.line.setWordWrapMode(self.line.wordWrapMode().WrapAnywhere)
        self.copy, self.save = Button("secondary"), Button("secondary", "export")
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._choose)
        self.message = MessageBar()
        buttons = QHBoxLayout()
        buttons.addWidget(self.save)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.line, 1)
        right.addLayout(buttons)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._code, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(right, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(row)
        box.addWidget(self.message)
        self.retranslate()

    def retranslate(self) -> None:
        """Words of the buttons."""
        self.copy.setText(_("Copy the text"))
        self.save.setText(_("Save as a file …"))
        self.message.name_cross(_("Close the message"))
        self._code.setAccessibleName(_("QR code of this text"))
        self.line.setAccessibleName(self._what)

    def show_text(self, text: str, what: str, name: str) -> None:
        """Show `text`; `what` it is, for screen readers, and the name of its file."""
        self._what, self._name = what, name
        self._code.set_rows(qr_rows(text))
        self.line.setPlainText(text)
        self.message.clear()
        self.retranslate()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.line.toPlainText())
        self.message.say(_("Copied. Paste it into a message."), "accent")

    @Slot()
    def _choose(self) -> None:
        chosen, _kind = QFileDialog.getSaveFileName(self, _("Save as a file …"), self._name)
        if chosen:
            self.save_to(Path(chosen))

    def save_to(self, path: Path) -> None:
        """Write the text to a file."""
        try:
            write_text(path, self.line.toPlainText())
        except PlannerError as error:
            self.message.say(words(error), "warn")
        else:
            self.message.say(_("Saved as {file}.").format(file=path.name), "accent")
