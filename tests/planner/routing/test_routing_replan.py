"""Re-planning from the middle of a day: what is done stays, most of the rest stays where it was."""

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from routing_problems import random_problem, shift, tiny, visit

from planner.routing.check import faults
from planner.routing.problem import Problem, from_json
from planner.routing.replan import Now, remaining, replan, standing
from planner.routing.solve import Solution, solve

NOON = 43200


def a_day(seed: int, crews: int = 4, count: int = 90) -> dict[str, Any]:
    """A town with visits in windows, a few of them mandatory appointments."""
    rng = np.random.default_rng(seed)
    points = rng.integers(0, 9000, (count + crews, 2))
    ways = (np.abs(points[:, None] - points[None]).sum(axis=2) // 4).astype(np.int64)
    visits = []
    for i in range(count):
        start = int(rng.integers(32400, 60000))
        late = 63000 if rng.random() < 0.6 else start + int(rng.integers(1800, 9000))
        visits.append(
            visit(f"v{i}", location=crews + i, service=900, prize=int(rng.lognormal(8.5, 0.8)))
            | {"windows": [[0, 32400 if late == 63000 else start, late]]}
            | {"mandatory": bool(rng.random() < 0.03)}
        )
    shifts = [shift(f"s{c}", start_location=c, end_location=c) for c in range(crews)]
    return {"duration": ways, "cost": ways, "visits": visits, "shifts": shifts}


def late_crew(now: tuple[Now, ...], rng: random.Random) -> tuple[Now, ...]:
    """One crew is up to forty minutes behind."""
    who = rng.randrange(len(now))
    return tuple(
        replace(one, time=one.time + rng.randrange(2400)) if k == who else one
        for k, one in enumerate(now)
    )


def noon(seed: int) -> tuple[int, int]:
    """(planned, staying) stops of one day that was planned on at some hour around noon."""
    rng = random.Random(seed)
    problem = from_json(a_day(seed))
    plan = solve(problem, iterations=3000, seed=seed)
    now = late_crew(standing(problem, plan, NOON + rng.randrange(-5400, 5400)), rng)
    new = replan(problem, plan, now, seconds=None, iterations=1500, seed=seed)
    wrong = [f for f in faults(new.problem, new.solution) if f.code != "engine.mandatory"]
    assert wrong == [], seed
    done = {v for one in now for v in one.done}
    again = {s.visit for route in new.solution.routes for s in route.stops}
    assert not done & again, seed
    for route in new.solution.routes:
        one = next((n for n in now if n.shift == route.shift), None)
        assert one is None or route.depart >= one.time, seed
    return new.planned, new.stay


@pytest.mark.parametrize("block", range(3))
def test_most_stops_stay_with_their_crew(block: int) -> None:
    """10 days per block: no rule broken, nothing done twice, four of five stops stay."""
    days = [noon(seed) for seed in range(10 * block, 10 * block + 10)]
    assert sum(stay for _, stay in days) >= 0.8 * sum(planned for planned, _ in days)


@pytest.mark.full
@pytest.mark.parametrize("block", range(10))
def test_most_stops_stay_on_many_days(block: int) -> None:
    """300 days more."""
    days = [noon(seed) for seed in range(1000 + 30 * block, 1030 + 30 * block)]
    assert sum(stay for _, stay in days) >= 0.8 * sum(planned for planned, _ in days)


def test_a_rest_of_sixty_stops_is_planned_on() -> None:
    """With the usual budget, most of sixty stops ahead stay with their crew."""
    problem = from_json(a_day(1, crews=4, count=200))
    plan = solve(problem, iterations=6000)
    now = standing(problem, plan, 33000)
    new = replan(problem, plan, now)
    assert new.planned >= 60
    assert new.stay >= 0.8 * new.planned
    assert new.solution.missing == 0


@pytest.mark.parametrize("block", range(5))
def test_any_problem_can_be_planned_on(block: int) -> None:
    """20 random problems per block, with all features: the rest of the day has no fault."""
    for seed in range(20 * block, 20 * block + 20):
        problem = from_json(random_problem(seed))
        plan = solve(problem, iterations=100, seed=seed)
        now = standing(problem, plan, 36000 + 97 * seed)
        new = replan(problem, plan, now, seconds=None, iterations=100)
        wrong = [f for f in faults(new.problem, new.solution) if f.code != "engine.mandatory"]
        assert wrong == [], seed


def solved() -> tuple[Problem, Solution]:
    """a, b and c one after the other at 10, 12 and 15 h; d and a are of one group."""
    visits = [
        visit("a", windows=[[0, 36000, 36000]], group="g", mandatory=True),
        visit("b", windows=[[0, 43200, 43200]]),
        visit("c", windows=[[0, 54000, 54000]]),
        visit("d", windows=[[0, 56000, 60000]], group="g"),
    ]
    shifts = [shift("s1", max_driving=2000, max_duration=28800, fixed_cost=70, pinned=["a", "c"])]
    problem = from_json(tiny(visits=visits, shifts=shifts))
    return problem, solve(problem, iterations=200)


def test_what_is_done_is_frozen() -> None:
    """Done visits and their group are closed, pins ahead stay, limits shrink by what is used."""
    problem, plan = solved()
    (now,) = standing(problem, plan, 40000)
    assert (now.location, now.time, now.done) == (1, 40000, (0,))
    rest = remaining(problem, plan, [now])
    (left,) = rest.shifts
    assert rest.allowed[:, 0].tolist() == [False, True, True, False]
    assert not rest.mandatory.any()
    assert (left.initial, left.pinned) == ((1, 2), (2,))
    assert (left.start, left.earliest) == (1, 40000)
    assert (left.max_driving, left.max_duration) == (1400, 28800 - (40000 - 35400))
    assert left.fixed_cost == -250  # the way home is owed


def test_a_visit_under_way_is_finished() -> None:
    """Who is at a door when the plan changes goes on when that visit ends."""
    problem, plan = solved()
    (now,) = standing(problem, plan, 36100)
    assert (now.time, now.done) == (36900, (0,))


def test_before_the_start_everything_is_ahead() -> None:
    """A crew that has not left is planned from its start place, with its fixed cost."""
    problem, plan = solved()
    (now,) = standing(problem, plan, 30000)
    rest = remaining(problem, plan, [now])
    assert (now.done, rest.shifts[0].start, rest.shifts[0].fixed_cost) == ((), 0, 70)
    assert rest.shifts[0].initial == (0, 1, 2)


def test_a_day_that_is_over() -> None:
    """After hours nothing is planned any more, and nothing goes wrong."""
    problem = from_json(tiny(visits=[visit("a"), visit("b")]))
    plan = solve(problem, iterations=100)
    new = replan(problem, plan, [Now(0, 1, 70000, (0,))], seconds=None, iterations=50)
    assert new.solution.routes == ()
