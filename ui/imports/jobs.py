"""What the import page has done off the GUI thread."""

import contextlib
import gc
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast, get_args

from planner.actions.change import Change
from planner.actions.import_files import Choice, ImportReport, read_files, take_in
from planner.actions.import_preview import (
    FilePreview,
    Open,
    Preview,
    What,
    keep_choice,
    lenders,
    look_with_choices,
    open_points,
    preview_import,
)
from planner.clock import Clock, today
from planner.demo.files import write_demo
from planner.domain.people import Debtor
from planner.errors import PlannerError
from planner.export.fault_table import faulty_rows, write_faulty_rows
from planner.export.import_template import write_template
from planner.intake.look import Look
from planner.intake.read import without_collector
from planner.intake.records import Fault, Parsed, PersonRecord
from planner.store.known import load_debtors
from planner.store.store import Store


@dataclass(frozen=True, slots=True)
class FaultLine:
    """A fault with the field of its column, which says whether its value is personal."""

    fault: Fault
    field: str


@dataclass(frozen=True, slots=True)
class Faulty:
    """A file that was read, what is wrong with it, how many rows are left out for that, and the
    data date told beside it. `lines`: the rows that are left out first."""

    parsed: Parsed
    faults: tuple[Fault, ...]
    lines: tuple[FaultLine, ...]
    left_out: int
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """An import that was written: its report, and what is to be mended."""

    report: ImportReport
    faulty: tuple[Faulty, ...]


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """What an import keeps is in no cycle. A round of the collector over its millions of objects
    stops the window for a second, so they are exempt from it; they go when nobody holds them."""
    with without_collector():
        try:
            yield
        finally:
            gc.freeze()


def let_go(box: "list[Seen | Done | None]") -> None:
    """Free what is in `box`, a part at a time: all at once would hold up the window.

    What somebody else still holds stays.
    """
    parts: list[list[Any]] = []
    while box:
        one = box.pop()
        if isinstance(one, Seen):
            parts.append(list(one.lines))
            parts += [list(file.differences) for file in one.files]
        if one is not None:
            for parsed in [faulty.parsed for faulty in one.faulty]:
                parts += [list(parsed.records), list(parsed.lines.items())]
                del parsed
        del one
    for part in parts:
        while part:
            del part[-500:]


Answer = tuple[Done, Change, bytes | None]
SUFFIXES = {"xlsx": ".xlsx", "csv": ".csv"}


@dataclass(frozen=True, slots=True)
class Looked:
    """A file after the first look: `look` is None for a map layer."""

    path: Path
    look: Look | None
    choice: Choice
    points: frozenset[Open]


@dataclass(frozen=True, slots=True)
class FirstLook:
    """All files of one import, and who has sent cases so far."""

    files: tuple[Looked, ...]
    lenders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One changed field of one case or person: a row of the table of differences."""

    what: str
    debtor_id: str
    name: str
    contract: str
    field: str
    old: Any
    new: Any
    file: str
    loan: bool = True  # False: about the person, not about a case


@dataclass(frozen=True, slots=True)
class Seen:
    """A preview as the page shows it, with everything counted. `people` (by identity) are those
    who are asked about, `known` (by debtor id) who they could be."""

    preview: Preview
    lines: tuple[Line, ...]
    faulty: tuple[Faulty, ...]
    counts: Mapping[str, int]
    people: Mapping[str, PersonRecord]
    known: Mapping[str, Debtor]

    @property
    def files(self) -> tuple[FilePreview, ...]:
        """The files in the order in which they were named."""
        return self.preview.files


def first_look(
    store: Store,
    paths: Sequence[Path],
    *,
    on_progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> FirstLook:
    """Look at the heads of the files, with what was decided about their forms before.

    Raises PlannerError("intake.…"), PlannerError("import.cancelled").
    """
    files = []
    for done, path in enumerate(paths, 1):
        if cancelled():
            raise PlannerError("import.cancelled")
        look, choice = look_with_choices(store, path)
        points = open_points(look, choice) if look is not None else frozenset()
        files.append(Looked(path, look, choice, points))
        on_progress(done / len(paths))
    return FirstLook(tuple(files), tuple(lenders(store)))


def keep_forms(store: Store, decided: Sequence[tuple[Look, Choice]]) -> tuple[None, Change]:
    """Remember what was decided about these files' forms."""
    for look, choice in decided:
        keep_choice(store, look, choice)
    return None, Change.NOTHING


def run_preview(
    store: Store,
    paths: Sequence[Path],
    choices: Mapping[str, Choice],
    *,
    on_progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Seen:
    """Read the files and compare. Nothing is written. Raises what `preview_import` raises."""
    with _uncollected():
        preview = preview_import(
            store, paths, choices=choices, on_progress=on_progress, cancelled=cancelled
        )
        lines = [line for file in preview.files for line in _lines(file)]
        people: dict[str, PersonRecord] = {}
        maybe: set[str] = set()
        for file, parsed in zip(preview.files, preview.parsed, strict=True):
            asked = {question.identity for question in file.questions}
            maybe |= {who for question in file.questions for who, _ in question.known}
            if asked:
                records = cast(list[PersonRecord], parsed.records)
                people |= {one.identity: one for one in records if one.identity in asked}
        with store.read() as conn:
            known = load_debtors(conn, sorted(maybe)) if maybe else {}
        faulty = _faulty(preview.parsed, {one.name: one.faults for one in preview.files}, choices)
        return Seen(preview, tuple(lines), faulty, _counts(preview.files), people, known)


def _counts(files: Sequence[FilePreview]) -> dict[str, int]:
    """Cases by what becomes of them, entries and crews with them; rows that are left out."""
    found = Counter(one.what for file in files for one in file.differences)
    counts = {what: found[what] for what in get_args(What)}
    counts["new"] += sum(file.added for file in files)
    counts["changed"] += sum(file.changed for file in files)
    counts["all"] = sum(counts.values())
    counts["unchanged"] = sum(file.unchanged for file in files)
    counts["faulty"] = sum(file.faulty for file in files)
    counts["questions"] = sum(len(file.questions) for file in files)
    return counts


def _faulty(
    parsed: Sequence[Parsed], faults: Mapping[str, tuple[Fault, ...]], choices: Mapping[str, Choice]
) -> tuple[Faulty, ...]:
    """What is to be mended in each file."""
    found = []
    for one in parsed:
        mine = faults[one.name]
        rows = sorted(mine, key=lambda fault: (fault.note, fault.row))
        lines = tuple(FaultLine(fault, one.columns.get(fault.column, "")) for fault in rows)
        left_out = len({fault.row for fault in mine if not fault.note})
        as_of = choices.get(one.name, Choice()).as_of
        found.append(Faulty(one, mine, lines, left_out, as_of))
    return tuple(found)


def _lines(file: FilePreview) -> list[Line]:
    found = []
    for one in file.differences:
        contract = one.case_id.partition("/")[2]
        fields = one.fields or (
            (("status", "open", "open"),) if one.what == "absent"
            else (("amount_overdue", None, one.amount),)
        )  # fmt: skip
        found += [
            Line(one.what, one.debtor_id, one.name, contract, name, old, new, file.name,
                 bool(one.case_id))
            for name, old, new in fields
        ]  # fmt: skip
    return found


def run_take_in(
    store: Store,
    parsed: Sequence[Parsed],
    choices: Mapping[str, Choice],
    same: Mapping[str, str],
    clock: Clock,
    *,
    on_progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Answer:
    """Write what was previewed, as one step. Raises PlannerError("import.…")."""
    with _uncollected():
        report = take_in(
            store, parsed, clock=clock, choices=choices, same=same, on_progress=on_progress,
            cancelled=cancelled,
        )  # fmt: skip
    on_progress(1.0)
    return _done(report, parsed, choices), Change.ALL, report.batch


def _done(report: ImportReport, parsed: Sequence[Parsed], choices: Mapping[str, Choice]) -> Done:
    return Done(report, _faulty(parsed, {one.name: one.faults for one in report.files}, choices))


def run_sample(
    store: Store,
    clock: Clock,
    *,
    on_progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Answer:
    """Make the fictional lender's files for today and import them like any others."""
    from planner.actions.make_demo import bring_demo_roads  # needed by nothing else here

    with tempfile.TemporaryDirectory(prefix="fairvisit-") as folder:
        paths = write_demo(Path(folder), today(clock, store.zone))
        on_progress(0.1)
        parsed = read_files(store, paths, on_progress=on_progress, cancelled=cancelled)
    report = take_in(store, parsed, clock=clock, cancelled=cancelled)
    with contextlib.suppress(PlannerError):  # without its roads the sample is planned by estimates
        bring_demo_roads(store.path)
    on_progress(1.0)
    return _done(report, parsed, {}), Change.ALL, report.batch


def save_faulty(
    place: Path,
    files: Sequence[Faulty],
    language: str,
    suffix: str,
    ending: str,
) -> list[Path]:
    """Write the rows that were left out, one file for each that has some.

    `place` is the file to write for a single one, else the folder, where `ending` is put behind
    each name. Raises PlannerError("file.unwritable").
    """
    tables = [faulty_rows(one.parsed, one.faults, language, one.as_of) for one in files]
    some = [table for table in tables if table is not None]
    if len(some) == 1:
        return [write_faulty_rows(place, some[0])]
    return [
        write_faulty_rows(place / f"{Path(table.file).stem}{ending}{suffix}", table)
        for table in some
    ]


def save_template(path: Path, language: str) -> Path:
    """Write the empty list. Raises PlannerError("file.unwritable")."""
    return write_template(path, language)
