"""Days out as crews tell them: kept, judged, undone, exported, and beside the planned ones."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from plan_book import DAY, make_book

from planner.actions.actual import Rates, actual_of
from planner.actions.edit_plan import save_edit
from planner.actions.expense_list import write_expenses
from planner.actions.export_all import export_all
from planner.actions.ledger import ledger
from planner.actions.make_plan import make_plan
from planner.actions.trips import add_expense, end_trip, save_trip, start_trip, trip_of
from planner.actions.undo import undo_batch
from planner.cli import cli
from planner.domain.trip import Expense, Trip
from planner.errors import PlannerError
from planner.store.state import derived_hash, rebuild, table_hashes
from planner.store.store import Store
from planner.store.trips import load_trips
from planner.store.verify import verify

LEFT = datetime(2026, 11, 20, 1, 5, tzinfo=UTC)  # 09:05 in Shanghai
BACK = datetime(2026, 11, 20, 9, 35, tzinfo=UTC)
TOLL = Expense("", "toll", 3_500, "票 001", "")


class Clock:
    """A clock that is set by hand."""

    now = datetime(2026, 11, 20, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Each look is a second later."""
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    """18:00 of the day."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with make_book(tmp_path / "book.fairvisit", 60) as made:
        yield made


def told(store: Store, clock: Clock) -> Trip:
    """A whole day of the first crew."""
    start_trip(store, "K0", DAY, clock=clock, at=LEFT, odometer=52_310_000)
    add_expense(store, "K0", DAY, TOLL, clock=clock)
    add_expense(store, "K0", DAY, Expense("", "fuel", 20_000), clock=clock)
    end_trip(store, "K0", DAY, clock=clock, at=BACK, odometer=52_441_500)
    return trip_of(store, "K0", DAY)


def test_a_day_out(store: Store, clock: Clock) -> None:
    """Times, readings and receipts stand as told; way and time follow; the file verifies."""
    trip = told(store, clock)
    assert (trip.left, trip.back, trip.metres) == (LEFT, BACK, 131_500)
    assert trip.seconds == 8 * 3600 + 30 * 60
    assert [(one.kind, one.amount) for one in sorted(trip.expenses, key=lambda e: e.kind)] == [
        ("fuel", 20_000),
        ("toll", 3_500),
    ]
    assert verify(store).ok


def test_deeds_are_undone_one_by_one(store: Store, clock: Clock) -> None:
    """Undo of the latest leaves what was before; undo of the undo brings it back; 60 random deeds
    undone give the start, and folding anew gives the live tables."""
    trip = told(store, clock)
    batch = add_expense(store, "K0", DAY, Expense("", "meals", 9_000), clock=clock)
    assert batch
    again = undo_batch(store, batch)
    assert trip_of(store, "K0", DAY) == trip
    undo_batch(store, again)
    assert len(trip_of(store, "K0", DAY).expenses) == 3
    rng, done = random.Random(5), []
    with store.read() as conn:
        start = derived_hash(conn)
    for _ in range(60):
        now = trip_of(store, f"K{rng.randrange(2)}", DAY)
        done.append(save_trip(store, some_change(rng, now), clock=clock))
    with store.read() as conn:
        live = table_hashes(conn)
    with store.write() as tx:
        rebuild(tx.conn)
        assert table_hashes(tx.conn) == live
    for one in reversed(done):
        if one:
            undo_batch(store, one)
    with store.read() as conn:
        assert derived_hash(conn) == start
    assert verify(store).ok


def some_change(rng: random.Random, trip: Trip) -> Trip:
    """The trip with one thing told, cleared or taken out."""
    match rng.randrange(5):
        case 0:
            return replace(trip, left=LEFT + timedelta(minutes=rng.randrange(60)))
        case 1:
            return replace(trip, left=None, back=None)
        case 2:
            return replace(trip, odometer_start=None, odometer_end=None, told=rng.randrange(10**5))
        case 3:
            return replace(trip, expenses=trip.expenses[1:])
        case _:
            return replace(
                trip, expenses=(*trip.expenses, replace(TOLL, amount=1 + rng.randrange(99)))
            )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"crew_id": "nobody"}, "trip.crew"),
        ({"left": LEFT - timedelta(days=1)}, "trip.time"),
        ({"back": BACK + timedelta(hours=3)}, "trip.time"),
        ({"left": LEFT.replace(tzinfo=None)}, "trip.time"),
        ({"left": BACK, "back": LEFT}, "trip.order"),
        ({"odometer_start": 9_000, "odometer_end": 8_000}, "trip.odometer"),
        ({"odometer_start": -1}, "trip.odometer"),
        ({"told": 3_000_000}, "trip.far"),
        ({"expenses": (replace(TOLL, kind="present"),)}, "trip.kind"),
        ({"expenses": (replace(TOLL, amount=0),)}, "trip.amount"),
    ],
)
def test_what_cannot_be_meant(
    store: Store, clock: Clock, change: dict[str, object], code: str
) -> None:
    """Slips of the pen are refused by name and nothing is written."""
    with pytest.raises(PlannerError) as refused:
        save_trip(store, replace(Trip("K0", DAY), **change), clock=clock)  # type: ignore[arg-type]
    assert refused.value.code == code
    with store.read() as conn:
        assert load_trips(conn, DAY, DAY) == []


def test_the_same_again_is_nothing_new(store: Store, clock: Clock) -> None:
    """Keeping what is kept writes no entry."""
    assert save_trip(store, told(store, clock), clock=clock) is None


def test_actual_by_hand() -> None:
    """131.5 km at 1.20, 8.5 h at 60.00, toll and other things as paid, the bed as planned without a
    receipt, no allowance below its distance; fuel that was paid is in the receipts alone."""
    paid = (
        replace(TOLL, expense_id="a"),
        Expense("b", "fuel", 20_000),
        Expense("c", "meals", 4_000),
    )
    trip = Trip("K0", DAY, LEFT, BACK, 0, 131_500, expenses=paid)
    rates = Rates(120, 6_000, 10_000, 200_000, 5_000, 8_000)
    one = actual_of([trip], 1, rates)
    assert one is not None
    assert (one.fuel, one.wage, one.toll, one.other, one.lodging) == (
        15_780,
        51_000,
        3_500,
        4_000,
        8_000,
    )
    assert (one.allowance, one.receipts) == (0, 27_500)
    assert one.money == 15_780 + 51_000 + 3_500 + 4_000 + 8_000 + 5_000
    half = actual_of([replace(trip, back=None)], 1, rates)
    assert half is not None
    assert (half.working, half.money, half.metres) == (None, None, 131_500)
    assert actual_of([trip], 2, rates).metres is None  # type: ignore[union-attr]
    assert actual_of([], 1, rates) is None


def test_the_ledger_has_both(store: Store, clock: Clock) -> None:
    """The planned trip of a crew stands beside what it told; other crews have nothing there."""
    plan = make_plan(store, DAY, clock=lambda: LEFT - timedelta(hours=1), iterations=200)
    crew = max(plan.routes, key=lambda one: len(one.stops)).crew_id
    start_trip(store, crew, DAY, clock=clock, at=LEFT)
    add_expense(store, crew, DAY, TOLL, clock=clock)
    end_trip(store, crew, DAY, clock=clock, at=BACK, metres=131_500)
    found = {one.crew_id: one for one in ledger(store, DAY)}
    actual = found.pop(crew).actual
    assert actual is not None
    assert (actual.metres, actual.receipts, actual.working) == (131_500, 3_500, 30_600)
    assert all(one.actual is None for one in found.values())


def test_a_crew_without_a_planned_stop_is_in_the_ledger(store: Store, clock: Clock) -> None:
    """Without any plan, and beside one that has nothing for it, a crew that went out has a trip of
    its own with what it told and no planned money; a remark alone is no trip."""
    trip = told(store, clock)
    save_trip(store, Trip("K1", DAY, note="备用"), clock=clock)
    (one,) = ledger(store, DAY)
    assert (one.crew_id, one.days, one.shares, one.parts.money) == ("K0", (DAY,), (), 0)
    assert one.actual is not None
    assert (one.actual.metres, one.actual.toll) == (trip.metres, 3_500)
    assert ledger(store, DAY + timedelta(days=1)) == ()
    plan = make_plan(store, DAY, clock=lambda: LEFT - timedelta(hours=1), iterations=100)
    empty = replace(plan, routes=tuple(
        replace(route, stops=()) if route.crew_id == "K0" else route for route in plan.routes
    ))  # fmt: skip
    save_edit(store, empty, clock=clock)
    found = {one.crew_id: one for one in ledger(store, DAY)}
    assert found["K0"].actual == one.actual
    assert found["K0"].shares == ()
    assert len(found) == sum(bool(route.stops) for route in empty.routes) + 1


def test_lists_and_the_full_export(store: Store, clock: Clock, tmp_path: Path) -> None:
    """The spreadsheet of expenses adds up in either language, and the full export has all."""
    trip = told(store, clock)
    for language in ("en", "zh_CN"):
        write_expenses(tmp_path / "e.xlsx", [trip], {"K0": "1组"}, language)
        rows = list(openpyxl.load_workbook(tmp_path / "e.xlsx").active.values)
        assert rows[-1][3] == 235
        assert {row[3] for row in rows[1:3]} == {35, 200}
    export_all(store, tmp_path / "out", clock=clock, language="en")
    trips = (tmp_path / "out" / "trips.csv").read_text("utf-8-sig").splitlines()
    assert trips[1].startswith("2026-11-20,K0,2026-11-20T09:05:00+08:00")
    assert len((tmp_path / "out" / "expenses.csv").read_text("utf-8-sig").splitlines()) == 3


def test_verbs(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """start, expense, end and list do what the window does, on the day that is given."""
    monkeypatch.setenv("FAIRVISIT_LANG", "en")
    path, run = str(store.path), CliRunner()
    store.close()
    day = ["--crew", "K0", "--date", "2026-11-20", "--workspace", path, "--json"]
    for told_ in (
        ["start", "--at", "2026-11-20T09:05", "--odometer", "52310"],
        ["expense", "--kind", "toll", "--amount", "35", "--receipt", "001"],
        ["end", "--at", "2026-11-20T17:35", "--odometer", "52441.5"],
    ):
        done = run.invoke(cli, ["trip", *told_, *day])
        assert done.exit_code == 0, done.output
        assert len(json.loads(done.output)["batch"]) == 32
    out = tmp_path / "list.xlsx"
    asked = ["trip", "list", "--date", "2026-11-20", "--workspace", path]
    listed = json.loads(run.invoke(cli, [*asked, "--json", "--out", str(out)]).output)
    (one,) = listed["trips"]
    assert (one["metres"], one["paid"], one["left"]) == (
        131_500,
        3_500,
        "2026-11-20T09:05:00+08:00",
    )
    assert "131.5" in run.invoke(cli, asked).output
    assert out.exists()
    both = run.invoke(cli, ["trip", "end", "--km", "1", "--odometer", "2", *day])
    assert both.exit_code == 2
