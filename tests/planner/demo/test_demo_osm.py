"""The fictional prefecture as an OpenStreetMap extract."""

from pathlib import Path

import osmium
import pytest

from planner.demo.files import SEED
from planner.demo.osm import write_osm
from planner.demo.prefecture import Prefecture, make_prefecture
from planner.demo.terrain import to_degrees


@pytest.fixture(scope="module")
def land() -> Prefecture:
    """The prefecture of the demo."""
    return make_prefecture(SEED)


@pytest.fixture(scope="module")
def extract(land: Prefecture, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extract, written once."""
    path = tmp_path_factory.mktemp("osm") / "demo.osm.pbf"
    write_osm(path, land)
    return path


def test_every_corner_of_every_settlement_is_a_junction(land: Prefecture, extract: Path) -> None:
    """The crossings at which the demo's people live are nodes of at least two roads."""
    uses: dict[tuple[float, float], int] = {}
    for way in osmium.FileProcessor(
        str(extract), osmium.osm.WAY | osmium.osm.NODE
    ).with_locations():
        if isinstance(way, osmium.osm.Way) and "highway" in way.tags:
            for node in way.nodes:
                spot = (round(node.lat, 5), round(node.lon, 5))
                uses[spot] = uses.get(spot, 0) + 1
    corners = {to_degrees(*corner) for place in land.places for corner in place.corners}
    assert min(uses.get(corner, 0) for corner in corners) >= 2


def test_roads_and_places_are_all_there(land: Prefecture, extract: Path) -> None:
    """As many roads and places as the prefecture has, places with their Chinese name."""
    roads, places = 0, []
    for item in osmium.FileProcessor(str(extract)):
        roads += "highway" in item.tags
        if "place" in item.tags:
            places.append(item.tags["name:zh"])
    assert roads == len(land.roads)
    assert places == [place.name for place in land.places]


def test_the_same_prefecture_gives_the_same_bytes(
    land: Prefecture, extract: Path, tmp_path: Path
) -> None:
    """Writing twice gives equal files."""
    again = tmp_path / "again.osm.pbf"
    write_osm(again, land)
    assert again.read_bytes() == extract.read_bytes()
