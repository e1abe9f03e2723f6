"""The road pack: a graph of roads in one compressed file that is checked before it is used.

Layout, little endian: magic of 8 bytes; version u32; length u32 and CRC-32 u32 of the header; the
header as JSON (UTF-8); then one zlib chunk per array in the order of the header, which names type,
shape, packed and unpacked bytes and the CRC-32 of each chunk. Nothing in the file is executed, no
array is taken without its size and every index being checked, nothing unpacks to more than it
declares. The same graph gives the same bytes.
"""

import json
import os
import struct
import tempfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from planner.errors import PlannerError
from planner.geo.road_graph import DEGREE, PackInfo, RoadGraph
from planner.geo.road_speeds import CLASSES, SURFACES
from planner.geo.road_tags import MODES

MAGIC: Final = b"FVROADS\n"
VERSION: Final = 1
SUFFIX: Final = ".fvroads"
_HEAD: Final = struct.Struct("<8sIII")
_LARGEST_HEADER = 1 << 16
_LARGEST_ARRAY = 1 << 31  # bytes
_LARGEST_PACK = 2 << 30  # bytes, unpacked
# Real packs unpack to some five times their size; one that claims far more wants to fill memory.
_MOST_TIMES, _ALWAYS_FREE = 64, 16 << 20
# Name, type, columns (0: one-dimensional); what counts the rows is checked in `_shapes_fit`.
_ARRAYS: Final = (
    ("node_ids", "<i8", 0), ("blocked", "|u1", 0), ("ends", "<i4", 2), ("road_class", "|u1", 0),
    ("surface", "|u1", 0), ("access", "|u1", 0), ("limits", "|u1", 2), ("first", "<i8", 0),
    ("points", "<i4", 2), ("turns", "<i4", 3),
)  # fmt: skip
# Rising or slowly changing numbers shrink well as differences from row to row.
_AS_STEPS: Final = frozenset({"node_ids", "ends", "first", "points"})
Array = npt.NDArray[Any]


class _Damaged(Exception):
    """Something in the file is not as it must be."""


def save_pack(path: Path, graph: RoadGraph) -> None:
    """Write the graph to `path`, as a whole or not at all.

    Raises PlannerError "roads.not_written".
    """
    chunks, about = [], []
    for name, kind, _ in _ARRAYS:
        array = np.ascontiguousarray(getattr(graph, name), np.dtype(kind))
        raw = (_steps(array) if name in _AS_STEPS else array).tobytes()
        packed = zlib.compress(raw, 6)
        chunks.append(packed)
        about.append({
            "name": name, "type": kind, "shape": list(array.shape), "bytes": len(raw),
            "packed": len(packed), "crc": zlib.crc32(packed),
        })  # fmt: skip
    info = graph.info
    header = {
        "source": info.source, "date": info.date, "bounds": list(info.bounds),
        "metres": info.metres, "attribution": info.attribution, "nodes": len(graph.node_ids),
        "edges": len(graph.ends), "classes": list(CLASSES), "surfaces": list(SURFACES),
        "modes": [mode.value for mode in MODES], "arrays": about,
    }  # fmt: skip
    text = json.dumps(header, ensure_ascii=False, sort_keys=True).encode()
    head = _HEAD.pack(MAGIC, VERSION, len(text), zlib.crc32(text))
    _write(path, [head, text, *chunks])


def open_pack(path: Path) -> RoadGraph:
    """The graph of the pack at `path`, checked.

    Raises PlannerError: "roads.unreadable", "roads.not_a_pack" (another type of file),
    "roads.newer" (a later version), "roads.damaged" (anything else that is not as it must be).
    """
    try:
        with path.open("rb") as file:
            header = _header(file, path.name)
            graph = _graph(file, header)
    except OSError as error:
        raise PlannerError("roads.unreadable", file=path.name) from error
    except (_Damaged, ValueError, KeyError, TypeError, OverflowError, zlib.error) as error:
        raise PlannerError("roads.damaged", file=path.name) from error
    except MemoryError as error:
        raise PlannerError("roads.too_large", file=path.name) from error
    return graph


def pack_info(path: Path) -> PackInfo:
    """What the pack says of itself, from its header alone. Raises as `open_pack` does."""
    try:
        with path.open("rb") as file:
            return _info(_header(file, path.name))
    except OSError as error:
        raise PlannerError("roads.unreadable", file=path.name) from error
    except (_Damaged, ValueError, KeyError, TypeError, OverflowError) as error:
        raise PlannerError("roads.damaged", file=path.name) from error


def _write(path: Path, parts: list[bytes]) -> None:
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise PlannerError("roads.not_written", file=path.name) from error
    try:
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError as error:
        raise PlannerError("roads.not_written", file=path.name) from error
    finally:
        Path(name).unlink(missing_ok=True)


def _header(file: BinaryIO, name: str) -> dict[str, Any]:
    head = file.read(_HEAD.size)
    if head[: len(MAGIC)] != MAGIC:
        raise PlannerError("roads.not_a_pack", file=name)
    if len(head) < _HEAD.size:
        raise _Damaged
    _, version, length, crc = _HEAD.unpack(head)
    if version > VERSION and version < 1000:
        raise PlannerError("roads.newer", file=name)
    if version != VERSION or length > _LARGEST_HEADER:
        raise _Damaged
    text = file.read(length)
    if len(text) < length or zlib.crc32(text) != crc:
        raise _Damaged
    header = json.loads(text)
    if not isinstance(header, dict):
        raise _Damaged
    _check_header(header)
    packed = sum(one["packed"] for one in header["arrays"])
    _need(os.fstat(file.fileno()).st_size == _HEAD.size + length + packed)
    return header


def _check_header(header: dict[str, Any]) -> None:
    """The header's words and sizes make sense before anything is unpacked."""
    _need(header["classes"] == list(CLASSES) and header["surfaces"] == list(SURFACES))
    _need(header["modes"] == [mode.value for mode in MODES])
    _need(all(isinstance(header[key], str) and len(header[key]) <= 200
              for key in ("source", "date", "attribution")))  # fmt: skip
    south, west, north, east = (float(x) for x in header["bounds"])
    _need(-90 <= south <= north <= 90 and -180 <= west <= east <= 180)
    _need(isinstance(header["metres"], int) and header["metres"] >= 0)
    about = header["arrays"]
    _need(len(about) == len(_ARRAYS))
    whole = 0
    for one, (name, kind, columns) in zip(about, _ARRAYS, strict=True):
        _need(one["name"] == name and one["type"] == kind)
        shape = one["shape"]
        _need(all(type(n) is int and n >= 0 for n in (*shape, one["bytes"], one["packed"])))
        _need(shape[1:] == ([columns] if columns else []))
        size = int(np.dtype(kind).itemsize) * shape[0] * max(1, columns)
        _need(one["bytes"] == size <= _LARGEST_ARRAY and one["packed"] <= size + 1024)
        whole += size
    packed = sum(one["packed"] for one in about)
    _need(whole <= min(_LARGEST_PACK, packed * _MOST_TIMES + _ALWAYS_FREE))


def _info(header: dict[str, Any]) -> PackInfo:
    south, west, north, east = (float(x) for x in header["bounds"])
    bounds = (south, west, north, east)
    return PackInfo(
        header["source"], header["date"], bounds, header["metres"], header["attribution"]
    )


def _graph(file: BinaryIO, header: dict[str, Any]) -> RoadGraph:
    arrays = {one["name"]: _array(file, one) for one in header["arrays"]}
    graph = RoadGraph(info=_info(header), **arrays)
    _shapes_fit(graph)
    _indices_fit(graph)
    return graph


def _array(file: BinaryIO, about: dict[str, Any]) -> Array:
    packed = file.read(about["packed"])
    _need(len(packed) == about["packed"] and zlib.crc32(packed) == about["crc"])
    stream = zlib.decompressobj()
    raw = stream.decompress(packed, about["bytes"] + 1)
    _need(len(raw) == about["bytes"] and stream.eof and not stream.unused_data)
    array = np.frombuffer(raw, np.dtype(about["type"])).reshape(about["shape"])
    if about["name"] in _AS_STEPS:
        array = np.cumsum(array, axis=0, dtype=array.dtype)  # wraps as `_steps` does
    native = array.astype(array.dtype.newbyteorder("="), copy=False)
    native.setflags(write=False)
    return native


def _steps(array: Array) -> Array:
    """Differences from row to row; whole numbers wrap around, so nothing is lost."""
    return np.diff(array, axis=0, prepend=np.zeros((1, *array.shape[1:]), array.dtype))


def _need(holds: bool) -> None:
    if not holds:
        raise _Damaged


def _shapes_fit(graph: RoadGraph) -> None:
    edges = len(graph.ends)
    _need(edges > 0 and len(graph.node_ids) > 0)
    _need(len(graph.blocked) == len(graph.node_ids))
    for array in (graph.road_class, graph.surface, graph.access, graph.limits):
        _need(len(array) == edges)
    _need(len(graph.first) == edges + 1)


def _indices_fit(graph: RoadGraph) -> None:
    """No number points outside; every edge has two points at least and stays on the globe."""
    nodes, edges = len(graph.node_ids), len(graph.ends)
    _need(bool(((graph.ends >= 0) & (graph.ends < nodes)).all()))
    _need(int(graph.road_class.max()) < len(CLASSES) and int(graph.surface.max()) < len(SURFACES))
    _need(int(graph.access.max()) < 1 << 2 * len(MODES))
    _need(int(graph.blocked.max()) < 1 << len(MODES))
    _need(int(graph.first[0]) == 0 and int(graph.first[-1]) == len(graph.points))
    _need(bool((np.diff(graph.first) >= 2).all()))
    lats, lons = graph.points[:, 0], graph.points[:, 1]
    _need(bool((lats >= -90 * DEGREE).all() and (lats <= 90 * DEGREE).all()))
    _need(bool((lons >= -180 * DEGREE).all() and (lons <= 180 * DEGREE).all()))
    turns = graph.turns
    _need(bool(((turns >= 0) & (turns < np.array([edges, nodes, edges]))).all()))
