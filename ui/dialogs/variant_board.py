"""Instalment plans side by side, one to choose: what each asks a month and what it leads to."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QRadioButton, QWidget

from planner.domain.instalments import Variant
from ui import formats
from ui.i18n import N_, _, ngettext
from ui.widgets.card import line
from ui.widgets.text import Text

KINDS = {
    "fast": N_("Soonest done"),
    "easy": N_("With a reserve"),
    "waiver": N_("With a waiver"),
    "least": N_("All that can be kept"),
}
APPROVALS = {
    "months": N_("it takes long"),
    "waiver": N_("something is waived"),
    "rest": N_("a rest stays open"),
}


class VariantBoard(QFrame):
    """`chosen(index)` when another one is picked; arrow keys move between them."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Plans to choose from"))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(7)
        self._group = QButtonGroup(self)
        self._group.idToggled.connect(self._toggled)
        self.radios: list[QRadioButton] = []

    def show_variants(self, found: Sequence[Variant], current: int) -> None:
        """These plans in columns, `current` of them chosen."""
        self._clear()
        if not found:
            return
        for row, (name, _value) in enumerate(_ROWS, 2):
            self._grid.addWidget(Text("muted", _(name)), row, 0)
        self._grid.addWidget(line(), 1, 0, 1, len(found) + 1)
        for column, one in enumerate(found, 1):
            radio = QRadioButton(_(KINDS[one.kind]))
            radio.setAccessibleDescription(spoken(one))
            self._group.addButton(radio, column - 1)
            self.radios.append(radio)
            self._grid.addWidget(radio, 0, column)
            for row, (name, value) in enumerate(_ROWS, 2):
                style = "strong" if row == 2 else "body"
                text = Text(style, value(one), wrap=name == _APPROVAL)
                self._grid.addWidget(text, row, column, Qt.AlignmentFlag.AlignTop)
            self._grid.setColumnStretch(column, 1)
        for place in range(self._grid.count()):
            self._grid.itemAt(place).widget().show()  # added to a window that is seen already
        self.radios[min(current, len(found) - 1)].setChecked(True)

    def current(self) -> int:
        """Which one is chosen, -1 = none."""
        return self._group.checkedId()

    def _clear(self) -> None:
        for radio in self.radios:
            self._group.removeButton(radio)
        self.radios = []
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def _toggled(self, number: int, on: bool) -> None:
        if on:
            self.chosen.emit(number)


def _each(one: Variant) -> str:
    return formats.money_exact(one.instalments[0].amount)


def _months(one: Variant) -> str:
    return ngettext("{n} month", "{n} months", one.months).format(n=one.months)


def approval_words(one: Variant) -> str:
    """Why the lead has to agree first, or that nobody has to."""
    if not one.approval:
        return _("not needed")
    return _(", ").join(_(APPROVALS[why]) for why in one.approval)


def spoken(one: Variant) -> str:
    """All figures of a plan in one sentence, for a screen reader."""
    return _(", ").join(f"{_(name)}: {value(one)}" for name, value in _ROWS)


_APPROVAL = N_("Lead's approval")
_ROWS: tuple[tuple[str, Callable[[Variant], str]], ...] = (
    (N_("A month"), _each),
    (N_("How many"), _months),
    (N_("First one by"), lambda one: formats.day(one.instalments[0].due)),
    (N_("Last one by"), lambda one: formats.day(one.instalments[-1].due)),
    (N_("In all"), lambda one: formats.money_exact(one.total)),
    (N_("Waived"), lambda one: formats.money_exact(one.waived) if one.waived else "--"),
    (N_("Of what is left each month"), lambda one: formats.percent(one.share)),
    (_APPROVAL, approval_words),
)
