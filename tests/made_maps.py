"""Small base maps for tests: sound ones, and the bytes of which damaged ones are made."""

import gzip
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import mapbox_vector_tile
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from shapely.geometry import LineString, Point

Tile = tuple[int, int, int]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000b49444154789c6360000200000500017a5eab3f0000000049454e44ae426082"
)
BOX = (30.0, 102.0, 31.0, 103.0)


def vector_tile(name: str = "青溪镇", layer: str = "places", key: str = "kind") -> bytes:
    """A tile with a road and a named place in its middle, not packed."""
    place = {"geometry": Point(2048, 2048), "properties": {key: "town", "name": name}}
    road = {"geometry": LineString([(0, 0), (4096, 4096)]), "properties": {key: "primary"}}
    layers = [
        {"name": layer, "features": [place]},
        {"name": "transportation" if layer == "place" else "roads", "features": [road]},
    ]
    data: bytes = mapbox_vector_tile.encode(layers, default_options={"y_coord_down": True})
    return data


def spread(data: bytes, zooms: range = range(5, 9)) -> dict[Tile, bytes]:
    """`data` in every tile around 30.5 north, 102.5 east."""
    return {(z, *_tile(z)): data for z in zooms}


def _tile(z: int) -> tuple[int, int]:
    wide = 1 << z
    return int((102.5 / 360 + 0.5) * wide), int(0.41155 * wide)


def make_pmtiles(
    path: Path, tiles: Mapping[Tile, bytes], *, kind: TileType = TileType.MVT,
    about: Mapping[str, object] | None = None, packed: bool = True,
) -> Path:  # fmt: skip
    """A `.pmtiles` file with these tiles, packed unless they are pictures."""
    vector = kind is TileType.MVT and packed
    south, west, north, east = (int(side * 1e7) for side in BOX)
    head = {
        "tile_type": kind, "tile_compression": Compression.GZIP if vector else Compression.NONE,
        "min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east, "max_lat_e7": north,
    }  # fmt: skip
    with path.open("wb") as file:
        writer = Writer(file)
        for place, data in sorted(tiles.items(), key=lambda one: zxy_to_tileid(*one[0])):
            writer.write_tile(
                zxy_to_tileid(*place), gzip.compress(data, mtime=0) if vector else data
            )
        writer.finalize(head, {"name": "map", "attribution": "© somebody", **(about or {})})
    return path


def make_mbtiles(
    path: Path, tiles: Mapping[Tile, bytes], *, kind: str = "pbf", schema: str = "",
    about: Mapping[str, str] | None = None,
) -> Path:  # fmt: skip
    """An `.mbtiles` file with these tiles; `schema` is SQL run at the end."""
    conn = sqlite3.connect(path)
    conn.executescript(
        "CREATE TABLE metadata (name TEXT, value TEXT);"
        "CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER,"
        " tile_data BLOB);"
        "CREATE UNIQUE INDEX places ON tiles (zoom_level, tile_column, tile_row);"
    )
    south, west, north, east = BOX
    facts = {
        "name": "map", "format": kind, "bounds": f"{west},{south},{east},{north}", **(about or {})
    }  # fmt: skip
    conn.executemany("INSERT INTO metadata VALUES (?, ?)", facts.items())
    conn.executemany(
        "INSERT INTO tiles VALUES (?, ?, ?, ?)",
        [
            (z, x, (1 << z) - 1 - y, gzip.compress(data, mtime=0) if kind == "pbf" else data)
            for (z, x, y), data in tiles.items()
        ],
    )
    conn.commit()
    if schema:
        conn.executescript(schema)
    conn.close()
    return path
