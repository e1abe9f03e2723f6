"""What the import page has done off the GUI thread."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from planner.actions.change import Change
from planner.actions.import_files import ImportReport, import_files
from planner.clock import Clock, today
from planner.demo.files import write_demo
from planner.export.fault_table import write_faults
from planner.intake.records import Fault, fault_words
from planner.store.store import Store

Answer = tuple[ImportReport, Change, bytes | None]


def run_import(
    store: Store,
    paths: Sequence[Path],
    clock: Clock,
    *,
    on_progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Answer:
    """Import `paths` as one step. Raises PlannerError("import.…")."""
    report = import_files(store, paths, clock=clock, on_progress=on_progress, cancelled=cancelled)
    return report, Change.ALL, report.batch


def run_sample(
    store: Store,
    clock: Clock,
    *,
    on_progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Answer:
    """Make the fictional lender's files for today and import them like any others."""
    with tempfile.TemporaryDirectory(prefix="fairvisit-") as folder:
        paths = write_demo(Path(folder), today(clock, store.zone))
        on_progress(0.1)
        return run_import(store, paths, clock, on_progress=on_progress, cancelled=cancelled)


def save_faults(path: Path, faults: Sequence[Fault], header: Sequence[str], language: str) -> Path:
    """Write the list of faults as CSV. Raises OSError."""

    def words(fault: Fault) -> str:
        return fault_words(fault, language)

    write_faults(path, faults, header, words)
    return path
