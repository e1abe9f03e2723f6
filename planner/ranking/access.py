"""What the way to a person costs when neighbours share it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.domain.facts import F64, I8, I16, I32, FactTable
from planner.domain.ground import TERRAINS, on_sphere
from planner.ranking.late import parts
from planner.ranking.nearby import people_around
from planner.ranking.params import AccessRule, Params


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
    cost, hours, metres = np.zeros(n), np.zeros(n), np.zeros(n)
    others = np.zeros(n, np.int16)
    if not len(placed):
        return Access(cost, hours, metres, others)
    if not len(hubs):
        row = address[placed]
        hubs = np.array([[np.median(table.address_lat[row]), np.median(table.address_lon[row])]])
    homes, roads = on_sphere(hubs[:, 0], hubs[:, 1]), TERRAINS[rule.terrain]
    points = np.empty((len(placed), 3))
    for start, stop in parts(len(placed)):
        row = address[placed[start:stop]]
        points[start:stop] = on_sphere(table.address_lat[row], table.address_lon[row])
    others[placed] = _neighbours(
        points, table.address_region[address[placed]], eligible[placed], rule
    )
    for start, stop in parts(len(placed)):
        some, here = placed[start:stop], points[start:stop]
        metres[some] = roads.metres(np.min([_away(here, home) for home in homes], axis=0))
        share = 2.0 / (1 + others[some].astype(np.int64))
        hours[some] = share * roads.seconds(metres[some]) / 3600
        cost[some] = share * metres[some] / 1000 * money.kilometre + hours[some] * money.wage_hour
    del points
    lost = address < 0
    for values in (cost, hours, metres):
        values[lost] = np.median(values[placed])
    return Access(cost, hours, metres, others)


def _away(points: F64, other: F64) -> F64:
    """Straight distance of each point [n, 3] from another [3], in their unit."""
    apart = points - other
    away: F64 = np.sqrt(np.einsum("ij,ij->i", apart, apart))
    return away


def _neighbours(points: F64, region: I8, eligible: npt.NDArray[np.bool_], rule: AccessRule) -> I32:
    """How many other eligible people live within the radius of each point, at most `neighbours`."""
    if rule.neighbours == 0 or not eligible.any():
        return np.zeros(len(points), np.int32)
    radius = np.array(rule.radius_km) * 1000
    found = people_around(points, eligible, radius[region], rule.neighbours) - eligible
    return np.minimum(found, rule.neighbours)
