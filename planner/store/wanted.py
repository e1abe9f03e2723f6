"""What persons need of a crew, and whom a lead wants visited on a day."""

import json
from datetime import date

from planner.domain.people import Must
from planner.store.driver import Connection


def load_needs(conn: Connection) -> dict[str, tuple[str, ...]]:
    """The tags of everybody who needs something of a crew, by debtor id."""
    return {
        who: tuple(json.loads(needs))
        for who, needs in conn.execute(
            "SELECT debtor_id, needs FROM person JOIN who USING (pid) WHERE needs <> '[]'"
            " ORDER BY pid"
        )
    }


def load_musts(conn: Connection, day: date) -> dict[str, Must]:
    """Whom a lead wants visited on `day`, by debtor id."""
    return {
        who: Must(who, day, reason, lead)
        for who, reason, lead in conn.execute(
            "SELECT debtor_id, reason, lead FROM must JOIN who USING (pid)"
            " WHERE day = ? AND set_ = 1 ORDER BY pid",
            (day.toordinal(),),
        )
    }
