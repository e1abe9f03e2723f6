"""Two small pictures of the inspector: what makes the points, and when somebody is likely met."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from planner.ranking.explain import Explanation, Hour
from ui import formats
from ui.i18n import _, code
from ui.page import Translated
from ui.theme import scaled, tone

ROW = 24
CELL = 30
SMALLEST = 0.05  # points below which a part is not drawn


class PartBars(Translated):
    """One bar for each part of the points: to the right what lifts, to the left what lowers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[tuple[str, float], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_parts(self, parts: tuple[tuple[str, float], ...]) -> None:
        """The parts with their points; lifting ones come first."""
        shown = [part for part in parts if abs(part[1]) >= SMALLEST]
        self._parts = tuple(sorted(shown, key=lambda part: -part[1]))
        self.retranslate()
        self.updateGeometry()
        self.update()

    def retranslate(self) -> None:
        """The same in words, for screen readers."""
        self.setAccessibleName(_("What makes the points"))
        said = (f"{self._word(key)} {formats.signed(value)}" for key, value in self._parts)
        self.setAccessibleDescription("; ".join(said))
        self.update()

    def restyle(self) -> None:
        """Other colours."""
        self.update()

    @staticmethod
    def _word(key: str) -> str:
        return code(f"ranking.part.{key}")

    def sizeHint(self) -> QSize:
        """One line for each part."""
        return QSize(260, ROW * max(1, len(self._parts)))

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for the pane."""
        return QSize(200, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Word, bar from the middle line, signed number."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, metrics = self.palette(), QFontMetricsF(self.font())
        words = max((metrics.horizontalAdvance(self._word(k)) for k, _v in self._parts), default=0)
        label = min(words + 10, self.width() * 0.58)
        figure = metrics.horizontalAdvance("\N{MINUS SIGN}00.0") + 6
        room = self.width() - label - figure
        lowest = min((v for _k, v in self._parts), default=0.0)
        highest = max((v for _k, v in self._parts), default=0.0)
        span = max(max(highest, 0.0) - min(lowest, 0.0), 1.0)
        zero = label + room * (-min(lowest, 0.0) / span)
        for place, (key, value) in enumerate(self._parts):
            top = place * ROW
            painter.setPen(palette.color(QPalette.ColorRole.Text))
            text = metrics.elidedText(self._word(key), Qt.TextElideMode.ElideRight, label - 6)
            painter.drawText(QRectF(0, top, label, ROW), Qt.AlignmentFlag.AlignVCenter, text)
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(QRectF(0, top, self.width(), ROW), right, formats.signed(value))
            colours = tone(palette, "accent" if value > 0 else "warn")
            end = zero + room * value / span
            bar = QRectF(min(zero, end), top + 6, max(2.0, abs(end - zero)), ROW - 12)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.line)
            painter.drawRoundedRect(bar, 2, 2)
        painter.setPen(palette.color(QPalette.ColorRole.Dark))
        if self._parts:
            painter.drawLine(int(zero), 2, int(zero), ROW * len(self._parts) - 2)


class HourStrip(Translated):
    """Eight cells: the chance to meet by band of the day, working days above, weekends below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hours: tuple[Hour, ...] = ()
        self._stop: tuple[bool, int] | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_hours(self, known: Explanation, planned: tuple[bool, int] | None) -> None:
        """The strip of a person; `planned` = (weekend, hour of arrival) of the plan's visit."""
        self._hours = known.strip
        self._stop = planned
        self.retranslate()

    def retranslate(self) -> None:
        """The same in words, for screen readers."""
        self.setAccessibleName(_("Chance to meet by hour"))
        said = (f"{self._when(hour)}: {formats.percent(hour.chance)}" for hour in self._hours)
        self.setAccessibleDescription("; ".join(said))
        self.update()

    def restyle(self) -> None:
        """Other colours."""
        self.update()

    def sizeHint(self) -> QSize:
        """Heading and two rows."""
        return QSize(260, 20 + 2 * (CELL + 3))

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for the pane."""
        return QSize(200, self.sizeHint().height())

    @staticmethod
    def _band(hour: Hour) -> str:
        if hour.start == 0:
            return f"<{hour.stop}"
        return f"{hour.start}+" if hour.stop == 24 else f"{hour.start}–{hour.stop}"

    def _when(self, hour: Hour) -> str:
        days = _("Sat–Sun") if hour.weekend else _("Mon–Fri")
        return f"{days} {self._band(hour)}"

    def _rect(self, place: int) -> QRectF:
        label = QFontMetricsF(scaled(self.font(), 0.9)).horizontalAdvance(_("Mon–Fri")) + 10
        wide = (self.width() - label) / 4
        row, column = divmod(place, 4)
        return QRectF(label + column * wide, 20 + row * (CELL + 3), wide - 3, CELL)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Darker means likelier; the figure stands in the cell; barred hours are hatched."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        small = scaled(self.font(), 0.9)
        painter.setFont(small)
        quiet = palette.color(QPalette.ColorRole.PlaceholderText)
        for place, hour in enumerate(self._hours):
            rect = self._rect(place)
            painter.setPen(quiet)
            if place < 4:
                head = QRectF(rect.left(), 0, rect.width(), 18)
                painter.drawText(head, Qt.AlignmentFlag.AlignCenter, self._band(hour))
            if place % 4 == 0:
                days = _("Sat–Sun") if hour.weekend else _("Mon–Fri")
                side = QRectF(0, rect.top(), rect.left(), CELL)
                painter.drawText(side, Qt.AlignmentFlag.AlignVCenter, days)
            self._cell(painter, rect, hour)
        painter.setFont(self.font())

    def _cell(self, painter: QPainter, rect: QRectF, hour: Hour) -> None:
        palette = self.palette()
        fill = QColor(palette.color(QPalette.ColorRole.Accent))
        # At most a third of full colour: the figure on it keeps its contrast in both themes.
        fill.setAlphaF(0.04 + 0.3 * min(1.0, hour.chance))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(rect, 4, 4)
        today = any(h.permitted for h in self._hours if h.weekend == hour.weekend)
        if today and not hour.permitted:
            painter.setBrush(
                QBrush(palette.color(QPalette.ColorRole.Dark), Qt.BrushStyle.BDiagPattern)
            )
            painter.drawRoundedRect(rect, 4, 4)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, formats.percent(hour.chance))
        if hour.tries:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorRole.Text))
            for dot in range(min(3, hour.tries)):
                painter.drawEllipse(QRectF(rect.right() - 7 - 6 * dot, rect.top() + 4, 4, 4))
        planned = self._stop
        if planned and planned[0] == hour.weekend and hour.start <= planned[1] < hour.stop:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Text), 2))
            painter.drawRoundedRect(rect, 4, 4)

    def event(self, event: QEvent) -> bool:
        """Tooltips say on how many visits a figure rests."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            spot = event.pos().toPointF()
            hour = next(
                (h for i, h in enumerate(self._hours) if self._rect(i).contains(spot)), None
            )
            text = ""
            if hour is not None:
                text = code(
                    "ranking.tries", chance=formats.percent(hour.chance), tries=hour.tries,
                    like_tries=hour.like_tries,
                )  # fmt: skip
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)
