"""The stable order of many numbers, by their digits: five times sooner than by comparing them."""

from typing import Any

import numpy as np
import numpy.typing as npt

from planner.domain.facts import I64

_BITS = 16  # of a digit: of so short numbers numpy counts instead of comparing


def stable_order(values: npt.NDArray[Any]) -> I64:
    """The places of whole or 64-bit floating `values` [n] by rising value, equals as they stand.

    The same as `np.argsort(values, kind="stable")`.
    """
    if values.dtype.kind == "f":
        if np.isnan(values).any():
            return np.argsort(values, kind="stable")
        bits = (values + 0.0).astype(np.float64).view(np.int64)  # one zero, not two
        keys = np.where(bits < 0, bits ^ np.int64(2**63 - 1), bits)  # rising as the values do
    else:
        keys = values.astype(np.int64)
    if not len(keys):
        return np.zeros(0, np.int64)
    rest = keys.view(np.uint64) - np.uint64(int(keys.min()) % 2**64)
    count = max(1, -(-int(rest.max()).bit_length() // _BITS))
    order: I64 = np.lexsort(
        [(rest >> np.uint64(_BITS * k)).astype(np.uint16) for k in range(count)]
    )
    return order
