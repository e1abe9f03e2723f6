"""The travel ledger: what each trip costs in way, time and money, and what of it falls on a case.

A trip is a crew's day, or the days of a tour with nights out together. Kilometres, driving and
working time are the plan's own; money in minor units: fuel by kilometre, toll on long legs,
allowance for a day far out, the beds, wages of the whole time, the crew's price of a day. The time
at a door is its own stop's; everything else is shared by the rule of `ledger_split`, among a
person's cases in proportion to what is overdue. Every column adds up to its trip, to the unit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from planner.actions.actual import Actual, Rates, actual_of
from planner.actions.ledger_split import in_proportion, savings, shared
from planner.actions.remote import Areas
from planner.actions.travel import travel_of
from planner.actions.ways import price_of, ways_between
from planner.domain.facts import I64
from planner.domain.people import Case, Crew
from planner.domain.plan import Plan, Route
from planner.domain.trip import Trip as Told
from planner.errors import PlannerError
from planner.geo.travel import TravelTimes
from planner.ranking.params import load_params
from planner.routing.remote_trip import Trip
from planner.store import settings
from planner.store.crews import load_crews
from planner.store.driver import Connection
from planner.store.known import load_debtors
from planner.store.plans import load_plan
from planner.store.store import Store
from planner.store.trips import load_trips

KEY: Final = "ledger"
LONGEST_TOUR: Final = 7  # days looked back and ahead for the rest of a tour
PARTS: Final = (
    "metres", "driving", "working", "fuel", "toll", "allowance", "lodging", "wage", "fixed",
)  # fmt: skip
MONEY: Final = PARTS[3:]


@dataclass(frozen=True, slots=True)
class Prices:
    """Money in minor units. `fuel_km` None: the kilometre price by which the crew is planned.

    `toll_km` is paid for each kilometre of legs of at least `toll_leg` metres; `allowance` for each
    day of a crew on which its way is at least `allowance_from` metres.
    """

    fuel_km: int | None = None
    toll_km: int = 0
    toll_leg: int = 30_000
    allowance: int = 0
    allowance_from: int = 100_000


BOUNDS: Final[dict[str, tuple[int, int]]] = {
    "fuel_km": (0, 2_000), "toll_km": (0, 1_000), "toll_leg": (1_000, 500_000),
    "allowance": (0, 200_000), "allowance_from": (0, 2_000_000),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parts:
    """Metres, seconds at the wheel, seconds of work, and money by kind."""

    metres: int = 0
    driving: int = 0
    working: int = 0
    fuel: int = 0
    toll: int = 0
    allowance: int = 0
    lodging: int = 0
    wage: int = 0
    fixed: int = 0

    @property
    def money(self) -> int:
        """All money, minor units."""
        return sum(getattr(self, name) for name in MONEY)


@dataclass(frozen=True, slots=True)
class Share:
    """What falls on one case; `case_id` "" where a person has no open case any more."""

    debtor_id: str
    case_id: str
    parts: Parts


@dataclass(frozen=True, slots=True)
class TripLedger:
    """One trip: its days, where the crew slept, its sums, and the shares that add up to them.

    A trip without any stop (a crew that only drives home, or went out unplanned) has no shares.
    `actual` is the trip as its crew told it, None where nothing is told.
    """

    crew_id: str
    crew: str
    days: tuple[date, ...]
    lodgings: tuple[str, ...]
    parts: Parts
    shares: tuple[Share, ...]
    actual: Actual | None = None


@dataclass(frozen=True, slots=True)
class _Day:
    """A crew's day as the ledger needs it: places from bed to bed, who is seen and how long."""

    day: date
    places: tuple[tuple[float, float], ...]
    people: tuple[str, ...]
    cases: tuple[tuple[str, ...], ...]
    stays: tuple[int, ...]
    metres: int
    driving: int
    working: int
    lodging: int
    bed: str


def load_prices(store: Store) -> Prices:
    """The prices of the ledger in this workspace."""
    with store.read() as conn:
        told = settings.get(conn, KEY, {})
    known = {one.name for one in fields(Prices)}
    return Prices(**{name: value for name, value in told.items() if name in known})


def save_prices(store: Store, **changes: int | None) -> Prices:
    """Change prices; fuel_km=None goes back to the crews' own.

    Raises PlannerError("ledger.price") naming one that is unknown or out of its bounds.
    """
    for name, value in changes.items():
        low, high = BOUNDS.get(name, (0, -1))
        if not (value is None and name == "fuel_km") and not low <= (value or 0) <= high:
            raise PlannerError("ledger.price", name=name, least=low, most=max(0, high))
    prices = replace(load_prices(store), **changes)  # type: ignore[arg-type]
    own = {f.name: getattr(prices, f.name) for f in fields(Prices)
           if getattr(prices, f.name) != getattr(Prices(), f.name)}  # fmt: skip
    with store.write() as tx:
        settings.put(tx, KEY, own)
    return prices


def ledger(
    store: Store, first: date, days: int = 1, *, travel: TravelTimes | None = None
) -> tuple[TripLedger, ...]:
    """The trips of the plans that count for `days` days from `first` on, by day and crew.

    A tour that touches these days is told whole, so that a case's share does not depend on the day
    asked for. A crew that went out without a planned stop has a trip too, with what it told.
    """
    last, travel = first + timedelta(days=days - 1), travel or travel_of(store)
    prices = load_prices(store)
    with store.read() as conn:
        tours = _tours(conn, first, last)
        crews = {crew.crew_id: crew for crew in load_crews(conn)}
        people = {s.debtor_id for tour in tours for _, r in tour for s in r.stops}
        cases = {who: d.cases for who, d in load_debtors(conn, sorted(people)).items()}
        dates = [day for tour in tours for day, _ in tour]
        told = load_trips(conn, min([first, *dates]), max([last, *dates]))
    found = []
    for tour in tours:
        route = tour[0][1]
        crew = crews.get(route.crew_id) or Crew(
            route.crew_id, route.crew, (), route.lat, route.lon, 0, 0
        )
        days_out = [_day_of(day, one) for day, one in tour if one.stops or one.slept or one.sleeps]
        if days_out:
            one = _trip(crew, days_out, prices, cases, travel)
            found.append(replace(one, actual=_actual(one, crew, prices, told)))
    found += _not_planned(found, crews, prices, [one for one in told if first <= one.day <= last])
    return tuple(sorted(found, key=lambda one: one.days[0]))


def _not_planned(
    planned: Sequence[TripLedger], crews: Mapping[str, Crew], prices: Prices, told: Sequence[Told]
) -> list[TripLedger]:
    """Crews that went out on a day on which nothing was planned for them: no share falls on a case,
    what it cost stands as they told it."""
    known = {(one.crew_id, day) for one in planned for day in one.days}
    found = []
    for trip in told:
        if (trip.crew_id, trip.day) not in known:
            crew = crews.get(trip.crew_id) or Crew(trip.crew_id, trip.crew_id, (), 0.0, 0.0, 0, 0)
            one = TripLedger(crew.crew_id, crew.name, (trip.day,), (), Parts(), ())
            one = replace(one, actual=_actual(one, crew, prices, told))
            found += [one] if one.actual is not None else []
    return found


def bundle_ledger(
    store: Store, areas: Areas, index: int, *, travel: TravelTimes | None = None
) -> tuple[TripLedger, ...]:
    """What the planned trip to a bundle would cost, day trips each for itself, a tour as one; empty
    where no trip is possible. Dates are those from `areas.day` on."""
    bundle, travel = areas.bundles[index], travel or travel_of(store)
    trip = bundle.trip
    if trip is None:
        return ()
    crew = areas.crews[bundle.hub]
    with store.read() as conn:
        people = [areas.people[row] for row in bundle.rows]
        cases = {who: d.cases for who, d in load_debtors(conn, people).items()}
    days = _days_of_trip(areas, crew, trip, cases, travel)
    tours = [days] if trip.nights else [[one] for one in days]
    return tuple(_trip(crew, tour, load_prices(store), cases, travel) for tour in tours if tour)


def total(parts: Iterable[Parts]) -> Parts:
    """The sum of all columns."""
    rows = list(parts)
    return Parts(**{name: sum(getattr(row, name) for row in rows) for name in PARTS})


def _tours(conn: Connection, first: date, last: date) -> list[list[tuple[date, Route]]]:
    """Routes of the plans of these days, those of one tour together, also beyond the ends."""
    span = [first + timedelta(days=k) for k in range(-LONGEST_TOUR, (last - first).days + 1)]
    span += [last + timedelta(days=k) for k in range(1, LONGEST_TOUR + 1)]
    open_tours: dict[str, list[tuple[date, Route]]] = {}
    found: list[list[tuple[date, Route]]] = []
    for day in span:
        plan: Plan | None = load_plan(conn, day)
        for route in plan.routes if plan else ():
            tour = open_tours.pop(route.crew_id, None)
            if tour is None or not route.slept or tour[-1][0] != day - timedelta(days=1):
                tour = []
                found.append(tour)
            tour.append((day, route))
            if route.sleeps:
                open_tours[route.crew_id] = tour
    return [tour for tour in found if any(first <= day <= last for day, _ in tour)]


def _day_of(day: date, route: Route) -> _Day:
    stops = route.stops
    return _Day(
        day,
        (route.begin, *((s.lat, s.lon) for s in stops), route.finish),
        tuple(s.debtor_id for s in stops),
        tuple(s.case_ids for s in stops),
        tuple(int((s.leave - s.start).total_seconds()) for s in stops),
        route.metres,
        route.driving,
        int((route.back - route.depart).total_seconds()),
        route.sleeps.price if route.sleeps else 0,
        route.sleeps.name if route.sleeps else "",
    )


def _days_of_trip(
    areas: Areas, crew: Crew, trip: Trip, cases: Mapping[str, Sequence[Case]], travel: TravelTimes
) -> list[_Day]:
    """The days of a trip that is not planned yet, as long as the visits and their ways take."""
    home, found = (crew.lat, crew.lon), []
    at = {row: (areas.lat[row], areas.lon[row]) for order in trip.orders for row in order}
    bed = (areas.lat[trip.bed], areas.lon[trip.bed]) if trip.bed is not None else home
    for k, order in enumerate(trip.orders):
        night = k < trip.nights
        places = (
            bed if trip.nights and k else home,
            *(at[row] for row in order),
            bed if night else home,
        )
        lat, lon = np.array(places, np.float64).T
        metres, seconds = ways_between(travel, lat, lon, [crew]).by_mode[crew.work.mode]
        legs = np.arange(len(places) - 1), np.arange(1, len(places))
        people = tuple(areas.people[row] for row in order)
        driving = int(seconds[legs].sum())
        found.append(
            _Day(
                areas.day + timedelta(days=k), places, people,
                tuple(tuple(c.case_id for c in cases[who] if c.status == "open") for who in people),
                tuple(areas.service[row] for row in order), int(metres[legs].sum()), driving,
                driving + sum(areas.service[row] for row in order),
                areas.rules.lodging if night else 0, "",
            )
        )  # fmt: skip
    return found


def _trip(
    crew: Crew,
    days: Sequence[_Day],
    prices: Prices,
    cases: Mapping[str, Sequence[Case]],
    travel: TravelTimes,
) -> TripLedger:
    """One trip with its sums and its shares."""
    _, km_price, wage = price_of(crew.work, load_params())
    fuel_km = km_price if prices.fuel_km is None else prices.fuel_km
    saved: dict[str, list[int]] = {name: [] for name in PARTS}
    alone: list[int] = []
    tolls = 0
    for one in days:
        own, solo, toll = _stops_alone(one, crew, (fuel_km, wage), prices, travel)
        tolls += toll
        alone += solo
        for name, values in own.items():
            saved[name] += values
    parts = Parts(
        metres=sum(one.metres for one in days),
        driving=sum(one.driving for one in days),
        working=sum(one.working for one in days),
        fuel=round(sum(one.metres for one in days) * fuel_km / 1000),
        toll=tolls,
        allowance=sum(prices.allowance for one in days if one.metres >= prices.allowance_from),
        lodging=sum(one.lodging for one in days),
        wage=round(sum(one.working for one in days) * wage / 3600),
        fixed=crew.work.fixed_cost * len(days),
    )
    columns = {
        name: shared(getattr(parts, name), saved[name] or [0] * len(alone), alone) for name in PARTS
    }
    people = [(who, ids) for one in days for who, ids in zip(one.people, one.cases, strict=True)]
    shares = [
        share
        for k, (who, ids) in enumerate(people)
        for share in _by_case(
            who, ids, cases.get(who, ()), Parts(**{name: columns[name][k] for name in PARTS})
        )
    ]
    beds = tuple(dict.fromkeys(one.bed for one in days if one.bed))
    return TripLedger(
        crew.crew_id, crew.name, tuple(one.day for one in days), beds, parts, tuple(shares)
    )


def _actual(one: TripLedger, crew: Crew, prices: Prices, told: Sequence[Told]) -> Actual | None:
    """What the crew told of these days, at the prices of the plan."""
    _, km_price, wage = price_of(crew.work, load_params())
    rates = Rates(
        km=km_price if prices.fuel_km is None else prices.fuel_km,
        hour=wage,
        allowance=prices.allowance,
        allowance_from=prices.allowance_from,
        fixed=crew.work.fixed_cost,
        lodging=one.parts.lodging,
    )
    mine = [trip for trip in told if trip.crew_id == one.crew_id and trip.day in one.days]
    return actual_of(mine, len(one.days), rates)


def _stops_alone(
    one: _Day, crew: Crew, rates: tuple[int, int], prices: Prices, travel: TravelTimes
) -> tuple[dict[str, list[int]], list[int], int]:
    """(what each stop of a day saves when left out, by part; what each costs alone; toll of all).

    `rates` are the price of a kilometre and of an hour.
    """
    fuel_km, wage = rates
    lat, lon = np.array(one.places, np.float64).T
    ways = ways_between(travel, lat, lon, [crew]).by_mode[crew.work.mode]
    metres, seconds = (table.astype(np.int64) for table in ways)
    way, _, _ = savings(metres)
    drive, _, _ = savings(seconds)
    toll, _, whole = savings(_toll(metres, prices))
    _, alone, _ = savings(metres * fuel_km // 1000 + seconds * wage // 3600)
    busy = [a + b for a, b in zip(drive, one.stays, strict=True)]
    found = {
        "metres": way,
        "driving": drive,
        "working": busy,
        "fuel": [metre * fuel_km // 1000 for metre in way],
        "toll": toll,
        "wage": [second * wage // 3600 for second in busy],
    }
    return found, alone, whole


def _toll(metres: I64, prices: Prices) -> I64:
    """Toll of each leg, minor units."""
    found: I64 = np.where(metres >= prices.toll_leg, metres * prices.toll_km // 1000, 0)
    return found


def _by_case(who: str, ids: Sequence[str], cases: Sequence[Case], parts: Parts) -> list[Share]:
    """A stop's parts among the cases it was made for, by what is overdue in each."""
    amounts = {case.case_id: case.amount_overdue for case in cases}
    weights = [amounts.get(one, 0) for one in ids] or [1]
    columns: dict[str, Any] = {name: in_proportion(getattr(parts, name), weights) for name in PARTS}
    return [
        Share(who, one, Parts(**{name: columns[name][k] for name in PARTS}))
        for k, one in enumerate(ids or ("",))
    ]
