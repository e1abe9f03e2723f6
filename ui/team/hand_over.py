"""Hand over a whole book, or chosen persons, to another collector or to nobody."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QComboBox, QLineEdit, QRadioButton, QWidget

from planner.store.people import PersonRow
from ui import formats
from ui.dialogs.asking import Asking, field
from ui.i18n import _, ngettext
from ui.models.table import Column, DataTable, Kind
from ui.widgets.table import Table
from ui.widgets.text import Text

_LONGEST = 200


class HandOverDialog(Asking):
    """`told(ids, taker, reason)`; `ids` is None for the whole book.

    `people` are those of the giver, or (without one) those to be assigned, all of them at first.
    `staff` are (id, name) of who may take them; nobody ("") may always.
    """

    told = Signal(object, str, str)

    def __init__(
        self,
        people: Sequence[PersonRow],
        staff: Sequence[tuple[str, str]],
        giver: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Hand over"), "check", title=_("Hand over"), parent=parent)
        self._giver = giver
        self.setMinimumWidth(640)
        self.whole, self.some = QRadioButton(), QRadioButton()
        group = QButtonGroup(self)
        for button in (self.whole, self.some):
            group.addButton(button)
            button.toggled.connect(self._check)
        n = len(people)
        self.whole.setText(
            ngettext("the whole book, {n} person", "the whole book, {n} persons", n).format(n=n)
            if giver else ngettext("all {n} chosen", "all {n} chosen", n).format(n=n)
        )  # fmt: skip
        self.model = DataTable(_columns(), self)
        self.table = Table(self.model)
        self.table.setAccessibleName(_("Persons"))
        self.table.setMinimumSize(QSize(580, 210))
        self.model.set_rows(list(people))
        self.table.selectionModel().selectionChanged.connect(self._picked)
        self.taker, self.reason = QComboBox(), QLineEdit()
        self.taker.addItem(_("choose …"), None)
        for number, name in staff:
            self.taker.addItem(name, number)
        self.taker.addItem(_("nobody: any crew may go there"), "")
        self.taker.currentIndexChanged.connect(self._check)
        self.reason.setMaxLength(_LONGEST)
        self.reason.setPlaceholderText(_("Kept in the history of each person"))
        self.reason.textChanged.connect(self._check)
        title = _("Hand over from {name}").format(name=giver) if giver else _("Assign")
        note = _("The whole history goes with each person; nothing is copied and nothing is lost.")
        self.lay_out(
            title, self.whole, self.some, self.table, field(_("To"), self.taker),
            field(_("Reason"), self.reason), Text("muted", note, wrap=True),
        )  # fmt: skip
        self.go.clicked.connect(self._told)
        self.whole.setChecked(True)
        self.whole.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _picked(self) -> None:
        if self.table.hasFocus() and len(self.table.selected()) < len(self.model.rows):
            self.some.setChecked(True)
        self._check()

    @Slot()
    def _check(self) -> None:
        n = len(self.table.selected())
        self.some.setText(
            ngettext("only the chosen one below", "only the {n} chosen below", n).format(n=n)
            if n else _("only those that are chosen below")
        )  # fmt: skip
        there = bool(self.model.rows) and (self.whole.isChecked() or n > 0)
        told = bool(self.reason.text().strip())
        self.go.setEnabled(there and told and self.taker.currentData() is not None)

    @Slot()
    def _told(self) -> None:
        ids = tuple(row.debtor_id for row in self.table.selected())
        if self.whole.isChecked():
            ids = tuple(row.debtor_id for row in self.model.rows)
        whole = self.whole.isChecked() and bool(self._giver)
        self.told.emit(None if whole else ids, self.taker.currentData(), self.reason.text().strip())
        self.accept()


def _columns() -> list[Column]:
    return [
        Column("name", lambda: _("Person"), lambda p: formats.mask_name(p.name), Kind.STRONG,
               width=100),
        Column("place", lambda: _("Place"), lambda p: formats.place(p.township, p.address),
               width=140, stretch=1),
        Column("cases", lambda: _("Cases"), lambda p: str(p.cases), Kind.NUMBER,
               lambda p: p.cases, width=70),
        Column("amount", lambda: _("Overdue ({unit})").format(unit=formats.money_unit()),
               lambda p: formats.money(p.amount), Kind.NUMBER, lambda p: p.amount,
               lambda p: formats.money_exact(p.amount), width=110),
    ]  # fmt: skip
