"""How quick the cases table is: `python tests/benchmarks/cases_table.py [persons] [--keep FILE]`.

Makes a workspace of made-up persons (or opens FILE if it is there), ranks it, and measures on the
GUI thread: showing the table, jumps to far places, wheel steps, sorting, another tab, choosing all;
and until a page of names has come. Each figure must stay below 100 ms; the exit code says so. Steps
are judged by the CPU time of the GUI thread, so that other work on the machine does not count; the
time on the wall stands beside it.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("FAIRVISIT_NO_WEBENGINE", "1")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from planner.store.store import NewEvent, Store, new_debtor_id
from ui import theme
from ui.background import Background
from ui.pages.cases import CasesPage
from ui.session import Session

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
LIMIT = 100.0  # milliseconds
_FAMILY, _GIVEN = "赵钱孙李周吴郑王冯陈", "明华秀英伟芳丽强磊静"
_CHUNK = 5_000


def clock() -> datetime:
    """The moment of the benchmark."""
    return NOW


def events_of(who: str, i: int) -> list[NewEvent]:
    """One person with a case, an address and three calls, all different and made up."""
    address = {
        "address_id": f"A{i}", "text": f"云岭市青石县第{i % 40}镇{i}号", "kind": 0, "region": i % 3,
        "grade": i % 5, "lat": 30.0 + (i % 997) * 1e-3, "lon": 110.0 + (i % 991) * 1e-3,
        "township": f"第{i % 40}镇", "valid": True,
    }  # fmt: skip
    case = {
        "case_id": f"L/{i}", "lender": "L", "contract_no": str(i), "product": "",
        "amount_overdue": 100_000 + (i * 7919) % 20_000_000, "status": "open",
        "overdue_since": (date(2026, 11, 23) - timedelta(days=5 + i % 400)).isoformat(),
    }  # fmt: skip
    phone = f"199{i:08d}"
    payload = {
        "name": _FAMILY[i % 10] + _GIVEN[i // 10 % 10] + _GIVEN[i // 100 % 10],
        "phones": [phone], "jurisdiction": "CN", "addresses": [address], "cases": [case],
    }  # fmt: skip
    calls = [
        NewEvent("contact", who, NOW - timedelta(days=days + i % 3, hours=2),
                 {"channel": "call", "code": "CALL-NA", "phone": phone})
        for days in ((3, 7, 11) if i % 2 else (3,))
    ]  # fmt: skip
    return [NewEvent("person.listed", who, NOW - timedelta(days=60), payload), *calls]


def made_up(path: Path, n: int) -> Store:
    """A workspace of `n` persons."""
    store = Store.create(path, clock=clock)
    for start in range(0, n, _CHUNK):
        with store.write() as tx:
            events: list[NewEvent] = []
            for i in range(start, min(n, start + _CHUNK)):
                events += events_of(new_debtor_id(tx, f"id:{i:018d}"), i)
            tx.append(events)
        print(f"\r{min(n, start + _CHUNK)} persons", end="", flush=True)
    print()
    return store


class Watch:
    """Runs steps, waits until everything is painted, keeps the times."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self.worst: dict[str, float] = {}  # CPU time of the GUI thread, or a wait
        self.wall: dict[str, float] = {}

    def step(self, name: str, deed: Callable[[], object]) -> None:
        """Time one deed with its painting, milliseconds."""
        start, busy = time.perf_counter(), time.thread_time()
        deed()
        self._app.processEvents()
        took, busy = time.perf_counter() - start, time.thread_time() - busy
        self.wall[name] = max(self.wall.get(name, 0.0), took * 1000)
        self.worst[name] = max(self.worst.get(name, 0.0), busy * 1000)

    def until(self, name: str, done: Callable[[], bool], limit: float = 120.0) -> None:
        """Time until `done` (checked while events run), milliseconds."""
        start = time.perf_counter()
        while not done():
            if time.perf_counter() - start > limit:
                raise TimeoutError(name)
            self._app.processEvents()
            time.sleep(0.001)
        took = (time.perf_counter() - start) * 1000
        self.worst[name] = max(self.worst.get(name, 0.0), took)


def measure(app: QApplication, page: CasesPage) -> Watch:
    """All steps on the page with everybody in view."""
    watch, table, model = Watch(app), page.table, page.model
    far = watch.step
    page._show_tab("all")
    app.processEvents()
    n = model.rowCount()
    for share in (0.5, 0.99, 0.01, 0.73, 0.25):
        place = int(n * share)
        far("jump", lambda place=place: table.scrollTo(model.index(place, 0)))
        top = table.rowAt(2)
        watch.until("names after a jump", lambda top=top: model.line(top).person is not None)
    bar = table.verticalScrollBar()
    for _ in range(40):
        far("wheel step", lambda: bar.setValue(bar.value() + 102))
    for place in range(0, n, max(1, n // 60)):
        far("drag of the scroll bar", lambda place=place: bar.setValue(bar.maximum() * place // n))
    for column in (1, 3, 4, 8, 7):
        for order in (Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder):
            far("sort", lambda c=column, o=order: table.sortByColumn(c, o))
    far("choose all, with the sum", table.selectAll)
    table.clearSelection()
    for tab in ("ready", "call_first", "all"):
        far("another tab", lambda tab=tab: page._show_tab(tab))
    return watch


def search(app: QApplication, page: CasesPage) -> None:
    """Searches run off the GUI thread: the time until the list shows them, for information."""
    for text in ("zmh", "19900012345", "第7镇", "赵明"):
        watch = Watch(app)
        page._search.setText(text)
        watch.until(text, lambda text=text: page._hits is not None and page._hits.text == text)
        took, found = watch.worst[text], page.model.rowCount()
        print(f"search {text!r}: {found} found in {took:.0f} ms (120 ms of it waiting for keys)")
    page._search.clear()


def main() -> int:
    """Measure, print the worst of each step, answer 1 when one is too slow."""
    told = argparse.ArgumentParser()
    told.add_argument("persons", nargs="?", type=int, default=100_000)
    told.add_argument("--keep", type=Path)
    given = told.parse_args()
    app = QApplication([])
    theme.install_font(app)
    theme.apply(app, "light")
    with tempfile.TemporaryDirectory() as folder:
        path = given.keep or Path(folder) / "many.fairvisit"
        there = path.exists()
        store = Store.open(path, clock=clock) if there else made_up(path, given.persons)
        background = Background()
        page = CasesPage(Session(store, clock, background))
        page.resize(1240, 660)
        start = time.perf_counter()
        page.show()
        Watch(app).until("rank", lambda: page._book is not None)
        print(f"{page._book.n} persons ranked in {time.perf_counter() - start:.1f} s, off-thread")
        watch = measure(app, page)
        search(app, page)
        background.shutdown()
        store.close()
    for name, took in watch.worst.items():
        wall = watch.wall.get(name)
        said = f"CPU, {wall:6.1f} ms on the wall" if wall is not None else "on the wall, a wait"
        print(f"{name:26} worst {took:6.1f} ms {said}")
    slow = [name for name, took in watch.worst.items() if took >= LIMIT]
    print("too slow: " + ", ".join(slow) if slow else f"all below {LIMIT:.0f} ms")
    return bool(slow)


if __name__ == "__main__":
    sys.exit(main())
