"""What happened outside the rules and what a lead set aside: listed, opened, exported."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from planner.domain.codes import DISCLOSURE
from planner.export.told import CHANNELS
from ui import formats
from ui.i18n import _, ngettext
from ui.models.table import Column, DataTable, Kind
from ui.models.tips import plain_tip
from ui.page import Translated
from ui.rules import words
from ui.rules.load import Deviation, load_deviations, write_table
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.table import Table
from ui.widgets.text import Text


def _name(one: Deviation) -> str:
    return formats.mask_name(one.person.name) if one.person else formats.NONE


def _kind(one: Deviation) -> str:
    if one.entry.rule == DISCLOSURE:
        return _("said to others")
    return _("set aside") if one.aside else _("rule broken")


def _channel(one: Deviation) -> str:
    return _(CHANNELS[one.entry.channel])


def _source(one: Deviation) -> str:
    return words.source(one.rule) if one.rule else formats.NONE


def lines(rows: Sequence[Deviation], zone: str) -> list[list[str]]:
    """The list as cells for a spreadsheet, names masked."""
    head = [_("When"), _("Kind"), _("Person"), _("Channel"), _("Rule"), _("Source"), _("Reason"),
            _("By"), _("Rule number")]  # fmt: skip
    return [
        head,
        *(
            [formats.moment(one.entry.at, zone), _kind(one), _name(one), _channel(one),
             words.sentence(one.entry.rule), _source(one), one.reason, one.by,
             one.entry.rule]
            for one in rows
        ),
    ]  # fmt: skip


class ExceptionsPanel(Translated):
    """A table; Enter opens the person."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        zone = session.store.zone
        self.model = DataTable(
            (
                Column("at", lambda: _("When"), lambda d: formats.moment(d.entry.at, zone),
                       sort=lambda d: d.entry.at, width=140),
                Column("kind", lambda: _("Kind"), _kind, Kind.CHIP,
                       tone=lambda d: "neutral" if d.aside else "warn",
                       icon=lambda d: "unlock" if d.aside else "warn", width=120),
                Column("who", lambda: _("Person"), _name, Kind.STRONG, width=90),
                Column("channel", lambda: _("Channel"), _channel, width=80),
                Column("rule", lambda: _("Rule"), lambda d: words.sentence(d.entry.rule),
                       Kind.WRAP, tip=lambda d: plain_tip(words.sentence(d.entry.rule)),
                       width=260, stretch=3),
                Column("source", lambda: _("Source"), _source, Kind.WRAP,
                       tip=lambda d: plain_tip(_source(d)), width=150, stretch=1),
                Column("reason", lambda: _("Reason"), lambda d: d.reason or formats.NONE,
                       Kind.WRAP, tip=lambda d: plain_tip(d.reason), width=140, stretch=1),
                Column("by", lambda: _("By"), lambda d: d.by or formats.NONE, width=80),
            ),
            self,
        )  # fmt: skip
        self.table = Table(self.model)
        self.table.opened.connect(self._open)
        self._intro, self._count = Text("muted", wrap=True), Text("muted")
        self.save = Button("secondary", "export")
        self.save.clicked.connect(self.export)
        self._empty = EmptyState("check")
        self._card = Card()
        self._card.head.addWidget(self._count)
        self._card.head.addWidget(self.save)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        row = QHBoxLayout()
        row.addWidget(self._intro, 1)
        self._card.body.addLayout(row)
        self._card.body.addWidget(self._stack, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._card)
        self.lead_to(self.table)
        self._show([])
        self.retranslate()

    def panes(self) -> list[QWidget]:
        """The list."""
        return [self.table, self.save]

    def retranslate(self) -> None:
        """All words of the panel."""
        self._card.set_title(_("Exceptions"))
        self._intro.setText(
            _(
                "What happened is never refused: a contact outside the rules is kept and listed"
                " here, and so is every rule that a lead set aside and every contact at which a"
                " third person learned something."
            )
        )
        self.save.setText(_("Export as CSV"))
        self.table.setAccessibleName(_("Exceptions"))
        self._empty.say(_("No contact broke a rule, and no rule was set aside."))
        self._say_count()

    def refresh(self) -> None:
        """Read them anew."""
        self._session.ask(partial(load_deviations, self._session.store), self._show)

    @Slot(object)
    def _show(self, rows: list[Deviation]) -> None:
        self.model.set_rows(rows)
        self._stack.setCurrentIndex(0 if rows else 1)
        self.save.setVisible(bool(rows))
        self._intro.setVisible(bool(rows))
        self._say_count()

    def _say_count(self) -> None:
        n = len(self.model.rows)
        text = ngettext("{n} exception", "{n} exceptions", n).format(n=n)
        self._count.setText(text if n else "")

    @Slot(object)
    def _open(self, one: Deviation) -> None:
        self._session.go("case", one.entry.debtor_id)

    def export(self) -> None:
        """Ask where, then write."""
        name = _("exceptions") + f"-{self._session.day}.csv"
        out, _chosen = QFileDialog.getSaveFileName(
            self, _("Export as CSV"), str(Path.home() / name), "CSV (*.csv)"
        )
        if out:
            told = lines(self.model.rows, self._session.store.zone)
            self._session.ask(partial(write_table, Path(out), told), self._saved)

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self._session.toast(_("Saved: {name}").format(name=path.name))
