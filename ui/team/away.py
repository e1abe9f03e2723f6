"""When a collector is away: from, to, why."""

from datetime import date

from PySide6.QtCore import QDate, Qt, Signal, Slot
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QLineEdit, QWidget

from ui.dialogs.asking import Asking, field
from ui.i18n import _
from ui.widgets.text import Text

_LONGEST = 60


class AwayDialog(Asking):
    """`told(first, last, reason)`; both days are included."""

    told = Signal(object, object, str)

    def __init__(self, name: str, day: date, parent: QWidget | None = None) -> None:
        super().__init__(_("Record the absence"), "check", title=_("Absence"), parent=parent)
        self.first, self.last, self.reason = QDateEdit(), QDateEdit(), QLineEdit()
        for edit in (self.first, self.last):
            edit.setCalendarPopup(True)
            edit.setDisplayFormat("yyyy-MM-dd")
            edit.setDate(QDate(day.year, day.month, day.day))
        self.reason.setMaxLength(_LONGEST)
        self.reason.setPlaceholderText(_("Ill, leave, training …"))
        self.first.dateChanged.connect(self._follow)
        row = QHBoxLayout()
        row.setSpacing(16)
        for word, one in ((_("First day"), self.first), (_("Last day"), self.last)):
            row.addLayout(field(word, one), 1)
        note = _(
            "On these days the crew goes out with one member less, and nobody who is assigned to"
            " this collector is planned. A hand-over gives them to somebody else."
        )
        self.lay_out(
            _("{name} is away").format(name=name), row, field(_("Reason"), self.reason),
            Text("muted", note, wrap=True),
        )  # fmt: skip
        self.go.clicked.connect(self._told)
        self.first.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _follow(self) -> None:
        self.last.setMinimumDate(self.first.date())

    @Slot()
    def _told(self) -> None:
        first, last = (date(d.year(), d.month(), d.day())
                       for d in (self.first.date(), self.last.date()))  # fmt: skip
        self.told.emit(first, last, self.reason.text().strip())
        self.accept()
