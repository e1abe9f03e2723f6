"""How long a locked window takes to come back: `python tests/benchmarks/unlock.py [--rounds N]`.

On the demonstration's workspace with a passphrase at its real cost (Argon2id, 3 passes over
256 MiB). For each page: lock, then from the passphrase being handed in until the page is painted in
the window, and until every figure on it has arrived; median and worst of N rounds, wall and CPU of
the whole process. Goal: painted < 1 s. The first lines are the parts: stretching the passphrase,
opening the file.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("FAIRVISIT_NO_WEBENGINE", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from report import machine, table

DAY = date(2026, 11, 20)
WORDS = "three lamps on the ferry"
PAGES = ("today", "cases", "plan", "case", "results")
Times = list[tuple[float, float]]


def clock() -> datetime:
    """Half past eight in the morning of the demonstration's day."""
    return datetime(DAY.year, DAY.month, DAY.day, 0, 30, tzinfo=UTC)


def timed(job: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of the process for a job."""
    wall, cpu = time.perf_counter(), time.process_time()
    job()
    return time.perf_counter() - wall, time.process_time() - cpu


def line(name: str, found: Times) -> list[str]:
    """Median and worst of the wall, median of the CPU."""
    walls = [wall for wall, _ in found]
    cpu = statistics.median(cpu for _, cpu in found)
    return [name, f"{statistics.median(walls):.2f} s", f"{max(walls):.2f} s", f"{cpu:.2f} s"]


def main() -> None:
    """Make the workspace, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as place:
        from PySide6.QtCore import QSettings

        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, place)
        path = prepare(Path(place))
        rows = [*parts(path, rounds), *pages(path, rounds)]
    print(machine(), end="\n\n")
    table(["", "median", "worst", "CPU"], rows)


def prepare(place: Path) -> Path:
    """The demonstration with a plan and a passphrase."""
    from planner.actions.make_demo import make_demo
    from planner.actions.make_plan import make_plan
    from planner.store import protect
    from planner.store.store import Store

    path, _ = make_demo(place / "demo", DAY, clock=clock)
    with Store.open(path, clock=clock) as store:
        make_plan(store, DAY, clock=clock, iterations=5_000)
        protect.set_passphrase(store, WORDS)
    return Path(path)


def parts(path: Path, rounds: int) -> list[list[str]]:
    """The passphrase alone, and with the file."""
    from planner.store import keys
    from planner.store.store import Store

    key = [timed(lambda: keys.read_key(path, WORDS)) for _n in range(rounds)]
    whole = [
        timed(lambda: Store.open(path, clock=clock, passphrase=WORDS).close())
        for _n in range(rounds)
    ]
    return [line("passphrase to key", key), line("and the file opened", whole)]


def pages(path: Path, rounds: int) -> list[list[str]]:
    """Each page, locked and unlocked."""
    from PySide6.QtCore import QEventLoop, QTimer

    from planner.store.people import find_persons
    from ui.app import make_application, settle
    from ui.main_window import MainWindow
    from ui.safe.desk import Desk

    app = make_application(["unlock"])
    desk = Desk(path, clock, lambda session, page: MainWindow(session, "light", page))
    desk.entered.connect(settle)
    desk.frame.resize(1366, 768)
    desk.frame.show()

    def until(ready: Callable[[], bool]) -> None:
        loop, look = QEventLoop(), QTimer(interval=2)
        look.timeout.connect(lambda: loop.quit() if ready() else None)
        look.start()
        loop.exec()
        look.stop()

    def painted() -> bool:
        if desk.window is None:
            return False
        desk.frame.grab()
        return True

    def still() -> bool:
        return desk.session is not None and not desk.session.background._tasks

    desk.start()
    until(lambda: desk.frame.card is desk.frame.unlock)
    desk.frame.unlock.unlock_wanted.emit(WORDS)
    until(still)
    session = desk.session
    assert session is not None
    with session.store.read() as conn:
        who = find_persons(conn)[0]
    shown: dict[str, Times] = {page: [] for page in PAGES}
    whole: dict[str, Times] = {page: [] for page in PAGES}
    locks: Times = []
    for page in PAGES:
        for _n in range(rounds):
            assert desk.session is not None
            desk.session.go(page, who if page == "case" else None)
            until(still)
            gone: list[bool] = []
            desk.left.connect(lambda gone=gone: gone.append(True))
            desk.lock()
            locks.append(timed(lambda: until(lambda: desk.window is None)))
            until(lambda gone=gone: bool(gone))
            wall, cpu = time.perf_counter(), time.process_time()
            desk.frame.unlock.unlock_wanted.emit(WORDS)
            until(painted)
            shown[page].append((time.perf_counter() - wall, time.process_time() - cpu))
            until(still)
            whole[page].append((time.perf_counter() - wall, time.process_time() - cpu))
    desk.close()
    del app
    rows = [line("lock: the page is gone", locks)]
    for page in PAGES:
        rows.append(line(f"{page}: painted", shown[page]))
        rows.append(line(f"{page}: all figures there", whole[page]))
    return rows


if __name__ == "__main__":
    main()
