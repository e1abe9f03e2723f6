"""Hours agreed with a person take the place of the usual ones, once their evidence is recorded."""

from datetime import date

from PySide6.QtCore import QDate, QLocale, Qt, QTime, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from planner.actions.agreements import Agreed, agree
from planner.actions.change import Change
from planner.clock import Clock
from planner.domain.codes import Channel
from planner.export.told import CHANNELS
from planner.store.store import Store
from ui.case.view import CHECKED
from ui.i18n import _, language
from ui.widgets.buttons import Button
from ui.widgets.text import Text

_ANY, _ONE = 0, 8  # beside the ISO numbers of weekdays


def write_agreed(store: Store, agreed: Agreed, clock: Clock) -> tuple[None, Change, bytes]:
    """Record it; answers as a deed does. Raises PlannerError("terms.…")."""
    return None, Change.CASES | Change.CONTACTS, agree(store, agreed, clock=clock)


class AgreedDialog(QDialog):
    """`decided(Agreed)` when confirmed; evidence is demanded, and hours in their order."""

    decided = Signal(object)

    def __init__(self, debtor_id: str, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._who = debtor_id
        self.setWindowTitle(_("Record agreed hours"))
        self.setMinimumWidth(520)
        self.channel, self.when = QComboBox(), QComboBox()
        for channel in reversed(CHECKED):
            self.channel.addItem(_(CHANNELS[channel]), channel)
        self.when.addItem(_("every day"), _ANY)
        locale = QLocale(language())
        for number in range(1, 8):
            self.when.addItem(locale.standaloneDayName(number), number)
        self.when.addItem(_("on one day"), _ONE)
        self.day = QDateEdit(QDate(today.year, today.month, today.day))
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setMinimumDate(QDate(today.year, today.month, today.day))
        self.start, self.end = QTimeEdit(QTime(18, 0)), QTimeEdit(QTime(20, 0))
        self.day.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        for edit in (self.start, self.end):
            edit.setDisplayFormat("HH:mm")
            edit.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            edit.timeChanged.connect(self._typed)
        self.evidence = QLineEdit()
        self.evidence.setMaxLength(200)
        self.evidence.textChanged.connect(self._typed)
        self.confirm = Button("primary", "check")
        self.confirm.setText(_("Record the agreement"))
        self.confirm.setDefault(True)
        self.confirm.clicked.connect(self._decide)
        self.when.currentIndexChanged.connect(self._typed)
        self._build()
        self._typed()
        self.evidence.setFocus()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 24, 28, 22)
        box.setSpacing(10)
        box.addWidget(Text("heading", _("Record agreed hours")))
        told = _(
            "Agreed hours take the place of the usual ones for this person, where the rules permit"
            " an agreement. Without evidence there is none."
        )
        box.addWidget(Text("body", told, wrap=True))
        rows = (
            (_("Channel"), (self.channel,)),
            (_("When"), (self.when, self.day)),
            (_("Between"), (self.start, self.end)),
            (_("Evidence, such as a letter or a recorded call"), (self.evidence,)),
        )
        for name, edits in rows:
            box.addWidget(Text("muted", name))
            line = QHBoxLayout()
            line.setSpacing(8)
            for edit in edits:
                edit.setAccessibleName(name)
                line.addWidget(edit, 1)
            box.addLayout(line)
        leave = Button("secondary")
        leave.setText(_("Cancel"))
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(self.confirm)
        box.addLayout(foot)

    def _typed(self) -> None:
        self.day.setVisible(self.when.currentData() == _ONE)
        ordered = self.start.time() < self.end.time()
        self.confirm.setEnabled(ordered and bool(self.evidence.text().strip()))

    def _decide(self) -> None:
        when = self.when.currentData()
        one = self.day.date()
        self.decided.emit(
            Agreed(
                self._who,
                Channel(self.channel.currentData()),
                self.evidence.text().strip(),
                self.start.time().toString("HH:mm"),
                self.end.time().toString("HH:mm"),
                weekday=when if _ANY < when < _ONE else 0,
                day=date(one.year(), one.month(), one.day()) if when == _ONE else None,
            )
        )
        self.accept()
