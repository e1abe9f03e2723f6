"""Results: the day's stops in order, and one tap for what happened at each."""

from collections import deque
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from planner.actions.change import Change
from planner.actions.find_visit import Meaning, Meant
from planner.actions.outcomes import Outcome
from planner.domain.visit_code import looks_like_code
from planner.errors import PlannerError
from planner.store.store import Store
from ui import formats
from ui.cases.search_box import SearchBox
from ui.errors import words as error_words
from ui.i18n import _, code
from ui.outcomes import outcome_words
from ui.page import Page
from ui.pages.case import take_back
from ui.results import words
from ui.results.files import Correction, load_correction
from ui.results.form import FIELD_OF, Mistake
from ui.results.next_bar import NextBar
from ui.results.preview import Saved, write
from ui.results.recorder import Recorder
from ui.results.round import (
    DayRound,
    Found,
    StopLine,
    load_line,
    load_round,
    search_people,
)
from ui.results.scan import CodeDesk, begin_number, meant_words
from ui.results.sheet import SheetView
from ui.results.stops import StopList
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.message_bar import MessageBar


class ResultsPage(Page):
    """Left the stops, right the tiles; saving goes on to the next stop at once."""

    key = "results"
    interests = Change.CASES | Change.CONTACTS | Change.PLAN | Change.CREWS
    follows_day = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._round: DayRound | None = None
        self._wanted = ""
        self._writing: deque[tuple[Outcome, bytes | None]] = deque()
        self._to_correct = b""  # a batch that was asked for from another page
        self._written: dict[str, int] = {}  # person -> readings asked for before the write ended
        self._asked = 0
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        zone = self.session.store.zone
        self._message, self.next_step = MessageBar(), NextBar(self.session)
        self._desk = CodeDesk(self.session, self)
        self._elsewhere = Meant(Meaning.UNKNOWN)  # where the button of the message leads
        self.search = SearchBox()
        self.search.setMinimumWidth(300)
        self.search.setMaximumWidth(440)
        self.stops, self.recorder = StopList(zone), Recorder(self.session)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.stops.tab_scroll, 3)
        self.sheet_button = Button("secondary", "edit")
        self.sheet_button.clicked.connect(self._open_sheet)
        top.addStretch(1)
        top.addWidget(self.sheet_button)
        top.addWidget(self.search, 2)
        self._empty = EmptyState("results")
        card = Card(heading=False)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.recorder)
        card.body.addWidget(self._stack, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(14)
        left = QWidget()
        beside = QVBoxLayout(left)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.stops, 1)
        beside.addWidget(self.next_step)
        split.addWidget(left)
        split.addWidget(card)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        split.setSizes([455, 775])
        rounds = QWidget()
        inside = QVBoxLayout(rounds)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addLayout(top)
        inside.addWidget(split, 1)
        self.sheet = SheetView(self.session)
        self._views = QStackedWidget()
        self._views.addWidget(rounds)
        self._views.addWidget(self.sheet)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 12, 24, 14)
        box.setSpacing(8)
        box.addWidget(self._message)
        box.addWidget(self._views, 1)
        self.lead_to(self.recorder)

    def _connect(self) -> None:
        self.stops.chosen.connect(self._show)
        self.stops.opened.connect(self._enter)
        self.stops.key_pressed.connect(self._list_key)
        self.stops.plan_wanted.connect(self._to_plan)
        self.recorder.save_wanted.connect(self._save)
        self.recorder.moved.connect(self.stops.go)
        self.recorder.person_wanted.connect(self._open_person)
        self.recorder.undo_wanted.connect(self._undo)
        self.recorder.correct_wanted.connect(self._ask_correction)
        self.recorder.number_begun.connect(partial(begin_number, self.search))
        self.recorder.scanned.connect(self._desk.look)
        self._desk.here.connect(self._to_stop)
        self._desk.told.connect(self._no_stop)
        self._message.pressed.connect(self._to_other_day)
        self.search.asked.connect(self._ask_search)
        self.search.ended.connect(self._search_ended)
        self.search.returnPressed.connect(self._take_first)
        self.search.list_wanted.connect(self._to_list)
        self.search.left.connect(self.recorder.setFocus)
        self.sheet.left.connect(self._close_sheet)
        enter = QShortcut(QKeySequence("Ctrl+E"), self)
        enter.activated.connect(self._open_sheet)
        self._sheet_action = QAction(self)
        self._sheet_action.triggered.connect(self._open_sheet)
        find = QShortcut(QKeySequence("Ctrl+F"), self)
        find.activated.connect(self.search.take_keyboard)
        self._find_action = QAction(self)
        self._find_action.triggered.connect(self.search.take_keyboard)

    def panes(self) -> list[QWidget]:
        """Tiles, fields, search, stops; the first one has the keyboard when the page is opened."""
        if self._views.currentIndex() == 1:
            return [self.sheet, self.sheet.save_button]
        fields = self.recorder.form.panes()[:1]
        return [self.recorder.board, *fields, self.search, self.stops.table]

    def commands(self) -> list[QAction]:
        """Search a person to record for."""
        return [self._find_action, self._sheet_action]

    def keys(self) -> list[tuple[str, str]]:
        """Keys of this page."""
        return [
            ("1 – 7, S", _("What happened at the door")),
            ("Alt+1 – Alt+7, Alt+S", _("The same while typing in a field")),
            ("Enter", _("Save and go to the next stop")),
            ("Esc", _("Choose anew")),
            ("C, Alt+C", _("Correct what was recorded")),
            ("M, Alt+M", _("Found at the door, recording, files")),
            ("↑ ↓", _("Stop before, stop after")),
            ("Ctrl+F", _("Search a person to record for")),
            ("Alt+N", _("Accept the next step that is proposed")),
            ("Ctrl+E", _("Enter a whole paper sheet")),
            ("0", _("Number from the sheet, typed or scanned")),
        ]

    def _open_sheet(self) -> None:
        """Type in a paper sheet of the crew in view."""
        if self._round is not None and self._round.routes and self.isVisible():
            self._views.setCurrentIndex(1)
            self.sheet.show_round(self._round, self.stops.crew)

    def _close_sheet(self) -> None:
        self._views.setCurrentIndex(0)
        self.recorder.board.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Read the stops anew."""
        self._asked += 1
        job = partial(_numbered, self._asked, self.session.store, self.session.day)
        self.session.ask(job, self._arrived)

    def show_item(self, what: object) -> None:
        """A debtor id: record for this person; with a batch: correct what was recorded under it."""
        self._to_correct = b""
        if isinstance(what, tuple):
            what, self._to_correct = what
        if isinstance(what, str):
            self._wanted = what
            if self.isVisible() and self._round is not None and not self._stale:
                self._go_wanted()

    @Slot(object)
    def _arrived(self, answer: tuple[int, DayRound]) -> None:
        number, told = answer
        if told.day != self.session.day:
            return
        other = self._round is None or self._round.day != told.day
        self._round = told
        # What was asked for after a write says itself how the stop stands.
        for who, asked in list(self._written.items()):
            if number > asked:
                del self._written[who]
                self.stops.saving.pop(who, None)
        self.recorder.numbers = told.numbers
        self.stops.show_round(told)
        self.sheet_button.setVisible(bool(told.routes))
        line = self.recorder.line
        if self._wanted:
            self._go_wanted()
        elif line is None or other:
            self._first()
        else:
            self._renew(line)

    def _renew(self, line: StopLine) -> None:
        """The person in view after something changed."""
        told = self._round
        now = told.find(line.debtor_id) if told is not None else None
        if now is not None:
            self.recorder.renew_line(now)
        elif told is not None:
            job = partial(load_line, self.session.store, told, line.debtor_id)
            self.session.ask(job, self._renewed)

    @Slot(object)
    def _renewed(self, line: StopLine | None) -> None:
        here = self.recorder.line
        if line is not None and here is not None and here.debtor_id == line.debtor_id:
            self.recorder.renew_line(line)

    def _first(self) -> None:
        """The first open stop, of the crew in view or of any."""
        told = self._round
        lines = told.lines if told is not None else []
        line = next((one for one in lines if not self.stops.is_done(one)), None)
        line = line or next(iter(lines), None)
        if line is None:
            self._stack.setCurrentIndex(0)
        else:
            self.stops.show_stop(line)
            self._show(line)

    def _go_wanted(self) -> None:
        who, told = self._wanted, self._round
        self._wanted = ""
        line = told.find(who) if told is not None else None
        if line is not None:
            self.search.clear()
            self.stops.show_found(None)
            self.stops.show_stop(line)
            self._show(line)
        elif told is not None:
            job = partial(load_line, self.session.store, told, who)
            self.session.ask(job, self._show_free)

    @Slot(object)
    def _show_free(self, line: StopLine | None) -> None:
        if line is not None:
            self.stops.show_found([line])
            self.stops.mark(line.debtor_id)
            self._show(line)

    @Slot(object)
    def _show(self, line: StopLine) -> None:
        """Record for this person next."""
        if self._round is not None:
            first = self._stack.currentIndex() == 0
            self._stack.setCurrentIndex(1)
            if first and not self.search.text():
                self.recorder.board.setFocus(Qt.FocusReason.OtherFocusReason)
            self.recorder.show_line(line, self._round.day, self._round.parties)
            if self._to_correct:
                batch, self._to_correct = self._to_correct, b""
                self._load_correction(line.debtor_id, batch)

    @Slot(object)
    def _enter(self, _line: StopLine) -> None:
        """Enter in the list: save what is chosen, else go to the tiles."""
        if self.recorder.ready:
            self.recorder.save()
        else:
            self.recorder.board.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _list_key(self, event: QKeyEvent) -> None:
        """Tiles answer to their keys while the list has the keyboard; arrows stay its own."""
        if event.key() not in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.recorder.handle_key(event)

    @Slot(object)
    def _save(self, outcome: Outcome) -> None:
        """Write off-thread and go on at once."""
        self._message.clear()
        self.next_step.clear()
        correcting = self.recorder.correcting
        self._writing.append((outcome, correcting))
        self.stops.saving[outcome.debtor_id] = (outcome.code, outcome.result)
        self.stops.refresh_states()
        job = partial(write, self.session.store, outcome, self.session.clock, correcting)
        text = _("Record: {who}, {what}") if correcting is None else _("Correct: {who}, {what}")
        text = text.format(
            who=self._name(outcome.debtor_id), what=outcome_words(outcome.code, outcome.result)
        )
        self.session.deed(text, job, self._saved, self._not_saved, toast=False)
        following = self.stops.next_open()
        if self.search.text() or self.stops.searching:
            self.search.clear()
            self.stops.show_found(None)
            self._first()
        elif following is not None:
            self.stops.mark(following.debtor_id)
            self._show(following)
        elif self.recorder.line is not None:
            self._show(self.recorder.line)
            self._message.say(_("Every stop of this crew has its outcome."), "accent")
        self.recorder.board.setFocus(Qt.FocusReason.OtherFocusReason)

    def _name(self, debtor_id: str) -> str:
        line = self.recorder.line
        person = line.person if line is not None and line.debtor_id == debtor_id else None
        return formats.mask_name(person.name) if person is not None else formats.NONE

    def _known(self, debtor_id: str) -> str:
        """The masked name of somebody with a stop, else no name."""
        line = self._round.find(debtor_id) if self._round is not None else None
        person = line.person if line is not None else None
        return formats.mask_name(person.name) if person is not None else formats.NONE

    @Slot(object)
    def _saved(self, saved: Saved) -> None:
        self._writing.popleft()
        outcome, zone = saved.outcome, self.session.store.zone
        self.next_step.ask(outcome.debtor_id, self._known(outcome.debtor_id))
        self._written[outcome.debtor_id] = self._asked
        after = words.consequence_words(saved.after, zone, self.session.day)
        what = outcome_words(outcome.code, outcome.result)
        said = _("Recorded: {what}. {after}.").format(what=what, after=after)
        self.session.toast(said, undo=True)
        if saved.broken:
            why = code(f"rule.{saved.broken[0]}")
            text = _("This visit was outside the contact rules. It is kept and flagged: {why}")
            self._message.say(text.format(why=why), "warn")

    @Slot(object)
    def _not_saved(self, error: BaseException) -> None:
        """Back to the stop that was not saved, with what was typed."""
        outcome, correcting = self._writing.popleft()
        self.stops.saving.pop(outcome.debtor_id, None)
        self.stops.refresh_states()
        if not isinstance(error, PlannerError):
            self.session.troubled.emit(error)
            return
        line = self._round.find(outcome.debtor_id) if self._round is not None else None
        text = error_words(error)
        if line is None:
            self._message.say(_("Not saved: {why}").format(why=text), "warn")
            return
        self.stops.show_stop(line)
        self._show(line)
        self.recorder.correcting = correcting
        self.recorder.restore(outcome, Mistake(FIELD_OF.get(error.code, "note"), text))

    @Slot(object)
    def _ask_correction(self, line: StopLine) -> None:
        if line.visited is not None:
            self._load_correction(line.debtor_id, line.visited.batch)

    def _load_correction(self, who: str, batch: bytes) -> None:
        job = partial(load_correction, self.session.store, who, batch)
        self.session.ask(job, self._correct)

    @Slot(object)
    def _correct(self, found: Correction) -> None:
        """The form as it was filled, if that person is still in view."""
        line = self.recorder.line
        if line is not None and line.debtor_id == found.outcome.debtor_id:
            self.recorder.correct(found.outcome, found.batch)

    @Slot(object)
    def _undo(self, line: StopLine) -> None:
        if line.visited is not None:
            what = outcome_words(line.visited.code, line.visited.result)
            text = _("Undone: {what} ({day})").format(
                what=what, day=formats.day(self.session.day)[5:]
            )
            self.session.deed(text, partial(take_back, self.session.store, line.visited.batch))

    def _search_ended(self) -> None:
        self.stops.show_found(None)
        if self.recorder.line is not None:
            self.stops.mark(self.recorder.line.debtor_id)

    @Slot(str)
    def _ask_search(self, text: str) -> None:
        if self._round is not None and not looks_like_code(text):
            job = partial(search_people, self.session.store, self._round, text)
            self.session.ask(job, self._searched)

    @Slot(object)
    def _searched(self, found: Found) -> None:
        if found.text == self.search.wanted:
            self.stops.show_found(found.lines)

    def _take_first(self) -> None:
        """Enter in the search: the stop of a number from paper, else the first that fits."""
        if looks_like_code(self.search.text()):
            self._desk.look(self.search.text())
            return
        lines = self.stops.model.rows
        if self.stops.searching and lines:
            self.stops.mark(lines[0].debtor_id)
            self._show(lines[0])
            self.recorder.board.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _to_stop(self, debtor_id: str) -> None:
        """To the stop that a number from paper names."""
        left = self.recorder.line if self.recorder.ready else None
        self._message.clear()
        self._wanted = debtor_id
        self._go_wanted()
        self.recorder.board.setFocus(Qt.FocusReason.OtherFocusReason)
        if left is not None and left.debtor_id != debtor_id and left.number:
            text = _("Stop {n} was left without saving: Enter saves what is chosen.")
            self._message.say(text.format(n=left.number), "warn")

    @Slot(object)
    def _no_stop(self, told: Meant) -> None:
        """A number that names no stop of this day; who was taken out can be recorded for."""
        text, button = meant_words(told)
        self._elsewhere = told
        if told.meaning is Meaning.GONE:
            self._wanted = told.debtor_id
            self.search.clear()
            self._go_wanted()
            self.recorder.board.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.search.selectAll()
        self._message.say(text, "warn", button)

    @Slot()
    def _to_other_day(self) -> None:
        """The day whose sheet it is, with its stop in view."""
        told = self._elsewhere
        if told.day is not None:
            self._message.clear()
            self.search.clear()
            self._wanted = told.debtor_id
            self.session.set_day(told.day)

    def _to_list(self) -> None:
        self.stops.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if not self.stops.table.currentIndex().isValid():
            self.stops.table.go_to(0)

    def _to_plan(self) -> None:
        self.session.go("plan")

    @Slot(str)
    def _open_person(self, debtor_id: str) -> None:
        self.session.go("case", debtor_id)

    def retranslate(self) -> None:
        """All words of the page."""
        hint = _("Anybody: name, initials, phone; number on the sheet")
        self.search.say(_("Search a person to record for"), hint)
        self._message.name_cross(_("Close the message"))
        self.sheet_button.setText(_("Enter a sheet"))
        self.sheet_button.setToolTip(_("Type in a whole paper sheet, stop by stop (Ctrl+E)"))
        self._sheet_action.setText(_("Enter a whole paper sheet"))
        self._find_action.setText(_("Search a person to record for"))
        self._empty.say(_("Choose a stop on the left, or search a person."))


def _numbered(number: int, store: Store, day: date) -> tuple[int, DayRound]:
    return number, load_round(store, day)
