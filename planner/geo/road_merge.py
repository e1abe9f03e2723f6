"""Several packs as one graph: where they overlap, ways may cross from one to the other."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.domain.facts import I32, I64
from planner.geo.road_graph import PackInfo, RoadGraph

_SAME = 5_000  # 1e-7 degrees, about 50 m: so far a node may have been moved between two dates


def merged(graphs: Sequence[RoadGraph]) -> RoadGraph:
    """One graph of one or more; nodes with the same number at the same position are one.

    Where an extract cuts a road, its end lies inside an edge of the neighbouring pack: that edge is
    parted there first.
    """
    if len(graphs) == 1:
        return graphs[0]
    parts = [_parted(graph, [g for g in graphs if g is not graph]) for graph in graphs]
    nodes = np.cumsum([0, *(len(part.node_ids) for part in parts)])
    edges = np.cumsum([0, *(len(part.ends) for part in parts)])
    points = np.cumsum([0, *(len(part.points) for part in parts)])
    ids = np.concatenate([part.node_ids for part in parts])
    number = _joined(ids, np.concatenate([part.node_points() for part in parts]))
    blocked = np.zeros(len(ids), np.uint8)
    np.bitwise_or.at(blocked, number, np.concatenate([part.blocked for part in parts]))
    ends = np.concatenate([part.ends + at for part, at in zip(parts, nodes[:-1], strict=True)])
    turns = np.concatenate([
        part.turns + np.array([e, n, e]) for part, n, e in zip(parts, nodes, edges, strict=False)
    ])  # fmt: skip
    turns[:, 1] = number[turns[:, 1]]
    firsts = [part.first[:-1] + at for part, at in zip(parts, points, strict=False)]
    return RoadGraph(
        info=_info([part.info for part in parts]),
        node_ids=ids,
        blocked=blocked,
        ends=number[ends].astype(np.int32),
        road_class=np.concatenate([part.road_class for part in parts]),
        surface=np.concatenate([part.surface for part in parts]),
        access=np.concatenate([part.access for part in parts]),
        limits=np.concatenate([part.limits for part in parts]),
        first=np.concatenate([*firsts, points[-1:]]).astype(np.int64),
        points=np.concatenate([part.points for part in parts]),
        turns=turns.astype(np.int32),
    )


def _info(infos: list[PackInfo]) -> PackInfo:
    bounds = np.array([info.bounds for info in infos])
    south, west = bounds[:, :2].min(axis=0).tolist()
    north, east = bounds[:, 2:].max(axis=0).tolist()
    words = dict.fromkeys(info.attribution for info in infos)
    dates = [info.date for info in infos if info.date]
    return PackInfo(
        " + ".join(info.source for info in infos)[:200], min(dates, default=""),
        (south, west, north, east), sum(info.metres for info in infos), "; ".join(words)[:200],
    )  # fmt: skip


def _joined(ids: I64, spots: I32) -> I64:
    """For each node the first one with its number and (nearly) its position."""
    order = np.lexsort((np.arange(len(ids)), ids))
    new = np.concatenate([[True], np.diff(ids[order]) != 0])
    lead = order[np.maximum.accumulate(np.where(new, np.arange(len(ids)), 0))]
    near = (np.abs(spots[order].astype(np.int64) - spots[lead]) <= _SAME).all(axis=1)
    number = np.arange(len(ids))
    number[order[near]] = lead[near]
    return number


def _key(spots: I32) -> I64:
    """One number per position."""
    return spots[:, 0].astype(np.int64) * (1 << 32) + spots[:, 1]


def _parted(graph: RoadGraph, others: Sequence[RoadGraph]) -> RoadGraph:
    """The graph with nodes also where a node of another pack lies on an edge."""
    ids = np.concatenate([other.node_ids for other in others])
    keys = np.concatenate([_key(other.node_points()) for other in others])
    order = np.argsort(keys, kind="stable")
    keys, ids = keys[order], ids[order]
    mine = _key(graph.points)
    inner = np.ones(len(mine), np.bool_)
    inner[graph.first[:-1]] = inner[graph.first[1:] - 1] = False
    found = np.minimum(np.searchsorted(keys, mine), len(keys) - 1)
    cuts = np.flatnonzero(inner & (keys[found] == mine))
    if not len(cuts):
        return graph
    extra = ids[found[cuts]]
    edge = np.searchsorted(graph.first, cuts, side="right") - 1
    count = np.bincount(edge, minlength=len(graph.ends)) + 1
    owner = np.repeat(np.arange(len(graph.ends)), count)
    start = np.cumsum(count) - count
    ends = np.empty((len(owner), 2), np.int32)
    ends[start, 0], ends[start + count - 1, 1] = graph.ends[:, 0], graph.ends[:, 1]
    fresh = len(graph.node_ids) + np.arange(len(cuts))
    at = np.arange(len(cuts)) + edge  # of each cut: the sub-edge that ends at it
    ends[at, 1] = ends[at + 1, 0] = fresh
    # The point of a cut stands twice: it ends one sub-edge and begins the next.
    marks = np.sort(np.concatenate([graph.first, cuts]))
    before = np.cumsum(np.isin(marks, cuts))
    first = marks + before
    turns = graph.turns.copy()
    for column in (0, 2):
        old = graph.turns[:, column]
        head = graph.ends[old, 0] == graph.turns[:, 1]
        turns[:, column] = np.where(head, start[old], start[old] + count[old] - 1)
    return replace(
        graph,
        node_ids=np.concatenate([graph.node_ids, extra]),
        blocked=np.concatenate([graph.blocked, np.zeros(len(cuts), np.uint8)]),
        ends=ends,
        road_class=graph.road_class[owner],
        surface=graph.surface[owner],
        access=graph.access[owner],
        limits=graph.limits[owner],
        first=first,
        points=np.insert(graph.points, cuts, graph.points[cuts], axis=0),
        turns=turns,
    )
