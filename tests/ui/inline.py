"""A background without threads: jobs run when they are asked, results come in order."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal

from ui.background import Task


class InlineBackground(QObject):
    """Runs each job at once on the caller's thread. Answers are delivered by `settle`, or by the
    event loop: never before the caller could connect its slots."""

    activity = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.ran: list[bool] = []  # one entry per job: was it ordered?
        self._tasks: list[Task] = []

    def run(self, job: Callable[[Task], Any], *, ordered: bool = False) -> Task:
        """Run `job` now; its signals follow."""
        task = Task()
        self._tasks.append(task)
        self.ran.append(ordered)
        future: Future[Any] = Future()
        try:
            future.set_result(job(task))
        except Exception as error:
            future.set_exception(error)
        task.settle(future)
        return task

    def settle(self) -> None:
        """Deliver every answer, also of jobs that answers start."""
        while any(not task.done for task in self._tasks):
            for task in list(self._tasks):
                if not task.done:
                    QCoreApplication.sendPostedEvents(task, QEvent.Type.MetaCall)
        self._tasks.clear()

    def hush(self) -> None:
        """Deliver nothing more."""
        for task in self._tasks:
            task.cancel()
            task.blockSignals(True)
        self._tasks.clear()

    def wait(self) -> None:
        """Nothing runs."""

    def shutdown(self) -> None:
        """Nothing runs."""
        self.hush()
