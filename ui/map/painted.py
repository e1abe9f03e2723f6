"""The map without a web engine: painted by Qt, with the same marks, keys and signals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import log2

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from planner.export.map_ground import Ground
from planner.export.map_layers import Marks
from planner.export.map_style import LIGHT, Look
from ui.map.ground_paint import GroundPainter
from ui.map.mark_paint import paint_note, paint_scale, paint_stops, paint_ways, radius_at
from ui.map.mercator import project, unproject
from ui.map.pin_paint import paint_cross, paint_pins, pin_at
from ui.map.pins import PinMark
from ui.widgets.buttons import IconButton

ZOOM_MIN, ZOOM_MAX = 4.0, 18.0
BUTTONS = 28  # pixels more on the right, where the buttons are
MARGIN = 28  # pixels kept free around a fitted plan
REACH = 5  # pixels beside a mark that still count as on it


@dataclass(slots=True)
class Camera:
    """Where the map looks: centre in Mercator units (256 = the world at zoom 0), and zoom."""

    x: float = 128.0
    y: float = 128.0
    zoom: float = 5.0

    @property
    def scale(self) -> float:
        """Pixels per Mercator unit."""
        return float(2.0**self.zoom)


class PaintedMap(QWidget):
    """Roads, places, routes and stops by QPainter; drag, wheel, arrows, + and -, F, N and P."""

    picked = Signal(int)
    caught = Signal(list)  # indexes of the marks in view
    placed = Signal(float, float)  # lat, lon
    pin_chosen = Signal(int)
    pin_dragged = Signal(int, float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        # With an input method on, single letters would never arrive here.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.camera = Camera()
        self.chosen = -1
        self._look = LIGHT
        self._marks = Marks()
        self._flat: list[tuple[float, float]] = []  # projected: stops, then loose ones
        self._ground = GroundPainter(Ground())
        self._backdrop: tuple[Camera, QPixmap] | None = None
        # Thousands of marks take their time: painted in a turn of the event loop of their own,
        # after the panes beside the map.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.update)
        self._pressed: QPoint | None = None
        self._moved = False
        self._fit: int | None = -1  # the crew (-1 = all) fitted into the view; None = moved since
        self._fictional = False
        self._notes = ("", "", "")
        self._pins: tuple[PinMark, ...] = ()
        self._held = -1  # the pin under the button
        self._held_at: QPointF | None = None
        self._waiting = False
        self._buttons = [IconButton(name, self) for name in ("plus", "minus", "map")]
        for button, deed in zip(
            self._buttons, (self._zoom_in, self._zoom_out, self._fit_all), strict=True
        ):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys do the same
            button.clicked.connect(deed)

    def name_buttons(self, words: tuple[str, str, str]) -> None:
        """Say zoom in, zoom out, fit in the language in use."""
        for button, word, key in zip(self._buttons, words, ("+", "−", "F"), strict=True):
            button.say(word, key)

    def name_notes(self, fictional: str, bare: str, simple: str = "") -> None:
        """What stands in the corner while the places are invented, while there are none, and
        (`simple`) where more is there than can be painted."""
        self._notes = (fictional, bare, simple)
        self.update()

    def set_pins(self, pins: Sequence[PinMark]) -> None:
        """Show these pins; each can be dragged."""
        self._pins = tuple(pins)
        self._held, self._held_at = -1, None
        self.update()

    def place(self, on: bool) -> None:
        """Wait for a press that says where somebody lives, or no more."""
        self._waiting = on
        self.update()

    def aim(self, lat: float, lon: float, zoom: float) -> None:
        """Show this position in the middle."""
        self.camera.x, self.camera.y = project(lat, lon)
        self._zoom_to(zoom)
        self._fit = None
        self.update()

    def _put(self, spot: QPointF) -> tuple[float, float]:
        """The position (lat, lon) under a pixel."""
        left, top = self._corner()
        return unproject(
            (spot.x() - left) / self.camera.scale, (spot.y() - top) / self.camera.scale
        )

    def set_ground(self, ground: Ground) -> None:
        """Lay these roads and places under the marks."""
        self._ground = GroundPainter(ground)
        self._fictional = ground.fictional
        self._backdrop = None
        if not self._marks.stops and not self._marks.crews:
            self.fit()
        self.update()

    def set_marks(self, marks: Marks) -> None:
        """Show these crews, stops and eligible persons."""
        self._marks = marks
        self._flat = [project(mark.lat, mark.lon) for mark in marks.every()]
        self._soon.start()

    def set_look(self, shown: Look) -> None:
        """Use these colours."""
        self._look = shown
        self._backdrop = None
        self.update()

    def choose(self, index: int) -> None:
        """Ring the mark with this index (-1 = none) and bring it into view."""
        self.chosen = index
        inside = self.rect().adjusted(20, 20, -20, -20)
        if 0 <= index < len(self._flat):
            x, y = self._flat[index]
            if not inside.contains(self._pixel(x, y).toPoint()):
                self.camera.x, self.camera.y = x, y
                self._fit = None
        self._soon.start()

    def fit(self, crew: int = -1) -> None:
        """Show the whole plan or one crew's round; the whole ground when there is no plan."""
        marks = self._marks
        points = [p for k, c in enumerate(marks.crews) if crew in (-1, k) for p in c.places()]
        points += [(s.lat, s.lon) for s in marks.stops if crew in (-1, s.crew)]
        points += [p for a in marks.areas if crew in (-1, a.crew) for p in a.ring]
        if not self._marks.stops:
            points += [(m.lat, m.lon) for m in self._marks.loose]
        if not points:
            points = self._ground.corners()
        if not points:
            return
        flat = [project(lat, lon) for lat, lon in points]
        left, right = min(p[0] for p in flat), max(p[0] for p in flat)
        top, bottom = min(p[1] for p in flat), max(p[1] for p in flat)
        self.camera.x, self.camera.y = (left + right) / 2, (top + bottom) / 2
        wide = max(1, self.width() - 2 * MARGIN - BUTTONS) / max(right - left, 1e-6)
        high = max(1, self.height() - 2 * MARGIN) / max(bottom - top, 1e-6)
        self._zoom_to(min(15.0, log2(min(wide, high))))
        self.camera.x += BUTTONS / 2 / self.camera.scale
        self._fit = crew
        self._soon.start()

    def spots(self) -> list[QPointF]:
        """Where the marks are on the widget: stops, then loose ones."""
        return self._pixels(self._flat)

    def _pixels(self, flat: Sequence[tuple[float, float]]) -> list[QPointF]:
        """The pixels of many Mercator points."""
        scale, (left, top) = self.camera.scale, self._corner()
        return [QPointF(x * scale + left, y * scale + top) for x, y in flat]

    def _corner(self) -> tuple[float, float]:
        """The pixel of the Mercator point (0, 0)."""
        camera, scale = self.camera, self.camera.scale
        return self.width() / 2 - camera.x * scale, self.height() / 2 - camera.y * scale

    def _placing(self) -> Callable[[float, float], QPointF]:
        """What answers the pixel of a position while the camera stays: quick, for many marks."""
        scale, (left, top) = self.camera.scale, self._corner()

        def place(lat: float, lon: float) -> QPointF:
            x, y = project(lat, lon)
            return QPointF(x * scale + left, y * scale + top)

        return place

    def pixel(self, lat: float, lon: float) -> QPointF:
        """The pixel of a position."""
        return self._pixel(*project(lat, lon))

    def _pixel(self, x: float, y: float) -> QPointF:
        """The pixel of a Mercator point."""
        scale = self.camera.scale
        return QPointF(
            (x - self.camera.x) * scale + self.width() / 2,
            (y - self.camera.y) * scale + self.height() / 2,
        )

    def mark_at(self, spot: QPointF) -> int:
        """The index of the mark under a pixel, -1 for none; stops lie above loose ones."""
        stops = len(self._marks.stops)
        best, reach = -1, 1e9
        for index, point in enumerate(self.spots()):
            if index >= stops and best >= 0:
                break
            size = radius_at(self.camera.zoom, loose=index >= stops) + REACH
            away = (point - spot).manhattanLength()
            if away < min(size * 1.3, reach):
                best, reach = index, away
        return best

    def _zoom_in(self) -> None:
        self.zoom_by(0.5)

    def _zoom_out(self) -> None:
        self.zoom_by(-0.5)

    def _fit_all(self) -> None:
        self.fit()

    def step(self, by: int) -> None:
        """Go to the next (1) or previous (-1) mark."""
        count = len(self._marks.stops) + len(self._marks.loose)
        if count:
            start = self.chosen if self.chosen >= 0 else (-1 if by > 0 else count)
            self._pick((start + by) % count)

    def zoom_by(self, steps: float, at: QPointF | None = None) -> None:
        """Zoom in (positive) or out, keeping the position under `at` where it is."""
        spot = at if at is not None else QPointF(self.rect().center())
        before = self.camera.scale
        offset = spot - QPointF(self.width() / 2, self.height() / 2)
        self._zoom_to(self.camera.zoom + steps)
        self._fit = None
        shift = 1 / before - 1 / self.camera.scale
        self.camera.x += offset.x() * shift
        self.camera.y += offset.y() * shift
        self.update()

    def _zoom_to(self, zoom: float) -> None:
        self.camera.zoom = min(ZOOM_MAX, max(ZOOM_MIN, zoom))

    def _pick(self, index: int) -> None:
        self.choose(index)
        self.picked.emit(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground from its cached picture, then routes and marks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        plan = (self._marks, self._look, self._placing(), self.camera.zoom, self.chosen)
        paint_ways(painter, *plan)
        self._paint_names(painter)
        paint_stops(painter, *plan)
        paint_pins(painter, self._pins, self._look, self._pin_places())
        if self._waiting:
            paint_cross(painter, QPointF(self.rect().center()), self._look)
        first = self._notes[0] if self._fictional else ""
        bare = "" if self._ground.corners() or self._notes[2] else self._notes[1]
        note = " · ".join(word for word in (first or bare, self._notes[2]) if word)
        if note:
            paint_note(painter, QRectF(self.rect()), self._look, note)
        lat, _ = unproject(self.camera.x, self.camera.y)
        paint_scale(painter, QRectF(self.rect()), self._look, lat, self.camera.zoom)
        plate = QRectF(self._buttons[0].geometry().united(self._buttons[-1].geometry()))
        painter.setPen(QColor(self._look.label))
        painter.setBrush(QColor(self._look.earth))
        painter.drawRoundedRect(plate.adjusted(-0.5, -0.5, 0.5, 0.5), 6, 6)
        if self.hasFocus():
            painter.setPen(QColor(self._look.label))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def _pin_places(self) -> Callable[[float, float], QPointF]:
        """Pins stand where they are; the one that is dragged is drawn under the pointer."""
        at, held = self._held_at, self._pins[self._held] if self._held >= 0 else None

        def place(lat: float, lon: float) -> QPointF:
            dragged = at is not None and held is not None and (lat, lon) == (held.lat, held.lon)
            return at if dragged and at is not None else self.pixel(lat, lon)

        return place

    def _paint_names(self, painter: QPainter) -> None:
        """Names of places, clear of stops and homes."""
        size = radius_at(self.camera.zoom, loose=False) + 2
        spots = self._pixels(self._flat[: len(self._marks.stops)])
        spots += [self.pixel(crew.lat, crew.lon) for crew in self._marks.crews]
        area = QRectF(self.rect()).adjusted(-60, -20, 60, 20)

        def place(point: QPointF) -> QPointF:
            return self._pixel(point.x(), point.y())

        self._ground.paint_names(
            painter, area, place, self.camera.zoom, self._look, [(s, size) for s in spots]
        )

    def _paint_ground(self, painter: QPainter) -> None:
        """The ground is drawn half a window larger than seen, and only redrawn when left."""
        now, size = self.camera, self.size()
        margin_x, margin_y = size.width() // 2, size.height() // 2
        kept = self._backdrop
        if kept is not None:
            drawn = kept[0]
            away_x, away_y = (drawn.x - now.x) * now.scale, (drawn.y - now.y) * now.scale
            if drawn.zoom != now.zoom or abs(away_x) > margin_x or abs(away_y) > margin_y:
                kept = None
        if kept is None:
            dense = self.devicePixelRatioF()
            picture = QPixmap(int(size.width() * 2 * dense), int(size.height() * 2 * dense))
            picture.setDevicePixelRatio(dense)
            drawn = Camera(now.x, now.y, now.zoom)
            self._ground.paint(picture, drawn.x, drawn.y, drawn.zoom, self._look)
            self._backdrop = (drawn, picture)
            away_x = away_y = 0.0
            kept = self._backdrop
        painter.drawPixmap(QPointF(away_x - margin_x, away_y - margin_y), kept[1])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A new size needs a new ground picture; what was fitted in is fitted anew."""
        self._backdrop = None
        for place, button in enumerate(self._buttons):
            button.setGeometry(self.width() - 44, 10 + 35 * place, 34, 34)
        if self._fit is not None:
            self.fit(self._fit)
        super().resizeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag, or what may become a click."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._moved = event.position().toPoint(), False
            self._held = pin_at(self._pins, self.pixel, event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the map; show a hand over marks."""
        if self._pressed is None:
            over = self.mark_at(event.position()) >= 0
            shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.OpenHandCursor
            self.setCursor(shape)
            return
        if self._held >= 0:
            self._held_at = event.position()
            self._moved = True
            self.update()
            return
        step = event.position().toPoint() - self._pressed
        if self._moved or step.manhattanLength() > 4:
            self._moved = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._fit = None
            self.camera.x -= step.x() / self.camera.scale
            self.camera.y -= step.y() / self.camera.scale
            self._pressed = event.position().toPoint()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click without a drag chooses what is under it."""
        held, self._held, self._held_at = self._held, -1, None
        if self._pressed is None:
            return
        if held >= 0 and self._moved:
            self.pin_dragged.emit(held, *self._put(event.position()))
        elif held >= 0:
            self.pin_chosen.emit(held)
        elif not self._moved and self._waiting:
            self.placed.emit(*self._put(event.position()))
        elif not self._moved:
            self._pick(self.mark_at(event.position()))
        self._pressed = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer."""
        self.zoom_by(event.angleDelta().y() / 240, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, + and - zoom, F or 0 fits, N and P step through the marks, Esc lets go."""
        key, far = event.key(), 80 / self.camera.scale
        moves = {
            Qt.Key.Key_Left: (-far, 0.0), Qt.Key.Key_Right: (far, 0.0),
            Qt.Key.Key_Up: (0.0, -far), Qt.Key.Key_Down: (0.0, far),
        }  # fmt: skip
        if key in moves:
            self._fit = None
            self.camera.x += moves[Qt.Key(key)][0]
            self.camera.y += moves[Qt.Key(key)][1]
            self.update()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(0.5)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(-0.5)
        elif key in (Qt.Key.Key_F, Qt.Key.Key_0):
            self.fit()
        elif key in (Qt.Key.Key_N, Qt.Key.Key_BracketRight):
            self.step(1)
        elif key in (Qt.Key.Key_P, Qt.Key.Key_BracketLeft):
            self.step(-1)
        elif key == Qt.Key.Key_E:
            area = QRectF(self.rect())
            self.caught.emit([k for k, spot in enumerate(self.spots()) if area.contains(spot)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._waiting:
            self.placed.emit(*self._put(QPointF(self.rect().center())))
        elif key == Qt.Key.Key_Escape:
            self._pick(-1)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tooltips say who is under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self.mark_at(QPointF(event.pos()))
            if index < 0:
                QToolTip.hideText()
                return True
            mark = self._marks.every()[index]
            lines = [mark.title, mark.detail]
            # Plain text would be taken for markup if it looked like it: say that it is not.
            text = escape("\n".join(line for line in lines if line))
            QToolTip.showText(event.globalPos(), f"<p style='white-space:pre'>{text}</p>", self)
            return True
        return super().event(event)
