"""Plan a week: all working days and crews in one problem, then one plan per day.

Every day's plan is judged like one that was made for its day alone. Far places may be served by a
crew that sleeps there, where that is cheaper or the lead has decided so.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from planner.actions.day_problem import DayProblem, problem_of
from planner.actions.executors import Place
from planner.actions.heed import Wishes, with_reasons
from planner.actions.lead_tours import lead_tours
from planner.actions.locked import locked_in_words
from planner.actions.make_plan import judged_plan, plan_snapshot, refuse_outdated
from planner.actions.policy import refuse_stale
from planner.actions.remote_rules import load_rules
from planner.actions.stays import Stay, stay_places, stays_around
from planner.actions.tours import solve_with_tours
from planner.actions.travel import tell_troubles, travel_of
from planner.actions.under_way import done_routes, with_done, with_longer
from planner.actions.week_problem import Key, WeekDay, WeekProblem, week_days, week_problem
from planner.clock import Clock
from planner.domain.plan import Plan, Unserved
from planner.errors import PlannerError
from planner.geo.travel import TravelTimes
from planner.routing import solve as engine
from planner.routing.check import faults
from planner.routing.problem import Shift
from planner.store.events import next_id
from planner.store.plans import load_plan, save_plan
from planner.store.store import Store

DAYS = 7
OTHER_DAY = "OTHER_DAY"


@dataclass(frozen=True, slots=True)
class Week:
    """The plans of a week by day, and who had to be visited and is not."""

    plans: tuple[Plan, ...]
    missed: tuple[str, ...]


def plan_week(
    store: Store,
    first: date,
    *,
    clock: Clock,
    days: int = DAYS,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    travel: TravelTimes | None = None,
    wishes: Wishes | None = None,
    reason: str = "",
    on_progress: Callable[[engine.Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    executor: Place | None = None,
    on_trouble: Callable[[PlannerError], None] | None = None,
) -> Week:
    """Plan the `days` calendar days from `first` on which crews may go; save one plan for each.

    All plans are saved together and undone together. Locked stops of present plans stay where they
    are, with the shifts that were put off for them; nobody is planned who is in the plan of another
    day to come, but for an appointment in this week. `wishes` and `travel` stand in for those of
    the workspace (the lead's decisions, long waits; the ways). Raises what `make_plan` raises,
    PlannerError("plan.no_crew") when nobody may go on any of the days,
    ("plan.locked_unreachable") when a crew cannot make its locked stops in their order.
    """
    refuse_stale(store, clock(), reason)
    travel = travel or travel_of(store, learn=clock)
    offered, wishes = week_days(store, first, days, now=clock(), travel=travel, wishes=wishes)
    rules = load_rules(store)
    stays = _border_stays(store, offered)
    stays = lead_tours(store, offered, wishes, stays, travel=travel, rules=rules)
    whole = week_problem(offered, travel, store.zone, wishes, stays)
    tell_troubles(travel, on_trouble)
    with locked_in_words({one.id: crew for one, crew in _crews_of(whole)}):
        task, solution = solve_with_tours(
            store,
            whole,
            wishes,
            travel=travel,
            rules=rules,
            seconds=seconds,
            iterations=iterations,
            seed=seed,
            on_progress=on_progress,
            cancelled=cancelled,
            executor=executor,
            on_trouble=on_trouble,
        )
    wrong = [one for one in faults(task.problem, solution) if one.code != "engine.mandatory"]
    if wrong:
        raise PlannerError("plan.faulty", day=str(first), faults=len(wrong))
    made_at = clock()
    plans = tuple(
        _day_plan(store, task, number, solution, travel, made_at, seed, reason)
        for number in range(len(task.days))
    )
    batch = next_id(made_at)
    with store.write() as tx:
        for one, plan in zip(task.days, plans, strict=True):
            refuse_outdated(tx.conn, store.zone, one.ranking.policy, plan, plan.routes)
            plan = with_done(plan, done_routes(tx.conn, load_plan(tx.conn, plan.day), store.zone))
            save_plan(tx, plan, plan_snapshot(one.ranking, plan), batch)
    seen = {stop.debtor_id for plan in plans for route in plan.routes for stop in route.stops}
    return Week(plans, tuple(sorted(_wanted(offered, wishes) - seen)))


def _crews_of(week: WeekProblem) -> list[tuple[Shift, str]]:
    """Each shift with the name of its crew and the day."""
    return [
        (shift, f"{day.choice.crews[k].name} ({day.ranking.day})")
        for shift, (number, k) in zip(week.problem.shifts, week.shifts, strict=True)
        for day in (week.days[number],)
    ]


def _wanted(days: tuple[WeekDay, ...], wishes: Wishes) -> set[str]:
    """Who has to be visited in this week, except those whom another plan visits."""
    wanted = set(wishes.must)
    for one in days:
        wanted |= {who for who in wishes.decided if wishes.wanted(who, one.ranking.day)}
    return wanted - {who for one in days for who in one.busy}


def _border_stays(store: Store, days: tuple[WeekDay, ...]) -> dict[tuple[int, str], Stay]:
    """Where crews wake on the first day and sleep on the last by the plans around the week."""
    first, last = days[0].ranking.day, days[-1].ranking.day
    found: dict[tuple[int, str], Stay] = {}
    with store.read() as conn:
        around = stays_around(conn, first, last)
    for crew, stay in around.items():
        for number, part in ((0, Stay(stay.slept)), (len(days) - 1, Stay(sleeps=stay.sleeps))):
            known = found.get((number, crew), Stay())
            both = Stay(known.slept or part.slept, known.sleeps or part.sleeps)
            if both != Stay():
                found[number, crew] = both
    return found


def _day_plan(
    store: Store,
    week: WeekProblem,
    number: int,
    solution: engine.Solution,
    travel: TravelTimes,
    made_at: datetime,
    seed: int,
    reason: str,
) -> Plan:
    """The plan of one day out of the week's solution, judged for itself.

    People planned on another day are no candidates here; they are listed with that day.
    """
    one = week.days[number]
    elsewhere = {
        week.keys[stop.visit][0]: week.days[week.shifts[route.shift][0]].ranking.day
        for route in solution.routes
        for stop in route.stops
        if week.shifts[route.shift][0] != number
    }
    task, visit_at = _day_task(week, number, travel, store.zone, set(elsewhere))
    routes = tuple(
        engine.Route(
            week.shifts[route.shift][1], route.depart, route.back,
            tuple(replace(s, visit=visit_at[week.keys[s.visit]]) for s in route.stops),
            route.breaks,
        )
        for route in solution.routes
        if week.shifts[route.shift][0] == number
    )  # fmt: skip
    own = engine.priced(task.problem, routes, solution.iterations, solution.seconds, seed)
    plan = judged_plan(store, one.ranking, task, own, made_at=made_at, seed=seed, reason=reason)
    here = {one.key(c)[0] for c in one.choice.candidates}
    other = {who: day for who, day in elsewhere.items() if who in here} | dict(one.busy)
    told = {who: Unserved(who, OTHER_DAY, {"day": day.isoformat()}) for who, day in other.items()}
    return with_longer(with_reasons(plan, told | dict(one.told)), one.longer)


def _day_task(
    week: WeekProblem, number: int, travel: TravelTimes, zone: str, elsewhere: set[str]
) -> tuple[DayProblem, dict[Key, int]]:
    """The problem of one day alone, with ways and lengths of stay as in the week; visits by key."""
    one = week.days[number]
    choice = one.choice
    mine = [c for c in choice.candidates if one.key(c)[0] not in elsewhere]
    home = {crew.crew_id: k for k, crew in enumerate(week.crews)}
    place = {key: int(at) for key, at in zip(week.keys, week.problem.location, strict=False)}
    at = [*(home[c.crew_id] for c in choice.crews), *(place[one.key(c)] for c in mine)]
    stays = week.day_stays(number)
    at += [week.place[spot] for spot in stay_places(choice.crews, stays)]
    ways = week.ways.take(at)
    rest = {row: figures for row, figures in choice.left_out.items()
            if one.ranking.table.debtor_ids[row] not in elsewhere}  # fmt: skip
    task = problem_of(one.ranking, travel, zone, choice.crews, mine, choice.pins, rest, ways, stays)
    number_of = {key: k for k, key in enumerate(week.keys)}
    service = week.problem.service[[number_of[one.key(c)] for c in mine]]
    task = replace(task, problem=replace(task.problem, service=service))
    return task, {one.key(c): k for k, c in enumerate(mine)}
