"""Local time of many instants at once: offset, calendar day and clock in an IANA zone (numpy).

Instants are int64 seconds since the epoch (UTC); days are proleptic ordinals (`date.toordinal`).
"""

import functools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from babel.core import get_global

from planner.domain.facts import I64

DAY = 86_400
EPOCH = date(1970, 1, 1).toordinal()
_BLOCK = 1024  # days per cached block


def _offset(seconds: int, zone: str) -> int:
    at = datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone))
    delta = at.utcoffset()
    return 0 if delta is None else int(delta.total_seconds())


@functools.lru_cache(maxsize=256)
def _block(block: int, zone: str) -> I64:
    """Offset at the start of each UTC day of a block, one day more at the end."""
    first = block * _BLOCK
    days = range(first, first + _BLOCK + 1)
    return np.array([_offset(day * DAY, zone) for day in days], np.int64)


def offsets(at: I64, zone: str) -> I64:
    """Seconds east of UTC in `zone` at each instant of `at` (years 1 to 9999).

    Zone rules are asked once per day; instants on a day of change are asked one by one.
    """
    days = at // DAY
    result = np.empty(len(at), np.int64)
    block_of = days // _BLOCK
    low, high = (int(block_of.min()), int(block_of.max())) if len(at) else (0, -1)
    for block in range(low, high + 1):
        table = _block(block, zone)
        here = slice(None) if low == high else block_of == block
        place = days[here] - block * _BLOCK
        values = table[place]
        for k in np.flatnonzero(values != table[place + 1]):
            values[k] = _offset(int(at[here][k]), zone)
        result[here] = values
    return result


def local_seconds(at: I64, zone_of: I64, zones: tuple[str, ...]) -> I64:
    """Local clock time as seconds since 1970-01-01 00:00 local; `zone_of` indexes `zones`."""
    if len(zones) == 1:
        return at + offsets(at, zones[0])
    local = at.copy()
    for index, zone in enumerate(zones):
        here = zone_of == index
        local[here] += offsets(at[here], zone)
    return local


def ordinals(local: I64) -> I64:
    """Calendar day (ordinal) of local seconds."""
    return local // DAY + EPOCH


def known_zones(zones: tuple[str, ...], default: str) -> tuple[str, ...]:
    """`zones` with `default` in place of names that no time zone has ("" among them)."""
    return tuple(zone if _exists(zone) else default for zone in zones)


@functools.lru_cache(maxsize=1024)
def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, ZoneInfoNotFoundError):  # OSError: the name of a folder
        return False
    return True


@functools.lru_cache(maxsize=1024)
def country_of(zone: str) -> str:
    """The country (ISO 3166 alpha-2) of an IANA zone name by Unicode's tables, "" = none."""
    name = get_global("zone_aliases").get(zone, zone)
    return str(get_global("zone_territories").get(name, ""))


def midnight(day: date, zone: str, hours: int = 0) -> int:
    """The instant at which the clock in `zone` shows `hours`:00 on `day` (24 = the next day)."""
    shown = day + timedelta(days=hours // 24)
    at = datetime.combine(shown, time(hours % 24), ZoneInfo(zone))
    return int(at.timestamp())
