"""The background runner: order, errors, cancel, nothing after shutdown."""

import threading
from typing import Any

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from ui.background import Background, Task


class Ear(QObject):
    """Keeps what it hears and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Any] = []
        self.threads: list[QThread] = []

    def hear(self, what: object) -> None:
        self.heard.append(what)
        self.threads.append(QThread.currentThread())


@pytest.fixture
def background(qapp: object) -> Any:
    runner = Background()
    yield runner
    runner.shutdown()


def test_result_arrives_on_the_gui_thread(background: Background, qtbot: QtBot) -> None:
    """A job that ends before its caller connects is heard all the same, on the GUI thread."""
    ear = Ear()
    task = background.run(lambda _task: 42)
    qtbot.waitUntil(lambda: background._free._work_queue.empty())
    task.succeeded.connect(ear.hear)
    with qtbot.waitSignal(task.finished):
        pass
    assert ear.heard == [42]
    assert ear.threads == [ear.thread()]


def test_deeds_keep_their_order(background: Background, qtbot: QtBot) -> None:
    """Ordered jobs run one after the other as they were submitted."""
    done: list[int] = []
    for n in range(20):
        last = background.run(lambda _task, n=n: done.append(n), ordered=True)
    with qtbot.waitSignal(last.finished):
        pass
    assert done == list(range(20))


def test_error_arrives_as_the_exception(background: Background, qtbot: QtBot) -> None:
    """A failing job emits its exception and then `finished`."""
    ear = Ear()

    def job(_task: Task) -> None:
        raise ValueError("no")

    task = background.run(job)
    task.failed.connect(ear.hear)
    with qtbot.waitSignal(task.finished):
        pass
    assert [type(error) for error in ear.heard] == [ValueError]


def test_progress_and_cancel(background: Background, qtbot: QtBot) -> None:
    """A job is told to stop, and what it reports comes as a signal."""
    ear, started = Ear(), threading.Event()

    def job(task: Task) -> str:
        started.set()
        task.report("half")
        task._stop.wait(10)
        return "stopped" if task.cancelled() else "not"

    task = background.run(job)
    task.progressed.connect(ear.hear)
    task.succeeded.connect(ear.hear)
    assert started.wait(10)
    task.cancel()
    with qtbot.waitSignal(task.finished):
        pass
    assert ear.heard == ["half", "stopped"]


def test_shutdown_waits_and_is_silent(qapp: object, qtbot: QtBot) -> None:
    """Shutdown ends a job that listens, waits for it, and delivers nothing afterwards."""
    runner, ear, ended = Background(), Ear(), threading.Event()

    def job(task: Task) -> None:
        task._stop.wait(10)
        ended.set()

    task = runner.run(job)
    task.finished.connect(lambda: ear.hear("late"))
    runner.shutdown()
    assert ended.is_set()
    qapp.processEvents()  # type: ignore[attr-defined]
    assert ear.heard == []


def test_no_task_is_kept_when_it_is_over(background: Background, qtbot: QtBot) -> None:
    """A finished task is forgotten, and the number of jobs under way says so."""
    counts: list[int] = []
    background.activity.connect(counts.append)
    task = background.run(lambda _task: None)
    with qtbot.waitSignal(task.finished):
        pass
    assert counts == [1, 0]
    assert not background._tasks
