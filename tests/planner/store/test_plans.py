"""Plans: JSON both ways, versions per day, undo, what erasure leaves of them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from store_factory import PLAN_DAY as DAY
from store_factory import append, listed, make_plan, make_store, visit

from planner.domain.plan import Plan
from planner.store.erasure import erase_person
from planner.store.plans import (
    all_plans,
    find_plan,
    latest_plan,
    load_plan,
    load_snapshot,
    plan_from_json,
    plan_to_json,
    planned_days,
    save_plan,
)
from planner.store.state import derived_hash
from planner.store.store import Store, undo
from planner.store.verify import verify


def save(store: Store, plan: Plan, snapshot: bytes = b"") -> bytes:
    with store.write() as tx:
        batch = tx.append([])
        save_plan(tx, plan, snapshot, batch)
    return batch


def test_json_both_ways() -> None:
    """What goes to JSON text comes back equal, with offsets, fen and figures."""
    plan = make_plan()
    told = plan_to_json(plan)
    assert plan_from_json(json.loads(json.dumps(told))) == plan
    stop = told["routes"][0]["stops"][0]
    assert list(stop) == ["debtor", "cases", "address", "lat", "lon", "arrive", "start", "leave",
                          "value", "locked"]  # fmt: skip
    assert stop["arrive"] == "2026-03-03T09:30:00+08:00"
    assert told["date"] == "2026-03-03"
    assert told["not_planned"] == [
        {"debtor": "B", "reason": "LOW_VALUE", "value": 100, "needed": 250.5}
    ]
    assert told["totals"] == {
        "stops": 1, "not_planned": 1, "candidates": 2, "objective": 98_765, "value": 123_456,
        "cost": 9_900, "metres": 12_345, "driving": 3_600, "legs": 0, "estimated_legs": 0,
    }  # fmt: skip
    assert (told["seed"], told["iterations"], told["policy"], told["ranking"]) == (
        7, 2000, "cn-1+ab12", "r-3",
    )  # fmt: skip


def test_the_latest_version_counts(tmp_path: Path) -> None:
    """Each save adds a version; days do not mix; every version is kept."""
    with make_store(tmp_path) as store:
        save(store, make_plan("p1"), b"snapshot")
        save(store, make_plan("other", DAY + timedelta(1)))
        save(store, edited := replace(make_plan("p1"), seed=8))
        with store.read() as conn:
            assert load_plan(conn, DAY) == edited == find_plan(conn, "p1")
            assert load_plan(conn, DAY + timedelta(2)) is None
            assert latest_plan(conn) == edited
            assert planned_days(conn) == [DAY, DAY + timedelta(1)]
            assert load_snapshot(conn, "p1") == b"snapshot"
            assert load_snapshot(conn, "none") is None
            assert [version for version, _ in all_plans(conn)] == [1, 2, 3]


def test_undo_of_a_plan(tmp_path: Path) -> None:
    """The version before counts again, then none; redo brings it back; the state follows."""
    with make_store(tmp_path) as store:
        with store.read() as conn:
            empty = derived_hash(conn)
        first, second = save(store, make_plan("p1")), save(store, make_plan("p2"))
        with store.write() as tx:
            back = undo(tx, second)
        with store.read() as conn:
            found = load_plan(conn, DAY)
            assert found is not None
            assert found.plan_id == "p1"
            assert find_plan(conn, "p2") is None
        with store.write() as tx:
            undo(tx, first)
        with store.read() as conn:
            assert load_plan(conn, DAY) is None
            assert derived_hash(conn) == empty
        with store.write() as tx:
            undo(tx, back)
        with store.read() as conn:
            assert latest_plan(conn) == make_plan("p2")


def test_a_plan_and_its_events_are_one_step(tmp_path: Path) -> None:
    """A batch with a plan and an event of a person is undone as a whole."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        with store.read() as conn:
            before = derived_hash(conn)
        with store.write() as tx:
            batch = tx.append([visit("A")])
            save_plan(tx, make_plan(), b"", batch)
        with store.write() as tx:
            undo(tx, batch)
        with store.read() as conn:
            assert derived_hash(conn) == before


def test_erasure_blurs_old_plans(tmp_path: Path) -> None:
    """The erased person's stop keeps its time, not its place, address or cases."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        save(store, make_plan())
        with store.write() as tx:
            erase_person(tx, "A")
        with store.read() as conn:
            plan = load_plan(conn, DAY)
        assert plan is not None
        (stop,) = plan.routes[0].stops
        assert (stop.lat, stop.lon, stop.address_id, stop.case_ids) == (30.1, 120.8, "", ())
        assert stop.arrive == datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
        assert verify(store).ok
