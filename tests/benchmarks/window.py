"""How quick the window is: `python tests/benchmarks/window.py [start] [stall] [--workspace FILE]`.

start: from the start of the process until the main window is painted with the day's figures on
Today, on the demonstration's workspace (or FILE), median of five after one to warm the disk cache;
goal < 2 s. stall: the worst gap of a 10 ms heartbeat in the event loop, less these 10 ms, while
the plan screen plans a day of 2,000 candidates in the background, and the most CPU time of the GUI
thread in one gap; goal <= 50 ms. The first line of that table is the same heartbeat with nothing to
do: what the machine itself adds.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from report import machine, table

DEMO_DAY = date(2026, 11, 20)
BEAT = 10  # milliseconds
CANDIDATES = 2_000


def demo_clock() -> datetime:
    """Half past eight in the morning of the demonstration's day."""
    return datetime(DEMO_DAY.year, DEMO_DAY.month, DEMO_DAY.day, 0, 30, tzinfo=UTC)


# ---- start ---------------------------------------------------------------------------------------


def start_child(workspace: str, born: float) -> int:
    """In a process of its own: the real start, watched; prints the times as JSON."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from ui import app as composition

    class Watched(composition.MainWindow):  # type: ignore[misc]
        """The main window, looked at every few milliseconds."""

        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            self._shown = 0.0
            self._look = QTimer(self, interval=2)
            self._look.timeout.connect(self._glance)
            self._look.start()

        def _glance(self) -> None:
            self._shown = self._shown or time.time() - born
            if self.page._digest is None:
                return
            self._look.stop()
            QApplication.processEvents()  # what has come is painted
            told = {"shown": self._shown, "wall": time.time() - born, "cpu": time.process_time()}
            print(json.dumps(told), flush=True)
            QApplication.exit()

    composition.MainWindow = Watched  # type: ignore[misc]
    return composition.run(["--workspace", workspace], demo_clock)


def _one_start(workspace: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--child", str(workspace), repr(time.time())]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def measure_start(given: Path | None) -> None:
    """Start the window six times; the first one warms the disk cache."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = given or Path(folder) / "demo.fairvisit"
        if given is None:
            _demo(Path(folder), workspace)
        runs = [_one_start(workspace) for _ in range(6)][1:]
    rows = [
        [name, *(f"{fold([run[key] for run in runs]):.2f}" for fold in (statistics.median, min))]
        for name, key in (
            ("window shown, wall s", "shown"),
            ("usable: day's figures painted, wall s", "wall"),
            ("the same, CPU s", "cpu"),
        )
    ]
    table(["start of the window", "median of 5", "best"], rows)


def _demo(folder: Path, workspace: Path) -> None:
    from planner.actions.import_files import import_files
    from planner.actions.make_plan import make_plan
    from planner.demo.files import write_demo
    from planner.store.store import Store

    with Store.create(workspace, clock=demo_clock) as store:
        import_files(store, write_demo(folder / "files", DEMO_DAY), clock=demo_clock)
        make_plan(store, DEMO_DAY, clock=demo_clock, iterations=2000)


# ---- stall ---------------------------------------------------------------------------------------


def measure_stall(seconds: float) -> None:
    """The heartbeat at rest, while the day loads, while it is planned, while the plan is shown."""
    os.environ["FAIRVISIT_NO_WEBENGINE"] = "1"  # a browser's processes would be measured as well
    from made_book import DAY, clock, make_book
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    from ui.app import make_application, settle
    from ui.background import Background
    from ui.main_window import MainWindow
    from ui.session import Session

    app = make_application(sys.argv[:1])
    gaps: dict[str, list[float]] = {}
    work: dict[str, list[float]] = {}
    phase, last, spent = "", 0.0, 0.0

    def beat() -> None:
        nonlocal last, spent
        now, used = time.perf_counter(), time.thread_time()
        gaps.setdefault(phase, []).append((now - last) * 1000 - BEAT)
        work.setdefault(phase, []).append((used - spent) * 1000)
        last, spent = now, used

    def enter(name: str) -> None:
        nonlocal phase
        phase = name

    def rest(milliseconds: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    with tempfile.TemporaryDirectory() as folder:
        store = make_book(Path(folder) / "day.fairvisit", CANDIDATES, fresh=True)
        session = Session(store, clock, Background())
        session.set_day(DAY)
        window = MainWindow(session, "light")
        window.resize(1366, 768)
        window.show()
        settle()
        rest(2000)  # Today has loaded
        timer = QTimer(app, interval=BEAT)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(beat)
        last, spent = time.perf_counter(), time.thread_time()
        timer.start()
        enter("at rest (the machine's own)")
        rest(3000)
        enter("the page is built, the day loads")
        window.go("plan")
        page = window.page
        session.troubled.connect(lambda error: sys.exit(str(error)))
        while page.book is None:
            rest(50)
        rest(500)
        page.deeds.seconds = seconds
        enter(f"planning {CANDIDATES} candidates")
        loop = QEventLoop()
        page.deeds.stopped.connect(loop.quit)
        # Connected after the page's own slot, so the plan is being shown from here on.
        page.deeds.made.connect(lambda _plan: enter("the plan has come and is shown"))
        began = time.perf_counter()
        page.create_plan()
        loop.exec()
        took = time.perf_counter() - began
        rest(1000)
        timer.stop()
        plan = page.book.plan
        session.close()
    rows = []
    for name, found in gaps.items():
        ordered = sorted(found)
        p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
        over = sum(gap > 50 for gap in found)
        figures = (ordered[-1], p99, max(work[name]))
        rows.append([name, *(f"{figure:.0f}" for figure in figures), str(over), str(len(found))])
    table(["GUI stall, ms", "worst", "p99", "worst CPU", "over 50", "beats"], rows)
    stops = sum(len(route.stops) for route in plan.routes)
    print(f"\n{plan.candidates} candidates, {stops} stops; search {seconds:g} s, "
          f"the whole planning {took:.1f} s wall")  # fmt: skip


def main() -> int:
    """Run what was asked, by default both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", nargs="*", help="start, stall; both without a word")
    parser.add_argument("--workspace", type=Path, help="another workspace for start")
    parser.add_argument("--seconds", type=float, default=5.0, help="of the search")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        return start_child(given.child[0], float(given.child[1]))
    print(machine(), end="\n\n")
    for what in given.what or ("start", "stall"):
        if what == "start":
            measure_start(given.workspace)
        elif what == "stall":
            measure_stall(given.seconds)
        else:
            parser.error(f"unknown: {what}")
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
