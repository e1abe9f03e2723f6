"""Who would enter the first places, and who would leave them: two short lists."""

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.store.people import PersonRow
from ui import formats
from ui.i18n import _
from ui.models.table import Column, DataTable, Kind
from ui.page import Translated
from ui.widgets.table import Table
from ui.widgets.text import Text


def _place(row: PersonRow) -> str:
    return formats.place(row.township, row.address)


def _columns() -> tuple[Column, ...]:
    return (
        Column("who", lambda: _("Person"), lambda r: formats.mask_name(r.name), Kind.STRONG),
        Column("place", lambda: _("Place"), _place, Kind.MUTED, width=90, stretch=1),
        Column("amount", lambda: _("Overdue ({unit})").format(unit=formats.money_unit()),
               lambda r: formats.money(r.amount), Kind.NUMBER, lambda r: r.amount,
               tip=lambda r: formats.money_exact(r.amount), width=90),
    )  # fmt: skip


class MovedLists(Translated):
    """Two lists side by side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = (Text("strong"), Text("strong"))
        self._models = (DataTable(_columns(), self), DataTable(_columns(), self))
        self._tables = tuple(Table(model) for model in self._models)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(20)
        for title, table in zip(self._titles, self._tables, strict=True):
            column = QVBoxLayout()
            column.setSpacing(6)
            column.addWidget(title)
            column.addWidget(table, 1)
            row.addLayout(column, 1)
        self.retranslate()

    def retranslate(self) -> None:
        """Titles of the lists."""
        for title, table, text in zip(
            self._titles, self._tables, (_("Would enter"), _("Would leave")), strict=True
        ):
            title.setText(text)
            table.setAccessibleName(text)

    def show_lists(self, leave: Sequence[PersonRow], enter: Sequence[PersonRow]) -> None:
        """Other rows; both empty hides the lists."""
        self._models[0].set_rows(enter)
        self._models[1].set_rows(leave)
        for widget in (*self._titles, *self._tables):
            widget.setVisible(bool(leave or enter))
