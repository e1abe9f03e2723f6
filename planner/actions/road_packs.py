"""The road packs of a workspace: list, add, remove. They lie in `packs/roads/` beside it.

An extract of OpenStreetMap becomes a pack in a process of its own; a ready pack is checked and
copied. Whatever goes wrong, the packs that are there stay as they are.
"""

import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from planner.errors import PlannerError
from planner.geo.road_build import build_pack
from planner.geo.road_graph import ATTRIBUTION, KINDS, PackInfo
from planner.geo.road_pack import SUFFIX, open_pack, pack_info
from planner.paths import packs_folder

ENDINGS: Final = (*KINDS, SUFFIX)
_LONGEST = 60  # characters of a pack's name


@dataclass(frozen=True, slots=True)
class RoadPack:
    """A pack by its name: size of the file in bytes, and what it holds or why it is not used."""

    name: str
    path: Path
    size: int
    info: PackInfo | None
    trouble: PlannerError | None = None


def roads_folder(workspace: Path) -> Path:
    """Where the road packs of a workspace lie; not made here."""
    return packs_folder(workspace) / "roads"


def pack_files(workspace: Path) -> list[Path]:
    """The files of the road packs by name; none when there is no folder."""
    try:
        return sorted(p for p in roads_folder(workspace).iterdir() if p.suffix == SUFFIX)
    except OSError:
        return []


def list_road_packs(workspace: Path) -> tuple[RoadPack, ...]:
    """The packs of a workspace by name, also those that are damaged, from their headers alone."""
    found = []
    for path in pack_files(workspace):
        info, trouble, size = None, None, 0
        try:
            size = path.stat().st_size
            info = pack_info(path)
        except PlannerError as error:
            trouble = error
        except OSError:
            trouble = PlannerError("roads.unreadable", file=path.name)
        found.append(RoadPack(path.stem, path, size, info, trouble))
    return tuple(found)


def import_road_pack(
    workspace: Path,
    source: Path,
    *,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    attribution: str = ATTRIBUTION,
) -> RoadPack:
    """Add the roads of `source`: an extract (.osm.pbf, .osm.gz, .osm.bz2, .osm) or a ready pack.

    A pack of the same name is replaced once the new one is whole. `on_progress` gets shares from 0
    to 1; `attribution` is said of an extract's data. Raises PlannerError as `build_pack` and
    `open_pack`, and "roads.not_roads" for a file of another kind.
    """
    name = pack_name(source)
    folder = roads_folder(workspace)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PlannerError("roads.not_written", file=folder.name) from error
    target = folder / f"{name}{SUFFIX}"
    if source.name.lower().endswith(SUFFIX):
        info = _copy(source, target)
        if on_progress is not None:
            on_progress(1.0)
    else:
        info = build_pack(
            source, target, on_progress=on_progress, cancelled=cancelled, attribution=attribution
        )
    return RoadPack(name, target, target.stat().st_size, info)


def remove_road_pack(workspace: Path, name: str) -> None:
    """Delete a pack. Raises PlannerError("roads.no_pack"), ("roads.not_removed")."""
    known = {path.stem: path for path in pack_files(workspace)}
    if name not in known:
        raise PlannerError("roads.no_pack", name=name)
    try:
        known[name].unlink()
    except OSError as error:
        raise PlannerError("roads.not_removed", name=name) from error


def pack_name(source: Path) -> str:
    """What the pack of a file is called: its name without the endings, and without the signs that
    not every disk takes. Raises PlannerError("roads.not_roads")."""
    lower = source.name.lower()
    ending = next((end for end in ENDINGS if lower.endswith(end)), None)
    if ending is None:
        raise PlannerError("roads.not_roads", file=source.name)
    name = re.sub(r"[^\w.-]+", "-", source.name[: -len(ending)]).strip("-.")[:_LONGEST]
    return name.removesuffix("-latest") or "roads"


def _copy(source: Path, target: Path) -> PackInfo:
    """Copy aside, check, then give the name."""
    pack_info(source)  # quick: a wrong file of whatever size is not copied at all
    try:
        handle, part = tempfile.mkstemp(prefix=".roads-", suffix=".part", dir=target.parent)
    except OSError as error:
        raise PlannerError("roads.not_written", file=target.name) from error
    copy = Path(part)
    try:
        try:
            with open(handle, "wb") as file, source.open("rb") as given:
                shutil.copyfileobj(given, file)
        except OSError as error:
            raise PlannerError("roads.unreadable", file=source.name) from error
        try:
            info = open_pack(copy).info
        except PlannerError as error:
            raise PlannerError(error.code, **{**error.params, "file": source.name}) from error
        try:
            copy.replace(target)
        except OSError as error:
            raise PlannerError("roads.not_written", file=target.name) from error
        return info
    finally:
        copy.unlink(missing_ok=True)
