"""Where a plan is worked out: here, in other processes, or on a Dask cluster.

`process` is this one as long as others do not pay, `process:N` takes N others, `none` keeps
to this one, `dask://host:port` hands territories to a cluster. Off this machine only mutual TLS
will do: the cluster shows a certificate of the named authority, and so does this program. What
leaves is the neutral problem (planner.routing.parcel): numbers, no names, nobody's id.
"""

import contextlib
import ipaddress
import multiprocessing
import re
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.errors import PlannerError
from planner.routing.parcel import watch
from planner.routing.problem import Problem
from planner.routing.solve import Progress, Solution, solve
from planner.routing.split import Workers, solve_split

# Smaller territories have little to choose from.
VISITS_A_PART = 500
MOST_PARTS = 16
CONNECT_SECONDS = 5
INSTALL = "pip install distributed"
_PROCESSES = re.compile(r"process:([1-9][0-9]?)")
_CLUSTER = re.compile(r"dask://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")

Trouble = Callable[[PlannerError], None]


@dataclass(frozen=True)
class Place:
    """Where to work: `processes` (0 = as it pays, None = none but this), or the `cluster` at an
    address, with the files of a certificate authority, a certificate and its key."""

    processes: int | None = 0
    cluster: str = ""
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None


HERE = Place(None)


def executor_of(
    text: str, ca: Path | None = None, cert: Path | None = None, key: Path | None = None
) -> Place:
    """The place that `text` names. Raises PlannerError("executor.unknown", given=…),
    ("executor.needs_tls", host=…) and ("executor.no_file", file=…)."""
    if text in ("process", "none"):
        return Place() if text == "process" else HERE
    if found := _PROCESSES.fullmatch(text):
        return Place(int(found[1]))
    found = _CLUSTER.fullmatch(text)
    if not found or not 0 < int(found[2]) < 65536:
        raise PlannerError("executor.unknown", given=text)
    files = (ca, cert, key)
    if not all(files) and (any(files) or not _here(found[1])):
        raise PlannerError("executor.needs_tls", host=found[1])
    for file in files:
        if file is not None and not file.is_file():
            raise PlannerError("executor.no_file", file=file.name)
    scheme = "tls" if ca else "tcp"
    return Place(None, f"{scheme}://{found[1]}:{found[2]}", ca, cert, key)


def _here(host: str) -> bool:
    """Whether `host` can be nothing but this machine: no name is looked up."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def solve_at(
    place: Place | None,
    problem: Problem,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    on_trouble: Trouble | None = None,
) -> Solution:
    """`problem` solved at `place` (None: `process`), here where that does not pay or fails.

    With `iterations` the plan depends on seed and place alone, never on the machine: `process`
    works here, `process:N` with N territories, a cluster with as many as the problem is large.
    `on_trouble` hears what went wrong elsewhere; the plan is whole all the same. Raises
    PlannerError("executor.missing", command=…) when a cluster is named and its library is not
    installed, and what `solve` raises.
    """
    place = place or Place()
    with _workers(place, problem, on_trouble or _unheard) as workers:
        if workers is None:
            return solve(
                problem, seconds=seconds, iterations=iterations, seed=seed,
                on_progress=on_progress, cancelled=cancelled,
            )  # fmt: skip
        fitting = max(2, min(MOST_PARTS, len(problem.ids) // VISITS_A_PART))
        parts = fitting if place.cluster and iterations is not None else workers.at_once
        return solve_split(
            problem, workers, min(parts, fitting) if place.cluster else parts, seconds=seconds,
            iterations=iterations, seed=seed, on_progress=on_progress, cancelled=cancelled,
            on_trouble=on_trouble,
        )  # fmt: skip


def _unheard(_: PlannerError) -> None:
    """Nobody listens: the plan is whole without it."""


def processes_for(place: Place, problem: Problem) -> int:
    """How many other processes to work with; fewer than 2: none. By itself `process` takes none
    (docs/benchmarks-scale.md)."""
    if place.processes is None or len(problem.shifts) < 2:
        return 0
    if place.processes:
        return place.processes if len(problem.ids) >= 2 * place.processes else 0
    # Territories were not better than the whole at any size that was measured.
    return 0


@contextlib.contextmanager
def _workers(place: Place, problem: Problem, trouble: Trouble) -> Iterator[Workers | None]:
    """The workers of `place`; None where the work is better done here."""
    if place.cluster:
        with _cluster(place, trouble) as found:
            yield found
        return
    count = processes_for(place, problem)
    if count < 2:
        yield None
        return
    with _pool(count) as workers:
        yield workers


@contextlib.contextmanager
def _pool(count: int) -> Iterator[Workers]:
    """A pool of fresh interpreters: a fork would copy the window's threads in mid-step."""
    fresh = multiprocessing.get_context("spawn")
    flag = fresh.Event()
    executor = ProcessPoolExecutor(count, fresh, watch, (flag,))
    with tempfile.TemporaryDirectory(prefix="fairvisit-", ignore_cleanup_errors=True) as spool:
        try:
            for _ in range(count):  # they start while the whole is searched here
                executor.submit(bool)
            yield Workers(executor, count, flag.set, Path(spool))
        finally:
            flag.set()
            executor.shutdown(wait=False, cancel_futures=True)


@contextlib.contextmanager
def _cluster(place: Place, trouble: Trouble) -> Iterator[Workers | None]:
    """The cluster; None, told to `trouble`, when it cannot be reached or has nobody to work."""
    try:
        import distributed  # an extra: few need it
        from distributed.security import Security
    except ImportError:
        raise PlannerError("executor.missing", command=INSTALL) from None
    client: Any = None
    try:
        security = Security(
            require_encryption=place.ca is not None,
            **({} if place.ca is None else {
                "tls_ca_file": str(place.ca),
                "tls_client_cert": str(place.cert),
                "tls_client_key": str(place.key),
            }),
        )  # fmt: skip
        client = distributed.Client(
            place.cluster, security=security, timeout=CONNECT_SECONDS, set_as_default=False,
            # Answers are bytes: what would have to be unpickled here is not read.
            serializers=["msgpack"], deserializers=["msgpack"],
        )  # fmt: skip
        threads = sum(client.nthreads().values())
    except Exception as error:
        if client is not None:
            client.close(CONNECT_SECONDS)
        trouble(PlannerError("executor.unreachable", why=type(error).__name__))
        yield None
        return
    try:
        if threads < 1:
            trouble(PlannerError("executor.unreachable", why="0"))
        yield Workers(client.get_executor(pure=False), threads) if threads else None
    finally:
        client.close(CONNECT_SECONDS)
