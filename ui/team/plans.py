"""Plans before the lead: approve, return with a comment, open to edit."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from planner.errors import PlannerError
from planner.store.team import APPROVED, RETURNED, SUBMITTED
from ui import formats
from ui.cases.list_view import tight
from ui.i18n import _, error_text, ngettext
from ui.models.table import Column, DataTable, Kind
from ui.models.tips import plain_tip
from ui.page import Translated
from ui.session import Session
from ui.team import deeds, words
from ui.team.comment import CommentDialog, ask_comment
from ui.team.plan_book import Key, PlanBook, PlanRow, key_of, load_plans
from ui.team.plan_words import review_line
from ui.team.taken_view import TakenView
from ui.widgets.buttons import Button
from ui.widgets.card import Card, line
from ui.widgets.empty_state import EmptyState
from ui.widgets.message_bar import MessageBar
from ui.widgets.scroll import scrolled
from ui.widgets.table import Table
from ui.widgets.text import Text


class PlansPanel(Translated):
    """The routes on the left, the chosen one with its history on the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._zone = session.store.zone
        self.book: PlanBook | None = None
        self._without: dict[Key, frozenset[str]] = {}
        self.dialog: CommentDialog | None = None
        self.model = DataTable(_columns(session.store.zone), self)
        self.table = Table(self.model)
        self.table.chosen.connect(self._say)
        self.table.opened.connect(self.open_plan)
        self.table.key_pressed.connect(self._key)
        self.approve, self.give_back = Button("primary", "check"), Button("secondary", "undo")
        self.open, self.all = Button("secondary", "plan"), Button("secondary", "check")
        self.approve.clicked.connect(self.approve_it)
        self.give_back.clicked.connect(self.ask_comment)
        self.open.clicked.connect(self.open_plan)
        self.all.clicked.connect(self.approve_all)
        self.taken = TakenView(self.all)
        self.taken.left_out.connect(self.leave_out)
        self.taken.put_back.connect(self.put_back)
        self.refusal = MessageBar()
        self._empty = EmptyState("plan")
        self._empty.pressed.connect(self._make_plan)
        self._build()
        self.lead_to(self.table)
        self.retranslate()

    def _build(self) -> None:
        self._facts, self._past = Text("body", wrap=True), Text("body", wrap=True)
        self._past_head = Text("strong")
        listed = Card(heading=False)
        tight(listed)
        listed.body.addWidget(self.table)
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 0, 10, 6)
        self._count = Text("muted", wrap=True)
        foot.addWidget(self._count, 1)
        foot.addWidget(self.all)
        listed.body.addLayout(foot)
        self._card = Card()
        inside = QWidget()
        lines = QVBoxLayout(inside)
        lines.setContentsMargins(0, 0, 6, 0)
        lines.setSpacing(8)
        self._line = line()
        for part in (self._facts, self.taken, self._line, self._past_head, self._past):
            lines.addWidget(part)
        lines.addStretch(1)
        self._card.body.addWidget(scrolled(inside), 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.open)
        buttons.addStretch(1)
        buttons.addWidget(self.give_back)
        buttons.addWidget(self.approve)
        self._card.body.addLayout(buttons)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(listed, 11)
        row.addWidget(self._card, 9)
        self._stack = QStackedWidget()
        self._stack.addWidget(both)
        self._stack.addWidget(self._empty)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.refusal)
        box.addWidget(self._stack, 1)

    def panes(self) -> list[QWidget]:
        """The list, the answers."""
        return [self.table, self.approve if self.approve.isEnabled() else self.give_back]

    def keys(self) -> list[tuple[str, str]]:
        """Keys of the list."""
        return [
            ("A", _("Approve the chosen route")),
            ("R", _("Return the chosen route with a comment")),
            ("Enter", _("Open the plan of the day")),
        ]

    def retranslate(self) -> None:
        """All words of the panel."""
        self.table.setAccessibleName(_("Routes of the day"))
        self.approve.setText(_("Approve"))
        self.approve.setToolTip(_("Approve the chosen route  (A)"))
        self.give_back.setText(_("Return …"))
        self.give_back.setToolTip(_("Return the chosen route with a comment  (R)"))
        self.open.setText(_("Edit in Plan"))
        self.open.setToolTip(_("Open the plan of the day  (Enter)"))
        self.all.setText(_("Approve all"))
        self.all.setToolTip(_("All routes of the plan here that are not approved"))
        self.refusal.name_cross(_("Close the message"))
        self.taken.retranslate()
        self._past_head.setText(_("So far"))
        self._say()

    def refresh(self) -> None:
        """Read them anew."""
        session = self._session
        without = dict(self._without)
        session.ask(partial(load_plans, session.store, session.day, session.clock, without),
                    self._show)  # fmt: skip

    @Slot(object)
    def _show(self, book: PlanBook) -> None:
        if book.day != self._session.day or book.without != self._without:
            return  # a later one is under way
        inside = self.taken.holds_focus()
        key = _key_of(self.current())
        self.book = book
        self.model.set_rows(book.rows)
        if book.rows:
            self.table.go_to(max(0, self.model.place(lambda row: _key_of(row) == key)))
        self._say()
        if inside:  # the button that had the keyboard may be gone
            (self.taken.next_button() or self.table).setFocus()

    def current(self) -> PlanRow | None:
        """The chosen route."""
        row: PlanRow | None = self.table.current()
        return row

    @Slot()
    def _say(self, *_row: object) -> None:
        book, row = self.book, self.current()
        rows = book.rows if book is not None else ()
        self._stack.setCurrentIndex(0 if rows or book is None else 1)
        self._empty.say(
            _("There is no plan for {day} yet.").format(day=formats.day(self._session.day)),
            _("Go to Plan"),
        )
        open_ = [one for one in rows if one.sent is None and one.review.state != APPROVED]
        waiting = sum(one.review.state == SUBMITTED for one in rows)
        self._count.setText(
            ngettext("{n} route waits for you.", "{n} routes wait for you.", waiting).format(
                n=waiting) if waiting else _("No route waits for you.")
        )  # fmt: skip
        self.all.setEnabled(bool(open_))
        self._card.setVisible(row is not None)
        if row is None:
            return
        title = _("{crew}, as {name} submitted it").format(crew=row.crew, name=row.sender)
        self._card.set_title(title if row.sent is not None else row.crew)
        self._facts.setText(self._figures(row))
        self.taken.say(row, book or PlanBook(row.day))
        past = [review_line(one, self._zone) for one in reversed(row.reviews)]
        self._past.setText("\n".join(past) or _("Nobody has submitted or judged this route."))
        self.approve.setEnabled(row.may_approve)
        self.give_back.setEnabled(row.review.state != RETURNED)

    def _figures(self, row: PlanRow) -> str:
        route, clock = row.route, partial(formats.clock_time, zone=self._zone)
        visits = ngettext("{n} visit", "{n} visits", len(route.stops)).format(n=len(route.stops))
        told = _("{visits}, {km}, out {begin} to {end}").format(
            visits=visits, km=formats.distance(route.metres), begin=clock(route.depart),
            end=clock(route.back),
        )  # fmt: skip
        return f"{_(', ').join(row.members)}\n{told}"

    @Slot(QKeyEvent)
    def _key(self, event: QKeyEvent) -> None:
        if event.modifiers():
            return
        deed = {Qt.Key.Key_A: self.approve_it, Qt.Key.Key_R: self.ask_comment}.get(
            Qt.Key(event.key())
        )
        if deed is not None:
            deed()
            event.accept()

    @Slot()
    def approve_it(self) -> None:
        """Approve the chosen route as it is shown, with what that makes of the plan here."""
        row = self.current()
        if row is None or not row.may_approve:
            return
        session = self._session
        text = _("Route of {crew} approved").format(crew=row.crew)
        if row.sent is not None:
            job = partial(
                deeds.decide, session.store, session.clock, row.sent, APPROVED, taken=row.taken
            )
        else:
            seen = {row.crew_id: row.review.mark}
            job = partial(deeds.approve, session.store, session.clock, row.day, seen)
        self._do(text, job)

    def _do(self, text: str, job: Callable[[], deeds.Deed]) -> None:
        self.refusal.clear()
        self._session.deed(text, job, failed=self._refused)

    @Slot(object)
    def _refused(self, error: BaseException) -> None:
        """Say why not, and show how it is by now."""
        if not isinstance(error, PlannerError):
            self._session.troubled.emit(error)
            return
        self.refusal.say(error_text(error), "warn")
        self.refresh()

    @Slot(str)
    def leave_out(self, debtor_id: str) -> None:
        """Take a person out of the chosen submitted round, and reckon it anew."""
        row = self.current()
        if row is not None and row.sent is not None:
            key = key_of(row.sent)
            self._without[key] = self._without.get(key, frozenset()) | {debtor_id}
            self.refresh()

    @Slot()
    def put_back(self) -> None:
        """Nobody is left out of the chosen submitted round any more."""
        row = self.current()
        if row is not None and row.sent is not None:
            self._without.pop(key_of(row.sent), None)
            self.refresh()

    @Slot()
    def approve_all(self) -> None:
        """Approve all routes of the plan here that are not approved."""
        book, session = self.book, self._session
        if book is None:
            return
        seen = {
            row.crew_id: row.review.mark
            for row in book.rows
            if row.sent is None and row.review.state != APPROVED
        }
        if seen:
            text = ngettext("{n} route approved", "{n} routes approved", len(seen))
            job = partial(deeds.approve, session.store, session.clock, book.day, seen)
            self._do(text.format(n=len(seen)), job)

    @Slot()
    def ask_comment(self) -> None:
        """Return the chosen route; a comment is needed."""
        row = self.current()
        if row is None or row.review.state == RETURNED:
            return
        self.dialog = ask_comment(
            self,
            _("Return the route of {crew}").format(crew=row.crew),
            _("The crew reads this comment on Today and Plan, and submits again."),
            _("Return"),
            partial(self._return, row),
            self._figures(row),
        )

    def _return(self, row: PlanRow, comment: str) -> None:
        session = self._session
        text = _("Route of {crew} returned").format(crew=row.crew)
        if row.sent is not None:
            job = partial(
                deeds.decide, session.store, session.clock, row.sent, RETURNED, comment=comment
            )
        else:
            job = partial(
                deeds.give_back_plan, session.store, session.clock, row.day, row.crew_id, comment
            )
        self._do(text, job)

    @Slot()
    def open_plan(self, *_row: object) -> None:
        """Open the day in Plan."""
        self._session.go("plan")

    @Slot()
    def _make_plan(self) -> None:
        self._session.go("plan")


def _key_of(row: PlanRow | None) -> tuple[str, str] | None:
    return (row.crew_id, row.sender) if row is not None else None


def _columns(zone: str) -> list[Column]:
    def at(row: PlanRow) -> datetime | None:
        return row.review.last.at if row.review.last is not None else None

    return [
        Column("crew", lambda: _("Crew"), lambda r: r.crew, Kind.STRONG, width=90,
               tip=lambda r: plain_tip(_(", ").join(r.members))),
        Column("from", lambda: _("Comes from"),
               lambda r: _("laptop of {name}").format(name=r.sender) if r.sent
               else _("plan here"), width=110, stretch=1),
        Column("stops", lambda: _("Visits"), lambda r: str(len(r.route.stops)), Kind.NUMBER,
               lambda r: len(r.route.stops), width=60),
        Column("back", lambda: _("Back"), lambda r: formats.clock_time(r.route.back, zone),
               sort=lambda r: r.route.back, width=60),
        Column("state", lambda: _("State"), lambda r: words.state_word(r.review.state), Kind.CHIP,
               tone=lambda r: words.TONES[r.review.state],
               icon=lambda r: words.ICONS[r.review.state], width=130),
        Column("when", lambda: _("When"), lambda r: formats.moment(at(r), zone), Kind.MUTED,
               sort=at, width=130),
    ]  # fmt: skip
