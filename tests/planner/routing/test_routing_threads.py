"""Two searches on one problem: same rules, cancellable, and without effect on reproducible runs."""

import pytest
from routing_problems import random_problem, shift, tiny, visit

from planner.errors import PlannerError
from planner.routing.check import faults
from planner.routing.problem import from_json
from planner.routing.solve import solution_json, solve


@pytest.mark.parametrize("block", range(2))
def test_two_threads_break_no_rule(block: int) -> None:
    """20 random problems per block with all features, searched by two threads: no fault."""
    for seed in range(20 * block, 20 * block + 20):
        problem = from_json(random_problem(seed))
        found = solve(problem, seconds=0.02, seed=seed, threads=2)
        wrong = [fault for fault in faults(problem, found) if fault.code != "engine.mandatory"]
        assert wrong == [], seed


def test_iterations_stay_reproducible() -> None:
    """With a number of iterations a second thread is not started: the plan is the same."""
    problem = from_json(random_problem(3, 40))
    first, second = (
        solution_json(problem, solve(problem, iterations=500, seed=4, threads=threads))
        | {"seconds": 0}
        for threads in (1, 2)
    )
    assert first == second


def test_both_threads_stop_when_cancelled() -> None:
    """A cancelled search of an hour ends at once, with a plan."""
    problem = from_json(tiny(visits=[visit(f"v{i}") for i in range(60)]))
    calls = iter([False, False, True])
    found = solve(problem, seconds=3600, threads=2, cancelled=lambda: next(calls, True))
    assert found.routes


def test_an_error_while_telling_ends_both() -> None:
    """What the listener raises comes through, and the second thread is gone by then."""

    def tell(_: object) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        solve(from_json(tiny()), seconds=3600, threads=2, on_progress=tell)


def test_pins_that_cannot_be_kept_are_told() -> None:
    """Two threads refuse what one refuses."""
    same = [[0, 36000, 36000]]
    visits = [visit("a", windows=same), visit("b", windows=same)]
    problem = from_json(tiny(visits=visits, shifts=[shift("s1", pinned=["a", "b"])]))
    with pytest.raises(PlannerError, match=r"engine\.pinned"):
        solve(problem, seconds=1, threads=2)
