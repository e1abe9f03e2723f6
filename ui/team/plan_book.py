"""The routes of a day before the lead: those of the plan here, and those that laptops submitted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from planner.actions.policy import active_policy
from planner.actions.reviews import RouteReview, states_of
from planner.actions.submitted import SubmittedRoute, submitted_routes, take_over
from planner.actions.take_over import TakeOver
from planner.clock import Clock
from planner.domain.plan import Route
from planner.errors import PlannerError
from planner.policy.limits import Rule
from planner.store.crews import staff_names
from planner.store.people import load_rows
from planner.store.plans import load_plan
from planner.store.store import Store
from planner.store.team import APPROVED, PlanReview, load_reviews

Key = tuple[str, str, str]  # collector, plan and fingerprint of a submitted route
Without = Mapping[Key, frozenset[str]]  # whom the lead leaves out of it (debtor ids)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A crew's route and how it stands.

    `sent`: as a laptop submitted it, `sender` its collector. Unless it is approved, `taken` is what
    approving makes of the plan here, or `trouble` why that cannot be said; `without` are the
    persons whom the lead left out of it.
    """

    day: date
    crew_id: str
    crew: str
    members: tuple[str, ...]
    route: Route
    review: RouteReview
    reviews: tuple[PlanReview, ...]
    sender: str = ""
    sent: SubmittedRoute | None = None
    taken: TakeOver | None = None
    trouble: PlannerError | None = None
    without: frozenset[str] = frozenset()

    @property
    def may_approve(self) -> bool:
        """Whether nothing speaks against approving the route as it is shown."""
        if self.review.state == APPROVED:
            return False
        return self.sent is None or (self.taken is not None and not self.taken.faults)


@dataclass(frozen=True, slots=True)
class PlanBook:
    """All rows of a day; `names` of the persons they speak of, by debtor id; `rules` by id;
    `without` as it was asked for."""

    day: date
    rows: tuple[PlanRow, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    without: Without = field(default_factory=dict)


def key_of(one: SubmittedRoute) -> Key:
    """What a submitted route is known by, until its laptop submits another one."""
    return one.collector_id, one.plan_id, one.review.mark


def load_plans(store: Store, day: date, clock: Clock, without: Without) -> PlanBook:
    """The routes of `day`: what laptops submitted and differs from the plan here stands first."""
    sent = [one for one in submitted_routes(store, day) if not one.same]
    takes = [_take(store, one, clock, without.get(key_of(one), frozenset())) for one in sent]
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
                staff.get(one.collector_id, one.collector_id), one, taken, trouble,
                without.get(key_of(one), frozenset()),
            )
            for one, (taken, trouble) in zip(sent, takes, strict=True)
        ]  # fmt: skip
        wanted = {who for row in theirs for who in _spoken_of(row)}
        names = {row.debtor_id: row.name for row in load_rows(conn, sorted(wanted))}
    rows = sorted([*theirs, *own], key=lambda row: (row.sent is None, row.crew, row.crew_id))
    return PlanBook(day, tuple(rows), names, active_policy(store).rules, without)


def _take(
    store: Store, one: SubmittedRoute, clock: Clock, without: frozenset[str]
) -> tuple[TakeOver | None, PlannerError | None]:
    """What approving makes of the plan here, or why not; one bad route must not hide the others."""
    if one.review.state == APPROVED:
        return None, None
    try:
        return take_over(store, one, clock=clock, without=without), None
    except PlannerError as error:
        return None, error


def _spoken_of(row: PlanRow) -> Iterator[str]:
    yield from row.without
    if row.taken is not None:
        change = row.taken.difference
        for who in (change.added, change.removed, row.taken.kept, row.taken.again):
            yield from who
        yield from (str(told["debtor"]) for _, told in row.taken.faults if "debtor" in told)
