"""The lines that rounds draw on a map: along the roads where they are known."""

from itertools import pairwise

import numpy as np

from planner.actions.travel import travel_of
from planner.domain.plan import Plan, Route
from planner.domain.work import USUAL, Mode
from planner.geo.travel import TravelTimes
from planner.store.crews import load_crews
from planner.store.store import Store

Line = tuple[tuple[float, float], ...]  # (lat, lon)


def route_lines(store: Store, plan: Plan, travel: TravelTimes | None = None) -> dict[str, Line]:
    """The way of each round from bed to bed, by crew id; crews of which no leg runs on known roads
    are left out. Legs that are estimated are straight."""
    travel = travel or travel_of(store)
    if travel.estimated:
        return {}
    with store.read() as conn:
        modes = {crew.crew_id: crew.work.mode for crew in load_crews(conn)}
    found = {}
    for route in plan.routes:
        line = _line(route, travel, modes.get(route.crew_id, USUAL.mode))
        if line:
            found[route.crew_id] = line
    return found


def _line(route: Route, travel: TravelTimes, mode: Mode) -> Line:
    places = (route.begin, *((stop.lat, stop.lon) for stop in route.stops), route.finish)
    if not route.stops and route.begin == route.finish:
        return ()
    lat, lon = np.array(places, np.float64).T
    legs = travel.shape(lat, lon, mode)
    if all(leg is None for leg in legs):
        return ()
    spots: list[tuple[float, float]] = [places[0]]
    for leg, (_, there) in zip(legs, pairwise(places), strict=True):
        if leg is not None:
            spots += [(a, b) for a, b in leg.tolist()[1:]]
        if spots[-1] != there:
            spots.append(there)
    return tuple(spots)
