"""A smaller matrix with the same shortest ways between some of its nodes.

Nodes that nobody asks about are taken out one set after the other: what led through one becomes a
direct arc between its neighbours (node contraction, as in contraction hierarchies: Geisberger,
Sanders, Schultes, Delling 2008). Only nodes with few neighbours are taken, so arcs hardly multiply;
blind alleys vanish altogether. Weights are whole numbers, so the ways stay exactly as long.
"""

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from planner.domain.facts import F64, I64

_NEIGHBOURS = 4  # at most: a crossing of two roads; beyond, arcs grow faster than nodes vanish
_ROUNDS = 24
_WORTH = 0.03  # a round that takes out a smaller share of the nodes is the last
_Arcs = tuple[I64, I64, F64]  # tail, head, weight


def shrunk(matrix: csr_matrix, wanted: I64) -> tuple[csr_matrix, I64]:
    """The smaller matrix, and the number in it of each wanted node (which may repeat)."""
    coo = matrix.tocoo()
    arcs: _Arcs = (coo.row.astype(np.int64), coo.col.astype(np.int64), coo.data)
    size = matrix.shape[0]
    stay = np.zeros(size, np.bool_)
    stay[wanted] = True
    # A fixed shuffle: neighbours must not go in the same round, and a rising number would let only
    # the first of a long chain go each time.
    rank = (np.arange(size, dtype=np.uint64) * np.uint64(2654435761)) & np.uint64(0xFFFFFFFF)
    alive = np.ones(size, np.bool_)
    for _ in range(_ROUNDS):
        go = _chosen(arcs, stay | ~alive, rank, size)
        if go.sum() < _WORTH * alive.sum():
            break
        arcs = _without(arcs, go, size)
        alive &= ~go
    left = np.flatnonzero(alive)
    number = np.full(size, -1, np.int64)
    number[left] = np.arange(len(left))
    tail, head, weight = arcs
    smaller = csr_matrix((weight, (number[tail], number[head])), shape=(len(left), len(left)))
    return smaller, number[wanted]


def _chosen(arcs: _Arcs, stay: npt.NDArray[np.bool_], rank: npt.NDArray[np.uint64], size: int) -> (
    npt.NDArray[np.bool_]
):  # fmt: skip
    """Nodes with few neighbours, no two of them next to each other."""
    tail, head, _ = arcs
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    pairs = np.unique(low * size + high)
    one, two = pairs // size, pairs % size
    degree = np.bincount(one, minlength=size) + np.bincount(two, minlength=size)
    may = (degree <= _NEIGHBOURS) & ~stay
    first = np.where(may, rank, np.iinfo(np.uint64).max)
    least = np.full(size, np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(least, one, first[two])
    np.minimum.at(least, two, first[one])
    return may & (first < least)


def _without(arcs: _Arcs, go: npt.NDArray[np.bool_], size: int) -> _Arcs:
    """The arcs without the nodes in `go`, with a direct one for each way through them."""
    tail, head, weight = arcs
    coming, leaving = np.flatnonzero(go[head]), np.flatnonzero(go[tail])
    leaving = leaving[np.argsort(tail[leaving], kind="stable")]
    begin = np.searchsorted(tail[leaving], head[coming], side="left")
    count = np.searchsorted(tail[leaving], head[coming], side="right") - begin
    into = np.repeat(coming, count)
    offset = np.arange(len(into)) - np.repeat(np.cumsum(count) - count, count)
    out = leaving[np.repeat(begin, count) + offset]
    keep = ~(go[tail] | go[head])
    tails = np.concatenate([tail[keep], tail[into]])
    heads = np.concatenate([head[keep], head[out]])
    weights = np.concatenate([weight[keep], weight[into] + weight[out]])
    real = tails != heads
    tails, heads, weights = tails[real], heads[real], weights[real]
    key = tails * size + heads
    order = np.lexsort((weights, key))
    least = order[np.concatenate([[True], np.diff(key[order]) > 0])] if len(order) else order
    return tails[least], heads[least], weights[least]
