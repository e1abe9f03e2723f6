"""Damaged problem files never crash: they are refused by code, or solved without a fault."""

import copy
import math
import random
from typing import Any

import pytest
from routing_problems import random_problem

from planner.errors import PlannerError
from planner.routing.check import faults
from planner.routing.problem import from_json
from planner.routing.reasons import reasons
from planner.routing.solve import solve

JUNK: list[Any] = [
    *(None, True, -1, 0, 1, 2**31 - 1, 2**31, 2**63, -(2**70), 10**8, 10**9, 0.5, math.nan),
    *(math.inf, "", "v1", "s0", "\ud800", "\x00", [], [[]], [0], [0, 0, 0], {}, {"id": 3}),
]


def spots(node: Any) -> list[tuple[Any, Any]]:
    """(container, key) of everything inside a file."""
    inside = node.items() if isinstance(node, dict) else enumerate(node)
    found = [(node, key) for key, _ in inside]
    for container, key in list(found):
        if isinstance(container[key], (dict, list)):
            found += spots(container[key])
    return found


def damaged(seed: int) -> Any:
    """A small random problem with one to three values exchanged, doubled or taken out."""
    rng = random.Random(seed)
    data = copy.deepcopy(random_problem(seed, 8))
    for _ in range(rng.randrange(1, 4)):
        container, key = rng.choice(spots(data))
        what = rng.random()
        if what < 0.1:
            del container[key]
        elif what < 0.2 and isinstance(container, list):
            container.append(copy.deepcopy(container[key]))
        else:
            container[key] = copy.deepcopy(rng.choice(JUNK))
    return data


def feed(seeds: range) -> int:
    """How many of these damaged files are refused; the others are solved and judged."""
    refused: list[str] = []
    for seed in seeds:
        try:
            problem = from_json(damaged(seed))
            solution = solve(problem, iterations=20, seed=seed)
        except PlannerError as error:
            refused.append(error.params["field"])
            continue
        wrong = [fault for fault in faults(problem, solution) if fault.code != "engine.mandatory"]
        assert wrong == [], seed
        assert len(reasons(problem, solution)) == len(solution.unserved), seed
    assert all(refused)
    return len(refused)


@pytest.mark.parametrize("block", range(10))
def test_damaged_files(block: int) -> None:
    """80 damaged files per block: refused with a code that names a field, or solved well."""
    assert 10 < feed(range(80 * block, 80 * block + 80)) < 80


@pytest.mark.full
@pytest.mark.parametrize("block", range(50))
def test_many_damaged_files(block: int) -> None:
    """50,000 damaged files more."""
    assert feed(range(10_000 + 1000 * block, 11_000 + 1000 * block)) < 1000
