"""Solving a problem by territories through any executor, then polishing the whole.

First the whole is searched here, and territories are made of rounds that lie side by side in the
plan that was found; each is improved elsewhere on its own, and at last the whole again, here. So
there is a whole plan at every moment: what comes back from elsewhere takes its place in it only
after the checker has found nothing. What does not come back, or comes back wrong, is told, and the
search of the whole has its time.
"""

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field, replace
from pathlib import Path

from planner.errors import PlannerError
from planner.routing.check import faults
from planner.routing.doors import joined
from planner.routing.parcel import packed, routes_of, work, work_file
from planner.routing.problem import Problem
from planner.routing.solve import Progress, Route, Solution, apart, priced, solve
from planner.routing.territories import (
    Territory,
    back_in_whole,
    sub_problem,
    territories,
    warm,
)

# Shares of the budget; the rest is for polishing the whole (docs/benchmarks-scale.md).
FIRST_SHARE = 0.4
TERRITORIES_SHARE = 0.5
# Of the rest, what may be spent on waiting for territories that are late.
LATE_SHARE = 0.5
# Seconds for workers that are stopped to hand in what they have: late ones, and at the user's wish.
PATIENCE, HURRY = 0.5, 0.08
_MOST_SEED = 2**64

Told = Callable[[Progress], None]
Trouble = Callable[[PlannerError], None]


@dataclass(frozen=True)
class Workers:
    """An executor and what is known of it.

    It works on `at_once` territories at a time; `stop` makes running ones return what they have
    (None: nothing does, so that a search of the whole runs here beside them).
    """

    executor: Executor
    at_once: int
    stop: Callable[[], None] | None = None
    spool: Path | None = None

    def submit(self, number: int, task: bytes) -> Future[bytes]:
        """Hand over a territory, by way of a file in `spool` where there is one: a process that
        dies with megabytes of its task unread would leave the thread that writes them waiting."""
        if self.spool is None:
            return self.executor.submit(work, task)
        place = self.spool / str(number)
        place.write_bytes(task)
        return self.executor.submit(work_file, str(place))


@dataclass
class _Run:
    """What one `solve_split` knows on its way: `held` are the best routes of every territory."""

    problem: Problem
    seconds: float | None
    iterations: int | None
    seed: int
    cpu_time: bool
    on_progress: Told | None
    cancelled: Callable[[], bool] | None
    on_trouble: Trouble | None
    threads: int
    parts: tuple[Territory, ...] = ()
    began: float = field(default_factory=time.monotonic)
    held: dict[int, tuple[Route, ...]] = field(default_factory=dict)
    done: int = 0

    def spent(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began

    def share(self, part: float, rounds: int = 1) -> tuple[float | None, int | None]:
        """A share of seconds (in so many rounds) and of iterations."""
        seconds = None if self.seconds is None else max(0.01, self.seconds * part / rounds)
        whole = None if self.iterations is None else max(1, round(self.iterations * part))
        return seconds, whole

    def stopped(self) -> bool:
        """Whether the user has had enough."""
        return self.cancelled is not None and self.cancelled()

    def trouble(self, error: PlannerError) -> None:
        """Tell that something elsewhere went wrong."""
        if self.on_trouble is not None:
            self.on_trouble(error)

    def whole(self) -> Solution:
        """The territories' routes as one plan."""
        routes = tuple(route for routes in self.held.values() for route in routes)
        ordered = tuple(sorted(routes, key=lambda route: route.shift))
        return priced(self.problem, ordered, self.done, self.spent(), self.seed)

    def tell(self) -> None:
        """Report the plan as it is."""
        if self.on_progress is not None:
            now = self.whole()
            visits = sum(len(route.stops) for route in now.routes)
            self.on_progress(Progress(self.spent(), self.done, now.objective, visits))


def solve_split(
    problem: Problem,
    workers: Workers,
    parts: int,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    on_progress: Told | None = None,
    cancelled: Callable[[], bool] | None = None,
    on_trouble: Trouble | None = None,
    cpu_time: bool = False,
    threads: int = 1,
) -> Solution:
    """The best plan found within `seconds`, or by `iterations` of each territory and the whole.

    `problem` is cut into at most `parts` territories, which `workers` improve in the middle of the
    budget; the rest is for the whole, by `threads`. `on_progress` is called after each territory
    and as `solve` does, `cancelled` as `solve` does. With `iterations` the same seed and parts give
    the same plan wherever it is worked, as long as nothing fails. `on_trouble` hears PlannerError
    ("executor.rubbish"), ("executor.failed"), ("executor.late") and ("executor.lost"): a territory
    was not solved elsewhere. A problem of one crew, or one that pays for what stays where it was
    (`keep_reward`: the warm start of the whole would be paid for), is solved here as it is. Raises
    what `solve` raises.
    """
    household = joined(problem)
    if household is not None:
        found = solve_split(
            household.problem, workers, parts, seconds=seconds, iterations=iterations, seed=seed,
            on_progress=on_progress, cancelled=cancelled, on_trouble=on_trouble,
            cpu_time=cpu_time, threads=threads,
        )  # fmt: skip
        return apart(problem, household, found)
    run = _Run(
        problem, seconds, iterations, seed, cpu_time, on_progress, cancelled, on_trouble, threads
    )
    alone = parts < 2 or problem.keep_reward > 0 or (seconds is None and iterations is None)
    first = _search(run, problem, *((seconds, iterations) if alone else run.share(FIRST_SHARE)))
    if alone or run.stopped():
        return first
    begun = warm(problem, first.routes)
    run.parts = territories(begun, parts)
    for k, part in enumerate(run.parts):
        run.held[k] = tuple(route for route in first.routes if route.shift in part.shifts)
    futures = _handed_out(run, workers, begun) if len(run.parts) > 1 else {}
    beside = _meanwhile(run, workers, futures, begun)
    found = run.whole()
    if beside is not None and _worth(beside) > _worth(found):
        found = beside
    if run.stopped():
        return priced(problem, found.routes, run.done, run.spent(), seed)
    return _polished(run, found)


def _worth(found: Solution) -> tuple[int, int]:
    return -found.missing, found.objective


def _search(
    run: _Run,
    problem: Problem,
    seconds: float | None,
    iterations: int | None,
    cancelled: Callable[[], bool] | None = None,
) -> Solution:
    """A search of the whole here; its progress counts from the beginning of the run."""
    begun, done = run.spent(), run.done

    def tell(now: Progress) -> None:
        if run.on_progress is not None:
            total = done + now.iterations
            run.on_progress(replace(now, seconds=begun + now.seconds, iterations=total))

    found = solve(
        problem, seconds=seconds, iterations=iterations, seed=run.seed, on_progress=tell,
        cancelled=cancelled or run.cancelled, cpu_time=run.cpu_time, threads=run.threads,
    )  # fmt: skip
    run.done += found.iterations
    return found


def _handed_out(run: _Run, workers: Workers, begun: Problem) -> dict[Future[bytes], int]:
    """Every territory handed to the executor; number by future. Stops at the first refusal."""
    rounds = -(-len(run.parts) // max(1, workers.at_once))
    seconds, iterations = run.share(TERRITORIES_SHARE, rounds)
    futures: dict[Future[bytes], int] = {}
    for k, part in enumerate(run.parts):
        seed = (run.seed + 1 + k) % _MOST_SEED
        task = packed(
            sub_problem(begun, part), seconds=seconds, iterations=iterations, seed=seed,
            cpu_time=run.cpu_time,
        )  # fmt: skip
        try:
            futures[workers.submit(k, task)] = k
        except Exception as error:
            run.trouble(PlannerError("executor.lost", why=type(error).__name__))
            break
    return futures


def _meanwhile(
    run: _Run, workers: Workers, futures: dict[Future[bytes], int], begun: Problem
) -> Solution | None:
    """Takes in territories until all are there, time is up or the user stops.

    Where nothing can stop the workers a search of the whole runs here, and its plan is returned.
    """
    late = float("inf")
    if run.seconds is not None and not run.cpu_time:
        late = run.seconds * (1 - (1 - FIRST_SHARE - TERRITORIES_SHARE) * LATE_SHARE)
    open_ones = set(futures)

    def gather(pause: float) -> None:
        ready, _ = wait(open_ones, pause, FIRST_COMPLETED)
        open_ones.difference_update(ready)
        for future in sorted(ready, key=lambda one: futures[one]):
            _take_in(run, future, futures[future])

    def over(pause: float) -> bool:
        gather(pause)
        return not open_ones or run.stopped() or run.spent() > late

    beside = None
    if workers.stop is None and run.iterations is None and open_ones:
        beside = _search(run, begun, run.seconds, None, lambda: over(0.0))
    while open_ones and not over(0.02):
        pass
    waiting = {future for future in open_ones if future.cancel()}
    open_ones -= waiting
    if open_ones and workers.stop is not None:
        workers.stop()
        enough = time.monotonic() + (HURRY if run.stopped() else PATIENCE)
        while open_ones and time.monotonic() < enough:
            gather(0.02)
    missing = len(waiting | open_ones)
    if missing and not run.stopped():
        run.trouble(PlannerError("executor.late", count=missing))
    return beside


def _take_in(run: _Run, future: Future[bytes], k: int) -> None:
    """The answer for territory `k` in place of what is held, if the checker finds nothing and it
    is no worse."""
    part = run.parts[k]
    try:
        routes, iterations = routes_of(future.result(), part)
    except PlannerError as error:
        return run.trouble(error)
    except BaseException as error:  # whatever another process or machine may die of
        if isinstance(error, KeyboardInterrupt):
            raise
        return run.trouble(PlannerError("executor.lost", why=type(error).__name__))
    before, worth = run.held[k], _worth(run.whole())
    run.held[k] = back_in_whole(part, routes)
    now = run.whole()
    if any(fault.code != "engine.mandatory" for fault in faults(run.problem, now)):
        run.held[k] = before
        return run.trouble(PlannerError("executor.rubbish"))
    if _worth(now) < worth:  # less than it was given to begin from
        run.held[k] = before
    run.done += iterations
    return run.tell()


def _polished(run: _Run, found: Solution) -> Solution:
    """The whole searched from `found` on with what is left of the budget; the better of the two."""
    seconds, iterations = run.share(1 - FIRST_SHARE - TERRITORIES_SHARE)
    if run.seconds is not None and not run.cpu_time:
        seconds = max(0.01, run.seconds - run.spent())
    last = _search(run, warm(run.problem, found.routes), seconds, iterations)
    best = last if _worth(last) >= _worth(found) else found
    # Priced by the problem as it was given: its own warm start says what has been kept.
    return priced(run.problem, best.routes, run.done, run.spent(), run.seed)
