"""The recovery code, shown once: print it, save it, and prove that it was kept."""

from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase, QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QWidget

from planner.errors import PlannerError
from planner.store.envelope import write_whole
from ui import formats
from ui.errors import words
from ui.i18n import _
from ui.page import Translated
from ui.safe.lay import column, foot
from ui.widgets.buttons import Button
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text

_LARGE = 17.0  # points: it is copied by hand
_TAIL = 4  # characters that prove it


class CodeSheet(Translated):
    """`confirmed` when the last four characters were typed; the code is then forgotten here."""

    confirmed = Signal()

    def __init__(self, workspace: Path, day: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._day, self._code = workspace, day, ""
        self._title, self._why = Text("heading", wrap=True), Text("muted", wrap=True)
        self._shown = QLabel()
        self._shown.setTextFormat(Qt.TextFormat.PlainText)
        self._shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._shown.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPointSizeF(_LARGE)
        self._shown.setFont(fixed)
        self._print, self._save = Button("secondary", "print"), Button("secondary", "file")
        self._print.clicked.connect(self._to_paper)
        self._save.clicked.connect(self._to_file)
        self._message = MessageBar(closable=False)
        self._ask = Text("body", wrap=True)
        self.tail = QLineEdit()
        self.tail.setMaximumWidth(120)
        self.tail.setMaxLength(_TAIL)
        self.tail.textChanged.connect(self._typed)
        self.tail.returnPressed.connect(self._confirm)
        self.done = Button("primary", "check")
        self.done.setEnabled(False)
        self.done.clicked.connect(self._confirm)
        ways = QHBoxLayout()
        ways.addStretch(1)
        ways.addWidget(self._print)
        ways.addWidget(self._save)
        ways.addStretch(1)
        column(
            self, self._title, self._why, self._shown, ways, self._message, self._ask,
            foot(self.tail, self.done),
        )  # fmt: skip
        self.lead_to(self.tail)
        self.retranslate()

    def retranslate(self) -> None:
        """All words."""
        self._title.setText(_("Your recovery code"))
        self._why.setText(
            _(
                "It opens the workspace when the passphrase is forgotten. It is shown this once"
                " and kept nowhere: put it on paper, away from this computer."
            )
        )
        self._print.setText(_("Print"))
        self._save.setText(_("Save as a file"))
        self._ask.setText(_("To go on, type the last four characters of the code."))
        self.tail.setAccessibleName(_("Last four characters"))
        self.done.setText(_("I have kept it"))

    def show_code(self, code: str) -> None:
        """Show a fresh code."""
        self._code = code
        half = len(code) // 2
        self._shown.setText(f"{code[:half]}\n{code[half + 1 :]}")
        self._shown.setAccessibleName(code)
        self.tail.clear()
        self._message.clear()

    def forget(self) -> None:
        """Drop the code."""
        self._code = ""
        self._shown.setText("")
        self._shown.setAccessibleName("")

    @Slot()
    def _typed(self) -> None:
        typed = self.tail.text().strip().upper().replace("0", "O").replace("1", "I")
        self.done.setEnabled(bool(self._code) and typed == self._code[-_TAIL:])

    @Slot()
    def _confirm(self) -> None:
        if self.done.isEnabled():
            self.forget()
            self.confirmed.emit()

    def _text(self) -> str:
        return "\n\n".join(
            (
                _("Recovery code of {name}").format(name=self._workspace.name),
                self._code,
                _("Made on {day}. Whoever has it can open the workspace.").format(
                    day=formats.day(self._day)
                ),
            )
        )

    @Slot()
    def _to_paper(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if QPrintDialog(printer, self).exec():
            sheet = QTextDocument()
            sheet.setPlainText(self._text())
            sheet.print_(printer)

    @Slot()
    def _to_file(self) -> None:
        name = _("Recovery code") + ".txt"
        start = str(Path.home() / name)
        chosen, _kind = QFileDialog.getSaveFileName(self, _("Save as a file"), start)
        if not chosen:
            return
        if Path(chosen).parent.absolute() == self._workspace.parent:
            self._message.say(
                _("Not beside the workspace: whoever takes one would have both."), "warn"
            )
            return
        try:
            write_whole(Path(chosen), (self._text() + "\n").encode())
        except (PlannerError, OSError) as error:
            self._message.say(words(error), "warn")
            return
        self._message.say(_("Saved. Move it to where this computer is not."), "accent")
