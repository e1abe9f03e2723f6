"""Web Mercator (EPSG:3857) in units of 1/256 of the world at zoom 0."""

import functools
import math

WORLD = 256.0
EQUATOR = 40_075_016.686  # metres


@functools.lru_cache(maxsize=16_384)  # the same marks are painted again and again
def project(lat: float, lon: float) -> tuple[float, float]:
    """(x, y) of a WGS-84 position; y grows southward."""
    sine = math.sin(math.radians(max(-85.0, min(85.0, lat))))
    y = 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)
    return WORLD * (lon / 360 + 0.5), WORLD * y


def unproject(x: float, y: float) -> tuple[float, float]:
    """(lat, lon) of a projected point: the inverse of `project`."""
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / WORLD))))
    return lat, (x / WORLD - 0.5) * 360


def metres_per_pixel(lat: float, zoom: float) -> float:
    """Metres that one pixel spans at this latitude."""
    return float(EQUATOR * math.cos(math.radians(lat)) / (WORLD * 2.0**zoom))
