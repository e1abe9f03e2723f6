"""How many people live around each point: counted on a grid of cubes, exact up to a few.

Where a cube that fits into the radius holds more people than count, nothing is searched: in a
dense book that is nearly everywhere. For the others the first places near by are looked at. Who
has too few of them is searched for: a cube that lies within the radius counts as a whole, one out
of it not at all, and only in those between each place is looked at.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.domain.facts import F64, I32, I64

_X, _Y = 1 << 42, 1 << 21  # steps of a cube's number to its neighbours; wider than the Earth
_MARGIN = 4  # free cubes around all
_REACH = 2  # cubes away: a side times the root of 3 is a little less than the radius
_PART = 8192  # points searched at a time
_LOOK = 16  # places looked at first
_STEP = 8  # places of a cube looked at in one round
_NEAR_FIRST = sorted(
    ((x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)), key=lambda step: abs(step[0]) + abs(step[1])
)
Bools = npt.NDArray[np.bool_]


def people_around(points: F64, people: Bools, radius: F64, most: int) -> I32:
    """How many of the `people` among `points` [n, 3] live nearer than `radius` [n] to each.

    Metres; a person counts for the own point too. Where there are more than `most`, any number
    above it.
    """
    around = np.zeros(len(points), np.int32)
    for reach in np.unique(radius).tolist():
        grid = _Grid.of(points, people, reach)
        asked = radius == reach
        lengths = np.diff(grid.begin)
        count = np.empty(len(points), np.int32)
        count[grid.order] = np.repeat(grid.crowd.astype(np.int32), lengths)
        np.copyto(around, count, where=asked)
        sparse = grid.crowd <= most
        some = grid.order[np.repeat(sparse, lengths)]
        cube = np.repeat(np.flatnonzero(sparse), lengths[sparse])
        some, cube = some[asked[some]], cube[asked[some]]
        for start in range(0, len(some), _PART):
            part = slice(start, start + _PART)
            around[some[part]] = grid.around(points[some[part]], cube[part], most)
        del grid, count, asked, some, cube  # before the next one is made
    return around


@dataclass(frozen=True, slots=True)
class _Grid:
    """Points [n, 3] by cube, for one radius."""

    radius: float
    points: F64
    order: I64  # points, cube by cube
    cubes: I64  # numbers of the cubes with points, rising
    begin: I64  # [cubes + 1] where those of each begin in `order`
    crowd: I64  # people in each
    places: I64  # points of people, cube by cube
    first: I64  # [cubes + 1] where those of each begin in `places`

    @classmethod
    def of(cls, points: F64, people: Bools, radius: float) -> "_Grid":
        side = radius / math.sqrt(3) * 0.999  # so that its corners are nearer than the radius
        axes = [_cells(axis, side) for axis in points.T]
        order = np.lexsort(axes[::-1])
        number = np.zeros(len(points), np.int64)
        for axis, step in zip(axes, (_X, _Y, 1), strict=True):
            number += (axis[order].astype(np.int64) + _MARGIN) * step
        del axes
        new = np.append(number[1:] != number[:-1], True)
        begin = np.append(0, np.flatnonzero(new) + 1)
        chosen = people[order]
        first = np.append(0, np.cumsum(chosen, dtype=np.int32))[begin].astype(np.int64)
        return cls(
            radius=radius,
            points=points,
            order=order,
            cubes=number[begin[:-1]],
            begin=begin,
            crowd=np.diff(first),
            places=order[chosen],
            first=first,
        )

    def around(self, points: F64, cube: I64, most: int) -> I64:
        """People around each of `points` in the cubes `cube` (indices, rising)."""
        asked, which = _runs(cube)
        place = self._nearest(asked)[which]
        there = place >= 0
        apart = points[:, None] - self.points[place]
        count: I64 = np.sum((_length(apart) < self.radius) & there, axis=1)
        few = np.flatnonzero(count <= most)
        if len(few):
            count[few] = self._searched(points[few], cube[few], most)
        return count

    def _nearest(self, asked: I64) -> I64:
        """The first places in the cubes `asked` and the next ones, [asked, _LOOK]; -1 = none."""
        own = self.cubes[asked]
        found = np.full((len(asked), _LOOK), -1)
        filled = np.zeros(len(asked), np.int64)
        for x, y in _NEAR_FIRST:
            step = own + (x * _X + y * _Y)
            low = self.first[np.searchsorted(self.cubes, step - 1)]
            size = self.first[np.searchsorted(self.cubes, step + 1, side="right")] - low
            size = np.minimum(size, _LOOK - filled)
            row = np.repeat(np.arange(len(asked)), size)
            found[row, _ranges(filled, size)] = self.places[_ranges(low, size)]
            filled += size
        return found

    def _searched(self, points: F64, cube: I64, most: int) -> I64:
        """`around`, from all cubes near by."""
        who, near = self._pairs(cube)
        nearest, farthest = self._spans(points[who], near)
        inside = farthest < self.radius
        count = np.bincount(who[inside], self.crowd[near[inside]], len(points)).astype(np.int64)
        between = np.flatnonzero((nearest < self.radius) & ~inside)
        who, at, end = who[between], self.first[near[between]], self.first[near[between] + 1]
        while len(who):
            left = np.flatnonzero((count[who] <= most) & (at < end))
            who, at, end = who[left], at[left], end[left]
            size = np.minimum(end - at, _STEP)
            mine = np.repeat(who, size)
            apart = points[mine] - self.points[self.places[_ranges(at, size)]]
            count += np.bincount(mine[_length(apart) < self.radius], minlength=len(points))
            at = at + size
        return count

    def _pairs(self, cube: I64) -> tuple[I64, I64]:
        """(row of `cube`, index of a cube near it that has people), in all pairs."""
        asked, which = _runs(cube)
        steps = np.arange(-_REACH, _REACH + 1)
        columns = (steps[:, None] * _X + steps * _Y).ravel() + self.cubes[asked][:, None]
        low = np.searchsorted(self.cubes, columns - _REACH)
        size = np.searchsorted(self.cubes, columns + _REACH, side="right") - low
        low, size = low[which], size[which]
        who = np.repeat(np.arange(len(cube)), size.sum(axis=1))
        near = _ranges(low.ravel(), size.ravel())
        lived = self.crowd[near] > 0
        return who[lived], near[lived]

    def _spans(self, points: F64, cube: I64) -> tuple[F64, F64]:
        """Least and greatest distance that a place in `cube` may have of each of `points`, by the
        box around the places in it."""
        asked, which = np.unique(cube, return_inverse=True)
        size = self.crowd[asked]
        places = self.points[self.places[_ranges(self.first[asked], size)]]
        begin = np.cumsum(size) - size
        low = np.minimum.reduceat(places, begin, axis=0)[which]
        high = np.maximum.reduceat(places, begin, axis=0)[which]
        apart = np.maximum(np.maximum(low - points, points - high), 0.0)
        return _length(apart), _length(np.maximum(points - low, high - points))


def _cells(axis: F64, side: float) -> npt.NDArray[np.unsignedinteger]:
    """In which slice of that thickness each value lies, from 0.

    Mostly of sixteen bits, which are sorted five times sooner than wide numbers.
    """
    slices = axis / side
    np.floor(slices, out=slices)
    slices -= slices.min()
    return slices.astype(np.min_scalar_type(int(slices.max())))


def _length(apart: F64) -> F64:
    """Of vectors [..., 3]. By this order of sums no place is nearer than the box around it."""
    x, y, z = apart[..., 0], apart[..., 1], apart[..., 2]
    length: F64 = np.sqrt(x * x + y * y + z * z)
    return length


def _runs(rising: I64) -> tuple[I64, I64]:
    """The different numbers, and which of them each is."""
    new = np.diff(rising, prepend=-1) != 0
    return rising[new], np.cumsum(new) - 1


def _ranges(first: I64, size: I64) -> I64:
    """The numbers from each of `first` on, `size` each, one after the other."""
    ranges: I64 = np.repeat(first - np.cumsum(size) + size, size) + np.arange(int(size.sum()))
    return ranges
