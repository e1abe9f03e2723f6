"""The crews of the day: who is out, since when, when back, how far; and what was paid."""

from datetime import datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui import formats
from ui.i18n import _
from ui.models.table import Column, DataTable, Kind
from ui.today.digest import Digest, RoundView
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.table import Table

_LATE = timedelta(minutes=15)
_MOST_ROWS = 6  # further crews are scrolled to


def back_state(one: RoundView, now: datetime) -> str:
    """Where a crew stands, as a code: home, out, overdue (not back though it should be), planned,
    silent (it should be out, and nothing is told)."""
    trip = one.trip
    if trip is not None and trip.back is not None:
        return "home"
    if now > one.back + _LATE and ((trip is not None and trip.left is not None) or one.done):
        return "overdue"
    if trip is not None and trip.left is not None:
        return "out"
    return "silent" if now > one.depart + _LATE else "planned"


def state_words(one: RoundView, now: datetime, zone: str) -> str:
    """The same in words."""
    trip, state = one.trip, back_state(one, now)
    back = formats.clock_time(one.back, zone)
    if state == "home" and trip is not None:
        return _("back {time}").format(time=formats.clock_time(trip.back, zone))
    if state == "overdue":
        return _("not back yet, due {time}").format(time=back)
    if state == "out":
        return _("out, due {time}").format(time=back)
    leave = formats.clock_time(one.depart, zone)
    return f"{leave} – {back}"


_TONES = {"home": "neutral", "overdue": "warn", "out": "accent", "planned": "neutral",
          "silent": "neutral"}  # fmt: skip
_ICONS = {"home": "check", "overdue": "warn", "out": "chevron-right", "planned": "clock",
          "silent": "clock"}  # fmt: skip


class CrewsCard(Card):
    """`trip_wanted(index)` when start and end of a crew's day are to be told."""

    trip_wanted = Signal(int)
    list_wanted = Signal()

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._zone = zone
        self._digest: Digest | None = None
        self._model = DataTable(
            (
                Column("crew", lambda: _("Crew"), lambda r: r.crew, Kind.STRONG, width=60),
                Column("state", lambda: _("State"), self._state, Kind.CHIP, tip=self._tip,
                       tone=self._tone, icon=self._icon, width=120, stretch=1),
            ),
            self,
        )  # fmt: skip
        self.table = Table(self._model)
        self.table.setSortingEnabled(False)
        self.table.horizontalHeader().hide()
        self.table.opened.connect(self._open)
        self.tell, self.spent = Button("secondary", "edit"), Button("quiet", "export")
        self.tell.clicked.connect(self._tell)
        self.spent.clicked.connect(self.list_wanted)
        row = QHBoxLayout()
        row.addWidget(self.tell)
        row.addStretch(1)
        self.head.addWidget(self.spent)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(row)

    def _now(self) -> datetime:
        assert self._digest is not None
        return self._digest.now

    def _state(self, one: RoundView) -> str:
        return state_words(one, self._now(), self._zone)

    def _tip(self, one: RoundView) -> str:
        """The state with the way that was driven, once it is told."""
        metres = one.trip.metres if one.trip is not None else None
        if metres is None:
            return self._state(one)
        said = _("Planned {planned}, driven {driven}.")
        way = said.format(planned=formats.distance(one.metres), driven=formats.distance(metres))
        return f"{self._state(one)}\n{way}"

    def _tone(self, one: RoundView) -> str:
        return _TONES[back_state(one, self._now())]

    def _icon(self, one: RoundView) -> str:
        return _ICONS[back_state(one, self._now())]

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("Crews"))
        self.table.setAccessibleName(_("Crews: who is out, and when they are back"))
        self.tell.setText(_("Start, end, expenses"))
        self.tell.setToolTip(_("Times, odometer and expenses of the crew in view  (E)"))
        self.spent.setText(_("Expenses"))
        self.spent.setToolTip(_("The expenses of this month as a spreadsheet"))
        self._model.renew()

    def show_digest(self, digest: Digest) -> None:
        """Other data."""
        self._digest = digest
        self._model.set_rows(digest.rounds)
        rows = max(1, min(len(digest.rounds), _MOST_ROWS))
        self.table.setFixedHeight(rows * self.table.verticalHeader().defaultSectionSize() + 4)
        # Nobody leaves on a day that is still to come.
        self.tell.setEnabled(digest.day <= digest.today)

    def _tell(self) -> None:
        chosen = self.table.currentIndex().row()
        self.trip_wanted.emit(max(0, chosen))

    def _open(self, one: RoundView) -> None:
        if self._digest is not None and self.tell.isEnabled():
            self.trip_wanted.emit(self._digest.rounds.index(one))
