"""Places to roads: the nearest point of the nearest edge, exactly, and how far away it is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from planner.domain.facts import F64, I64
from planner.domain.ground import EARTH_METRES, on_sphere
from planner.geo.road_net import Network

_SPACING = 120.0  # metres between the points that stand for a road in the search tree
_ROWS = 256  # places at a time: bounds the memory


@dataclass(frozen=True, eq=False, slots=True)
class Snapped:
    """Of k places: the edge (-1: none near enough), metres along it, metres away, the foot."""

    edge: I64
    along: F64
    away: F64
    lat: F64
    lon: F64


@dataclass(frozen=True, eq=False, slots=True)
class Finder:
    """A search tree over points that lie densely on the roads; each stands for its segment."""

    net: Network
    tree: Any  # cKDTree, None when there is no road
    segment: I64  # of each tree point: place of its first point in the graph's list
    edge: I64


def finder(net: Network) -> Finder:
    """The tree over all edges with doors."""
    graph, doors = net.graph, net.doors
    if not len(doors):
        empty = np.zeros(0, np.int64)
        return Finder(net, None, empty, empty)
    count = graph.first[doors + 1] - graph.first[doors] - 1
    edge = np.repeat(doors, count)
    start = np.repeat(np.cumsum(count) - count, count)
    segment = np.repeat(graph.first[doors], count) + np.arange(len(edge)) - start
    long = net.run[segment + 1] - net.run[segment]
    parts = np.maximum(1, np.ceil(long / _SPACING)).astype(np.int64)
    which = np.repeat(np.arange(len(segment)), parts)
    share = (np.arange(len(which)) - np.repeat(np.cumsum(parts) - parts, parts) + 0.5) / parts[
        which
    ]
    spots = graph.positions()
    a, b = spots[segment[which]], spots[segment[which] + 1]
    middle = a + (b - a) * share[:, None]
    tree = cKDTree(on_sphere(middle[:, 0], middle[:, 1]), balanced_tree=False)
    return Finder(net, tree, segment[which], edge[which])


def snap(found: Finder, lat: F64, lon: F64, farthest: float) -> Snapped:
    """Join places (degrees, [k]) to the roads not farther than `farthest` metres away.

    The nearest tree point lies within half a spacing of its segment, so no segment whose tree
    points are all farther than that can be nearer: the candidates hold the nearest segment.
    """
    k = len(lat)
    edge, along = np.full(k, -1, np.int64), np.zeros(k)
    away, foot = np.full(k, np.inf), np.stack([lat, lon], axis=1).astype(np.float64)
    if found.tree is None or not k:
        return Snapped(edge, along, away, foot[:, 0], foot[:, 1])
    points = on_sphere(lat, lon)
    nearest, _ = found.tree.query(points, distance_upper_bound=farthest + _SPACING)
    near = np.flatnonzero(np.isfinite(nearest))
    for first in range(0, len(near), _ROWS):
        rows = near[first : first + _ROWS]
        radius = np.hypot(nearest[rows], _SPACING / 2) * 1.001 + 0.01
        lists = found.tree.query_ball_point(points[rows], radius)
        sizes = np.array([len(one) for one in lists])
        at = np.concatenate([np.sort(np.array(one, np.int64)) for one in lists])
        owner = np.repeat(np.arange(len(rows)), sizes)
        gap, metres, spot = _project(found, at, lat[rows][owner], lon[rows][owner])
        order = np.lexsort((at, gap, owner))
        best = order[np.searchsorted(owner[order], np.arange(len(rows)))]
        edge[rows], along[rows], away[rows] = found.edge[at[best]], metres[best], gap[best]
        foot[rows] = spot[best]
    far = away > farthest
    edge[far] = -1
    return Snapped(edge, along, away, foot[:, 0], foot[:, 1])


def _project(found: Finder, at: I64, lat: F64, lon: F64) -> tuple[F64, F64, F64]:
    """(metres away, metres along the edge, foot [n, 2]) of places on tree points' segments."""
    net = found.net
    segment, edge = found.segment[at], found.edge[at]
    ends = net.graph.points[np.stack([segment, segment + 1])] / 1e7
    scale = np.radians(1.0) * EARTH_METRES
    east = scale * np.cos(np.radians(lat))
    ax, ay = (ends[0, :, 1] - lon) * east, (ends[0, :, 0] - lat) * scale
    bx, by = (ends[1, :, 1] - lon) * east, (ends[1, :, 0] - lat) * scale
    dx, dy = bx - ax, by - ay
    square = np.maximum(dx * dx + dy * dy, 1e-9)
    share = np.clip(-(ax * dx + ay * dy) / square, 0.0, 1.0)
    gap = np.hypot(ax + share * dx, ay + share * dy)
    long = net.run[segment + 1] - net.run[segment]
    metres = net.run[segment] - net.run[net.graph.first[edge]] + share * long
    return gap, metres, ends[0] + share[:, None] * (ends[1] - ends[0])
