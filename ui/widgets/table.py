"""The table of this program: whole rows hover and are chosen, chips and bars in cells.

Built for 20,000 rows: no widget per cell, fixed row height, widths from a sample of rows.
"""

from itertools import groupby
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
    QResizeEvent,
    QTextLayout,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ui.models.table import CELL, Cell, DataTable, Kind
from ui.theme import ROW_HEIGHT, scaled
from ui.widgets.chip import chip_width, paint_chip

_PAD = 10
_TALL = 48  # row height where a column wraps
_SAMPLE = 60


class _Cells(QStyledItemDelegate):
    """Paints one cell: row tint, then text, chip or bar."""

    def __init__(self, table: "Table") -> None:
        super().__init__(table)
        self._table = table

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the cell in the colours of the view's palette."""
        palette = self._table.palette()
        rect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(rect, palette.color(QPalette.ColorRole.Light))
        elif index.row() == self._table.hovered:
            painter.fillRect(rect, palette.color(QPalette.ColorRole.Midlight))
        painter.setPen(palette.color(QPalette.ColorRole.Midlight))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if index.column() == self._table.first_column() and self._table.marks(index.row()):
            painter.fillRect(
                rect.x(), rect.y(), 3, rect.height(), palette.color(QPalette.ColorRole.Accent)
            )
        cell: Cell = index.data(CELL) or Cell(Kind.TEXT)
        text = index.data(Qt.ItemDataRole.DisplayRole) or ""
        room = QRectF(rect).adjusted(_PAD, 0, -_PAD, 0)
        if cell.kind is Kind.CHIP:
            self._chip(painter, room, text, cell, palette, outline=chosen)
        else:
            self._text(painter, room, text, cell, index, palette)
        painter.restore()

    def _chip(
        self,
        painter: QPainter,
        room: QRectF,
        text: str,
        cell: Cell,
        palette: QPalette,
        *,
        outline: bool,
    ) -> None:
        if not text:
            return
        painter.setFont(scaled(self._table.font(), 0.92))
        width = min(chip_width(QFontMetricsF(painter.font()), text, cell.icon), room.width() + 8)
        chip = QRectF(room.left() - 4, room.center().y() - 11, width, 22)
        paint_chip(painter, chip, text, palette, cell.tone, cell.icon, outline=outline)

    def _text(
        self,
        painter: QPainter,
        room: QRectF,
        text: str,
        cell: Cell,
        index: QModelIndex | QPersistentModelIndex,
        palette: QPalette,
    ) -> None:
        if cell.kind is Kind.BAR:
            track = QRectF(room.left(), room.center().y() - 2, max(0.0, room.width() - 46), 4)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorRole.Mid))
            painter.drawRoundedRect(track, 2, 2)
            track.setWidth(track.width() * min(1.0, max(0.0, cell.share)))
            painter.setBrush(palette.color(QPalette.ColorRole.Accent))
            painter.drawRoundedRect(track, 2, 2)
        font = QFont(self._table.font())
        if cell.kind is Kind.STRONG:
            font.setWeight(QFont.Weight.Bold)
        painter.setFont(font)
        role = (
            QPalette.ColorRole.PlaceholderText
            if cell.kind is Kind.MUTED
            else QPalette.ColorRole.Text
        )
        painter.setPen(palette.color(role))
        if cell.kind is Kind.WRAP:
            _two_lines(painter, room, text, font)
            return
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width() + 1)
        align = index.data(Qt.ItemDataRole.TextAlignmentRole) or Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, int(align), shown)

    def sizeHint(
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Room for the whole text."""
        cell: Cell = index.data(CELL) or Cell(Kind.TEXT)
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        font = QFont(self._table.font())
        if cell.kind is Kind.STRONG:
            font.setWeight(QFont.Weight.Bold)
        metrics = QFontMetricsF(font)
        width = metrics.horizontalAdvance(text) + 2 * _PAD + 2
        if cell.kind is Kind.CHIP:
            width = chip_width(metrics, text, cell.icon) + 2 * _PAD
        elif cell.kind is Kind.BAR:
            width += 60
        return QSize(round(width), ROW_HEIGHT)


def _two_lines(painter: QPainter, room: QRectF, text: str, font: QFont) -> None:
    """Draw `text` in at most two lines, the second one elided."""
    layout = QTextLayout(text, font)
    layout.beginLayout()
    first = layout.createLine()
    first.setLineWidth(room.width())
    layout.endLayout()
    metrics = QFontMetricsF(font)
    rest = text[first.textLength() :].strip()
    high = metrics.lineSpacing() * (2 if rest else 1)
    top = QRectF(room.left(), room.center().y() - high / 2, room.width(), metrics.lineSpacing())
    flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
    painter.drawText(top, flags, text[: first.textLength()].strip())
    if rest:
        shown = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, room.width() + 1)
        painter.drawText(top.translated(0, metrics.lineSpacing()), flags, shown)


class Table(QTableView):
    """A QTableView over a DataTable. `opened(row)` on Enter or double click, `chosen(row)` when
    the current row changes. Letters go to `key_pressed` first, so a page can bind 1-9, H, L ..."""

    opened = Signal(object)
    chosen = Signal(object)
    key_pressed = Signal(QKeyEvent)

    def __init__(self, model: DataTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hovered = -1
        self._model = model
        # With a Chinese input method on, single letters would never arrive.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setModel(model)
        self.setItemDelegate(_Cells(self))
        self.setMouseTracking(True)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._set_height()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(36)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        model.modelReset.connect(self.fit)
        self.doubleClicked.connect(self._open)
        self.selectionModel().currentRowChanged.connect(self._choose)

    def first_column(self) -> int:
        """The leftmost visible column."""
        header = self.horizontalHeader()
        order = (header.logicalIndex(i) for i in range(header.count()))
        return next((i for i in order if not self.isColumnHidden(i)), 0)

    def marks(self, row: int) -> bool:
        """Whether this is the current row of the table that has the focus."""
        return self.hasFocus() and row == self.currentIndex().row()

    def current(self) -> Any:
        """The current row's dataclass, or None."""
        return self._model.row(self.currentIndex())

    def selected(self) -> list[Any]:
        """The chosen rows' dataclasses, from top to bottom."""
        places = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return [self._model.rows[i] for i in places]

    def choose(self, places: list[int]) -> None:
        """Choose these rows (ascending) and no others; the first of them comes into view."""
        chosen, last = QItemSelection(), self._model.columnCount() - 1
        for _step, run in groupby(enumerate(places), lambda pair: pair[1] - pair[0]):
            rows = [place for _number, place in run]
            first, end = self._model.index(rows[0], 0), self._model.index(rows[-1], last)
            chosen.select(first, end)
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if places:
            self.scrollTo(self._model.index(places[0], 0))

    def go_to(self, row: int, *, centre: bool = False) -> None:
        """Make `row` the current one and bring it into view, or into its middle."""
        if 0 <= row < self._model.rowCount():
            self.setCurrentIndex(self._model.index(row, 0))
            hint = QAbstractItemView.ScrollHint
            self.scrollTo(
                self._model.index(row, 0),
                hint.PositionAtCenter if centre else hint.EnsureVisible,
            )

    def _set_height(self) -> None:
        """Rows are tall enough for two lines where a column that is shown has them."""
        shown = (c for n, c in enumerate(self._model.columns) if not self.isColumnHidden(n))
        height = _TALL if any(column.kind is Kind.WRAP for column in shown) else ROW_HEIGHT
        if height != self.verticalHeader().defaultSectionSize():
            self.verticalHeader().setDefaultSectionSize(height)

    def fit(self) -> None:
        """Widths: what a sample of rows needs, the rest to the columns that stretch."""
        self._set_height()
        columns = self._model.columns
        if not columns:
            return
        metrics = QFontMetricsF(self.font())
        bold = QFontMetricsF(scaled(self.font(), 1.0, bold=True))
        step = max(1, len(self._model.rows) // _SAMPLE)
        widths = []
        for number, column in enumerate(columns):
            if self.isColumnHidden(number):
                widths.append(0)
                continue
            texts = [column.text(row) for row in self._model.rows[::step]]
            used = bold if column.kind is Kind.STRONG else metrics
            extra = {Kind.CHIP: 46, Kind.BAR: 78}.get(column.kind, 2 * _PAD + 4)
            needed = max((used.horizontalAdvance(text) for text in texts), default=0) + extra
            head = bold.horizontalAdvance(column.title()) + 2 * _PAD + 18
            most = column.width if column.kind is Kind.WRAP else column.most
            widths.append(max(column.width, round(head), min(round(needed), most)))
        room = self.viewport().width() - sum(widths)
        seen = [not self.isColumnHidden(number) for number in range(len(columns))]
        stretch = sum(column.stretch * shown for column, shown in zip(columns, seen, strict=True))
        for number, column in enumerate(columns):
            if not seen[number]:
                continue
            if stretch and column.stretch:
                share = room * column.stretch // stretch
                widths[number] = max(column.width, widths[number] + share)
            self.setColumnWidth(number, widths[number])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self.fit()

    def changeEvent(self, event: QEvent) -> None:
        """Other words, other widths."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._model.renew()
            self.fit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The whole row under the mouse is tinted."""
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """No row is under the mouse."""
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row != self.hovered:
            self.hovered = row
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; other keys go to the page first, which accepts what it uses."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._open()
            return
        event.setAccepted(False)
        self.key_pressed.emit(event)
        if not event.isAccepted():
            super().keyPressEvent(event)

    def keyboardSearch(self, _text: str) -> None:
        """Letters are commands here, not a search in the first column."""

    def _open(self) -> None:
        row = self.current()
        if row is not None:
            self.opened.emit(row)

    def _choose(self, index: QModelIndex, _old: QModelIndex) -> None:
        self.chosen.emit(self._model.row(index))
        self.viewport().update()

    def focusInEvent(self, event: Any) -> None:
        """The mark of the current row appears."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: Any) -> None:
        """The mark of the current row goes."""
        super().focusOutEvent(event)
        self.viewport().update()

    def viewport_point(self, row: int) -> QPoint:
        """The middle of a row in viewport coordinates (for menus opened by key)."""
        return self.visualRect(self._model.index(row, 0)).center()
