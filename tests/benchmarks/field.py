"""Made-up field instances: our engine against PyVRP on the same problem.

    python tests/benchmarks/field.py [--kinds a b c] [--seconds 1] [--seeds 7 8 9] [--peer]

a: one crew, one day, 200 candidates within 10 km; b: 20 crews, one day, 2,000 within 22 km;
c: 10 crews, five days, 3,000, of which 30 % live in 30 villages 60 to 150 km away.
Budgets are CPU seconds of one thread. Money in the table is in main units.
"""

import argparse
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.routing.check import faults
from planner.routing.problem import Problem, from_json
from planner.routing.solve import solve

HOUR = 3600
DAY = (10 * HOUR, 19 * HOUR)


@dataclass(frozen=True)
class Kind:
    """Size of an instance: crews, days, candidates, radius in km, share in villages."""

    crews: int
    days: int
    visits: int
    radius: float
    remote: float


KINDS = {
    "a": Kind(1, 1, 200, 10, 0.0),
    "b": Kind(20, 1, 2000, 22, 0.0),
    "c": Kind(10, 5, 3000, 22, 0.3),
}


def places(kind: Kind, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """km coordinates of crews, then visits (clusters, scattered, villages); which are remote."""
    centres = rng.normal(0, kind.radius / 2.2, (5 if kind.visits < 1000 else 12, 2))
    far = round(kind.visits * kind.remote)
    near = kind.visits - far
    clustered = centres[rng.integers(0, len(centres), near)] + rng.normal(0, 2, (near, 2))
    scattered = rng.uniform(-kind.radius, kind.radius, (near, 2))
    town = np.where(rng.random((near, 1)) < 0.35, scattered, clustered)
    angle, away = rng.uniform(0, 2 * np.pi, 30), rng.uniform(60, 150, 30) / 1.3
    villages = np.column_stack([away * np.cos(angle), away * np.sin(angle)])
    country = villages[rng.integers(0, 30, far)] + rng.normal(0, 1.2, (far, 2))
    crews = rng.normal(0, kind.radius / 2, (kind.crews, 2))
    return np.vstack([crews, town, country]), np.arange(kind.visits) >= near


def travel(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Seconds (24 km/h up to 8 km, then 75, 120 s to park) and money (10 a km, 250 an hour)."""
    km = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2)) * 1.3
    seconds = np.minimum(km, 8) / 24 * HOUR + np.maximum(km - 8, 0) / 75 * HOUR + 120 * (km > 0.02)
    np.fill_diagonal(seconds, 0)
    seconds = seconds.astype(np.int64)
    return seconds, np.rint(np.floor(km * 1000) + seconds * 25000 / HOUR).astype(np.int64)


def windows(kind: Kind, rng: np.random.Generator, first: int) -> tuple[list[list[int]], bool]:
    """Windows of one visit, and whether it is an appointment (not before half hour `first`)."""
    what = rng.choice(4, p=[0.5, 0.25, 0.22, 0.03])
    if what == 3:
        start = int(rng.integers(first, 36)) * HOUR // 2
        return [[int(rng.integers(0, kind.days)), start, start + HOUR // 2]], True
    low, high = (DAY, (int(16.5 * HOUR), DAY[1]), (DAY[0], 13 * HOUR))[what]
    return [[day, low, high] for day in range(kind.days)], False


def make(name: str, seed: int, first: int = 23) -> dict[str, Any]:
    """The problem file of an instance."""
    kind, rng = KINDS[name], np.random.default_rng(seed)
    points, remote = places(kind, rng)
    duration, cost = travel(points)
    visits = []
    for i in range(kind.visits):
        prize = float(min(rng.lognormal(np.log(60000), 0.9), 1_500_000))
        own, appointment = windows(kind, rng, first)
        visits.append(
            {
                "id": f"v{i}",
                "location": kind.crews + i,
                "service": int(rng.integers(8, 21)) * 60,
                "prize": round(prize * (1.6 if remote[i] else 1)),
                "windows": own,
                "mandatory": bool(appointment and not remote[i] and rng.random() < 0.5),
            }
        )
    shifts = [
        {"id": f"c{c} d{d}", "day": d, "start_location": c, "end_location": c}
        | {"earliest": DAY[0], "latest": DAY[1]}
        for d in range(kind.days)
        for c in range(kind.crews)
    ]
    return {"duration": duration, "cost": cost, "visits": visits, "shifts": shifts}


def ours(problem: Problem, seconds: float, seed: int) -> tuple[float, int]:
    """Money and mandatory visits missing of a checked plan."""
    solution = solve(problem, seconds=seconds, seed=seed, cpu_time=True)
    wrong = [fault for fault in faults(problem, solution) if fault.code != "engine.mandatory"]
    assert wrong == []
    return solution.objective / 100, solution.missing


def peer(data: dict[str, Any], seconds: float, alpha: float, history: int) -> float:
    """PyVRP's best money of a one-day instance; nan where it finds no feasible plan.

    Prizes and costs scaled so that a duration cost of 1 guides the search (alpha; 0 = without),
    penalties from the mean prize, late acceptance history, exhaustive search on improvements.
    """
    import pyvrp

    prizes = np.array([visit["prize"] for visit in data["visits"]])
    scale = alpha * (DAY[1] - DAY[0]) / prizes.mean() if alpha else 0.1
    model = pyvrp.Model()
    spots = [model.add_location(0, 0) for _ in range(len(data["duration"]))]
    depots = [model.add_depot(spots[s["start_location"]]) for s in data["shifts"]]
    for visit in data["visits"]:
        _, early, late = visit["windows"][0]
        model.add_client(
            spots[visit["location"]],
            service_duration=visit["service"],
            tw_early=early,
            tw_late=late,
            prize=round(visit["prize"] * scale),
            required=visit["mandatory"],
        )
    for depot in depots:
        model.add_vehicle_type(
            start_depot=depot,
            end_depot=depot,
            tw_early=DAY[0],
            tw_late=DAY[1],
            unit_duration_cost=1 if alpha else 0,
        )
    money = np.rint(data["cost"] * scale).astype(np.int64)
    built = model.data().replace(
        distance_matrices=[money], duration_matrices=[data["duration"].astype(np.int64)]
    )
    return _peer_search(built, float(prizes.mean() * scale), seconds, history) / scale / 100


def _peer_search(data: Any, mean: float, seconds: float, history: int) -> float:
    """PyVRP's own loop with our penalties; the incumbent is judged by prizes less distance."""
    from pyvrp import (
        IteratedLocalSearch,
        IteratedLocalSearchCallbacks,
        IteratedLocalSearchParams,
        PenaltyManager,
        PenaltyParams,
        RandomNumberGenerator,
        Solution,
        SolveParams,
    )
    from pyvrp.search import LocalSearch, PerturbationManager, compute_neighbours

    class Keep(IteratedLocalSearchCallbacks):
        best = float("nan")

        def on_iteration(self, current: Any, candidate: Any, best: Any, cost: Any) -> None:
            for plan in (candidate, best):
                money = plan.prizes() - plan.distance()
                if plan.is_feasible() and not money <= self.best:
                    self.best = money

    begin = time.thread_time()
    usual = SolveParams()
    rng = RandomNumberGenerator(seed=1)
    search = LocalSearch(
        data, rng, compute_neighbours(data, usual.neighbourhood), PerturbationManager()
    )
    for operator in usual.operators:
        if operator.supports(data):
            search.add_operator(operator(data))
    start = 400 * mean / (DAY[1] - DAY[0])
    manager = PenaltyManager(
        ([], start, start),
        PenaltyParams(min_penalty=start / 100, max_penalty=start * 1000),
    )
    first = search(Solution.make_random(data, rng), manager.max_cost_evaluator(), exhaustive=True)
    keep = Keep()
    params = IteratedLocalSearchParams(
        history_length=history, exhaustive_on_best=True, callbacks=keep
    )
    loop = IteratedLocalSearch(data, manager, search, first, params)
    loop.run(lambda cost: time.thread_time() - begin > seconds, collect_stats=False)
    return keep.best


def main() -> None:
    """Prints one line per instance: money, percent below the best of all engines, missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kinds", nargs="+", default=["a"], choices=list(KINDS))
    parser.add_argument("--seconds", type=float, nargs="+", default=[1.0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 8, 9])
    parser.add_argument("--long", type=float, default=0, help="reference run of so many seconds")
    parser.add_argument("--early", action="store_true", help="appointments from 10:00, not 11:30")
    parser.add_argument("--peer", action="store_true", help="also PyVRP (one-day kinds)")
    options = parser.parse_args()
    for name in options.kinds:
        for seed in options.seeds:
            data = make(name, seed, 20 if options.early else 23)
            problem = from_json(data)
            columns: dict[str, tuple[float, int]] = {}
            for seconds in options.seconds:
                columns[f"ours {seconds:g} s"] = ours(problem, seconds, 1)
                if options.peer and KINDS[name].days == 1:
                    tried = [peer(data, seconds, alpha, 75) for alpha in (0.0, 0.3, 1.0)]
                    found = [money for money in tried if not np.isnan(money)]
                    columns[f"PyVRP {seconds:g} s"] = (max(found, default=0.0), 0)
            if options.long:
                columns[f"ours {options.long:g} s"] = ours(problem, options.long, 2)
            best = max(money for money, _ in columns.values())
            for label, (money, missing) in columns.items():
                below = 100 * (best - money) / best
                print(
                    f"{name} seed {seed}  {label:12}{money:14.2f}  {below:6.2f}% below best"
                    f"  {missing} mandatory missing",
                    flush=True,
                )


if __name__ == "__main__":
    main()
