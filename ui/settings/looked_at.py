"""Who looked at whose masked name and numbers: for the lead."""

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from planner.actions.reveals import FILES, Reveal, reveals
from ui import formats
from ui.i18n import N_, _
from ui.models.table import Column, DataTable, Kind
from ui.session import Session
from ui.widgets.card import Card
from ui.widgets.table import Table
from ui.widgets.text import Text

_FIELDS = {
    "name": N_("name"),
    "id_number": N_("ID number"),
    "phones": N_("phones"),
    "addresses": N_("addresses"),
}


def field_words(look: Reveal) -> str:
    """What was seen, in words."""
    return ", ".join(_(_FIELDS.get(field, field)) for field in look.fields)


def whom_words(look: Reveal) -> str:
    """At whom, masked; files that are imported name many persons."""
    if look.debtor_id == FILES:
        return _("files to import")
    return formats.mask_name(look.name) if look.name else _("deleted")


class LookedCard(Card):
    """The latest looks, newest first; Enter opens the person, or the imports. Names stay masked
    here."""

    person_wanted = Signal(str)
    files_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        zone = session.store.zone
        self._note = Text("muted", wrap=True)
        self._model = DataTable(
            (
                Column("at", lambda: _("When"), lambda r: formats.moment(r.at, zone),
                       sort=lambda r: r.at, width=150),
                Column("who", lambda: _("Person"), whom_words, Kind.STRONG, tip=field_words,
                       width=90, stretch=1),
                Column("by", lambda: _("Who looked"), lambda r: r.by or formats.NONE,
                       width=110, stretch=1),
            ),
            self,
        )  # fmt: skip
        self.table = Table(self._model)
        self.table.opened.connect(self._open)
        self.body.addWidget(self._note)
        self.body.addWidget(self.table, 1)

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("Looked at"))
        self._note.setText(
            _("Each press that shows a masked name, ID or phone is recorded and stays.")
        )
        self.table.setAccessibleName(_("Looked at"))

    def refresh(self) -> None:
        """Read them anew."""
        self._session.ask(partial(reveals, self._session.store), self.show_looks)

    @property
    def rows(self) -> list[Reveal]:
        """The looks that are listed."""
        return list(self._model.rows)

    @Slot(object)
    def show_looks(self, looks: list[Reveal]) -> None:
        """Other rows."""
        self._model.set_rows(looks)

    @Slot(object)
    def _open(self, look: Reveal) -> None:
        if look.debtor_id == FILES:
            self.files_wanted.emit()
        elif look.name:
            self.person_wanted.emit(look.debtor_id)
