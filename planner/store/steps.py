"""Next steps of persons that somebody accepted, out of derived tables.

Of each person the latest counts, until it is ended or the person was contacted after it was set;
that is asked of the contacts, not remembered.
"""

from datetime import date
from typing import Any

from planner.domain.facts import moment
from planner.domain.step import Means, Step
from planner.store.driver import Connection

# Open steps of persons with an open case. As a text for filters too: `pid` is the first column.
OPEN = (
    "SELECT s.pid, w.debtor_id, s.step_id, s.at, s.day, s.means, s.part, s.objective, s.taken_by"
    " FROM step s JOIN who w USING (pid) WHERE s.ended IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM step t WHERE t.pid = s.pid"
    " AND (t.at, t.step_id) > (s.at, s.step_id))"
    " AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.pid = s.pid AND c.at > s.at)"
    " AND EXISTS (SELECT 1 FROM loan l WHERE l.pid = s.pid AND l.status = 'open')"
)


def load_step(conn: Connection, debtor_id: str) -> Step | None:
    """The open step of a person."""
    return next(iter(_steps(conn, "w.debtor_id = ?", debtor_id)), None)


def steps_due(conn: Connection, day: date) -> tuple[Step, ...]:
    """Open steps that fall due by the end of `day`, the oldest first."""
    return _steps(conn, "s.day <= ?", day.toordinal())


def steps_on(conn: Connection, day: date) -> tuple[Step, ...]:
    """Open steps of this very day."""
    return _steps(conn, "s.day = ?", day.toordinal())


def _steps(conn: Connection, where: str, *params: Any) -> tuple[Step, ...]:
    return tuple(
        Step(step_id, who, moment(at), date.fromordinal(day), Means(means), part, objective, by)
        for _, who, step_id, at, day, means, part, objective, by in conn.execute(
            f"{OPEN} AND {where} ORDER BY s.day, s.part, w.debtor_id", params
        )
    )
