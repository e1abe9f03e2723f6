"""Chinese map datums to WGS-84: GCJ-02 (most web maps) and BD-09 (Baidu).

The shift between GCJ-02 and WGS-84 is the widely published approximation; inverting it by fixed
point iteration is exact to well under a metre, the approximation itself to some metres.
"""

import math

from planner.intake.values import Bad, narrow

_AXIS, _ECCENTRICITY = 6378245.0, 0.00669342162296594323  # Krasovsky 1940
_BAIDU = math.pi * 3000.0 / 180.0
NAMES = {
    "": "wgs84", "wgs84": "wgs84", "wgs-84": "wgs84", "epsg:4326": "wgs84", "gps": "wgs84",
    "cgcs2000": "wgs84", "gcj02": "gcj02", "gcj-02": "gcj02", "高德": "gcj02", "腾讯": "gcj02",
    "火星坐标": "gcj02", "bd09": "bd09", "bd-09": "bd09", "百度": "bd09",
}  # fmt: skip


def datum_of(text: str) -> str:
    """ "wgs84", "gcj02" or "bd09" for the words of a cell; Bad when unknown."""
    word = narrow(text).casefold()
    if word not in NAMES:
        raise Bad("datum_unknown")
    return NAMES[word]


def to_wgs84(datum: str, lat: float, lon: float) -> tuple[float, float]:
    """(lat, lon) in WGS-84 degrees of a position in `datum`, rounded to a millionth."""
    if datum == "bd09":
        lat, lon = _from_baidu(lat, lon)
    if datum in ("bd09", "gcj02"):
        lat, lon = _from_gcj(lat, lon)
    return round(lat, 6), round(lon, 6)


def _from_baidu(lat: float, lon: float) -> tuple[float, float]:
    x, y = lon - 0.0065, lat - 0.006
    z = math.hypot(x, y) - 0.00002 * math.sin(y * _BAIDU)
    theta = math.atan2(y, x) - 0.000003 * math.cos(x * _BAIDU)
    return z * math.sin(theta), z * math.cos(theta)


def _from_gcj(lat: float, lon: float) -> tuple[float, float]:
    guess_lat, guess_lon = lat, lon
    for _ in range(4):
        north, east = shift(guess_lat, guess_lon)
        guess_lat, guess_lon = lat - north, lon - east
    return guess_lat, guess_lon


def shift(lat: float, lon: float) -> tuple[float, float]:
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
