"""Why somebody is left out, turned around: the smallest change that brings the person in, and doing
it. The change is done and the day planned on from the present plan, so the rest of it stays as far
as that pays; the result is a proposal and nothing is saved.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from planner.actions import edit_plan
from planner.actions.another_day import next_days
from planner.actions.edit_plan import Bench
from planner.actions.heed import kept_out
from planner.actions.make_plan import cannot_go
from planner.actions.policy import refuse_stale
from planner.actions.proposal import Proposal, proposal
from planner.actions.rank import Ranking, rank
from planner.actions.replan_day import Opened, Search, offered, open_rest, searched
from planner.actions.smallest import (
    CREW,
    DAY,
    MINUTES,
    NONE,
    POOL,
    SWAP,
    UNLOCK,
    Smallest,
    in_words,
)
from planner.actions.under_way import Told
from planner.actions.visit_rows import day_start, visit_terms
from planner.actions.ways import price_of
from planner.actions.whole_day import BY_HAND, OTHER_DAY, planned_elsewhere, taken_out
from planner.clock import Clock
from planner.domain.plan import Plan, Unserved
from planner.errors import PlannerError
from planner.routing.change import Change, orders_after
from planner.routing.changes import smallest
from planner.routing.replan import remaining
from planner.routing.solve import Progress, Route, Stop, priced
from planner.store.plans import load_plan
from planner.store.store import Store

MOST_AT_ONCE = 2500  # people whose changes are sought in one problem: bounds the matrix
OVERTIME_SHARE = 1.5  # of the wage, where a crew has no price of its own
FRESH_SECONDS = 3.0  # of search where the other day has no plan yet
MINUTE = 60
SAME_DOOR = "SAME_DOOR"  # somebody there is visited, and one way does not serve both
AS_PLANNED = Told(assume_made=True)  # on the day itself crews are where the plan has them


def smallest_changes(
    store: Store, bench: Bench, plan: Plan, *, clock: Clock | None = None
) -> dict[str, Smallest]:
    """For every eligible person who is not in `plan`, by debtor id, the one smallest change.

    `clock` is the store's where it is not given: on the day itself the changes are those of what is
    left of it, stops that have begun counting as made. Raises PlannerError("plan.day_over") for a
    day that is past, ("plan.no_crew").
    """
    now = (clock or store.clock)()
    ranking, out = bench.ranking, taken_out(plan)
    planned = {stop.debtor_id for route in plan.routes for stop in route.stops}
    ids = ranking.table.debtor_ids
    eligible = [ids[row] for row in np.flatnonzero(ranking.verdicts.eligible).tolist()]
    left = [who for who in eligible if who not in planned]
    decided = kept_out(store, ranking, ())
    found: dict[str, Smallest] = {}
    placed: set[str] = set()
    asked = [who for who in left if who not in decided]
    for first in range(0, len(asked), MOST_AT_ONCE):
        some = frozenset(asked[first : first + MOST_AT_ONCE])
        try:
            opened = open_rest(store, bench, plan, now, told=AS_PLANNED, only=some)
        except PlannerError as error:
            if error.code != "plan.day_over" or plan.day < _today(bench, now):
                raise
            placed |= some  # every crew is at home: another day is the only way
            decided |= _busy(store, plan, now)
            continue
        decided |= {who: one for who, one in opened.out.items() if one.reason == OTHER_DAY}
        placed |= {ids[one.row] for one in opened.rest.task.candidates}
        found |= _changes(opened, out, bench.zone)
    rest = [who for who in left if who not in found and who not in decided]
    later = next_days(store, bench, plan.day, [who for who in rest if who in placed])
    told = {one.debtor_id: {"why": one.reason} for one in plan.not_planned}
    unable = _unable(ranking)
    for who in left:
        if who in decided:
            one = decided[who]
            found[who] = Smallest(NONE, {"why": one.reason, **one.figures})
        elif who in later:
            why = unable.get(who) or told.get(who, {"why": "NO_WINDOW"})
            found[who] = Smallest(DAY, {"day": later[who].isoformat(), **why})
        elif who not in found and who in placed:
            why = told.get(who, {})
            why = why if why.get("why") == SAME_DOOR else {"why": "NO_WINDOW"}
            found[who] = Smallest(NONE, unable.get(who, why))
        elif who not in found:
            found[who] = Smallest(NONE, {"why": "NO_ADDRESS"})
    return {who: found[who] for who in left}


def _unable(ranking: Ranking) -> dict[str, dict[str, str]]:
    """Why nobody of the day can go to some people, by debtor id."""
    today = ranking.day.isoweekday()
    terms = visit_terms(ranking, tuple(c for c in ranking.crews if today in c.weekdays))
    return {who: {"why": one.reason, **one.figures} for who, one in cannot_go(terms).items()}


def _busy(store: Store, plan: Plan, now: datetime) -> dict[str, Unserved]:
    """Who is planned on another day than that of `plan`."""
    with store.read() as conn:
        busy = planned_elsewhere(conn, plan.day, now, store.zone)
    return {who: Unserved(who, OTHER_DAY, {"day": day.isoformat()}) for who, day in busy.items()}


def _today(bench: Bench, now: datetime) -> date:
    return now.astimezone(ZoneInfo(bench.zone)).date()


def _changes(opened: Opened, out: Mapping[str, Unserved], zone: str) -> dict[str, Smallest]:
    """The smallest changes on the day itself, of all candidates that are not in the plan."""
    rest, ids = opened.rest, opened.ranking.table.debtor_ids
    task = rest.task
    problem = remaining(task.problem, rest.present, rest.nows, 0)
    planned = {stop.visit for route in rest.present.routes for stop in route.stops}
    rows = {task.candidates[visit].row for visit in planned}
    visits = [k for k, one in enumerate(task.candidates) if one.row not in rows]
    found = smallest(
        problem,
        rest.present,
        visits,
        # Nobody who is at home already is sent out again by a later end of the shift.
        last=[_latest(opened, zone) if c.start < c.end else 0 for c in task.crews],
        overtime=[_overtime(opened, k) for k in range(len(task.crews))],
    )
    best: dict[str, tuple[tuple[bool, int], int]] = {}
    for visit, change in found.items():
        who, rank_of = ids[task.candidates[visit].row], (change.kind == "UNPIN", change.loss)
        if who not in best or rank_of < best[who][0]:
            best[who] = rank_of, visit
    return {
        who: in_words(opened, visit, found[visit], by_hand=who in out)
        for who, (_, visit) in best.items()
    }


def _latest(opened: Opened, zone: str) -> int:
    """Until when (seconds of the day) rules permit anybody a visit: no shift is put off beyond."""
    ranking = opened.ranking
    last = int(ranking.verdicts.windows[ranking.verdicts.eligible].max(initial=0))
    return (last - day_start(ranking.day, zone)) // MINUTE * MINUTE


def _overtime(opened: Opened, k: int) -> int:
    """Minor units an hour beyond the end of a crew's shift."""
    work = opened.rest.task.crews[k].work
    if work.overtime is not None:
        return work.overtime
    return round(price_of(work, opened.ranking.params)[2] * OVERTIME_SHARE)


# ---- doing it ----------------------------------------------------------------------------------


def bring_in(
    store: Store,
    bench: Bench,
    plan: Plan,
    debtor_id: str,
    change: Smallest,
    *,
    clock: Clock,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Proposal:
    """The plan with the person in it: `change` is done and the day planned on from `plan`.

    Whom the way costs more than the visit is worth is locked, or the next planning would leave the
    person out again. With DAY the proposal is for the plan of that day. Raises
    PlannerError("plan.no_way_in") for NONE, and when things have changed so that the person cannot
    be brought in; and what `replan_day` raises.
    """
    now = clock()
    figures = change.figures
    search = Search(seconds, iterations, seed, on_progress, cancelled)
    if change.kind == NONE:
        raise PlannerError("plan.no_way_in", why=figures["why"])
    if change.kind == DAY:
        return _on_day(store, bench, debtor_id, date.fromisoformat(figures["day"]), now, search)
    changed = _done(plan, change)
    people = [debtor_id, *figures.get("people", ())]
    opened = open_rest(store, bench, changed, now, told=AS_PLANNED, must=frozenset(people))
    warm = _warm(opened, people, change)
    fresh = searched(store, bench, warm, search, made_at=now, people=people)
    whole = offered(changed, opened, fresh).plan
    _refuse_without(whole, debtor_id)
    if figures["value"] <= figures["cost"]:
        for who in people:
            whole = edit_plan.lock(whole, who)
    return proposal(plan, whole)


def _done(plan: Plan, change: Smallest) -> Plan:
    """`plan` with the change made that is not the person's own stop."""
    figures = change.figures
    if change.kind == MINUTES:
        more = figures["minutes"] * MINUTE
        routes = (
            replace(r, longer=r.longer + more) if r.crew_id == figures["crew"] else r
            for r in plan.routes
        )
        return replace(plan, routes=tuple(routes))
    if change.kind == SWAP:
        gone = figures["stops"]
        routes = (
            replace(r, stops=tuple(s for s in r.stops if s.debtor_id not in gone))
            for r in plan.routes
        )
        left = (*plan.not_planned, *(Unserved(who, BY_HAND) for who in gone))
        return replace(plan, routes=tuple(routes), not_planned=left)
    if change.kind == UNLOCK and figures["by"] == "pinned":
        return edit_plan.lock(plan, figures["stop"], False)
    return plan


def _warm(opened: Opened, people: Iterable[str], change: Smallest) -> Opened:
    """The rest of the day with the people at the places the change names, to search from."""
    figures, task = change.figures, opened.rest.task
    table = opened.ranking.table
    known: dict[Any, int] = {}
    for k, one in enumerate(task.candidates):
        who = table.debtor_ids[one.row]
        known[who, table.address_ids[one.address]] = k
    where = [figures["address"], *figures.get("addresses", ())]
    visits = [known.get(key) for key in zip(people, where, strict=True)]
    ahead = {
        table.debtor_ids[task.candidates[s.visit].row]: s.visit
        for route in opened.rest.present.routes
        for s in route.stops
    }
    number = {crew.crew_id: k for k, crew in enumerate(task.crews)}
    if None in visits or figures["crew"] not in number:
        return opened
    first, *more = [visit for visit in visits if visit is not None]
    told = Change(
        kind="MOVE" if change.kind == CREW else change.kind,
        shift=number[figures["crew"]],
        after=ahead.get(figures["after"], -1),
        loss=0,
        cost=0,
        stops=tuple(ahead[who] for who in figures.get("stops", ()) if who in ahead),
        to=number.get(figures.get("to", ""), -1),
        to_after=ahead.get(figures.get("to_after", ""), -1),
        more=tuple(more) if change.kind == POOL else (),
    )
    present = opened.rest.present
    orders = orders_after(present.routes, first, told)
    routes = {route.shift: route for route in present.routes}
    for shift, order in orders.items():
        old = routes.get(shift, Route(shift, task.problem.shifts[shift].earliest, 0, ()))
        routes[shift] = replace(old, stops=tuple(Stop(v, 0, 0, 0) for v in order))
    warm = priced(task.problem, tuple(routes[k] for k in sorted(routes)), 0, 0.0, 0)
    return replace(opened, rest=replace(opened.rest, present=warm))


def _on_day(
    store: Store, bench: Bench, debtor_id: str, day: date, now: datetime, search: Search
) -> Proposal:
    """The plan of another day with the person in it, planned on or, without one, made."""
    ranking = rank(store, day)
    other = Bench(ranking, bench.zone, bench.travel)
    with store.read() as conn:
        plan = load_plan(conn, day)
    target = plan or _nothing(day, now)
    if plan is None:
        refuse_stale(store, now, "")
        if search.seconds is None and search.iterations is None:
            search = replace(search, seconds=FRESH_SECONDS)
    opened = open_rest(store, other, target, now, must=frozenset([debtor_id]))
    fresh = searched(store, other, opened, search, made_at=now, people=[debtor_id])
    whole = offered(target, opened, fresh).plan
    _refuse_without(whole, debtor_id)
    return proposal(plan, whole if plan else replace(whole, plan_id=fresh.plan_id))


def _nothing(day: date, now: datetime) -> Plan:
    return Plan("", day, now, (), (), 0, 0, "", "")


def _refuse_without(plan: Plan, debtor_id: str) -> None:
    if not any(s.debtor_id == debtor_id for route in plan.routes for s in route.stops):
        raise PlannerError("plan.no_way_in", why="NO_WINDOW")
