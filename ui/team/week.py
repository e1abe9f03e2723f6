"""The week of every collector at a glance: planned, done, away, hours."""

from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from planner.actions.progress import DAYS, CollectorWeek
from planner.actions.team import Collector, collectors
from planner.store.store import Store
from ui import formats
from ui.cases.list_view import tight
from ui.i18n import _, ngettext
from ui.models.table import Column, DataTable, Kind
from ui.models.tips import plain_tip
from ui.page import Translated
from ui.session import Session
from ui.team import words
from ui.team.book import load_week
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.table import Table
from ui.widgets.text import Text

Answer = tuple[date, tuple[CollectorWeek, ...], dict[str, Collector]]


def _load(store: Store, day: date, now: object) -> Answer:
    monday, weeks = load_week(store, day, now)  # type: ignore[arg-type]
    return monday, weeks, {one.collector_id: one for one in collectors(store)}


class WeekPanel(Translated):
    """A row for each collector, a column for each day."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._monday = session.day - timedelta(days=session.day.weekday())
        self._staff: dict[str, Collector] = {}
        self.model = DataTable(self._columns(), self)
        self.table = Table(self.model)
        self.table.opened.connect(self._open)
        self._title, self._hint = Text("muted", wrap=True), Text("small", wrap=True)
        self._empty = EmptyState("crew")
        self._empty.pressed.connect(self._import)
        listed = Card(heading=False)
        tight(listed)
        listed.body.addWidget(self.table)
        whole = QWidget()
        inside = QVBoxLayout(whole)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(10)
        inside.addWidget(self._title)
        inside.addWidget(listed, 1)
        inside.addWidget(self._hint)
        self._stack = QStackedWidget()
        self._stack.addWidget(whole)
        self._stack.addWidget(self._empty)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._stack)
        self.lead_to(self.table)
        self.retranslate()

    def panes(self) -> list[QWidget]:
        """The week."""
        return [self.table]

    def keys(self) -> list[tuple[str, str]]:
        """Keys of the week."""
        return [("Enter", _("Open the week in Plan"))]

    def retranslate(self) -> None:
        """All words of the panel."""
        self.table.setAccessibleName(_("The week of every collector"))
        sunday = self._monday + timedelta(days=6)
        self._title.setText(
            _("{first} to {last}. Hours are those of the shift.").format(
                first=formats.day(self._monday), last=formats.day(sunday)
            )
        )
        self._hint.setText(
            _("Visits are those of the crew; each of its members shows them. Enter opens the week"
              " in Plan.")
        )  # fmt: skip
        self._empty.say(
            _("No collector yet. They come with the list of crews (xlsx, csv)."),
            _("Import crews"),
        )

    def refresh(self) -> None:
        """Read the week anew."""
        session = self._session
        session.ask(partial(_load, session.store, session.day, session.clock()), self._show)

    @Slot(object)
    def _show(self, answer: Answer) -> None:
        self._monday, weeks, self._staff = answer
        self.model.set_rows(weeks)
        self.model.renew()
        self.table.fit()
        self._stack.setCurrentIndex(0 if weeks else 1)
        if weeks and self.table.current() is None:
            self.table.go_to(0)
        self.retranslate()

    def hours(self, row: CollectorWeek, number: int) -> int:
        """Seconds of the shift of a collector on a day of the week (0 = Monday)."""
        one = self._staff.get(row.collector_id)
        day = number + 1
        return max((c.end - c.start for c in one.crews if day in c.weekdays), default=0) if (
            one is not None) else 0  # fmt: skip

    def _cell(self, number: int, row: CollectorWeek) -> str:
        return words.cell_word(row.cells[number], self.hours(row, number))

    def _tip(self, number: int, row: CollectorWeek) -> str:
        return plain_tip(self._cell(number, row).replace(words.TWO, "\n"))

    def _head(self, number: int) -> str:
        day = self._monday + timedelta(days=number)
        return f"{formats.weekday(day)} {day:%m-%d}"

    def _total(self, row: CollectorWeek) -> str:
        work = [n for n, cell in enumerate(row.cells) if cell.on_shift and cell.absence is None]
        hours = sum(self.hours(row, n) for n in work) / 3600
        visits = sum(cell.planned for cell in row.cells if cell.absence is None)
        told = ngettext("{n} visit", "{n} visits", visits).format(n=visits)
        return f"{told}{words.TWO}{_('{n} h').format(n=formats.number(hours))}"

    def _columns(self) -> list[Column]:
        days = [
            Column(f"day{n}", partial(self._head, n), partial(self._cell, n), Kind.WRAP,
                   sort=partial(_planned, n), tip=partial(self._tip, n), width=122, stretch=1)
            for n in range(DAYS)
        ]  # fmt: skip
        name = Column("name", lambda: _("Collector"), lambda w: w.name, Kind.STRONG, width=90)
        total = Column("sum", lambda: _("In all"), self._total, Kind.WRAP,
                       sort=lambda row: sum(c.planned for c in row.cells), width=96)  # fmt: skip
        return [name, *days, total]

    @Slot(object)
    def _open(self, _row: object) -> None:
        self._session.go("plan", "week")

    @Slot()
    def _import(self) -> None:
        self._session.go("imports", "choose")


def _planned(number: int, row: CollectorWeek) -> int:
    return row.cells[number].planned
