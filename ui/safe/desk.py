"""Opens the workspace, locks it, unlocks it, puts a backup in its place: what stands around the
window of a workspace for as long as the program runs."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from planner.clock import Clock
from planner.errors import PlannerError
from planner.store.backup import Backup, Inside
from planner.store.keys import is_protected
from ui import errors, machine
from ui.background import Background
from ui.dialogs.confirm_restore import ConfirmRestore
from ui.dialogs.typed import TypedDialog
from ui.i18n import _
from ui.main_window import MINIMUM, MainWindow
from ui.safe import jobs
from ui.safe.code_sheet import CodeSheet
from ui.safe.drafts import Draft, typed
from ui.safe.forget import forget
from ui.safe.frame import Frame, dialogs
from ui.safe.idle import IdleWatch
from ui.safe.jobs import Opening, State
from ui.safe.system_lock import SystemLock
from ui.session import Session

_TRIES = 20  # how often open dialogs are asked to go before the window locks without them
# Pages that may be shown the same thing again: an id, never files or a deed.
_SAME = ("case", "plan")


@dataclass(frozen=True, slots=True)
class Place:
    """What was in view when the window locked; ids only."""

    day: date
    page: str
    item: object = None


class Desk(QObject):
    """Owns the frame, the open session and what watches over it; `make_window(session, page)` makes
    the window of an open workspace with this page in view. `entered(MainWindow)` whenever
    a workspace has come into view, `asked` when a screen before it waits for the user, `left` when
    the workspace is closed."""

    entered = Signal(object)
    asked = Signal()
    left = Signal()

    def __init__(
        self,
        path: Path,
        clock: Clock,
        make_window: Callable[[Session, str], MainWindow],
        make_background: Callable[[], Background] = Background,
    ) -> None:
        super().__init__()
        self.path = path.absolute()
        self.session: Session | None = None
        self._clock, self._make_window = clock, make_window
        self._make_background = make_background
        self._own = make_background()
        self._state: State | None = None
        self._pending: Opening | None = None
        self._place: Place | None = None
        self._items: dict[str, object] = {}
        self._leaving: Session | None = None
        self._read_only = False
        self._tries = 0
        self._after_leaving: Callable[[], None] = self.start
        self.frame = Frame(CodeSheet(self.path, clock().date()), MINIMUM)
        self.idle, self.system = IdleWatch(self), SystemLock(self)
        self._connect()

    def _connect(self) -> None:
        frame = self.frame
        frame.first.protect_wanted.connect(self._make)
        frame.first.later_wanted.connect(self._make_open)
        frame.unlock.unlock_wanted.connect(self._unlock)
        frame.code.confirmed.connect(self._code_kept)
        frame.trouble.again_wanted.connect(self._again)
        frame.trouble.read_wanted.connect(self._look_only)
        frame.trouble.backups.look_wanted.connect(self._look_inside)
        frame.trouble.backups.restore_wanted.connect(self._ask_restore)
        for card in (frame.unlock, frame.trouble):
            card.leave_wanted.connect(frame.close)
        self.idle.idle.connect(self.lock)
        self.system.sleeping.connect(self.lock)

    @property
    def window(self) -> MainWindow | None:
        """The window of the workspace, None while none is open."""
        inside = self.frame.window_inside
        return inside if isinstance(inside, MainWindow) else None

    # Opening

    def start(self) -> None:
        """Look at what there is, then open it or ask."""
        self.frame.wait.say(_("Opening the workspace …"))
        self.frame.show_card(self.frame.wait, self.path.stem)
        self._run(partial(jobs.look_at, self.path), self._looked, self._failed)

    @Slot(object)
    def _looked(self, state: State) -> None:
        self._state = state
        self._say_notes(state)
        if not state.there and state.backups:
            self._trouble(PlannerError("store.not_found", file=self.path.name))
        elif not state.there:
            self._begin()
        elif state.protected and not state.keyring:
            self._ask_words(locked=False)
        else:
            self._open(None)

    def _begin(self) -> None:
        self.frame.first.begin(self._state is not None and self._state.can_remember)
        self.frame.show_card(self.frame.first)
        self.asked.emit()

    def _ask_words(self, *, locked: bool) -> None:
        self.frame.unlock.begin(self.path.stem, locked=locked)
        said = f"{self.path.stem} – {_('locked')}" if locked else self.path.stem
        self.frame.show_card(self.frame.unlock, said)
        self.asked.emit()

    def _say_notes(self, state: State) -> None:
        """Warn of a folder that is copied elsewhere once, of a full disk each time."""
        if state.little_room:
            self.frame.note.say(
                _("The disk is nearly full. Make room soon: backups and imports need it."), "warn"
            )
        elif state.synced_by and not machine.was_told(f"synced/{self.path}"):
            machine.note_told(f"synced/{self.path}")
            self.frame.note.say(
                _(
                    "This folder is copied elsewhere by {service}. A workspace that is copied while"
                    " it is in use can be damaged; another folder of this computer is safer."
                ).format(service=state.synced_by),
                "warn",
            )

    @Slot(str, bool, bool)
    def _make(self, words: str, code: bool, remember: bool) -> None:
        self._wait(_("Encrypting the workspace …"))
        job = partial(jobs.make_store, self.path, self._clock, words, code=code, remember=remember)
        self._run(job, self._opened, self._make_failed)

    @Slot()
    def _make_open(self) -> None:
        self._wait(_("Opening the workspace …"))
        self._run(
            partial(jobs.make_store, self.path, self._clock, None), self._opened, self._make_failed
        )

    @Slot(object)
    def _make_failed(self, error: BaseException) -> None:
        self._begin()
        self.frame.first.message.say(errors.words(error), "warn")

    @Slot(str)
    def _unlock(self, words: str) -> None:
        self.frame.unlock.setEnabled(False)
        self._open(words)

    def _open(self, words: str | None) -> None:
        job = partial(jobs.open_store, self.path, self._clock, words, read_only=self._read_only)
        self._run(job, self._opened, self._open_failed)

    @Slot(object)
    def _open_failed(self, error: BaseException) -> None:
        code = error.code if isinstance(error, PlannerError) else ""
        asking = self.frame.card is self.frame.unlock
        self.frame.unlock.setEnabled(True)
        if code == "store.passphrase_needed":  # the keyring does not know it any more
            self._ask_words(locked=False)
        elif code == "store.passphrase_wrong" and asking:
            self.frame.unlock.refuse(errors.words(error), wrong=True)
        else:
            self._trouble(error)

    @Slot(object)
    def _opened(self, opening: Opening) -> None:
        self.frame.unlock.setEnabled(True)
        self.frame.unlock.opened()
        if opening.code:
            self._pending = opening
            self.frame.code.show_code(opening.code)
            self.frame.show_card(self.frame.code)
            return
        self._enter(opening)

    @Slot()
    def _code_kept(self) -> None:
        opening, self._pending = self._pending, None
        if opening is not None:
            self._enter(opening)

    def _enter(self, opening: Opening) -> None:
        """Build the window of an open workspace, at the place that was left."""
        session = Session(opening.store, self._clock, self._make_background())
        self.session = session
        session.lock_wanted.connect(self.lock)
        session.lock_minutes.connect(self._watch)
        session.restore_wanted.connect(self.restore)
        session.wanted.connect(self._note_item)
        place, self._place = self._place, None
        if place is not None:
            session.set_day(place.day)
        note = self.frame.note.accessibleName() if self.frame.note.isVisible() else ""
        window = self._make_window(session, place.page if place is not None else "today")
        self.frame.take_in(window)
        if place is not None and place.item is not None:
            window.go(place.page, place.item)
        self._watch(opening.minutes)
        if not opening.read_only:
            job = partial(jobs.keep_up, opening.store, self._clock)
            session.ask(job, None, self._upkeep_failed, progress=self._unheard)
        self._say_first(window, opening, note)
        self.entered.emit(window)

    def _say_first(self, window: MainWindow, opening: Opening, note: str) -> None:
        """The most urgent thing to say about the workspace that was just opened."""
        if opening.kept:
            text = _("The backup is in place. The damaged file is kept as {name}.")
            window.notify(text.format(name=opening.kept), "accent")
        elif opening.read_only:
            window.notify(_("Open to look only: nothing can be recorded now."), "warn")
        elif opening.by_code:
            text = _("Opened with the recovery code. Set a new passphrase now.")
            window.notify(text, "warn", _("Set a passphrase"), ("settings", "protection"))
        elif note:
            window.notify(note, "warn")
        elif not opening.store.protected and not opening.fresh:
            text = _("Anybody who gets hold of this file can read it. A passphrase changes that.")
            window.notify(text, "warn", _("Set a passphrase"), ("settings", "protection"))
        elif opening.fresh:
            text = _("Does this laptop join a team? Then begin with its card.")
            window.notify(text, "neutral", _("Join a team"), ("exchange", "ways"))
        if opening.drafts:
            TypedDialog(opening.drafts, self.frame).open()

    @Slot(object)
    def _unheard(self, _share: object) -> None:
        """Nobody watches the progress of the upkeep."""

    @Slot(object)
    def _upkeep_failed(self, error: BaseException) -> None:
        code = error.code if isinstance(error, PlannerError) else ""
        if self.window is not None and code != "store.cancelled":
            text = _("Today's backup was not made: {why}").format(why=errors.words(error))
            self.window.notify(text, "warn", _("Backups"), ("settings", "backups"))

    # Locking

    @Slot(int)
    def _watch(self, minutes: int) -> None:
        """Lock after so many idle minutes, if there is a passphrase that opens it again."""
        session = self.session
        self.idle.start(minutes if session is not None and session.store.protected else 0)

    @Slot(str, object)
    def _note_item(self, page: str, item: object) -> None:
        if page in _SAME and isinstance(item, str):
            self._items[page] = item

    @Slot()
    def lock(self) -> None:
        """Close the workspace and ask for the passphrase, in the same window."""
        session, window = self.session, self.window
        if session is None or window is None:
            return
        if not session.store.protected:
            text = _("There is no passphrase to unlock it again. Set one first.")
            window.notify(text, "warn", _("Set a passphrase"), ("settings", "protection"))
            return
        self._leave(self._lock_screen)

    def _leave(self, then: Callable[[], None]) -> None:
        """Take down the window, end what runs, close the workspace; `then` shows what comes."""
        window, session = self.window, self.session
        if window is None or session is None:
            return
        self.idle.stop()
        kept = typed(self.frame)
        for dialog in dialogs(self.frame):
            kept += typed(dialog)
        page = window.page.key
        self._place = Place(session.day, page, self._items.get(page))
        self._tries = 0
        self._end_dialogs()
        # A dialog that runs a loop of its own comes back to its page before the page goes.
        QTimer.singleShot(0, partial(self._take_down, kept, then))

    def _end_dialogs(self) -> None:
        for one in dialogs(self.frame):
            one.reject() if isinstance(one, QDialog) else one.close()

    def _take_down(self, kept: list[Draft], then: Callable[[], None]) -> None:
        session = self.session
        if session is None:
            return
        if QApplication.activeModalWidget() is not None and self._tries < _TRIES:
            self._tries += 1
            self._end_dialogs()
            QTimer.singleShot(0, partial(self._take_down, kept, then))
            return
        self.session = None
        session.hush()
        for one in dialogs(self.frame):  # one that would not go: its work ends, it is not told
            one.hide()
            one.deleteLater()
        # What is left of the window must be collected here: in another thread Qt would fall over.
        resting = not gc.isenabled()
        gc.disable()
        try:
            self.frame.put_out()
            gc.unfreeze()
            gc.collect()
        finally:
            if not resting:
                gc.enable()
        then()
        self._leaving = session
        self._run(partial(jobs.leave, session, kept), self._left, self._failed)

    def _lock_screen(self) -> None:
        self._ask_words(locked=True)

    @Slot(object)
    def _left(self, saved: bool) -> None:
        """The workspace is closed; nothing of it stays."""
        leaving, self._leaving = self._leaving, None
        if leaving is not None:
            leaving.deleteLater()
        del leaving
        if not saved:
            text = _("What was typed and not saved could not be kept: the disk refused it.")
            self.frame.note.say(text, "warn")
        forget()
        self.left.emit()

    # Backups

    @Slot(object, object)
    def _look_inside(self, one: Backup, words: str | None) -> None:
        view = self.frame.trouble.backups
        self._run(partial(jobs.look_closed, one, words), view.show_inside, self._look_failed)

    @Slot(object)
    def _look_failed(self, error: BaseException) -> None:
        code = error.code if isinstance(error, PlannerError) else ""
        ask = code in ("store.passphrase_needed", "store.passphrase_wrong")
        self.frame.trouble.backups.complain(errors.words(error), ask=ask)

    @Slot(object, object)
    def _ask_restore(self, one: Backup, inside: Inside) -> None:
        asks = is_protected(one.path)
        dialog = ConfirmRestore(one, inside, None, inside.zone, asks=asks, parent=self.frame)
        dialog.agreed.connect(partial(self.restore, one))
        dialog.open()

    def restore(self, one: Backup, words: str | None) -> None:
        """Put a backup in the place of the workspace, which is closed for it, and open that."""
        if self.session is None:
            self._restoring()
            self._restore(one, words)
        else:
            self._leave(self._restoring)
            self._after_leaving = partial(self._restore, one, words)
            self.left.connect(self._now_restore)

    @Slot()
    def _now_restore(self) -> None:
        self.left.disconnect(self._now_restore)
        self._place = None  # what was in view may not be there any more
        self._after_leaving()

    def _restoring(self) -> None:
        self._wait(_("Putting the backup in place …"))

    def _restore(self, one: Backup, words: str | None) -> None:
        job = partial(jobs.restore, self.path, one, self._clock, words)
        self._run(job, self._opened, self._restore_failed)

    @Slot(object)
    def _restore_failed(self, error: BaseException) -> None:
        """Nothing was replaced: open what is there, and say why."""
        self.frame.note.say(errors.words(error), "warn")
        self.start()

    # Common

    @Slot()
    def _again(self) -> None:
        if self._state is not None and not self._state.there:
            self._begin()
            return
        self._read_only = False
        self.start()

    @Slot()
    def _look_only(self) -> None:
        self._read_only = True
        self.start()

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._trouble(error)

    def _trouble(self, error: BaseException) -> None:
        self.frame.unlock.opened()
        self.frame.trouble.show_error(error, self._state)
        self.frame.show_card(self.frame.trouble, self.path.stem)
        self.asked.emit()

    def _wait(self, text: str) -> None:
        self.frame.wait.say(text)
        self.frame.show_card(self.frame.wait, self.path.stem)

    def _run(self, job: Callable[[], Any], then: Any, failed: Any) -> None:
        """Run `job` after what was handed in before."""
        task = self._own.run(lambda _task: job(), ordered=True)
        task.succeeded.connect(then)
        task.failed.connect(failed)

    @Slot(object)
    def show_error(self, error: BaseException) -> None:
        """What nobody caught."""
        window: QWidget | None = self.window
        if isinstance(window, MainWindow):
            window.show_error(error)
        else:
            errors.ErrorDialog(error, self.frame).open()

    def close(self) -> None:
        """The end of the program: let deeds end, close the workspace."""
        self.idle.stop()
        if self.session is not None:
            self.session.hush()
        self.frame.put_out()
        if self._pending is not None:
            self._pending.store.close()
        if self.session is not None:
            self.session.finish()
            self.session = None
        self._own.shutdown()
