"""Travel between places: metres on the road and seconds at the wheel.

`TravelTimes` is what planning asks; `StraightLine` is the provider that is always there. Its
figures are estimates (`planner.domain.ground` names their source and error) and say so.
`planner.geo.road_travel.RoadTravel` travels on roads and falls back to `StraightLine` leg by leg.
"""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from planner.domain.facts import F64, I64
from planner.domain.ground import PLAIN, Roads, crow_metres, roads_of, whole
from planner.domain.work import Mode

Bools = npt.NDArray[np.bool_]
_ROWS = 512  # rows of a matrix made at a time: bounds the memory


class TravelTimes(Protocol):
    """A source of travel distances and times between WGS-84 places."""

    @property
    def estimated(self) -> bool:
        """True when all figures come from distance alone, not from roads."""

    def matrix(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> tuple[I64, I64]:
        """(metres, seconds), both int64 [k, k], from row to column; zero on the diagonal."""

    def legs_estimated(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> Bools:
        """bool [k, k]: which figures of `matrix` come from distance alone; False on the diagonal.

        Asked right after `matrix` for the same places it costs nothing; for the k places of one
        round a few milliseconds.
        """

    def shape(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> list[F64 | None]:
        """The way of a round through k places: k - 1 legs, each [n, 2] degrees (lat, lon).

        A leg begins and ends at its places; None where it is estimated (draw a straight line).
        """


@dataclass(frozen=True, slots=True)
class StraightLine:
    """Straight line times detour, at a speed by distance and mode; symmetric."""

    roads: Roads = PLAIN
    estimated: ClassVar[bool] = True

    def matrix(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> tuple[I64, I64]:
        """(metres, seconds) between all pairs of k places.

        Raises ValueError when a position is missing (NaN): such a place cannot be planned.
        """
        if np.isnan(lat).any() or np.isnan(lon).any():
            raise ValueError("a place without a position has no travel time")
        k = len(lat)
        metres, seconds = np.empty((k, k), np.int64), np.empty((k, k), np.int64)
        for first in range(0, k, _ROWS):
            rows = slice(first, first + _ROWS)
            metres[rows], seconds[rows] = self.legs(
                lat[rows, None], lon[rows, None], lat, lon, mode
            )
        return metres, seconds

    def legs_estimated(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> Bools:
        """All of them, bool [k, k]."""
        return ~np.eye(len(lat), dtype=np.bool_)

    def shape(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> list[F64 | None]:
        """No leg has a known way."""
        return [None] * max(0, len(lat) - 1)

    def legs(
        self, lat1: F64, lon1: F64, lat2: F64, lon2: F64, mode: Mode = Mode.CAR
    ) -> tuple[I64, I64]:
        """(metres, seconds) of single legs; the arguments broadcast."""
        roads = roads_of(self.roads, mode)
        road = roads.metres(crow_metres(lat1, lon1, lat2, lon2))
        return whole(road), whole(roads.seconds(road))


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Geodesic metres on WGS-84 between two (lat, lon): exact, but slow; for single pairs."""
    from geopy.distance import geodesic  # brings the online geocoders along: not at every start

    return float(geodesic(a, b).meters)
