"""A territory as bytes: what goes to another process or machine, and what comes back.

Out goes the neutral problem file (docs/problem-file.md) with its travel tables as plain 32-bit
numbers, back comes JSON with routes. Neither can hold anything that runs, so that the other side
is not trusted with more than an answer, and the answer is read as strictly as a file from outside.
"""

import json
import threading
from collections.abc import Callable
from multiprocessing import parent_process
from os import _exit
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from planner.errors import PlannerError
from planner.routing.fields import known_fields, listing, required, whole
from planner.routing.problem import FORMAT, I32, LATEST, Problem, from_json, rows_json
from planner.routing.solve import Route, Solution, Stop, solve
from planner.routing.territories import Territory

_HEAD = 8
_TASK = ("sizes", "matrices", "problem", "seconds", "iterations", "seed", "cpu_time")
_ANSWER = ("routes", "iterations", "error")
# An answer is longer than that only where it is none: bytes of a route, and of a stop in it.
_LONG_ROUTE, _LONG_STOP = 400, 60
_stopped: Callable[[], bool] = bool


class Flag(Protocol):
    """What `multiprocessing` calls an Event."""

    def is_set(self) -> bool:
        """Whether the work is to end."""


def packed(
    problem: Problem,
    *,
    seconds: float | None,
    iterations: int | None,
    seed: int,
    cpu_time: bool = False,
) -> bytes:
    """The task of a territory (`territories.sub_problem`) with its budget, as bytes."""
    tables = problem.matrices
    task = {
        "sizes": len(tables[""].duration),
        "matrices": list(tables),
        "problem": rows_json(problem),
        "seconds": seconds,
        "iterations": iterations,
        "seed": seed,
        "cpu_time": cpu_time,
    }
    head = json.dumps(task, separators=(",", ":")).encode()
    grids = (g for m in tables.values() for g in (m.duration, m.cost))
    return b"".join(
        [len(head).to_bytes(_HEAD, "little"), head, *(g.astype("<i4").tobytes() for g in grids)]
    )


def unpacked(data: bytes) -> tuple[Problem, dict[str, Any]]:
    """Problem and budget out of `packed`. Raises PlannerError("problem.…") or ValueError."""
    end = _HEAD + int.from_bytes(data[:_HEAD], "little")
    task = known_fields(json.loads(data[_HEAD:end]), "", _TASK)
    size = whole(task["sizes"], "sizes", 0, 20_000)
    names = listing(task["matrices"], "matrices", 100)
    cells = np.frombuffer(data, "<i4", offset=end).astype(np.int32, copy=False)
    grids: list[I32] = list(cells.reshape(2 * len(names), size, size))
    tables = {
        key: {"duration": grids[2 * k], "cost": grids[2 * k + 1]} for k, key in enumerate(names)
    }
    main = tables.pop("")
    problem = from_json({"format": FORMAT, **main, "matrices": tables, **task["problem"]})
    return problem, {key: task[key] for key in ("seconds", "iterations", "seed", "cpu_time")}


def work(data: bytes) -> bytes:
    """Solve a packed territory; runs in another process or on another machine, and never raises.

    The answer holds routes, or the code of what went wrong.
    """
    try:
        problem, budget = unpacked(data)
        found = solve(problem, cancelled=_stopped, **budget)
    except PlannerError as error:
        return json.dumps({"error": error.code}).encode()
    except Exception as error:
        return json.dumps({"error": type(error).__name__}).encode()
    return answer(found)


def work_file(path: str) -> bytes:
    """`work` on the parcel in a file."""
    return work(Path(path).read_bytes())


def answer(found: Solution) -> bytes:
    """The routes of a solution as bytes."""
    routes = [
        [
            *(r.shift, r.depart, r.back),
            [[s.visit, s.arrive, s.start, s.leave] for s in r.stops],
            [list(rest) for rest in r.breaks],
        ]
        for r in found.routes
    ]
    return json.dumps({"routes": routes, "iterations": found.iterations}).encode()


def routes_of(data: object, part: Territory) -> tuple[tuple[Route, ...], int]:
    """Routes (indexes of the sub-problem) and iterations out of the answer of whoever worked.

    Only its form is known to be good: whether the routes can be driven is for the checker. Raises
    PlannerError("executor.rubbish") and, with the code that was told, ("executor.failed").
    """
    most = 1000 + _LONG_ROUTE * len(part.shifts) + _LONG_STOP * len(part.visits)
    if not isinstance(data, bytes) or len(data) > most:
        raise PlannerError("executor.rubbish")
    try:
        told = known_fields(json.loads(data), "", _ANSWER)
        if "error" in told:
            raise PlannerError("executor.failed", why=str(told["error"])[:60])
        rows = listing(required(told, "routes", ""), "routes", len(part.shifts))
        routes = tuple(_route(row, part) for row in rows)
        return routes, whole(required(told, "iterations", ""), "iterations", 0, 2**62)
    except PlannerError as error:
        if error.code == "executor.failed":
            raise
        raise PlannerError("executor.rubbish") from None
    except (ValueError, TypeError, RecursionError):
        raise PlannerError("executor.rubbish") from None


def _route(row: object, part: Territory) -> Route:
    shift, depart, back, stops, breaks = listing(row, "route", 5)
    return Route(
        whole(shift, "shift", 0, len(part.shifts) - 1),
        whole(depart, "depart", 0, LATEST),
        whole(back, "return", 0, 20 * LATEST),
        tuple(
            Stop(whole(v, "visit", 0, len(part.visits) - 1), *_times(rest))
            for v, *rest in listing(stops, "stops", len(part.visits))
        ),
        tuple(
            (whole(begin, "break", 0, 2 * LATEST), whole(end, "break", 0, 2 * LATEST))
            for begin, end in listing(breaks, "breaks", 4)
        ),
    )


def _times(rest: list[object]) -> tuple[int, int, int]:
    arrive, start, leave = (whole(moment, "stop", 0, 20 * LATEST) for moment in rest)
    return arrive, start, leave


def watch(flag: Flag) -> None:
    """Prepare a process of a pool: its work ends early when `flag` is set, it ends with its parent.

    A parent that is killed closes nothing: without the second its pool would wait for ever.
    """
    global _stopped
    _stopped = flag.is_set
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        _exit(1)
