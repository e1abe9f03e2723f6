"""Who went: a crew, and of its members those that were there."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from ui.i18n import _
from ui.page import Translated
from ui.results.round import Party
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout


class WhoField(Translated):
    """A crew from the list, its members as chips, all ticked at first. `changed` on any edit."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._parties: tuple[Party, ...] = ()
        self.crew = QComboBox()
        self.chips: list[Chip] = []
        self._flow = FlowLayout(self)
        self._flow.addWidget(self.crew)
        self.crew.currentIndexChanged.connect(self._picked)
        self.lead_to(self.crew)
        self.retranslate()

    def retranslate(self) -> None:
        """Names for screen readers."""
        self.crew.setAccessibleName(_("Who went"))
        for chip in self.chips:
            chip.setAccessibleName(_("{name} was there").format(name=chip.text()))

    def show_parties(self, parties: tuple[Party, ...], current: int) -> None:
        """The crews; `current` went (-1 keeps the one chosen before)."""
        kept = max(0, self.crew.currentIndex())
        self.crew.blockSignals(True)
        self._parties = parties
        self.crew.clear()
        for party in parties:
            self.crew.addItem(party.name)
        place = current if current >= 0 else min(kept, len(parties) - 1)
        self.crew.setCurrentIndex(place)
        self.crew.setVisible(len(parties) > 1)
        self.crew.blockSignals(False)
        self._fill()

    def there(self) -> tuple[str, ...]:
        """The names that are ticked."""
        return tuple(chip.text() for chip in self.chips if chip.isChecked())

    def tick(self, names: Sequence[str]) -> None:
        """Show who was there; the crew that has most of them."""
        if not names or not self._parties:
            return
        shared = [len(set(names) & set(party.members)) for party in self._parties]
        self.crew.setCurrentIndex(max(range(len(shared)), key=shared.__getitem__))
        for chip in self.chips:
            chip.setChecked(chip.text() in names)

    def _picked(self) -> None:
        self._fill()
        self.changed.emit()

    def _fill(self) -> None:
        place = self.crew.currentIndex()
        members = self._parties[place].members if 0 <= place < len(self._parties) else ()
        for chip in self.chips:
            self._flow.removeWidget(chip)
            chip.deleteLater()
        self.chips = []
        for name in members:
            chip = Chip(name, "accent", checkable=True, parent=self)
            chip.setChecked(True)
            chip.toggled.connect(self.changed)
            self._flow.addWidget(chip)
            chip.show()
            self.chips.append(chip)
        self.retranslate()
        self.updateGeometry()
