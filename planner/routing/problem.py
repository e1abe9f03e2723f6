"""The neutral problem: visits that pay a prize, shifts that may make them, travel between places.

Money in integer minor units, times in whole seconds of a day counted from that day's midnight,
durations in seconds. No word of the trade appears here: a file of the format
`fairvisit-problem/1` can be solved without the rest of the program.

Group: at most one visit of a group is made. Where members of a group are mandatory, one of those
members has to be made.

Door: the visits of one door that are made on a day are one stop, made by one shift right after each
other without a pause; the windows of each hold from the arrival at the door on. Of the `service` of
those that follow, `once` seconds fall away. Only pinned visits of one door may come apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.errors import PlannerError
from planner.routing.fields import (
    flag,
    known_fields,
    listing,
    matrix,
    name,
    optional,
    required,
    unique,
    whole,
)

FORMAT = "fairvisit-problem/1"
MOST_VISITS = 100_000
MOST_SHIFTS = 2_000
MOST_CELLS = 50_000_000
MOST_BREAKS = 4
LATEST = 100_000_000
DEAREST = 10**12
MOST_ARC = 2**31 - 3  # two halves may be rounded up

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Places = int | Sequence[int] | npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Matrix:
    """Travel between places, i32[places, places]: seconds and money of each arc."""

    duration: I32
    cost: I32


@dataclass(frozen=True, eq=False)
class Windows:
    """Columns, one row per window, sorted by (visit, day, open): [open, close] bounds the start."""

    visit: I32
    day: I32
    open: I32
    close: I32
    prize: I64


@dataclass(frozen=True)
class Shift:
    """One crew on one day. Indexes refer to places and visits; None = not bounded or not priced.

    `overtime_price` and `waiting_price` are per second, `hour_price` per hour of driving.
    """

    id: str
    day: int
    start: int
    end: int
    earliest: int
    latest: int
    max_duration: int | None = None
    max_driving: int | None = None
    breaks: tuple[tuple[int, int, int], ...] = ()
    fixed_cost: int = 0
    overtime_price: int | None = None
    waiting_price: int = 0
    hour_price: int = 0
    cost_percent: int = 100
    matrix: str = ""
    pinned: tuple[int, ...] = ()
    initial: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Problem:
    """A checked problem. `matrices[""]` is the main one; `allowed` is bool[visits, shifts].

    `door` is a number for each visit, -1 = none, and `once` seconds; both None: nobody shares one.
    """

    matrices: Mapping[str, Matrix]
    ids: tuple[str, ...]
    location: I32
    service: I32
    prize: I64
    mandatory: Bools
    group: I32
    groups: tuple[str, ...]
    windows: Windows
    allowed: Bools
    shifts: tuple[Shift, ...]
    keep_reward: int = 0
    door: I32 | None = None
    once: I32 | None = None

    def matrix_of(self, shift: Shift) -> Matrix:
        """The matrix by which `shift` travels."""
        return self.matrices[shift.matrix]

    def travel_cost(self, shift: Shift, a: Places, b: Places) -> I64:
        """What the arcs a → b (places, broadcast against each other) cost `shift`, rounded each."""
        table = self.matrices[shift.matrix]
        money: I64 = table.cost[a, b].astype(np.int64)
        if shift.cost_percent != 100:
            money = (money * shift.cost_percent + 50) // 100
        if shift.hour_price:
            money = (
                money + (table.duration[a, b].astype(np.int64) * shift.hour_price + 1800) // 3600
            )
        return money


_TOP = ("format", "duration", "cost", "matrices", "visits", "shifts", "keep_reward")
_VISIT = (
    *("id", "location", "service", "prize", "windows", "mandatory", "group", "shifts", "door"),
    "once",
)
_SHIFT = (
    *("id", "day", "start_location", "end_location", "earliest", "latest", "max_duration"),
    *("max_driving", "breaks", "fixed_cost", "overtime_price", "waiting_price", "hour_price"),
    *("cost_percent", "matrix", "pinned", "pinned_times", "initial"),
)


def from_json(data: object) -> Problem:
    """A problem out of parsed JSON (matrices may also be numpy arrays of whole numbers).

    Raises PlannerError("problem.<code>", field=…) that names the field at fault.
    """
    top = known_fields(data, "", _TOP)
    if top.get("format", FORMAT) != FORMAT:
        raise PlannerError("problem.format", field="format", wanted=FORMAT)
    matrices = _matrices(top)
    places = len(matrices[""].duration)
    visits = listing(required(top, "visits", ""), "visits", MOST_VISITS)
    shifts = listing(required(top, "shifts", ""), "shifts", MOST_SHIFTS)
    if len(visits) * len(shifts) > MOST_CELLS:
        raise PlannerError("problem.too_many", field="visits", most=MOST_CELLS // len(shifts))
    rows = [known_fields(row, f"visits[{i}]", _VISIT) for i, row in enumerate(visits)]
    ids = unique(rows, "visits")
    shift_rows = [known_fields(row, f"shifts[{i}]", _SHIFT) for i, row in enumerate(shifts)]
    shift_at = {key: i for i, key in enumerate(unique(shift_rows, "shifts"))}
    group, groups = _groups(rows)
    visit_at = {key: i for i, key in enumerate(ids)}
    parsed = tuple(
        _shift(row, f"shifts[{i}]", places, matrices, visit_at) for i, row in enumerate(shift_rows)
    )
    prize = [_money(row, "prize", f"visits[{i}]", None, -DEAREST) for i, row in enumerate(rows)]
    problem = Problem(
        matrices=matrices,
        ids=tuple(ids),
        location=_column(rows, "location", None, places - 1),
        service=_column(rows, "service", 0, LATEST),
        prize=np.array(prize, np.int64),
        mandatory=np.array(
            [flag(row, "mandatory", f"visits[{i}].mandatory") for i, row in enumerate(rows)],
            np.bool_,
        ),
        group=group,
        groups=groups,
        windows=_pin_times(_windows(rows, prize), parsed, shift_rows, visit_at),
        allowed=_allowed(rows, shift_at),
        shifts=parsed,
        keep_reward=_money(top, "keep_reward", "", 0, 0),
        **_doors(rows),
    )
    _check_pinned(problem)
    _check_rates(problem)
    return problem


def _matrices(top: dict[str, Any]) -> dict[str, Matrix]:
    main = _matrix(top, "")
    found = {"": main}
    others = optional(top, "matrices", {})
    if not isinstance(others, dict):
        raise PlannerError("problem.not_object", field="matrices")
    for key, value in others.items():
        label = f"matrices.{key}"
        if not isinstance(key, str) or not key:
            raise PlannerError("problem.not_text", field="matrices")
        found[key] = _matrix(known_fields(value, label, ("duration", "cost")), label)
        if len(found[key].duration) != len(main.duration):
            raise PlannerError("problem.not_square", field=label, places=len(main.duration))
    return found


def _matrix(row: dict[str, Any], label: str) -> Matrix:
    dot = f"{label}." if label else ""
    duration = matrix(required(row, "duration", label), f"{dot}duration", LATEST)
    cost = matrix(required(row, "cost", label), f"{dot}cost", 2**31 - 1)
    if duration.shape != cost.shape:
        raise PlannerError("problem.not_square", field=f"{dot}cost", places=len(duration))
    return Matrix(duration, cost)


def _column(rows: list[dict[str, Any]], key: str, default: int | None, most: int) -> I32:
    values = [
        whole(
            required(row, key, f"visits[{i}]") if default is None else optional(row, key, default),
            f"visits[{i}].{key}",
            0,
            most,
        )
        for i, row in enumerate(rows)
    ]
    return np.array(values, np.int32)


def _money(row: dict[str, Any], key: str, label: str, default: int | None, least: int) -> int:
    value = required(row, key, label) if default is None else optional(row, key, default)
    return whole(value, f"{label}.{key}" if label else key, least, DEAREST)


def _doors(rows: list[dict[str, Any]]) -> dict[str, I32]:
    """`door` and `once`, where there are any; what falls away is part of the service."""
    index: dict[str, int] = {}
    for i, row in enumerate(rows):
        if row.get("door") is not None:
            index.setdefault(name(row["door"], f"visits[{i}].door"), len(index))
    if not index:
        return {}
    once = [
        whole(optional(row, "once", 0), f"visits[{i}].once", 0, optional(row, "service", 0))
        for i, row in enumerate(rows)
    ]
    door = [-1 if row.get("door") is None else index[row["door"]] for row in rows]
    return {"door": np.array(door, np.int32), "once": np.array(once, np.int32)}


def _groups(rows: list[dict[str, Any]]) -> tuple[I32, tuple[str, ...]]:
    index: dict[str, int] = {}
    column = np.full(len(rows), -1, np.int32)
    for i, row in enumerate(rows):
        if row.get("group") is not None:
            column[i] = index.setdefault(name(row["group"], f"visits[{i}].group"), len(index))
    return column, tuple(index)


def _windows(rows: list[dict[str, Any]], prizes: list[int]) -> Windows:
    found: list[tuple[int, int, int, int, int]] = []
    for i, row in enumerate(rows):
        label = f"visits[{i}].windows"
        for k, window in enumerate(
            listing(required(row, "windows", f"visits[{i}]"), label, 10_000)
        ):
            here = f"{label}[{k}]"
            parts = listing(window, here, 4)
            if len(parts) < 3:
                raise PlannerError("problem.window", field=here)
            day, begin, end = (whole(part, here, 0, LATEST) for part in parts[:3])
            if begin > end:
                raise PlannerError("problem.reversed", field=here)
            prize = whole(parts[3], here, -DEAREST, DEAREST) if len(parts) == 4 else prizes[i]
            found.append((i, day, begin, end, prize))
    found.sort()
    columns = list(zip(*found, strict=True)) if found else [()] * 5
    i32 = [np.array(column, np.int32) for column in columns[:4]]
    return Windows(i32[0], i32[1], i32[2], i32[3], np.array(columns[4], np.int64))


def _pin_times(
    windows: Windows,
    shifts: tuple[Shift, ...],
    rows: list[dict[str, Any]],
    visit_at: dict[str, int],
) -> Windows:
    """`pinned_times`: such a stop has that one start on its day, at the prize of that moment."""
    for i, shift in enumerate(shifts):
        label = f"shifts[{i}].pinned_times"
        times = optional(rows[i], "pinned_times", {})
        if not isinstance(times, dict):
            raise PlannerError("problem.not_object", field=label)
        for key, value in times.items():
            if visit_at.get(key) not in shift.pinned:
                raise PlannerError("problem.not_pinned", field=label, value=str(key)[:30])
            start = whole(value, f"{label}.{key}", 0, LATEST)
            of_day = (windows.visit == visit_at[key]) & (windows.day == shift.day)
            held = of_day & (windows.open <= start) & (start <= windows.close)
            if not held.any():
                raise PlannerError("problem.pinned_time", field=f"{label}.{key}", value=key)
            rest = ~of_day
            rest[np.flatnonzero(held)[windows.prize[held].argmax()]] = True
            windows.open[of_day] = windows.close[of_day] = start
            columns = (windows.visit, windows.day, windows.open, windows.close, windows.prize)
            windows = Windows(*(column[rest] for column in columns))
    return windows


def _allowed(rows: list[dict[str, Any]], shift_at: dict[str, int]) -> Bools:
    mask = np.ones((len(rows), len(shift_at)), np.bool_)
    for i, row in enumerate(rows):
        if row.get("shifts") is None:
            continue
        label = f"visits[{i}].shifts"
        mask[i] = False
        for key in listing(row["shifts"], label, MOST_SHIFTS):
            if name(key, label) not in shift_at:
                raise PlannerError("problem.unknown_shift", field=label, value=key)
            mask[i, shift_at[key]] = True
    return mask


def _shift(
    row: dict[str, Any],
    label: str,
    places: int,
    matrices: Mapping[str, Matrix],
    visit_at: dict[str, int],
) -> Shift:
    def number(key: str, most: int) -> int:
        return whole(required(row, key, label), f"{label}.{key}", 0, most)

    def limit(key: str, most: int) -> int | None:
        return None if row.get(key) is None else whole(row[key], f"{label}.{key}", 0, most)

    def visits(key: str) -> tuple[int, ...]:
        found = []
        for value in listing(optional(row, key, []), f"{label}.{key}", MOST_VISITS):
            if name(value, f"{label}.{key}") not in visit_at:
                raise PlannerError("problem.unknown_visit", field=f"{label}.{key}", value=value)
            found.append(visit_at[value])
        return tuple(found)

    shift = Shift(
        id=row["id"],
        day=number("day", LATEST),
        start=number("start_location", places - 1),
        end=number("end_location", places - 1),
        earliest=number("earliest", LATEST),
        latest=number("latest", LATEST),
        max_duration=limit("max_duration", LATEST),
        max_driving=limit("max_driving", LATEST),
        breaks=_breaks(optional(row, "breaks", []), f"{label}.breaks"),
        fixed_cost=_money(row, "fixed_cost", label, 0, 0),
        overtime_price=limit("overtime_price", DEAREST // LATEST),
        waiting_price=limit("waiting_price", DEAREST // LATEST) or 0,
        hour_price=limit("hour_price", MOST_ARC) or 0,
        cost_percent=whole(optional(row, "cost_percent", 100), f"{label}.cost_percent", 0, 10_000),
        matrix=row.get("matrix") or "",
        pinned=visits("pinned"),
        initial=visits("initial"),
    )
    if shift.earliest > shift.latest:
        raise PlannerError("problem.reversed", field=f"{label}.latest")
    if name(shift.matrix, f"{label}.matrix", empty=True) not in matrices:
        raise PlannerError("problem.unknown_matrix", field=f"{label}.matrix", value=shift.matrix)
    return shift


def _breaks(value: object, label: str) -> tuple[tuple[int, int, int], ...]:
    found: list[tuple[int, int, int]] = []
    for k, entry in enumerate(listing(value, label, MOST_BREAKS)):
        parts = listing(entry, f"{label}[{k}]", 3)
        if len(parts) != 3:
            raise PlannerError("problem.break", field=f"{label}[{k}]")
        begin, end, length = (whole(part, f"{label}[{k}]", 0, LATEST) for part in parts)
        if begin > end or (found and begin < found[-1][0]):
            raise PlannerError("problem.reversed", field=f"{label}[{k}]")
        found.append((begin, end, length))
    return tuple(found)


def _check_rates(problem: Problem) -> None:
    """No arc may cost a shift more than a number of the search can hold."""
    for i, shift in enumerate(problem.shifts):
        table = problem.matrix_of(shift)
        dearest = int(table.cost.max(initial=0)) * shift.cost_percent // 100
        dearest += int(table.duration.max(initial=0)) * shift.hour_price // 3600
        if dearest > MOST_ARC:
            key = "hour_price" if shift.hour_price else "cost_percent"
            value = {"value": dearest, "most": MOST_ARC}
            raise PlannerError("problem.arc_cost", field=f"shifts[{i}].{key}", **value)


def _check_pinned(problem: Problem) -> None:
    """Pinned and initial visits appear once; a pinned one may and can be made by its shift."""
    days = set(zip(problem.windows.visit.tolist(), problem.windows.day.tolist(), strict=True))
    pinned: set[int] = set()
    initial: set[int] = set()
    groups: set[int] = set()
    for i, shift in enumerate(problem.shifts):
        for visit in shift.pinned:
            trouble = ""
            if visit in pinned:
                trouble = "problem.twice"
            elif not problem.allowed[visit, i]:
                trouble = "problem.pinned_shift"
            elif (visit, shift.day) not in days:
                trouble = "problem.pinned_window"
            elif problem.group[visit] >= 0 and int(problem.group[visit]) in groups:
                trouble = "problem.pinned_group"
            if trouble:
                field = f"shifts[{i}].pinned"
                raise PlannerError(trouble, field=field, value=problem.ids[visit])
            pinned.add(visit)
            groups.add(int(problem.group[visit]))
        for visit in shift.initial:
            if visit in initial:
                field = f"shifts[{i}].initial"
                raise PlannerError("problem.twice", field=field, value=problem.ids[visit])
            initial.add(visit)


def to_json(problem: Problem) -> dict[str, Any]:
    """The problem as plain JSON values; from_json gives the same problem again."""
    plain = {
        key: {"duration": m.duration.tolist(), "cost": m.cost.tolist()}
        for key, m in problem.matrices.items()
    }
    main = plain.pop("")
    return {"format": FORMAT, **main, "matrices": plain, **rows_json(problem)}


def rows_json(problem: Problem) -> dict[str, Any]:
    """What `to_json` gives besides format and travel."""
    windows: list[list[list[int]]] = [[] for _ in problem.ids]
    w = problem.windows
    for i, day, begin, end, prize in zip(
        *(column.tolist() for column in (w.visit, w.day, w.open, w.close, w.prize)), strict=True
    ):
        own = [] if prize == problem.prize[i] else [prize]
        windows[i].append([day, begin, end, *own])
    names = [shift.id for shift in problem.shifts]
    visits = [
        {
            "id": key,
            "location": int(problem.location[i]),
            "service": int(problem.service[i]),
            "prize": int(problem.prize[i]),
            "windows": windows[i],
            "mandatory": bool(problem.mandatory[i]),
            "group": problem.groups[problem.group[i]] if problem.group[i] >= 0 else None,
            "shifts": None
            if problem.allowed[i].all()
            else [names[s] for s in np.flatnonzero(problem.allowed[i])],
            **_door_json(problem, i),
        }
        for i, key in enumerate(problem.ids)
    ]
    return {
        "visits": visits,
        "shifts": [_shift_json(problem, shift) for shift in problem.shifts],
        "keep_reward": problem.keep_reward,
    }


def _door_json(problem: Problem, visit: int) -> dict[str, Any]:
    if problem.door is None or problem.once is None or problem.door[visit] < 0:
        return {}
    return {"door": str(int(problem.door[visit])), "once": int(problem.once[visit])}


def _shift_json(problem: Problem, shift: Shift) -> dict[str, Any]:
    return {
        "id": shift.id,
        "day": shift.day,
        "start_location": shift.start,
        "end_location": shift.end,
        "earliest": shift.earliest,
        "latest": shift.latest,
        "max_duration": shift.max_duration,
        "max_driving": shift.max_driving,
        "breaks": [list(entry) for entry in shift.breaks],
        "fixed_cost": shift.fixed_cost,
        "overtime_price": shift.overtime_price,
        "waiting_price": shift.waiting_price,
        "hour_price": shift.hour_price,
        "cost_percent": shift.cost_percent,
        "matrix": shift.matrix or None,
        "pinned": [problem.ids[v] for v in shift.pinned],
        "initial": [problem.ids[v] for v in shift.initial],
    }
