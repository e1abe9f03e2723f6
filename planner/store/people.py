"""Persons as they are shown: one with everything, pages of rows, search, timeline."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from planner.domain.codes import CODES, AddressKind, Flag, Grade, Region
from planner.domain.facts import moment
from planner.domain.people import Address, Case, Debtor
from planner.errors import PlannerError
from planner.store.append import meta
from planner.store.driver import Connection
from planner.store.events import Event, events_of
from planner.store.file_names import file_names
from planner.store.finding import find_pids
from planner.store.known import PLACED, placing
from planner.store.state import undone_batches

_CHOSEN = "pid IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a person's timeline. `code` is the disposition of a contact, else "".

    `fields` is the payload as recorded; `undone` lines no longer count.
    """

    event_id: str
    at: datetime
    kind: str
    code: str
    fields: dict[str, Any]
    batch: bytes
    undone: bool = False


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What a list shows of a person; sums over open cases, minor units; "" and None = nothing."""

    debtor_id: str
    name: str
    phone: str
    amount: int
    overdue_since: date | None
    township: str
    cases: int
    first_case: str
    address: str
    flags: Flag
    last_contact: datetime | None
    last_code: str


def load_debtor(conn: Connection, debtor_id: str) -> Debtor:
    """A person with addresses and cases; PlannerError("store.unknown_person")."""
    pid = _pid(conn, debtor_id)
    found = conn.execute(
        "SELECT name, id_number, phones, flags, zone, jurisdiction, needs FROM person"
        " WHERE pid = ?",
        (pid,),
    ).fetchone()
    if found is None:
        raise PlannerError("store.unknown_person", debtor=debtor_id)
    name, id_number, phones, flags, zone, jurisdiction, needs = found
    return Debtor(
        debtor_id=debtor_id,
        name=name,
        id_number=id_number,
        phones=tuple(json.loads(phones)),
        flags=Flag(flags),
        addresses=_addresses(conn, pid, debtor_id),
        cases=_cases(conn, pid, debtor_id),
        zone=zone or meta(conn, "zone"),
        jurisdiction=jurisdiction,
        needs=tuple(json.loads(needs)),
    )


def timeline(conn: Connection, debtor_id: str) -> list[Entry]:
    """All that was recorded about a person, oldest first ("" = about the workspace).

    Reversals are no lines of their own: what they reversed is marked `undone`.
    """
    entries = []
    names = {} if debtor_id else file_names(conn)
    for _, events in events_of(conn, [debtor_id]):
        undone = undone_batches(events)
        entries += [
            Entry(
                event.event_id.hex(), moment(event.occurred_at), event.kind,
                event.payload["code"] if event.kind == "contact" else "",
                _named(event, names), event.batch, event.batch in undone,
            )
            for event in events
            if event.kind != "reversal"
        ]  # fmt: skip
    return entries


def _named(event: Event, names: Mapping[str, list[str]]) -> dict[str, Any]:
    """The payload; that of an import with the names of its files, as far as they are still kept."""
    known = names.get(event.batch.hex(), []) if event.kind == "import" else []
    if not known:
        return event.payload
    files = [
        file | {"name": name} for file, name in zip(event.payload["files"], known, strict=True)
    ]
    return event.payload | {"files": files}


def find_persons(
    conn: Connection,
    *,
    text: str = "",
    tab_ids: Sequence[str] | None = None,
    limit: int | None = None,
) -> list[str]:
    """Ids of persons that match `text`, in the order of `tab_ids` if given, else as first listed.

    Found by: characters of the name, pinyin or its initials, phone or ID number by beginning or
    last four, case number, township, address. No text: everybody. At most `limit` are found.
    """
    if not text.strip():
        if tab_ids is not None:
            return list(tab_ids)[:limit]
        some = "SELECT debtor_id FROM person JOIN who USING (pid) ORDER BY pid LIMIT ?"
        return _column(conn, some, -1 if limit is None else limit)
    # As text, for there may be many.
    (ids,) = conn.execute(
        "SELECT group_concat(debtor_id, char(31)) FROM"
        f" (SELECT debtor_id FROM who WHERE {_CHOSEN} ORDER BY pid)",
        (json.dumps(find_pids(conn, text, limit).tolist()),),
    ).fetchone()
    found = [] if ids is None else ids.split("\x1f")
    if tab_ids is None:
        return found
    hits = set(found)
    return [debtor_id for debtor_id in tab_ids if debtor_id in hits]


def load_rows(conn: Connection, ids: Sequence[str]) -> list[PersonRow]:
    """List rows of these persons in the order of `ids`; unknown ids are left out."""
    asked = (json.dumps(list(ids)),)
    chosen = "(SELECT pid FROM who WHERE debtor_id IN (SELECT value FROM json_each(?)))"
    loans = {
        row[0]: row[1:]
        for row in conn.execute(
            "SELECT pid, sum(amount), min(overdue_since), count(*), min(case_id) FROM loan"
            f" WHERE status = 'open' AND pid IN {chosen} GROUP BY pid",
            asked,
        )
    }
    places: dict[int, tuple[str, str]] = {}
    for pid, township, text in conn.execute(
        f"SELECT pid, township, text FROM address WHERE pid IN {chosen}"
        " ORDER BY pid, valid DESC, grade, address_id",
        asked,
    ):
        places.setdefault(pid, (township, text))
    rows: dict[str, PersonRow] = {}
    for pid, who, name, phones, flags, at, code in conn.execute(
        "SELECT pid, debtor_id, name, phones, flags,"
        " (SELECT at FROM contact c WHERE c.pid = person.pid ORDER BY at DESC, event_id DESC"
        "  LIMIT 1),"
        " (SELECT code FROM contact c WHERE c.pid = person.pid ORDER BY at DESC, event_id DESC"
        f"  LIMIT 1) FROM person JOIN who USING (pid) WHERE pid IN {chosen}",
        asked,
    ):
        amount, since, cases, first_case = loans.get(pid, (0, 0, 0, ""))
        township, text = places.get(pid, ("", ""))
        numbers = json.loads(phones)
        rows[who] = PersonRow(
            who, name, numbers[0] if numbers else "", amount,
            date.fromordinal(since) if since else None, township, cases, first_case, text,
            Flag(flags), moment(at) if at is not None else None,
            CODES[code] if code is not None else "",
        )  # fmt: skip
    return [rows[who] for who in ids if who in rows]


def find_case(conn: Connection, case_id: str) -> list[str]:
    """Ids of the persons who have this case ("<lender>/<contract number>"), mostly one."""
    return _column(
        conn,
        "SELECT debtor_id FROM loan JOIN who USING (pid) WHERE case_id = ? ORDER BY pid",
        case_id,
    )


def _column(conn: Connection, query: str, *params: Any) -> list[str]:
    return [row[0] for row in conn.execute(query, params)]


def _pid(conn: Connection, debtor_id: str) -> int:
    found = conn.execute("SELECT pid FROM who WHERE debtor_id = ?", (debtor_id,)).fetchone()
    if found is None:
        raise PlannerError("store.unknown_person", debtor=debtor_id)
    return int(found[0])


def _addresses(conn: Connection, pid: int, who: str) -> tuple[Address, ...]:
    return tuple(
        Address(
            address_id, who, text, AddressKind(kind), Region(region), Grade(grade), lat, lon,
            source, bool(valid), township, *placing(*placed),
        )
        for address_id, text, kind, region, grade, lat, lon, source, valid, township, *placed in
        conn.execute(
            "SELECT address_id, text, kind, region, grade, lat, lon, source, valid, township,"
            f" {PLACED} FROM address WHERE pid = ? ORDER BY address_id", (pid,),
        )
    )  # fmt: skip


def _cases(conn: Connection, pid: int, who: str) -> tuple[Case, ...]:
    return tuple(
        Case(
            case_id, who, lender, contract_no, product, amount, date.fromordinal(since), status,
            date.fromordinal(limit) if limit else None,
        )
        for case_id, lender, contract_no, product, amount, since, status, limit in
        conn.execute(
            "SELECT case_id, lender, contract_no, product, amount, overdue_since, status,"
            " limitation FROM loan WHERE pid = ? ORDER BY case_id", (pid,),
        )
    )  # fmt: skip
