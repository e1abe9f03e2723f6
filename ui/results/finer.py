"""The one more tap after some tiles: what was said or found, as numbered chips."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from ui.i18n import _
from ui.results.choices import Choice, Tile
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout


def needs_tap(tile: Tile) -> bool:
    """Whether a tile asks for one more tap."""
    return len(tile.choices) > 1


class FinerChoice(QWidget):
    """The one more tap: numbered chips. `picked(index)`."""

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._flow = FlowLayout(self)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.picked)
        self.chips: list[Chip] = []

    def show_choices(self, choices: tuple[Choice, ...], current: int, tips: list[str]) -> None:
        """Chips for these, `current` pressed (-1 = none)."""
        for chip in self.chips:
            self._group.removeButton(chip)
        self._flow.clear()
        self.chips = []
        for number, choice in enumerate(choices):
            chip = Chip(f"{number + 1}  {_(choice.title)}", "accent", checkable=True, parent=self)
            chip.setToolTip(tips[number])
            chip.setAccessibleDescription(tips[number])
            self._group.addButton(chip, number)
            self._flow.addWidget(chip)
            chip.show()
            self.chips.append(chip)
        self._group.setExclusive(False)
        for number, chip in enumerate(self.chips):
            chip.setChecked(number == current)
        self._group.setExclusive(True)
        self.updateGeometry()
