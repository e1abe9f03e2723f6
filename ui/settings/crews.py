"""The crews: who they are, as last imported, and how each works, as set here."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.change import Change
from planner.actions.crews import export_crews, save_work
from planner.actions.ways import price_of
from planner.domain.people import Crew
from planner.domain.work import Work
from planner.ranking.params import load_params
from planner.store.crews import load_crews
from planner.store.store import Store
from ui import formats
from ui.i18n import _, language
from ui.models.table import Column, DataTable, Kind
from ui.page import Translated
from ui.session import Session
from ui.settings.crew_terms import MODES, CrewTerms
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.table import Table
from ui.widgets.text import Text


def read_crews(store: Store) -> list[Crew]:
    """All crews; runs off the GUI thread."""
    with store.read() as conn:
        return list(load_crews(conn))


def put_work(session: Session, crew_id: str, work: Work) -> tuple[None, Change, bytes | None]:
    """Save a crew's terms; runs off the GUI thread. Raises PlannerError("crews.…")."""
    batch = save_work(session.store, crew_id, work, clock=session.clock)
    return None, Change.CREWS if batch else Change.NOTHING, batch


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
    Column("mode", lambda: _("Travels by"), lambda c: _(MODES[c.work.mode]), width=120),
    Column("skills", lambda: _("Can do"), lambda c: ", ".join(c.work.skills), Kind.MUTED,
           width=120, stretch=1),
    Column("start", lambda: _("Starts at (lat, lon)"), lambda c: f"{c.lat:.4f}, {c.lon:.4f}",
           Kind.MUTED, sort=lambda c: c.lat, width=150, stretch=1),
)  # fmt: skip


class CrewsPanel(Translated):
    """A table of the crews, below it how the chosen one works; members come from the list."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._drafts: dict[str, Work] = {}
        self._shown = ""  # id of the crew in the form
        self._params = load_params()
        self._card, self._form_card = Card(heading=False), Card()
        self._intro = Text("muted", wrap=True)
        self._export = Button("secondary", "export")
        self._export.clicked.connect(self.export)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._intro, 1)
        head.addWidget(self._export)
        self._card.body.addLayout(head)
        self._model = DataTable(_COLUMNS, self)
        self.table = Table(self._model)
        self.table.chosen.connect(self._chosen)
        self._empty = EmptyState("crew")
        self._empty.pressed.connect(self._import)
        for widget in (self.table, self._empty):
            self._card.body.addWidget(widget)
        self.terms = CrewTerms()
        self.terms.changed.connect(self._edited)
        self.save, self._back = Button("primary", "check"), Button("secondary")
        self.save.clicked.connect(self._save)
        self._back.clicked.connect(self._discard)
        self._lay_out()
        self._show([])
        self.retranslate()

    def _lay_out(self) -> None:
        self._wrong = Text("small")
        self._form_card.head.addWidget(self._wrong)
        self._form_card.head.addWidget(self._back)
        self._form_card.head.addWidget(self.save)
        self._form_card.body.addWidget(self.terms)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(self._card, 1)
        box.addWidget(self._form_card)

    def retranslate(self) -> None:
        """All words of the panel."""
        self._card.set_title(_("Crews"))
        self._intro.setText(
            _("Who belongs to a crew, where it starts and when it works comes from the list of"
              " crews: import it again to change that.")
        )  # fmt: skip
        self._export.setText(_("Save the list"))
        self._export.setToolTip(_("As a spreadsheet that can be changed and imported again."))
        self.table.setAccessibleName(_("Crews"))
        self._empty.say(_("No crew yet. Import the list of crews (xlsx, csv)."), _("Import crews"))
        self.save.setText(_("Save"))
        self._back.setText(_("Discard"))
        self._name_form()

    def refresh(self) -> None:
        """Read them anew."""
        self._session.ask(partial(read_crews, self._session.store), self._show)

    @Slot(object)
    def _show(self, crews: list[Crew]) -> None:
        shown = self._shown
        self._model.set_rows(crews)
        self.table.setVisible(bool(crews))
        self._empty.setVisible(not crews)
        self._form_card.setVisible(bool(crews))
        for crew in crews:
            if self._drafts.get(crew.crew_id) == crew.work:
                del self._drafts[crew.crew_id]
        if crews:
            ids = [crew.crew_id for crew in crews]
            row = ids.index(shown) if shown in ids else 0
            self.table.go_to(row)
            self._chosen(crews[row])

    @Slot(object)
    def _chosen(self, crew: Crew | None) -> None:
        if crew is None:
            return
        self._shown = crew.crew_id
        work = self._drafts.get(crew.crew_id, crew.work)
        self.terms.blockSignals(True)
        self.terms.show_work(work)
        self.terms.blockSignals(False)
        self._offer(work)
        self._name_form()
        self._edited()

    def _current(self) -> Crew | None:
        return next((crew for crew in self._model.rows if crew.crew_id == self._shown), None)

    def _name_form(self) -> None:
        crew = self._current()
        name = crew.name if crew else ""
        self._form_card.set_title(_("How {crew} works").format(crew=name))

    def _offer(self, work: Work) -> None:
        """The usual prices of the way of travelling, greyed out where the crew has no own."""
        _mode, km_price, wage = price_of(Work(mode=work.mode), self._params)
        self.terms.offer(km_price, wage)

    def _edited(self) -> None:
        crew = self._current()
        if crew is None:
            return
        work = self.terms.work
        self._offer(work)
        changed = work != crew.work
        if changed:
            self._drafts[crew.crew_id] = work
        else:
            self._drafts.pop(crew.crew_id, None)
        self._wrong.setText(self.terms.fault)
        self.save.setEnabled(changed and not self.terms.fault)
        self._back.setEnabled(changed)

    def _discard(self) -> None:
        self._drafts.pop(self._shown, None)
        self._chosen(self._current())

    def _save(self) -> None:
        crew = self._current()
        if crew is None or self.terms.fault:
            return
        text = _("Terms of {crew} changed").format(crew=crew.name)
        job = partial(put_work, self._session, crew.crew_id, self.terms.work)
        self._session.deed(text, job)

    def export(self) -> None:
        """Choose a file and write the list there."""
        start = str(Path.home() / (_("Crews") + ".xlsx"))
        out, _kind = QFileDialog.getSaveFileName(
            self, _("Save the list"), start, _("Spreadsheet (*.xlsx)")
        )
        if out:
            job = partial(export_crews, self._session.store, Path(out), language())
            self._session.ask(job, self._written)

    @Slot(object)
    def _written(self, path: Path) -> None:
        self._session.toast(_("Written: {file}").format(file=path.name))

    def _import(self) -> None:
        self._session.go("imports", "choose")
