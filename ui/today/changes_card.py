"""What changed: outcomes recorded on this day, and planned stops that no longer stand."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui import formats
from ui.i18n import _
from ui.models.table import Column, DataTable, Kind
from ui.outcomes import outcome_tone, outcome_words
from ui.today.because import because_lines
from ui.today.digest import Digest, StopView, outcomes
from ui.today.round_card import barred_words
from ui.widgets.card import Card, line
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout
from ui.widgets.table import Table
from ui.widgets.text import Text


class ChangesCard(Card):
    """`person_wanted(debtor_id)` when a line is opened."""

    person_wanted = Signal(str)

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._zone = zone
        self._digest: Digest | None = None
        self._plan = Text("body", wrap=True)
        self._because = Text("body", wrap=True)
        self._recorded = Text("strong")
        self._chips = QWidget()
        self._flow = FlowLayout(self._chips)
        self._none = Text("muted", wrap=True)
        self._changed = Text("strong")
        self._model = DataTable(
            (
                Column(
                    "who", lambda: _("Person"), lambda s: formats.mask_name(s.name), Kind.STRONG
                ),
                Column("why", lambda: _("Why not any more"), barred_words, Kind.WRAP,
                       tip=barred_words, width=160, stretch=1),
            ),
            self,
        )  # fmt: skip
        self.table = Table(self._model)
        self.table.opened.connect(self._open)
        self._same = Text("muted", wrap=True)
        for widget in (self._plan, self._because, line(), self._recorded, self._chips, self._none,
                       line(), self._changed, self._same):  # fmt: skip
            self.body.addWidget(widget)
        self.body.addWidget(self.table, 1)
        self._rest = QVBoxLayout()
        self._rest.addStretch(1)
        self.body.addLayout(self._rest)

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("What happened"))
        self._recorded.setText(_("Recorded on this day"))
        self._changed.setText(_("Changed since planned"))
        self.table.setAccessibleName(_("Changed since planned"))
        if self._digest is not None:
            self.show_digest(self._digest)

    def show_digest(self, digest: Digest) -> None:
        """Other data."""
        self._digest = digest
        made = formats.moment(digest.made_at, self._zone)
        self._plan.setText(_("Plan made at {time}.").format(time=made))
        because = because_lines(digest, self._zone)
        self._because.setText("\n".join(because))
        self._because.setVisible(bool(because))
        found = outcomes(digest)
        self._none.setText(_("No outcome yet."))
        self._none.setVisible(not found)
        self._chips.setVisible(bool(found))
        self._flow.clear()
        for code, result, n in found:
            self._flow.addWidget(Chip(f"{n} × {outcome_words(code, result)}", outcome_tone(code)))
        changed = digest.changed
        self._model.set_rows(changed)
        self.table.setVisible(bool(changed))
        self._same.setVisible(not changed)
        self._same.setText(_("Every planned stop still stands."))

    def _open(self, stop: StopView) -> None:
        self.person_wanted.emit(stop.debtor_id)
