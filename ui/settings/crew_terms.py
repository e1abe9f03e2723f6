"""How one crew works: a form of its transport, money, times and skills."""

import re
from dataclasses import replace

from PySide6.QtCore import Qt, QTime, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QTimeEdit,
    QWidget,
)

from planner.domain.work import (
    BREAK_BOUNDS,
    DEAREST,
    DRIVING_BOUNDS,
    HOUR,
    LONGEST_SKILL,
    MOST_BREAKS,
    SHIFT_BOUNDS,
    USUAL,
    Break,
    Mode,
    Work,
    clean_tags,
    wrong_field,
)
from ui import formats
from ui.i18n import N_, _
from ui.page import Translated
from ui.widgets.text import Text

MODES = {
    Mode.CAR: N_("Car"),
    Mode.MOTORCYCLE: N_("Motorcycle"),
    Mode.FOOT: N_("On foot, by bus"),
}
_LUNCH: tuple[Break, ...] = ((41400, 48600, 3600), (54000, 57600, 900))  # offered at first
_FEN = formats.FEN


class Optional(QWidget):
    """A tick and a figure: without the tick the usual holds (None)."""

    changed = Signal()

    def __init__(
        self, offered: float, least: float, most: float, *, step: float, digits: int, scale: int
    ) -> None:
        super().__init__()
        self._scale, self._offered = scale, offered
        self.tick, self.figure = QCheckBox(), QDoubleSpinBox()
        self.figure.setRange(least, most)
        self.figure.setDecimals(digits)
        self.figure.setSingleStep(step)
        self.figure.setValue(offered)
        self.figure.setFixedWidth(116)
        self.figure.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.figure.setEnabled(False)
        self._unit = Text("muted")
        self._unit.setMinimumWidth(52)
        self.tick.toggled.connect(self.figure.setEnabled)
        self.tick.toggled.connect(self.changed)
        self.figure.valueChanged.connect(self.changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.tick, 1)
        row.addWidget(self.figure)
        row.addWidget(self._unit)

    def say(self, name: str, unit: str, tip: str = "") -> None:
        """Name, unit and explanation."""
        self.tick.setText(name)
        self.figure.setAccessibleName(name)
        self._unit.setText(unit)
        self.setToolTip(tip)

    def offer(self, value: int) -> None:
        """What stands greyed out while the usual holds."""
        self._offered = value / self._scale
        if not self.tick.isChecked():
            self.figure.setValue(self._offered)

    @property
    def value(self) -> int | None:
        """The figure in our unit (fen or seconds), None without the tick."""
        return round(self.figure.value() * self._scale) if self.tick.isChecked() else None

    def show_value(self, value: int | None) -> None:
        """Put a value in."""
        self.tick.setChecked(value is not None)
        self.figure.setValue(self._offered if value is None else value / self._scale)


class BreakRow(QWidget):
    """A tick, between when and when the break begins, and how long it is."""

    changed = Signal()

    def __init__(self, offered: Break) -> None:
        super().__init__()
        self._offered = offered
        self.tick = QCheckBox()
        self.first, self.last, self.length = QTimeEdit(), QTimeEdit(), QDoubleSpinBox()
        self.length.setDecimals(0)
        self.length.setRange(*(bound / 60 for bound in BREAK_BOUNDS))
        self.length.setSingleStep(5)
        self._dash, self._unit = Text("muted", "–"), Text("muted")
        self._unit.setMinimumWidth(52)
        for edit in (self.first, self.last):
            edit.setDisplayFormat("HH:mm")
            edit.setFixedWidth(92)
            edit.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            edit.timeChanged.connect(self.changed)
        self.length.setFixedWidth(84)
        self.length.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.length.valueChanged.connect(self.changed)
        self.tick.toggled.connect(self._ticked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.tick, 1)
        for widget in (self.first, self._dash, self.last, self.length, self._unit):
            row.addWidget(widget)
        self.show_value(None)
        self._ticked(False)

    def _ticked(self, on: bool) -> None:
        for widget in (self.first, self.last, self.length):
            widget.setEnabled(on)
        self.changed.emit()

    def say(self, name: str, tip: str) -> None:
        """Name and explanation."""
        self.tick.setText(name)
        self._unit.setText(_("min"))
        self.setToolTip(tip)
        for widget in (self.first, self.last, self.length):
            widget.setAccessibleName(name)

    @property
    def value(self) -> Break | None:
        """Earliest and latest begin and length in seconds, None without the tick."""
        if not self.tick.isChecked():
            return None
        first, last = (edit.time().msecsSinceStartOfDay() // 1000 for edit in
                       (self.first, self.last))  # fmt: skip
        return first, last, round(self.length.value()) * 60

    def show_value(self, value: Break | None) -> None:
        """Put a break in."""
        first, last, length = value or self._offered
        self.tick.setChecked(value is not None)
        self.first.setTime(QTime.fromMSecsSinceStartOfDay(first * 1000))
        self.last.setTime(QTime.fromMSecsSinceStartOfDay(last * 1000))
        self.length.setValue(length / 60)


class CrewTerms(Translated):
    """The form; `changed` when a field is. `usual` prices are shown greyed out."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = [Text("body") for _n in range(2)]
        self.mode, self.skills = QComboBox(), QLineEdit()
        for mode in MODES:
            self.mode.addItem("", mode)
        self.skills.setMaxLength(20 * LONGEST_SKILL)
        most = DEAREST / _FEN
        self.km_price = Optional(0.8, 0, most, step=0.1, digits=2, scale=_FEN)
        self.wage = Optional(120, 0, most, step=10, digits=2, scale=_FEN)
        self.overtime = Optional(180, 0, most, step=10, digits=2, scale=_FEN)
        self.fixed_cost = Optional(50, 0, most, step=10, digits=2, scale=_FEN)
        self.max_duration = Optional(9, *_hours(SHIFT_BOUNDS), step=0.5, digits=2, scale=HOUR)
        self.max_driving = Optional(4, *_hours(DRIVING_BOUNDS), step=0.5, digits=2, scale=HOUR)
        self.breaks = [BreakRow(offered) for offered in _LUNCH[:MOST_BREAKS]]
        self._lay_out()
        for figure in self._figures():
            figure.changed.connect(self.changed)
        for row in self.breaks:
            row.changed.connect(self.changed)
        self.mode.currentIndexChanged.connect(self.changed)
        self.skills.textChanged.connect(self.changed)
        self.retranslate()

    def _figures(self) -> tuple[Optional, ...]:
        return (self.km_price, self.wage, self.fixed_cost, self.overtime, self.max_duration,
                self.max_driving)  # fmt: skip

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(40)
        grid.setVerticalSpacing(4)
        for name, edit, place in ((self._names[0], self.mode, 0), (self._names[1], self.skills, 1)):
            row = QHBoxLayout()
            row.setSpacing(10)
            row.addWidget(name)
            row.addWidget(edit, 1)
            grid.addLayout(row, 0, place)
        left, right = (self.km_price, self.wage, self.fixed_cost, self.overtime), (
            self.max_duration, self.max_driving, *self.breaks,
        )  # fmt: skip
        for place, column in enumerate((left, right)):
            for number, widget in enumerate(column, 1):
                grid.addWidget(widget, number, place)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.setAlignment(Qt.AlignmentFlag.AlignTop)

    def retranslate(self) -> None:
        """All words of the form."""
        for name, edit, word in (
            (self._names[0], self.mode, _("Travels by")),
            (self._names[1], self.skills, _("Can do")),
        ):
            name.setText(word)
            edit.setAccessibleName(word)
        for place, word in enumerate(MODES.values()):
            self.mode.setItemText(place, _(word))
        self.skills.setPlaceholderText(_("A dialect, a female member … separated by commas"))
        unit, hours = formats.money_unit(), _("h")
        self.km_price.say(_("Own price per kilometre"), unit, _("Fuel and wear, or fares."))
        self.wage.say(_("Own wage per hour"), unit, _("Of the whole crew, on the road."))
        self.fixed_cost.say(
            _("Cost of each day out"), unit, _("Counts on days on which the crew goes out.")
        )
        self.overtime.say(
            _("Overtime allowed, per hour"), unit,
            _("Without it the crew is always back by the end of its day."),
        )  # fmt: skip
        self.max_duration.say(_("Longest shift"), hours, _("From leaving to return."))
        self.max_driving.say(_("Longest time on the road"), hours, _("In one day."))
        tip = _("It begins between these two times and lasts so many minutes.")
        for number, row in enumerate(self.breaks):
            row.say(_("Second break") if number else _("Break"), tip)

    @property
    def work(self) -> Work:
        """The terms in the form."""
        breaks = [row.value for row in self.breaks]
        return replace(
            USUAL,
            mode=Mode(self.mode.currentData()),
            skills=clean_tags(re.split(r"[,;、，；|]", self.skills.text())),
            breaks=tuple(sorted(one for one in breaks if one is not None)),
            km_price=self.km_price.value,
            wage=self.wage.value,
            overtime=self.overtime.value,
            fixed_cost=self.fixed_cost.value or 0,
            max_duration=self.max_duration.value,
            max_driving=self.max_driving.value,
        )

    def show_work(self, work: Work) -> None:
        """Put a crew's terms in, without saying so."""
        self.blockSignals(True)
        self.mode.setCurrentIndex(list(MODES).index(work.mode))
        self.skills.setText(", ".join(work.skills))
        for name in ("km_price", "wage", "overtime", "max_duration", "max_driving"):
            getattr(self, name).show_value(getattr(work, name))
        self.fixed_cost.show_value(work.fixed_cost or None)
        for number, row in enumerate(self.breaks):
            row.show_value(work.breaks[number] if number < len(work.breaks) else None)
        self.blockSignals(False)

    def offer(self, km_price: int, wage: int) -> None:
        """The usual money (minor units) of the chosen way of travelling."""
        self.km_price.offer(km_price)
        self.wage.offer(wage)

    @property
    def fault(self) -> str:
        """What is wrong with the form, in words; "" when it can be saved."""
        match wrong_field(self.work):
            case "":
                return ""
            case "breaks":
                return _("The breaks overlap, or end before they begin.")
            case _:
                return _("At most 20 skills of at most 30 characters each.")


def _hours(bounds: tuple[int, int]) -> tuple[float, float]:
    return bounds[0] / HOUR, bounds[1] / HOUR
