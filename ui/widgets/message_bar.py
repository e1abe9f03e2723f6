"""A message near the problem: icon, sentence, way out. Never a dialog for what can wait."""

from PySide6.QtCore import QEvent, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui.icons import draw
from ui.theme import tone
from ui.widgets.buttons import Button, IconButton
from ui.widgets.text import Text

_ICONS = {"neutral": "info", "accent": "info", "warn": "warn", "stop": "stop"}


class _Mark(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tone = "neutral"
        self.setFixedSize(QSize(22, 22))

    def paintEvent(self, _event: QEvent) -> None:
        ink = tone(self.palette(), self.tone).ink
        draw(QPainter(self), _ICONS[self.tone], QRectF(1, 1, 20, 20), ink)


class MessageBar(QWidget):
    """Hidden until `say` is called. `pressed` is its one action, `closed` its small cross."""

    pressed = Signal()
    closed = Signal()

    def __init__(self, *, closable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = "neutral"
        self._mark = _Mark()
        self._text = Text("body", wrap=True)
        self._button = Button("secondary")
        self._button.clicked.connect(self.pressed)
        self._cross = IconButton("close")
        self._cross.clicked.connect(self._close)
        self._closable = closable
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(self._mark)
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        row.addWidget(self._cross)
        # Only now: a widget without a parent would flash up as a window of its own.
        self._cross.setVisible(closable)
        self.hide()

    def say(self, text: str, tone_name: str = "neutral", button: str = "") -> None:
        """Show `text` in this tone, with at most one action."""
        self._tone = self._mark.tone = tone_name
        self._text.setText(text)
        self._button.setText(button)
        self._button.setVisible(bool(button))
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.update()

    def clear(self) -> None:
        """Nothing to say any more."""
        self.hide()

    def name_cross(self, text: str) -> None:
        """The word for the small cross."""
        self._cross.say(text)

    def _close(self) -> None:
        self.hide()
        self.closed.emit()

    def paintEvent(self, _event: QEvent) -> None:
        """A tinted surface with a thin outline."""
        colours = tone(self.palette(), self._tone)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.line, 1))
        painter.setBrush(colours.tint)
        painter.drawRoundedRect(QRectF(self.contentsRect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
