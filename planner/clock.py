"""Time comes in as an argument: a clock is any function that answers an aware datetime."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def today(clock: Clock, zone: str) -> date:
    """The calendar day in the IANA zone `zone` at the clock's moment."""
    return clock().astimezone(ZoneInfo(zone)).date()
