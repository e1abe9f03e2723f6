"""Fields that two laptops changed without knowing of each other: both values stay to be seen.

An entry is never changed or dropped: the one that sorts last counts, and whoever looks may record
the other value again. What is kept here are the ids of the two entries, not their values.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from planner.domain.facts import moment
from planner.store.driver import Connection
from planner.store.events import Event, events_of
from planner.store.state import undone_batches

FIELD_KINDS = frozenset((
    "address.placed", "address.judged", "change.decided", "flag", "needs", "person.listed",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two entries that say different things of one field; the `second` counts.

    `field` is "position", "address", "phone", "change", "flag" or "needs", `about` says which.
    Values are as the entries say them. Instants are aware (UTC).
    """

    conflict_id: str
    debtor_id: str
    field: str
    about: str
    first: Any
    second: Any
    first_at: datetime
    second_at: datetime
    noticed: datetime


def values_of(event: Event) -> Iterator[tuple[str, Any]]:
    """("field:about", value) for each plain field that an entry sets."""
    told = event.payload
    if event.kind in ("address.placed", "address.judged"):
        yield from _place(told)
    elif event.kind == "change.decided":
        yield f"change:{told['change_id']}", bool(told["accepted"])
    elif event.kind == "flag":
        yield f"flag:{told['flag']}", bool(told["on"])
    elif event.kind == "needs":
        yield "needs:", list(told["tags"])
    elif event.kind == "person.listed":
        for place in told.get("addresses", ()):
            yield from _place(place)
        if "phones" in told:
            yield "phone:", list(told["phones"])


def _place(told: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if told.get("lat") is not None and told.get("lon") is not None:
        yield f"position:{told['address_id']}", [told["lat"], told["lon"]]
    if "valid" in told:
        yield f"address:{told['address_id']}", bool(told["valid"])


def find_conflicts(
    conn: Connection, debtor_ids: Iterable[str], came: Callable[[bytes], bool],
    apart: Callable[[bytes, bytes], bool], now: datetime,
) -> int:  # fmt: skip
    """Note the conflicts between entries that came and those that were here; how many are new.

    `came(event_id)`: it came just now. `apart(one, other)`: whoever recorded `one`, which came, did
    not have `other`.
    """
    count = 0
    for who, events in events_of(conn, list(debtor_ids)):
        undone = undone_batches(events)
        told = [
            (field, value, event)
            for event in events
            if event.kind in FIELD_KINDS and event.batch not in undone
            for field, value in values_of(event)
        ]
        last: dict[str, list[tuple[Any, Event]]] = {}
        for field, value, event in told:
            last.setdefault(field, []).append((value, event))
        for field, some in last.items():
            for value, event in some:
                if came(event.event_id):
                    count += sum(
                        _note(conn, who, field, event, other, now)
                        for before, other in some
                        if before != value
                        and not came(other.event_id)
                        and apart(event.event_id, other.event_id)
                    )
    return count


def _note(
    conn: Connection, debtor_id: str, field: str, one: Event, other: Event, now: datetime
) -> int:
    first, second = sorted((one, other), key=lambda event: (event.occurred_at, event.event_id))
    done = conn.execute(
        "INSERT OR IGNORE INTO conflict SELECT pid, ?, ?, ?, ?, NULL FROM who WHERE debtor_id = ?",
        (field, first.event_id, second.event_id, int(now.timestamp()), debtor_id),
    )
    return int(done.rowcount)


def open_conflicts(conn: Connection) -> list[Conflict]:
    """The conflicts that nobody has settled, oldest first; those undone since are left out."""
    rows = conn.execute(
        "SELECT debtor_id, field, first, second, noticed FROM conflict JOIN who USING (pid)"
        " WHERE settled IS NULL AND key IS NOT NULL ORDER BY noticed, debtor_id, field"
    ).fetchall()
    persons = dict(_counting(conn, {row[0] for row in rows}))
    found = []
    for who, name, first, second, noticed in rows:
        one, other = persons[who].get(bytes(first)), persons[who].get(bytes(second))
        if one is None or other is None or _overtaken(persons[who], name, other):
            continue
        field, _, about = name.partition(":")
        found.append(Conflict(
            f"{bytes(first).hex()}-{bytes(second).hex()}-{name}", who, field, about,
            dict(values_of(one)).get(name), dict(values_of(other)).get(name),
            moment(one.occurred_at), moment(other.occurred_at), moment(noticed),
        ))  # fmt: skip
    return found


def _counting(conn: Connection, ids: set[str]) -> Iterator[tuple[str, dict[bytes, Event]]]:
    for who, events in events_of(conn, sorted(ids)):
        undone = undone_batches(events)
        yield who, {one.event_id: one for one in events if one.batch not in undone}


def _overtaken(events: dict[bytes, Event], name: str, second: Event) -> bool:
    """Whether a later entry sets the field: somebody has decided since."""
    return any(
        (event.occurred_at, event.event_id) > (second.occurred_at, second.event_id)
        and name in dict(values_of(event))
        for event in events.values()
        if event.kind in FIELD_KINDS
    )


def conflict_event(conn: Connection, conflict_id: str) -> tuple[str, Event] | None:
    """The person and the entry that does not count; None for an unknown conflict."""
    first, _, _ = conflict_id.partition("-")
    row = conn.execute(
        "SELECT debtor_id FROM event WHERE event_id = ?", (_unhex(first),)
    ).fetchone()
    if row is None:
        return None
    ((who, events),) = events_of(conn, [row[0]])
    return next(((who, one) for one in events if one.event_id.hex() == first), None)


def mark_settled(conn: Connection, conflict_id: str, now: datetime) -> bool:
    """Take a conflict off the list; whether it was on it."""
    first, _, rest = conflict_id.partition("-")
    second, _, field = rest.partition("-")
    done = conn.execute(
        "UPDATE conflict SET settled = ? WHERE first = ? AND second = ? AND field = ?"
        " AND settled IS NULL",
        (int(now.timestamp()), _unhex(first), _unhex(second), field),
    )
    return bool(done.rowcount)


def _unhex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def count_open(conn: Connection) -> int:
    """How many conflicts are noted and not settled (those overtaken since among them)."""
    return int(conn.execute("SELECT count(*) FROM conflict WHERE settled IS NULL").fetchone()[0])
