"""A made-up county split over collectors: seconds of one core, and how even it gets.

    python tests/benchmarks/split.py [--sizes 2000x12 20000x60] [--tolerance 0.10]

Persons live in three towns and five regions of villages over 60 km, owe log-normal amounts and are
in three stages; collectors start in the towns and work as many hours. "apart" is the part of the
neighbours who have another collector; the lines "cut" and "by lot" are splits without any search.
"""

import argparse
import time

import numpy as np
from report import table as print_table

from planner.routing import balance
from planner.routing.uneven import deviations

SPREAD = np.array([3000, 2000, 2000, 5000, 5000, 6000, 6000, 8000])  # metres around each place
WEIGHT = np.array([25, 15, 10, 10, 10, 10, 10, 10]) / 100


def made(doors: int, collectors: int, seed: int = 1) -> balance.Split:
    """The county as numbers."""
    rng = np.random.default_rng(seed)
    place = rng.choice(8, doors, p=WEIGHT)
    cx, cy = rng.uniform(0, 60_000, (2, 8))
    x, y = (c[place] + rng.normal(0, SPREAD[place]) for c in (cx, cy))
    stage = rng.choice(3, doors, p=[0.3, 0.45, 0.25])
    value = np.column_stack(
        [np.ones(doors), np.exp(rng.normal(10.5, 1.0, doors)), *(stage == s for s in range(3))]
    )
    town = rng.integers(0, 3, collectors)
    return balance.Split(
        x, y, value.astype(np.float64), cx[town], cy[town],
        np.full(collectors, 1 / collectors), np.ones((doors, collectors), np.bool_),
        np.full(doors, -1, np.int64),
    )  # fmt: skip


def main() -> None:
    """Print a line for each size and way of splitting."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", nargs="+", default=["2000x12", "20000x60"])
    options.add_argument("--tolerance", type=float, default=0.10)
    told = options.parse_args()
    rows = []
    for size in told.sizes:
        doors, collectors = map(int, size.split("x"))
        task = made(doors, collectors)
        near = balance._neighbours(task.x, task.y)
        start = time.process_time()
        found = balance.split(task, tolerance=told.tolerance).owner
        seconds = time.process_time() - start
        lot = np.random.default_rng(0).integers(0, collectors, doors)
        for name, owner, took in (
            ("search", found, seconds), ("cut", balance._start(task), 0.0), ("by lot", lot, 0.0),
        ):  # fmt: skip
            loads = balance.loads_of(task, owner)
            off = deviations(loads, balance.targets_of(task, loads)).max(axis=0)
            parts = (off[0], off[1], off[2:-1].max(), off[-1])
            apart = float((owner[near] != owner[:, None]).mean())
            rows.append([size, name, f"{took:.1f}", *(f"{100 * part:.1f}" for part in parts),
                         f"{loads[:, -1].sum() / 1000:,.0f}", f"{100 * apart:.0f}"])  # fmt: skip
    heads = ["size", "way", "seconds", "count %", "amount %", "stage %", "way %", "km", "apart %"]
    print_table(heads, rows)


if __name__ == "__main__":
    main()
