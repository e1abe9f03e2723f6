"""Promises: what is due today, what is open from before, and what this week should bring."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from planner.actions.due import DueLine, DueList
from ui import formats
from ui.i18n import _, ngettext
from ui.models.table import Column, DataTable, Kind
from ui.widgets.card import Card
from ui.widgets.table import Table
from ui.widgets.text import Text


class DueCard(Card):
    """`person_wanted(debtor_id)` when a line is opened."""

    person_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._due: DueList | None = None
        self._today, self._week = Text("body", wrap=True), Text("muted", wrap=True)
        self._model = DataTable(
            (
                Column("who", lambda: _("Person"), lambda r: formats.mask_name(r.name),
                       Kind.STRONG, width=64),
                Column("left", lambda: _("Open"), lambda r: formats.money(r.left), Kind.NUMBER,
                       tip=lambda r: formats.money_exact(r.left), width=80),
                Column("day", lambda: _("Due"), self._day, Kind.MUTED, width=60, stretch=1),
            ),
            self,
        )  # fmt: skip
        self.table = Table(self._model)
        self.table.setSortingEnabled(False)
        self.table.opened.connect(self._open)
        self.table.setMinimumHeight(140)
        self.body.addWidget(self._today)
        self.body.addWidget(self._week)
        self.body.addWidget(self.table, 1)

    def _day(self, line: DueLine) -> str:
        if self._due is not None and line.due == self._due.day:
            return _("today")
        return f"{line.due:%m-%d}"

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("Promises"))
        self.table.setAccessibleName(_("Promises due, the oldest first"))
        if self._due is not None:
            self.show_due(self._due)

    def show_due(self, due: DueList) -> None:
        """Other data."""
        self._due = due
        today = [line for line in due.lines if line.due == due.day]
        head = ngettext("{n} due today, {amount}", "{n} due today, {amount}", len(today))
        self._today.setText(
            head.format(n=len(today), amount=formats.money_whole(sum(one.left for one in today)))
        )
        said = _("This week {expected} expected, {got} has come.")
        self._week.setText(
            said.format(
                expected=formats.money_whole(due.expected), got=formats.money_whole(due.got)
            )
        )
        lines = (*due.overdue, *due.lines)
        self._model.set_rows(lines)
        self.table.setVisible(bool(lines))

    def _open(self, line: DueLine) -> None:
        self.person_wanted.emit(line.debtor_id)
