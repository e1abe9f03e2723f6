"""When contact is possible on the coming days, and why not: the strip on the case page."""

from dataclasses import dataclass
from datetime import date, datetime

from planner.domain.codes import Channel
from planner.domain.facts import PersonFacts
from planner.policy.days import ONE_DAY
from planner.policy.judge import judge
from planner.policy.pack import Rulebook


@dataclass(frozen=True, slots=True)
class DayOfStrip:
    """One day: its permitted windows, or the rule that bars it (`source` names where it stands)."""

    day: date
    windows: tuple[tuple[datetime, datetime], ...]
    rule: str | None
    source: str
    until: datetime | None


def strip(
    facts: PersonFacts, policy: Rulebook, first: date, days: int, channel: Channel = Channel.VISIT
) -> tuple[DayOfStrip, ...]:
    """`days` days from `first` on for one person and channel, if nothing else happens."""
    rules = policy.for_jurisdiction(facts.jurisdiction).rules
    found = []
    for k in range(days):
        day = first + k * ONE_DAY
        verdict = judge(facts, policy, day, channel)
        rule = rules[verdict.rule] if verdict.rule else None
        source = f"{rule.source}, {rule.clause}" if rule else ""
        found.append(DayOfStrip(day, verdict.windows, verdict.rule, source, verdict.until))
    return tuple(found)
