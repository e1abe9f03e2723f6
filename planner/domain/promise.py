"""What became of promises and instalment plans: computed from what was paid, never stored.

The instalments of a plan are promises that answer for each other: only the first that is not kept
protects, and once its day of grace has passed the plan is broken.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from planner.domain.codes import PromiseState
from planner.domain.people import Promise

TOLERANCE = 0.95  # paid share that counts as kept
GRACE = timedelta(days=1)
_DIGITS: Final = 3  # so that the ids of instalments sort as their numbers do


def promise_state(amount: int, due: date, paid: int, today: date) -> PromiseState:
    """State on `today` of a promise; `amount` and `paid` towards it are minor units.

    A promise is pending until one day of grace after `due` has passed (ranking.md G3: live while
    due >= today - 1); afterwards it is partly kept when something was paid, else broken.
    """
    if paid >= amount * TOLERANCE:
        return PromiseState.KEPT
    if due >= today - GRACE:
        return PromiseState.PENDING
    return PromiseState.PARTLY if paid > 0 else PromiseState.BROKEN


def instalment_id(plan_id: str, number: int) -> str:
    """The id of the promise that is instalment `number` (from 1) of a plan."""
    return f"{plan_id}/{number:0{_DIGITS}}"


def first_unkept(promises: Sequence[Promise], paid: Sequence[int]) -> tuple[bool, ...]:
    """Which promises of one person are not kept and, of a plan, the earliest due such one.

    A promise of no plan stands for itself. All that protects, follows up or counts as broken goes
    by these: so a plan breaks once, and what was to come later does not protect any more.
    """
    taken: set[str] = set()
    found = [False] * len(promises)
    for k in sorted(range(len(promises)), key=lambda k: (promises[k].due, k)):
        one = promises[k]
        if paid[k] < one.amount * TOLERANCE and one.plan_id not in taken:
            found[k] = True
            taken |= {one.plan_id} - {""}
    return tuple(found)


def promise_states(
    promises: Sequence[Promise], paid: Sequence[int], today: date
) -> tuple[PromiseState, ...]:
    """The state of each promise of one person on `today`; `paid` towards each as of its end.

    An instalment that is not kept has lapsed once an earlier one of its plan is over unkept.
    """
    first = first_unkept(promises, paid)
    states = [
        promise_state(one.amount, one.due, money, today)
        for one, money in zip(promises, paid, strict=True)
    ]
    over = {
        one.plan_id
        for one, leads, state in zip(promises, first, states, strict=True)
        if one.plan_id and leads and state is not PromiseState.PENDING
    }
    return tuple(
        PromiseState.LAPSED
        if one.plan_id in over and not leads and state is not PromiseState.KEPT
        else state
        for one, leads, state in zip(promises, first, states, strict=True)
    )


def first_unkept_rows(
    owner: npt.NDArray[np.int64],
    plan: npt.NDArray[np.int64],
    due: npt.NDArray[np.integer],
    kept: npt.NDArray[np.bool_],
) -> npt.NDArray[np.bool_]:
    """`first_unkept` for the promises of many persons: columns of owner, plan (0 = none), due day
    and whether each is kept; [n] of bool."""
    found: npt.NDArray[np.bool_] = ~kept & (plan == 0)
    rows = np.flatnonzero(~kept & (plan != 0))
    if len(rows):
        rows = rows[np.lexsort((rows, due[rows], plan[rows], owner[rows]))]
        first = np.ones(len(rows), np.bool_)
        first[1:] = (owner[rows][1:] != owner[rows][:-1]) | (plan[rows][1:] != plan[rows][:-1])
        found[rows[first]] = True
    return found
