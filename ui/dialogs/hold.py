"""Pause contact with a person: why, until when, and a note. H, a digit, Enter."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDateEdit,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QWidget,
)

from planner.domain.codes import HoldKind
from ui.dialogs.asking import Asking, field
from ui.i18n import N_, _
from ui.widgets.text import Text

# What a person may enter by hand, with the days offered at first (0 = until somebody ends it).
# Repayment plans and unsafe visits come from outcomes.
KINDS: tuple[tuple[HoldKind, str, int], ...] = (
    (HoldKind.LEAD, N_("The lead decides so"), 14),
    (HoldKind.DISPUTE, N_("The debt is disputed"), 0),
    (HoldKind.COMPLAINT, N_("A complaint is open"), 30),
    (HoldKind.HARDSHIP, N_("Hardship"), 30),
    (HoldKind.ILLNESS, N_("Illness"), 30),
    (HoldKind.LEGAL, N_("Legal proceedings"), 0),
)
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """The pause that is wanted; `until` is the first moment after it, None = open end."""

    kind: HoldKind
    until: datetime | None
    reason: str


class HoldDialog(Asking):
    """`wanted(Wish)` when the pause is confirmed. Single digits choose while no field is edited."""

    wanted = Signal(object)

    def __init__(self, name: str, today: date, zone: str, parent: QWidget | None = None) -> None:
        act = _("Pause contact")
        super().__init__(act, "stop", title=act, parent=parent)
        self._today, self._zone = today, zone
        # Digits are commands here; the note switches the input method on for itself.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.kinds = QButtonGroup(self)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        for place, (kind, word, _days) in enumerate(KINDS):
            button = QRadioButton(f"{place + 1}  {_(word)}")
            button.setMinimumHeight(28)
            self.kinds.addButton(button, int(kind))
            grid.addWidget(button, place // 2, place % 2)
        self.until = QDateEdit()
        self.until.setCalendarPopup(True)
        self.until.setDisplayFormat("yyyy-MM-dd")
        self.until.setMinimumDate(_qdate(today))
        self.open_end = QCheckBox(_("Until somebody ends it"))
        self.open_end.toggled.connect(self.until.setDisabled)
        self.note = QLineEdit()
        self.note.setMaxLength(_LONGEST)
        self.note.setPlaceholderText(_("Facts only, no third persons"))
        self.kinds.idClicked.connect(self._kind_chosen)
        self.go.clicked.connect(self._save)
        self._arrange(name, grid)
        self._choose(0)
        self.kinds.buttons()[0].setFocus()

    def _arrange(self, name: str, grid: QGridLayout) -> None:
        until = QHBoxLayout()
        until.setSpacing(14)
        until.addWidget(self.until)
        until.addWidget(self.open_end)
        until.addStretch(1)
        row = QWidget()
        until.setContentsMargins(0, 0, 0, 0)
        row.setLayout(until)
        self.until.setAccessibleName(_("Last day of the pause"))
        more = _("No call, message or visit is suggested meanwhile. It can be undone.")
        self.lay_out(
            _("Pause contact with {name}").format(name=name), Text("muted", more, wrap=True), grid,
            field(_("Last day of the pause"), row), field(_("Note"), self.note),
        )  # fmt: skip

    def _choose(self, place: int) -> None:
        button = self.kinds.buttons()[place]
        button.setChecked(True)
        button.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._kind_chosen(self.kinds.id(button))

    @Slot(int)
    def _kind_chosen(self, number: int) -> None:
        days = next(days for kind, _word, days in KINDS if int(kind) == number)
        self.open_end.setChecked(days == 0)
        self.until.setDate(_qdate(self._today + timedelta(days=days or 14)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """1 to 6 choose the reason."""
        place = event.key() - int(Qt.Key.Key_1)
        if 0 <= place < len(KINDS) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._choose(place)
        else:
            super().keyPressEvent(event)

    @Slot()
    def _save(self) -> None:
        kind, word = next(
            (kind, word) for kind, word, _days in KINDS if int(kind) == self.kinds.checkedId()
        )
        until = None
        if not self.open_end.isChecked():
            told = self.until.date()
            last = date(told.year(), told.month(), told.day())
            until = datetime.combine(last + timedelta(days=1), time(), ZoneInfo(self._zone))
        self.wanted.emit(Wish(kind, until, self.note.text().strip() or _(word)))
        self.accept()


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
