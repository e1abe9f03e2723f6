"""Mandates that were ended: their certificates can be given again at any time."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from planner.actions.purge import Certificate
from ui import formats
from ui.i18n import _
from ui.models.table import Column, DataTable, Kind
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.table import Table


class EndedCard(Card):
    """The certificates, the newest first; `wanted(Certificate)`. Hidden while there is none."""

    wanted = Signal(object)

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._model = DataTable(
            (
                Column("lender", lambda: _("Lender"), lambda r: r.lender, Kind.STRONG,
                       width=120, stretch=1),
                Column("at", lambda: _("Ended"), lambda r: formats.moment(r.at, zone),
                       sort=lambda r: r.at, width=140),
                Column("erased", lambda: _("Persons deleted"), lambda r: formats.number(r.erased),
                       Kind.NUMBER, sort=lambda r: r.erased, width=110),
            ),
            self,
        )  # fmt: skip
        self.table = Table(self._model)
        self.save = Button("secondary", "file")
        self.save.clicked.connect(self._save)
        self.table.opened.connect(self.wanted)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.save)
        self.body.addWidget(self.table, 1)
        self.body.addLayout(foot)

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("Mandates ended"))
        self.table.setAccessibleName(_("Mandates ended"))
        self.save.setText(_("Save the certificate"))

    @Slot(object)
    def show_given(self, given: list[Certificate]) -> None:
        """Other certificates; the newest is chosen."""
        self._model.set_rows(given)
        self.setVisible(bool(given))
        if given and self.table.current() is None:
            self.table.go_to(0)

    @Slot()
    def _save(self) -> None:
        one = self.table.current()
        if one is not None:
            self.wanted.emit(one)
