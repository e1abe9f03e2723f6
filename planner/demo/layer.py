"""The prefecture as a GeoJSON layer: roads as lines with a class, places as named points."""

import json
from typing import Any

from planner.demo.names import MARK
from planner.demo.prefecture import Prefecture
from planner.demo.terrain import to_degrees


def layer_json(land: Prefecture) -> str:
    """The layer as compact GeoJSON text (WGS-84, five decimals)."""
    features: list[dict[str, Any]] = []
    for road in land.roads:
        points = [list(reversed(to_degrees(*point))) for point in road.points]
        features.append(_feature("LineString", points, {"class": road.rank}))
    for place in land.places:
        point = list(reversed(to_degrees(place.x, place.y)))
        about = {"kind": place.kind, "name": place.name, "fictional": True}
        features.append(_feature("Point", point, about))
    whole = {
        "type": "FeatureCollection",
        "name": f"{land.name} {MARK}",
        "features": features,
    }
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _feature(kind: str, coordinates: list[Any], properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}
