"""One remote area in full: advice and decision, the arithmetic of its trips, its persons."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from planner.actions.ledger import Parts
from planner.actions.remote_decisions import GO, MEANS, OPEN, OVERNIGHT, WAIT
from ui import formats
from ui.i18n import _, ngettext
from ui.models.table import Column, DataTable, Kind
from ui.models.tips import plain_tip
from ui.page import Translated
from ui.remote import words
from ui.remote.area import Area, Person, RemoteBook, Sums
from ui.remote.ways import Ways, way_text, way_tip
from ui.theme import ROW_HEIGHT
from ui.widgets.buttons import Button
from ui.widgets.card import line
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout
from ui.widgets.scroll import scrolled
from ui.widgets.table import Table
from ui.widgets.text import Text

_LINES = 6  # of the arithmetic of one trip
_MOST_ROWS = 40  # persons in view before their list scrolls
KINDS = (GO, OVERNIGHT, WAIT, MEANS)
_BUTTON_ICONS = {GO: "check", OVERNIGHT: "moon", WAIT: "clock", MEANS: "phone", OPEN: "undo"}


class TripCard(QWidget):
    """The arithmetic of one way to go: a line per item, the sum below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._head, self._how = Text("strong", wrap=True), Text("muted", wrap=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self._head, 0, 0, 1, 2)
        grid.addWidget(self._how, 1, 0, 1, 2)
        self._lines = [(Text("body", wrap=True), Text("body")) for _n in range(_LINES)]
        self._sum = (Text("strong"), Text("strong"))
        for number, (word, amount) in enumerate((*self._lines, self._sum), 2):
            amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(word, number, 0)
            grid.addWidget(amount, number, 1)

    def say(self, head: str, how: str, trip: Sums | None) -> None:
        """Another trip, or in `how` why there is none."""
        self._head.setText(head)
        self._how.setText(how)
        told = words.trip_lines(trip) if trip is not None else []
        for number, (word, amount) in enumerate(self._lines):
            shown = number < len(told)
            word.setVisible(shown)
            amount.setVisible(shown)
            if shown:
                word.setText(told[number][0])
                amount.setText(told[number][1])
        for widget in self._sum:
            widget.setVisible(trip is not None)
        if trip is not None:
            left = trip.net + trip.waiting
            lost = left < 0
            self._sum[0].setText(_("missing") if lost else _("left"))
            self._sum[1].setText(formats.money_whole(abs(left)))
        self.setAccessibleName(head)
        spoken = [how, *(f"{word} {amount}" for word, amount in told)]
        self.setAccessibleDescription("; ".join(spoken))


class Inspector(Translated):
    """`wanted(kind)` when a decision is to be taken: GO, OVERNIGHT, WAIT, MEANS, or OPEN to leave
    it to the advice again. `opened(debtor id)` when a person is to be shown."""

    wanted = Signal(str)
    opened = Signal(str)
    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._book: RemoteBook | None = None
        self._area: Area | None = None
        self._ways: tuple[str, Ways] = ("", {})  # the key of an area and its persons' shares
        self._empty = Text("muted", wrap=True)
        self._title = Text("heading", wrap=True)
        self._advice, self._decided = Chip(), Chip()
        self._decided_text, self._advice_text = Text("body", wrap=True), Text("body", wrap=True)
        self._wait_text = Text("body", wrap=True)
        self.by_day, self.by_night = TripCard(), TripCard()
        self._note = Text("small", wrap=True)
        self._people_head, self._people_note = Text("strong"), Text("small", wrap=True)
        self.model = DataTable(self._columns(), self)
        self.people = Table(self.model)
        self.people.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.people.opened.connect(self._open)
        self.people.chosen.connect(self._pick)
        self.buttons = {kind: Button("secondary", _BUTTON_ICONS[kind]) for kind in (*KINDS, OPEN)}
        self._build()
        self.lead_to(self.people)
        self.retranslate()

    def _build(self) -> None:
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 6, 0)
        box.setSpacing(8)
        chips = QWidget()
        flow = FlowLayout(chips)
        flow.addWidget(self._decided)
        flow.addWidget(self._advice)
        self._lines = [line() for _n in range(3)]
        for widget in (self._title, chips, self._decided_text, self._advice_text, self._wait_text,
                       self._lines[0], self.by_day, self._lines[1], self.by_night, self._note,
                       self._lines[2],
                       self._people_head, self.people, self._people_note):  # fmt: skip
            box.addWidget(widget)
        box.addStretch(1)
        self._scroll = scrolled(inside)
        self._foot = QWidget()
        grid = QGridLayout(self._foot)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for number, kind in enumerate(KINDS):
            self.buttons[kind].clicked.connect(self._press)
            grid.addWidget(self.buttons[kind], number // 2, number % 2)
        self.buttons[OPEN].clicked.connect(self._press)
        grid.addWidget(self.buttons[OPEN], 2, 0, 1, 2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addWidget(self._empty)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(self._foot)

    def show_area(self, book: RemoteBook | None, area: Area | None) -> None:
        """Another area, or none."""
        other = area is None or self._area is None or area.key != self._area.key
        self._book, self._area = book, area
        self.retranslate()
        if other:
            self._scroll.verticalScrollBar().setValue(0)

    @Slot(object)
    def show_ways(self, ways: tuple[str, Ways]) -> None:
        """What of the way falls on each person, (key of the area, shares)."""
        if self._area is not None and ways[0] == self._area.key:
            self._ways = ways
            self.model.renew()

    def _way(self, person: Person) -> Parts | None:
        area, (key, ways) = self._area, self._ways
        return ways.get(person.debtor_id) if area is not None and area.key == key else None

    def show_person(self, debtor_id: str) -> None:
        """Mark a person of the area in the list. Emits nothing."""
        place = self.model.place(lambda person: person.debtor_id == debtor_id)
        if place >= 0:
            self.people.blockSignals(True)
            self.people.go_to(place)
            self.people.blockSignals(False)

    def retranslate(self) -> None:
        """All words, from the area at hand."""
        book, area = self._book, self._area
        self.setAccessibleName(_("The chosen area"))
        self.people.setAccessibleName(_("Persons of the area"))
        self._empty.setText(_("Choose an area in the list or on the map."))
        there = area is not None and book is not None
        self._empty.setVisible(not there)
        self._scroll.setVisible(there)
        self._foot.setVisible(there)
        self._name_buttons()
        if area is None or book is None:
            return
        self._title.setText(f"{area.number} · {words.name_word(area)}")
        self._say_decision(book, area)
        self._say_trips(book, area)
        count = len(area.people)
        self._people_head.setText(ngettext("{n} person", "{n} persons", count).format(n=count))
        self._people_note.setText(
            _("--: not in the trip, because the way there costs more than the visit brings.")
        )
        out = any(not person.visited for person in area.people)
        self._people_note.setVisible(area.index >= 0 and out)
        self.model.set_rows(area.people)
        rows, head = min(_MOST_ROWS, count), self.people.horizontalHeader().sizeHint().height()
        self.people.setFixedHeight(rows * ROW_HEIGHT + head + 4)

    def _say_decision(self, book: RemoteBook, area: Area) -> None:
        served = area.index < 0
        crews = tuple((crew.crew_id, crew.name) for crew in book.crews)
        self._decided.setVisible(area.decided is not None)
        self._decided_text.setVisible(area.decided is not None)
        if area.decided is not None:
            self._decided.set_text(words.decided_word(area))
            self._decided.set_tone(words.state_tone(area), words.ICONS[area.state])
            self._decided_text.setText(words.decided_sentence(area, crews))
        self._advice.setVisible(not served)
        self._advice.set_text(_("Advice: {advice}").format(advice=words.advice_word(area)))
        self._advice.set_tone(words.TONES[area.advice], words.ICONS[area.advice])
        text = words.advice_sentence(area, book.rules)
        if area.differs and not served:
            text = _("This differs from the advice. {advice}").format(advice=text)
        self._advice_text.setText(text)
        self._wait_text.setVisible(not served)
        self._wait_text.setText(
            _("Longest wait: {wait}; at most {n} days are allowed.").format(
                wait=words.waits(area), n=book.rules.most_wait
            )
        )

    def _say_trips(self, book: RemoteBook, area: Area) -> None:
        served = area.index < 0
        crew = book.crews[area.crew].name if book.crews else formats.NONE
        for card, trip, head, nights in (
            (self.by_day, area.day_trip, _("Day trip"), False),
            (self.by_night, area.overnight, _("Overnight"), True),
        ):
            card.setVisible(not served)
            if trip is not None:
                card.say(head, words.trip_head(trip, crew), trip)
            else:
                card.say(head, words.no_trip(book.rules, nights=nights), None)
        for widget in (self._note, *self._lines[:2]):
            widget.setVisible(not served)
        self._note.setText(_("The time at doors is already taken off what a visit brings."))

    def _name_buttons(self) -> None:
        keys = {GO: "G", OVERNIGHT: "O", WAIT: "W", MEANS: "M", OPEN: "Backspace"}
        texts = {
            GO: _("Go …"),
            OVERNIGHT: _("Overnight …"),
            WAIT: _("Wait …"),
            MEANS: _("Other means …"),
            OPEN: _("Leave it to the advice"),
        }
        area, book = self._area, self._book
        for kind, button in self.buttons.items():
            button.setText(texts[kind])
            button.setToolTip(f"{texts[kind].removesuffix(' …')}  ({keys[kind]})")
        trips = area is not None and area.index >= 0
        for kind in KINDS:
            self.buttons[kind].setVisible(trips)
        self.buttons[OPEN].setVisible(area is not None and area.decided is not None)
        nights = book is not None and book.rules.most_nights > 0
        self.buttons[OVERNIGHT].setEnabled(nights)

    def can(self, kind: str) -> bool:
        """Whether this decision may be taken about the area at hand."""
        button = self.buttons[kind]
        return self._area is not None and button.isVisibleTo(self) and button.isEnabled()

    def _columns(self) -> list[Column]:
        unit = formats.money_unit
        return [
            Column("name", lambda: _("Name"), lambda p: p.name, Kind.STRONG,
                   tip=lambda p: plain_tip(p.place), width=56, stretch=1),
            Column("wait", lambda: _("Waited"), _waited, Kind.NUMBER,
                   lambda p: p.waited, width=40,
                   title_tip=lambda: _("Days without a visit")),
            Column("adds", lambda: _("Adds"), _adds, Kind.NUMBER,
                   lambda p: p.value + p.waiting if p.visited else None, _adds_tip, width=40,
                   title_tip=lambda: _("What the visit adds to the trip, {unit}").format(
                       unit=unit())),
            Column("way", lambda: _("km"), lambda p: way_text(self._way(p)), Kind.NUMBER,
                   lambda p: w.metres if (w := self._way(p)) else None,
                   lambda p: way_tip(self._way(p)), width=40,
                   title_tip=lambda: _("What of the way falls on this person; more when pointed"
                                       " at")),
        ]  # fmt: skip

    def _press(self) -> None:
        pressed = self.sender()
        for kind, button in self.buttons.items():
            if button is pressed:
                self.wanted.emit(kind)

    def _open(self, person: Person) -> None:
        self.opened.emit(person.debtor_id)

    def _pick(self, person: Person | None) -> None:
        if person is not None and self.people.hasFocus():
            self.picked.emit(person.debtor_id)


def _waited(person: Person) -> str:
    return formats.NONE if person.waited < 0 else formats.number(person.waited)


def _adds(person: Person) -> str:
    if not person.visited:
        return formats.NONE
    added = person.value + person.waiting
    text = formats.money(abs(added))
    return f"\N{MINUS SIGN}{text}" if added < 0 else text


def _adds_tip(person: Person) -> str:
    money = formats.money_whole
    if not person.waiting:
        return _("{value} for the visit").format(value=money(person.value))
    return _("{value} for the visit, {waiting} for the long wait").format(
        value=money(person.value), waiting=money(person.waiting)
    )
