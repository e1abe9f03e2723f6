"""Kill a deed just before its n-th change of a file, for random n, and look what is left.

Run under LD_PRELOAD of iolog.c: `kill.py DEED TRIALS SEED FOLDER`. Prints one line of JSON.
"""

import json
import os
import random
import shutil
import sys
from pathlib import Path

from deeds import DEEDS, Deed

from planner.store import keys


def main(name: str, trials: int, seed: int, folder: Path) -> None:
    """Prepare once, count the changes of a run to its end, then cut so many runs short."""
    keys.OPS, keys.MEMORY = 1, 8192  # the strength of the passphrase is not what is tested
    deed, rnd = DEEDS[name], random.Random(seed)
    template = folder / "template"
    template.mkdir()
    deed.prepare(template)
    _, changes = run(deed, template, folder / "whole", 0)
    done = 0
    for turn in range(trials):
        at = rnd.randint(1, changes)
        place = folder / f"{turn}"
        said, _ = run(deed, template, place, at)
        try:
            deed.check(place, said)
        except BaseException:
            print(f"{name}: killed at change {at} of {changes}, said {said}", file=sys.stderr)
            raise
        done += bool(said)
        shutil.rmtree(place)
    print(json.dumps({"deed": name, "kills": trials, "changes": changes, "acknowledged": done}))


def run(deed: Deed, template: Path, place: Path, kill_at: int) -> tuple[list[str], int]:
    """Do the deed on a copy in a process of its own; what it said, and how many changes it made."""
    shutil.copytree(template, place)
    count = place.with_name(f"{place.name}.count")
    ear, mouth = os.pipe()
    child = os.fork()
    if not child:
        os.close(ear)
        os.environ |= {"IOLOG_ROOT": f"{place}/", "IOLOG_COUNT": str(count)}
        if kill_at:
            os.environ["IOLOG_KILL"] = str(kill_at)
        status = 1
        try:
            deed.act(place, lambda text: os.write(mouth, f"{text}\n".encode()) and None)
            status = 0
        finally:
            os._exit(status)
    os.close(mouth)
    with os.fdopen(ear) as told:
        said = told.read().split()
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise AssertionError("the deed failed by itself")
    return said, int(count.read_text())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
