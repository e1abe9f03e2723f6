"""Chinese map datums against WGS-84: GCJ-02 (most web maps) and BD-09 (Baidu).

GCJ-02 is the widely published approximation of the official shift; it agrees with what web maps
draw to some metres. BD-09 is a turn and a stretch on top of it. Both inverses are found by fixed
point iteration, so that there and back is less than a millimetre inside the country.

Outside `AREA` both are defined as WGS-84, and a position passes unchanged. Inside it the shift
applies wherever somebody said that a position is in such a datum, on this or that side of a
border: what a file says is the user's choice, never guessed from the figures.
"""

import math
from collections.abc import Callable
from typing import Final

WGS84, GCJ02, BD09 = DATUMS = ("wgs84", "gcj02", "bd09")
# Where the published shift is in force: south, north, west, east in degrees.
AREA: Final = (0.8293, 55.8271, 72.004, 137.8347)

_AXIS, _ECCENTRICITY = 6378245.0, 0.00669342162296594323  # Krasovsky 1940
_BAIDU = math.pi * 3000.0 / 180.0
_ENOUGH = 1e-10  # degrees: a hundredth of a millimetre
_MOST_ROUNDS = 30  # some eight are needed
Spot = tuple[float, float]


def to_wgs84(datum: str, lat: float, lon: float) -> Spot:
    """(lat, lon) in WGS-84 degrees of a position in `datum`; KeyError for an unknown one."""
    return _invert(_FORWARD[datum], lat, lon)


def from_wgs84(datum: str, lat: float, lon: float) -> Spot:
    """(lat, lon) in `datum` of a WGS-84 position; KeyError for an unknown datum."""
    return _FORWARD[datum](lat, lon)


def shifted(lat: float, lon: float) -> bool:
    """Whether the Chinese datums differ from WGS-84 at this position at all."""
    south, north, west, east = AREA
    return south <= lat <= north and west <= lon <= east


def _same(lat: float, lon: float) -> Spot:
    return lat, lon


def _gcj(lat: float, lon: float) -> Spot:
    if not shifted(lat, lon):
        return lat, lon
    north, east = _shift(lat, lon)
    return lat + north, lon + east


def _baidu(lat: float, lon: float) -> Spot:
    if not shifted(lat, lon):
        return lat, lon
    lat, lon = _gcj(lat, lon)
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BAIDU)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BAIDU)
    return radius * math.sin(angle) + 0.006, radius * math.cos(angle) + 0.0065


_FORWARD: Final[dict[str, Callable[[float, float], Spot]]] = {
    WGS84: _same, GCJ02: _gcj, BD09: _baidu,
}  # fmt: skip


def _invert(forward: Callable[[float, float], Spot], lat: float, lon: float) -> Spot:
    """What `forward` takes to (lat, lon): the shift changes so slowly that each round of correcting
    the guess by what is missing gains two digits. At the edge of AREA, where it jumps, the last
    guess stands."""
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
