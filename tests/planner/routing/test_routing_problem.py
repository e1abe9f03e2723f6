"""Problem files: what is read, what is refused and in which words."""

import json
import math
from typing import Any

import numpy as np
import pytest
from routing_problems import random_problem, shift, tiny, visit

from planner.errors import PlannerError
from planner.routing.problem import from_json, to_json
from planner.words import sentence

BAD: list[tuple[str, Any, str]] = [
    ("problem.not_object", [], "problem"),
    ("problem.not_object", None, "problem"),
    ("problem.unknown_field", tiny(colour="red"), "colour"),
    ("problem.format", tiny(format="fairvisit-problem/2"), "format"),
    ("problem.missing", {"visits": []}, "duration"),
    ("problem.not_list", tiny(duration="far"), "duration"),
    ("problem.not_square", tiny(duration=[[0, 1]]), "duration[0]"),
    ("problem.not_square", tiny(duration=[[0, 1], [1]]), "duration[1]"),
    ("problem.not_square", tiny(cost=[[0]]), "cost"),
    ("problem.not_square", tiny(duration=[0, 1]), "duration[0]"),
    ("problem.negative", tiny(duration=[[0, -5], [5, 0]]), "duration[0][1]"),
    ("problem.too_large", tiny(duration=[[0, 10**9], [5, 0]]), "duration[0][1]"),
    ("problem.not_whole", tiny(duration=[[0, math.nan], [5, 0]]), "duration[0][1]"),
    ("problem.not_whole", tiny(duration=[[0, 1.5], [5, 0]]), "duration[0][1]"),
    ("problem.not_whole", tiny(duration=[[0, None], [5, 0]]), "duration[0][1]"),
    ("problem.not_whole", tiny(duration=[[0, True], [5, 0]]), "duration[0][1]"),
    ("problem.not_whole", tiny(cost=[[0, "1"], [5, 0]]), "cost[0][1]"),
    ("problem.not_whole", tiny(cost=[[0, 10**30], [5, 0]]), "cost[0][1]"),
    ("problem.not_whole", tiny(cost=[[0, [1]], [5, 0]]), "cost[0][1]"),
    ("problem.not_object", tiny(matrices=[]), "matrices"),
    ("problem.missing", tiny(matrices={"walk": {}}), "matrices.walk.duration"),
    ("problem.not_square", tiny(matrices={"w": {"duration": [], "cost": []}}), "matrices.w"),
    ("problem.not_list", tiny(visits={}), "visits"),
    ("problem.too_many", tiny(visits=[None] * 10**7), "visits"),
    ("problem.not_object", tiny(visits=[3]), "visits[0]"),
    ("problem.missing", tiny(visits=[{"id": "x"}]), "visits[0].prize"),
    ("problem.unknown_field", tiny(visits=[visit("a", price=3)]), "visits[0].price"),
    ("problem.not_text", tiny(visits=[visit("")]), "visits[0].id"),
    ("problem.not_text", tiny(visits=[visit("\ud800")]), "visits[0].id"),
    ("problem.twice", tiny(visits=[visit("a"), visit("a")]), "visits[1].id"),
    ("problem.too_large", tiny(visits=[visit("a", location=2)]), "visits[0].location"),
    ("problem.negative", tiny(visits=[visit("a", location=-1)]), "visits[0].location"),
    ("problem.negative", tiny(visits=[visit("a", service=-1)]), "visits[0].service"),
    ("problem.not_whole", tiny(visits=[visit("a", prize=1.0)]), "visits[0].prize"),
    ("problem.too_large", tiny(visits=[visit("a", prize=10**30)]), "visits[0].prize"),
    ("problem.not_list", tiny(visits=[visit("a", windows=None)]), "visits[0].windows"),
    ("problem.window", tiny(visits=[visit("a", windows=[[0, 1]])]), "visits[0].windows[0]"),
    ("problem.reversed", tiny(visits=[visit("a", windows=[[0, 9, 1]])]), "visits[0].windows[0]"),
    ("problem.not_flag", tiny(visits=[visit("a", mandatory=1)]), "visits[0].mandatory"),
    ("problem.not_text", tiny(visits=[visit("a", group=4)]), "visits[0].group"),
    ("problem.unknown_shift", tiny(visits=[visit("a", shifts=["s9"])]), "visits[0].shifts"),
    ("problem.not_list", tiny(visits=[visit("a", shifts="s1")]), "visits[0].shifts"),
    ("problem.missing", tiny(shifts=[{"id": "s"}]), "shifts[0].day"),
    ("problem.twice", tiny(shifts=[shift("s"), shift("s")]), "shifts[1].id"),
    ("problem.reversed", tiny(shifts=[shift("s", latest=0)]), "shifts[0].latest"),
    ("problem.negative", tiny(shifts=[shift("s", max_driving=-1)]), "shifts[0].max_driving"),
    ("problem.break", tiny(shifts=[shift("s", breaks=[[1, 2]])]), "shifts[0].breaks[0]"),
    ("problem.reversed", tiny(shifts=[shift("s", breaks=[[2, 1, 5]])]), "shifts[0].breaks[0]"),
    ("problem.too_many", tiny(shifts=[shift("s", breaks=[[1, 2, 1]] * 5)]), "shifts[0].breaks"),
    ("problem.unknown_matrix", tiny(shifts=[shift("s", matrix="fly")]), "shifts[0].matrix"),
    ("problem.not_text", tiny(shifts=[shift("s", matrix=7)]), "shifts[0].matrix"),
    ("problem.unknown_visit", tiny(shifts=[shift("s", pinned=["v9"])]), "shifts[0].pinned"),
    ("problem.twice", tiny(shifts=[shift("s", pinned=["v1", "v1"])]), "shifts[0].pinned"),
    ("problem.twice", tiny(shifts=[shift("s", initial=["v1", "v1"])]), "shifts[0].initial"),
    ("problem.pinned_window", tiny(shifts=[shift("s", day=1, pinned=["v1"])]), "shifts[0].pinned"),
    ("problem.negative", tiny(keep_reward=-1), "keep_reward"),
    ("problem.negative", tiny(shifts=[shift("s", hour_price=-1)]), "shifts[0].hour_price"),
    ("problem.not_whole", tiny(shifts=[shift("s", hour_price=0.5)]), "shifts[0].hour_price"),
    ("problem.too_large", tiny(shifts=[shift("s", hour_price=10**10)]), "shifts[0].hour_price"),
    ("problem.not_whole", tiny(shifts=[shift("s", cost_percent="9")]), "shifts[0].cost_percent"),
    ("problem.negative", tiny(shifts=[shift("s", cost_percent=-1)]), "shifts[0].cost_percent"),
    (
        "problem.arc_cost",
        tiny(cost=[[0, 2**31 - 1], [5, 0]], shifts=[shift("s", cost_percent=101)]),
        "shifts[0].cost_percent",
    ),
    (
        "problem.arc_cost",
        tiny(duration=[[0, 10**8], [5, 0]], shifts=[shift("s"), shift("t", hour_price=10**6)]),
        "shifts[1].hour_price",
    ),
    ("problem.not_object", tiny(shifts=[shift("s", pinned_times=[1])]), "shifts[0].pinned_times"),
    (
        "problem.not_pinned",
        tiny(shifts=[shift("s", pinned_times={"v1": 36000})]),
        "shifts[0].pinned_times",
    ),
    (
        "problem.not_whole",
        tiny(shifts=[shift("s", pinned=["v1"], pinned_times={"v1": None})]),
        "shifts[0].pinned_times.v1",
    ),
    (
        "problem.pinned_time",
        tiny(shifts=[shift("s", pinned=["v1"], pinned_times={"v1": 100})]),
        "shifts[0].pinned_times.v1",
    ),
]


@pytest.mark.parametrize(("code", "data", "field"), BAD, ids=lambda x: x if type(x) is str else "")
def test_bad_file_names_the_field(code: str, data: Any, field: str) -> None:
    """A wrong file is refused with the code and the field, and there are words for it."""
    with pytest.raises(PlannerError) as caught:
        from_json(data)
    assert (caught.value.code, caught.value.params["field"]) == (code, field)
    for language in ("en", "zh_CN"):
        words = sentence(f"error.{code}", language, **caught.value.params)
        assert field in words
        assert words != f"error.{code}"
        assert "{" not in words


def test_pinned_visits_must_be_allowed() -> None:
    """A stop cannot be pinned to a shift it may not be in, nor two of one group."""
    shifts = [shift("s1", pinned=["a"]), shift("s2")]
    with pytest.raises(PlannerError, match="pinned_shift"):
        from_json(tiny(visits=[visit("a", shifts=["s2"])], shifts=shifts))
    both = [shift("s1", pinned=["a", "b"])]
    with pytest.raises(PlannerError, match="pinned_group"):
        from_json(tiny(visits=[visit("a", group="g"), visit("b", group="g")], shifts=both))


def test_round_trip() -> None:
    """Writing a problem and reading it again gives the same file."""
    for seed in range(40):
        once = to_json(from_json(random_problem(seed)))
        assert to_json(from_json(json.loads(json.dumps(once)))) == once


def test_arrays_are_taken_as_they_are() -> None:
    """Matrices may be numpy arrays of whole numbers; others are refused."""
    table = np.array([[0, 600], [600, 0]], np.int64)
    assert from_json(tiny(duration=table)).matrices[""].duration.dtype == np.int32
    with pytest.raises(PlannerError, match=r"duration\[0\]\[0\]"):
        from_json(tiny(duration=table.astype(float)))
