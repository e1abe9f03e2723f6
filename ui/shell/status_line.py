"""The line at the foot: what is chosen or under way, and how the workspace is protected."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui.i18n import _
from ui.widgets.buttons import Button, IconButton
from ui.widgets.text import Text


class StatusLine(QFrame):
    """`exchange_wanted`, `keys_wanted`, `protection_wanted`, `lock_wanted`: its buttons."""

    exchange_wanted = Signal()
    keys_wanted = Signal()
    lock_wanted = Signal()
    protection_wanted = Signal()

    def __init__(self, workspace: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "statusline")
        self._protected = True
        self._left = Text("small")
        self._file = Text("small", workspace)
        self._unsent = Button("quiet", "exchange")
        self._unsent.clicked.connect(self.exchange_wanted)
        self._last = Text("small")
        self._lock = Button("quiet", "unlock")
        self._lock.clicked.connect(self.protection_wanted)
        self._now = Button("quiet")
        self._now.clicked.connect(self.lock_wanted)
        self._keys = IconButton("help")
        self._keys.clicked.connect(self.keys_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 2, 8, 2)
        row.setSpacing(10)
        row.addWidget(self._left, 1)
        row.addWidget(self._last)
        row.addWidget(self._file)
        row.addWidget(self._unsent)  # beside the middle, where messages pass over
        row.addWidget(self._lock)
        row.addWidget(self._now)
        row.addWidget(self._keys)
        self.show_exchange("", "", False)
        self.retranslate()

    def retranslate(self) -> None:
        """Words of the buttons."""
        self._keys.say(_("List of keys"), "?")
        self._now.setText(_("Lock"))
        self._now.setToolTip(_("Lock the window") + "  (Ctrl+L)")
        self._now.setVisible(self._protected)
        self._lock.setText(_("Protected") if self._protected else _("Not protected"))
        self._lock.setToolTip(
            _("The workspace opens with a passphrase only.")
            if self._protected
            else _("Anybody who has this file can open it. Set a passphrase in Settings.")
        )

    def show_protection(self, protected: bool) -> None:
        """Whether a passphrase guards the workspace."""
        self._protected = protected
        self._lock.set_icon("lock" if protected else "unlock")
        self.retranslate()

    def show_exchange(self, unsent: str, last: str, waits: bool) -> None:
        """What is not sent yet and when the last exchange was; empty where there is no team."""
        self._unsent.setText(unsent)
        self._unsent.setVisible(bool(unsent))
        self._unsent.setToolTip(_("Open the exchange") + "  (Ctrl+0)")
        self._unsent.setAccessibleName(f"{_('Exchange')}: {unsent}. {last}")
        self._unsent.set_icon("exchange" if waits else "check")
        self._last.setText(last)
        self._last.setVisible(bool(last))

    def say(self, text: str) -> None:
        """What is chosen (count and sum), or nothing."""
        self._left.setText(text)
