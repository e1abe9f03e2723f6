"""Driving times learned from recorded trips: planned ways against what crews really took.

Only ways count of which both ends were recorded with their times: from when a visit ended to when
the next one of the same round began. Ways with a break or a planned wait in them, and times that
were taken over from the plan, tell nothing. Days are looked at once; the table says how many trips
it rests on and can be emptied.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from planner.clock import Clock
from planner.domain.codes import Channel
from planner.domain.plan import Plan, Route, Stop
from planner.domain.work import USUAL, Mode
from planner.geo.learned_speeds import (
    NOTHING,
    Bounds,
    Learned,
    Trip,
    from_json,
    learn,
    region_of,
    to_json,
)
from planner.geo.travel import TravelTimes
from planner.store import settings
from planner.store.crews import load_crews
from planner.store.driver import Connection
from planner.store.facts import load_contacts
from planner.store.plans import load_plan, planned_days
from planner.store.store import Store

KEY: Final = "travel.learned"
_WAIT = timedelta(minutes=10)  # planned idleness beyond this hides how long the way took
_SAME = timedelta(minutes=1)
_LONGEST = timedelta(hours=6)
Visits = Mapping[str, tuple[datetime, datetime]]  # debtor id -> begin and end of the visit


def load_learned(conn: Connection, made_by: str) -> Learned:
    """What was learned with ways reckoned as now (`made_by` names packs and speeds)."""
    told = settings.get(conn, KEY, {})
    return from_json(told.get("rows", ())) if told.get("made_by") == made_by else NOTHING


def refresh_learned(
    store: Store, travel: TravelTimes, regions: Mapping[str, Bounds], made_by: str, *, clock: Clock
) -> Learned:
    """Learn from the days that are over and were not looked at yet; the whole table.

    `travel` is the reckoning without what was learned. With other packs or speeds than before all
    days since the last reset are looked at anew.
    """
    today = clock().astimezone(ZoneInfo(store.zone)).date()
    with store.read() as conn:
        told: dict[str, Any] = settings.get(conn, KEY, {})
        since = date.fromisoformat(told.get("since", date.min.isoformat()))
        same = told.get("made_by") == made_by
        known = from_json(told.get("rows", ())) if same else NOTHING
        upto = date.fromisoformat(told["upto"]) if same and "upto" in told else since
        if same and upto >= today:
            return known
        modes = {crew.crew_id: crew.work.mode for crew in load_crews(conn)}
        for day in planned_days(conn):
            if max(upto, since) <= day < today and (plan := load_plan(conn, day)) is not None:
                found = day_trips(conn, plan, travel, regions, modes, store.zone)
                known = learn(known, found)
    kept = {"since": since.isoformat(), "upto": today.isoformat(), "made_by": made_by}
    with store.write() as tx:
        settings.put(tx, KEY, kept | {"rows": to_json(known)})
    return known


def reset_learned(store: Store, *, clock: Clock) -> None:
    """Forget what was learned; trips of days before this one do not count any more."""
    today = clock().astimezone(ZoneInfo(store.zone)).date().isoformat()
    with store.write() as tx:
        settings.put(tx, KEY, {"since": today})


def day_trips(
    conn: Connection,
    plan: Plan,
    travel: TravelTimes,
    regions: Mapping[str, Bounds],
    modes: Mapping[str, Mode],
    zone: str,
) -> list[Trip]:
    """The trips of one day of which both ends were recorded."""
    found: list[Trip] = []
    for route in plan.routes:
        mode = modes.get(route.crew_id, USUAL.mode)
        legs = list(_legs(route, _visits(conn, route, plan.day, zone)))
        if mode is Mode.FOOT or not legs:
            continue
        spots = [(stop.lat, stop.lon) for stop in route.stops]
        lat, lon = np.array(spots, np.float64).T
        metres, seconds = travel.matrix(lat, lon, mode)
        guessed = travel.legs_estimated(lat, lon, mode)
        for k, begin, end in legs:
            reckoned = int(seconds[k, k + 1])
            planned = (route.stops[k + 1].start - route.stops[k].leave).total_seconds()
            if planned - reckoned > _WAIT.total_seconds():
                continue
            region = "" if guessed[k, k + 1] else region_of(regions, *spots[k])
            hour = begin.astimezone(ZoneInfo(zone)).hour
            took = int((end - begin).total_seconds())
            found.append(Trip(region, int(metres[k, k + 1]), reckoned, took, hour))
    return found


def _legs(route: Route, visits: Visits) -> Iterator[tuple[int, datetime, datetime]]:
    """(number of the first stop, end of its visit, begin of the next one) of each way that tells
    something."""
    for k, (one, other) in enumerate(pairwise(route.stops)):
        if one.debtor_id not in visits or other.debtor_id not in visits:
            continue
        begin, end = visits[one.debtor_id][1], visits[other.debtor_id][0]
        rested = any(a < other.start and b > one.leave for a, b in route.breaks)
        if not rested and begin < end <= begin + _LONGEST and not _copied(one, other, begin, end):
            yield k, begin, end


def _copied(one: Stop, other: Stop, begin: datetime, end: datetime) -> bool:
    return abs(begin - one.leave) < _SAME and abs(end - other.start) < _SAME


def _visits(conn: Connection, route: Route, day: date, zone: str) -> Visits:
    """The visits of the route's people on `day` of which begin and end were recorded."""
    found = {}
    for stop in route.stops:
        for one in load_contacts(conn, stop.debtor_id):
            here = one.at.astimezone(ZoneInfo(zone)).date() == day
            if one.channel is Channel.VISIT and here and one.leave is not None:
                found[stop.debtor_id] = one.at, one.leave
    return found
