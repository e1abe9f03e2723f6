"""What the way to a person costs when neighbours share it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.domain.facts import F64, I64, FactTable
from planner.domain.ground import TERRAINS, on_sphere
from planner.ranking.params import Params

# Up to so many pairs all distances are computed: sooner done than SciPy is loaded (0.3 s).
FEW_PAIRS = 2_000_000


@dataclass(frozen=True, slots=True)
class Access:
    """The shared way, [n]; persons without a position get the median of the others."""

    cost: F64  # yuan, kilometres and driving wage
    hours: F64  # driving
    metres: F64  # on the road, one way from the nearest crew home, not shared
    neighbours: I64  # eligible others near by, at most `access.neighbours`


def access(
    table: FactTable, address: I64, eligible: npt.NDArray[np.bool_], hubs: F64, params: Params
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
        points = on_sphere(lat, lon)
        if not len(hubs):
            hubs = np.array([[np.median(lat), np.median(lon)]])
        homes = on_sphere(hubs[:, 0], hubs[:, 1])
        roads = TERRAINS[rule.terrain]
        metres[placed] = roads.metres(np.min([_away(points, home) for home in homes], axis=0))
        seconds[placed] = roads.seconds(metres[placed])
        radius = np.array(rule.radius_km)[table.address_region[row]] * 1000
        spots = lat + 1j * lon
        others[placed] = _neighbours(spots, points, eligible[placed], radius, rule.neighbours)
    share = 2.0 / (1 + others)
    hours = share * seconds / 3600
    cost = share * metres / 1000 * money.kilometre + hours * money.wage_hour
    lost = address < 0
    if len(placed):
        for values in (cost, hours, metres):
            values[lost] = np.median(values[placed])
    return Access(cost, hours, metres, others)


def _away(points: F64, other: F64) -> F64:
    """Straight distance of each point [n, 3] from another [3], in their unit."""
    apart = points - other
    away: F64 = np.sqrt(np.einsum("ij,ij->i", apart, apart))
    return away


def _neighbours(
    spots: npt.NDArray[np.complex128],
    points: F64,
    eligible: npt.NDArray[np.bool_],
    radius: F64,
    most: int,
) -> I64:
    """How many other eligible points lie within `radius` of each point, at most `most`.

    Whole villages may share one position (`spots`: latitude + i longitude): each stands in the
    tree once, with the number of its people.
    """
    count = np.zeros(len(points), np.int64)
    if most == 0 or not eligible.any():
        return count
    _, first, people = np.unique(spots[eligible], return_index=True, return_counts=True)
    others = points[eligible][first]
    if len(points) * len(others) <= FEW_PAIRS:
        near = np.stack([_away(points, other) < radius for other in others], axis=1)
        count += near @ people - eligible
    else:
        count += _in_tree(points, others, people, radius, most) - eligible
    np.clip(count, 0, most, out=count)
    return count


def _in_tree(points: F64, others: F64, people: I64, radius: F64, most: int) -> I64:
    """How many `people` (at `others`) live around each point; of many the nearest places only."""
    from scipy.spatial import cKDTree  # late: the window is there sooner

    tree = cKDTree(others, balanced_tree=False, compact_nodes=False)
    reach = float(radius.max())
    nearest, found = tree.query(points, k=range(1, most + 2), distance_upper_bound=reach)
    weight = np.append(people, 0)[found]  # one index past the end: nobody within reach
    around: I64 = np.where(nearest < radius[:, None], weight, 0).sum(axis=1)
    return around
