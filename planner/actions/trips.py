"""The start and the end of a crew's day: times, odometer or distance, expenses.

Each deed writes one event with what changed and can be undone. Nothing here is about a person.
"""

import secrets
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from planner.clock import Clock
from planner.domain.trip import EXPENSE_KINDS, Expense, Trip
from planner.errors import PlannerError
from planner.store.crews import load_crews
from planner.store.events import NewEvent
from planner.store.plans import load_plan
from planner.store.store import Store
from planner.store.trips import load_trip

# Beyond these a figure is a slip of the pen.
FARTHEST: Final = 2_000_000  # metres in a day
LAST_READING: Final = 9_999_999_000  # metres on an odometer
DEAREST: Final = 10_000_000  # minor units of one expense
LONGEST: Final = timedelta(hours=36)
_AHEAD: Final = timedelta(minutes=5)
_FIELDS: Final = {
    "left": "left", "back": "back", "odometer_start": "odometer_start",
    "odometer_end": "odometer_end", "metres": "told", "note": "note",
}  # fmt: skip  # field of the event: field of Trip


def save_trip(store: Store, trip: Trip, *, clock: Clock) -> bytes | None:
    """Keep a trip as it is given; the batch that undoes it, None when nothing is new.

    Expenses with an empty id are new ones. Raises PlannerError("trip.crew") for a crew nobody
    knows, ("trip.time") for a moment outside the day or in the future, ("trip.order") for a return
    before leaving, ("trip.odometer") for a reading below the first, ("trip.far") beyond 2,000 km,
    ("trip.amount") and ("trip.kind") for an expense that cannot be meant.
    """
    trip = replace(trip, expenses=tuple(_named(one) for one in trip.expenses))
    _check(store, trip, clock())
    with store.write() as tx:
        told = _changes(load_trip(tx.conn, trip.crew_id, trip.day), trip)
        if not told:
            return None
        told |= {"crew_id": trip.crew_id, "day": trip.day}
        return tx.append([NewEvent("trip", "", clock(), told)])


def start_trip(
    store: Store,
    crew_id: str,
    day: date,
    *,
    clock: Clock,
    at: datetime | None = None,
    odometer: int | None = None,
) -> bytes | None:
    """A crew leaves (`at` aware, default now); `odometer` in metres. Raises as `save_trip`."""
    trip = replace(trip_of(store, crew_id, day), left=at or clock())
    if odometer is not None:
        trip = replace(trip, odometer_start=odometer)
    return save_trip(store, trip, clock=clock)


def end_trip(
    store: Store,
    crew_id: str,
    day: date,
    *,
    clock: Clock,
    at: datetime | None = None,
    odometer: int | None = None,
    metres: int | None = None,
) -> bytes | None:
    """A crew is back (`at` aware, default now); raises as `save_trip`."""
    trip = replace(trip_of(store, crew_id, day), back=at or clock())
    if odometer is not None:
        trip = replace(trip, odometer_end=odometer)
    if metres is not None:
        trip = replace(trip, told=metres)
    return save_trip(store, trip, clock=clock)


def add_expense(
    store: Store, crew_id: str, day: date, expense: Expense, *, clock: Clock
) -> bytes | None:
    """Something was paid on the way; raises as `save_trip`."""
    trip = trip_of(store, crew_id, day)
    return save_trip(store, replace(trip, expenses=(*trip.expenses, expense)), clock=clock)


def trip_of(store: Store, crew_id: str, day: date) -> Trip:
    """What is told of a crew's day, an empty trip where nothing is."""
    with store.read() as conn:
        return load_trip(conn, crew_id, day)


def _named(one: Expense) -> Expense:
    told = one.receipt.strip(), one.note.strip()
    key = one.expense_id or secrets.token_hex(8)
    return replace(one, expense_id=key, receipt=told[0], note=told[1])


def _changes(before: Trip, after: Trip) -> dict[str, Any]:
    """The fields of the event; a cleared field is told as None."""
    told = {
        name: getattr(after, own)
        for name, own in _FIELDS.items()
        if getattr(after, own) != getattr(before, own)
    }
    known = {one.expense_id: one for one in before.expenses}
    kept = {one.expense_id for one in after.expenses}
    paid = [_row(one) for one in after.expenses if known.get(one.expense_id) != one]
    paid += [_row(one) | {"gone": True} for one in before.expenses if one.expense_id not in kept]
    return told | ({"expenses": paid} if paid else {})


def _row(one: Expense) -> dict[str, Any]:
    return {
        "expense_id": one.expense_id, "kind": one.kind, "amount": one.amount,
        "receipt": one.receipt, "note": one.note,
    }  # fmt: skip


def _check(store: Store, trip: Trip, now: datetime) -> None:
    with store.read() as conn:
        plan = load_plan(conn, trip.day)
        known = {crew.crew_id for crew in load_crews(conn)}
    known |= {route.crew_id for route in (plan.routes if plan else ())}
    if trip.crew_id not in known:
        raise PlannerError("trip.crew", crew=trip.crew_id)
    for at in (trip.left, trip.back):
        if at is not None:
            _check_time(at, trip.day, now, ZoneInfo(store.zone))
    if trip.left and trip.back and not trip.left <= trip.back <= trip.left + LONGEST:
        raise PlannerError("trip.order")
    readings = [one for one in (trip.odometer_start, trip.odometer_end) if one is not None]
    if any(not 0 <= one <= LAST_READING for one in readings) or readings != sorted(readings):
        raise PlannerError("trip.odometer")
    if trip.metres is not None and not 0 <= trip.metres <= FARTHEST:
        raise PlannerError("trip.far", most=FARTHEST // 1000)
    for one in trip.expenses:
        if one.kind not in EXPENSE_KINDS:
            raise PlannerError("trip.kind", given=one.kind, names=", ".join(EXPENSE_KINDS))
        if not 0 < one.amount <= DEAREST:
            raise PlannerError("trip.amount", most=DEAREST // 100)


def _check_time(at: datetime, day: date, now: datetime, zone: ZoneInfo) -> None:
    if at.tzinfo is None:
        raise PlannerError("trip.time", day=str(day))
    here = at.astimezone(zone)
    if not day <= here.date() <= day + timedelta(days=1) or at > now + _AHEAD:
        raise PlannerError("trip.time", day=str(day))
