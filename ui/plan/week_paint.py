"""Paints the week's board: heads of days, names of crews, cells, stops, and one being dragged."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPalette, QPen

from planner.export.map_style import CrewStyle, crew_style
from ui import formats
from ui.i18n import _
from ui.icons import draw
from ui.map.mark_paint import crew_pen, paint_padlock
from ui.plan.day_bar_paint import paint_tick
from ui.plan.week_book import APPOINTMENT, PROMISE, Cell, Chip, Column, CrewLine, Week
from ui.plan.week_grid import BAR, HEAD, LABEL, LINE, PAD, Grid, Spot, shut
from ui.plan.week_words import (
    captions,
    closed_words,
    day_figures,
    day_name,
    hours_used,
    km,
    plain_money,
    visits_words,
)
from ui.theme import is_dark, scaled, tone

ICONS = {PROMISE: "flag", APPOINTMENT: "clock"}


@dataclass(frozen=True, slots=True)
class Carried:
    """A stop on its way: who, where it was taken, where the mouse is, and what is below it."""

    chip: Chip
    origin: Spot
    point: QPointF
    over: Spot | None


class WeekPainter:
    """One painting of the board in the colours of a palette. The painter stands at the content."""

    def __init__(self, painter: QPainter, palette: QPalette, grid: Grid, font: QFont) -> None:
        self._painter = painter
        self._palette = palette
        self._grid = grid
        self._font = font
        self._strong = scaled(font, 1.0, bold=True)
        self._small = scaled(font, 0.86)
        self._dark = is_dark(palette)

    def colour(self, role: QPalette.ColorRole) -> QColor:
        """A colour of the theme."""
        return self._palette.color(role)

    def _style(self, line: CrewLine) -> CrewStyle:
        return crew_style(line.index, dark=self._dark)

    def _text(
        self, box: QRectF, text: str, role: QPalette.ColorRole, font: QFont,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:  # fmt: skip
        painter = self._painter
        painter.setFont(font)
        painter.setPen(self.colour(role))
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width() + 1)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | align, shown)

    def head(self, column: int, today: bool, chosen: bool) -> None:
        """Day, its marks and its sums."""
        painter, grid = self._painter, self._grid
        one, box = grid.week.columns[column], grid.head(column)
        painter.fillRect(box, self.colour(QPalette.ColorRole.Base))
        if today or chosen:
            painter.fillRect(
                QRectF(box.left() + 1, box.top(), box.width() - 1, 3),
                self.colour(QPalette.ColorRole.Accent if chosen else QPalette.ColorRole.Dark),
            )
        line = QRectF(box.left() + PAD, box.top() + 5, box.width() - 2 * PAD, LINE + 2)
        used = self._head_marks(one, line)
        name = day_name(one.day, short=shut(one))
        room = line.adjusted(0, 0, -used, 0)
        self._text(room, name, QPalette.ColorRole.Text, self._strong)
        if shut(one):
            return
        line.translate(0, LINE + 4)
        for text in day_figures(one):
            self._text(line, text, QPalette.ColorRole.PlaceholderText, self._small)
            line.translate(0, LINE)
        painter.setPen(self.colour(QPalette.ColorRole.Mid))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.drawLine(box.topLeft(), box.bottomLeft())

    def _head_marks(self, one: Column, line: QRectF) -> float:
        """Promises due and appointments: icon and count, from the right."""
        x = line.right()
        for kind, people in ((APPOINTMENT, one.meetings), (PROMISE, one.promises)):
            if not people:
                continue
            ink = tone(self._palette, "accent" if kind == APPOINTMENT else "warn").ink
            text = str(len(people))
            wide = QFontMetricsF(self._small).horizontalAdvance(text)
            x -= wide
            self._painter.setFont(self._small)
            self._painter.setPen(ink)
            self._painter.drawText(QPointF(x, line.bottom() - 5), text)
            x -= 16
            draw(self._painter, ICONS[kind], QRectF(x, line.top() + 2, 14, 14), ink)
            x -= 6
        return line.right() - x

    def label(self, row: int) -> None:
        """A crew's name with its pattern, and its sums of the week."""
        painter, grid = self._painter, self._grid
        line, top = grid.week.crews[row], grid.top[row]
        box = QRectF(0, top, LABEL, grid.top[row + 1] - top)
        painter.fillRect(box, self.colour(QPalette.ColorRole.Base))
        cells = [c.cells[line.crew_id] for c in grid.week.columns if line.crew_id in c.cells]
        painter.setPen(crew_pen(self._style(line), 4))
        painter.drawLine(QPointF(8, top + PAD + 4), QPointF(36, top + PAD + 4))
        text = QRectF(8, top + PAD + 10, LABEL - 14, LINE + 2)
        self._text(text, line.name, QPalette.ColorRole.Text, self._strong)
        text.translate(0, LINE + 3)
        count = sum(len(cell.chips) for cell in cells)
        self._text(text, visits_words(count), QPalette.ColorRole.PlaceholderText, self._small)
        text.translate(0, LINE)
        worked = hours_used(sum(c.working for c in cells), sum(c.shift for c in cells))
        self._text(text, worked, QPalette.ColorRole.PlaceholderText, self._small)
        painter.setPen(self.colour(QPalette.ColorRole.Mid))
        painter.drawLine(box.bottomLeft(), box.bottomRight())

    def cell(self, column: int, row: int, *, chosen: str, taken: str, lit: bool) -> None:
        """A crew's day. `chosen`, `taken`: whose stop is ringed or on its way; `lit`: a stop is
        carried over this cell."""
        painter, grid = self._painter, self._grid
        one, box = grid.week.columns[column], grid.box(column, row)
        found = grid.cell(column, row)
        inner = box.adjusted(2, 2, -1, -1)
        if found is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            role = QPalette.ColorRole.AlternateBase if one.over else QPalette.ColorRole.Midlight
            painter.setBrush(self.colour(role))
            painter.drawRoundedRect(inner, 5, 5)
        if lit:
            painter.setPen(QPen(self.colour(QPalette.ColorRole.Accent), 2))
            painter.setBrush(self.colour(QPalette.ColorRole.Light))
            painter.drawRoundedRect(inner.adjusted(1, 1, -1, -1), 5, 5)
        if found is None:
            return
        if found.chips:
            self._figures(found, box, self._style(grid.week.crews[row]))
        elif not one.over and one.book is not None and one.book.plan is not None:
            line = QRectF(box.left() + PAD, box.top() + PAD, box.width() - 2 * PAD, LINE)
            self._text(line, _("stays home"), QPalette.ColorRole.PlaceholderText, self._small)
        style = self._style(grid.week.crews[row])
        for place, chip in enumerate(found.chips):
            painter.setOpacity(0.3 if chip.debtor_id == taken else 1.0)
            self.chip(grid.chip(column, row, place), style, chip, chip.holds(chosen))
        painter.setOpacity(1.0)

    def _figures(self, found: Cell, box: QRectF, style: CrewStyle) -> None:
        quiet, small = QPalette.ColorRole.Text, self._small
        right = Qt.AlignmentFlag.AlignRight
        wide = box.width() - 2 * PAD
        line = QRectF(box.left() + PAD, box.top() + PAD - 1, wide, LINE)
        self._text(line, f"{found.first}–{found.last}", quiet, small)
        self._text(line, km(found.metres), QPalette.ColorRole.PlaceholderText, small, right)
        if found.far:
            used = QFontMetricsF(small).horizontalAdvance(km(found.metres))
            ink = tone(self._palette, "accent").ink
            spot = QRectF(line.right() - used - 13, line.top() + 2, 12, 12)
            draw(self._painter, "pin", spot, ink)
        line.moveTop(box.bottom() - PAD - BAR - LINE - 2)
        worked = hours_used(found.working, found.shift)
        self._text(line, worked, QPalette.ColorRole.PlaceholderText, small)
        self._text(line, plain_money(found.money), quiet, small, right)
        self._bar(QRectF(line.left(), box.bottom() - PAD - BAR, wide, BAR), found, style)

    def _bar(self, track: QRectF, found: Cell, style: CrewStyle) -> None:
        """How much of the shift is used."""
        painter = self._painter
        share = min(1.0, found.working / found.shift) if found.shift else 0.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.colour(QPalette.ColorRole.Mid))
        painter.drawRoundedRect(track, 2, 2)
        painter.setBrush(QColor(style.colour))
        painter.drawRoundedRect(
            QRectF(track.topLeft(), QPointF(track.left() + share * track.width(), track.bottom())),
            2,
            2,
        )

    def chip(self, rect: QRectF, style: CrewStyle, chip: Chip, chosen: bool) -> None:
        """One stop: its number; hollow when recorded or barred; marks on its corners."""
        painter = self._painter
        text = self.colour(QPalette.ColorRole.Text)
        base = self.colour(QPalette.ColorRole.Base)
        if chosen:
            painter.setPen(QPen(text, 2))
            painter.setBrush(base)
            painter.drawRoundedRect(rect.adjusted(-3, -3, 3, 3), 7, 7)
        ink = QColor(style.ink)
        painter.setPen(QPen(base, 1))
        painter.setBrush(QColor(style.colour))
        if chip.state:
            ink = text
            painter.setPen(QPen(QColor(style.colour), 2))
            painter.setBrush(base)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.setFont(scaled(self._small, 1.0, bold=True))
        painter.setPen(ink)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(chip.number))
        if chip.state == "barred":
            painter.setPen(QPen(ink, 1.5))
            painter.drawLine(rect.bottomLeft(), rect.topRight())
        elif chip.state == "done":
            paint_tick(painter, rect.bottomRight() - QPointF(2, 2), ink, base)
        if chip.locked:
            paint_padlock(painter, rect.topRight() + QPointF(-1, 2), text.name(), base.name())
        if chip.mark:
            self._corner(rect, chip.mark)

    def _corner(self, rect: QRectF, mark: str) -> None:
        """A promise due or an appointment: its icon on a disc at the lower left."""
        painter = self._painter
        colours = tone(self._palette, "accent" if mark == APPOINTMENT else "warn")
        spot = rect.bottomLeft() + QPointF(2, -2)
        painter.setPen(QPen(colours.line, 1))
        painter.setBrush(colours.tint)
        painter.drawEllipse(spot, 7, 7)
        draw(painter, ICONS[mark], QRectF(spot.x() - 5, spot.y() - 5, 10, 10), colours.ink)

    def closed(self, column: int, top: float, bottom: float) -> None:
        """Why a day has no visits, along the column; `top`, `bottom` are what is in view."""
        one, box = self._grid.week.columns[column], self._grid.head(column)
        painter = self._painter
        area = QRectF(box.left() + 2, top, box.width() - 3, max(0.0, bottom - top))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.colour(QPalette.ColorRole.AlternateBase))
        painter.drawRoundedRect(area, 5, 5)
        painter.save()
        painter.translate(area.center())
        painter.rotate(90)
        turned = QRectF(-area.height() / 2 + 8, -area.width() / 2, area.height() - 16, area.width())
        painter.setFont(self._small)
        painter.setPen(self.colour(QPalette.ColorRole.PlaceholderText))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(turned, int(flags), closed_words(one))
        painter.restore()

    def carried(self, one: Carried, week: Week) -> None:
        """The stop under the mouse."""
        side = self._grid.side
        rect = QRectF(one.point.x() - side / 2, one.point.y() - side / 2, side, side)
        self._painter.setOpacity(0.9)
        self.chip(rect, self._style(week.crews[one.origin.row]), one.chip, chosen=True)
        self._painter.setOpacity(1.0)

    def night(self, column: int, row: int) -> None:
        """A crew that sleeps away: a moon between the two days."""
        box, painter = self._grid.box(column, row), self._painter
        colours = tone(self._palette, "accent")
        spot = QPointF(box.right(), box.center().y())
        painter.setPen(QPen(colours.line, 1))
        painter.setBrush(colours.tint)
        painter.drawEllipse(spot, 10, 10)
        draw(painter, "moon", QRectF(spot.x() - 7, spot.y() - 7, 14, 14), colours.ink)

    def corner(self) -> None:
        """What the lines of the days' heads are."""
        box = QRectF(0, 0, LABEL, HEAD)
        self._painter.fillRect(box, self.colour(QPalette.ColorRole.Base))
        line = QRectF(8, 5 + LINE + 4, LABEL - 14, LINE)
        for text in captions():
            self._text(line, text, QPalette.ColorRole.PlaceholderText, self._small)
            line.translate(0, LINE)
        self._painter.setPen(self.colour(QPalette.ColorRole.Mid))
        self._painter.drawLine(box.bottomLeft(), box.bottomRight())

    def waiting(self, column: int, height: float) -> None:
        """A day that has not come yet."""
        box = self._grid.head(column)
        line = QRectF(box.left() + PAD, box.bottom() + PAD, box.width() - 2 * PAD, LINE)
        if height > line.bottom():
            self._text(line, formats.NONE, QPalette.ColorRole.PlaceholderText, self._small)
