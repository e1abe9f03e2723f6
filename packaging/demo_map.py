"""The base map of the demonstration prefecture: resources/demo/prefecture.pmtiles, made anew.

    .venv/bin/python packaging/demo_map.py [OUT]

Roads, settlements, land use and names come from planner.demo; forests follow its slopes, brooks and
rivers run down its heights. Everything is fictional. The same program gives the same bytes.
"""

import argparse
import gzip
import heapq
import math
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import mapbox_vector_tile
import numpy as np
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from scipy.ndimage import gaussian_filter, zoom
from shapely import STRtree, affinity, box, clip_by_rect, union_all
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

from planner.demo.files import SEED
from planner.demo.prefecture import Prefecture, make_prefecture
from planner.demo.terrain import CELL, COLUMNS, ROWS, Terrain, make_terrain, to_degrees
from planner.paths import resources

LOWEST, HIGHEST = 6, 14
EXTENT, EDGE = 4096, 80
# From which zoom a class is in the tiles: what is not to be seen is not shipped.
ROADS = {"primary": 6, "secondary": 8, "tertiary": 9, "track": 11, "residential": 11}
PLACES = {"city": 6, "county": 6, "town": 9, "village": 11}
# The words of OpenStreetMap, as the demo's extract has them.
KINDS = {"city": "city", "county": "town", "town": "village", "village": "hamlet"}
WOODED = 0.4  # share of the land
FINE = 3  # cells of the forest in one of the terrain
RIVER, BROOK = 700, 130  # cells (0.16 square km each) that drain through
LAYERS = {
    "landuse": ["kind"], "waterway": ["kind"], "roads": ["kind"], "places": ["kind", "name"],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Thing:
    """Something on the map, in Web Mercator shares of 1 (y from the north), from zoom `low` on."""

    layer: str
    shape: BaseGeometry
    facts: dict[str, str]
    low: int


def share(x: float, y: float) -> tuple[float, float]:
    """Web Mercator share of a point in metres of the prefecture."""
    lat, lon = to_degrees(x, y)
    sine = math.sin(math.radians(lat))
    return lon / 360 + 0.5, 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)


def shares(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same of many."""
    return [share(x, y) for x, y in points]


def moved(shape: Polygon) -> Polygon:
    """A polygon in metres as one in shares."""
    return Polygon(shares(shape.exterior.coords), [shares(r.coords) for r in shape.interiors])


def parts(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    """The single geometries in a shape."""
    yield from shape.geoms if hasattr(shape, "geoms") else (shape,)


def things(land: Prefecture, terrain: Terrain) -> list[Thing]:
    """Everything, in the order in which it is drawn."""
    built = [MultiPoint(place.corners).convex_hull.buffer(
        {"city": 320, "county": 220, "town": 150, "village": 90}[place.kind], quad_segs=3
    ) for place in land.places]  # fmt: skip
    made = [
        Thing("landuse", moved(one), {"kind": "forest"}, 7)
        for one in forests(terrain, union_all(built))
    ]
    for place, hull in zip(land.places, built, strict=True):
        low = {"city": 6, "county": 8, "town": 9, "village": 11}[place.kind]
        made.append(Thing("landuse", moved(hull), {"kind": "residential"}, low))
    for line, kind in rivers(terrain):
        low = 6 if kind == "river" else 10
        made.append(Thing("waterway", LineString(shares(line)), {"kind": kind}, low))
    for road in land.roads:
        made.append(
            Thing("roads", LineString(shares(road.points)), {"kind": road.rank}, ROADS[road.rank])
        )
    for place in land.places:
        spot = Point(*share(place.x, place.y))
        name = place.name.removesuffix("（虚构）")
        facts = {"kind": KINDS[place.kind], "name": name}
        made.append(Thing("places", spot, facts, PLACES[place.kind]))
    return made


def forests(terrain: Terrain, built: BaseGeometry) -> list[Polygon]:
    """Where it is steep, with some chance: outlines of fine cells, rounded, without settlements."""
    chance = gaussian_filter(np.random.default_rng(2).standard_normal((ROWS, COLUMNS)), 3)
    slope = gaussian_filter(terrain.slope, 1.2)
    score = zoom(slope / slope.std() + 0.8 * chance / chance.std(), FINE, order=1)
    steep = score > np.quantile(score, 1 - WOODED)
    side = CELL * ROWS / len(steep)
    cells = [
        box(left * side, row * side, right * side, (row + 1) * side)
        for row in range(len(steep))
        for left, right in runs(steep[row])
    ]
    rough = union_all(cells).buffer(-140).buffer(300, quad_segs=3).buffer(-160, quad_segs=3)
    clear = rough.simplify(50).difference(built.buffer(120, quad_segs=2)).simplify(25)
    whole = [one for one in parts(clear) if isinstance(one, Polygon) and one.area > 600_000]
    return [one for rough in whole for one in parts(soft(rough)) if isinstance(one, Polygon)]


def soft(shape: Polygon) -> BaseGeometry:
    """A polygon with its corners cut twice."""
    rings = []
    for ring in (shape.exterior, *shape.interiors):
        line = np.array(ring.coords[:-1])
        for _ in range(2):
            after = np.roll(line, -1, axis=0)
            cut = np.stack([0.75 * line + 0.25 * after, 0.25 * line + 0.75 * after], axis=1)
            line = cut.reshape(-1, 2)
        rings.append(line)
    return Polygon(rings[0], rings[1:]).buffer(0).simplify(5)


def runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """(first, behind the last) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def rivers(terrain: Terrain) -> list[tuple[list[tuple[float, float]], str]]:
    """Lines down the valleys: each cell drains to its lowest neighbour."""
    # The hills are smooth: without some roughness all water would run in straight lines.
    rough = gaussian_filter(np.random.default_rng(1).standard_normal((ROWS, COLUMNS)), 2.2)
    heights = gaussian_filter(terrain.heights, 1.2) + rough / rough.std() * 22
    down, order = drains(heights)
    water = np.ones(ROWS * COLUMNS)
    for cell in reversed(order):
        if down[cell] >= 0:
            water[down[cell]] += water[cell]
    wet = water >= BROOK
    fed = {int(down[cell]) for cell in np.flatnonzero(wet) if down[cell] >= 0}
    heads = [int(cell) for cell in np.flatnonzero(wet) if int(cell) not in fed]
    lines: list[tuple[list[tuple[float, float]], str]] = []
    taken: set[int] = set()
    for head in sorted(heads, key=lambda cell: -water[cell]):
        for kind, run in traced(head, down, water, taken):
            if len(run) > 3:
                lines.append((rounded(run), kind))
    return lines


def traced(
    head: int, down: np.ndarray, water: np.ndarray, taken: set[int]
) -> Iterator[tuple[str, list[int]]]:
    """From a spring down to a line that is there already: a brook first, then a river."""
    at, run, kind = head, [head], "stream"
    taken.add(head)
    while down[at] >= 0:
        at = int(down[at])
        run.append(at)
        if kind == "stream" and water[at] >= RIVER:
            yield kind, run
            run, kind = [at], "river"
        if at in taken:
            break
        taken.add(at)
    yield kind, run


def drains(heights: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """(cell each cell drains to, -1 at the edge; cells from the outlets upward): priority flood."""
    flat = heights.ravel()
    down = np.full(flat.size, -2, dtype=np.int64)
    queue: list[tuple[float, int]] = []
    for row in range(ROWS):
        for column in range(COLUMNS):
            if row in (0, ROWS - 1) or column in (0, COLUMNS - 1):
                cell = row * COLUMNS + column
                down[cell] = -1
                heapq.heappush(queue, (float(flat[cell]), cell))
    order = []
    while queue:
        level, cell = heapq.heappop(queue)
        order.append(cell)
        row, column = divmod(cell, COLUMNS)
        for step in range(9):
            r, c = row + step // 3 - 1, column + step % 3 - 1
            near = r * COLUMNS + c
            if 0 <= r < ROWS and 0 <= c < COLUMNS and down[near] == -2:
                down[near] = cell
                heapq.heappush(queue, (max(level, float(flat[near])), near))
    return down, order


def rounded(run: list[int]) -> list[tuple[float, float]]:
    """Cells as a line in metres, its corners cut three times (Chaikin 1974)."""
    line = np.array([[(c % COLUMNS + 0.5) * CELL, (c // COLUMNS + 0.5) * CELL] for c in run])
    line[1:-1] = 0.25 * line[:-2] + 0.5 * line[1:-1] + 0.25 * line[2:]
    line[1:-1] = 0.25 * line[:-2] + 0.5 * line[1:-1] + 0.25 * line[2:]
    for _ in range(2):
        first, second = line[:-1], line[1:]
        cut = np.stack([0.75 * first + 0.25 * second, 0.25 * first + 0.75 * second], axis=1)
        line = np.vstack([line[:1], cut.reshape(-1, 2), line[-1:]])
    return [(float(x), float(y)) for x, y in LineString(line).simplify(15).coords]


def tiles(everything: list[Thing]) -> Iterator[tuple[int, bytes]]:
    """(tile number, packed tile) from zoom LOWEST to HIGHEST, by number."""
    for level in range(LOWEST, HIGHEST + 1):
        shown = [thing for thing in everything if thing.low <= level]
        tree = STRtree([thing.shape for thing in shown])
        wide = 1 << level
        left, top, right, bottom = union_box(shown)
        spots = [
            (zxy_to_tileid(level, x, y), x, y)
            for x in range(int(left * wide), int(right * wide) + 1)
            for y in range(int(top * wide), int(bottom * wide) + 1)
        ]
        for number, x, y in sorted(spots):
            data = tile(shown, tree, x / wide, y / wide, 1 / wide)
            if data:
                yield number, gzip.compress(data, 9, mtime=0)


def union_box(shown: list[Thing]) -> tuple[float, float, float, float]:
    """The box around all shapes."""
    sides = np.array([thing.shape.bounds for thing in shown])
    return (*sides[:, :2].min(axis=0), *sides[:, 2:].max(axis=0))


def tile(shown: list[Thing], tree: STRtree, left: float, top: float, size: float) -> bytes:
    """One tile's content, empty where nothing is."""
    edge = size * EDGE / EXTENT
    frame = (left - edge, top - edge, left + size + edge, top + size + edge)
    scale = EXTENT / size
    layers: dict[str, list[dict[str, Any]]] = {name: [] for name in LAYERS}
    for index in sorted(tree.query(box(*frame))):
        thing = shown[index]
        cut = thing.shape if thing.layer == "places" else clip_by_rect(thing.shape, *frame)
        if cut.is_empty or (thing.layer == "places" and not box(*frame).contains(cut)):
            continue
        drawn = affinity.affine_transform(cut, [scale, 0, 0, scale, -left * scale, -top * scale])
        if thing.layer != "places":
            drawn = drawn.simplify(6 if thing.layer == "landuse" else 2)
        if not drawn.is_empty:
            layers[thing.layer].append({"geometry": drawn, "properties": thing.facts})
    filled = [{"name": name, "features": found} for name, found in layers.items() if found]
    if not filled:
        return b""
    options = {"y_coord_down": True, "extents": EXTENT}
    return mapbox_vector_tile.encode(filled, default_options=options)


def main() -> None:
    """Make the file and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "out", type=Path, nargs="?", default=resources() / "demo" / "prefecture.pmtiles"
    )
    out: Path = parser.parse_args().out
    out.parent.mkdir(parents=True, exist_ok=True)
    land, terrain = make_prefecture(SEED), make_terrain(np.random.default_rng(SEED))
    south, west = to_degrees(0, 0)
    north, east = to_degrees(COLUMNS * CELL, ROWS * CELL)
    head = {
        "tile_type": TileType.MVT, "tile_compression": Compression.GZIP,
        "min_lon_e7": int(west * 1e7), "min_lat_e7": int(south * 1e7),
        "max_lon_e7": int(east * 1e7), "max_lat_e7": int(north * 1e7), "center_zoom": 9,
    }  # fmt: skip
    about = {
        "name": "演示地区 / Demonstration prefecture", "type": "baselayer", "fictional": True,
        "attribution": "",
        "vector_layers": [
            {"id": name, "fields": dict.fromkeys(fields, "String"), "minzoom": LOWEST,
             "maxzoom": HIGHEST}
            for name, fields in LAYERS.items()
        ],
    }  # fmt: skip
    with out.open("wb") as file:
        writer = Writer(file)
        for number, data in tiles(things(land, terrain)):
            writer.write_tile(number, data)
        writer.finalize(head, about)
    print(f"{out}: {out.stat().st_size:,} bytes")  # noqa: T201


if __name__ == "__main__":
    main()
