"""A card: a quiet surface with a heading and its content."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.widgets.text import Text


class Card(QFrame):
    """A framed surface. Put content into `body`; `head` holds the heading and small controls."""

    def __init__(self, *, heading: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 16, 20, 18)
        outer.setSpacing(10)
        self.title = Text("heading")
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        if heading:
            self.head.addWidget(self.title, 1)
            outer.addLayout(self.head)
        else:
            self.title.setParent(self)
            self.title.hide()
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        outer.addLayout(self.body, 1)

    def set_title(self, text: str) -> None:
        """The heading; also the name for screen readers."""
        self.title.setText(text)
        self.setAccessibleName(text)


def line() -> QFrame:
    """A hairline between parts of a card."""
    frame = QFrame()
    frame.setProperty("part", "line")
    return frame
