"""What the Today page reads and writes, off the GUI thread."""

from datetime import date, timedelta
from pathlib import Path

from planner.actions.change import Change
from planner.actions.expense_list import write_expenses
from planner.actions.trips import save_trip
from planner.clock import Clock
from planner.domain.trip import Trip
from planner.export.map_ground import Ground, read_ground
from planner.store.crews import load_crews
from planner.store.store import Store
from planner.store.trips import load_trips
from ui.map.view import prepare_ground
from ui.plan.book import load_ground


def ground(store: Store) -> tuple[Ground, bytes]:
    """The map layers of the workspace."""
    return prepare_ground(read_ground(load_ground(store)))


def keep_trip(store: Store, clock: Clock, trip: Trip) -> tuple[None, Change, bytes | None]:
    """Write what a crew told; PlannerError("trip.…")."""
    return None, Change.PLAN, save_trip(store, trip, clock=clock)


def month_of_expenses(store: Store, day: date, out: Path, language: str) -> Path:
    """Write the expenses of the month of `day`; PlannerError("file.unwritable")."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    with store.read() as conn:
        trips = load_trips(conn, first, last)
        crews = {crew.crew_id: crew.name for crew in load_crews(conn)}
    write_expenses(out, trips, crews, language)
    return out
