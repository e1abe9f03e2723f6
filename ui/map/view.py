"""The map of a page: a web page where WebEngine runs, painted by Qt where it does not.

Both draw the same marks and answer a click with the debtor's id. The kind is chosen when the map
is first shown; when the web process fails or dies, the painted map takes over on the spot.
"""

import json
import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.export.map_ground import Ground, ground_json
from planner.export.map_layers import Marks, marks_json
from planner.export.map_style import look, look_json
from ui.i18n import N_, _, language
from ui.map import scheme
from ui.map.painted import PaintedMap
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


@dataclass(frozen=True, slots=True)
class MapWords:
    """English sentences that a map says in the language in use: its name, what shows everything,
    and what its keys do."""

    name: str = N_("Map of the day's plan")
    whole: str = N_("Show the whole plan")
    hint: str = N_(
        "Arrows move, + and - zoom, F shows the whole plan, N and P go from stop to stop."
    )


class MapView(QWidget):
    """Shows a ground and marks; `picked` carries a mark's key, "" for a click beside all marks."""

    picked = Signal(str)
    ready = Signal()  # the map is there and listens

    def __init__(self, words: MapWords | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words or MapWords()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._ground: tuple[Ground, bytes] = prepare_ground(Ground())
        self._marks = Marks()
        self._keys: tuple[str, ...] = ()
        self._chosen = ""
        self._fitted = ""
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

    @staticmethod
    def _notes() -> tuple[str, str]:
        """What stands in the corner of a ground of invented places, and of an empty one."""
        bare = _("No map layer yet; distances are estimated.")
        return _("Fictional demonstration data"), bare

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

        self.web = WebMap(language(), self)
        self.web.picked.connect(self._clicked)
        self.web.failed.connect(self._give_up_web)
        self.web.ready.connect(self._web_ready)
        self._layout.addWidget(self.web)
        self.setFocusProxy(self.web.view)
        self._send_look()
        self.web.put("ground", self._ground[1])
        self._send_marks()
        self.select(self._chosen)
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
        self.setFocusProxy(None)  # type: ignore[arg-type]  # Qt takes none
        self._layout.removeWidget(self.web)
        self.web.hide()
        self.web.deleteLater()
        self.web = None
        self._start_painted()

    def shut(self) -> None:
        """The window closes: the web engine goes first. Shown again, the map is painted."""
        self._patience.stop()
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
        self._layout.addWidget(self.painted)
        self.setFocusProxy(self.painted)
        self.painted.set_ground(self._ground[0])
        self.painted.set_marks(self._marks)
        self.retranslate()
        self.select(self._chosen)
        self.painted.fit()
        QTimer.singleShot(0, self, partial(self.ready.emit))

    def _dark(self) -> bool:
        return is_dark(self.palette())

    def _send_look(self) -> None:
        shown = look(dark=self._dark())
        if self.painted is not None:
            self.painted.set_look(shown)
        if self.web is not None:
            content = look_json(shown, len(self._marks.crews))
            fictional, bare = self._notes()
            content["words"] = {
                "map": self.accessibleName(),
                "zoom_in": _("Zoom in"),
                "zoom_out": _("Zoom out"),
                "fit": _(self._words.whole),
                "fictional": fictional,
                "bare": bare,
            }
            self.web.set_earth(shown.earth)
            self.web.put("look", _text(content))

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
