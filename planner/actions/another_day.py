"""The next day on which a crew can go to somebody, by the rules and beside what is locked there."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from planner.actions.day_problem import DayProblem, day_choice, problem_of
from planner.actions.edit_plan import Bench
from planner.actions.rank import Ranking, ranked
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.routing.changes import smallest
from planner.routing.solve import Route, Stop, priced
from planner.store.facts import load_facts
from planner.store.plans import load_plan
from planner.store.store import Store

MOST_DAYS = 14


def next_days(store: Store, bench: Bench, day: date, people: Iterable[str]) -> dict[str, date]:
    """For each of `people` (debtor ids) the first day after `day`, at most 14 later, on which a
    crew can visit them; people without such a day are not in the answer.

    What is locked into a plan of that day stays; all else of it would give way.
    """
    rest = set(people)
    found: dict[str, date] = {}
    for later in range(1, MOST_DAYS + 1):
        if not rest:
            break
        other = day + timedelta(days=later)
        here = _reachable(store, bench, other, rest)
        found |= dict.fromkeys(here, other)
        rest -= here
    return found


def _reachable(store: Store, bench: Bench, day: date, people: set[str]) -> set[str]:
    """Whom of `people` a crew can visit on `day`."""
    with store.read() as conn:
        plan = load_plan(conn, day)
        locked = {s.debtor_id for r in (plan.routes if plan else ()) for s in r.stops if s.locked}
        table = load_facts(conn, day, zone=store.zone, debtor_ids=sorted(people | locked))
    known = bench.ranking
    small = ranked(table, known.crews, known.policy, known.params, known.weights, day)
    small = replace(small, doors=known.doors, needs=known.needs)
    try:
        task = _task(store, bench, small, plan)
    except PlannerError as error:
        if error.code != "plan.no_crew":
            raise
        return set()
    problem = task.problem
    routes = tuple(
        Route(k, shift.earliest, shift.latest, tuple(Stop(v, 0, 0, 0) for v in shift.pinned))
        for k, shift in enumerate(problem.shifts)
    )
    solution = priced(problem, routes, 0, 0.0, 0)
    visits = [k for k, c in enumerate(task.candidates) if table.debtor_ids[c.row] in people]
    size = len(problem.shifts)
    ways = smallest(problem, solution, visits, last=[0] * size, overtime=[0] * size)
    return {
        table.debtor_ids[task.candidates[visit].row]
        for visit, one in ways.items()
        if one.kind in ("INSERT", "POOL")
    }


def _task(store: Store, bench: Bench, ranking: Ranking, plan: Plan | None) -> DayProblem:
    choice = day_choice(ranking, store.zone, keep=plan)
    return problem_of(
        ranking, bench.travel, store.zone, choice.crews, choice.candidates, choice.pins, {}
    )
