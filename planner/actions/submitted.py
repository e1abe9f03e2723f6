"""Routes that laptops submitted: how each stands, and the lead's decision about it.

Such a route may be of a plan that the lead's workspace does not have, or an edited copy of one it
has. Approving takes it over into the lead's plan of the day; both are one deed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from planner.actions.edit_plan import save_edit
from planner.actions.exchange import Submitted, load_submitted
from planner.actions.overtaken import same_plan
from planner.actions.reviews import RouteReview, review_about, route_state
from planner.actions.roles import need_lead
from planner.actions.take_over import TakeOver, route_of, taken_over
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
            mark = route_mark(route)
            last = review_about(load_reviews(conn, one.plan_id, one.crew_id), mark)
            found.append(
                SubmittedRoute(
                    one.plan_id, one.plan.day, one.collector_id, route, route_state(route, last),
                    mark in here,
                )
            )  # fmt: skip
    return tuple(found)


def take_over(
    store: Store, one: SubmittedRoute, *, clock: Clock, without: Collection[str] = ()
) -> TakeOver:
    """The lead's plan of the day with this route in it, to be looked at; nothing is saved.

    `without`: persons (debtor ids) to leave out of the round. Raises PlannerError
    ("team.lead_only"), ("team.submitted") where the laptop has submitted another route since, and
    what `taken_over` raises.
    """
    need_lead(store)
    return taken_over(store, _present(store, one), clock(), without)


def decide_submitted(
    store: Store,
    one: SubmittedRoute,
    decision: str,
    *,
    by: str,
    clock: Clock,
    comment: str = "",
    taken: TakeOver | None = None,
) -> bytes:
    """APPROVED or RETURNED; the batch that undoes it, with the plan that an approval saved.

    An approval saves `taken`, what `take_over` showed (default: as it is now), and approves the
    route as it was submitted and the round it became. A return only tells the comment. Raises what
    `take_over` and `save_edit` raise, PlannerError("team.comment") for a return without a comment,
    ("team.not_taken") for an approval with faults, ("move_day.overtaken") when the plan is another
    one since `taken`.
    """
    need_lead(store)
    if decision not in DECISIONS or (decision == RETURNED and not comment.strip()):
        raise PlannerError("team.comment")
    told = _present(store, one)
    now = clock().replace(microsecond=0)  # the plan is not newer than its approval
    if decision == RETURNED:
        with store.write() as tx:
            return tx.append(_reviews(told, None, decision, comment, by, now))
    taken = taken or taken_over(store, told, now)
    if taken.faults:
        raise PlannerError("team.not_taken", crew=one.route.crew, faults=len(taken.faults))
    also = _reviews(told, taken, decision, comment, by, now)
    with store.read() as conn:
        present = load_plan(conn, one.day)
    if not (present is None if taken.base is None else same_plan(present, taken.base)):
        raise PlannerError("move_day.overtaken", day=str(one.day))
    if taken.plan is not taken.base:
        return save_edit(store, taken.plan, clock=lambda: now, base=taken.base, also=also)
    with store.write() as tx:
        return tx.append(also)


def _present(store: Store, one: SubmittedRoute) -> Submitted:
    """The route as it lies here, unless it is another one by now."""
    for told in load_submitted(store, one.day):
        same = (told.plan_id, told.crew_id) == (one.plan_id, one.route.crew_id)
        if same and route_mark(told.plan.routes[0]) == one.review.mark:
            return told
    raise PlannerError("team.submitted", crew=one.route.crew)


def _reviews(
    told: Submitted, taken: TakeOver | None, decision: str, comment: str, by: str, now: datetime
) -> list[NewEvent]:
    """The decision about the route as it was submitted, and about what it became here."""
    about = [(told.plan_id, route_mark(told.plan.routes[0]))]
    if taken is not None:
        about.append((taken.plan.plan_id, route_mark(route_of(taken.plan, told.crew_id))))
    return [
        NewEvent("plan.reviewed", "", now, {
            "plan_id": plan_id, "day": told.plan.day, "crew_id": told.crew_id,
            "decision": decision, "comment": comment.strip(), "by": by, "route": mark,
        })
        for plan_id, mark in dict.fromkeys(about)
    ]  # fmt: skip
