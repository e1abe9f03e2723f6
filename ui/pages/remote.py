"""Remote areas: which far places to go to, what a trip brings and costs, and what the lead decides.

List, map and inspector share one selection: an area, or one of its persons.
"""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from planner.actions.change import Change
from planner.actions.remote_decisions import OPEN, Decision
from planner.errors import PlannerError
from planner.export.map_ground import Ground, read_ground
from planner.store.store import Store
from ui import formats
from ui.background import Task
from ui.i18n import N_, _, error_text
from ui.map.base import load_base
from ui.map.view import MapView, prepare_ground
from ui.map.words import MapWords
from ui.page import Page
from ui.plan.book import load_ground
from ui.remote import deeds, words
from ui.remote.area import Area, RemoteBook
from ui.remote.area_list import AreaList
from ui.remote.book import load_remote
from ui.remote.decide import DecideDialog
from ui.remote.export import save_list
from ui.remote.head import Head
from ui.remote.inspector import Inspector
from ui.remote.keys import COMMANDS, LETTERS, TWINS, key_list
from ui.remote.marks import remote_marks
from ui.remote.panes import Panes
from ui.remote.settings import SettingsDialog
from ui.remote.ways import load_ways
from ui.remote.week import WeekSearch
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.empty_state import EmptyState
from ui.widgets.message_bar import MessageBar
from ui.widgets.progress import Progress
from ui.widgets.text import Text

_PATIENCE = 400  # ms until the pricing of areas shows its progress
_MAP = MapWords(
    N_("Map of remote areas"),
    N_("Show all areas"),
    N_("Arrows move, + and - zoom, F shows all areas, N and P go from area to area."),
)


class RemotePage(Page):
    """The lead's page: advice beside decision, for each area."""

    key = "remote"
    interests = Change.CASES | Change.CONTACTS | Change.CREWS | Change.SETTINGS | Change.LAYERS
    follows_day = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.book: RemoteBook | None = None
        self.selected = ""
        self._task: Task | None = None
        self._fit_next = True
        self._ground_stale = True
        self._barrier = ""  # why the areas of the day cannot be shown
        self._stopped = False
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE)
        self._patience.timeout.connect(self._show_progress)
        self.head, self.list, self.map = Head(), AreaList(), MapView(_MAP)
        self.inspector, self.week = Inspector(), WeekSearch(session, self)
        self.short, self.message = MessageBar(closable=False), MessageBar()
        self._build()
        self._connect()
        self._keys_and_commands()
        self.retranslate()

    def _build(self) -> None:
        self._legend = Text("small", wrap=True)
        self._legend.setContentsMargins(10, 0, 10, 0)
        self.panes_of = Panes(self.list, self.map, self._legend, self.inspector, self)
        self.empty = EmptyState("map")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.panes_of.widget)
        self._stack.addWidget(self.empty)
        self.progress = Progress()
        self._total = Text("body", wrap=True)
        self.primary = Button("primary", "plan")
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(self._total, 1)
        foot.addWidget(self.primary)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(8)
        for part in (self.head, self.short, self.message, self.progress):
            box.addWidget(part)
        box.addWidget(self._stack, 1)
        box.addLayout(foot)

    def _connect(self) -> None:
        self.head.picked.connect(self._state_picked)
        self.head.settings.clicked.connect(self.change_settings)
        self.head.export.clicked.connect(self.save)
        self.list.chosen.connect(self.select)
        self.list.opened.connect(self._into)
        self.list.key_pressed.connect(self._key)
        self.map.picked.connect(self.select)
        self.inspector.wanted.connect(self.decide)
        self.inspector.picked.connect(self.map.select)
        self.inspector.opened.connect(self._open_person)
        self.inspector.people.key_pressed.connect(self._key)
        self.primary.clicked.connect(self.make_week)
        self.progress.cancelled.connect(self._stop)
        self.message.pressed.connect(self.week.way_out)
        self.short.pressed.connect(self._show_waiting)
        self.empty.pressed.connect(self._act_empty)
        self.week.started.connect(self._week_started)
        self.week.advanced.connect(self.progress.advance)
        self.week.told.connect(self.message.say)
        self.week.stopped.connect(self._week_over)

    def _keys_and_commands(self) -> None:
        """Twins of the letter keys: with an input method on, letters never arrive."""
        self._decides = {
            kind: self._command(partial(self.decide, kind), key) for kind, key in TWINS.items()
        }
        self._save_action = self._command(self.save, "Ctrl+E")
        self._week_action = self._command(self.make_week, "Ctrl+Return")
        self._settings_action = self._command(self.change_settings, "Ctrl+,")
        self._fit_action = self._command(self.map.fit, "Ctrl+0")

    def _command(self, slot: object, key: str) -> QAction:
        action = QAction(self)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(slot)
        self.addAction(action)
        return action

    def retranslate(self) -> None:
        """Names of the page's own parts; the others say theirs."""
        self.primary.setText(_("Plan the week with these decisions"))
        self.primary.setToolTip(
            _("Plans of the 7 days are made anew, locked stops stay.  (Ctrl+Enter)")
        )
        self._legend.setText(
            _("Filled: a trip is made. Broken outline: not now. The colour is that of the crew.")
        )
        self.message.name_cross(_("Close the message"))
        for kind, action in self._decides.items():
            action.setText(_(COMMANDS[kind]))
        self._save_action.setText(_("Export the list of remote areas"))
        self._week_action.setText(_("Plan the week with these decisions"))
        self._settings_action.setText(_("Settings of remote areas"))
        self._fit_action.setText(_("Show all areas"))
        if self.book is not None:
            self._show(self.book)
        else:
            self._say_state()

    def changeEvent(self, event: QEvent) -> None:
        """The map says its words anew when the page does."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.map.retranslate()

    def shut(self) -> None:
        """The map's web page goes before its profile."""
        self.map.shut()

    def panes(self) -> list[QWidget]:
        """F6 goes: list, map, area, chips."""
        return [self.list.table, self.map, self.inspector, self.head.chips[self.head.state]]

    def commands(self) -> list[QAction]:
        """What Ctrl+K offers here."""
        return [*self._decides.values(), self._week_action, self._save_action,
                self._settings_action, self._fit_action]  # fmt: skip

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this screen."""
        return key_list()

    def show_item(self, what: object) -> None:
        """An area's key, or a debtor id: choose that area."""
        if isinstance(what, str):
            self.selected = what
            if self.book is not None:
                self._spread()

    def refresh(self) -> None:
        """Price the areas of the day anew; the list of before stays until then."""
        if self._task is not None:
            self._task.cancel()
        session = self.session
        job = partial(load_remote, session.store, session.day)
        self._stopped = False
        self._task = session.ask(job, self._arrived, self._failed, progress=self._advanced)
        self._task.finished.connect(self._over)
        self._patience.start()
        if self._ground_stale:
            self._ground_stale = False
            session.ask(partial(_ground, session.store), self.map.set_ground)
            session.ask(partial(load_base, session.store), self.map.set_base)

    @Slot(object)
    def _on_changed(self, change: Change) -> None:
        if change & Change.LAYERS:
            self._ground_stale = True
        super()._on_changed(change)

    @Slot(object)
    def _on_day(self, day: object) -> None:
        self._fit_next = True
        super()._on_day(day)

    @Slot()
    def _show_progress(self) -> None:
        if self._task is not None and not self.week.running:
            self.progress.start(_("Pricing the trips to remote areas"))

    @Slot(object)
    def _advanced(self, share: float) -> None:
        if not self.week.running:
            text = _("Pricing the trips to remote areas, {share} done")
            self.progress.advance(share, text.format(share=formats.percent(share)))

    @Slot()
    def _stop(self) -> None:
        """Cancel: a search keeps the best it has, pricing leaves the list of before."""
        if self.week.running:
            self.week.cancel()
        elif self._task is not None:
            self._stopped = True
            self._task.cancel()

    @Slot()
    def _over(self) -> None:
        if self.sender() is self._task:  # else another one has begun
            self._task = None
            self._patience.stop()
            if not self.week.running:
                self.progress.stop()

    @Slot(object)
    def _arrived(self, book: RemoteBook | None) -> None:
        if book is None and self._stopped:
            self._barrier = _("Stopped: the trips of this day are not priced.")
            self._say_state()
        elif book is not None and book.day == self.session.day:
            self._barrier = ""
            self._show(book)
            self.take_keyboard()

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, PlannerError):
            self.session.troubled.emit(error)
            return
        self._barrier, self.book = error_text(error), None
        self._say_state()

    def _show(self, book: RemoteBook) -> None:
        self.book = book
        if book.rows and self.area is None:
            self.selected = book.rows[0].key
        self.list.show_rows(book, self.head.state)
        self.map.set_marks(remote_marks(book), fit=self._fit_next)
        self._fit_next = False
        self._say_state()
        self._spread()

    def _say_state(self) -> None:
        """What is there, or in one sentence why nothing is."""
        book = self.book
        bare = book is None or not book.rows
        self.head.show_book(book)
        self._stack.setCurrentIndex(1 if bare else 0)
        self.primary.setVisible(not bare)
        self._total.setVisible(not bare)
        self._total.setText(words.total_sentence(book) if book is not None else "")
        if book is not None and book.short is not None:
            text = words.shortfall_sentence(book.short, book.rules)
            self.short.say(text, "warn", _("Show who waits"))
        else:
            self.short.clear()
        if not bare:
            if self._barrier:
                self.message.say(self._barrier)
        elif self._barrier:
            self.empty.say(self._barrier, _("Price the trips") if self._stopped else "")
        elif book is None:
            self.empty.say("")
        elif not book.areas.people:
            more = _("Areas are made of people whom the rules allow to be visited.")
            self.empty.say(_("Nobody may be visited on this day."), _("Show the cases"), more=more)
        else:
            text = _("No remote areas on this day: every visit is worth its way.")
            self.empty.say(text, _("Settings of remote areas"))

    def _act_empty(self) -> None:
        if self._stopped:
            self.refresh()
        elif self.book is not None and self.book.areas.people:
            self.change_settings()
        else:
            self.session.go("cases")

    @property
    def area(self) -> Area | None:
        """The chosen area."""
        book = self.book
        return (book.row(self.selected) or book.area_of(self.selected)) if book else None

    @Slot(str)
    def select(self, key: str) -> None:
        """Choose an area by its key or by one of its persons; "" changes nothing."""
        if key and key != self.selected:
            self.selected = key
            self._spread()

    def _spread(self) -> None:
        book, area = self.book, self.area
        if book is not None and area is not None and not self.list.select(area.key):
            self.head.show_state("")
            self.list.show_rows(book, "")
            self.list.select(area.key)
        self.map.select(self.selected)
        self.inspector.show_area(book, area)
        if book is not None and area is not None and area.index >= 0:
            store = self.session.store
            job = partial(load_ways, store, book.areas, area.index, area.key)
            self.session.ask(job, self.inspector.show_ways)
        self.inspector.show_person(self.selected)

    @Slot(str)
    def _state_picked(self, state: str) -> None:
        """Other areas in the list; the first of them is chosen when the chosen one is none."""
        if self.book is None:
            return
        self.list.show_rows(self.book, state)
        rows = self.list.model.rows
        if rows and self.area not in rows:
            self.select(rows[0].key)
        self.head.show_book(self.book)
        self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _show_waiting(self) -> None:
        """The area where somebody has waited longest."""
        if self.book is not None:
            self.select(max(self.book.rows, key=lambda row: row.longest_wait).key)
            self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters that the pane with the keyboard has no use for."""
        event.setAccepted(False)
        self._key(event)

    @Slot(QKeyEvent)
    def _key(self, event: QKeyEvent) -> None:
        plain = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if event.modifiers() not in plain:
            return
        if event.key() in LETTERS:
            self.decide(LETTERS[Qt.Key(event.key())])
            event.accept()
        elif event.key() == Qt.Key.Key_F:
            self.map.fit()
            event.accept()

    @Slot(str)
    def _into(self, _key: str) -> None:
        """Enter in the list: on to the persons."""
        self.inspector.people.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _open_person(self, debtor_id: str) -> None:
        self.session.go("case", debtor_id)

    @Slot(str)
    def decide(self, kind: str) -> None:
        """Ask for the details of a decision, or leave the area to the advice."""
        area, book, session = self.area, self.book, self.session
        if area is None or book is None or not self.inspector.can(kind):
            return
        if kind == OPEN and area.decided is not None:
            text = _("Leave {area} to the advice").format(area=words.name_word(area))
            job = partial(deeds.leave, session.store, session.clock, area.decided.people)
            session.deed(text, job, failed=self._refused)
            return
        dialog = DecideDialog(kind, book, area, session.today(), self)
        dialog.wanted.connect(partial(self._decided, book, area))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _decided(self, book: RemoteBook, area: Area, decision: Decision) -> None:
        self.message.clear()
        session = self.session
        text = _("Decision on {area}").format(area=words.name_word(area))
        job = partial(deeds.take, session.store, session.clock, book.areas, area.index, decision)
        session.deed(text, job, failed=self._refused)

    @Slot(object)
    def _refused(self, error: BaseException) -> None:
        if isinstance(error, PlannerError):
            self.message.say(_("Not changed: {why}").format(why=error_text(error)), "warn")
        else:
            self.session.troubled.emit(error)

    @Slot()
    def change_settings(self) -> None:
        """Ask for the settings of remote areas."""
        if self.book is not None and self.session.may_lead():
            dialog = SettingsDialog(self.book.rules, self)
            dialog.wanted.connect(self._set_rules)
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    @Slot(object)
    def _set_rules(self, changes: dict[str, object]) -> None:
        job = partial(deeds.set_rules, self.session.store, changes)
        self.session.do(job, self._rules_set, self._refused)

    @Slot(object)
    def _rules_set(self, ways: tuple[dict[str, object], dict[str, object]]) -> None:
        text, store = _("Settings of remote areas"), self.session.store
        undo, redo = (partial(deeds.put_rules, store, way) for way in ways)
        self.session.flip(text, undo, redo)
        self.session.toast(text, undo=True)

    @Slot()
    def save(self) -> None:
        """Ask where, then write the list as a spreadsheet."""
        if self.book is None or not self.book.rows:
            return
        name = f"{_('remote-areas')}-{self.book.day}.xlsx"
        out, _chosen = QFileDialog.getSaveFileName(
            self, _("Where to save"), str(Path.home() / name), "Excel (*.xlsx)"
        )
        if out:
            self.session.ask(partial(save_list, self.book, Path(out)), self._saved, self._refused)

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self.session.toast(_("Saved: {file}").format(file=path.name))

    @Slot()
    def make_week(self) -> None:
        """Search plans for the week from the day in view."""
        if self.book is not None:
            self.message.clear()
            self.week.start(self.book)

    @Slot()
    def _week_started(self) -> None:
        self.primary.setEnabled(False)
        self.progress.start(_("Looking for the best week"), _("Stop, keep the best"))

    @Slot()
    def _week_over(self) -> None:
        self.primary.setEnabled(True)
        self.progress.stop()


def _ground(store: Store) -> tuple[Ground, bytes]:
    return prepare_ground(read_ground(load_ground(store)))
