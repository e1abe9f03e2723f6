"""A code to be scanned with a phone: it opens the way to a stop, and says nothing of a person."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.i18n import _
from ui.widgets.buttons import Button
from ui.widgets.qr import QrCode
from ui.widgets.text import Text


class QrDialog(QDialog):
    """The code of stop `number`; Esc, Enter or Q closes it."""

    def __init__(self, rows: tuple[str, ...], number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = _("The way to stop {number}").format(number=number)
        self.setWindowTitle(title)
        code = QrCode(rows)
        code.setAccessibleName(title)
        close = Button("primary")
        close.setText(_("Close"))
        close.setDefault(True)
        close.clicked.connect(self.accept)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(code)
        middle.addStretch(1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 24, 28, 22)
        box.setSpacing(12)
        box.addWidget(Text("heading", title))
        note = _(
            "Scan it with the phone: its map app shows the way. The code holds a position only."
        )
        box.addWidget(Text("muted", note, wrap=True))
        box.addLayout(middle)
        box.addLayout(foot)
