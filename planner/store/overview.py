"""The workspace at a glance: how much there is, and how old it is."""

from dataclasses import dataclass
from datetime import datetime

from planner.domain.facts import moment
from planner.store.driver import Connection


@dataclass(frozen=True, slots=True)
class Counts:
    """Open cases, persons with one, crews; `imported_at` (UTC) of the latest import that stands."""

    cases: int = 0
    persons: int = 0
    crews: int = 0
    imported_at: datetime | None = None


def load_counts(conn: Connection) -> Counts:
    """Count what is open; an import that was undone does not make the data younger."""
    cases, persons = conn.execute(
        "SELECT count(*), count(DISTINCT pid) FROM loan WHERE status = 'open'"
    ).fetchone()
    (crews,) = conn.execute("SELECT count(*) FROM crew").fetchone()
    (at,) = conn.execute(
        "SELECT max(occurred_at) FROM event WHERE kind = 'import'"
        " AND batch NOT IN (SELECT batch FROM undone WHERE pid = 0)"
    ).fetchone()
    return Counts(cases, persons, crews, None if at is None else moment(at))
