"""The stops of the day by crew, or what a search found, with where each one stands."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from ui import formats
from ui.cases.list_view import tight
from ui.cases.places import place_of
from ui.i18n import _
from ui.models.table import Column, DataTable, Kind
from ui.page import Translated
from ui.results import words
from ui.results.round import DayRound, StopLine
from ui.today.crew_tabs import CrewTabs
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.table import Table

_NARROW = 430  # logical pixels
_TABS = 620  # crews beyond this width are scrolled to


class StopList(Translated):
    """`chosen(line)` when another line becomes the current one, `opened` on Enter."""

    chosen = Signal(object)
    opened = Signal(object)
    key_pressed = Signal(QKeyEvent)
    plan_wanted = Signal()

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._round: DayRound | None = None
        self._found: Sequence[StopLine] | None = None
        self._crew = 0
        self._quiet = False
        self.saving: dict[str, tuple[str, str]] = {}  # written, but not read back yet
        self.tabs = CrewTabs()
        self.tabs.picked.connect(self._pick_crew)
        self.tab_scroll = QScrollArea()
        self.tab_scroll.setWidget(self.tabs)
        self.tab_scroll.setWidgetResizable(True)
        self.tab_scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.tab_scroll.setFixedHeight(56)
        self.tab_scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tab_scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.model = DataTable(self._columns(), self)
        self.table = Table(self.model)
        self.table.setSortingEnabled(False)
        self.table.chosen.connect(self._choose)
        self.table.opened.connect(self.opened)
        self.table.key_pressed.connect(self.key_pressed)
        self._empty = EmptyState("plan")
        self._empty.pressed.connect(self.plan_wanted)
        card = Card(heading=False)
        tight(card)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        card.body.addWidget(self._stack, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(card)
        self.retranslate()

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("number", lambda: _("No."), lambda r: str(r.number or formats.NONE),
                   Kind.NUMBER, width=44),
            Column("time", lambda: _("Arrive"),
                   lambda r: formats.clock_time(r.start, self._zone), width=64),
            Column("name", lambda: _("Person"),
                   lambda r: formats.mask_name(r.person.name) if r.person else formats.NONE,
                   Kind.STRONG, width=64),
            Column("place", lambda: _("Place"),
                   lambda r: (place_of(r.person) if r.person else "") or formats.NONE,
                   Kind.MUTED, width=70, stretch=1),
            Column("state", lambda: _("State"), self._state, Kind.CHIP, tip=self._state,
                   tone=self._tone, icon=self._icon, width=110, stretch=1),
        )  # fmt: skip

    def _state(self, line: StopLine) -> str:
        return words.state_words(line, self.saving)

    def _tone(self, line: StopLine) -> str:
        return words.state_tone(line, self.saving)

    def _icon(self, line: StopLine) -> str:
        return words.state_icon(line, self.saving)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the place gives way; it stands beside the tiles too."""
        super().resizeEvent(event)
        place = next(i for i, one in enumerate(self.model.columns) if one.key == "place")
        self.table.setColumnHidden(place, self.width() < _NARROW)
        self.table.fit()

    def retranslate(self) -> None:
        """Tabs, columns and the words for nothing."""
        self.table.setAccessibleName(_("Stops of the day, in order"))
        self.model.renew()
        self._say()

    def show_round(self, told: DayRound) -> None:
        """The stops of a day; crew and line stay if they are still there."""
        other = self._round is None or self._round.day != told.day
        self._round = told
        if other or self._crew >= len(told.routes):
            self._crew = 0
        self._fill()

    def show_found(self, lines: Sequence[StopLine] | None) -> None:
        """What a search found instead of the stops; None = the stops again."""
        self._found = lines
        self._fill()

    @property
    def crew(self) -> int:
        """The crew in view, by its place."""
        return self._crew

    @property
    def searching(self) -> bool:
        """Whether found people are shown."""
        return self._found is not None

    def refresh_states(self) -> None:
        """What is being saved changed."""
        self.model.renew()
        self._say()

    def _lines(self) -> Sequence[StopLine]:
        if self._found is not None:
            return self._found
        if self._round is None or not self._round.routes:
            return ()
        return self._round.routes[self._crew]

    def _fill(self) -> None:
        current = self.table.current()
        self._quiet = True
        self.model.set_rows(self._lines())
        if current is not None:
            self.mark(current.debtor_id)
        self._quiet = False
        self._say()

    def _say(self) -> None:
        told = self._round
        routes = told.routes if told is not None else ()
        self.tab_scroll.setVisible(bool(routes))
        if told is not None:
            self.tabs.show_crews(
                [
                    (told.parties[i].name, f"{sum(map(self.is_done, route))} / {len(route)}")
                    for i, route in enumerate(routes)
                ],
                self._crew,
            )
            self.tab_scroll.setMinimumWidth(min(_TABS, self.tabs.sizeHint().width()))
        self._stack.setCurrentIndex(0 if self.model.rows else 1)
        if self.searching:
            self._empty.say(_("Nobody fits this search."))
        elif told is not None and told.planned:
            self._empty.say(_("This crew has no stop on this day."))
        else:
            self._empty.say(
                _("No plan for this day yet."),
                _("Go to the plan"),
                more=_("Search above to record an outcome for any person."),
            )

    def is_done(self, line: StopLine) -> bool:
        """Whether an outcome is recorded, or being written."""
        return line.visited is not None or line.debtor_id in self.saving

    def mark(self, debtor_id: str) -> bool:
        """Make a person's line the current one without telling; False when it is not shown."""
        quiet, self._quiet = self._quiet, True
        place = self.model.place(lambda line: line.debtor_id == debtor_id)
        if place >= 0 and self.table.currentIndex().row() != place:
            self.table.go_to(place)
        self._quiet = quiet
        return place >= 0

    def show_stop(self, line: StopLine) -> None:
        """Bring a planned stop into view, with its crew."""
        if line.number and line.crew != self._crew:
            self._crew = line.crew
            self._fill()
        self.mark(line.debtor_id)

    def next_open(self) -> StopLine | None:
        """The first open stop after the current one, else before it, in the lines shown."""
        lines = list(self._lines())
        here = self.table.currentIndex().row()
        for line in lines[here + 1 :] + lines[: max(0, here)]:
            if not self.is_done(line):
                return line
        return None

    def go(self, step: int) -> None:
        """One line up or down."""
        self.table.go_to(self.table.currentIndex().row() + step)

    def _pick_crew(self, index: int) -> None:
        self._crew = index
        self._found = None
        self._fill()
        line = next((one for one in self._lines() if not self.is_done(one)), None)
        line = line or next(iter(self._lines()), None)
        if line is not None:
            self.mark(line.debtor_id)
            self.chosen.emit(line)

    def _choose(self, line: StopLine | None) -> None:
        if not self._quiet and line is not None:
            self.chosen.emit(line)
