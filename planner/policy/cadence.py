"""How often this person may and should be visited: one answer for the case page.

"Visit 2 of at most 3 in this stage; next from 12 Dec, because a promise was made at the last one."
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from planner.domain.codes import Channel
from planner.domain.facts import NEVER, PersonFacts
from planner.policy.days import ONE_DAY, midnight
from planner.policy.gates import bars_until
from planner.policy.limits import Counter, Pacing, Pause
from planner.policy.pace import Rest, pace_until, rests, stage_of, visits_in_stage
from planner.policy.pack import Policy, Rulebook
from planner.policy.view import View, terms_of, view
from planner.policy.workdays import home_zone, next_open


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the next visit is when it is: words are `cadence.<code>` with `params` filled in."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cadence:
    """The next visit is number `visit_number` of at most `most_in_stage` in `stage`.

    `objective` is what visits of the stage are for (words `cadence.objective.<code>`). `next_from`
    is the first local day on which the rules about frequency and hours permit it (None: no such day
    is known: the stage holds no more). `reasons` say why not before, weightiest first.
    """

    stage: str
    objective: str
    visit_number: int
    most_in_stage: int
    next_from: date | None
    reasons: tuple[Reason, ...]


def cadence(facts: PersonFacts, policy: Rulebook, day: date) -> Cadence | None:
    """The rhythm of visits to `facts`' person as of the end of `day`; None without such a rule."""
    own = policy.for_jurisdiction(facts.jurisdiction)
    zone = home_zone(own, facts.zone)
    v = view(facts, own, zone, midnight(day + ONE_DAY, zone) - 1)
    limit = _pacing(own, day)
    if limit is None:
        return None
    stage, _, _ = stage_of(limit, v)
    made = visits_in_stage(limit, v)
    until, reasons = _until(own, limit, v, made)
    return Cadence(
        stage=stage.name,
        objective=stage.objective,
        visit_number=made + 1,
        most_in_stage=stage.in_all,
        next_from=_first_day(own, v, until),
        reasons=reasons,
    )


def _pacing(policy: Policy, day: date) -> Pacing | None:
    limits = (rule.limit for rule in policy.acting(Channel.VISIT, day))
    return next((limit for limit in limits if isinstance(limit, Pacing)), None)


def _until(policy: Policy, limit: Pacing, v: View, made: int) -> tuple[int, tuple[Reason, ...]]:
    """When the rules about frequency let go, and why not before."""
    bars = [
        (bars_until(rule.limit, v), rule)
        for rule in policy.acting(Channel.VISIT, v.day)
        if isinstance(rule.limit, Counter | Pause)
    ]
    rhythm = pace_until(limit, v)
    until = max([rhythm, *(end for end, _ in bars)])
    begin = midnight(v.day, v.zone)
    if until <= begin:
        return until, ()
    reasons = []
    stage, _, _ = stage_of(limit, v)
    rest = max(rests(limit, v), key=lambda one: one.until, default=None)
    if made >= stage.in_all:
        reasons.append(Reason("stage_full", {"most": stage.in_all}))
    if rest is not None and begin < rest.until:
        reasons += _why(limit, rest)
    reasons += [
        Reason("rule", {"rule": rule.id})
        for end, rule in bars
        if end > begin and (end > rhythm or isinstance(rule.limit, Counter))
    ]
    return until, tuple(reasons)


def _why(limit: Pacing, rest: Rest) -> list[Reason]:
    plain = limit.pause[rest.group]
    found = [Reason(f"after.{rest.group}", {"days": rest.days})]
    if rest.days > plain:
        found.append(Reason("longer", {"days": rest.days - plain}))
    elif rest.days < plain:
        found.append(Reason("shorter", {"days": plain - rest.days}))
    return found


def _first_day(policy: Policy, v: View, until: int) -> date | None:
    """The local day of the first open hour from `until` on, or from tomorrow's midnight on."""
    if until >= NEVER:
        return None
    start = max(until, midnight(v.day, v.zone))
    terms = terms_of(v, Channel.VISIT)
    length = policy.visit_seconds
    opens = next_open(policy, Channel.VISIT, start, length, v.zone.key, terms)
    # Without open hours in sight (no notice yet, an unknown year) the frequency alone decides.
    return datetime.fromtimestamp(opens if opens < NEVER else start, v.zone).date()
