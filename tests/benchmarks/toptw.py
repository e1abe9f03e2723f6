"""Gaps to the best known plans of team orienteering instances with time windows.

    python tests/benchmarks/toptw.py FOLDER [--seconds 1 5] [--seeds 5] [--only pr01 pr02]

FOLDER holds `<instance>.txt` (Solomon or Cordeau with time windows) and `best_known.csv` with the
columns instance, routes, best_known. Budgets are CPU seconds of one thread.
"""

import argparse
import csv
import statistics
from pathlib import Path

import numpy as np

from planner.routing.check import faults
from planner.routing.problem import Problem, from_json
from planner.routing.solve import solve


def read_instance(path: Path, routes: int) -> Problem:
    """An instance with `routes` vehicles; travel truncated (Solomon 1 decimal, Cordeau 2)."""
    rows = [line.split() for line in path.read_text().splitlines()[2:] if line.strip()]
    scale = 100 if path.name.startswith("pr") else 10
    points = np.array([[float(row[1]), float(row[2])] for row in rows])
    apart = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    duration = np.floor(apart * scale + 1e-9).astype(np.int64)
    hours = [(round(float(row[-2]) * scale), round(float(row[-1]) * scale)) for row in rows]
    visits = [
        {
            "id": str(i),
            "location": i,
            "service": round(float(rows[i][3]) * scale),
            "prize": round(float(rows[i][4])),
            "windows": [[0, *hours[i]]],
        }
        for i in range(1, len(rows))
    ]
    shift = {"day": 0, "start_location": 0, "end_location": 0}
    shift |= {"earliest": hours[0][0], "latest": hours[0][1]}
    return from_json(
        {
            "duration": duration,
            "cost": np.zeros_like(duration),
            "visits": visits,
            "shifts": [{"id": f"route {k}", **shift} for k in range(routes)],
        }
    )


def gaps(problem: Problem, best: int, seconds: float, seeds: int) -> list[float]:
    """Percent below `best`, one figure per seed; every plan is checked."""
    found = []
    for seed in range(seeds):
        solution = solve(problem, seconds=seconds, seed=seed, cpu_time=True)
        assert faults(problem, solution) == []
        found.append(100 * (best - solution.prize) / best)
    return found


def main() -> None:
    """Prints one line per instance and the means."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, nargs="+", default=[1.0, 5.0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    with (options.folder / "best_known.csv").open() as file:
        wanted = [
            (row["instance"], int(row["routes"]), int(row["best_known"]))
            for row in csv.DictReader(file)
            if not options.only or row["instance"] in options.only
        ]
    print(f"{'instance':10}{'routes':>7}{'best':>7}", *(f"{s:>7g} s" for s in options.seconds))
    table: dict[str, list[list[float]]] = {"all": [], "pr": [], "Solomon": []}
    for name, routes, best in wanted:
        problem = read_instance(options.folder / f"{name}.txt", routes)
        row = [
            statistics.fmean(gaps(problem, best, seconds, options.seeds))
            for seconds in options.seconds
        ]
        print(f"{name:10}{routes:7}{best:7}", *(f"{gap:8.2f}%" for gap in row), flush=True)
        table["all"].append(row)
        table["pr" if name.startswith("pr") else "Solomon"].append(row)
    for kind, rows in table.items():
        if rows:
            columns = list(zip(*rows, strict=True))
            print(
                f"mean of {len(rows):3} {kind:12}",
                *(f"{statistics.fmean(c):8.2f}%" for c in columns),
            )
            print(f"worst of{len(rows):4} {kind:12}", *(f"{max(c):8.2f}%" for c in columns))


if __name__ == "__main__":
    main()
