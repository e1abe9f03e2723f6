"""How quick the week's board is: `python tests/benchmarks/week_board.py`.

On the demo with a planned week: until the days are read (first time, again), until a stop that is
dropped on another day is judged and both days are saved or it is refused, and what one step of the
GUI costs (showing the week, painting it). CPU time of the thread beside the time on the wall; the
exit code is 1 when a drop or a step takes 100 ms of CPU (median of the drops).
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from planner.actions.edit_plan import bench_of
from planner.actions.make_demo import make_demo
from planner.actions.move_day import move_to_day
from planner.actions.plan_week import plan_week
from planner.errors import PlannerError
from planner.store.store import Store
from ui import theme
from ui.plan.week_board import WeekBoard
from ui.plan.week_book import book_of, empty_week, load_columns, with_columns

MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
LIMIT = 100.0  # milliseconds
_Times = list[tuple[float, float]]  # CPU and wall, milliseconds


def clock() -> datetime:
    """The moment of the benchmark."""
    return NOW


def timed(job: Callable[[], object], times: _Times) -> object:
    """Run `job`, add what it took to `times`."""
    cpu, wall = time.thread_time(), time.perf_counter()
    answer = job()
    times.append(((time.thread_time() - cpu) * 1e3, (time.perf_counter() - wall) * 1e3))
    return answer


def row(name: str, times: _Times) -> float:
    """Print a line of the table; answers the median of the CPU times."""
    if not times:
        return 0.0
    cpu, wall = sorted(t[0] for t in times), sorted(t[1] for t in times)
    middle = len(cpu) // 2
    print(
        f"{name:34s} {len(times):4d}   {cpu[middle]:8.1f} {cpu[-1]:8.1f}"
        f"   {wall[middle]:8.1f} {wall[-1]:8.1f}"
    )
    return cpu[middle]


def drops(store: Store) -> dict[str, _Times]:
    """Every stop of the first day dropped on two other days, in each crew, by what became of it."""
    plan = book_of(store, MONDAY).plan
    days = [MONDAY + timedelta(days=k) for k in (2, 3)]
    benches = {day: bench_of(store, book_of(store, day).ranking) for day in (MONDAY, *days)}
    found: dict[str, _Times] = {}
    for route in plan.routes if plan else ():
        for stop in route.stops:
            for day in days:
                times: _Times = []

                def drop(
                    who: str = stop.debtor_id, to: date = day, crew: str = route.crew_id
                ) -> str:
                    try:
                        moved = move_to_day(
                            store, who, MONDAY, to, crew, clock=clock, benches=benches
                        )
                    except PlannerError as error:
                        return error.code
                    return "judged and refused" if moved.faults else "judged and saved"

                kind = str(timed(drop, times))
                found.setdefault(kind, []).extend(times)
                if kind == "judged and saved":
                    break  # it stands there now
    return found


def main() -> int:
    """Print the table; 1 when a limit is passed."""
    app = QApplication([])
    theme.install_font(app)
    theme.apply(app, "light")
    with tempfile.TemporaryDirectory() as folder:
        path, _ = make_demo(Path(folder) / "demo", MONDAY, clock=clock)
        with Store.open(path, clock=clock) as store:
            plan_week(store, MONDAY, clock=clock, iterations=20_000)
            print(f"{'':34s}    n        CPU    worst       wall    worst  (ms)")
            first: _Times = []
            again: _Times = []
            sunday = MONDAY + timedelta(days=6)
            for k in range(7):
                day = MONDAY + timedelta(days=k)
                timed(lambda day=day: book_of(store, day), first)  # type: ignore[misc]
            columns = timed(lambda: load_columns(store, MONDAY, sunday, MONDAY), again)
            row("one day read the first time", first)
            row("the week read again", again)
            board, shown, painted = WeekBoard(), [], []
            board.resize(930, 560)
            for _k in range(20):
                week = with_columns(empty_week(MONDAY), columns)  # type: ignore[arg-type]
                timed(lambda week=week: board.show_week(week, MONDAY, MONDAY), shown)  # type: ignore[misc]
                timed(board.grab, painted)
            worst = max(row("the board shown", shown), row("the board painted", painted))
            for kind, times in sorted(drops(store).items()):
                worst = max(worst, row(f"drop: {kind}", times))
    return int(worst >= LIMIT)


if __name__ == "__main__":
    sys.exit(main())
