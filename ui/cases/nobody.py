"""What stands in the place of the cases where nobody is listed, and the way out of it."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from ui import formats
from ui.cases.book import ALL, CaseBook, Hits
from ui.i18n import _
from ui.widgets.empty_state import EmptyState

IMPORT, SHOW_ALL, CLEAR, END_SEARCH = "import", "all", "clear", "end"


class Nobody(EmptyState):
    """`left(way)`: one of the words above, by what is the matter."""

    left = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("cases", primary=True, parent=parent)
        self._way = IMPORT
        self.pressed.connect(self._go)

    def explain(self, book: CaseBook, hits: Hits | None) -> None:
        """Say why nobody of `book` is listed, with `hits` where a search or a filter is on."""
        counts = book.counts(hits.mask if hits else None)
        if not book.n:
            self._way = IMPORT
            self.say(
                _("No cases yet. Start with the overdue list of a lender (xlsx, csv)."),
                _("Choose files"),
            )
        elif hits is not None and counts[ALL]:
            self._way, n = SHOW_ALL, formats.number(counts[ALL])
            self.say(_("Nobody in this list fits."), _("Show all {n} that fit").format(n=n))
        elif hits is not None and not hits.text:
            self._way = CLEAR
            self.say(_("Nobody fits this filter."), _("Clear"))
        elif hits is not None:
            self._way = END_SEARCH
            self.say(
                _("Nobody fits “{text}”.").format(text=hits.text),
                _("End the search"),
                more=_("Name, initials, end of phone or ID, case number, address"),
            )
        else:
            self._way = SHOW_ALL
            self.say(_("Nobody is in this list today."), _("Show all"))

    @Slot()
    def _go(self) -> None:
        self.left.emit(self._way)
