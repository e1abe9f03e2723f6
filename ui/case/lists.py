"""A person's loans as a small table, the addresses as lines that are never cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.domain.people import Address, Case
from planner.export import told
from ui import formats
from ui.case import words
from ui.case.view import PersonView
from ui.cases.places import mask_address
from ui.i18n import _
from ui.models.table import Column, DataTable, Kind
from ui.models.tips import plain_tip
from ui.places.words import source_words
from ui.theme import ROW_HEIGHT
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.table import Table
from ui.widgets.text import Text

_NARROW = 600  # logical pixels
_MOST = 3  # rows shown without scrolling


@dataclass(frozen=True, slots=True)
class Loan:
    """A case on a day."""

    case: Case
    day: date


@dataclass(frozen=True, slots=True)
class Place:
    """An address, shown in clear or masked; `belief` that it is right, 0-1."""

    address: Address
    shown: bool
    belief: float
    zone: str  # of its dates


def _loan_tone(loan: Loan) -> str:
    return "accent" if loan.case.status == "open" else "neutral"


LOANS = (
    Column("lender", lambda: _("Lender"), lambda r: r.case.lender,
           tip=lambda r: plain_tip(r.case.lender), width=110, stretch=1),
    Column("contract", lambda: _("Contract"), lambda r: r.case.contract_no, Kind.STRONG,
           tip=lambda r: plain_tip(f"{r.case.lender}  {r.case.product}"), width=110, stretch=1),
    Column("amount", lambda: _("Overdue ({unit})").format(unit=formats.money_unit()),
           lambda r: formats.money(r.case.amount_overdue), Kind.NUMBER,
           lambda r: r.case.amount_overdue,
           lambda r: formats.money_exact(r.case.amount_overdue), width=80),
    Column("days", lambda: _("Days late"),
           lambda r: formats.number(r.case.days_past_due(r.day)), Kind.NUMBER,
           lambda r: r.case.days_past_due(r.day),
           lambda r: formats.day(r.case.overdue_since), width=60),
    Column("status", lambda: _("State"), lambda r: words.status_words(r.case.status), Kind.CHIP,
           tone=_loan_tone, width=76),
)  # fmt: skip


class ListCard(Card):
    """A heading and a table as high as its rows, up to three."""

    def __init__(self, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.model = DataTable(columns, self)
        self.table = Table(self.model)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        # It would cover the only row; what is cut stands in the tooltips.
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addWidget(self.table)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the first column gives way; it stands in the tooltip of the next."""
        super().resizeEvent(event)
        self.table.setColumnHidden(0, self.width() < _NARROW)
        self.table.fit()

    def show_rows(self, rows: Sequence[object]) -> None:
        """Other rows; the height follows."""
        self.model.set_rows(rows)
        head = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(head + ROW_HEIGHT * min(_MOST, max(1, len(rows))) + 4)

    def say(self, title: str) -> None:
        """Heading, and the table's name for screen readers."""
        self.set_title(title)
        self.table.setAccessibleName(title)
        self.model.renew()


def loans_of(view: PersonView) -> list[Loan]:
    """Open loans first, then by amount."""
    cases = sorted(view.debtor.cases, key=lambda c: (c.status != "open", -c.amount_overdue))
    return [Loan(case, view.day) for case in cases]


class PlaceCard(Card):
    """Each address whole, below it whose it is, how exact its position is, how sure it is.

    `place_wanted`: the user wants to set a position.
    """

    place_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._box = QVBoxLayout()
        self._box.setSpacing(8)
        self.body.addLayout(self._box)
        self._none = Text("muted")
        self.body.addWidget(self._none)
        self._set = Button("quiet", "pin")
        self._set.clicked.connect(self.place_wanted)
        self.head.addWidget(self._set)

    def say(self, title: str) -> None:
        """Heading and the sentence for nothing."""
        self.set_title(title)
        self._none.setText(_("No address is known."))
        self._set.setText(_("Set the position"))

    def show_places(self, places: Sequence[Place]) -> None:
        """Other addresses, or the same masked or in clear."""
        while (item := self._box.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place in places:
            self._box.addWidget(self._line(place))
        self._none.setVisible(not places)
        self._set.setVisible(bool(places))

    @staticmethod
    def _line(place: Place) -> QWidget:
        one = place.address
        clear = one.text if place.shown else mask_address(one.text, one.township)
        text = Text("body", clear or formats.NONE, wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        facts = [_(words.KINDS[one.kind]), one.township, _(told.GRADES[one.grade])]
        facts.append(_origin(one, place.zone))
        if one.valid and place.belief:
            sure = formats.percent(place.belief)
            facts.append(_("{share} sure that the person lives here").format(share=sure))
        more = Text("small", " · ".join(part for part in facts if part), wrap=True)
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(text)
        said.addWidget(more)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(said, 1)
        if not one.valid:
            row.addWidget(Chip(_("found wrong"), "warn", "warn"))
        return holder


def _origin(one: Address, zone: str) -> str:
    """Where a position comes from, since when, and who confirmed it; "" without one."""
    if one.lat is None:
        return ""
    since = formats.day(one.placed.astimezone(ZoneInfo(zone)).date()) if one.placed else ""
    if one.confirmed:
        text = _("confirmed by {who}, {day}") if one.placed_by else _("confirmed, {day}")
        return text.format(who=one.placed_by, day=since or formats.NONE)
    return " ".join(filter(None, (source_words(one.source), since)))


def places_of(view: PersonView, shown: bool) -> list[Place]:
    """Valid addresses first, the surest on top."""
    belief = view.belief
    order = sorted(
        view.debtor.addresses, key=lambda a: (not a.valid, -belief.get(a.address_id, 0.0))
    )
    return [Place(a, shown, belief.get(a.address_id, 0.0), view.debtor.zone) for a in order]
