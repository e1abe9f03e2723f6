"""An empty pane says one sentence and offers one button, and perhaps one link."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.icons import draw
from ui.widgets.buttons import Button
from ui.widgets.text import Text


class Picture(QWidget):
    """An icon, large and quiet."""

    def __init__(self, name: str, size: int = 44, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._size = size
        self.setFixedSize(QSize(size, size))

    def paintEvent(self, _event: QEvent) -> None:
        """Draw in the colour of secondary text."""
        colour = self.palette().color(QPalette.ColorRole.PlaceholderText)
        draw(QPainter(self), self._name, QRectF(0, 0, self._size, self._size), colour)


class EmptyState(QWidget):
    """What to see where there is nothing yet. Connect `pressed` and `linked`."""

    pressed = Signal()
    linked = Signal()

    def __init__(self, icon: str, *, primary: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = Text("heading", wrap=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._more = Text("muted", wrap=True)
        self._more.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._button = Button("primary" if primary else "secondary")
        self._button.clicked.connect(self.pressed)
        self._link = Button("quiet")
        self._link.clicked.connect(self.linked)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        box = QVBoxLayout()
        box.setSpacing(12)
        box.addStretch(2)
        box.addWidget(Picture(icon), 0, Qt.AlignmentFlag.AlignHCenter)
        box.addWidget(self._sentence)
        box.addWidget(self._more)
        box.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addWidget(self._link, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(3)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 24, 24, 24)
        row.addStretch(1)
        row.addLayout(box, 4)
        row.addStretch(1)
        self.say("")

    def say(self, sentence: str, button: str = "", link: str = "", more: str = "") -> None:
        """The words; what is empty is not shown."""
        for widget, text in (
            (self._sentence, sentence),
            (self._more, more),
            (self._button, button),
            (self._link, link),
        ):
            widget.setText(text)
            widget.setVisible(bool(text))
        self.setAccessibleName(sentence)
