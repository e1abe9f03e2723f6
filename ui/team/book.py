"""What the pages of a team show, read off the GUI thread; no words here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np

from planner.actions.progress import CollectorWeek, week_at_a_glance
from planner.actions.split_book import Holdings, Load, holdings
from planner.actions.team import Collector, collectors
from planner.store.people import PersonRow, load_rows
from planner.store.store import Store
from planner.store.team import COLLECTOR, Absence, load_absences, persons_of, role

AHEAD = 90  # days for which absences are listed
_NONE = Load(0, 0, 0, (0, 0, 0), 0)


@dataclass(frozen=True, slots=True)
class Member:
    """A collector with what they have; `near` is the township at the start of their way; `away`
    the absences of the coming AHEAD days."""

    collector: Collector
    load: Load
    near: str
    away: tuple[Absence, ...]


@dataclass(frozen=True, slots=True)
class TeamBook:
    """Everybody on `day`; `holdings` also tells who has nobody."""

    day: date
    members: tuple[Member, ...] = ()
    holdings: Holdings = field(default_factory=lambda: Holdings({}, (), {}))

    def member(self, collector_id: str) -> Member | None:
        """The collector with this number."""
        return next((m for m in self.members if m.collector.collector_id == collector_id), None)


def is_collector(store: Store) -> bool:
    """Whether this workspace is a collector's."""
    with store.read() as conn:
        return role(conn) == COLLECTOR


def load_team(store: Store, day: date) -> TeamBook:
    """All collectors and what each has on `day`."""
    everyone, held = collectors(store), holdings(store, day)
    with store.read() as conn:
        away = load_absences(conn, day, day + timedelta(days=AHEAD))
        places = conn.execute(
            "SELECT lat, lon, CASE WHEN township <> '' THEN township ELSE county END FROM address"
            " WHERE lat IS NOT NULL AND (township <> '' OR county <> '')"
        ).fetchall()
    near = _nearest(everyone, places)
    members = [
        Member(
            one, held.loads.get(one.collector_id, _NONE), near.get(one.collector_id, ""),
            tuple(a for a in away if a.collector_id == one.collector_id),
        )
        for one in sorted(everyone, key=lambda c: (c.name, c.collector_id))
    ]  # fmt: skip
    return TeamBook(day, tuple(members), held)


def _nearest(
    everyone: tuple[Collector, ...], places: list[tuple[float, float, str]]
) -> Mapping[str, str]:
    """The township of the address that is nearest to each start."""
    if not places:
        return {}
    spots = np.array([(lat, lon) for lat, lon, _ in places], np.float64)
    found = {}
    for one in everyone:
        north = spots[:, 0] - one.lat
        east = (spots[:, 1] - one.lon) * np.cos(np.radians(one.lat))
        found[one.collector_id] = places[int((north**2 + east**2).argmin())][2]
    return found


def load_week(store: Store, day: date, now: datetime) -> tuple[date, tuple[CollectorWeek, ...]]:
    """The week from Monday on in which `day` lies, of every collector."""
    monday = day - timedelta(days=day.weekday())
    return monday, week_at_a_glance(store, monday, now)


def people_of(store: Store, collector_id: str) -> list[PersonRow]:
    """The persons a collector has, as a list shows them, by township and name."""
    with store.read() as conn:
        rows = load_rows(conn, persons_of(conn, collector_id))
    return sorted(rows, key=lambda row: (row.township, row.name, row.debtor_id))


def people_with(store: Store, debtor_ids: tuple[str, ...]) -> list[PersonRow]:
    """These persons, as a list shows them."""
    with store.read() as conn:
        rows = load_rows(conn, list(debtor_ids))
    return sorted(rows, key=lambda row: (row.township, row.name, row.debtor_id))
