"""Split the book over the collectors: by area, skill and working time, balanced by cases, amount,
stage of arrears and kilometres; what stays uneven has its reason. Nothing is saved here: hand
`SplitBook.changes` to `team.assign`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from planner.actions.roles import need_lead
from planner.actions.split_persons import Persons, doors_of, persons_of_book
from planner.actions.team import Collector, collectors
from planner.domain.work import missing_skills
from planner.errors import PlannerError
from planner.ranking.params import load_params
from planner.routing import balance
from planner.routing.uneven import DOOR, FAR, LACKS, ONLY, Cause, causes, deviations
from planner.store.store import Store
from planner.store.team import Absence, load_absences

STAGES: Final = ("early", "middle", "late")
MEASURES: Final = ("cases", "amount", "stage", "metres")
HORIZON: Final = 28  # days ahead whose working hours say how much somebody can do
LEAST, MOST = 0.01, 0.50  # tolerance
TOLERANCE: Final = 0.10


@dataclass(frozen=True, slots=True)
class Load:
    """What a collector has: persons, open cases, minor units overdue, cases per stage (as STAGES),
    and the estimated metres of visiting everybody once."""

    persons: int
    cases: int
    amount: int
    stages: tuple[int, ...]
    metres: int


@dataclass(frozen=True, slots=True)
class Part:
    """One collector before and after; `goal` is the collector's part of everything by `share` (of
    the working hours of all, `hours` in the weeks to come)."""

    collector_id: str
    name: str
    share: float
    hours: float
    before: Load
    after: Load
    goal: Load


@dataclass(frozen=True, slots=True)
class Worst:
    """The largest deviation from a goal in a measure (of MEASURES), as a part of the goal, and
    whose it is; `before` as it is now, None where nobody has anybody yet."""

    measure: str
    before: float | None
    after: float
    collector_id: str


@dataclass(frozen=True, slots=True)
class Uneven:
    """Why a measure is out of its tolerance. `why` is a code of `routing.uneven`; the words stand
    under "team.why.<why>" with `figures` (collector, and of them: percent, persons, skill, county,
    stage)."""

    measure: str
    collector_id: str
    why: str
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SplitBook:
    """A split. `owner` and `present`: collector id by debtor id (nobody: left out); `nobody`:
    persons whom no collector may have for want of a skill, by debtor id with the tags; `places`
    (lat, lon) for the map; `moved`: how many persons change hands."""

    day: date
    tolerance: float
    owner: Mapping[str, str]
    present: Mapping[str, str]
    parts: tuple[Part, ...]
    worst: tuple[Worst, ...]
    uneven: tuple[Uneven, ...]
    nobody: Mapping[str, tuple[str, ...]]
    places: Mapping[str, tuple[float, float]]

    @property
    def changes(self) -> dict[str, str]:
        """Who is to be assigned to whom, for `team.assign`."""
        return {who: one for who, one in self.owner.items() if self.present.get(who) != one}

    @property
    def moved(self) -> int:
        """How many persons had another collector before."""
        return sum(who in self.present for who in self.changes)


def split_book(
    store: Store,
    day: date,
    *,
    tolerance: float = TOLERANCE,
    keep: bool = False,
    debtor_ids: Collection[str] | None = None,
    staff: Collection[str] | None = None,
    seed: int = 0,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> SplitBook:
    """The split of everybody with an open case (of `debtor_ids`; the others stay where they are).

    `staff`: the collectors who take part (default all who work in the HORIZON from `day` on).
    `keep` leaves present assignments as far as the tolerance allows. Persons behind one door go
    together. The same for the same book, `day` and `seed`. Cancelled, the best until then. Raises
    PlannerError("team.lead_only"), ("team.tolerance"), ("team.no_collectors"), ("team.collector").
    """
    need_lead(store)
    if not LEAST <= tolerance <= MOST:
        raise PlannerError("team.tolerance")
    everyone = collectors(store)
    if staff is not None and (gone := set(staff) - {one.collector_id for one in everyone}):
        raise PlannerError("team.collector", collector=min(gone))
    with store.read() as conn:
        away = load_absences(conn, day, day + timedelta(days=HORIZON))
        people = persons_of_book(conn, day, store.zone, load_params().stage)
    hours = np.array([
        working_hours(one, day, away) if staff is None or one.collector_id in staff else 0.0
        for one in everyone
    ])  # fmt: skip
    if not hours.sum():
        raise PlannerError("team.no_collectors")
    work = _Work(everyone, hours, people, keep, debtor_ids)
    found = balance.split(
        work.task, tolerance=tolerance, seed=seed, on_progress=on_progress, cancelled=cancelled
    )
    return work.told(found, day, tolerance)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What everybody has now: `loads` by collector id; `nobody` are persons with an open case whom
    nobody has, `gone` how many somebody has who is on no crew's list any more, by collector id."""

    loads: Mapping[str, Load]
    nobody: tuple[str, ...]
    gone: Mapping[str, int]


def holdings(store: Store, day: date) -> Holdings:
    """Who has what as of `day`, counted as a split counts it."""
    everyone = collectors(store)
    with store.read() as conn:
        people = persons_of_book(conn, day, store.zone, load_params().stage)
    held = [people.present.get(who, "") for who in people.ids]
    nobody = tuple(who for who, one in zip(people.ids, held, strict=True) if not one)
    number = {one.collector_id: k for k, one in enumerate(everyone)}
    gone = {one: held.count(one) for one in sorted(set(held) - number.keys() - {""})}
    if not everyone:
        return Holdings({}, nobody, gone)
    work = _Work(everyone, np.ones(len(everyone)), people, keep=False, chosen=None)
    loads = work._loads_of_persons(np.array([number.get(one, -1) for one in held], np.int64))
    return Holdings({one: _load(loads[k]) for one, k in number.items()}, nobody, gone)


def working_hours(one: Collector, day: date, away: Collection[Absence]) -> float:
    """Hours of shifts in the HORIZON from `day` on, absences taken off."""
    total = 0
    for k in range(HORIZON):
        today = day + timedelta(days=k)
        if any(a.collector_id == one.collector_id and a.first <= today <= a.last for a in away):
            continue
        lengths = [c.end - c.start for c in one.crews if today.isoweekday() in c.weekdays]
        total += max(lengths, default=0)
    return total / 3600


class _Work:
    """A split under way: doors, columns, and the way back to persons."""

    def __init__(
        self, staff: tuple[Collector, ...], hours: balance.F64, people: Persons, keep: bool,
        chosen: Collection[str] | None,
    ) -> None:  # fmt: skip
        self._staff, self._hours, self._people = staff, hours, people
        self._number = {one.collector_id: k for k, one in enumerate(staff)}
        self._able = self._abilities()
        self._door = doors_of(people, self._able, _fixed(people, chosen))
        self.task = self._task(keep, chosen)

    def _abilities(self) -> balance.Bools:
        """[persons, collectors]: who can go to whom."""
        able = np.repeat((self._hours > 0)[None, :], len(self._people.ids), axis=0)
        for row, needs in self._people.needs.items():
            for k, one in enumerate(self._staff):
                able[row, k] &= any(
                    not missing_skills(needs, crew.work.skills, len(crew.members))
                    for crew in one.crews
                )
        return able

    def _task(self, keep: bool, chosen: Collection[str] | None) -> balance.Split:
        people, door = self._people, self._door
        count, m = int(door.max(initial=-1)) + 1, len(self._staff)
        value = np.zeros((count, 2 + len(STAGES)))
        np.add.at(value, door, people.value)
        allowed = np.ones((count, m), np.bool_)
        np.logical_and.at(allowed, door, self._able)
        present = np.full(count, -1, np.int64)
        had = np.array([self._number.get(people.present.get(w, ""), -1) for w in people.ids])
        present[door] = np.where(had >= 0, had, present[door])
        for row in np.flatnonzero(_fixed(people, chosen)).tolist():
            allowed[door[row]] = False
            if had[row] >= 0:
                allowed[door[row], had[row]] = True
        x, y = (np.full(count, np.nan) for _ in range(2))
        x[door], y[door] = people.x, people.y
        home_x, home_y = people.plane(
            np.array([one.lat for one in self._staff]), np.array([one.lon for one in self._staff])
        )
        return balance.Split(
            x, y, value, home_x, home_y, self._hours / self._hours.sum(), allowed, present, keep
        )

    def told(self, found: balance.Found, day: date, tolerance: float) -> SplitBook:
        """The split in the words of the trade."""
        people, door = self._people, self._door
        ids = [one.collector_id for one in self._staff]
        owner = {who: ids[k] for who, k in zip(people.ids, found.owner[door].tolist(), strict=True)
                 if k >= 0}  # fmt: skip
        present = {who: one for who, one in people.present.items() if who in set(people.ids)}
        had = np.array([self._number.get(present.get(who, ""), -1) for who in people.ids], np.int64)
        before = self._loads_of_persons(had)
        after = self._loads_of_persons(found.owner[door])
        working = self._hours > 0
        uneven = tuple(self._uneven(one) for one in causes(self.task, found, tolerance))
        return SplitBook(
            day, tolerance, owner, present,
            tuple(self._part(k, before, after, found) for k in np.flatnonzero(
                working | (before[:, 0] > 0) | (after[:, 0] > 0)).tolist()),
            self._worst(before, found), uneven,
            {people.ids[row]: people.needs.get(row, ()) for row in
             np.flatnonzero(~self._able.any(axis=1)).tolist()},
            {who: (float(a), float(b)) for who, a, b in
             zip(people.ids, people.lat, people.lon, strict=True) if not np.isnan(a)},
        )  # fmt: skip

    def _loads_of_persons(self, owner: balance.I64) -> balance.F64:
        """[m, 1 + columns]: persons first, then as the columns of the task, metres last.

        A door counts once for everybody who has somebody behind it.
        """
        people, some = self._people, owner >= 0
        key = self._door[some] * len(self._staff) + owner[some]
        _, first, pair = np.unique(key, return_index=True, return_inverse=True)
        value = np.zeros((len(first), people.value.shape[1]))
        np.add.at(value, pair.reshape(-1), people.value[some])
        holder, task = owner[some][first], self.task
        parts = balance.Split(
            people.x[some][first], people.y[some][first], value, task.home_x, task.home_y,
            task.share, np.ones((len(first), len(self._staff)), np.bool_), holder,
        )  # fmt: skip
        loads = balance.loads_of(parts, holder)
        persons = np.bincount(owner[owner >= 0], minlength=len(self._staff))
        return np.column_stack([persons, loads])

    def _part(self, k: int, before: balance.F64, after: balance.F64, found: balance.Found) -> Part:
        one = self._staff[k]
        goal = np.concatenate([[after[:, 0].sum() * self.task.share[k]], found.targets[k]])
        return Part(
            one.collector_id, one.name, float(self.task.share[k]), float(self._hours[k]),
            _load(before[k]), _load(after[k]), _load(goal),
        )  # fmt: skip

    def _worst(self, before: balance.F64, found: balance.Found) -> tuple[Worst, ...]:
        now = before[:, 1:]
        first = not before[:, 0].any()
        old = deviations(now, balance.targets_of(self.task, now))
        new = deviations(found.loads, found.targets)
        told = []
        for name, columns in zip(MEASURES, _COLUMNS, strict=True):
            unit = int(new[:, columns].max(axis=1).argmax())
            worst = float(new[:, columns].max())
            told.append(
                Worst(
                    name,
                    None if first else float(old[:, columns].max()),
                    worst,
                    self._staff[unit].collector_id,
                )
            )
        return tuple(told)

    def _uneven(self, one: Cause) -> Uneven:
        name = next(n for n, columns in zip(MEASURES, _COLUMNS, strict=True)
                    if one.column in columns)  # fmt: skip
        staff = self._staff[one.unit]
        figures: dict[str, Any] = {"collector": staff.name}
        if name == "stage":
            figures["stage"] = STAGES[one.column - _COLUMNS[2][0]]
        rows = np.flatnonzero(self._door == one.door)
        if one.why == DOOR:
            figures |= {"persons": len(rows), "percent": round(one.share * 100)}
        if one.why == FAR:
            figures["county"] = self._area(rows)
        if one.why in (ONLY, LACKS):
            needs = {tag for row in rows.tolist() for tag in self._people.needs.get(row, ())}
            figures["skill"] = ", ".join(sorted(needs))
        return Uneven(name, staff.collector_id, one.why, figures)

    def _area(self, rows: balance.I64) -> str:
        """Where these persons live: the county, else degrees of latitude and longitude."""
        people = self._people
        known = next((people.area[row] for row in rows.tolist() if people.area[row]), "")
        row = int(rows[0])
        return known or f"{people.lat[row]:.2f}, {people.lon[row]:.2f}"


_COLUMNS: Final = ([0], [1], [2, 3, 4], [5])  # of the task, by MEASURES


def _load(row: balance.F64) -> Load:
    persons, cases, amount, *stages, metres = (round(float(one)) for one in row)
    return Load(persons, cases, amount, tuple(stages), metres)


def _fixed(people: Persons, chosen: Collection[str] | None) -> balance.Bools:
    """Who is not to be moved."""
    if chosen is None:
        return np.zeros(len(people.ids), np.bool_)
    wanted = frozenset(chosen)
    return np.array([who not in wanted for who in people.ids], np.bool_)
