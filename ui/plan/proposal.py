"""What an offered plan would change: figures now and then, and everybody whom it touches."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.difference import Totals
from planner.actions.proposal import Proposal
from planner.domain.plan import Plan
from ui import formats
from ui.i18n import N_, _
from ui.models.table import Column, DataTable, Kind
from ui.page import Translated
from ui.plan import words
from ui.plan.book import Book
from ui.widgets.buttons import Button
from ui.widgets.table import Table
from ui.widgets.text import Text

_KINDS = {
    "added": (N_("new"), "accent"),
    "removed": (N_("gone"), "warn"),
    "moved": (N_("crew"), "neutral"),
    "retimed": (N_("time"), "neutral"),
}
_BREAK = "\N{LINE SEPARATOR}"


@dataclass(frozen=True, slots=True)
class Touched:
    """One person whom the offered plan touches. `kind` as in _KINDS; `where` in two lines."""

    kind: str
    debtor_id: str
    where: str


def touched(offer: Proposal, book: Book, name: Callable[[str], str]) -> list[Touched]:
    """Everybody whom `offer` touches: who comes in, goes, changes crew, or only the time.

    An offer may be for another day than that of `book`, whose old plan is not known here.
    """
    same_day = book.plan is not None and book.plan.day == offer.plan.day
    old, new = _places(book.plan if same_day else None), _places(offer.plan)
    change = offer.difference
    times = {who: start for who, start, _ in change.retimed}
    moved = {who for who, _, _ in change.moved}

    def clock(at: datetime) -> str:
        return formats.clock_time(at, book.zone)

    def at(place: tuple[str, datetime] | None) -> str:
        return f"{place[0]} {clock(place[1])}" if place else ""

    def line(kind: str, who: str, text: str) -> Touched:
        return Touched(kind, who, f"{name(who)}{_BREAK}{text}" if text else name(who))

    rows = [line("added", who, at(new[who])) for who in change.added]
    rows += [line("removed", who, _was(at(old.get(who)))) for who in change.removed]
    rows += [
        line("moved", who, _arrow(at(old.get(who)), at(new[who]))) for who, _, _ in change.moved
    ]
    rows += [
        line("retimed", who, f"{new[who][0]} {_arrow(clock(start), clock(new[who][1]))}")
        for who, start in times.items()
        if who not in moved
    ]
    return rows


def _was(place: str) -> str:
    return _("was {place}").format(place=place) if place else ""


def _arrow(old: str, new: str) -> str:
    return f"{old} → {new}" if old else new


def _places(plan: Plan | None) -> dict[str, tuple[str, datetime]]:
    """Debtor id -> (name of the crew, start of the visit)."""
    routes = plan.routes if plan is not None else ()
    return {stop.debtor_id: (route.crew, stop.start) for route in routes for stop in route.stops}


class ProposalPane(Translated):
    """Old against new; `taken`, `discarded`, and `chosen` with the id of a person of the list."""

    taken = Signal()
    discarded = Signal()
    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offer: Proposal | None = None
        self._title = ""
        self._elsewhere = ""  # the other day whose plan is offered
        self._heading = Text("heading", wrap=True)
        self._note = Text("muted", wrap=True)
        self._cells = [[Text("muted" if k == 0 else "body") for k in range(4)] for _row in range(6)]
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        for row, cells in enumerate(self._cells):
            for column, cell in enumerate(cells):
                if column:
                    cell.setAlignment(words.RIGHT)
                grid.addWidget(cell, row, column)
        grid.setColumnStretch(0, 1)
        self.model = DataTable(self._columns(), self)
        self.table = Table(self.model)
        self.table.chosen.connect(self._row_chosen)
        self.table.horizontalHeader().hide()
        self.take = Button("primary", "check")
        self.take.clicked.connect(self.taken)
        self.leave = Button("secondary")
        self.leave.clicked.connect(self.discarded)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.leave)
        foot.addStretch(1)
        foot.addWidget(self.take)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self._heading)
        box.addWidget(self._note)
        box.addLayout(grid)
        box.addWidget(self.table, 1)
        box.addLayout(foot)
        self.lead_to(self.table)
        self.retranslate()

    def show_offer(
        self, title: str, offer: Proposal, book: Book, name: Callable[[str], str]
    ) -> None:
        """Show what `offer`, made by the deed named `title`, would change; `name` as shown."""
        self._title, self._offer = title, offer
        self._elsewhere = "" if offer.plan.day == book.day else formats.day(offer.plan.day)
        self.model.set_rows(touched(offer, book, name))
        self.retranslate()

    def retranslate(self) -> None:
        """Everything in the language in use."""
        self.setAccessibleName(_("The proposed plan against the present one"))
        self.table.setAccessibleName(_("Whom the proposed plan touches"))
        self._heading.setText(self._title)
        note = _("Only proposed: nothing is changed yet. Map and timetable show it.")
        if self._elsewhere:
            note = _("Only proposed: the plan of {day} would be changed.")
            note = note.format(day=self._elsewhere)
        self._note.setText(note)
        self.take.setText(_("Take it"))
        self.take.setToolTip(
            _("Save this plan; it can be undone.  ({key})").format(key="Ctrl+Enter")
        )
        self.leave.setText(_("Discard it"))
        self.leave.setToolTip(_("The plan stays as it is.  ({key})").format(key="Esc"))
        if self._offer is None:
            return
        change = self._offer.difference
        head = ["", _("now"), _("then"), _("difference")]
        rows = [head, *_figures(change.before, change.after)]
        for cells, texts in zip(self._cells, rows, strict=True):
            for cell, text in zip(cells, texts, strict=True):
                cell.setText(text)

    def _row_chosen(self, row: Touched | None) -> None:
        if row is not None:
            self.chosen.emit(row.debtor_id)

    @staticmethod
    def _columns() -> list[Column]:
        return [
            Column(
                "kind", lambda: "", lambda r: _(_KINDS[r.kind][0]), Kind.CHIP,
                tone=lambda r: _KINDS[r.kind][1], width=64,
            ),
            Column(
                "where", lambda: "", lambda r: r.where, Kind.WRAP,
                tip=lambda r: words.tip(r.where.replace(_BREAK, "\n")), width=150, stretch=1,
            ),
        ]  # fmt: skip


def _figures(before: Totals, after: Totals) -> list[list[str]]:
    """Name, now, then, difference; one row for each sum."""
    km = (before.metres / 1000, after.metres / 1000)
    net = (before.value - before.cost, after.value - after.cost)
    money = formats.money_unit()

    def row(name: str, old: float, new: float) -> list[str]:
        return [name, formats.number(old), formats.number(new), formats.signed(new - old, 0)]

    hours = [
        _("hours"), words.time_span(before.working), words.time_span(after.working),
        words.signed_time(after.working - before.working),
    ]  # fmt: skip
    return [
        row(_("visits"), before.visits, after.visits),
        row(_("km"), *km),
        hours,
        row(_("cost, {unit}").format(unit=money), *(round(x.cost / 100) for x in (before, after))),
        row(_("expected, {unit}").format(unit=money), *(round(x / 100) for x in net)),
    ]
