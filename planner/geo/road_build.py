"""Make a road pack of an OpenStreetMap extract in a process of its own that can be stopped.

The parent feeds the extract through a pipe, so it knows how far the reading is and the child needs
no other file. The pack is written aside, opened and checked, and only then takes its name: there is
never half a pack, and an old one stays until the new one is whole.
"""

import contextlib
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final

from planner.errors import PlannerError
from planner.geo.road_graph import ATTRIBUTION, PackInfo, kind_of
from planner.geo.road_pack import open_pack

SECONDS: Final = 3_600.0
MEMORY: Final = 6 << 30  # bytes of address space of the child
CHILD_WORD: Final = "--read-roads"  # a frozen program starts itself with this first argument
_CODES: Final = frozenset({"no_roads", "source_damaged", "too_large", "not_written"})
Order = dict[str, str | int]
_ASIDE = ".roads-"
_BLOCK = 1 << 18
_READING = 0.85  # share of the work that reading is, about


def command() -> list[str]:
    """How the child is started, from a checkout, a wheel or a frozen bundle."""
    if getattr(sys, "frozen", False):
        return [sys.executable, CHILD_WORD]
    return [sys.executable, "-P", "-X", "utf8", "-m", "planner.geo.road_child"]


def build_pack(
    source: Path,
    target: Path,
    *,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    seconds: float = SECONDS,
    memory: int = MEMORY,
    attribution: str = ATTRIBUTION,
) -> PackInfo:
    """Make the pack `target` (.fvroads) of the extract `source` and say what it holds.

    `on_progress` gets shares from 0 to 1, rising; `cancelled` is asked about ten times a second.
    Raises PlannerError and leaves `target` as it was: "roads.not_osm" (the name's ending),
    "roads.unreadable" (cannot be opened), "roads.source_damaged", "roads.no_roads",
    "roads.too_large" (needs more than `memory`), "roads.timeout", "roads.cancelled",
    "roads.not_written", "roads.refused" (the child died).
    """
    form = kind_of(source.name)
    try:
        size, stream = source.stat().st_size, source.open("rb")
    except OSError as error:
        raise PlannerError("roads.unreadable", file=source.name) from error
    with stream:
        try:
            folder = tempfile.mkdtemp(prefix=_ASIDE, dir=target.parent)
        except OSError as error:
            raise PlannerError("roads.not_written", file=target.name) from error
        _sweep(target.parent)
        part = Path(folder) / "pack.part"
        try:
            order: Order = {"form": form, "name": source.name, "target": str(part.resolve()),
                     "memory": memory, "attribution": attribution}  # fmt: skip
            watch = _Watch(source.name, on_progress, cancelled, time.monotonic() + seconds, seconds)
            _run(stream, max(1, size), order, watch)
            info = _checked(part, source.name)
            try:
                part.replace(target)
            except OSError as error:
                raise PlannerError("roads.not_written", file=target.name) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    watch.tell(1.0)
    return info


def _sweep(folder: Path) -> None:
    """Remove what builds left behind that were killed together with the whole program."""
    for left in folder.glob(f"{_ASIDE}*"):
        with contextlib.suppress(OSError):
            if left.is_dir() and time.time() - left.stat().st_mtime > 2 * SECONDS:
                shutil.rmtree(left)


def _checked(part: Path, name: str) -> PackInfo:
    """What the child wrote is trusted no more than a file from outside."""
    try:
        return open_pack(part).info
    except PlannerError as error:
        raise PlannerError("roads.refused", file=name) from error


class _Watch:
    """How far it is, and whether it has to stop."""

    def __init__(
        self, name: str, on_progress: Callable[[float], None] | None,
        cancelled: Callable[[], bool] | None, deadline: float, seconds: float,
    ) -> None:  # fmt: skip
        self.name = name
        self._on_progress = on_progress
        self._cancelled = cancelled
        self._deadline = deadline
        self._seconds = seconds
        self._told = -1.0

    def tell(self, share: float) -> None:
        """Pass the share on when it has risen."""
        if self._on_progress is not None and share > self._told:
            self._told = share
            self._on_progress(share)

    def check(self) -> None:
        """Raises when it was cancelled or takes too long."""
        if self._cancelled is not None and self._cancelled():
            raise PlannerError("roads.cancelled", file=self.name)
        if time.monotonic() > self._deadline:
            minutes = round(self._seconds / 60, 1)
            raise PlannerError("roads.timeout", file=self.name, minutes=f"{minutes:g}")


def _run(stream: IO[bytes], size: int, order: Order, watch: _Watch) -> None:
    """Start the child, feed it and listen until it ends."""
    root = Path(__file__).resolve().parent.parent.parent
    paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    child = subprocess.Popen(
        command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    assert child.stdin is not None
    assert child.stdout is not None
    fed = [0]
    said: queue.Queue[str | None] = queue.Queue()
    feeder = threading.Thread(target=_feed, args=(stream, child.stdin, order, fed), daemon=True)
    reader = threading.Thread(target=_listen, args=(child.stdout, said), daemon=True)
    feeder.start()
    reader.start()
    try:
        _follow(said, fed, size, watch)
    finally:
        child.kill()
        child.wait()
        feeder.join()
        reader.join()
        child.stdout.close()


def _feed(stream: IO[bytes], pipe: IO[bytes], order: Order, fed: list[int]) -> None:
    """The order, then the extract; ends early when the child does."""
    with contextlib.suppress(OSError, ValueError):
        pipe.write(json.dumps(order).encode() + b"\n")
        pipe.flush()
        while block := stream.read(_BLOCK):
            pipe.write(block)
            fed[0] += len(block)
    with contextlib.suppress(OSError, ValueError):
        pipe.close()


def _listen(pipe: IO[bytes], said: "queue.Queue[str | None]") -> None:
    """The child's lines, then None."""
    with contextlib.suppress(OSError, ValueError):
        while line := pipe.readline(200):
            said.put(line.decode("ascii", "replace").strip())
    said.put(None)


def _follow(said: "queue.Queue[str | None]", fed: list[int], size: int, watch: _Watch) -> None:
    """Until the child says that it is done. Raises PlannerError when it is not to be."""
    while True:
        watch.check()
        watch.tell(_READING * min(1.0, fed[0] / size) * 0.999)
        try:
            line = said.get(timeout=0.1)
        except queue.Empty:
            continue
        if line is None:
            raise PlannerError("roads.refused", file=watch.name)
        if line == "E":
            return
        if line == "J":
            watch.tell(_READING)
        elif line == "S":
            watch.tell(0.95)
        elif line.startswith("X "):
            code = line.removeprefix("X roads.")
            known = code if code in _CODES else "refused"
            raise PlannerError(f"roads.{known}", file=watch.name)
