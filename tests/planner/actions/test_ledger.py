"""The travel ledger: sums exact to the fen, shares by the rule, a tour told whole."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from county import HOME, Clock, county, crew, spot
from hypothesis import given
from hypothesis import strategies as st
from test_week_county import TUESDAY, WEDNESDAY, areas_of, route_of, village, week

from planner.actions.ledger import (
    PARTS,
    Parts,
    Prices,
    TripLedger,
    bundle_ledger,
    ledger,
    load_prices,
    save_prices,
    total,
)
from planner.actions.ledger_split import in_proportion, shared
from planner.actions.make_plan import make_plan
from planner.actions.remote_rules import save_rules
from planner.cli import cli
from planner.errors import PlannerError
from planner.store.store import Store

SUMS = st.integers(0, 10**9)
LISTS = st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=30)


def adds_up(trip: TripLedger) -> None:
    """Every column of the shares is the trip's, to the unit."""
    assert total(one.parts for one in trip.shares) == trip.parts
    assert all(getattr(one.parts, name) >= 0 for one in trip.shares for name in PARTS)


@given(SUMS, LISTS, LISTS)
def test_shares_add_up(whole: int, saved: list[int], alone: list[int]) -> None:
    """Parts are whole, not negative and add up; nobody bears less than the own saving while the
    savings fit into the whole."""
    size = min(len(saved), len(alone))
    saved, alone = saved[:size], alone[:size]
    parts = shared(whole, saved, alone)
    assert sum(parts) == whole
    assert min(parts) >= 0
    own = [max(0, one) for one in saved]
    if sum(own) <= whole:
        assert all(part >= one for part, one in zip(parts, own, strict=True))
    assert sum(in_proportion(whole, alone)) == whole


def test_proportion_by_hand() -> None:
    """Largest remainders first, the first of equals; equal parts where nothing weighs."""
    assert in_proportion(10, [1, 1, 1]) == [4, 3, 3]
    assert in_proportion(10, [5, 3, 2]) == [5, 3, 2]
    assert in_proportion(7, [0, 0]) == [4, 3]
    assert shared(100, [10, 20], [1, 3]) == [28, 72]
    assert shared(10, [10, 20], [1, 3]) == [3, 7]
    assert in_proportion(5, []) == []


@pytest.fixture
def planned(tmp_path: Path) -> tuple[Store, Clock]:
    """A day trip to a village, planned for Tuesday."""
    clock = Clock()
    store = county(tmp_path, clock, [crew(), *village(4, 9_000_000)])
    make_plan(store, TUESDAY, clock=clock, iterations=400)
    return store, clock


def test_a_day_trip_by_hand(planned: tuple[Store, Clock]) -> None:
    """Kilometres and driving are the plan's, money is kilometres and hours at the crew's prices;
    the plan's cost is fuel and the wage at the wheel, what the ledger adds is the time at doors."""
    store, _ = planned
    (trip,) = ledger(store, TUESDAY)
    plan = make_plan(store, TUESDAY, clock=planned[1], iterations=400)
    route = route_of(plan)
    assert (trip.parts.metres, trip.parts.driving) == (route.metres, route.driving)
    assert trip.parts.working == (route.back - route.depart).total_seconds()
    doors = sum((stop.leave - stop.start).total_seconds() for stop in route.stops)
    assert trip.parts.working >= route.driving + doors
    money = trip.parts.fuel + trip.parts.wage * route.driving / trip.parts.working
    assert money == pytest.approx(route.cost, abs=3)
    assert {one.case_id for one in trip.shares} == {f"银行/P{k}" for k in range(4)}
    adds_up(trip)


def test_prices_are_settings_with_bounds(planned: tuple[Store, Clock]) -> None:
    """Fuel, tolls of long legs and an allowance come in as set; absurd ones are refused."""
    store, _ = planned
    assert load_prices(store) == Prices()
    (before,) = ledger(store, TUESDAY)
    save_prices(store, fuel_km=100, toll_km=50, allowance=8_000)
    (after,) = ledger(store, TUESDAY)
    assert after.parts.fuel == round(before.parts.metres / 10)
    long = [leg for leg in (before.parts.metres // 2,) if leg > 30_000]
    assert after.parts.toll == pytest.approx(sum(long) * 2 * 50 / 1000, rel=0.02)
    assert after.parts.allowance == 8_000
    adds_up(after)
    save_prices(store, allowance_from=1_000_000, fuel_km=None)
    (home,) = ledger(store, TUESDAY)
    assert (home.parts.allowance, home.parts.fuel) == (0, before.parts.fuel)
    for wrong in ({"toll_km": -1}, {"fuel_km": 10**6}, {"beer": 1}, {"toll_leg": None}):
        with pytest.raises(PlannerError, match=r"ledger\.price"):
            save_prices(store, **wrong)


def test_a_tour_is_told_whole(tmp_path: Path) -> None:
    """Both days of a night out are one trip, whichever day is asked for: the bed is shared by all
    who are seen on it, and the sums are those of both plans."""
    clock = Clock()
    with county(tmp_path, clock, [crew(), *village(24, 6_000_000, km=130)]) as store:
        save_rules(store, lodging=20_000)
        made = week(store, clock, 2)
        routes = [route_of(plan) for plan in made.plans]
        assert routes[0].sleeps
        (first,), (second,) = ledger(store, TUESDAY), ledger(store, WEDNESDAY)
        assert first == second
        assert (first.days, first.lodgings) == ((TUESDAY, WEDNESDAY), ("远山乡",))
        assert first.parts.lodging == 20_000
        assert first.parts.metres == sum(route.metres for route in routes)
        assert len(first.shares) == sum(len(route.stops) for route in routes)
        assert all(one.parts.lodging > 0 for one in first.shares)
        adds_up(first)
        assert ledger(store, TUESDAY, 2) == (first,)
        assert ledger(store, TUESDAY + timedelta(days=9)) == ()


def test_a_persons_loans_share_by_what_is_overdue(tmp_path: Path) -> None:
    """Two loans of one person bear the stop in proportion to their overdue amounts."""
    clock = Clock()
    events = village(2, 9_000_000, km=5)
    cases = [{"case_id": f"银行/{k}", "lender": "银行", "contract_no": f"{k}",
              "amount_overdue": amount, "overdue_since": "2026-05-20"}
             for k, amount in enumerate((3_000_000, 9_000_000))]  # fmt: skip
    events[0] = replace(events[0], payload=events[0].payload | {"cases": cases})
    with county(tmp_path, clock, [crew(), *events]) as store:
        make_plan(store, TUESDAY, clock=clock, iterations=300)
        (trip,) = ledger(store, TUESDAY)
        adds_up(trip)
        one, three = (s.parts for s in trip.shares if s.debtor_id == "P0")
        assert three.metres == pytest.approx(3 * one.metres, abs=2)
        assert three.money == pytest.approx(3 * one.money, abs=12)


def test_a_bundles_trip_before_it_is_planned(tmp_path: Path) -> None:
    """The ledger of a bundle has the figures of its trip: fuel and wheel wage are the cost that was
    held against the value; nights are in it."""
    clock = Clock()
    with county(tmp_path, clock, [crew(), *village(14, 6_000_000, km=130)]) as store:
        areas = areas_of(store)
        trip = areas.bundles[0].trip
        assert trip
        assert trip.nights == 1
        (told,) = bundle_ledger(store, areas, 0)
        assert len(told.shares) == len(trip.visits) == 14
        assert told.parts.lodging == areas.rules.lodging
        assert told.parts.driving == trip.driving
        wheel = told.parts.wage * trip.driving / told.parts.working
        cost = told.parts.fuel + told.parts.lodging + wheel
        assert cost == pytest.approx(trip.cost, abs=20)
        adds_up(told)
        save_rules(store, lodging=10**6)
        days = bundle_ledger(store, areas_of(store), 0)
        assert [len(one.days) for one in days] == [1, 1]
        for one in days:
            adds_up(one)


def test_ledger_on_the_command_line(
    planned: tuple[Store, Clock], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`ledger --json` answers with trips and cases that add up; the text has a table; the list has
    a row per case and no name; a price that is none is wrong usage."""
    store, clock = planned
    monkeypatch.setattr("planner.cli_tools.system_clock", clock)
    store.close()
    out = tmp_path / "ledger.xlsx"
    where = ["ledger", "--date", str(TUESDAY), "--workspace", str(store.path)]
    told = CliRunner().invoke(cli, [*where, "--price", "toll_km=40", "--out", str(out), "--json"])
    assert told.exit_code == 0, told.output
    data = json.loads(told.output)
    (trip,) = data["trips"]
    assert sum(one["money"] for one in trip["cases"]) == trip["totals"]["money"]
    assert data["totals"]["toll"] > 0
    text = CliRunner().invoke(cli, where).output
    assert "C1组" in text
    sheet = openpyxl.load_workbook(out).active
    assert sheet is not None
    cells = [[cell for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert sum("银行/P" in str(row[2]) for row in cells) == 4
    assert not any("测试" in str(cell) for row in cells for cell in row)
    assert sum(row[-1] for row in cells[1:5]) == pytest.approx(trip["totals"]["money"] / 100)
    nothing = CliRunner().invoke(cli, [*where[:2], str(date(2027, 1, 5)), *where[3:]])
    assert nothing.exit_code == 0
    assert CliRunner().invoke(cli, [*where, "--price", "beer=3"]).exit_code == 2


def test_a_crew_that_only_drives_home_has_no_shares(tmp_path: Path) -> None:
    """Sums of nothing are nothing, and a parts' money is all of it."""
    assert total([]) == Parts()
    assert Parts(fuel=1, toll=2, allowance=3, lodging=4, wage=5, fixed=6, metres=99).money == 21
    clock = Clock()
    with county(tmp_path, clock, [crew()]) as store:
        assert ledger(store, TUESDAY) == ()
    assert spot(0) == HOME
