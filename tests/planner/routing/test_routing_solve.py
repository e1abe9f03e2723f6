"""The search: small problems whose best plan is known, and promises about its running."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from routing_problems import random_problem, shift, tiny, visit

from planner.errors import PlannerError
from planner.routing.check import faults
from planner.routing.problem import from_json, to_json
from planner.routing.solve import Progress, Solution, solution_json, solve


def plan(data: dict[str, Any], iterations: int = 300) -> Solution:
    """A solved problem; the checker must find nothing."""
    problem = from_json(data)
    solution = solve(problem, iterations=iterations)
    assert faults(problem, solution) == []
    return solution


def line(places: int, step: int = 600) -> dict[str, Any]:
    """Places on a line, `step` seconds and 100 money apart."""
    apart = [[abs(i - k) for k in range(places)] for i in range(places)]
    return {
        "duration": [[step * d for d in row] for row in apart],
        "cost": [[100 * d for d in row] for row in apart],
    }


def orders(solution: Solution) -> dict[int, list[int]]:
    """Visits per shift, by index."""
    return {route.shift: [stop.visit for stop in route.stops] for route in solution.routes}


def test_nothing_to_do() -> None:
    """No visits, no shifts, no places: an empty plan each time."""
    for data in (
        tiny(visits=[]),
        tiny(shifts=[]),
        {"duration": [], "cost": [], "visits": [], "shifts": []},
    ):
        solution = plan(data)
        assert (solution.routes, solution.objective) == ((), 0)


def test_one_place() -> None:
    """Everything at one place, with zero matrix and no service, is all made."""
    data = {"duration": [[0]], "cost": [[0]]}
    visits = [visit(f"v{i}", location=0, service=0, prize=1) for i in range(50)]
    solution = plan({**data, "visits": visits, "shifts": [shift("s", start_location=0)]})
    assert solution.objective == 50


def test_worthless_visit_stays_out() -> None:
    """A visit enters when its prize is above its cost, not when it only equals it."""
    assert plan(tiny(visits=[visit("v", prize=500)])).routes == ()
    assert plan(tiny(visits=[visit("v", prize=501)])).objective == 1


def test_two_poor_visits_share_a_trip() -> None:
    """Visits that do not pay alone are made together when both pay for the way."""
    visits = [visit("a", prize=300), visit("b", prize=300)]
    assert plan(tiny(visits=visits)).objective == 100


def test_cheaper_crew_drives() -> None:
    """An hour's wage and dearer kilometres of one shift send the other one, at its exact cost."""
    rates = {"hour_price": 3000, "cost_percent": 150}
    for first, second in ((rates, {}), ({}, rates)):
        solution = plan(tiny(shifts=[shift("s1", **first), shift("s2", **second)]))
        assert list(orders(solution)) == [1 if first else 0]
        assert solution.cost == 500
    alone = plan(tiny(shifts=[shift("s1", **rates)]))
    assert alone.cost == 2 * (375 + 500)
    assert plan(tiny(visits=[visit("v", prize=1750)], shifts=[shift("s1", **rates)])).routes == ()


def test_parts_of_a_fen_are_rounded_leg_by_leg() -> None:
    """Half a unit and more of a leg is a whole one, so that added costs are exact."""
    data = tiny(duration=[[0, 5], [7, 0]], cost=[[0, 1], [1, 0]])
    rated = shift("s1", hour_price=360, cost_percent=49)
    assert plan({**data, "shifts": [rated]}).cost == 0 + 1 + 0 + 1


def test_pinned_stop_keeps_its_time() -> None:
    """A pinned stop with a time starts then, at the prize of that moment; others give way."""
    windows = [[0, 32400, 64800], [0, 50000, 50100, 20000], [1, 0, 10]]
    visits = [visit("v1", windows=windows), visit("v2", service=30000, prize=90000)]
    kept = shift("s1", pinned=["v1"], pinned_times={"v1": 50050})
    solution = plan(tiny(visits=visits, shifts=[kept]))
    assert [stop.start for stop in solution.routes[0].stops] == [50050]
    assert solution.prize == 20000
    free = plan(tiny(visits=visits, shifts=[shift("s1", pinned=["v1"])]))
    assert len(free.routes[0].stops) == 2


def test_a_window_of_one_second_keeps_the_time_too() -> None:
    """A pinned time says the same as one window of that second."""
    by_window = tiny(visits=[visit("v1", windows=[[0, 50050, 50050]])])
    by_window["shifts"] = [shift("s1", pinned=["v1"])]
    by_field = tiny(shifts=[shift("s1", pinned=["v1"], pinned_times={"v1": 50050})])
    assert to_json(from_json(by_field)) == to_json(from_json(by_window))


def test_only_one_crew_can_be_first() -> None:
    """The early appointment goes to the only crew that is near, although others want it there."""
    data = line(4, 1800)
    visits = [
        visit("early", location=1, prize=10, mandatory=True, windows=[[0, 36000, 37800]]),
        visit("rich", location=0, prize=90000, service=3600, windows=[[0, 36000, 36000]]),
    ]
    near = shift("near", earliest=36000)
    far = shift("far", start_location=3, end_location=3, earliest=36000)
    solution = plan({**data, "visits": visits, "shifts": [far, near]})
    assert solution.missing == 0
    assert orders(solution) == {1: [0]}


def test_mandatory_ones_make_room_for_each_other() -> None:
    """Two mandatory visits that compete for one crew are dealt out so that both are made."""
    data = line(3, 1800)
    fixed = [[0, 36000, 36000]]
    for names in (("a", "b"), ("b", "a")):
        rows = {
            "a": visit("a", location=0, mandatory=True, windows=fixed, shifts=["s1", "s2"]),
            "b": visit("b", location=0, mandatory=True, windows=fixed, shifts=["s1"]),
        }
        shifts = [shift("s1", earliest=36000), shift("s2", earliest=36000)]
        solution = plan({**data, "visits": [rows[n] for n in names], "shifts": shifts})
        assert solution.missing == 0


def test_mandatory_comes_before_money() -> None:
    """A mandatory visit that costs more than it brings is made, and displaces a rich one."""
    windows = [[0, 36000, 36000]]
    visits = [
        visit("must", location=1, prize=0, mandatory=True, windows=windows),
        visit("rich", location=0, prize=10**11, windows=windows),
    ]
    solution = plan(tiny(visits=visits))
    assert orders(solution) == {0: [0]}
    assert solution.objective == -500


def test_a_mandatory_group_needs_one() -> None:
    """Of mandatory alternatives one is made, and that counts for all."""
    visits = [visit("a", group="g", mandatory=True), visit("b", group="g", mandatory=True)]
    solution = plan(tiny(visits=visits))
    assert (len(solution.unserved), solution.missing) == (1, 0)


def test_an_impossible_mandatory_visit_is_counted() -> None:
    """What nobody can reach is reported as missing and does not stop the rest."""
    visits = [visit("never", mandatory=True, windows=[[0, 0, 10]]), visit("v")]
    problem = from_json(tiny(visits=visits))
    solution = solve(problem, iterations=2000)
    assert (solution.missing, solution.prize) == (1, 12000)
    assert [fault.code for fault in faults(problem, solution)] == ["engine.mandatory"]


def test_best_window_is_chosen() -> None:
    """Where a window pays more than others, the visit is made in it."""
    windows = [[0, 32400, 40000, 600], [0, 50000, 52000, 9000]]
    solution = plan(tiny(visits=[visit("v", windows=windows)]))
    assert (solution.prize, solution.routes[0].stops[0].start) == (9000, 50000)


def test_several_windows_a_day() -> None:
    """A visit that is open twice a day is made when it is open."""
    windows = [[0, 32400, 33000], [0, 43200, 43800]]
    visits = [visit("v", windows=windows), visit("w", windows=[[0, 33000, 33000]])]
    solution = plan(tiny(visits=visits))
    assert [stop.start for stop in solution.routes[0].stops] == [33000, 43200]


def test_pinned_stops_keep_their_order() -> None:
    """Pinned visits stay in their shift and order although another would be cheaper."""
    visits = [visit(f"v{i}", location=i) for i in range(1, 5)]
    shifts = [shift("s1", pinned=["v3", "v1"]), shift("s2", pinned=["v4"])]
    solution = plan({**line(5), "visits": visits, "shifts": shifts})
    first = [v for v in orders(solution)[0] if v in (2, 0)]
    assert first == [2, 0]
    assert 3 in orders(solution)[1]


def test_impossible_pins_are_refused() -> None:
    """Pinned stops that cannot be driven are an error that names the shift."""
    visits = [visit("a", windows=[[0, 36000, 36000]]), visit("b", windows=[[0, 36000, 36000]])]
    problem = from_json(tiny(visits=visits, shifts=[shift("s1", pinned=["a", "b"])]))
    with pytest.raises(PlannerError) as caught:
        solve(problem, iterations=10)
    assert (caught.value.code, caught.value.params["shift"]) == ("engine.pinned", "s1")


def test_warm_start_is_kept_when_rewarded() -> None:
    """Equal shifts: a visit stays where it was, and the reward is counted."""
    visits = [visit(f"v{i}", location=i) for i in range(1, 5)]
    shifts = [shift("s1", initial=["v1", "v4"]), shift("s2", initial=["v3", "v2"])]
    data = {**line(5), "visits": visits, "shifts": shifts, "keep_reward": 5000}
    solution = plan(data)
    assert {s: set(o) for s, o in orders(solution).items()} == {0: {0, 3}, 1: {1, 2}}
    assert solution.kept == 4
    assert solution.objective == solution.prize - solution.cost + 20000


def test_lunch_is_taken() -> None:
    """A break is taken in its window, also on the road, never during a visit."""
    visits = [visit(f"v{i}", location=i % 5, service=1800) for i in range(30)]
    shifts = [shift("s1", breaks=[[43200, 45000, 3600]])]
    solution = plan({**line(5), "visits": visits, "shifts": shifts})
    ((begin, end),) = solution.routes[0].breaks
    assert 43200 <= begin <= 45000
    assert end - begin == 3600
    without = plan({**line(5), "visits": visits, "shifts": [shift("s1")]})
    assert len(without.routes[0].stops) > len(solution.routes[0].stops)


def test_waiting_has_its_price() -> None:
    """Where waiting costs, the crew leaves later; where it would cost too much, it stays."""
    visits = [visit("v", windows=[[0, 50000, 50000]]), visit("w", windows=[[0, 33000, 49100]])]
    solution = plan(tiny(visits=visits, shifts=[shift("s1", waiting_price=5)]))
    assert (solution.objective, solution.routes[0].depart) == (24000 - 500, 48500)
    early = visit("u", prize=1000, windows=[[0, 33000, 33000]])
    solution = plan(tiny(visits=[*visits, early], shifts=[shift("s1", waiting_price=5)]))
    assert solution.unserved == (2,)


def test_overtime_is_paid_for() -> None:
    """A visit that needs overtime is made when its prize covers it."""
    visits = [visit("v", windows=[[0, 64800, 64800]])]
    solution = plan(tiny(visits=visits, shifts=[shift("s1", overtime_price=2)]))
    assert solution.objective == 12000 - 500 - 2 * 1500
    assert plan(tiny(visits=visits, shifts=[shift("s1", overtime_price=20)])).routes == ()
    assert plan(tiny(visits=visits)).routes == ()


def test_limits_of_duration_and_driving() -> None:
    """Longest duration and longest driving bind on their own."""
    visits = [visit("a", location=1), visit("b", location=4)]
    assert len(plan({**line(5), "visits": visits, "shifts": [shift("s")]}).unserved) == 0
    drive = {**line(5), "visits": visits, "shifts": [shift("s", max_driving=4799)]}
    assert plan(drive).unserved == (1,)
    length = {**line(5), "visits": visits, "shifts": [shift("s", max_duration=6599)]}
    assert len(plan(length).unserved) == 1


def test_fixed_cost_and_matrix_of_a_shift() -> None:
    """A shift pays its fixed cost once, and travels by its own matrix."""
    walk = {"duration": [[0, 60], [60, 0]], "cost": [[0, 7], [7, 0]]}
    data = tiny(matrices={"walk": walk}, shifts=[shift("s", matrix="walk", fixed_cost=100)])
    assert plan(data).objective == 12000 - 14 - 100
    assert plan(tiny(shifts=[shift("s", fixed_cost=11500)])).routes == ()


def test_days_are_kept_apart() -> None:
    """A visit of day 5 is made by the shift of day 5, whatever lies between."""
    visits = [visit("v", windows=[[5, 36000, 36000], [7, 1, 2]])]
    shifts = [shift("s0"), shift("s5", day=5)]
    assert orders(plan(tiny(visits=visits, shifts=shifts))) == {1: [0]}


def test_same_seed_same_plan() -> None:
    """With a number of iterations the plan is the same byte for byte, whatever else happens."""
    problem = from_json(random_problem(11, 60))

    def run(**more: Any) -> str:
        found = solution_json(problem, solve(problem, iterations=800, seed=5, **more))
        return json.dumps({**found, "seconds": 0})

    first = run()
    assert run() == first
    assert run(on_progress=lambda progress: None, cancelled=lambda: False) == first


def many(count: int) -> dict[str, Any]:
    """A larger problem: `count` visits over 40 places, three shifts."""
    visits = [visit(f"v{i}", location=i % 40, prize=500 + 7 * i % 900) for i in range(count)]
    return {**line(40, 200), "visits": visits, "shifts": [shift(f"s{i}") for i in range(3)]}


def test_cancel_keeps_the_best() -> None:
    """A cancelled search of an hour is asked no further question and gives a valid plan."""
    problem = from_json(many(400))
    answers = [False, False, True]
    solution = solve(problem, seconds=3600, cancelled=lambda: answers.pop(0))
    assert answers == []
    assert faults(problem, solution) == []
    assert solution.prize > 0


def test_progress_tells_the_best() -> None:
    """Progress comes at most every 100 ms and never gets worse; the end is as good as told."""
    told: list[Progress] = []
    problem = from_json(many(200))
    solution = solve(problem, seconds=0.5, on_progress=told.append)
    assert 2 <= len(told) <= 6
    assert [p.objective for p in told] == sorted(p.objective for p in told)
    assert solution.objective >= told[-1].objective
    assert solution.iterations >= told[-1].iterations


def test_an_error_in_a_callback_is_raised() -> None:
    """What a callback raises ends the search and reaches the caller."""

    def broken(progress: Progress) -> None:
        raise KeyError("here")

    with pytest.raises(KeyError, match="here"):
        solve(from_json(tiny()), seconds=5, on_progress=broken)


@pytest.mark.parametrize(
    ("budget", "code"),
    [
        ({}, "engine.budget"),
        ({"seconds": 0.0}, "engine.budget"),
        ({"seconds": float("nan")}, "engine.budget"),
        ({"iterations": 0}, "engine.budget"),
        ({"iterations": 5, "seed": -1}, "engine.seed"),
    ],
)
def test_bad_budgets(budget: dict[str, Any], code: str) -> None:
    """No time, no iterations and a negative seed are refused."""
    with pytest.raises(PlannerError, match=code):
        solve(from_json(tiny()), **budget)


def test_solution_file() -> None:
    """The solution file names visits and shifts by id and holds the figures."""
    problem = from_json(tiny(visits=[visit("v1"), visit("v2", prize=0)]))
    found = solution_json(problem, solve(problem, iterations=50, seed=3))
    stop = {"visit": "v1", "arrive": 33000, "start": 33000, "leave": 33900}
    assert found["routes"] == [
        {"shift": "s1", "depart": 32400, "return": 34500, "stops": [stop], "breaks": []}
    ]
    assert (found["objective"], found["unserved"], found["seed"]) == (11500, ["v2"], 3)
    json.dumps(found)


def test_other_threads_go_on() -> None:
    """The search gives the interpreter free: this thread works while another one solves."""
    problem = from_json(many(400))
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(solve, problem, seconds=0.4, cpu_time=True)
        turns = 0
        while not running.done():
            turns += 1
    assert turns > 10_000
    assert faults(problem, running.result()) == []
