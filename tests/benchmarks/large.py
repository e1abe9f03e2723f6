"""A day of 10,000 persons and 50 crews: seconds to the first plan and peak memory.

    python tests/benchmarks/large.py [--persons 10000] [--crews 50] [--seconds 5]
        [--executor process:2]

The book is made first, in a process of its own; the memory is that of the planning process, with
interpreter, ranking and tables. CPU seconds of one thread. With --executor the search is made there
(seconds on the clock then), and the largest of its processes is measured too.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from multiprocessing import active_children
from pathlib import Path

import made_book

from planner.actions.day_problem import day_problem
from planner.actions.executors import executor_of, solve_at
from planner.actions.rank import rank
from planner.geo.travel import StraightLine
from planner.routing.check import faults
from planner.routing.reasons import reasons
from planner.routing.solve import solve
from planner.store.store import Store


def megabytes() -> int:
    """Most memory this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(path: Path, seconds: float, executor: str) -> None:
    """Prints one line per stage: CPU seconds since the last one, most memory so far."""
    clock = [time.process_time()]

    def told(what: str) -> None:
        now = time.process_time()
        print(f"{what:50}{now - clock[0]:8.2f} s{megabytes():8} MB", flush=True)
        clock[0] = now

    with Store.open(path, clock=made_book.clock) as store:
        told("start, workspace opened")
        ranking = rank(store, made_book.DAY)
        told(f"rank {ranking.table.n} persons")
        task = day_problem(ranking, StraightLine(), store.zone)
    problem = task.problem
    told(f"problem of {len(problem.ids)} visits, {len(problem.shifts)} crews")
    first: list[float] = []
    began = time.process_time()

    def note(_: object) -> None:
        if not first:
            first.append(time.process_time() - began)

    if executor:
        found = solve_at(
            executor_of(executor), problem, seconds=seconds, on_progress=note, on_trouble=print
        )
    else:
        found = solve(problem, seconds=seconds, cpu_time=True, on_progress=note)
    told(f"search; first plan after {first[0]:.2f} s")
    assert faults(problem, found) == []
    why = reasons(problem, found)
    stops = len(problem.ids) - len(found.unserved)
    told(f"check, reasons of {len(why)}; {stops} stops")
    print(f"prizes less costs {found.objective / 100:.2f}")
    if executor:
        while active_children():  # they are asked to end, not waited for, when a plan is there
            time.sleep(0.05)
        others = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = others.ru_utime + others.ru_stime
        print(
            f"{'others: time of all, memory of 1':50}{spent:8.2f} s{others.ru_maxrss // 1024:8} MB"
        )


def main() -> None:
    """Makes the book, then measures in a fresh process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--persons", type=int, default=10_000)
    parser.add_argument("--crews", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--executor", default="", help="process:N, or as the verb `plan` takes it")
    parser.add_argument("--book", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.book:
        measure(given.book, given.seconds, given.executor)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.fairvisit"
        made_book.CREWS = given.crews
        made_book.make_book(path, given.persons, fresh=True).close()
        options = ["--book", str(path), "--seconds", str(given.seconds)]
        options += ["--executor", given.executor]
        subprocess.run([sys.executable, __file__, *options], check=True)


if __name__ == "__main__":
    main()
