"""The process that reads an extract: `python -m planner.geo.road_child`, started by `road_build`.

Its standard input is one line of JSON (form, name, target, memory, attribution), then the bytes of
the extract: it opens no other file than the target it writes. Standard output tells what it does,
one line each: `W n` ways taken so far, `J` joining, `S` saving, `E` done, `X code` a refusal.
"""

import contextlib
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

CPU_SECONDS = 3_600
LARGEST_FILE = 2 << 30  # bytes that may be written


def confine(memory: int) -> None:
    """Limit memory, processor time and the size of files, where the system can."""
    try:
        import resource
    except ImportError:  # Windows has no such module: the time limit of the parent remains
        return
    for what, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (limit, limit))


def say(line: str) -> None:
    """Tell the parent."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def make(order: dict[str, str | int]) -> None:
    """Read the extract from standard input and save the pack."""
    from planner.geo.road_contract import make_graph
    from planner.geo.road_graph import read_raw
    from planner.geo.road_pack import save_pack

    raw = read_raw("-", str(order["form"]), on_ways=lambda n: say(f"W {n}"))
    say("J")
    graph = make_graph(raw, str(order["name"]))
    del raw
    say("S")
    info = replace(graph.info, attribution=str(order["attribution"])[:200])
    save_pack(Path(str(order["target"])), replace(graph, info=info))


def run() -> int:
    """Do what the first line of standard input orders; the exit code is 0 also for a refusal."""
    from planner.errors import PlannerError

    try:
        # One byte at a time: what follows the line belongs to the reader of the extract.
        line = b""
        while not line.endswith(b"\n") and len(line) < 1 << 16:
            byte = os.read(sys.stdin.fileno(), 1)
            if not byte:
                return 1
            line += byte
        order = json.loads(line)
        confine(int(order["memory"]))
        make(order)
        say("E")
    except PlannerError as refusal:
        say(f"X {refusal.code}")
    except MemoryError:
        say("X roads.too_large")
    except RuntimeError as error:  # of the reader: libosmium's errors, among them bad_alloc
        say("X roads.too_large" if "alloc" in str(error) else "X roads.source_damaged")
    except Exception:
        say("X roads.source_damaged")
    return 0


if __name__ == "__main__":
    sys.exit(run())
