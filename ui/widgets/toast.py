"""A short message over the foot of the window; with Undo for ten seconds."""

from PySide6.QtCore import QEvent, QObject, QRectF, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QEnterEvent, QPainter, QPalette
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.i18n import _
from ui.page import Translated
from ui.widgets.buttons import Button
from ui.widgets.text import Text

UNDO_SECONDS = 10
PLAIN_SECONDS = 5
_BELOW = 2  # pixels: over the status line, so that nothing of a page is covered


class Toast(Translated):
    """One message at a time, centred above the parent's lower edge. `undone` = Undo pressed."""

    undone = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = Text("body")
        self._button = Button("quiet", "undo")
        self._button.clicked.connect(self._undo)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self._text)
        row.addWidget(self._button)
        parent.installEventFilter(self)
        self.retranslate()
        self.hide()

    def retranslate(self) -> None:
        """The button's word."""
        self._button.setText(_("Undo"))

    def say(self, text: str, *, undo: bool = False) -> None:
        """Show `text`; the mouse over it stops its clock."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self._button.setVisible(undo)
        self._clock.start((UNDO_SECONDS if undo else PLAIN_SECONDS) * 1000)
        self._place()
        self.show()
        self.raise_()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def withdraw(self) -> None:
        """Take an offer to undo away: the deed it speaks of is not the last one any more."""
        if self._button.isVisibleTo(self):
            self._clock.stop()
            self.hide()

    def _undo(self) -> None:
        self.hide()
        self.undone.emit()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        self.adjustSize()
        width = min(self.width(), parent.width() - 40)
        self.resize(width, self.height())
        self.move((parent.width() - width) // 2, parent.height() - self.height() - _BELOW)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the window is resized."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Wait while the mouse is over the message."""
        self._clock.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Go on waiting."""
        self._clock.start(3000)
        super().leaveEvent(event)

    def paintEvent(self, _event: QEvent) -> None:
        """A raised surface with a clear outline."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.palette().color(QPalette.ColorRole.Dark))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
