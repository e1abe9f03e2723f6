"""The list of keys (?): what the keyboard does, here and everywhere."""

from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui.i18n import _
from ui.widgets.buttons import Button
from ui.widgets.text import Text

Keys = list[tuple[str, str]]


def everywhere() -> Keys:
    """Keys that work on every screen."""
    return [
        ("Ctrl+1 … 6", _("Go to a page")),
        ("Ctrl+K", _("Find a person or a command")),
        ("Ctrl+Z / Ctrl+Y", _("Undo / redo")),
        ("F6", _("Next pane")),
        ("F5", _("Reload")),
        ("Ctrl+O", _("Import files")),
        ("Ctrl+L", _("Lock the window")),
        ("?", _("This list")),
    ]


class KeyList(QDialog):
    """Two columns: this screen, everywhere."""

    def __init__(self, title: str, here: Keys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("List of keys"))
        columns = QHBoxLayout()
        columns.setSpacing(40)
        if here:
            columns.addLayout(self._column(title, here))
        columns.addLayout(self._column(_("Everywhere"), everywhere()))
        close = Button("secondary")
        close.setText(_("Close"))
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 24, 28, 20)
        box.setSpacing(20)
        box.addLayout(columns)
        box.addLayout(foot)

    def _column(self, title: str, keys: Keys) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addWidget(Text("heading", title))
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(8)
        for number, (key, text) in enumerate(keys):
            cap = Text("small", key)
            cap.setProperty("part", "keycap")
            grid.addWidget(cap, number, 0)
            grid.addWidget(Text("body", text), number, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        column.addStretch(1)
        return column
