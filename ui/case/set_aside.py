"""A lead sets a rule of the house aside for one person: for how long, why, and who says so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QDateTime, Qt, QTime, Signal
from PySide6.QtWidgets import QDateTimeEdit, QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from planner.actions.change import Change
from planner.actions.overrides import override
from planner.clock import Clock
from planner.domain.codes import Channel
from planner.policy.limits import Rule
from planner.store.store import Store
from ui import formats
from ui.i18n import _
from ui.rules import words
from ui.widgets.buttons import Button
from ui.widgets.text import Text

LONGEST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class SetAside:
    """What was decided: `rule` does not hold for `channel` from `start` until `end` (aware)."""

    rule: str
    channel: Channel
    start: datetime
    end: datetime
    reason: str
    by: str


def write_aside(
    store: Store, debtor_id: str, decided: SetAside, clock: Clock
) -> tuple[None, Change, bytes]:
    """Record it; answers as a deed does. Raises PlannerError("terms.…")."""
    batch = override(
        store, debtor_id, decided.rule, decided.channel, decided.start, decided.end,
        reason=decided.reason, by=decided.by, clock=clock,
    )  # fmt: skip
    return None, Change.CASES | Change.CONTACTS, batch


class SetAsideDialog(QDialog):
    """`decided(SetAside)` when the lead confirms; reason and name are demanded."""

    decided = Signal(object)

    def __init__(
        self, rule: Rule, channel: Channel, now: datetime, zone: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rule, self._channel, self._now, self._zone = rule, channel, now, ZoneInfo(zone)
        self.setWindowTitle(_("Set a rule aside"))
        self.setMinimumWidth(520)
        here = now.astimezone(self._zone)
        evening = here.replace(hour=23, minute=59, second=0, microsecond=0)
        self.until = QDateTimeEdit(_qt(evening))
        self.until.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.until.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.until.setMinimumDateTime(_qt(here))
        self.until.setMaximumDateTime(_qt(evening + LONGEST))
        self.reason, self.by = QLineEdit(), QLineEdit()
        self.reason.setMaxLength(200)
        self.by.setMaxLength(40)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 24, 28, 22)
        box.setSpacing(10)
        box.addWidget(Text("heading", words.sentence(rule.id), wrap=True))
        box.addWidget(Text("muted", _("Source: {source}").format(source=words.source(rule))))
        told = _(
            "It then does not hold for this person until the time below. That is recorded and"
            " listed under the exceptions; the planner never relies on it."
        )
        box.addWidget(Text("body", told, wrap=True))
        for name, edit in (
            (_("Until"), self.until),
            (_("Reason"), self.reason),
            (_("Decided by"), self.by),
        ):
            box.addWidget(Text("muted", name))
            box.addWidget(edit)
            edit.setAccessibleName(name)
        self.confirm = Button("primary", "unlock")
        self.confirm.setText(_("Set aside until then"))
        self.confirm.setDefault(True)
        self.confirm.clicked.connect(self._decide)
        leave = Button("secondary")
        leave.setText(_("Cancel"))
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(self.confirm)
        box.addLayout(foot)
        for edit in (self.reason, self.by):
            edit.textChanged.connect(self._typed)
        self._typed()
        self.reason.setFocus()

    def _typed(self) -> None:
        self.confirm.setEnabled(bool(self.reason.text().strip() and self.by.text().strip()))

    def _decide(self) -> None:
        end = self.until.dateTime().toPython()
        assert isinstance(end, datetime)
        self.decided.emit(
            SetAside(
                self._rule.id, self._channel, self._now, end.replace(tzinfo=self._zone),
                self.reason.text().strip(), self.by.text().strip(),
            )
        )  # fmt: skip
        self.accept()


def _qt(moment: datetime) -> QDateTime:
    """By the clock on the wall."""
    day, time = QDate(moment.year, moment.month, moment.day), QTime(moment.hour, moment.minute)
    return QDateTime(day, time)


def aside_words(decided: SetAside, zone: str) -> str:
    """The deed in the list of undo."""
    return _("Rule set aside until {moment}").format(moment=formats.moment(decided.end, zone))
