"""The head of the page: its name, settings and export, and a chip for each decision."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QWidget

from ui import formats
from ui.i18n import _
from ui.page import Translated
from ui.remote import words
from ui.remote.area import RemoteBook
from ui.widgets.buttons import Button
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout
from ui.widgets.text import Text


class Head(Translated):
    """`picked(state)` when a chip is pressed, "" for all areas."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._book: RemoteBook | None = None
        self._title = Text("title")
        self.settings, self.export = Button("secondary", "settings"), Button("secondary", "export")
        self.chips: dict[str, Chip] = {}
        group = QButtonGroup(self)
        self._filters = QWidget()
        flow = FlowLayout(self._filters, gap=4)
        for state in ("", *words.STATES):
            chip = Chip("", "accent", words.ICONS.get(state, "map"), checkable=True)
            self.chips[state] = chip
            group.addButton(chip)
            flow.addWidget(chip)
        self.chips[""].setChecked(True)
        group.buttonClicked.connect(self._pressed)
        middle = Qt.AlignmentFlag.AlignVCenter
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(18)
        row.addWidget(self._title, 0, middle)
        row.addWidget(self._filters, 1, middle)
        row.addWidget(self.settings, 0, middle)
        row.setSpacing(10)
        row.addWidget(self.export, 0, middle)
        self.retranslate()

    @property
    def state(self) -> str:
        """The state whose areas are shown, "" for all."""
        return next(state for state, chip in self.chips.items() if chip.isChecked())

    def show_state(self, state: str) -> None:
        """Check a chip. Emits nothing."""
        self.chips[state].setChecked(True)

    def show_book(self, book: RemoteBook | None) -> None:
        """Count the areas by state; without any there is nothing to choose from."""
        self._book = book
        bare = book is None or not book.rows
        self._filters.setVisible(not bare)
        self.export.setEnabled(not bare)
        self.settings.setEnabled(book is not None)
        self._count()

    def _count(self) -> None:
        rows = self._book.rows if self._book is not None else ()
        for state, chip in self.chips.items():
            count = sum(state in ("", row.state) for row in rows)
            word = _(words.SHORT[state]) if state else _("All")
            chip.set_text(f"{word} {formats.number(count)}")
            chip.setVisible(not state or count > 0 or chip.isChecked())

    def retranslate(self) -> None:
        """All words of the head."""
        self._title.setText(_("Remote areas"))
        self.settings.setText(_("Settings"))
        self.settings.setToolTip(_("What counts as remote, longest wait, nights out  (Ctrl+,)"))
        self.export.setText(_("Export"))
        self.export.setToolTip(_("The list as a spreadsheet (xlsx), names masked  (Ctrl+E)"))
        self._count()

    def _pressed(self, pressed: object) -> None:
        self.picked.emit(next(state for state, chip in self.chips.items() if chip is pressed))
