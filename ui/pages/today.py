"""Today: one card says what to do next, one shows the round, one what changed since the plan."""

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.change import Change
from planner.errors import PlannerError
from ui import formats
from ui.errors import words
from ui.i18n import _
from ui.page import Page
from ui.session import Session
from ui.today.book_card import BookCard
from ui.today.changes_card import ChangesCard
from ui.today.digest import Digest, load_digest, next_step
from ui.today.round_card import RoundCard
from ui.today.steps import step_words
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.message_bar import MessageBar
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
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        self._message = MessageBar(closable=False)
        self._step = Card(heading=False)
        self._headline, self._why = Text("title", wrap=True), Text("muted", wrap=True)
        self._act = Button("primary")
        said = QVBoxLayout()
        said.setSpacing(4)
        said.addWidget(self._headline)
        said.addWidget(self._why)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addLayout(said, 1)
        row.addWidget(self._act)
        self._step.body.addLayout(row)
        self._round = RoundCard(self.session.store.zone)
        self._no_round = Card()
        self._none = EmptyState("plan")
        self._no_round.body.addWidget(self._none)
        self._changes = ChangesCard(self.session.store.zone)
        self._book = BookCard()
        below = QHBoxLayout()
        below.setSpacing(16)
        below.addWidget(self._round, 5)
        below.addWidget(self._no_round, 5)
        below.addWidget(self._changes, 3)
        below.addWidget(self._book, 3)
        self._body = QWidget()
        inside = QVBoxLayout(self._body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(16)
        inside.addWidget(self._message)
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
        self._round.record_wanted.connect(self._record)
        self._round.person_wanted.connect(self._open_person)
        self._changes.person_wanted.connect(self._open_person)
        self._book.list_wanted.connect(self._open_list)

    def panes(self) -> list[QWidget]:
        """The round, the book or the changes, the button of the next step."""
        return [self._round.table, self._book.table, self._changes.table, self._act]

    def keys(self) -> list[tuple[str, str]]:
        """Keys of this page."""
        return [("Enter", _("Open the chosen person"))]

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

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        """Half a page would look like a day without work: only the message stays."""
        self._error = error
        if not isinstance(error, PlannerError):
            self.session.troubled.emit(error)
        self.retranslate()

    def retranslate(self) -> None:
        """All words of the page, from the data at hand."""
        self._round.retranslate()
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
        self._changes.setVisible(bool(digest.rounds))
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
            case "check" | "tomorrow":
                self.session.go("plan")
            case "record":
                self.session.go("results")

    def _import(self) -> None:
        self.session.go("imports", "choose")

    def _sample(self) -> None:
        self.session.go("imports", "sample")

    @Slot(str)
    def _open_list(self, tab: str) -> None:
        self.session.go("cases", tab)

    @Slot(str)
    def _record(self, debtor_id: str) -> None:
        self.session.go("results", debtor_id)

    @Slot(str)
    def _open_person(self, debtor_id: str) -> None:
        self.session.go("case", debtor_id)
