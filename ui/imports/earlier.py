"""Imports of earlier days: when, which files, how many rows, taken back or not."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from planner.actions.change import Change
from planner.actions.undo_import import undo_import
from planner.store.people import timeline
from planner.store.store import Store
from ui import formats
from ui.i18n import _
from ui.models.table import Column, DataTable, Kind
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.table import Table


@dataclass(frozen=True, slots=True)
class Earlier:
    """One import: all files of one step."""

    at: datetime
    names: str
    rows: int
    faulty: int
    undone: bool
    batch: bytes = b""


def load_earlier(store: Store) -> list[Earlier]:
    """All imports, the latest first; runs off the GUI thread."""
    with store.read() as conn:
        entries = [entry for entry in timeline(conn, "") if entry.kind == "import"]
    return [
        Earlier(
            entry.at,
            ", ".join(file["name"] for file in entry.fields["files"]),
            sum(file.get("rows", 0) for file in entry.fields["files"]),
            sum(file.get("faulty", 0) for file in entry.fields["files"]),
            entry.undone,
            entry.batch,
        )
        for entry in reversed(entries)
    ]


def take_back(store: Store, batch: bytes) -> tuple[None, Change, bytes]:
    """Take an import back; raises what `undo_import` raises."""
    return None, Change.ALL, undo_import(store, batch)


class EarlierCard(Card):
    """`take_back_wanted(Earlier)` on the press; `told` when the list was read; `empty` says whether
    there was no import at all."""

    told = Signal()
    take_back_wanted = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        zone = session.store.zone
        self._model = DataTable(
            (
                Column("at", lambda: _("When"), lambda e: formats.moment(e.at, zone),
                       sort=lambda e: e.at, width=150),
                Column("names", lambda: _("Files"), lambda e: e.names, Kind.STRONG,
                       tip=lambda e: e.names, width=300, stretch=1),
                Column("rows", lambda: _("Rows"), lambda e: formats.number(e.rows), Kind.NUMBER,
                       lambda e: e.rows),
                Column("faulty", lambda: _("Left out"), lambda e: formats.number(e.faulty),
                       Kind.NUMBER, lambda e: e.faulty),
                Column("state", lambda: _("State"),
                       lambda e: _("taken back") if e.undone else _("in force"), Kind.CHIP,
                       tone=lambda e: "neutral" if e.undone else "accent",
                       icon=lambda e: "undo" if e.undone else "check", width=130),
            ),
            self,
        )  # fmt: skip
        self.table = Table(self._model)
        self.back = Button("secondary", "undo")
        self.head.addWidget(self.back)
        self.back.clicked.connect(self._press)
        self.table.selectionModel().selectionChanged.connect(self._judge)
        self._model.modelReset.connect(self._judge)
        self.body.addWidget(self.table, 1)

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("Imports so far"))
        self.table.setAccessibleName(_("Imports so far"))
        self.back.setText(_("Take this import back"))
        self._judge()

    @property
    def chosen(self) -> Earlier | None:
        """The one import that is chosen and in force."""
        rows = self.table.selectionModel().selectedRows()
        one = self._model.row(rows[0]) if len(rows) == 1 else None
        return one if isinstance(one, Earlier) and not one.undone else None

    @Slot()
    def _judge(self) -> None:
        self.back.setEnabled(self.chosen is not None)
        self.back.setToolTip(
            _("All that it told is forgotten; Ctrl+Z brings it back.")
            if self.chosen
            else _("Choose an import that is in force")
        )

    @Slot()
    def _press(self) -> None:
        if self.chosen is not None:
            self.take_back_wanted.emit(self.chosen)

    def refresh(self) -> None:
        """Read them anew."""
        self._session.ask(partial(load_earlier, self._session.store), self.show_earlier)

    @property
    def empty(self) -> bool:
        """Whether there was no import yet."""
        return not self._model.rows

    @Slot(object)
    def show_earlier(self, earlier: list[Earlier]) -> None:
        """Other rows."""
        self._model.set_rows(earlier)
        self.told.emit()
