"""Ask for one sentence: why something is done that the program advises against."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.dialogs.asking import Asking
from ui.i18n import _
from ui.widgets.text import Text

_LONGEST = 200


class ReasonDialog(Asking):
    """`told(text)` when a reason was given; nothing happens without one."""

    told = Signal(str)

    def __init__(self, title: str, why: str, act: str, parent: QWidget | None = None) -> None:
        super().__init__(act, parent=parent)
        self.edit = QLineEdit()
        self.edit.setMaxLength(_LONGEST)
        self.edit.setAccessibleName(_("Reason"))
        self.edit.setPlaceholderText(_("Reason, kept with the plan"))
        self.edit.textChanged.connect(self._check)
        self.go.setEnabled(False)
        self.go.clicked.connect(self._told)
        self.lay_out(title, Text("muted", why, wrap=True), self.edit)

    @Slot(str)
    def _check(self, text: str) -> None:
        self.go.setEnabled(bool(text.strip()))

    @Slot()
    def _told(self) -> None:
        self.told.emit(self.edit.text().strip())
        self.accept()
