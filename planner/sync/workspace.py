"""Entries of the workspace that concern a collector: their crews, plan reviews of these crews, who
of them is away, and what takes any of that back."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from planner.store.driver import Connection
from planner.store.events import Row, rows, unseal

KINDS_DOWN: Final = frozenset(("crew.listed", "plan.reviewed", "absence", "reversal"))


@dataclass(frozen=True, slots=True)
class Concerning:
    """The entries of one topic, and the crews that are a collector's now."""

    topics: dict[str, list[Row]]
    crews: frozenset[str]


def concerning(conn: Connection, collector_id: str) -> Concerning:
    """What concerns a collector: entries by topic, every crew they ever were in."""
    found = list(_readable(conn))
    members: dict[str, set[str]] = {}
    now: dict[str, bool] = {}
    for row, told in found:
        if row.kind == "crew.listed":
            named = {str(one["collector_id"]) for one in told["members"]}
            members.setdefault(told["crew_id"], set()).update(named)
            now[told["crew_id"]] = collector_id in named
    mine = {crew for crew, named in members.items() if collector_id in named}
    mates = {collector_id}.union(*(members[crew] for crew in mine))
    topics: dict[str, list[Row]] = {}
    batches: dict[bytes, str] = {}
    for row, told in found:
        topic = _topic(row, told, mine, mates, batches)
        if topic:
            topics.setdefault(topic, []).append(row)
            batches.setdefault(row.batch, topic)
    return Concerning(topics, frozenset(crew for crew in mine if now[crew]))


def _readable(conn: Connection) -> Iterator[tuple[Row, dict[str, Any]]]:
    (key,) = conn.execute("SELECT key FROM who WHERE debtor_id = ''").fetchone()
    kinds = ", ".join(f"'{kind}'" for kind in sorted(KINDS_DOWN))
    where = f"WHERE debtor_id = '' AND kind IN ({kinds}) ORDER BY occurred_at, event_id"
    for row in rows(conn, where):
        told = unseal(row, bytes(key))
        if told is not None:
            yield row, told


def _topic(
    row: Row, told: dict[str, Any], crews: set[str], mates: set[str], batches: dict[bytes, str]
) -> str:
    """Under what an entry is given to a collector; "" = not at all."""
    if row.kind == "reversal":
        return batches.get(bytes.fromhex(told["batch"]), "plans")
    if row.kind == "absence":
        who = str(told["collector_id"])
        return f"absence:{who}" if who in mates else ""
    crew = str(told["crew_id"])
    return f"crew:{crew}" if crew in crews else ""


def foreign_crews(conn: Connection, collector_id: str) -> frozenset[str]:
    """The crews in which a collector never was; none in a workspace that was put back from a copy,
    which may have forgotten that."""
    (devices,) = conn.execute("SELECT count(*) FROM device WHERE owner = ''").fetchone()
    if devices > 1:
        return frozenset()
    every: set[str] = set()
    mine: set[str] = set()
    for row, told in _readable(conn):
        if row.kind == "crew.listed":
            every.add(str(told["crew_id"]))
            if any(one["collector_id"] == collector_id for one in told["members"]):
                mine.add(str(told["crew_id"]))
    return frozenset(every - mine)
