"""Ask for the passphrase of a protected workspace before the window opens."""

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from planner.errors import PlannerError
from planner.store.store import Store
from ui.errors import words
from ui.i18n import _
from ui.widgets.buttons import Button
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text


class UnlockDialog(QDialog):
    """Tries `opener(passphrase)` until it gives a store; `store` is None when the user gives up."""

    def __init__(
        self, name: str, opener: Callable[[str], Store], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.store: Store | None = None
        self._opener = opener
        self.setWindowTitle(_("Fairvisit"))
        self.setMinimumWidth(460)
        self._edit = QLineEdit()
        self._edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._edit.setAccessibleName(_("Passphrase"))
        self._message = MessageBar(closable=False)
        self._open = Button("primary", "unlock")
        self._open.setText(_("Open the workspace"))
        self._open.setDefault(True)
        self._open.clicked.connect(self._try)
        leave = Button("secondary")
        leave.setText(_("Quit"))
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(self._open)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 24, 28, 22)
        box.setSpacing(14)
        box.addWidget(Text("heading", _("{name} is protected").format(name=name), wrap=True))
        box.addWidget(Text("muted", _("Type its passphrase.")))
        box.addWidget(self._edit)
        box.addWidget(self._message)
        box.addLayout(foot)

    def _try(self) -> None:
        try:
            self.store = self._opener(self._edit.text())
        except PlannerError as error:
            self._message.say(words(error), "warn")
            self._edit.selectAll()
            self._edit.setFocus()
            return
        self.accept()
