"""What an outcome asks besides figures: receipt, way of paying, reason, papers, silence."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QWidget

from planner.actions.at_door import AtDoor
from planner.export.door_words import PAPERS, PAY_BY, REASONS
from ui.i18n import N_, _
from ui.page import Translated
from ui.results.door_words import word
from ui.widgets.text import Text

_LISTS = {"pay_by": PAY_BY, "reason": REASONS, "shown": PAPERS}
_LABELS = {
    "receipt": N_("Receipt number of the lender"),
    "pay_by": N_("How it will be paid"),
    "reason": N_("Reason given"),
    "shown": N_("Papers shown"),
}


class Extras(Translated):
    """Only the fields that are asked for are shown; what is shown may stay empty, but the tick."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.receipt = QLineEdit()
        self.receipt.setMaxLength(60)
        self.receipt.setMinimumWidth(150)
        self.lists = {name: QComboBox() for name in _LISTS}
        self.disclosed = QCheckBox()
        self.fields: dict[str, QWidget] = {
            "receipt": self.receipt, **self.lists, "disclosed": self.disclosed,
        }  # fmt: skip
        self._labels = {name: Text("muted") for name in _LABELS}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        for column, (name, label) in enumerate(self._labels.items()):
            label.setBuddy(self.fields[name])
            grid.addWidget(label, 0, column)
            grid.addWidget(self.fields[name], 1, column)
        grid.addWidget(self.disclosed, 1, len(self._labels))
        grid.setColumnStretch(len(self._labels) + 1, 1)
        self.receipt.textEdited.connect(self.changed)
        self.disclosed.toggled.connect(self.changed)
        for field in self.lists.values():
            field.currentIndexChanged.connect(self.changed)
        self.retranslate()
        self.ask(())

    def retranslate(self) -> None:
        """All words; what is chosen stays."""
        for name, label in self._labels.items():
            label.setText(_(_LABELS[name]))
            self.fields[name].setAccessibleName(_(_LABELS[name]))
        for name, table in _LISTS.items():
            field = self.lists[name]
            kept = field.currentData()
            field.blockSignals(True)
            field.clear()
            field.addItem(_("not noted"), "")
            for key in table:
                field.addItem(word(table, key), key)
            field.setCurrentIndex(max(0, field.findData(kept)))
            field.blockSignals(False)
        self.receipt.setPlaceholderText(_("money goes to the lender, never into a hand"))
        self.disclosed.setText(_("I confirm: nothing was disclosed to them (Space)"))
        self.disclosed.setAccessibleName(_("I confirm: nothing was disclosed to them"))

    def ask(self, asks: tuple[str, ...]) -> None:
        """Show the fields of a choice, empty."""
        for name, field in self.fields.items():
            field.blockSignals(True)
            field.setVisible(name in asks)
            if name in self._labels:
                self._labels[name].setVisible(name in asks)
        self.receipt.clear()
        self.disclosed.setChecked(False)
        for box in self.lists.values():
            box.setCurrentIndex(0)
        for field in self.fields.values():
            field.blockSignals(False)
        self.setVisible(any(name in asks for name in self.fields))

    def fill(self, asks: tuple[str, ...]) -> AtDoor:
        """What is noted."""
        told = {name: str(box.currentData() or "") if name in asks else ""
                for name, box in self.lists.items()}  # fmt: skip
        return AtDoor(
            receipt=self.receipt.text().strip() if "receipt" in asks else "",
            pay_by=told["pay_by"], reason=told["reason"], shown=told["shown"],
            disclosed=not self.disclosed.isChecked() if "disclosed" in asks else None,
        )  # fmt: skip

    def restore(self, door: AtDoor) -> None:
        """Show what was noted."""
        self.receipt.setText(door.receipt)
        for name, box in self.lists.items():
            box.setCurrentIndex(max(0, box.findData(getattr(door, name))))
        self.disclosed.setChecked(door.disclosed is False)
