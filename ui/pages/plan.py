"""The plan screen: ranked list, map, timetable and reasons of one day, with one selection."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from planner.actions.change import Change
from planner.domain.plan import Plan
from planner.export.map_ground import Ground, read_ground
from planner.store.people import Entry
from planner.store.store import Store
from ui import formats
from ui.dialogs.reason import ReasonDialog
from ui.holds import ask_hold
from ui.i18n import _, ngettext
from ui.map.view import MapView, prepare_ground
from ui.page import Page
from ui.plan.blocked import blocked
from ui.plan.book import Book, book_marks, load_book, load_contacts, load_day_plan, load_ground
from ui.plan.case_list import CaseList
from ui.plan.day_bar import DayBar
from ui.plan.deeds import PlanDeeds
from ui.plan.foot import Foot
from ui.plan.keys import key_list
from ui.plan.lanes import lanes_of
from ui.plan.panes import Panes
from ui.plan.why import Why
from ui.session import Session
from ui.widgets.message_bar import MessageBar

_FILES = {"sheets": ("pdf", "PDF"), "map": ("html", "HTML"), "json": ("json", "JSON")}


class PlanPage(Page):
    """List, map, day bar and inspector; whatever one of them chooses, all show."""

    key = "plan"
    interests = Change.ALL
    follows_day = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.book: Book | None = None
        self.selected = ""
        self._fit_next = True
        self._ground_stale = True
        self._wish = ""  # what another page asked for before the day was loaded
        self._outdated = False  # whether the message speaks of outdated stops
        self._why_stale = ""  # or of old data
        self.deeds = PlanDeeds(session, self)
        self.list = CaseList()
        self.map = MapView()
        self.bar = DayBar()
        self.why = Why()
        self.foot = Foot()
        self.message = MessageBar()
        self._build()
        self._connect()
        self._keys_and_commands()
        self.retranslate()
        self.restyle()

    def _build(self) -> None:
        self.panes_of = Panes(self.list, self.map, self.bar, self.why, self)
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(8)
        box.addWidget(self.message)
        box.addWidget(self.panes_of.widget, 1)
        box.addWidget(self.foot)

    def _connect(self) -> None:
        for chosen in (self.list.chosen, self.map.picked, self.bar.chosen):
            chosen.connect(self.select)
        for opened in (self.list.opened, self.bar.opened, self.why.opened):
            opened.connect(self._open_person)
        self.list.key_pressed.connect(self._list_key)
        self.bar.moved.connect(self.deeds.move)
        self.bar.lock_wanted.connect(self._toggle_lock)
        self.bar.drop_wanted.connect(self.deeds.drop)
        self.bar.crew_wanted.connect(self.map.fit_crew)
        self.bar.hinted.connect(self.session.status)
        self.why.add_wanted.connect(self.deeds.add)
        self.why.drop_wanted.connect(self.deeds.drop)
        self.why.lock_wanted.connect(self._toggle_lock)
        self.foot.create_wanted.connect(self.create_plan)
        self.foot.cancelled.connect(self.deeds.cancel)
        self.foot.export_wanted.connect(self.export)
        self.foot.import_wanted.connect(self._import)
        self.message.pressed.connect(self._way_out)
        self.deeds.stale.connect(self._stale_data)
        self.why.hold_wanted.connect(self._hold)
        self.deeds.started.connect(self.foot.start)
        self.deeds.advanced.connect(self.foot.advance)
        self.deeds.stopped.connect(self.foot.stop)
        self.deeds.made.connect(self._plan_made)
        self.deeds.edited.connect(self._plan_edited)
        self.deeds.refused.connect(self._refused)
        self.deeds.exported.connect(self._exported)

    def _keys_and_commands(self) -> None:
        """Twins of the letter keys: with an input method on, letters never arrive."""
        self._create = self._command(self.create_plan, "Ctrl+Return")
        self._print = self._command(partial(self.export, "sheets"), "Ctrl+P")
        self._add = self._command(self._add_selected, "Ctrl+Shift+A")
        self._lock = self._command(self._lock_selected, "Ctrl+L")
        self._drop = self._command(self._drop_selected, "Ctrl+Backspace")
        self._whole = self._command(self.map.fit, "Ctrl+0")
        self._pause = self._command(self._hold_selected, "Ctrl+H")

    def _command(self, slot: object, key: str) -> QAction:
        action = QAction(self)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(slot)
        self.addAction(action)
        return action

    def retranslate(self) -> None:
        """Names of panes and commands; the parts say their own."""
        self.message.name_cross(_("Close the message"))
        self._create.setText(_("Create or renew the plan"))
        self._print.setText(_("Save day sheets"))
        self._add.setText(_("Add to plan"))
        self._lock.setText(_("Lock or unlock the stop"))
        self._drop.setText(_("Remove the stop"))
        self._whole.setText(_("Show the whole plan"))
        self._pause.setText(_("Pause contact"))
        if self.book is not None:
            self._show(self.book)

    def changeEvent(self, event: QEvent) -> None:
        """The map says its words anew when the page does."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.map.retranslate()

    def shut(self) -> None:
        """The map's web page goes before its profile."""
        self.map.shut()

    def panes(self) -> list[QWidget]:
        """F6 goes: list, map, timetable, reasons."""
        return [self.list.table, self.map, self.bar, self.why]

    def commands(self) -> list[QAction]:
        """What Ctrl+K offers here."""
        return [
            self._create, self._print, self._add, self._lock, self._drop, self._pause, self._whole
        ]  # fmt: skip

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this screen."""
        return key_list()

    def refresh(self) -> None:
        """Rank the day anew and read its plan."""
        self.session.ask(partial(load_book, self.session.store, self.session.day), self._loaded)
        if self._ground_stale:
            self._ground_stale = False
            self.session.ask(partial(_ground, self.session.store), self.map.set_ground)

    def show_item(self, what: object) -> None:
        """A debtor id: choose that person. "create", "print": make the plan, save its sheets."""
        if what in ("create", "print"):
            self._wish = str(what)
            if self.book is not None and self.book.day == self.session.day:
                self._grant(self.book)
        elif isinstance(what, str):
            self.selected = what
            if self.book is not None:
                self.select(what)

    @Slot(object)
    def _on_changed(self, change: Change) -> None:
        """A changed plan alone needs no new ranking."""
        if change & Change.LAYERS:
            self._ground_stale = True
        if change == Change.PLAN and self.book is not None and self.isVisible():
            day = self.session.day
            self.session.ask(partial(load_day_plan, self.session.store, day), self._plan_stored)
            return
        super()._on_changed(change)

    @Slot(object)
    def _on_day(self, day: object) -> None:
        self._fit_next = True
        super()._on_day(day)

    @Slot(object)
    def _loaded(self, book: Book) -> None:
        if book.day != self.session.day:
            return
        self._show(book)
        self._grant(book)

    def _grant(self, book: Book) -> None:
        wish, self._wish = self._wish, ""
        if wish == "create" and book.plan is None:
            self.create_plan()
        elif wish == "print":
            # After the page is shown: the dialog belongs in front of it.
            QTimer.singleShot(0, self, partial(self.export, "sheets"))

    @Slot(object)
    def _plan_stored(self, plan: Plan | None) -> None:
        """After every write of a plan; what this page wrote itself is shown already."""
        if self.book is None or self.book.plan != plan:
            self._plan_read(plan)

    @Slot(object)
    def _plan_read(self, plan: Plan | None) -> None:
        book = self.book
        if book is not None and (plan is None or plan.day == book.day):
            self._show(book.with_plan(plan))

    @Slot(object)
    def _plan_made(self, plan: Plan) -> None:
        self._fit_next = True
        self.message.clear()
        self._plan_read(plan)

    @Slot(object)
    def _plan_edited(self, plan: Plan) -> None:
        self.message.clear()
        self._plan_read(plan)

    def _show(self, book: Book) -> None:
        self.book = book
        self.deeds.follow(book)
        self.list.show_book(book)
        self.map.set_marks(book_marks(book), fit=self._fit_next)
        self._fit_next = False
        self.bar.show_lanes(lanes_of(book, self._name))
        self.panes_of.bar_card.setVisible(book.plan is not None)
        self._say_outdated(book)
        today = self.session.today()
        self.foot.show_plan(book.plan, book.day, today, blocked(book, today))
        if self.selected and book.row(self.selected) is None:
            self.selected = ""
        self._spread()

    def _say_outdated(self, book: Book) -> None:
        """Somebody in the plan has paid, promised or been put on hold since it was made."""
        gone = book.outdated()
        if not gone:
            if self._outdated:
                self.message.clear()
            self._outdated = False
            return
        self._outdated = True
        names = [self._name(who) for who in gone[:3]] + (["…"] if len(gone) > 3 else [])
        text = ngettext(
            "{n} stop may not be visited any more: {names}.",
            "{n} stops may not be visited any more: {names}.",
            len(gone),
        ).format(n=len(gone), names=_(", ").join(names))
        self.message.say(text, "warn", _("Remove from the plan"))

    def _name(self, debtor_id: str) -> str:
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
            job = partial(_contacts, self.session.store, row.debtor_id)
            self.session.ask(job, self._contacts_read)

    @Slot(object)
    def _contacts_read(self, answer: tuple[str, list[Entry]]) -> None:
        if answer[0] == self.why.debtor_id:
            self.why.show_past(answer[1])

    @Slot()
    def create_plan(self) -> None:
        """Search a plan for the day."""
        self.message.clear()
        if self.book is None:
            return
        barrier = blocked(self.book, self.session.today())
        if barrier is not None:
            self.message.say(barrier.why, "warn")
        else:
            self.deeds.create()

    @Slot(str)
    def _stale_data(self, sentence: str) -> None:
        """A plan on old data: only for a reason, which is kept with it."""
        self._outdated = False
        self._why_stale = sentence
        self.message.say(sentence, "warn", _("Plan all the same"))

    @Slot()
    def _way_out(self) -> None:
        """The button of the message."""
        if self._outdated:
            self.deeds.purge()
            return
        title = _("Plan on old data")
        dialog = ReasonDialog(title, self._why_stale, _("Create or renew the plan"), self)
        dialog.told.connect(self._plan_on_old_data)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _plan_on_old_data(self, reason: str) -> None:
        self.message.clear()
        self.deeds.create(reason)

    @Slot()
    def _import(self) -> None:
        self.session.go("imports", "choose")

    @Slot(str)
    def _hold(self, debtor_id: str) -> None:
        """Pause contact with a person."""
        if debtor_id:
            ask_hold(self.session, debtor_id, self._name(debtor_id), self)

    @Slot()
    def _hold_selected(self) -> None:
        self._hold(self.selected)

    def export(self, kind: str) -> None:
        """Ask where, then write."""
        book = self.book
        if book is None or book.plan is None:
            return
        suffix, word = _FILES[kind]
        name = f"{_('visit-plan')}-{book.day}.{suffix}"
        out, _chosen = QFileDialog.getSaveFileName(
            self, _("Where to save"), str(Path.home() / name), f"{word} (*.{suffix})"
        )
        if out:
            self.deeds.export(kind, Path(out))

    @Slot(object)
    def _exported(self, path: Path) -> None:
        self.session.toast(_("Saved: {file}").format(file=path.name))
        if path.suffix in (".pdf", ".html"):
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    @Slot(str)
    def _refused(self, sentence: str) -> None:
        text = _("Not changed: {why}").format(why=sentence)
        self.message.say(text, "warn")
        if self.book is not None:
            self.bar.show_lanes(lanes_of(self.book, self._name))

    @Slot(str)
    def _toggle_lock(self, debtor_id: str) -> None:
        seat = self.book.seats.get(debtor_id) if self.book is not None else None
        if seat is not None:
            self.deeds.lock(debtor_id, not seat.stop.locked)

    @Slot()
    def _lock_selected(self) -> None:
        self._toggle_lock(self.selected)

    @Slot()
    def _drop_selected(self) -> None:
        if self.book is not None and self.selected in self.book.seats:
            self.deeds.drop(self.selected)

    @Slot()
    def _add_selected(self) -> None:
        book = self.book
        if book is not None and self.selected and self.selected not in book.seats:
            self.deeds.add(self.selected)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters that the pane with the keyboard has no use for."""
        event.setAccepted(False)
        self._list_key(event)

    @Slot(QKeyEvent)
    def _list_key(self, event: QKeyEvent) -> None:
        """Letters pressed in the list: A adds, R plans, H pauses, the rest as in the timetable."""
        if event.modifiers() not in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            return
        arrows = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right)
        if event.key() in arrows:
            return
        if event.key() == Qt.Key.Key_A:
            self._add_selected()
        elif event.key() == Qt.Key.Key_R:
            self.create_plan()
        elif event.key() == Qt.Key.Key_F:
            self.map.fit()
        elif event.key() == Qt.Key.Key_H:
            self._hold_selected()
        elif not self.bar.handle_key(event):
            return
        event.accept()

    @Slot(str)
    def _open_person(self, debtor_id: str) -> None:
        self.session.go("case", debtor_id)


def _ground(store: Store) -> tuple[Ground, bytes]:
    return prepare_ground(read_ground(load_ground(store)))


def _contacts(store: Store, debtor_id: str) -> tuple[str, list[Entry]]:
    return debtor_id, load_contacts(store, debtor_id)
