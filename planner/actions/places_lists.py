"""The lists of places beside a workspace: which there are, bringing one in, taking one away."""

import csv
import functools
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

from planner.domain.localtime import country_of
from planner.errors import PlannerError
from planner.geo.gazetteer import (
    GEONAMES,
    Gazetteer,
    Place,
    kind_of,
    read_list,
    shipped,
    spelt,
    write_list,
)
from planner.geo.geocode import ONLINE
from planner.intake.place_list import PlaceRow, read_place_list
from planner.intake.records import Fault
from planner.paths import packs_folder
from planner.store.store import Store

_MOST_BYTES = 64 << 20
_UNFIT = re.compile(r"[^\w\-（）()《》 ]+")  # in the name of a file


@dataclass(frozen=True, slots=True)
class Listed:
    """A list in use: its name, how many places; 0 of a damaged file, which finds nothing."""

    name: str
    places: int


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file brought: its list, and the rows that were left out, with the reason."""

    name: str
    places: int
    faults: tuple[Fault, ...]


def place_lists(store: Store) -> list[Listed]:
    """The lists of this workspace by name; what ships with the program is not among them."""
    return [Listed(path.stem, len(_read(*_version(path)))) for path in _files(store.path)]


def bring_list(
    store: Store, path: Path, *, datum: str = "", cancelled: Callable[[], bool] | None = None
) -> Brought:
    """Take a file of places in under its own name; one of the same name is replaced.

    Bad rows are left out and listed. Raises what `read_place_list` raises, "places.none" when no
    row is good, and "places.not_kept" where the disk does not take it.
    """
    country = country_of(store.zone)
    read = read_place_list(path, datum=datum, country=country, cancelled=cancelled)
    if not read.rows:
        first = read.faults[0]
        raise PlannerError("places.all_bad", file=path.name, row=first.row, column=first.column)
    keep_list(store.path, path.stem, [place_of_row(row) for row in read.rows])
    return Brought(_file_name(path.stem), len(read.rows), read.faults)


def keep_list(workspace: Path, name: str, places: list[Place]) -> None:
    """Write places as a list of a workspace; a cut-off write leaves the old one as it was.

    PlannerError("places.not_kept") where the disk does not take it.
    """
    folder = _folder(workspace)
    target = folder / f"{_file_name(name)}.csv"
    part = target.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            write_list(part, places)
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise PlannerError("places.not_kept", name=target.stem) from error


def drop_list(store: Store, name: str) -> None:
    """Take a list away; positions that were taken from it stay.

    PlannerError("places.no_list"), ("places.not_removed").
    """
    path = _folder(store.path) / f"{name}.csv"
    if path not in _files(store.path):
        raise PlannerError("places.no_list", name=name)
    try:
        path.unlink()
    except OSError as error:
        raise PlannerError("places.not_removed", name=name) from error


def gazetteer_of(store: Store) -> Gazetteer:
    """All places this workspace knows: what ships, and its own lists. Kept while nothing changes;
    the first call takes half a second."""
    return _gazetteer(tuple(_version(path) for path in _files(store.path)))


def place_of_row(row: PlaceRow) -> Place:
    """A row of a user's list as a place, its name spelt in letters."""
    known = {one.name: getattr(row, one.name) for one in fields(row)}
    known["kind"] = row.kind or kind_of(row.name)
    return Place(pinyin=spelt(row.name), **known)


def _folder(workspace: Path) -> Path:
    return packs_folder(workspace) / "places"


def _files(workspace: Path) -> list[Path]:
    return sorted(_folder(workspace).glob("*.csv"))


def _file_name(name: str) -> str:
    return _UNFIT.sub("_", name).strip(" ._")[:80] or "places"


def _version(path: Path) -> tuple[Path, int, int]:
    """A file as it is now; it may have gone since it was listed."""
    try:
        known = path.stat()
    except OSError:
        return path, 0, 0
    return path, known.st_mtime_ns, known.st_size


@functools.lru_cache(maxsize=32)
def _read(path: Path, _changed: int, size: int) -> tuple[Place, ...]:
    if size > _MOST_BYTES:  # no list that this program wrote
        return ()
    try:
        return tuple(read_list(path, path.stem))
    except (OSError, ValueError, KeyError, csv.Error):
        return ()


@functools.lru_cache(maxsize=2)
def _gazetteer(files: tuple[tuple[Path, int, int], ...]) -> Gazetteer:
    own = [place for file in files for place in _read(*file)]
    return Gazetteer((*own, *shipped()))  # one's own lists first: they know the region


def source_of(place: Place) -> str:
    """What a position says about where it comes from."""
    if place.source.startswith(ONLINE):
        return place.source
    return f"gazetteer:{place.source or GEONAMES}"
