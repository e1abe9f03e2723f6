"""How old data may be: calls made elsewhere since the last import are not counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from planner.policy.pack import Rulebook


@dataclass(frozen=True, slots=True)
class Age:
    """How old the data is. `hours` None: nothing was ever imported, so nothing can be old.

    `marked`: it is shown as old; `needs_reason`: a plan needs the lead's reason.
    """

    hours: int | None
    marked: bool
    needs_reason: bool


def stale(policy: Rulebook, newest: datetime | None, now: datetime) -> Age:
    """The age at `now` of data whose newest import was at `newest` (both aware); pure."""
    if newest is None:
        return Age(None, False, False)
    limit = policy.freshness(now.date())
    age = now - newest
    return Age(
        max(0, age // timedelta(hours=1)),
        age > timedelta(hours=limit.mark_hours),
        age > timedelta(hours=limit.reason_hours),
    )
