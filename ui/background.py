"""Work off the GUI thread: one ordered lane for deeds, a small pool for questions and solving.

Results, progress and errors come back as signals on the GUI thread, never in any other way.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

Job = Callable[[], Any]
PROGRESS_EVERY = 0.05  # seconds; a solver may report far more often than eyes can follow


class Task(QObject):
    """One running job. Signals always arrive on the GUI thread; `finished` comes last, always."""

    progressed = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)  # the exception
    finished = Signal()
    _settled = Signal(object)
    _moved = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stop = threading.Event()
        self._reported = 0.0
        self.done = False
        # Queued, because a finished future runs its callback at once on the thread that asks:
        # the result must wait until the caller has connected its slots.
        self._settled.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._moved.connect(self.progressed, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def cancel(self) -> None:
        """Ask the job to stop; a job that listens ends with the best it has, or with nothing."""
        self._stop.set()

    def cancelled(self) -> bool:
        """Whether `cancel` was called (may be asked from any thread)."""
        return self._stop.is_set()

    def report(self, progress: object) -> None:
        """Pass progress to the GUI thread, at most 20 times a second (from any thread)."""
        now = time.monotonic()
        if now - self._reported >= PROGRESS_EVERY:
            self._reported = now
            self._moved.emit(progress)

    def settle(self, future: "Future[Any]") -> None:
        """Callback of the future: hand it to the GUI thread (from any thread)."""
        self._settled.emit(future)

    @Slot(object)
    def _deliver(self, future: "Future[Any]") -> None:
        self.done = True
        if not future.cancelled():
            error = future.exception()
            if error is not None:
                self.failed.emit(error)
            else:
                self.succeeded.emit(future.result())
        self.finished.emit()


class Background(QObject):
    """Owns the threads. `run` is called on the GUI thread; `shutdown` waits for what runs."""

    activity = Signal(int)  # number of jobs under way

    def __init__(self, parent: QObject | None = None, workers: int = 3) -> None:
        super().__init__(parent)
        self._ordered = ThreadPoolExecutor(1, thread_name_prefix="deeds")
        self._free = ThreadPoolExecutor(workers, thread_name_prefix="questions")
        self._tasks: set[Task] = set()

    def run(self, job: Callable[[Task], Any], *, ordered: bool = False) -> Task:
        """Run `job(task)` off-thread; deeds (`ordered`) run one after the other as submitted."""
        task = Task()
        self._tasks.add(task)
        task.finished.connect(self._forget)
        self.activity.emit(len(self._tasks))
        lane = self._ordered if ordered else self._free
        lane.submit(job, task).add_done_callback(task.settle)
        return task

    @Slot()
    def _forget(self) -> None:
        task = self.sender()
        if isinstance(task, Task):
            self._tasks.discard(task)
            self.activity.emit(len(self._tasks))

    def hush(self) -> None:
        """Cancel what listens and deliver nothing more; on the GUI thread."""
        for task in self._tasks:
            task.cancel()
            task.blockSignals(True)

    def shutdown(self) -> None:
        """`hush`, then wait for what runs and for the deeds that were handed in before."""
        self.hush()
        self.wait()

    def wait(self) -> None:
        """Wait for what runs, and for the deeds that were handed in before (from any thread)."""
        self._ordered.shutdown(wait=True, cancel_futures=False)
        self._free.shutdown(wait=True, cancel_futures=True)
