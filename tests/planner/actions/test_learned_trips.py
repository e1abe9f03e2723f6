"""Planned ways against recorded ones: what is learned, from how many trips, and the way back."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from county import Clock, add, county, crew, person
from road_sketch import degrees, river_county

from planner.actions.learned import reset_learned
from planner.actions.make_plan import make_plan
from planner.actions.road_packs import import_road_pack
from planner.actions.travel import learn_from_trips, travel_of
from planner.actions.travel_settings import save_travel_settings
from planner.domain.plan import Plan, Route, Stop
from planner.store.events import NewEvent, next_id
from planner.store.plans import save_plan
from planner.store.store import Store

DAY = date(2026, 11, 23)
COUNT = 13
SPOTS = [degrees((-4_000.0 if k % 2 else -8_000.0, -12_000.0 + 2_000.0 * (k // 2)))
         for k in range(COUNT)]  # fmt: skip


def at(hour: float) -> datetime:
    """A moment of the day that is looked at."""
    return datetime(2026, 11, 23, tzinfo=ZoneInfo("Asia/Shanghai")) + timedelta(hours=hour)


@pytest.fixture
def clock() -> Clock:
    """The day itself."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A crew, thirteen persons along country roads, and the roads."""
    people = [person(f"P{k}", spot, 500_000) for k, spot in enumerate(SPOTS)]
    with county(tmp_path, clock, [crew(place=SPOTS[0]), *people]) as found:
        import_road_pack(found.path, river_county(tmp_path / "river.osm.pbf"))
        yield found


def drives(store: Store) -> list[int]:
    """Seconds of the ways between the stops as reckoned now."""
    lat, lon = np.array(SPOTS).T
    seconds = travel_of(store).matrix(lat, lon)[1]
    return [int(seconds[k, k + 1]) for k in range(COUNT - 1)]


def planned(store: Store, clock: Clock) -> Plan:
    """A plan of ten-minute visits, one after the other as fast as the roads are reckoned."""
    begin, stops = at(9), []
    for k, (spot, drive) in enumerate(zip(SPOTS, [*drives(store), 0], strict=True)):
        leave = begin + timedelta(minutes=10)
        stops.append(Stop(f"P{k}", (), f"P{k}-a", *spot, begin, begin, leave, 1))
        begin = leave + timedelta(seconds=drive)
    route = Route("C1", "C1组", (), *SPOTS[0], at(8.9), begin, tuple(stops), metres=1)
    plan = Plan("plan", DAY, clock(), (route,), (), 0, 0, "", "")
    with store.write() as tx:
        save_plan(tx, plan, b"", next_id(clock()))
    return plan


def visited(store: Store, plan: Plan, slower: float, *, leave: bool = True) -> None:
    """Record the visits of the plan with ways that took `slower` times as long."""
    stops = plan.routes[0].stops
    begin, events = stops[0].start, []
    for k, stop in enumerate(stops):
        end = begin + timedelta(minutes=10)
        told = {"channel": "visit", "code": "VIS-NC", "address_id": stop.address_id}
        more = {"leave": end.isoformat()} if leave else {}
        events.append(NewEvent("contact", stop.debtor_id, begin, told | more))
        if k + 1 < len(stops):
            begin = end + slower * (stops[k + 1].start - stop.leave)
    add(store, events)


def test_slow_trips_lengthen_later_plans(store: Store, clock: Clock) -> None:
    """Twelve ways that took half as long again are learned the day after, once; the next plan's
    ways take longer by the factor, and the reset brings the usual ones back for good."""
    usual = drives(store)
    plan = planned(store, clock)
    visited(store, plan, 1.5)
    assert learn_from_trips(store, clock=clock).regions == []  # the day is not over
    clock.now += timedelta(days=1)
    for _ in range(2):
        known = learn_from_trips(store, clock=clock)
        assert known.trips("river", 1) == COUNT - 1
    factor = known.factor("river", 1)
    assert 1.1 < factor < 1.5
    assert drives(store) == pytest.approx([factor * one for one in usual], rel=0.03)
    reset_learned(store, clock=clock)
    assert drives(store) == usual
    assert learn_from_trips(store, clock=clock).regions == []
    assert drives(store) == usual


def test_making_a_plan_learns_first(store: Store, clock: Clock) -> None:
    """Nobody has to press anything: the plan of the next day knows what was recorded."""
    usual = drives(store)
    visited(store, planned(store, clock), 1.5)
    clock.now += timedelta(days=1)
    make_plan(store, DAY + timedelta(days=1), clock=clock, iterations=10)
    assert drives(store)[0] > 1.1 * usual[0]


@pytest.mark.parametrize("why", ["copied", "no_end"])
def test_times_that_were_not_measured_teach_nothing(store: Store, clock: Clock, why: str) -> None:
    """Times taken over from the plan, or visits without an end, are no trips."""
    visited(store, planned(store, clock), 1.0 if why == "copied" else 1.5, leave=why != "no_end")
    clock.now += timedelta(days=1)
    assert learn_from_trips(store, clock=clock).regions == []


def test_other_speeds_make_it_look_anew(store: Store, clock: Clock) -> None:
    """What was learned belongs to the speeds it was reckoned with: with others the same trips are
    compared again."""
    visited(store, planned(store, clock), 1.5)
    clock.now += timedelta(days=1)
    before = learn_from_trips(store, clock=clock).factor("river", 1)
    save_travel_settings(store, speeds={"car": {"tertiary": 28.0}})
    after = learn_from_trips(store, clock=clock)
    assert after.trips("river", 1) == COUNT - 1
    assert 1.0 < after.factor("river", 1) < before
