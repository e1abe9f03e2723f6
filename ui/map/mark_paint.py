"""Paints routes, homes, stops and eligible persons as resources/map/board.js draws them."""

import functools
from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from planner.export.map_layers import Marks
from planner.export.map_style import CrewStyle, Look, crew_style
from ui.map.mercator import metres_per_pixel

Place = Callable[[float, float], QPointF]
Spot = tuple[float, float]
_HOUSE = ((-9, -1), (0, -10), (9, -1), (6.5, -1), (6.5, 8), (-6.5, 8), (-6.5, -1))
NEAR = 11.0
AREA_FILL, AREA_LIT = 0.14, 0.28  # how much of an area's colour lies over the ground


def radius_at(zoom: float, *, loose: bool) -> float:
    """Radius of a mark in pixels."""
    if loose:
        return 5.0 if zoom >= NEAR else 4.0
    return 12.0 if zoom >= NEAR else 10.0


def crew_pen(style: CrewStyle, width: float) -> QPen:
    """The line of a crew: colour and dash pattern."""
    pen = QPen(QColor(style.colour), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if style.dash else Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if style.dash:
        pen.setDashPattern(list(style.dash))
    return pen


def paint_ways(
    painter: QPainter, marks: Marks, look: Look, place: Place, zoom: float, chosen: int
) -> None:
    """What lies under the names of places: eligible persons and the crews' ways."""
    styles = [crew_style(k, dark=look.dark) for k in range(len(marks.crews))]
    _areas(painter, marks, look, place, chosen)
    size, dense = radius_at(zoom, loose=True), painter.device().devicePixelRatioF()
    dot, faint = (_dot(look, size, dense, weak) for weak in (False, True))
    half = dot.deviceIndependentSize().width() / 2
    for index, loose in enumerate(marks.loose, len(marks.stops)):
        if index != chosen:
            spot = place(loose.lat, loose.lon)
            corner = QPointF(spot.x() - half, spot.y() - half)
            painter.drawPixmap(corner, faint if loose.weak else dot)
    for way, style in zip(marks.lines(), styles, strict=True):
        lines = [QPolygonF([place(lat, lon) for lat, lon in part]) for part in once(way)]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(QColor(look.earth), 6), crew_pen(style, 3)):
            painter.setPen(pen)
            for line in lines:
                painter.drawPolyline(line)


def once(way: Sequence[Spot]) -> list[list[Spot]]:
    """A way (lat, lon) without what it goes a second time, in parts: dashes over dashes would look
    like a full line."""
    seen: set[frozenset[Spot]] = set()
    parts: list[list[Spot]] = []
    open_part = False
    for begin, end in pairwise(way):
        fresh = frozenset((begin, end)) not in seen
        seen.add(frozenset((begin, end)))
        if fresh and open_part:
            parts[-1].append(end)
        elif fresh:
            parts.append([begin, end])
        open_part = fresh
    return parts


def paint_stops(
    painter: QPainter, marks: Marks, look: Look, place: Place, zoom: float, chosen: int
) -> None:
    """What lies above the names: homes and stops, the chosen mark on top."""
    styles = [crew_style(k, dark=look.dark) for k in range(len(marks.crews))]
    first_loose = len(marks.stops)
    for crew, style in zip(marks.crews, styles, strict=True):
        for lat, lon in crew.places():
            _house(painter, place(lat, lon), style, look)
    for index, stop in enumerate(marks.stops):
        if index != chosen:
            spot, style = place(stop.lat, stop.lon), styles[stop.crew]
            _stop(painter, spot, style, look, zoom, stop.number, locked=stop.locked, weak=stop.weak)
    if 0 <= chosen < first_loose:
        stop = marks.stops[chosen]
        spot, style = place(stop.lat, stop.lon), styles[stop.crew]
        _ring(painter, spot, radius_at(zoom, loose=False), look)
        _stop(painter, spot, style, look, zoom, stop.number, locked=stop.locked, weak=stop.weak)
    elif first_loose <= chosen < first_loose + len(marks.loose):
        loose = marks.loose[chosen - first_loose]
        _chosen_dot(painter, place(loose.lat, loose.lon), look, zoom)


def _areas(painter: QPainter, marks: Marks, look: Look, place: Place, chosen: int) -> None:
    """Outlines of areas: filled where a trip pays, broken where not; the chosen one is bolder."""
    keys = marks.keys()
    key = keys[chosen] if 0 <= chosen < len(keys) else ""
    for area in sorted(marks.areas, key=lambda one: key in one.keys):
        lit = key in area.keys
        colour = QColor(crew_style(area.crew, dark=look.dark).colour)
        pen = QPen(QColor(look.accent) if lit else colour, 3 if lit else 2)
        if not area.solid:
            pen.setDashPattern([3, 3])
        fill = QColor(colour)
        fill.setAlphaF(AREA_LIT if lit else AREA_FILL if area.solid else 0.0)
        painter.setPen(pen)
        painter.setBrush(fill)
        painter.drawPolygon(QPolygonF([place(lat, lon) for lat, lon in area.ring]))


def _ring(painter: QPainter, spot: QPointF, size: float, look: Look) -> None:
    painter.setBrush(QColor(look.earth))
    painter.setPen(QPen(QColor(look.accent), 2))
    painter.drawEllipse(spot, size + 5, size + 5)


def _stop(
    painter: QPainter, spot: QPointF, style: CrewStyle, look: Look, zoom: float, number: int,
    *, locked: bool, weak: bool,
) -> None:  # fmt: skip
    size = radius_at(zoom, loose=False)
    rim = QPen(QColor(style.colour if weak else look.earth), 2.5 if weak else 1.5)
    if weak:  # its place is not known to the street: hollow, with a broken rim
        rim.setDashPattern([2.0, 1.4])
    painter.setPen(rim)
    painter.setBrush(QColor(look.earth if weak else style.colour))
    painter.drawEllipse(spot, size, size)
    font = QFont(painter.font())
    font.setPixelSize(11 if number < 100 else 9)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor(style.colour if weak else style.ink))
    box = QRectF(spot.x() - size, spot.y() - size, 2 * size, 2 * size)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))
    if locked:
        paint_padlock(painter, spot + QPointF(size * 0.75, -size * 0.75), look.accent, look.earth)


def paint_padlock(painter: QPainter, spot: QPointF, colour: str, back: str) -> None:
    """A small padlock on a disc: this stop stays where it is."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(back))
    painter.drawEllipse(spot, 6.5, 6.5)
    painter.fillRect(QRectF(spot.x() - 3, spot.y() - 0.5, 6, 4), QColor(colour))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colour), 1.2))
    painter.drawArc(QRectF(spot.x() - 2, spot.y() - 3, 4, 5), 0, 180 * 16)


def _house(painter: QPainter, spot: QPointF, style: CrewStyle, look: Look) -> None:
    path = QPainterPath()
    path.addPolygon(QPolygonF([spot + QPointF(x, y) for x, y in _HOUSE]))
    path.closeSubpath()
    painter.setPen(QPen(QColor(look.earth), 1.5))
    painter.setBrush(QColor(style.colour))
    painter.drawPath(path)


@functools.lru_cache(maxsize=16)
def _dot(look: Look, size: float, dense: float, weak: bool) -> QPixmap:
    """The mark of an eligible person as a picture: thousands of circles would take too long."""
    wide = 2 * round(size + 2)
    picture = QPixmap(round(wide * dense), round(wide * dense))
    picture.setDevicePixelRatio(dense)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(look.earth))
    rim = QPen(QColor(look.loose), 1.5)
    if weak:
        rim.setDashPattern([1.5, 1.5])
    painter.setPen(rim)
    painter.drawEllipse(QPointF(wide / 2, wide / 2), size, size)
    painter.end()
    return picture


def _chosen_dot(painter: QPainter, spot: QPointF, look: Look, zoom: float) -> None:
    size = radius_at(zoom, loose=True)
    painter.setBrush(QColor(look.earth))
    painter.setPen(QPen(QColor(look.accent), 4))
    painter.drawEllipse(spot, size, size)


def paint_scale(painter: QPainter, area: QRectF, look: Look, lat: float, zoom: float) -> None:
    """A bar of a round number of metres, bottom left."""
    per_pixel = metres_per_pixel(lat, zoom)
    widest = 120 * per_pixel
    steps = [factor * 10**power for power in range(1, 7) for factor in (1, 2, 5)]
    length = max((step for step in steps if step <= widest), default=10)
    wide = length / per_pixel
    x, y = area.left() + 12, area.bottom() - 14
    painter.setPen(QPen(QColor(look.label), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(
        QPolygonF(
            [QPointF(x, y - 6), QPointF(x, y), QPointF(x + wide, y), QPointF(x + wide, y - 6)]
        )
    )
    font = QFont(painter.font())
    font.setPixelSize(12)
    font.setBold(False)
    painter.setFont(font)
    text = f"{length // 1000} km" if length >= 1000 else f"{length} m"
    painter.drawText(QPointF(x + 5, y - 4), text)


def paint_note(painter: QPainter, area: QRectF, look: Look, text: str) -> None:
    """A small word on a plate, bottom right."""
    font = QFont(painter.font())
    font.setPixelSize(12)
    font.setBold(False)
    painter.setFont(font)
    wide = painter.fontMetrics().horizontalAdvance(text) + 12
    box = QRectF(area.right() - wide - 10, area.bottom() - 28, wide, 20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(look.earth))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(look.label))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
