"""Random problems for the routing tests: every feature of the file format mixed."""

import random
from typing import Any


def square(size: int, pick) -> list[list[int]]:
    """A size x size table with zeros on its diagonal."""
    return [[0 if i == k else pick(i, k) for k in range(size)] for i in range(size)]


def travel(rng: random.Random, places: int, *, odd: bool) -> dict[str, Any]:
    """Durations and costs of points in a square; `odd`: lopsided, with broken triangles."""
    points = [(rng.randrange(6000), rng.randrange(6000)) for _ in range(places)]
    noise = 3.0 if odd else 1.0

    def far(i: int, k: int) -> int:
        (a, b), (c, d) = points[i], points[k]
        return int(((a - c) ** 2 + (b - d) ** 2) ** 0.5 * rng.uniform(1.0, noise))

    return {"duration": square(places, far), "cost": square(places, far)}


def some_windows(rng: random.Random, days: int, prize: int) -> list[list[int]]:
    """Up to three windows a day, some with a prize of their own, some overlapping."""
    found = []
    for day in range(days):
        for _ in range(rng.choice((0, 1, 1, 2, 3))):
            start = rng.randrange(28800, 64000)
            window = [day, start, start + rng.choice((0, 900, 7200, 30000))]
            found.append([*window, rng.randrange(2 * prize + 1)] if rng.random() < 0.2 else window)
    return found


def a_visit(
    rng: random.Random, i: int, places: int, days: int, shifts: list[str]
) -> dict[str, Any]:
    """One visit; sometimes mandatory, in a group, or bound to some shifts."""
    prize = rng.choice((0, rng.randrange(500, 9000), rng.randrange(500, 9000)))
    allowed = None
    if rng.random() < 0.2:
        allowed = rng.sample(shifts, rng.randrange(len(shifts) + 1))
    return {
        "id": f"v{i}",
        "location": rng.randrange(places),
        "service": rng.choice((0, 300, 900, 1800)),
        "prize": prize,
        "windows": some_windows(rng, days, prize),
        "mandatory": rng.random() < 0.08,
        "group": f"g{rng.randrange(4)}" if rng.random() < 0.25 else None,
        "shifts": allowed,
    }


def a_shift(rng: random.Random, i: int, places: int, days: int) -> dict[str, Any]:
    """One shift; sometimes short, with breaks, priced time or a matrix of its own."""
    earliest = rng.choice((28800, 36000))
    latest = earliest + rng.choice((7200, 25200, 36000))
    breaks = []
    if rng.random() < 0.3:
        breaks.append([43200, 45000, 1800])
    if breaks and rng.random() < 0.3:
        breaks.append([52000, 56000, 900])
    return {
        "id": f"s{i}",
        "day": rng.randrange(days),
        "start_location": rng.randrange(places),
        "end_location": rng.randrange(places),
        "earliest": earliest,
        "latest": latest,
        "max_duration": rng.choice((None, None, 18000)),
        "max_driving": rng.choice((None, None, 9000)),
        "breaks": breaks,
        "fixed_cost": rng.choice((0, 0, 2000)),
        "overtime_price": rng.choice((None, None, None, 2)),
        "waiting_price": rng.choice((0, 0, 0, 1)),
        "hour_price": rng.choice((0, 0, 3001)),
        "cost_percent": rng.choice((None, 100, 133)),
        "matrix": rng.choice((None, None, "walk")),
        "pinned": [],
        "pinned_times": {},
        "initial": [],
    }


def random_problem(seed: int, visits: int = 30) -> dict[str, Any]:
    """A problem file with everything in it, without pinned stops (those must be feasible)."""
    rng = random.Random(seed)
    days, places = rng.randrange(1, 4), rng.randrange(1, 20)
    count = rng.randrange(1, 6)
    shifts = [a_shift(rng, i, places, days) for i in range(count)]
    names = [shift["id"] for shift in shifts]
    number = rng.randrange(visits + 1)
    rows = [a_visit(rng, i, places, days, names) for i in range(number)]
    for i in rng.sample(range(number), number // 4):
        shifts[rng.randrange(count)]["initial"].append(f"v{i}")
    return {
        "format": "fairvisit-problem/1",
        **travel(rng, places, odd=rng.random() < 0.3),
        "matrices": {"walk": travel(rng, places, odd=False)},
        "visits": rows,
        "shifts": shifts,
        "keep_reward": rng.choice((0, 0, 300)),
    }


def tiny(**changes: Any) -> dict[str, Any]:
    """Two places, one visit, one shift; fields of the top level can be exchanged."""
    data = {
        "duration": [[0, 600], [600, 0]],
        "cost": [[0, 250], [250, 0]],
        "visits": [visit("v1")],
        "shifts": [shift("s1")],
    }
    return {**data, **changes}


def visit(key: str, **changes: Any) -> dict[str, Any]:
    """A visit at place 1, any time of day 0."""
    row = {"id": key, "location": 1, "service": 900, "prize": 12000, "windows": [[0, 32400, 64800]]}
    return {**row, **changes}


def shift(key: str, **changes: Any) -> dict[str, Any]:
    """A shift of day 0 from and to place 0, 9 to 18 h."""
    row = {"id": key, "day": 0, "start_location": 0, "end_location": 0}
    return {**row, "earliest": 32400, "latest": 64800, **changes}
