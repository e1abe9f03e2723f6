"""Several visits at one door: one stop of one shift, for search, timer, checker and reasons."""

import random
from dataclasses import replace
from itertools import pairwise
from typing import Any

from routing_problems import random_problem

from planner.routing.changes import smallest
from planner.routing.check import faults
from planner.routing.problem import Problem, from_json, to_json
from planner.routing.reasons import reasons
from planner.routing.retime import retime
from planner.routing.solve import Route, Solution, Stop, priced, solve


def household(seed: int) -> Problem:
    """A random problem of which half the visits share a door with one or two others."""
    rng = random.Random(seed)
    told = random_problem(seed)
    rows: list[dict[str, Any]] = [one for one in told["visits"] if rng.random() < 0.9 or
                                  any(one["id"] in s.get(k) or [] for s in told["shifts"]
                                      for k in ("pinned", "initial"))]  # fmt: skip
    for k, row in enumerate(rows):
        if k % 5 in (1, 2) and k > 0:
            first = rows[k - k % 5]
            row["location"] = first["location"]
            first["door"] = row["door"] = f"door {k // 5}"
            first["once"] = first["service"] // 3
            row["once"] = row["service"] // 3
    return from_json({**told, "visits": rows})


def _wrong(problem: Problem, solution: Solution) -> list[str]:
    return [one.code for one in faults(problem, solution) if one.code != "engine.mandatory"]


def _two(**more: Any) -> Problem:
    """One shift, two visits at one door an hour's drive away, one of them elsewhere."""
    windows = [[0, 32_400, 60_000]]
    rows = [
        {"id": "a", "location": 1, "service": 1800, "prize": 5000, "windows": windows},
        {"id": "b", "location": 1, "service": 1500, "prize": 4000, "windows": windows},
        {"id": "c", "location": 2, "service": 1200, "prize": 3000, "windows": windows},
    ]
    for row in rows[:2]:
        row |= {"door": "home", "once": 540}
    for key, change in more.items():
        rows["abc".index(key)] |= change
    far = [[0, 3600, 900], [3600, 0, 1800], [900, 1800, 0]]
    shift = {"id": "s", "day": 0, "start_location": 0, "end_location": 0, "earliest": 28_800,
             "latest": 64_800}  # fmt: skip
    return from_json({
        "duration": far, "cost": [[x // 10 for x in row] for row in far], "visits": rows,
        "shifts": [shift, {**shift, "id": "t"}],
    })  # fmt: skip


def test_random_plans_with_households_have_no_fault() -> None:
    """120 random problems with shared doors: the checker finds nothing, every visit that is left
    out has one reason, and the timer finds the times of every route."""
    joint = 0
    for seed in range(120):
        problem = household(seed)
        solution = solve(problem, iterations=200, seed=seed)
        assert _wrong(problem, solution) == [], seed
        assert set(reasons(problem, solution)) == {problem.ids[v] for v in solution.unserved}
        for route in solution.routes:
            order = [stop.visit for stop in route.stops]
            assert not retime(problem, route.shift, order).faults, seed
            assert problem.door is not None
            doors = [int(problem.door[v]) for v in order]
            joint += sum(a == b >= 0 for a, b in pairwise(doors))
        size = [0] * len(problem.shifts)
        smallest(problem, solution, list(solution.unserved), last=size, overtime=size)
    assert joint > 30


def test_a_household_is_one_stop_of_one_shift() -> None:
    """Both visits of a door stand behind each other, and the second lasts less by what is done
    once."""
    solution = solve(_two(), iterations=200)
    (route,) = [r for r in solution.routes if any(s.visit == 0 for s in r.stops)]
    at = [s.visit for s in route.stops].index(0)
    near = {s.visit: s for s in route.stops}
    assert abs([s.visit for s in route.stops].index(1) - at) == 1
    first, second = sorted((near[0], near[1]), key=lambda s: s.start)
    assert second.start == first.leave
    assert first.leave - first.start + second.leave - second.start == 1800 + 1500 - 540


def test_hours_that_do_not_meet_leave_one_out() -> None:
    """One in the morning, one in the afternoon: the better one is visited, the other is told that
    its door is visited already."""
    problem = _two(a={"windows": [[0, 32_400, 36_000]]}, b={"windows": [[0, 50_000, 60_000]]})
    solution = solve(problem, iterations=200)
    assert {s.visit for r in solution.routes for s in r.stops} == {0, 2}
    assert reasons(problem, solution)["b"].code == "SAME_DOOR"
    assert reasons(problem, solution)["b"].figures["served"] == "a"


def test_nobody_is_met_before_the_hours_of_all() -> None:
    """A second person who may be visited from ten on is not rung for before ten."""
    problem = _two(b={"windows": [[0, 36_000, 60_000]]})
    solution = solve(problem, iterations=200)
    starts = {s.visit: s.start for r in solution.routes for s in r.stops}
    assert min(starts[0], starts[1]) >= 36_000


def test_the_checker_finds_a_household_torn_apart() -> None:
    """Two shifts at one door, a stop in between, a pause at the door, and the full length twice:
    each is a fault; only pinned visits may come apart."""
    problem = _two()

    def judged(*routes: tuple[int, list[int]]) -> list[str]:
        timed = tuple(retime(replace(problem, door=None, once=None), k, order).route
                      for k, order in routes)  # fmt: skip
        return _wrong(problem, priced(problem, timed, 0, 0.0, 0))

    assert "engine.door" in judged((0, [0, 2]), (1, [1]))
    assert "engine.door" in judged((0, [0, 2, 1]))
    assert "engine.service" in judged((0, [0, 1]))
    free = retime(problem, 0, [0, 1]).route
    a, b = free.stops
    late = Route(0, free.depart, free.back + 60, (a, Stop(1, b.arrive, b.start + 60, b.leave + 60)))
    assert "engine.door" in _wrong(problem, priced(problem, (late,), 0, 0.0, 0))
    shifts = (replace(problem.shifts[0], pinned=(0, 2, 1)), problem.shifts[1])
    pinned = replace(problem, shifts=shifts)
    assert "engine.door" not in _wrong(pinned, solve(pinned, iterations=50))


def test_the_file_says_doors_again() -> None:
    """A problem with doors written out and read again is solved alike."""
    problem = _two()
    again = from_json(to_json(problem))
    assert solve(again, iterations=100).routes == solve(problem, iterations=100).routes


def test_both_are_made_where_both_must_be() -> None:
    """Of a household of which both have to be visited nobody is left out."""
    problem = _two(a={"mandatory": True}, b={"mandatory": True, "prize": 0})
    assert solve(problem, iterations=100).missing == 0
