"""The crews as they were last imported."""

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.domain.people import Crew
from planner.store.crews import load_crews
from planner.store.store import Store
from ui import formats
from ui.i18n import _
from ui.models.table import Column, DataTable, Kind
from ui.page import Translated
from ui.session import Session
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.table import Table
from ui.widgets.text import Text


def read_crews(store: Store) -> list[Crew]:
    """All crews; runs off the GUI thread."""
    with store.read() as conn:
        return list(load_crews(conn))


def weekdays_words(days: tuple[int, ...]) -> str:
    """Runs of weekdays: "Mon – Sat", or a list."""
    names = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    ordered = sorted(days)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"{names[ordered[0] - 1]} – {names[ordered[-1] - 1]}"
    return ", ".join(names[day - 1] for day in ordered)


def _hours(crew: Crew) -> str:
    return f"{formats.minutes_of_day(crew.start)} – {formats.minutes_of_day(crew.end)}"


def _members(crew: Crew) -> str:
    return " · ".join(member.name for member in crew.members)


_COLUMNS = (
    Column("name", lambda: _("Crew"), lambda c: c.name, Kind.STRONG, width=120),
    Column("members", lambda: _("Members"), _members, width=180, stretch=2),
    Column("hours", lambda: _("Hours"), _hours, sort=lambda c: c.start, width=120),
    Column("days", lambda: _("Days"), lambda c: weekdays_words(c.weekdays), width=120),
    Column("start", lambda: _("Starts at (lat, lon)"), lambda c: f"{c.lat:.4f}, {c.lon:.4f}",
           Kind.MUTED, sort=lambda c: c.lat, width=150, stretch=1),
)  # fmt: skip


class CrewsPanel(Translated):
    """A table; the way to change it is to import the list again."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._card = Card()
        self._intro = Text("muted", wrap=True)
        self._model = DataTable(_COLUMNS, self)
        self.table = Table(self._model)
        self._empty = EmptyState("crew")
        self._empty.pressed.connect(self._import)
        for widget in (self._intro, self.table, self._empty):
            self._card.body.addWidget(widget)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._card)
        self._show([])
        self.retranslate()

    def retranslate(self) -> None:
        """All words of the panel."""
        self._card.set_title(_("Crews"))
        self._intro.setText(
            _("A crew drives together. To change a crew, import the list of crews again.")
        )
        self.table.setAccessibleName(_("Crews"))
        self._empty.say(_("No crew yet. Import the list of crews (xlsx, csv)."), _("Import crews"))

    def refresh(self) -> None:
        """Read them anew."""
        self._session.ask(partial(read_crews, self._session.store), self._show)

    @Slot(object)
    def _show(self, crews: list[Crew]) -> None:
        self._model.set_rows(crews)
        self.table.setVisible(bool(crews))
        self._empty.setVisible(not crews)

    def _import(self) -> None:
        self._session.go("imports", "choose")
