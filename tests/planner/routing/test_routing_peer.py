"""The same routes judged by another program: PyVRP's model of the same problem."""

import numpy as np
import pytest

from planner.routing.problem import from_json
from planner.routing.solve import solve

pyvrp = pytest.importorskip("pyvrp")


@pytest.mark.parametrize("seed", range(20))
def test_cost_agrees_with_pyvrp(seed: int) -> None:
    """Routes of random instances are feasible for PyVRP, with the same cost and prizes."""
    rng = np.random.default_rng(seed)
    count, crews = 40, 3
    points = rng.integers(0, 4000, (count + crews, 2))
    gap = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    duration, cost = gap.astype(np.int64), (gap * rng.uniform(1, 2, gap.shape)).astype(np.int64)
    np.fill_diagonal(cost, 0)
    service, prize = rng.integers(0, 1200, count), rng.integers(100, 6000, count)
    opens = rng.integers(32400, 60000, count)
    closes = opens + rng.integers(0, 9000, count)
    visits = [
        {"id": str(i), "location": crews + i, "service": int(service[i]), "prize": int(prize[i])}
        | {"windows": [[0, int(opens[i]), int(closes[i])]]}
        for i in range(count)
    ]
    shifts = [
        {"id": str(k), "day": 0, "start_location": k, "end_location": (k + 1) % crews}
        | {"earliest": 32400, "latest": 61200, "fixed_cost": 50 * k}
        | {"hour_price": 700 * k, "cost_percent": 100 + 30 * k}
        for k in range(crews)
    ]
    data = {"duration": duration, "cost": cost, "visits": visits, "shifts": shifts}
    problem = from_json(data)
    solution = solve(problem, iterations=300, seed=seed)
    assert solution.routes

    model = pyvrp.Model()
    places = [model.add_location(int(x), int(y)) for x, y in points]
    depots = [model.add_depot(place) for place in places[:crews]]
    for i in range(count):
        model.add_client(
            places[crews + i],
            service_duration=int(service[i]),
            tw_early=int(opens[i]),
            tw_late=int(closes[i]),
            prize=int(prize[i]),
            required=False,
        )
    for k in range(crews):
        model.add_vehicle_type(
            start_depot=depots[k],
            end_depot=depots[(k + 1) % crews],
            fixed_cost=50 * k,
            profile=model.add_profile(),
            tw_early=32400,
            tw_late=61200,
        )
    ways = []
    for k in range(crews):  # each crew pays its own price for an arc
        share = np.floor(cost * (1 + 0.3 * k) + 0.5 + 1e-9)
        ways.append((share + np.floor(duration * 700 * k / 3600 + 0.5)).astype(np.int64))
    peer = model.data().replace(distance_matrices=ways, duration_matrices=[duration] * crews)
    routes = [
        pyvrp.Route(peer, visits=[stop.visit for stop in route.stops], vehicle_type=route.shift)
        for route in solution.routes
    ]
    judged = pyvrp.Solution(peer, routes)
    assert judged.is_feasible()
    assert judged.prizes() == solution.prize
    assert judged.distance() + judged.fixed_vehicle_cost() == solution.cost
