"""Paints the day bar: hours, lanes, driving, waiting, stops, and a stop being dragged."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPalette, QPen

from planner.export.map_style import CrewStyle, crew_style
from ui import formats
from ui.i18n import _
from ui.map.mark_paint import crew_pen, paint_padlock
from ui.plan.lanes import BLOCK, HEAD, LABEL, LANE, TAIL, Block, Lane, Ruler
from ui.theme import is_dark, scaled


@dataclass(frozen=True, slots=True)
class Drag:
    """A stop on its way: where it was taken, over which lane and position it is now."""

    block: Block
    origin: int
    lane: int
    position: int
    spot: QPointF


def paint_tick(painter: QPainter, spot: QPointF, colour: QColor, back: QColor) -> None:
    """A small tick on a disc: this visit is recorded."""
    painter.setPen(QPen(back, 1))
    painter.setBrush(colour)
    painter.drawEllipse(spot, 6.5, 6.5)
    painter.setPen(QPen(back, 1.6))
    painter.drawPolyline([spot + QPointF(x, y) for x, y in ((-3, 0), (-1, 2.5), (3, -2.5))])


class BarPainter:
    """One painting of the bar in the colours of a palette."""

    def __init__(self, painter: QPainter, palette: QPalette, ruler: Ruler, font: QFont) -> None:
        self._painter = painter
        self._palette = palette
        self._ruler = ruler
        self._font = font
        self._small = scaled(font, 0.9)
        self._bold = QFont(self._small)
        self._bold.setBold(True)
        self._dark = is_dark(palette)

    def style(self, lane: Lane) -> CrewStyle:
        """The crew's colour and pattern."""
        return crew_style(lane.index, dark=self._dark)

    def colour(self, role: QPalette.ColorRole) -> QColor:
        """A colour of the theme."""
        return self._palette.color(role)

    def axis(self, height: float) -> None:
        """Hours above, hairlines through all lanes."""
        painter, ruler = self._painter, self._ruler
        painter.setFont(self._small)
        room = ruler.x(3600) - ruler.x(0)
        step = 1 if room >= 44 else 2
        for hour in range(ruler.first, ruler.last + 1):
            x = ruler.x(hour * 3600)
            painter.setPen(self.colour(QPalette.ColorRole.Mid))
            painter.drawLine(QPointF(x, HEAD - 4), QPointF(x, height))
            if (hour - ruler.first) % step == 0:
                painter.setPen(self.colour(QPalette.ColorRole.PlaceholderText))
                box = QRectF(x - 30, 0, 60, HEAD - 4)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{hour:02d}:00")

    def lane(self, place: int, lane: Lane, late: bool) -> None:
        """Name, working hours, driving line and the end of the day."""
        painter, ruler = self._painter, self._ruler
        top, middle = ruler.top(place), ruler.top(place) + LANE / 2
        style = self.style(lane)
        hours = QRectF(ruler.x(lane.open), top + 3, 0, LANE - 6)
        hours.setRight(ruler.x(lane.close))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.colour(QPalette.ColorRole.Midlight))
        painter.drawRoundedRect(hours, 5, 5)
        if lane.blocks or lane.slept or lane.sleeps:
            painter.setPen(crew_pen(style, 2.5))
            painter.drawLine(
                QPointF(ruler.x(lane.depart), middle), QPointF(ruler.x(lane.back), middle)
            )
        for span in lane.breaks:
            self._rest(ruler.rest(place, span))
        painter.setPen(crew_pen(style, 4))
        painter.drawLine(QPointF(8, middle), QPointF(34, middle))
        painter.setFont(self._font)
        painter.setPen(self.colour(QPalette.ColorRole.Text))
        room = QRectF(42, top, LABEL - 50, LANE / 2 if lane.slept else LANE)
        name = QFontMetricsF(self._font).elidedText(
            lane.name, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)
        if lane.slept:
            room.translate(0, LANE / 2 - 3)
            self._beside(room, _("from {place}").format(place=lane.slept))
        self._tail(top, lane, late)

    def _rest(self, rect: QRectF) -> None:
        """A break: a quiet box with the two strokes of a pause."""
        painter = self._painter
        painter.setPen(QPen(self.colour(QPalette.ColorRole.PlaceholderText), 1))
        painter.setBrush(self.colour(QPalette.ColorRole.Base))
        painter.drawRoundedRect(rect, 4, 4)
        if rect.width() >= 10:
            painter.setPen(QPen(self.colour(QPalette.ColorRole.Text), 1.5))
            for x in (-2, 2):
                spot = rect.center() + QPointF(x, 0)
                painter.drawLine(spot - QPointF(0, 3), spot + QPointF(0, 3))

    def _tail(self, top: float, lane: Lane, late: bool) -> None:
        painter = self._painter
        if not (lane.blocks or lane.slept or lane.sleeps):
            return
        font = QFont(self._font)
        font.setBold(late)
        painter.setFont(font)
        painter.setPen(self.colour(QPalette.ColorRole.Text))
        box = QRectF(self._ruler.width - TAIL + 10, top + 2, TAIL - 12, LANE / 2 - 2)
        text = formats.minutes_of_day(lane.back)
        if lane.sleeps:
            text = _("{time} in {place}").format(time=text, place=lane.sleeps)
            text = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
        box.translate(0, LANE / 2 - 3)
        self._beside(box, f"{len(lane.blocks)} · {formats.distance(lane.metres)}")

    def _beside(self, box: QRectF, text: str) -> None:
        """A remark in small grey type, cut where it is too long."""
        painter = self._painter
        painter.setFont(self._small)
        painter.setPen(self.colour(QPalette.ColorRole.PlaceholderText))
        fitting = QFontMetricsF(self._small).elidedText(
            text, Qt.TextElideMode.ElideRight, box.width()
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, fitting)

    def block(self, place: int, lane: Lane, block: Block, *, chosen: bool, faded: bool) -> None:
        """One stop; waiting before it is hatched."""
        painter, ruler = self._painter, self._ruler
        rect, style = ruler.block(place, block), self.style(lane)
        painter.setOpacity(0.3 if faded else 1.0)
        if block.start - block.arrive >= 60:
            wait = QRectF(ruler.x(block.arrive), rect.top() + 6, 0, BLOCK - 12)
            wait.setRight(rect.left())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(QColor(style.colour), Qt.BrushStyle.BDiagPattern))
            painter.drawRect(wait)
        if chosen:
            painter.setPen(QPen(self.colour(QPalette.ColorRole.Text), 2))
            painter.setBrush(self.colour(QPalette.ColorRole.Base))
            painter.drawRoundedRect(rect.adjusted(-4, -4, 4, 4), 8, 8)
        self.box(rect, style, block)
        if block.fresh:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.colour(QPalette.ColorRole.Text), 2, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(rect.adjusted(-3, -4, 3, 4), 7, 7)
        painter.setOpacity(1.0)

    def box(self, rect: QRectF, style: CrewStyle, block: Block) -> None:
        """The stop itself."""
        painter = self._painter
        ink = QColor(style.ink)
        painter.setPen(QPen(self.colour(QPalette.ColorRole.Base), 1))
        painter.setBrush(QColor(style.colour))
        if block.state:
            # Done and barred stops are hollow; a tick or a stroke says which it is.
            ink = self.colour(QPalette.ColorRole.Text)
            painter.setPen(QPen(QColor(style.colour), 2))
            painter.setBrush(self.colour(QPalette.ColorRole.Base))
        painter.drawRoundedRect(rect, 5, 5)
        painter.setFont(self._bold)
        painter.setPen(ink)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(block.number))
        if block.state == "barred":
            painter.setPen(QPen(ink, 1.5))
            painter.drawLine(rect.bottomLeft(), rect.topRight())
        elif block.state == "done":
            paint_tick(painter, rect.bottomRight() - QPointF(2, 2), ink, painter.brush().color())
        if block.locked:
            text = self.colour(QPalette.ColorRole.Text).name()
            back = self.colour(QPalette.ColorRole.Base).name()
            paint_padlock(painter, QPointF(rect.right() - 1, rect.top() + 1), text, back)

    def drag(self, drag: Drag, lanes: tuple[Lane, ...]) -> None:
        """The stop under the mouse, and a mark where it would come to stand."""
        painter, ruler, lane = self._painter, self._ruler, lanes[drag.lane]
        others = [b for b in lane.blocks if b.debtor_id != drag.block.debtor_id]
        left = ruler.block(drag.lane, others[drag.position - 1]).right() if drag.position else None
        right = (
            ruler.block(drag.lane, others[drag.position]).left()
            if drag.position < len(others)
            else None
        )
        spots = [x for x in (left, right) if x is not None]
        x = sum(spots) / len(spots) if spots else drag.spot.x()
        if left is None and right is not None:
            x = right - 6
        elif right is None and left is not None:
            x = left + 6
        top = ruler.top(drag.lane)
        accent = self.colour(QPalette.ColorRole.Accent)
        painter.setPen(QPen(accent, 3))
        painter.drawLine(QPointF(x, top + 3), QPointF(x, top + LANE - 3))
        painter.setBrush(accent)
        for y in (top + 3, top + LANE - 3):
            painter.drawEllipse(QPointF(x, y), 3, 3)
        wide = ruler.block(drag.origin, drag.block).width()
        rect = QRectF(drag.spot.x() - wide / 2, drag.spot.y() - BLOCK / 2, wide, BLOCK)
        painter.setOpacity(0.9)
        self.box(rect, self.style(lanes[drag.origin]), drag.block)
        painter.setOpacity(1.0)
