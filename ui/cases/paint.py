"""Cells of the cases table painted from a cache: a screen of 100,000 rows in a few milliseconds.

It looks as every table of the program does (ui/widgets/table.py); what differs is that words are
made once per line, widths once per text, and a chip is drawn once and then copied.
"""

from typing import Any

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from ui.models.book import BookModel
from ui.models.table import Kind
from ui.theme import ROW_HEIGHT, scaled
from ui.widgets.chip import chip_width, paint_chip

_PAD = 10
_CHIP = 22
_KEPT = 4000
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


class CaseCells(QStyledItemDelegate):
    """The delegate of a table over a BookModel; `forget` when font, theme or words changed."""

    def __init__(self, view: QTableView, model: BookModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self.hovered = -1
        self.marked = -1  # current row of the view with the keyboard
        self.forget()

    def forget(self) -> None:
        """Make fonts, colours and pictures anew."""
        view = self._view
        palette, role = view.palette(), QPalette.ColorRole
        plain, bold = QFont(view.font()), QFont(view.font())
        bold.setWeight(QFont.Weight.Bold)
        self._small = scaled(view.font(), 0.92)
        self._fonts = {Kind.STRONG: bold}
        self._plain = plain
        self._metrics = {True: QFontMetricsF(bold), False: QFontMetricsF(plain)}
        self._widths: dict[tuple[bool, str], float] = {}
        self._chips: dict[tuple[str, str, str, int, float], QPixmap] = {}
        self._colours: dict[str, QColor] = {
            "chosen": palette.color(role.Light),
            "hover": palette.color(role.Midlight),
            "text": palette.color(role.Text),
            "muted": palette.color(role.PlaceholderText),
            "accent": palette.color(role.Accent),
        }

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        """Row tint, hairline, mark, then text or chip."""
        rect: QRect = option.rect
        row, colours = index.row(), self._colours
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colours["chosen"])
        elif row == self.hovered:
            painter.fillRect(rect, colours["hover"])
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, colours["hover"])
        if row == self.marked and rect.x() == self._view.columnViewportPosition(0):
            painter.fillRect(rect.x(), rect.y(), 3, rect.height(), colours["accent"])
        kind, text, tone, icon = self._model.cell(row, index.column())
        if kind is Kind.CHIP:
            self._chip(painter, rect, text, tone, icon)
            return
        strong = kind is Kind.STRONG
        painter.setFont(self._fonts[kind] if strong else self._plain)
        painter.setPen(colours["muted" if kind is Kind.MUTED else "text"])
        room = rect.adjusted(_PAD, 0, -_PAD, 0)
        shown = self._fitting(text, strong, room.width())
        painter.drawText(room, _RIGHT if kind is Kind.NUMBER else _LEFT, shown)

    def _fitting(self, text: str, strong: bool, room: int) -> str:
        key = (strong, text)
        width = self._widths.get(key)
        if width is None:
            if len(self._widths) >= _KEPT:
                self._widths.clear()
            width = self._widths[key] = self._metrics[strong].horizontalAdvance(text)
        if width <= room + 1:
            return text
        return self._metrics[strong].elidedText(text, Qt.TextElideMode.ElideRight, room)

    def _chip(self, painter: QPainter, rect: QRect, text: str, tone: str, icon: str) -> None:
        ratio = self._view.devicePixelRatioF()
        key = (text, tone, icon, rect.width(), ratio)
        picture = self._chips.get(key)
        if picture is None:
            if len(self._chips) >= _KEPT:
                self._chips.clear()
            picture = self._chips[key] = self._draw_chip(text, tone, icon, rect.width(), ratio)
        painter.drawPixmap(QPoint(rect.x() + _PAD - 4, rect.center().y() - _CHIP // 2), picture)

    def _draw_chip(self, text: str, tone: str, icon: str, room: int, ratio: float) -> QPixmap:
        width = chip_width(QFontMetricsF(self._small), text, icon)
        width = min(width, room - 2 * _PAD + 8)
        size = QSize(max(1, round(width * ratio)), round(_CHIP * ratio))
        picture = QPixmap(size)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setFont(self._small)
        paint_chip(painter, QRectF(0, 0, width, _CHIP), text, self._view.palette(), tone, icon)
        painter.end()
        return picture

    def sizeHint(self, _option: QStyleOptionViewItem, index: Any) -> QSize:
        """Room for the whole text, when somebody double-clicks a column's edge."""
        kind, text, _tone, icon = self._model.cell(index.row(), index.column())
        metrics = self._metrics[kind is Kind.STRONG]
        width = metrics.horizontalAdvance(text) + 2 * _PAD + 2
        if kind is Kind.CHIP:
            width = chip_width(metrics, text, icon) + 2 * _PAD
        return QSize(round(width), ROW_HEIGHT)
