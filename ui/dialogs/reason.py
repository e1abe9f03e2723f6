"""Ask for one sentence: why something is done that the program advises against."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.i18n import _
from ui.widgets.buttons import Button
from ui.widgets.text import Text

_LONGEST = 200


class ReasonDialog(QDialog):
    """`told(text)` when a reason was given; nothing happens without one."""

    told = Signal(str)

    def __init__(self, title: str, why: str, act: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Fairvisit"))
        self.setMinimumWidth(520)
        self.edit = QLineEdit()
        self.edit.setMaxLength(_LONGEST)
        self.edit.setAccessibleName(_("Reason"))
        self.edit.setPlaceholderText(_("Reason, kept with the plan"))
        self.edit.textChanged.connect(self._check)
        self.go = Button("primary")
        self.go.setText(act)
        self.go.setDefault(True)
        self.go.setEnabled(False)
        self.go.clicked.connect(self._told)
        leave = Button("secondary")
        leave.setText(_("Cancel"))
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(self.go)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 24, 28, 22)
        box.setSpacing(14)
        box.addWidget(Text("heading", title, wrap=True))
        box.addWidget(Text("muted", why, wrap=True))
        box.addWidget(self.edit)
        box.addLayout(foot)

    @Slot(str)
    def _check(self, text: str) -> None:
        self.go.setEnabled(bool(text.strip()))

    @Slot()
    def _told(self) -> None:
        self.told.emit(self.edit.text().strip())
        self.accept()
