"""The list of remote areas: what a trip brings and costs, what is lacking, what is decided."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui import formats
from ui.i18n import _, ngettext
from ui.models.table import Column, DataTable, Kind
from ui.models.tips import plain_tip
from ui.page import Translated
from ui.remote import words
from ui.remote.area import MEANS, WAIT, Area, RemoteBook, Sums
from ui.widgets.table import Table

_WIDE = 1080  # logical pixels from which persons and waits have columns of their own
_BREAK = "\u2028"  # the line break of a cell with two lines
_ORDER = {"GO": 0, "OVERNIGHT": 1, "WAIT": 2, "MEANS": 3, "OUT_OF_REACH": 4}


class AreaList(Translated):
    """`chosen` carries the key of an area; letters that are no list keys go to `key_pressed`."""

    chosen = Signal(str)
    opened = Signal(str)
    key_pressed = Signal(QKeyEvent)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wide = False
        self._decided = False
        self._quiet = False
        self.model = DataTable(self._columns(), self)
        self.table = Table(self.model)
        self.table.chosen.connect(self._row_chosen)
        self.table.opened.connect(self._row_opened)
        self.table.key_pressed.connect(self.key_pressed)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.table)
        self.lead_to(self.table)
        self._hide()
        self.retranslate()

    def retranslate(self) -> None:
        """The name for screen readers; the table says its cells anew by itself."""
        self.setAccessibleName(_("Remote areas"))
        self.table.setAccessibleName(_("Remote areas"))

    def show_rows(self, book: RemoteBook, state: str) -> None:
        """The areas of this state ("" = all), keeping the chosen one."""
        rows = [row for row in book.rows if state in ("", row.state)]
        self._decided = any(row.decided is not None and row.advice != MEANS for row in rows)
        key = self.key
        self._quiet = True
        self._hide()
        self.model.set_rows(rows)
        self._quiet = False
        self.select(key)

    @property
    def key(self) -> str:
        """The key of the current row, "" when there is none."""
        row = self.table.current()
        return row.key if row is not None else ""

    def select(self, key: str) -> bool:
        """Go to an area's row; False when it is not in the list. Emits nothing."""
        place = self.model.place(lambda row: row.key == key)
        self._quiet = True
        try:
            if place < 0:
                self.table.setCurrentIndex(self.model.index(-1, 0))
                self.table.clearSelection()
            elif self.table.current() is not self.model.rows[place]:
                self.table.go_to(place)
        finally:
            self._quiet = False
        return place >= 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With room to spare persons and waits leave the area's cell."""
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        if wide != self._wide:
            self._wide = wide
            self._hide()
            self.model.renew()
            self.table.fit()

    def _hide(self) -> None:
        for number, column in enumerate(self.model.columns):
            hidden = (column.key in ("persons", "wait") and not self._wide) or (
                column.key == "advice" and not (self._wide and self._decided)
            )
            self.table.setColumnHidden(number, hidden)

    def _row_chosen(self, row: Area | None) -> None:
        if not self._quiet and row is not None:
            self.chosen.emit(row.key)

    def _row_opened(self, row: Area) -> None:
        self.opened.emit(row.key)

    def _name(self, row: Area) -> str:
        name = words.name_word(row)
        if self._wide:
            return name
        count = len(row.people)
        more = ngettext("{n} person", "{n} persons", count).format(n=count)
        if row.advice != MEANS:
            wait = _("{n} d, {name}").format(n=row.longest_wait, name=row.longest)
            more = f"{more} · {wait}"
        return f"{name}{_BREAK}{more}"

    def _even(self, row: Area) -> str:
        return words.break_even(row) if self._wide else words.break_even_short(row)

    def _columns(self) -> list[Column]:
        return [
            Column("number", lambda: "#", lambda r: str(r.number), Kind.MUTED,
                   lambda r: r.number, width=30),
            Column("name", lambda: _("Area"), self._name, Kind.WRAP, lambda r: r.number,
                   tip=_name_tip, width=168, stretch=3),
            Column("persons", lambda: _("Persons"), lambda r: formats.number(len(r.people)),
                   Kind.NUMBER, lambda r: len(r.people), width=60),
            Column("value", lambda: _("Brings"), lambda r: formats.money(_value(r)), Kind.NUMBER,
                   _value, _value_tip, width=60,
                   title_tip=lambda: _("What the visits of the better trip bring, {unit}; the time"
                                       " at doors is paid already").format(
                       unit=formats.money_unit())),
            Column("day", lambda: _("By day"), lambda r: _cost(r.day_trip), Kind.NUMBER,
                   lambda r: r.day_trip.cost if r.day_trip else None, _day_tip, width=60,
                   title_tip=lambda: _("Cost of going there and back in a day, {unit}").format(
                       unit=formats.money_unit())),
            Column("night", lambda: _("Overnight"), lambda r: _cost(r.overnight), Kind.NUMBER,
                   lambda r: r.overnight.cost if r.overnight else None, _night_tip, width=60,
                   title_tip=lambda: _("Cost of a tour with nights out, {unit}").format(
                       unit=formats.money_unit())),
            Column("net", lambda: _("Left"), lambda r: _net(r), Kind.NUMBER,
                   lambda r: r.best.net if r.best else None, width=56,
                   title_tip=lambda: _("What the better trip brings less its cost, {unit}").format(
                       unit=formats.money_unit())),
            Column("even", lambda: _("Break-even"), self._even, Kind.WRAP,
                   lambda r: r.lacking, lambda r: plain_tip(words.break_even(r)), width=118,
                   stretch=2),
            Column("wait", lambda: _("Longest wait"), words.waits, Kind.TEXT,
                   lambda r: r.longest_wait, width=100),
            Column("state", lambda: _("Decision"), words.state_word, Kind.CHIP, _state_sort,
                   lambda r: plain_tip(words.state_tip(r)), tone=words.state_tone,
                   icon=lambda r: words.ICONS[r.state], width=120, most=230),
            Column("advice", lambda: _("Advice"), _advice, Kind.MUTED,
                   lambda r: _ORDER[r.advice], width=70),
        ]  # fmt: skip


def _cost(trip: Sums | None) -> str:
    return formats.money(trip.cost if trip else None)


def _value(row: Area) -> int | None:
    return row.best.value if row.best is not None else None


def _value_tip(row: Area) -> str:
    return _("All persons of the area together: {money}").format(
        money=formats.money_whole(row.value)
    )


def _net(row: Area) -> str:
    if row.best is None:
        return formats.NONE
    text = formats.money(abs(row.best.net))
    return f"\N{MINUS SIGN}{text}" if row.best.net < 0 else text


def _name_tip(row: Area) -> str:
    return plain_tip(_(", ").join(row.places))


def _day_tip(row: Area) -> str:
    return _("No day trip is offered.") if row.day_trip is None else _parts(row.day_trip)


def _night_tip(row: Area) -> str:
    return _("No night out is offered.") if row.overnight is None else _parts(row.overnight)


def _parts(trip: Sums) -> str:
    return "\n".join(f"{word}: {amount}" for word, amount in words.trip_lines(trip))


def _state_sort(row: Area) -> tuple[int, str]:
    return _ORDER[row.state], str(row.until or "") if row.state == WAIT else ""


def _advice(row: Area) -> str:
    if row.decided is None or row.advice == MEANS:
        return ""
    return words.advice_word(row)
