"""Bring a lender's files in: good rows in one transaction, bad rows listed, one step to undo."""

import secrets
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from planner.actions.backups import backup_before
from planner.actions.import_rows import (
    Tally,
    confirmed_otherwise,
    differences,
    write_crews,
    write_history,
)
from planner.actions.roles import need_lead
from planner.actions.same_person import Persons, whom
from planner.clock import Clock
from planner.errors import PlannerError
from planner.intake.merge import joined
from planner.intake.read import read_file, without_collector
from planner.intake.records import (
    CrewRecord,
    Fault,
    Note,
    Parsed,
    PersonRecord,
)
from planner.policy.own import home_country
from planner.policy.pack import HOME
from planner.store.driver import Connection
from planner.store.events import NewEvent, next_id
from planner.store.file_names import keep_names
from planner.store.identity import know_as, make_debtors
from planner.store.known import (
    absent_cases,
    load_debtors,
    open_holds,
)
from planner.store.layers import load_layers, save_layer
from planner.store.log import shrink_log
from planner.store.store import Store, Writer

AT_ONCE = 1000  # persons; more at once is no faster, and lets others wait
LEFT_OUT = "-"  # the answer to a question about a person that takes the row out of the import


@dataclass(frozen=True, slots=True)
class FileReport:
    """What one file brought: counts of persons (cases), entries (history) or crews."""

    name: str
    kind: str
    rows: int
    added: int
    changed: int
    unchanged: int
    faulty: int
    notes: tuple[Note, ...] = ()
    faults: tuple[Fault, ...] = ()
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The whole import; `batch` undoes it as one step, None when nothing was new."""

    files: tuple[FileReport, ...]
    faults: tuple[Fault, ...]
    batch: bytes | None


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody decided about one file: the meaning of headers (`planner.intake.headers`), the
    lender where no column says it, whether the list is complete, so that open cases of its lenders
    that it does not name are withdrawn, the day its figures speak of where it does not say, and the
    datum of its positions ("" = the one it names itself, else WGS-84)."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    lender: str = ""
    complete: bool = False
    as_of: date | None = None
    datum: str = ""


def import_files(
    store: Store,
    paths: Sequence[Path],
    *,
    clock: Clock,
    as_of: date | None = None,
    choices: Mapping[str, Choice] = MappingProxyType({}),
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ImportReport:
    """Read all `paths`, then write what is new in one transaction.

    `as_of` is the day the figures speak of where a file does not say it itself, `choices` are by
    file name. Nothing is written when a file is refused (PlannerError "intake.…") or when
    `cancelled` says so before the writing starts ("import.cancelled"). `on_progress` gets 0..1.
    """
    need_lead(store)
    parsed = read_files(
        store, paths, as_of=as_of, choices=choices, on_progress=on_progress, cancelled=cancelled
    )
    report = take_in(store, parsed, clock=clock, choices=choices, cancelled=cancelled)
    if on_progress:
        on_progress(1.0)
    return report


def read_files(
    store: Store,
    paths: Sequence[Path],
    *,
    as_of: date | None = None,
    choices: Mapping[str, Choice] = MappingProxyType({}),
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Parsed]:
    """The files as records, faults and notes; nothing is written. See `import_files`."""
    parsed = []
    for index, path in enumerate(paths):
        if cancelled and cancelled():
            raise PlannerError("import.cancelled")

        def moved(done: int, total: int, before: int = index) -> None:
            if on_progress:
                on_progress(0.7 * (before + min(1.0, done / max(1, total))) / len(paths))

        choice = choices.get(path.name, Choice())
        one = read_file(
            path, as_of=choice.as_of or as_of, lender=choice.lender, zone=store.zone,
            chosen=choice.chosen, datum=choice.datum, on_progress=moved, cancelled=cancelled,
        )  # fmt: skip
        parsed.append(one)
        moved(1, 1)
    return parsed


def take_in(
    store: Store,
    parsed: Sequence[Parsed],
    *,
    clock: Clock,
    choices: Mapping[str, Choice] = MappingProxyType({}),
    same: Mapping[str, str] = MappingProxyType({}),
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ImportReport:
    """Write what is new in files that were read, in one transaction that one undo takes back.

    `same` answers questions of `same_person.whom`: identity -> debtor id, "" for a new person,
    LEFT_OUT for neither. Without an answer, who has another ID number, or only name and address in
    common, is a new person, and a row with a known ID number under another name is left out as a
    fault, as is one who could be several known persons. `on_progress` gets 0..1.
    PlannerError("import.cancelled").
    """
    need_lead(store)
    if cancelled and cancelled():
        raise PlannerError("import.cancelled")
    moved = on_progress or (lambda _share: None)
    backup_before(store, "import", cancelled=cancelled)
    moved(0.2)
    now = clock()
    with without_collector(), store.write() as tx:
        batch = next_id(now)
        home = home_country(store.zone)
        reports: list[FileReport] = []

        def step(share: float) -> None:
            if cancelled and cancelled():
                raise PlannerError("import.cancelled")
            moved(0.2 + 0.7 * (len(reports) + share) / len(parsed))

        task = _Task(tx, batch, now, home, same, tuple(parsed), step)
        for one in _in_order(parsed):
            step(0.0)
            reports.append(_write_file(task, one, choices.get(one.name, Choice())))
        anything = bool(task.adopted) or any(one.added + one.changed for one in reports)
        if anything:
            summary = [
                {"name": "", "kind": r.kind, "rows": r.rows, "faulty": r.faulty} for r in reports
            ]
            tx.append([NewEvent("import", "", now, {"files": summary})], batch)
            keep_names(tx, batch, [r.name for r in reports])
    shrink_log(store)
    faults = tuple(fault for report in reports for fault in report.faults)
    return ImportReport(tuple(reports), faults, batch if anything else None)


@dataclass(frozen=True, slots=True)
class _Task:
    """One import under way."""

    tx: Writer
    batch: bytes
    now: datetime
    home: str
    same: Mapping[str, str]
    beside: tuple[Parsed, ...]  # all files of the import
    step: Callable[[float], None]  # takes the share of the file at hand; may say "cancelled"
    adopted: set[str] = field(default_factory=set)  # who is known in a further way
    emptied: set[str] = field(default_factory=set)  # lenders whose absent cases are withdrawn


def _in_order(parsed: Sequence[Parsed]) -> list[Parsed]:
    """Cases before their history, whatever the order in which the files were named."""
    rank = {"layer": 0, "crews": 1, "cases": 2, "history": 3}
    return sorted(parsed, key=lambda one: rank[one.kind])


def _write_file(task: _Task, one: Parsed, choice: Choice) -> FileReport:
    faults = list(one.faults)
    match one.kind:
        case "cases":
            tally, lost = _write_people(task, one, choice)
            faults += lost
        case "history":
            tally, lost = write_history(task.tx, task.batch, one)
            faults += lost
        case "crews":
            tally = write_crews(task.tx, task.batch, cast(list[CrewRecord], one.records), task.now)
        case _:
            tally = _write_layer(task.tx, one)
    faulty = len({fault.row for fault in faults if not fault.note})
    notes = one.notes
    if tally.confirmed:
        notes += (Note("position_confirmed", {"count": tally.confirmed}),)
    return FileReport(
        one.name, one.kind, one.rows, tally.added, tally.changed, tally.unchanged, faulty,
        notes, tuple(faults), tally.withdrawn,
    )  # fmt: skip


def _write_layer(tx: Writer, one: Parsed) -> Tally:
    known = load_layers(tx.conn).get(one.name)
    if known == one.layer:
        return Tally(unchanged=1)
    save_layer(tx, one.name, one.layer)
    return Tally(added=int(known is None), changed=int(known is not None))


def _write_people(task: _Task, one: Parsed, choice: Choice) -> tuple[Tally, list[Fault]]:
    """New people live under the rules of the workspace's own country."""
    tx, tally = task.tx, Tally()
    people = cast(list[PersonRecord], one.records)
    found = whom(tx.conn, one.name, people)
    ids, lost, new = _whose(task, found, people)
    together: dict[str, PersonRecord] = {}
    for person in people:
        who = ids.get(person.identity)
        if who:
            first = together.get(who)
            together[who] = joined(first, person) if first else person
    mine = list(together)
    for done in range(0, len(mine), AT_ONCE):
        task.step(done / len(mine))
        some = mine[done : done + AT_ONCE]
        tx.append(_told(task, tally, {who: together[who] for who in some}, new), task.batch)
    if choice.complete:
        tally.withdrawn = _withdraw_absent(task, one, people)
        tally.changed += tally.withdrawn
    return tally, lost


def _told(
    task: _Task, tally: Tally, persons: Mapping[str, PersonRecord], new: Set[str]
) -> list[NewEvent]:
    """What is to be recorded of these persons (by debtor id), counted in `tally`; of `new` ones
    nothing is known."""
    asked = [who for who in persons if who not in new]
    known = load_debtors(task.tx.conn, asked) if asked else {}
    holds = open_holds(task.tx.conn, asked) if asked else set()
    events = []
    for debtor_id, person in persons.items():
        before = known.get(debtor_id)
        payload = differences(debtor_id, person, before)
        tally.confirmed += confirmed_otherwise(debtor_id, person, before)
        if before is None and task.home != HOME:
            payload["jurisdiction"] = task.home
        paused = [
            NewEvent("hold", debtor_id, task.now, {
                "hold_id": secrets.token_hex(8), "kind": int(kind), "reason": "lender",
            })
            for kind in person.holds
            if (debtor_id, kind) not in holds
        ]  # fmt: skip
        tally.added += before is None
        tally.changed += before is not None and bool(payload or paused)
        tally.unchanged += before is not None and not payload and not paused
        if payload or debtor_id in task.adopted:
            events.append(NewEvent("person.listed", debtor_id, task.now, payload))
        events += paused
    return events


def _whose(
    task: _Task, found: Persons, people: Sequence[PersonRecord]
) -> tuple[dict[str, str], list[Fault], set[str]]:
    """Debtor ids by identity, new ones made where needed, the rows that must be left out, and the
    ids of the new ones."""
    ids, lost = dict(found.ids), []
    for question in found.questions:
        answer = task.same.get(question.identity)
        if answer in {who for who, _ in question.known}:
            ids[question.identity] = str(answer)
        elif answer == LEFT_OUT:
            lost.append(Fault(question.file, question.row, "", "set_aside", question.name))
            ids[question.identity] = ""
        elif question.doubt == "other_name" or (question.doubt == "several" and answer is None):
            lost.append(Fault(question.file, question.row, "", question.doubt, question.name))
            ids[question.identity] = ""
    new = []
    for person in people:
        who = ids.get(person.identity)
        if who is None:
            before = found.known.get(person.identity)  # not listed any more
            if before is None:
                new.append(person.identity)
            else:
                ids[person.identity] = before
        elif (
            who
            and not (person.identity in found.settled and who == found.known[person.identity])
            and know_as(task.tx, who, person.identity, task.batch)
        ):
            task.adopted.add(who)
    made = make_debtors(task.tx, new)
    ids |= made
    return {name: who for name, who in ids.items() if who}, lost, set(made.values())


def _withdraw_absent(task: _Task, one: Parsed, people: Sequence[PersonRecord]) -> int:
    """Close the open cases of the file's lenders that no row of it names; how many."""
    by_person: dict[str, list[dict[str, Any]]] = {}
    gone = absent(task.tx.conn, one, people, task.beside, task.emptied)
    task.emptied.update(case.lender for person in people for case in person.cases)
    for who, case_id in gone:
        by_person.setdefault(who, []).append({"case_id": case_id, "status": "withdrawn"})
    told = [
        NewEvent("person.listed", who, task.now, {"cases": cases})
        for who, cases in by_person.items()
    ]
    task.tx.append(told, task.batch)
    return len(gone)


def absent(
    conn: Connection, one: Parsed, people: Sequence[PersonRecord], beside: Sequence[Parsed] = (),
    known: Set[str] = frozenset(),
) -> list[tuple[str, str]]:  # fmt: skip
    """(debtor id, case id) of open cases that a complete list would name and this one does not.

    What a file `beside` it names is not absent: a list may come in parts. With faulty rows in one
    of them there are none: such a row may be the one that names the case. Nor are there any when
    the file holds only the mended rows of another one. Lenders in `known` were looked at before.
    """
    lists = [other for other in beside if other.kind == "cases"]
    if one.partial or one.faulty or any(other.faulty for other in lists):
        return []
    lenders = {case.lender for person in people for case in person.cases}
    named = {
        case.case_id
        for records in (people, *(cast(list[PersonRecord], other.records) for other in lists))
        for person in records
        for case in person.cases
    }
    return absent_cases(conn, lenders - known, named)
