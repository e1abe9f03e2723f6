"""Random problems with all features: the independent checker, pins, timing and reasons."""

import random
from dataclasses import replace
from typing import Any

import pytest
from routing_problems import random_problem

from planner.routing.check import faults
from planner.routing.problem import Problem, from_json
from planner.routing.reasons import reasons
from planner.routing.retime import retime
from planner.routing.solve import Solution, solve


def broken(problem: Problem, solution: Solution) -> list[Any]:
    """Faults other than mandatory visits that random windows make impossible."""
    return [fault for fault in faults(problem, solution) if fault.code != "engine.mandatory"]


def pin_some(data: dict[str, Any], solution: Solution, rng: random.Random) -> dict[str, Any]:
    """The same file with some stops of a plan pinned where they are, and the plan as warm start."""
    shifts = [dict(row, initial=[], pinned=[], pinned_times={}) for row in data["shifts"]]
    for route in solution.routes:
        ids = [data["visits"][stop.visit]["id"] for stop in route.stops]
        shifts[route.shift]["initial"] = ids
        shifts[route.shift]["pinned"] = [key for key in ids if rng.random() < 0.4]
        shifts[route.shift]["pinned_times"] = {
            key: stop.start
            for key, stop in zip(ids, route.stops, strict=True)
            if key in shifts[route.shift]["pinned"] and rng.random() < 0.3
        }
    return {**data, "shifts": shifts}


@pytest.mark.parametrize("block", range(10))
def test_random_problems_have_no_fault(block: int) -> None:
    """30 problems with all features mixed, solved twice (then with pins): no rule is broken."""
    for seed in range(30 * block, 30 * block + 30):
        data = random_problem(seed)
        problem = from_json(data)
        first = solve(problem, iterations=250, seed=seed)
        assert broken(problem, first) == [], seed
        again = pin_some(data, first, random.Random(seed))
        pinned = from_json(again)
        second = solve(pinned, iterations=150, seed=seed)
        assert broken(pinned, second) == [], seed
        times = {pinned.ids[s.visit]: s.start for r in second.routes for s in r.stops}
        for row in again["shifts"]:
            assert {key: times[key] for key in row["pinned_times"]} == row["pinned_times"], seed
        assert second.missing <= first.missing, seed


@pytest.mark.full
@pytest.mark.parametrize("block", range(200))
def test_many_random_problems_have_no_fault(block: int) -> None:
    """20,000 problems more, of up to 60 visits."""
    for seed in range(1000 + 100 * block, 1100 + 100 * block):
        problem = from_json(random_problem(seed, 60))
        assert broken(problem, solve(problem, iterations=200, seed=seed)) == [], seed


def test_every_unserved_visit_has_one_reason() -> None:
    """100 problems: the ids with a reason are the ids left out, and nothing that pays is left."""
    for seed in range(100):
        problem = from_json(random_problem(seed))
        solution = solve(problem, iterations=250, seed=seed)
        found = reasons(problem, solution)
        assert set(found) == {problem.ids[v] for v in solution.unserved}, seed
        assert all(reason.figures.get("by") != "edit" for reason in found.values()), seed


def test_retiming_a_plan_finds_its_times() -> None:
    """150 problems, and one whose crew sets out after its first break: timing each route's order
    anew has no fault and is no worse than the plan."""
    for seed in (*range(150), 1210):
        problem = from_json(random_problem(seed))
        for route in solve(problem, iterations=150, seed=seed).routes:
            shift = problem.shifts[route.shift]
            timed = retime(problem, route.shift, [stop.visit for stop in route.stops])
            assert timed.faults == (), seed
            if len({*problem.windows.prize}) == len({*problem.prize}) and not shift.waiting_price:
                assert timed.route.back <= route.back, seed


def test_several_starts_break_no_rule() -> None:
    """Long searches of small problems start several times: no fault, pins stay, runs agree."""
    for seed in range(60):
        data = random_problem(seed, 5)
        first = solve(from_json(data), iterations=6000, seed=seed)
        assert broken(from_json(data), first) == [], seed
        pinned = from_json(pin_some(data, first, random.Random(seed)))
        bare = replace(pinned, shifts=tuple(replace(s, initial=()) for s in pinned.shifts))
        again = [solve(bare, iterations=6000, seed=seed) for _ in range(2)]
        assert broken(bare, again[0]) == [], seed
        assert replace(again[0], seconds=0) == replace(again[1], seconds=0), seed
