"""A `.pmtiles` file (version 3), read with bounds and without trust.

The library knows the format: header, tile numbers and search are its own. Directories are read
here, because the library inflates them without a bound. Nothing is mapped into memory: a file that
is cut while it is in use would end the program.
"""

import json
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pmtiles.tile import (
    Compression,
    Entry,
    TileType,
    deserialize_header,
    find_tile,
    tileid_to_zxy,
    zxy_to_tileid,
)

from planner.errors import PlannerError
from planner.geo.tiles import Damaged, inflate, varint

HEAD = 127  # bytes
_MEDIA = {
    TileType.MVT: "application/x-protobuf", TileType.PNG: "image/png",
    TileType.JPEG: "image/jpeg", TileType.WEBP: "image/webp",
}  # fmt: skip
_DIRECTORY_LIMIT = 32_000_000  # bytes after inflating
_METADATA_LIMIT = 8_000_000
_DEEPEST = 3  # directories below one another
_KEPT = 16  # leaf directories in memory
_HIGHEST_ZOOM = 24


class PmtilesFile:
    """The tiles of one file. Not for two threads at once."""

    def __init__(self, path: Path) -> None:
        """Raises Damaged, OSError, PlannerError("map_pack.not_a_map" | ".kind" | ".version")."""
        self._file = path.open("rb")
        try:
            self._size = path.stat().st_size
            self._head: dict[str, Any] = dict(self._read_head(path.name))
            self._leaves: OrderedDict[int, list[Entry]] = OrderedDict()
            self._root = self._directory(self._head["root_offset"], self._head["root_length"])
            self.metadata = self._read_metadata()
        except BaseException:
            self._file.close()
            raise
        self.media = _MEDIA[self._head["tile_type"]]
        self.zooms = (int(self._head["min_zoom"]), int(self._head["max_zoom"]))

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def _read_head(self, name: str) -> dict[str, Any]:
        data = self._file.read(HEAD)
        if data[:2] == b"PM" and data[:7] != b"PMTiles":
            raise PlannerError("map_pack.version", file=name)
        if data[:7] != b"PMTiles":
            raise PlannerError("map_pack.not_a_map", file=name)
        if len(data) < HEAD:
            raise Damaged
        if data[7] != 3:
            raise PlannerError("map_pack.version", file=name)
        try:
            head: dict[str, Any] = dict(deserialize_header(data))
        except ValueError as error:  # a kind or a compression that nobody knows
            raise PlannerError("map_pack.kind", file=name) from error
        packed = (Compression.GZIP, Compression.NONE)
        pictures = head["tile_type"] != TileType.MVT
        fits = head["tile_compression"] in (*packed, *((Compression.UNKNOWN,) * pictures))
        if (
            head["tile_type"] not in _MEDIA
            or not fits
            or head["internal_compression"] not in packed
        ):
            raise PlannerError("map_pack.kind", file=name)
        for part in ("root", "metadata", "leaf_directory", "tile_data"):
            if head[f"{part}_offset"] + head[f"{part}_length"] > self._size:
                raise Damaged
        if head["root_offset"] < HEAD or not head["root_length"] or not head["tile_data_length"]:
            raise Damaged
        if not 0 <= head["min_zoom"] <= head["max_zoom"] <= _HIGHEST_ZOOM:
            raise Damaged
        return head

    def bounds(self) -> tuple[float, float, float, float] | None:
        """(south, west, north, east) as the header says it, None where it says nothing."""
        names = ("min_lat_e7", "min_lon_e7", "max_lat_e7", "max_lon_e7")
        south, west, north, east = (self._head[name] / 1e7 for name in names)
        if (south, west, north, east) == (0.0, 0.0, 0.0, 0.0):
            return None
        if not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
            raise Damaged
        return south, west, north, east

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """The stored bytes of a tile, None where there is none; raises Damaged and OSError."""
        if not self.zooms[0] <= z <= self.zooms[1] or not (0 <= x < 1 << z and 0 <= y < 1 << z):
            return None
        number = zxy_to_tileid(z, x, y)
        entries = self._root
        for _ in range(_DEEPEST + 1):
            found = find_tile(entries, number)
            if found is None:
                return None
            if found.run_length:
                return self._read(self._head["tile_data_offset"] + found.offset, found.length)
            entries = self._leaf(found)
        raise Damaged

    def every(self) -> Iterator[tuple[int, int, int, bytes]]:
        """(z, x, y, stored bytes) of each different content, in the order of the directory.

        Walks all directories and raises Damaged where they contradict themselves.
        """
        seen: set[int] = set()
        last = -1
        for entry in self._walk(self._root, 0):
            if entry.tile_id <= last:
                raise Damaged
            last = entry.tile_id + entry.run_length - 1
            z, x, y = _place(entry.tile_id)
            if not self.zooms[0] <= z <= self.zooms[1] or _place(last)[0] > self.zooms[1]:
                raise Damaged
            if entry.offset not in seen:
                seen.add(entry.offset)
                yield (
                    z,
                    x,
                    y,
                    self._read(self._head["tile_data_offset"] + entry.offset, entry.length),
                )

    def places(self) -> Iterator[tuple[int, int]]:
        """(x, y) of the tiles of the highest zoom, as far as they are first of a run."""
        for entry in self._walk(self._root, 0):
            z, x, y = _place(entry.tile_id)
            if z == self.zooms[1]:
                yield x, y

    def count(self) -> int:
        """How many entries the header says there are."""
        return int(self._head["tile_contents_count"])

    def _walk(self, entries: list[Entry], depth: int) -> Iterator[Entry]:
        for entry, following in zip(entries, [*entries[1:], None], strict=True):
            if entry.run_length:
                yield entry
                continue
            if depth == _DEEPEST:
                raise Damaged
            below = self._leaf(entry)
            # A leaf holds what lies between its own number and the next one's: so none is
            # walked twice, whatever the file says.
            if below[0].tile_id != entry.tile_id:
                raise Damaged
            if following is not None and below[-1].tile_id >= following.tile_id:
                raise Damaged
            yield from self._walk(below, depth + 1)

    def _leaf(self, entry: Entry) -> list[Entry]:
        if entry.offset + entry.length > self._head["leaf_directory_length"]:
            raise Damaged
        kept = self._leaves.get(entry.offset)
        if kept is None:
            kept = self._directory(self._head["leaf_directory_offset"] + entry.offset, entry.length)
            self._leaves[entry.offset] = kept
            if len(self._leaves) > _KEPT:
                self._leaves.popitem(last=False)
        return kept

    def _directory(self, offset: int, length: int) -> list[Entry]:
        data = self._unpacked(offset, length, _DIRECTORY_LIMIT)
        count, at = varint(data, 0)
        if not 0 < count <= len(data) // 4:
            raise Damaged
        columns = []
        for _ in range(4):
            column = []
            for _ in range(count):
                value, at = varint(data, at)
                column.append(value)
            columns.append(column)
        if at != len(data):
            raise Damaged
        return self._entries(*columns)

    def _entries(
        self, steps: list[int], runs: list[int], lengths: list[int], offsets: list[int]
    ) -> list[Entry]:
        entries: list[Entry] = []
        number = -1
        room = self._head["tile_data_length"]
        for index, (step, run, length, told) in enumerate(
            zip(steps, runs, lengths, offsets, strict=True)
        ):
            number = number + step if index else step
            if (index and not step) or not length or (not index and not told):
                raise Damaged
            before = entries[-1] if entries else None
            offset = told - 1 if told or before is None else before.offset + before.length
            if run and offset + length > room:
                raise Damaged
            entries.append(Entry(number, offset, length, run))
        return entries

    def _read_metadata(self) -> dict[str, Any]:
        if not self._head["metadata_length"]:
            return {}
        data = self._unpacked(
            self._head["metadata_offset"], self._head["metadata_length"], _METADATA_LIMIT
        )
        return read_json(data)

    def _unpacked(self, offset: int, length: int, limit: int) -> bytes:
        data = self._read(offset, length)
        packed = self._head["internal_compression"] == Compression.GZIP
        return inflate(data, limit) if packed else data

    def _read(self, offset: int, length: int) -> bytes:
        if offset + length > self._size:
            raise Damaged
        self._file.seek(offset)
        data = self._file.read(length)
        if len(data) != length:
            raise Damaged
        return data


def _place(number: int) -> tuple[int, int, int]:
    try:
        z, x, y = tileid_to_zxy(number)
    except OverflowError as error:
        raise Damaged from error
    return z, x, y


def read_json(data: bytes | str) -> dict[str, Any]:
    """A JSON object; Damaged for anything else, also for one nested without end."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Damaged from error
    if not isinstance(value, dict):
        raise Damaged
    return value
