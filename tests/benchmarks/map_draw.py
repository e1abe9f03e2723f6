"""How quick the map is: `QT_QPA_PLATFORM=offscreen python tests/benchmarks/map_draw.py [--runs N]`.

marks: 1,000 to 50,000 cases handed to a map that is open, until the page has drawn them (goal
10,000 < 0.5 s, 50,000 < 1.5 s), how long of it the GUI thread is busy, and a move of the view after
that. click: from the mouse on a mark until the row's key is told (goal < 50 ms). tiles: what one
tile of each pack costs in the worker. base: from the page's wish for the demo's base map until all
tiles of a view are drawn. Wall time, medians.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["FAIRVISIT_NO_WEBENGINE"] = "0"
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from report import machine, table

import ui.map.scheme  # noqa: F401  (before any QApplication)

COUNTS = (1_000, 10_000, 50_000)
ROOT = Path(__file__).resolve().parents[2]
PACKS = {
    "demo prefecture": ROOT / "resources/demo/prefecture.pmtiles",
    "Liechtenstein": ROOT / "tests/data/maps/liechtenstein.pmtiles",
    "Florence (Protomaps)": ROOT / "tests/data/maps/firenze_protomaps.pmtiles",
}


def until(done: Callable[[], bool]) -> None:
    """Run the event loop until something is so."""
    from PySide6.QtCore import QCoreApplication, QEventLoop

    while not done():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 2)


def value(view: Any, code: str) -> Any:
    """The value of a JavaScript expression in the page."""
    told: list[str] = []
    view.web.page.runJavaScript(f"JSON.stringify({code})", 0, told.append)
    until(lambda: bool(told))
    return json.loads(told[0])


def marks(count: int) -> Any:
    """So many cases over a prefecture, and forty stops of four crews."""
    import random

    from planner.export.map_layers import CrewMark, LooseMark, Marks, StopMark

    draw = random.Random(count)

    def spot() -> tuple[float, float]:
        return 32.1 + draw.random() * 0.9, 106.8 + draw.random() * 1.2

    return Marks(
        tuple(CrewMark(f"{k}", *spot()) for k in range(4)),
        tuple(StopMark(f"S{k}", k // 10, k % 10 + 1, *spot(), "张*", "09:05") for k in range(40)),
        tuple(LooseMark(f"L{k}", *spot(), "李*", "青溪镇") for k in range(count)),
    )


def draw_marks(view: Any, count: int, runs: int) -> tuple[str, ...]:
    """A line of the first table."""
    whole, busy, move = [], [], []
    drawn: set[tuple[str, int]] = set()
    view.web.drawn.connect(lambda layer, revision: drawn.add((layer, revision)))

    def seen(revision: int) -> bool:
        return ("loose", revision) in drawn

    for _ in range(runs):
        made = marks(count)
        drawn.clear()
        start = time.perf_counter()
        view.set_marks(made)
        busy.append(time.perf_counter() - start)
        last = view.web.handler.revisions["loose"]
        until(partial(seen, last))
        value(view, "1")  # the frame after it
        whole.append(time.perf_counter() - start)
        start = time.perf_counter()
        value(view, "(fairvisit.board.map.panBy([60, 40], { animate: false }), 1)")
        move.append(time.perf_counter() - start)
    figures = [statistics.median(one) * 1000 for one in (whole, busy, move)]
    return (f"{count:,}", *(f"{figure:,.0f} ms" for figure in figures))


def click(view: Any, runs: int) -> float:
    """Median milliseconds from the press on a stop until its key is told."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    view.fit()
    told: list[str] = []
    view.picked.connect(told.append)
    taken = []
    for index in range(runs):
        board = "fairvisit.board"
        at = f"{board}.map.latLngToContainerPoint({board}.marks.get({index})._latlng)"
        spot = value(view, at)
        told.clear()
        start = time.perf_counter()
        QTest.mouseClick(
            view.web.view.focusProxy(), Qt.MouseButton.LeftButton,
            pos=QPoint(round(spot["x"]), round(spot["y"])),
        )  # fmt: skip
        until(lambda: bool(told))
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def tiles(path: Path) -> tuple[int, float, float]:
    """(tiles, median and worst milliseconds) of reading and inflating each different tile."""
    from planner.geo.basemap import open_map

    with open_map(path) as opened:
        places = [(z, x, y) for z, x, y, _data in opened._file.every()]
        taken = []
        for place in places:
            start = time.perf_counter()
            opened.tile(*place)
            taken.append((time.perf_counter() - start) * 1000)
    return len(taken), statistics.median(taken), max(taken)


def base(view: Any, zoom: int) -> float:
    """Seconds until the demo's base map stands at this zoom, from nothing."""
    from planner.geo.basemap import check_map
    from ui.map.base import Base

    view.set_base(Base())
    view.aim(32.55, 107.4, zoom)
    until(lambda: not value(view, "Boolean(fairvisit.board.based)"))
    pack = check_map(PACKS["demo prefecture"])
    start = time.perf_counter()
    view.set_base(Base((pack,)))
    done = (
        "(() => { const base = fairvisit.board.groups.base, l = base && base.getLayers()[0];"
        " return Boolean(l && !l._loading && Object.values(l._tiles).length &&"
        " Object.values(l._tiles).every((t) => t.loaded)); })()"
    )
    until(lambda: bool(value(view, done)))
    return time.perf_counter() - start


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    from ui.app import make_application
    from ui.map.view import MapView

    make_application(sys.argv[:1])
    view = MapView()
    view.resize(1000, 700)
    ready: list[int] = []
    view.ready.connect(lambda: ready.append(1))
    view.set_marks(marks(100))
    view.show()
    until(lambda: bool(ready))
    print(machine())
    lines = [draw_marks(view, count, runs) for count in COUNTS]
    table(("cases", "until drawn", "of it GUI thread", "move of the view"), lines)
    print(f"\nclick until the key is told: {click(view, 20):.0f} ms\n")
    rows = [(name, *tiles(path)) for name, path in PACKS.items()]
    shown = [(name, f"{n:,}", f"{mid:.2f} ms", f"{worst:.1f} ms") for name, n, mid, worst in rows]
    table(("pack", "tiles", "median of a tile", "worst"), shown)
    for zoom in (9, 11, 14):
        taken = statistics.median(base(view, zoom) for _ in range(3))
        print(f"demo base map at zoom {zoom}: {taken:.2f} s")
    view.shut()


if __name__ == "__main__":
    main()
