"""The list of backups, and a look inside one before it is put back."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QWidget

from planner.store.backup import Backup, Inside
from ui import formats
from ui.i18n import N_, _
from ui.models.table import Column, DataTable, Kind
from ui.page import Translated
from ui.safe.new_words import secret_field
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar
from ui.widgets.table import Table
from ui.widgets.text import Text

WHY = {
    "day": N_("daily"),
    "import": N_("before an import"),
    "migration": N_("before an update of the file"),
    "merge": N_("before an exchange"),
    "purge": N_("after the end of a mandate"),
    "restore": N_("before a restore"),
    "hand": N_("made by hand"),
}
_FIGURES = (
    N_("Made"), N_("Reason"), N_("Open cases"), N_("Persons"), N_("Entries"), N_("Newest entry"),
)  # fmt: skip


def size_words(size: int) -> str:
    """Bytes as people say them: 3.4 MB."""
    if size >= 10**9:
        return f"{size / 10**9:,.1f} GB"
    return f"{size / 10**6:,.1f} MB"


class BackupView(Translated):
    """`look_wanted(backup, words or None)`, `restore_wanted(backup, inside)` once it was looked
    into. With `asks` a field takes the passphrase of the backup."""

    look_wanted = Signal(object, object)
    restore_wanted = Signal(object, object)

    def __init__(self, zone: str, *, asks: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone, self._asks = zone, asks
        self._inside: tuple[Backup, Inside] | None = None
        self._model = DataTable(
            (
                Column("at", lambda: _("Made"), lambda b: formats.moment(b.made_at, self._zone),
                       Kind.STRONG, sort=lambda b: b.made_at, width=160),
                Column("why", lambda: _("Reason"), lambda b: _(WHY[b.why]), width=170, stretch=1),
                Column("size", lambda: _("Size"), lambda b: size_words(b.size), Kind.NUMBER,
                       sort=lambda b: b.size, width=90),
            ),
            self,
        )  # fmt: skip
        self.table = Table(self._model)
        self.table.chosen.connect(self._choose)
        self.card = Card()
        self._hint = Text("muted", wrap=True)
        self.words: QLineEdit = secret_field()
        self.words.setVisible(asks)
        self.words.returnPressed.connect(self._look)
        self._names = [Text("muted") for _name in _FIGURES]
        self._values = [Text("body", wrap=True) for _name in _FIGURES]
        figures = QFormLayout()
        figures.setHorizontalSpacing(20)
        figures.setVerticalSpacing(8)
        for name, value in zip(self._names, self._values, strict=True):
            figures.addRow(name, value)
        self.message = MessageBar(closable=False)
        self.look, self.restore = Button("secondary", "eye"), Button("secondary", "undo")
        self.look.clicked.connect(self._look)
        self.restore.clicked.connect(self._restore)
        foot = QHBoxLayout()
        foot.addWidget(self.look)
        foot.addStretch(1)
        foot.addWidget(self.restore)
        body = self.card.body
        body.addWidget(self._hint)
        body.addLayout(figures)
        body.addWidget(self.message)
        body.addStretch(1)
        body.addWidget(self.words)
        body.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self._list = Card(heading=False)
        self._list.body.addWidget(self.table, 1)
        row.addWidget(self._list, 11)
        row.addWidget(self.card, 9)
        self.lead_to(self.table)
        self.retranslate()

    def retranslate(self) -> None:
        """All words."""
        self.card.set_title(_("What is in it"))
        self.table.setAccessibleName(_("Backups"))
        for text, name in zip(self._names, _FIGURES, strict=True):
            text.setText(_(name))
        self.words.setAccessibleName(_("Passphrase or recovery code"))
        self.words.setPlaceholderText(_("Passphrase or recovery code"))
        self.look.setText(_("Look inside"))
        self.restore.setText(_("Restore"))
        self._show()

    def show_backups(self, found: Sequence[Backup]) -> None:
        """Other rows; the one in view stays."""
        kept = self.table.current()
        self._model.set_rows(list(found))
        if found:
            self.table.go_to(found.index(kept) if kept in found else 0)
        self._show()

    @property
    def rows(self) -> list[Backup]:
        """The backups that are listed."""
        return list(self._model.rows)

    def show_inside(self, told: tuple[Backup, Inside]) -> None:
        """What a look found."""
        self._inside = told
        self.message.clear()
        self.words.clear()
        self._show()

    def complain(self, why: str, *, ask: bool = False) -> None:
        """Why it could not be looked into; `ask`: words are needed."""
        self.words.setVisible(self._asks or ask)
        self.message.say(why, "warn")
        self._show()
        if ask:
            self.words.setFocus()

    @Slot()
    def _choose(self) -> None:
        self.message.clear()
        self._show()

    def _show(self) -> None:
        one = self.table.current()
        there = one is not None
        inside = self._inside[1] if there and self._inside and self._inside[0] == one else None
        known: list[str] = []
        if one is not None:
            known = [formats.moment(one.made_at, self._zone), _(WHY[one.why])]
        if inside is not None:
            newest = datetime.fromtimestamp(inside.newest, UTC) if inside.newest else None
            known += [formats.number(n) for n in (inside.cases, inside.persons, inside.entries)]
            known.append(formats.moment(newest, self._zone))
        for number, (name, value) in enumerate(zip(self._names, self._values, strict=True)):
            value.setText(known[number] if number < len(known) else "")
            for part in (name, value):
                part.setVisible(number < len(known))
        self._hint.setVisible(inside is None)
        self._hint.setText(
            _("Look inside first: it shows what the backup holds, and checks that it is whole.")
            if there
            else _("There is no backup yet. One is made every day on which something is recorded.")
        )
        self.look.setEnabled(there)
        self.restore.setEnabled(inside is not None)

    @Slot()
    def _look(self) -> None:
        one = self.table.current()
        if one is not None:
            typed = self.words.text() if not self.words.isHidden() else ""
            self.look_wanted.emit(one, typed or None)

    @Slot()
    def _restore(self) -> None:
        if self._inside is not None:
            self.restore_wanted.emit(*self._inside)
