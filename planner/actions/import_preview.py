"""What an import would change, before anything is written: person by person, field by field."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast

from planner.actions.import_files import AT_ONCE, Choice, absent, read_files
from planner.actions.import_rows import Tally, crew_events, differences, history_events
from planner.actions.same_person import Question, whom
from planner.domain.codes import HoldKind
from planner.domain.people import Case, Debtor
from planner.errors import PlannerError
from planner.intake.look import Look, look_at
from planner.intake.read import without_collector
from planner.intake.records import CrewRecord, Fault, Note, Parsed, PersonRecord
from planner.intake.synonyms import ADVICE
from planner.store import settings
from planner.store.append import count_unrecorded
from planner.store.driver import Connection
from planner.store.known import load_debtors, open_holds
from planner.store.layers import load_layers
from planner.store.store import Store

CHOICES_KEY = "import.choices"  # lender -> what was decided about its files
What = Literal["new", "changed", "paid", "withdrawn", "absent"]
Open = Literal["fields", "guesses", "lender", "as_of"]
_NEVER = datetime.min.replace(tzinfo=UTC)  # of entries that are counted, not written
_FIELDS = ("amount_overdue", "overdue_since", "product", "limitation_date")


@dataclass(frozen=True, slots=True)
class Difference:
    """One case, or one person ("" as case), that an import would change.

    `fields` are (field, old, new) with money in minor units and days as ISO text; empty for new
    ones. "absent" cases are open, of a lender of the file, and not in it.
    """

    what: What
    debtor_id: str  # "" for a person who is not known yet
    name: str
    case_id: str
    amount: int
    fields: tuple[tuple[str, Any, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class FilePreview:
    """What one file would bring; `unchanged` counts cases (of a list), entries or crews.

    `added` and `changed` count the entries, crews or layers of files that are no lists of cases.
    """

    name: str
    kind: str
    rows: int
    unchanged: int
    differences: tuple[Difference, ...]
    questions: tuple[Question, ...]
    faults: tuple[Fault, ...]
    notes: tuple[Note, ...]
    columns: Mapping[str, str]
    added: int = 0
    changed: int = 0
    partial: bool = False

    def count(self, what: What) -> int:
        """How many differences of one sort there are."""
        return sum(one.what == what for one in self.differences)

    @property
    def faulty(self) -> int:
        """Number of rows that would be left out."""
        return len({fault.row for fault in self.faults if not fault.note})


@dataclass(frozen=True, slots=True)
class Preview:
    """Files that were read and what they would change; `parsed` is what `take_in` takes."""

    files: tuple[FilePreview, ...]
    parsed: tuple[Parsed, ...]


def preview_import(
    store: Store,
    paths: Sequence[Path],
    *,
    as_of: date | None = None,
    choices: Mapping[str, Choice] = MappingProxyType({}),
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Preview:
    """Read files and compare them with what is known. Nothing is written.

    Raises what `read_files` raises.
    """
    parsed = read_files(
        store, paths, as_of=as_of, choices=choices, on_progress=on_progress, cancelled=cancelled
    )
    with without_collector():
        return _compare(store, parsed, on_progress, cancelled)


def _compare(
    store: Store,
    parsed: Sequence[Parsed],
    on_progress: Callable[[float], None] | None,
    cancelled: Callable[[], bool] | None,
) -> Preview:
    """What files that were read would change."""
    coming = set()
    for one in parsed:
        if one.kind == "cases":
            for person in cast(list[PersonRecord], one.records):
                coming.add(person.identity)
                coming |= {case.case_id for case in person.cases}
    files = []
    emptied: set[str] = set()
    with store.read() as conn:
        for done, one in enumerate(parsed, 1):
            if cancelled and cancelled():
                raise PlannerError("import.cancelled")
            if one.kind == "cases":
                files.append(_file(conn, one, parsed, emptied))
            else:
                files.append(_other(conn, one, coming))
            if on_progress:
                on_progress(0.7 + 0.3 * done / len(parsed))
    return Preview(tuple(files), tuple(parsed))


def look_with_choices(store: Store, path: Path) -> tuple[Look | None, Choice]:
    """A first look at a file with what was decided the last time about a file with these headers.

    Raises what `look_at` raises.
    """
    first = look_at(path)
    if first is None:
        return None, Choice()
    with store.read() as conn:
        kept = settings.get(conn, CHOICES_KEY, {})
    saved = kept.get(_headers(first))
    if saved is None:
        return first, Choice()
    datum = saved.get("datum", "")  # what was kept before datums could be chosen has none
    choice = Choice(saved["chosen"], saved["lender"], saved["complete"], datum=datum)
    return look_at(path, choice.chosen), choice


def keep_choice(store: Store, look: Look, choice: Choice) -> None:
    """Remember what was decided about a file, for the next one with the same headers."""
    with store.write() as tx:
        kept = settings.get(tx.conn, CHOICES_KEY, {})
        kept[_headers(look)] = {
            "chosen": dict(choice.chosen), "lender": choice.lender, "complete": choice.complete,
            "datum": choice.datum,
        }  # fmt: skip
        settings.put(tx, CHOICES_KEY, kept)


def lenders(store: Store) -> list[str]:
    """Who has sent cases so far, by name."""
    with store.read() as conn:
        rows = conn.execute("SELECT DISTINCT lender FROM loan WHERE lender != '' ORDER BY lender")
        return [name for (name,) in rows]


def open_points(look: Look, choice: Choice) -> frozenset[Open]:
    """What somebody has to say before the file can be read in; empty for a form that is known."""
    found: set[Open] = set()
    if look.missing:
        found.add("fields")
    if any(column.guess for column in look.columns):
        found.add("guesses")
    if look.kind == "cases" and not look.reads("lender") and not choice.lender:
        found.add("lender")
    said = look.reads("as_of") or look.as_of or choice.as_of
    if look.kind == "cases" and not look.reads("since") and not said:
        found.add("as_of")
    return frozenset(found)


def _headers(look: Look) -> str:
    """By what a lender's form is known again: its headers, in any order; what an export of faulty
    rows adds is none of the lender's."""
    return "|".join(sorted(column.key for column in look.columns if column.field != ADVICE))


def _file(
    conn: Connection, one: Parsed, beside: Sequence[Parsed], emptied: set[str]
) -> FilePreview:
    """A list of cases; `emptied` are lenders whose absent cases stand with an earlier file."""
    people = cast(list[PersonRecord], one.records)
    found = whom(conn, one.name, people)
    changes: list[Difference] = []
    unchanged = 0
    asked = {question.identity for question in found.questions}
    told = [person for person in people if person.identity not in asked]
    for first in range(0, len(told), AT_ONCE):
        some = told[first : first + AT_ONCE]
        ids = [found.ids.get(person.identity, "") for person in some]
        known, holds = load_debtors(conn, ids), open_holds(conn, ids)
        for who, person in zip(ids, some, strict=True):
            mine = _of_person(who, person, known.get(who), holds)
            changes += mine
            touched = {one.case_id for one in mine}
            unchanged += sum([case.case_id not in touched for case in person.cases])
    gone = absent(conn, one, people, beside, emptied)
    emptied.update(case.lender for person in people for case in person.cases)
    missing = load_debtors(conn, [who for who, _ in gone])
    changes += [_absent(missing[who], case_id) for who, case_id in gone]
    return FilePreview(
        one.name, one.kind, one.rows, unchanged, tuple(changes), found.questions,
        tuple(one.faults), one.notes, one.columns, partial=one.partial,
    )  # fmt: skip


def _other(conn: Connection, one: Parsed, coming: Set[str]) -> FilePreview:
    """A history, crews or a map layer: counted only."""
    lost: list[Fault] = []
    match one.kind:
        case "history":
            events, lost, later = history_events(conn, one, coming)
            fresh = count_unrecorded(conn, events)
            tally = Tally(added=fresh + later, unchanged=len(events) - fresh)
        case "crews":
            tally, _ = crew_events(conn, cast(list[CrewRecord], one.records), _NEVER)
        case _:
            layer = load_layers(conn).get(one.name)
            tally = Tally(layer is None, layer not in (None, one.layer), layer == one.layer)
    return FilePreview(
        one.name, one.kind, one.rows, int(tally.unchanged), (), (), (*one.faults, *lost),
        one.notes, one.columns, int(tally.added), int(tally.changed), one.partial,
    )  # fmt: skip


def _of_person(
    who: str, person: PersonRecord, before: Debtor | None, holds: Set[tuple[str, HoldKind]]
) -> list[Difference]:
    if before is None:
        return [
            Difference("new", who, person.name, case.case_id, case.amount_overdue)
            for case in person.cases
        ]
    payload = differences(who, person, before)
    was = {case.case_id: case for case in before.cases}
    now = {case.case_id: case for case in person.cases}
    found = [
        _of_case(who, person.name, now[told["case_id"]], was.get(told["case_id"]))
        for told in payload.get("cases", ())
    ]
    own = _of_fields(before, payload)
    own += tuple(("hold", "", int(kind)) for kind in person.holds if (who, kind) not in holds)
    return found + ([Difference("changed", who, person.name, "", 0, own)] if own else [])


def _of_case(who: str, name: str, case: Case, before: Case | None) -> Difference:
    if before is None:
        return Difference("new", who, name, case.case_id, case.amount_overdue)
    what: What = "changed"
    if case.status != before.status and case.status in ("paid", "withdrawn"):
        what = "paid" if case.status == "paid" else "withdrawn"
    fields = [
        (field, _plain(getattr(before, field)), _plain(getattr(case, field)))
        for field in (*_FIELDS, "status")
        if getattr(before, field) != getattr(case, field)
    ]
    return Difference(what, who, name, case.case_id, case.amount_overdue, tuple(fields))


def _of_fields(before: Debtor, payload: Mapping[str, Any]) -> tuple[tuple[str, Any, Any], ...]:
    """What changes about the person: name, number, phones, marks, needs, and places that are new
    or better known."""
    fields = [
        (name, _plain(getattr(before, name)), _plain(payload[name]))
        for name in ("name", "id_number", "phones", "needs", "flags")
        if name in payload
    ]
    places = {place.address_id: place for place in before.addresses}
    for told in payload.get("addresses", ()):
        known = places.get(told["address_id"])
        if known is None:
            fields.append(("address", "", told["text"]))
        else:  # the id follows from the text: it is the position that is new, or better
            fields.append((
                "position", _figures(known.lat, known.lon), _figures(told["lat"], told["lon"]),
            ))  # fmt: skip
    return tuple(fields)


def _figures(lat: float | None, lon: float | None) -> str:
    """A position as text, "" where there is none."""
    return "" if lat is None or lon is None else f"{lat:.5f}, {lon:.5f}"


def _absent(person: Debtor, case_id: str) -> Difference:
    amount = next(case.amount_overdue for case in person.cases if case.case_id == case_id)
    return Difference("absent", person.debtor_id, person.name, case_id, amount)


def _plain(value: Any) -> Any:
    """A value as text or number."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return "、".join(map(str, value))
    return int(value) if isinstance(value, int) else value
