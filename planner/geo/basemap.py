"""Base map packs: tiles of a map in one file (`.pmtiles` or `.mbtiles`), vector or pictures.

`open_map` looks at the head of a file and is quick; `check_map` reads every tile and is what an
import does: tiles that are packed carry a check sum, so a flipped bit is found. Whatever is wrong
with a file becomes a PlannerError("map_pack....").
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from planner.errors import PlannerError
from planner.geo.mbtiles_file import MbtilesFile
from planner.geo.pmtiles_file import PmtilesFile, read_json
from planner.geo.tiles import Damaged, TooBig, check_picture, inflate, plain, vector_layers

ENDINGS = (".pmtiles", ".mbtiles")
VECTOR = "application/x-protobuf"
Schema = Literal["own", "protomaps", "openmaptiles", "unknown", "picture"]
Progress = Callable[[float], None]
_READERS: dict[str, type[PmtilesFile] | type[MbtilesFile]] = {
    ".pmtiles": PmtilesFile,
    ".mbtiles": MbtilesFile,
}
# Layers that only one schema has; asked in this order.
_TELLTALE: tuple[tuple[Schema, frozenset[str]], ...] = (
    ("openmaptiles", frozenset({"transportation", "place", "landcover", "transportation_name"})),
    ("protomaps", frozenset({"earth", "boundaries", "natural", "physical_point"})),
    ("own", frozenset({"roads", "places", "landuse", "waterway"})),
)
_REPORT_EVERY = 64  # tiles
_EARTH = 6_371_008.8  # metres, mean radius


@dataclass(frozen=True, slots=True)
class MapPack:
    """What a pack is. `bounds` south, west, north, east in WGS-84 degrees; `zooms` lowest and
    highest; `title` and `attribution` plain text of one line; `size` in bytes."""

    path: Path
    title: str
    media: str
    schema: Schema
    bounds: tuple[float, float, float, float]
    zooms: tuple[int, int]
    attribution: str
    fictional: bool
    size: int

    @property
    def vector(self) -> bool:
        """Whether its tiles are drawn here; else they are pictures."""
        return self.media == VECTOR

    def square_km(self) -> float:
        """The area of its bounds in square kilometres, on a sphere."""
        south, west, north, east = (math.radians(side) for side in self.bounds)
        return _EARTH**2 * (east - west) * (math.sin(north) - math.sin(south)) / 1e6


class BaseMap:
    """An open pack, for one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Raises PlannerError("map_pack....")."""
        reader = _READERS.get(path.suffix.lower())
        if reader is None or not path.is_file():
            raise PlannerError("map_pack.not_a_map", file=path.name)
        with _in_words(path):
            self._file = reader(path)
        try:
            with _in_words(path):
                self.pack = _pack(path, self._file)
        except BaseException:
            self._file.close()
            raise

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """A tile ready for use (inflated), None where the pack has none.

        PlannerError("map_pack.damaged" | "map_pack.too_big" | "map_pack.unreadable").
        """
        with _in_words(self.pack.path):
            data = self._file.tile(z, x, y)
            return None if data is None else inflate(data)

    def check(
        self, on_progress: Progress | None = None, cancelled: Callable[[], bool] | None = None
    ) -> None:
        """Read every tile. PlannerError as `tile`, and "map_pack.stopped" when `cancelled`."""
        whole = max(1, self._file.count())
        with _in_words(self.pack.path):
            for number, (_, _, _, data) in enumerate(self._file.every()):
                content = inflate(data)
                if self.pack.vector:
                    vector_layers(content)
                else:
                    check_picture(content, self.pack.media)
                if number % _REPORT_EVERY == 0:
                    if cancelled is not None and cancelled():
                        raise PlannerError("map_pack.stopped")
                    if on_progress is not None:
                        on_progress(min(1.0, number / whole))

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def __enter__(self) -> "BaseMap":
        return self

    def __exit__(self, *_about: object) -> None:
        self.close()


def open_map(path: Path) -> BaseMap:
    """The pack in `path`, its head checked; the caller closes it. PlannerError("map_pack....")."""
    return BaseMap(path)


def check_map(
    path: Path,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> MapPack:
    """Check the whole of `path` and say what it is; PlannerError("map_pack....")."""
    with open_map(path) as opened:
        opened.check(on_progress, cancelled)
        return opened.pack


def _pack(path: Path, file: PmtilesFile | MbtilesFile) -> MapPack:
    about = file.metadata
    names = _layer_names(about)
    vector = file.media == VECTOR
    if vector and not names:
        first = next(file.every(), None)
        names = frozenset(vector_layers(inflate(first[3]))) if first else frozenset()
    schema: Schema = "picture"
    if vector:
        schema = next((kind for kind, sign in _TELLTALE if names & sign), "unknown")
    return MapPack(
        path=path,
        title=plain(about.get("name"), 60) or plain(path.stem, 60),
        media=file.media,
        schema=schema,
        bounds=file.bounds() or _bounds_of_tiles(file),
        zooms=file.zooms,
        attribution=plain(about.get("attribution")),
        fictional=about.get("fictional") is True or about.get("fictional") == "yes",
        size=path.stat().st_size,
    )


def _layer_names(about: dict[str, Any]) -> frozenset[str]:
    """Names of the vector layers, also where tippecanoe or tilemaker tell them as text."""
    told = about.get("vector_layers")
    if told is None and isinstance(about.get("json"), str):
        return _layer_names({"vector_layers": _inner(about["json"])})
    if not isinstance(told, list):
        return frozenset()
    return frozenset(str(one["id"]) for one in told if isinstance(one, dict) and "id" in one)


def _inner(text: str) -> object:
    return read_json(text).get("vector_layers")


def _bounds_of_tiles(file: PmtilesFile | MbtilesFile) -> tuple[float, float, float, float]:
    """The box around the tiles of the highest zoom."""
    left = top = 1 << 30
    right = bottom = -1
    for x, y in file.places():
        left, right = min(left, x), max(right, x)
        top, bottom = min(top, y), max(bottom, y)
    if right < 0:
        raise Damaged
    wide = 1 << file.zooms[1]
    return (
        _latitude((bottom + 1) / wide), left / wide * 360 - 180,
        _latitude(top / wide), (right + 1) / wide * 360 - 180,
    )  # fmt: skip


def _latitude(share: float) -> float:
    """Degrees north of a share of the Web Mercator square, counted from its north side."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * share))))


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """What is wrong with a file as a PlannerError; its name is said, its content never."""
    try:
        yield
    except TooBig as error:
        raise PlannerError("map_pack.too_big", file=path.name) from error
    except Damaged as error:
        raise PlannerError("map_pack.damaged", file=path.name) from error
    except OSError as error:
        raise PlannerError("map_pack.unreadable", file=path.name) from error
