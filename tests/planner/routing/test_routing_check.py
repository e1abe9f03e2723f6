"""The checker finds each kind of fault that is put into a good plan."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from routing_problems import shift, tiny, visit

from planner.routing.check import faults
from planner.routing.problem import Problem, from_json
from planner.routing.solve import Route, Solution, Stop, solve
from planner.words import sentence

VISITS = [
    visit("a", windows=[[0, 36000, 36000]], mandatory=True),
    visit("b", windows=[[0, 40000, 41000]], group="g"),
    visit("c", windows=[[0, 50000, 50000]], group="g", shifts=["s2"]),
    visit("d", location=0, prize=100, shifts=[]),
]
SHIFTS = [
    shift("s1", pinned=["a", "b"], breaks=[[43000, 44000, 600]], max_duration=9000),
    shift("s2", latest=60000, max_driving=1200),
]


@pytest.fixture
def problem() -> Problem:
    """Two pinned stops with a break after them, an alternative, and one that nobody may make."""
    return from_json(tiny(visits=VISITS, shifts=SHIFTS))


@pytest.fixture
def solution(problem: Problem) -> Solution:
    """Its plan: a and b in s1."""
    found = solve(problem, iterations=100)
    assert faults(problem, found) == []
    return found


def first_route(solution: Solution, **changes: object) -> Solution:
    """The solution with fields of its first route exchanged."""
    return replace(solution, routes=(replace(solution.routes[0], **changes), *solution.routes[1:]))


def stop(solution: Solution, at: int, **changes: int) -> Solution:
    """The solution with fields of a stop of its first route exchanged."""
    stops = list(solution.routes[0].stops)
    stops[at] = replace(stops[at], **changes)
    return first_route(solution, stops=tuple(stops))


def more(solution: Solution, *stops: Stop, number: int = 1) -> Solution:
    """The solution with one more route."""
    begin = stops[0].arrive - 600 if stops else 0
    end = stops[-1].leave + 600 if stops else 0
    return replace(solution, routes=(*solution.routes, Route(number, begin, end, stops)))


SPOILT: list[tuple[str, Callable[[Solution], Solution]]] = [
    ("engine.shift", lambda s: more(s, Stop(2, 50000, 50000, 50900), number=7)),
    ("engine.shift", lambda s: more(s, Stop(2, 50000, 50000, 50900), number=0)),
    ("engine.visit", lambda s: stop(s, 0, visit=99)),
    ("engine.twice", lambda s: more(s, Stop(1, 40000, 40000, 40900))),
    ("engine.empty", lambda s: more(s)),
    ("engine.early", lambda s: first_route(s, depart=30000)),
    ("engine.hours", lambda s: first_route(s, back=70000)),
    ("engine.duration", lambda s: first_route(s, back=70000)),
    ("engine.not_allowed", lambda s: more(s, Stop(3, 45000, 45000, 45900))),
    ("engine.window", lambda s: stop(s, 0, start=36001, leave=36901)),
    ("engine.service", lambda s: stop(s, 0, leave=36600)),
    ("engine.arrival", lambda s: stop(s, 0, arrive=36100)),
    ("engine.travel", lambda s: first_route(s, back=s.routes[0].stops[-1].leave + 599)),
    ("engine.travel", lambda s: first_route(s, depart=35500)),
    ("engine.break", lambda s: first_route(s, breaks=((36100, 36700),))),
    ("engine.break", lambda s: first_route(s, breaks=((43000, 43601),))),
    ("engine.break", lambda s: first_route(s, back=44001)),
    ("engine.pinned", lambda s: first_route(s, stops=s.routes[0].stops[:1])),
    ("engine.pinned", lambda s: first_route(s, stops=s.routes[0].stops[::-1])),
    ("engine.group", lambda s: more(s, Stop(2, 50000, 50000, 50900))),
    ("engine.mandatory", lambda s: first_route(s, stops=s.routes[0].stops[1:])),
    ("engine.total", lambda s: replace(s, objective=s.objective + 1)),
    ("engine.total", lambda s: replace(s, cost=s.cost - 1)),
    ("engine.total", lambda s: replace(s, missing=1)),
    ("engine.unserved", lambda s: replace(s, unserved=(2,))),
]


@pytest.mark.parametrize(("code", "spoil"), SPOILT)
def test_fault_is_found(
    problem: Problem, solution: Solution, code: str, spoil: Callable[[Solution], Solution]
) -> None:
    """A spoilt plan has the fault that was put in, with words in both languages."""
    found = {fault.code: fault for fault in faults(problem, spoil(solution))}
    assert code in found
    for language in ("en", "zh_CN"):
        words = sentence(f"fault.{code}", language, **found[code].params)
        assert not words.startswith("fault.")
        assert "{" not in words


def test_too_much_driving_is_found() -> None:
    """Driving is added up over all arcs of the route."""
    problem = from_json(tiny(shifts=[shift("s1", max_driving=1199)]))
    route = Route(0, 32400, 34500, (Stop(0, 33000, 33000, 33900),))
    solution = Solution(11500, 12000, 500, 0, 0, (route,), (), 0, 0.0, 0)
    assert [fault.code for fault in faults(problem, solution)] == ["engine.driving"]
