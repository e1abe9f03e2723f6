"""Small maps drawn by code for tests, as extracts in the form of OpenStreetMap."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Relation, Way

from planner.geo.road_contract import make_graph
from planner.geo.road_graph import RoadGraph, kind_of, read_raw

MIDDLE = (32.5, 107.3)  # degrees (lat, lon) of the point 0, 0
Spot = tuple[float, float]  # metres east, metres north of MIDDLE
_DEGREE = 111_195.08  # metres, on the sphere of planner.domain.ground


def degrees(spot: Spot) -> tuple[float, float]:
    """(lat, lon) of a spot."""
    east, north = spot
    lat = MIDDLE[0] + north / _DEGREE
    return round(lat, 7), round(MIDDLE[1] + east / _DEGREE / math.cos(math.radians(MIDDLE[0])), 7)


def write_sketch(
    path: Path,
    spots: Mapping[int, Spot],
    ways: Sequence[tuple[Sequence[int], Mapping[str, str]]],
    *,
    node_tags: Mapping[int, Mapping[str, str]] | None = None,
    relations: Sequence[tuple[Sequence[tuple[str, int, str]], Mapping[str, str]]] = (),
) -> Path:
    """Write nodes at `spots` and ways numbered from 1 in their order; returns `path`."""
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, spot in sorted(spots.items()):
            lat, lon = degrees(spot)
            tags = (node_tags or {}).get(number, {})
            writer.add_node(Node(id=number, version=1, location=(lon, lat), tags=dict(tags)))
        for number, (nodes, tags) in enumerate(ways, 1):
            writer.add_way(Way(id=number, version=1, nodes=list(nodes), tags=dict(tags)))
        for number, (members, tags) in enumerate(relations, 1):
            writer.add_relation(
                Relation(id=number, version=1, members=list(members), tags=dict(tags))
            )
    return path


def graph_of(path: Path) -> RoadGraph:
    """The road graph of an extract."""
    return make_graph(read_raw(str(path), kind_of(path.name)), path.name)


RIVER_ROWS = range(-12, 13, 2)  # km north
RIVER_COLUMNS = (-12, -8, -4, -2, -0.4, 0.4, 2, 4, 8, 12)  # km east; the river runs at 0


def river_county(path: Path) -> Path:
    """A county 24 km each way, parted by a river from south to north with one bridge in the north.

    Straight roads 2 km apart from west to east and along RIVER_COLUMNS from south to north. At the
    southern end the banks lie 800 m apart, and some 49 km by road.
    """
    number = {
        (x, y): 1 + i * len(RIVER_ROWS) + j
        for i, x in enumerate(RIVER_COLUMNS)
        for j, y in enumerate(RIVER_ROWS)
    }
    ways: list[tuple[list[int], dict[str, str]]] = []
    country = {"highway": "tertiary", "surface": "concrete"}
    for y in RIVER_ROWS:
        for bank in (RIVER_COLUMNS[:5], RIVER_COLUMNS[5:]):
            ways.append(([number[x, y] for x in bank], country))
    ways += [([number[x, y] for y in RIVER_ROWS], country) for x in RIVER_COLUMNS]
    ways.append(([number[-0.4, 12], number[0.4, 12]], country | {"bridge": "yes"}))
    water = max(number.values())
    spots = {n: (x * 1000.0, y * 1000.0) for (x, y), n in number.items()}
    course = list(range(water + 1, water + 28))
    spots |= {n: (0.0, (i - 13) * 1000.0) for i, n in enumerate(course)}
    ways.append((course, {"waterway": "river"}))
    return write_sketch(path, spots, ways)
