"""What is asked after a tile: amount, day, what that outcome needs, time, who went, a note."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QDateTime, QEvent, Qt, QTime, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QDateTimeEdit,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from planner.actions.outcomes import Outcome, PlanTerms
from planner.errors import PlannerError
from ui import formats
from ui.i18n import _, error_text
from ui.page import Translated
from ui.results.amount import AmountField
from ui.results.choices import Choice
from ui.results.extras import Extras
from ui.results.more import MorePane
from ui.results.round import Party
from ui.results.scan import Heard
from ui.results.who import WhoField
from ui.widgets.buttons import Button
from ui.widgets.text import Text

FIELD_OF = {
    "record.amount_not_positive": "amount", "record.promise_incomplete": "amount",
    "record.due_in_past": "due", "record.in_future": "at", "record.leave_before_arrival": "at",
    "record.say_what_was_disclosed": "note", "record.no_consent": "more",
    "change.bad_phone": "more", "change.bad_address": "more", "evidence.too_many": "more",
}  # fmt: skip
LONGEST_STAY = 600  # minutes


@dataclass(frozen=True, slots=True)
class Mistake:
    """Which field is wrong, in words."""

    field: str
    text: str


class OutcomeForm(Translated):
    """Fields for one outcome. `changed` when a value was edited, `confirmed` on Enter."""

    changed = Signal()
    confirmed = Signal()
    left = Signal()  # Esc
    plan_wanted = Signal()
    entered = Signal(object)  # the field that has the keyboard now

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._asks: tuple[str, ...] = ()
        self._quiet = False
        self._plan: PlanTerms | None = None
        self.amount, self.due = AmountField(), QDateEdit()
        self.at, self.stayed = QDateTimeEdit(), QSpinBox()
        self.who, self.note = WhoField(), QLineEdit()
        self.extras, self.more, self.heard = Extras(), MorePane(), Heard()
        self.more_button, self.plan_button = Button("quiet"), Button("secondary", "plan")
        self.due.setCalendarPopup(True)
        self.due.setDisplayFormat("yyyy-MM-dd")
        self.at.setDisplayFormat("yyyy-MM-dd HH:mm")
        # The style gives these fields no room at their left edge.
        for field in (self.at, self.stayed):
            field.lineEdit().setTextMargins(9, 0, 0, 0)
        self.stayed.setRange(0, LONGEST_STAY)
        self.note.setMaxLength(500)
        self._weekday = Text("muted")
        self._fields: dict[str, QWidget] = {
            "amount": self.amount, "due": self.due, "at": self.at, "stayed": self.stayed,
            "who": self.who, "note": self.note,
        }  # fmt: skip
        self._labels = {name: Text("muted") for name in self._fields}
        self._errors = {
            name: Text("small", wrap=True) for name in (*self._fields, "disclosed")
        }  # fmt: skip
        self._lay_out()
        self._connect()
        self.retranslate()
        self.open_more(False)

    def _lay_out(self) -> None:
        for name, field in self._fields.items():
            self._labels[name].setBuddy(field)
        for error in self._errors.values():
            error.setProperty("part", "accent")
            error.hide()
        asked, always, last = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (asked, always, last):
            row.setSpacing(12)
        asked.addLayout(self._under_name("amount"))
        asked.addLayout(self._under_name("due"))
        asked.addWidget(self._weekday, 0, Qt.AlignmentFlag.AlignBottom)
        asked.addWidget(self.plan_button, 0, Qt.AlignmentFlag.AlignBottom)
        asked.addWidget(self.extras, 0, Qt.AlignmentFlag.AlignTop)
        asked.addStretch(1)
        always.addLayout(self._under_name("at"))
        always.addLayout(self._under_name("stayed"))
        always.addLayout(self._under_name("who"), 1)
        last.addLayout(self._under_name("note"), 1)
        last.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignBottom)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        for part in (asked, self._errors["disclosed"], always, last, self.more):
            if isinstance(part, QWidget):
                box.addWidget(part)
            else:
                box.addLayout(part)

    def _under_name(self, name: str) -> QVBoxLayout:
        """A field under its name, and what is wrong with it below."""
        box = QVBoxLayout()
        box.setSpacing(2)
        for widget in (self._labels[name], self._fields[name], self._errors[name]):
            box.addWidget(widget)
        box.addStretch(1)
        return box

    def _connect(self) -> None:
        for signal in (
            self.amount.textEdited, self.due.dateChanged, self.at.dateTimeChanged,
            self.stayed.valueChanged, self.who.changed, self.note.textEdited,
            self.extras.changed, self.more.changed,
        ):  # fmt: skip
            signal.connect(self._edited)
        self.more_button.clicked.connect(self.flip_more)
        self.plan_button.clicked.connect(self.plan_wanted)
        listened = (
            self.amount, self.due, self.at, self.stayed, self.who.crew, self.note,
            *self.extras.fields.values(), self.more.phone, self.more.address, self.more.consent,
        )  # fmt: skip
        for field in listened:
            field.installEventFilter(self)

    def retranslate(self) -> None:
        """Labels, also as names for screen readers."""
        words = {
            "amount": _("Amount ({unit})").format(unit=formats.money_unit()),
            "due": _("Until which day"),
            "at": _("Time of the visit"),
            "stayed": _("Stayed, minutes"),
            "who": _("Who went"),
            "note": _("Note"),
        }
        for name, word in words.items():
            self._labels[name].setText(word)
            self._fields[name].setAccessibleName(word)
        self.stayed.setSpecialValueText(_("not noted"))
        self.amount.setPlaceholderText(_("e.g. 5,000"))
        self.note.setPlaceholderText(_("Facts only, no third persons"))
        self._say_more()
        self._say_plan()
        self._say_weekday()

    def show_parties(self, parties: tuple[Party, ...], current: int) -> None:
        """The crews; `current` went (-1 keeps the one chosen before)."""
        self._quiet = True
        self.who.show_parties(parties, current)
        self._quiet = False

    def show_time(self, at: datetime) -> None:
        """The moment of the visit."""
        local = at.astimezone(ZoneInfo(self._zone))
        self._quiet = True
        self.at.setDateTime(
            QDateTime(QDate(local.year, local.month, local.day), QTime(local.hour, local.minute))
        )
        self._quiet = False

    def clear(self) -> None:
        """Forget amount, note, files and mistakes."""
        self._quiet = True
        self.amount.set_minor(None)
        self.note.clear()
        self.stayed.setValue(0)
        self.more.clear()
        self.open_more(False)
        self.ask(())
        self.complain(None)
        self._quiet = False

    def ask(
        self, asks: tuple[str, ...], amount: int | None = None, due: date | None = None
    ) -> None:
        """Show the fields a choice needs, with what is offered in them."""
        self._asks = asks
        self._plan = None
        for name in ("amount", "due"):
            for part in (self._labels[name], self._fields[name]):
                part.setVisible(name in asks)
        self._weekday.setVisible("due" in asks)
        self.plan_button.setVisible("plan" in asks)
        self._quiet = True
        self.extras.ask(asks)
        if "amount" in asks:
            self.amount.set_minor(amount)
        if "due" in asks and due is not None:
            self.due.setDate(QDate(due.year, due.month, due.day))
        self._quiet = False
        self._say_plan()
        self._say_weekday()
        self.complain(None)

    def take_plan(self, plan: PlanTerms | None) -> None:
        """An instalment plan that was worked out; amount and day are those of its first part."""
        self._plan = plan
        if plan is not None and plan.instalments:
            first = plan.instalments[0]
            self._quiet = True
            self.amount.set_minor(first.amount)
            self.due.setDate(QDate(first.due.year, first.due.month, first.due.day))
            self._quiet = False
        self._say_plan()
        self._edited(keep_plan=True)

    def restore(self, outcome: Outcome) -> None:
        """Show the values of an outcome, one that could not be saved or one to be corrected."""
        self.show_time(outcome.at)
        self._quiet = True
        self.note.setText(outcome.note)
        self.who.tick(outcome.by)
        stay = (outcome.leave - outcome.at).total_seconds() if outcome.leave else 0
        self.stayed.setValue(round(stay / 60))
        if "amount" in self._asks:
            self.amount.set_minor(outcome.amount)
        if "due" in self._asks and outcome.due is not None:
            self.due.setDate(QDate(outcome.due.year, outcome.due.month, outcome.due.day))
        self.extras.restore(outcome.door)
        self.more.restore(outcome.door)
        if outcome.door.phone or outcome.door.address or outcome.door.consent:
            self.open_more(True)
        self._quiet = False
        if outcome.plan is not None:
            self.take_plan(outcome.plan)

    def moment(self) -> datetime:
        """The typed time, aware."""
        day, time = self.at.date(), self.at.time()
        return datetime(
            day.year(), day.month(), day.day(), time.hour(), time.minute(),
            tzinfo=ZoneInfo(self._zone),
        )  # fmt: skip

    def fill(self, base: Outcome, choice: Choice) -> Outcome:
        """`base` with this choice and what is typed."""
        due, at = self.due.date(), self.moment()
        stay = self.stayed.value()
        return replace(
            base,
            code=choice.code,
            result=choice.result,
            at=at,
            leave=at + timedelta(minutes=stay) if stay else None,
            amount=self.amount.minor() if "amount" in choice.asks else None,
            due=date(due.year(), due.month(), due.day()) if "due" in choice.asks else None,
            note=self.note.text().strip(),
            by=self.who.there(),
            plan=self._plan if "plan" in choice.asks else None,
            door=self.more.fill(self.extras.fill(choice.asks)),
        )

    def mistake(self, outcome: Outcome, now: datetime) -> Mistake | None:
        """What must be mended before saving, checked as `record` will."""
        if "amount" in self._asks:
            if outcome.amount is None:
                return Mistake("amount", _("Type an amount, such as 5,000 or 5000.50."))
            if outcome.amount <= 0:
                error = PlannerError("record.amount_not_positive", amount=outcome.amount)
                return Mistake("amount", error_text(error))
        if outcome.due is not None and outcome.due < outcome.at.date():
            error = PlannerError("record.due_in_past", due=str(outcome.due))
            return Mistake("due", error_text(error))
        if outcome.at > now:
            return Mistake("at", _("This time is still to come. Set when the visit took place."))
        if outcome.door.disclosed and not outcome.note:
            return Mistake(
                "disclosed", _("Tick it, or write in the note what was said; the lead looks at it.")
            )  # fmt: skip
        return None

    def complain(self, mistake: Mistake | None) -> None:
        """Words beside the field, and the keyboard in it."""
        for name, text in self._errors.items():
            shown = mistake is not None and mistake.field == name
            text.setText(mistake.text if mistake is not None and shown else "")
            text.setVisible(shown)
        more = mistake is not None and mistake.field == "more"
        self.more.complain(mistake.text if mistake is not None and more else "")
        if mistake is None:
            return
        if more:
            self.open_more(True)
        places = {**self._fields, "disclosed": self.extras.disclosed, "more": self.more.phone}
        field = places[mistake.field]
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(field, QLineEdit):
            field.selectAll()

    def first_field(self) -> QWidget | None:
        """Where the keyboard goes after a tile that asks."""
        if "amount" in self._asks:
            return self.amount
        return self.extras.disclosed if "disclosed" in self._asks else None

    def panes(self) -> list[QWidget]:
        """Fields that are shown."""
        return [field for field in self._fields.values() if not field.isHidden()]

    def open_more(self, shown: bool) -> None:
        """Show or hide what is rarely needed."""
        self.more.setVisible(shown)
        self._say_more()

    def flip_more(self) -> None:
        """Show what is rarely needed and go there, or hide it."""
        self.open_more(self.more.isHidden())
        if not self.more.isHidden():
            self.more.phone.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: object, event: object) -> bool:
        """Enter saves from every field, Esc goes back to the tiles."""
        if isinstance(event, QEvent) and event.type() == QEvent.Type.FocusIn:
            self.entered.emit(watched)
        if isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            popup = isinstance(watched, QComboBox) and watched.view().isVisible()
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not popup:
                self.confirmed.emit()
                return True
            if event.key() == Qt.Key.Key_Escape and not popup:
                self.left.emit()
                return True
            self.heard.key(watched, event.text())
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def _edited(self, *_value: object, keep_plan: bool = False) -> None:
        if self._quiet:
            return
        first = self._plan.instalments[0] if self._plan is not None else None
        if first is not None and not keep_plan and self.amount.minor() != first.amount:
            self._plan = None  # another sum is another agreement
            self._say_plan()
        self._say_weekday()
        self.complain(None)
        self.changed.emit()

    def _say_more(self) -> None:
        closed = self.more.isHidden()
        self.more_button.setText(_("More: found, files …") if closed else _("Less"))
        self.more_button.setToolTip(_("New phone or address, recording, photos (Alt+M)"))

    def _say_plan(self) -> None:
        plan = self._plan
        text = _("Work out instalments …")
        if plan is not None:
            text = _("{n} instalments, change …").format(n=len(plan.instalments))
        self.plan_button.setText(text)

    def _say_weekday(self) -> None:
        due, at = self.due.date(), self.at.date()
        day = date(due.year(), due.month(), due.day())
        self._weekday.setText(
            _("{weekday}, in {n} days").format(weekday=formats.weekday(day), n=at.daysTo(due))
        )
