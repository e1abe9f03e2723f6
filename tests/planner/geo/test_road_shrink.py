"""A smaller matrix keeps every shortest way between the nodes that are asked about."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from planner.geo.road_shrink import shrunk


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 40), st.integers(0, 90), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_shortest_ways_stay_exactly(size: int, arcs: int, asked: int, seed: int) -> None:
    """On random directed graphs all ways between wanted nodes are as before, to the last bit."""
    rng = np.random.default_rng(seed)
    table = np.zeros((size, size))
    ends = rng.integers(0, size, (arcs, 2))
    ends = ends[ends[:, 0] != ends[:, 1]]
    table[ends[:, 0], ends[:, 1]] = rng.integers(1, 2**40, len(ends))
    wanted = rng.integers(0, size, asked)
    matrix = csr_matrix(table)
    smaller, number = shrunk(matrix, wanted)
    before = dijkstra(matrix, indices=wanted)[:, wanted]
    after = dijkstra(smaller, indices=number)[:, number]
    assert np.array_equal(before, after)
    assert smaller.shape[0] <= size


def test_a_long_road_shrinks_to_its_ends() -> None:
    """A chain with blind alleys along it is little more than its two ends afterwards."""
    size = 4000
    tail = np.arange(size - 2)
    head = np.where(tail % 2, tail + 1, tail + 2)  # even ones are the road, odd ones hang on it
    weight = np.ones(len(tail))
    matrix = csr_matrix(
        (np.concatenate([weight, weight]), (np.r_[tail, head], np.r_[head, tail])), (size, size)
    )
    smaller, number = shrunk(matrix, np.array([0, size - 2]))
    assert smaller.shape[0] < 300
    assert dijkstra(smaller, indices=number[0])[number[1]] == size / 2 - 1
