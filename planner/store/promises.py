"""How much was paid towards each promise of a person: a pure rule of allocation."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from planner.domain.facts import NEVER, instant
from planner.domain.promise import GRACE

Window = tuple[int, int, int, int]  # made (instant), end (instant, exclusive), due, amount


def window_end(due: date, day: date, zone: ZoneInfo) -> int:
    """The instant (exclusive) up to which money counts towards a promise due on `due`.

    The end of the day of grace after `due`, or the end of `day` (the "as of" day) if that is
    earlier; both in the person's zone.
    """
    last = min(due, day - GRACE) + GRACE  # a due day at the end of the calendar stays in it
    return instant(datetime.combine(last + timedelta(days=1), time(), zone))


def day_end(day: date, zone: ZoneInfo) -> int:
    """The first instant after `day` in `zone`; the last day of the calendar never ends."""
    if day == date.max:
        return NEVER
    return instant(datetime.combine(day + timedelta(days=1), time(), zone))


def standing_payments(payments: Sequence[tuple[int, int]], end: int) -> list[tuple[int, int]]:
    """The payments (instant, amount) known before `end` by time, as if none had been taken back.

    A negative amount is money that went back: it takes away the latest payments before it.
    """
    found: list[tuple[int, int]] = []
    for at, amount in sorted(payments, key=lambda payment: payment[0]):
        if at >= end:
            break
        back = -amount
        while back > 0 and found:
            when, last = found.pop()
            if last > back:
                found.append((when, last - back))
            back -= last
        if amount > 0:
            found.append((at, amount))
    return found


def paid_towards(
    promises: Sequence[Window], payments: Sequence[tuple[int, int]], end: int
) -> list[int]:
    """Minor units paid towards each promise, at most its amount, in the given order.

    Payments are (instant, amount), those from `end` on are not known yet. In the order of time each
    goes to the promises that are open at its moment (made before it, not yet ended), the earliest
    due first, then the earliest made; what is left over when all are full counts for none. So no
    money is counted twice, an older promise is not broken by a newer one, and what is paid beyond
    one instalment counts towards the next. Money that was taken back was never paid.
    """
    paid = [0] * len(promises)
    by_due = sorted(range(len(promises)), key=lambda k: (promises[k][2], promises[k][0], k))
    for at, amount in standing_payments(payments, end):
        left = amount
        for k in by_due:
            made, end, _, promised = promises[k]
            if made < at < end and left > 0:
                share = min(left, promised - paid[k])
                paid[k] += share
                left -= share
    return paid
