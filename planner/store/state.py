"""Folding events into the derived tables: one person at a time, in one order, by one set of rules.

Order of a person's events: (occurred_at, event id). An event counts unless its batch is reversed
by a reversal that itself counts. Each event becomes statements that touch one table each and read
no other (but plan_rows), so that many persons can be written table by table in bulk.

An event that sorts after everything known of a person is applied on top of the tables; so is an
event of a kind whose row depends on no other event. Anything else refolds that person.
"""

import hashlib
import itertools
import json
from collections.abc import Iterable, Sequence
from typing import Any

from planner.domain.codes import CHANNELS, CODE_INDEX, RESULT_INDEX, Channel
from planner.store import packs, search
from planner.store.changes import decided, proposed
from planner.store.driver import Connection
from planner.store.events import Event, events_of
from planner.store.listing import (
    NO_COLUMNS,
    Op,
    listed,
    listed_address,
    mark,
    ordinal,
    seconds,
    upsert,
)
from planner.store.plan_rows import PLAN_RULES
from planner.store.step_rows import step_done, step_set
from planner.store.team_rows import TEAM_RULES, TEAM_TABLES
from planner.store.trip_rows import trip_rows

CHUNK = 2000  # persons in memory at a time
# Derived tables with the columns that make them equal or different.
TABLES: dict[str, str] = {
    "person": "name, id_number, phones, flags, zone, jurisdiction, needs",
    "address": "address_id, text, kind, region, grade, lat, lon, source, township, county, valid,"
    " datum, placed_at, placed_by, confirmed",
    "loan": "case_id, lender, contract_no, product, amount, overdue_since, status, limitation",
    "contact": "at, event_id, code, result, phone, address",
    "promise": "promise_id, amount, due, made_at, case_id, plan_id, plan",
    "instalment_plan": "plan_id, at, case_ids, instalments, down, waived, told, approval, taken_by,"
    " approved, approved_by, ended, why_ended",
    "payment": "at, event_id, amount, case_id",
    "hold": "hold_id, kind, start, until, reason",
    "agreement": "agreement_id, at, channel, start, until, weekday, day, address_id, evidence,"
    " ended",
    "notice": "at, event_id, start, until, evidence",
    "override_": "at, event_id, rule, channel, start, until, reason, lead",
    "exception_": "at, event_id, rule, channel, about",
    "must": "day, at, set_, reason, lead",
    "step": "step_id, at, day, means, part, objective, taken_by, ended, how",
    "crew": "crew_id, name, members, lat, lon, start, end, weekdays, work",
    "trip": "crew_id, day, left_at, back_at, odometer_start, odometer_end, metres, note",
    "expense": "expense_id, crew_id, day, kind, amount, receipt, note",
    "change_": "change_id, at, field, value, source, decided, accepted",
    **TEAM_TABLES,
}


def _put(table: str, keys: dict[str, Any], values: dict[str, Any]) -> Op:
    statement = upsert(table, tuple(keys), tuple(values))
    return table, statement, (*keys.values(), *values.values())


def _placed(pid: int, event: Event) -> Iterable[Op]:
    """A position somebody chose: a confirmed one replaces whatever was there."""
    told = {"confirmed": False} | event.payload
    if not told["confirmed"]:
        yield listed_address(pid, told, event.occurred_at)
        return
    values = {name: value for name, value in told.items() if name not in NO_COLUMNS}
    values |= {"placed_at": event.occurred_at, "placed_by": told.get("by", "")}
    yield _address(pid, values | {"address_id": told["address_id"]})


def _address(pid: int, told: dict[str, Any]) -> Op:
    values = {name: value for name, value in told.items() if name != "address_id"}
    values["mark"] = mark(told["address_id"])
    return _put("address", {"pid": pid, "address_id": told["address_id"]}, values)


def _judged(pid: int, event: Event) -> Iterable[Op]:
    yield _address(pid, event.payload)


def _contact(pid: int, event: Event) -> Iterable[Op]:
    told = event.payload
    values = (
        CODE_INDEX[told["code"]],
        RESULT_INDEX.get(told.get("result", ""), -1),
        mark(told.get("phone", "")),
        mark(told.get("address_id", "")),
    )
    yield (
        "contact",
        "INSERT INTO contact VALUES (?, ?, ?, ?, ?, ?, ?)",
        (pid, event.occurred_at, event.event_id, *values),
    )


def _payment(pid: int, event: Event) -> Iterable[Op]:
    told = event.payload
    yield (
        "payment",
        "INSERT INTO payment VALUES (?, ?, ?, ?, ?)",
        (pid, event.occurred_at, event.event_id, told["amount"], told.get("case_id", "")),
    )


def _hold(pid: int, event: Event) -> Iterable[Op]:
    told = event.payload
    yield _put(
        "hold",
        {"pid": pid, "hold_id": told["hold_id"]},
        {
            "kind": told["kind"],
            "start": event.occurred_at,
            "until": seconds(told.get("until")),
            "reason": told.get("reason", ""),
        },
    )


def _hold_ended(pid: int, event: Event) -> Iterable[Op]:
    yield (
        "hold",
        "UPDATE hold SET until = min(ifnull(until, ?1), ?1) WHERE pid = ?2 AND hold_id = ?3",
        (event.occurred_at, pid, event.payload["hold_id"]),
    )


def _flag(pid: int, event: Event) -> Iterable[Op]:
    bit = event.payload["flag"]
    change = "flags | ?2" if event.payload["on"] else "flags & ~?2"
    yield (
        "person",
        "INSERT INTO person (pid, flags) VALUES (?1, ?3)"
        f" ON CONFLICT (pid) DO UPDATE SET flags = {change}",
        (pid, bit, bit if event.payload["on"] else 0),
    )


def _exception(pid: int, event: Event) -> Iterable[Op]:
    told = event.payload
    about = json.dumps({name: told[name] for name in ("at", "event") if name in told})
    yield (
        "exception_",
        "INSERT INTO exception_ VALUES (?, ?, ?, ?, ?, ?)",
        (pid, event.occurred_at, event.event_id, told["rule"], told["channel"], about),
    )


def _minutes(clock: str | None) -> int:
    hours, _, minutes = (clock or "0:0").partition(":")
    return int(hours) * 60 + int(minutes)


def _agreement(pid: int, event: Event) -> Iterable[Op]:
    told = event.payload
    values = {
        "at": event.occurred_at,
        "channel": CHANNELS.index(Channel(told["channel"])),
        "start": _minutes(told.get("from")),
        "until": _minutes(told.get("until")),
        "weekday": told.get("weekday", 0),
        "day": ordinal(told.get("date")),
        "address_id": told.get("address_id", ""),
        "mark": mark(told.get("address_id", "")),
        "evidence": told["evidence"],
        "ended": None,
    }
    yield _put("agreement", {"pid": pid, "agreement_id": told["agreement_id"]}, values)


def _agreement_ended(pid: int, event: Event) -> Iterable[Op]:
    yield (
        "agreement",
        "UPDATE agreement SET ended = min(ifnull(ended, ?1), ?1)"
        " WHERE pid = ?2 AND agreement_id = ?3",
        (event.occurred_at, pid, event.payload["agreement_id"]),
    )


def _notice(pid: int, event: Event) -> Iterable[Op]:
    told = event.payload
    spans = seconds(told["from"]), seconds(told["until"])
    yield (
        "notice",
        "INSERT INTO notice VALUES (?, ?, ?, ?, ?, ?)",
        (pid, event.occurred_at, event.event_id, *spans, told["evidence"]),
    )


def _override(pid: int, event: Event) -> Iterable[Op]:
    told = event.payload
    values = (
        told["rule"],
        CHANNELS.index(Channel(told["channel"])),
        seconds(told["from"]),
        seconds(told["until"]),
        told["reason"],
        told.get("by", ""),
    )
    yield (
        "override_",
        "INSERT INTO override_ VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (pid, event.occurred_at, event.event_id, *values),
    )


def _needs(pid: int, event: Event) -> Iterable[Op]:
    tags = json.dumps(event.payload["tags"], ensure_ascii=False)
    yield _put("person", {"pid": pid}, {"needs": tags})


def _must(pid: int, event: Event) -> Iterable[Op]:
    told = event.payload
    values = {
        "at": event.occurred_at,
        "set_": int(told["on"]),
        "reason": told.get("reason", ""),
        "lead": told.get("by", ""),
    }
    yield _put("must", {"pid": pid, "day": ordinal(told["date"])}, values)


def _crew(pid: int, event: Event) -> Iterable[Op]:
    told = event.payload
    values = {
        "name": told["name"],
        "members": json.dumps(told["members"], ensure_ascii=False),
        "lat": told["lat"],
        "lon": told["lon"],
        "start": told["start"],
        "end": told["end"],
        "weekdays": json.dumps(told["weekdays"]),
        "work": json.dumps(told.get("work", {}), ensure_ascii=False),
    }
    yield _put("crew", {"pid": pid, "crew_id": told["crew_id"]}, values)


_RULES = {
    "person.listed": listed,
    "contact": _contact,
    "payment": _payment,
    "hold": _hold,
    "hold.ended": _hold_ended,
    "flag": _flag,
    "address.judged": _judged,
    "address.placed": _placed,
    "agreement": _agreement,
    "agreement.ended": _agreement_ended,
    "notice": _notice,
    "override": _override,
    "exception": _exception,
    "change.proposed": proposed,
    "change.decided": decided,
    "needs": _needs,
    "must": _must,
    "step.set": step_set,
    "step.done": step_done,
    "crew.listed": _crew,
    "trip": trip_rows,
    **PLAN_RULES,
    **TEAM_RULES,
}


def undone_batches(events: Iterable[Event]) -> set[bytes]:
    """The batches of one person that are reversed by a reversal which itself counts."""
    reversed_by: dict[bytes, list[bytes]] = {}
    for event in events:
        if event.kind == "reversal":
            target = bytes.fromhex(event.payload["batch"])
            reversed_by.setdefault(target, []).append(event.batch)
    known: dict[bytes, bool] = {}  # batch -> reversed; long chains of undo and redo: no recursion
    for start in reversed_by:
        stack = [start]
        while stack:
            batch = stack[-1]
            undoers = reversed_by.get(batch, [])
            open_ones = [by for by in undoers if by not in known and by not in stack]
            if open_ones:
                stack += open_ones
                continue
            known[batch] = any(not known.get(by, False) for by in undoers)
            stack.pop()
    return {batch for batch in reversed_by if known[batch]}


def without_twins(events: list[Event]) -> list[Event]:
    """Of one person's events that count, in order: of those with the same key only the first."""
    keys = [event.key for event in events if event.key]
    if len(set(keys)) == len(keys):
        return events
    first: set[bytes] = set()
    kept = []
    for event in events:
        if event.key is None or event.key not in first:
            kept.append(event)
        if event.key:
            first.add(event.key)
    return kept


def apply_events(conn: Connection, persons: Sequence[tuple[int, Sequence[Event]]]) -> None:
    """Put events on top of the derived tables; each person's in order. Reversals are no rows."""
    loans = _apply(conn, persons)
    packs.forget(conn, [pid for pid, _ in persons], order=loans)


def _apply(conn: Connection, persons: Sequence[tuple[int, Sequence[Event]]]) -> bool:
    """`apply_events` without a word to the blocks of facts; whether loans were written."""
    by_table: dict[str, list[tuple[str, tuple[Any, ...]]]] = {}
    for pid, events in persons:
        for event in events:
            rule = _RULES.get(event.kind)
            for table, statement, values in rule(pid, event) if rule else ():
                by_table.setdefault(table, []).append((statement, values))
    # First the plans: whether an approval makes promises is asked of the row it leads to.
    for work in (by_table.pop("instalment_plan", []), *by_table.values()):
        for statement, group in itertools.groupby(work, key=lambda pair: pair[0]):
            conn.executemany(statement, (values for _, values in group))
    return "loan" in by_table


def refold(conn: Connection, debtor_ids: Iterable[str], target: Connection | None = None) -> None:
    """Throw away and fold again what is derived from these persons' events ("" = workspace).

    With `target` the rows go into that (empty) database instead; pids are those of `conn`.
    """
    to = target or conn
    waiting = list(debtor_ids)
    for first in range(0, len(waiting), CHUNK):
        chunk = waiting[first : first + CHUNK]
        pids = pids_of(conn, chunk)
        cases = _first_cases(conn, list(pids.values()))
        if target is None:
            _clear(conn, list(pids.values()))
        work: list[tuple[int, list[Event]]] = []
        reversed_: list[tuple[int, bytes]] = []
        for who, events in events_of(conn, [who for who in chunk if who in pids]):
            undone = undone_batches(events)
            reversed_ += [(pids[who], batch) for batch in undone]
            counting = [event for event in events if event.batch not in undone]
            work.append((pids[who], without_twins(counting)))
        _apply(to, work)
        moved = target is not None or cases != _first_cases(conn, list(pids.values()))
        packs.forget(to, pids.values(), order=moved)
        to.executemany("INSERT INTO undone VALUES (?, ?)", reversed_)
        search.refresh(to, list(pids.values()))


def _first_cases(conn: Connection, pids: Sequence[int]) -> list[tuple[int, str]]:
    """The first open case of each of these persons: what the order of the book hangs on."""
    return conn.execute(
        "SELECT pid, min(case_id) FROM loan WHERE status = 'open'"
        " AND pid IN (SELECT value FROM json_each(?)) GROUP BY pid ORDER BY pid",
        (json.dumps(list(pids)),),
    ).fetchall()


def clear(conn: Connection, pids: Sequence[int]) -> None:
    """Delete everything derived about these persons, from the blocks of facts as well."""
    _clear(conn, pids)
    packs.forget(conn, pids, order=True)


def _clear(conn: Connection, pids: Sequence[int]) -> None:
    asked = json.dumps(list(pids))
    for table in (*TABLES, "undone"):
        conn.execute(f"DELETE FROM {table} WHERE pid IN (SELECT value FROM json_each(?))", (asked,))
    search.forget(conn, pids)


def pids_of(conn: Connection, debtor_ids: Sequence[str]) -> dict[str, int]:
    """The numbers of those persons that are known here."""
    return dict(
        conn.execute(
            "SELECT debtor_id, pid FROM who WHERE debtor_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(debtor_ids)),),
        ).fetchall()
    )


def rebuild(conn: Connection) -> None:
    """Fold every event again into empty derived tables, inside the caller's transaction."""
    everyone = [who for (who,) in conn.execute("SELECT debtor_id FROM who ORDER BY pid")]
    refold(conn, everyone)


def table_hashes(conn: Connection) -> dict[str, str]:
    """One hash per derived table, whatever the order in which its rows were written."""
    hashes = {}
    for table, columns in TABLES.items():
        digest = hashlib.sha256()
        first, second = columns.split(", ")[:2]
        for row in conn.execute(
            f"SELECT debtor_id, {columns} FROM {table} JOIN who USING (pid)"
            f" ORDER BY debtor_id, {first}, {second}"
        ):
            digest.update(repr(row).encode())
        hashes[table] = digest.hexdigest()
    return hashes


def derived_hash(conn: Connection) -> str:
    """The hash of the workspace's state: derived tables and the plans that count.

    "Back to the start" means this hash. Settings and map layers are not part of it.
    """
    digest = hashlib.sha256(json.dumps(table_hashes(conn)).encode())
    for row in conn.execute(
        "SELECT day, plan_id, version FROM plan WHERE batch NOT IN"
        " (SELECT batch FROM undone WHERE pid = 0) ORDER BY version"
    ):
        digest.update(repr(row).encode())
    return digest.hexdigest()
