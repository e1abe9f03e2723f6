"""The ranked list with one tab for each state of the gates, and who is left out and why."""

from collections import Counter
from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QVBoxLayout, QWidget

from planner.actions.smallest import Smallest
from ui import formats
from ui.i18n import _, code
from ui.models.table import Column, DataTable, Kind
from ui.page import Translated
from ui.plan import words
from ui.plan.book import NOT_PLANNED, TABS, Book, Row
from ui.plan.smallest import change_word
from ui.widgets.chip import Chip
from ui.widgets.empty_state import EmptyState
from ui.widgets.flow import FlowLayout
from ui.widgets.table import Table

_TONES = {"ready": "accent", "never": "stop", "paused": "warn", NOT_PLANNED: "neutral"}
_SHOWN = {
    "ready": ("rank", "points", "name", "amount", "days", "state"),
    "waiting": ("until", "name", "amount", "rule"),
    NOT_PLANNED: ("points", "name", "left_out", "change"),
}
_NARROW, _NARROWEST = 500, 450  # logical pixels
_BARRED = ("name", "amount", "days", "rule")


class CaseList(Translated):
    """`chosen` carries a debtor id; letters that are no list keys go to `key_pressed`."""

    chosen = Signal(str)
    opened = Signal(str)
    key_pressed = Signal(QKeyEvent)
    tab_shown = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._book: Book | None = None
        self._tab = "ready"
        self._quiet = False
        self._spare: tuple[str, ...] = ()
        self._changes: Mapping[str, Smallest] = {}
        self._chips = {
            tab: Chip("", _TONES.get(tab, "neutral"), checkable=True)
            for tab in (*TABS, NOT_PLANNED)
        }
        group = QButtonGroup(self)
        group.setExclusive(True)
        holder = QWidget()
        flow = FlowLayout(holder, gap=4)
        for chip in self._chips.values():
            group.addButton(chip)
            flow.addWidget(chip)
        self._chips["ready"].setChecked(True)
        group.buttonClicked.connect(self._chip_pressed)
        self.model = DataTable(self._columns(), self)
        self.table = Table(self.model)
        self.table.chosen.connect(self._row_chosen)
        self.table.opened.connect(self._row_opened)
        self.table.key_pressed.connect(self.key_pressed)
        self._empty = EmptyState("cases")
        self._empty.pressed.connect(self._show_calls)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(holder)
        box.addWidget(self._stack, 1)
        self.lead_to(self.table)
        self.retranslate()

    def show_book(self, book: Book) -> None:
        """Show this day, keeping the tab and the chosen person."""
        self._book = book
        self._count()
        self._fill()

    @property
    def tab(self) -> str:
        """The tab in view."""
        return self._tab

    def show_tab(self, tab: str) -> None:
        """Bring a tab into view."""
        self._chips[tab].setChecked(True)
        if tab != self._tab:
            self._tab = tab
            self._fill()
            self.tab_shown.emit(tab)

    def show_changes(self, changes: Mapping[str, Smallest]) -> None:
        """The smallest change that would bring in each of those left out, by debtor id."""
        self._changes = changes
        if self._tab == NOT_PLANNED:
            self.model.renew()
            self.table.fit()

    def select(self, debtor_id: str) -> None:
        """Go to a person's row, in the tab where it stands; "" lets go. Emits nothing."""
        self._quiet = True
        try:
            row = self._book.row(debtor_id) if self._book is not None else None
            if row is not None and not self._stands_here(row):
                self.show_tab(row.tab)
            place = self.model.place(lambda other: other.debtor_id == debtor_id)
            if place < 0:
                self.table.setCurrentIndex(self.model.index(-1, 0))
                self.table.clearSelection()
            elif self.table.current() is not self.model.rows[place]:
                self.table.go_to(place)
        finally:
            self._quiet = False

    def select_many(self, debtor_ids: frozenset[str]) -> list[Row]:
        """Choose the rows of these persons in the tab where most of them stand; emits nothing."""
        if self._book is None or not debtor_ids:
            return []
        rows = [row for row in self._book.rows if row.debtor_id in debtor_ids]
        if rows and not any(self._stands_here(row) for row in rows):
            self.show_tab(Counter(row.tab for row in rows).most_common(1)[0][0])
        self._quiet = True
        try:
            self.table.choose(
                [n for n, row in enumerate(self.model.rows) if row.debtor_id in debtor_ids]
            )
        finally:
            self._quiet = False
        return self.table.selected()

    def retranslate(self) -> None:
        """Tabs and columns in the language in use."""
        self.setAccessibleName(_("Cases of the day"))
        self.table.setAccessibleName(_("Cases of the day"))
        self._count()
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow pane the columns give way which the reasons beside show anyhow."""
        super().resizeEvent(event)
        if self._too_many() != self._spare:
            self._fill()

    def _too_many(self) -> tuple[str, ...]:
        if self._tab == "ready" and self.width() < _NARROW:
            return ("days", "rank") if self.width() < _NARROWEST else ("days",)
        return ()

    def _stands_here(self, row: Row) -> bool:
        if self._tab == NOT_PLANNED:
            return self._book is not None and row.debtor_id in self._book.left_out
        return row.tab == self._tab

    def _count(self) -> None:
        counts = self._book.counts() if self._book is not None else {}
        planned = self._book is not None and self._book.plan is not None
        for tab, chip in self._chips.items():
            chip.set_text(f"{words.tab_word(tab)} {formats.number(counts.get(tab, 0))}")
            chip.setVisible(tab != NOT_PLANNED or planned)
        if not planned and self._tab == NOT_PLANNED:
            self.show_tab("ready")

    def _fill(self) -> None:
        book = self._book
        shown = _SHOWN.get(self._tab, _BARRED)
        self._spare = self._too_many()
        for number, column in enumerate(self.model.columns):
            hidden = column.key not in shown or column.key in self._spare
            self.table.setColumnHidden(number, hidden)
        if book is None:
            return
        chosen = self.table.current()
        self._quiet = True
        self.model.set_rows([row for row in book.rows if self._stands_here(row)])
        self._quiet = False
        if chosen is not None:
            self.select(chosen.debtor_id) if self._holds(chosen.debtor_id) else None
        self._stack.setCurrentIndex(0 if self.model.rows else 1)
        self._say_empty()

    def _holds(self, debtor_id: str) -> bool:
        return self.model.place(lambda row: row.debtor_id == debtor_id) >= 0

    def _say_empty(self) -> None:
        book = self._book
        if book is None or self.model.rows:
            return
        counts = book.counts()
        if not book.rows:
            self._empty.say(_("No cases yet. Bring in the lenders' lists under Imports."))
        elif self._tab == "ready" and counts["call_first"]:
            text = _("Nobody may be visited on this day. {n} persons should be called first.")
            sentence = text.format(n=formats.number(counts["call_first"]))
            self._empty.say(sentence, _("Show the call list"))
        elif self._tab == "ready":
            self._empty.say(_("Nobody may be visited on this day."))
        elif self._tab == NOT_PLANNED:
            self._empty.say(_("Everybody who may be visited is in the plan."))
        else:
            self._empty.say(_("Nobody is in this list today."))

    def _show_calls(self) -> None:
        self.show_tab("call_first")
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _chip_pressed(self, pressed: object) -> None:
        tab = next(tab for tab, chip in self._chips.items() if chip is pressed)
        self.show_tab(tab)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _row_chosen(self, row: Row | None) -> None:
        if not self._quiet and row is not None:
            self.chosen.emit(row.debtor_id)

    def _row_opened(self, row: Row) -> None:
        self.opened.emit(row.debtor_id)

    def _state(self, row: Row) -> str:
        """Planned where, or not worth a trip, or what lifts the person most."""
        book = self._book
        if book is not None and row.debtor_id in book.seats:
            return words.seat_word(book, row.debtor_id)
        if not row.worth:
            return _("not worth a trip today")
        return words.reason_word(row)

    def _state_tone(self, row: Row) -> str:
        planned = self._book is not None and row.debtor_id in self._book.seats
        return "accent" if planned else "neutral"

    def _state_icon(self, row: Row) -> str:
        planned = self._book is not None and row.debtor_id in self._book.seats
        return "crew" if planned else ""

    def _left_out(self, row: Row) -> str:
        book = self._book
        one = book.left_out.get(row.debtor_id) if book is not None else None
        return words.left_out_sentence(book, one) if book is not None and one is not None else ""

    def _change(self, row: Row) -> str:
        one = self._changes.get(row.debtor_id)
        return change_word(one) if one is not None else ""

    def _until(self, row: Row) -> str:
        zone = self._book.zone if self._book is not None else "UTC"
        # A rule that ends with a day ends at midnight: the hour would only be noise.
        return formats.moment(row.until, zone)[5:].removesuffix(" 00:00")

    def _columns(self) -> list[Column]:
        return [
            Column("rank", lambda: "#", lambda r: str(r.rank), Kind.MUTED,
                   lambda r: r.rank, width=34),
            Column(
                "points", lambda: code("plan.column.points"),
                lambda r: f"{min(99, max(1, r.points)):.0f}", Kind.NUMBER,
                lambda r: r.points, lambda r: f"{r.points:.2f}", width=52,
                title_tip=lambda: _("Ten points more mean twice as worthwhile per hour."),
            ),
            Column("until", lambda: _("Until"), self._until, Kind.TEXT,
                   lambda r: r.until.timestamp() if r.until else None, width=96),
            Column("name", lambda: _("Name"), lambda r: r.name, Kind.STRONG, width=62, most=110),
            Column(
                "amount", _amount_title,
                lambda r: formats.money(r.amount), Kind.NUMBER, lambda r: r.amount,
                lambda r: formats.money_exact(r.amount), width=70,
            ),
            Column("days", lambda: code("plan.column.days"), lambda r: formats.number(r.days),
                   Kind.NUMBER, lambda r: r.days, width=48),
            Column("state", lambda: _("Plan, or why"), self._state, Kind.CHIP, self._state,
                   tip=self._state_tip, tone=self._state_tone, icon=self._state_icon, width=120,
                   stretch=1),
            Column("rule", lambda: _("Why not today"), words.rule_sentence, Kind.TEXT,
                   words.rule_sentence, lambda r: words.tip(words.rule_sentence(r)),
                   width=150, stretch=1),
            Column("left_out", lambda: _("Why not in the plan"), self._left_out, Kind.WRAP,
                   self._left_out, lambda r: words.tip(self._left_out(r)), width=150, stretch=1),
            Column("change", lambda: _("Would fit if"), self._change, Kind.CHIP, self._change,
                   width=110, title_tip=lambda: _("The smallest change that brings the person in")),
        ]  # fmt: skip

    def _state_tip(self, row: Row) -> str:
        lines = [self._state(row), words.reason_word(row)]
        if not row.worth:
            lines.append(_("not worth a trip today"))
        return words.tip("\n".join(dict.fromkeys(line for line in lines if line)))


def _amount_title() -> str:
    return code("plan.column.amount", unit=formats.money_unit())
