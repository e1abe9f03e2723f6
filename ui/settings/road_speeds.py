"""How fast one travels on which road, and the terrain where no road is known."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QGridLayout, QHBoxLayout, QWidget

from planner.actions.change import Change
from planner.actions.travel_settings import (
    TravelSettings,
    changed_speeds,
    save_travel_settings,
)
from planner.domain.work import Mode
from planner.errors import PlannerError
from planner.geo.road_speeds import CLASSES, load_speeds
from planner.store.store import Store
from ui import formats
from ui.errors import words
from ui.i18n import N_, _
from ui.session import Session
from ui.settings.crew_terms import MODES
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text

# Roads as they are shown; their slip roads ("…_link") change by the same share.
ROADS = {
    "motorway": N_("Motorway"),
    "trunk": N_("Trunk road"),
    "primary": N_("Primary road"),
    "secondary": N_("Secondary road"),
    "tertiary": N_("Road between townships"),
    "unclassified": N_("Village road"),
    "residential": N_("Residential street"),
    "living_street": N_("Lane shared with walkers"),
    "service": N_("Yard and access road"),
    "road": N_("Road of unknown kind"),
    "track": N_("Farm track"),
    "path": N_("Path"),
    "footway": N_("Footway"),
    "steps": N_("Steps"),
    "ferry": N_("Ferry"),
}
TERRAIN = {
    "plain": N_("Plain: a way is 1.3 times the straight line"),
    "hills": N_("Hills: 1.5 times"),
    "mountains": N_("Mountains: 1.7 times"),
}
_FASTEST = 160.0


class RoadSpeedsCard(Card):
    """A figure per road class; nothing changes before Apply."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        self._saved = TravelSettings()
        self._chosen: dict[Mode, dict[str, float]] = {mode: {} for mode in Mode}
        self._usual = {
            mode: dict(zip(CLASSES, load_speeds().kmh[mode], strict=True)) for mode in Mode
        }
        self._filling = False
        self._shown: dict[str, float] = {}
        self._note, self._mode_name = Text("muted", wrap=True), Text("body")
        self.mode = QComboBox()
        self.mode.activated.connect(self._show_mode)
        self._names = {road: Text("body") for road in ROADS}
        self.figures = {road: QDoubleSpinBox() for road in ROADS}
        self._usual_texts = {road: Text("small") for road in ROADS}
        self._terrain_name, self.terrain = Text("strong"), QComboBox()
        self.terrain.activated.connect(self._look)
        self.reset, self.apply = Button("secondary"), Button("primary", "check")
        self.reset.clicked.connect(self._to_usual)
        self.apply.clicked.connect(self.save)
        self.message = MessageBar()
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._mode_name)
        head.addWidget(self.mode)
        head.addStretch(1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        for number, (road, figure) in enumerate(self.figures.items()):
            figure.setRange(0.0, _FASTEST)
            figure.setDecimals(0)
            figure.setFixedWidth(104)
            figure.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            figure.valueChanged.connect(self._changed)
            grid.addWidget(self._names[road], number, 0)
            grid.addWidget(figure, number, 1)
            grid.addWidget(self._usual_texts[road], number, 2)
        grid.setColumnStretch(0, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.reset)
        foot.addWidget(self.apply)
        self.body.addWidget(self._note)
        self.body.addLayout(head)
        self.body.addLayout(grid)
        self.body.addWidget(self._terrain_name)
        self.body.addWidget(self.terrain)
        self.body.addWidget(self.message)
        self.body.addLayout(foot)

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("Speeds on roads"))
        self._note.setText(
            _(
                "Kilometres an hour where nothing is in the way; posted limits and bad surfaces"
                " slow down further. 0 = not used."
            )
        )
        self._mode_name.setText(_("Travelling"))
        self.mode.setAccessibleName(_("Travelling"))
        for box, names in ((self.mode, MODES), (self.terrain, TERRAIN)):
            chosen = box.currentData()
            box.clear()
            for key, name in names.items():
                box.addItem(_(name), str(key))
            box.setCurrentIndex(max(0, box.findData(chosen)))
        for road, name in ROADS.items():
            self._names[road].setText(_(name))
            self.figures[road].setAccessibleName(_(name))
        self._terrain_name.setText(_("Where no road is known"))
        self.terrain.setAccessibleName(_("Where no road is known"))
        self.reset.setText(_("All as usual"))
        self.apply.setText(_("Apply"))
        self.message.name_cross(_("Close the message"))
        self._show_mode()

    def show_settings(self, found: TravelSettings) -> None:
        """What is in force."""
        self._saved = found
        for mode in Mode:
            self._chosen[mode] = dict(self._usual[mode]) | dict(found.speeds.get(mode.value, {}))
        self.terrain.setCurrentIndex(max(0, self.terrain.findData(found.terrain)))
        self._show_mode()

    @property
    def speeds(self) -> dict[str, dict[str, float]]:
        """The figures that differ from the usual ones."""
        other = {k: v for k, v in self._saved.speeds.items() if k not in set(Mode)}
        chosen = {mode.value: dict(rows) for mode, rows in self._chosen.items()}
        return changed_speeds(chosen) | {k: dict(v) for k, v in other.items()}

    def _mode(self) -> Mode:
        return Mode(self.mode.currentData() or Mode.CAR)

    @Slot()
    def _show_mode(self) -> None:
        mode, self._filling = self._mode(), True
        digits = 1 if mode is Mode.FOOT else 0
        for road, figure in self.figures.items():
            usual = self._usual[mode][road]
            figure.setDecimals(digits)
            figure.setValue(self._chosen[mode].get(road, usual))
            told = _("usual {n}").format(n=formats.number(usual, digits))
            self._usual_texts[road].setText(told if usual else _("not used"))
            for widget in (self._names[road], figure, self._usual_texts[road]):
                widget.setVisible(usual > 0 or road in ("motorway", "track", "path"))
        self._shown = {road: figure.value() for road, figure in self.figures.items()}
        self._filling = False
        self._look()

    @Slot()
    def _changed(self) -> None:
        if self._filling:
            return
        for road, figure in self.figures.items():
            if figure.value() != self._shown.get(road):
                self._shown[road] = figure.value()
                self._take(road, figure.value())

    def _take(self, road: str, value: float) -> None:
        mode = self._mode()
        usual = self._usual[mode]
        self._chosen[mode][road] = value
        link = f"{road}_link"
        if link in usual:
            share = value / usual[road] if usual[road] else 0.0
            self._chosen[mode][link] = min(_FASTEST, round(usual[link] * share, 1))
        self._look()

    @Slot()
    def _look(self) -> None:
        terrain = self.terrain.currentData() != self._saved.terrain
        self.apply.setEnabled(terrain or self.speeds != _plain(self._saved.speeds))
        self.reset.setEnabled(bool(self.speeds))

    @Slot()
    def _to_usual(self) -> None:
        for mode in Mode:
            self._chosen[mode] = dict(self._usual[mode])
        self._show_mode()

    @Slot()
    def save(self) -> None:
        """Put the figures in force for every plan made from now on."""
        job = partial(
            _save, self._session.store, speeds=self.speeds, terrain=self.terrain.currentData()
        )
        self._session.do(job, self._applied, self._refused)

    @Slot(object)
    def _applied(self, found: TravelSettings) -> None:
        self.show_settings(found)
        self.message.say(_("New plans reckon with these figures."), "accent")

    @Slot(object)
    def _refused(self, error: BaseException) -> None:
        if isinstance(error, PlannerError):
            self.message.say(words(error), "warn")
        else:
            self._session.troubled.emit(error)


def _plain(speeds: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    return {section: dict(figures) for section, figures in speeds.items()}


def _save(store: Store, **changes: Any) -> tuple[TravelSettings, Change]:
    return save_travel_settings(store, **changes), Change.SETTINGS
