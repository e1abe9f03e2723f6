"""May this person be called, written to or visited at this moment? And if not, from when?

What counts: every fact up to the asked moment, this second included; later ones are ignored. Who
judges a contact that has happened passes the facts without it.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from planner.domain.codes import Channel
from planner.domain.facts import NEVER, PersonFacts, instant
from planner.errors import PlannerError
from planner.policy.days import ONE_DAY, local_day, midnight
from planner.policy.gates import (
    View,
    allowance,
    bars_until,
    count_now,
    may_change_on,
    view,
)
from planner.policy.limits import Counter, Escalation, Rule
from planner.policy.pack import Policy
from planner.policy.workdays import about_hours, home_zone, inside, next_open, rule_spans


@dataclass(frozen=True, slots=True)
class Answer:
    """The rules' answer for one contact.

    `rule` is the first barring rule in gate order and `source` names where it stands ("" when
    allowed). `next_allowed` is the first moment from the asked one on at which the contact is
    allowed if nothing else happens, in the person's zone (None: no such moment is known).
    `left_today` is how many such contacts the counters still permit today (None: not counted).
    """

    allowed: bool
    rule: str | None
    source: str
    next_allowed: datetime | None
    left_today: int | None


@dataclass(frozen=True, slots=True)
class _Question:
    facts: PersonFacts
    policy: Policy
    zone: ZoneInfo
    channel: Channel
    length: int  # seconds the contact lasts
    phone: str


def check_contact(
    facts: PersonFacts,
    policy: Policy,
    channel: Channel,
    at: datetime,
    *,
    leave: datetime | None = None,
    phone: str = "",
) -> Answer:
    """Whether `facts`' person may be contacted by `channel` at `at` (aware).

    A visit lasts until `leave`, or the pack's long stay when that is not given; pass
    `leave=at` to judge the arrival alone. `phone` is the number to be called, written as in the
    facts; "" = not known, then every attempt of the day counts against it.
    Raises PlannerError("policy.leave_before_arrival") and ValueError for a naive moment.
    """
    moment = instant(at)
    length = policy.visit_seconds if channel is Channel.VISIT else 0
    if leave is not None:
        length = instant(leave) - moment
        if length < 0:
            raise PlannerError("policy.leave_before_arrival", at=at.isoformat())
    zone = home_zone(policy, facts.zone)
    question = _Question(facts, policy, zone, channel, length, phone)
    barred, v = _barring(question, moment)
    left = _left(question, v)
    if not barred:
        return Answer(True, None, "", at, left)
    rule = barred[0][0]
    free = _next_allowed(question, moment)
    day_over = free >= midnight(local_day(moment, zone) + ONE_DAY, zone)
    return Answer(
        False,
        rule.id,
        f"{rule.source}, {rule.clause}",
        None if free >= NEVER else datetime.fromtimestamp(free, zone),
        0 if left is not None and day_over else left,
    )


def _barring(q: _Question, at: int) -> tuple[list[tuple[Rule, int]], View]:
    """The rules that bar the contact at `at` with the first instant each may let go."""
    v = view(q.facts, q.policy, q.zone, at, q.phone)
    barred: list[tuple[Rule, int]] = []
    opens = 0
    for rule in q.policy.acting(q.channel):
        if about_hours(rule):
            spans = rule_spans(q.policy, rule, v.day, q.zone.key)
            if not inside(at, q.length, spans):
                opens = opens or next_open(q.policy, q.channel, at, q.length, q.zone.key)
                barred.append((rule, opens))
        elif (until := bars_until(rule.limit, v)) > at:
            barred.append((rule, _let_go(rule, v, until)))
    return barred, v


def _let_go(rule: Rule, v: View, until: int) -> int:
    """`until`, or the next midnight where the passing of days may lift a bar without an end."""
    if isinstance(rule.limit, Escalation) and v.day < may_change_on(rule.limit, v):
        return midnight(v.day + ONE_DAY, v.zone)
    return until


def _events(facts: PersonFacts) -> list[int]:
    """Instants at which what is known of a person changes."""
    moments = [c.at for c in facts.contacts]
    moments += [p.at for p in facts.payments]
    moments += [p.made_at for p in facts.promises]
    moments += [h.start for h in facts.holds]
    return sorted(map(instant, moments))


def _next_allowed(q: _Question, at: int) -> int:
    """The first instant from `at` on at which nothing bars, NEVER when there is none.

    No rule lets go before the instant it names, so jumping to the latest of them skips nothing; a
    fact recorded later than `at` may change the picture, so its moment is looked at too.
    """
    later = [event for event in _events(q.facts) if event > at]
    while True:
        barred, _ = _barring(q, at)
        if not barred:
            return at
        free = max(until for _, until in barred)
        while later and later[0] <= at:
            later.pop(0)
        at = min([free, *later[:1]])
        if at >= NEVER:
            return NEVER


def _left(q: _Question, v: View) -> int | None:
    """How many contacts of this kind the counters still permit; None without a counter."""
    counters = [r.limit for r in q.policy.acting(q.channel) if isinstance(r.limit, Counter)]
    left = [max(0, allowance(limit, v) - count_now(limit, v)) for limit in counters]
    return min(left, default=None)
