"""Paints roads and waters onto a picture, and the names of places where marks leave room."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QPolygonF,
    QTransform,
)

from planner.export.map_ground import Ground, Line
from planner.export.map_style import Look
from ui.map.mercator import project

Spot = Callable[[QPointF], QPointF]
ROAD_WIDTH = (3.2, 2.6, 1.9, 1.1)
ROAD_FROM = (0.0, 0.0, 8.0, 10.5)  # zoom from which a road class is drawn
PLACE_FROM = (0.0, 8.0, 9.75, 11.5)
PLACE_POINTS = (11.0, 9.5, 9.0, 8.5)


def _path(lines: tuple[Line, ...], *, closed: bool = False) -> QPainterPath:
    path = QPainterPath()
    for line in lines:
        path.addPolygon(QPolygonF([QPointF(*project(lat, lon)) for lat, lon in line]))
        if closed:
            path.closeSubpath()
    return path


class GroundPainter:
    """Keeps the projected shapes, so that a redraw is only a transformation."""

    def __init__(self, ground: Ground) -> None:
        self._roads = [_path(lines) for lines in ground.roads]
        self._rivers = _path(ground.rivers)
        self._lakes = _path(ground.lakes, closed=True)
        self._places = [(QPointF(*project(p.lat, p.lon)), p.name, p.rank) for p in ground.places]
        spots = [(p.lat, p.lon) for p in ground.places]
        spots += [spot for road in ground.roads for line in road for spot in line[:1]]
        self._corners = spots and [
            (min(s[0] for s in spots), min(s[1] for s in spots)),
            (max(s[0] for s in spots), max(s[1] for s in spots)),
        ]

    def corners(self) -> list[tuple[float, float]]:
        """South-west and north-east (lat, lon) of everything, or nothing."""
        return self._corners

    def paint(self, picture: QPixmap, x: float, y: float, zoom: float, look: Look) -> None:
        """Fill `picture` with the ground around the Mercator point (x, y)."""
        picture.fill(QColor(look.earth))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = picture.deviceIndependentSize()
        scale = 2.0**zoom
        view = QTransform().translate(size.width() / 2, size.height() / 2)
        view = view.scale(scale, scale).translate(-x, -y)
        painter.setTransform(view, True)
        painter.fillPath(self._lakes, QColor(look.water))
        self._stroke(painter, self._rivers, look.water, 2.0)
        for rank in (3, 2, 1, 0):
            if zoom >= ROAD_FROM[rank]:
                self._stroke(painter, self._roads[rank], look.roads[rank], ROAD_WIDTH[rank])
        painter.end()

    @staticmethod
    def _stroke(painter: QPainter, path: QPainterPath, colour: str, width: float) -> None:
        pen = QPen(QColor(colour), width)
        pen.setCosmetic(True)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(path, pen)

    def paint_names(
        self, painter: QPainter, area: QRectF, place: Spot, zoom: float, look: Look,
        marks: Sequence[tuple[QPointF, float]],
    ) -> None:  # fmt: skip
        """Names of places, larger ones first: none over another, none over `marks` (discs of
        centre and radius); `place` answers the pixel of a Mercator point."""
        taken: list[QRectF] = []
        for point, name, rank in self._places:
            spot = place(point)
            if zoom < PLACE_FROM[rank - 1] or not area.contains(spot):
                continue
            font = QFont(painter.font())
            font.setPointSizeF(PLACE_POINTS[rank - 1])
            font.setBold(rank < 3)
            measure = QFontMetricsF(font)
            half = measure.horizontalAdvance(name) / 2 + 4
            box = _seat(spot, half, measure.height(), rank, taken, marks)
            if box is None:
                continue
            taken.append(box)
            path = QPainterPath()
            # Strokes of a character overlap: counted odd and even they would cut each other out.
            path.setFillRule(Qt.FillRule.WindingFill)
            path.addText(box.left() + 4, box.bottom() - measure.descent(), font, name)
            halo = QPen(QColor(look.earth), 3)
            halo.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.strokePath(path, halo)
            painter.fillPath(path, QColor(look.label))
            if any(_reaches(centre, reach, QRectF(spot, spot)) for centre, reach in marks):
                continue
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.label))
            size = 2.4 if rank < 3 else 1.6
            painter.drawEllipse(spot, size, size)


def _seat(
    spot: QPointF, half: float, high: float, rank: int, taken: Sequence[QRectF],
    marks: Sequence[tuple[QPointF, float]],
) -> QRectF | None:  # fmt: skip
    """Where a name may stand: above its place, below, beside; a larger place also farther off."""
    moves = [(0.0, -high - 3), (0.0, 4.0), (half + 4, -high / 2), (-half - 4, -high / 2)]
    if rank < 3:
        moves += [(0.0, sign * far - high / 2) for far in (24, 38, 56) for sign in (-1, 1)]
        moves += [(half + 16, -high / 2), (-half - 16, -high / 2)]
    for right, down in moves:
        box = QRectF(spot.x() + right - half, spot.y() + down, 2 * half, high)
        free = not any(box.intersects(other) for other in taken)
        if free and not any(_reaches(centre, size, box) for centre, size in marks):
            return box
    return None


def _reaches(centre: QPointF, size: float, box: QRectF) -> bool:
    """Whether a disc reaches into a box."""
    x = centre.x() - min(max(centre.x(), box.left()), box.right())
    y = centre.y() - min(max(centre.y(), box.top()), box.bottom())
    return x * x + y * y < size * size
