"""The demo workspace: fictional lender files, loaded through the ordinary import."""

import tempfile
from datetime import date
from pathlib import Path

from planner.actions.import_files import ImportReport, import_files
from planner.actions.map_packs import bring_demo_map
from planner.actions.places_lists import keep_list, place_of_row
from planner.actions.policy import active_policy, confirm_calendar
from planner.actions.road_packs import import_road_pack
from planner.clock import Clock
from planner.demo.files import SEED, write_demo
from planner.demo.gazetteer import LIST, places_of
from planner.demo.names import MARK
from planner.demo.osm import write_osm
from planner.demo.prefecture import make_prefecture
from planner.errors import PlannerError
from planner.intake.place_list import PlaceRow
from planner.policy.workdays import class_of
from planner.store.store import Store, remove_workspace

DEMO_NAME = "demo.fairvisit"


def make_demo(
    folder: Path,
    today: date,
    *,
    clock: Clock,
    seed: int = SEED,
    replace: bool = False,
    roads: bool = True,
) -> tuple[Path, ImportReport]:
    """Write the demo files for `today` into `folder` and load them into a new workspace there;
    its base map and its list of places come with it.

    With `roads` its road pack is built as well: the plans of the demo follow the demo's roads.
    Raises PlannerError("demo.exists") when the workspace is there and `replace` is not set:
    somebody may have recorded visits in it.
    """
    workspace = folder / DEMO_NAME
    if workspace.exists() and not replace:
        raise PlannerError("demo.exists", path=str(workspace))
    folder.mkdir(parents=True, exist_ok=True)
    remove_workspace(workspace)
    paths = write_demo(folder, today, seed=seed)
    with Store.create(workspace, clock=clock) as store:
        _confirm_calendars(store, today)
        report = import_files(store, paths, clock=clock)
    rows = places_of(make_prefecture(seed))
    keep_list(workspace, LIST, [place_of_row(PlaceRow(**row)) for row in rows])  # type: ignore[arg-type]
    if roads:
        bring_demo_roads(workspace, seed)
    bring_demo_map(workspace)
    return workspace, report


def bring_demo_roads(workspace: Path, seed: int = SEED) -> None:
    """The roads of the demo's prefecture, on the way by which users bring theirs; a second or two.

    Raises PlannerError as `import_road_pack`.
    """
    with tempfile.TemporaryDirectory() as folder:
        extract = Path(folder) / "虚构演示-道路.osm.pbf"
        write_osm(extract, make_prefecture(seed))
        import_road_pack(workspace, extract, attribution=f"Fairvisit ({MARK})")


def _confirm_calendars(store: Store, today: date) -> None:
    """Let the demo be planned in any year: what a lead confirms of a real book, once a year.

    Where no calendar is published yet, the statutory days of that year and the next are taken.
    """
    for year in (today.year, today.year + 1):
        policies = active_policy(store)
        if class_of(policies, date(year, 12, 31)) is None:
            confirm_calendar(store, policies.country, year)
