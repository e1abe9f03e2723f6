"""What a disk may hold after the power fails in the middle of a deed, and whether it opens.

Run under LD_PRELOAD of iolog.c: `power.py DEED IMAGES SEED FOLDER`. The deed runs once, to its end,
while all its changes are logged. An image is made for a moment of that log: of each file what was
there at its last sync, and of later writes none, all, or any in sectors of 512 bytes, the last of
them torn or filled with garbage; of later names (create, rename, unlink) those up to some point.
Prints one line of JSON.
"""

import json
import os
import random
import shutil
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from deeds import DEEDS, Deed

from planner.store import keys

SECTOR = 512
IGNORED = ("said", "-lock")


@dataclass
class File:
    """What is certain to be on the disk, and what was written since."""

    certain: bytearray = field(default_factory=bytearray)
    later: list[tuple[str, int, bytes]] = field(default_factory=list)

    def sync(self) -> None:
        for change in self.later:
            apply(self.certain, *change)
        self.later.clear()


class Disk:
    """The files under one folder, as the log tells of them."""

    def __init__(self, folder: Path) -> None:
        self.names = {
            str(path.relative_to(folder)): File(bytearray(path.read_bytes()))
            for path in folder.rglob("*")
            if path.is_file() and not path.name.endswith(IGNORED)
        }
        self.certain = dict(self.names)
        self.later: list[tuple[str, str, str, File | None]] = []

    def change(self, kind: str, name: str, number: int, data: bytes) -> None:
        """Play one record of the log."""
        if kind == "S":
            if name in self.names:
                self.names[name].sync()
                self._commit_creation(name)
            else:  # a folder: its names are certain now
                self.certain = dict(self.names)
                self.later.clear()
        elif kind in "WT":
            self.names.setdefault(name, File()).later.append((kind, number, data))
        else:
            self._rename(kind, name, data.decode())

    def _commit_creation(self, name: str) -> None:
        """A synced new file has its name, and with it all names made before (a journal's order)."""
        file = self.names[name]
        places = [k for k, later in enumerate(self.later) if later[3] is file]
        if places:
            for later in self.later[: places[0] + 1]:
                play_name(self.certain, *later)
            del self.later[: places[0] + 1]

    def _rename(self, kind: str, name: str, other: str) -> None:
        if kind == "U" and name not in self.names:
            return
        made = File() if kind == "C" else None
        self.later.append((kind, name, other, made))
        play_name(self.names, kind, name, other, made)

    def image(self, rnd: random.Random, place: Path) -> None:
        """Write what may be found after a cut at this moment."""
        names = dict(self.certain)
        for later in self.later[: rnd.randint(0, len(self.later))]:
            play_name(names, *later)
        how = rnd.choice(("none", "all", "some", "garbage"))
        for name, file in names.items():
            content = bytearray(file.certain)
            for change in surviving(rnd, how, file.later):
                apply(content, *change)
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def play_name(names: dict[str, File], kind: str, name: str, other: str, made: File | None) -> None:
    """Create, rename, link or unlink in `names`."""
    if made is not None:
        names[name] = made
    elif kind in "RL" and name in names:
        names[other] = names[name]
        if kind == "R":
            del names[name]
    elif kind == "U":
        names.pop(name, None)


def apply(content: bytearray, kind: str, at: int, data: bytes) -> None:
    """One write or truncation."""
    if kind == "T":
        if at < len(content):
            del content[at:]
        else:
            content.extend(bytes(at - len(content)))
        return
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    content[at : at + len(data)] = data


def surviving(
    rnd: random.Random, how: str, later: list[tuple[str, int, bytes]]
) -> Iterator[tuple[str, int, bytes]]:
    """Which unsynced changes reached the disk, sector by sector."""
    if how == "none":
        return
    for kind, at, data in later:
        if how == "all":
            yield kind, at, data
        elif kind == "T":
            if rnd.random() < 0.5:
                yield kind, at, data
        else:
            for start in range(0, len(data), SECTOR):
                chance = rnd.random()
                if chance < 0.5:
                    yield kind, at + start, data[start : start + SECTOR]
                elif how == "garbage" and chance < 0.55:
                    yield kind, at + start, rnd.randbytes(len(data[start : start + SECTOR]))


def records(log: bytes, root: str) -> Iterator[tuple[str, str, int, bytes]]:
    """(kind, name within `root`, number, data) of each record."""
    at = 0
    while at < len(log):
        kind = chr(log[at])
        (size,) = struct.unpack_from("<I", log, at + 1)
        path = log[at + 5 : at + 5 + size].decode()
        at += 5 + size
        number, size = struct.unpack_from("<QI", log, at)
        at += 12
        data = log[at : at + size]
        at += size
        if kind in "RL":
            data = os.path.relpath(data.decode(), root).encode()
        yield kind, os.path.relpath(path, root), number, data


def main(name: str, images: int, seed: int, folder: Path) -> None:
    """Run the deed once under the log, then open so many images of moments chosen at random."""
    keys.OPS, keys.MEMORY = 1, 8192
    deed, rnd = DEEDS[name], random.Random(seed)
    template = folder / "template"
    template.mkdir()
    deed.prepare(template)
    log = list(records(logged(deed, template, folder / "run"), str(folder / "run")))
    cuts = sorted(rnd.randint(0, len(log)) for _ in range(images))
    disk, said, done = Disk(template), [], 0
    for turn, cut in enumerate(cuts):
        for kind, path, number, data in log[done:cut]:
            if path == "said" and kind == "W":
                said += data.decode().split()
            elif not path.endswith(IGNORED):
                disk.change(kind, path, number, data)
        done = cut
        place = folder / f"image{turn}"
        place.mkdir()
        disk.image(rnd, place)
        try:
            deed.check(place, list(said))
        except BaseException:
            print(f"{name}: cut at {cut} of {len(log)}, image kept: {place}", file=sys.stderr)
            raise
        shutil.rmtree(place)
    print(json.dumps({"deed": name, "images": images, "changes": len(log), "lost": 0}))


def logged(deed: Deed, template: Path, place: Path) -> bytes:
    """The log of one whole run on a copy."""
    shutil.copytree(template, place)
    log = place.with_name("log")
    child = os.fork()
    if not child:
        os.environ |= {"IOLOG_ROOT": f"{place}/", "IOLOG_FILE": str(log)}
        status = 1
        try:
            told = os.open(place / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            deed.act(place, lambda text: os.write(told, f"{text}\n".encode()) and None)
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    if status:
        raise AssertionError("the deed failed by itself")
    return log.read_bytes()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
