"""A route that a laptop submitted, taken over into the lead's plan of the day."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from planner.actions.agreements import Agreed, agree
from planner.actions.edit_plan import Bench, bench_of, drop, move, retime, save_edit
from planner.actions.make_plan import make_plan
from planner.actions.rank import rank
from planner.actions.record import Outcome, record
from planner.actions.reviews import review_states, submit
from planner.actions.submitted import (
    SubmittedRoute,
    decide_submitted,
    submitted_routes,
    take_over,
)
from planner.actions.take_over import TakeOver, route_of
from planner.actions.team import assign
from planner.actions.undo import undo_batch
from planner.domain.codes import Channel
from planner.domain.plan import Plan, Route, Stop
from planner.domain.route_mark import route_mark
from planner.errors import PlannerError
from planner.store.crews import load_crews
from planner.store.plans import load_plan, plan_to_json, save_plan
from planner.store.store import Store
from planner.store.team import APPROVED, COLLECTOR, RETURNED, SUBMITTED, set_role
from planner.store.verify import verify

DAY = date(2026, 11, 24)
EVENING = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = EVENING + timedelta(hours=1, microseconds=7)


@dataclass
class World:
    """The lead's plan of the day, and a laptop that has a part of one round of it."""

    store: Store
    bench: Bench
    plan: Plan
    crew: str
    who: str  # the collector of the laptop

    @property
    def route(self) -> Route:
        return route_of(self.now(), self.crew)

    @property
    def ids(self) -> list[str]:
        return [stop.debtor_id for stop in self.route.stops]

    def now(self) -> Plan:
        with self.store.read() as conn:
            plan = load_plan(conn, DAY)
        assert plan
        return plan

    def copy(self, mine: Sequence[str]) -> Plan:
        """What the laptop has of the plan: the round with the persons of its collector."""
        stops = tuple(one for one in self.route.stops if one.debtor_id in mine)
        left = tuple(one for one in self.plan.not_planned if one.debtor_id in mine)
        return replace(self.plan, routes=(replace(self.route, stops=stops),), not_planned=left)

    def arrives(self, plan: Plan) -> SubmittedRoute:
        """The laptop's plan comes in as submitted."""
        body = json.dumps(plan_to_json(plan))
        row = (plan.plan_id, self.crew, self.who, DAY.toordinal(), 0, b"b" * 16, body)
        with self.store.write() as tx:
            tx.conn.execute("INSERT OR REPLACE INTO submitted VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return next(one for one in submitted_routes(self.store, DAY) if one.plan_id == plan.plan_id)

    def give(self, ids: Sequence[str], to: str) -> None:
        assign(self.store, dict.fromkeys(ids, to), reason="分配", by="组长", clock=lambda: EVENING)

    def take(self, one: SubmittedRoute, **more: Any) -> TakeOver:
        return take_over(self.store, one, clock=lambda: LATER, **more)

    def approve(self, one: SubmittedRoute, **more: Any) -> bytes:
        ask: dict[str, Any] = {"by": "组长", "clock": lambda: LATER}
        return decide_submitted(self.store, one, APPROVED, **ask, **more)

    def states(self) -> dict[str, str]:
        return {one.crew_id: one.state for one in review_states(self.store, DAY)}


@pytest.fixture
def world(demo_store: Store) -> World:
    """The fullest round of the day, all of its persons assigned to the first of the crew."""
    plan = make_plan(demo_store, DAY, clock=lambda: EVENING, iterations=100)
    route = max(plan.routes, key=lambda one: len(one.stops))
    assert len(route.stops) >= 5
    with demo_store.read() as conn:
        (crew,) = [one for one in load_crews(conn) if one.crew_id == route.crew_id]
    who = crew.members[0].collector_id
    made = World(demo_store, bench_of(demo_store, rank(demo_store, DAY)), plan, route.crew_id, who)
    made.give(made.ids, who)
    made.bench = bench_of(demo_store, rank(demo_store, DAY))
    return made


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(PlannerError) as caught:
        call()
    return caught.value.code


def codes(taken: TakeOver) -> list[str]:
    return [code for code, _ in taken.faults]


def test_as_it_was(world: World) -> None:
    """A route submitted as the lead has it changes nothing: approving records the decision and no
    version of the plan."""
    one = world.arrives(world.copy(world.ids))
    taken = world.take(one)
    assert (taken.difference.nothing, taken.faults, taken.out, taken.kept) == (True, (), (), ())
    assert taken.plan == taken.base == world.now()
    world.approve(one, taken=taken)
    assert world.states()[world.crew] == APPROVED
    (after,) = submitted_routes(world.store, DAY)
    assert (after.review.state, after.same) == (APPROVED, True)


def test_another_order(world: World) -> None:
    """The laptop's order comes into the lead's plan, timed here and as good as an edit; it is shown
    before anything is saved, saved with the approval, and one undo takes both back."""
    ids, before = world.ids, world.now()
    for last in range(len(ids) - 1, 0, -1):  # some move that the day allows
        edited = move(world.bench, world.copy(ids), ids[0], world.crew, last)
        if not edited.faults:
            break
    one = world.arrives(edited.plan)
    taken = world.take(one)
    assert world.now() == before
    assert taken.faults == ()
    assert taken.difference.retimed
    assert (taken.difference.added, taken.difference.removed) == ((), ())
    others = [r for r in before.routes if r.crew_id != world.crew]
    assert [r for r in taken.plan.routes if r.crew_id != world.crew] == others
    batch = world.approve(one, taken=taken)
    assert world.ids == [stop.debtor_id for stop in edited.plan.routes[0].stops]
    assert world.states()[world.crew] == APPROVED
    assert submitted_routes(world.store, DAY)[0].review.state == APPROVED
    assert verify(world.store).ok
    redo = undo_batch(world.store, batch)
    assert world.now() == before
    assert world.states()[world.crew] != APPROVED
    assert submitted_routes(world.store, DAY)[0].review.state != APPROVED
    undo_batch(world.store, redo)
    assert world.states()[world.crew] == APPROVED


def test_one_taken_out(world: World) -> None:
    """Whom the laptop took out leaves the round with its reason; one whom the lead locked does
    not."""
    gone = world.ids[1]
    edited = drop(world.bench, world.copy(world.ids), gone)
    one = world.arrives(edited.plan)
    taken = world.take(one)
    assert (taken.faults, taken.difference.removed) == ((), (gone,))
    assert [(left.debtor_id, left.reason) for left in taken.out] == [(gone, "LOCKED")]
    assert (gone, "LOCKED") in {(left.debtor_id, left.reason) for left in taken.plan.not_planned}
    locked = tuple(replace(s, locked=s.debtor_id == gone) for s in world.route.stops)
    save(world, replace(world.route, stops=locked))
    assert codes(world.take(one)) == ["KEPT_STOP"]
    assert refusal(lambda: world.approve(one)) == "team.not_taken"


def save(world: World, route: Route) -> None:
    """The lead's plan with another round of the crew."""
    plan = world.now()
    routes = tuple(route if r.crew_id == world.crew else r for r in plan.routes)
    save_edit(world.store, replace(plan, routes=routes), clock=lambda: EVENING)


def test_one_added_on_the_laptop(world: World) -> None:
    """Whom the laptop put in comes in at the address and with the money of this workspace, and
    leaves the list of those left out."""
    route, ids = world.route, world.ids
    extra = route.stops[2]
    short, _ = retime(world.bench, replace(route, stops=tuple(
        stop for stop in route.stops if stop != extra)), world.now())  # fmt: skip
    save(world, short)
    one = world.arrives(replace(world.plan, plan_id="laptop", routes=(
        replace(route, stops=tuple(replace(s, value=9, lat=0.0) for s in route.stops)),
    )))  # fmt: skip
    taken = world.take(one)
    assert (taken.faults, taken.difference.added) == ((), (extra.debtor_id,))
    fresh = route_of(taken.plan, world.crew)
    assert [stop.debtor_id for stop in fresh.stops] == ids
    (new,) = [stop for stop in fresh.stops if stop.debtor_id == extra.debtor_id]
    assert (new.lat, new.address_id, new.case_ids) == (extra.lat, extra.address_id, extra.case_ids)
    assert new.value == extra.value
    world.approve(one, taken=taken)
    assert world.ids == ids
    states = {state.review.state for state in submitted_routes(world.store, DAY)}
    assert (world.states()[world.crew], states) == (APPROVED, {APPROVED})


def test_persons_of_the_mate_stay(world: World) -> None:
    """Whom the laptop does not know stays behind the stop they were behind; a laptop that submits
    its part as it got it changes nothing."""
    ids = world.ids
    mates, mine = [ids[1], ids[3]], [who for who in ids if who not in (ids[1], ids[3])]
    world.give(mates, "")
    one = world.arrives(world.copy(mine))
    taken = world.take(one)
    assert (taken.difference.nothing, taken.kept, taken.faults) == (True, tuple(mates), ())
    bench = bench_of(world.store, rank(world.store, DAY))
    edited = drop(bench, world.copy(mine), mine[-1])
    assert edited.faults == ()
    one = world.arrives(edited.plan)
    taken = world.take(one)
    assert taken.faults == ()
    stops = route_of(taken.plan, world.crew).stops
    assert [stop.debtor_id for stop in stops] == [who for who in ids if who != mine[-1]]
    world.approve(one, taken=taken)
    assert world.states()[world.crew] == APPROVED
    assert submitted_routes(world.store, DAY)[0].review.state == APPROVED
    with world.store.write() as tx:  # as the laptop will see it
        set_role(tx.conn, COLLECTOR, world.who)
        save_plan(tx, world.copy(mine[:-1]), b"", b"x" * 16)
    assert world.states()[world.crew] == APPROVED


def test_the_lead_changed_the_plan_meanwhile(world: World) -> None:
    """Whom the lead put in since stays, whom the lead took out is named; a plan that changes after
    the look is not saved over."""
    ids, route = world.ids, world.route
    one = world.arrives(replace(world.copy(ids), routes=(
        replace(route, stops=route.stops[:1] + route.stops[2:]),
    )))  # fmt: skip  # never had the second
    taken = world.take(one)
    assert (taken.difference.nothing, taken.kept) == (True, (ids[1],))
    one = world.arrives(world.copy(ids))
    edited = drop(world.bench, world.now(), ids[-1])
    save_edit(world.store, edited.plan, clock=lambda: EVENING)
    with pytest.raises(PlannerError) as caught:
        world.approve(one, taken=taken)
    assert caught.value.code == "move_day.overtaken"
    taken = world.take(one)
    assert (taken.again, taken.difference.added) == ((ids[-1],), (ids[-1],))
    assert ids[-1] not in {left.debtor_id for left in taken.plan.not_planned}


def test_refused_with_words(world: World) -> None:
    """Somebody barred by a rule, assigned to others, planned with another crew or on another day,
    or without an open case is named and refused; without them the rest is taken over."""
    ids = world.ids
    barred, given = ids[0], ids[2]
    one = world.arrives(replace(world.copy(ids), plan_id="laptop"))
    seen = Outcome(barred, "VIS-NC", EVENING - timedelta(hours=9))  # too recent to come again
    record(world.store, seen, clock=lambda: EVENING)
    world.give([given], "")
    taken = world.take(one)
    by_person = {figures["debtor"]: code for code, figures in taken.faults}
    assert by_person[given] == "NOT_THEIRS"
    assert by_person[barred].startswith("cn.")
    assert set(by_person) == {barred, given}
    assert refusal(lambda: world.approve(one, taken=taken)) == "team.not_taken"
    again = world.take(one, without=(barred, given))
    assert (again.faults, set(again.difference.removed)) == ((), {barred, given})
    world.approve(one, taken=again)
    assert world.ids == [who for who in ids if who not in (barred, given)]


def test_planned_elsewhere(world: World) -> None:
    """Who stands in another crew's round or in another day's plan is not planned twice."""
    ids, plan = world.ids, world.now()
    one = world.arrives(replace(world.copy(ids), plan_id="laptop"))
    (other,) = [r for r in plan.routes if r.crew_id != world.crew][:1]
    moved = world.route.stops[0]
    rest = tuple(stop for stop in world.route.stops if stop != moved)
    lead = [
        replace(r, stops=rest) if r.crew_id == world.crew
        else replace(r, stops=(moved,)) if r is other or r.crew_id == other.crew_id else r
        for r in plan.routes
    ]  # fmt: skip
    with world.store.write() as tx:
        save_plan(tx, replace(plan, routes=tuple(lead)), b"", b"1" * 16)
    assert codes(world.take(one)) == ["ELSEWHERE"]
    tomorrow = replace(
        plan, plan_id="next", day=DAY + timedelta(days=1), routes=(replace(other, stops=(moved,)),)
    )
    lead = [replace(r, stops=rest) if r.crew_id == world.crew else r for r in plan.routes]
    with world.store.write() as tx:
        save_plan(tx, replace(plan, routes=tuple(lead)), b"", b"2" * 16)
        save_plan(tx, tomorrow, b"", b"3" * 16)
    assert codes(world.take(one)) == ["OTHER_DAY"]


def test_without_a_plan_of_the_day(world: World) -> None:
    """Where the lead has no plan the others stay at home; a crew without a round gets one."""
    one = world.arrives(replace(world.copy(world.ids), plan_id="laptop"))
    plan = world.now()
    others = tuple(r for r in plan.routes if r.crew_id != world.crew)
    with world.store.write() as tx:
        save_plan(tx, replace(plan, routes=others), b"", b"1" * 16)
    assert world.take(one).faults == ()
    with world.store.write() as tx:
        tx.conn.execute("DELETE FROM plan")
    taken = world.take(one)
    assert (taken.base, taken.faults) == (None, ())
    assert [r.crew_id for r in taken.plan.routes if r.stops] == [world.crew]
    assert len(taken.plan.routes) > 1
    world.approve(one, taken=taken)
    assert world.states()[world.crew] == APPROVED
    assert refusal(lambda: world.approve(one, taken=taken)) == "move_day.overtaken"


def test_only_the_lead_and_only_what_was_seen(world: World) -> None:
    """A collector takes nothing over; another route than the one looked at is refused; returned is
    a comment alone; a route that names somebody twice is no route."""
    plan = world.copy(world.ids)
    one = world.arrives(plan)
    submit(world.store, DAY, world.crew, by="组员", clock=lambda: EVENING)
    assert submitted_routes(world.store, DAY)[0].review.state == SUBMITTED
    before = world.now()
    decide_submitted(world.store, one, RETURNED, by="组长", comment="先去远的", clock=lambda: LATER)
    assert world.now() == before
    assert world.states()[world.crew] == RETURNED
    assert submitted_routes(world.store, DAY)[0].review.state == RETURNED
    stops: tuple[Stop, ...] = plan.routes[0].stops
    world.arrives(replace(plan, routes=(replace(plan.routes[0], stops=stops[1:]),)))
    assert refusal(lambda: world.take(one)) == "team.submitted"
    double = world.arrives(replace(plan, routes=(replace(plan.routes[0], stops=stops + stops),)))
    assert double.review.mark != route_mark(world.route)
    assert refusal(lambda: world.take(double)) == "exchange.malformed"
    with world.store.write() as tx:
        set_role(tx.conn, COLLECTOR, world.who)
    assert refusal(lambda: world.take(double)) == "team.lead_only"


def test_a_place_that_fits(world: World) -> None:
    """Where the mate's person would miss the hours agreed behind the stop of before, the place
    where it fits is taken."""
    ids, mate = world.ids, world.ids[1]
    world.give([mate], "")
    start = world.route.stops[1].start.astimezone(ZoneInfo(world.store.zone))
    hours = [f"{start + timedelta(minutes=m):%H:%M}" for m in (-40, 60)]
    agreed = Agreed(mate, Channel.VISIT, "call", hours[0], hours[1], 0, DAY, "")
    agree(world.store, agreed, clock=lambda: EVENING)
    copy = at_the_end(world.copy([who for who in ids if who != mate]), ids[0])
    taken = world.take(world.arrives(copy))
    assert (taken.faults, taken.kept) == ((), (mate,))
    fresh = [stop.debtor_id for stop in route_of(taken.plan, world.crew).stops]
    assert [who for who in fresh if who != mate] == [*ids[2:], ids[0]]
    assert fresh.index(mate) < fresh.index(ids[0])


def at_the_end(plan: Plan, debtor_id: str) -> Plan:
    (route,) = plan.routes
    last = [stop for stop in route.stops if stop.debtor_id == debtor_id]
    rest = [stop for stop in route.stops if stop.debtor_id != debtor_id]
    return replace(plan, routes=(replace(route, stops=(*rest, *last)),))


def test_what_is_not_known_here(world: World) -> None:
    """An address that nobody knows here, and a person without an open case, are faults."""
    route = world.route
    first, *rest = route.stops
    for wrong, code in (
        (replace(first, address_id="nowhere"), "NO_ADDRESS"),
        (replace(first, debtor_id="PNOBODY"), "NO_CASE"),
    ):
        changed = replace(route, stops=(wrong, *rest))
        one = world.arrives(replace(world.plan, plan_id="laptop", routes=(changed,)))
        assert codes(world.take(one)) == [code]


def test_a_longer_day(world: World) -> None:
    """A shift that the laptop put off is put off in the lead's plan and told; one put off without
    bounds is not."""
    route = replace(world.route, longer=1800)
    taken = world.take(world.arrives(replace(world.plan, routes=(route,))))
    assert (taken.faults, taken.longer) == ((), 1800)
    assert route_of(taken.plan, world.crew).longer == 1800
    route = replace(world.route, longer=10**6)
    taken = world.take(world.arrives(replace(world.plan, routes=(route,))))
    assert (taken.longer, taken.difference.nothing) == (0, True)


def test_on_the_day_itself(world: World) -> None:
    """What has begun keeps its place: an order that changes it is refused, the rest may change."""
    ids, stops = world.ids, world.route.stops
    noon = stops[1].start + timedelta(minutes=1)
    swapped = (stops[1], stops[0], *stops[2:])
    one = world.arrives(replace(world.plan, routes=(replace(world.route, stops=swapped),)))
    taken = take_over(world.store, one, clock=lambda: noon)
    assert "PAST" in codes(taken)
    edited = drop(replace(world.bench, now=noon), world.copy(ids), ids[-1])
    one = world.arrives(edited.plan)
    taken = take_over(world.store, one, clock=lambda: noon)
    assert (taken.faults, taken.difference.removed) == ((), (ids[-1],))
    fresh = route_of(taken.plan, world.crew)
    assert [stop.start for stop in fresh.stops[:2]] == [stop.start for stop in stops[:2]]
