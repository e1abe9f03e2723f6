"""The territories of a split on the painted map: each collector has a colour, a shape, a name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF

from planner.export.map_style import crew_style, look
from ui.i18n import _
from ui.map.mercator import project
from ui.map.painted import BUTTONS, MARGIN, PaintedMap
from ui.theme import is_dark, scaled

SHAPES = 4
_SIZE = 4.5  # half of a mark, pixels
_DIAMOND = ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0))
_TRIANGLE = ((0, -1.25), (1.2, 1), (-1.2, 1))


@dataclass(frozen=True, slots=True)
class Territory:
    """A collector's persons by position (lat, lon); `number` chooses colour and shape."""

    collector_id: str
    name: str
    number: int
    home: tuple[float, float]
    places: tuple[tuple[float, float], ...]


def paint_mark(painter: QPainter, spot: QPointF, number: int, size: float, *, dark: bool) -> None:
    """The mark of collector `number`: eight colours, and another shape after each eight and
    between neighbours of like colours."""
    style = crew_style(number, dark=dark)
    painter.setPen(QPen(QColor(style.ink), 1))
    painter.setBrush(QColor(style.colour))
    shape = (number + number // 8) % SHAPES
    if shape == 0:
        painter.drawEllipse(spot, size, size)
    elif shape == 1:
        painter.drawRect(QRectF(spot.x() - size, spot.y() - size, 2 * size, 2 * size))
    else:
        points = _DIAMOND if shape == 2 else _TRIANGLE
        painter.drawPolygon(
            QPolygonF([QPointF(spot.x() + x * size, spot.y() + y * size) for x, y in points])
        )


class TerritoryMap(PaintedMap):
    """Persons as small marks; the chosen collector's stand out, names stand in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self._territories: tuple[Territory, ...] = ()
        self._lit = ""
        self._flat_of: dict[str, list[tuple[float, float]]] = {}
        self._stamps: dict[tuple[int, bool], QPixmap] = {}
        self.set_look(look(dark=is_dark(self.palette())))
        self.retranslate()

    def retranslate(self) -> None:
        """Words of the map."""
        self.setAccessibleName(_("Map of territories"))
        self.setAccessibleDescription(
            _("Arrows move, + and - zoom, F shows everything. The table says the same in figures.")
        )
        self.name_buttons((_("Zoom in"), _("Zoom out"), _("Show everything")))
        self.name_notes(
            _("Places of this demo are invented"), _("No map layer: positions alone are shown")
        )

    def show_territories(self, territories: Sequence[Territory]) -> None:
        """Other territories; the view fits them in."""
        self._territories = tuple(territories)
        self._flat_of = {
            one.collector_id: [project(lat, lon) for lat, lon in one.places]
            for one in self._territories
        }
        self.fit()
        self.update()

    def light(self, collector_id: str) -> None:
        """Let one collector's persons stand out; "" all alike."""
        self._lit = collector_id
        self.update()

    def fit(self, crew: int = -1) -> None:
        """All persons and homes in view."""
        points = [point for flat in self._flat_of.values() for point in flat]
        points += [project(*one.home) for one in self._territories]
        if not points:
            super().fit(crew)
            return
        left, right = min(p[0] for p in points), max(p[0] for p in points)
        top, bottom = min(p[1] for p in points), max(p[1] for p in points)
        self.camera.x, self.camera.y = (left + right) / 2, (top + bottom) / 2
        wide = max(1, self.width() - 2 * MARGIN - BUTTONS) / max(right - left, 1e-6)
        high = max(1, self.height() - 2 * MARGIN) / max(bottom - top, 1e-6)
        self._zoom_to(min(15.0, log2(min(wide, high))))
        self._fit = crew
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, then persons, the chosen collector's last, then names."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dark = is_dark(self.palette())
        for one in sorted(self._territories, key=lambda t: t.collector_id == self._lit):
            faint = bool(self._lit) and one.collector_id != self._lit
            painter.setOpacity(0.35 if faint else 1.0)
            stamp = self._stamp(one.number, dark)
            half = stamp.deviceIndependentSize().width() / 2
            for spot in self._pixels(self._flat_of[one.collector_id]):
                painter.drawPixmap(QPointF(spot.x() - half, spot.y() - half), stamp)
        painter.setOpacity(1.0)
        taken: list[QRectF] = []
        for one in sorted(self._territories, key=lambda t: t.collector_id != self._lit):
            self._name(painter, one, taken, dark=dark)

    def _stamp(self, number: int, dark: bool) -> QPixmap:
        key = (number, dark)
        if key not in self._stamps:
            dense, side = self.devicePixelRatioF(), 4 * _SIZE
            picture = QPixmap(round(side * dense), round(side * dense))
            picture.setDevicePixelRatio(dense)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_mark(painter, QPointF(side / 2, side / 2), number, _SIZE, dark=dark)
            painter.end()
            self._stamps[key] = picture
        return self._stamps[key]

    def _name(self, painter: QPainter, one: Territory, taken: list[QRectF], *, dark: bool) -> None:
        """A plate with mark and name in the middle of a territory, clear of other plates."""
        flat = self._flat_of[one.collector_id]
        if not flat:
            return
        middle = sorted(x for x, _y in flat)[len(flat) // 2], sorted(
            y for _x, y in flat)[len(flat) // 2]  # fmt: skip
        painter.setFont(scaled(self.font(), 0.92, bold=True))
        wide = QFontMetricsF(painter.font()).horizontalAdvance(one.name) + 30
        spot = self._pixel(*middle)
        plate = QRectF(spot.x() - wide / 2, spot.y() - 11, wide, 22)
        while any(plate.intersects(other) for other in taken):
            plate.translate(0, 25)
        taken.append(plate)
        shown = look(dark=dark)
        lit = one.collector_id == self._lit
        painter.setPen(QPen(QColor(shown.accent if lit else shown.label), 2 if lit else 1))
        painter.setBrush(QColor(shown.earth))
        painter.drawRoundedRect(plate, 11, 11)
        paint_mark(
            painter, QPointF(plate.left() + 13, plate.center().y()), one.number, 5, dark=dark
        )
        painter.setPen(QColor(shown.label))
        text = plate.adjusted(23, 0, 0, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, one.name)

    def changeEvent(self, event: QEvent) -> None:
        """Colours and words follow theme and language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.set_look(look(dark=is_dark(self.palette())))
        elif event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def territories(
    owner: Mapping[str, str],
    places: Mapping[str, tuple[float, float]],
    staff: Sequence[tuple[str, str, tuple[float, float]]],
) -> list[Territory]:
    """One territory for each of `staff` (id, name, home); `owner` by debtor id."""
    found: dict[str, list[tuple[float, float]]] = {number: [] for number, _name, _home in staff}
    for who, one in owner.items():
        if one in found and who in places:
            found[one].append(places[who])
    return [
        Territory(number, name, k, home, tuple(found[number]))
        for k, (number, name, home) in enumerate(staff)
    ]
