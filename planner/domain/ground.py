"""Distance over ground and what the road makes of it, without a map (numpy, floor 0).

Straight-line distance is taken on a sphere of the mean Earth radius (haversine: within 0.56 % of
the WGS-84 geodesic). A detour factor and a speed, both by distance, turn it into road metres and
driving seconds. Factors: measured road / straight-line ratios of four road networks (lowland,
alpine valley, mountain, large city) fall with distance by about 1.32 : 1.15 : 1.05 : 1; they are
scaled to the usual planning factors at long range, 1.3 in plains, 1.5 in hills, 1.7 in mountains.
Expect 15-20 % mean error and more for single short legs. No Chinese road data was among them.
Speeds: city traffic 22-24 km/h, 35 around the town, 48 on country roads, 60-75 on long legs.
Motorcycles are a little faster in traffic and slower on long legs. On foot: paths are shorter than
roads, 4.5 km/h up to a kilometre; farther away it is walk, wait and bus, door to door 9 to 22 km/h
(assumption, between usual walking speeds and the travel speeds of town and country buses).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.domain.facts import F64, I64
from planner.domain.work import Mode

EARTH_METRES: Final = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Roads:
    """Detour by straight-line km and speed by road km, linear between the nodes, flat outside."""

    detour_km: tuple[float, ...] = (1.0, 3.5, 7.5, 15.0)
    detour: tuple[float, ...] = (1.7, 1.5, 1.37, 1.3)
    speed_km: tuple[float, ...] = (2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
    speed_kmh: tuple[float, ...] = (22.0, 24.0, 35.0, 48.0, 60.0, 75.0)

    def metres(self, crow: F64) -> F64:
        """Road metres of straight-line metres; rises with `crow`."""
        factor: F64 = np.interp(crow, np.array(self.detour_km) * 1000, self.detour)
        return crow * factor

    def seconds(self, road: F64) -> F64:
        """Driving seconds of road metres; rises with `road`."""
        speed: F64 = np.interp(road, np.array(self.speed_km) * 1000, self.speed_kmh)
        return road * 3.6 / speed


PLAIN: Final = Roads()
HILLS: Final = Roads(detour=(1.95, 1.72, 1.58, 1.5))
MOUNTAINS: Final = Roads(detour=(2.2, 1.95, 1.79, 1.7))
TERRAINS: Final[dict[str, Roads]] = {"plain": PLAIN, "hills": HILLS, "mountains": MOUNTAINS}
# What differs from the car, by mode: speeds, the detour as a share of the car's, and the price of a
# kilometre as a share of the car's where a crew has none of its own (assumptions).
_SPEEDS: Final[dict[Mode, tuple[tuple[float, ...], tuple[float, ...]]]] = {
    Mode.MOTORCYCLE: ((2.0, 5.0, 10.0, 20.0, 50.0, 100.0), (24.0, 27.0, 35.0, 43.0, 48.0, 50.0)),
    Mode.FOOT: ((1.0, 3.0, 10.0, 30.0), (4.5, 9.0, 15.0, 22.0)),
}
_DETOUR: Final = {Mode.MOTORCYCLE: 1.0, Mode.FOOT: 0.9}
PRICE_SHARE: Final = {Mode.CAR: 1.0, Mode.MOTORCYCLE: 0.4, Mode.FOOT: 0.25}


def roads_of(roads: Roads, mode: Mode) -> Roads:
    """`roads` as somebody travels them who goes by `mode`; by car as they are."""
    if mode is Mode.CAR:
        return roads
    km, kmh = _SPEEDS[mode]
    detour = tuple(max(1.0, factor * _DETOUR[mode]) for factor in roads.detour)
    return Roads(roads.detour_km, detour, km, kmh)


def crow_metres(lat1: F64, lon1: F64, lat2: F64, lon2: F64) -> F64:
    """Great-circle metres between WGS-84 degrees; arguments broadcast."""
    a, b = np.radians(lat1), np.radians(lat2)
    turn = np.radians(lon2 - lon1)
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(turn / 2) ** 2
    metres: F64 = 2 * EARTH_METRES * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return metres


def on_sphere(lat: F64, lon: F64) -> F64:
    """Points [n, 3] in metres on the sphere: chords stand for distances in search trees.

    A chord is shorter than its arc by less than 1 in 10^5 up to 30 km.
    """
    a, b = np.radians(lat), np.radians(lon)
    points: F64 = EARTH_METRES * np.stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)])
    return np.ascontiguousarray(points.T)


def whole(values: F64) -> I64:
    """Rounded to int64 (half to even)."""
    return np.rint(values).astype(np.int64)
