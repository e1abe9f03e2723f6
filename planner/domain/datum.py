"""Chinese map datums against WGS-84: GCJ-02 (most web maps) and BD-09 (Baidu).

GCJ-02 is the widely published approximation of the official shift; it agrees with what web maps
draw to some metres. BD-09 is a turn and a stretch on top of it. Both inverses are found by fixed
point iteration, so that there and back is less than a millimetre inside the country.

Outside the country both are WGS-84, and a position passes unchanged, whatever it is said to be:
that is how the web maps of China draw their neighbours. `OUTLINE` says where that is: coarse (some
20 km beyond the border, so that no place in the country is left out), made by hand for this
program. Inside it the shift applies where somebody said that a position is in such a datum; it is
never guessed from the figures.
"""

import math
from collections.abc import Callable
from typing import Final

WGS84, GCJ02, BD09 = DATUMS = ("wgs84", "gcj02", "bd09")
# Where the shift is in force: corners (latitude, longitude) of a polygon, in degrees.
OUTLINE: Final = (
    (39.6, 73.3), (38.4, 74.4), (37.2, 74.4), (36.7, 75.5), (35.7, 76.4), (35.4, 77.8),
    (34.6, 78.1), (33.6, 78.6), (32.5, 79.3), (31.9, 78.6), (31.1, 78.9), (30.3, 80.3),
    (30.1, 81.2), (29.8, 82.3), (29.2, 83.6), (28.8, 84.3), (28.4, 85.1), (28.2, 85.4),
    (27.9, 86), (27.9, 86.9), (27.8, 87.9), (27.9, 88.7), (27.3, 88.75), (27.2, 88.95),
    (27.9, 89.3), (28.1, 90.2), (27.9, 91.3), (27.7, 91.7), (27.9, 92.5), (28.4, 93.5),
    (28.9, 94.6), (29.1, 95.6), (28.3, 96.8), (28.2, 97.5), (28.2, 97.9), (27.6, 98.2),
    (26.5, 98.5), (25.7, 98.5), (25.3, 97.9), (24.8, 97.5), (23.85, 97.5), (23.9, 98.4),
    (23.4, 98.8), (22.9, 99), (22.1, 99.1), (21.9, 99.8), (21.4, 100.1), (21.35, 100.7),
    (21.1, 101.6), (21.1, 101.9), (22.3, 101.7), (22.3, 102.3), (22.5, 103.1), (22.45, 104),
    (22.7, 104.8), (23.25, 105.3), (23.1, 105.8), (22.8, 106.3), (22.7, 106.7), (22.1, 106.6),
    (21.8, 106.7), (21.5, 107.4), (21.4, 108), (20.3, 108), (18, 108.2), (17.8, 110),
    (19.5, 111.6), (21, 112.2), (22, 114.5), (22.3, 116), (23.2, 117.8), (24.2, 118.7),
    (25.2, 120.1), (26.2, 120.4), (28, 122.3), (30, 123.3), (31.6, 122.8), (33.5, 121.6),
    (35, 120.3), (36, 121.2), (36.7, 123.1), (37.6, 123.2), (38.8, 122.9), (39.6, 124.1),
    (40.05, 124.45), (40.6, 125.2), (41, 126.35), (41.5, 126.9), (41.35, 127.3), (41.3, 128.2),
    (41.9, 128.25), (42, 129.1), (42.3, 129.75), (42.85, 129.95), (42.4, 130.5), (42.4, 130.75),
    (43, 131.2), (44.4, 131.4), (44.8, 131.7), (44.9, 132), (45.1, 133.1), (45.7, 133.6),
    (46.7, 134.15), (48.1, 134.9), (48.4, 134.8), (48.4, 134.2), (47.9, 132.7), (47.9, 131.2),
    (48.9, 130.75), (49.3, 129.6), (49.5, 128.9), (50.15, 127.6), (51, 127.1), (52.6, 126.5),
    (53.1, 125.6), (53.7, 123.5), (53.6, 121.9), (53.3, 120.7), (52.6, 119.9), (51.6, 119.8),
    (50.3, 118.9), (49.6, 117.8), (50, 116.7), (48.9, 115.9), (47.9, 115.4), (47.5, 116.2),
    (48.1, 117.8), (47.8, 118.7), (47.3, 119.6), (46.8, 119.7), (46.6, 117.7), (46.4, 116.4),
    (45.7, 115.3), (45.2, 114.2), (44.9, 112.8), (44.5, 111.6), (43.8, 111.75), (43.3, 111.3),
    (42.7, 109.6), (42.6, 107.5), (41.9, 105.1), (42.2, 103.3), (42.8, 101), (42.8, 96.4),
    (44.4, 95.3), (45.3, 91.7), (45.3, 90.9), (46.6, 91.1), (48, 90.3), (48.3, 89), (49.3, 88),
    (49.3, 86.8), (48.4, 86.3), (47.6, 85.3), (47, 85.5), (47.4, 83.1), (46.5, 82.5),
    (45.6, 82.3), (45.3, 81.9), (45.4, 80.7), (44.8, 79.8), (44.2, 80.25), (43.3, 80.5),
    (42.3, 79.9), (41.4, 78.4), (41.2, 77.6), (40.5, 76.3), (40.8, 75.4), (40.4, 74.4),
    (39.9, 73.6),
)  # fmt: skip
# Boxes well inside it (south, north, west, east), which spare most positions the polygon.
_CORE: Final = ((27.0, 41.0, 99.0, 117.0), (23.4, 27.0, 106.0, 117.0))

_AXIS, _ECCENTRICITY = 6378245.0, 0.00669342162296594323  # Krasovsky 1940
_BAIDU = math.pi * 3000.0 / 180.0
_ENOUGH = 1e-10  # degrees: a hundredth of a millimetre
_MOST_ROUNDS = 30  # some eight are needed
Spot = tuple[float, float]


def to_wgs84(datum: str, lat: float, lon: float) -> Spot:
    """(lat, lon) in WGS-84 degrees of a position in `datum`; KeyError for an unknown one."""
    forward = _FORWARD[datum]
    return _invert(forward, lat, lon) if datum != WGS84 and shifted(lat, lon) else (lat, lon)


def from_wgs84(datum: str, lat: float, lon: float) -> Spot:
    """(lat, lon) in `datum` of a WGS-84 position; KeyError for an unknown datum."""
    forward = _FORWARD[datum]
    return forward(lat, lon) if datum != WGS84 and shifted(lat, lon) else (lat, lon)


def shifted(lat: float, lon: float) -> bool:
    """Whether the Chinese datums differ from WGS-84 at this position at all."""
    for south, north, west, east in _CORE:
        if south <= lat <= north and west <= lon <= east:
            return True
    inside = False
    before_lat, before_lon = OUTLINE[-1]
    for at_lat, at_lon in OUTLINE:  # how many edges lie east of it: an odd number from inside
        if (before_lat > lat) != (at_lat > lat):
            share = (lat - before_lat) / (at_lat - before_lat)
            inside ^= lon < before_lon + share * (at_lon - before_lon)
        before_lat, before_lon = at_lat, at_lon
    return inside


def _same(lat: float, lon: float) -> Spot:
    return lat, lon


def _gcj(lat: float, lon: float) -> Spot:
    north, east = _shift(lat, lon)
    return lat + north, lon + east


def _baidu(lat: float, lon: float) -> Spot:
    lat, lon = _gcj(lat, lon)
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BAIDU)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BAIDU)
    return radius * math.sin(angle) + 0.006, radius * math.cos(angle) + 0.0065


_FORWARD: Final[dict[str, Callable[[float, float], Spot]]] = {
    WGS84: _same, GCJ02: _gcj, BD09: _baidu,
}  # fmt: skip


def _invert(forward: Callable[[float, float], Spot], lat: float, lon: float) -> Spot:
    """What `forward` takes to (lat, lon): the shift changes so slowly that each round of correcting
    the guess by what is missing gains two digits."""
    guess_lat, guess_lon = lat, lon
    for _ in range(_MOST_ROUNDS):
        there_lat, there_lon = forward(guess_lat, guess_lon)
        miss_lat, miss_lon = lat - there_lat, lon - there_lon
        guess_lat, guess_lon = guess_lat + miss_lat, guess_lon + miss_lon
        if max(abs(miss_lat), abs(miss_lon)) < _ENOUGH:
            break
    return guess_lat, guess_lon


def _shift(lat: float, lon: float) -> Spot:
    """By how many degrees GCJ-02 lies north and east of WGS-84 at a WGS-84 position."""
    x, y = lon - 105.0, lat - 35.0
    wave = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + wave
    north += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + wave
    east += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (
        (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    )
    sine = math.sin(math.radians(lat))
    magic = 1 - _ECCENTRICITY * sine * sine
    root = math.sqrt(magic)
    north = math.degrees(north / (_AXIS * (1 - _ECCENTRICITY) / (magic * root)))
    east = math.degrees(east / (_AXIS / root * math.cos(math.radians(lat))))
    return north, east
