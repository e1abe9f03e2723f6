"""The one travel source of a workspace: packs, server, estimates, what is kept and what is said."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from county import Clock, add, calls, county, crew, person
from road_sketch import Spot, degrees, river_county
from routing_server import leg, routing_server

from planner.actions.compare_travel import compare_travel
from planner.actions.edit_plan import bench_of, move, save_edit
from planner.actions.make_plan import make_plan
from planner.actions.rank import rank
from planner.actions.remote import remote_areas
from planner.actions.road_packs import import_road_pack, roads_folder
from planner.actions.route_shapes import route_lines
from planner.actions.travel import travel_of
from planner.actions.travel_settings import load_travel_settings, save_travel_settings
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.geo import kept_travel, server_travel
from planner.geo.road_travel import RoadTravel
from planner.geo.travel import StraightLine
from planner.store.events import NewEvent
from planner.store.plans import load_plan
from planner.store.store import Store

TUESDAY = date(2026, 11, 24)
HOME: Spot = (-400.0, -12_000.0)  # at the western bank, 800 m and 49 km from the other one


def village(count: int, amount: int, east: float, north: float = -12_000.0) -> list[NewEvent]:
    """People east of the river, ready for a visit."""
    people = [f"P{k}" for k in range(count)]
    told = [person(who, degrees((east + 60.0 * k, north)), amount) for k, who in enumerate(people)]
    return [*told, *(call for who in people for call in calls(who))]


@pytest.fixture
def clock() -> Clock:
    """Monday morning."""
    return Clock()


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county with a river and one bridge."""
    return river_county(tmp_path_factory.mktemp("river") / "county.osm.pbf")


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A crew at the western bank and eight persons across the river."""
    events = [crew(place=degrees(HOME)), *village(8, 9_000_000, 400.0)]
    with county(tmp_path, clock, events) as found:
        yield found
    kept_travel.forget()
    server_travel.try_again()


def plan_of(store: Store, clock: Clock, **more: Any) -> Plan:
    """The plan of Tuesday."""
    return make_plan(store, TUESDAY, clock=clock, iterations=300, **more)


def spots(*places: Spot) -> tuple[Any, Any]:
    """Columns of latitude and longitude."""
    lat, lon = np.array([degrees(place) for place in places]).T
    return lat, lon


def test_without_packs_all_is_as_it_was(store: Store, clock: Clock) -> None:
    """With no pack and no server the plan is the one of plain estimates, and says so."""
    lat, lon = spots(HOME, (400.0, -12_000.0), (8_000.0, 4_000.0))
    travel = travel_of(store)
    assert travel.estimated
    for here, there in zip(travel.matrix(lat, lon), StraightLine().matrix(lat, lon), strict=True):
        assert (here == there).all()
    plan = plan_of(store, clock)
    assert plan.routes == plan_of(store, clock, travel=StraightLine()).routes
    legs, estimated = plan.legs
    assert legs == estimated == plan.stops + 1 > 1
    assert route_lines(store, plan) == {}


def test_a_river_changes_what_is_remote_and_what_is_planned(
    store: Store, clock: Clock, extract: Path
) -> None:
    """Across the river by estimate the village is next door and everybody is planned; by road it is
    49 km away and becomes a remote area for which one waits, and nobody is planned."""
    add(store, village(8, 600_000, 400.0))
    assert remote_areas(store, rank(store, TUESDAY)).bundles == ()
    assert plan_of(store, clock).stops == 8
    import_road_pack(store.path, extract)
    (far,) = remote_areas(store, rank(store, TUESDAY)).bundles
    assert (len(far.rows), far.decision) == (8, "WAIT")
    assert plan_of(store, clock).stops == 0
    way = travel_of(store).matrix(*spots(HOME, (400.0, -12_000.0)))[0]
    assert way[0, 1] == pytest.approx(49_000, rel=0.02)


def test_a_plan_says_how_many_legs_are_estimated(store: Store, clock: Clock, extract: Path) -> None:
    """One person lives beyond the pack: her legs are estimated, counted, and kept in the plan."""
    import_road_pack(store.path, extract)
    add(store, [person("Q", degrees((400.0, -40_000.0)), 9_000_000), *calls("Q")])
    plan = plan_of(store, clock)
    there = [k for k, s in enumerate(plan.routes[0].stops) if s.debtor_id == "Q"]
    assert len(there) == 1
    assert plan.legs == (plan.stops + 1, 2)
    with store.read() as conn:
        saved = load_plan(conn, TUESDAY)
    assert saved is not None
    assert saved.legs == plan.legs


def test_arrivals_by_road_and_by_estimate_are_told_apart(
    store: Store, clock: Clock, extract: Path
) -> None:
    """The same round by two reckonings: the first stop across the river is more than an hour
    later by road, and the ways are longer by what the bridge costs."""
    import_road_pack(store.path, extract)
    plan = plan_of(store, clock)
    found = compare_travel(store, plan)
    assert len(found.arrivals) == plan.stops > 0
    assert found.still_estimated == 0
    assert max(one.minutes for one in found.arrivals) > 60
    longer = sum(r.metres for r in found.by_road) - sum(r.metres for r in found.estimated)
    assert longer > 90_000


def test_rounds_are_drawn_along_the_roads(store: Store, clock: Clock, extract: Path) -> None:
    """The line of a round crosses the river at the bridge, and passes all its stops in order."""
    import_road_pack(store.path, extract)
    plan = plan_of(store, clock)
    line = route_lines(store, plan)["C1"]
    assert max(lat for lat, _ in line) == pytest.approx(degrees((0.0, 12_000.0))[0], abs=1e-4)
    places = [line.index((stop.lat, stop.lon)) for stop in plan.routes[0].stops]
    assert places == sorted(places)
    assert line[0] == line[-1] == degrees(HOME)


def test_an_edit_asks_for_no_table_again(
    store: Store, clock: Clock, extract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the plan has asked for serves every edit of it; other speeds are reckoned anew."""
    import_road_pack(store.path, extract)
    asked: list[int] = []
    legs = RoadTravel._legs

    def spy(self: RoadTravel, lat: Any, lon: Any, mode: Any) -> Any:
        asked.append(len(lat))
        return legs(self, lat, lon, mode)

    monkeypatch.setattr(RoadTravel, "_legs", spy)
    plan = plan_of(store, clock)
    before = len(asked)
    bench = bench_of(store, rank(store, TUESDAY))
    who = plan.routes[0].stops[0].debtor_id
    edited = move(bench, plan, who, "C1", 3)
    assert edited.plan.routes[0].stops[3].debtor_id == who
    save_edit(store, edited.plan, clock=clock)
    assert len(asked) == before
    save_travel_settings(store, speeds={"car": {"tertiary": 20.0}})
    slower = move(bench_of(store, rank(store, TUESDAY)), plan, who, "C1", 3)
    assert len(asked) == before + 1
    assert slower.plan.routes[0].driving > edited.plan.routes[0].driving


def test_a_damaged_pack_is_told_and_the_others_serve(
    store: Store, clock: Clock, extract: Path
) -> None:
    """A pack that was damaged on the disk is left out in words; the plan uses the sound one."""
    import_road_pack(store.path, extract)
    sound = roads_folder(store.path) / "county.fvroads"
    broken = sound.with_name("broken.fvroads")
    raw = bytearray(sound.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    broken.write_bytes(raw)
    heard: list[PlannerError] = []
    plan = plan_of(store, clock, on_trouble=heard.append)
    assert plan.legs[1] == 0
    assert [error.code for error in heard] == ["roads.damaged"]


def test_the_server_is_asked_only_when_it_is_on(store: Store, clock: Clock, extract: Path) -> None:
    """Named but off: nothing is sent. On: its figures count, what it does not answer comes from the
    pack, the failure is told once and the server is left alone for a while."""
    import_road_pack(store.path, extract)
    with routing_server() as (url, told):
        save_travel_settings(store, server_url=url, server_kind="osrm")
        by_road = plan_of(store, clock)
        assert told.asked == []
        save_travel_settings(store, server_on=True)
        lat, lon = spots(HOME, (400.0, -12_000.0))
        metres, _ = travel_of(store).matrix(lat, lon)
        there = leg((lat[0], lon[0]), (lat[1], lon[1]))[0]
        assert metres[0, 1] == pytest.approx(there, abs=3)
        assert not travel_of(store).legs_estimated(lat, lon).any()
        kept_travel.forget()
        told.behave = "garbage"
        heard: list[PlannerError] = []
        asked = len(told.asked)
        plan = plan_of(store, clock, on_trouble=heard.append)
        assert [error.code for error in heard] == ["server.garbled"]
        assert len(told.asked) == asked + 1
        assert plan.routes == by_road.routes


def test_settings_that_make_no_sense_are_refused(store: Store) -> None:
    """Wrong terrain, speed or address changes nothing."""
    for changes, code in (
        ({"terrain": "moon"}, "roads.terrain"),
        ({"speeds": {"car": {"tertiary": -3}}}, "roads.speed"),
        ({"speeds": {"car": {"canal": 3}}}, "roads.speed"),
        ({"server_url": "ftp://x"}, "server.url"),
        ({"server_on": True}, "server.url"),
    ):
        with pytest.raises(PlannerError) as caught:
            save_travel_settings(store, **changes)
        assert caught.value.code == code
    with store.read() as conn:
        assert load_travel_settings(conn).speeds == {}


def test_the_terrain_of_the_settings_counts_where_no_road_is(store: Store) -> None:
    """Mountains make estimated ways longer than plains."""
    lat, lon = spots(HOME, (400.0, -12_000.0))
    plain = travel_of(store).matrix(lat, lon)[0][0, 1]
    save_travel_settings(store, terrain="mountains")
    assert travel_of(store).matrix(lat, lon)[0][0, 1] > 1.25 * plain


def test_plans_of_other_days_stay_as_they_were(store: Store, clock: Clock, extract: Path) -> None:
    """A pack that is added changes no saved plan."""
    before = plan_of(store, clock)
    import_road_pack(store.path, extract)
    with store.read() as conn:
        assert load_plan(conn, TUESDAY) == before
    clock.now += timedelta(hours=1)
