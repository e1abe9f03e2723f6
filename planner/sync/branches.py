"""The chain of a collector's device comes to the lead: what is known, what follows, what forks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from planner.errors import PlannerError
from planner.store.chain import add_hashes
from planner.store.driver import Connection
from planner.store.events import FIRST_HASH, Row
from planner.sync.entries import Checker, family, insert, make_device, tip


@dataclass(frozen=True, slots=True)
class Place:
    """Where the new entries of a chain belong: after how many known ones, on which branch;
    `branch` "" = a new one."""

    known: int
    branch: str


def find_place(conn: Connection, peer_id: str, device_id: str, found: Sequence[Row]) -> Place:
    """Where entries of a chain go on.

    PlannerError: "exchange.bad_chain" (not one chain), "exchange.forged" (another's device),
    "exchange.gap" (something before is missing here).
    """
    check_links(device_id, found)
    stored = family(conn, device_id)
    if any(owner != peer_id for _, owner, _ in stored):
        raise PlannerError("exchange.forged", name=device_id)
    names = [name for name, _, _ in stored]
    known = 0
    while known < len(found) and _holds(conn, names, found[known].device_seq, found[known].hash):
        known += 1
    if known == len(found):
        return Place(known, device_id)
    first = found[known]
    before = first.device_seq - 1
    if not before:
        parent = device_id
    else:
        parent = _holds(conn, names, before, first.prev_hash)
        if not parent:
            raise PlannerError("exchange.gap")
    at_tip = tip(conn, parent) == (before, first.prev_hash) or not stored
    return Place(known, parent if at_tip else "")


def check_links(device_id: str, found: Sequence[Row]) -> None:
    """PlannerError("exchange.bad_chain") unless these are one chain of one device."""
    last: tuple[int, bytes] | None = None
    for row in found:
        first = row.device_seq == 1
        right = row.device_id == device_id and row.device_seq > 0
        right &= first == (row.prev_hash == FIRST_HASH)
        right &= last is None or last == (row.device_seq - 1, row.prev_hash)
        if not right:
            raise PlannerError("exchange.bad_chain")
        last = row.device_seq, row.hash


def _holds(conn: Connection, names: Sequence[str], number: int, digest: bytes) -> str:
    """The branch on which this entry is held, "" when it is on none."""
    for name in names:
        if conn.execute(
            "SELECT 1 FROM event WHERE device_id = ? AND device_seq = ? AND hash = ?",
            (name, number, digest),
        ).fetchone():
            return name
    return ""


def add_chain(
    conn: Connection, peer_id: str, device_id: str, found: Sequence[Row], checker: Checker,
    now: datetime,
) -> tuple[list[Row], bool]:  # fmt: skip
    """Keep what is new of a chain; the new entries, and whether they are a fork.

    PlannerError as `find_place` and `Checker.look`.
    """
    place = find_place(conn, peer_id, device_id, found)
    fresh = list(found[place.known :])
    if not fresh:
        return [], False
    known = {bytes(one) for (one,) in conn.execute(
        "SELECT event_id FROM json_each(?) j CROSS JOIN event ON event.event_id = unhex(j.value)",
        (_ids(fresh),),
    )}  # fmt: skip
    if known or len({row.event_id for row in fresh}) < len(fresh):
        raise PlannerError("exchange.bad_entry")
    if not family(conn, device_id):
        make_device(conn, device_id, peer_id, part=False)
    forked = not place.branch
    branch = place.branch or _new_branch(conn, device_id, peer_id, fresh[0].device_seq, now)
    for row in fresh:
        checker.look(row)
        insert(conn, row, branch)
    _count(conn, branch, fresh)
    return fresh, forked


def _ids(found: Sequence[Row]) -> str:
    return "[" + ",".join(f'"{row.event_id.hex()}"' for row in found) + "]"


def _new_branch(conn: Connection, device_id: str, peer_id: str, number: int, now: datetime) -> str:
    names = {name for name, _, _ in family(conn, device_id)}
    branch = 2
    while f"{device_id}/{branch}" in names:
        branch += 1
    name = f"{device_id}/{branch}"
    make_device(conn, name, peer_id, part=True)
    conn.execute(
        "INSERT OR IGNORE INTO fork VALUES (?, ?, ?)", (device_id, number, int(now.timestamp()))
    )
    return name


def _count(conn: Connection, branch: str, fresh: Sequence[Row]) -> None:
    """Bring the known end of a device along; of a branch, count and sum."""
    part, count, digest, last = conn.execute(
        "SELECT part, last_seq, last_hash, last_id FROM device WHERE device_id = ?", (branch,)
    ).fetchone()
    if part:
        for row in fresh:
            digest = add_hashes(digest, row.hash)
        count += len(fresh)
    else:
        count, digest = fresh[-1].device_seq, fresh[-1].hash
    last = max([last, *(row.event_id for row in fresh)])
    conn.execute(
        "UPDATE device SET last_seq = ?, last_hash = ?, last_id = ? WHERE device_id = ?",
        (count, digest, last, branch),
    )
