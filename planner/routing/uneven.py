"""Why a split is not even: the named reason of a measure that is out of its tolerance (pure)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.routing.balance import F64, Found, Split

WHOLE: Final = "whole"  # so few that a person more or less is beyond the tolerance
DOOR: Final = "door"  # one person, or one household, has more than the tolerance leaves room for
ONLY: Final = "only"  # nobody else can have them: a skill, or persons who were not to be moved
LACKS: Final = "lacks"  # there are not enough whom this collector can have
FAR: Final = "far"  # even the nearest persons are farther away than for others
NEAR: Final = "near"  # lives so near that there is no more way to be had
KEPT: Final = "kept"  # what people have now was to be kept
SEARCH: Final = "search"  # no better split was found


@dataclass(frozen=True, slots=True)
class Cause:
    """`column` of the measure, `unit` the collector farthest off, `why` one of the codes above;
    `door` the door that is meant (-1 none), `share` its part of the collector's goal."""

    column: int
    unit: int
    why: str
    door: int = -1
    share: float = 0.0


def deviations(loads: F64, targets: F64) -> F64:
    """[m, d + 1]: how far each collector is from the goal, as a part of it; 0 where there is none
    to be had."""
    off = np.abs(loads - targets) / np.maximum(targets, 1e-9)
    return np.where(targets > 0, off, 0.0)


def causes(task: Split, found: Found, tolerance: float) -> tuple[Cause, ...]:
    """The reason of every column that is out of the tolerance for somebody."""
    off = deviations(found.loads, found.targets)
    return tuple(
        _cause(task, found, tolerance, column, int(off[:, column].argmax()))
        for column in np.flatnonzero(off.max(axis=0) > tolerance).tolist()
    )


def _cause(task: Split, found: Found, tolerance: float, column: int, unit: int) -> Cause:
    """The first reason that holds for the collector who is farthest off."""
    goal = float(found.targets[unit, column])
    load = float(found.loads[unit, column])
    mine = found.owner == unit
    way = column == task.value.shape[1]
    if way:
        return _way(task, found, column, unit)
    value = task.value[:, column]
    if column != 1 and goal * tolerance < 1 and abs(load - goal) < 2:
        return Cause(column, unit, WHOLE)
    door = int(np.where(mine, value, -1).argmax()) if load > goal else int(value.argmax())
    if value[door] > goal * (2 * tolerance if load > goal else 1 + tolerance):
        return Cause(column, unit, DOOR, door, float(value[door] / goal))
    working = int((task.share > 0).sum())
    bound = mine & (task.allowed.sum(axis=1) < working)
    if load > goal and value[bound].sum() > goal:
        return Cause(column, unit, ONLY, int(np.where(bound, value, -1).argmax()))
    if load < goal and value[task.allowed[:, unit]].sum() < goal * (1 - tolerance):
        barred = ~task.allowed[:, unit]
        return Cause(column, unit, LACKS, int(np.where(barred, value, -1).argmax()))
    return Cause(column, unit, KEPT if task.keep else SEARCH)


def _way(task: Split, found: Found, column: int, unit: int) -> Cause:
    """Kilometres: whether the nearest, or the farthest, doors of the right number already miss; of
    the nearest the middle one is named."""
    goal, load = float(found.targets[unit, column]), float(found.loads[unit, column])
    gap = np.hypot(task.x - task.home_x[unit], task.y - task.home_y[unit])
    gap = np.where(np.isnan(gap) | ~task.allowed[:, unit], np.inf, gap) * 2.6 / task.visits
    order = np.argsort(gap, kind="stable")[: int(np.isfinite(gap).sum())]
    count = round(float(found.targets[unit, 0]) / max(1e-9, float(task.value[:, 0].mean())))
    near = order[:count]
    if load > goal and gap[near].sum() > goal:
        return Cause(column, unit, FAR, int(near[len(near) // 2]))
    if load < goal and gap[order[-count:]].sum() < goal / 2:
        return Cause(column, unit, NEAR)
    return Cause(column, unit, KEPT if task.keep else SEARCH)
