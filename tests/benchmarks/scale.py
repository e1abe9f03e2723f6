"""The whole against territories: money, seconds and memory, each run in a process of its own.

    python tests/benchmarks/scale.py [--runs "b 5 7" "large 5 7" "c 10 7" "weeks 30 7"]

A run is an instance of field.py (or one of these: `large`, 50 crews and 3,086 visits on one day;
`weeks`, 50 crews, five days and 10,000 visits), its seconds and its seed. Seconds are CPU seconds
of each thread, so that other work on the machine counts little. `split N of M`: N territories on M
processors. With fewer processors than M the seconds on the clock are more than they would be; money
and CPU time are the same.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from multiprocessing import active_children

import field

from planner.actions.executors import _pool
from planner.routing.check import faults
from planner.routing.problem import from_json
from planner.routing.solve import Progress, solve
from planner.routing.split import Workers, solve_split

field.KINDS["large"] = field.Kind(50, 1, 3086, 44, 0.0)
field.KINDS["weeks"] = field.Kind(50, 5, 10_000, 44, 0.3)
WAYS = ("whole", "two threads", "split 2 of 2", "split 4 of 2", "split 4 of 4")


def one(kind: str, seconds: float, seed: int, way: str) -> dict[str, float]:
    """Money in main units, seconds, CPU seconds here and of other processes, their megabytes."""
    problem = from_json(field.make(kind, seed))
    began, cpu = time.monotonic(), time.process_time()
    first: list[float] = []

    def note(_: Progress) -> None:
        if not first:
            first.append(time.process_time() - cpu)

    if way.startswith("split"):
        parts, cores = int(way.split()[1]), int(way.split()[3])
        with _pool(cores) as pool:
            workers = Workers(pool.executor, cores, pool.stop)
            found = solve_split(
                problem, workers, parts, seconds=seconds, seed=1, cpu_time=True, on_progress=note
            )
        while active_children():
            time.sleep(0.05)
    else:
        threads = 2 if way == "two threads" else 1
        found = solve(
            problem, seconds=seconds, seed=1, cpu_time=True, threads=threads, on_progress=note
        )
    clock, spent = time.monotonic() - began, time.process_time() - cpu
    wrong = [fault for fault in faults(problem, found) if fault.code != "engine.mandatory"]
    assert wrong == []
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "money": found.objective / 100,
        "missing": found.missing,
        "clock": clock,
        "cpu": spent,
        "first": first[0],
        "others": others.ru_utime + others.ru_stime,
        "megabytes": others.ru_maxrss // 1024,
    }


def main() -> None:
    """Prints one line per run and way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", nargs="+", default=["b 5 7", "large 5 7", "c 10 7", "weeks 30 7"])
    parser.add_argument("--ways", nargs="+", default=WAYS)
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        kind, seconds, seed, way = given.one
        print(json.dumps(one(kind, float(seconds), int(seed), way)))
        return
    for run in given.runs:
        whole = 0.0
        for way in given.ways:
            command = [sys.executable, __file__, "--one", *run.split(), way]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            told = json.loads(done.stdout)
            whole = whole or told["money"]
            print(
                f"{run:12}{way:14}{100 * (told['money'] / whole - 1):+7.2f} %"
                f"{told['missing']:4} missed{told['clock']:7.1f} s{told['cpu']:7.1f} CPU s here"
                f"{told['others']:7.1f} elsewhere, each {told['megabytes']:4} MB,"
                f" first plan {told['first']:.2f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()
