"""The week on the plan screen: a board of crews and days, the chosen person's reasons, the foot.

Days come one after the other, off the GUI thread; each is shown as soon as it is there.
"""

from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QSplitter, QVBoxLayout, QWidget

from planner.actions.plan_week import Week as MadeWeek
from planner.store.people import Entry
from planner.store.store import Store
from ui.dialogs.reason import ReasonDialog
from ui.holds import ask_hold
from ui.i18n import _, ngettext
from ui.musts import ask_must, end_must
from ui.page import Translated
from ui.plan.book import load_contacts
from ui.plan.week_board import WeekBoard
from ui.plan.week_book import (
    DAYS,
    Column,
    Week,
    empty_week,
    load_columns,
    monday_of,
    with_columns,
)
from ui.plan.week_deeds import WeekDeeds
from ui.plan.week_foot import WeekFoot
from ui.plan.why import Why
from ui.session import Session
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar


class WeekView(Translated):
    """`day_wanted` asks for the day's own view; `titled`: it is another week now."""

    day_wanted = Signal(object)  # date
    titled = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.week: Week | None = None
        self.selected = ""
        self._turn = 0  # answers of earlier questions are not shown
        self._stale_words = ""
        self.deeds = WeekDeeds(session, self)
        self.message = MessageBar()
        self.foot = WeekFoot()
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        # From the outside in: each widget is given its style once.
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        panes = QSplitter(self)
        box.addWidget(self.message)
        box.addWidget(panes, 1)
        box.addWidget(self.foot)
        board, reasons = Card(heading=False, parent=panes), Card(heading=False, parent=panes)
        self.board, self.why = WeekBoard(board), Why(reasons, whence="week")
        board.body.addWidget(self.board, 1)
        reasons.body.addWidget(self.why)
        for card in (board, reasons):
            layout = card.layout()
            if layout is not None:
                layout.setContentsMargins(8, 8, 8, 8)
        reasons.setMinimumWidth(270)
        panes.setHandleWidth(8)
        panes.addWidget(board)
        panes.addWidget(reasons)
        panes.setStretchFactor(0, 1)
        panes.setStretchFactor(1, 0)
        panes.setSizes([940, 290])

    def _connect(self) -> None:
        board, deeds = self.board, self.deeds
        board.chosen.connect(self.select)
        board.opened.connect(self._open_person)
        board.day_wanted.connect(self.day_wanted)
        board.hinted.connect(self._session.status)
        board.moved.connect(self._move)
        board.lock_wanted.connect(self._toggle_lock)
        board.drop_wanted.connect(self._drop)
        self.why.opened.connect(self._open_person)
        self.why.drop_wanted.connect(self._drop)
        self.why.alone_wanted.connect(self._drop_alone)
        self.why.lock_wanted.connect(self._toggle_lock)
        self.why.hold_wanted.connect(self._hold)
        self.why.must_wanted.connect(self._must)
        self.foot.create_wanted.connect(self.plan_week)
        self.foot.enough.connect(deeds.enough)
        self.message.pressed.connect(self._ask_reason)
        deeds.started.connect(self._search_began)
        deeds.advanced.connect(self.foot.advance)
        deeds.stopped.connect(self.foot.stop)
        deeds.made.connect(self._made)
        deeds.edited.connect(self._edited)
        deeds.refused.connect(self._refused)
        deeds.stale.connect(self._stale)

    def retranslate(self) -> None:
        """What is put together from words here; the parts say their own."""
        self.message.name_cross(_("Close the message"))
        if self.week is not None:
            self._show(self.week)

    def panes(self) -> list[QWidget]:
        """F6 goes: board, reasons."""
        return [self.board, self.why]

    def refresh(self) -> None:
        """Read the week of the window's day, day after day."""
        first = monday_of(self._session.day)
        if self.week is None or self.week.first != first:
            self._show(empty_week(first))
        self._turn += 1
        self._load(self._turn, first)

    def _load(self, turn: int, day: date) -> None:
        last = monday_of(day) + timedelta(days=DAYS - 1)
        job = partial(_numbered, turn, self._session.store, day, last, self._session.today())
        self._session.ask(job, self._loaded)

    @Slot(object)
    def _loaded(self, answer: tuple[int, tuple[Column, ...]]) -> None:
        turn, columns = answer
        if turn != self._turn or self.week is None:
            return
        self._show(with_columns(self.week, columns))
        after = columns[-1].day + timedelta(days=1)
        if after < self.week.first + timedelta(days=DAYS):
            self._load(turn, after)

    def _show(self, week: Week) -> None:
        self.week = week
        self.deeds.follow(week)
        self.board.show_week(week, self._session.today(), self._session.day)
        planned = any(column.book and column.book.plan for column in week.columns)
        self.foot.show_totals(week.totals if planned else None, self._why_not(week))
        if self.selected and week.loaded and week.find(self.selected) is None:
            self.selected = ""
        self.board.select(self.selected)
        self._explain()
        self.titled.emit()

    def _why_not(self, week: Week) -> str:
        """What stands in the way of planning this week, in words; "" when nothing does."""
        books = [column.book for column in week.columns if column.book is not None]
        if week.columns[-1].day < self._session.today():
            return _("This week is over: it cannot be planned.")
        if books and not books[0].ranking.crews:
            return _("No crew can drive yet: the list of crews is missing.")
        if books and not books[0].rows:
            return _("There are no cases to plan yet.")
        if week.loaded and not week.crews:
            return _("No visits are possible in this week.")
        return ""

    @Slot(str)
    def select(self, debtor_id: str) -> None:
        """Choose a person; "" lets go."""
        self.selected = debtor_id
        self.board.select(debtor_id)
        self._explain()

    def _explain(self) -> None:
        """The reasons beside the board are those of the day on which the person is planned."""
        found = self.week.find(self.selected) if self.week is not None else None
        column = self.week.column(found[0].day) if self.week is not None and found else None
        book = column.book if column is not None else None
        row = book.row(self.selected) if book is not None else None
        fresh = row is not None and self.why.debtor_id != row.debtor_id
        self.why.show_row(book, row)
        if row is not None and fresh:
            self._session.ask(
                partial(_contacts, self._session.store, row.debtor_id), self._contacts_read
            )

    @Slot(object)
    def _contacts_read(self, answer: tuple[str, list[Entry]]) -> None:
        if answer[0] == self.why.debtor_id:
            self.why.show_past(answer[1])

    @Slot()
    def plan_week(self) -> None:
        """Plan what is left of the week; while it is planned, take the best so far."""
        if self.deeds.running:
            self.deeds.enough()
        else:
            self._plan("")

    def _plan(self, reason: str) -> None:
        self.message.clear()
        week = self.week
        if week is None or self._why_not(week):
            return
        first = max(week.first, self._session.today())
        self.deeds.create(first, (week.columns[-1].day - first).days + 1, reason)

    @Slot()
    def _search_began(self) -> None:
        if self.foot.isAncestorOf(QApplication.focusWidget() or self):
            # Its button is switched off now, and would leave the keyboard anywhere.
            self.board.setFocus(Qt.FocusReason.OtherFocusReason)
        self.foot.start(self.deeds.seconds)

    @Slot(object)
    def _made(self, made: MadeWeek) -> None:
        self.message.clear()
        if made.missed:
            text = ngettext(
                "{n} person who has to be visited found no place.",
                "{n} persons who have to be visited found no place.",
                len(made.missed),
            ).format(n=len(made.missed))
            self.message.say(text, "warn")
        self.refresh()

    @Slot(object)
    def _edited(self, _days: object) -> None:
        self.message.clear()

    @Slot(str, object, object, str)
    def _move(self, debtor_id: str, from_day: date, to_day: date, crew_id: str) -> None:
        self.deeds.move(debtor_id, from_day, to_day, crew_id)

    @Slot(str)
    def _toggle_lock(self, debtor_id: str) -> None:
        found = self.week.find(debtor_id) if self.week is not None else None
        if found is not None:
            self.deeds.lock(debtor_id, found[0].day, not found[1].locked)

    @Slot(str)
    def _drop(self, debtor_id: str) -> None:
        found = self.week.find(debtor_id) if self.week is not None else None
        if found is not None:
            self.deeds.drop(debtor_id, found[0].day)

    @Slot(str)
    def _drop_alone(self, debtor_id: str) -> None:
        found = self.week.find(debtor_id) if self.week is not None else None
        if found is not None:
            self.deeds.drop(debtor_id, found[0].day, alone=True)

    @Slot()
    def lock_selected(self) -> None:
        """Lock or unlock the chosen stop."""
        self._toggle_lock(self.selected)

    @Slot()
    def drop_selected(self) -> None:
        """Take the chosen stop out."""
        self._drop(self.selected)

    @Slot()
    def hold_selected(self) -> None:
        """Pause contact with the chosen person."""
        self._hold(self.selected)

    @Slot(str)
    def _hold(self, debtor_id: str) -> None:
        found = self.week.find(debtor_id) if self.week is not None else None
        if found is not None:
            ask_hold(self._session, debtor_id, found[1].name, self)

    @Slot(str)
    def _must(self, debtor_id: str) -> None:
        """The lead wants a person visited on the day of the stop, or no more."""
        found = self.week.find(debtor_id) if self.week is not None else None
        column = self.week.column(found[0].day) if self.week is not None and found else None
        if found is None or column is None or column.book is None:
            return
        must = column.book.ranking.musts.get(debtor_id)
        if must is not None:
            end_must(self._session, must, found[1].name)
        else:
            ask_must(self._session, debtor_id, found[1].name, column.day, self)

    def must_selected(self) -> None:
        """The same for the chosen stop."""
        self._must(self.selected)

    @Slot(str)
    def _open_person(self, debtor_id: str) -> None:
        self._session.go("case", debtor_id)

    @Slot(str)
    def _refused(self, sentence: str) -> None:
        self._stale_words = ""
        self.message.say(_("Not changed: {why}").format(why=sentence), "warn")

    @Slot(str)
    def _stale(self, sentence: str) -> None:
        """Plans on old data: only for a reason, which is kept with them."""
        self._stale_words = sentence
        self.message.say(sentence, "warn", _("Plan all the same"))

    @Slot()
    def _ask_reason(self) -> None:
        dialog = ReasonDialog(_("Plan on old data"), self._stale_words, _("Plan the week"), self)
        dialog.told.connect(self._plan)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _numbered(
    turn: int, store: Store, day: date, last: date, today: date
) -> tuple[int, tuple[Column, ...]]:
    return turn, load_columns(store, day, last, today)


def _contacts(store: Store, debtor_id: str) -> tuple[str, list[Entry]]:
    return debtor_id, load_contacts(store, debtor_id)
