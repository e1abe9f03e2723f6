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
        keys = (values + 0.0).astype(np.float64, copy=False).view(np.int64)  # one zero, not two
        np.bitwise_xor(keys, np.int64(2**63 - 1), out=keys, where=keys < 0)  # rising as values do
    else:
        keys = values.astype(np.int64)
    if not len(keys):
        return np.zeros(0, np.int64)
    rest = keys.view(np.uint64)
    rest -= np.uint64(int(keys.min()) % 2**64)
    count = max(1, -(-int(rest.max()).bit_length() // _BITS))
    # On machines of either order of bytes: the digits of a number, the last one first.
    digits = rest.astype("<u8", copy=False).view("<u2").reshape(-1, 4).T[:count]
    digits = np.ascontiguousarray(digits, np.uint16)
    del keys, rest
    order: I64 = np.lexsort(digits)
    return order
