"""The lead's decision about one area: day and crew, nights, or until when to wait or do without."""

from datetime import date, timedelta

from PySide6.QtCore import QDate, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDateEdit,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from planner.actions.remote_decisions import GO, MEANS, OVERNIGHT, WAIT, WAYS, Decision
from planner.domain.people import Crew
from ui import formats
from ui.i18n import N_, _, ngettext
from ui.remote import words
from ui.remote.area import Area, RemoteBook
from ui.remote.told import MEANS_WORDS, day_word, sentences
from ui.widgets.buttons import Button
from ui.widgets.text import Text

_LONGEST = 200
_WAIT = 14  # days offered where waiting alone never makes a trip pay
_FARTHEST = 366
TITLES = {
    GO: N_("Go to {area}"),
    OVERNIGHT: N_("Stay overnight in {area}"),
    WAIT: N_("Wait with {area}"),
    MEANS: N_("Other means for {area}"),
}


class DecideDialog(QDialog):
    """`wanted(Decision)` when it is confirmed; what follows stands above the button."""

    wanted = Signal(object)

    def __init__(
        self, kind: str, book: RemoteBook, area: Area, today: date, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._kind, self._book, self._area = kind, book, area
        self.setWindowTitle(_("Remote areas"))
        self.setMinimumWidth(540)
        self.day = QDateEdit()
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setMinimumDate(_qdate(book.day))
        self.day.setMaximumDate(_qdate(book.day + timedelta(days=_FARTHEST)))
        self.crew = QComboBox()
        self.crew.addItem(_("The crew that costs least"), "")
        for crew in book.crews:
            self.crew.addItem(crew.name, crew.crew_id)
        self.nights = QSpinBox()
        self.nights.setRange(1, max(1, book.rules.most_nights))
        self.nights.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.nights.setMaximumWidth(110)
        self.means = QButtonGroup(self)
        self.note = QLineEdit()
        self.note.setMaxLength(_LONGEST)
        self.note.setPlaceholderText(_("Reason, kept with the decision"))
        self.follows = Text("body", wrap=True)
        self.save = Button("primary", "check")
        self.save.setDefault(True)
        self._lay_out()
        self._start(today)
        for changed in (self.day.dateChanged, self.crew.currentIndexChanged,
                        self.nights.valueChanged, self.means.idToggled):  # fmt: skip
            changed.connect(self._check)
        self._check()

    def _lay_out(self) -> None:
        area, kind = self._area, self._kind
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if kind == MEANS:
            form.addRow(_label(_("Instead of a visit")), self._ways())
        going = kind in (GO, OVERNIGHT)
        day_word = _("Set out on") if kind == OVERNIGHT else _("Day") if going else _("Last day")
        rows: list[tuple[str, QWidget]] = [(day_word, self.day)]
        if kind == OVERNIGHT:
            rows.append((_("Nights out"), self.nights))
        if going:
            rows.append((_("Crew"), self.crew))
        rows.append((_("Note"), self.note))
        for word, widget in rows:
            form.addRow(_label(word), widget)
            widget.setAccessibleName(word)
        leave = Button("secondary")
        leave.setText(_("Cancel"))
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        self.save.clicked.connect(self._save)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(self.save)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 24, 28, 22)
        box.setSpacing(12)
        title = _(TITLES[kind]).format(area=words.name_word(area))
        box.addWidget(Text("heading", title, wrap=True))
        box.addWidget(
            Text("strong", _("Advice: {advice}").format(advice=words.advice_word(area)), wrap=True)
        )
        box.addWidget(Text("muted", words.advice_sentence(area, self._book.rules), wrap=True))
        box.addLayout(form)
        box.addWidget(self.follows)
        box.addLayout(foot)

    def _ways(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(18)
        for number, way in enumerate(WAYS):
            button = QRadioButton(_(MEANS_WORDS[way]))
            button.setMinimumHeight(28)
            button.setChecked(number == 0)
            self.means.addButton(button, number)
            row.addWidget(button)
        row.addStretch(1)
        return holder

    def _start(self, today: date) -> None:
        """What is offered first."""
        book, area = self._book, self._area
        if self._kind == WAIT:
            self.day.setDate(_qdate(area.until or book.day + timedelta(days=_WAIT)))
        elif self._kind == MEANS:
            self.day.setDate(_qdate(book.day + timedelta(days=book.rules.most_wait)))
        else:
            first = book.day if book.day > today else book.day + timedelta(days=1)
            ahead = (first + timedelta(days=k) for k in range(7))
            self.day.setDate(_qdate(next((d for d in ahead if self._free(d)), first)))
            if self._kind == OVERNIGHT and area.overnight is not None:
                self.nights.setValue(area.overnight.nights)

    def _days(self, first: date) -> list[date]:
        out = self.nights.value() if self._kind == OVERNIGHT else 0
        return [first + timedelta(days=k) for k in range(out + 1)]

    def _free(self, first: date) -> list[Crew]:
        """The crews that work on every day of a trip that begins on `first`."""
        days = self._days(first)
        return [
            crew for crew in self._book.crews
            if all(day.isoweekday() in crew.weekdays for day in days)
        ]  # fmt: skip

    @property
    def chosen_day(self) -> date:
        """The day in the field."""
        told = self.day.date()
        return date(told.year(), told.month(), told.day())

    @Slot()
    def _check(self) -> None:
        """What would follow, and whether it can be."""
        day, area = self.chosen_day, self._area
        going = self._kind in (GO, OVERNIGHT)
        able = True
        if going:
            free = self._free(day)
            picked = self.crew.currentData()
            able = any(not picked or crew.crew_id == picked for crew in free)
            text = self._going() if able else self._nobody(day, picked)
            act = _("Go on {day}") if self._kind == GO else _("Set out on {day}")
        elif self._kind == WAIT:
            text = self._waiting(day)
            act = _("Wait until {day}")
        else:
            count = len(area.people)
            text = ngettext(
                "{n} person needs no visit up to that day, and is planned for none.",
                "{n} persons need no visit up to that day, and are planned for none.",
                count,
            ).format(n=count)
            act = _("Other means until {day}")
        self.follows.setText(text)
        self.save.setText(act.format(day=day_word(day)))
        self.save.setEnabled(able)

    def _going(self) -> str:
        trip = self._area.overnight if self._kind == OVERNIGHT else self._area.day_trip
        then = _("It enters the plan when the day or the week is planned next.")
        if trip is None:
            return then
        money = formats.money_whole
        figures = _("By the figures: brings {value}, costs {cost}.").format(
            value=money(trip.value + trip.waiting), cost=money(trip.cost)
        )
        return sentences(figures, then)

    def _nobody(self, day: date, picked: str) -> str:
        if not picked:
            return _("No crew works on {day}.").format(day=day_word(day))
        return _("{crew} does not work on all days of a trip from {day} on.").format(
            crew=self.crew.currentText(), day=day_word(day)
        )

    def _waiting(self, day: date) -> str:
        most = self._book.rules.most_wait
        wait = self._area.longest_wait + (day - self._book.day).days
        text = (
            _(
                "Nobody of this area is planned up to that day. The longest wait is then {n} days,"
                " more than the {most} days that are allowed."
            )
            if wait > most
            else _(
                "Nobody of this area is planned up to that day. The longest wait is then {n} of"
                " {most} days."
            )
        )
        return text.format(n=wait, most=most)

    @Slot()
    def _save(self) -> None:
        going, day = self._kind in (GO, OVERNIGHT), self.chosen_day
        self.wanted.emit(
            Decision(
                self._kind,
                day=day if going else None,
                nights=self.nights.value() if self._kind == OVERNIGHT else 1,
                crew_id=str(self.crew.currentData() or "") if going else "",
                until=None if going else day,
                means=WAYS[self.means.checkedId()] if self._kind == MEANS else "",
                reason=self.note.text().strip(),
            )
        )
        self.accept()


def _label(text: str) -> Text:
    return Text("muted", text)


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
