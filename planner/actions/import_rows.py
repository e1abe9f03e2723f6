"""Histories, crews and the differences of persons: from records to what the store is told."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, cast

import numpy as np

from planner.actions.crews import crew_payload
from planner.actions.listed import address_payload, case_payload, history_key
from planner.actions.places import address_named
from planner.domain.ground import crow_metres
from planner.domain.people import Crew, Debtor
from planner.intake.records import (
    CrewRecord,
    Fault,
    HistoryRecord,
    Parsed,
    PersonRecord,
    shorten,
)
from planner.store.crews import load_crews
from planner.store.driver import Connection
from planner.store.events import NewEvent
from planner.store.identity import find_debtors
from planner.store.known import debtors_of_cases, event_count, listed, load_debtors
from planner.store.store import Writer

_SAME_SPOT: Final = 2.0  # metres: figures of another rounding are no other place


@dataclass(slots=True)
class Tally:
    """What an import changes, counted."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    confirmed: int = 0  # positions that the file tells otherwise and that stay


def confirmed_otherwise(debtor_id: str, person: PersonRecord, before: Debtor | None) -> int:
    """How many confirmed positions the file puts elsewhere: they stay, and it is said."""
    if before is None or not any(one.confirmed for one in before.addresses):
        return 0
    known = {one.address_id: one for one in before.addresses if one.confirmed}
    told = ((address_payload(debtor_id, one)["address_id"], one) for one in person.addresses)
    return sum(
        address_id in known
        and one.lat is not None
        and (one.lat, one.lon) != (known[address_id].lat, known[address_id].lon)
        for address_id, one in told
    )


def differences(debtor_id: str, person: PersonRecord, before: Debtor | None) -> dict[str, Any]:
    """What the file says that the workspace does not know yet; empty when nothing is new."""
    addresses = [address_payload(debtor_id, a) for a in person.addresses]
    cases = [case_payload(c) for c in person.cases]
    payload: dict[str, Any] = {"name": person.name}
    if person.id_number:
        payload["id_number"] = person.id_number
    if person.phones:
        payload["phones"] = list(person.phones)
        if before is not None:  # other lenders' lists know other ones: none is taken away
            payload["phones"] = list(dict.fromkeys((*before.phones, *person.phones)))
    if person.flags:
        payload["flags"] = int(person.flags)
    if person.needs is not None and (person.needs or before is not None):
        payload["needs"] = list(person.needs)
    if before is None:
        return payload | {"addresses": addresses, "cases": cases}
    same: dict[str, Any] = {"name": before.name, "id_number": before.id_number}
    same |= {"phones": list(before.phones), "needs": list(before.needs)}
    changed = {key: value for key, value in payload.items() if key in same and same[key] != value}
    if person.flags & ~before.flags:
        changed["flags"] = int(before.flags | person.flags)
    known_cases = {c.case_id: case_payload(c) for c in before.cases}
    known_addresses = {a.address_id: address_payload(debtor_id, a) for a in before.addresses}
    new_cases = [c for c in cases if known_cases.get(c["case_id"]) != c]
    new_addresses = [a for a in addresses if not _same_place(a, known_addresses)]
    if new_cases:
        changed["cases"] = new_cases
    if new_addresses:
        changed["addresses"] = new_addresses
    return changed


def _same_place(address: dict[str, Any], known: dict[str, dict[str, Any]]) -> bool:
    """Whether the file's address adds nothing: an import never worsens a known position, nor does
    it change one that somebody confirmed. An equally exact one counts where an earlier list told
    the other: lenders correct their lists, and whoever chose the wrong datum imports once more."""
    before = known.get(address["address_id"])
    if before is None:
        return False
    if before.get("confirmed") or address["grade"] > before["grade"] or before == address:
        return True
    if address["grade"] < before["grade"]:
        return False
    listed = before["source"] == address["source"] and None not in (before["lat"], address["lat"])
    return not listed or _apart(before, address) < _SAME_SPOT


def _apart(one: dict[str, Any], other: dict[str, Any]) -> float:
    """Metres between two positions."""
    spots = (np.array([place[key]]) for place in (one, other) for key in ("lat", "lon"))
    return float(crow_metres(*spots)[0])


def write_history(tx: Writer, batch: bytes, one: Parsed) -> tuple[Tally, list[Fault]]:
    """Calls, visits, promises, payments of known persons; the others become faults.

    The address of a visit is matched with the person's own ones; one that is none of them is noted.
    """
    events, lost, _ = history_events(tx.conn, one)
    before = event_count(tx.conn)
    tx.append(events, batch)
    written = event_count(tx.conn) - before
    return Tally(added=written, unchanged=len(events) - written), lost


def history_events(
    conn: Connection, one: Parsed, coming: Set[str] = frozenset()
) -> tuple[list[NewEvent], list[Fault], int]:
    """(events of known persons, faults of the others, rows of `coming` persons, who are known once
    the list beside this file is in: identities and case ids)."""
    records = cast(list[HistoryRecord], one.records)
    by_case = debtors_of_cases(conn, {_case_id(r) for r in records if r.contract_no})
    named = find_debtors(conn, list({r.identity for r in records if r.identity}))
    there = listed(conn, named.values())
    named = {identity: who for identity, who in named.items() if who in there}
    whose = [by_case.get(_case_id(r)) or named.get(r.identity) for r in records]
    visited = [who for who, r in zip(whose, records, strict=True) if who and r.address]
    people = load_debtors(conn, visited)
    events, lost, later = [], [], 0
    for record, debtor_id in zip(records, whose, strict=True):
        if not debtor_id and (_case_id(record) in coming or record.identity in coming):
            later += 1
            continue
        if not debtor_id:
            lost.append(Fault(one.name, record.row, "", "unknown_person", record.contract_no))
            continue
        known = people[debtor_id].addresses if debtor_id in people else ()
        address_id = address_named(record.address, known)
        events.append(_history_event(debtor_id, record, address_id))
        if record.address and not address_id:
            text = shorten(record.address)
            lost.append(Fault(one.name, record.row, "", "address_unknown", text, note=True))
    return events, lost, later


def _case_id(record: HistoryRecord) -> str:
    return f"{record.lender}/{record.contract_no}" if record.contract_no else ""


def _history_event(debtor_id: str, record: HistoryRecord, address_id: str) -> NewEvent:
    """The event of a history row. Its key makes a second import harmless: the lender's own number,
    else person, kind, moment and amount (decisions: re-imported calls and payments)."""
    fields = dict(record.fields)
    if record.contract_no and record.kind != "hold":  # a hold is on the person, not on a loan
        fields["case_id"] = _case_id(record)
    if address_id:
        fields["address_id"] = address_id
    key = history_key(
        debtor_id, record.kind, record.at, fields, record.source_id, lender=record.lender
    )
    if record.kind in ("promise", "hold"):
        fields[f"{record.kind}_id"] = key
    elif record.source_id:
        fields["source_id"] = record.source_id
    return NewEvent(record.kind, debtor_id, record.at, fields, key)


def write_crews(tx: Writer, batch: bytes, records: Sequence[CrewRecord], now: datetime) -> Tally:
    """Crews as the file lists them, with the terms it does not speak of as they were; whoever it
    puts into another crew leaves the one before, for nobody can go out with two crews on one day.
    """
    tally, events = crew_events(tx.conn, records, now)
    tx.append(events, batch)
    return tally


def crew_events(
    conn: Connection, records: Sequence[CrewRecord], now: datetime
) -> tuple[Tally, list[NewEvent]]:
    """What `write_crews` would write, and its counts."""
    tally = Tally()
    known = {crew.crew_id: crew for crew in load_crews(conn)}
    crews = [_with_terms(record, known.get(record.crew.crew_id)) for record in records]
    moved = {member.collector_id for crew in crews for member in crew.members}
    listed = {crew.crew_id for crew in crews}
    left = [
        replace(crew, members=tuple(m for m in crew.members if m.collector_id not in moved))
        for crew in known.values()
        if crew.crew_id not in listed
    ]
    events = []
    for crew in (*crews, *left):
        if known.get(crew.crew_id) == crew:
            tally.unchanged += crew.crew_id in listed
            continue
        tally.added += crew.crew_id not in known
        tally.changed += crew.crew_id in known
        events.append(NewEvent("crew.listed", "", now, crew_payload(crew)))
    return tally, events


def _with_terms(record: CrewRecord, before: Crew | None) -> Crew:
    """The crew of the file, with the terms set before where the file says nothing."""
    if before is None:
        return record.crew
    told = {name: getattr(record.crew.work, name) for name in record.told}
    return replace(record.crew, work=replace(before.work, **told))
