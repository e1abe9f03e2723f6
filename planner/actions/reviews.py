"""Plans before the lead, and records that come back: submit, approve, return, answer.

A review speaks of one crew's route as it was (its fingerprint): a route that is edited afterwards
is not approved any more, and approved again once the edit is undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from planner.actions.roles import need_lead
from planner.clock import Clock
from planner.domain.plan import Plan, Route
from planner.domain.route_mark import route_mark
from planner.errors import PlannerError
from planner.store.driver import Connection
from planner.store.events import NewEvent
from planner.store.plans import load_plan
from planner.store.store import Store
from planner.store.team import (
    APPROVED,
    COLLECTOR,
    RETURNED,
    SUBMITTED,
    PlanReview,
    ReturnedRecord,
    load_returned,
    load_reviews,
    role,
)

NONE: Final = ""  # nobody has looked at it
CHANGED: Final = "changed"  # submitted or approved, and edited since
_TEAM_KINDS = ("assigned", "record.returned", "record.answered", "reversal")


@dataclass(frozen=True, slots=True)
class RouteReview:
    """How one crew's route stands: `state` is NONE, SUBMITTED, APPROVED, RETURNED or CHANGED,
    `last` the review that says so (None: there is none), `mark` the fingerprint of the route as it
    is now, to be handed to `approve`, `stops` how many visits it has."""

    crew_id: str
    crew: str
    state: str
    last: PlanReview | None
    mark: str
    stops: int


def submit(
    store: Store, day: date, crew_id: str, *, by: str, clock: Clock, comment: str = ""
) -> bytes:
    """Put a crew's route of `day` before the lead; the batch that undoes it.

    Raises PlannerError("team.plan") without a plan, ("team.route") for a crew without a route.
    """
    return _review(store, day, [crew_id], SUBMITTED, comment, by, clock, {})


def approve(
    store: Store,
    day: date,
    crew_ids: Sequence[str] | None = None,
    *,
    by: str,
    clock: Clock,
    comment: str = "",
    seen: dict[str, str] | None = None,
) -> bytes:
    """Approve the routes of these crews (default: all that have stops) in one batch.

    `seen`: the fingerprints that were looked at, by crew; a route that is another one by now is
    refused: PlannerError("team.submitted"). Raises what `submit` raises and ("team.lead_only").
    """
    need_lead(store)
    return _review(store, day, crew_ids, APPROVED, comment, by, clock, seen or {})


def return_plan(
    store: Store, day: date, crew_id: str, *, comment: str, by: str, clock: Clock
) -> bytes:
    """Give a crew's route back with a comment that the crew sees.

    Raises what `approve` raises and PlannerError("team.comment") without a comment.
    """
    need_lead(store)
    if not comment.strip():
        raise PlannerError("team.comment")
    return _review(store, day, [crew_id], RETURNED, comment, by, clock, {})


def _review(
    store: Store, day: date, crew_ids: Sequence[str] | None, decision: str, comment: str, by: str,
    clock: Clock, seen: dict[str, str],
) -> bytes:  # fmt: skip
    with store.write() as tx:
        plan = load_plan(tx.conn, day)
        if plan is None:
            raise PlannerError("team.plan", day=str(day))
        routes = {route.crew_id: route for route in plan.routes}
        if crew_ids is None:
            crew_ids = [route.crew_id for route in plan.routes if route.stops]
        for crew in crew_ids:
            if crew not in routes:
                raise PlannerError("team.route", day=str(day), crew=crew)
            if seen.get(crew, route_mark(routes[crew])) != route_mark(routes[crew]):
                raise PlannerError("team.submitted", crew=routes[crew].crew)
        if not crew_ids:
            raise PlannerError("team.plan", day=str(day))
        return tx.append([
            NewEvent("plan.reviewed", "", clock(), {
                "plan_id": plan.plan_id, "day": day, "crew_id": crew, "decision": decision,
                "comment": comment.strip(), "by": by, "route": route_mark(routes[crew]),
            })
            for crew in crew_ids
        ])  # fmt: skip


def review_states(store: Store, day: date) -> tuple[RouteReview, ...]:
    """How each crew's route of the plan of `day` stands, in the plan's order; () without a plan."""
    with store.read() as conn:
        plan = load_plan(conn, day)
        return () if plan is None else states_of(conn, plan)


def states_of(conn: Connection, plan: Plan) -> tuple[RouteReview, ...]:
    """As `review_states`, of a plan at hand.

    A collector's copy of a route has only the own persons in it, so its fingerprint is another one
    from the start: there it was changed if it was saved after the review, too.
    """
    given: dict[str, list[PlanReview]] = {}
    for one in load_reviews(conn, plan.plan_id):
        given.setdefault(one.crew_id, []).append(one)
    part = role(conn) == COLLECTOR
    return tuple(
        route_state(route, last, whole=not part or (last is not None and plan.made_at > last.at))
        for route in plan.routes
        for last in (review_about(given.get(route.crew_id, []), route_mark(route)),)
    )


def review_about(reviews: Sequence[PlanReview], mark: str) -> PlanReview | None:
    """Of the reviews of a crew's route (oldest first) the last that speaks of it as it is; where
    none does, and where it was returned, the last of all.

    A laptop's part of a route and the lead's whole one are reviewed under the same name.
    """
    if not reviews or reviews[-1].decision == RETURNED:
        return reviews[-1] if reviews else None
    return next((one for one in reversed(reviews) if one.route == mark), reviews[-1])


def route_state(route: Route, last: PlanReview | None, *, whole: bool = True) -> RouteReview:
    """How a route stands after its last review; not `whole`: its fingerprint says nothing."""
    mark = route_mark(route)
    state = NONE if last is None else last.decision
    if last is not None and state != RETURNED and whole and last.route != mark:
        state = CHANGED
    return RouteReview(route.crew_id, route.crew, state, last, mark, len(route.stops))


def reviews_of(store: Store, day: date, crew_id: str | None = None) -> tuple[PlanReview, ...]:
    """All reviews of the plan of `day` (of one crew's route), oldest first."""
    with store.read() as conn:
        plan = load_plan(conn, day)
        return () if plan is None else tuple(load_reviews(conn, plan.plan_id, crew_id))


def return_record(
    store: Store, debtor_id: str, event_id: str, *, comment: str, by: str, clock: Clock
) -> bytes:
    """Give an entry about a person (hex id) back with a comment; the batch that undoes it.

    Raises PlannerError("team.lead_only"), ("team.comment"), ("team.record") where there is no such
    entry, or it was undone.
    """
    need_lead(store)
    if not comment.strip():
        raise PlannerError("team.comment")
    told = {"event": event_id, "comment": comment.strip(), "by": by}
    with store.write() as tx:
        if not _there(tx.conn, debtor_id, event_id):
            raise PlannerError("team.record")
        return tx.append([NewEvent("record.returned", debtor_id, clock(), told)])


def answer_record(
    store: Store, debtor_id: str, event_id: str, *, comment: str, by: str, clock: Clock
) -> bytes:
    """Answer an entry that was returned; the batch that undoes it.

    Raises PlannerError("team.comment") without words, ("team.not_returned").
    """
    if not comment.strip():
        raise PlannerError("team.comment")
    told = {"event": event_id, "comment": comment.strip(), "by": by}
    with store.write() as tx:
        waiting = {one.event_id for one in load_returned(tx.conn, debtor_id)}
        if event_id.lower() not in waiting:
            raise PlannerError("team.not_returned")
        return tx.append([NewEvent("record.answered", debtor_id, clock(), told)])


def returned_records(
    store: Store, debtor_id: str | None = None, *, waiting: bool = True
) -> tuple[ReturnedRecord, ...]:
    """Records that were returned, oldest first: of one person or of all; `waiting` the open ones
    alone."""
    with store.read() as conn:
        return tuple(load_returned(conn, debtor_id, waiting=waiting))


def _there(conn: Connection, debtor_id: str, event_id: str) -> bool:
    """Whether this entry is about the person, counts, and is one that somebody made."""
    try:
        key = bytes.fromhex(event_id)
    except ValueError:
        return False
    found = conn.execute(
        "SELECT kind FROM event e JOIN who w USING (debtor_id) WHERE event_id = ?"
        " AND debtor_id = ? AND NOT EXISTS (SELECT 1 FROM undone u WHERE u.pid = w.pid"
        " AND u.batch = e.batch)",
        (key, debtor_id),
    ).fetchone()
    return found is not None and found[0] not in _TEAM_KINDS
