"""How quick the plan screen answers: `python tests/benchmarks/plan_screen.py [edit] [stop]`.

edit: a day of 60 stops, one edit after the other (move, to another crew, lock, drop, add): from the
press until the new timetable, totals and difference are on the screen, judged and saved; goal
< 100 ms. stop: a search for a day of 2,000 candidates is ended early, five times each way:
until the screen is free with the old plan, until the search itself has ended, until the new plan is
shown; goal <= 150 ms for the first two. Wall time and CPU time of the whole process.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["FAIRVISIT_NO_WEBENGINE"] = "1"  # a browser's processes would be measured as well

from report import machine, table

EDIT_CANDIDATES, EDIT_CREWS = 300, 4
STOP_CANDIDATES, STOP_CREWS = 2_000, 20


def _window(folder: Path, candidates: int, crews: int) -> Any:
    """The window with the plan screen on a made-up day."""
    import made_book
    from made_book import DAY, clock, make_book
    from PySide6.QtWidgets import QApplication

    from ui.app import make_application, settle
    from ui.background import Background
    from ui.main_window import MainWindow
    from ui.session import Session

    made_book.CREWS = crews
    if QApplication.instance() is None:
        make_application(sys.argv[:1])
    store = make_book(folder / "day.fairvisit", candidates, fresh=True)
    session = Session(store, clock, Background())
    session.set_day(DAY)
    window = MainWindow(session, "light")
    window.resize(1366, 768)
    window.show()
    settle()
    window.go("plan")
    session.troubled.connect(lambda error: sys.exit(str(error)))
    until(lambda: window.page.book is not None)
    return window


def until(done: Callable[[], bool]) -> None:
    """Run the event loop until something is so."""
    from PySide6.QtCore import QCoreApplication, QEventLoop

    while not done():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 5)


def timed(deed: Callable[[], object], done: Callable[[], bool]) -> tuple[float, float]:
    """Milliseconds (wall, CPU) from a deed until something is so and everything is painted."""
    from PySide6.QtWidgets import QApplication

    wall, cpu = time.perf_counter(), time.process_time()
    deed()
    until(done)
    QApplication.processEvents()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def planned(page: Any, iterations: int) -> None:
    """Make the day's plan outside the screen and show it."""
    from planner.actions.make_plan import make_plan

    session = page.session
    make_plan(session.store, session.day, clock=session.clock, iterations=iterations)
    page.refresh()
    until(lambda: page.book.plan is not None)


def measure_edits(rounds: int) -> None:
    """Every kind of edit on a day of at least 60 stops."""
    with tempfile.TemporaryDirectory() as folder:
        window = _window(Path(folder), EDIT_CANDIDATES, EDIT_CREWS)
        page = window.page
        planned(page, 3000)
        found: dict[str, list[tuple[float, float]]] = {}
        refused: list[str] = []
        page.deeds.refused.connect(refused.append)

        def edit(name: str, deed: Callable[[], object]) -> None:
            before, no = page.book.plan, len(refused)
            took = timed(deed, lambda: page.book.plan is not before or len(refused) > no)
            found.setdefault(f"{name}, refused" if len(refused) > no else name, []).append(took)
            until(lambda: not page.session.background._tasks)

        for number in range(rounds):
            lanes = page.bar.lanes
            lane, other = lanes[number % len(lanes)], lanes[(number + 1) % len(lanes)]
            who = lane.blocks[number % len(lane.blocks)].debtor_id
            deeds = page.deeds
            edit("another place in the round", partial(deeds.move, who, lane.crew_id, 0))
            edit("lock", partial(deeds.lock, who, True))
            edit("unlock", partial(deeds.lock, who, False))
            edit("take out", partial(deeds.drop, who))
            edit("add where it costs least", partial(deeds.add, who))
            edit("to another crew", partial(deeds.move, who, other.crew_id, 1))
        stops = page.book.plan.stops
        page.session.close()
    rows = [_row(name, took) for name, took in found.items()]
    table(["edit, ms", "median", "worst", "median CPU", "worst CPU", "times"], rows)
    print(
        f"\n{stops} stops, {len(page.bar.lanes)} crews; judged, saved, timetable and figures shown"
    )


def _row(name: str, took: list[tuple[float, float]]) -> list[str]:
    wall, cpu = [one[0] for one in took], [one[1] for one in took]
    figures = (statistics.median(wall), max(wall), statistics.median(cpu), max(cpu))
    return [name, *(f"{figure:.0f}" for figure in figures), str(len(took))]


def measure_stop(rounds: int) -> None:
    """Both ways out of a search."""
    from planner.actions import make_plan as module

    ended: list[float] = []
    solve = module.solve_at

    def watched(*given: Any, **named: Any) -> Any:
        """The search, with the moment of its end."""
        try:
            return solve(*given, **named)
        finally:
            ended.append(time.perf_counter())

    module.solve_at = watched
    with tempfile.TemporaryDirectory() as folder:
        window = _window(Path(folder), STOP_CANDIDATES, STOP_CREWS)
        page = window.page
        planned(page, 100)
        page.deeds.seconds = 30.0
        found: dict[str, list[tuple[float, float]]] = {}
        for way in ("keep the old plan", "good enough") * rounds:
            page.create_plan()
            until(lambda: page.search.seconds > 1)
            ended.clear()
            before, pressed = page.book.plan, time.perf_counter()
            deed = page.deeds.give_up if way == "keep the old plan" else page.search.press_enough
            took = timed(deed, lambda: not page.deeds.running)
            shown = "the screen is free" if way == "keep the old plan" else "checked and shown"
            found.setdefault(f"{way}: {shown}", []).append(took)
            until(lambda: bool(ended) and not page.session.background._tasks)
            found.setdefault(f"{way}: the search has ended", []).append(
                ((ended[0] - pressed) * 1000, 0.0)
            )
            same = page.book.plan == before
            assert same == (way == "keep the old plan"), "half a change"
        page.session.close()
    rows = [_row(name, took)[:3] + _row(name, took)[5:] for name, took in found.items()]
    table(["ending a search, ms", "median", "worst", "times"], rows)
    print(f"\n{STOP_CANDIDATES} candidates; after giving up the plan of the screen was the old one")


def main() -> int:
    """Run what was asked, by default both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", nargs="*", help="edit, stop; both without a word")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print(machine(), end="\n\n")
    for what in given.what or ("edit", "stop"):
        if what == "edit":
            measure_edits(given.rounds)
        elif what == "stop":
            measure_stop(given.rounds)
        else:
            parser.error(f"unknown: {what}")
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
