"""Why a visit is left out: each code with its figures on a problem made for it."""

from dataclasses import replace
from typing import Any

import numpy as np
from routing_problems import shift, tiny, visit

from planner.routing.problem import from_json
from planner.routing.reasons import Reason, reasons
from planner.routing.retime import replace_route, retime
from planner.routing.solve import solve


def why(data: dict[str, Any]) -> dict[str, Reason]:
    """The reasons of a solved problem."""
    problem = from_json(data)
    return reasons(problem, solve(problem, iterations=500))


def test_other_address() -> None:
    """The alternative of a visit that is made says which one is."""
    found = why(tiny(visits=[visit("a", group="g"), visit("b", group="g", prize=11000)]))
    assert found == {"b": Reason("OTHER_ADDRESS", {"served": "a"})}


def test_locked_out_of_all_shifts() -> None:
    """A visit that no shift may make is locked."""
    assert why(tiny(visits=[visit("a", shifts=[])])) == {"a": Reason("LOCKED", {"by": "shifts"})}


def test_no_window() -> None:
    """No window on the day, or one that is over before the crew can be there."""
    visits = [visit("a", windows=[[3, 0, 9]]), visit("b", windows=[[0, 100, 32000]])]
    found = why(tiny(visits=visits))
    assert found["a"] == Reason("NO_WINDOW", {"windows": 0, "late_seconds": None})
    assert found["b"] == Reason("NO_WINDOW", {"windows": 1, "late_seconds": 1000})


def test_low_value() -> None:
    """Worth less than the way: value, cost, time and what is missing."""
    reason = why(tiny(visits=[visit("a", prize=400)]))["a"]
    assert reason.code == "LOW_VALUE"
    figures = {"value": 400, "extra_cost": 500, "extra_seconds": 2100, "more_value": 101}
    assert reason.figures == {**figures, "shift": "s1", "after": "", "before": ""}


def test_displaced() -> None:
    """One of two that exclude each other: which has to go, and the difference."""
    same = [[0, 36000, 36000]]
    found = why(tiny(visits=[visit("a", windows=same), visit("b", windows=same, prize=9000)]))
    figures = {"stop": "a", "difference": 3000, "value": 9000, "shift": "s1"}
    assert found == {"b": Reason("DISPLACED", figures)}


def test_no_time() -> None:
    """A visit for which two stops would have to go says by how many seconds it does not fit."""
    visits = [
        visit("a", windows=[[0, 34000, 34000]], service=1000),
        visit("b", windows=[[0, 35000, 35000]], service=1000),
        visit("c", windows=[[0, 34000, 34300]], service=1600, prize=13000),
    ]
    reason = why(tiny(visits=visits))["c"]
    assert reason.code == "NO_TIME"
    assert reason.figures["short_seconds"] == 700


def test_locked_by_a_pinned_stop() -> None:
    """A better visit that only a pinned stop keeps out names that stop."""
    same = [[0, 36000, 36000]]
    visits = [visit("a", windows=same), visit("b", windows=same, prize=90000)]
    found = why(tiny(visits=visits, shifts=[shift("s1", pinned=["a"])]))
    assert found == {"b": Reason("LOCKED", {"by": "pinned", "stop": "a", "shift": "s1"})}


def test_taken_out_by_hand() -> None:
    """A visit that fits and pays, but was taken out of the plan, is locked by the edit."""
    problem = from_json(tiny(visits=[visit("a"), visit("b")]))
    solution = solve(problem, iterations=100)
    edited = replace_route(problem, solution, retime(problem, 0, [0]).route)
    assert reasons(problem, edited) == {
        "b": Reason("LOCKED", {"by": "edit", "shift": "s1", "extra_cost": 0})
    }


def test_every_one_of_a_large_day_has_a_reason() -> None:
    """Each of 2,000 visits left out of 20 shifts has its reason."""
    rng = np.random.default_rng(1)
    points = rng.integers(0, 3600, (300, 2))
    apart = np.abs(points[:, None] - points[None]).sum(axis=2)
    visits = [
        visit(f"v{i}", location=i % 300, prize=int(p), windows=[[0, 32400 + 9 * i, 60000]])
        for i, p in enumerate(rng.integers(0, 9000, 2400))
    ]
    shifts = [shift(f"s{i}", start_location=i, max_duration=30000) for i in range(20)]
    data = {"duration": apart, "cost": apart, "visits": visits, "shifts": shifts}
    problem = from_json(data)
    solution = solve(problem, iterations=50)
    found = reasons(problem, solution)
    assert len(found) == len(solution.unserved) > 1500


def test_unfinished_plan_has_reasons_too() -> None:
    """A plan without any route explains every visit."""
    problem = from_json(tiny(visits=[visit("a"), visit("b", prize=1)]))
    empty = replace(solve(problem, iterations=10), routes=(), unserved=(0, 1))
    found = reasons(problem, empty)
    assert {key: reason.code for key, reason in found.items()} == {"a": "LOCKED", "b": "LOW_VALUE"}
