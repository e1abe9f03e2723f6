"""How much was paid towards each promise of a person: a pure rule of allocation."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from planner.domain.facts import instant
from planner.domain.promise import GRACE

Window = tuple[int, int, int, int]  # made (instant), end (instant, exclusive), due, amount


def window_end(due: date, day: date, zone: ZoneInfo) -> int:
    """The instant (exclusive) up to which money counts towards a promise due on `due`.

    The end of the day of grace after `due`, or the end of `day` (the "as of" day) if that is
    earlier; both in the person's zone.
    """
    last = min(due, day - GRACE) + GRACE  # a due day at the end of the calendar stays in it
    return instant(datetime.combine(last + timedelta(days=1), time(), zone))


def paid_towards(promises: Sequence[Window], payments: Sequence[tuple[int, int]]) -> list[int]:
    """Minor units paid towards each promise, at most its amount, in the given order.

    Payments are (instant, amount). In the order of time each goes to the promises that are open
    at its moment (made before it, not yet ended), the earliest due first, then the earliest made;
    what is left over when all are full counts for none. So no money is counted twice, and an
    older promise is not broken by a newer one.
    """
    paid = [0] * len(promises)
    by_due = sorted(range(len(promises)), key=lambda k: (promises[k][2], promises[k][0], k))
    for at, amount in sorted(payments, key=lambda payment: payment[0]):
        left = amount
        for k in by_due:
            made, end, _, promised = promises[k]
            if made < at < end and left > 0:
                share = min(left, promised - paid[k])
                paid[k] += share
                left -= share
    return paid
