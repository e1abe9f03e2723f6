"""Progress inside the pane: a determinate bar, a sentence that means something, Cancel."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from ui.i18n import _
from ui.page import Translated
from ui.widgets.buttons import Button
from ui.widgets.text import Text


class Progress(Translated):
    """Hidden until `start`. `cancelled` is emitted once when the user presses Cancel."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = Text("body", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._button = Button("secondary")
        self._button.clicked.connect(self._cancel)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self._text)
        left.addWidget(self._bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(16)
        row.addLayout(left, 1)
        row.addWidget(self._button)
        self._cancel_words = ""
        self.retranslate()
        self.hide()

    def retranslate(self) -> None:
        """The button's word."""
        self._button.setText(self._cancel_words or _("Cancel"))
        self._bar.setAccessibleName(_("Progress"))

    def start(self, text: str, cancel_words: str = "") -> None:
        """Begin at nought. `cancel_words` may say what stopping keeps ("Stop, keep this plan")."""
        self._cancel_words = cancel_words
        self.retranslate()
        self._button.setEnabled(True)
        self._bar.setValue(0)
        self._text.setText(text)
        self.show()

    def advance(self, share: float, text: str = "") -> None:
        """Show `share` (0-1, never backwards) and, if given, a new sentence."""
        self._bar.setValue(max(self._bar.value(), round(1000 * min(1.0, max(0.0, share)))))
        if text:
            self._text.setText(text)

    def stop(self) -> None:
        """The work is over."""
        self.hide()

    def _cancel(self) -> None:
        self._button.setEnabled(False)
        self.cancelled.emit()
