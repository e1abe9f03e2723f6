"""The smallest change for each visit left out: done, it holds; and it is the least of all kinds."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from routing_problems import random_problem, shift, tiny, visit
from test_routing_replan import a_day

from planner.routing.change import Change, orders_after
from planner.routing.changes import smallest
from planner.routing.check import faults
from planner.routing.problem import Problem, from_json
from planner.routing.retime import retime
from planner.routing.solve import Route, Solution, priced, solve, window_prize

HOUR = 3600
PRICE = 5000


def after(problem: Problem, solution: Solution, row: int, one: Change) -> tuple[Problem, Solution]:
    """The change done by itself: the problem that allows it and the routes that make it."""
    shifts = list(problem.shifts)
    if one.kind == "LONGER":
        shifts[one.shift] = replace(
            shifts[one.shift], latest=shifts[one.shift].latest + one.seconds
        )
    if one.kind == "UNPIN":
        pins = tuple(v for v in shifts[one.shift].pinned if v not in one.stops)
        shifts[one.shift] = replace(shifts[one.shift], pinned=pins)
    changed = replace(problem, shifts=tuple(shifts))
    routes = {route.shift: route for route in solution.routes}
    for s, order in orders_after(solution.routes, row, one).items():
        timed = retime(changed, s, order)
        routes[s] = timed.route
    kept = tuple(routes[s] for s in sorted(routes) if routes[s].stops)
    return changed, priced(changed, kept, 0, 0.0, 0)


def at_once(problem: Problem, solution: Solution) -> Solution:
    """The same orders, every stop as early as can be: what changes are measured against."""
    routes = tuple(
        retime(problem, route.shift, [stop.visit for stop in route.stops]).route
        for route in solution.routes
    )
    return priced(problem, routes, 0, 0.0, 0)


def judged(problem: Problem, solution: Solution, over: int = HOUR) -> Counter[str]:
    """How many changes of each kind were done; every one has no fault and loses what it says."""
    shifts = range(len(problem.shifts))
    last = [problem.shifts[s].latest + over for s in shifts]
    made = {problem.group[s.visit] for r in solution.routes for s in r.stops} - {-1}
    rows = [v for v in solution.unserved if problem.group[v] not in made]
    found = smallest(problem, solution, rows, last=last, overtime=[PRICE] * len(last))
    base = at_once(problem, solution)
    known = faults(problem, base)  # of shifts that cannot be timed so: those are left alone
    for row, one in found.items():
        changed, new = after(problem, base, row, one)
        wrong = [f for f in faults(changed, new) if f.code != "engine.mandatory" and f not in known]
        assert wrong == [], (problem.ids[row], one)
        assert row in {s.visit for route in new.routes for s in route.stops}
        loss = (base.prize - base.cost) - (new.prize - new.cost)
        if one.kind == "LONGER":
            loss += -(-one.seconds // 1800) * PRICE // 2
            assert 0 < one.seconds <= over
        if one.kind != "UNPIN":
            assert loss == one.loss, (problem.ids[row], one)
    return Counter(one.kind for one in found.values())


@pytest.mark.parametrize("block", range(4))
def test_changes_hold_on_any_problem(block: int) -> None:
    """10 random problems per block, with all features: each change is drivable at its price."""
    total: Counter[str] = Counter()
    for seed in range(10 * block, 10 * block + 10):
        problem = from_json(random_problem(seed))
        total += judged(problem, solve(problem, iterations=200, seed=seed))
    assert sum(total.values()) > 0


@pytest.mark.full
def test_changes_hold_on_many_problems() -> None:
    """1,000 random problems more."""
    total: Counter[str] = Counter()
    for seed in range(1000, 2000):
        problem = from_json(random_problem(seed))
        total += judged(problem, solve(problem, iterations=200, seed=seed))
    assert set(total) >= {"INSERT", "SWAP", "LONGER", "MOVE"}


@pytest.mark.parametrize("seed", range(3))
def test_changes_hold_on_a_full_day(seed: int) -> None:
    """A day of 300 visits for four crews: each of those left out has a change, and it holds."""
    problem = from_json(a_day(seed, count=300))
    solution = solve(problem, iterations=3000, seed=seed)
    kinds = judged(problem, solution)
    assert sum(kinds.values()) == len(solution.unserved)


def brute(problem: Problem, solution: Solution, row: int) -> int | None:
    """The least loss of putting a visit anywhere or in place of any stop, tried one by one."""
    base = at_once(problem, solution)
    best: int | None = None
    for s in range(len(problem.shifts)):
        if not problem.allowed[row, s]:
            continue
        old = next((r for r in base.routes if r.shift == s), Route(s, 0, 0, ()))
        order = [stop.visit for stop in old.stops]
        tries = [[*order[:k], row, *order[k:]] for k in range(len(order) + 1)]
        tries += [
            [row if v == gone else v for v in order]
            for gone in order
            if gone not in problem.shifts[s].pinned and not problem.mandatory[gone]
        ]
        for one in tries:
            timed = retime(problem, s, one)
            if not timed.faults:
                routes = [r for r in base.routes if r.shift != s] + [timed.route]
                new = priced(problem, tuple(routes), 0, 0.0, 0)
                loss = (base.prize - base.cost) - (new.prize - new.cost)
                best = loss if best is None else min(best, loss)
    return best


@pytest.mark.parametrize("seed", range(4))
def test_no_way_is_smaller(seed: int) -> None:
    """Every insertion and exchange tried by full timing: none loses less than the change named."""
    problem = from_json(a_day(seed, crews=3, count=60))
    solution = solve(problem, iterations=1500, seed=seed)
    rows = random.Random(seed).sample(solution.unserved, min(12, len(solution.unserved)))
    found = smallest(problem, solution, rows, last=[0] * 3, overtime=[0] * 3)
    for row in rows:
        least = brute(problem, solution, row)
        assert least is None or found[row].loss <= least


def one_crew(**figures: object) -> tuple[Problem, Solution]:
    """a and b fill the day of a crew that has one hour; c would fit beside neither."""
    visits = [
        visit("a", location=1, service=1500, prize=9000),
        visit("b", location=1, service=1500, prize=8000),
        visit("c", location=1, service=1500, prize=7000),
    ]
    shifts = [shift("s1", earliest=36000, latest=40300, **figures)]
    problem = from_json(tiny(visits=visits, shifts=shifts))
    return problem, solve(problem, iterations=300)


def test_the_stop_of_least_money_gives_way() -> None:
    """Without more time the stop worth least is named, with the difference as loss."""
    problem, solution = one_crew()
    found = smallest(problem, solution, [2], last=[0], overtime=[PRICE])
    assert (found[2].kind, found[2].stops, found[2].loss) == ("SWAP", (1,), 1000)


def test_a_shift_ends_later_where_that_is_cheaper() -> None:
    """With overtime at next to nothing the crew stays longer, by as much as it takes."""
    problem, solution = one_crew()
    found = smallest(problem, solution, [2], last=[60000], overtime=[2])
    assert found[2].kind == "LONGER"
    (route,) = solution.routes
    assert found[2].seconds == route.back + 1500 - 40300


def test_a_lock_gives_way_last() -> None:
    """A pinned stop is named only when nothing else is left."""
    problem, solution = one_crew(pinned=["a", "b"])
    found = smallest(problem, solution, [2], last=[0], overtime=[PRICE])
    assert found[2].kind == "UNPIN"
    assert smallest(problem, solution, [2], last=[60000], overtime=[PRICE])[2].kind == "LONGER"


def test_neighbours_pay_together() -> None:
    """Three far visits none of which pays alone are named as a pool that does."""
    far = [visit(f"v{i}", service=60, prize=200) for i in range(3)]
    problem = from_json(tiny(visits=far))
    empty = priced(problem, (), 0, 0.0, 0)
    cost = 500  # there and back
    found = smallest(problem, empty, [0, 1, 2], last=[0], overtime=[PRICE])
    assert {one.kind for one in found.values()} == {"POOL"}
    assert all(one.loss < 0 and len(one.more) == -(-cost // 200) - 1 for one in found.values())
    assert all(window_prize(problem, v, 0, 40000) == 200 for v in range(3))
