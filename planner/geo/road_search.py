"""Shortest ways between places on a network: the table of all pairs, and the lines of a round.

The feet of the places become nodes within their edges for the time of one question, so that a way
pays only the part of an edge that it travels, in the direction in which it may.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from planner.domain.facts import F64, I32, I64
from planner.geo.road_net import Network, packed, unpacked
from planner.geo.road_shrink import shrunk
from planner.geo.road_snap import Snapped

_AT_END = 0.06  # metres
# Nodes times places of one search: bounds memory, and the time for which nothing else in the
# process goes on (the search does not let go of the interpreter): about a fiftieth of a second.
_CELLS = 200_000
_WORTH_SHRINKING = 400_000  # nodes times places: below, the search is quicker than that


@dataclass(frozen=True, eq=False, slots=True)
class Base:
    """The arcs of a network as a matrix, the quickest one where several join the same nodes."""

    matrix: csr_matrix
    key: I64  # tail * nodes + head, rising
    arc: I64  # of each key


@dataclass(frozen=True, eq=False, slots=True)
class Question:
    """A network with the feet of k places in it.

    `start[i]` and `end[i]` are the foot of place i as one leaves and reaches it (-1: none); they
    differ where a turn is banned at the foot. `pieces` maps a pair of nodes to (edge, metres along
    it where the piece begins and ends).
    """

    net: Network
    base: Base
    matrix: csr_matrix
    start: I64
    end: I64
    pieces: dict[tuple[int, int], tuple[int, float, float]]


def base_of(net: Network) -> Base:
    """The matrix of the network's arcs."""
    key = net.arc_tail.astype(np.int64) * net.nodes + net.arc_head
    order = np.lexsort((net.arc_weight, key))
    order = order[np.concatenate([[True], np.diff(key[order]) > 0])] if len(order) else order
    order = order[net.arc_tail[order] != net.arc_head[order]]
    place = (net.arc_tail[order], net.arc_head[order])
    matrix = csr_matrix((net.arc_weight[order], place), shape=(net.nodes, net.nodes))
    return Base(matrix, key[order], order)


def ask(net: Network, base: Base, at: Snapped) -> Question:
    """Put the feet of places into the network."""
    on = np.flatnonzero(at.edge >= 0)
    spots = np.stack([at.edge[on].astype(np.float64), np.round(at.along[on], 1)], axis=1)
    length = net.length()
    node = np.full(len(at.edge), -1, np.int64)
    # At a crossing one is at the crossing, not at the end of one of its streets: that street may be
    # a one-way one, and the others lead there too.
    edge, left = at.edge[on], length[at.edge[on]] - at.along[on]
    node[on] = np.where(at.along[on] < left, net.tips[edge, 0], net.tips[edge, 1])
    within = np.minimum(at.along[on], left) > _AT_END
    spots, number = np.unique(spots[within], axis=0, return_inverse=True)
    node[on[within]] = net.nodes + number.ravel()
    edge, along = spots[:, 0].astype(np.int64), spots[:, 1]
    pieces: dict[tuple[int, int], tuple[int, float, float]] = {}
    weights: dict[tuple[int, int], float] = {}
    starts = np.flatnonzero(np.diff(edge, prepend=-1))
    for begin, end in pairwise([*starts.tolist(), len(edge)]):
        one = int(edge[begin])
        inner = [min(x, float(length[one])) for x in along[begin:end].tolist()]
        _split(net, one, inner, net.nodes + begin, float(length[one]), pieces, weights)
    last, size = _reached(net, at, node, net.nodes + len(edge), pieces, weights)
    tails, heads = (np.array([p[i] for p in weights], np.int64) for i in (0, 1))
    coo = base.matrix.tocoo()
    matrix = csr_matrix(
        (
            np.concatenate([coo.data, np.fromiter(weights.values(), np.float64, len(weights))]),
            (np.concatenate([coo.row, tails]), np.concatenate([coo.col, heads])),
        ),
        shape=(size, size),
    )
    return Question(net, base, matrix, node, last, pieces)


def _reached(
    net: Network, at: Snapped, node: I64, size: int,
    pieces: dict[tuple[int, int], tuple[int, float, float]], weights: dict[tuple[int, int], float],
) -> tuple[I64, int]:  # fmt: skip
    """Where places are reached, and the number of nodes then.

    At a crossing with banned turns one may arrive at any of its copies; a node of its own behind
    all of them is the end.
    """
    end = node.copy()
    for i in np.flatnonzero(np.isin(node, net.copies[:, 0])).tolist():
        via, edge = int(node[i]), int(at.edge[i])
        same = end[:i][node[:i] == via]
        if len(same):
            end[i] = same[0]
            continue
        here = float(net.length()[edge]) if net.tips[edge, 1] == via else 0.0
        for one in (via, *net.copies[net.copies[:, 0] == via, 1].tolist()):
            weights[one, size], pieces[one, size] = 1.0, (edge, here, here)
        end[i] = size
        size += 1
    return end, size


def _split(
    net: Network, edge: int, inner: list[float], first: int, length: float,
    pieces: dict[tuple[int, int], tuple[int, float, float]], weights: dict[tuple[int, int], float],
) -> None:  # fmt: skip
    """The pieces of one edge between its ends and the feet `first`, `first` + 1 ... on it."""
    low, high = np.searchsorted(net.arc_edge, [edge, edge + 1])
    wait = float(net.wait[edge])
    for arc in range(int(low), int(high)):
        back = bool(net.arc_back[arc])
        pace = float(net.pace[edge, int(back)])
        marks = [0.0, *inner, length]
        nodes = [int(net.arc_tail[arc]), *range(first, first + len(inner)), int(net.arc_head[arc])]
        if back:
            marks.reverse()
            nodes[1:-1] = nodes[-2:0:-1]
        for a, b, x, y in zip(nodes[:-1], nodes[1:], marks[:-1], marks[1:], strict=True):
            metres = abs(y - x)
            extra = wait if a == nodes[0] else 0.0
            weight = float(packed(np.array(metres * pace + extra), np.array(metres)))
            if weight < weights.get((a, b), np.inf):
                weights[a, b], pieces[a, b] = weight, (edge, x, y)


def table(question: Question) -> tuple[F64, F64]:
    """(seconds, metres) between all places [k, k] along the quickest ways; inf where there is none.

    The search runs for some places at a time, so that memory does not grow with their number.
    """
    node, end = question.start, question.end
    k, size = len(node), question.matrix.shape[0]
    seconds, metres = np.full((k, k), np.inf), np.full((k, k), np.inf)
    on = np.flatnonzero(node >= 0)
    if not len(on):
        return seconds, metres
    starts, row = np.unique(node[on], return_inverse=True)
    matrix = question.matrix
    if len(starts) * size > _WORTH_SHRINKING:
        matrix, number = shrunk(matrix, np.concatenate([starts, end[on]]))
        starts, ends, size = number[: len(starts)], number[len(starts) :], matrix.shape[0]
    else:
        ends = end[on]
    block = max(1, _CELLS // size)
    for first in range(0, len(starts), block):
        found = dijkstra(matrix, indices=starts[first : first + block])
        mine = np.flatnonzero((row >= first) & (row < first + block))
        weights = found[row[mine] - first][:, ends]
        at = np.ix_(on[mine], on)
        seconds[at], metres[at] = unpacked(weights)
    return seconds, metres


def lines(question: Question, legs: list[tuple[int, int]], crow: list[float]) -> list[F64 | None]:
    """Lines [n, 2] (lat, lon) from foot to foot of pairs of places; None where there is none.

    `crow` are the straight-line metres of the legs: a search first looks no farther than a usual
    way of that length goes, and everywhere only where that was not enough.
    """
    pace = question.net.pace[np.isfinite(question.net.pace)]
    usual = float(np.median(pace)) if len(pace) else 1.0
    found: list[F64 | None] = []
    for (a, b), metres in zip(legs, crow, strict=True):
        start, end = int(question.start[a]), int(question.end[b])
        line = None
        if start >= 0 and end >= 0:
            near = float(packed(np.array(60.0 + 2.0 * usual * metres), np.array(0.0)))
            line = _searched(question, start, end, near)
            if line is None:
                line = _searched(question, start, end, np.inf)
        found.append(line)
    return found


def _searched(question: Question, start: int, end: int, limit: float) -> F64 | None:
    """The line of the way from node to node, if it weighs no more than `limit`."""
    _, before = dijkstra(question.matrix, indices=start, return_predecessors=True, limit=limit)
    return _line(question, before, start, end)


def _line(question: Question, before: I32, start: int, end: int) -> F64 | None:
    """The way that the table of predecessors holds."""
    nodes = [end]
    while nodes[-1] != start:
        previous = int(before[nodes[-1]])
        if previous < 0:
            return None
        nodes.append(previous)
    nodes.reverse()
    parts = [_points(question, *_piece(question, a, b)) for a, b in pairwise(nodes)]
    if not parts:
        return np.zeros((0, 2))
    line = np.concatenate(parts)
    keep = np.concatenate([[True], (np.diff(line, axis=0) != 0).any(axis=1)])
    kept: F64 = line[keep]
    return kept


def _piece(question: Question, a: int, b: int) -> tuple[int, float, float]:
    """(edge, metres along it at the beginning, at the end) of a step from node a to node b."""
    known = question.pieces.get((a, b))
    if known is not None:
        return known
    net, base = question.net, question.base
    arc = int(base.arc[np.searchsorted(base.key, a * net.nodes + b)])
    edge, graph = int(net.arc_edge[arc]), net.graph
    length = float(net.run[graph.first[edge + 1] - 1] - net.run[graph.first[edge]])
    return (edge, length, 0.0) if net.arc_back[arc] else (edge, 0.0, length)


def _points(question: Question, edge: int, begin: float, end: float) -> F64:
    """The points of an edge between two distances along it, in the order of travel."""
    net = question.net
    low, high = int(net.graph.first[edge]), int(net.graph.first[edge + 1])
    run = net.run[low:high] - net.run[low]
    spots = net.graph.points[low:high] / 1e7
    near, far = min(begin, end), max(begin, end)
    inside = spots[(run > near) & (run < far)]
    tips = np.array([[np.interp(x, run, spots[:, i]) for i in (0, 1)] for x in (near, far)])
    line: F64 = np.concatenate([tips[:1], inside, tips[1:]])
    return line if begin <= end else line[::-1]
