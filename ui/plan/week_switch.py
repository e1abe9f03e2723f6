"""Day or week: the two views of the plan screen, one at a time, and which week it is."""

from datetime import date, timedelta

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.i18n import _
from ui.page import Translated
from ui.plan.week_book import DAYS
from ui.plan.week_legend import WeekLegend
from ui.plan.week_view import WeekView
from ui.plan.week_words import span
from ui.session import Session
from ui.widgets.buttons import IconButton
from ui.widgets.chip import Chip
from ui.widgets.text import Text


class DayOrWeek(Translated):
    """`turned` says that another view is shown now, whose data may be old. The day's view is the
    first in `stack`; whoever makes it puts it there."""

    turned = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._week: WeekView | None = None
        self.day_chip = Chip(checkable=True, tone_name="accent")
        self.week_chip = Chip(checkable=True, tone_name="accent")
        self.day_chip.setChecked(True)
        group = QButtonGroup(self)
        for number, chip in enumerate((self.day_chip, self.week_chip)):
            group.addButton(chip, number)
        group.idClicked.connect(self._pressed)
        self._earlier = IconButton("chevron-left")
        self._later = IconButton("chevron-right")
        self._earlier.clicked.connect(self._week_before)
        self._later.clicked.connect(self._week_after)
        self._span = Text("strong")
        self.stack = QStackedWidget(self)
        row = QHBoxLayout()
        row.setSpacing(6)
        for chip in (self.day_chip, self.week_chip):
            row.addWidget(chip)
        row.addSpacing(12)
        for widget in (self._earlier, self._span, self._later):
            widget.setVisible(False)
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self.legend = WeekLegend()
        self.legend.setVisible(False)
        row.addSpacing(12)
        row.addWidget(self.legend, 1)
        row.addStretch()
        for button in (self._earlier, self._later):
            button.setFixedHeight(30)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addLayout(row)
        box.addWidget(self.stack, 1)
        self.retranslate()

    def retranslate(self) -> None:
        """Words of the switch."""
        self.day_chip.set_text(_("Day plan"))
        self.week_chip.set_text(_("Week plan"))
        self._earlier.say(_("The week before"))
        self._later.say(_("The week after"))
        self._title()

    @property
    def week(self) -> WeekView:
        """The week's view, made when it is first asked for: the day opens without it."""
        if self._week is None:
            self._week = WeekView(self._session, self.stack)
            self._week.day_wanted.connect(self._open_day)
            self._week.titled.connect(self._title)
            self.stack.addWidget(self._week)
        return self._week

    @property
    def shows_week(self) -> bool:
        """Whether the week is in view."""
        return self._week is not None and self.stack.currentWidget() is self._week

    def show_week(self, week: bool) -> None:
        """Turn to the week, or to the day."""
        if week == self.shows_week:
            return
        (self.week_chip if week else self.day_chip).setChecked(True)
        self.stack.setCurrentIndex(self.stack.indexOf(self.week) if week else 0)
        for widget in (self._earlier, self._span, self._later, self.legend):
            widget.setVisible(week)
        if week:
            self.week.board.setFocus(Qt.FocusReason.OtherFocusReason)
        self.turned.emit()

    @Slot()
    def flip(self) -> None:
        """The other view."""
        self.show_week(not self.shows_week)

    @Slot(int)
    def _pressed(self, number: int) -> None:
        self.show_week(number == 1)

    @Slot()
    def _title(self) -> None:
        week = self._week.week if self._week is not None else None
        self._span.setText(span(week) if week is not None else "")

    @Slot(object)
    def _open_day(self, day: date) -> None:
        self._session.set_day(day)
        self.show_week(False)

    @Slot()
    def _week_before(self) -> None:
        self._session.set_day(self._session.day - timedelta(days=DAYS))

    @Slot()
    def _week_after(self) -> None:
        self._session.set_day(self._session.day + timedelta(days=DAYS))
