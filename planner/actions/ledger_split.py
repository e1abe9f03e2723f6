"""Sharing what a trip costs among its stops: exact to the last unit, by one rule.

Each stop first bears what would be saved without it alone; what is left is common to all (the way
to the place and back, a night, an allowance) and is shared in proportion to what each stop would
cost alone. Where the savings add up to more than the whole, they are shared in their proportion.
"""

from collections.abc import Sequence

import numpy as np

from planner.domain.facts import I64


def in_proportion(total: int, weights: Sequence[int]) -> list[int]:
    """`total` (not negative) in whole parts proportional to `weights`; equal parts when all are 0.

    Largest remainders get the odd units, the first of equals before the others; the parts add up
    to `total`.
    """
    if not weights:
        return []
    own = [max(0, weight) for weight in weights]
    whole = sum(own)
    if not whole:
        own, whole = [1] * len(own), len(own)
    parts = [total * weight // whole for weight in own]
    rest = [total * weight % whole for weight in own]
    odd = total - sum(parts)
    for k in sorted(range(len(own)), key=lambda k: (-rest[k], k))[:odd]:
        parts[k] += 1
    return parts


def shared(total: int, saved: Sequence[int], alone: Sequence[int]) -> list[int]:
    """`total` among stops: first what each would save, the rest in proportion to `alone`."""
    own = [max(0, one) for one in saved]
    if sum(own) >= total:
        return in_proportion(total, own)
    common = in_proportion(total - sum(own), alone)
    return [a + b for a, b in zip(own, common, strict=True)]


def savings(table: I64) -> tuple[list[int], list[int], int]:
    """(saved by leaving each stop out, cost of each stop alone, whole) of one way through places.

    `table` [n + 2, n + 2] has the price of each leg; places are the begin, n stops in their order,
    and the end.
    """
    last = len(table) - 1
    k = np.arange(1, last)
    saved = table[k - 1, k] + table[k, k + 1] - table[k - 1, k + 1]
    alone = table[0, k] + table[k, last]
    whole = int(table[np.arange(last), np.arange(1, last + 1)].sum())
    return saved.tolist(), alone.tolist(), whole
