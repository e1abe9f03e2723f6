"""The task of planning one day: whom it offers, where crews sleep, and what the search heeds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from planner.actions.day_problem import DayProblem, day_choice
from planner.actions.heed import Wishes, choice_heeding, problem_heeding, wishes_for
from planner.actions.lead_tours import lead_tours
from planner.actions.rank import Ranking
from planner.actions.remote_rules import load_rules
from planner.actions.rest_of_day import Rest, rest_of_choice, searchable
from planner.actions.stays import stays_around
from planner.actions.under_way import Standing
from planner.actions.week_problem import WeekDay
from planner.domain.plan import Plan, Unserved
from planner.geo.travel import TravelTimes
from planner.routing.problem import Problem
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
    wishes: Wishes | None = None,
) -> DayTask:
    """The task of the ranking's day, for crews that go on as in `stands`.

    Locked stops of `present` are pinned; `wishes` stand in for those of the workspace. Raises
    PlannerError("plan.no_crew") when nobody may go.
    """
    wishes = wishes or wishes_for(store, [ranking], days=1, travel=travel)
    also = frozenset(who for who in ranking.table.debtor_ids if wishes.wanted(who, ranking.day))
    choice = day_choice(ranking, store.zone, keep=present, also=also)
    choice, told = choice_heeding(choice, ranking, wishes)
    with store.read() as conn:
        around = {(0, crew): stay for crew, stay in stays_around(conn, ranking.day).items()}
    days = (WeekDay(ranking, choice, told=told),)
    stays = lead_tours(store, days, wishes, around, travel=travel, rules=load_rules(store))
    rest = rest_of_choice(
        ranking, travel, store.zone, choice, stands,
        stays={crew: stay for (_, crew), stay in stays.items()},
    )  # fmt: skip
    task = replace(rest.task, problem=searchable(rest)) if stands else rest.task
    return DayTask(task, problem_heeding(task, ranking, wishes), told, rest)
