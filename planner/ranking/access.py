"""What the way to a person costs when neighbours share it."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.domain.facts import F64, I16, I32, I64, FactTable
from planner.domain.ground import TERRAINS, on_sphere
from planner.ranking.late import parts
from planner.ranking.params import Params

# Up to so many pairs all distances are computed: sooner done than SciPy is loaded (0.3 s).
FEW_PAIRS = 2_000_000
_PART = 100_000  # points at a time
_HALF = 1 << 20  # more cubes than there are from the Earth's middle to its surface


@dataclass(frozen=True, slots=True)
class Access:
    """The shared way, [n]; persons without a position get the median of the others."""

    cost: F64  # yuan, kilometres and driving wage
    hours: F64  # driving
    metres: F64  # on the road, one way from the nearest crew home, not shared
    neighbours: I16  # eligible others near by, at most `access.neighbours`


def access(
    table: FactTable, address: I32, eligible: npt.NDArray[np.bool_], hubs: F64, params: Params
) -> Access:
    """Marginal way to each person's address.

    There and back from the nearest of `hubs` [m, 2] (lat, lon), divided by the number of people
    who share it: the person and the eligible neighbours within `radius_km` of the region type.
    Without hubs the middle of all addresses stands for one.
    """
    n, rule, money = table.n, params.access, params.money
    placed = np.flatnonzero(address >= 0)
    metres, seconds = np.zeros(n), np.zeros(n)
    others = np.zeros(n, np.int64)
    if len(placed):
        row = address[placed]
        lat, lon = table.address_lat[row], table.address_lon[row]
        points = np.empty((len(placed), 3))
        for start, stop in parts(len(placed)):
            points[start:stop] = on_sphere(lat[start:stop], lon[start:stop])
        if not len(hubs):
            hubs = np.array([[np.median(lat), np.median(lon)]])
        homes = on_sphere(hubs[:, 0], hubs[:, 1])
        roads = TERRAINS[rule.terrain]
        metres[placed] = roads.metres(np.min([_away(points, home) for home in homes], axis=0))
        seconds[placed] = roads.seconds(metres[placed])
        radius = np.array(rule.radius_km)[table.address_region[row]] * 1000
        allowed = eligible[placed]
        spots = _spots(lat[allowed], lon[allowed])
        others[placed] = _neighbours(spots, points, allowed, radius, rule.neighbours)
    share = 2.0 / (1 + others)
    hours = share * seconds / 3600
    cost = share * metres / 1000 * money.kilometre + hours * money.wage_hour
    lost = address < 0
    if len(placed):
        for values in (cost, hours, metres):
            values[lost] = np.median(values[placed])
    return Access(cost, hours, metres, others.astype(np.int16))


def _away(points: F64, other: F64) -> F64:
    """Straight distance of each point [n, 3] from another [3], in their unit."""
    apart = points - other
    away: F64 = np.sqrt(np.einsum("ij,ij->i", apart, apart))
    return away


def _spots(lat: F64, lon: F64) -> npt.NDArray[Any]:
    """A number for each position, the same for the same position only."""
    fine = lat * 1e7, lon * 1e7
    whole = [np.rint(one) for one in fine]
    # Positions out of the workspace are whole 1e-7 degrees, which sort sooner than pairs.
    if all(np.array_equal(one / 1e7, given) for one, given in zip(whole, (lat, lon), strict=True)):
        north, east = (one.astype(np.int64) for one in whole)
        return north * (1 << 32) + east
    return lat + 1j * lon


def _neighbours(
    spots: npt.NDArray[Any],
    points: F64,
    eligible: npt.NDArray[np.bool_],
    radius: F64,
    most: int,
) -> I64:
    """How many other eligible points lie within `radius` of each point, at most `most`.

    Whole villages may share one position (`spots`, of the eligible): each stands in the tree once,
    with the number of its people.
    """
    count = np.zeros(len(points), np.int64)
    if most == 0 or not eligible.any():
        return count
    _, first, people = np.unique(spots, return_index=True, return_counts=True)
    others = points[eligible][first]
    if len(points) * len(others) <= FEW_PAIRS:
        near = np.stack([_away(points, other) < radius for other in others], axis=1)
        count += near @ people - eligible
    else:
        count += _in_tree(points, others, people, radius, most) - eligible
    np.clip(count, 0, most, out=count)
    return count


def _in_tree(points: F64, others: F64, people: I64, radius: F64, most: int) -> I64:
    """How many `people` (at `others`) live around each point; of many the nearest places only.

    Where a cube that fits into the radius holds more people than count, nothing is searched: in a
    dense book that is nearly everywhere.
    """
    around = np.zeros(len(points), np.int64)
    for reach in np.unique(radius).tolist():
        mine = np.flatnonzero(radius == reach)
        side = reach / math.sqrt(3) * 0.999  # so that its corners are nearer than `reach`
        cubes, place = np.unique(_cubes(others, side), return_inverse=True)
        crowd = np.bincount(place, people).astype(np.int64)
        for start, stop in parts(len(mine)):
            some = mine[start:stop]
            own = _cubes(points[some], side)
            found = np.minimum(np.searchsorted(cubes, own), len(cubes) - 1)
            around[some] = np.where(cubes[found] == own, crowd[found], 0)
    sparse = np.flatnonzero(around <= most)
    if len(sparse):
        around[sparse] = _searched(points[sparse], others, people, radius[sparse], most)
    return around


def _cubes(points: F64, side: float) -> I64:
    """A number for the cube of that side in which each point on the sphere lies."""
    x, y, z = np.floor(points / side).astype(np.int64).T + _HALF
    cubes: I64 = (x * 2 * _HALF + y) * 2 * _HALF + z
    return cubes


def _searched(points: F64, others: F64, people: I64, radius: F64, most: int) -> I64:
    """`_in_tree`, asked of a tree, neighbours after each other so that memory stays warm."""
    from scipy.spatial import cKDTree  # late: the window is there sooner

    tree = cKDTree(others, balanced_tree=False, compact_nodes=False)
    reach = float(radius.max())
    weights = np.append(people, 0)  # one index past the end: nobody within reach
    order = np.argsort(_cubes(points, reach), kind="stable")
    around = np.zeros(len(points), np.int64)
    for start in range(0, len(order), _PART):
        part = order[start : start + _PART]
        nearest, found = tree.query(points[part], k=range(1, most + 2), distance_upper_bound=reach)
        weight = np.where(nearest < radius[part, None], weights[found], 0)
        around[part] = weight.sum(axis=1)
    return around
