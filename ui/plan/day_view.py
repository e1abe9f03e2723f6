"""The day on the plan screen: list, map, timetable and reasons with one selection, and the foot.

It shows a book and says what is wanted; what is done about it is in `deeds.py`.
"""

from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.store.people import Entry
from planner.store.store import Store
from ui import formats
from ui.holds import ask_hold
from ui.i18n import ngettext
from ui.map.view import MapView
from ui.musts import ask_must, end_must
from ui.plan.blocked import blocked
from ui.plan.book import NOT_PLANNED, Book, load_contacts
from ui.plan.case_list import CaseList
from ui.plan.changes import Changes
from ui.plan.commands import may_be_letter
from ui.plan.crew_block import Spot
from ui.plan.day_bar import DayBar
from ui.plan.deciding import Deciding
from ui.plan.deeds import PlanDeeds
from ui.plan.foot import Foot
from ui.plan.lanes import lanes_of
from ui.plan.marks import book_marks
from ui.plan.notices import Notices
from ui.plan.offers import Offers
from ui.plan.panes import Panes
from ui.plan.ways import Ways
from ui.plan.why import Why
from ui.session import Session


class DayView(QWidget):
    """Whatever one of its parts chooses, all show. `lettered` asks for a command by letter."""

    lettered = Signal(QKeyEvent)

    def __init__(
        self, session: Session, deeds: PlanDeeds, offers: Offers, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._deeds = deeds
        self._offers = offers
        self.book: Book | None = None
        self._shown: Book | None = None  # the book, or with an offered plan in place of its own
        self.selected = ""
        self.fit_next = True  # the next book moves the map to its plan
        self.list = CaseList()
        self.map = MapView()
        self.bar = DayBar()
        self.why = Why()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.deciding = Deciding(self, session, deeds, offers)
        self.search, self.proposal = self.deciding.search, self.deciding.proposal
        self.plan_on = self.deciding.plan_on
        self.foot = Foot()
        self.notices = Notices(deeds, self.name, self)
        self.changes = Changes(session, self)
        self.ways = Ways(session, self)
        side = (self.why, self.proposal, self.plan_on)
        self.panes_of = Panes(self.list, self.map, self.bar, self.search, side, self)
        box.addWidget(self.notices.bar)
        box.addWidget(self.panes_of.widget, 1)
        box.addWidget(self.foot)
        self._connect()
        self._connect_deeds()

    def _connect(self) -> None:
        for chosen in (self.list.chosen, self.map.picked, self.bar.chosen, self.proposal.chosen):
            chosen.connect(self.select)
        for opened in (self.list.opened, self.bar.opened, self.why.opened):
            opened.connect(self._open_person)
        self.list.key_pressed.connect(self.take_key)
        self.map.caught.connect(self._caught)
        self.bar.lock_wanted.connect(self._toggle_lock)
        self.bar.crew_wanted.connect(self.map.fit_crew)
        self.bar.hinted.connect(self._session.status)
        self.why.lock_wanted.connect(self._toggle_lock)
        self.why.hold_wanted.connect(self._hold)
        self.why.must_wanted.connect(self._must)
        self.why.bring_wanted.connect(self._bring)
        self.ways.found.connect(self._draw_map)
        self.changes.found.connect(self.list.show_changes)
        self.changes.found.connect(self.why.show_changes)
        self.list.tab_shown.connect(self.seek_changes)

    def _connect_deeds(self) -> None:
        deeds = self._deeds
        self.bar.moved.connect(deeds.move)
        self.bar.drop_wanted.connect(deeds.drop)
        self.why.add_wanted.connect(deeds.add)
        self.why.drop_wanted.connect(deeds.drop)
        self.why.alone_wanted.connect(deeds.drop_alone)
        deeds.refused.connect(self._refused)
        self.deciding.connect_deeds()

    def retranslate(self) -> None:
        """What is put together from words here; the parts say their own."""
        self.notices.retranslate()
        if self.book is not None:
            self.show_book(self.book)

    def changeEvent(self, event: QEvent) -> None:
        """The map says its words anew when the view does."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.map.retranslate()

    def panes(self) -> list[QWidget]:
        """F6 goes: list, map, timetable, reasons."""
        return [self.list.table, self.map, self.bar, self.panes_of.side]

    def show_book(self, book: Book) -> None:
        """Show this day; whom it does not know is not chosen any more."""
        self.book = book
        self._deeds.follow(book)
        self._offers.follow(book)
        if self.selected and book.row(self.selected) is None:
            self.selected = ""
        self.changes.follow(book.plan)
        offer = self._offers.proposal
        here = offer is not None and offer.plan.day == book.day
        self.draw(book.with_plan(offer.plan) if offer is not None and here else book)
        self.notices.say_outdated(book)
        self.notices.say_conflicts(book)

    def draw(self, book: Book) -> None:
        """Put a book on the screen: the day's own, or one with an offered plan."""
        self._shown = book
        self.list.show_book(book)
        self._draw_map()
        self._draw_bar()
        self.panes_of.show_bar(book.plan is not None)
        today = self._session.today()
        self.foot.show_plan(book.plan, book.day, today, blocked(book, today))
        self.foot.totals.show_weak(book.weak_stops)
        self._spread()

    @Slot()
    def _draw_map(self) -> None:
        book = self._shown
        if book is not None:
            self.map.set_marks(book_marks(book, self.ways.of(book.plan)), fit=self.fit_next)
            self.fit_next = False

    def _draw_bar(self) -> None:
        offer = self._offers.proposal
        fresh: frozenset[str] = frozenset()
        if offer is not None:
            change = offer.difference
            fresh = frozenset(change.added) | {who for who, _, _ in change.moved}
        if self._shown is not None:
            self.bar.show_lanes(lanes_of(self._shown, self.name, fresh))

    def name(self, debtor_id: str) -> str:
        """The masked name of anybody in the plan, also of those without an open case."""
        person = self.book.people.get(debtor_id) if self.book is not None else None
        return formats.mask_name(person.name) if person is not None else formats.NONE

    @Slot(str)
    def select(self, debtor_id: str) -> None:
        """Choose a person everywhere; "" lets go."""
        if debtor_id != self.selected:
            self.selected = debtor_id
            self._spread()
        elif debtor_id != self.why.debtor_id:
            self._spread()

    @Slot(list)
    def _caught(self, debtor_ids: list[str]) -> None:
        """Many at once from the map: choose their rows and say how much they are."""
        rows = self.list.select_many(frozenset(debtor_ids))
        text = ngettext(
            "{count} case chosen, {amount}", "{count} cases chosen, {amount}", len(rows)
        )
        amount = formats.money_whole(sum(row.amount for row in rows))
        self._session.status.emit(text.format(count=formats.number(len(rows)), amount=amount))

    def _spread(self) -> None:
        book = self._shown
        self.list.select(self.selected)
        self.map.select(self.selected)
        self.bar.select(self.selected)
        row = book.row(self.selected) if book is not None and self.selected else None
        fresh = row is not None and self.why.debtor_id != row.debtor_id
        self.why.show_row(book, row)
        spot = None
        if row is not None and row.lat is not None and row.lon is not None:
            spot = Spot(row.name, row.lat, row.lon, row.debtor_id)
        self.plan_on.offer_spot(spot)
        self.seek_changes()
        if row is not None and fresh:
            job = partial(_contacts, self._session.store, row.debtor_id)
            self._session.ask(job, self._contacts_read)

    @Slot()
    def seek_changes(self) -> None:
        """Where somebody who is left out is looked at, ask what would bring them in."""
        book = self._shown
        left = self.list.tab == NOT_PLANNED or (book and self.selected in book.left_out)
        if left and book is self.book and book is not None and not self._deeds.running:
            self.changes.seek(book)

    @Slot(str)
    def _bring(self, debtor_id: str) -> None:
        """Offer the smallest change that brings a person in."""
        change = self.changes.of(debtor_id)
        if change is not None:
            self._offers.bring_in(debtor_id, change)

    def bring_selected(self) -> None:
        """The same for the chosen person."""
        self._bring(self.selected)

    @Slot(object)
    def _contacts_read(self, answer: tuple[str, list[Entry]]) -> None:
        if answer[0] == self.why.debtor_id:
            self.why.show_past(answer[1])

    @Slot(str)
    def _hold(self, debtor_id: str) -> None:
        """Pause contact with a person."""
        if debtor_id:
            ask_hold(self._session, debtor_id, self.name(debtor_id), self)

    @Slot(str)
    def _must(self, debtor_id: str) -> None:
        """The lead wants a person visited on this day, or no more."""
        book = self.book
        if book is None or not debtor_id:
            return
        must = book.ranking.musts.get(debtor_id)
        if must is not None:
            end_must(self._session, must, self.name(debtor_id))
        else:
            ask_must(self._session, debtor_id, self.name(debtor_id), book.day, self)

    def must_selected(self) -> None:
        """The same for the chosen person."""
        self._must(self.selected)

    @Slot()
    def hold_selected(self) -> None:
        """Pause contact with the chosen person."""
        self._hold(self.selected)

    @Slot(str)
    def _refused(self, sentence: str) -> None:
        self.notices.say_refused(sentence)
        self._draw_bar()

    @Slot(str)
    def _toggle_lock(self, debtor_id: str) -> None:
        seat = self.book.seats.get(debtor_id) if self.book is not None else None
        if seat is not None:
            self._deeds.lock(debtor_id, not seat.stop.locked)

    @Slot()
    def lock_selected(self) -> None:
        """Lock the chosen stop, or release it."""
        self._toggle_lock(self.selected)

    @Slot()
    def drop_selected(self) -> None:
        """Take the chosen person out."""
        if self.book is not None and self.selected in self.book.seats:
            self._deeds.drop(self.selected)

    @Slot()
    def add_selected(self) -> None:
        """Put the chosen person into the plan."""
        book = self.book
        if book is not None and self.selected and self.selected not in book.seats:
            self._deeds.add(self.selected)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters that the pane with the keyboard has no use for."""
        event.setAccepted(False)
        self.take_key(event)

    @Slot(QKeyEvent)
    def take_key(self, event: QKeyEvent) -> None:
        """Keys that the list left over: Esc leaves what is open, letters are commands."""
        if not may_be_letter(event):
            return
        if event.key() == Qt.Key.Key_Escape and not self.bar.dragging and self.deciding.back():
            event.accept()
            return
        self.lettered.emit(event)
        if not event.isAccepted() and self.bar.handle_key(event):
            event.accept()

    @Slot(str)
    def _open_person(self, debtor_id: str) -> None:
        self._session.go("case", debtor_id)


def _contacts(store: Store, debtor_id: str) -> tuple[str, list[Entry]]:
    return debtor_id, load_contacts(store, debtor_id)
