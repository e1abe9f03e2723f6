"""Exchange between the laptops of a team: found or join one, exchange, see what came in, decide
what collides."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from planner.actions.change import Change
from planner.actions.exchange import read_text
from planner.actions.exchange_view import Board
from planner.errors import PlannerError
from planner.store.team import LEAD
from planner.sync.pairing import CARD, INVITATION
from ui.background import Task
from ui.errors import words
from ui.exchange import jobs
from ui.exchange.begin import BeginView
from ui.exchange.came import CameCard, HistoryView
from ui.exchange.clashes import ClashesView
from ui.exchange.hub_dialog import HubDialog, PasswordDialog
from ui.exchange.jobs import Done, Shown
from ui.exchange.laptops import LaptopsView
from ui.exchange.ways import Ways
from ui.exchange.words import skew_words, whose_words
from ui.i18n import _, ngettext
from ui.imports.drop_zone import dropped_paths
from ui.page import Page
from ui.session import Session
from ui.widgets.message_bar import MessageBar
from ui.widgets.progress import Progress
from ui.widgets.scroll import scrolled
from ui.widgets.text import Text

TABS = ("ways", "laptops", "conflicts", "history")


class ExchangePage(Page):
    """Before a team: two cards. In one: ways and what came in, laptops, conflicts, history."""

    key = "exchange"
    interests = Change.ALL

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._shown: Shown | None = None
        self._task: Task | None = None
        self._busy = False
        self._title, self._whose = Text("title"), Text("muted")
        self.message, self.progress = MessageBar(), Progress()
        self.begin = BeginView(session)
        self.ways, self.came = Ways(), CameCard(session)
        self.laptops = LaptopsView(session)
        self.clashes, self.history = ClashesView(session), HistoryView(session)
        self.tabs, self._stack, self._inside = QTabBar(), QStackedWidget(), QStackedWidget()
        self.now = QAction(self)
        self.now.triggered.connect(self.exchange_now)
        QShortcut(QKeySequence("Ctrl+E"), self).activated.connect(self.exchange_now)
        self.setAcceptDrops(True)
        self._lay()
        self._connect()
        self.retranslate()

    def _lay(self) -> None:
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(scrolled(self.ways), 10)
        row.addWidget(self.came, 10)
        self._ways_pane = both
        for panel in (both, self.laptops, self.clashes, self.history):
            self.tabs.addTab("")
            self._inside.addWidget(panel)
        team = QWidget()
        column = QVBoxLayout(team)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.tabs)
        column.addWidget(self._inside, 1)
        self._stack.addWidget(QWidget())  # until it is known what this workspace is
        self._stack.addWidget(self.begin)
        self._stack.addWidget(team)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title)
        head.addWidget(self._whose)
        head.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 18, 24, 16)
        box.setSpacing(12)
        box.addLayout(head)
        box.addWidget(self.message)
        box.addWidget(self.progress)
        box.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._inside.setCurrentIndex)
        self.begin.begun.connect(self._begun)
        self.progress.cancelled.connect(self._stop)
        self.ways.folder.wanted.connect(self.by_folder)
        self.ways.hub.wanted.connect(self.by_hub)
        self.ways.hub.setup_wanted.connect(self._set_up_hub)
        self.ways.file.write_wanted.connect(self.write)
        self.ways.file.read_wanted.connect(self.read)
        self.came.person_wanted.connect(self._open_person)
        self.clashes.person_wanted.connect(self._open_person)
        self.clashes.settled.connect(self.settle)
        self.clashes.settled_all.connect(self.tabs.setFocus)
        self.laptops.said.connect(self._say)

    def retranslate(self) -> None:
        """All words."""
        self._title.setText(_("Exchange"))
        self.tabs.setAccessibleName(_("Exchange"))
        self.now.setText(_("Exchange now"))
        self.message.name_cross(_("Close the message"))
        self.came.retranslate()
        self._show_head()

    def panes(self) -> list[QWidget]:
        """What is in view, then the tabs."""
        if self._stack.currentIndex() < 2:
            return self.begin.panes() if self._stack.currentIndex() else []
        inside: list[list[QWidget]] = [
            [self.ways.first(), self.ways.file.read], self.laptops.panes(),
            [card.other for card in self.clashes.cards[:1]], [self.history.table],
        ]  # fmt: skip
        return [*inside[self.tabs.currentIndex()], self.tabs]

    def commands(self) -> list[QAction]:
        """Exchange now."""
        return [self.now]

    def keys(self) -> list[tuple[str, str]]:
        """Keys of this page."""
        return [("Ctrl+E", _("Exchange now, by the way of the last time"))]

    def show_item(self, what: object) -> None:
        """One of TABS."""
        if what in TABS:
            self.tabs.setCurrentIndex(TABS.index(str(what)))

    def shut(self) -> None:
        """Stop what runs."""
        self._stop()

    def refresh(self) -> None:
        """Read how it stands."""
        self.session.ask(partial(jobs.load, self.session.store), self._arrived)

    @Slot(object)
    def _arrived(self, shown: Shown) -> None:
        first, self._shown = self._shown is None, shown
        board = shown.board
        self._stack.setCurrentIndex(2 if board.in_team else 1)
        self.begin.show_board(board)
        self.ways.folder.show_folder(board.folder)
        self.ways.hub.show_hub(shown.hub, missing=shown.no_driver)
        self.ways.file.show_peers(board)
        for part in (self.came, self.laptops, self.clashes, self.history):
            part.show_board(board)
        self.tabs.setTabVisible(TABS.index("laptops"), board.role == LEAD)
        self._show_head()
        self._free(not self._busy)
        if first:
            self.take_keyboard()

    def _show_head(self) -> None:
        board = self._shown.board if self._shown else None
        self._whose.setVisible(board is not None and board.in_team)
        names = [_("Exchange"), _("Laptops"), _("Conflicts"), _("History")]
        if board is not None and board.in_team:
            self._whose.setText(whose_words(board))
            if board.collisions:
                names[2] = _("Conflicts ({n})").format(n=len(board.collisions))
        for number, name in enumerate(names):
            self.tabs.setTabText(number, name)

    @property
    def board(self) -> Board | None:
        """What is shown, None before it has come."""
        return self._shown.board if self._shown else None

    # The verbs

    @Slot()
    def exchange_now(self) -> None:
        """By the way of the last time, else by the one that is set up."""
        shown = self._shown
        if shown is None or not shown.board.in_team or self._busy:
            return
        last = next((a.way for a in shown.board.history if a.way in ("hub", "folder")), "")
        if shown.hub is not None and (last == "hub" or not shown.board.folder):
            self.by_hub()
        elif shown.board.folder:
            self.by_folder(None)
        else:
            self.tabs.setCurrentIndex(0)
            self._say(_("Choose a shared folder, set up a hub, or write a file first."))

    @Slot(object)
    def by_folder(self, folder: Path | None) -> None:
        """Exchange by a shared folder; None: that of the last time."""
        store, clock = self.session.store, self.session.clock
        self._run(partial(jobs.by_folder, store, folder, clock), _("Exchanging by the folder …"))

    @Slot()
    def by_hub(self, password: str = "") -> None:
        """Exchange through the hub; the password is asked for where none is kept."""
        store, clock = self.session.store, self.session.clock
        self._run(
            partial(jobs.by_hub, store, clock, password or ""), _("Exchanging through the hub …")
        )

    @Slot(list, object)
    def write(self, peers: list[str], folder: Path) -> None:
        """Write a bundle for each of these laptops into a folder."""
        store, clock = self.session.store, self.session.clock
        self._run(partial(jobs.write, store, peers, folder, clock), _("Writing …"))

    @Slot(list)
    def read(self, paths: list[Path]) -> None:
        """Read bundles."""
        store, clock = self.session.store, self.session.clock
        self._run(partial(jobs.read, store, paths, clock), _("Reading …"))

    def _run(self, job: Callable[..., Any], text: str) -> None:
        if self._busy:
            return
        self._busy = True
        self.message.clear()
        self.progress.start(text, _("Stop"))
        self._free(False)
        self._task = self.session.do(job, self._done, self._failed, progress=self._moved)

    def _free(self, free: bool) -> None:
        for card in self.ways.cards():
            card.setEnabled(free)
        self.now.setEnabled(free)

    @Slot(object)
    def _moved(self, share: tuple[int, int]) -> None:
        done, total = share
        self.progress.advance(done / max(1, total))

    @Slot()
    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _end(self) -> None:
        self._busy, self._task = False, None
        self.progress.stop()
        self._free(True)
        self.ways.first().setFocus()

    @Slot(object)
    def _done(self, done: Done) -> None:
        self._end()
        refused = [f"{name}: {words(error)}" for name, error in done.refused]
        if refused:
            self.message.say("\n".join(refused), "stop")
        elif done.told.skew:
            self.message.say(skew_words(done.told.skew), "warn")
        elif done.files:
            names = ", ".join(path.name for path in done.files)
            text = ngettext("Written: {names}", "Written: {names}", len(done.files))
            self.message.say(text.format(names=names), "accent")
        else:
            self.session.toast(_("Exchanged"))

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._end()
        code = error.code if isinstance(error, PlannerError) else ""
        hub = self._shown.hub if self._shown else None
        if code == "store.cancelled":
            self._say(_("Stopped. What has arrived is kept; the next exchange goes on from there."))
        elif code == "hub.login" and hub is not None and not hub.password:
            dialog = PasswordDialog(hub.login, hub.host, self.window())
            dialog.told.connect(self.by_hub)
            dialog.open()
        elif isinstance(error, PlannerError | OSError):
            self.message.say(words(error), "warn")
        else:
            self.session.troubled.emit(error)
        self.renew()

    @Slot(str, bool)
    def settle(self, conflict_id: str, take_other: bool) -> None:
        """Settle a conflict; the other value is a further entry that can be undone."""
        job = partial(jobs.settle, self.session.store, conflict_id, take_other, self.session.clock)
        self.session.deed(_("Take the other value"), job, toast=take_other)

    @Slot()
    def _set_up_hub(self) -> None:
        dialog = HubDialog(self.session, self._shown.hub if self._shown else None, self.window())
        dialog.open()

    @Slot(str)
    def _open_person(self, debtor_id: str) -> None:
        self.session.go("case", debtor_id)

    @Slot(str)
    def _begun(self, text: str) -> None:
        self._say(text)
        self.tabs.setCurrentIndex(TABS.index("laptops" if self._leads_now() else "ways"))

    def _leads_now(self) -> bool:
        return bool(self.begin.lead.name.text().strip())

    @Slot(str)
    def _say(self, text: str) -> None:
        self.message.say(text, "accent")

    # Files that are dropped

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Bundles, cards and invitations may be dropped anywhere on the page."""
        if dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take them by what they are."""
        paths = dropped_paths(event)
        if paths:
            event.acceptProposedAction()
            self.take_files(paths)

    def take_files(self, paths: list[Path]) -> None:
        """A card opens the admission, an invitation the joining; the rest are bundles."""
        text = _text_of(paths[0]) if len(paths) == 1 else ""
        if text.startswith(CARD) and self.board is not None and self.board.role == LEAD:
            self.laptops.ask_card(text)
        elif text.startswith(INVITATION) and self.board is not None and not self.board.in_team:
            self.begin.invite.text.setPlainText(text)
        elif self.board is not None and self.board.in_team:
            self.read(paths)


def _text_of(path: Path) -> str:
    """A short text in a file, "" for anything else."""
    try:
        return read_text(path).strip()
    except PlannerError:
        return ""
