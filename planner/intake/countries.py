"""Where the positions of a country lie: resources/countries.toml."""

import functools
import tomllib

from planner.paths import resources

WORLD = "001"  # Unicode's code: the country is unknown, any position on Earth will do
Box = tuple[float, float, float, float]  # south, north, west, east in degrees
_EARTH: tuple[Box, ...] = ((-90.0, 90.0, -180.0, 180.0),)


@functools.cache
def extents() -> dict[str, tuple[Box, ...]]:
    """The boxes of each country (ISO 3166 alpha-2) that the program knows."""
    told = tomllib.loads((resources() / "countries.toml").read_text("utf-8"))
    return {
        country: tuple((south, north, west, east) for south, north, west, east in boxes)
        for country, boxes in told.items()
    }


def known_country(country: str) -> str:
    """`country` where the program knows how far it reaches, else WORLD."""
    return country if country in extents() else WORLD


def inside(country: str, lat: float, lon: float) -> bool:
    """Whether a position can lie in `country`; anywhere on Earth in one that is not known."""
    for south, north, west, east in extents().get(country, _EARTH):
        if south <= lat <= north and west <= lon <= east:
            return True
    return False
