"""Recording events: skip what is known, seal, chain, insert, and bring the derived state along."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from planner.domain.facts import instant
from planner.errors import PlannerError
from planner.store import columnwise, newly, search
from planner.store.driver import Connection
from planner.store.events import (
    INSERT,
    KEY_BYTES,
    SCHEMA_V,
    Event,
    NewEvent,
    chain,
    header,
    next_ids,
    seal,
)
from planner.store.kinds import FIRST_YEAR, KINDS, LAST_YEAR, check_payload
from planner.store.state import apply_events, refold

_AT_ONCE = 2000  # events: more are no faster, and what is freed at once holds up other threads
# After these, what a person is found by may be another.
_SEARCHED = ("person.listed", "address.placed", "change.decided")
WORKSPACE = 0  # the pid of the workspace itself, whose debtor_id is ""


def meta(conn: Connection, name: str) -> str:
    """A fixed property of the workspace: "zone", "currency", "device", "secret"."""
    return str(conn.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()[0])


def keyed_hash(conn: Connection, purpose: str, text: str) -> bytes:
    """A hash that only this workspace (and its team) can compute, 16 bytes."""
    secret = bytes.fromhex(meta(conn, "secret"))
    return _hash(secret, purpose, text)


def keyed_hashes(conn: Connection, purpose: str, texts: Sequence[str]) -> list[bytes]:
    """`keyed_hash` of each of `texts`."""
    secret = bytes.fromhex(meta(conn, "secret"))
    return [_hash(secret, purpose, text) for text in texts]


def _hash(secret: bytes, purpose: str, text: str) -> bytes:
    return hashlib.blake2b(
        text.encode(), digest_size=16, key=secret, person=purpose.encode()
    ).digest()


def append(
    conn: Connection, events: Sequence[NewEvent], batch: bytes, now: datetime
) -> list[bytes]:
    """Record `events` as one batch inside the caller's transaction; the ids of the new ones.

    PlannerError: "store.bad_event" (kind, field), "store.erased".
    """
    moments = _moments(events)
    fresh = _unknown(conn, events)
    ids: list[bytes] = []
    for first in range(0, len(fresh), _AT_ONCE):
        ids += _write(conn, fresh[first : first + _AT_ONCE], moments, batch, now)
    return ids


def _write(
    conn: Connection, fresh: Sequence[tuple[NewEvent, bytes | None]],
    moments: Mapping[datetime, int], batch: bytes, now: datetime,
) -> list[bytes]:  # fmt: skip
    """Record events that are not there yet; their ids."""
    recorded, zone = instant(now), meta(conn, "zone")
    persons = _persons(conn, [event.debtor_id for event, _ in fresh])
    device, seq, last_hash, last_id = conn.execute(
        "SELECT device_id, last_seq, last_hash, last_id FROM device WHERE device_id = ?",
        (meta(conn, "device"),),
    ).fetchone()
    ids = next_ids(now, last_id, len(fresh))
    rows: list[tuple[Any, ...]] = []
    by_person: dict[str, list[Event]] = {}
    checked = _listings_right(fresh)
    for (event, key), event_id in zip(fresh, ids, strict=True):
        kind, who, at = event.kind, event.debtor_id, moments[event.occurred_at]
        payload = event.payload
        if not (checked and kind == newly.LISTED):
            payload = check_payload(kind, who, payload, zone)
        seq += 1
        plain = header(event_id, device, seq, kind, who, batch, at, recorded, SCHEMA_V, key)
        sealed = seal(payload, plain, persons[who][1])
        digest = chain(last_hash, plain, sealed)
        rows.append((event_id, device, seq, kind, who, batch, at, recorded, SCHEMA_V, key, sealed,
                     last_hash, digest))  # fmt: skip
        last_hash = digest
        one = Event(event_id, kind, who, batch, at, payload)
        if who in by_person:
            by_person[who].append(one)
        else:
            by_person[who] = [one]
    late, new = _to_refold(conn, by_person)
    conn.executemany(INSERT, rows)
    conn.execute(
        "UPDATE device SET last_seq = ?, last_hash = ?, last_id = ? WHERE device_id = ?",
        (seq, last_hash, ids[-1], device),
    )
    _fold(conn, by_person, late, new, {who: pid for who, (pid, _) in persons.items()})
    return ids


def _listings_right(fresh: Sequence[tuple[NewEvent, bytes | None]]) -> bool:
    """Whether those among many events that list a person are right as they are."""
    told = [event for event, _ in fresh if event.kind == newly.LISTED]
    return (
        len(told) >= columnwise.FEW
        and all(event.debtor_id for event in told)
        and columnwise.listings_right([event.payload for event in told])
    )


def _moments(events: Sequence[NewEvent]) -> dict[datetime, int]:
    """The epoch seconds of every moment named; PlannerError("store.bad_event")."""
    found: dict[datetime, int] = {}
    for event in events:
        at = event.occurred_at
        if at not in found:
            if not FIRST_YEAR <= at.year <= LAST_YEAR:
                raise PlannerError("store.bad_event", kind=event.kind, field="occurred_at")
            found[at] = instant(at)
    return found


def _fold(
    conn: Connection, by_person: dict[str, list[Event]], late: set[str], new: set[str],
    pids: dict[str, int],
) -> None:  # fmt: skip
    """Bring the derived state along; `late` are folded anew, of `new` nothing was known."""
    on_top = [
        (pids[who], sorted(events, key=_in_order) if len(events) > 1 else events)
        for who, events in by_person.items()
        if who not in late
    ]
    firsts = {pids[who] for who in new}
    put = newly.write(conn, ((pid, events[0]) for pid, events in on_top if pid in firsts))
    if put:
        on_top = [(pid, events[1:] if pid in put else events) for pid, events in on_top]
        on_top = [(pid, events) for pid, events in on_top if events]
    apply_events(conn, on_top)
    told = [pid for pid, events in on_top if any(event.kind in _SEARCHED for event in events)]
    if told:
        search.refresh(conn, told)
    refold(conn, sorted(late))


def _in_order(event: Event) -> tuple[int, bytes]:
    return event.occurred_at, event.event_id


def _to_refold(conn: Connection, by_person: dict[str, list[Event]]) -> tuple[set[str], set[str]]:
    """Who cannot simply have the new events put on top, and those of the others of whom there are
    no events yet (asked before the new ones are inserted)."""
    late = {
        who
        for who, events in by_person.items()
        if any(event.kind == "reversal" for event in events)
    }
    if conn.execute("SELECT 1 FROM undone LIMIT 1").fetchone():
        late |= {
            who
            for (who,) in conn.execute(
                "SELECT DISTINCT debtor_id FROM undone JOIN who USING (pid)"
                " WHERE debtor_id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(by_person)),),
            )
        }
    ordered = {
        who: min(
            (event.occurred_at, event.event_id)
            for event in events
            if not KINDS[event.kind].commutes
        )
        for who, events in by_person.items()
        if who not in late and not all(KINDS[event.kind].commutes for event in events)
    }
    new = set(ordered)
    for who, at, event_id in conn.execute(
        "SELECT value, occurred_at, event_id FROM json_each(?) CROSS JOIN event ON event.event_id ="
        " (SELECT event_id FROM event WHERE debtor_id = value"
        "  ORDER BY occurred_at DESC, event_id DESC LIMIT 1)",
        (json.dumps(list(ordered)),),
    ):
        new.discard(who)
        if (at, event_id) > ordered[who]:
            late.add(who)
    return late, new


def _persons(conn: Connection, debtor_ids: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    """Number and key of each person; new ones get both."""
    wanted = list(dict.fromkeys(debtor_ids))
    asked = (json.dumps(wanted),)
    query = (
        "SELECT debtor_id, pid, key FROM who WHERE debtor_id IN (SELECT value FROM json_each(?))"
    )
    found = {who: (pid, key) for who, pid, key in conn.execute(query, asked)}
    missing = [who for who in wanted if who not in found]
    if missing:
        conn.executemany(
            "INSERT INTO who (debtor_id, key) VALUES (?, ?)",
            ((who, os.urandom(KEY_BYTES)) for who in missing),
        )
        found = {who: (pid, key) for who, pid, key in conn.execute(query, asked)}
    for who, (_, key) in found.items():
        if key is None:
            raise PlannerError("store.erased", debtor=who)
    return found


def count_unrecorded(conn: Connection, events: Sequence[NewEvent]) -> int:
    """How many of `events` an `append` would write, twins by key counted once."""
    return len(_unknown(conn, events))


def _unknown(conn: Connection, events: Sequence[NewEvent]) -> list[tuple[NewEvent, bytes | None]]:
    """The events that are not recorded yet, with their stored keys.

    A key counts only while its event does: after an undo or an erasure the same fact may come
    again, under the next generation of its key (the same on every device).
    """
    secret = bytes.fromhex(meta(conn, "secret"))
    waiting = {event.key: event for event in events if event.key}
    taken: dict[str, bytes] = {}
    generation = 0
    while waiting:
        hashes = {_hash(secret, "event", f"{generation}:{key}"): key for key in waiting}
        known: dict[bytes, bool] = {}  # of twins, one that counts is enough
        for found, undone in conn.execute(
            "SELECT unhex(j.value), w.key IS NULL OR EXISTS (SELECT 1 FROM undone u"
            " WHERE u.pid = w.pid AND u.batch = e.batch) FROM json_each(?) j CROSS JOIN event e"
            " ON e.key BETWEEN unhex(j.value) AND unhex(j.value || ?) JOIN who w USING (debtor_id)",
            (json.dumps([found.hex() for found in hashes]), "ff" * 17),
        ):
            known[bytes(found)] = known.get(bytes(found), True) and bool(undone)
        again = {}
        for digest, key in hashes.items():
            if digest not in known:
                taken[key] = digest
            elif known[digest]:
                again[key] = waiting[key]
        waiting = again
        generation += 1
    fresh: list[tuple[NewEvent, bytes | None]] = []
    for event in events:
        if not event.key:
            fresh.append((event, None))
        elif event.key in taken:
            fresh.append((event, taken.pop(event.key)))  # only the first of twins
    return fresh
