"""A lead decides that a person has to be visited on a day: which day, why, and who says so."""

from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QDate, Signal, Slot
from PySide6.QtWidgets import QDateEdit, QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ui.i18n import _
from ui.widgets.buttons import Button
from ui.widgets.text import Text

_LONGEST, _LONGEST_NAME = 200, 40


@dataclass(frozen=True, slots=True)
class Wish:
    """The decision that is wanted."""

    day: date
    reason: str
    by: str


class MustDialog(QDialog):
    """`wanted(Wish)` when it is confirmed; reason and name are demanded."""

    wanted = Signal(object)

    def __init__(self, name: str, day: date, today: date, parent: QWidget | None = None) -> None:
        """`name` is masked; `day` is offered, unless it is over."""
        super().__init__(parent)
        self.setWindowTitle(_("Has to be visited"))
        self.setMinimumWidth(520)
        first = max(day, today)
        self.day = QDateEdit(QDate(first.year, first.month, first.day))
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setMinimumDate(QDate(today.year, today.month, today.day))
        self.reason, self.by = QLineEdit(), QLineEdit()
        self.reason.setMaxLength(_LONGEST)
        self.reason.setPlaceholderText(_("Facts only, no third persons"))
        self.by.setMaxLength(_LONGEST_NAME)
        self.confirm = Button("primary", "pin")
        self.confirm.setText(_("Has to be visited"))
        self.confirm.setDefault(True)
        self.confirm.clicked.connect(self._decide)
        for edit in (self.reason, self.by):
            edit.textChanged.connect(self._typed)
        self._lay_out(_("{name} has to be visited").format(name=name))
        self._typed()
        self.reason.setFocus()

    def _lay_out(self, title: str) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 24, 28, 22)
        box.setSpacing(10)
        box.addWidget(Text("heading", title, wrap=True))
        more = _(
            "The next plan of that day visits this person whatever it costs, or says why that"
            " cannot be. The contact rules hold all the same."
        )
        box.addWidget(Text("muted", more, wrap=True))
        for name, edit in (
            (_("Day"), self.day),
            (_("Reason"), self.reason),
            (_("Decided by"), self.by),
        ):
            edit.setAccessibleName(name)
            box.addWidget(Text("strong", name))
            box.addWidget(edit)
        leave = Button("secondary")
        leave.setText(_("Cancel"))
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(self.confirm)
        box.addSpacing(6)
        box.addLayout(foot)

    def _typed(self) -> None:
        self.confirm.setEnabled(bool(self.reason.text().strip() and self.by.text().strip()))

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
