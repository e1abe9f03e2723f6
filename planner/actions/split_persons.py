"""The persons of a book as a split needs them: where they are, what they count, which door is
theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from planner.domain.facts import F64, FactTable
from planner.ranking.params import Stage
from planner.routing.balance import I64, Bools
from planner.store.doors import load_doors
from planner.store.driver import Connection
from planner.store.facts import load_facts
from planner.store.team import collectors_of
from planner.store.wanted import load_needs

EARTH_DEGREE = 111_195.0  # metres of a degree on the mean sphere


@dataclass(frozen=True)
class Persons:
    """n persons with open cases: place (degrees, and metres on a plane; NaN = unknown), `value`
    [n, 5] = open cases, overdue minor units, cases by stage; `needs` by row; `present` by id;
    `door` a text that is the same for persons behind one door, `area` the county (or township) of
    their place, "" where it is not known."""

    ids: tuple[str, ...]
    lat: F64
    lon: F64
    value: F64
    needs: Mapping[int, tuple[str, ...]]
    present: Mapping[str, str]
    door: tuple[str, ...]
    middle: float  # the latitude of the plane
    area: tuple[str, ...]

    @property
    def x(self) -> F64:
        """Metres to the east."""
        return self.plane(self.lat, self.lon)[0]

    @property
    def y(self) -> F64:
        """Metres to the north."""
        return self.plane(self.lat, self.lon)[1]

    def plane(self, lat: F64, lon: F64) -> tuple[F64, F64]:
        """(x, y) metres of these degrees; true near the middle of the book."""
        return lon * EARTH_DEGREE * np.cos(np.radians(self.middle)), lat * EARTH_DEGREE


def persons_of_book(conn: Connection, day: date, zone: str, rule: Stage) -> Persons:
    """Everybody with an open case as of `day`; stages as ranking knows them."""
    table = load_facts(conn, day, zone=zone)
    ids, place = tuple(table.debtor_ids), _best_place(table)
    known = place >= 0
    lat, lon = (np.where(known, column[place], np.nan) if len(column) else np.full(table.n, np.nan)
                for column in (table.address_lat, table.address_lon))  # fmt: skip
    days = day.toordinal() - table.overdue_since
    stage = np.digitize(days, [rule.middle_from, rule.late_from])
    cases = table.open_cases.astype(np.float64)
    value = np.column_stack([
        cases, table.amount.astype(np.float64), *(cases * (stage == k) for k in range(3))
    ])  # fmt: skip
    tags = load_needs(conn)
    needs = {row: tags[who] for row, who in enumerate(ids) if who in tags}
    middle = float(np.nanmean(lat)) if known.any() else 0.0
    doors = _doors(conn, table, place)
    return Persons(
        ids, lat, lon, value, needs, collectors_of(conn), doors, middle, _areas(conn, table, place)
    )


def _areas(conn: Connection, table: FactTable, place: I64) -> tuple[str, ...]:
    names = dict(
        conn.execute(
            "SELECT address_id, CASE WHEN county <> '' THEN county ELSE township END FROM address"
        ).fetchall()
    )
    return tuple(names.get(table.address_ids[k], "") if k >= 0 else "" for k in place.tolist())


def _best_place(table: FactTable) -> I64:
    """The row of the best valid address with a position of each person; -1 for none."""
    found = np.full(table.n, -1, np.int64)
    usable = np.flatnonzero(table.address_valid & ~np.isnan(table.address_lat))
    rows = np.searchsorted(table.address_off, usable, side="right") - 1
    order = np.lexsort((-usable, -table.address_grade[usable].astype(np.int64)))
    found[rows[order]] = usable[order]  # the best is written last
    return found


def _doors(conn: Connection, table: FactTable, place: I64) -> tuple[str, ...]:
    """The same text for persons at one door, as planning knows doors; else the person's own id."""
    doors = load_doors(conn, table.debtor_ids)
    return tuple(
        doors.get((who, table.address_ids[k]), who) if k >= 0 else who
        for who, k in zip(table.debtor_ids, place.tolist(), strict=True)
    )


def doors_of(people: Persons, able: Bools, fixed: Bools) -> I64:
    """The number of each person's door; who is not to be moved is a door alone, and so is everybody
    behind a door that no collector can serve as a whole."""
    known: dict[str, int] = {}
    door = np.array(
        [known.setdefault(who if alone else f"{text}|", len(known))
         for who, text, alone in zip(people.ids, people.door, fixed.tolist(), strict=True)],
        np.int64,
    )  # fmt: skip
    whole = np.ones((len(known), able.shape[1]), np.bool_)
    np.logical_and.at(whole, door, able)
    able_whole: Bools = np.any(whole, axis=1).reshape(-1)
    split = ~able_whole[door]
    door[split] = len(known) + np.arange(int(split.sum()))
    found: I64 = np.unique(door, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return found
