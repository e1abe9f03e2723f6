"""The week's board: crews down, days across; a stop goes to another cell by mouse, keys or menu.

It changes nothing itself: it says what is wanted, and shows what the plans then are.
"""

from datetime import date

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from ui.i18n import _
from ui.plan.week_book import Chip, Week
from ui.plan.week_canvas import WeekCanvas
from ui.plan.week_grid import HEAD, LABEL, Spot, shut
from ui.plan.week_menu import fill_menu
from ui.plan.week_paint import Carried
from ui.plan.week_words import day_name

_EDGE = 24  # a carried stop so near to an edge scrolls the board


class WeekBoard(WeekCanvas):
    """`moved` carries debtor id, from which day, to which day, the crew's id ("" = the best)."""

    chosen = Signal(str)
    opened = Signal(str)
    day_wanted = Signal(object)  # date
    moved = Signal(str, object, object, str)
    lock_wanted = Signal(str)
    drop_wanted = Signal(str)
    hinted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._pressed: tuple[Spot, QPointF] | None = None
        super().__init__(parent)

    def show_week(self, week: Week, today: date, day: date) -> None:
        """Show these days; what is carried is let go."""
        self._pressed = None
        super().show_week(week, today, day)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a stop; it may be carried away."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        spot = self._spot(event.position())
        if spot is None:
            return
        self._at = (spot.column, spot.row)
        self._pressed = (spot, event.position())
        self._choose(spot.chip.debtor_id if spot.chip else "")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry the stop; light the cell below it."""
        point = event.position()
        if self._pressed is None or self._pressed[0].chip is None:
            self._point_at(point)
            return
        origin, start = self._pressed
        chip = origin.chip
        far = (point - start).manhattanLength() >= QApplication.startDragDistance()
        if chip is None or (self._carried is None and not far):
            return
        if chip.locked:
            self.hinted.emit(_("This stop is locked. Unlock it first (L)."))
            self._pressed = None
            return
        self._scroll_at(point)
        over = self._spot(point)
        self._carried = Carried(chip, origin, point + self._shift(), over)
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        self.hinted.emit(self._where_to(over))
        self.viewport().update()

    def _point_at(self, point: QPointF) -> None:
        spot = self._spot(point)
        shape = Qt.CursorShape.ArrowCursor
        if spot is not None and spot.chip is not None:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._cell_of(spot) is not None or self._head_at(point) is not None:
            shape = Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape)

    def _scroll_at(self, point: QPointF) -> None:
        """A carried stop at the edge moves what is below it."""
        view = self.viewport()
        for bar, at, low, high in (
            (self.verticalScrollBar(), point.y(), HEAD, view.height()),
            (self.horizontalScrollBar(), point.x(), LABEL, view.width()),
        ):
            if at < low + _EDGE:
                bar.setValue(bar.value() - 16)
            elif at > high - _EDGE:
                bar.setValue(bar.value() + 16)

    def _where_to(self, over: Spot | None) -> str:
        if over is None or self._grid is None:
            return ""
        crew = self._grid.week.crews[over.row].name
        return _("To {day}, {crew}").format(day=day_name(self._grid.day(over.column)), crew=crew)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the stop go where it is; without a drag an empty part of a cell opens its day."""
        carried, self._carried = self._carried, None
        pressed, self._pressed = self._pressed, None
        self.viewport().update()
        if carried is not None:
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
            self.hinted.emit("")
            if carried.over is not None:
                self._want(carried.chip, carried.origin, carried.over.column, carried.over.row)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._clicked(event.position(), pressed[0] if pressed else None)

    def _clicked(self, point: QPointF, pressed: Spot | None) -> None:
        column = self._head_at(point)
        if column is not None and self._grid is not None:
            self.day_wanted.emit(self._grid.day(column))
            return
        spot = self._spot(point)
        if spot is None or spot != pressed or spot.chip is not None:
            return
        if self._cell_of(spot) is not None and self._grid is not None:
            self.day_wanted.emit(self._grid.day(spot.column))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the person."""
        spot = self._spot(event.position())
        if spot is not None and spot.chip is not None:
            self.opened.emit(spot.chip.debtor_id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the stop below the mouse, or with the chosen one."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            spot = self._spot(QPointF(event.pos()))
            if spot is None or spot.chip is None:
                return
            self._choose(spot.chip.debtor_id)
        self.show_menu(event.globalPos())

    def menu(self) -> QMenu | None:
        """The menu of the chosen stop; None when there is none."""
        spot = self._grid.where(self.selected) if self._grid is not None else None
        if spot is None or spot.chip is None or self.week is None or self.today is None:
            return None
        menu = QMenu(self)
        fill_menu(menu, self, self.week, self.today, spot)
        return menu

    def show_menu(self, at: QPoint | None = None) -> None:
        """The menu at a point of the screen, or at the chosen stop."""
        menu = self.menu()
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            here = self.viewport().mapToGlobal(self.chip_rect(self.selected).bottomLeft())
            menu.popup(at if at is not None else here)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose, Ctrl+arrows move, M asks where to, L locks, Delete removes."""
        if not self._key(event):
            super().keyPressEvent(event)

    def _key(self, event: QKeyEvent) -> bool:
        key, held = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        steps = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }  # fmt: skip
        if self._carried is not None and key == Qt.Key.Key_Escape:
            self._carried = self._pressed = None
            self.hinted.emit("")
            self.viewport().update()
            return True
        if self._grid is None or not self._grid.week.crews:
            return False
        if key in steps:
            self._push(*steps[Qt.Key(key)]) if held else self._walk(*steps[Qt.Key(key)])
            return True
        return self._deed_key(key)

    def _deed_key(self, key: int) -> bool:
        spot = self._grid.where(self.selected) if self._grid is not None else None
        if key in (Qt.Key.Key_D, Qt.Key.Key_Space) and self._grid is not None:
            self.day_wanted.emit(self._grid.day(self._at[0]))
            return True
        if spot is None:
            return False
        match key:
            case Qt.Key.Key_M | Qt.Key.Key_Menu:
                self.show_menu()
            case Qt.Key.Key_L:
                self.lock_wanted.emit(self.selected)
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.drop_wanted.emit(self.selected)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.opened.emit(self.selected)
            case _:
                return False
        return True

    def _walk(self, across: int, down: int) -> None:
        """The next stop of the cell, then the next day; up and down the crews."""
        grid = self._grid
        if grid is None:
            return
        spot = grid.where(self.selected)
        if across and spot is not None and spot.chip is not None:
            cell = grid.cell(spot.column, spot.row)
            place = spot.chip.number - 1 + across
            if cell is not None and 0 <= place < len(cell.chips):
                self._choose(cell.chips[place].debtor_id)
                return
        column, row = self._at[0] + across, self._at[1] + down
        while 0 <= column < len(grid.week.columns) and shut(grid.week.columns[column]):
            column += across or len(grid.week.columns)
        if not (0 <= column < len(grid.week.columns) and 0 <= row < len(grid.week.crews)):
            return
        number = spot.chip.number if spot is not None and spot.chip is not None else 1
        self._at = (column, row)
        self._reveal()
        cell = grid.cell(column, row)
        chips = cell.chips if cell is not None else ()
        place = (0 if across > 0 else len(chips) - 1) if across else min(number, len(chips)) - 1
        self._choose(chips[place].debtor_id if chips else "")
        self._describe()
        self.viewport().update()

    def _push(self, across: int, down: int) -> None:
        """Move the chosen stop to the next open day, or to the crew above or below."""
        grid = self._grid
        spot = grid.where(self.selected) if grid is not None else None
        if grid is None or spot is None or spot.chip is None:
            return
        column, row = spot.column + across, spot.row + down
        while 0 <= column < len(grid.week.columns) and shut(grid.week.columns[column]):
            column += across
        if 0 <= column < len(grid.week.columns) and 0 <= row < len(grid.week.crews):
            self._want(spot.chip, spot, column, row)

    def _want(self, chip: Chip, origin: Spot, column: int, row: int) -> None:
        grid = self._grid
        if grid is None or (column, row) == (origin.column, origin.row):
            return
        if chip.locked:
            self.hinted.emit(_("This stop is locked. Unlock it first (L)."))
            return
        crew = grid.week.crews[row].crew_id
        self.moved.emit(chip.debtor_id, grid.day(origin.column), grid.day(column), crew)

    def _choose(self, debtor_id: str) -> None:
        if debtor_id != self.selected:
            self.select(debtor_id)
            self.chosen.emit(debtor_id)
        self.viewport().update()
