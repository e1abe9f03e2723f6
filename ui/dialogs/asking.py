"""What every dialog that asks for one decision is made of: a heading, its parts, two buttons."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from ui.i18n import _
from ui.widgets.buttons import Button
from ui.widgets.text import Text

_WIDTH = 520


class Asking(QDialog):
    """`go` is the button that decides and the one that Enter presses; Cancel stands beside it."""

    def __init__(
        self, act: str, icon: str = "", *, title: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title or _("Fairvisit"))
        self.setMinimumWidth(_WIDTH)
        self.go = Button("primary", icon)
        self.go.setText(act)
        self.go.setDefault(True)
        self._leave = Button("secondary")
        self._leave.setText(_("Cancel"))
        self._leave.setAutoDefault(False)
        self._leave.clicked.connect(self.reject)

    def lay_out(self, heading: str, *parts: QWidget | QLayout) -> None:
        """Heading, parts from top to bottom, buttons."""
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 24, 28, 22)
        box.setSpacing(12)
        box.addWidget(Text("heading", heading, wrap=True))
        for part in parts:
            if isinstance(part, QLayout):
                box.addLayout(part)
            else:
                box.addWidget(part)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._leave)
        foot.addWidget(self.go)
        box.addSpacing(4)
        box.addLayout(foot)


def field(name: str, edit: QWidget) -> QVBoxLayout:
    """A field under its name, which is its accessible name too."""
    edit.setAccessibleName(name)
    box = QVBoxLayout()
    box.setSpacing(8)
    box.addWidget(Text("strong", name))
    box.addWidget(edit)
    return box
