"""The lists of places in use: a button with a menu to bring one in and to take one away."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from planner.actions.places_lists import Brought, Listed, bring_list, drop_list, place_lists
from planner.errors import PlannerError
from planner.intake.records import fault_words
from ui import formats
from ui.errors import words
from ui.i18n import _, language
from ui.session import Session
from ui.widgets.buttons import Button

_SHOWN = 3  # faults that are named in the message; the others are counted


class ListsButton(Button):
    """`changed` when a list came or went; `said(text, tone)` about what a file brought."""

    changed = Signal()
    said = Signal(str, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("secondary", "file", parent)
        self._session = session
        self._lists: list[Listed] = []
        self.menu_ = QMenu(self)
        self.setMenu(self.menu_)
        self.menu_.aboutToShow.connect(self._fill)

    def refresh(self) -> None:
        """Read which lists there are."""
        self._session.ask(partial(place_lists, self._session.store), self._arrived)

    @Slot(object)
    def _arrived(self, lists: list[Listed]) -> None:
        self._lists = lists
        self.setText(_("Lists of places"))

    @Slot()
    def _fill(self) -> None:
        self.menu_.clear()
        self.menu_.addAction(_("Bring in a list (CSV, XLSX)…"), self._choose)
        if self._lists:
            self.menu_.addSeparator()
        for one in self._lists:
            text = _("Remove “{name}” ({n} places)") if one.places else (
                _("Remove “{name}” (damaged)")
            )  # fmt: skip
            action = self.menu_.addAction(text.format(name=one.name, n=formats.number(one.places)))
            action.triggered.connect(partial(self._drop, one.name))

    def _choose(self) -> None:
        path, _filter = QFileDialog.getOpenFileName(
            self, _("Bring in a list of places"), "", _("Lists (*.csv *.xlsx *.txt)")
        )
        if path:
            self.bring(Path(path))

    def bring(self, path: Path) -> None:
        """Take a file in."""
        job = partial(bring_list, self._session.store, path)
        self._session.ask(job, self._brought, self._failed)

    def _drop(self, name: str) -> None:
        self._session.ask(partial(drop_list, self._session.store, name), self._dropped,
                          self._failed)  # fmt: skip

    @Slot(object)
    def _brought(self, found: Brought) -> None:
        text = _("{n} places in the list “{name}”.").format(
            n=formats.number(found.places), name=found.name
        )
        for fault in found.faults[:_SHOWN]:
            text += " " + _("Row {row}, column “{column}”: {why}").format(
                row=fault.row, column=fault.column or formats.NONE,
                why=fault_words(fault, language()),
            )  # fmt: skip
        if len(found.faults) > _SHOWN:
            more = formats.number(len(found.faults) - _SHOWN)
            text += " " + _("{n} more rows were left out.").format(n=more)
        self.said.emit(text, "warn" if found.faults else "neutral")
        self.refresh()
        self.changed.emit()

    @Slot(object)
    def _dropped(self, _nothing: object) -> None:
        self.refresh()
        self.changed.emit()

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        if isinstance(error, PlannerError):
            self.said.emit(words(error), "warn")
        else:
            self._session.troubled.emit(error)
