"""What only the lead of a team may do: a collector's workspace holds a part of the book, and what
is decided for all is decided where all of it is."""

import json
from collections.abc import Sequence

from planner.errors import PlannerError
from planner.store.store import Store
from planner.store.team import COLLECTOR, THEIRS, role


def need_lead(store: Store) -> None:
    """PlannerError("team.lead_only") in the workspace of a collector; a lead's, and one that
    belongs to no team, may do everything."""
    with store.read() as conn:
        if role(conn) == COLLECTOR:
            raise PlannerError("team.lead_only")


def need_own(store: Store, batches: Sequence[bytes]) -> None:
    """PlannerError("team.lead_only") in a collector's workspace when any of `batches` holds entries
    or a plan from elsewhere: the lead and each laptop take back their own."""
    with store.read() as conn:
        if role(conn) != COLLECTOR:
            return
        asked = json.dumps([batch.hex() for batch in batches])
        foreign = conn.execute(
            "SELECT 1 FROM json_each(?1) j CROSS JOIN event ON event.batch = unhex(j.value)"
            " JOIN device USING (device_id) WHERE owner <> ''"
            " UNION ALL SELECT 1 FROM json_each(?1) j JOIN given ON topic = ?2 || j.value LIMIT 1",
            (asked, THEIRS),
        ).fetchone()
        if foreign:
            raise PlannerError("team.lead_only")
