"""The crews as tabs: name, done of planned, and the crew's line (colour and dash pattern)."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from ui.theme import crew_colour, crew_dash, scaled


class CrewTab(QAbstractButton):
    """One crew. Its number in the list decides colour and dash pattern, as on the map."""

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.index = index
        self._count = ""
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def say(self, name: str, count: str) -> None:
        """Name and "4 / 13"."""
        self.setText(name)
        self._count = count
        self.setAccessibleName(f"{name} {count}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Name above, count beside, line below."""
        bold = QFontMetricsF(scaled(QApplication.font(), 1.0, bold=True))
        width = bold.horizontalAdvance(self.text()) + bold.horizontalAdvance(self._count) + 40
        return QSize(round(width), 44)

    def minimumSizeHint(self) -> QSize:
        """A name is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QEvent) -> None:
        """Tint, name, count, the crew's line, focus ring."""
        palette, role = self.palette(), QPalette.ColorRole
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plate = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked() or self.underMouse():
            painter.setBrush(palette.color(role.Light if self.isChecked() else role.Midlight))
            painter.drawRoundedRect(plate, 8, 8)
        font = scaled(QApplication.font(), 1.0, bold=self.isChecked())
        painter.setFont(font)
        painter.setPen(palette.color(role.Text))
        room = plate.adjusted(12, 0, -12, -8)
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, int(centre | Qt.AlignmentFlag.AlignLeft), self.text())
        painter.setFont(QApplication.font())
        painter.setPen(palette.color(role.PlaceholderText))
        painter.drawText(room, int(centre | Qt.AlignmentFlag.AlignRight), self._count)
        pen = QPen(crew_colour(palette, self.index), 3)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if crew_dash(self.index):
            pen.setDashPattern(list(crew_dash(self.index)))
        painter.setPen(pen)
        y = plate.bottom() - 6
        painter.drawLine(QPointF(plate.left() + 12, y), QPointF(plate.right() - 12, y))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(role.Accent), 2))
            painter.drawRoundedRect(plate, 8, 8)


class CrewTabs(QWidget):
    """All crews side by side. `picked(index)` when one is pressed."""

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._row.addStretch(1)
        self._tabs: list[CrewTab] = []
        self._strip: QScrollArea | None = None

    def show_crews(self, crews: Sequence[tuple[str, str]], current: int) -> None:
        """(name, count) of each crew; `current` is pressed."""
        while len(self._tabs) < len(crews):
            tab = CrewTab(len(self._tabs))
            tab.clicked.connect(self._pick)
            self._row.insertWidget(len(self._tabs), tab)
            self._tabs.append(tab)
        for index, tab in enumerate(self._tabs):
            tab.setVisible(index < len(crews))
            if index < len(crews):
                tab.say(*crews[index])
                tab.setChecked(index == current)
        if self._strip is not None and current < len(self._tabs):
            self._strip.ensureWidgetVisible(self._tabs[current])

    def in_strip(self) -> QScrollArea:
        """A strip to put into a layout: crews beyond its width are scrolled to."""
        strip = QScrollArea()
        strip.setWidget(self)
        strip.setWidgetResizable(True)
        strip.setFrameShape(QFrame.Shape.NoFrame)
        strip.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        strip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        strip.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        strip.setFixedHeight(58)
        strip.viewport().setAutoFillBackground(False)
        self.setAutoFillBackground(False)
        self._strip = strip
        return strip

    def _pick(self) -> None:
        tab = self.sender()
        if isinstance(tab, CrewTab):
            self.picked.emit(tab.index)
