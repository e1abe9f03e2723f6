"""Today's round: pick the crew, see how far it is, then the whole order."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from ui import formats
from ui.i18n import _, code
from ui.models.table import Column, DataTable, Kind
from ui.outcomes import outcome_tone, outcome_words
from ui.today.crew_tabs import CrewTabs
from ui.today.digest import RoundView, StopView
from ui.widgets.card import Card
from ui.widgets.table import Table
from ui.widgets.text import Text

_NARROW = 400  # logical pixels


def state_words(stop: StopView) -> str:
    """Where the stop stands: its outcome, "next", "not any more", or nothing yet."""
    if stop.visited:
        return outcome_words(stop.visited.code, stop.visited.result)
    if stop.barred:
        return _("not any more")
    return _("next") if stop.next else _("open")


def barred_words(stop: StopView) -> str:
    """Why the stop should not be visited any more."""
    if stop.barred == "closed":
        return _("No case is open any more.")
    return code(f"rule.{stop.barred}") if stop.barred else ""


def _place(stop: StopView) -> str:
    return formats.place(stop.place, stop.address)


def _tone(stop: StopView) -> str:
    if stop.visited:
        return outcome_tone(stop.visited.code)
    return "warn" if stop.barred else "accent" if stop.next else "neutral"


def _icon(stop: StopView) -> str:
    if stop.visited:
        return "check"
    return "warn" if stop.barred else "chevron-right" if stop.next else "clock"


class RoundCard(Card):
    """`person_wanted(debtor_id)`; `crew_picked(index)`: another crew in view; `chosen(debtor_id)`:
    the stop in the list."""

    person_wanted = Signal(str)
    crew_picked = Signal(int)
    chosen = Signal(str)

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._zone = zone
        self._rounds: tuple[RoundView, ...] = ()
        self.crew = 0
        self._tabs = CrewTabs()
        self._tabs.picked.connect(self._pick)
        self._done = Text("muted", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._model = DataTable(self._columns(), self)
        self.table = Table(self._model)
        self.table.setSortingEnabled(False)
        # The last columns give way; a bar below the list would cost a line.
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.opened.connect(self._open)
        self.table.chosen.connect(self._choose)
        self.body.addWidget(self._tabs.in_strip())
        self.body.addWidget(self._bar)
        self.body.addWidget(self._done)
        self.body.addWidget(self.table, 1)

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("number", lambda: _("No."), lambda s: str(s.number), Kind.NUMBER, width=36),
            Column("time", lambda: _("Arrive"), self._arrive, width=56),
            Column("name", lambda: _("Person"), lambda s: formats.mask_name(s.name), Kind.STRONG,
                   width=64),
            Column("place", lambda: _("Place"), _place, Kind.MUTED, width=70, stretch=1),
            Column(
                "state", lambda: _("State"), state_words, Kind.CHIP, tip=state_words,
                tone=_tone, icon=_icon, width=96, stretch=1,
            ),
        )  # fmt: skip

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the place gives way: it stands beside the next stop and on the map."""
        super().resizeEvent(event)
        place = next(i for i, one in enumerate(self._model.columns) if one.key == "place")
        self.table.setColumnHidden(place, self.table.width() < _NARROW)
        self.table.fit()

    def _arrive(self, stop: StopView) -> str:
        return formats.clock_time(stop.arrive, self._zone)

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("Today's round"))
        self.table.setAccessibleName(_("Stops of the round, in order"))
        self._bar.setAccessibleName(_("Progress"))
        self._show()

    def show_rounds(self, rounds: tuple[RoundView, ...]) -> None:
        """Other data; the crew in view stays if it is still there."""
        self._rounds = rounds
        self.crew = min(self.crew, max(0, len(rounds) - 1))
        self._show()

    def _pick(self, index: int) -> None:
        self.crew = index
        self._show()
        self.crew_picked.emit(index)

    def go_to(self, debtor_id: str) -> None:
        """Show this stop: its crew, and its line in the list."""
        for index, one in enumerate(self._rounds):
            for line, stop in enumerate(one.stops):
                if stop.debtor_id == debtor_id:
                    if index != self.crew:
                        self._pick(index)
                    self.table.go_to(line, centre=True)

    def _choose(self, stop: StopView | None) -> None:
        self.chosen.emit(stop.debtor_id if stop is not None else "")

    def _show(self) -> None:
        crews = [(one.crew, f"{one.done} / {len(one.stops)}") for one in self._rounds]
        self._tabs.show_crews(crews, self.crew)
        if not self._rounds:
            self._model.set_rows([])
            return
        current = self._rounds[self.crew]
        self._model.set_rows(current.stops)
        self._bar.setRange(0, max(1, len(current.stops)))
        self._bar.setValue(current.done)
        self._done.setText(
            _("{done} of {all} visited, {km}, back at {time}").format(
                done=current.done,
                all=len(current.stops),
                km=formats.distance(current.metres),
                time=formats.clock_time(current.back, self._zone),
            )
        )
        if current.next is not None:
            self.table.go_to(current.stops.index(current.next), centre=True)

    def _open(self, stop: StopView) -> None:
        self.person_wanted.emit(stop.debtor_id)
