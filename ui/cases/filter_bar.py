"""Filters of the cases: one line of choices, named ones kept in the workspace."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QWidget

from planner.actions.filters import (
    LONGEST_NAME,
    NEVER_CONTACTED,
    NOWHERE,
    PROMISES,
    QUALITY,
    STEPS,
    Choices,
    Filter,
)
from ui import formats
from ui.i18n import N_, _, language
from ui.outcomes import outcome_words
from ui.widgets.buttons import Button

_WAN = 10_000 * formats.FEN
_AMOUNTS = ((None, 1), (1, 3), (3, 5), (5, 10), (10, 50), (50, None))  # ten thousands
_DAYS = ((0, 30), (31, 60), (61, 90), (91, 180), (181, 360), (361, None))
_STAGES = {"early": N_("Early stage"), "middle": N_("Middle stage"), "late": N_("Late stage")}
_PROMISES = {
    "none": N_("no promise"), "pending": N_("promise still open"),
    "week": N_("promise due within a week"), "kept": N_("promise kept"),
    "partly": N_("promise kept in part"), "broken": N_("promise not kept"),
}  # fmt: skip
_QUALITY = {
    "no_phone": N_("no phone number"), "no_id": N_("no ID number"),
    "no_address": N_("no address"), "no_position": N_("no position on the map"),
    "coarse_position": N_("position only by township or county"),
    "good": N_("phone, ID, exact position"),
}  # fmt: skip
_STEPS = {
    "due": N_("step due"), "set": N_("step agreed"), "none": N_("no next step"),
}  # fmt: skip
_NARROW = 8  # characters a choice keeps room for
_ACROSS = 7  # choices in a line
_LONGEST_LIST = 20  # entries in view


class FilterBar(QWidget):
    """`changed(Filter)` when a choice is made; `save_wanted(name)`, `delete_wanted(name)`."""

    changed = Signal(object)
    save_wanted = Signal(str)
    delete_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = Choices((), (), (), ())
        self._saved: dict[str, Filter] = {}
        names = (
            "lender", "county", "township", "stage", "amount", "days", "promise", "last", "quality",
            "step",
        )  # fmt: skip
        self.boxes = {name: QComboBox() for name in names}
        self.saved = QComboBox()
        self.saved.setEditable(True)
        self.saved.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.save, self.delete, self.clear = Button("quiet"), Button("quiet"), Button("quiet")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        for choice in (*self.boxes.values(), self.saved):
            choice.setSizeAdjustPolicy(policy)
            choice.setMinimumContentsLength(_NARROW)
            choice.setMaxVisibleItems(_LONGEST_LIST)
        for name, choice in self.boxes.items():
            told = self._county_chosen if name == "county" else self._tell
            choice.currentIndexChanged.connect(told)
        for number, widget in enumerate((*self.boxes.values(), self.saved)):
            grid.addWidget(widget, number // _ACROSS, number % _ACROSS)
        buttons = QHBoxLayout()
        for button in (self.clear, self.save, self.delete):
            buttons.addWidget(button)
        buttons.addStretch(1)
        grid.addLayout(buttons, 1, _ACROSS - 3, 1, 3)
        for column in range(_ACROSS):
            grid.setColumnStretch(column, 1)
        line = self.saved.lineEdit()
        assert line is not None
        line.setMaxLength(LONGEST_NAME)
        self._name = line
        self.clear.clicked.connect(lambda: self.show_filter(Filter(), tell=True))
        self.saved.activated.connect(self._picked)
        self._name.textChanged.connect(self._named)
        self.save.clicked.connect(lambda: self.save_wanted.emit(self._name.text().strip()))
        self.delete.clicked.connect(lambda: self.delete_wanted.emit(self._name.text().strip()))
        self.retranslate()

    def offer(self, choices: Choices) -> None:
        """What there is to choose from; what was chosen stays."""
        if choices != self._choices:
            self._choices = choices
            self.retranslate()

    def show_saved(self, saved: dict[str, Filter], name: str = "") -> None:
        """The named filters, with `name` in the field."""
        self._saved = saved
        with QSignalBlocker(self.saved):
            self.saved.clear()
            self.saved.addItems(list(saved))
            self.saved.setCurrentIndex(-1)
        self._name.setText(name)
        self._named()

    def chosen(self) -> Filter:
        """The filter as it stands, without the list."""
        data = {name: box.currentData() for name, box in self.boxes.items()}
        low, high = data["amount"] or (None, None)
        first, last = data["days"] or (None, None)
        return Filter(
            lender=data["lender"] or "", stage=data["stage"] or "",
            amount_from=low, amount_to=high, days_from=first, days_to=last,
            county=data["county"] or "", township=data["township"] or "",
            promise=data["promise"] or "", last=data["last"] or "", quality=data["quality"] or "",
            step=data["step"] or "",
        )  # fmt: skip

    def show_filter(self, chosen: Filter, *, tell: bool = False) -> None:
        """Put a filter into the choices."""
        data = {
            "lender": chosen.lender, "county": chosen.county, "township": chosen.township,
            "stage": chosen.stage, "promise": chosen.promise, "last": chosen.last,
            "quality": chosen.quality, "step": chosen.step,
            "amount": (chosen.amount_from, chosen.amount_to),
            "days": (chosen.days_from, chosen.days_to),
        }  # fmt: skip
        for name, box in self.boxes.items():
            with QSignalBlocker(box):
                place = _place_of(box, data[name]) if data[name] not in ("", (None, None)) else 0
                if place < 0:  # a lender, a place that has no case by now: still what was asked
                    box.addItem(str(data[name]), data[name])
                    place = box.count() - 1
                box.setCurrentIndex(place)
            if name == "county":
                self._fill_townships()
        if tell:
            self._tell()

    def retranslate(self) -> None:
        """All words, and the choices anew."""
        now = self.chosen()
        self._fill("lender", _("Any lender"), [(one, one) for one in self._choices.lenders])
        stages = [(_(_STAGES.get(one, one)), one) for one in self._choices.stages]
        counties = [one for one, _towns in self._choices.places]
        self._fill("county", _("Any county"), _names(counties, _("no county in the address")))
        self._fill_townships()
        self._fill("stage", _("Any stage"), stages)
        self._fill("amount", _("Any amount"), [(_amount(*b), _minor(*b)) for b in _AMOUNTS])
        self._fill("days", _("Any days late"), [(_band(*band), band) for band in _DAYS])
        self._fill("promise", _("Any promise"), [(_(_PROMISES[one]), one) for one in PROMISES])
        last = [(outcome_words(one), one) for one in self._choices.last]
        last.append((_("never contacted"), NEVER_CONTACTED))
        self._fill("last", _("Any last contact"), last)
        self._fill("quality", _("Any data quality"), [(_(_QUALITY[one]), one) for one in QUALITY])
        self._fill("step", _("Any next step"), [(_(_STEPS[one]), one) for one in STEPS])
        self.clear.setText(_("Clear"))
        self._name.setPlaceholderText(_("Saved filters"))
        self.saved.setAccessibleName(_("Saved filters"))
        self.saved.setToolTip(_("Choose a saved filter, or type a name and save this one."))
        self.save.setText(_("Save"))
        self.delete.setText(_("Delete"))
        self.show_filter(now)
        self._named()

    def _fill(self, name: str, any_: str, pairs: Sequence[tuple[str, object]]) -> None:
        box = self.boxes[name]
        with QSignalBlocker(box):
            box.clear()
            box.addItem(any_, None)
            for text, data in pairs:
                box.addItem(text, data)
        box.setAccessibleName(any_)

    def _fill_townships(self) -> None:
        """Those of the county that is chosen, else all."""
        county = self.boxes["county"].currentData()
        towns = dict.fromkeys(
            town
            for one, some in self._choices.places
            for town in some
            if county in (None, one or NOWHERE)
        )
        none = _("no township in the address")
        self._fill("township", _("Any township"), _names(list(towns), none))

    def _county_chosen(self) -> None:
        kept = self.boxes["township"].currentData()
        self._fill_townships()
        box = self.boxes["township"]
        with QSignalBlocker(box):
            box.setCurrentIndex(max(0, _place_of(box, kept)))
        self._tell()

    def _tell(self) -> None:
        self.clear.setEnabled(self.chosen().asks)
        self._named()
        self.changed.emit(self.chosen())

    def _picked(self) -> None:
        chosen = self._saved.get(self.saved.currentText())
        if chosen is not None:
            self.show_filter(chosen)
            self.clear.setEnabled(chosen.asks)
            self.changed.emit(chosen)

    def _named(self) -> None:
        name = self._name.text().strip()
        self.save.setEnabled(bool(name) and self.chosen().asks)
        self.delete.setEnabled(name in self._saved)
        self.clear.setEnabled(self.chosen().asks)


def _names(found: Sequence[str], none: str) -> list[tuple[str, object]]:
    """Choices of names as they are; an empty one is called `none` and stands last."""
    named: list[tuple[str, object]] = [(one, one) for one in found if one]
    return named + [(none, NOWHERE)] * ("" in found)


def _place_of(box: QComboBox, data: object) -> int:
    """Where a choice stands, -1 = nowhere; Qt compares bands by identity."""
    return next((i for i in range(box.count()) if box.itemData(i) == data), -1)


def _minor(low: int | None, high: int | None) -> tuple[int | None, int | None]:
    """A band of ten thousands as minor units, the upper end excluded."""
    return None if low is None else low * _WAN, None if high is None else high * _WAN - 1


def _amount(low: int | None, high: int | None) -> str:
    def text(wan: int) -> str:
        return f"{wan} 万" if language() == "zh_CN" else f"{wan * 10},000"

    if low is None:
        return _("below {amount}").format(amount=text(high or 0))
    if high is None:
        return _("{amount} and more").format(amount=text(low))
    return _("{low} to {high}").format(low=text(low), high=text(high))


def _band(low: int | None, high: int | None) -> str:
    if high is None:
        return _("{n} days and more").format(n=low)
    return _("{low} to {high} days").format(low=low, high=high)
