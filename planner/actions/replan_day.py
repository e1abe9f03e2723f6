"""Plan a day on from now and from where the crews are; what is done and locked stays.

Nothing is saved: the plan is a proposal with its difference, and `edit_plan.save_edit` takes it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from planner.actions.appointments import appointments
from planner.actions.edit_plan import Bench
from planner.actions.heed import (
    Wishes,
    kept_out,
    problem_heeding,
    wanted_by_lead,
    wishes_for,
)
from planner.actions.locked import locked_in_words
from planner.actions.make_plan import judged_plan
from planner.actions.noon import (
    NOTHING_NEW,
    Noon,
    reasons,
    refuse_nobody,
    refuse_unknown,
    refuse_urgent,
    standing_still,
    ways_of,
    without_the_ill,
)
from planner.actions.proposal import Proposal, proposal
from planner.actions.rank import Ranking
from planner.actions.rest_of_day import Rest, rest_of_day
from planner.actions.stays import stays_around, stays_of
from planner.actions.step_wishes import with_step_wishes
from planner.actions.under_way import NOTHING_TOLD, Told, lengthened, on_duty, standings, visited
from planner.actions.whole_day import (
    BY_HAND,
    OTHER_DAY,
    beginning,
    joined,
    planned_elsewhere,
    taken_out,
    told_apart,
)
from planner.clock import Clock
from planner.domain.plan import Plan, Unserved
from planner.errors import PlannerError
from planner.routing.replan import BUDGET, remaining, replan
from planner.routing.solve import Progress, priced
from planner.store.steps import steps_on
from planner.store.store import Store

NOBODY: Mapping[str, tuple[float, float]] = {}
IN_TIME: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Search:
    """How long to search: `seconds`, or `iterations` for the same answer every time."""

    seconds: float | None = None
    iterations: int | None = None
    seed: int = 0
    on_progress: Callable[[Progress], None] | None = None
    cancelled: Callable[[], bool] | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A day that can be planned on: its ranking with crews from now on, what is left of it, and who
    is no candidate (`out`): taken out by hand, kept out by the lead, planned on another day."""

    ranking: Ranking
    rest: Rest
    out: Mapping[str, Unserved]


def replan_day(
    store: Store,
    bench: Bench,
    plan: Plan,
    *,
    clock: Clock,
    positions: Mapping[str, tuple[float, float]] = NOBODY,
    late: Mapping[str, int] = IN_TIME,
    absent: frozenset[str] = frozenset(),
    assume_made: bool = False,
    noon: Noon = NOTHING_NEW,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Proposal:
    """The rest of the day of `plan`, planned anew from this moment.

    Stops with a recorded visit stay as they are, the one under way is finished first, locked stops
    keep their crew and order. A crew goes on from `positions` (latitude, longitude; on the day
    itself), else from its last stop, else from home; `late` are seconds it is behind its plan. The
    stops of crews in `absent` go to the others as far as that pays; the locked ones must.
    `assume_made`: stops whose planned end is past count as made though nothing is recorded. Who may
    no longer be visited leaves; who was taken out by hand or is planned on another day stays out.
    `noon` is what else came up: ways may take longer, a crew wait or have fewer people (too few for
    the rules at a door: as if absent), somebody be urgent or settled. All that was told stays with
    the plan (`Plan.because`). Without `seconds` and `iterations` the search takes 0.3 s.

    Raises PlannerError("plan.no_such_crew"), ("plan.no_such_collector") for whom nobody knows on
    that day, ("store.unknown_person"), ("plan.no_open_case"), ("plan.day_over"), ("plan.no_crew"),
    ("plan.locked_unreachable") when locked stops of a crew can no longer be reached in their order,
    ("plan.not_ready") and ("plan.no_room") for somebody urgent whom the rules bar or no crew can
    reach any more, ("plan.speed") and what judging raises.
    """
    now = clock()
    told = Told(positions, late, assume_made, noon.until)
    refuse_unknown(bench.ranking, plan, noon, (*positions, *late, *sorted(absent)))
    ranking, barred = without_the_ill(bench.ranking, noon)
    with store.read() as conn:
        refuse_nobody(conn, noon)
    still = standing_still(noon, ranking, store.zone)
    bench = replace(bench, ranking=ranking, travel=ways_of(bench.travel, noon))
    refuse_urgent(ranking, noon)
    opened = open_rest(
        store, bench, plan, now, told=told, absent=absent | barred | still, must=noon.urgent,
        settled=noon.settled,
    )  # fmt: skip
    search = Search(seconds, iterations, seed, on_progress, cancelled)
    fresh = searched(store, bench, opened, search, made_at=now, people=noon.urgent)
    done = offered(plan, opened, fresh)
    planned = {stop.debtor_id for route in done.plan.routes for stop in route.stops}
    if noon.urgent - planned:
        raise PlannerError("plan.no_room")
    because = (*plan.because, *reasons(now, late, absent, noon))
    return replace(done, plan=replace(done.plan, because=because))


def open_rest(
    store: Store,
    bench: Bench,
    plan: Plan,
    now: datetime,
    *,
    told: Told = NOTHING_TOLD,
    absent: frozenset[str] = frozenset(),
    must: frozenset[str] = frozenset(),
    only: frozenset[str] | None = None,
    fixed: bool = False,
    settled: frozenset[str] = frozenset(),
) -> Opened:
    """What is left of the day of `plan` at `now`.

    People in `must` have to be visited, also when somebody took them out. `only`: of people who are
    not in the plan just these are candidates, also those taken out by hand. `fixed`: as in
    `rest_of_day`. Nobody visits those in `settled` any more, also not one whose stop is locked.
    Raises as `replan_day`.
    """
    if plan.day < now.astimezone(ZoneInfo(store.zone)).date():
        raise PlannerError("plan.day_over", day=str(plan.day))
    ranking = lengthened(bench.ranking, plan)
    ranking = on_duty(ranking, now, store.zone)
    with store.read() as conn:
        made = visited(conn, plan, store.zone)
        busy = planned_elsewhere(conn, plan.day, now, store.zone)
        stays = stays_of(plan) if plan.routes else stays_around(conn, plan.day)
    begin = beginning(plan.day, now, store.zone)
    if begin != now:  # where crews are now says nothing of a day that is still to come
        told = replace(told, positions={})
    stands = standings(plan, made, begin, bench.travel, told)
    if begin == now and all(crew.start >= crew.end for crew in ranking.crews):
        raise PlannerError("plan.day_over", day=str(plan.day))
    ahead = [(crew, s) for crew, one in stands.items() for s in one.ahead]
    firm = {s.debtor_id for _, s in ahead if s.locked}
    out = {**taken_out(plan), **kept_out(store, ranking, firm)}
    out = {who: one for who, one in out.items() if who not in must}
    firm |= {ranking.table.debtor_ids[row] for row in appointments(ranking)}
    firm |= wanted_by_lead(store, plan.day)
    busy = {who: day for who, day in busy.items() if who not in firm}
    out |= {who: Unserved(who, BY_HAND) for who in settled}
    out |= {who: Unserved(who, OTHER_DAY, {"day": day.isoformat()}) for who, day in busy.items()}
    without = set(out)
    if only is not None:
        planned = {s.debtor_id for _, s in ahead}
        without = (set(ranking.table.debtor_ids) - planned - only) | busy.keys()
    rest = rest_of_day(
        ranking, bench.travel, store.zone, plan, stands,
        stays=stays, absent=absent, without=without, fixed=fixed,
        must=must | {s.debtor_id for crew, s in ahead if s.locked and crew in absent},
        also=only or frozenset(),
    )  # fmt: skip
    return Opened(ranking, rest, out)


def searched(
    store: Store,
    bench: Bench,
    opened: Opened,
    search: Search,
    *,
    made_at: datetime,
    people: Iterable[str] = (),
) -> Plan:
    """The plan of what is left, judged; raises as `replan_day`.

    The search heeds accepted next steps of that day and the wishes of the workspace: who is planned
    because of a long wait or of the lead's decision may change the crew, but does not leave for
    want of value. With `people`, who are brought in by hand, no decision counts about them or about
    others who are not planned.
    """
    rest, task = opened.rest, opened.rest.task
    with store.read() as conn:
        steps = steps_on(conn, opened.ranking.day)
    wishes = _wishes(store, bench, opened, frozenset(people))
    seconds = BUDGET if search.seconds is None and search.iterations is None else search.seconds
    with locked_in_words({crew.crew_id: crew.name for crew in task.crews}):
        new = replan(
            with_step_wishes(
                problem_heeding(task, opened.ranking, wishes),
                task,
                opened.ranking,
                store.zone,
                steps,
            ),
            rest.present,
            rest.nows,
            seconds=seconds,
            iterations=search.iterations,
            seed=search.seed,
            on_progress=search.on_progress,
            cancelled=search.cancelled,
        ).solution
    plain = remaining(task.problem, rest.present, rest.nows)
    return judged_plan(
        store, opened.ranking, replace(task, problem=plain),
        priced(plain, new.routes, new.iterations, new.seconds, search.seed),
        made_at=made_at, seed=search.seed,
    )  # fmt: skip


def _wishes(store: Store, bench: Bench, opened: Opened, by_hand: frozenset[str]) -> Wishes:
    """The wishes about those who are planned, and the lead's decisions; see `searched`."""
    table, rest = opened.ranking.table, opened.rest
    ahead = {
        table.debtor_ids[rest.task.candidates[stop.visit].row]
        for route in rest.present.routes
        for stop in route.stops
    }
    ahead |= {s.debtor_id for one in rest.stands.values() for s in one.ahead}
    known = wishes_for(store, [bench.ranking], days=1, travel=bench.travel)
    bonus = {who: money for who, money in known.bonus.items() if who in ahead}
    decided = known.decided
    if by_hand:
        decided = {who: one for who, one in decided.items() if who in ahead - by_hand}
    return Wishes(bonus, known.must & ahead, decided=decided)


def offered(plan: Plan, opened: Opened, fresh: Plan) -> Proposal:
    """`fresh`, the plan of what is left, as the plan of the whole day in place of `plan`."""
    whole = told_apart(opened.ranking, joined(fresh, opened.rest), opened.out)
    longer = {route.crew_id: route.longer for route in plan.routes}
    routes = tuple(replace(r, longer=longer.get(r.crew_id, 0)) for r in whole.routes)
    kept = {"plan_id": plan.plan_id, "reason": plan.reason, "because": plan.because}
    return proposal(plan, replace(whole, routes=routes, **kept))  # type: ignore[arg-type]
