"""The day on the plan screen: list, map, timetable and reasons with one selection, and the foot.

It shows a book and says what is wanted; what is done about it is in `deeds.py`.
"""

from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.routing.solve import Progress
from planner.store.people import Entry
from planner.store.store import Store
from ui import formats
from ui.holds import ask_hold
from ui.map.view import MapView
from ui.plan.blocked import blocked
from ui.plan.book import Book, book_marks, load_contacts
from ui.plan.case_list import CaseList
from ui.plan.commands import may_be_letter
from ui.plan.day_bar import DayBar
from ui.plan.deeds import PlanDeeds
from ui.plan.foot import Foot
from ui.plan.lanes import lanes_of
from ui.plan.notices import Notices
from ui.plan.panes import Panes
from ui.plan.search_pane import SearchPane
from ui.plan.why import Why
from ui.session import Session


class DayView(QWidget):
    """Whatever one of its parts chooses, all show. `lettered` asks for a command by letter."""

    lettered = Signal(QKeyEvent)

    def __init__(self, session: Session, deeds: PlanDeeds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._deeds = deeds
        self.book: Book | None = None
        self.selected = ""
        self.fit_next = True  # the next book moves the map to its plan
        self.list = CaseList()
        self.map = MapView()
        self.bar = DayBar()
        self.search = SearchPane()
        self.why = Why()
        self.foot = Foot()
        self.notices = Notices(deeds, self.name, self)
        self.panes_of = Panes(self.list, self.map, self.bar, self.search, (self.why,), self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.notices.bar)
        box.addWidget(self.panes_of.widget, 1)
        box.addWidget(self.foot)
        self._connect()
        self._connect_deeds()

    def _connect(self) -> None:
        for chosen in (self.list.chosen, self.map.picked, self.bar.chosen):
            chosen.connect(self.select)
        for opened in (self.list.opened, self.bar.opened, self.why.opened):
            opened.connect(self._open_person)
        self.list.key_pressed.connect(self.take_key)
        self.bar.lock_wanted.connect(self._toggle_lock)
        self.bar.crew_wanted.connect(self.map.fit_crew)
        self.bar.hinted.connect(self._session.status)
        self.why.lock_wanted.connect(self._toggle_lock)
        self.why.hold_wanted.connect(self._hold)

    def _connect_deeds(self) -> None:
        deeds = self._deeds
        self.bar.moved.connect(deeds.move)
        self.bar.drop_wanted.connect(deeds.drop)
        self.why.add_wanted.connect(deeds.add)
        self.why.drop_wanted.connect(deeds.drop)
        self.search.enough.connect(deeds.enough)
        self.search.given_up.connect(deeds.give_up)
        deeds.started.connect(self._search_began)
        deeds.advanced.connect(self._search_advanced)
        deeds.stopped.connect(self._search_over)
        deeds.refused.connect(self._refused)

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
        return [self.list.table, self.map, self.bar, self.why]

    def show_book(self, book: Book) -> None:
        """Show this day; whom it does not know is not chosen any more."""
        self.book = book
        self._deeds.follow(book)
        self.list.show_book(book)
        self.map.set_marks(book_marks(book), fit=self.fit_next)
        self.fit_next = False
        self.bar.show_lanes(lanes_of(book, self.name))
        self.panes_of.show_bar(book.plan is not None)
        self.notices.say_outdated(book)
        today = self._session.today()
        self.foot.show_plan(book.plan, book.day, today, blocked(book, today))
        if self.selected and book.row(self.selected) is None:
            self.selected = ""
        self._spread()

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

    def _spread(self) -> None:
        book = self.book
        self.list.select(self.selected)
        self.map.select(self.selected)
        self.bar.select(self.selected)
        row = book.row(self.selected) if book is not None and self.selected else None
        fresh = row is not None and self.why.debtor_id != row.debtor_id
        self.why.show_row(book, row)
        if row is not None and fresh:
            job = partial(_contacts, self._session.store, row.debtor_id)
            self._session.ask(job, self._contacts_read)

    @Slot(object)
    def _contacts_read(self, answer: tuple[str, list[Entry]]) -> None:
        if answer[0] == self.why.debtor_id:
            self.why.show_past(answer[1])

    @Slot(float)
    def _search_began(self, limit: float) -> None:
        there = self.book is not None and self.book.plan is not None
        self.search.start(limit, there)
        self.foot.set_busy(True)
        self.panes_of.show_search(True)

    @Slot(object)
    def _search_advanced(self, progress: Progress) -> None:
        self.search.advance(progress)

    @Slot()
    def _search_over(self) -> None:
        self.foot.set_busy(False)
        self.panes_of.show_search(False)

    @Slot(str)
    def _hold(self, debtor_id: str) -> None:
        """Pause contact with a person."""
        if debtor_id:
            ask_hold(self._session, debtor_id, self.name(debtor_id), self)

    @Slot()
    def hold_selected(self) -> None:
        """Pause contact with the chosen person."""
        self._hold(self.selected)

    @Slot(str)
    def _refused(self, sentence: str) -> None:
        self.notices.say_refused(sentence)
        if self.book is not None:
            self.bar.show_lanes(lanes_of(self.book, self.name))

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
        """Keys that the list left over: Esc ends a search, letters are commands or the bar's."""
        if not may_be_letter(event):
            return
        if event.key() == Qt.Key.Key_Escape and self._deeds.running:
            self._deeds.give_up()
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
