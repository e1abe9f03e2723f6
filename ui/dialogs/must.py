"""A lead decides that a person has to be visited on a day: which day, why, and who says so."""

from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QDate, Signal, Slot
from PySide6.QtWidgets import QDateEdit, QLineEdit, QWidget

from ui.dialogs.asking import Asking, field
from ui.i18n import _
from ui.widgets.text import Text

_LONGEST, _LONGEST_NAME = 200, 40


@dataclass(frozen=True, slots=True)
class Wish:
    """The decision that is wanted."""

    day: date
    reason: str
    by: str


class MustDialog(Asking):
    """`wanted(Wish)` when it is confirmed; reason and name are demanded."""

    wanted = Signal(object)

    def __init__(self, name: str, day: date, today: date, parent: QWidget | None = None) -> None:
        """`name` is masked; `day` is offered, unless it is over."""
        act = _("Has to be visited")
        super().__init__(act, "pin", title=act, parent=parent)
        first = max(day, today)
        self.day = QDateEdit(QDate(first.year, first.month, first.day))
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setMinimumDate(QDate(today.year, today.month, today.day))
        self.reason, self.by = QLineEdit(), QLineEdit()
        self.reason.setMaxLength(_LONGEST)
        self.reason.setPlaceholderText(_("Facts only, no third persons"))
        self.by.setMaxLength(_LONGEST_NAME)
        self.go.clicked.connect(self._decide)
        for edit in (self.reason, self.by):
            edit.textChanged.connect(self._typed)
        more = _(
            "The next plan of that day visits this person whatever it costs, or says why that"
            " cannot be. The contact rules hold all the same."
        )
        self.lay_out(
            _("{name} has to be visited").format(name=name), Text("muted", more, wrap=True),
            field(_("Day"), self.day), field(_("Reason"), self.reason),
            field(_("Decided by"), self.by),
        )  # fmt: skip
        self._typed()
        self.reason.setFocus()

    def _typed(self) -> None:
        self.go.setEnabled(bool(self.reason.text().strip() and self.by.text().strip()))

    @Slot()
    def _decide(self) -> None:
        day = self.day.date()
        self.wanted.emit(
            Wish(
                date(day.year(), day.month(), day.day()),
                self.reason.text().strip(),
                self.by.text().strip(),
            )
        )
        self.accept()
