"""The lists of the cases as chips: which one is shown, and how many stand in each."""

from collections.abc import Mapping

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QWidget

from planner.actions.rank import TABS
from ui import formats
from ui.cases.book import ALL
from ui.cases.columns import ICONS
from ui.i18n import _
from ui.plan.words import tab_word
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout


class TabChips(QWidget):
    """`picked(tab)` when one is pressed; exactly one is always marked."""

    picked = Signal(str)

    def __init__(self, tab: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flow = FlowLayout(self)
        group = QButtonGroup(self)
        self.of: dict[str, Chip] = {}
        for one in (*TABS, ALL):
            chip = Chip("", "accent", ICONS.get(one, "cases"), checkable=True)
            self.of[one] = chip
            group.addButton(chip)
            flow.addWidget(chip)
        self.mark(tab)
        group.buttonClicked.connect(self._pressed)

    def mark(self, tab: str) -> None:
        """Show that this list is in view."""
        self.of[tab].setChecked(True)

    def count(self, counts: Mapping[str, int]) -> None:
        """Words, with how many stand in each list where that is known."""
        for tab, chip in self.of.items():
            word = _("All") if tab == ALL else tab_word(tab)
            chip.set_text(f"{word} {formats.number(counts[tab])}" if counts else word)

    @Slot(object)
    def _pressed(self, pressed: object) -> None:
        self.picked.emit(next(tab for tab, chip in self.of.items() if chip is pressed))
