"""Differences in words: fields, old and new values with units, masked until they are revealed."""

from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from planner.domain.codes import HoldKind
from planner.export.told import FLAGS, HOLDS
from planner.intake.field_words import field_words
from ui import formats
from ui.case.head import SECONDS
from ui.case.words import status_words
from ui.i18n import N_, _, language
from ui.widgets.buttons import Button

_NUMBER, _SHORT = 8, 5  # digits of a number that may be personal; signs of a text that is none
WHATS = {
    "new": (N_("new"), "accent", "plus"),
    "changed": (N_("changed"), "neutral", "edit"),
    "paid": (N_("paid off"), "accent", "check"),
    "withdrawn": (N_("withdrawn"), "neutral", "minus"),
    "absent": (N_("not listed"), "warn", "info"),
}
_FIELDS = {
    "amount_overdue": "amount", "overdue_since": "since", "product": "product",
    "limitation_date": "limitation", "status": "status", "name": "name",
    "id_number": "id_number", "phones": "phones", "needs": "needs",
}  # fmt: skip
_OWN = {
    "flags": N_("Marks"),
    "address": N_("Address"),
    "position": N_("Position"),
    "hold": N_("Pause"),
}
_MASKS: dict[str, Callable[[str], str]] = {
    "name": formats.mask_name,
    "id_number": formats.mask_id,
    "phones": lambda text: "、".join(map(formats.mask_phone, text.split("、"))),
    "address": formats.district,
    "position": lambda text: ", ".join(f"{float(figure):.2f}" for figure in text.split(", ")),
}


class Mask(QObject):
    """Whether personal data is shown: for a minute after a press; `opened` is recorded."""

    changed = Signal()
    opened = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.open = False
        self._clock = QTimer(self, singleShot=True, interval=SECONDS * 1000)
        self._clock.timeout.connect(self.close)

    @Slot()
    def toggle(self) -> None:
        """Show or hide."""
        if self.open:
            self.close()
            return
        self.open = True
        self._clock.start()
        self.changed.emit()
        self.opened.emit()

    @Slot()
    def close(self) -> None:
        """Hide again."""
        self._clock.stop()
        if self.open:
            self.open = False
            self.changed.emit()

    def name(self, text: str) -> str:
        """A name as it may be shown now."""
        return text if self.open else formats.mask_name(text)

    def name_eye(self, button: Button) -> None:
        """The words of the button that shows or hides."""
        button.setText(_("Hide") if self.open else _("Reveal"))
        button.setToolTip(
            _("Shows name, numbers and addresses for one minute; each time is recorded.")
        )

    def cell(self, text: str) -> str:
        """A cell of a column that is not read (yet): what looks personal is masked."""
        if self.open:
            return text
        if sum(sign.isdigit() for sign in text) >= _NUMBER and "-" not in text:
            return formats.mask_id(text)
        return formats.district(text) if not text.isascii() and len(text) > _SHORT else text

    def value(self, field: str, text: str) -> str:
        """A text of the file as it may be shown now."""
        field = "address" if field.endswith(".text") else field
        field = "phones" if field == "phone" else field
        mask = _MASKS.get(field)
        return text if self.open or mask is None or not text else mask(text)


def sentences(*parts: str) -> str:
    """Sentences one after the other, as each language sets them."""
    return ("" if language() == "zh_CN" else " ").join(part for part in parts if part)


def what_words(what: str) -> str:
    """New, changed, paid off ..."""
    return _(WHATS[what][0])


def changed_field(name: str) -> str:
    """The name of a field of a difference."""
    if name in _OWN:
        return _(_OWN[name])
    return field_words("cases", _FIELDS[name], language()) if name else formats.NONE


def value_words(name: str, value: Any, mask: Mask) -> str:
    """An old or new value with its unit, as the program says it elsewhere."""
    if value in ("", None):
        return formats.NONE
    match name:
        case "amount_overdue":
            return formats.money_exact(value)
        case "status":
            return status_words(value)
        case "flags":
            words = [_(text) for flag, text in FLAGS.items() if value & int(flag)]
            return "、".join(words) if words else formats.NONE
        case "hold":
            return _(HOLDS[HoldKind(value)])
        case _:
            return mask.value(name, str(value))


def suggested_day(file: str, today: date) -> date:
    """The day that a file name states in eight digits, else today."""
    digits = "".join(sign if sign.isdigit() else " " for sign in file).split()
    for part in digits:
        if len(part) == 8:
            try:
                day = date(int(part[:4]), int(part[4:6]), int(part[6:]))
            except ValueError:
                continue
            if day <= today:
                return day
    return today
