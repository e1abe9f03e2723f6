"""Roads and places of the workspace's map layers, reduced to what the map draws.

Whatever attributes a layer has, only class, name and position go on: a map that leaves the program
carries nothing else.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from planner.errors import PlannerError

Line = tuple[tuple[float, float], ...]  # (lat, lon) WGS-84 degrees

_ROADS = {
    "motorway": 1, "trunk": 1, "primary": 1, "secondary": 2, "tertiary": 3,
}  # fmt: skip
_PLACES = {
    "city": 1, "prefecture": 1, "county": 2, "district": 2, "county_seat": 2, "town": 3,
    "township": 3, "suburb": 3,
}  # fmt: skip
_WATER = {"water", "river", "lake", "reservoir", "stream", "canal"}
_KEYS = ("highway", "place", "waterway", "natural", "class", "kind", "type")
# Said once in the corner of the map instead of behind each name.
_INVENTED = ("（虚构）", "(fictional)")


@dataclass(frozen=True, slots=True)
class Place:
    """A named point; `rank` 1 (city) to 4 (village)."""

    name: str
    lat: float
    lon: float
    rank: int


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies under the stops: `roads[k]` holds the lines of class k + 1, main roads first."""

    roads: tuple[tuple[Line, ...], ...] = ((), (), (), ())
    rivers: tuple[Line, ...] = ()
    lakes: tuple[Line, ...] = ()
    places: tuple[Place, ...] = ()
    fictional: bool = False  # some place of it says of itself that it is invented


def read_ground(layers: Sequence[tuple[str, bytes]]) -> Ground:
    """All GeoJSON `layers` (name, bytes) as one ground; else PlannerError("map.bad_layer")."""
    roads: list[list[Line]] = [[], [], [], []]
    rivers: list[Line] = []
    lakes: list[Line] = []
    places: list[Place] = []
    fictional = False
    for name, data in layers:
        for kind, lines, label in _features(name, data):
            if kind is None:
                lat, lon = lines[0][0]
                places.append(Place(label[0], lat, lon, _PLACES.get(label[1], 4)))
                fictional |= label[2]
            elif kind == "lake":
                lakes += lines
            elif label[1] in _WATER:
                rivers += lines
            else:
                roads[_ROADS.get(label[1].removesuffix("_link"), 4) - 1] += lines
    places.sort(key=lambda place: place.rank)
    return Ground(tuple(map(tuple, roads)), tuple(rivers), tuple(lakes), tuple(places), fictional)


def _features(
    name: str, data: bytes
) -> Iterable[tuple[str | None, list[Line], tuple[str, str, bool]]]:
    """(None | "line" | "lake", its lines, (label, class, invented)) of every drawable feature."""
    try:
        document = json.loads(data)
        for feature in document["features"]:
            shape, facts = feature.get("geometry") or {}, feature.get("properties") or {}
            label = _label(facts)
            points: Any = shape.get("coordinates")
            match shape.get("type"):
                case "Point" if label[0]:
                    yield None, [_line([points])], label
                case "LineString":
                    yield "line", [_line(points)], label
                case "MultiLineString":
                    yield "line", [_line(part) for part in points], label
                case "Polygon" if label[1] in _WATER:
                    yield "lake", [_line(points[0])], label
                case "MultiPolygon" if label[1] in _WATER:
                    yield "lake", [_line(part[0]) for part in points], label
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise PlannerError("map.bad_layer", name=name) from error


def _label(facts: dict[str, Any]) -> tuple[str, str, bool]:
    """(name without the mark of an invented place, class, whether it is invented)."""
    name = str(facts.get("name:zh") or facts.get("name") or "").strip()
    plain = name
    for mark in _INVENTED:
        plain = plain.removesuffix(mark).rstrip()
    invented = facts.get("fictional") is True or plain != name
    return plain or name, _class(facts), invented


def _class(facts: dict[str, Any]) -> str:
    return next((str(facts[key]).lower() for key in _KEYS if facts.get(key)), "")


def _line(points: Sequence[Sequence[float]]) -> Line:
    return tuple((round(float(p[1]), 5), round(float(p[0]), 5)) for p in points)


def ground_json(ground: Ground) -> dict[str, Any]:
    """`ground` as the GeoJSON the map's script draws: one feature for each road class."""

    def lines(kind: str, rank: int, shape: Sequence[Line]) -> dict[str, Any]:
        parts = [[[lon, lat] for lat, lon in line] for line in shape]
        return {
            "type": "Feature",
            "properties": {"kind": kind, "rank": rank},
            "geometry": {"type": "MultiLineString", "coordinates": parts},
        }

    features = [lines("lake", 0, ground.lakes), lines("river", 0, ground.rivers)]
    features += [lines("road", k + 1, road) for k, road in enumerate(ground.roads)]
    features += [
        {
            "type": "Feature",
            "properties": {"kind": "place", "rank": place.rank, "name": place.name},
            "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
        }
        for place in ground.places
    ]
    whole = {"type": "FeatureCollection", "features": features}
    return whole | {"fictional": True} if ground.fictional else whole
