"""Plans before the lead, records that come back, and how the days go."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from planner.actions.absences import save_absence
from planner.actions.edit_plan import save_edit
from planner.actions.make_plan import make_plan
from planner.actions.progress import (
    day_progress,
    money_of,
    not_back,
    outside_the_rules,
    week_at_a_glance,
)
from planner.actions.record import Outcome, record
from planner.actions.reviews import (
    CHANGED,
    NONE,
    answer_record,
    approve,
    return_plan,
    return_record,
    returned_records,
    review_states,
    reviews_of,
    submit,
)
from planner.actions.submitted import decide_submitted, submitted_routes
from planner.actions.team import assign
from planner.actions.trips import end_trip, start_trip
from planner.actions.undo import undo_batch
from planner.domain.plan import Plan, Route
from planner.errors import PlannerError
from planner.store.people import timeline
from planner.store.plans import plan_to_json, save_plan
from planner.store.store import Store
from planner.store.team import APPROVED, COLLECTOR, RETURNED, SUBMITTED, set_role
from planner.store.verify import verify

DAY = date(2026, 11, 24)
EVENING = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


def clock() -> datetime:
    return EVENING


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(PlannerError) as caught:
        call()
    return caught.value.code


def planned(store: Store) -> tuple[Plan, Route]:
    """The plan of the day and its fullest route."""
    plan = make_plan(store, DAY, clock=clock, iterations=300)
    return plan, max(plan.routes, key=lambda one: len(one.stops))


def states(store: Store) -> dict[str, str]:
    return {one.crew_id: one.state for one in review_states(store, DAY)}


def without_last(plan: Plan, crew_id: str) -> Plan:
    routes = (replace(r, stops=r.stops[:-1]) if r.crew_id == crew_id else r for r in plan.routes)
    return replace(plan, routes=tuple(routes))


def test_a_plan_is_submitted_returned_and_approved(demo_store: Store) -> None:
    """The crew sees each decision with its comment; what was looked at and changed meanwhile is
    not approved; all reviews stay listed, each of them can be undone."""
    ask: dict[str, Any] = {"by": "组长", "clock": clock}
    assert review_states(demo_store, DAY) == ()
    assert refusal(lambda: submit(demo_store, DAY, "C1", **ask)) == "team.plan"
    plan, route = planned(demo_store)
    crew = route.crew_id
    assert set(states(demo_store).values()) == {NONE}
    assert refusal(lambda: submit(demo_store, DAY, "C9", **ask)) == "team.route"
    submit(demo_store, DAY, crew, **ask)
    assert states(demo_store)[crew] == SUBMITTED
    assert refusal(lambda: return_plan(demo_store, DAY, crew, comment=" ", **ask)) == "team.comment"
    batch = return_plan(demo_store, DAY, crew, comment="先去远的", **ask)
    (one,) = [one for one in review_states(demo_store, DAY) if one.crew_id == crew]
    assert (one.state, one.last and one.last.comment) == (RETURNED, "先去远的")
    undo_batch(demo_store, batch)
    assert states(demo_store)[crew] == SUBMITTED
    assert refusal(lambda: approve(demo_store, DAY, seen={crew: "0"}, **ask)) == "team.submitted"
    approve(demo_store, DAY, seen={crew: one.mark}, **ask)
    full = {route.crew_id for route in plan.routes if route.stops}
    assert {key for key, state in states(demo_store).items() if state == APPROVED} == full
    assert [one.decision for one in reviews_of(demo_store, DAY, crew)] == [SUBMITTED, APPROVED]
    assert verify(demo_store).ok


def test_an_edit_takes_the_approval_of_that_route_alone(demo_store: Store) -> None:
    """An edited route is not approved any more, the others are; undone, it is again."""
    plan, route = planned(demo_store)
    approve(demo_store, DAY, by="组长", clock=clock)
    before = states(demo_store)
    batch = save_edit(demo_store, without_last(plan, route.crew_id), clock=clock, base=plan)
    assert states(demo_store) == before | {route.crew_id: CHANGED}
    undo_batch(demo_store, batch)
    assert states(demo_store) == before


def test_a_part_of_an_approved_route_is_approved(demo_store: Store) -> None:
    """A collector's copy of a route has only own persons in it and stands as approved; what is
    saved there after the approval is a change."""
    plan, route = planned(demo_store)
    approve(demo_store, DAY, by="组长", clock=lambda: EVENING + timedelta(hours=1))
    with demo_store.write() as tx:
        set_role(tx.conn, COLLECTOR, "YS101")
        part = replace(without_last(plan, route.crew_id), made_at=plan.made_at)
        save_plan(tx, part, b"", b"x" * 16)
    assert states(demo_store)[route.crew_id] == APPROVED
    later = lambda: EVENING + timedelta(hours=2)  # noqa: E731
    save_edit(demo_store, without_last(part, route.crew_id), clock=later)
    assert states(demo_store)[route.crew_id] == CHANGED


def test_a_submitted_route_is_decided_as_it_was_submitted(demo_store: Store) -> None:
    """A route that a laptop submitted waits, is returned with a comment, and approved; submitted
    anew meanwhile, what was looked at is not approved."""
    plan, route = planned(demo_store)
    ask: dict[str, Any] = {"by": "组长", "clock": clock}
    who = f"YS{route.crew_id[1:]}01"
    given = {stop.debtor_id: who for stop in route.stops}
    assign(demo_store, given, reason="分配", **ask)

    def arrives(one: Route) -> None:
        body = json.dumps(plan_to_json(replace(plan, plan_id="laptop", routes=(one,))))
        row = ("laptop", one.crew_id, who, DAY.toordinal(), 0, b"b" * 16, body)
        with demo_store.write() as tx:
            tx.conn.execute("INSERT OR REPLACE INTO submitted VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    arrives(route)
    (one,) = submitted_routes(demo_store, DAY)
    assert (one.review.state, one.same, one.collector_id) == (NONE, True, who)
    assert refusal(lambda: decide_submitted(demo_store, one, RETURNED, **ask)) == "team.comment"
    decide_submitted(demo_store, one, RETURNED, comment="太远", **ask)
    arrives(replace(route, stops=route.stops[1:]))
    assert refusal(lambda: decide_submitted(demo_store, one, APPROVED, **ask)) == "team.submitted"
    (fresh,) = submitted_routes(demo_store, DAY)
    assert (fresh.review.state, fresh.same) == (RETURNED, False)
    decide_submitted(demo_store, fresh, APPROVED, **ask)
    assert submitted_routes(demo_store, DAY)[0].review.state == APPROVED


def test_a_record_is_returned_and_answered(demo_store: Store) -> None:
    """The comment waits until it is answered; returned again it waits again; what is no record of
    the person, or was not returned, is refused; a collector returns nothing, but answers."""
    _, route = planned(demo_store)
    who = route.stops[0].debtor_id
    done = record(demo_store, Outcome(who, "VIS-NC", NOON), clock=lambda: NOON + timedelta(hours=1))
    with demo_store.read() as conn:
        (entry,) = [one for one in timeline(conn, who) if one.batch == done.batch]
    give: dict[str, Any] = {"by": "组长", "clock": lambda: NOON + timedelta(hours=2)}
    back = lambda text="照片？": return_record(  # noqa: E731
        demo_store, who, entry.event_id, comment=text, **give
    )
    assert refusal(lambda: back(" ")) == "team.comment"
    other = route.stops[1].debtor_id
    assert (
        refusal(lambda: return_record(demo_store, other, entry.event_id, comment="x", **give))
        == "team.record"
    )
    assert (
        refusal(lambda: return_record(demo_store, who, "zz", comment="x", **give)) == "team.record"
    )
    answer = lambda hours: answer_record(  # noqa: E731
        demo_store,
        who,
        entry.event_id,
        comment="已补",
        by="周平",
        clock=lambda: NOON + timedelta(hours=hours),
    )
    assert refusal(lambda: answer(3)) == "team.not_returned"
    back()
    (one,) = returned_records(demo_store)
    assert (one.debtor_id, one.event_id, one.comment) == (who, entry.event_id, "照片？")
    with demo_store.write() as tx:
        set_role(tx.conn, COLLECTOR, "YS101")
    assert refusal(back) == "team.lead_only"
    batch = answer(3)
    assert returned_records(demo_store) == ()
    (one,) = returned_records(demo_store, who, waiting=False)
    assert (one.answer, one.answered_by) == ("已补", "周平")
    with demo_store.write() as tx:
        set_role(tx.conn, "lead")
    give["clock"] = lambda: NOON + timedelta(hours=4)
    back("还差一张")
    assert len(returned_records(demo_store)) == 1
    answer(5)
    undo_batch(demo_store, batch)
    assert returned_records(demo_store) == ()
    assert verify(demo_store).ok


def test_progress_of_a_day(demo_store: Store) -> None:
    """Planned, done, waiting and skipped visits of a crew add up; actual times and ways stand
    beside the planned; who went out and does not come back is missed, until they are back."""
    _, route = planned(demo_store)
    crew, stops = route.crew_id, route.stops
    at = route.depart
    start_trip(demo_store, crew, DAY, clock=lambda: at, at=at, odometer=1000)
    for stop in stops[:2]:
        record(demo_store, Outcome(stop.debtor_id, "VIS-NC", stop.leave), clock=lambda: route.back)
    (one,) = [one for one in day_progress(demo_store, DAY, stops[1].leave) if one.crew_id == crew]
    assert (one.planned, one.done, one.skipped, one.waiting) == (len(stops), 2, 0, len(stops) - 2)
    assert (one.last_sign, one.left, one.not_back) == (stops[1].leave, at, False)
    late = route.back + timedelta(hours=1)
    assert [one.crew_id for one in not_back(demo_store, late)] == [crew]
    home = route.back + timedelta(minutes=50)
    end_trip(demo_store, crew, DAY, clock=lambda: late, at=home, odometer=41_000)
    assert not_back(demo_store, late) == ()
    (one,) = [one for one in day_progress(demo_store, DAY, late) if one.crew_id == crew]
    assert (one.done, one.skipped, one.waiting) == (2, len(stops) - 2, 0)
    assert (one.actual_metres, one.actual_seconds) == (40_000, int((home - at).total_seconds()))
    assert set(one.done_ids) | set(one.skipped_ids) == {stop.debtor_id for stop in stops}
    money = {one.crew_id: one for one in money_of(demo_store, DAY)}[crew]
    assert money.planned > 0
    assert money.actual is not None


def test_the_week_of_every_collector(demo_store: Store) -> None:
    """Each collector has a line by name with a cell a day: on shift, away, the visits of the crew
    and the state of its plan; what broke a rule is listed with whose person it is."""
    _, route = planned(demo_store)
    save_absence(demo_store, "YS302", DAY, DAY, clock=clock, reason="病假")
    approve(demo_store, DAY, [route.crew_id], by="组长", clock=clock)
    week = week_at_a_glance(demo_store, DAY, NOON)
    assert len(week) == 8
    assert [one.name for one in week] == sorted(one.name for one in week)
    cells = {one.collector_id: one.cells for one in week}
    assert all(len(one) == 7 for one in cells.values())
    mine = cells[f"YS{route.crew_id[1:]}01"][0]
    assert (mine.planned, mine.state, mine.on_shift) == (len(route.stops), APPROVED, True)
    assert cells["YS302"][0].absence is not None
    assert not cells["YS301"][5].on_shift  # a Sunday
    night = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
    who = route.stops[0].debtor_id
    record(demo_store, Outcome(who, "VIS-NC", night), clock=lambda: night)
    found = outside_the_rules(demo_store, DAY, DAY)
    assert who in {one.debtor_id for one in found}
