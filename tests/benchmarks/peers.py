"""Other engines on the one-day field instances: PyVRP, OR-Tools, VROOM, where they are installed.

    pip install ortools pyvroom pyvrp    (into an environment of their own)
    python tests/benchmarks/peers.py [--kinds a b] [--seconds 5] [--seeds 7 8]

PyVRP: the best of three scalings, each with the full budget (field.py). OR-Tools: parallel
cheapest insertion, guided local search, the prize as penalty of leaving a visit out. VROOM:
priorities 0 to 100 by prize, exploration 5; it has no time limit. All on one thread. The plans of
the last two are timed and priced by `retime`, which belongs to no engine; money in main units.
"""

import argparse
import importlib.util
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from field import make, peer

from planner.routing.problem import Problem, from_json
from planner.routing.retime import retime
from planner.routing.solve import Solution, priced, solve

SCALES = (0.0, 0.3, 1.0)


@dataclass(frozen=True)
class Row:
    """An engine's plan of an instance: money in main units (None = no plan), CPU seconds spent."""

    name: str
    money: float | None
    missing: int
    spent: float


def judged(problem: Problem, orders: dict[int, list[int]]) -> Solution | None:
    """The plan with these visits per shift; None when a shift cannot keep its order."""
    timed = [retime(problem, s, order) for s, order in sorted(orders.items()) if order]
    if any(one.faults for one in timed):
        return None
    return priced(problem, tuple(one.route for one in timed), 0, 0.0, 0)


def by_ortools(problem: Problem, seconds: float) -> dict[int, list[int]]:
    """Orders per shift by OR-Tools."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    table = problem.matrices[""]
    starts = [shift.start for shift in problem.shifts]
    manager = pywrapcp.RoutingIndexManager(len(table.cost), len(starts), starts, starts)
    model = pywrapcp.RoutingModel(manager)
    service = np.zeros(len(table.cost), np.int64)
    service[problem.location] = problem.service
    spent = (table.duration + service[:, None]).tolist()
    cost = model.RegisterTransitMatrix(table.cost.tolist())
    model.SetArcCostEvaluatorOfAllVehicles(cost)
    drive = model.RegisterTransitMatrix(spent)
    day = problem.shifts[0]
    model.AddDimension(drive, day.latest, day.latest, False, "time")
    clock = model.GetDimensionOrDie("time")
    w = problem.windows
    for v, place in enumerate(problem.location.tolist()):
        index = manager.NodeToIndex(place)
        low = int(np.searchsorted(w.visit, v))
        clock.CumulVar(index).SetRange(int(w.open[low]), int(w.close[low]))
        penalty = 10**9 if problem.mandatory[v] else max(0, int(problem.prize[v]))
        model.AddDisjunction([index], penalty)
    for s, shift in enumerate(problem.shifts):
        clock.CumulVar(model.Start(s)).SetRange(shift.earliest, shift.latest)
        clock.CumulVar(model.End(s)).SetRange(shift.earliest, shift.latest)
    options = pywrapcp.DefaultRoutingSearchParameters()
    first, meta = (
        routing_enums_pb2.FirstSolutionStrategy,
        routing_enums_pb2.LocalSearchMetaheuristic,
    )
    options.first_solution_strategy = first.PARALLEL_CHEAPEST_INSERTION
    options.local_search_metaheuristic = meta.GUIDED_LOCAL_SEARCH
    options.time_limit.FromMilliseconds(round(1000 * seconds))
    found = model.SolveWithParameters(options)
    orders: dict[int, list[int]] = {}
    if not found:
        return orders
    visit_at = {place: v for v, place in enumerate(problem.location.tolist())}
    for s in range(len(starts)):
        index = found.Value(model.NextVar(model.Start(s)))
        orders[s] = []
        while not model.IsEnd(index):
            orders[s].append(visit_at[manager.IndexToNode(index)])
            index = found.Value(model.NextVar(index))
    return orders


def by_vroom(problem: Problem, _seconds: float) -> dict[int, list[int]]:
    """Orders per shift by VROOM."""
    import vroom

    table = problem.matrices[""]
    task = vroom.Input()
    task.set_durations_matrix(profile="car", matrix_input=table.duration.astype(np.uint32))
    task.set_costs_matrix(profile="car", matrix_input=table.cost.astype(np.uint32))
    for s, shift in enumerate(problem.shifts):
        hours = (shift.earliest, shift.latest)
        task.add_vehicle(vroom.Vehicle(s + 1, start=shift.start, end=shift.end, time_window=hours))
    rank = np.argsort(np.argsort(problem.prize))
    priority = np.where(problem.mandatory, 100, 99 * rank // len(rank))
    w = problem.windows
    for v, place in enumerate(problem.location.tolist()):
        low = int(np.searchsorted(w.visit, v))
        window = vroom.TimeWindow(int(w.open[low]), int(w.close[low]))
        task.add_job(
            vroom.Job(v + 1, location=place, default_service=int(problem.service[v]),
                      priority=int(priority[v]), time_windows=[window])
        )  # fmt: skip
    found = task.solve(exploration_level=5, nb_threads=1)
    orders: dict[int, list[int]] = {}
    for row in found.routes.itertuples():
        if row.type == "job":
            orders.setdefault(int(row.vehicle_id) - 1, []).append(int(row.id) - 1)
    return orders


def main() -> None:
    """One line per instance and engine: money, percent below the best, mandatory missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kinds", nargs="+", default=["a"], choices=["a", "b"])
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 8, 9])
    parser.add_argument("--without", nargs="*", default=[], choices=["PyVRP", "OR-Tools", "VROOM"])
    options = parser.parse_args()
    for kind in options.kinds:
        for seed in options.seeds:
            rows = table(kind, seed, options.seconds, options.without)
            best = max(row.money for row in rows if row.money is not None)
            for row in rows:
                told = "no feasible plan"
                if row.money is not None:
                    below = 100 * (best - row.money) / best
                    told = f"{row.money:14.2f} {below:7.2f}% below  {row.missing} missing"
                print(f"{kind} seed {seed}  {row.name:9}{told}  {row.spent:7.1f} s CPU", flush=True)


def table(kind: str, seed: int, seconds: float, without: list[str]) -> list[Row]:
    """What each engine that is installed makes of one instance."""
    engines: dict[str, Any] = {"OR-Tools": (by_ortools, "ortools"), "VROOM": (by_vroom, "vroom")}
    data = make(kind, seed)
    problem = from_json(data)
    ours = solve(problem, seconds=seconds, seed=1, cpu_time=True)
    rows = [Row("ours", ours.objective / 100, ours.missing, ours.seconds)]
    if "PyVRP" not in without and importlib.util.find_spec("pyvrp"):
        tried = [peer(data, seconds, alpha, 75) for alpha in SCALES]
        found = [money for money in tried if not np.isnan(money)]
        rows.append(Row("PyVRP", max(found, default=None), 0, seconds * len(SCALES)))
    for name, (engine, module) in engines.items():
        if name not in without and importlib.util.find_spec(module):
            wall = seconds
            for _ in range(4):  # OR-Tools counts wall time: more of it on a busy machine
                begin = time.process_time()
                plan = judged(problem, engine(problem, wall))
                spent = time.process_time() - begin
                if name != "OR-Tools" or spent >= 0.9 * seconds:
                    break
                wall *= seconds / spent
            money = plan.objective / 100 if plan else None
            rows.append(Row(name, money, plan.missing if plan else 0, spent))
    return rows


if __name__ == "__main__":
    main()
