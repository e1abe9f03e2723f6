"""The base map that ships with the demonstration shows the prefecture of its files."""

import math

import mapbox_vector_tile

from planner.demo.files import SEED
from planner.demo.prefecture import make_prefecture
from planner.demo.terrain import to_degrees
from planner.geo.basemap import open_map
from planner.paths import resources

ZOOM = 11
EXTENT = 4096


def share(lat: float, lon: float) -> tuple[float, float]:
    """Web Mercator shares of 1."""
    sine = math.sin(math.radians(lat))
    return lon / 360 + 0.5, 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)


def test_places_are_those_of_the_files() -> None:
    """Each city, county seat and town of the demo's files stands on its map, within 50 metres."""
    land = make_prefecture(SEED)
    wide = 1 << ZOOM
    missing = []
    with open_map(resources() / "demo" / "prefecture.pmtiles") as opened:
        for place in land.places:
            if place.kind == "village":
                continue
            x, y = (part * wide for part in share(*to_degrees(place.x, place.y)))
            data = opened.tile(ZOOM, int(x), int(y))
            assert data is not None
            layers = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
            assert set(layers) <= {"landuse", "waterway", "roads", "places"}
            spots = [
                feature["geometry"]["coordinates"]
                for feature in layers["places"]["features"]
                if feature["properties"]["name"] == place.name.removesuffix("（虚构）")
            ]
            here = ((x % 1) * EXTENT, (y % 1) * EXTENT)
            # A unit of the tile is some 4 metres here.
            if not any(math.dist(spot, here) < 12 for spot in spots):
                missing.append(place.name)
    assert missing == []
