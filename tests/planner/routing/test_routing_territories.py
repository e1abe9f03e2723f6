"""Territories: nothing lost, nothing told, and every answer from elsewhere is checked."""

import json
import random
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from routing_problems import random_problem, shift, tiny, visit

from planner.errors import PlannerError
from planner.routing.check import Fault, faults
from planner.routing.parcel import answer, packed, routes_of, unpacked, work
from planner.routing.problem import Problem, from_json, to_json
from planner.routing.solve import Solution, priced, solution_json, solve
from planner.routing.split import Workers, solve_split
from planner.routing.territories import back_in_whole, sub_problem, territories, warm

Reply = Callable[[bytes], Any]


class Elsewhere(Executor):
    """Answers every task at once with what `reply` makes of it."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.tasks: list[bytes] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The answer, or the error, as a future that is done."""
        self.tasks.append(args[0])
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(self.reply(args[0]))
        except Exception as error:
            future.set_exception(error)
        return future


def town(crews: int = 6, visits: int = 60, **changes: Any) -> Problem:
    """Crews and visits along a road, two crews from each home; every tenth visit is mandatory."""
    rng = random.Random(5)
    spots = [k // 2 * 2000 for k in range(crews)] + [rng.randrange(6000) for _ in range(visits)]
    table = [[abs(a - b) for b in spots] for a in spots]
    rows = [visit(f"v{i}", location=crews + i, prize=rng.randrange(2000, 9000),
                  mandatory=i % 10 == 0) for i in range(visits)]  # fmt: skip
    shifts = [shift(f"s{k}", start_location=k, end_location=k) for k in range(crews)]
    return from_json(tiny(duration=table, cost=table, visits=rows, shifts=shifts, **changes))


def with_pins(problem: Problem, found: Solution, seed: int) -> Problem:
    """The problem with some stops of a solution pinned, others as the warm start."""
    rng, data = random.Random(seed), to_json(problem)
    for row in data["shifts"]:
        row["initial"] = []
    for route in found.routes:
        names = [problem.ids[stop.visit] for stop in route.stops]
        data["shifts"][route.shift]["pinned"] = [key for key in names if rng.random() < 0.3]
        data["shifts"][route.shift]["initial"] = [key for key in names if rng.random() < 0.7]
    return from_json(data | {"keep_reward": 0})


def serious(problem: Problem, found: Solution) -> list[Fault]:
    """All faults but mandatory visits that are not made."""
    return [fault for fault in faults(problem, found) if fault.code != "engine.mandatory"]


def random_ones(count: int) -> Iterator[tuple[int, Problem]]:
    """Random problems with all features, some stops of a solution pinned."""
    for seed in range(count):
        problem = from_json(random_problem(seed, 40))
        yield seed, with_pins(problem, solve(problem, iterations=200, seed=seed), seed)


def test_everything_is_in_one_territory() -> None:
    """Each visit and shift of 60 random problems is in exactly one territory, groups together,
    pinned visits and warm starts with their shift."""
    for seed, problem in random_ones(60):
        cut = territories(problem, 3)
        assert sorted(v for part in cut for v in part.visits) == list(range(len(problem.ids)))
        assert sorted(k for part in cut for k in part.shifts) == list(range(len(problem.shifts)))
        for part in cut:
            inside = set(part.visits)
            groups = {int(problem.group[v]) for v in part.visits} - {-1}
            assert all((int(problem.group[v]) in groups) <= (v in inside) or problem.group[v] < 0
                       for v in range(len(problem.ids))), seed  # fmt: skip
            assert all(set(problem.shifts[k].pinned) <= inside for k in part.shifts), seed


def test_crews_stay_whole() -> None:
    """All days of a crew are in one territory; two crews of one home may be parted."""
    days = [shift(f"{day}/{crew}", day=day) for day in range(3) for crew in range(4)]
    problem = from_json(tiny(shifts=days))
    cut = territories(problem, 4)
    assert [len(part.shifts) for part in cut] == [3, 3, 3, 3]
    for part in cut:
        assert len({problem.shifts[k].id.split("/")[1] for k in part.shifts}) == 1


def test_each_goes_where_it_can_be_made() -> None:
    """A visit that only the far crew may or can make lies in that crew's territory."""
    problem = town()
    data = to_json(problem)
    data["visits"][0]["shifts"] = ["s5"]
    data["visits"][1]["windows"] = [[0, 32400, 32400 + 10]]
    data["visits"][1]["location"] = 4
    problem = from_json(data)
    (home,) = (part for part in territories(problem, 3) if 5 in part.shifts)
    assert {0, 1} <= set(home.visits)


def test_a_problem_without_crews_or_visits_is_cut_too() -> None:
    """No shift, no visit: one territory, or none with anything in it."""
    for changes in ({"shifts": []}, {"visits": []}, {"shifts": [], "visits": []}):
        problem = from_json(tiny(**changes))
        assert sum(len(part.visits) for part in territories(problem, 4)) <= len(problem.ids)
        found = solve_split(problem, Workers(Elsewhere(work), 2), 4, iterations=10)
        assert serious(problem, found) == []


def test_solved_apart_and_joined_breaks_no_rule() -> None:
    """60 random problems solved territory by territory and put together: no fault, same money."""
    for seed, problem in random_ones(60):
        routes = []
        money = 0
        for part in territories(problem, 3):
            own = sub_problem(problem, part)
            found = solve(own, iterations=100, seed=seed)
            assert serious(own, found) == []
            money += found.objective
            routes += back_in_whole(part, found.routes)
        routes.sort(key=lambda route: route.shift)
        joined = priced(problem, tuple(routes), 0, 0.0, 0)
        assert serious(problem, joined) == [], seed
        assert joined.objective == money, seed


def test_bytes_hold_the_same_problem() -> None:
    """What is unpacked is what was packed, with its budget."""
    for seed, problem in random_ones(20):
        for part in territories(problem, 2):
            own = sub_problem(problem, part)
            again, budget = unpacked(packed(own, seconds=None, iterations=7, seed=seed))
            assert to_json(again) == to_json(own)
            assert budget == {"seconds": None, "iterations": 7, "seed": seed, "cpu_time": False}


def texts(value: object) -> Iterator[str]:
    """Every text in parsed JSON that is not the name of a field."""
    if isinstance(value, str):
        yield value
    for one in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from texts(one)


def test_ids_are_opaque() -> None:
    """Every text that leaves is a number or empty, whatever things are called in the whole."""
    for _, problem in random_ones(20):
        for part in territories(problem, 2):
            data = packed(sub_problem(problem, part), seconds=1.0, iterations=None, seed=1)
            head = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
            assert [text for text in texts(head) if not re.fullmatch(r"\d*", text)] == []


@pytest.mark.parametrize("parts", [2, 3])
def test_through_threads(parts: int) -> None:
    """The plan of a split has no fault, all mandatory visits, and is told as it grows."""
    problem, told = town(), []
    with ThreadPoolExecutor(2) as threads:
        found = solve_split(
            problem, Workers(threads, 2), parts, iterations=400, seed=3, on_progress=told.append
        )
    assert faults(problem, found) == []
    assert (found.missing, found.seed) == (0, 3)
    assert found.iterations == 160 + parts * 200 + 40
    assert all(a.objective <= b.objective for a, b in pairwise(told))
    assert all(a.seconds <= b.seconds and a.iterations <= b.iterations for a, b in pairwise(told))


def test_same_seed_same_plan_wherever() -> None:
    """With iterations the plan is the same from threads, from here, and in any order of answers."""
    problem = town()
    plans = []
    for count in (1, 2, 3):
        with ThreadPoolExecutor(count) as threads:
            workers = Workers(threads, count)
            found = solve_split(problem, workers, 3, iterations=300, seed=8)
        plans.append(solution_json(problem, found) | {"seconds": 0})
    found = solve_split(problem, Workers(Elsewhere(work), 1), 3, iterations=300, seed=8)
    plans.append(solution_json(problem, found) | {"seconds": 0})
    assert plans[1:] == plans[:-1]


def test_random_problems_split() -> None:
    """40 random problems with pinned stops, split: no fault, nothing mandatory lost by splitting
    that the first plan had."""
    for seed, problem in random_ones(40):
        first = solve(problem, iterations=40, seed=seed)
        found = solve_split(problem, Workers(Elsewhere(work), 2), 3, iterations=100, seed=seed)
        assert serious(problem, found) == [], seed
        assert (-found.missing, found.objective) >= (-first.missing, first.objective), seed


def test_a_reward_for_staying_is_not_split() -> None:
    """A problem that pays for what stays is solved here, exactly as without executor."""
    problem = from_json(random_problem(3, 40) | {"keep_reward": 300})
    there = Elsewhere(work)
    split = solve_split(problem, Workers(there, 2), 2, iterations=200, seed=1)
    whole = solve(problem, iterations=200, seed=1)
    assert there.tasks == []
    assert solution_json(problem, split) | {"seconds": 0} == solution_json(problem, whole) | {
        "seconds": 0
    }


def first_stop(change: Callable[[list[Any]], None]) -> Reply:
    """An honest answer with its first route changed."""

    def reply(data: bytes) -> bytes:
        told = json.loads(work(data))
        change(told["routes"][0])
        return json.dumps(told).encode()

    return reply


def twice(route: list[Any]) -> None:
    """The first visit of a route once more at its end."""
    route[3].append(list(route[3][0]))


def earlier(route: list[Any]) -> None:
    """Times before the crew sets out."""
    route[3] = [[v, a - 30000, s - 30000, z - 30000] for v, a, s, z in route[3]]


def sooner(route: list[Any]) -> None:
    """A return that no drive makes."""
    route[2] = route[3][-1][3] - 1


def shorter(route: list[Any]) -> None:
    """A stay of no time."""
    route[3][0][3] = route[3][0][2]


def stranger(route: list[Any]) -> None:
    """A visit that is not of this territory."""
    route[3][0][0] = 10_000


def nobody(route: list[Any]) -> None:
    """A shift that is not there."""
    route[0] = -1


RUBBISH: list[Reply] = [
    *map(first_stop, (twice, earlier, sooner, shorter, stranger, nobody)),
    lambda _: b"",
    lambda _: b"\x80\x04]\x94.",
    lambda _: b"[" * 10_000,
    lambda _: b'{"routes": [[0, 1, 2]], "iterations": 1}',
    lambda _: b'{"routes": [[0, 1, 2, [1], []]], "iterations": 1}',
    lambda _: b'{"routes": [[0, 1, 2, [], [[3, 1e9]]]], "iterations": 1}',
    lambda _: b'{"routes": [[0, 36000, 36000, [], []]], "iterations": 1}',
    lambda _: b'{"routes": [], "iterations": 1, "more": 1}',
    lambda _: b'{"routes": {}, "iterations": NaN}',
    lambda _: b'{"routes": [], "iterations": 1' + b" " * 1_000_000 + b"}",
    lambda _: '{"routes": [], "iterations": 1}',
    lambda _: None,
]


@pytest.mark.parametrize("reply", RUBBISH)
def test_rubbish_is_thrown_away(reply: Reply) -> None:
    """A wrong answer is told and changes nothing: the plan is the one without that territory."""
    problem, told = town(), []
    found = solve_split(
        problem, Workers(Elsewhere(reply), 2), 2, iterations=300, on_trouble=told.append
    )
    assert faults(problem, found) == []
    assert [error.code for error in told] == ["executor.rubbish"] * 2


def failing(_: bytes) -> bytes:
    """A machine that goes away."""
    raise ConnectionError("gone")


def test_what_dies_is_told() -> None:
    """Workers that die, fail or are closed leave a plan that is whole, and a word about it."""
    problem = town()
    closed = ThreadPoolExecutor(1)
    closed.shutdown()
    cases: list[tuple[Executor, list[str]]] = [
        (Elsewhere(failing), ["executor.lost"] * 2),
        (Elsewhere(lambda _: b'{"error": "MemoryError"}'), ["executor.failed"] * 2),
        (closed, ["executor.lost"]),
    ]
    for executor, codes in cases:
        told: list[PlannerError] = []
        found = solve_split(
            problem, Workers(executor, 2), 2, iterations=300, on_trouble=told.append
        )
        assert faults(problem, found) == []
        assert [error.code for error in told] == codes


def test_less_than_before_is_not_taken() -> None:
    """An answer that is sound but worth less than what went out changes nothing."""
    problem = town()
    found = solve_split(
        problem, Workers(Elsewhere(lambda _: b'{"routes": [], "iterations": 0}'), 2), 2,
        iterations=300,
    )  # fmt: skip
    whole = solve(problem, iterations=120)
    assert faults(problem, found) == []
    assert found.objective >= whole.objective


class Silent(Executor):
    """Takes everything, answers nothing."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """A future that is running for ever."""
        self.futures.append(Future())
        self.futures[-1].set_running_or_notify_cancel()
        return self.futures[-1]


@pytest.mark.parametrize("stop", [None, lambda: None])
def test_who_never_answers_is_not_waited_for(stop: Callable[[], None] | None) -> None:
    """Territories that do not come back in time are told, and the plan is whole."""
    problem, told = town(), []
    found = solve_split(problem, Workers(Silent(), 2, stop), 2, seconds=0.3, on_trouble=told.append)
    assert faults(problem, found) == []
    assert [(error.code, error.params) for error in told] == [("executor.late", {"count": 2})]


@pytest.mark.parametrize("stop", [None, lambda: None])
def test_cancelled_keeps_the_best(stop: Callable[[], None] | None) -> None:
    """Cancelled while territories are out, an hour's search ends with the plan so far."""
    problem, there, told = town(), Silent(), []
    found = solve_split(
        problem, Workers(there, 2, stop), 2, iterations=200_000_000 if stop else None,
        seconds=0.2 if stop else 1.0, cancelled=lambda: bool(there.futures),
        on_trouble=told.append,
    )  # fmt: skip
    assert faults(problem, found) == []
    assert found.routes
    assert told == []


def test_pins_that_cannot_be_kept_are_told() -> None:
    """A split refuses what the whole refuses, before anything leaves."""
    same = [[0, 36000, 36000]]
    visits = [visit("a", windows=same), visit("b", windows=same)]
    shifts = [shift("s1", pinned=["a", "b"]), shift("s2")]
    there = Elsewhere(work)
    with pytest.raises(PlannerError, match=r"engine\.pinned"):
        solve_split(from_json(tiny(visits=visits, shifts=shifts)), Workers(there, 2), 2, seconds=1)
    assert there.tasks == []


def test_work_never_raises() -> None:
    """Whatever comes in, the answer is bytes; a good task's answer reads back as its routes."""
    for data in (b"", b"1234567", b"\xff" * 40, (3).to_bytes(8, "little") + b"[1]"):
        assert "error" in json.loads(work(data))
    problem = town()
    (part, *_) = territories(problem, 2)
    own = sub_problem(warm(problem, ()), part)
    found = solve(own, iterations=50)
    assert routes_of(answer(found), part) == (found.routes, found.iterations)
    sent = packed(own, seconds=None, iterations=50, seed=0)
    assert routes_of(work(sent), part)[0] == found.routes
