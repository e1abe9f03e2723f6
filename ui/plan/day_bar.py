"""The day bar: each crew's day along the hours, to be changed by mouse or keys.

It changes nothing itself: it says what is wanted, and shows what the plan then is.
"""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from ui import formats
from ui.i18n import _
from ui.page import Translated
from ui.plan.day_bar_paint import BarPainter, Drag
from ui.plan.lanes import HEAD, LABEL, LANE, Block, Lane, Ruler, position_by_time, where
from ui.plan.words import tip


class DayBar(Translated):
    """Signals carry debtor ids; `moved` also the crew id and the position (0 = first)."""

    chosen = Signal(str)
    opened = Signal(str)
    moved = Signal(str, str, int)
    lock_wanted = Signal(str)
    drop_wanted = Signal(str)
    crew_wanted = Signal(int)  # index of the crew whose name was pressed
    hinted = Signal(str)  # what a key or a refused drag means, in words

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        # With an input method on, single letters would never arrive here.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.lanes: tuple[Lane, ...] = ()
        self.selected = ""
        self._pressed: tuple[int, Block, QPointF] | None = None
        self._drag: Drag | None = None
        self._wants_crew = False
        self.retranslate()

    def retranslate(self) -> None:
        """Names for screen readers."""
        self.setAccessibleName(_("Timetable of the crews"))
        self._describe()

    def restyle(self) -> None:
        """Other colours."""
        self.update()

    def show_lanes(self, lanes: tuple[Lane, ...]) -> None:
        """Show these routes."""
        self.lanes = lanes
        self._drag = self._pressed = None
        self.setMinimumHeight(self.sizeHint().height())
        self.updateGeometry()
        self._describe()
        self.update()

    def select(self, debtor_id: str) -> None:
        """Ring this person's stop; emits nothing."""
        self.selected = debtor_id
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        """All lanes."""
        return QSize(640, HEAD + LANE * max(1, len(self.lanes)) + 4)

    @property
    def dragging(self) -> bool:
        """Whether a stop is being carried."""
        return self._drag is not None

    @property
    def ruler(self) -> Ruler:
        """Where things are at the present width."""
        return Ruler.over(self.lanes, self.width())

    def block_rect(self, debtor_id: str) -> QRect:
        """The rectangle of a person's stop, empty when there is none."""
        found = where(self.lanes, debtor_id)
        if found is None:
            return QRect()
        return self.ruler.block(found[0], self.lanes[found[0]].blocks[found[1]]).toRect()

    def _describe(self) -> None:
        found = where(self.lanes, self.selected)
        if found is None:
            self.setAccessibleDescription(
                _("Arrows choose a stop, Ctrl with arrows moves it, L locks, Delete removes.")
            )
            return
        lane = self.lanes[found[0]]
        self.setAccessibleDescription(self._sentence(lane, lane.blocks[found[1]]))

    def _sentence(self, lane: Lane, block: Block) -> str:
        text = _("{crew}, stop {number}: {name}, {start} to {end}").format(
            crew=lane.name, number=block.number, name=block.name,
            start=formats.minutes_of_day(block.start), end=formats.minutes_of_day(block.leave),
        )  # fmt: skip
        state = {"done": _("visit recorded"), "barred": _("no visit permitted any more")}
        notes = [_("locked")] if block.locked else []
        notes += [state[block.state]] if block.state else []
        notes += [_("new here in the proposed plan")] if block.fresh else []
        return f"{text} ({', '.join(notes)})" if notes else text

    def told_at(self, point: QPoint | QPointF) -> str:
        """What is below a point, in words: a stop, a break, a crew's name; "" for nothing."""
        spot = QPointF(point)
        found = self._at(spot)
        if found is not None:
            return self._sentence(self.lanes[found[0]], found[1])
        if spot.x() < LABEL and self.lanes:
            return _("Show this crew's round on the map")
        for place, lane in enumerate(self.lanes):
            for span in lane.breaks:
                if self.ruler.rest(place, span).adjusted(-2, -6, 2, 6).contains(spot):
                    start, end = (formats.minutes_of_day(second) for second in span)
                    return _("{crew}: break from {start} to {end}").format(
                        crew=lane.name, start=start, end=end
                    )
        return ""

    def _at(self, spot: QPointF) -> tuple[int, Block] | None:
        ruler = self.ruler
        for place, lane in enumerate(self.lanes):
            # Later blocks lie above earlier ones where a lane is crowded.
            for block in reversed(lane.blocks):
                if ruler.block(place, block).adjusted(-2, -4, 2, 4).contains(spot):
                    return place, block
        return None

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Axis, lanes, stops; the chosen stop and a dragged one above the others."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Not the widget's own palette: inside a scroll area the style sheet makes its Base clear.
        palette = QApplication.palette()
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Base))
        brush = BarPainter(painter, palette, self.ruler, self.font())
        brush.axis(HEAD + LANE * len(self.lanes))
        taken = self._drag.block.debtor_id if self._drag else ""
        for place, lane in enumerate(self.lanes):
            brush.lane(place, lane, lane.back > lane.close)
            for block in lane.blocks:
                if not block.holds(self.selected):
                    brush.block(place, lane, block, chosen=False, faded=block.debtor_id == taken)
        found = where(self.lanes, self.selected)
        if found is not None:
            lane = self.lanes[found[0]]
            block = lane.blocks[found[1]]
            brush.block(found[0], lane, block, chosen=True, faded=block.debtor_id == taken)
        if self._drag is not None:
            brush.drag(self._drag, self.lanes)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 6, 6)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a stop; it may become a drag."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        found = self._at(event.position())
        if found is None and event.position().x() < LABEL and event.position().y() > HEAD:
            self.crew_wanted.emit(self.ruler.lane_at(event.position().y(), len(self.lanes)))
            return
        if found is None:
            self._choose("")
            return
        self._pressed = (found[0], found[1], event.position())
        self._choose(found[1].debtor_id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry the stop; show where it would come."""
        spot = event.position()
        if self._pressed is None:
            over = self._at(spot)
            shape = Qt.CursorShape.OpenHandCursor if over else Qt.CursorShape.ArrowCursor
            if spot.x() < LABEL and spot.y() > HEAD and self.lanes:
                shape = Qt.CursorShape.PointingHandCursor
            self.setCursor(shape)
            return
        place, block, start = self._pressed
        far = (spot - start).manhattanLength() >= QApplication.startDragDistance()
        if self._drag is None and not far:
            return
        if block.locked:
            self.hinted.emit(_("This stop is locked. Unlock it first (L)."))
            self._pressed = None
            return
        ruler = self.ruler
        lane = ruler.lane_at(spot.y(), len(self.lanes))
        position = ruler.position(self.lanes[lane], spot.x(), block.debtor_id)
        self._drag = Drag(block, place, lane, position, spot)
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let the stop go where it is."""
        drag, self._drag, self._pressed = self._drag, None, None
        self.update()
        if drag is not None:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self._want(drag.block, drag.origin, drag.lane, drag.position)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the person."""
        found = self._at(event.position())
        if found is not None:
            self.opened.emit(found[1].debtor_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows choose, Ctrl+arrows move, T and a digit give away, L locks, Delete removes."""
        if not self.handle_key(event):
            super().keyPressEvent(event)

    def handle_key(self, event: QKeyEvent) -> bool:
        """The keys of the bar; also used by the list, which passes its keys on."""
        key, held = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if self._drag is not None and key == Qt.Key.Key_Escape:
            self._drag = self._pressed = None
            self.update()
            return True
        if self._wants_crew:
            return self._crew_key(key)
        steps = {
            Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }  # fmt: skip
        if key in steps and self.lanes:
            self._shift(*steps[Qt.Key(key)]) if held else self._walk(*steps[Qt.Key(key)])
            return True
        return self._deed_key(key)

    def _deed_key(self, key: int) -> bool:
        """L, Delete, T, Enter: only for a person who is in the plan."""
        if where(self.lanes, self.selected) is None:
            return False
        match key:
            case Qt.Key.Key_L:
                self.lock_wanted.emit(self.selected)
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.drop_wanted.emit(self.selected)
            case Qt.Key.Key_T:
                self._wants_crew = True
                self.hinted.emit(_("To which crew? Press its number, 1 to 9; Esc stops."))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.opened.emit(self.selected)
            case _:
                return False
        return True

    def _crew_key(self, key: int) -> bool:
        self._wants_crew = False
        self.hinted.emit("")
        lane = key - Qt.Key.Key_1
        found = where(self.lanes, self.selected)
        if found is not None and 0 <= lane < len(self.lanes):
            block = self.lanes[found[0]].blocks[found[1]]
            position = position_by_time(self.lanes[lane], block.start, block.debtor_id)
            self._want(block, found[0], lane, position)
        return True

    def _walk(self, down: int, along: int) -> None:
        """Choose the next stop in a lane, or the one at about the same time in another lane."""
        found = where(self.lanes, self.selected)
        if found is None:
            first = next((lane.blocks[0] for lane in self.lanes if lane.blocks), None)
            self._choose(first.debtor_id if first else "")
            return
        number, place = found
        block = self.lanes[number].blocks[place]
        if along:
            blocks = self.lanes[number].blocks
            self._choose(blocks[max(0, min(len(blocks) - 1, place + along))].debtor_id)
            return
        other = number + down
        while 0 <= other < len(self.lanes):
            if self.lanes[other].blocks:
                nearest = min(self.lanes[other].blocks, key=lambda b: abs(b.start - block.start))
                self._choose(nearest.debtor_id)
                return
            other += down

    def _shift(self, down: int, along: int) -> None:
        """Move the chosen stop: earlier, later, or to the crew above or below."""
        found = where(self.lanes, self.selected)
        if found is None:
            return
        number, place = found
        block = self.lanes[number].blocks[place]
        target = number + down
        if not 0 <= target < len(self.lanes):
            return
        position = place + along
        if down:
            position = position_by_time(self.lanes[target], block.start, block.debtor_id)
        self._want(block, number, target, position)

    def _want(self, block: Block, origin: int, lane: int, position: int) -> None:
        if block.locked:
            self.hinted.emit(_("This stop is locked. Unlock it first (L)."))
            return
        here = where(self.lanes, block.debtor_id)
        inside = 0 <= position <= len(self.lanes[lane].blocks) - (lane == origin)
        if inside and here != (lane, position):
            self.moved.emit(block.debtor_id, self.lanes[lane].crew_id, position)

    def _choose(self, debtor_id: str) -> None:
        if debtor_id != self.selected:
            self.select(debtor_id)
            self.chosen.emit(debtor_id)

    def event(self, event: QEvent) -> bool:
        """Tooltips say who and when."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), tip(self.told_at(event.pos())), self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring; a half-typed key is forgotten."""
        self._wants_crew = False
        self.update()
        super().focusOutEvent(event)
