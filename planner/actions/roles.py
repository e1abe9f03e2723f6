"""What only the lead of a team may do: a collector's workspace holds a part of the book, and what
is decided for all is decided where all of it is."""

from planner.errors import PlannerError
from planner.store.store import Store
from planner.store.team import COLLECTOR, role


def need_lead(store: Store) -> None:
    """PlannerError("team.lead_only") in the workspace of a collector; a lead's, and one that
    belongs to no team, may do everything."""
    with store.read() as conn:
        if role(conn) == COLLECTOR:
            raise PlannerError("team.lead_only")
