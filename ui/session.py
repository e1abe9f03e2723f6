"""What every page shares: the store, the clock, the background, the day, and one way to undo.

Reading is `ask`, writing is `do` or `deed`. After a write one signal tells all views what changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from planner.actions.change import Change
from planner.actions.undo import undo_batch
from planner.clock import Clock, today
from planner.errors import PlannerError
from planner.store.store import Store
from planner.store.team import COLLECTOR
from ui.background import Background, Task

Then = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Toast:
    """A short message at the foot of the window; with `undo` it carries an Undo button."""

    text: str
    undo: bool = False


class Session(QObject):
    """Handed to every page's constructor. All signals arrive on the GUI thread."""

    changed = Signal(object)  # Change: views refresh, hidden ones mark themselves stale
    day_changed = Signal(object)  # date
    toasted = Signal(object)  # Toast
    troubled = Signal(object)  # an exception nobody else takes care of
    wanted = Signal(str, object)  # page key, what to show there
    language_wanted = Signal(str)
    theme_wanted = Signal(str)
    status = Signal(str)  # words for the status line: what is chosen, how much it is
    role_changed = Signal(str)  # another role of the workspace in its team
    lock_wanted = Signal()
    lock_minutes = Signal(int)  # another time of idleness after which the window locks
    restore_wanted = Signal(object, object)  # a Backup, the passphrase or None

    def __init__(
        self, store: Store, clock: Clock, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.store = store
        self.clock = clock
        self.background = background
        self.undo_stack = QUndoStack(self)
        self._day = self.today()
        self.role = ""

    def today(self) -> date:
        """The calendar day in the workspace's zone."""
        return today(self.clock, self.store.zone)

    @property
    def day(self) -> date:
        """The day the window looks at: plans, ranking and results are of this day."""
        return self._day

    def set_day(self, day: date) -> None:
        """Look at another day."""
        if day != self._day:
            self._day = day
            self.day_changed.emit(day)

    @property
    def leads(self) -> bool:
        """Whether what is the lead's may be done here: not on a collector's laptop."""
        return self.role != COLLECTOR

    def may_lead(self) -> bool:
        """The same, and where not, the window says whose it is: asked before a dialog opens."""
        if not self.leads:
            self.troubled.emit(PlannerError("team.lead_only"))
        return self.leads

    def set_role(self, role: str) -> None:
        """What the workspace is in its team ("" = in none), as it was read."""
        if role != self.role:
            self.role = role
            self.role_changed.emit(role)

    def go(self, page: str, what: object = None) -> None:
        """Open the page with this key; `what` is given to its `show_item` (a debtor id, ...)."""
        self.wanted.emit(page, what)

    def toast(self, text: str, *, undo: bool = False) -> None:
        """Show a short message; `undo` offers to take back the latest deed for ten seconds."""
        self.toasted.emit(Toast(text, undo))

    def ask(
        self,
        job: Callable[..., Any],
        then: Then | None = None,
        failed: Then | None = None,
        *,
        progress: Then | None = None,
    ) -> Task:
        """Read or compute off-thread; `then(result)` on the GUI thread.

        `then`, `failed`, `progress` are bound methods of QObjects (a dead one is not called).
        With `progress` the job is called with `on_progress=` and `cancelled=`.
        """
        return self._start(partial(_run, job, progress is not None), then, failed, progress)

    def do(
        self,
        job: Callable[..., Any],
        then: Then | None = None,
        failed: Then | None = None,
        *,
        progress: Then | None = None,
    ) -> Task:
        """Write in order: `job()` answers (result, Change). Not undoable by itself; see `deed`."""
        task = self._start(
            partial(_run, job, progress is not None), None, failed, progress, ordered=True
        )
        _Delivery(self, task, then)
        return task

    def deed(
        self,
        text: str,
        job: Callable[..., Any],
        then: Then | None = None,
        failed: Then | None = None,
        *,
        progress: Then | None = None,
        toast: bool = True,
    ) -> Task:
        """Write something that can be undone: `job()` answers (result, Change, batch).

        `text` names it in the undo list and in the toast. A batch of None wrote nothing.
        """
        task = self._start(
            partial(_run, job, progress is not None), None, failed, progress, ordered=True
        )
        _Delivery(self, task, then, text=text, toast=toast)
        return task

    def pushed(self, text: str, batch: bytes, change: Change) -> None:
        """Put a deed that is already written onto the undo stack."""
        self.undo_stack.push(_Deed(self, text, batch, change))

    def flip(self, text: str, undo: Callable[[], Change], redo: Callable[[], Change]) -> None:
        """Put onto the undo stack what is written already and has its own way back (settings)."""
        self.undo_stack.push(_Flip(self, text, undo, redo))

    def close(self) -> None:
        """The end of the program: wait for what runs, then close the store. Nothing is told."""
        self.hush()
        self.finish()

    def hush(self) -> None:
        """Cancel what can be cancelled and tell nothing more; the first half of `close`."""
        self.blockSignals(True)
        self.undo_stack.blockSignals(True)
        # Its commands know the session: taken apart together, by the collector, Qt falls over.
        self.undo_stack.clear()
        self.background.hush()

    def finish(self) -> None:
        """Let the deeds that were handed in end, then close the store; from any thread."""
        self.background.wait()
        self.store.close()

    def tell(self, change: Change) -> None:
        """Tell all views what changed."""
        if change:
            self.changed.emit(change)

    def _start(
        self,
        job: Callable[[Task], Any],
        then: Then | None,
        failed: Then | None,
        progress: Then | None,
        *,
        ordered: bool = False,
    ) -> Task:
        task = self.background.run(job, ordered=ordered)
        if then is not None:
            task.succeeded.connect(then)
        task.failed.connect(failed if failed is not None else self._trouble)
        if progress is not None:
            task.progressed.connect(progress)
        return task

    @Slot(object)
    def undo_failed(self, error: BaseException) -> None:
        """The stack no longer says what is written: forget it, and say why."""
        self.undo_stack.clear()
        self.troubled.emit(error)

    @Slot(object)
    def _trouble(self, error: BaseException) -> None:
        self.troubled.emit(error)


def _run(job: Callable[..., Any], with_progress: bool, task: Task) -> Any:
    return job(on_progress=task.report, cancelled=task.cancelled) if with_progress else job()


class _Delivery(QObject):
    """Takes the answer of a write: fills the undo stack, calls `then`, tells the views."""

    result = Signal(object)

    def __init__(
        self,
        session: Session,
        task: Task,
        then: Then | None,
        *,
        text: str = "",
        toast: bool = False,
    ) -> None:
        super().__init__(task)
        self._session = session
        self._text = text
        self._toast = toast
        task.succeeded.connect(self._arrived)
        if then is not None:
            self.result.connect(then)

    @Slot(object)
    def _arrived(self, answer: tuple[Any, ...]) -> None:
        change = answer[1]
        if len(answer) == 3 and answer[2] is not None:
            self._session.pushed(self._text, answer[2], change)
            if self._toast:
                self._session.toast(self._text, undo=True)
        self.result.emit(answer[0])
        self._session.tell(change)


class _Deed(QUndoCommand):
    """One written batch. Undo reverses it, redo reverses the reversal; both in the ordered lane,
    so that quick Ctrl+Z, Ctrl+Y keep their order. The first redo is the deed itself."""

    def __init__(self, session: Session, text: str, batch: bytes, change: Change) -> None:
        super().__init__(text)
        self._session = session
        self._batch = batch
        self._change = change
        self._written = False

    def undo(self) -> None:
        """Reverse the batch."""
        self._flip()

    def redo(self) -> None:
        """Reverse the reversal; nothing the first time."""
        if self._written:
            self._flip()
        self._written = True

    def _flip(self) -> None:
        self._session.do(self._reverse, failed=self._session.undo_failed)

    def _reverse(self) -> tuple[None, Change]:
        # Runs in the ordered lane: an earlier flip has set `_batch` by now.
        self._batch = undo_batch(self._session.store, self._batch)
        return None, self._change


class _Flip(QUndoCommand):
    """A write with its own two ways. The first redo is the write itself."""

    def __init__(
        self, session: Session, text: str, undo: Callable[[], Change], redo: Callable[[], Change]
    ) -> None:
        super().__init__(text)
        self._session = session
        self._ways = (undo, redo)
        self._written = False

    def undo(self) -> None:
        """Go back."""
        self._session.do(partial(_told, self._ways[0]), failed=self._session.undo_failed)

    def redo(self) -> None:
        """Go forth; nothing the first time."""
        if self._written:
            self._session.do(partial(_told, self._ways[1]), failed=self._session.undo_failed)
        self._written = True


def _told(way: Callable[[], Change]) -> tuple[None, Change]:
    return None, way()
