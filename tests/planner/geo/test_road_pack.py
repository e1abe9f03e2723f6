"""The road pack: written whole, read back equal, and refused when anything in it is wrong."""

import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from road_sketch import graph_of, river_county

from planner.errors import PlannerError
from planner.geo.road_graph import RoadGraph
from planner.geo.road_pack import MAGIC, open_pack, pack_info, save_pack
from planner.words import explain

HEAD = struct.Struct("<8sIII")


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> RoadGraph:
    """The county with the river, with one banned turn."""
    graph = graph_of(river_county(tmp_path_factory.mktemp("county") / "river.osm.pbf"))
    edge = int(np.flatnonzero(graph.ends[:, 1] == 5)[0])
    return replace(graph, turns=np.array([[edge, 5, edge]], np.int32))


@pytest.fixture(scope="module")
def good(graph: RoadGraph, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of its pack."""
    path = tmp_path_factory.mktemp("pack") / "river.fvroads"
    save_pack(path, graph)
    return path.read_bytes()


def parts(pack: bytes) -> tuple[dict[str, Any], bytes]:
    """The header as data, and the chunks."""
    _, _, length, _ = HEAD.unpack(pack[: HEAD.size])
    return json.loads(pack[HEAD.size : HEAD.size + length]), pack[HEAD.size + length :]


def joined(header: dict[str, Any], chunks: bytes, version: int = 1) -> bytes:
    """A pack with a right checksum of whatever header."""
    text = json.dumps(header).encode()
    return HEAD.pack(MAGIC, version, len(text), zlib.crc32(text)) + text + chunks


def with_array(pack: bytes, name: str, change: Callable[[np.ndarray], np.ndarray]) -> bytes:
    """The pack with one array changed and all checksums right."""
    header, chunks = parts(pack)
    found, at = b"", 0
    for one in header["arrays"]:
        packed = chunks[at : at + one["packed"]]
        at += one["packed"]
        if one["name"] == name:
            array = np.frombuffer(zlib.decompress(packed), one["type"]).reshape(one["shape"])
            if name in ("node_ids", "ends", "first", "points"):
                array = np.cumsum(array, axis=0, dtype=array.dtype)
            array = change(array.copy())
            if name in ("node_ids", "ends", "first", "points"):
                zero = np.zeros((1, *array.shape[1:]), array.dtype)
                array = np.diff(array, axis=0, prepend=zero)
            raw = array.tobytes()
            packed = zlib.compress(raw)
            one |= {"shape": list(array.shape), "bytes": len(raw), "packed": len(packed),
                    "crc": zlib.crc32(packed)}  # fmt: skip
        found += packed
    return joined(header, found)


def set_at(index: Any, value: int) -> Callable[[np.ndarray], np.ndarray]:
    """A change of one element."""

    def change(array: np.ndarray) -> np.ndarray:
        array[index] = value
        return array

    return change


def with_header(pack: bytes, **changes: Any) -> bytes:
    header, chunks = parts(pack)
    return joined(header | changes, chunks)


def with_chunk(pack: bytes, name: str, packed: bytes, **about: Any) -> bytes:
    """The pack with the packed bytes of one chunk replaced, checksum right."""
    header, chunks = parts(pack)
    found, at = b"", 0
    for one in header["arrays"]:
        mine = chunks[at : at + one["packed"]]
        at += one["packed"]
        if one["name"] == name:
            mine = packed
            one |= {"packed": len(packed), "crc": zlib.crc32(packed)} | about
        found += mine
    return joined(header, found)


def bomb(pack: bytes) -> bytes:
    """A chunk of points that inflates to a hundred megabytes, whatever it declares."""
    return with_chunk(pack, "points", zlib.compress(bytes(100_000_000)))


def dense_zeros(pack: bytes) -> bytes:
    """A chunk that honestly declares a gigabyte and takes a megabyte."""
    packed = zlib.compress(bytes(1 << 26))
    return with_chunk(pack, "points", packed * 16, shape=[1 << 27, 2], bytes=1 << 30)


def big_claim(pack: bytes) -> bytes:
    """A header that declares more than any pack may hold."""
    header, chunks = parts(pack)
    for one in header["arrays"]:
        if one["name"] == "points":
            one["shape"], one["bytes"] = [1 << 40, 2], 1 << 43
    return joined(header, chunks)


DAMAGE: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "empty": ("not_a_pack", lambda _: b""),
    "another file": ("not_a_pack", lambda _: b"PK\x03\x04" + bytes(500)),
    "an extract": ("not_a_pack", lambda _: b"\x00\x00\x00\x0e\n\tOSMHeader" + bytes(500)),
    "wrong magic": ("not_a_pack", lambda pack: b"FVROADZ\n" + pack[8:]),
    "zeros": ("not_a_pack", lambda pack: bytes(len(pack))),
    "magic alone": ("damaged", lambda pack: pack[:8]),
    "cut in the head": ("damaged", lambda pack: pack[:15]),
    "cut in the header": ("damaged", lambda pack: pack[:100]),
    "cut in the middle": ("damaged", lambda pack: pack[: len(pack) // 2]),
    "last byte missing": ("damaged", lambda pack: pack[:-1]),
    "a byte too many": ("damaged", lambda pack: pack + b"\0"),
    "zeros after the header": ("damaged", lambda pack: pack[:1000] + bytes(len(pack) - 1000)),
    "a later version": ("newer", lambda pack: joined(*parts(pack), version=2)),
    "version 0": ("damaged", lambda pack: joined(*parts(pack), version=0)),
    "a wild version": ("damaged", lambda pack: joined(*parts(pack), version=0x80000001)),
    "a header of 4 GB": ("damaged", lambda pack: HEAD.pack(MAGIC, 1, 0xFFFFFFFF, 0) + pack),
    "a header that is a list": (
        "damaged", lambda _: HEAD.pack(MAGIC, 1, 2, zlib.crc32(b"[]")) + b"[]"),
    "bounds off the globe": ("damaged", lambda pack: with_header(pack, bounds=[0, 0, 91, 1])),
    "bounds not numbers": ("damaged", lambda pack: with_header(pack, bounds=["a", 0, 1, 1])),
    "bounds without an end": ("damaged", lambda pack: with_header(pack, bounds=[0, 0, 1e999, 1])),
    "three bounds": ("damaged", lambda pack: with_header(pack, bounds=[0, 0, 1])),
    "an endless name": ("damaged", lambda pack: with_header(pack, source="x" * 5000)),
    "a name that is none": ("damaged", lambda pack: with_header(pack, source=None)),
    "other classes": ("damaged", lambda pack: with_header(pack, classes=["motorway"])),
    "no arrays": ("damaged", lambda pack: with_header(pack, arrays=[])),
    "arrays of nothing": ("damaged", lambda pack: with_header(pack, arrays=[{}] * 10)),
    "negative metres": ("damaged", lambda pack: with_header(pack, metres=-1)),
    "a chunk that inflates": ("damaged", bomb),
    "a gigabyte of packed zeros": ("damaged", dense_zeros),
    "a claim of terabytes": ("damaged", big_claim),
    "a chunk that is no zlib": ("damaged", lambda pack: with_chunk(pack, "ends", b"nonsense")),
    "two streams in a chunk": ("damaged", lambda pack: with_chunk(
        pack, "turns", zlib.compress(np.zeros(3, "<i4").tobytes()) * 2)),
    "a node too far": ("damaged", lambda pack: with_array(pack, "ends", set_at((0, 0), 1 << 20))),
    "a node below 0": ("damaged", lambda pack: with_array(pack, "ends", set_at((0, 1), -1))),
    "an unknown class": ("damaged", lambda pack: with_array(pack, "road_class", set_at(0, 99))),
    "an unknown surface": ("damaged", lambda pack: with_array(pack, "surface", set_at(0, 99))),
    "unknown rights": ("damaged", lambda pack: with_array(pack, "access", set_at(0, 255))),
    "an unknown barrier": ("damaged", lambda pack: with_array(pack, "blocked", set_at(0, 255))),
    "an edge before the first": ("damaged", lambda pack: with_array(pack, "first", set_at(0, 1))),
    "edges that run back": ("damaged", lambda pack: with_array(pack, "first", set_at(3, 0))),
    "edges beyond the points": (
        "damaged", lambda pack: with_array(pack, "first", set_at(-1, 9999))),
    "a point off the globe": ("damaged", lambda pack: with_array(
        pack, "points", set_at((0, 0), 900_000_001))),
    "a turn of no edge": ("damaged", lambda pack: with_array(pack, "turns", set_at((0, 2), 9999))),
    "fewer classes than edges": (
        "damaged", lambda pack: with_array(pack, "road_class", lambda a: a[1:])),
    "no edges": ("damaged", lambda pack: with_array(pack, "ends", lambda a: a[:0])),
}  # fmt: skip


@pytest.mark.parametrize(("code", "change"), DAMAGE.values(), ids=DAMAGE.keys())
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_damage_is_refused_in_words(
    code: str, change: Callable[[bytes], bytes], language: str, good: bytes, tmp_path: Path
) -> None:
    """Each way of being wrong is an expected error with a sentence that names the file."""
    path = tmp_path / "wrong.fvroads"
    path.write_bytes(change(good))
    with pytest.raises(PlannerError) as caught:
        open_pack(path)
    assert caught.value.code == f"roads.{code}"
    words = explain(caught.value, language)
    assert "wrong.fvroads" in words
    assert "error." not in words


def test_a_gigabyte_of_zeros_is_refused_at_once(good: bytes, tmp_path: Path) -> None:
    """Neither an empty gigabyte nor one behind a good header is read into memory."""
    for head, code in ((b"", "roads.not_a_pack"), (good, "roads.damaged")):
        path = tmp_path / "zeros.fvroads"
        with path.open("wb") as file:
            file.write(head)
            file.truncate(1 << 30)
        with pytest.raises(PlannerError) as caught:
            open_pack(path)
        assert caught.value.code == code


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    """A missing file and a folder are unreadable; a folder that is not there is not written to."""
    for path in (tmp_path / "none.fvroads", tmp_path):
        with pytest.raises(PlannerError) as caught:
            open_pack(path)
        assert caught.value.code == "roads.unreadable"


def test_a_pack_is_read_back_as_it_was(graph: RoadGraph, good: bytes, tmp_path: Path) -> None:
    """All arrays and the header are equal, and equal graphs give equal bytes."""
    path = tmp_path / "a.fvroads"
    save_pack(path, graph)
    assert path.read_bytes() == good
    found = open_pack(path)
    for field in fields(RoadGraph):
        mine, other = getattr(graph, field.name), getattr(found, field.name)
        assert mine == other if field.name == "info" else np.array_equal(mine, other)
    assert pack_info(path) == graph.info
    assert [p.name for p in tmp_path.iterdir()] == ["a.fvroads"]


def test_a_pack_that_cannot_be_written_leaves_nothing(graph: RoadGraph, tmp_path: Path) -> None:
    """A folder that is not there is said in words."""
    with pytest.raises(PlannerError) as caught:
        save_pack(tmp_path / "nowhere" / "a.fvroads", graph)
    assert caught.value.code == "roads.not_written"


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_flipped_bit_is_noticed(
    good: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """One bit anywhere in the file makes it refused, never another graph or a crash."""
    at = data.draw(st.integers(0, len(good) - 1))
    wrong = bytearray(good)
    wrong[at] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path_factory.getbasetemp() / "flip.fvroads"
    path.write_bytes(bytes(wrong))
    with pytest.raises(PlannerError) as caught:
        open_pack(path)
    assert caught.value.code in ("roads.damaged", "roads.not_a_pack", "roads.newer")
