"""What other weights would change, before anybody applies them."""

from dataclasses import dataclass

import numpy as np

from planner.domain.facts import I64
from planner.domain.ordering import stable_order
from planner.ranking.params import Weights
from planner.ranking.score import Bools, Scores, weigh


@dataclass(frozen=True, slots=True)
class Preview:
    """The first places now and under other weights; rows of the table.

    `before` and `after` are what the two lists are expected to bring (fen, V less the shared way,
    each row never below zero), both counted in plain yuan: with all weights 1.
    """

    scores: Scores
    leave: tuple[int, ...]
    enter: tuple[int, ...]
    moved: int  # of those in both lists, how many stand elsewhere
    before: int
    after: int


def order_of(scores: Scores, eligible: Bools) -> I64:
    """Rows by falling points, eligible ones first; equals keep the order of the table."""
    order = np.empty(len(eligible), np.int64)
    first = int(np.count_nonzero(eligible))
    for mine, place in ((eligible, order[:first]), (~eligible, order[first:])):
        rows = np.flatnonzero(mine)
        place[:] = rows[stable_order(-scores.points[rows])]
    return order


def preview(scores: Scores, weights: Weights, top: int = 30) -> Preview:
    """Compare the first `top` eligible places of `scores` with those under `weights`."""
    eligible = scores.basis.eligible
    other = weigh(scores.basis, weights)
    top = min(top, int(eligible.sum()))
    now = order_of(scores, eligible)[:top].tolist()
    then = order_of(other, eligible)[:top].tolist()
    place = {row: k for k, row in enumerate(now)}
    plain = weigh(scores.basis, Weights())
    net = np.maximum(plain.value - plain.travel_share, 0)
    return Preview(
        scores=other,
        leave=tuple(row for row in now if row not in set(then)),
        enter=tuple(row for row in then if row not in place),
        moved=sum(place.get(row, k) != k for k, row in enumerate(then)),
        before=int(net[now].sum()),
        after=int(net[then].sum()),
    )
