"""What recorded trips have taught about driving times, on how many it rests, and a way back."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from planner.actions.change import Change
from planner.actions.learned import reset_learned
from planner.actions.travel import learned_of
from planner.clock import Clock
from planner.geo.learned_speeds import HOURS, LEAST, PACE_NAMES, Learned
from planner.store.store import Store
from ui import formats
from ui.i18n import N_, _
from ui.models.table import Column, DataTable, Kind
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.table import Table
from ui.widgets.text import Text

_PACES = {
    "slow": N_("Streets and tracks"),
    "middle": N_("Country roads"),
    "fast": N_("Main roads"),
}


@dataclass(frozen=True, slots=True)
class Lesson:
    """A region and kind of way: factor on the reckoned time, trips, and factors by part of day."""

    region: str
    pace: str
    trips: int
    factor: float
    parts: tuple[float, ...]


def lessons(known: Learned) -> list[Lesson]:
    """A row for each kind of way of which there are trips."""
    return [
        Lesson(
            region, name, known.trips(region, pace), known.factor(region, pace),
            tuple(known.factor(region, pace, part) for part in range(len(HOURS) + 1)),
        )
        for region in known.regions
        for pace, name in enumerate(PACE_NAMES)
        if known.trips(region, pace)
    ]  # fmt: skip


def factor_words(one: Lesson) -> str:
    """By how much ways take longer or less; that too few trips are known."""
    if one.trips < LEAST:
        return _("too few trips")
    share = one.factor - 1
    if abs(share) < 0.005:
        return _("as reckoned")
    return formats.signed(share * 100, 0) + " %"


def _by_hour(one: Lesson) -> str:
    marks = ["0", *map(str, HOURS), "24"]
    return "\n".join(
        _("{begin}–{end} o'clock: {share} %").format(
            begin=marks[k], end=marks[k + 1], share=formats.signed((factor - 1) * 100, 0)
        )
        for k, factor in enumerate(one.parts)
    )


class RoadLearnedCard(Card):
    """The table, and a button that empties it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        self._note, self._none = Text("muted", wrap=True), Text("muted", wrap=True)
        self.model = DataTable(
            (
                Column("region", lambda: _("Roads"), lambda r: r.region or _("estimated ways"),
                       Kind.STRONG, width=90, stretch=1),
                Column("pace", lambda: _("Kind of way"), lambda r: _(_PACES[r.pace]), width=90,
                       stretch=1),
                Column("trips", lambda: _("Trips"), lambda r: formats.number(r.trips), Kind.NUMBER,
                       lambda r: r.trips, width=60),
                Column("factor", lambda: _("Time"), factor_words, Kind.NUMBER,
                       lambda r: r.factor, tip=_by_hour, width=90),
            ),
            self,
        )  # fmt: skip
        self.table = Table(self.model)
        self.table.setMinimumHeight(140)
        self.reset = Button("secondary", "undo")
        self.reset.clicked.connect(self.forget)
        row = QHBoxLayout()
        row.addWidget(self.reset)
        row.addStretch(1)
        self.body.addWidget(self._note)
        self.body.addWidget(self._none)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(row)

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("Learned from trips"))
        self._note.setText(
            _(
                "Visits that are recorded with begin and end tell how long the way between them"
                " took. Every new plan learns from the days before it: from {n} trips of a kind on"
                " it follows them, the more trips, the more."
            ).format(n=LEAST)
        )
        self.table.setAccessibleName(_("Learned from trips"))
        self.reset.setText(_("Forget what was learned"))
        self._none.setText(_("No trip has been recorded with both times yet."))

    def refresh(self) -> None:
        """Show the table; making a plan is what learns."""
        self._session.ask(partial(learned_of, self._session.store), self.show_learned)

    @Slot(object)
    def show_learned(self, known: Learned) -> None:
        """Another table."""
        rows = lessons(known)
        self.model.set_rows(rows)
        for widget in (self.table, self.reset):
            widget.setVisible(bool(rows))
        self._none.setVisible(not rows)

    @Slot()
    def forget(self) -> None:
        """Begin anew: trips of past days count no more."""
        job = partial(_forget, self._session.store, self._session.clock)
        self._session.do(job, self.show_learned)


def _forget(store: Store, clock: Clock) -> tuple[Learned, Change]:
    reset_learned(store, clock=clock)
    return learned_of(store), Change.SETTINGS
