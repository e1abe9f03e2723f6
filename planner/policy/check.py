"""May this person be called, written to or visited at this moment? And if not, from when?

What counts: every fact up to the asked moment, this second included; later ones are ignored. Who
judges a contact that has happened passes the facts without it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from planner.domain.codes import Channel
from planner.domain.facts import NEVER, PersonFacts, instant
from planner.errors import PlannerError
from planner.policy.days import ONE_DAY, Span, local_day, midnight
from planner.policy.gates import (
    allowance,
    bars_until,
    count_now,
    may_change_on,
    third_party_until,
)
from planner.policy.limits import (
    Counter,
    Escalation,
    Hours,
    NoShow,
    Place,
    Rule,
    ThirdParty,
)
from planner.policy.pack import Policy, Rulebook, crew_rule, third_party_rules
from planner.policy.view import View, bars_place, terms_of, view
from planner.policy.workdays import about_hours, home_zone, inside, next_open, rule_spans


@dataclass(frozen=True, slots=True)
class Answer:
    """The rules' answer for one contact.

    `rule` is the first barring rule in gate order and `source` names where it stands ("" when
    allowed). `next_allowed` is the first moment from the asked one on at which the contact is
    allowed if nothing else happens, in the person's zone (None: no such moment is known).
    `left_today` is how many such contacts the counters still permit today (None: not counted).
    `override` are the rules a lead has set aside without which the contact would be barred.
    """

    allowed: bool
    rule: str | None
    source: str
    next_allowed: datetime | None
    left_today: int | None
    override: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Question:
    facts: PersonFacts
    policy: Policy
    zone: ZoneInfo
    channel: Channel
    length: int  # seconds the contact lasts
    phone: str
    address_id: str
    visitors: int | None
    third_party: bool


def check_contact(
    facts: PersonFacts,
    policy: Rulebook,
    channel: Channel,
    at: datetime,
    *,
    leave: datetime | None = None,
    phone: str = "",
    address_id: str = "",
    visitors: int | None = None,
    third_party: bool = False,
) -> Answer:
    """Whether `facts`' person may be contacted by `channel` at `at` (aware).

    The rules are those of the person's jurisdiction. A visit lasts until `leave`, or the policy's
    long stay when that is not given; pass `leave=at` to judge the arrival alone. `phone` is the
    number to be called, written as in the facts; "" = not known, then every attempt of the day
    counts against it. For a visit, `address_id` and `visitors` (how many go) are judged too when
    given. `third_party`: it is somebody else who is to be contacted about where the person is.

    Rules a lead has set aside for this channel and moment do not bar; they are named in the answer.
    Raises PlannerError("policy.leave_before_arrival") and ValueError for a naive moment.
    """
    own = policy.for_jurisdiction(facts.jurisdiction)
    moment = instant(at)
    length = own.visit_seconds if channel is Channel.VISIT else 0
    if leave is not None:
        length = instant(leave) - moment
        if length < 0:
            raise PlannerError("policy.leave_before_arrival", at=at.isoformat())
    zone = home_zone(own, facts.zone)
    question = _Question(
        facts, own, zone, channel, length, phone, address_id, visitors, third_party
    )
    found, v = _found(question, moment)
    barred = [row for row in found if not _set_aside(question, row[0], moment)]
    left = _left(question, v)
    if not barred:
        return Answer(True, None, "", at, left, tuple(rule.id for rule, _ in found))
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


def _found(q: _Question, at: int) -> tuple[list[tuple[Rule, int]], View]:
    """The rules that speak against the contact at `at`, with the first instant each may let go."""
    v = view(q.facts, q.policy, q.zone, at, q.phone)
    terms = terms_of(v, q.channel)
    found: list[tuple[Rule, int]] = []
    opens = 0
    for rule in _asked(q, v):
        if about_hours(rule):
            spans = rule_spans(q.policy, rule, v.day, q.zone.key, terms)
            if not _fits(q, rule, v, spans, at):
                opens = opens or next_open(q.policy, q.channel, at, q.length, q.zone.key, terms)
                found.append((rule, opens))
        elif (until := _until(q, rule, v)) > at:
            found.append((rule, _let_go(rule, v, until)))
    return found, v


def _fits(q: _Question, rule: Rule, v: View, spans: tuple[Span, ...], at: int) -> bool:
    """True when the contact lies inside what the rule leaves open; a stay past midnight breaks a
    rule about hours, not one that leaves the whole day open."""
    whole = (midnight(v.day, v.zone), midnight(v.day + ONE_DAY, v.zone))
    if spans == (whole,) and not isinstance(rule.limit, Hours):
        return True
    return inside(at, q.length, spans)


def _asked(q: _Question, v: View) -> tuple[Rule, ...]:
    """The rules to be asked, in gate order."""
    rules = q.policy.acting(q.channel, v.day)
    if q.third_party:
        more = third_party_rules(q.policy, q.channel, v.day)
        rules = tuple(sorted((*rules, *more), key=lambda rule: rule.rank))
    crew = q.visitors is not None and crew_rule(q.policy, q.visitors, v.day)
    return (*rules, q.policy.rules[crew]) if crew else rules


def _until(q: _Question, rule: Rule, v: View) -> int:
    match rule.limit:
        case ThirdParty() as limit:
            return third_party_until(limit, v)
        case Place() as limit if q.address_id:
            return NEVER if _barred_place(limit, q, v) else 0
        case _ if not rule.channels:  # a rule on visitors that the crew does not meet
            return NEVER
        case limit:
            return bars_until(limit, v)


def _barred_place(limit: Place, q: _Question, v: View) -> bool:
    return any(
        one.address_id == q.address_id and bars_place(limit, q.facts, one, v.cut)
        for one in q.facts.addresses
    )


def _set_aside(q: _Question, rule: Rule, at: int) -> bool:
    """True when the rule may be set aside by a lead and was, for this channel and moment."""
    return bool(rule.overridable_by) and any(
        one.rule == rule.id
        and one.channel is q.channel
        and instant(one.at) <= at
        and instant(one.start) <= at < instant(one.end)
        and at + q.length <= instant(one.end)
        for one in q.facts.overrides
    )


def _let_go(rule: Rule, v: View, until: int) -> int:
    """`until`, or the next midnight where the passing of days may lift a bar without an end."""
    if isinstance(rule.limit, Escalation | NoShow) and v.day < may_change_on(rule.limit, v):
        return midnight(v.day + ONE_DAY, v.zone)
    return until


def _events(facts: PersonFacts) -> list[int]:
    """Instants at which what is known of a person changes."""
    moments = [c.at for c in facts.contacts]
    moments += [p.at for p in facts.payments]
    moments += [p.made_at for p in facts.promises]
    moments += [h.start for h in facts.holds]
    moments += [a.at for a in facts.agreements]
    moments += [a.ended for a in facts.agreements if a.ended is not None]
    moments += [n.at for n in facts.notices]
    moments += [o.at for o in facts.overrides]
    moments += [o.start for o in facts.overrides]
    return sorted(map(instant, moments))


def _eras(q: _Question) -> list[int]:
    """Instants at which a rule begins or ceases to act: until then it is not asked."""
    return [midnight(date.fromordinal(day), q.zone) for day in q.policy.changes]


def _next_allowed(q: _Question, at: int) -> int:
    """The first instant from `at` on at which nothing bars, NEVER when there is none.

    No rule lets go before the instant it names, so jumping to the latest of them skips nothing; a
    fact recorded later than `at`, an override or another set of rules may change the picture, so
    those moments are looked at too.
    """
    later = sorted(one for one in (*_events(q.facts), *_eras(q)) if one > at)
    while True:
        barred = [row for row in _found(q, at)[0] if not _set_aside(q, row[0], at)]
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
    rules = q.policy.acting(q.channel, v.day)
    counters = [rule.limit for rule in rules if isinstance(rule.limit, Counter)]
    left = [max(0, allowance(limit, v) - count_now(limit, v)) for limit in counters]
    return min(left, default=None)
