"""An `.mbtiles` file: SQLite, opened for reading only and without trust in its schema.

The file is a stranger's database. It may hold views and triggers of any kind, so: read-only and
immutable (no journal is touched), an untrusted schema, an authorizer that allows reading and the
few functions asked for here, a bound on the length of values and on the work of one query.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from planner.errors import PlannerError
from planner.geo.pmtiles_file import read_json
from planner.geo.tiles import STORED_LIMIT, Damaged

MAGIC = b"SQLite format 3\x00"
_MEDIA = {
    "pbf": "application/x-protobuf", "mvt": "application/x-protobuf", "png": "image/png",
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp",
}  # fmt: skip
_MOST_FACTS = 200
_STEPS = 10_000  # SQLite's steps between two looks at the work done
_MOST_LOOKS = 200  # looks per tile: two million steps; an indexed look-up needs a few hundred
_MOST_SCANS = 200_000  # looks for what reads the whole file
_HIGHEST_ZOOM = 24
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ})
_FUNCTIONS = frozenset({"min", "max", "count", "typeof", "length"})


class MbtilesFile:
    """The tiles of one file. Not for two threads at once."""

    def __init__(self, path: Path) -> None:
        """Raises Damaged, OSError, PlannerError("map_pack.not_a_map" | ".kind" | ".empty")."""
        with path.open("rb") as file:
            head = file.read(100)
        if head[:16] != MAGIC:
            raise PlannerError("map_pack.not_a_map", file=path.name)
        page = int.from_bytes(head[16:18], "big")
        pages = int.from_bytes(head[28:32], "big")
        if path.stat().st_size < (65_536 if page == 1 else page) * pages:
            raise Damaged  # cut
        self._looks = self._most = 0
        address = path.resolve().as_uri() + "?mode=ro&immutable=1"
        with _as_damaged():
            # One thread at a time, but not always the same: who closes is another one.
            self._conn = sqlite3.connect(
                address, uri=True, isolation_level=None, check_same_thread=False
            )
        try:
            with _as_damaged():
                self._guard()
                facts = self._facts()
                self._read(facts, path.name)
        except BaseException:
            self._conn.close()
            raise

    def _guard(self) -> None:
        conn = self._conn
        conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, STORED_LIMIT + 65_536)
        conn.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        for pragma in ("trusted_schema=OFF", "query_only=ON", "cell_size_check=ON", "mmap_size=0"):
            conn.execute(f"PRAGMA {pragma}")
        conn.set_progress_handler(self._look, _STEPS)
        conn.set_authorizer(_authorize)

    def _look(self) -> int:
        self._looks += 1
        return int(self._looks > self._most)

    def _ask(self, query: str, values: tuple[int, ...] = (), most: int = _MOST_SCANS) -> Any:
        self._looks, self._most = 0, most
        return self._conn.execute(query, values)

    def _facts(self) -> dict[str, str]:
        rows = self._ask("SELECT name, value FROM metadata LIMIT ?", (_MOST_FACTS,)).fetchall()
        return {str(name): str(value) for name, value in rows if value is not None}

    def _read(self, facts: dict[str, str], name: str) -> None:
        media = _MEDIA.get(facts.get("format", "").lower())
        if media is None:
            raise PlannerError("map_pack.kind", file=name)
        self.media = media
        self.metadata: dict[str, Any] = {
            key: value for key, value in facts.items() if key != "json"
        }
        if facts.get("json"):
            self.metadata |= read_json(facts["json"])
        low, high, self._count = self._ask(
            "SELECT min(zoom_level), max(zoom_level), count(*) FROM tiles"
        ).fetchone()
        if not self._count:
            raise PlannerError("map_pack.empty", file=name)
        if not (
            isinstance(low, int) and isinstance(high, int) and 0 <= low <= high <= _HIGHEST_ZOOM
        ):
            raise Damaged
        self.zooms = (low, high)

    def close(self) -> None:
        """Give the file back."""
        self._conn.close()

    def bounds(self) -> tuple[float, float, float, float] | None:
        """(south, west, north, east) as the table says it, None where it says nothing."""
        told = self.metadata.get("bounds")
        if told is None:
            return None
        try:
            west, south, east, north = (float(part) for part in str(told).split(","))
        except ValueError as error:
            raise Damaged from error
        if (south, west, north, east) == (0.0, 0.0, 0.0, 0.0):
            return None
        if not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
            raise Damaged
        return south, west, north, east

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """The stored bytes of a tile (y from the north), None where there is none; Damaged."""
        if not self.zooms[0] <= z <= self.zooms[1] or not (0 <= x < 1 << z and 0 <= y < 1 << z):
            return None
        with _as_damaged():
            found = self._ask(
                "SELECT tile_data FROM tiles"
                " WHERE zoom_level = ? AND tile_column = ? AND tile_row = ? LIMIT 1",
                (z, x, (1 << z) - 1 - y),
                _MOST_LOOKS,
            ).fetchone()
        return None if found is None else _blob(found[0])

    def every(self) -> Iterator[tuple[int, int, int, bytes]]:
        """(z, x, y, stored bytes) of every tile; Damaged where the file contradicts itself."""
        with _as_damaged():
            self._check_pages()
            rows = self._ask("SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles")
            for z, x, row, data in rows:
                self._looks = 0
                whole = all(isinstance(number, int) for number in (z, x, row))
                if not whole or not (0 <= x < 1 << z and 0 <= row < 1 << z):
                    raise Damaged
                yield z, x, (1 << z) - 1 - row, _blob(data)

    def places(self) -> Iterator[tuple[int, int]]:
        """(x, y) of the tiles of the highest zoom."""
        z = self.zooms[1]
        with _as_damaged():
            rows = self._ask("SELECT tile_column, tile_row FROM tiles WHERE zoom_level = ?", (z,))
            for x, row in rows:
                if isinstance(x, int) and isinstance(row, int) and 0 <= row < 1 << z:
                    yield x, (1 << z) - 1 - row

    def count(self) -> int:
        """How many tiles there are."""
        return int(self._count)

    def _check_pages(self) -> None:
        self._conn.set_authorizer(None)
        try:
            answer = self._ask("PRAGMA quick_check(1)").fetchone()
        finally:
            self._conn.set_authorizer(_authorize)
        if answer is None or answer[0] != "ok":
            raise Damaged


def _authorize(
    action: int, first: str | None, second: str | None, _database: str | None, _inner: str | None
) -> int:
    reading = action in _ALLOWED
    asked = action == sqlite3.SQLITE_FUNCTION and second in _FUNCTIONS
    return sqlite3.SQLITE_OK if reading or asked else sqlite3.SQLITE_DENY


def _blob(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise Damaged
    return value


@contextmanager
def _as_damaged() -> Iterator[None]:
    """Whatever SQLite says about a stranger's file: it does not hold together."""
    try:
        yield
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        raise Damaged from error
