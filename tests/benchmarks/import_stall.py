"""How the window fares while a large list comes in: `python tests/benchmarks/import_stall.py`.

A list of 100,000 rows is read, compared and written into an encrypted workspace by the page of
imports, then taken back and read once more. Measured is the worst gap of a 10 ms heartbeat in the
event loop, less these 10 ms; goal <= 100 ms. With `--where FILE` the stacks of all threads are
written there whenever the heart has not beaten for 100 ms.
"""

import argparse
import contextlib
import csv
import faulthandler
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("FAIRVISIT_NO_WEBENGINE", "1")

from intake import HEADERS, make_rows
from made_book import DAY, clock
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from report import machine, table

from planner.store.store import Store
from ui.app import make_application, settle
from ui.background import Background
from ui.main_window import MainWindow
from ui.session import Session

BEAT = 10  # milliseconds
LATE = 0.1  # seconds


class Heart(QObject):
    """Beats in the event loop and notes the gaps of each phase."""

    def __init__(self, where: IO[str] | None) -> None:
        super().__init__()
        self.gaps: dict[str, list[float]] = {}
        self.began: dict[str, float] = {}
        self._where, self._phase, self._last = where, "", time.perf_counter()
        self._timer = QTimer(self, interval=BEAT)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def enter(self, phase: str) -> None:
        """From here on another phase."""
        self._phase = phase
        self.began[phase] = time.perf_counter()
        if self._where is not None:
            print(f"==== {phase}", file=self._where, flush=True)

    def stop(self) -> None:
        """Beat no more."""
        self._timer.stop()
        faulthandler.cancel_dump_traceback_later()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.setdefault(self._phase, []).append((now - self._last) * 1000 - BEAT)
        self._last = now
        if self._where is not None:
            faulthandler.dump_traceback_later(LATE, file=self._where)


def rest(milliseconds: int) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def run(folder: Path, rows: int, heart: Heart) -> None:
    """Drive the page through one import, its undo and a second look."""
    path = folder / "cases.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADERS, *make_rows(rows)])
    store = Store.create(folder / "book.fairvisit", clock=clock)
    session = Session(store, clock, Background())
    session.set_day(DAY)
    session.troubled.connect(lambda error: sys.exit(str(error)))
    window = MainWindow(session, "light")
    window.resize(1366, 768)
    window.show()
    window.go("imports")
    settle()
    page = window.page
    rest(1500)
    heart.enter("at rest (the machine's own)")
    rest(2000)

    def wait(busy: object = None) -> None:
        while page.busy:
            rest(20)

    heart.enter("read and compared, all new")
    page.start([path])
    wait()
    heart.enter("the preview is shown")
    rest(1500)
    heart.enter("written")
    page.take_in()
    wait()
    heart.enter("the result is shown, pages read anew")
    rest(4000)
    heart.enter("left")
    page.leave()
    rest(1500)
    heart.enter("read and compared, all known")
    page.start([path])
    wait()
    rest(1500)
    page.leave()
    heart.enter("taken back")
    session.undo_stack.undo()
    while session.background._tasks:
        rest(20)
    rest(2000)
    heart.stop()
    session.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--where", type=Path, help="write the stacks of stalls there")
    given = parser.parse_args()
    print(machine(), end="\n\n")
    app = make_application(sys.argv[:1])
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        where = stack.enter_context(given.where.open("w")) if given.where else None
        heart = Heart(where)
        run(folder, given.rows, heart)
    app.processEvents()
    shown = []
    for name, found in heart.gaps.items():
        if not name:
            continue
        late = [gap for gap in found if gap > LATE * 1000]
        p99 = sorted(found)[min(len(found) - 1, int(len(found) * 0.99))]
        shown.append([name, f"{max(found):.0f}", f"{p99:.0f}", str(len(late)), str(len(found))])
    table(["GUI stall, ms", "worst", "p99", "over 100", "beats"], shown)


if __name__ == "__main__":
    main()
