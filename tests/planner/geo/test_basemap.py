"""Base map packs: what they are, which tiles they give, and that no damaged one gets in."""

import gzip
import os
import random
import zlib
from pathlib import Path

import pytest
from made_maps import PNG, make_mbtiles, make_pmtiles, spread, vector_tile
from pmtiles.tile import TileType

from planner.errors import PlannerError
from planner.geo.basemap import VECTOR, MapPack, check_map, open_map
from planner.geo.tiles import TILE_LIMIT, Damaged, TooBig, inflate, plain, vector_layers

REAL = Path(__file__).parents[2] / "data" / "maps"


def refusal(path: Path) -> str:
    """The code with which a file is refused."""
    with pytest.raises(PlannerError) as caught:
        check_map(path)
    assert caught.value.params.get("file") == path.name
    return caught.value.code


@pytest.mark.parametrize(
    ("name", "schema", "tiles"),
    [("liechtenstein.pmtiles", "own", 162), ("firenze_protomaps.pmtiles", "protomaps", 108)],
)
def test_real_packs_are_sound(name: str, schema: str, tiles: int) -> None:
    """Packs made by others are read from the first to the last tile and told by their layers."""
    pack = check_map(REAL / name)
    assert (pack.schema, pack.media) == (schema, VECTOR)
    assert "OpenStreetMap" in pack.attribution
    assert "<" not in pack.attribution
    with open_map(REAL / name) as opened:
        found = [
            opened.tile(z, x, y)
            for z in range(pack.zooms[0], 9)
            for x in range(1 << z)
            for y in range(1 << z)
        ]
    assert 0 < sum(tile is not None for tile in found) < tiles


@pytest.mark.parametrize("make", [make_pmtiles, make_mbtiles])
def test_both_forms_give_the_same_tiles(tmp_path: Path, make: object) -> None:
    """A tile comes back inflated, under the same numbers (y from the north), in either form."""
    ending = "pmtiles" if make is make_pmtiles else "mbtiles"
    data = vector_tile()
    path = make(tmp_path / f"a.{ending}", spread(data))  # type: ignore[operator]
    pack = check_map(path)
    assert (pack.zooms, pack.schema) == ((5, 8), "own")
    assert pack.bounds == pytest.approx((30.0, 102.0, 31.0, 103.0))
    with open_map(path) as opened:
        assert [opened.tile(*place) for place in spread(data)] == [data] * 4
        assert opened.tile(8, 0, 0) is None
        assert opened.tile(30, 1, 1) is None
        assert opened.tile(8, -1, 1 << 40) is None


def test_schemas_are_told_by_their_layers(tmp_path: Path) -> None:
    """OpenMapTiles and pictures are known without words about their layers."""
    tiles = spread(vector_tile(layer="place", key="class"))
    assert check_map(make_mbtiles(tmp_path / "o.mbtiles", tiles)).schema == "openmaptiles"
    raster = check_map(make_pmtiles(tmp_path / "p.pmtiles", spread(PNG), kind=TileType.PNG))
    assert (raster.media, raster.schema, raster.vector) == ("image/png", "picture", False)
    assert check_map(make_mbtiles(tmp_path / "q.mbtiles", spread(PNG), kind="png")).vector is False


def test_bounds_of_nothing_are_those_of_the_tiles(tmp_path: Path) -> None:
    """A pack that says nothing of its area is as large as its tiles."""
    path = make_mbtiles(tmp_path / "a.mbtiles", spread(vector_tile()), about={"bounds": "0,0,0,0"})
    south, west, north, east = check_map(path).bounds
    assert south < 30.5 < north
    assert west < 102.5 < east
    assert east - west == pytest.approx(360 / 2**8)


def test_area_on_a_sphere() -> None:
    """One degree at the equator is some 12,364 square kilometres."""
    pack = MapPack(Path("a"), "", VECTOR, "own", (-0.5, 0.0, 0.5, 1.0), (0, 1), "", False, 1)
    assert pack.square_km() == pytest.approx(12_364, rel=1e-3)


def test_every_cut_is_refused(tmp_path: Path) -> None:
    """A file cut anywhere is refused in words, in either form."""
    for name, make in (("a.pmtiles", make_pmtiles), ("a.mbtiles", make_mbtiles)):
        whole = make(tmp_path / name, spread(vector_tile())).read_bytes()
        for share in (0.02, 0.3, 0.5, 0.9, 0.999):
            (tmp_path / name).write_bytes(whole[: int(len(whole) * share)])
            assert refusal(tmp_path / name).startswith("map_pack.")


@pytest.mark.parametrize(
    "name", ["firenze_protomaps.pmtiles", "liechtenstein.pmtiles", "made.mbtiles"]
)
def test_flipped_bits_never_change_a_tile(name: str, tmp_path: Path) -> None:
    """A flipped bit is refused, or lies where it changes the content of no tile."""
    if name == "made.mbtiles":
        make_mbtiles(tmp_path / "whole.mbtiles", spread(vector_tile() * 20))
        whole = bytearray((tmp_path / "whole.mbtiles").read_bytes())
    else:
        whole = bytearray((REAL / name).read_bytes())
    path, draw = tmp_path / name, random.Random(7)
    path.write_bytes(whole)
    with open_map(path) as opened:
        before = [tile for *_, tile in opened._file.every()]
    places = [draw.randrange(min(len(whole), 2_000)) for _ in range(60)]
    places += [draw.randrange(len(whole)) for _ in range(12)]
    refused = 0
    for place in places:
        broken = bytearray(whole)
        broken[place] ^= 1 << draw.randrange(8)
        path.write_bytes(broken)
        try:
            check_map(path)
        except PlannerError:
            refused += 1
            continue
        with open_map(path) as opened:
            assert [tile for *_, tile in opened._file.every()] == before
    assert refused > (0 if name == "made.mbtiles" else len(places) * 0.3)


def test_flips_inside_packed_tiles_are_all_found(tmp_path: Path) -> None:
    """The check sum of a packed tile finds each single flipped bit in it."""
    path = make_pmtiles(tmp_path / "a.pmtiles", spread(vector_tile(), range(5, 6)))
    whole = path.read_bytes()
    start = whole.rindex(b"\x1f\x8b")
    for place in range(start + 10, len(whole)):
        broken = bytearray(whole)
        broken[place] ^= 4
        path.write_bytes(broken)
        assert refusal(path) in ("map_pack.damaged", "map_pack.too_big")


@pytest.mark.parametrize("ending", ["pmtiles", "mbtiles"])
def test_a_gigabyte_of_zeros(ending: str, tmp_path: Path) -> None:
    """A file of a thousand million zeros is refused by its first bytes."""
    path = tmp_path / f"zeros.{ending}"
    path.touch()
    os.truncate(path, 1_000_000_000)
    assert refusal(path) == "map_pack.not_a_map"


def test_wrong_files(tmp_path: Path) -> None:
    """Text, pictures, a folder, an empty file, the other form's bytes: none of them a map."""
    pm = make_pmtiles(tmp_path / "a.pmtiles", spread(vector_tile())).read_bytes()
    mb = make_mbtiles(tmp_path / "a.mbtiles", spread(vector_tile())).read_bytes()
    for name, data in (
        ("t.pmtiles", b"hello"), ("e.pmtiles", b""), ("x.pmtiles", mb), ("t.mbtiles", b"hello"),
        ("x.mbtiles", pm), ("p.mbtiles", PNG), ("a.zip", pm),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(data)
        assert refusal(tmp_path / name) == "map_pack.not_a_map"
    (tmp_path / "folder.pmtiles").mkdir()
    assert refusal(tmp_path / "folder.pmtiles") == "map_pack.not_a_map"
    assert refusal(tmp_path / "absent.mbtiles") == "map_pack.not_a_map"
    (tmp_path / "old.pmtiles").write_bytes(b"PM\x02\x00" + pm[4:])
    assert refusal(tmp_path / "old.pmtiles") == "map_pack.version"
    (tmp_path / "v2.pmtiles").write_bytes(pm[:7] + b"\x02" + pm[8:])
    assert refusal(tmp_path / "v2.pmtiles") == "map_pack.version"


def test_wrong_kinds(tmp_path: Path) -> None:
    """Tiles of another kind or packing than can be drawn are refused as such."""
    whole = bytearray(make_pmtiles(tmp_path / "a.pmtiles", spread(vector_tile())).read_bytes())
    for place, value in ((99, 5), (99, 77), (98, 3), (97, 4)):
        broken = bytearray(whole)
        broken[place] = value
        (tmp_path / "k.pmtiles").write_bytes(broken)
        assert refusal(tmp_path / "k.pmtiles") == "map_pack.kind"
    path = make_mbtiles(tmp_path / "k.mbtiles", spread(b"x"), kind="tiff")
    assert refusal(path) == "map_pack.kind"
    assert refusal(make_mbtiles(tmp_path / "n.mbtiles", {})) == "map_pack.empty"
    lying = make_pmtiles(tmp_path / "l.pmtiles", spread(vector_tile()), kind=TileType.PNG)
    assert refusal(lying) == "map_pack.damaged"


def test_tiles_that_inflate_without_end(tmp_path: Path) -> None:
    """A tile, a directory, a description of 100 MB in a few kilobytes: refused, not read on."""
    bomb = gzip.compress(bytes(100_000_000), 9)
    assert len(bomb) < 100_000
    with pytest.raises(TooBig):
        inflate(bomb)
    path = make_pmtiles(tmp_path / "b.pmtiles", spread(bytes(TILE_LIMIT + 1), range(5, 6)))
    assert refusal(path) == "map_pack.too_big"
    assert refusal(make_mbtiles(tmp_path / "b.mbtiles", spread(bytes(TILE_LIMIT + 1)))) == (
        "map_pack.too_big"
    )
    whole = make_pmtiles(tmp_path / "d.pmtiles", spread(vector_tile())).read_bytes()
    for place in (8, 24):  # where the header says root directory and description lie
        head = bytearray(whole)
        head[place : place + 8] = len(whole).to_bytes(8, "little")
        head[place + 8 : place + 16] = len(bomb).to_bytes(8, "little")
        (tmp_path / "d.pmtiles").write_bytes(bytes(head) + bomb)
        assert refusal(tmp_path / "d.pmtiles") == "map_pack.too_big"


@pytest.mark.parametrize(
    "schema",
    [
        # A view without end, one that reads another file, one that is slow by its joins.
        "ALTER TABLE tiles RENAME TO t; CREATE VIEW tiles AS WITH RECURSIVE n(i) AS"
        " (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 5 zoom_level, i tile_column,"
        " 1 tile_row, x'00' tile_data FROM n;",
        "ALTER TABLE tiles RENAME TO t; CREATE VIEW tiles AS SELECT zoom_level, tile_column,"
        " tile_row, load_extension('x') tile_data FROM t;",
        "ALTER TABLE tiles RENAME TO t; CREATE VIEW tiles AS SELECT zoom_level, tile_column,"
        " tile_row, zeroblob(900000000) tile_data FROM t;",
        "DROP TABLE tiles;",
        "UPDATE tiles SET tile_data = 'text';",
        "UPDATE tiles SET tile_row = -5;",
        "UPDATE tiles SET zoom_level = 'high';",
        "UPDATE metadata SET value = '{' WHERE name = 'bounds';",
    ],
)
def test_hostile_tables(schema: str, tmp_path: Path) -> None:
    """Views without end, foreign functions, values of wrong types: refused in words."""
    path = make_mbtiles(tmp_path / "h.mbtiles", spread(vector_tile()), schema=schema)
    assert refusal(path).startswith("map_pack.")


def test_reading_leaves_nothing_behind(tmp_path: Path) -> None:
    """Opening a stranger's database writes neither into it nor beside it."""
    path = make_mbtiles(tmp_path / "a.mbtiles", spread(vector_tile()))
    before = path.read_bytes()
    check_map(path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["a.mbtiles"]


def test_vector_tiles_are_looked_through() -> None:
    """The layers of a tile are told, and what is no tile is refused."""
    assert vector_layers(vector_tile()) == ["places", "roads"]
    assert vector_layers(b"") == []
    for wrong in (b"\xff" * 20, vector_tile()[:-3], zlib.compress(b"x" * 40)):
        with pytest.raises(Damaged):
            vector_layers(wrong)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ('<a href="https://example.org" onclick="x()">© Map</a> makers', "© Map makers"),
        ("a\u202eb\u0000c\nd", "a b c d"),
        ("&copy; &lt;b&gt;", "© <b>"),
        (["no", "text"], ""),
        ("x" * 500, "x" * 199 + "…"),
    ],
)
def test_plain_words(told: object, shown: str) -> None:
    """What a pack says of itself becomes one line without tags or signs that steer."""
    assert plain(told) == shown
