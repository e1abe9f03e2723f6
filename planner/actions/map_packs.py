"""The base maps of a workspace: brought in, listed, removed, and an online server by choice.

Packs lie in `packs/maps/` beside the workspace. A pack is copied under another name, checked
there from its first to its last tile, and gets its name only then: what was there stays whole
whatever the new file is like.
"""

import hashlib
import os
import re
import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from planner.errors import PlannerError
from planner.geo.basemap import ENDINGS, MapPack, Progress, check_map, open_map
from planner.geo.tiles import plain
from planner.paths import packs_folder, resources
from planner.store import settings
from planner.store.driver import Connection
from planner.store.store import Store

_ONLINE = "map.online"
_CHUNK = 1 << 22  # bytes copied at once
_SPARE = 100_000_000  # bytes that stay free on the disk
_COPY_SHARE = 0.5  # of the progress
_UNFIT = re.compile(r'[<>:"/\\|?*%#]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_DEMO = "demo/prefecture.pmtiles"


@dataclass(frozen=True, slots=True)
class Online:
    """A tile server of the user's choice: `address` with {z}, {x} and {y}, what is owed to its
    makers as plain text, and whether it is in use."""

    address: str = ""
    attribution: str = ""
    on: bool = False

    @property
    def origin(self) -> str:
        """Scheme, host and port: all that is let through besides our own pages."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class Listed:
    """A file in the folder: what it is, or why it cannot be used."""

    path: Path
    pack: MapPack | None
    trouble: PlannerError | None = None


def maps_folder(workspace: Path) -> Path:
    """Where the base maps of a workspace lie; not made here."""
    return packs_folder(workspace) / "maps"


def list_maps(workspace: Path) -> list[Listed]:
    """All packs by name; one that has come to harm since its import is told with its trouble."""
    folder = maps_folder(workspace)
    found = []
    if not folder.is_dir():
        return []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in ENDINGS or path.name.startswith(".") or not path.is_file():
            continue
        try:
            with open_map(path) as opened:
                found.append(Listed(path, opened.pack))
        except PlannerError as error:
            found.append(Listed(path, None, error))
    return found


def import_map(
    workspace: Path,
    source: Path,
    *,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> MapPack:
    """Copy `source` into the workspace's packs and check it; the pack as it lies there.

    PlannerError("map_pack....") when it is no sound map, is there already ("known"), does not fit
    on the disk ("no_room") or was stopped. `on_progress` gets shares of 1.
    """
    if source.suffix.lower() not in ENDINGS or not source.is_file():
        raise PlannerError("map_pack.not_a_map", file=source.name)
    open_map(source).close()  # quick: a wrong file is not copied at all
    folder = maps_folder(workspace)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < source.stat().st_size + _SPARE:
            raise PlannerError("map_pack.no_room", file=source.name)
        half = folder / f".{os.getpid()}-{_safe(source.stem)}.part{source.suffix.lower()}"
        try:
            mark = _copy(source, half, on_progress, cancelled)
            _refuse_known(folder, half, mark)
            check_map(half, _second_half(on_progress), cancelled)
            target = _free_name(folder, source)
            half.replace(target)
        finally:
            half.unlink(missing_ok=True)
    except OSError as error:
        raise PlannerError("map_pack.unreadable", file=source.name) from error
    except PlannerError as error:
        if "file" in error.params:
            error.params["file"] = source.name  # not the name it had for the moment
        raise
    with open_map(target) as opened:
        return opened.pack


def remove_map(workspace: Path, name: str) -> None:
    """Delete the pack with this file name; one that is not there is no fault.

    PlannerError("map_pack.in_use") where the system holds on to an open file.
    """
    path = maps_folder(workspace) / name
    if path.parent != maps_folder(workspace) or path.suffix.lower() not in ENDINGS:
        raise PlannerError("map_pack.not_a_map", file=plain(name, 60))
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise PlannerError("map_pack.in_use", file=path.name) from error


def bring_demo_map(workspace: Path) -> None:
    """Lay the base map of the demonstration prefecture beside its workspace."""
    folder = maps_folder(workspace)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(resources() / _DEMO, folder / "demo.pmtiles")


def online_map(conn: Connection) -> Online:
    """The tile server of this workspace; off where none was chosen."""
    told = settings.get(conn, _ONLINE, {})
    return Online(told.get("address", ""), told.get("attribution", ""), bool(told.get("on")))


def choose_online(store: Store, online: Online) -> Online:
    """Keep a tile server; PlannerError("map_pack.address") when it is on and its address wrong."""
    if online.on:
        check_address(online.address)
    clean = Online(online.address.strip(), plain(online.attribution), online.on)
    told = {"address": clean.address, "attribution": clean.attribution, "on": clean.on}
    with store.write() as tx:
        settings.put(tx, _ONLINE, told)
    return clean


def check_address(address: str) -> None:
    """PlannerError("map_pack.address") unless `address` is http(s), names a host without user or
    password, and holds {z}, {x}, {y} behind the host."""
    try:
        parts = urlsplit(address.strip())
        sound = (
            parts.scheme in ("http", "https")
            and re.fullmatch(r"[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]", _host(parts.netloc)) is not None
            and parts.port != 0
        )
    except ValueError:
        sound = False
    rest = address.strip()[len(parts.scheme) + len(parts.netloc) :] if sound else ""
    if not all(sign in rest for sign in ("{z}", "{x}", "{y}")) or re.search(r"[\s<>\"'\\;]", rest):
        raise PlannerError("map_pack.address")


def _host(netloc: str) -> str:
    """The host without its port."""
    return re.sub(r":\d+$", "", netloc)


def _copy(
    source: Path, target: Path, on_progress: Progress | None, cancelled: Callable[[], bool] | None
) -> bytes:
    """Copy; answers the SHA-256 of what was copied."""
    mark, done, whole = hashlib.sha256(), 0, max(1, source.stat().st_size)
    with source.open("rb") as read, target.open("wb") as write:
        while chunk := read.read(_CHUNK):
            if cancelled is not None and cancelled():
                raise PlannerError("map_pack.stopped")
            write.write(chunk)
            mark.update(chunk)
            done += len(chunk)
            if on_progress is not None:
                on_progress(min(1.0, done / whole) * _COPY_SHARE)
        write.flush()
        os.fsync(write.fileno())
    return mark.digest()


def _second_half(on_progress: Progress | None) -> Progress | None:
    if on_progress is None:
        return None
    return lambda share: on_progress(_COPY_SHARE + share * (1 - _COPY_SHARE))


def _refuse_known(folder: Path, new: Path, mark: bytes) -> None:
    size = new.stat().st_size
    for path in folder.iterdir():
        if path == new or path.suffix.lower() not in ENDINGS or path.name.startswith("."):
            continue
        if path.stat().st_size == size:
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").digest() == mark:
                    raise PlannerError("map_pack.known", file=path.name)


def _safe(stem: str) -> str:
    """A file name that every system takes: no signs with a meaning, none that cannot be seen."""
    seen = "".join(
        c for c in unicodedata.normalize("NFC", stem) if unicodedata.category(c)[0] != "C"
    )
    name = _UNFIT.sub("_", seen).strip(" .")[:60].strip(" .")
    return f"map-{name}" if not name or _RESERVED.fullmatch(name) else name


def _free_name(folder: Path, source: Path) -> Path:
    """A name that nobody has yet."""
    stem, ending = _safe(source.stem), source.suffix.lower()
    target, number = folder / f"{stem}{ending}", 2
    while target.exists():
        target = folder / f"{stem} ({number}){ending}"
        number += 1
    return target
