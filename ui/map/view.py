"""The map of a page: a web page where WebEngine runs, painted by Qt where it does not.

Both draw the same marks and answer a click with the debtor's id. The kind is chosen when the map
is first shown; when the web process fails or dies, the painted map takes over on the spot.

Layers, from below: base maps (`set_base`), roads and places of imported layers (`set_ground`),
crews, stops, eligible persons, areas and waiting value (`set_marks`), pins (`set_pins`).

Placing. `set_pins` shows positions that can be dragged; a drag emits `pin_moved(address_id, lat,
lon)`, a press on one `pin_picked(address_id)`. `start_placing(address_id)` waits for a press on the
map or for Enter at the cross in its middle and emits the same `pin_moved`; the mode stays on, for
the next address, until `stop_placing()`. Nothing is stored here: whoever listens does that, and
calls `set_pins` anew. `aim(lat, lon, zoom)` moves the view, to a township, say.
"""

import json
import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.export.map_ground import Ground, ground_json
from planner.export.map_layers import Marks, marks_json
from planner.export.map_style import look, look_json
from ui.i18n import _, language
from ui.map import scheme, words
from ui.map.base import Base
from ui.map.painted import PaintedMap
from ui.map.pins import PinMark, pins_json
from ui.map.tile_desk import pack_id
from ui.map.words import MapWords, page_words
from ui.theme import is_dark

if TYPE_CHECKING:
    from ui.map.web import WebMap

logger = logging.getLogger(__name__)
START_LIMIT = 20_000  # milliseconds until a silent web page is given up


def prepare_ground(ground: Ground) -> tuple[Ground, bytes]:
    """The ground and its text for the web page: made off the GUI thread, it may be megabytes."""
    return ground, _text(ground_json(ground))


def _text(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def base_json(base: Base, in_language: str) -> dict[str, object]:
    """The layer "base" as the page reads it: packs by address, and the online server if in use."""
    packs = [
        {
            "id": pack_id(pack.path),
            "address": f"/tiles/{pack_id(pack.path)}/{{z}}/{{x}}/{{y}}",
            "vector": pack.vector,
            "bounds": pack.bounds,
            "low": pack.zooms[0],
            "high": pack.zooms[1],
            "thanks": pack.attribution,
            "fictional": pack.fictional,
        }
        for pack in base.packs
    ]
    if base.online.on:
        world = {"bounds": (-85.0, -180.0, 85.0, 180.0), "low": 0, "high": 18, "fictional": False}
        server = {"id": "online", "address": base.online.address, "vector": False}
        # Under the packs: what lies on this machine is the user's own choice for its area.
        packs.insert(0, {**server, **world, "thanks": base.online.attribution})
    return {"language": in_language, "packs": packs}


class MapView(QWidget):
    """Shows a ground and marks; `picked` carries a mark's key, "" for a click beside all marks."""

    picked = Signal(str)
    caught = Signal(list)  # keys of all marks inside a line drawn by the user, or in view
    pin_moved = Signal(str, float, float)  # address id, lat, lon
    pin_picked = Signal(str)  # address id
    ready = Signal()  # the map is there and listens
    still = Signal()  # after `watch`: all that was given stands on the screen

    def __init__(self, words: MapWords | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words or MapWords()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._ground: tuple[Ground, bytes] = prepare_ground(Ground())
        self._marks = Marks()
        self._base = Base()
        self._pins: tuple[PinMark, ...] = ()
        self._placing = ""
        self._keys: tuple[str, ...] = ()
        self._chosen = ""
        self._watched = False
        self.web: WebMap | None = None
        self.painted: PaintedMap | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(START_LIMIT)
        self._patience.timeout.connect(self._give_up_web)
        self.retranslate()

    def set_ground(self, prepared: tuple[Ground, bytes]) -> None:
        """Lay roads and places (from `prepare_ground`) under the marks."""
        self._ground = prepared
        if self.web is not None:
            self.web.put("ground", prepared[1])
        if self.painted is not None:
            self.painted.set_ground(prepared[0])

    def set_base(self, base: Base) -> None:
        """Lay these base maps (from `ui.map.base.load_base`) under everything."""
        moved = base.online.on != self._base.online.on or (
            base.online.on and base.online.origin != self._base.online.origin
        )
        self._base = base
        if self.web is not None and moved:
            # What the page may ask for stands in its policy: another server, another page.
            self._close_web()
            self._start_web()
        elif self.web is not None:
            self._send_base()
        if self.painted is not None:
            self.painted.name_notes(*self._notes())

    def set_pins(self, pins: Sequence[PinMark]) -> None:
        """Show these pins; each can be dragged."""
        self._pins = tuple(pins)
        if self.web is not None:
            self.web.put("pins", _text(pins_json(self._pins)))
        if self.painted is not None:
            self.painted.set_pins(self._pins)

    def start_placing(self, address_id: str) -> None:
        """The next press on the map, or Enter, says where this address is."""
        self._placing = address_id
        for board in self._boards():
            board.place(True)

    def stop_placing(self) -> None:
        """A press on the map chooses again."""
        self._placing = ""
        for board in self._boards():
            board.place(False)

    @property
    def placing(self) -> str:
        """The address that is being placed, or ""."""
        return self._placing

    def aim(self, lat: float, lon: float, zoom: float = 13.0) -> None:
        """Show this position (WGS-84 degrees) in the middle."""
        for board in self._boards():
            board.aim(lat, lon, zoom)

    def set_marks(self, marks: Marks, *, fit: bool = False) -> None:
        """Show these crews, stops and eligible persons; `fit` moves the view to the plan."""
        styles_changed = len(marks.crews) != len(self._marks.crews)
        self._marks = marks
        self._keys = marks.keys()
        if styles_changed:
            self._send_look()
        self._send_marks()
        self.select(self._chosen)
        if fit:
            self.fit()

    def select(self, key: str) -> None:
        """Ring the mark of this debtor; "" or an unknown id rings none. Emits nothing."""
        self._chosen = key
        index = self._keys.index(key) if key in self._keys else -1
        for board in self._boards():
            board.choose(index)

    def watch(self) -> None:
        """Say `still` when all that was given is drawn: for pictures. The map must be in sight."""
        self._watched = True
        if self.web is not None:
            self.web.watch()
        elif self.painted is not None:
            QTimer.singleShot(0, self, partial(self.still.emit))

    @Slot()
    def fit(self) -> None:
        """Show the whole plan."""
        for board in self._boards():
            board.fit()

    @Slot(int)
    def fit_crew(self, crew: int) -> None:
        """Show the round of the crew with this index."""
        for board in self._boards():
            board.fit(crew)

    def _boards(self) -> "list[WebMap | PaintedMap]":
        return [board for board in (self.web, self.painted) if board is not None]

    def retranslate(self) -> None:
        """Say names and hints in the language in use."""
        self.setAccessibleName(_(self._words.name))
        hint = _(self._words.hint)
        self.setAccessibleDescription(hint)
        if self.painted is not None:
            self.painted.setAccessibleName(self.accessibleName())
            self.painted.setAccessibleDescription(hint)
            self.painted.name_buttons((_("Zoom in"), _("Zoom out"), _(self._words.whole)))
            self.painted.name_notes(*self._notes())
        self._send_look()
        self._send_base()

    def _notes(self) -> tuple[str, str, str]:
        """What stands in the corner of a painted map: of invented places, of nothing to show, and
        of base maps that only the web engine draws."""
        simple = words.simple() if self._base.packs or self._base.online.on else ""
        return words.fictional(), words.bare(), simple

    def changeEvent(self, event: QEvent) -> None:
        """Another theme: other colours."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange):
            self._send_look()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """The map is made when it is first seen: a web engine costs a second and 100 MB."""
        if self.web is None and self.painted is None:
            if scheme.usable():
                self._start_web()
            else:
                self._start_painted()
        super().showEvent(event)

    def _start_web(self) -> None:
        from ui.map.web import WebMap

        online = self._base.online.origin if self._base.online.on else ""
        self.web = WebMap(language(), self, online)
        self.web.picked.connect(self._clicked)
        self.web.caught.connect(self._caught)
        self.web.placed.connect(self._placed)
        self.web.pin_dragged.connect(self._pin_dragged)
        self.web.pin_chosen.connect(self._pin_chosen)
        self.web.failed.connect(self._give_up_web)
        self.web.ready.connect(self._web_ready)
        self.web.still.connect(self.still)
        self._layout.addWidget(self.web)
        self.setFocusProxy(self.web.view)
        self._send_look()
        self.web.put("ground", self._ground[1])
        self._send_base()
        self._send_marks()
        if self._pins:
            self.web.put("pins", _text(pins_json(self._pins)))
        self.select(self._chosen)
        if self._placing:
            self.web.place(True)
        if self._watched:
            self.web.watch()
        self._patience.start()
        self.web.start()

    @Slot()
    def _web_ready(self) -> None:
        self._patience.stop()
        self.fit()
        self.ready.emit()

    @Slot()
    def _give_up_web(self) -> None:
        self._patience.stop()
        if self.web is None:
            return
        logger.warning("map: painted instead of shown by the web engine")
        self.web.handler.desk.shut()
        self.setFocusProxy(None)  # type: ignore[arg-type]  # Qt takes none
        self._layout.removeWidget(self.web)
        self.web.hide()
        self.web.deleteLater()
        self.web = None
        self._start_painted()

    def shut(self) -> None:
        """The window closes: the web engine goes first. Shown again, the map is painted."""
        self._patience.stop()
        self._close_web()

    def _close_web(self) -> None:
        if self.web is None:
            return
        web, self.web = self.web, None
        self.setFocusProxy(None)  # type: ignore[arg-type]  # Qt takes none
        self._layout.removeWidget(web)
        web.hide()
        web.shut()
        web.deleteLater()

    def _start_painted(self) -> None:
        self.painted = PaintedMap(self)
        self.painted.picked.connect(self._clicked)
        self.painted.caught.connect(self._caught)
        self.painted.placed.connect(self._placed)
        self.painted.pin_dragged.connect(self._pin_dragged)
        self.painted.pin_chosen.connect(self._pin_chosen)
        self._layout.addWidget(self.painted)
        self.painted.show()  # the layout would do so after this event: too late for the keyboard
        self.setFocusProxy(self.painted)
        self.painted.set_ground(self._ground[0])
        self.painted.set_marks(self._marks)
        self.painted.set_pins(self._pins)
        self.painted.place(bool(self._placing))
        self.retranslate()
        self.select(self._chosen)
        self.painted.fit()
        QTimer.singleShot(0, self, partial(self.ready.emit))
        if self._watched:
            self.watch()

    def _dark(self) -> bool:
        return is_dark(self.palette())

    def _send_look(self) -> None:
        shown = look(dark=self._dark())
        if self.painted is not None:
            self.painted.set_look(shown)
        if self.web is not None:
            content = look_json(shown, len(self._marks.crews))
            content["words"] = page_words(self._words)
            self.web.set_earth(shown.earth)
            self.web.put("look", _text(content))

    def _send_base(self) -> None:
        if self.web is not None:
            self.web.handler.desk.set_packs(self._base.packs)
            self.web.put("base", _text(base_json(self._base, language())))

    def _send_marks(self) -> None:
        if self.painted is not None:
            self.painted.set_marks(self._marks)
        if self.web is not None:
            for layer, content in marks_json(self._marks).items():
                self.web.put(layer, _text(content))

    @Slot(int)
    def _clicked(self, index: int) -> None:
        key = self._keys[index] if 0 <= index < len(self._keys) else ""
        self._chosen = key
        self.picked.emit(key)

    @Slot(list)
    def _caught(self, indexes: list[int]) -> None:
        self.caught.emit([self._keys[k] for k in indexes if 0 <= k < len(self._keys)])

    @Slot(float, float)
    def _placed(self, lat: float, lon: float) -> None:
        if self._placing:
            self.pin_moved.emit(self._placing, lat, lon)

    @Slot(int, float, float)
    def _pin_dragged(self, index: int, lat: float, lon: float) -> None:
        if 0 <= index < len(self._pins):
            self.pin_moved.emit(self._pins[index].address_id, lat, lon)

    @Slot(int)
    def _pin_chosen(self, index: int) -> None:
        if 0 <= index < len(self._pins):
            self.pin_picked.emit(self._pins[index].address_id)
