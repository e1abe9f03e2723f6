"""The curve of a search: money gained by the best plan so far, against the seconds spent."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from planner.routing.solve import Progress
from ui import formats
from ui.i18n import _
from ui.page import Translated
from ui.theme import scaled

FLAT = 4.0  # seconds without a better plan after which the curve says that it has flattened
_GAP = 8.0
_LEAP = 0.5  # seconds


class Curve(Translated):
    """Steps upward: a point for each better plan. The axis ends where the search ends by itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._limit = 1.0
        self._now = 0.0
        self._points: list[tuple[float, int]] = []  # (seconds, minor units), money rising
        self._old: int | None = None
        self._anew = True
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(84)
        self.retranslate()

    def retranslate(self) -> None:
        """The name for screen readers; the sentence beside the curve says its figures."""
        self.setAccessibleName(_("Money gained by the best plan so far"))
        self.update()

    def restyle(self) -> None:
        """Other colours."""
        self.update()

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(480, 120)

    def start(self, limit: float, old: int | None = None, *, anew: bool = True) -> None:
        """An empty curve of a search that ends after `limit` seconds.

        `old` is the money of the plan that it would replace: a dashed line to be passed. A search
        that is not `anew` counts a bonus for each stop that stays.
        """
        self._anew = anew
        self._limit, self._now, self._points = max(0.1, limit), 0.0, []
        self._old = old
        self.update()

    def add(self, progress: Progress) -> None:
        """The search is here now. A plan without a visit is no point: it gains nothing yet."""
        self._now = min(self._limit, progress.seconds)
        best = self._points[-1][1] if self._points else 0
        if progress.visits and (not self._points or progress.objective > best):
            self._points.append((self._now, progress.objective))
        self.update()

    @property
    def first(self) -> int:
        """Money of the first plan, minor units; 0 before there is one."""
        return self._points[0][1] if self._points else 0

    @property
    def flat(self) -> float:
        """Seconds since the last better plan; 0 before the first one."""
        return self._now - self._points[-1][0] if self._points else 0.0

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Axes with words, the area won, the steps, and where the search is now."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = QApplication.palette()
        small = scaled(self.font(), 0.9)
        painter.setFont(small)
        metrics = QFontMetricsF(small)
        high = metrics.height()
        low, top = self._span()
        words = [_money(low), _money(top)] if self._points else [formats.NONE]
        left = max(metrics.horizontalAdvance(word) for word in words) + 2 * _GAP
        room = QRectF(self.rect()).adjusted(left, high + 6, -2 * _GAP, -high - 6)
        self._axes(painter, palette, room, (low, top), high)
        if self._points:
            self._line(painter, palette, room, (low, top))
            self._mark_old(painter, palette, room, (low, top))

    def _span(self) -> tuple[int, int]:
        """The money at the foot and at the top of the axis."""
        if not self._points:
            return 0, 1
        top = max(self._points[-1][1], self._old or 0)
        # The leap of the first moments would hide all that comes after it.
        later = [money for second, money in self._points if second <= _LEAP < self._now]
        low = later[-1] if later else self._points[0][1]
        low = low if self._old is None else min(low, self._old)
        low -= (top - low) // 8
        # A curve that hardly rises must not look like a mountain: at least one in a hundred.
        return low, max(top, low + max(100, abs(low) // 100))

    def _axes(
        self, painter: QPainter, palette: QPalette, room: QRectF, span: tuple[int, int], high: float
    ) -> None:
        quiet = palette.color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1))
        for share in (0.0, 0.5, 1.0):
            y = room.bottom() - share * room.height()
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
        painter.setPen(quiet)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        middle = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        if self._points:
            for money, y in zip(span, (room.bottom(), room.top()), strict=True):
                box = QRectF(0, y - high / 2, room.left() - _GAP, high)
                painter.drawText(box, right, _money(money))
        unit = _("Money gained ({unit})")
        if not self._anew:
            unit = _("Money gained, with a bonus for stops that stay ({unit})")
        painter.drawText(QPointF(0, high - 4), unit.format(unit=formats.money_unit()))
        steps = 4
        for part in range(steps + 1):
            second = self._limit * part / steps
            box = QRectF(
                room.left() + room.width() * part / steps - 60, room.bottom() + 4, 120, high
            )
            word = f"{second:g}" if part < steps else _("{n} s").format(n=f"{second:g}")
            painter.drawText(box.translated(-8 if part == steps else 0, 0), middle, word)

    def _mark_old(
        self, painter: QPainter, palette: QPalette, room: QRectF, span: tuple[int, int]
    ) -> None:
        """Where the plan stands that would be replaced."""
        if self._old is None:
            return
        low, top = span
        y = room.bottom() - room.height() * (self._old - low) / (top - low)
        colour = palette.color(QPalette.ColorRole.Text)
        painter.setPen(QPen(colour, 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
        painter.setClipping(False)
        painter.setPen(colour)
        word, high = _("the plan now"), QFontMetricsF(painter.font()).height()
        box = QRectF(room.right() - 200, y + 1, 196, high)
        if box.bottom() > room.bottom():
            box.moveBottom(y - 1)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignRight), word)

    def _line(
        self, painter: QPainter, palette: QPalette, room: QRectF, span: tuple[int, int]
    ) -> None:
        low, top = span

        def spot(second: float, money: float) -> QPointF:
            return QPointF(
                room.left() + room.width() * second / self._limit,
                room.bottom() - room.height() * (money - low) / (top - low),
            )

        line = QPolygonF()
        for number, (second, money) in enumerate(self._points):
            if number:
                line.append(spot(second, self._points[number - 1][1]))
            line.append(spot(second, money))
        end = spot(self._now, self._points[-1][1])
        line.append(end)
        painter.setClipRect(room.adjusted(-8, -8, 8, 1))
        accent = palette.color(QPalette.ColorRole.Accent)
        area = QPainterPath()
        area.addPolygon(line)
        area.lineTo(QPointF(end.x(), room.bottom()))
        area.lineTo(QPointF(line.first().x(), room.bottom()))
        area.closeSubpath()
        tint = QColor(accent)
        tint.setAlphaF(0.16)
        painter.fillPath(area, tint)
        painter.setPen(QPen(accent, 2))
        painter.drawPolyline(line)
        painter.setBrush(accent)
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Base), 1.5))
        painter.drawEllipse(end, 5, 5)


def _money(minor: int) -> str:
    """A figure of the axis; its unit stands above."""
    return formats.number(round(minor / formats.FEN))
