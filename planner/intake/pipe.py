"""The parent's side of the confined process: start it, watch it, take its frames."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import IO

from planner.errors import PlannerError

SECONDS = 60  # wall time a file may take
LARGEST_FRAME = 64 << 20
LARGEST_ANSWER = 1 << 30
WAITING = 32  # frames that may wait for the parent; a faster child waits too
CHILD_WORD = "--read-outside-file"  # a frozen program starts itself with this first argument

# What the child may say when it refuses; anything else is "refused".
CODES = frozenset({
    "empty_file", "wrong_type", "too_large", "old_or_locked", "not_workbook", "zip_limits",
    "has_dtd", "too_many_cells", "too_many_columns", "damaged", "encoding",
    "mixed_encoding", "nul_bytes", "csv_broken", "not_geojson",
})  # fmt: skip

Frame = tuple[str, str]


def command() -> list[str]:
    """How the confined process is started, from a checkout, a wheel or a frozen bundle."""
    if getattr(sys, "frozen", False):
        return [sys.executable, CHILD_WORD]
    return [sys.executable, "-P", "-X", "utf8", "-m", "planner.intake.child"]


def _start() -> "subprocess.Popen[bytes]":
    root = Path(__file__).resolve().parent.parent.parent
    paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    # Who reads files from outside must not know the words that open the workspace.
    environment = {name: value for name, value in os.environ.items() if "PASSPHRASE" not in name}
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    return subprocess.Popen(
        command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _pump(stream: IO[bytes], frames: "queue.Queue[Frame | None]") -> None:
    """Move frames from the pipe to the queue; None at the end or at the first nonsense."""
    taken = 0
    try:
        while head := stream.read(5):
            length = int.from_bytes(head[1:], "big")
            taken += length
            if len(head) < 5 or length > LARGEST_FRAME or taken > LARGEST_ANSWER:
                break
            body = stream.read(length)
            if len(body) < length:
                break
            frames.put((head[:1].decode("ascii"), body.decode("utf-8")))
    except (OSError, ValueError):
        pass
    finally:
        frames.put(None)


def frames(
    path: Path, form: str, *, cancelled: Callable[[], bool] | None = None, seconds: float = SECONDS
) -> Generator[Frame, None, None]:
    """The frames (tag, text) the confined process sends about the file at `path`.

    Ends after the child's E frame. Errors: intake.refused (the child died or said nonsense),
    intake.timeout, intake.cancelled, or the child's own reason as intake.<code>. Closing the
    iterator early ends the child.
    """
    child = _start()
    assert child.stdin is not None
    assert child.stdout is not None
    box: queue.Queue[Frame | None] = queue.Queue(WAITING)
    pump = threading.Thread(target=_pump, args=(child.stdout, box), daemon=True)
    pump.start()
    try:
        order = json.dumps({"path": str(path.resolve()), "form": form})
        try:
            child.stdin.write(order.encode())
            child.stdin.close()
        except OSError:
            pass  # the child is dead already; the empty pipe says so below
        yield from _listen(path.name, box, cancelled, time.monotonic() + seconds)
    finally:
        child.kill()
        child.wait()
        while pump.is_alive():  # it may be waiting for room in the box
            with contextlib.suppress(queue.Empty):
                box.get(timeout=0.01)
        child.stdout.close()


def _listen(
    name: str,
    box: "queue.Queue[Frame | None]",
    cancelled: Callable[[], bool] | None,
    deadline: float,
) -> Iterator[Frame]:
    while True:
        if cancelled is not None and cancelled():
            raise PlannerError("intake.cancelled", file=name)
        if time.monotonic() > deadline:
            raise PlannerError("intake.timeout", file=name, seconds=SECONDS)
        try:
            frame = box.get(timeout=0.1)
        except queue.Empty:
            continue
        if frame is None:
            raise PlannerError("intake.refused", file=name)
        if frame[0] == "X":
            raise _refusal(name, frame[1])
        if frame[0] == "E":
            return
        yield frame


def _refusal(name: str, text: str) -> PlannerError:
    """The child's reason as an expected error; what the child says is not trusted."""
    try:
        code, params = json.loads(text)
        known = code in CODES and isinstance(params, dict)
        plain = {str(k)[:20]: str(v)[:80] for k, v in params.items()} if known else {}
    except (ValueError, TypeError, RecursionError):
        known = False
    if not known:
        return PlannerError("intake.refused", file=name)
    plain.pop("file", None)
    return PlannerError(f"intake.{code}", file=name, **plain)
