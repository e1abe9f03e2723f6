"""Which hours of a day a pack leaves open for a channel, and the next day a visit is possible.

Everything here is about days and hours alone, not about a person's history. Spans are half-open and
hold the whole contact: a visit begins and ends inside one span.
"""

import functools
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
    local_day,
    midnight,
    zone_info,
)
from planner.policy.limits import ClosedDays, Hours, Missing, Rule
from planner.policy.pack import Policy

HORIZON = 62  # days looked ahead for an open hour


def class_of(policy: Policy, day: date) -> DayClass | None:
    """The class of `day` in the pack's country, None when no calendar covers it."""
    try:
        return day_class(policy.country, day)
    except PlannerError:
        return None


def home_zone(policy: Policy, name: str) -> ZoneInfo:
    """The zone `name`; the pack's default stands in for a missing one (which bars on its own)."""
    zone = zone_info(name) or zone_info(policy.zone_default)
    assert zone is not None  # the loader has checked the default
    return zone


def about_hours(rule: Rule) -> bool:
    """True for rules that depend on the day and the hour only."""
    limit = rule.limit
    return isinstance(limit, Hours | ClosedDays) or (
        isinstance(limit, Missing) and limit.what == "calendar"
    )


def _spans_in(policy: Policy, rule: Rule, day: date, zone: ZoneInfo) -> tuple[Span, ...]:
    kind = class_of(policy, day)
    whole = ((midnight(day, zone), midnight(day + ONE_DAY, zone)),)
    match rule.limit:
        case Hours(windows=windows) if kind is not None and kind in windows:
            return instants(windows[kind], day, zone)
        case ClosedDays(classes=classes) if kind in classes:
            return ()
        case Missing() if kind is None:
            return ()
        case _:
            return whole


@functools.lru_cache(maxsize=8192)
def rule_spans(policy: Policy, rule: Rule, day: date, zone_name: str) -> tuple[Span, ...]:
    """The instants of `day` (in the zone) that one rule about hours leaves open."""
    zone = home_zone(policy, zone_name)
    own = _spans_in(policy, rule, day, zone)
    if zone_name not in policy.both_zones:
        return own
    legal = home_zone(policy, policy.zone_default)
    near = (day - ONE_DAY, day, day + ONE_DAY)
    return intersect(own, tuple(s for d in near for s in _spans_in(policy, rule, d, legal)))


@functools.lru_cache(maxsize=8192)
def open_spans(policy: Policy, channel: Channel, day: date, zone_name: str) -> tuple[Span, ...]:
    """The instants of `day` all rules together leave open for `channel`."""
    zone = home_zone(policy, zone_name)
    spans: tuple[Span, ...] = ((midnight(day, zone), midnight(day + ONE_DAY, zone)),)
    for rule in policy.acting(channel):
        if about_hours(rule):
            spans = intersect(spans, rule_spans(policy, rule, day, zone_name))
    return spans


def fitting(spans: tuple[Span, ...], length: int) -> tuple[Span, ...]:
    """The spans that hold a contact of `length` seconds."""
    return tuple((a, b) for a, b in spans if b - a >= length)


def visit_windows(policy: Policy, day: date, zone_name: str) -> tuple[Span, ...]:
    """The half-open spans of instants in which a whole visit may lie on `day`, by day class alone.

    Spans shorter than the long stay (`policy.visit_seconds`) are none.
    """
    return fitting(open_spans(policy, Channel.VISIT, day, zone_name), policy.visit_seconds)


def inside(at: int, length: int, spans: tuple[Span, ...]) -> bool:
    """True when a contact [at, at + length) lies wholly inside one of `spans`."""
    return any(a <= at < b and at + length <= b for a, b in spans)


def next_open(policy: Policy, channel: Channel, at: int, length: int, zone_name: str) -> int:
    """The first instant from `at` on at which a contact of `length` seconds fits the hours.

    NEVER when there is none within `HORIZON` days.
    """
    day = local_day(at, home_zone(policy, zone_name))
    for _ in range(HORIZON):
        for a, b in open_spans(policy, channel, day, zone_name):
            start = max(a, at)
            if start < b and start + length <= b:
                return start
        day += ONE_DAY
    return NEVER


def next_working_day(policy: Policy, day: date) -> date:
    """The first day after `day` on which the hours permit a visit, in the pack's default zone.

    Raises PlannerError("policy.calendar_unknown") when no calendar tells of such a day.
    """
    for _ in range(HORIZON):
        day += ONE_DAY
        if visit_windows(policy, day, policy.zone_default):
            return day
    raise PlannerError("policy.calendar_unknown", country=policy.country, day=day.isoformat())
