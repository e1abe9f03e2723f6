"""A QR code: black on white in either theme, whole pixels for each module."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

_QUIET = 4  # modules of white around the code: scanners need them


class QrCode(QWidget):
    """The modules; `rows` are texts of "0" and "1", `side` is in pixels."""

    def __init__(
        self, rows: tuple[str, ...], parent: QWidget | None = None, *, side: int = 300
    ) -> None:
        super().__init__(parent)
        self._rows = rows
        self._side = side
        self.setFixedSize(QSize(side, side))

    def set_rows(self, rows: tuple[str, ...]) -> None:
        """Show another code."""
        self._rows = rows
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Whole pixels for each module, so that edges stay sharp."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        count = len(self._rows) + 2 * _QUIET
        ratio = self.devicePixelRatioF()
        size = max(1, int(self._side * ratio) // count) / ratio  # whole pixels of the screen
        margin = int((self._side - size * len(self._rows)) / 2 * ratio) / ratio
        for y, row in enumerate(self._rows):
            for x, module in enumerate(row):
                if module == "1":
                    spot = QRectF(margin + x * size, margin + y * size, size, size)
                    painter.fillRect(spot, Qt.GlobalColor.black)
