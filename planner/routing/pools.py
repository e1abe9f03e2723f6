"""Visits that do not pay alone, each with the fewest left-out neighbours with which it does."""

import numpy as np

from planner.routing.change import Best, Change, Present, timed
from planner.routing.gaps import FAR, I64

MOST_POOLED = 4
NEAR = 12  # left-out neighbours that are looked at for a pool


def pools(plan: Present, insert: Best) -> dict[int, Change]:
    """Visits that fit but do not pay, each with the fewest neighbours with which it does.

    The neighbours come right after it, near ones first; a pool must pay by itself.
    """
    poor = np.flatnonzero((insert.loss < FAR // 2) & (insert.loss > 0))
    found: dict[int, Change] = {}
    if len(poor) < 2:
        return found
    problem = plan.problem
    for s in np.unique(insert.shift[poor]).tolist():
        rows = poor[problem.allowed[plan.visits[poor], s]]
        places = problem.location[plan.visits[rows]]
        ways = problem.travel_cost(problem.shifts[s], places[:, None], places[None, :])
        worth = plan.value[rows][None, :] - ways - ways.T
        np.fill_diagonal(worth, -FAR)
        near = np.argsort(-worth, axis=1, kind="stable")[:, :NEAR]
        for i, row in enumerate(rows.tolist()):
            if int(insert.shift[row]) == s:
                mates = [int(k) for k in near[i] if worth[i, k] > 0]
                _pool(plan, s, row, rows[mates], insert, found)
    return found


def _pool(
    plan: Present, s: int, row: int, mates: I64, insert: Best, found: dict[int, Change]
) -> None:
    """The first pool of `row` with more and more of `mates` that pays and can be driven."""
    problem, gaps = plan.problem, plan.gaps[s]
    shift = problem.shifts[s]
    visit, gap = int(plan.visits[row]), int(insert.gap[row])
    more: list[int] = []
    groups = {int(problem.group[visit])} - {-1}
    loss = int(insert.loss[row])
    end = int(gaps.place_b[gap])
    here = int(problem.location[visit])
    for mate in mates.tolist():
        other = int(plan.visits[mate])
        if int(problem.group[other]) in groups:
            continue
        there = int(problem.location[other])
        ways = problem.travel_cost(shift, [here, there, here], [there, end, end]).tolist()
        step = ways[0] + ways[1] - ways[2]
        if step >= plan.value[mate]:
            continue
        more.append(other)
        groups |= {int(problem.group[other])} - {-1}
        loss += step - int(plan.value[mate])
        here = there
        if loss < 0 or len(more) == MOST_POOLED:
            break
    if loss >= 0:
        return
    one = Change(
        "POOL", s, int(gaps.stop_a[gap]), loss, loss + int(plan.value[row]), more=tuple(more)
    )
    exact = timed(plan, visit, one)
    if exact is not None and exact.loss < 0:
        found[visit] = exact
