"""Placing people: who has no position to be trusted, what is offered, and fixing one.

A position somebody fixes on the map, or finds on the spot, is confirmed: no list moves it any more.
An offer that is merely accepted keeps its grade, and a better position of a list replaces it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from planner.actions.places_lists import gazetteer_of, source_of
from planner.actions.policy import active_policy
from planner.clock import Clock
from planner.domain.codes import Grade
from planner.domain.datum import BD09, WGS84
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.geo.gazetteer_find import Candidate, find_places, of_address
from planner.geo.geocode import ONLINE
from planner.store.events import NewEvent
from planner.store.people import load_debtor
from planner.store.store import Store
from planner.store.unplaced import Unplaced, address_to_place, unplaced, weak_addresses

PIN, HERE = "pin", "here"  # sources: set on the map, the position of who stands there
SURE = (Grade.VILLAGE, Grade.TOWNSHIP)  # what is taken when all sure offers are asked for
_STEP = 50  # persons between two words about the progress


@dataclass(frozen=True, slots=True)
class Spot:
    """A position to be kept: WGS-84 degrees, how sure, where from, in which datum it was told."""

    lat: float
    lon: float
    grade: Grade
    source: str
    confirmed: bool = False
    datum: str = WGS84
    township: str = ""


@dataclass(frozen=True, slots=True)
class Weak:
    """Stops of a plan whose position is weak, by grade; `debtor_ids` in the order of the stops."""

    stops: int
    townships: int
    counties: int
    debtor_ids: tuple[str, ...]


def to_check(store: Store, *, ids: Sequence[str] | None = None) -> list[Unplaced]:
    """Everybody (or those of `ids`) whom no visit would find: no position, or a weak one."""
    with store.read() as conn:
        return unplaced(conn, active_policy(store).barred_kinds, ids)


def to_place(store: Store, debtor_id: str) -> Unplaced | None:
    """One person's address, also one whose position is trusted: it can be set anew."""
    with store.read() as conn:
        return address_to_place(conn, debtor_id)


def offers(store: Store, one: Unplaced, text: str = "") -> list[Candidate]:
    """Up to five places for an address, or what is known under `text`, the likeliest first."""
    gazetteer = gazetteer_of(store)
    if text.strip():
        return find_places(gazetteer, text, limit=5)
    return of_address(gazetteer, one.text, township=one.township, county=one.county)


def spot_of(candidate: Candidate) -> Spot:
    """An offer as it is kept when somebody accepts it."""
    place = candidate.place
    source = source_of(place)
    online = source.startswith(ONLINE)
    town = place.name if place.kind == "township" and not online else place.township
    datum = BD09 if source == f"{ONLINE}baidu" else WGS84
    return Spot(place.lat, place.lon, candidate.grade, source, datum=datum, township=town)


def place(
    store: Store, debtor_id: str, address_id: str, spot: Spot, *, by: str, clock: Clock
) -> bytes:
    """Keep a position of an address; the batch to undo it.

    PlannerError: "places.unknown_address", "places.no_position" (none on Earth, or 0, 0),
    "places.confirmed" when only somebody on the map may move a confirmed one,
    "store.unknown_person".
    """
    if not (abs(spot.lat) <= 90 and abs(spot.lon) <= 180) or (spot.lat == 0 and spot.lon == 0):
        raise PlannerError("places.no_position")
    with store.read() as conn:
        known = {one.address_id: one for one in load_debtor(conn, debtor_id).addresses}
    if address_id not in known:
        raise PlannerError("places.unknown_address", given=address_id)
    if known[address_id].confirmed and not spot.confirmed:
        raise PlannerError("places.confirmed", by=known[address_id].placed_by)
    told = _event(debtor_id, address_id, spot, by, clock)
    with store.write() as tx:
        return tx.append([told])


def _event(debtor_id: str, address_id: str, spot: Spot, by: str, clock: Clock) -> NewEvent:
    payload = {
        "address_id": address_id, "lat": round(spot.lat, 6), "lon": round(spot.lon, 6),
        "grade": int(spot.grade), "source": spot.source, "datum": spot.datum,
        "confirmed": spot.confirmed, "by": by,
    }  # fmt: skip
    if spot.township:
        payload["township"] = spot.township
    return NewEvent("address.placed", debtor_id, clock(), payload)


def place_sure(
    store: Store,
    *,
    by: str,
    clock: Clock,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[int, bytes | None]:
    """Place everybody without any position whose address leaves one village or township only, as
    one step: (how many, the batch to undo it or None).

    Cancelled, nothing is written: PlannerError("places.cancelled").
    """
    waiting = [one for one in to_check(store) if one.address_id and one.lat is None]
    found = []
    for done, one in enumerate(waiting):
        if cancelled and cancelled():
            raise PlannerError("places.cancelled")
        first = next(iter(offers(store, one)), None)
        if first is not None and first.sure and first.grade in SURE:
            found.append((one, spot_of(first)))
        if on_progress and done % _STEP == 0:
            on_progress(0.9 * done / len(waiting))
    if not found:
        return 0, None
    events = [_event(one.debtor_id, one.address_id, spot, by, clock) for one, spot in found]
    with store.write() as tx:
        batch = tx.append(events)
    return len(found), batch


def weak_stops(store: Store, plan: Plan) -> Weak:
    """The stops of a plan that have only a township's or a county's position."""
    stops = [stop for route in plan.routes for stop in route.stops]
    with store.read() as conn:
        grades = weak_addresses(conn, {stop.debtor_id for stop in stops})
    weak = [stop for stop in stops if stop.address_id in grades]
    townships = sum(grades[stop.address_id] is Grade.TOWNSHIP for stop in weak)
    return Weak(
        len(stops), townships, len(weak) - townships, tuple(stop.debtor_id for stop in weak)
    )
