"""Labels of the few kinds that the window uses: heading, body, muted, figure."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QLabel, QSizePolicy, QWidget

from ui.theme import scaled

_KINDS = {
    "title": (1.5, True, ""),
    "heading": (1.15, True, ""),
    "body": (1.0, False, ""),
    "strong": (1.0, True, ""),
    "muted": (1.0, False, "muted"),
    "small": (0.92, False, "muted"),
    "figure": (2.1, True, ""),
}


class Text(QLabel):
    """Plain text (never rich text: what is shown may come from a file)."""

    def __init__(
        self,
        kind: str = "body",
        text: str = "",
        *,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        self.setText(text)
        part = _KINDS[kind][2]
        if part:
            self.setProperty("part", part)
        self._refont()

    def _refont(self) -> None:
        factor, bold, _part = _KINDS[self._kind]
        font = scaled(QApplication.font(), factor, bold=bold)
        if font != self.font() or self.font().weight() != font.weight():
            self.setFont(QFont(font))

    def changeEvent(self, event: QEvent) -> None:
        """The size follows the program's font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationFontChange:
            self._refont()
