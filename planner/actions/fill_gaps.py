"""Fill the gaps of a plan: only additions; every present stop keeps its crew, order and times.

Present stops stand in the engine's problem as visits that may begin at their own second only and
are pinned to their crew, so nothing else can come out. Nothing is saved.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from planner.actions.day_problem import DayProblem, planned_route
from planner.actions.edit_plan import Bench
from planner.actions.make_plan import rule_faults
from planner.actions.proposal import Proposal, proposal
from planner.actions.replan_day import Opened, open_rest
from planner.actions.under_way import Told
from planner.clock import Clock
from planner.domain.plan import Plan, Route, Stop
from planner.errors import PlannerError
from planner.routing import solve as engine
from planner.routing.check import faults
from planner.routing.problem import Problem
from planner.routing.replan import remaining
from planner.routing.retime import retime
from planner.store.known import load_debtors
from planner.store.store import Store

FILL_SECONDS = 1.0


def fill_gaps(
    store: Store,
    bench: Bench,
    plan: Plan,
    *,
    clock: Clock,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    on_progress: Callable[[engine.Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Proposal:
    """`plan` with what pays added where there is room; nothing else of it changes.

    On the day itself stops that have begun count as made and nobody is put before now. Who was
    taken out by hand or is planned on another day is not added. A round that cannot be driven as it
    stands is left alone. Without `seconds` and `iterations` the search takes a second. Raises
    PlannerError("plan.day_over"), ("plan.no_crew"), ("plan.faulty").
    """
    now = clock()
    opened = open_rest(store, bench, plan, now, told=Told(assume_made=True), fixed=True)
    task = opened.rest.task
    problem = remaining(task.problem, opened.rest.present, opened.rest.nows, 0)
    problem, old = _drivable(problem)
    if seconds is None and iterations is None:
        seconds = FILL_SECONDS
    solution = engine.solve(
        problem, seconds=seconds, iterations=iterations, seed=seed,
        on_progress=on_progress, cancelled=cancelled,
    )  # fmt: skip
    stops = _new_stops(store, opened, solution)
    routes = {route.crew_id: route for route in plan.routes}
    for route in solution.routes:
        crew = task.crews[route.shift]
        if stops[crew.crew_id]:
            routes[crew.crew_id] = _with_stops(
                opened,
                problem,
                routes.get(crew.crew_id),
                route,
                old[route.shift],
                stops[crew.crew_id],
            )
    fresh = [replace(routes[crew], stops=found) for crew, found in stops.items() if found]
    # Whom nobody can reach any more is no fault of what was added.
    solved = [one for one in faults(problem, solution) if one.code != "engine.mandatory"]
    wrong = [*solved, *rule_faults(opened.ranking, fresh)]
    if wrong:
        raise PlannerError("plan.faulty", day=str(plan.day), faults=len(wrong))
    added = {s.debtor_id for route in fresh for s in route.stops}
    left = tuple(one for one in plan.not_planned if one.debtor_id not in added)
    return proposal(plan, replace(plan, routes=tuple(routes.values()), not_planned=left))


def _drivable(problem: Problem) -> tuple[Problem, dict[int, engine.Route]]:
    """The problem without the shifts whose fixed stops cannot be driven as they are, and the routes
    of fixed stops of the others."""
    allowed, shifts = problem.allowed.copy(), list(problem.shifts)
    routes = {}
    for k, shift in enumerate(problem.shifts):
        timed = retime(problem, k, shift.pinned)
        if timed.faults:
            allowed[:, k] = False
            shifts[k] = replace(shift, pinned=(), initial=())
        else:
            routes[k] = timed.route
    return replace(problem, allowed=allowed, shifts=tuple(shifts)), routes


def _new_stops(
    store: Store, opened: Opened, solution: engine.Solution
) -> dict[str, tuple[Stop, ...]]:
    """The stops that were added, by crew."""
    task, table = opened.rest.task, opened.ranking.table
    most = len(task.candidates)
    routes = [
        replace(route, stops=tuple(s for s in route.stops if s.visit < most), breaks=())
        for route in solution.routes
    ]
    ids = [table.debtor_ids[task.candidates[s.visit].row] for r in routes for s in r.stops]
    with store.read() as conn:
        people = load_debtors(conn, ids)
    cases = {who: tuple(c.case_id for c in one.cases if c.status == "open")
             for who, one in people.items()}  # fmt: skip
    return {
        task.crews[route.shift].crew_id: planned_route(
            opened.ranking, task, route, set(), cases
        ).stops
        for route in routes
    }


def _with_stops(
    opened: Opened,
    problem: Problem,
    present: Route | None,
    new: engine.Route,
    old: engine.Route,
    stops: tuple[Stop, ...],
) -> Route:
    """The crew's round with `stops` between those it has; `old` and `new` are what is ahead of it
    without and with them."""
    task, shift = opened.rest.task, problem.shifts[new.shift]
    crew = task.crews[new.shift]
    metres = task.ways.metres(crew)
    drive = problem.matrix_of(shift).duration
    if present is None:
        idle = engine.Route(new.shift, new.depart, new.depart, ())
        present = planned_route(opened.ranking, task, idle, set(), {})
    begins = new.stops[0].visit >= len(task.candidates) or _is_out(opened, present.crew_id)
    ends = new.stops[-1].visit >= len(task.candidates)
    before, after = _arcs(problem, old), _arcs(problem, new)
    rests = tuple((_at(task, b), _at(task, e)) for b, e in new.breaks)
    gone = tuple(one for one in present.breaks if one[1] <= _at(task, shift.earliest))
    return replace(
        present,
        depart=present.depart if begins else _at(task, new.depart),
        back=present.back if ends else _at(task, new.back),
        stops=_merged(opened, present, new, stops),
        metres=present.metres
        + sum(int(metres[a]) for a in after)
        - sum(int(metres[a]) for a in before),
        driving=present.driving
        + sum(int(drive[a]) for a in after)
        - sum(int(drive[a]) for a in before),
        legs=present.legs + len(after) - len(before),
        estimated=present.estimated
        + task.ways.estimated(crew, after)
        - task.ways.estimated(crew, before),
        cost=present.cost
        + engine.route_cost(problem, new)
        - (engine.route_cost(problem, old) if old.stops else 0),
        breaks=(*gone, *rests),
    )


def _is_out(opened: Opened, crew_id: str) -> bool:
    stand = opened.rest.stands.get(crew_id)
    return stand is not None and stand.out


def _at(task: DayProblem, seconds: int) -> datetime:
    return task.midnight + timedelta(seconds=seconds)


def _arcs(problem: Problem, route: engine.Route) -> list[tuple[int, int]]:
    shift = problem.shifts[route.shift]
    places = [shift.start, *(int(problem.location[s.visit]) for s in route.stops), shift.end]
    return list(pairwise(places))


def _merged(
    opened: Opened, present: Route, new: engine.Route, stops: tuple[Stop, ...]
) -> tuple[Stop, ...]:
    """The present stops in their order, each followed by those that come right after it."""
    most = len(opened.rest.task.candidates)
    stand = opened.rest.stands.get(present.crew_id)
    ahead = list(stand.ahead) if stand else []
    behind = [s for s in present.stops if s not in ahead]
    fresh, kept = iter(stops), iter(ahead)
    order = [next(fresh) if s.visit < most else next(kept) for s in new.stops]
    return (*behind, *order)
