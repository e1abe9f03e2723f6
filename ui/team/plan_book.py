"""The routes of a day before the lead: those of the plan here, and those that laptops submitted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from planner.actions.difference import Difference, difference
from planner.actions.reviews import RouteReview, states_of
from planner.actions.submitted import SubmittedRoute, submitted_routes
from planner.domain.plan import Plan, Route
from planner.store.crews import staff_names
from planner.store.people import load_rows
from planner.store.plans import load_plan
from planner.store.store import Store
from planner.store.team import PlanReview, load_reviews


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A crew's route and how it stands. `sent`: as a laptop submitted it, `sender` its collector;
    then `change` is what it differs by from the route here (None: there is none here)."""

    day: date
    crew_id: str
    crew: str
    members: tuple[str, ...]
    route: Route
    review: RouteReview
    reviews: tuple[PlanReview, ...]
    sender: str = ""
    sent: SubmittedRoute | None = None
    change: Difference | None = None


@dataclass(frozen=True, slots=True)
class PlanBook:
    """All rows of a day; `names` of persons that a difference speaks of, by debtor id."""

    day: date
    rows: tuple[PlanRow, ...] = ()
    names: Mapping[str, str] | None = None


def load_plans(store: Store, day: date) -> PlanBook:
    """The routes of `day`: what laptops submitted and differs from the plan here stands first."""
    sent = submitted_routes(store, day)
    with store.read() as conn:
        plan = load_plan(conn, day)
        staff = staff_names(conn)
        states = {one.crew_id: one for one in states_of(conn, plan)} if plan else {}
        plan_id = plan.plan_id if plan else ""
        own = [
            PlanRow(
                day, route.crew_id, route.crew, route.members, route, states[route.crew_id],
                tuple(load_reviews(conn, plan_id, route.crew_id)),
            )
            for route in (plan.routes if plan else ())
            if route.stops
        ]  # fmt: skip
        theirs = [
            PlanRow(
                day, one.route.crew_id, one.route.crew, one.route.members, one.route, one.review,
                tuple(load_reviews(conn, one.plan_id, one.route.crew_id)),
                staff.get(one.collector_id, one.collector_id), one, _change(plan, one.route),
            )
            for one in sent
            if not one.same
        ]  # fmt: skip
        wanted = {who for row in theirs for who in _spoken_of(row.change)}
        names = {row.debtor_id: row.name for row in load_rows(conn, sorted(wanted))}
    rows = sorted([*theirs, *own], key=lambda row: (row.sent is None, row.crew, row.crew_id))
    return PlanBook(day, tuple(rows), names)


def _change(plan: Plan | None, route: Route) -> Difference | None:
    """What a submitted route differs by from that crew's route in the plan here."""
    if plan is None:
        return None
    here = tuple(one for one in plan.routes if one.crew_id == route.crew_id)
    if not here:
        return None
    return difference(replace(plan, routes=here), replace(plan, routes=(route,)))


def _spoken_of(change: Difference | None) -> tuple[str, ...]:
    return (*change.added, *change.removed) if change is not None else ()
