"""Start and end of a crew's day: times, odometer or distance, and what was paid on the way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTime, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from planner.domain.trip import EXPENSE_KINDS, Expense, Trip
from ui import formats
from ui.dialogs.asking import Asking
from ui.i18n import _, code
from ui.results.amount import AmountField, parse_amount
from ui.widgets.buttons import Button, IconButton
from ui.widgets.scroll import scrolled
from ui.widgets.text import Text

_LONGEST = 60
_METRES = 1000


def parse_km(text: str) -> int | None:
    """Metres of kilometres as typed, None for nothing; ValueError for what is no figure."""
    plain = text.replace(",", "").replace("，", "").strip()
    return round(float(plain) * _METRES) if plain else None


class Moment(QWidget):
    """A time of the day that may be left open; ticked, it begins with this moment."""

    def __init__(self, now: Callable[[], datetime], zone: str) -> None:
        super().__init__()
        self._now, self._zone = now, ZoneInfo(zone)
        self.on = QCheckBox()
        self.at = QTimeEdit()
        self.at.setDisplayFormat("HH:mm")
        self.at.setEnabled(False)
        self.on.toggled.connect(self._toggled)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.on)
        row.addWidget(self.at)
        row.addStretch(1)

    def show_time(self, at: datetime | None) -> None:
        """This moment, or none."""
        self.on.setChecked(at is not None)
        if at is not None:
            here = at.astimezone(self._zone)
            self.at.setTime(QTime(here.hour, here.minute))

    def _toggled(self, on: bool) -> None:
        self.at.setEnabled(on)
        if on:
            here = self._now().astimezone(self._zone)
            self.at.setTime(QTime(here.hour, here.minute))


class ExpenseLine(QWidget):
    """One expense as it is typed; `gone` when it is taken out."""

    gone = Signal(object)

    def __init__(self, one: Expense) -> None:
        super().__init__()
        self._id = one.expense_id
        self.kind = QComboBox()
        for kind in EXPENSE_KINDS:
            self.kind.addItem(code(f"trip.{kind}"), kind)
        self.kind.setCurrentIndex(EXPENSE_KINDS.index(one.kind))
        self.amount, self.receipt, self.note = AmountField(), QLineEdit(), QLineEdit()
        self.amount.setMinimumWidth(90)
        self.amount.set_minor(one.amount or None)
        for edit, text in ((self.receipt, one.receipt), (self.note, one.note)):
            edit.setMaxLength(_LONGEST)
            edit.setText(text)
        self.away = IconButton("trash")
        self.away.clicked.connect(self._away)
        names = (_("Kind of expense"), _("Amount"), _("Receipt no."), _("Note, no names"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        wide = (2, 2, 2, 3)
        fields = (self.kind, self.amount, self.receipt, self.note)
        for widget, name, share in zip(fields, names, wide, strict=True):
            widget.setAccessibleName(name)
            if isinstance(widget, QLineEdit):
                widget.setPlaceholderText(name)
            row.addWidget(widget, share)
        self.away.say(_("Remove this expense"))
        row.addWidget(self.away)

    def _away(self) -> None:
        self.gone.emit(self)

    def told(self) -> Expense | None:
        """The expense; None where nothing was typed. ValueError for what is no amount."""
        if not self.amount.text().strip() and not self.receipt.text().strip():
            return None
        amount = parse_amount(self.amount.text())
        if amount is None:
            raise ValueError(self.amount.text())
        kind = str(self.kind.currentData())
        return Expense(
            self._id, kind, amount, self.receipt.text().strip(), self.note.text().strip()
        )


class TripDialog(Asking):
    """`wanted(Trip)` when it is to be kept. `planned` metres, `back` the planned return."""

    wanted = Signal(object)

    def __init__(
        self, crew: str, trip: Trip, planned: int, now: Callable[[], datetime], zone: str,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(_("Keep"), "check", title=_("Start, end, expenses"), parent=parent)
        self.setMinimumWidth(680)
        self._trip, self._zone = trip, ZoneInfo(zone)
        self._planned = planned
        self.left, self.back = Moment(now, zone), Moment(now, zone)
        self.left.on.setText(_("Left at"))
        self.back.on.setText(_("Back at"))
        self.begin, self.end, self.way = QLineEdit(), QLineEdit(), QLineEdit()
        self.lines: list[ExpenseLine] = []
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 8, 0)
        self._list.addStretch(1)
        self.more = Button("quiet", "plus")
        self.more.setText(_("Add an expense"))
        self.more.setAutoDefault(False)
        self.more.clicked.connect(self.add_line)
        self._sum, self._wrong = Text("muted", wrap=True), Text("body", wrap=True)
        self._fill(trip)
        inside = QWidget()
        inside.setLayout(self._list)
        area = scrolled(inside)
        area.setMinimumHeight(130)
        self.lay_out(
            _("{crew}, {day}").format(crew=crew, day=formats.day(trip.day)), self._grid(),
            self._sum, Text("strong", _("Expenses")), area, self.more, self._wrong,
        )  # fmt: skip
        self._wrong.hide()
        self.go.clicked.connect(self._keep)
        for edit in (self.begin, self.end, self.way):
            edit.textChanged.connect(self._count)
        self._count()
        (self.back if trip.left else self.left).on.setFocus()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        names = (
            (self.left, self.begin, _("Odometer at the start, km")),
            (self.back, self.end, _("Odometer at the end, km")),
        )
        for row, (moment, edit, name) in enumerate(names):
            edit.setAccessibleName(name)
            grid.addWidget(moment, row, 0)
            grid.addWidget(Text("body", name), row, 1)
            grid.addWidget(edit, row, 2)
        self.way.setAccessibleName(_("Or the distance, km"))
        grid.addWidget(Text("body", _("Or the distance, km")), 2, 1)
        grid.addWidget(self.way, 2, 2)
        grid.setColumnStretch(0, 1)
        return grid

    def _fill(self, trip: Trip) -> None:
        self.left.show_time(trip.left)
        self.back.show_time(trip.back)
        for edit, metres in (
            (self.begin, trip.odometer_start), (self.end, trip.odometer_end), (self.way, trip.told)
        ):  # fmt: skip
            edit.setText("" if metres is None else f"{metres / _METRES:.1f}".removesuffix(".0"))
        for one in trip.expenses:
            self._add(one)

    def add_line(self) -> None:
        """An empty expense at the end."""
        self._add(Expense("", EXPENSE_KINDS[0], 0)).kind.setFocus()

    def _add(self, one: Expense) -> ExpenseLine:
        line = ExpenseLine(one)
        line.gone.connect(self._take_out)
        self._list.insertWidget(len(self.lines), line)
        self.lines.append(line)
        return line

    def _take_out(self, line: ExpenseLine) -> None:
        self.lines.remove(line)
        line.hide()
        line.deleteLater()

    def _at(self, moment: Moment, after: datetime | None = None) -> datetime | None:
        if not moment.on.isChecked():
            return None
        shown = moment.at.time()
        at = datetime.combine(self._trip.day, time(shown.hour(), shown.minute()), self._zone)
        # Who is back earlier than it left came home after midnight.
        return at + timedelta(days=1) if after is not None and at < after else at

    def told(self) -> Trip:
        """The trip as it stands here; ValueError for a figure that is none."""
        left = self._at(self.left)
        return replace(
            self._trip,
            left=left,
            back=self._at(self.back, left),
            odometer_start=parse_km(self.begin.text()),
            odometer_end=parse_km(self.end.text()),
            told=parse_km(self.way.text()),
            expenses=tuple(one for line in self.lines if (one := line.told()) is not None),
        )

    def _count(self) -> None:
        """Driven beside planned, as soon as it is known."""
        try:
            metres = self.told().metres
        except ValueError:
            metres = None
        said = _("Planned {planned}, driven {driven}.")
        driven = formats.distance(metres) if metres is not None else formats.NONE
        self._sum.setText(said.format(planned=formats.distance(self._planned), driven=driven))

    def _keep(self) -> None:
        try:
            trip = self.told()
        except ValueError:
            self.complain(_("A figure cannot be read. Check the kilometres and the amounts."))
            return
        self.wanted.emit(trip)

    def complain(self, text: str) -> None:
        """Why it cannot be kept so."""
        self._wrong.setText(text)
        self._wrong.show()
