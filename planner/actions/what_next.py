"""What an outcome asks for next: ways in the order in which they are tried, and what for.

One table, pure. The way may turn out to be barred: `next_step` then tries the one after it, and
the lead decides where none is left.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from planner.domain.codes import NO_ANSWER, RIGHT_PARTY, Channel, PromiseState
from planner.domain.facts import PersonFacts
from planner.domain.people import Contact
from planner.domain.promise import GRACE, promise_states
from planner.domain.step import Means, part_of

CALLS_BEFORE_VISIT: Final = 3  # unanswered ones without a conversation since
C, M, V, L = Means.CALL, Means.MESSAGE, Means.VISIT, Means.LEAD


@dataclass(frozen=True, slots=True)
class Want:
    """What is wanted next: `means` in order, `why` a code (words `step.why.<code>`), `objective`
    "" for that of the stage. Not before `first`; never in the parts of the day in `avoid`.
    `latest`: the last day on which it still makes sense."""

    means: tuple[Means, ...]
    why: str
    objective: str = ""
    first: date | None = None
    latest: date | None = None
    avoid: frozenset[int] = frozenset()


# Of what was said to the person asked for.
_SAID: Final[dict[str, tuple[tuple[Means, ...], str]]] = {
    "OUT-HARD": ((C, V), "assist"),
    "OUT-DISP": ((L,), "clarify"),
    "OUT-CTP": ((L,), "clarify"),
    "OUT-CMPL": ((L,), "clarify"),
    "OUT-CEASE": ((L,), "clarify"),
    "OUT-REP": ((L,), "clarify"),
    "OUT-PAID": ((C, M), ""),
    "OUT-PLAN": ((C, M), ""),
}
# Of what was found.
_FOUND: Final[dict[str, tuple[tuple[Means, ...], str]]] = {
    "VIS-NC": ((V, C), ""),
    "VIS-TPC": ((C, V), ""),
    "VIS-REFUSE": ((L,), "clarify"),
    "VIS-ABORT-SAFE": ((L,), "clarify"),
    "VIS-ABORT-VULN": ((L,), "clarify"),
    "VIS-ABORT-MINOR": ((L,), "clarify"),
    "CALL-TPC": ((C, V), ""),
    "CALL-INV": ((V, M), "verify"),
    "CALL-REJ": ((M, C, V), ""),
    "MSG-SENT": ((C, V), ""),
    "MSG-REPLY": ((C, V), ""),
    "MSG-FAILED": ((C, V), ""),
}
# No agreement: the later the stage, the firmer the next step.
_FIRMER: Final = {"early": (C, V), "middle": (V, C), "late": (L,), "assist": (C, V)}


def what_next(
    facts: PersonFacts, now: datetime, objective: str, zone: ZoneInfo
) -> tuple[Want, ...]:
    """What the person's history asks for at `now` (aware), in the order in which it is tried.

    `objective` is that of the stage, `zone` the person's.
    """
    promised = _promised(facts, now.astimezone(zone).date(), zone)
    return promised or (_after_last(facts, now, objective, zone),)


def _after_last(facts: PersonFacts, now: datetime, objective: str, zone: ZoneInfo) -> Want:
    """What the latest contact asks for."""
    known = [one for one in facts.contacts if one.at <= now]
    if not known:
        return Want((C, M, V), "nothing_yet")
    last = known[-1]
    if last.code in RIGHT_PARTY:
        return _after_talk(last, objective)
    if last.code in ("VIS-ADR-BAD", "VIS-MOVED"):
        return Want((C, L), "wrong_address", "verify")
    if last.code in NO_ANSWER and last.channel is Channel.CALL and last.code != "CALL-REJ":
        return _after_silence(known, last, zone)
    means, goal = _FOUND.get(last.code, ((C, V), ""))
    return Want(means, last.code, goal, avoid=_same_part(last, zone))


def _promised(facts: PersonFacts, today: date, zone: ZoneInfo) -> tuple[Want, ...]:
    """A promise comes first: a word before it falls due, a question after it broke.

    A broken one counts until somebody spoke to the person about it.
    """
    states = promise_states(facts.promises, facts.promises_paid, today)
    rows = list(zip(facts.promises, states, strict=True))
    open_ones = [one for one, state in rows if state is PromiseState.PENDING]
    if open_ones:
        first_due = min(open_ones, key=lambda one: one.due)
        due = first_due.due
        eve = due - timedelta(days=1)
        over = due + GRACE + timedelta(days=1)
        after = Want((C, M, V), "promise_over", "broken", first=over)
        if first_due.plan_id:  # nobody is visited while a plan is kept
            after = Want((C, M), "plan_over", "broken", first=over)
        if eve <= today:
            return (after,)
        return Want((M, C), "promise_due", "remind", first=eve, latest=due), after
    lost = [one.due for one, state in rows if state in (PromiseState.BROKEN, PromiseState.PARTLY)]
    if not lost:
        return ()
    since = max(lost)
    tried = [one for one in facts.contacts if one.at.astimezone(zone).date() > since]
    return () if tried else (Want((C, V, M), "promise_broken", "broken"),)


def _after_talk(last: Contact, objective: str) -> Want:
    """After a conversation with the person."""
    if last.result in _SAID:
        means, goal = _SAID[last.result]
        return Want(means, last.result, goal)
    return Want(_FIRMER.get(objective, (C, V)), "no_agreement")


def _after_silence(known: list[Contact], last: Contact, zone: ZoneInfo) -> Want:
    """After calls that nobody answered: another part of the day, from some number on a visit."""
    missed = 0
    for one in reversed(known):
        if one.code in RIGHT_PARTY:
            break
        missed += one.code in NO_ANSWER and one.channel is Channel.CALL
    enough = missed >= CALLS_BEFORE_VISIT
    avoid = _same_part(last, zone)
    if enough:
        return Want((V, C, M), "calls_unanswered", avoid=avoid)
    return Want((C, M), "call_unanswered", avoid=avoid)


def _same_part(last: Contact, zone: ZoneInfo) -> frozenset[int]:
    """The part of the day in which nobody was reached; another one is tried."""
    if last.code in ("VIS-NC", "VIS-TPC", "CALL-TPC") or last.code in NO_ANSWER:
        return frozenset({part_of(last.at.astimezone(zone).hour)})
    return frozenset()
