"""Plan a day: rank, solve, check by two independent judges, explain, save.

A plan with a fault is an error, never a warning: it is not saved and not shown.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from planner.actions.appointments import appointments
from planner.actions.conflicts import must_conflicts
from planner.actions.day_problem import DayProblem, planned_route
from planner.actions.day_task import day_task
from planner.actions.executors import Place, solve_at
from planner.actions.heed import Wishes, with_reasons
from planner.actions.households import torn
from planner.actions.locked import locked_in_words
from planner.actions.policy import refuse_stale
from planner.actions.rank import Ranking, rank
from planner.actions.stays import nights_money
from planner.actions.travel import tell_troubles, travel_of
from planner.actions.under_way import (
    from_now,
    locked_longer,
    put_off,
    standings_today,
    with_longer,
)
from planner.actions.visit_rows import VisitTerms, visit_terms
from planner.actions.whole_day import joined
from planner.clock import Clock
from planner.domain.codes import Channel
from planner.domain.facts import FactTable, person
from planner.domain.plan import Plan, Route, Unserved
from planner.errors import PlannerError
from planner.geo.travel import TravelTimes
from planner.policy.check import check_contact
from planner.policy.pack import Rulebook
from planner.ranking.snapshot import snapshot_blob
from planner.routing import solve as engine
from planner.routing.check import faults
from planner.routing.reasons import Reason, reasons
from planner.store.driver import Connection
from planner.store.events import next_id
from planner.store.facts import load_facts
from planner.store.known import load_debtors
from planner.store.plans import load_plan, save_plan
from planner.store.store import Store

NO_SKILL = "NO_SKILL"  # nobody of the day has what the person needs of a crew
NOT_WHOLE = "NOT_WHOLE"  # a part of the person's history has not arrived yet
NO_COLLECTOR = "NO_COLLECTOR"  # who has the person is not out that day


def make_plan(
    store: Store,
    day: date,
    *,
    clock: Clock,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    travel: TravelTimes | None = None,
    ranking: Ranking | None = None,
    wishes: Wishes | None = None,
    reason: str = "",
    on_progress: Callable[[engine.Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    may_save: Callable[[], bool] | None = None,
    executor: Place | None = None,
    on_trouble: Callable[[PlannerError], None] | None = None,
) -> Plan:
    """Plan `day` for every crew that works, save the plan with its snapshot, and return it.

    Locked stops of the present plan of that day stay where they are, and a shift that was put off
    stays so where it has any. On the day itself stops already made stay, crews go on from where
    they are, and nobody is planned earlier than now. Who is planned on another day is left out, but
    for an appointment on this one.
    `wishes` and `travel` stand in for those of the workspace: the lead's decisions about remote
    areas and who has waited long; the ways. `cancelled` ends the search early with the best plan
    so far. `executor` says where the work is done, `on_trouble` hears what went wrong there (the
    plan is made all the same). `reason` is the lead's, and kept with the plan: without one, old
    data is refused.
    `may_save` is asked once, last of all, before the plan is saved. Raises
    PlannerError("plan.stale_data"), ("plan.no_crew"), ("plan.faulty"), what reading the rules
    raises, ("plan.outdated") when something recorded during the search bars a visit of the plan,
    ("plan.locked_unreachable") when a crew cannot make its locked stops in their order, and
    ("plan.given_up") when `may_save` says no; then nothing is saved.
    """
    refuse_stale(store, clock(), reason)
    now, travel = clock(), travel or travel_of(store, learn=clock)
    ranking = ranking or rank(store, day)
    with store.read() as conn:
        present = load_plan(conn, day)
        stands = standings_today(conn, present, now, travel, store.zone)
    longer = locked_longer(present)
    ranking = from_now(put_off(ranking, longer), now, store.zone)
    work = day_task(store, ranking, present, travel=travel, stands=stands, now=now, wishes=wishes)
    task = work.task
    tell_troubles(travel, on_trouble)
    with locked_in_words({crew.crew_id: crew.name for crew in task.crews}):
        solution = solve_at(
            executor,
            work.search,
            seconds=seconds,
            iterations=iterations,
            seed=seed,
            on_progress=on_progress,
            cancelled=cancelled,
            on_trouble=on_trouble,
        )
    solution = engine.priced(
        task.problem, solution.routes, solution.iterations, solution.seconds, seed
    )
    plan = judged_plan(store, ranking, task, solution, made_at=clock(), seed=seed, reason=reason)
    plan = with_reasons(plan, work.told)
    with store.write() as tx:
        refuse_outdated(tx.conn, store.zone, ranking.policy, plan, plan.routes)
        plan = with_longer(joined(plan, work.rest), longer)
        save_plan(tx, plan, plan_snapshot(ranking, plan), next_id(plan.made_at))
        if may_save is not None and not may_save():  # within the transaction: it is rolled back
            raise PlannerError("plan.given_up", day=str(day))
    return plan


def judged_plan(
    store: Store,
    ranking: Ranking,
    task: DayProblem,
    solution: engine.Solution,
    *,
    made_at: datetime,
    seed: int,
    reason: str = "",
) -> Plan:
    """The engine's solution as a plan, found good by its checker and by the judge of the rules.

    Raises PlannerError("plan.faulty").
    """
    locked = _pinned(ranking, task)
    cases = _open_cases(store, ranking, task, solution)
    routes = tuple(planned_route(ranking, task, route, locked, cases) for route in solution.routes)
    # Whom nobody can reach in time is told (MUST_CONFLICT): the rest of the day goes on without.
    solved = [one for one in faults(task.problem, solution) if one.code != "engine.mandatory"]
    firm = {ranking.table.debtor_ids[row] for row in appointments(ranking)}
    wrong = [*solved, *rule_faults(ranking, routes), *torn(routes, ranking.doors, firm)]
    if wrong:
        raise PlannerError("plan.faulty", day=str(ranking.day), faults=len(wrong))
    routes = _all_routes(ranking, task, routes)
    return Plan(
        plan_id=secrets.token_hex(8),
        day=ranking.day,
        made_at=made_at,
        routes=routes,
        not_planned=_not_planned(ranking, task, solution),
        seed=seed,
        iterations=solution.iterations,
        policy_version=ranking.policy.version,
        ranking_version=ranking.params.version,
        objective=solution.objective - nights_money(routes),
        candidates=len(task.candidates),
        reason=reason,
    )


def refuse_outdated(
    conn: Connection, zone: str, policy: Rulebook, plan: Plan, routes: Iterable[Route]
) -> None:
    """Judge `routes` of `plan` once more by what is recorded at this moment.

    Raises PlannerError("plan.outdated") when a visit is no longer permitted; to be called within
    the transaction that saves the plan, so that nothing can be recorded in between.
    """
    routes = tuple(routes)
    ids = [stop.debtor_id for route in routes for stop in route.stops]
    table = load_facts(conn, plan.day, zone=zone, debtor_ids=ids)
    closed = set(ids) - set(table.debtor_ids)
    still = [
        replace(r, stops=tuple(s for s in r.stops if s.debtor_id not in closed)) for r in routes
    ]
    barred = closed | {figures["debtor"] for _, figures in stop_faults(table, policy, still)}
    if barred:
        raise PlannerError("plan.outdated", day=str(plan.day), persons=len(barred))


def _pinned(ranking: Ranking, task: DayProblem) -> set[str]:
    """The persons whose locked stops the engine was told to keep."""
    pinned = [visit for shift in task.problem.shifts for visit in shift.pinned]
    return {ranking.table.debtor_ids[task.candidates[visit].row] for visit in pinned}


def plan_snapshot(ranking: Ranking, plan: Plan) -> bytes:
    """What planning knew about everybody, to be kept with the plan."""
    chosen = {stop.debtor_id for route in plan.routes for stop in route.stops}
    selected = np.array([who in chosen for who in ranking.table.debtor_ids], np.bool_)
    versions = {"policy": plan.policy_version, "ranking": plan.ranking_version}
    return snapshot_blob(ranking.table, ranking.verdicts, ranking.scores, selected, versions)


def _open_cases(
    store: Store, ranking: Ranking, task: DayProblem, solution: engine.Solution
) -> dict[str, tuple[str, ...]]:
    """Debtor id -> ids of the open cases, for everybody in a route."""
    rows = {task.candidates[s.visit].row for route in solution.routes for s in route.stops}
    with store.read() as conn:
        people = load_debtors(conn, [ranking.table.debtor_ids[row] for row in sorted(rows)])
    return {
        who: tuple(case.case_id for case in debtor.cases if case.status == "open")
        for who, debtor in people.items()
    }


def _all_routes(ranking: Ranking, task: DayProblem, routes: tuple[Route, ...]) -> tuple[Route, ...]:
    """One route per crew that works, empty where there is nothing worth a trip."""
    made = {route.crew_id: route for route in routes}
    return tuple(
        made.get(crew.crew_id)
        or planned_route(ranking, task, engine.Route(k, crew.start, crew.start, ()), set(), {})
        for k, crew in enumerate(task.crews)
    )


def rule_faults(ranking: Ranking, routes: Iterable[Route]) -> list[tuple[str, dict[str, Any]]]:
    """Contact rules that `routes` would break by what the ranking knows; see `stop_faults`."""
    return stop_faults(ranking.table, ranking.policy, routes)


def stop_faults(
    table: FactTable, policy: Rulebook, routes: Iterable[Route]
) -> list[tuple[str, dict[str, Any]]]:
    """Contact rules that `routes` would break: (rule id, figures), judged one person at a time.

    This is the scalar judge at the planned arrival and departure of every stop: it shares no code
    with the columns by which the windows were made. Every person must be in `table`.
    """
    rows = {who: i for i, who in enumerate(table.debtor_ids)}
    longest = timedelta(seconds=policy.visit_seconds)
    broken: list[tuple[str, dict[str, Any]]] = []
    for members, stop in ((r.members, s) for r in routes for s in r.stops):
        facts = person(table, rows[stop.debtor_id])
        leave = max(stop.leave, stop.arrive + longest)
        answer = check_contact(
            facts, policy, Channel.VISIT, stop.arrive, leave=leave, address_id=stop.address_id,
            visitors=len(members),
        )  # fmt: skip
        if not answer.allowed:
            figures = {"debtor": stop.debtor_id, "at": stop.arrive.isoformat()}
            broken.append((str(answer.rule), figures))
    return broken


def _not_planned(
    ranking: Ranking, task: DayProblem, solution: engine.Solution
) -> tuple[Unserved, ...]:
    """Every eligible person who is not in a route, with one reason and its figures; and whoever
    has to be visited and is not, eligible or not, with the conflict."""
    served = {task.candidates[s.visit].row for route in solution.routes for s in route.stops}
    names = {task.problem.ids[k]: c for k, c in enumerate(task.candidates)}
    best: dict[int, tuple[int, Reason]] = {}
    for key, reason in reasons(task.problem, solution).items():
        one = names[key]
        if one.row not in served and one.value > best.get(one.row, (-(2**62), None))[0]:
            best[one.row] = (one.value, reason)
    ids = ranking.table.debtor_ids
    people = {key: ids[one.row] for key, one in names.items()}
    found = [
        Unserved(ids[row], reason.code, _in_words(people, reason.figures))
        for row, (_, reason) in best.items()
    ]
    found += [Unserved(ids[row], "NOT_CONSIDERED", fig) for row, fig in task.left_out.items()]
    known = {c.row for c in task.candidates} | set(task.left_out)
    found += [
        Unserved(ids[row], "NO_ADDRESS")
        for row in np.flatnonzero(ranking.verdicts.eligible).tolist()
        if row not in known
    ]
    terms = visit_terms(ranking, task.crews)
    unable = cannot_go(terms)
    conflicts = {one.debtor_id: one for one in must_conflicts(ranking, task, solution)}
    found = [unable.get(one.debtor_id, one) for one in found if one.debtor_id not in conflicts]
    found += conflicts.values()
    return tuple(sorted(found, key=lambda one: one.debtor_id))


def cannot_go(terms: VisitTerms) -> dict[str, Unserved]:
    """Whom nobody of the day can go to: a part of their history is missing, the collector who has
    them is not out, or every crew lacks a skill; by debtor id."""
    ids, staff = terms.ranking.table.debtor_ids, terms.ranking.staff
    found = {
        ids[row]: Unserved(ids[row], NO_SKILL, {"skill": ", ".join(missing)})
        for row in terms.lacking
        if (missing := terms.missing(row))
    }
    for row in terms.own:
        if terms.partial(row):
            found[ids[row]] = Unserved(ids[row], NOT_WHOLE)
        elif collector := terms.not_there(row):
            told = {"collector": staff.get(collector, collector)}
            found[ids[row]] = Unserved(ids[row], NO_COLLECTOR, told)
    return found


def _in_words(people: Mapping[str, str], figures: Mapping[str, Any]) -> dict[str, Any]:
    """Figures with persons in place of the engine's visit ids (`people` by visit id)."""
    return {
        key: people.get(value, value) if isinstance(value, str) else value
        for key, value in figures.items()
    }
