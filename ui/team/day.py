"""How the day goes: planned, done, to come; planned against told; who is missed; records."""

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from planner.actions.day_records import GivenBack, Record
from ui import formats
from ui.cases.list_view import tight
from ui.i18n import _, ngettext
from ui.models.table import DataTable
from ui.outcomes import outcome_words
from ui.page import Translated
from ui.session import Session
from ui.team.comment import CommentDialog
from ui.team.day_book import DayBook, load_day
from ui.team.day_lists import CrewCells, given_columns, record_columns
from ui.team.notes import give_back
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.empty_state import EmptyState
from ui.widgets.message_bar import MessageBar
from ui.widgets.table import Table
from ui.widgets.text import Text

_MISSED = 6  # crews named in one message


class DayPanel(Translated):
    """The crews above, below them the day's records or those that wait for an answer."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.book: DayBook | None = None
        self.dialog: CommentDialog | None = None
        zone = session.store.zone
        self._cells = CrewCells(zone)
        self.model = DataTable(self._cells.columns(), self)
        self.table = Table(self.model)
        self.table.opened.connect(self._open_plan)
        self.records_model = DataTable(record_columns(zone), self)
        self.records = Table(self.records_model)
        self.given_model = DataTable(given_columns(zone, self._cells), self)
        self.given = Table(self.given_model)
        for one in (self.records, self.given):
            one.opened.connect(self._open_person)
            one.chosen.connect(self._say_button)
        self.records.key_pressed.connect(self._key)
        self.missed = MessageBar(closable=False)
        self.missed.pressed.connect(self._open_today)
        self.of_day, self.waiting = (Chip("", "accent", checkable=True) for _n in range(2))
        self.of_day.setChecked(True)
        self.of_day.clicked.connect(self._turn)
        self.waiting.clicked.connect(self._turn)
        self.give_back, self.rules = Button("secondary", "undo"), Button("quiet", "rules")
        self.give_back.clicked.connect(self.ask_comment)
        self.rules.clicked.connect(self._open_rules)
        self._none_crews = EmptyState("plan")
        self._none_crews.pressed.connect(self._open_plan)
        self._none, self._none_given = EmptyState("results"), EmptyState("check")
        self._build()
        self.lead_to(self.table)
        self.retranslate()

    def _build(self) -> None:
        self._sum = Text("body", wrap=True)
        top = QHBoxLayout()
        top.addWidget(self._sum, 1)
        top.addWidget(self.rules)
        crews, lists = Card(heading=False), Card(heading=False)
        tight(crews)
        tight(lists)
        self._crews = QStackedWidget()
        self._crews.addWidget(self.table)
        self._crews.addWidget(self._none_crews)
        crews.body.addWidget(self._crews)
        turn = QHBoxLayout()
        turn.setContentsMargins(8, 2, 8, 0)
        turn.addWidget(self.of_day)
        turn.addWidget(self.waiting)
        turn.addStretch(1)
        turn.addWidget(self.give_back)
        lists.body.addLayout(turn)
        self._lists = QStackedWidget()
        for part in (self.records, self._none, self.given, self._none_given):
            self._lists.addWidget(part)
        lists.body.addWidget(self._lists, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addWidget(self.missed)
        box.addLayout(top)
        box.addWidget(crews, 5)
        box.addWidget(lists, 6)

    def panes(self) -> list[QWidget]:
        """The crews, the records."""
        return [self.table, self.records, self.given, self.of_day]

    def keys(self) -> list[tuple[str, str]]:
        """Keys of the lists."""
        return [
            ("Enter", _("Open the chosen person, or the plan")),
            ("B", _("Give the chosen record back with a comment")),
        ]

    def retranslate(self) -> None:
        """All words of the panel."""
        self.table.setAccessibleName(_("Crews of the day"))
        self.records.setAccessibleName(_("Records of the day"))
        self.given.setAccessibleName(_("Records that wait for an answer"))
        self.give_back.setText(_("Give back …"))
        self.give_back.setToolTip(_("Give the chosen record back with a comment  (B)"))
        self.rules.setToolTip(_("Open the list of exceptions"))
        self._none_given.say(_("No record waits for an answer."))
        self._say()

    def refresh(self) -> None:
        """Read the day anew."""
        session = self._session
        session.ask(partial(load_day, session.store, session.day, session.clock()), self._show)

    @Slot(object)
    def _show(self, book: DayBook) -> None:
        if book.day != self._session.day:
            return
        self.book = self._cells.book = book
        for model, table, rows in (
            (self.model, self.table, book.crews),
            (self.records_model, self.records, book.records),
            (self.given_model, self.given, book.given),
        ):
            place = max(0, table.currentIndex().row())
            model.set_rows(rows)
            if rows:
                table.go_to(min(place, len(rows) - 1))
        self._say()

    def _say(self) -> None:
        book = self.book
        if book is None:
            return
        day = formats.day(book.day)
        self._crews.setCurrentIndex(0 if book.crews else 1)
        self._none_crews.say(_("No crew has a route on {day}.").format(day=day), _("Go to Plan"))
        self._none.say(_("Nothing was recorded on {day} yet.").format(day=day))
        self._sum.setText(self._total(book))
        self._say_missed(book)
        n = book.broken + book.aside
        self.rules.setText(
            ngettext("{n} exception to the rules", "{n} exceptions to the rules", n).format(n=n)
            if n else _("No exception to the rules")
        )  # fmt: skip
        self.of_day.set_text(_("Records of the day {n}").format(n=len(book.records)))
        self.waiting.set_text(_("Waiting for an answer {n}").format(n=len(book.given)))
        self._show_list()

    def _total(self, book: DayBook) -> str:
        if not book.crews:
            return ""
        planned, done = (sum(getattr(c, name) for c in book.crews) for name in ("planned", "done"))
        skipped, waiting = (sum(getattr(c, name) for c in book.crews)
                            for name in ("skipped", "waiting"))  # fmt: skip
        told = _("{planned} planned, {done} done, {skipped} not visited, {waiting} to come")
        return told.format(planned=planned, done=done, skipped=skipped, waiting=waiting)

    def _say_missed(self, book: DayBook) -> None:
        if not book.missed:
            self.missed.clear()
            return
        zone, now = self._session.store.zone, self._session.clock()
        lines = []
        for one in book.missed[:_MISSED]:
            lines.append(
                _("{crew}: due back {back}, {since}, last sign {sign}").format(
                    crew=one.crew, back=formats.moment(one.back, zone),
                    since=formats.ago(one.back, now), sign=formats.clock_time(one.last_sign, zone),
                )
            )  # fmt: skip
        self.missed.say("\n".join([_("Not back yet"), *lines]), "warn", _("Show on Today"))

    @Slot()
    def _turn(self) -> None:
        of_day = self.sender() is self.of_day
        self.of_day.setChecked(of_day)
        self.waiting.setChecked(not of_day)
        self._show_list()

    def _show_list(self) -> None:
        book, of_day = self.book, self.of_day.isChecked()
        rows = (book.records if of_day else book.given) if book is not None else ()
        self._lists.setCurrentIndex((0 if rows else 1) if of_day else (2 if rows else 3))
        self.give_back.setVisible(of_day)
        self._say_button()

    @Slot()
    def _say_button(self, *_row: object) -> None:
        one = self.records.current()
        self.give_back.setEnabled(one is not None and not _waits(one))

    @Slot(QKeyEvent)
    def _key(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_B and not event.modifiers():
            self.ask_comment()
            event.accept()

    @Slot()
    def ask_comment(self) -> None:
        """Give the chosen record back; a comment is needed."""
        one: Record | None = self.records.current()
        if one is None or _waits(one) or not self.of_day.isChecked():
            return
        name = formats.mask_name(one.name)
        what = outcome_words(one.code, one.result)
        facts = f"{formats.moment(one.at, self._session.store.zone)}  {name}  {what}"
        told = "\n".join(text for text in (facts, one.note) if text)
        self.dialog = give_back(self._session, self, one.debtor_id, one.event_id, told)

    @Slot(object)
    def _open_person(self, one: Record | GivenBack) -> None:
        who = one.debtor_id if isinstance(one, Record) else one.returned.debtor_id
        self._session.go("case", who)

    @Slot()
    def _open_plan(self, *_row: object) -> None:
        self._session.go("plan")

    @Slot()
    def _open_today(self) -> None:
        self._session.go("today")

    @Slot()
    def _open_rules(self) -> None:
        self._session.go("rules", "exceptions")


def _waits(one: Record) -> bool:
    return one.given is not None and one.given.open
