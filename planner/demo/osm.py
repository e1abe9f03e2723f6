"""The fictional prefecture as an OpenStreetMap extract: what the demo's map and roads are made of.

The very roads and places of `planner.demo.prefecture`, at the positions of the cases of the demo
(WGS-84, five decimals), under the tags of OpenStreetMap. Nothing is taken from OpenStreetMap.
"""

from collections.abc import Iterator
from pathlib import Path

import osmium
from osmium.io import Header
from osmium.osm import Box, Location
from osmium.osm.mutable import Node, Way

from planner.demo.names import MARK
from planner.demo.prefecture import SIZES, Place, Prefecture
from planner.demo.roads import Point, Road
from planner.demo.terrain import CELL, COLUMNS, ROWS, to_degrees

Tags = dict[str, str]
# Kind of a demo place -> value of `place`, people (assumptions: ranks for the map's labels).
_PLACES = {
    "city": ("city", 420_000),
    "county": ("town", 60_000),
    "town": ("village", 6_000),
    "village": ("hamlet", 600),
}
_SURFACES = {
    "primary": "asphalt",
    "secondary": "asphalt",
    "tertiary": "concrete",
    "residential": "concrete",
    "track": "gravel",
}
_LIMITS = {"primary": "80", "secondary": "60"}  # country roads; in towns `_TOWN_LIMIT`
_TOWN_LIMIT = "50"


def write_osm(path: Path, land: Prefecture) -> None:
    """Write `land` to `path`, whose ending names the form (`.osm.pbf`); overwrites it.

    Nodes that several roads share are junctions. The same prefecture gives the same bytes. Raises
    RuntimeError when the file cannot be written.
    """
    header = Header()
    header.set("generator", f"fairvisit demo {MARK}")
    south, west = to_degrees(0.0, 0.0)
    north, east = to_degrees(COLUMNS * CELL, ROWS * CELL)
    header.add_box(Box(Location(west, south), Location(east, north)))
    spots: dict[Point, int] = {}
    ways: list[tuple[list[int], Tags]] = []
    for road, tags in _lines(land):
        ways.append(([spots.setdefault(point, len(spots) + 1) for point in road], tags))
    with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
        for point, number in spots.items():
            writer.add_node(Node(id=number, version=1, location=_location(point)))
        for number, place in enumerate(land.places, len(spots) + 1):
            tags = _about(place)
            spot = _location((place.x, place.y))
            writer.add_node(Node(id=number, version=1, location=spot, tags=tags))
        for number, (nodes, tags) in enumerate(ways, 1):
            writer.add_way(Way(id=number, version=1, nodes=nodes, tags=tags))


def _location(point: Point) -> tuple[float, float]:
    """(lon, lat) as the writer wants it."""
    lat, lon = to_degrees(*point)
    return lon, lat


def _about(place: Place) -> Tags:
    kind, people = _PLACES[place.kind]
    names = {"name": place.name, "name:zh": place.name}
    return {"place": kind, **names, "population": str(people), "fictional": "yes"}


def _lines(land: Prefecture) -> Iterator[tuple[tuple[Point, ...], Tags]]:
    """Streets and built-up outlines settlement by settlement, then the roads between them."""
    at = 0
    for place in land.places:
        count = SIZES[place.kind][0]
        lines = land.roads[at : at + 2 * count]
        at += len(lines)
        for number, road in enumerate(lines):
            yield road.points, _street(road, place.kind, number)
        if count > 2:
            yield _outline(place.corners, count), {"landuse": "residential"}
    for road in land.roads[at:]:
        tags = {"highway": road.rank, "surface": _SURFACES[road.rank]}
        if road.rank in _LIMITS:
            tags["maxspeed"] = _LIMITS[road.rank]
        yield road.points, tags


def _street(road: Road, kind: str, number: int) -> Tags:
    """Tags of a settlement's line `number`; odd ones cross the even ones, so that every crossing
    of the city keeps a street of two ways."""
    tags = {"highway": road.rank, "surface": _SURFACES[road.rank]}
    if road.rank in _LIMITS:
        tags["maxspeed"] = _TOWN_LIMIT
    elif kind == "city" and number % 8 == 3:
        tags["oneway"] = "yes"
    elif kind == "city" and number % 8 == 7:
        tags["oneway"] = "-1"
    return tags


def _outline(corners: tuple[Point, ...], count: int) -> tuple[Point, ...]:
    """The ring of crossings around a grid of `count` x `count` streets, closed."""
    rows = [corners[i * count : (i + 1) * count] for i in range(count)]
    ring = [*rows[0], *(row[-1] for row in rows[1:]), *rows[-1][-2::-1]]
    return (*ring, *(row[0] for row in rows[-2::-1]))
