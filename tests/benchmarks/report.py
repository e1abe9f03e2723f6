"""What the benchmarks share: the machine in one line, a stopwatch, a table.

Times are CPU seconds of this process and of children that ended meanwhile, and wall seconds.
"""

import os
import platform
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took, in seconds."""

    cpu: float
    wall: float


def _cpu() -> float:
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + child.ru_utime + child.ru_stime


def timed(job: Callable[[], Any]) -> tuple[Any, Took]:
    """Run `job` once: its answer and its times."""
    cpu, wall = _cpu(), time.perf_counter()
    answer = job()
    return answer, Took(_cpu() - cpu, time.perf_counter() - wall)


def best(job: Callable[[], Any], runs: int) -> tuple[Any, Took]:
    """Run `job` several times: the last answer, the least CPU and the least wall time."""
    pairs = [timed(job) for _ in range(runs)]
    took = [pair[1] for pair in pairs]
    return pairs[-1][0], Took(min(t.cpu for t in took), min(t.wall for t in took))


def machine() -> str:
    """Processor, cores, system, Python and how busy the machine is, in one line."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                name = line.partition(":")[2].strip()
                break
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    python = platform.python_version()
    return f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {python}{load}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in Markdown, the first column to the left, figures to the right."""
    wide = [max(len(row[k]) for row in (heads, *rows)) for k in range(len(heads))]
    print(_line(heads, wide))
    rule = ["-" * (w + 1) + (":" if k else "-") for k, w in enumerate(wide)]
    print("|" + "|".join(rule) + "|")
    for row in rows:
        print(_line(row, wide), flush=True)


def _line(cells: Sequence[str], wide: Sequence[int]) -> str:
    padded = [
        cell.ljust(w) if k == 0 else cell.rjust(w)
        for k, (cell, w) in enumerate(zip(cells, wide, strict=True))
    ]
    return "| " + " | ".join(padded) + " |"
