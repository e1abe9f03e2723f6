"""Tours that the lead has decided on: who makes them, where the crew sleeps, on which days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from planner.actions.heed import Wishes
from planner.actions.remote_decisions import OVERNIGHT, Decided
from planner.actions.stays import Stay
from planner.actions.ways import far_tables, ways_between
from planner.actions.week_problem import WeekDay
from planner.domain.facts import FactTable
from planner.domain.people import Crew
from planner.domain.plan import Lodging
from planner.geo.travel import TravelTimes
from planner.routing.remote_trip import RemoteRules
from planner.store.known import load_debtors
from planner.store.store import Store

Stays = dict[tuple[int, str], Stay]


@dataclass(frozen=True, slots=True)
class Spot:
    """An address of a person: latitude and longitude."""

    debtor_id: str
    address_id: str
    at: tuple[float, float]


def lead_tours(
    store: Store,
    days: Sequence[WeekDay],
    wishes: Wishes,
    stays: Mapping[tuple[int, str], Stay],
    *,
    travel: TravelTimes,
    rules: RemoteRules,
) -> Stays:
    """`stays` with the nights that the lead has decided on, as far as they touch these days.

    The crew is the one named, that which is out there already, or that for which the way there and
    back costs least. A tour whose crew does not work on all its days here is left out: its people
    are visited on day trips.
    """
    found = dict(stays)
    tours = {one.decision_id: one for one in wishes.decided.values()
             if one.decision.kind == OVERNIGHT}  # fmt: skip
    for one in tours.values():
        start = one.decision.day or date.min
        wanted = [start + timedelta(days=k) for k in range(one.decision.nights + 1)]
        numbers = {day: k for k, day in enumerate(d.ranking.day for d in days)}
        if not any(day in numbers for day in wanted):
            continue
        spot = _amid(days, one, travel)
        crew = _tour_crew(days, one, wanted, found, spot, travel) if spot else None
        if spot is None or crew is None:
            continue
        bed = lodging_at(store, spot, rules)
        for k, day in enumerate(wanted):
            if day not in numbers:
                continue
            at = numbers[day], crew
            known = found.get(at, Stay())
            bed = known.slept or bed
            found[at] = Stay(
                known.slept or (bed if k and day - timedelta(days=1) in numbers else None),
                known.sleeps or (bed if k < one.decision.nights else None),
            )
    return found


def _amid(days: Sequence[WeekDay], one: Decided, travel: TravelTimes) -> Spot | None:
    """Of the people's addresses the one with the least way to the others."""
    spots: dict[str, Spot] = {}
    wanted = frozenset(one.people)
    for day in days:
        table = day.ranking.table
        for c in sorted(day.choice.candidates, key=lambda c: -c.value):
            who = table.debtor_ids[c.row]
            if who in wanted:
                spots.setdefault(who, spot_of(table, c.row, c.address))
    if not spots:
        return None
    people = sorted(spots)
    lat, lon = np.array([spots[who].at for who in people], np.float64).T
    _, seconds = travel.matrix(lat, lon)
    return spots[people[int((seconds.sum(axis=0) + seconds.sum(axis=1)).argmin())]]


def spot_of(table: FactTable, row: int, address: int) -> Spot:
    """An address row of the columns as a spot of the person in `row`."""
    at = float(table.address_lat[address]), float(table.address_lon[address])
    return Spot(table.debtor_ids[row], table.address_ids[address], at)


def _tour_crew(
    days: Sequence[WeekDay],
    one: Decided,
    wanted: Sequence[date],
    stays: Mapping[tuple[int, str], Stay],
    spot: Spot,
    travel: TravelTimes,
) -> str | None:
    """Who makes the lead's tour, None where nobody can."""
    mine = [(k, day) for k, day in enumerate(days) if day.ranking.day in wanted]
    able = set.intersection(*({c.crew_id for c in day.choice.crews} for _, day in mine))
    number, first = mine[0]
    if first.ranking.day > wanted[0]:  # it has begun: whoever sleeps there
        out = [crew for crew in able if (number, crew) in stays and stays[number, crew].slept]
        return min(out, default=None)
    if one.decision.crew_id:
        return one.decision.crew_id if one.decision.crew_id in able else None
    crews = tuple(c for c in first.choice.crews if c.crew_id in able)
    free = tuple(c for c in crews if not any((k, c.crew_id) in stays for k, _ in mine))
    return cheapest_first(first, free, spot.at, travel)[0].crew_id if free else None


def cheapest_first(
    day: WeekDay, crews: tuple[Crew, ...], spot: tuple[float, float], travel: TravelTimes
) -> list[Crew]:
    """The crews by what the way to `spot` and back costs them."""
    lat = np.array([*(c.lat for c in crews), spot[0]], np.float64)
    lon = np.array([*(c.lon for c in crews), spot[1]], np.float64)
    ways = ways_between(travel, lat, lon, crews)
    _, cost = far_tables(ways, crews, day.ranking.params)
    price = cost[: len(crews), -1] + cost[-1, : len(crews)]
    return [crews[k] for k in np.argsort(price, kind="stable").tolist()]


def lodging_at(store: Store, spot: Spot, rules: RemoteRules) -> Lodging:
    """A bed in the township of this address; the price is the usual one of a night."""
    with store.read() as conn:
        known = load_debtors(conn, [spot.debtor_id])[spot.debtor_id].addresses
    names = [one.township for one in known if one.address_id == spot.address_id]
    return Lodging(names[0], *spot.at, rules.lodging)
