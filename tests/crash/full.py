"""A disk that is full in the middle of a deed: it is said in words, and nothing is lost.

`full.py DEED TRIALS SEED FOLDER`, as root and in a namespace of mounts of its own
(`unshare --mount`): FOLDER/disk becomes a small disk in memory. Each trial fills it but for a
chance rest, does the deed, empties it again and looks what is there. Prints one line of JSON.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

from deeds import DEEDS, Deed

from planner.errors import PlannerError
from planner.store import keys
from planner.words import LANGUAGES, explain

SIZE = "32m"
LEAST, MOST = 12, 22  # powers of two: bytes left on the disk
SAID = frozenset(("store.disk_full", "purge.unfinished"))


def main(name: str, trials: int, seed: int, folder: Path) -> None:
    """Prepare once, then do the deed so many times with little room."""
    keys.OPS, keys.MEMORY = 1, 8192
    deed, rnd = DEEDS[name], random.Random(seed)
    template, disk = folder / "template", folder / "disk"
    for place in (template, disk):
        place.mkdir()
    deed.prepare(template)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(disk)], check=True)
    refused = 0
    for turn in range(trials):
        place = Path(shutil.copytree(template, disk / str(turn)))
        room = int(2 ** rnd.uniform(LEAST, MOST))
        filler = fill(disk, room)
        said, trouble = run(deed, place)
        filler.unlink()
        try:
            assert trouble in ("", *SAID), trouble
            deed.check(place, said)
        except BaseException:
            print(f"{name}: {room} bytes left, said {said}, {trouble}", file=sys.stderr)
            raise
        refused += bool(trouble)
        shutil.rmtree(place)
    print(json.dumps({"deed": name, "trials": trials, "refused": refused}))


def fill(disk: Path, room: int) -> Path:
    """A file that leaves only so many bytes of the disk, in whole pages."""
    found = os.statvfs(disk)
    filler = disk / "filler"
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, found.f_bavail * found.f_frsize - room))
    return filler


def run(deed: Deed, place: Path) -> tuple[list[str], str]:
    """Do the deed in a process of its own: what it acknowledged, and the code of its refusal."""
    ear, mouth = os.pipe()
    child = os.fork()
    if not child:
        os.close(ear)
        trouble = "crashed"
        try:
            deed.act(place, lambda text: os.write(mouth, f"{text}\n".encode()) and None)
            trouble = ""
        except PlannerError as error:
            worded = all(explain(error, one) != f"error.{error.code}" for one in LANGUAGES)
            trouble = error.code if worded else f"{error.code} without words"
        except BaseException as error:
            trouble = f"{type(error).__name__}: {error}".replace("\n", " ")
        finally:
            os.write(mouth, f"trouble {trouble}\n".encode())
            os._exit(0)
    os.close(mouth)
    with os.fdopen(ear) as told:
        *said, last = told.read().splitlines()
    os.waitpid(child, 0)
    return said, last.removeprefix("trouble").strip()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
