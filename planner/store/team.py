"""A team in one workspace: whose laptop it is, who has whom, what was reviewed or returned, who is
away. Out of the derived tables; days are local calendar days, instants aware (UTC)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from planner.domain.facts import moment
from planner.store.append import WORKSPACE
from planner.store.driver import Connection

ALONE: Final = ""  # no exchange yet: may do everything
LEAD: Final = "lead"
COLLECTOR: Final = "collector"
THEIRS: Final = "theirs:"  # before the batch of a plan that the lead sent, in `given`
SUBMITTED: Final = "submitted"
APPROVED: Final = "approved"
RETURNED: Final = "returned"


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who has a person since `at`; `collector_id` "" = nobody (taken back)."""

    debtor_id: str
    collector_id: str
    at: datetime
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class ReturnedRecord:
    """A record (hex id of its entry) that a lead gave back with a comment, and its answer.

    `open` = nobody has answered since it was returned last. An answer without a return (the
    return is not here yet) has `at` None and is not open.
    """

    debtor_id: str
    event_id: str
    at: datetime | None
    comment: str
    by: str
    answered: datetime | None
    answer: str
    answered_by: str

    @property
    def open(self) -> bool:
        """Whether it waits for an answer."""
        return self.at is not None and (self.answered is None or self.answered < self.at)


@dataclass(frozen=True, slots=True)
class PlanReview:
    """What was decided about one crew's route of a plan: SUBMITTED, APPROVED or RETURNED.

    `route` is the fingerprint of the route it speaks of (`domain.route_mark`); another route than
    that was changed since.
    """

    plan_id: str
    day: date
    crew_id: str
    at: datetime
    decision: str
    comment: str
    by: str
    route: str


@dataclass(frozen=True, slots=True)
class Absence:
    """A collector is away from `first` to `last`, both included."""

    absence_id: str
    collector_id: str
    first: date
    last: date
    reason: str = ""


def role(conn: Connection) -> str:
    """ALONE, LEAD or COLLECTOR."""
    return _meta(conn, "role")


def owner(conn: Connection) -> str:
    """The collector whose laptop this is; "" where it is no collector's."""
    return _meta(conn, "collector")


def set_role(conn: Connection, name: str, collector_id: str = "") -> None:
    """Keep what this workspace is, inside the caller's write transaction."""
    conn.executemany(
        "INSERT OR REPLACE INTO meta VALUES (?, ?)",
        [("role", name), ("collector", collector_id)],
    )


def _meta(conn: Connection, name: str) -> str:
    found = conn.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return str(found[0]) if found else ""


def collectors_of(conn: Connection) -> dict[str, str]:
    """Who has whom: debtor id -> collector id, only persons who are assigned to somebody."""
    return dict(
        conn.execute(
            "SELECT debtor_id, collector_id FROM assignment JOIN who USING (pid)"
            " WHERE collector_id <> '' ORDER BY pid"
        ).fetchall()
    )


def not_whole(conn: Connection) -> frozenset[str]:
    """Persons of whom a collector's laptop holds other entries than its lead: a part of what bars
    a visit may be missing here, so they are not planned before the next exchange."""
    if role(conn) != COLLECTOR:
        return frozenset()
    found = conn.execute("SELECT debtor_id FROM wish WHERE surplus = 0").fetchall()
    return frozenset(who for (who,) in found)


def persons_of(conn: Connection, collector_id: str) -> list[str]:
    """The persons a collector has, by number."""
    return [
        who
        for (who,) in conn.execute(
            "SELECT debtor_id FROM assignment JOIN who USING (pid) WHERE collector_id = ?"
            " ORDER BY pid",
            (collector_id,),
        )
    ]


def load_assignments(conn: Connection, debtor_ids: Sequence[str]) -> dict[str, Assignment]:
    """Who has these persons; whoever was never assigned is left out."""
    return {
        who: Assignment(who, collector, moment(at), reason, lead)
        for who, collector, at, reason, lead in conn.execute(
            "SELECT debtor_id, collector_id, at, reason, lead FROM assignment JOIN who USING (pid)"
            " WHERE debtor_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(debtor_ids)),),
        )
    }


def load_returned(
    conn: Connection, debtor_id: str | None = None, *, waiting: bool = True
) -> list[ReturnedRecord]:
    """Returned records, oldest first; of one person or of all; `waiting` only the open ones."""
    chosen, asked = ("", ()) if debtor_id is None else (" WHERE debtor_id = ?", (debtor_id,))
    found = [
        ReturnedRecord(
            who, event_id.hex(), None if at is None else moment(at), comment, lead,
            None if answered is None else moment(answered), answer, answered_by,
        )
        for who, event_id, at, comment, lead, answered, answer, answered_by in conn.execute(
            "SELECT debtor_id, event_id, at, comment, lead, answered, answer, answered_by"
            f" FROM returned JOIN who USING (pid){chosen} ORDER BY at, event_id",
            asked,
        )
    ]  # fmt: skip
    return [one for one in found if one.open] if waiting else found


def load_reviews(conn: Connection, plan_id: str, crew_id: str | None = None) -> list[PlanReview]:
    """All reviews of a plan (of one crew's route), oldest first."""
    found = _reviews(conn, "plan_id = ?", plan_id)
    return [one for one in found if crew_id in (None, one.crew_id)]


def reviews_between(conn: Connection, first: date, last: date) -> list[PlanReview]:
    """All reviews of plans of these days (both included), oldest first."""
    return _reviews(conn, "day BETWEEN ? AND ?", first.toordinal(), last.toordinal())


def _reviews(conn: Connection, where: str, *params: str | int) -> list[PlanReview]:
    return [
        PlanReview(plan_id, date.fromordinal(day), crew, moment(at), decision, comment, lead, route)
        for plan_id, day, crew, at, decision, comment, lead, route in conn.execute(
            "SELECT plan_id, day, crew_id, at, decision, comment, lead, route FROM plan_review"
            f" WHERE pid = {WORKSPACE} AND {where} ORDER BY at, event_id",
            params,
        )
    ]


def load_absences(conn: Connection, first: date = date.min, last: date = date.max) -> list[Absence]:
    """Absences that touch these days (both included), by day and collector."""
    return [
        Absence(absence_id, collector, date.fromordinal(start), date.fromordinal(until), reason)
        for absence_id, collector, start, until, reason in conn.execute(
            "SELECT absence_id, collector_id, start, until, reason FROM absence"
            " WHERE pid = ? AND until >= ? AND start <= ?"
            " ORDER BY start, collector_id, absence_id",
            (WORKSPACE, first.toordinal(), last.toordinal()),
        )
    ]


def absent_on(conn: Connection, day: date) -> frozenset[str]:
    """The collectors who are away on `day`."""
    return frozenset(one.collector_id for one in load_absences(conn, day, day))
