"""What a plan heeds besides value: who has to be visited, who waits, what waiting adds in money.

The lead's decisions about remote areas come first; then nobody waits longer than the longest wait.
The rules' judgement of a day is never touched by any of it: whom they bar is no candidate at all.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from planner.actions.appointments import appointments
from planner.actions.candidates import working_crews
from planner.actions.day_problem import DayChoice, DayProblem
from planner.actions.rank import Ranking
from planner.actions.remote_decisions import (
    GO,
    MEANS,
    OVERNIGHT,
    WAIT,
    Decided,
    decisions,
    leave_of,
)
from planner.actions.remote_rules import load_rules
from planner.actions.waiting import Standing, capacity, needed_now, standing, together
from planner.domain.facts import I64
from planner.domain.plan import Plan, Unserved
from planner.errors import PlannerError
from planner.geo.travel import TravelTimes
from planner.routing.problem import Problem
from planner.routing.remote import waiting_money
from planner.routing.remote_trip import RemoteRules
from planner.store.crews import load_crews
from planner.store.store import Store


@dataclass(frozen=True, slots=True)
class Wishes:
    """By debtor id: money on top of the value (minor units), who has to be visited, and by when
    (people of `must` without a day in `until`: any day); `decided` is the lead's about each."""

    bonus: Mapping[str, int] = field(default_factory=dict)
    must: frozenset[str] = frozenset()
    until: Mapping[str, date] = field(default_factory=dict)
    decided: Mapping[str, Decided] = field(default_factory=dict)

    def crew(self, who: str, day: date) -> str:
        """The crew that has to make the visit by the lead's decision, "" = any."""
        one = self.decided.get(who)
        return one.decision.crew_id if one and on_trip(one, day) else ""

    def sent(self, who: str, day: date) -> bool:
        """Whether the lead sends somebody to this person on `day`."""
        return who in self.decided and on_trip(self.decided[who], day)

    def wanted(self, who: str, day: date) -> bool:
        """Whether a plan of `day` has to visit this person if it can."""
        return who in self.must or self.sent(who, day)

    def in_time(self, who: str, day: date) -> bool:
        """Whether `day` is not after that by which this person has to be visited."""
        return who not in self.until or day <= self.until[who]


def on_trip(one: Decided, day: date) -> bool:
    """Whether the lead wants these people visited on `day`."""
    told = one.decision
    return told.kind in (GO, OVERNIGHT) and told.day is not None and told.day <= day <= told.last


def reason_to_wait(who: str, one: Decided, day: date) -> Unserved | None:
    """Why the lead's decision keeps a person out of a plan of `day`; None when it does not."""
    told = one.decision
    if day > told.last or on_trip(one, day):
        return None
    if told.kind == WAIT:
        return Unserved(who, "LEAD_WAITS", {"until": str(told.until)})
    if told.kind == MEANS:
        return Unserved(who, "OTHER_MEANS", {"until": str(told.until), "means": told.means})
    return Unserved(who, "OTHER_DAY", {"day": str(told.day)})


def by_person(decided: Iterable[Decided]) -> dict[str, Decided]:
    """The decision in force about each person."""
    return {who: one for one in decided for who in one.people}


def wanted_by_lead(store: Store, day: date) -> frozenset[str]:
    """Whom the lead's decisions about remote areas send somebody to on `day`."""
    told = by_person(decisions(store, day))
    return frozenset(who for who, one in told.items() if on_trip(one, day))


def kept_out(store: Store, ranking: Ranking, firm: Container[str]) -> dict[str, Unserved]:
    """Whom the lead's decisions keep out of any plan of the ranking's day, and why, by debtor id;
    never those in `firm` nor who has an appointment."""
    ids, day = ranking.table.debtor_ids, ranking.day
    known, agreed = set(ids), {ids[row] for row in appointments(ranking)}
    told = {who: reason_to_wait(who, one, day)
            for who, one in by_person(decisions(store, day)).items()
            if who in known and who not in agreed and who not in firm}  # fmt: skip
    return {who: one for who, one in told.items() if one is not None}


def wishes_for(
    store: Store, rankings: Sequence[Ranking], *, days: int, travel: TravelTimes
) -> Wishes:
    """What plans of the days of `rankings` have to heed, `days` calendar days from the first on.

    The rankings are of working days in order; those on which no crew may go count for nothing.
    """
    if not rankings:
        return Wishes()
    rules, first = load_rules(store), rankings[0].day
    decided = decisions(store, first)
    leave = leave_of(decided)
    seen: set[str] = set()
    found: list[Standing] = []
    for ranking in rankings:
        try:
            crews = working_crews(ranking)
        except PlannerError as error:
            if error.code != "plan.no_crew":
                raise
            continue
        one = standing(store, ranking, crews, travel=travel, rules=rules, leave=leave, without=seen)
        seen.update(one.people)
        found.append(one)
    if not found:
        return Wishes(decided=by_person(decided))
    with store.read() as conn:
        crews = tuple(load_crews(conn))
    room = capacity(rankings[0].policy, crews, first, rules.most_wait + 1)
    return wishes_from(together(found, first), decided, room, days, rules)


def wishes_from(
    everybody: Standing, decided: Iterable[Decided], room: I64, days: int, rules: RemoteRules
) -> Wishes:
    """The wishes for a plan of `days` days of `room` (seconds of crews a day) from the day of
    `everybody` on."""
    first, people = everybody.day, everybody.people
    must = needed_now(everybody, room, days, rules)
    bonus = waiting_money(everybody.cost, everybody.value, everybody.waited, rules)
    urgent = np.flatnonzero(must & (everybody.deadline < days - 1)).tolist()
    return Wishes(
        {people[k]: int(bonus[k]) for k in np.flatnonzero(bonus > 0).tolist()},
        frozenset(people[k] for k in np.flatnonzero(must).tolist()),
        {people[k]: first + timedelta(days=max(0, int(everybody.deadline[k]))) for k in urgent},
        by_person(decided),
    )


def choice_heeding(
    choice: DayChoice, ranking: Ranking, wishes: Wishes
) -> tuple[DayChoice, dict[str, Unserved]]:
    """`choice` without those whom the lead's decisions keep out of a plan of that day, and why.

    Whoever is locked into the plan or has an appointment stays.
    """
    if not wishes.decided:
        return choice, {}
    ids, day = ranking.table.debtor_ids, ranking.day
    pinned = {key for keys in choice.pins.values() for key in keys}
    firm = {c.row for c in choice.candidates if f"{c.row}@{c.address}" in pinned}
    firm |= appointments(ranking).keys()
    told: dict[str, Unserved] = {}
    for row in {c.row for c in choice.candidates} | set(choice.left_out):
        one = wishes.decided.get(ids[row])
        why = reason_to_wait(ids[row], one, day) if one and row not in firm else None
        if why is not None:
            told[ids[row]] = why
    kept = [c for c in choice.candidates if ids[c.row] not in told]
    left = {row: fig for row, fig in choice.left_out.items() if ids[row] not in told}
    return replace(choice, candidates=kept, left_out=left), told


def problem_heeding(task: DayProblem, ranking: Ranking, wishes: Wishes) -> Problem:
    """The problem of a day with the wishes in it, for the search alone: what waiting adds is no
    money that comes in, and a visit that cannot be made is no fault of the plan."""
    problem, ids = task.problem, ranking.table.debtor_ids
    who = [ids[one.row] for one in task.candidates]
    bonus = np.array([wishes.bonus.get(one, 0) for one in who], np.int64)
    must = np.array([wishes.wanted(one, ranking.day) for one in who], np.bool_)
    allowed = problem.allowed.copy()
    pinned = {visit for shift in problem.shifts for visit in shift.pinned}
    for k, one in enumerate(who):
        if k in pinned:  # a lock comes before a decision about the area
            continue
        crew = wishes.crew(one, ranking.day)
        mine = [c.crew_id == crew for c in task.crews]
        if crew and any(mine):
            allowed[k] &= np.array(mine)
    windows = problem.windows
    return replace(
        problem,
        prize=problem.prize + bonus,
        windows=replace(windows, prize=windows.prize + bonus[windows.visit]),
        mandatory=problem.mandatory | must,
        allowed=allowed,
    )


def with_reasons(plan: Plan, told: Mapping[str, Unserved]) -> Plan:
    """`plan` with these reasons in place of what else is said about the same people."""
    if not told:
        return plan
    left = [one for one in plan.not_planned if one.debtor_id not in told] + list(told.values())
    return replace(plan, not_planned=tuple(sorted(left, key=lambda one: one.debtor_id)))
