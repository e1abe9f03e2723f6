"""What became of a promise: computed from what was paid, never stored."""

from datetime import date, timedelta

from planner.domain.codes import PromiseState

TOLERANCE = 0.95  # paid share that counts as kept
GRACE = timedelta(days=1)


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
