"""Trips of crews as they were told, with what was paid on the way."""

from datetime import date

from planner.domain.facts import moment
from planner.domain.trip import Expense, Trip
from planner.store.append import WORKSPACE
from planner.store.driver import Connection


def load_trips(conn: Connection, first: date, last: date) -> list[Trip]:
    """The trips of these days (both included), by day and crew."""
    span = WORKSPACE, first.toordinal(), last.toordinal()
    paid: dict[tuple[str, int], list[Expense]] = {}
    for crew_id, day, *rest in conn.execute(
        "SELECT crew_id, day, expense_id, kind, amount, receipt, note FROM expense"
        " WHERE pid = ? AND day BETWEEN ? AND ? ORDER BY expense_id",
        span,
    ):
        paid.setdefault((crew_id, day), []).append(Expense(*rest))
    return [
        Trip(
            crew_id, date.fromordinal(day),
            None if left is None else moment(left), None if back is None else moment(back),
            begin, end, metres, note, tuple(paid.get((crew_id, day), ())),
        )
        for crew_id, day, left, back, begin, end, metres, note in conn.execute(
            "SELECT crew_id, day, left_at, back_at, odometer_start, odometer_end, metres, note"
            " FROM trip WHERE pid = ? AND day BETWEEN ? AND ? ORDER BY day, crew_id",
            span,
        )
    ]  # fmt: skip


def load_trip(conn: Connection, crew_id: str, day: date) -> Trip:
    """One crew's trip on `day`; an empty one where nothing was told."""
    found = {one.crew_id: one for one in load_trips(conn, day, day)}
    return found.get(crew_id) or Trip(crew_id, day)
