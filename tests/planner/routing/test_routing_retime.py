"""Timing one shift for a given order, as on a drag."""

from itertools import pairwise

from routing_problems import shift, tiny, visit

from planner.routing.check import faults
from planner.routing.problem import from_json
from planner.routing.retime import replace_route, retime
from planner.routing.solve import Stop, solve


def test_times_of_an_order() -> None:
    """Starts as early as the windows allow, departure just in time."""
    visits = [visit("a", windows=[[0, 36000, 40000]]), visit("b", location=0)]
    timed = retime(from_json(tiny(visits=visits)), 0, [0, 1])
    assert timed.faults == ()
    assert timed.route.depart == 35400
    assert timed.route.stops == (Stop(0, 36000, 36000, 36900), Stop(1, 37500, 37500, 38400))
    assert timed.route.back == 38400


def test_an_order_that_cannot_be_kept() -> None:
    """A late stop is timed all the same, and the fault says by how much it is late."""
    visits = [visit("a", windows=[[0, 36000, 36000]]), visit("b", windows=[[0, 36000, 36100]])]
    timed = retime(from_json(tiny(visits=visits)), 0, [0, 1])
    assert [(f.code, f.params["seconds"]) for f in timed.faults] == [("engine.window", 800)]
    assert timed.route.stops[1].start == 36900


def test_all_kinds_of_faults() -> None:
    """Hours, duration, driving, foreign and pinned stops are each told."""
    limits = {"max_duration": 100, "max_driving": 100}
    visits = [visit("a", service=40000), visit("b", shifts=[]), visit("c")]
    problem = from_json(tiny(visits=visits, shifts=[shift("s1", pinned=["c"], **limits)]))
    codes = [fault.code for fault in retime(problem, 0, [0, 1]).faults]
    assert sorted(codes) == [
        "engine.driving",
        "engine.duration",
        "engine.hours",
        "engine.not_allowed",
        "engine.pinned",
        "engine.window",
    ]


def test_a_break_that_cannot_be_kept() -> None:
    """The break is given up where it would do more harm, and the fault says which one."""
    visits = [visit("a", windows=[[0, 33000, 33000]])]
    problem = from_json(tiny(visits=visits, shifts=[shift("s1", breaks=[[33890, 33890, 60]])]))
    (fault,) = retime(problem, 0, [0]).faults
    assert (fault.code, fault.params) == ("engine.break", {"shift": "s1", "number": 1})


def test_lunch_on_the_way() -> None:
    """A break is put where it costs nothing: while waiting for a window."""
    visits = [visit("a"), visit("b", windows=[[0, 46000, 46000]])]
    problem = from_json(tiny(visits=visits, shifts=[shift("s1", breaks=[[40000, 44000, 2000]])]))
    timed = retime(problem, 0, [0, 1])
    assert timed.faults == ()
    assert timed.route.breaks == ((40000, 42000),)
    assert timed.route.stops[1].start == 46000


def test_nothing_left() -> None:
    """A shift from which all stops were taken has no faults and leaves the solution."""
    problem = from_json(tiny())
    solution = solve(problem, iterations=50)
    timed = retime(problem, 0, [])
    assert timed.faults == ()
    emptied = replace_route(problem, solution, timed.route)
    assert (emptied.routes, emptied.objective, emptied.unserved) == ((), 0, (0,))
    assert faults(problem, emptied) == []


def test_putting_a_route_back() -> None:
    """Taking a stop out and putting it in again gives the same money and a valid plan."""
    visits = [visit(f"v{i}", location=i % 2) for i in range(6)]
    problem = from_json(tiny(visits=visits))
    solution = solve(problem, iterations=200)
    order = [stop.visit for stop in solution.routes[0].stops]
    shorter = replace_route(problem, solution, retime(problem, 0, order[1:]).route)
    assert (faults(problem, shorter), shorter.unserved) == ([], (order[0],))
    again = replace_route(problem, shorter, retime(problem, 0, order).route)
    assert again.objective == solution.objective


def test_sixty_stops_are_timed() -> None:
    """60 stops with windows, prizes of their own and two breaks follow one another in order."""
    windows = [[0, 32400, 50000], [0, 55000, 64000, 13000]]
    visits = [visit(f"v{i}", location=i % 2, service=60, windows=windows) for i in range(60)]
    breaks = [[43200, 45000, 1800], [54000, 57000, 900]]
    problem = from_json(tiny(visits=visits, shifts=[shift("s1", breaks=breaks)]))
    stops = retime(problem, 0, range(60)).route.stops
    assert [stop.visit for stop in stops] == list(range(60))
    assert all(a.leave <= b.start for a, b in pairwise(stops))
