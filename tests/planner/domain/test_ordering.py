"""The order by digits against numpy's own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.ordering import stable_order

LONG = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(LONG | st.integers(-3, 3) | st.sampled_from([-(2**63), 2**63 - 1, 2**62])))
def test_whole_numbers_come_in_the_stable_order(values: list[int]) -> None:
    """Of any size and sign, equals in their order."""
    given_ = np.array(values, np.int64)
    assert stable_order(given_).tolist() == np.argsort(given_, kind="stable").tolist()


@given(st.lists(st.floats() | st.sampled_from([0.0, -0.0, 1.5, -1.5, np.inf, -np.inf])))
def test_floating_numbers_come_in_the_stable_order(values: list[float]) -> None:
    """Both zeros are equal, infinities stand at the ends, and what is no number comes last."""
    given_ = np.array(values, np.float64)
    assert stable_order(given_).tolist() == np.argsort(given_, kind="stable").tolist()


@pytest.mark.parametrize("kind", [np.int8, np.int16, np.int32, np.uint16, np.bool_])
def test_short_numbers_come_in_the_stable_order(kind: type) -> None:
    """Any kind of whole number."""
    values = np.random.default_rng(1).integers(0, 2, 500).astype(kind)
    assert stable_order(values).tolist() == np.argsort(values, kind="stable").tolist()
