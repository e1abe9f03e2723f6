"""The task of planning one day: whom it offers, where crews sleep, and what the search heeds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from planner.actions.appointments import appointments
from planner.actions.day_problem import DayChoice, DayProblem, day_choice
from planner.actions.heed import Wishes, choice_heeding, on_trip, problem_heeding, wishes_for
from planner.actions.lead_tours import lead_tours
from planner.actions.rank import Ranking
from planner.actions.remote_rules import load_rules
from planner.actions.rest_of_day import Rest, rest_of_choice, searchable
from planner.actions.stays import stays_around
from planner.actions.step_wishes import with_step_wishes
from planner.actions.under_way import Standing
from planner.actions.week_problem import WeekDay
from planner.actions.whole_day import OTHER_DAY, planned_elsewhere
from planner.domain.plan import Plan, Unserved
from planner.geo.travel import TravelTimes
from planner.routing.problem import Problem
from planner.store.driver import Connection
from planner.store.steps import steps_on
from planner.store.store import Store


@dataclass(frozen=True, slots=True)
class DayTask:
    """The problem of what is left of a day, the same with what the search has to heed in it, whom
    the lead's decisions keep out of it, and what is behind the crews."""

    task: DayProblem
    search: Problem
    told: Mapping[str, Unserved]
    rest: Rest


def day_task(
    store: Store,
    ranking: Ranking,
    present: Plan | None,
    *,
    travel: TravelTimes,
    stands: Mapping[str, Standing],
    now: datetime,
    wishes: Wishes | None = None,
) -> DayTask:
    """The task of the ranking's day, for crews that go on as in `stands`.

    Locked stops of `present` are pinned; `wishes` stand in for those of the workspace. Who is
    planned on another day from that of `now` (aware) on is no candidate, but for who has an
    appointment on this one or is sent for by the lead. Raises PlannerError("plan.no_crew") when
    nobody may go.
    """
    wishes = wishes or wishes_for(store, [ranking], days=1, travel=travel)
    also = frozenset(who for who in ranking.table.debtor_ids if wishes.wanted(who, ranking.day))
    choice = day_choice(ranking, store.zone, keep=present, also=also)
    choice, told = choice_heeding(choice, ranking, wishes)
    with store.read() as conn:
        steps = steps_on(conn, ranking.day)
        busy = _busy(conn, store.zone, ranking, choice, wishes, now)
        around = {(0, crew): stay for crew, stay in stays_around(conn, ranking.day).items()}
    days = (WeekDay(ranking, choice, told=told),)
    stays = lead_tours(store, days, wishes, around, travel=travel, rules=load_rules(store))
    rest = rest_of_choice(
        ranking, travel, store.zone, choice, stands,
        stays={crew: stay for (_, crew), stay in stays.items()}, without=busy,
    )  # fmt: skip
    task = replace(rest.task, problem=searchable(rest)) if stands else rest.task
    search = problem_heeding(task, ranking, wishes)
    search = with_step_wishes(search, task, ranking, store.zone, steps)
    return DayTask(task, search, told | busy, rest)


def _busy(
    conn: Connection,
    zone: str,
    ranking: Ranking,
    choice: DayChoice,
    wishes: Wishes,
    now: datetime,
) -> dict[str, Unserved]:
    """Who is left out because another day's plan has them."""
    ids, day = ranking.table.debtor_ids, ranking.day
    if day < now.astimezone(ZoneInfo(zone)).date():
        return {}
    pinned = {key for keys in choice.pins.values() for key in keys}
    firm = {ids[c.row] for c in choice.candidates if f"{c.row}@{c.address}" in pinned}
    firm |= {ids[row] for row in appointments(ranking)}
    firm |= {who for who, one in wishes.decided.items() if on_trip(one, day)}
    offered = {ids[row] for row in {c.row for c in choice.candidates} | set(choice.left_out)}
    return {
        who: Unserved(who, OTHER_DAY, {"day": other.isoformat()})
        for who, other in planned_elsewhere(conn, day, now, zone).items()
        if who in offered - firm
    }
