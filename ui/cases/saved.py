"""Filters that are kept by name: offered in the bar, saved, deleted."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Slot

from planner.actions.filters import Choices, Filter
from planner.actions.rank import Ranking
from ui.cases.filter_bar import FilterBar
from ui.cases.filter_jobs import drop, keep, offered
from ui.i18n import _
from ui.session import Session


class SavedFilters(QObject):
    """Connects the bar with the workspace; `tab` is the list with which a filter is saved."""

    def __init__(self, session: Session, bar: FilterBar, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._bar = session, bar
        self.tab = ""
        bar.save_wanted.connect(self._save)
        bar.delete_wanted.connect(self._delete)

    def offer(self, ranking: Ranking) -> None:
        """Read what there is to choose from."""
        self._session.ask(partial(offered, self._session.store, ranking), self._offered)

    @Slot(object)
    def _offered(self, found: tuple[Choices, dict[str, Filter]]) -> None:
        self._bar.offer(found[0])
        self._bar.show_saved(found[1], self._bar.saved.currentText())

    @Slot(str)
    def _save(self, name: str) -> None:
        chosen = replace(self._bar.chosen(), tab=self.tab)
        self._session.do(partial(keep, self._session.store, name, chosen), self._kept)

    @Slot(str)
    def _delete(self, name: str) -> None:
        self._session.do(partial(drop, self._session.store, name), self._kept)

    @Slot(object)
    def _kept(self, found: tuple[str, dict[str, Filter]]) -> None:
        name, saved = found
        self._bar.show_saved(saved, name)
        said = _("Filter “{name}” saved").format(name=name) if name else _("Filter deleted")
        self._session.toast(said)
