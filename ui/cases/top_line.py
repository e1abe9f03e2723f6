"""The line above the cases: search, what it found elsewhere, and the buttons."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui import formats
from ui.cases.search_box import SearchBox
from ui.i18n import _, ngettext
from ui.page import Translated
from ui.widgets.buttons import Button
from ui.widgets.text import Text

_SEARCH = 560  # pixels at most


class TopLine(Translated):
    """The page connects `search` and the buttons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchBox()
        self.search.setMaximumWidth(_SEARCH)
        self._note = Text("muted")
        self.to_places, self.to_plans = Button("secondary", "pin"), Button("secondary", "clock")
        self.to_plans.hide()
        self.filters, self.copy = Button("quiet", "filter"), Button("quiet", "export")
        self.filters.setCheckable(True)
        self._filtered = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.search, 1)
        row.addWidget(self._note, 1)
        for button in (self.to_plans, self.to_places, self.filters, self.copy):
            row.addWidget(button)
        self.retranslate()

    def retranslate(self) -> None:
        """Words of search and buttons; the note is said anew by the page."""
        hint = _("Name, initials, end of phone or ID, case number, address")
        self.search.say(_("Search in the cases"), hint)
        self.say_filter(self._filtered)
        self.filters.setToolTip(_("Lender, stage, amount, days, place, promise, last contact"))
        self.copy.setText(_("Copy rows"))
        self.copy.setToolTip(_("The chosen rows, or all of this list, for a spreadsheet (Ctrl+C)"))

    def say_filter(self, on: bool) -> None:
        """Whether a filter narrows the lists."""
        self._filtered = on
        self.filters.setText(_("Filter (on)") if on else _("Filter"))

    def say_others(self, others: int) -> None:
        """How many the search found who have no open case."""
        note = ngettext("{n} more without an open case", "{n} more without an open case", others)
        self._note.setText(note.format(n=formats.number(others)) if others else "")
        self._note.setToolTip(_("Find them with Ctrl+K.") if others else "")

    def say_plans(self, waiting: int) -> None:
        """How many instalment plans wait for the lead; no button while none does."""
        text = _("Plans waiting for approval ({n})").format(n=formats.number(waiting))
        self.to_plans.setText(text)
        self.to_plans.setVisible(waiting > 0)

    def say_places(self, waiting: int, *, here: bool) -> None:
        """How many places wait to be checked; `here` they are being checked."""
        self.to_places.setText(_("Places to check ({n})").format(n=formats.number(waiting)))
        self.to_places.setEnabled(waiting > 0 or here)
