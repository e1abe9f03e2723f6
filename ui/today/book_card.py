"""Before there is a plan: how the whole book stands, list by list."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from planner.actions.rank import TABS
from ui import formats
from ui.i18n import _
from ui.models.table import Column, DataTable, Kind
from ui.plan.words import tab_word
from ui.today.digest import Digest
from ui.widgets.card import Card
from ui.widgets.table import Table
from ui.widgets.text import Text


@dataclass(frozen=True, slots=True)
class Line:
    """One list: how many persons stand in it, and that as a share of all."""

    tab: str
    count: int
    share: float


def _tab(one: Line) -> str:
    return tab_word(one.tab)


def _count(one: Line) -> str:
    return formats.number(one.count)


_COLUMNS = (
    Column("tab", lambda: _("List"), _tab, width=120, stretch=1),
    Column("count", lambda: _("People"), _count, Kind.BAR, share=lambda o: o.share, width=150),
)


class BookCard(Card):
    """`list_wanted(tab)` when a line is opened."""

    list_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._intro = Text("muted", wrap=True)
        self._model = DataTable(_COLUMNS, self)
        self.table = Table(self._model)
        self.table.setSortingEnabled(False)
        self.table.opened.connect(self._open)
        self.body.addWidget(self._intro)
        self.body.addWidget(self.table, 1)

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("How the cases stand"))
        self._intro.setText(_("Each person stands in one list. Double-click a line to see it."))
        self.table.setAccessibleName(_("How the cases stand"))

    def show_digest(self, digest: Digest) -> None:
        """Other data."""
        most = max(digest.tabs.values(), default=1)
        counts = [(tab, digest.tabs.get(tab, 0)) for tab in TABS]
        self._model.set_rows([Line(tab, n, n / most) for tab, n in counts if n])

    def _open(self, one: Line) -> None:
        self.list_wanted.emit(one.tab)
