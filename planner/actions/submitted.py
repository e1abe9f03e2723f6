"""Routes that laptops submitted: how each stands, and the lead's decision about it.

Such a route may be of a plan that the lead's workspace does not have, or an edited copy of one it
has. The decision is about the route as it was submitted; it travels to the laptop as any review.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from planner.actions.exchange import load_submitted
from planner.actions.reviews import RouteReview, route_state
from planner.actions.roles import need_lead
from planner.clock import Clock
from planner.domain.plan import Route
from planner.domain.route_mark import route_mark
from planner.errors import PlannerError
from planner.store.events import NewEvent
from planner.store.plans import load_plan
from planner.store.store import Store
from planner.store.team import APPROVED, RETURNED, load_reviews

DECISIONS: Final = (APPROVED, RETURNED)


@dataclass(frozen=True, slots=True)
class SubmittedRoute:
    """A route as a laptop submitted it, and how it stands; `same`: the plan of this workspace has
    that very route."""

    plan_id: str
    day: date
    collector_id: str
    route: Route
    review: RouteReview
    same: bool


def submitted_routes(store: Store, day: date) -> tuple[SubmittedRoute, ...]:
    """The routes that laptops submitted for `day`, by collector and crew."""
    told = load_submitted(store, day)
    found = []
    with store.read() as conn:
        plan = load_plan(conn, day)
        here = {route_mark(route) for route in (plan.routes if plan else ())}
        for one in told:
            (route,) = one.plan.routes
            reviews = load_reviews(conn, one.plan_id, one.crew_id)
            state = route_state(route, reviews[-1] if reviews else None)
            found.append(
                SubmittedRoute(
                    one.plan_id, one.plan.day, one.collector_id, route, state,
                    route_mark(route) in here,
                )
            )  # fmt: skip
    return tuple(found)


def decide_submitted(
    store: Store, one: SubmittedRoute, decision: str, *, by: str, clock: Clock, comment: str = ""
) -> bytes:
    """APPROVED or RETURNED for a route as it was submitted; the batch that undoes it.

    Raises PlannerError("team.lead_only"), ("team.comment") for a return without a comment,
    ("team.submitted") where the laptop has submitted another route since.
    """
    need_lead(store)
    if decision not in DECISIONS or (decision == RETURNED and not comment.strip()):
        raise PlannerError("team.comment")
    present = {
        (other.plan_id, other.route.crew_id): other.review.mark
        for other in submitted_routes(store, one.day)
    }
    if present.get((one.plan_id, one.route.crew_id)) != one.review.mark:
        raise PlannerError("team.submitted", crew=one.route.crew)
    told = {
        "plan_id": one.plan_id, "day": one.day, "crew_id": one.route.crew_id,
        "decision": decision, "comment": comment.strip(), "by": by, "route": one.review.mark,
    }  # fmt: skip
    with store.write() as tx:
        return tx.append([NewEvent("plan.reviewed", "", clock(), told)])
