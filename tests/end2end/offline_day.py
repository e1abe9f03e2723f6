"""A whole day in the window with nothing but this machine: plan, record, plan on, print, close.

    python tests/end2end/offline_day.py WORKSPACE FOLDER

Prints what is to be found again as JSON: outcomes by code, stops of the plan, the day sheet.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from PySide6.QtCore import QDeadlineTimer  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

import ui.map.scheme  # noqa: F401, E402  (registers the map's scheme before there is an application)
from planner.actions.export_plan import Wish, export_plan  # noqa: E402
from planner.actions.outcomes import Outcome  # noqa: E402
from planner.actions.record import record  # noqa: E402
from planner.domain.plan import Plan  # noqa: E402
from planner.store.plans import load_plan  # noqa: E402
from planner.store.store import Store  # noqa: E402
from ui import theme  # noqa: E402
from ui.background import Background  # noqa: E402
from ui.main_window import MainWindow  # noqa: E402
from ui.pages.plan import PlanPage  # noqa: E402
from ui.pages.today import TodayPage  # noqa: E402
from ui.plan.offers import Situation  # noqa: E402
from ui.session import Session  # noqa: E402

CODES = ("VIS-NC", "VIS-RPC", "VIS-TPC", "VIS-NC", "VIS-RPC", "VIS-NC")
_WAIT = 60_000  # milliseconds


class Clock:
    """08:30 in Shanghai, until it is moved."""

    now = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The moment."""
        return self.now


def wait(step: str, what: Callable[[], Any]) -> None:
    """Let the window work until `what()` holds; `step` is what it does."""
    limit = QDeadlineTimer(_WAIT)
    while not what():
        if limit.hasExpired():
            raise SystemExit(f"the window did not get there: {step}")
        QTest.qWait(10)


def refused() -> int:
    """How often the kernel had no way for a packet or a connection since the network was taken
    away: every try counts, TCP, UDP and names alike."""
    four = [line.split() for line in Path("/proc/net/snmp").read_text().splitlines()]
    six = dict(line.split() for line in Path("/proc/net/snmp6").read_text().splitlines())
    names, figures = (line for line in four if line[0] == "Ip:")
    told = dict(zip(names, figures, strict=True))
    return int(told["OutNoRoutes"]) + int(six["Ip6OutNoRoutes"])


def saved(store: Store, clock: Clock) -> Plan:
    """The plan of the day."""
    with store.read() as conn:
        plan = load_plan(conn, clock().date())
    assert plan is not None
    return plan


def day(workspace: Path, folder: Path) -> dict[str, Any]:
    """The day in the window; what is to be found again."""
    app = QApplication.instance() or QApplication([])
    theme.install_font(app)  # type: ignore[arg-type]
    clock, background = Clock(), Background()
    store = Store.open(workspace, clock=clock)
    session = Session(store, clock, background)
    window = MainWindow(session)
    window.resize(1366, 768)
    window.show()
    session.go("plan")
    wait("open", lambda: window.findChildren(PlanPage) and window.findChildren(PlanPage)[0].book)
    page = window.findChildren(PlanPage)[0]
    page.deeds.seconds = 0.5
    page.create_plan()
    wait("plan", lambda: page.book is not None and page.book.plan is not None)
    route = max(saved(store, clock).routes, key=lambda one: len(one.stops))
    for stop, code in zip(route.stops, CODES, strict=False):
        clock.now = stop.leave
        record(store, Outcome(stop.debtor_id, code, stop.start), clock=clock)
    clock.now += timedelta(minutes=1)
    session.go("today")
    wait("today", lambda: window.findChildren(TodayPage)[0]._digest is not None)
    session.go("plan", "on")
    page.refresh()
    wait("plan on", lambda: page.book is not None and len(page.book.done) >= len(CODES))
    offers = page.offers
    offers.seconds["on"] = 0.3
    offers.plan_on(Situation(slower=120))
    wait("offer", lambda: offers.proposal is not None)
    offers.take()
    wait("take", lambda: offers.proposal is None and not offers._taking)
    plan = saved(store, clock)
    sheet = folder / "sheets.pdf"
    export_plan(store, plan, sheet, Wish("pdf"), clock=clock, language="en")
    window.close()
    background.shutdown()
    background.wait()
    store.close()
    return {
        "outcomes": len(CODES), "stops": plan.stops, "plan": plan.plan_id,
        "because": [one.code for one in plan.because], "sheet": sheet.stat().st_size,
        "refused": refused(),
    }  # fmt: skip


if __name__ == "__main__":
    told = day(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    os._exit(0)  # threads of the window may still be saying goodbye
