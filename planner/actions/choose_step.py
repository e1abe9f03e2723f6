"""Another next step than the proposed one: day, part of the day and way as somebody chooses them.

It is taken on only where the rules permit it; a choice that they bar is refused with the rule.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from planner.actions.next_step import SOON, Hours, Proposal, hours_of, open_parts
from planner.actions.rank import Ranking, rank
from planner.clock import today
from planner.domain.belief import BAND_STARTS
from planner.domain.facts import PersonFacts
from planner.domain.step import ANY_PART, PARTS, Means, channel_of_means
from planner.errors import PlannerError
from planner.policy.check import check_contact
from planner.policy.pack import Rulebook
from planner.policy.workdays import home_zone
from planner.store.facts import load_person_facts
from planner.store.store import Store

FARTHEST: Final = timedelta(days=365)


def chosen_step(
    store: Store,
    proposal: Proposal,
    means: Means,
    day: date,
    part: int,
    now: datetime,
    *,
    ranking: Ranking | None = None,
) -> Proposal:
    """`proposal` at another time and by another way, as of `now` (aware); `part` may be ANY_PART.

    Raises PlannerError("step.past"), ("step.far") beyond a year, ("step.barred") with the rule that
    bars it, ("step.nobody_works") for a visit when no crew does, ("step.no_place") for one without
    an address to plan it to, "store.unknown_person".
    """
    here = today(lambda: now, store.zone)
    if day < here:
        raise PlannerError("step.past", day=str(day))
    if day - here > FARTHEST:
        raise PlannerError("step.far", day=str(day))
    if means is Means.LEAD:
        return Proposal(
            proposal.debtor_id, means, day, ANY_PART, None, "clarify", "chosen"
        )  # no contact: no rule speaks of it
    with store.read() as conn:
        facts = load_person_facts(conn, proposal.debtor_id, here)
    ranking = ranking or rank(store, here)
    hours = hours_of(ranking, proposal.debtor_id)
    if means is Means.VISIT and not hours.placed:
        raise PlannerError("step.no_place")
    asked = replace(proposal, means=means, day=day, part=part, why="chosen")
    return _within(asked, facts, ranking.policy, now, hours)


def _within(
    asked: Proposal, facts: PersonFacts, policy: Rulebook, now: datetime, hours: Hours
) -> Proposal:
    """`asked` at its first permitted moment; raises as `chosen_step`."""
    own = policy.for_jurisdiction(facts.jurisdiction)
    zone = home_zone(own, facts.zone)
    channel = channel_of_means(asked.means)
    assert channel is not None
    start = now.astimezone(zone) + SOON
    parts = open_parts(facts, policy, channel, asked.day, zone, start, hours)
    for part, at in parts:
        if asked.part in (part, ANY_PART):
            chance, tries = _chance(hours, asked)
            return replace(asked, at=at, chance=chance, tries=tries)
    band = BAND_STARTS[max(0, asked.part)] if asked.part != ANY_PART else 12
    at = max(start, datetime.combine(asked.day, time(band), zone))
    answer = check_contact(facts, policy, channel, at)
    if answer.allowed or answer.rule is None:  # permitted, but nobody is there to make it
        raise PlannerError("step.nobody_works", day=str(asked.day))
    raise PlannerError("step.barred", rule=answer.rule)


def _chance(hours: Hours, asked: Proposal) -> tuple[float, int]:
    """The chance to meet in the part, else in the best one of that day, and its tries."""
    first = len(PARTS) * (asked.day.isoweekday() > 5)
    parts = PARTS if asked.part == ANY_PART else (asked.part,)
    return max((hours.chance[first + part], hours.tries[first + part]) for part in parts)
