"""Which hours of a day a policy leaves open for a channel, and the next day a visit is possible.

Everything here is about days, hours and what was agreed or announced, not about a person's history.
Spans are half-open and hold the whole contact: a visit begins and ends inside one span.
"""

import functools
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from planner.domain.codes import Channel
from planner.domain.facts import NEVER
from planner.errors import PlannerError
from planner.policy.days import (
    ONE_DAY,
    DayClass,
    Span,
    day_class,
    instants,
    intersect,
    joined,
    local_day,
    midnight,
    zone_info,
)
from planner.policy.limits import ClosedDays, Hours, Missing, Notice, Rule
from planner.policy.pack import Policies, Policy, Rulebook

HORIZON = 62  # days looked ahead for an open hour
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one person and channel beside the rules.

    `agreed`: (ISO weekday or 0, ordinal or 0, minutes from, until) of each agreement on hours.
    `notices`: (given, from, until) of each announced visit, instants. `only_work`: the workplace is
    the only place left for a visit.
    """

    agreed: tuple[tuple[int, int, int, int], ...] = ()
    notices: tuple[tuple[int, int, int], ...] = ()
    only_work: bool = False

    def on(self, day: date) -> tuple[Span, ...]:
        """The hours agreed for `day`, minutes after midnight; () = none."""
        return joined(
            (start, end)
            for weekday, ordinal, start, end in self.agreed
            if weekday in (0, day.isoweekday()) and ordinal in (0, day.toordinal())
        )


PLAIN = Terms()


@functools.lru_cache(maxsize=8192)
def class_of(policy: Rulebook, day: date) -> DayClass | None:
    """The class of `day` in the policy's country, None when no calendar covers it.

    Beyond the last year of the calendar only years the lead confirmed are known, by their statutory
    days; single days the lead has set come before everything.
    """
    one = _own(policy)
    if day in one.days:
        return one.days[day]
    if one.calendar_until and day.year > one.calendar_until and day.year not in one.confirmed:
        return None
    try:
        return day_class(one.country, day, one.regions)
    except PlannerError:
        return None


def calendar_reach(policy: Rulebook) -> date | None:
    """The last day whose kind is known without gaps, None when the calendar has no end."""
    one = _own(policy)
    if one.calendar_until is None:
        return None
    year = one.calendar_until
    while year + 1 in one.confirmed:
        year += 1
    return date(year, 12, 31)


def _own(policy: Rulebook) -> Policy:
    return policy.home if isinstance(policy, Policies) else policy


def home_zone(policy: Rulebook, name: str) -> ZoneInfo:
    """The zone `name`; the policy's default stands in for a missing one (which bars by itself)."""
    zone = zone_info(name) or zone_info(policy.zone_default)
    assert zone is not None  # the loader has checked the default
    return zone


def about_hours(rule: Rule) -> bool:
    """True for rules that depend on the day, the hour and a person's `Terms` only."""
    limit = rule.limit
    return isinstance(limit, Hours | ClosedDays | Notice) or (
        isinstance(limit, Missing) and limit.what == "calendar"
    )


def _spans_in(
    policy: Policy, rule: Rule, day: date, zone: ZoneInfo, terms: Terms
) -> tuple[Span, ...]:
    kind = class_of(policy, day)
    start, end = midnight(day, zone), midnight(day + ONE_DAY, zone)
    agreed = terms.on(day)
    match rule.limit:
        case Hours(only_work=True) | ClosedDays(only_work=True) if not terms.only_work:
            pass
        case Hours(unless=unless) if unless and agreed:
            return instants(agreed, day, zone)
        case Hours(windows=windows) if kind is not None and kind in windows:
            return instants(windows[kind], day, zone)
        case ClosedDays(classes=classes, unless=unless) if kind in classes:
            if not (unless and agreed):
                return ()
        case Missing() if kind is None:
            return ()
        case Notice(hours=hours) if hours:
            told = joined((max(a, given + hours * HOUR), b) for given, a, b in terms.notices)
            return intersect(((start, end),), told)
        case _:
            pass
    return ((start, end),)


@functools.lru_cache(maxsize=32768)
def rule_spans(
    policy: Policy, rule: Rule, day: date, zone_name: str, terms: Terms = PLAIN
) -> tuple[Span, ...]:
    """The instants of `day` (in the zone) that one rule about hours leaves open."""
    zone = home_zone(policy, zone_name)
    own = _spans_in(policy, rule, day, zone, terms)
    # What was agreed or announced is meant by one clock only.
    plain = rule_spans(policy, rule, day, zone_name) if terms != PLAIN else own
    if zone_name not in policy.both_zones or own != plain:
        return own
    legal = home_zone(policy, policy.zone_default)
    near = (day - ONE_DAY, day, day + ONE_DAY)
    return intersect(own, tuple(s for d in near for s in _spans_in(policy, rule, d, legal, terms)))


@functools.lru_cache(maxsize=32768)
def open_spans(
    policy: Policy, channel: Channel, day: date, zone_name: str, terms: Terms = PLAIN
) -> tuple[Span, ...]:
    """The instants of `day` all rules together leave open for `channel`."""
    zone = home_zone(policy, zone_name)
    spans: tuple[Span, ...] = ((midnight(day, zone), midnight(day + ONE_DAY, zone)),)
    for rule in policy.acting(channel, day):
        if about_hours(rule):
            spans = intersect(spans, rule_spans(policy, rule, day, zone_name, terms))
    return spans


def fitting(spans: tuple[Span, ...], length: int) -> tuple[Span, ...]:
    """The spans that hold a contact of `length` seconds."""
    return tuple((a, b) for a, b in spans if b - a >= length)


def visit_windows(
    policy: Rulebook, day: date, zone_name: str, terms: Terms = PLAIN
) -> tuple[Span, ...]:
    """The half-open spans of instants in which a whole visit may lie on `day`, history aside.

    Spans shorter than the long stay (`policy.visit_seconds`) are none.
    """
    one = _own(policy)
    return fitting(open_spans(one, Channel.VISIT, day, zone_name, terms), one.visit_seconds)


def inside(at: int, length: int, spans: tuple[Span, ...]) -> bool:
    """True when a contact [at, at + length) lies wholly inside one of `spans`."""
    return any(a <= at < b and at + length <= b for a, b in spans)


def next_open(
    policy: Policy, channel: Channel, at: int, length: int, zone_name: str, terms: Terms = PLAIN
) -> int:
    """The first instant from `at` on at which a contact of `length` seconds fits the hours.

    NEVER when there is none within `HORIZON` days.
    """
    day = local_day(at, home_zone(policy, zone_name))
    for _ in range(HORIZON):
        for a, b in open_spans(policy, channel, day, zone_name, terms):
            start = max(a, at)
            if start < b and start + length <= b:
                return start
        day += ONE_DAY
    return NEVER


def next_working_day(policy: Rulebook, day: date) -> date:
    """The first day after `day` on which the hours permit a visit, in the policy's default zone.

    Of several countries' policies the workspace's own is asked; where it demands notice, a day
    counts as one that notice can be given for. Raises PlannerError("policy.calendar_unknown") when
    no calendar tells of such a day.
    """
    one = _own(policy)
    for _ in range(HORIZON):
        day += ONE_DAY
        start, end = _whole(one, day)
        told = Terms(notices=((start - 366 * 24 * HOUR, start, end),))
        if visit_windows(one, day, one.zone_default, told):
            return day
    raise PlannerError("policy.calendar_unknown", country=one.country, day=day.isoformat())


def _whole(policy: Policy, day: date) -> Span:
    zone = home_zone(policy, policy.zone_default)
    return midnight(day, zone), midnight(day + ONE_DAY, zone)


def closing_rule(policy: Rulebook, day: date) -> str:
    """The id of the rule about hours that leaves `day` no visit at all, "" where one is possible.

    Asked of the workspace's own policy in its default zone, with notice given and history aside.
    """
    one = _own(policy)
    start, end = _whole(one, day)
    told = Terms(notices=((start - 366 * 24 * HOUR, start, end),))
    if visit_windows(one, day, one.zone_default, told):
        return ""
    rules = [rule for rule in one.acting(Channel.VISIT, day) if about_hours(rule)]
    alone = (
        r
        for r in rules
        if not fitting(rule_spans(one, r, day, one.zone_default, told), one.visit_seconds)
    )
    return next(alone, rules[0]).id if rules else ""
