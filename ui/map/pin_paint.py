"""Pins on the painted map: drawn, found under the pointer, and dragged."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from planner.export.map_style import Look
from ui.map.pins import PinMark

Place = Callable[[float, float], QPointF]
SIZE = 22.0  # pixels; the tip is the lower left corner
ARM, GAP = 17.0, 6.0  # of the cross in the middle, which leaves the spot itself in sight


def _shape(tip: QPointF) -> QPainterPath:
    """A disc with one corner, the tip."""
    box = QRectF(tip.x(), tip.y() - SIZE, SIZE, SIZE)
    path = QPainterPath()
    path.addEllipse(box)
    corner = QPainterPath()
    corner.addRect(QRectF(tip.x(), tip.y() - SIZE / 2, SIZE / 2, SIZE / 2))
    return path.united(corner)


def paint_pins(painter: QPainter, pins: Sequence[PinMark], look: Look, place: Place) -> None:
    """All pins, the chosen one last; `place` answers the pixel of a position."""
    for pin in sorted(pins, key=lambda one: one.chosen):
        tip = place(pin.lat, pin.lon)
        edge, fill = (look.earth, look.accent) if pin.chosen else (look.accent, look.earth)
        pen = QPen(QColor(edge), 2 if pin.weak else 3)
        if pin.weak:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(fill))
        painter.drawPath(_shape(tip))


def pin_at(pins: Sequence[PinMark], place: Place, spot: QPointF) -> int:
    """The index of the pin under a pixel, -1 for none."""
    order = sorted(range(len(pins)), key=lambda k: pins[k].chosen, reverse=True)
    return next((k for k in order if _shape(place(pins[k].lat, pins[k].lon)).contains(spot)), -1)


def paint_cross(painter: QPainter, middle: QPointF, look: Look) -> None:
    """Where Enter places an address."""
    painter.setPen(QPen(QColor(look.accent), 2))
    for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        way = QPointF(x, y)
        painter.drawLine(middle + way * GAP, middle + way * ARM)
