"""What is asked after a tile: the finer choice, amount, day, time, who went, a note."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QDateTime, Qt, QTime, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDateEdit,
    QDateTimeEdit,
    QGridLayout,
    QLineEdit,
    QWidget,
)

from planner.actions.outcomes import Outcome
from planner.errors import PlannerError
from ui import formats
from ui.i18n import _, error_text
from ui.page import Translated
from ui.results.amount import AmountField
from ui.results.choices import Choice, Tile
from ui.results.round import Party
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout
from ui.widgets.text import Text

FIELD_OF = {
    "record.amount_not_positive": "amount", "record.promise_incomplete": "amount",
    "record.due_in_past": "due", "record.in_future": "at", "record.leave_before_arrival": "at",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mistake:
    """Which field is wrong, in words."""

    field: str
    text: str


class FinerChoice(QWidget):
    """The one more tap: numbered chips. `picked(index)`."""

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._flow = FlowLayout(self)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.picked)
        self.chips: list[Chip] = []

    def show_choices(self, choices: tuple[Choice, ...], current: int, tips: list[str]) -> None:
        """Chips for these, `current` pressed (-1 = none)."""
        for chip in self.chips:
            self._group.removeButton(chip)
        self._flow.clear()
        self.chips = []
        for number, choice in enumerate(choices):
            chip = Chip(f"{number + 1}  {_(choice.title)}", "accent", checkable=True, parent=self)
            chip.setToolTip(tips[number])
            chip.setAccessibleDescription(tips[number])
            self._group.addButton(chip, number)
            self._flow.addWidget(chip)
            chip.show()
            self.chips.append(chip)
        self._group.setExclusive(False)
        for number, chip in enumerate(self.chips):
            chip.setChecked(number == current)
        self._group.setExclusive(True)
        self.updateGeometry()


class OutcomeForm(Translated):
    """Fields for one outcome. `changed` when a value was edited, `confirmed` on Enter."""

    changed = Signal()
    confirmed = Signal()
    left = Signal()  # Esc

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._parties: tuple[Party, ...] = ()
        self._asks: tuple[str, ...] = ()
        self._quiet = False
        self.amount, self.due = AmountField(), QDateEdit()
        self.at, self.who, self.note = QDateTimeEdit(), QComboBox(), QLineEdit()
        self.due.setCalendarPopup(True)
        self.due.setDisplayFormat("yyyy-MM-dd")
        self.at.setDisplayFormat("yyyy-MM-dd HH:mm")
        # The style gives this field no room at its left edge.
        self.at.lineEdit().setTextMargins(9, 0, 0, 0)
        self.note.setMaxLength(500)
        self._weekday = Text("muted")
        self._fields: dict[str, QWidget] = {
            "amount": self.amount, "due": self.due, "at": self.at, "who": self.who,
            "note": self.note,
        }  # fmt: skip
        self._labels = {name: Text("muted") for name in self._fields}
        self._errors = {name: Text("small", wrap=True) for name in self._fields}
        self._lay_out()
        for signal in (
            self.amount.textEdited, self.due.dateChanged, self.at.dateTimeChanged,
            self.who.currentIndexChanged, self.note.textEdited,
        ):  # fmt: skip
            signal.connect(self._edited)
        for field in self._fields.values():
            field.installEventFilter(self)
        self.retranslate()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        places = {
            "amount": (0, 0, 1), "due": (0, 1, 1), "at": (3, 0, 1), "who": (3, 1, 1),
            "note": (3, 2, 2),
        }  # fmt: skip
        for name, (row, column, span) in places.items():
            grid.addWidget(self._labels[name], row, column, 1, span)
            grid.addWidget(self._fields[name], row + 1, column, 1, span)
            grid.addWidget(self._errors[name], row + 2, column, 1, span)
            self._labels[name].setBuddy(self._fields[name])
            self._errors[name].setProperty("part", "accent")
            self._errors[name].hide()
        grid.addWidget(self._weekday, 1, 2)
        grid.setColumnStretch(3, 1)

    def retranslate(self) -> None:
        """Labels, also as names for screen readers."""
        words = {
            "amount": _("Amount ({unit})").format(unit=formats.money_unit()),
            "due": _("Until which day"),
            "at": _("Time of the visit"),
            "who": _("Who went"),
            "note": _("Note"),
        }
        for name, word in words.items():
            self._labels[name].setText(word)
            self._fields[name].setAccessibleName(word)
        self.amount.setPlaceholderText(_("e.g. 5,000"))
        self.note.setPlaceholderText(_("Facts only, no third persons"))
        self._say_weekday()

    def show_parties(self, parties: tuple[Party, ...], current: int) -> None:
        """The crews; `current` went (-1 keeps the one chosen before)."""
        self._quiet = True
        kept = max(0, self.who.currentIndex())
        self._parties = parties
        self.who.clear()
        for party in parties:
            self.who.addItem(f"{party.name}  {', '.join(party.members)}".strip())
        place = current if current >= 0 else min(kept, len(parties) - 1)
        self.who.setCurrentIndex(place)
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
        """Forget amount, note and mistakes."""
        self._quiet = True
        self.amount.set_minor(None)
        self.note.clear()
        self.ask(())
        self.complain(None)
        self._quiet = False

    def ask(
        self, asks: tuple[str, ...], amount: int | None = None, due: date | None = None
    ) -> None:
        """Show the fields a choice needs, with what is offered in them."""
        self._asks = asks
        for name in ("amount", "due"):
            for part in (self._labels[name], self._fields[name]):
                part.setVisible(name in asks)
        self._weekday.setVisible("due" in asks)
        self._quiet = True
        if "amount" in asks:
            self.amount.set_minor(amount)
        if "due" in asks and due is not None:
            self.due.setDate(QDate(due.year, due.month, due.day))
        self._quiet = False
        self._say_weekday()
        self.complain(None)

    def restore(self, outcome: Outcome) -> None:
        """Show the values of an outcome that could not be saved."""
        self.show_time(outcome.at)
        self._quiet = True
        self.note.setText(outcome.note)
        if "amount" in self._asks:
            self.amount.set_minor(outcome.amount)
        if "due" in self._asks and outcome.due is not None:
            self.due.setDate(QDate(outcome.due.year, outcome.due.month, outcome.due.day))
        self._quiet = False

    def moment(self) -> datetime:
        """The typed time, aware."""
        day, time = self.at.date(), self.at.time()
        return datetime(
            day.year(), day.month(), day.day(), time.hour(), time.minute(),
            tzinfo=ZoneInfo(self._zone),
        )  # fmt: skip

    def fill(self, base: Outcome, choice: Choice) -> Outcome:
        """`base` with this choice and what is typed."""
        due = self.due.date()
        place = self.who.currentIndex()
        return replace(
            base,
            code=choice.code,
            result=choice.result,
            at=self.moment(),
            amount=self.amount.minor() if "amount" in choice.asks else None,
            due=date(due.year(), due.month(), due.day()) if "due" in choice.asks else None,
            note=self.note.text().strip(),
            by=self._parties[place].members if 0 <= place < len(self._parties) else (),
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
        return None

    def complain(self, mistake: Mistake | None) -> None:
        """Words beside the field, and the keyboard in it."""
        for name, text in self._errors.items():
            shown = mistake is not None and mistake.field == name
            text.setText(mistake.text if mistake is not None and shown else "")
            text.setVisible(shown)
        if mistake is not None:
            field = self._fields[mistake.field]
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            if isinstance(field, QLineEdit):
                field.selectAll()

    def first_field(self) -> QWidget | None:
        """Where the keyboard goes after a tile that asks."""
        return self.amount if "amount" in self._asks else None

    def panes(self) -> list[QWidget]:
        """Fields that are shown."""
        return [field for field in self._fields.values() if not field.isHidden()]

    def eventFilter(self, watched: object, event: object) -> bool:
        """Enter saves from every field, Esc goes back to the tiles."""
        if isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
            popup = self.who.view().isVisible()
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not popup:
                self.confirmed.emit()
                return True
            if event.key() == Qt.Key.Key_Escape and not popup:
                self.left.emit()
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]

    def _edited(self) -> None:
        if self._quiet:
            return
        self._say_weekday()
        self.complain(None)
        self.changed.emit()

    def _say_weekday(self) -> None:
        due, at = self.due.date(), self.at.date()
        day = date(due.year(), due.month(), due.day())
        self._weekday.setText(
            _("{weekday}, in {n} days").format(weekday=formats.weekday(day), n=at.daysTo(due))
        )


def needs_tap(tile: Tile) -> bool:
    """Whether a tile asks for one more tap."""
    return len(tile.choices) > 1
