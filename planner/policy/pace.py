"""The rhythm of visits to one person: how long to rest after each, how many a stage holds.

The pause after a visit depends on how it ended and on how the person behaved, both as known when
the visit was made; only cooperation that came later still counts, for it lengthens the pause. So a
pause, once begun, never ends earlier because time passes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from planner.domain.codes import CODES, RESULTS
from planner.domain.facts import NEVER, instant
from planner.domain.people import Contact
from planner.domain.promise import GRACE, first_unkept
from planner.policy.days import ONE_DAY, midnight
from planner.policy.limits import PaceStage, Pacing
from planner.policy.view import DAY, FAILED_RESULTS, UNIT_CODES, View, kept

EVASIVE = frozenset({"VIS-REFUSE"})
_BY_CODE = {"VIS-NC": "nobody", "VIS-ADR-BAD": "wrong", "VIS-MOVED": "wrong"}
_BY_RESULT = {"OUT-PAID": "paid", "OUT-PTP": "promised", "OUT-PLAN": "promised"}


def group_of(code: str, result: str) -> str:
    """How a visit ended, as one of `kinds.PACE_GROUPS`."""
    if code == "VIS-RPC":
        return _BY_RESULT.get(result, "talked")
    return _BY_CODE.get(code, "others")


# The same by the indexes of codes and results; the last result is "none".
GROUPS: Mapping[tuple[int, int], str] = {
    (c, r): group_of(code, result)
    for c, code in enumerate(CODES)
    for r, result in enumerate((*RESULTS, ""))
}


def pause_days(limit: Pacing, group: str, cooperated: bool, evaded: bool) -> int:
    """Whole days to rest after a visit: cooperation counts for more than evasion."""
    factor = limit.longer if cooperated else limit.shorter if evaded else 1.0
    return max(limit.least[group], int(limit.pause[group] * factor + 0.5))


@dataclass(frozen=True, slots=True)
class Rest:
    """The pause after one visit: when it was, how it ended, and why it lasts `days` days."""

    at: int
    group: str
    cooperated: bool
    evaded: bool
    days: int

    @property
    def until(self) -> int:
        """The instant at which the pause is over."""
        return self.at + self.days * DAY


def rests(limit: Pacing, v: View) -> list[Rest]:
    """The pauses after all visits known, by time of the visit."""
    found = []
    for at, contact in v.contacts:
        if contact.code in UNIT_CODES["visit"]:
            cooperated = _cooperated(limit, v, at)
            evaded = _evaded(limit, v, at)
            group = group_of(contact.code, contact.result)
            days = pause_days(limit, group, cooperated, evaded)
            found.append(Rest(at, group, cooperated, evaded, days))
    return found


def _cooperated(limit: Pacing, v: View, at: int) -> bool:
    """Something was paid, or a promise made that was kept, from `look_back` days before on."""
    paid = [instant(payment.at) for payment in v.facts.payments]
    paid += [
        instant(promise.made_at)
        for promise, amount in zip(v.facts.promises, v.facts.promises_paid, strict=True)
        if kept(promise.amount, amount)
    ]
    return any(at - limit.look_back * DAY < when <= v.cut for when in paid)


def _evaded(limit: Pacing, v: View, at: int) -> bool:
    """The person refused, or a promise broke without a payment, in the days before the visit."""
    when = [one for one, contact in v.contacts if _refused(contact)]
    promises, money = v.facts.promises, v.facts.promises_paid
    when += [
        midnight(promise.due + ONE_DAY + GRACE, v.zone)
        for promise, paid, leads in zip(promises, money, first_unkept(promises, money), strict=True)
        if leads and instant(promise.made_at) <= v.cut and paid <= 0
    ]
    return any(at - limit.look_back * DAY < one <= at for one in when)


def _refused(contact: Contact) -> bool:
    return contact.code in EVASIVE or contact.result in FAILED_RESULTS


def stage_of(limit: Pacing, v: View) -> tuple[PaceStage, int, int]:
    """The stage of the view's day, the instant it began and the one it ends (NEVER: the last)."""
    overdue = max(0, (v.day - v.facts.overdue_since).days)
    place = max(k for k, stage in enumerate(limit.stages) if stage.from_days <= overdue)
    begins = [
        midnight(v.facts.overdue_since + timedelta(days=stage.from_days), v.zone)
        for stage in limit.stages
    ]
    return limit.stages[place], begins[place], [*begins, NEVER][place + 1]


def visits_in_stage(limit: Pacing, v: View) -> int:
    """How many visits were made since the stage began."""
    _, begin, _ = stage_of(limit, v)
    codes = UNIT_CODES["visit"]
    return sum(at >= begin and contact.code in codes for at, contact in v.contacts)


def pace_until(limit: Pacing, v: View) -> int:
    """Until when the rhythm bars a further visit: 0 = not at all, NEVER = no end is known."""
    until = max((rest.until for rest in rests(limit, v)), default=0)
    stage, _, end = stage_of(limit, v)
    return max(until, end) if visits_in_stage(limit, v) >= stage.in_all else until
