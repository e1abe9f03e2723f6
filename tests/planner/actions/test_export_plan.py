"""What leaves the program with a plan of the demo: who is named, what is recorded, which ways."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from demo_time import DEMO_DAY, demo_clock

from planner.actions import export_plan as giving
from planner.actions.export_plan import Wish, export_plan, phone_app, plan_bytes, set_phone_app
from planner.actions.make_plan import make_plan
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.store.events import events_of
from planner.store.people import find_persons
from planner.store.store import Store


@pytest.fixture
def plan(demo_store: Store) -> Plan:
    """A quick plan of the demo's first day."""
    return make_plan(demo_store, DEMO_DAY, clock=demo_clock, iterations=100, reason="test")


def handed(store: Store, plan: Plan, wish: Wish) -> Any:
    """The handout of a plan."""
    return giving._handout(store, plan, wish, "en", None)


def test_ways_follow_roads_where_they_are_known(
    demo_store: Store, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crew whose roads are known is drawn along them, the others from stop to stop."""
    road = tuple((32.0 + n / 100, 107.0) for n in range(50))
    first = next(route.crew_id for route in plan.routes if route.stops)
    monkeypatch.setattr(giving, "route_lines", lambda _store, _plan: {first: road})
    rounds = handed(demo_store, plan, Wish("gpx")).rounds
    assert (rounds[0].way, rounds[0].by_road) == (road, True)
    for one in rounds[1:]:
        assert len(one.way) == len(one.visits) + 2
        assert not one.by_road


def test_only_what_was_asked_for_is_read(demo_store: Store, plan: Plan) -> None:
    """Without names nobody is in the handout, with names no amount, with amounts every case."""
    plain, named = (handed(demo_store, plan, Wish("gpx", names)) for names in (False, True))
    assert not plain.named
    assert [visit.who for one in plain.rounds for visit in one.visits].count(None) == plan.stops
    people = [visit.who for one in named.rounds for visit in one.visits]
    assert all(who.name and who.address and not who.sums and not who.bands for who in people)
    paper = handed(demo_store, plan, Wish("pdf", amounts=True))
    people = [visit.who for one in paper.rounds for visit in one.visits]
    assert all(len(who.bands) == 4 for who in people)
    cases = [stop.case_ids for route in plan.routes for stop in route.stops]
    assert [len(who.sums) for who in people] == [len(ids) for ids in cases]


def test_a_file_that_cannot_be_written_leaves_nothing(
    demo_store: Store, plan: Plan, tmp_path: Path
) -> None:
    """A place that cannot be written, an empty plan, an unknown app are refused in words; no part
    of a file stays and no export is recorded."""
    (tmp_path / "there").write_text("x")
    wish = Wish("gpx")
    with pytest.raises(PlannerError, match=r"file\.unwritable"):
        export_plan(demo_store, plan, tmp_path / "there" / "a.gpx", wish, clock=demo_clock)
    empty = replace(plan, routes=())
    with pytest.raises(PlannerError, match=r"export\.empty_plan"):
        export_plan(demo_store, empty, tmp_path / "a.gpx", wish, clock=demo_clock)
    with pytest.raises(PlannerError, match=r"export\.no_app"):
        set_phone_app(demo_store, "other")
    assert [path.name for path in tmp_path.iterdir() if "demo" not in path.name] == ["there"]
    with demo_store.read() as conn:
        ((_, events),) = events_of(conn, [""])
    assert [event for event in events if event.kind == "export"] == []


def test_the_app_of_the_wish_goes_first(demo_store: Store, plan: Plan) -> None:
    """Links are for the app of the wish, else for that of the workspace, else for the usual one."""
    assert phone_app(demo_store) == "amap"
    assert b"uri.amap.com" in plan_bytes(demo_store, plan, Wish("ics")).replace(b"\r\n ", b"")
    set_phone_app(demo_store, "google")
    google = plan_bytes(demo_store, plan, Wish("ics")).replace(b"\r\n ", b"")
    assert b"www.google.com/maps" in google
    geo = plan_bytes(demo_store, plan, Wish("ics", app="geo")).replace(b"\r\n ", b"")
    assert b"geo:" in geo
    assert b"http" not in geo


def test_a_reference_from_a_file_finds_its_person(demo_store: Store, plan: Plan) -> None:
    """The reference that stands for a person in a neutral file, typed into a search, finds the
    person and nobody else; a made-up one finds nobody."""
    told = handed(demo_store, plan, Wish("gpx"))
    references = [visit.reference for one in told.rounds for visit in one.visits]
    with demo_store.read() as conn:
        for reference in references[:5]:
            assert find_persons(conn, text=f" {reference.lower()} ") == [reference]
        assert find_persons(conn, text="P" + "A" * 12) == []
