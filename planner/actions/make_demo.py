"""The demo workspace: fictional lender files, loaded through the ordinary import."""

from datetime import date
from pathlib import Path

from planner.actions.import_files import ImportReport, import_files
from planner.clock import Clock
from planner.demo.files import write_demo
from planner.errors import PlannerError
from planner.store.store import Store, remove_workspace

DEMO_NAME = "demo.fairvisit"
DEMO_SEED = 20260


def make_demo(
    folder: Path, today: date, *, clock: Clock, seed: int = DEMO_SEED, replace: bool = False
) -> tuple[Path, ImportReport]:
    """Write the demo files for `today` into `folder` and load them into a new workspace there.

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
        report = import_files(store, paths, clock=clock)
    return workspace, report
