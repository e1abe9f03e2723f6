"""The number of a stop in the colour of its crew."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from ui.theme import contrast, crew_colour, scaled


class NumberPlate(QWidget):
    """The number of the stop in the crew's colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number, self._crew = "", 0
        self.setFixedSize(QSize(56, 56))

    def say(self, number: int, crew: int) -> None:
        """Another stop."""
        self._number, self._crew = str(number), crew
        self.setAccessibleName(self._number)
        self.update()

    def paintEvent(self, _event: QEvent) -> None:
        """A filled disc with the number in it."""
        colour = crew_colour(self.palette(), self._crew)
        ink = max(
            (self.palette().color(role) for role in
             (QPalette.ColorRole.Base, QPalette.ColorRole.Text)),
            key=lambda one: contrast(one, colour),
        )  # fmt: skip
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QRectF(self.rect()).adjusted(2, 2, -2, -2))
        painter.setFont(scaled(QApplication.font(), 1.7, bold=True))
        painter.setPen(ink)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._number)
