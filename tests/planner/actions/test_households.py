"""People behind one door: one stop of one crew, in plans, edits, weeks and what is recorded."""

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from plan_book import DAY, NOW, clock, make_book

from planner.actions import edit_plan
from planner.actions.agreements import Agreed, agree
from planner.actions.edit_plan import Bench, bench_of
from planner.actions.fill_gaps import fill_gaps
from planner.actions.households import torn
from planner.actions.make_plan import make_plan
from planner.actions.move_day import move_to_day
from planner.actions.plan_week import plan_week
from planner.actions.rank import Ranking, rank
from planner.actions.replan_day import replan_day
from planner.domain.codes import Channel
from planner.domain.plan import Plan, Stop, at_doors, numbered, together
from planner.errors import PlannerError
from planner.store.known import load_debtors
from planner.store.plans import load_plan, plan_from_json, plan_to_json
from planner.store.store import NewEvent, Store

HOUSEHOLDS = 12
SPELT = (
    "虚构市虚构区{n}路8号3栋2单元501室",
    "虚构市虚构区{n}路８号３幢2单元 501",
    "虚构市虚构区{n}路8号3-2-501",
)
OTHER = "虚构市虚构区{n}路8号3栋2单元60{m}室"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Store]:
    """60 persons in 12 households of two or three, their addresses spelt differently, and others
    in the same building behind another door."""
    store = make_book(tmp_path / "book.fairvisit", 60)
    with store.read() as conn:
        ids = [who for (who,) in conn.execute("SELECT debtor_id FROM who ORDER BY pid") if who]
        people = load_debtors(conn, ids)
    events = []
    for k in range(HOUSEHOLDS):
        first, *others = ids[k * 4 : k * 4 + 4]
        home = people[first].addresses[0]
        for n, who in enumerate((first, *others)):
            own = people[who].addresses[0]
            text = SPELT[n % 3].format(n=k) if n < (2 if k % 2 else 3) else OTHER.format(n=k, m=n)
            told = {
                "address_id": own.address_id, "text": text, "kind": 0, "region": 1, "grade": 0,
                "lat": home.lat, "lon": (home.lon or 0.0) + n * 1e-5, "valid": True,
            }  # fmt: skip
            events.append(NewEvent("person.listed", who, NOW, {
                "name": people[who].name, "jurisdiction": "CN", "addresses": [told], "cases": [],
                "phones": list(people[who].phones),
            }))  # fmt: skip
    with store.write() as tx:
        tx.append(events)
    yield store
    store.close()


def _of_door(ranking: Ranking) -> dict[str, list[str]]:
    table = ranking.table
    known = ranking.doors.among(table.debtor_ids)
    found: dict[str, list[str]] = {}
    for who in table.debtor_ids:
        for door in known[who].values():
            found.setdefault(door, []).append(who)
    return {door: people for door, people in found.items() if len(people) > 1}


def _stops(plan: Plan) -> list[Stop]:
    return [stop for route in plan.routes for stop in route.stops]


def _joint(plan: Plan) -> list[tuple[Stop, ...]]:
    return [some for route in plan.routes for some in at_doors(route.stops) if len(some) > 1]


def _made(store: Store) -> tuple[Plan, Bench]:
    ranking = rank(store, DAY)
    plan = make_plan(store, DAY, clock=clock, iterations=1500)
    return plan, bench_of(store, ranking)


def test_a_household_is_planned_as_one_stop(book: Store) -> None:
    """All of a door follow each other with one crew, one number and one arrival; the second visit
    is nine minutes shorter, and nobody of the building behind another door is in that stop."""
    plan, bench = _made(book)
    doors = _of_door(bench.ranking)
    assert len(doors) == HOUSEHOLDS
    assert not torn(plan.routes, bench.ranking.doors)
    assert len(_joint(plan)) >= 8
    for some in _joint(plan):
        assert {one.debtor_id for one in some} <= set(doors[some[0].door])
        assert len({one.arrive for one in some}) == 1
        for a, b in itertools.pairwise(some):
            assert b.start == a.leave
            assert (a.lat, a.lon) == (b.lat, b.lon)
            assert b.leave - b.start <= timedelta(minutes=25)
    for route in plan.routes:
        numbers = [number for number, _ in numbered(route.stops)]
        assert sorted(set(numbers)) == list(range(1, len(at_doors(route.stops)) + 1))
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan


def test_who_is_barred_is_left_and_the_other_visited(book: Store) -> None:
    """Of a couple of whom one may not be visited only the other one is in the plan."""
    couple = next(p for p in _of_door(rank(book, DAY)).values() if len(p) == 2)
    with book.write() as tx:
        tx.append([NewEvent("contact", couple[0], NOW - timedelta(days=1),
                            {"channel": "visit", "code": "VIS-RPC"})])  # fmt: skip
    plan, _ = _made(book)
    planned = {stop.debtor_id for stop in _stops(plan)}
    assert couple[0] not in planned


def test_different_hours_are_two_ways_of_one_crew(book: Store) -> None:
    """Two of a household with appointments in the morning and in the afternoon are both visited,
    by one crew; with hours that meet they are one stop."""
    couples = [p for p in _of_door(rank(book, DAY)).values() if len(p) == 2]
    hours = (("10:00", "11:30", "15:00", "17:00"), ("10:00", "12:30", "10:30", "13:00"))
    for couple, (a, b, c, d) in zip(couples, hours, strict=False):
        for who, start, end in ((couple[0], a, b), (couple[1], c, d)):
            told = Agreed(who, Channel.VISIT, "call", start, end, 0, DAY, "")
            agree(book, told, clock=lambda: NOW - timedelta(days=1))
    plan, _ = _made(book)
    crew = {s.debtor_id: r.crew_id for r in plan.routes for s in r.stops}
    assert all(crew[couple[0]] == crew[couple[1]] for couple in couples[:2])
    joint = [{s.debtor_id for s in some} for some in _joint(plan)]
    assert set(couples[0]) not in joint
    assert set(couples[1]) in joint


def test_a_door_is_moved_locked_and_dropped_whole(book: Store) -> None:
    """Dragging, locking and taking out one of a household does so with all; only who is asked for
    alone is taken out alone, and comes back into that stop."""
    plan, bench = _made(book)
    some = _joint(plan)[0]
    people = {one.debtor_id for one in some}
    home = next(r for r in plan.routes if some[0] in r.stops)
    for route in plan.routes:
        moved = edit_plan.move(bench, plan, some[-1].debtor_id, route.crew_id, 1)
        assert not torn(moved.plan.routes, bench.ranking.doors)
        target = next(r for r in moved.plan.routes if r.crew_id == route.crew_id)
        assert {s.debtor_id for s in together(target.stops, some[0].debtor_id)} == people
    locked = edit_plan.lock(plan, some[1].debtor_id)
    assert {s.debtor_id for s in _stops(locked) if s.locked} == people
    with pytest.raises(PlannerError, match=r"plan\.locked"):
        edit_plan.drop(bench, locked, some[0].debtor_id)
    gone = edit_plan.drop(bench, plan, some[0].debtor_id)
    assert not people & {s.debtor_id for s in _stops(gone.plan)}
    assert people <= {one.debtor_id for one in gone.plan.not_planned}
    alone = edit_plan.drop(bench, plan, some[0].debtor_id, alone=True).plan
    left = people - {some[0].debtor_id}
    assert left <= {s.debtor_id for s in _stops(alone)}
    again = edit_plan.add(bench, alone, some[0].debtor_id, book)
    assert not again.faults
    route = next(r for r in again.plan.routes if r.crew_id == home.crew_id)
    assert {s.debtor_id for s in together(route.stops, some[0].debtor_id)} == people


def test_nobody_is_put_between_a_household(book: Store) -> None:
    """A stop dropped anywhere in a round stands before or after a household, never in it."""
    plan, bench = _made(book)
    route = next(r for r in plan.routes if any(len(some) > 1 for some in at_doors(r.stops)))
    lone = [some[0] for some in at_doors(route.stops) if len(some) == 1]
    for stop, place in itertools.product(lone[:2], range(len(at_doors(route.stops)))):
        moved = edit_plan.move(bench, plan, stop.debtor_id, route.crew_id, place)
        assert not torn(moved.plan.routes, bench.ranking.doors)
        fresh = next(r for r in moved.plan.routes if r.crew_id == route.crew_id)
        assert [s[0].debtor_id for s in at_doors(fresh.stops)].index(stop.debtor_id) == place


def test_locks_and_gaps_keep_households(book: Store) -> None:
    """Planned again with a lock, and with gaps filled after stops were taken out, no household is
    torn, and what was locked stays together."""
    plan, bench = _made(book)
    some = _joint(plan)[0]
    edit_plan.save_edit(book, edit_plan.lock(plan, some[0].debtor_id), clock=clock)
    again = make_plan(book, DAY, clock=clock, iterations=500, seed=3)
    assert tuple(s.debtor_id for s in some) in [
        tuple(s.debtor_id for s in one) for one in _joint(again)
    ]
    assert {s.debtor_id for s in _stops(again) if s.locked} == {s.debtor_id for s in some}
    empty = replace(again, routes=tuple(replace(r, stops=r.stops[:2]) for r in again.routes),
                    not_planned=())  # fmt: skip
    fresh = [edit_plan.retime(bench, r, empty)[0] for r in empty.routes]
    filled = fill_gaps(
        book, bench, replace(empty, routes=tuple(fresh)), clock=clock, iterations=300
    )
    known = bench.ranking.doors
    assert len(torn(filled.plan.routes, known)) <= len(torn(fresh, known))


def test_one_recorded_leaves_the_other_open(book: Store) -> None:
    """After the visit to the first of a household the other is planned on with the same crew; the
    other crews never get that door."""
    plan, bench = _made(book)
    some = next(s for s in sorted(_joint(plan), key=lambda s: s[0].start))
    first, second = some[0], some[1]
    crew = next(r.crew_id for r in plan.routes if first in r.stops)
    with book.write() as tx:
        tx.append([NewEvent("contact", first.debtor_id, first.start,
                            {"channel": "visit", "code": "VIS-NC"})])  # fmt: skip
    later = first.leave + timedelta(minutes=1)
    after = Bench(rank(book, DAY), bench.zone, bench.travel, later)
    offered = replan_day(book, after, plan, clock=lambda: later, iterations=300).plan
    where = {s.debtor_id: r.crew_id for r in offered.routes for s in r.stops}
    assert where[first.debtor_id] == crew
    assert where.get(second.debtor_id, crew) == crew


def test_a_week_and_another_day_keep_households(book: Store) -> None:
    """On each day of a planned week households are whole; a stop that is moved to another day moves
    with all who are visited there."""
    week = plan_week(book, DAY, clock=clock, days=5, iterations=1500)
    doors = rank(book, DAY).doors
    assert sum(len(_joint(plan)) for plan in week.plans) >= 6
    for plan in week.plans:
        assert not torn(plan.routes, doors)
    origin, target = [p for p in week.plans if p.routes][:2]
    some = next((s for s in _joint(origin)), None) or _joint(target)[0]
    if some not in _joint(origin):
        origin, target = target, origin
    moved = move_to_day(book, some[0].debtor_id, origin.day, target.day, clock=clock)
    if not moved.faults:
        with book.read() as conn:
            there = load_plan(conn, target.day)
        assert there is not None
        people = {one.debtor_id for one in some}
        assert any(people == {s.debtor_id for s in one} for one in _joint(there))


@pytest.mark.parametrize("seed", [1, 2])
def test_random_edits_never_tear_a_household(book: Store, seed: int) -> None:
    """20 random moves, drops, returns and locks leave households whole where not refused."""
    plan, bench = _made(book)
    rng = random.Random(seed)
    for _ in range(20):
        who = rng.choice(_stops(plan)).debtor_id
        kind = rng.randrange(4)
        try:
            if kind == 0:
                crew = rng.choice(plan.routes)
                edited = edit_plan.move(bench, plan, who, crew.crew_id, rng.randrange(6))
            elif kind == 1:
                edited = edit_plan.drop(bench, plan, who, alone=rng.random() < 0.5)
            elif kind == 2 and plan.not_planned:
                edited = edit_plan.add(bench, plan, rng.choice(plan.not_planned).debtor_id, book)
            else:
                plan = edit_plan.lock(plan, who, rng.random() < 0.3)
                continue
        except PlannerError:
            continue
        if not edited.faults:
            plan = edited.plan
            assert not torn(plan.routes, bench.ranking.doors)
