"""Pictures of every screen in both languages and both themes, on the demo, at a fixed moment.

    QT_QPA_PLATFORM=offscreen .venv/bin/python packaging/screenshots.py FOLDER [--sizes 1366x768 …]

Leaves FOLDER/<page>-<zh|en>-<light|dark>[-<width>].png. The demo is made for a Tuesday at 18:40
local time, with plans of that day and of the rest of the week, a few outcomes recorded and a few
decisions taken, so that no picture is empty. "week" is the plan screen turned to its week, "places"
the cases turned to the places to check; the "imports-" pictures are the steps of an import, which
is undone again. The
"team-" pictures are the tabs of the team's page and, "team-mine", a collector's own page. The
"safe-" pictures show what stands around a workspace: first run, lock, backups, a mandate's end.
The "map-" pictures are the plan's map alone: city, county, village, and its layers.
"""

import argparse
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pictures_import import make_files
from pictures_import import steps as import_steps
from pictures_lead import prepare_team
from pictures_lead import steps as team_steps
from pictures_map import map_pictures
from PySide6.QtCore import QEvent, QEventLoop, QSettings
from PySide6.QtWidgets import QApplication, QWidget
from safe_pictures import safe_pictures

from planner.actions.make_demo import make_demo
from planner.actions.make_plan import make_plan
from planner.actions.outcomes import Outcome
from planner.actions.plan_week import plan_week
from planner.actions.rank import rank
from planner.actions.record import record
from planner.actions.remote import remote_areas
from planner.actions.remote_decisions import Decision, decide
from planner.store.plans import load_plan
from planner.store.store import Store
from ui import i18n, theme
from ui.app import make_application
from ui.background import Background
from ui.main_window import MainWindow
from ui.pages.registry import specs
from ui.screenshot import Stillness
from ui.session import Session

DAY = date(2026, 11, 24)
MORNING = datetime(2026, 11, 24, 0, 40, tzinfo=UTC)
EVENING = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)
OUTCOMES = (("VIS-NC", ""), ("VIS-RPC", "OUT-PTP"), ("VIS-TPC", ""))
TURNED = {"week": "plan", "places": "cases"}  # pictures of a page turned to something else
LANGUAGES = {"zh_CN": "zh", "en": "en"}


def prepare(folder: Path) -> Path:
    """A demo workspace with a plan of the day, three outcomes, decisions about remote areas."""
    path, _ = make_demo(folder, DAY, clock=lambda: MORNING)
    with Store.open(path, clock=lambda: MORNING) as store:
        plan = make_plan(store, DAY, clock=lambda: MORNING, iterations=60_000)
        stops = plan.routes[0].stops
        for stop, (code, result) in zip(stops, OUTCOMES, strict=False):
            promised = {"amount": 200_000, "due": date(2026, 12, 4)} if result else {}
            outcome = Outcome(
                stop.debtor_id, code, stop.start, result=result, address_id=stop.address_id,
                leave=stop.leave, **promised,
            )  # fmt: skip
            record(store, outcome, clock=lambda: EVENING)
        decide_areas(store)
        plan_week(store, DAY + timedelta(days=1), clock=lambda: EVENING, days=5, iterations=30_000)
        prepare_team(store, plan, DAY, clock=lambda: EVENING)
    return path


def decide_areas(store: Store) -> None:
    """The lead's decisions about three remote areas: one as advised, two not."""
    areas = remote_areas(store, rank(store, DAY))
    go, wait = (
        [k for k, one in enumerate(areas.bundles) if one.decision == kind]
        for kind in ("GO", "WAIT")
    )
    told = (
        (go[0], Decision("GO", day=DAY + timedelta(days=1), crew_id=areas.crews[0].crew_id)),
        (go[2], Decision("WAIT", until=DAY + timedelta(days=10))),
        (wait[0], Decision("MEANS", until=DAY + timedelta(days=30), means="letter")),
    )
    for index, decision in told:
        decide(store, areas, index, decision, clock=lambda: EVENING)


def settle(window: QWidget, session: Session, quiet: int = 900) -> None:
    """Run the event loop until nothing was under way for `quiet` ms and the maps are drawn."""
    loop, stillness = QEventLoop(), Stillness(window, session.background, quiet)
    stillness.come.connect(loop.quit)
    loop.exec()
    stillness.deleteLater()


def pictures(
    app: QApplication,
    session: Session,
    folder: Path,
    sizes: list[str],
    who: str,
    files: tuple[Path, Path],
) -> None:
    """Every page in every look, at every size."""
    for look in ("light", "dark"):
        for language, short in LANGUAGES.items():
            i18n.use(language)
            theme.apply(app, look)
            window = MainWindow(session, look)
            window.show()
            for size in sizes:  # none: the map alone
                wide, _, high = size.partition("x")
                window.resize(int(wide), int(high))
                for key in (*(spec.key for spec in specs()), "week", "places"):
                    shown = {"case": who, "plan": who, "cases": "ready"} | {
                        key: key for key in TURNED
                    }
                    window.go(TURNED.get(key, key), shown.get(key))
                    settle(window, session)
                    end = "" if size == sizes[0] else f"-{wide}"
                    name = folder / f"{key}-{short}-{look}{end}.png"
                    window.grab().save(str(name))
                    print(name)  # noqa: T201
                window.go("imports", None)
                settle(window, session)
                for step in import_steps(window, files, partial(settle, window, session)):
                    end = "" if size == sizes[0] else f"-{wide}"
                    name = folder / f"imports-{step}-{short}-{look}{end}.png"
                    window.grab().save(str(name))
                    print(name)  # noqa: T201
                for tab in team_steps(window, partial(settle, window, session)):
                    end = "" if size == sizes[0] else f"-{wide}"
                    name = folder / f"team-{tab}-{short}-{look}{end}.png"
                    window.grab().save(str(name))
                    print(name)  # noqa: T201
            window.go("plan", None)
            settle(window, session)
            for name, shown in map_pictures(window.page, partial(settle, session=session)):
                file = folder / f"map-{name}-{short}-{look}.png"
                shown.save(str(file))
                print(file)  # noqa: T201
            window.close()
            window.deleteLater()
            # The map's page has to go before its profile: not at some later time.
            app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            app.processEvents()


def main() -> None:
    """Make the demo, then the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", nargs="+", default=["1366x768"])
    parser.add_argument("--only", choices=("pages", "map", "safe"), help="a part of them")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, place)
        app = make_application(["screenshots"])
        path = prepare(Path(place) / "demo")
        store = Store.open(path, clock=lambda: EVENING)
        session = Session(store, lambda: EVENING, Background())
        with store.read() as conn:
            plan = load_plan(conn, DAY)
        assert plan is not None
        who = plan.routes[0].stops[len(OUTCOMES)].debtor_id
        if options.only != "safe":
            files = make_files(path.parent)
            sizes = [] if options.only == "map" else options.sizes
            pictures(app, session, options.folder, sizes, who, files)
        session.close()
        if options.only not in ("pages", "map"):
            safe_pictures(app, path, Path(place), options.folder, options.sizes, lambda: EVENING)
        app.quit()


if __name__ == "__main__":
    main()
