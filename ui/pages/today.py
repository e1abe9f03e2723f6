"""Today: what to do next, the round as a list and on the map, the next stop, what changed, who is
out, what is due. One key plans the day on from now."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.change import Change
from planner.errors import PlannerError
from ui import formats
from ui.errors import words
from ui.i18n import _
from ui.map.base import load_base
from ui.map.view import MapView
from ui.page import Page
from ui.plan.ways import Ways
from ui.safe.looked import write_reveal
from ui.session import Session
from ui.team.notes import PlanNote
from ui.today.book_card import BookCard
from ui.today.changes_card import ChangesCard
from ui.today.crews_card import CrewsCard
from ui.today.digest import Digest, load_digest, next_step
from ui.today.due_card import DueCard
from ui.today.jobs import ground
from ui.today.marks import round_marks
from ui.today.next_card import NextCard
from ui.today.round_card import RoundCard
from ui.today.steps import step_words
from ui.today.trip_desk import TripDesk
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.message_bar import MessageBar
from ui.widgets.scroll import scrolled
from ui.widgets.text import Text


class TodayPage(Page):
    """Every state of the day has exactly one next step."""

    key = "today"
    interests = Change.CASES | Change.CONTACTS | Change.PLAN | Change.CREWS | Change.SETTINGS
    follows_day = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._digest: Digest | None = None
        self._error: BaseException | None = None
        self._ground_read = False
        self._drawn = ""
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        self._message = MessageBar(closable=False)
        self._step = Card(heading=False)
        self._headline, self._why = Text("title", wrap=True), Text("muted", wrap=True)
        self._act, self.noon = Button("primary"), Button("secondary", "refresh")
        self.waiting = Button("secondary", "clock")
        self.waiting.hide()
        said = QVBoxLayout()
        said.setSpacing(4)
        said.addWidget(self._headline)
        said.addWidget(self._why)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addLayout(said, 1)
        row.addWidget(self.waiting)
        row.addWidget(self.noon)
        row.addWidget(self._act)
        self._step.body.addLayout(row)
        zone = self.session.store.zone
        self._round, self.next, self.crews = RoundCard(zone), NextCard(zone), CrewsCard(zone)
        self.due = DueCard()
        self.map = MapView()
        self.map.setMinimumHeight(130)
        self._ways, self.trips = Ways(self.session, self), TripDesk(self.session, self)
        self._middle = QWidget()
        middle = QVBoxLayout(self._middle)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(12)
        middle.addWidget(self.next)
        middle.addWidget(self.map, 1)
        self._no_round = Card()
        self._none = EmptyState("plan")
        self._no_round.body.addWidget(self._none)
        self._changes = ChangesCard(zone)
        self._book = BookCard()
        side = QWidget()
        cards = QVBoxLayout(side)
        cards.setContentsMargins(0, 0, 4, 0)
        cards.setSpacing(12)
        for card, share in ((self._changes, 1), (self.crews, 0), (self.due, 1)):
            cards.addWidget(card, share)
        self._side = scrolled(side)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(self._round, 12)
        below.addWidget(self._no_round, 20)
        below.addWidget(self._middle, 10)
        below.addWidget(self._side, 8)
        below.addWidget(self._book, 10)
        self._body = QWidget()
        inside = QVBoxLayout(self._body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(16)
        inside.addWidget(self._message)
        self.returned = PlanNote(self.session)
        inside.addWidget(self.returned)
        inside.addWidget(self._step)
        inside.addLayout(below, 1)
        self._start = EmptyState("imports", primary=True)
        self._trouble = EmptyState("warn", primary=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 20)
        box.addWidget(self._body)
        box.addWidget(self._start)
        box.addWidget(self._trouble)
        self._body.hide()
        self._start.hide()
        self._trouble.hide()

    def _connect(self) -> None:
        self._act.clicked.connect(self._do_step)
        self._message.pressed.connect(self._import)
        self._start.pressed.connect(self._import)
        self._trouble.pressed.connect(self.refresh)
        self._start.linked.connect(self._sample)
        self.noon.clicked.connect(self._plan_on)
        self.waiting.clicked.connect(self._open_plans)
        self.next.record_wanted.connect(self._record)
        self.next.revealed.connect(self._note_reveal)
        self._round.crew_picked.connect(self._show_crew)
        self._round.chosen.connect(self.map.select)
        self.map.picked.connect(self._picked)
        self._ways.found.connect(self._draw)
        self.map.ready.connect(self._fit)
        self.crews.trip_wanted.connect(self.tell_trip)
        self.crews.list_wanted.connect(self.save_expenses)
        self.due.person_wanted.connect(self._open_person)
        self._round.person_wanted.connect(self._open_person)
        self._changes.person_wanted.connect(self._open_person)
        self._book.list_wanted.connect(self._open_list)

        keys: tuple[tuple[Callable[[], None], str, str], ...] = (
            (self._plan_on, "O", "Ctrl+Shift+O"),
            (self.next.show_code, "Q", "Ctrl+Shift+Q"),
            (self.next.eye.click, "Ctrl+R", ""),
            (self._tell_own, "E", "Ctrl+Shift+E"),
        )
        for deed, key, twin in keys:
            action = QAction(self)
            action.setShortcuts([QKeySequence(one) for one in (key, twin) if one])
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(deed)
            self.addAction(action)

    def panes(self) -> list[QWidget]:
        """The round, the next stop, the map, the cards beside it, the button of the next step."""
        return [
            self._round.table, self._book.table, self.next.record, self.map, self._changes.table,
            self.crews.table, self.due.table, self._act,
        ]  # fmt: skip

    def keys(self) -> list[tuple[str, str]]:
        """Keys of this page."""
        return [
            ("Enter", _("Open the chosen person")),
            ("O, Ctrl+Shift+O", _("Plan on from now")),
            ("Q, Ctrl+Shift+Q", _("The way to the next stop, as a code for the phone")),
            ("E, Ctrl+Shift+E", _("Start, end and expenses of the crew in view")),
            ("Ctrl+R", _("Reveal or hide personal data")),
        ]

    def refresh(self) -> None:
        """Read the day anew."""
        session = self.session
        job = partial(load_digest, session.store, session.day, session.clock, session.today())
        session.ask(job, self._arrived, self._failed)

    @Slot(object)
    def _arrived(self, digest: Digest) -> None:
        if digest.day == self.session.day:
            first = self._digest is None
            self._digest, self._error = digest, None
            self.retranslate()
            if first:
                self.take_keyboard()

    def _on_changed(self, change: Change) -> None:
        """Other base maps or layers are read anew."""
        if change & (Change.LAYERS | Change.SETTINGS):
            self._ground_read = False
            self._ways.forget()
        super()._on_changed(change)

    def shut(self) -> None:
        """The map goes before the window."""
        self.map.shut()

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        """Half a page would look like a day without work: only the message stays."""
        self._error = error
        if not isinstance(error, PlannerError):
            self.session.troubled.emit(error)
        self.retranslate()

    def retranslate(self) -> None:
        """All words of the page, from the data at hand."""
        for part in (self._round, self.next, self.crews, self.due, self.map):
            part.retranslate()
        self.noon.setText(_("Plan on from now"))
        self.noon.setToolTip(_("Late, a car that stands, rain, somebody ill, urgent or paid  (O)"))
        self._changes.retranslate()
        self._book.retranslate()
        self._start.say(
            _("No cases yet. Start with the overdue list of a lender (xlsx, csv)."),
            _("Choose files"),
            _("Try with sample data"),
            more=_("Everything stays on this computer."),
        )
        if self._error is not None:
            self._trouble.say(words(self._error), _("Try again"))
            self._body.hide()
            self._start.hide()
        elif self._digest is not None:
            self._show(self._digest)
        self._trouble.setVisible(self._error is not None)

    def _show(self, digest: Digest) -> None:
        step = next_step(digest)
        self._body.setVisible(step != "import")
        self._start.setVisible(step == "import")
        title = _("Today's round") if digest.day == digest.today else _("Round of the day")
        self._round.set_title(title)
        self._no_round.set_title(title)
        self._round.show_rounds(digest.rounds)
        self._round.setVisible(bool(digest.rounds))
        self._no_round.setVisible(not digest.rounds)
        self._changes.show_digest(digest)
        self._side.setVisible(bool(digest.rounds))
        self._middle.setVisible(bool(digest.rounds))
        self.crews.show_digest(digest)
        if digest.due is not None:
            self.due.show_due(digest.due)
        plans = _("Plans waiting for approval ({n})")
        self.waiting.setText(plans.format(n=formats.number(digest.plans)))
        self.waiting.setVisible(digest.plans > 0)
        self.noon.setVisible(bool(digest.rounds) and digest.day >= digest.today)
        if digest.rounds:
            self._lay_ground()
            self._show_crew(self._round.crew)
            self._draw()
        self._book.show_digest(digest)
        self._book.setVisible(not digest.rounds)
        if step != "import":
            said = step_words(step, digest)
            self._headline.setText(said.headline)
            self._why.setText(said.why)
            self._act.setText(said.act)
            self._act.set_icon(said.icon)
            self._act.setVisible(bool(said.act))
            self._why.setVisible(bool(said.why))
        self._none.say(
            _("No plan for this day yet."),
            more=_("It says who goes where, in what order and at what time."),
        )
        if digest.old and digest.counts.imported_at is not None:
            age = formats.ago(digest.counts.imported_at, digest.now)
            text = _("The last import was {ago}. Payments and calls made since may be missing.")
            self._message.say(text.format(ago=age), "warn", _("Import files"))
        else:
            self._message.clear()

    def _lay_ground(self) -> None:
        """Base maps and layers under the rounds, once."""
        if not self._ground_read:
            self._ground_read = True
            store = self.session.store
            self.session.ask(partial(ground, store), self.map.set_ground)
            self.session.ask(partial(load_base, store), self.map.set_base)

    @Slot(int)
    def _show_crew(self, index: int) -> None:
        """The next stop of the crew in view, and its round on the map."""
        digest = self._digest
        if digest is None or index >= len(digest.rounds):
            return
        one = digest.ahead[index]
        self.next.show_stop(one, index, digest.rounds[index].members)
        self.map.select(one.debtor_id if one is not None else "")
        self.map.fit_crew(index)

    @Slot()
    def _draw(self) -> None:
        digest = self._digest
        if digest is None or digest.plan is None:
            return
        ways = self._ways.of(digest.plan)
        zone = self.session.store.zone
        self.map.set_marks(round_marks(digest.plan, digest.rounds, ways, zone))
        if self._drawn != digest.plan.plan_id:
            self._drawn = digest.plan.plan_id
            self.map.fit_crew(self._round.crew)

    @Slot()
    def _fit(self) -> None:
        self.map.fit_crew(self._round.crew)

    @Slot(str)
    def _picked(self, debtor_id: str) -> None:
        self._round.go_to(debtor_id)

    @Slot()
    def _plan_on(self) -> None:
        """The plan screen asks what came up and shows what would change."""
        if self.noon.isVisible():
            self.session.go("plan", "on")

    @Slot()
    def _tell_own(self) -> None:
        self.tell_trip(self._round.crew)

    @Slot(int)
    def tell_trip(self, index: int) -> None:
        """Ask for start, end and expenses of a crew."""
        if self._digest is not None:
            self.trips.tell(self._digest, index)

    @Slot()
    def save_expenses(self) -> None:
        """The expenses of the month as a spreadsheet."""
        self.trips.save_expenses(self.session.day)

    @Slot(str)
    def _note_reveal(self, debtor_id: str) -> None:
        self.session.do(
            partial(write_reveal, self.session.store, debtor_id, self.key, self.session.clock)
        )

    def _do_step(self) -> None:
        digest = self._digest
        if digest is None:
            return
        step = next_step(digest)
        if step in ("rest", "tomorrow") and digest.next_day is not None:
            self.session.set_day(digest.next_day)
        match step:
            case "past":
                self.session.set_day(digest.today)
            case "crews":
                self.session.go("imports", "choose")
            case "plan":
                self.session.go("plan", "create")
            case "print":
                self.session.go("plan", "print")
            case "check" | "tomorrow" | "empty":
                self.session.go("plan")
            case "record":
                self.session.go("results")

    def _import(self) -> None:
        self.session.go("imports", "choose")

    def _sample(self) -> None:
        self.session.go("imports", "sample")

    @Slot()
    def _open_plans(self) -> None:
        self.session.go("cases", "plans")

    @Slot(str)
    def _open_list(self, tab: str) -> None:
        self.session.go("cases", tab)

    @Slot(str)
    def _record(self, debtor_id: str) -> None:
        self.session.go("results", debtor_id)

    @Slot(str)
    def _open_person(self, debtor_id: str) -> None:
        self.session.go("case", debtor_id)
