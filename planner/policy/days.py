"""What kind of day a date is, and which hours of it a kind of contact may use.

China's calendar with its make-up workdays comes from chinesecalendar; a year it does not cover yet,
and every other country, comes from the holidays library. A day neither covers is unknown, and
nothing is planned on it.
"""

import functools
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import chinese_calendar
import holidays

from planner.errors import PlannerError

Span = tuple[int, int]  # half-open: minutes after midnight, or instants

ONE_DAY = timedelta(days=1)


class DayClass(StrEnum):
    """Kinds of day. A Saturday or Sunday worked in lieu of a holiday has a kind of its own."""

    WORKDAY = "workday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    HOLIDAY = "holiday"
    MAKEUP_SATURDAY = "makeup_saturday"
    MAKEUP_SUNDAY = "makeup_sunday"


_WEEKEND = {5: DayClass.SATURDAY, 6: DayClass.SUNDAY}
_MAKEUP = {5: DayClass.MAKEUP_SATURDAY, 6: DayClass.MAKEUP_SUNDAY}


def published_until(country: str) -> int | None:
    """The last year of a calendar that is published year by year; None where there is none."""
    if country != "CN":
        return None
    return int(max(chinese_calendar.constants.holidays).year)


@functools.lru_cache(maxsize=64)
def _holidays_of(country: str, region: str, year: int) -> holidays.HolidayBase | None:
    """The holidays library's calendar of one year, None when it does not cover it."""
    try:
        calendar = holidays.country_holidays(country, subdiv=region or None, years=year)
    except NotImplementedError:
        return None
    return calendar if calendar.start_year <= year <= calendar.end_year else None


def _published(country: str, day: date) -> DayClass | None:
    """The class of `day` by the published Chinese calendar, None when that is not at hand."""
    if country != "CN":
        return None
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    weekday = day.weekday()
    if off:
        return DayClass.HOLIDAY if name else _WEEKEND[weekday]
    return _MAKEUP.get(weekday, DayClass.WORKDAY)


@functools.lru_cache(maxsize=4096)
def day_class(country: str, day: date, regions: tuple[str, ...] = ()) -> DayClass:
    """The class of the calendar day `day` in `country` (ISO 3166 alpha-2).

    With `regions` (ISO 3166-2) it is a holiday where one of them has one. Raises
    PlannerError("policy.calendar_unknown") when no calendar covers the year.
    """
    found = _published(country, day)
    if found is not None:
        return found
    calendars = [_holidays_of(country, region, day.year) for region in regions or ("",)]
    if None in calendars:
        raise PlannerError("policy.calendar_unknown", country=country, day=day.isoformat())
    known = [calendar for calendar in calendars if calendar is not None]
    if any(day in calendar for calendar in known):
        return DayClass.HOLIDAY
    if any(day in calendar.weekend_workdays for calendar in known):
        return _MAKEUP.get(day.weekday(), DayClass.WORKDAY)
    return _WEEKEND.get(day.weekday(), DayClass.WORKDAY)


@functools.lru_cache(maxsize=256)
def zone_info(name: str) -> ZoneInfo | None:
    """The time zone `name`, None when it is empty or unknown."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _wall(day: date, minute: int, zone: ZoneInfo) -> list[int]:
    """Both instants a wall time may mean: they differ only in the hour clocks are set."""
    local = datetime.combine(day, time(), zone).replace(tzinfo=None) + timedelta(minutes=minute)
    return [int(local.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1)]


@functools.lru_cache(maxsize=16384)
def midnight(day: date, zone: ZoneInfo) -> int:
    """The instant at which `day` begins in `zone`."""
    return min(_wall(day, 0, zone))


def instants(spans: tuple[Span, ...], day: date, zone: ZoneInfo) -> tuple[Span, ...]:
    """Wall-clock `spans` (minutes after midnight) of `day` as half-open spans of instants.

    Where clocks are set, the shorter reading counts: a window opens at the later of the two moments
    its wall time may mean and closes at the earlier.
    """
    real = ((max(_wall(day, a, zone)), min(_wall(day, b, zone))) for a, b in spans)
    return tuple((a, b) for a, b in real if a < b)


def intersect(left: tuple[Span, ...], right: tuple[Span, ...]) -> tuple[Span, ...]:
    """The common part of two sets of half-open spans, ordered."""
    both = ((max(a, c), min(b, d)) for a, b in left for c, d in right)
    return tuple(sorted((a, b) for a, b in both if a < b))


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The union of half-open spans, ordered; empty ones are dropped, touching ones made one."""
    result: list[Span] = []
    for a, b in sorted(span for span in spans if span[0] < span[1]):
        if result and a <= result[-1][1]:
            result[-1] = (result[-1][0], max(b, result[-1][1]))
        else:
            result.append((a, b))
    return tuple(result)


def local_day(at: int, zone: ZoneInfo) -> date:
    """The calendar day in `zone` at the instant `at`."""
    return datetime.fromtimestamp(at, zone).date()
