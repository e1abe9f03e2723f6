"""A search for a plan that runs off the GUI thread: it can be cut short, or given up at once."""

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from ui.session import Session


class Decision:
    """Whether what a search finds is saved or given up: decided once, from whichever thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made = ""

    def save(self) -> bool:
        """The search wants to save; from a yes on it can be given up no more."""
        return self._settle("saved")

    def give_up(self) -> bool:
        """The user keeps the old plan; False when the new one is being saved already."""
        return self._settle("given up")

    def _settle(self, choice: str) -> bool:
        with self._lock:
            self._made = self._made or choice
            return self._made == choice


class Search(QObject):
    """One search. `over` comes once: when it has ended, or at once when it is given up."""

    advanced = Signal(object)  # planner.routing.solve.Progress
    found = Signal(object)  # what the job answered
    failed = Signal(object)
    over = Signal()

    def __init__(
        self, session: Session, job: Callable[..., Any], decision: Decision, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._decision = decision
        self._quiet = False
        self._task = session.ask(job, self._answer, self._error, progress=self._advance)
        self._task.finished.connect(self._finished)

    def enough(self) -> None:
        """Stop searching and take the best plan so far."""
        self._task.cancel()

    def give_up(self) -> bool:
        """Stop and forget whatever is found; False when it is too late for that."""
        if not self._decision.give_up():
            return False
        self._quiet = True
        self._task.cancel()
        self.over.emit()
        return True

    @Slot(object)
    def _advance(self, progress: object) -> None:
        if not self._quiet:
            self.advanced.emit(progress)

    @Slot(object)
    def _answer(self, answer: object) -> None:
        if not self._quiet:
            self.found.emit(answer)

    @Slot(object)
    def _error(self, error: BaseException) -> None:
        if not self._quiet:
            self.failed.emit(error)

    @Slot()
    def _finished(self) -> None:
        if not self._quiet:
            self.over.emit()
        self.deleteLater()
