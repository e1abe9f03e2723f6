"""Who looked at whose name and numbers: each press that shows masked data is an entry.

The entry is one of the workspace, so it outlives the person; it holds the person's keyed id, the
names of the fields, where they were shown and which user of the system pressed. It cannot be
undone, and the chain of the device shows when one was taken away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from planner.clock import Clock
from planner.domain.facts import moment
from planner.store.events import events_of
from planner.store.people import load_rows
from planner.store.store import NewEvent, Store

FIELDS = ("name", "id_number", "phones", "addresses")
FILES = "files"  # instead of a person: everybody in the files of an import that is looked at


@dataclass(frozen=True, slots=True)
class Reveal:
    """One look: when (UTC), at whom (`name` is "" for a person erased since, and for FILES), what,
    where, who."""

    at: datetime
    debtor_id: str
    name: str
    fields: tuple[str, ...]
    where: str
    by: str


def note_reveal(
    store: Store, debtor_id: str, *, where: str, by: str, clock: Clock,
    fields: Sequence[str] = FIELDS,
) -> None:  # fmt: skip
    """Record that `by` saw these fields of a person on the screen `where`. PlannerError("store.…").

    An undo that takes the batch back is not offered anywhere: the entry is to stay.
    """
    told = {"who": debtor_id, "fields": list(fields), "where": where, "by": by}
    with store.write() as tx:
        tx.append([NewEvent("reveal", "", clock(), told)])


def reveals(store: Store, most: int = 1000) -> list[Reveal]:
    """The latest `most` looks, the newest first."""
    with store.read() as conn:
        found = [
            event
            for _, events in events_of(conn, [""])
            for event in events
            if event.kind == "reveal"
        ][: -most - 1 : -1]
        ids = list(dict.fromkeys(str(event.payload["who"]) for event in found))
        names = {row.debtor_id: row.name for row in load_rows(conn, ids)}
    return [
        Reveal(
            moment(event.occurred_at), event.payload["who"],
            names.get(event.payload["who"], ""), tuple(event.payload["fields"]),
            event.payload["where"], event.payload.get("by", ""),
        )
        for event in found
    ]  # fmt: skip
