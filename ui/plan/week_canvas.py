"""The picture of a week: what the board shows, where it is scrolled to, what its tips say."""

from datetime import date

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QToolTip, QWidget

from ui.i18n import _
from ui.plan.week_book import Cell, Week
from ui.plan.week_grid import HEAD, LABEL, Grid, Spot, shut
from ui.plan.week_paint import Carried, WeekPainter
from ui.plan.week_words import cell_sentence, chip_sentence, head_sentence
from ui.plan.words import tip


class WeekCanvas(QAbstractScrollArea):
    """Shows a week and the chosen person; the days' heads and the crews' names stay in view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # With an input method on, single letters would never arrive here.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.viewport().setMouseTracking(True)
        self.week: Week | None = None
        self.selected = ""
        self.today: date | None = None
        self.day: date | None = None  # the day the window looks at
        self._grid: Grid | None = None
        self._at = (0, 0)  # column and row of the keyboard
        self._carried: Carried | None = None
        self.retranslate()

    def retranslate(self) -> None:
        """Names for screen readers; heights follow the words."""
        self.setAccessibleName(_("Week of the crews"))
        self._describe()
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        """Language or palette changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self.viewport().update()

    def sizeHint(self) -> QSize:
        """Room for four crews."""
        return QSize(900, 520)

    def show_week(self, week: Week, today: date, day: date) -> None:
        """Show these days; what is carried is let go."""
        self.week, self.today, self.day = week, today, day
        self._carried = None
        self._lay_out()
        self._describe()

    def select(self, debtor_id: str) -> None:
        """Ring this person's stop and bring it into view; emits nothing."""
        self.selected = debtor_id
        spot = self._grid.where(debtor_id) if self._grid is not None and debtor_id else None
        if spot is not None:
            self._at = (spot.column, spot.row)
            self._reveal()
        self._describe()
        self.viewport().update()

    def chip_rect(self, debtor_id: str) -> QRect:
        """Where a person's stop is in the viewport, empty when there is none."""
        if self._grid is None:
            return QRect()
        return self._grid.rect_of(debtor_id).translated(-self._shift()).toRect()

    def cell_rect(self, day: date, crew_id: str) -> QRect:
        """Where a cell is in the viewport."""
        grid = self._grid
        if grid is None:
            return QRect()
        column = (day - grid.week.first).days
        row = [line.crew_id for line in grid.week.crews].index(crew_id)
        return grid.box(column, row).translated(-self._shift()).toRect()

    def _shift(self) -> QPointF:
        return QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _lay_out(self) -> None:
        view = self.viewport()
        self._grid = Grid(self.week, view.width(), view.height()) if self.week is not None else None
        if self._grid is not None:
            for bar, whole, room, step in (
                (self.horizontalScrollBar(), self._grid.width, view.width(), 60),
                (self.verticalScrollBar(), self._grid.height, view.height(), 48),
            ):
                bar.setRange(0, max(0, round(whole - room)))
                bar.setPageStep(room)
                bar.setSingleStep(step)
            rows, columns = len(self._grid.week.crews), len(self._grid.week.columns)
            self._at = (min(self._at[0], columns - 1), max(0, min(self._at[1], rows - 1)))
        view.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Days share the room."""
        super().resizeEvent(event)
        self._lay_out()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Heads and names stay: paint all."""
        self.viewport().update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Cells, then the crews' names, then the heads over them."""
        view, grid = self.viewport(), self._grid
        painter = QPainter(view)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = QApplication.palette()
        painter.fillRect(view.rect(), palette.color(QPalette.ColorRole.Base))
        if grid is None:
            return
        brush = WeekPainter(painter, palette, grid, self.font())
        shift = self._shift()
        painter.translate(-shift)
        taken = self._carried.chip.debtor_id if self._carried else ""
        over = self._carried.over if self._carried else None
        rows = self._rows_in_view()
        for column, one in enumerate(grid.week.columns):
            for row in rows:
                lit = over is not None and (over.column, over.row) == (column, row)
                brush.cell(column, row, chosen=self.selected, taken=taken, lit=lit)
            if shut(one):
                brush.closed(column, shift.y() + HEAD, shift.y() + view.height())
            elif one.book is None:
                brush.waiting(column, view.height())
            for row in rows:
                cell = grid.cell(column, row)
                if cell is not None and cell.sleeps:
                    brush.night(column, row)
        if self.hasFocus() and grid.week.crews:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 2))
            painter.drawRoundedRect(grid.box(*self._at).adjusted(2, 2, -1, -1), 5, 5)
        painter.translate(shift.x(), 0)
        for row in rows:
            brush.label(row)
        painter.translate(-shift.x(), shift.y())
        for column, one in enumerate(grid.week.columns):
            brush.head(column, one.day == self.today, one.day == self.day)
        painter.translate(shift.x(), 0)
        brush.corner()
        painter.translate(-shift.x(), -shift.y())
        if self._carried is not None:
            brush.carried(self._carried, grid.week)

    def _rows_in_view(self) -> list[int]:
        grid, top = self._grid, self._shift().y()
        if grid is None:
            return []
        low = top + self.viewport().height()
        rows = range(len(grid.week.crews))
        return [k for k in rows if grid.top[k + 1] > top + HEAD and grid.top[k] < low]

    def _spot(self, point: QPointF) -> Spot | None:
        """What is below a point of the viewport; None over heads and names."""
        if self._grid is None or point.x() < LABEL or point.y() < HEAD:
            return None
        return self._grid.spot_at(point + self._shift())

    def _head_at(self, point: QPointF) -> int | None:
        if self._grid is None or point.y() >= HEAD or point.x() < LABEL:
            return None
        return self._grid.column_at(point.x() + self._shift().x())

    def _cell_of(self, spot: Spot | None) -> Cell | None:
        if spot is None or self._grid is None:
            return None
        return self._grid.cell(spot.column, spot.row)

    def _reveal(self) -> None:
        """Scroll so that the cell of the keyboard is in view."""
        grid, view = self._grid, self.viewport()
        if grid is None or not grid.week.crews:
            return
        box = grid.box(*self._at)
        for bar, low, high, edge, room in (
            (self.horizontalScrollBar(), box.left(), box.right(), LABEL, view.width()),
            (self.verticalScrollBar(), box.top(), box.bottom(), HEAD, view.height()),
        ):
            if low - bar.value() < edge:
                bar.setValue(round(low - edge))
            elif high - bar.value() > room:
                bar.setValue(round(high - room))

    def _describe(self) -> None:
        found = self.week.find(self.selected) if self.week is not None else None
        if found is not None and self.week is not None:
            self.setAccessibleDescription(chip_sentence(self.week, *found))
            return
        cell = self._grid.cell(*self._at) if self._grid and self._grid.week.crews else None
        if cell is not None and self.week is not None and self.hasFocus():
            self.setAccessibleDescription(cell_sentence(self.week, cell))
            return
        self.setAccessibleDescription(
            _("Arrows choose a stop, Ctrl with arrows moves it, M asks where to, D opens the day.")
        )

    def viewportEvent(self, event: QEvent) -> bool:
        """Tooltips say who, when, how much."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), tip(self._tip(QPointF(event.pos()))), self)
            return True
        return super().viewportEvent(event)

    def _tip(self, point: QPointF) -> str:
        grid, spot, column = self._grid, self._spot(point), self._head_at(point)
        if grid is None:
            return ""
        if column is not None:
            return head_sentence(grid.week.columns[column])
        cell = grid.cell(spot.column, spot.row) if spot is not None else None
        if spot is None or cell is None:
            return ""
        if spot.chip is not None:
            return chip_sentence(grid.week, cell, spot.chip)
        return cell_sentence(grid.week, cell)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        self.viewport().update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide it."""
        self.viewport().update()
        super().focusOutEvent(event)
