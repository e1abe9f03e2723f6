"""Bundles of a day's remote people: who belongs together, priced in the money of the crews."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from planner.actions.rank import Ranking
from planner.actions.waiting import Standing
from planner.actions.ways import far_tables, ways_between
from planner.domain.facts import I64
from planner.domain.people import Crew
from planner.geo.travel import TravelTimes
from planner.routing.remote import Bundle, bundles
from planner.routing.remote_trip import Far, RemoteRules, Trip


def remote_bundles(
    ranking: Ranking,
    crews: tuple[Crew, ...],
    everybody: Standing,
    travel: TravelTimes,
    rules: RemoteRules,
    *,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Bundle, ...]:
    """The bundles of those of `everybody` who are remote, richest first; rows are `everybody`'s."""
    at = np.flatnonzero(everybody.away)
    table, places = ranking.table, everybody.places[at]
    lat = np.array([*(c.lat for c in crews), *table.address_lat[places]], np.float64)
    lon = np.array([*(c.lon for c in crews), *table.address_lon[places]], np.float64)
    seconds, cost = far_tables(ways_between(travel, lat, lon, crews), crews, ranking.params)
    far = Far(
        everybody.value[at], everybody.service[at], everybody.waited[at], seconds, cost, len(crews)
    )
    found = bundles(far, rules, on_progress=on_progress, cancelled=cancelled)
    return tuple(_in_rows(one, at) for one in found)


def _in_rows(one: Bundle, at: I64) -> Bundle:
    """A bundle of the rows `at` with the rows themselves."""

    def placed(trip: Trip | None) -> Trip | None:
        return trip and replace(
            trip,
            visits=tuple(at[list(trip.visits)].tolist()),
            orders=tuple(tuple(at[list(order)].tolist()) for order in trip.orders),
            bed=None if trip.bed is None else int(at[trip.bed]),
        )

    rows = tuple(at[list(one.rows)].tolist())
    return replace(one, rows=rows, day=placed(one.day), night=placed(one.night))
