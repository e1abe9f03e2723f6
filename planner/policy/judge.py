"""May this person be visited on this day, and within which hours? One person, with all reasons.

The scalar judge is the yardstick for `judge_many`, which says the same for a whole book at once.

What counts: every fact up to the end of the judged day in the person's own zone, so a visit made
today bars today, and nothing recorded for a later day has any influence. `promises_paid` is taken
as it stands.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from planner.domain.codes import Channel
from planner.domain.facts import NEVER, PersonFacts
from planner.policy.days import ONE_DAY, Span, midnight
from planner.policy.gates import bars_until
from planner.policy.limits import Rule
from planner.policy.pack import Policy, Rulebook
from planner.policy.view import terms_of, view
from planner.policy.workdays import (
    PLAIN,
    Terms,
    about_hours,
    fitting,
    home_zone,
    next_open,
    open_spans,
    rule_spans,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rules' answer for one person and day.

    `reasons` are all rules that bar the day, in gate order, and `rule` is the first of them;
    `until` is when that rule ends (None: no end is known, or nothing bars). `windows` are the
    half-open spans in which the whole visit must lie, in the person's zone; empty when barred.
    """

    eligible: bool
    rule: str | None
    until: datetime | None
    windows: tuple[tuple[datetime, datetime], ...]
    reasons: tuple[str, ...]


def clipped(spans: tuple[Span, ...], start: int, length: int) -> tuple[Span, ...]:
    """What is left of `spans` from `start` on, where a contact of `length` seconds still fits."""
    return fitting(tuple((max(a, start), b) for a, b in spans), length)


def hours_rules(
    policy: Policy, channel: Channel, day: date, zone: str, length: int, terms: Terms = PLAIN
) -> list[Rule]:
    """The rules about hours that leave no room on `day`; call it only when there is none.

    Where each alone leaves room but not all together, the last of them is named.
    """
    rules = [rule for rule in policy.acting(channel, day) if about_hours(rule)]
    shut = [r for r in rules if not fitting(rule_spans(policy, r, day, zone, terms), length)]
    return shut or rules[-1:]


def judge(
    facts: PersonFacts, policy: Rulebook, day: date, channel: Channel = Channel.VISIT
) -> Verdict:
    """Whether `facts`' person may be visited on the local calendar day `day`, and when.

    The rules are those of the person's jurisdiction. Of another `channel` than visits the answer
    counts every number alike. Pure; raises nothing for incomplete facts: what is missing bars by
    its own rule.
    """
    policy = policy.for_jurisdiction(facts.jurisdiction)
    zone = home_zone(policy, facts.zone)
    start, end = midnight(day, zone), midnight(day + ONE_DAY, zone)
    v = view(facts, policy, zone, end - 1)
    terms = terms_of(v, channel)
    need = policy.visit_seconds if channel is Channel.VISIT else 1
    spans = fitting(open_spans(policy, channel, day, zone.key, terms), need)
    # Without open hours a rule is still named as a reason when it bars the whole day.
    reference = spans or ((start, end),)
    shut = () if spans else hours_rules(policy, channel, day, zone.key, need, terms)
    reasons: list[tuple[str, int]] = []
    floor = 0
    for rule in policy.acting(channel, day):
        if about_hours(rule):
            if rule in shut:
                opens = next_open(policy, channel, end, need, zone.key, terms)
                reasons.append((rule.id, opens))
            continue
        until = bars_until(rule.limit, v)
        floor = max(floor, until)
        if not clipped(reference, until, need):
            reasons.append((rule.id, until))
    if reasons:
        first, until = reasons[0]
        ends = None if until >= NEVER else datetime.fromtimestamp(until, zone)
        return Verdict(False, first, ends, (), tuple(rule_id for rule_id, _ in reasons))
    return Verdict(True, None, None, _windows(clipped(spans, floor, need), zone), ())


def _windows(spans: tuple[Span, ...], zone: ZoneInfo) -> tuple[tuple[datetime, datetime], ...]:
    return tuple(
        (datetime.fromtimestamp(a, zone), datetime.fromtimestamp(b, zone)) for a, b in spans
    )
