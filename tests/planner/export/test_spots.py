"""Ways on paper: what is driven twice is drawn once, or dashes would look like a full line."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from planner.export.spots import once

SPOTS = st.tuples(st.integers(0, 3).map(float), st.integers(0, 3).map(float))


def test_there_and_back_is_one_line() -> None:
    """A side trip is drawn out and not back; what follows begins a part of its own."""
    a, b, c, d = (0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 2.0)
    assert once([a, b, c, b, d]) == [[a, b, c], [b, d]]
    assert once([a, b, a]) == [[a, b]]
    assert once([a, a]) == once([a]) == once([]) == []


@given(st.lists(SPOTS, max_size=30))
def test_every_stretch_stands_exactly_once(way: list[tuple[float, float]]) -> None:
    """No stretch is lost and none is drawn twice, whatever the way."""
    drawn = [frozenset(leg) for part in once(way) for leg in pairwise(part)]
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == {frozenset(leg) for leg in pairwise(way) if leg[0] != leg[1]}
