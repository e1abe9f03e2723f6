"""The next step with a person: proposed from the history, within the rules, at the best hour.

A proposal is a moment at which `check_contact` permits the contact as things stand; accepted, it
is a wish that is listed when it falls due. Planning is pleased to heed it and bound by nothing.
"""

import contextlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from planner.actions.rank import Ranking, rank
from planner.actions.what_next import Want, what_next
from planner.clock import Clock
from planner.domain.belief import BAND_STARTS
from planner.domain.codes import Channel
from planner.domain.facts import PersonFacts
from planner.domain.people import Crew
from planner.domain.step import ANY_PART, ENDS, PARTS, Means, Step, channel_of_means
from planner.errors import PlannerError
from planner.policy.check import check_contact
from planner.policy.judge import judge
from planner.policy.pack import Rulebook
from planner.policy.workdays import home_zone, next_working_day
from planner.ranking.explain import explain
from planner.store.events import NewEvent
from planner.store.facts import load_person_facts
from planner.store.steps import load_step
from planner.store.steps import steps_due as stored_steps_due
from planner.store.store import Store

HORIZON: Final = timedelta(days=60)  # a way that is barred for longer is not the next one
CHOICE: Final = 7  # days from the first permitted one among which the hour is chosen
A_DAY: Final = 0.02  # a day later is worth it for so much more chance to meet
SOON: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A next step that is proposed. `at`: the first permitted moment of that part of the day, in
    the person's zone (None: no contact). `chance` to meet then and the `tries` of this person on
    which it rests; `why` is a code (words `step.why.<code>`)."""

    debtor_id: str
    means: Means
    day: date
    part: int
    at: datetime | None
    objective: str
    why: str
    chance: float | None = None
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Hours:
    """What is known of the hours: chance to meet and own tries by the eight cells of the week, and
    the crews on whose weekdays and hours somebody can make a visit (none: any). `placed`: there is
    an address to which a visit can be planned."""

    chance: Sequence[float]
    tries: Sequence[int]
    crews: tuple[Crew, ...] = ()
    placed: bool = True

    def works(self, day: date) -> tuple[time, time] | None:
        """From when until when somebody can make a visit on `day`; None = nobody works."""
        if not self.crews:
            return time(), time.max
        found = [crew for crew in self.crews if day.isoweekday() in crew.weekdays]
        if not found:
            return None
        return _clock(min(c.start for c in found)), _clock(max(c.end for c in found))


def _clock(seconds: int) -> time:
    return time.max if seconds >= 86_400 else time(seconds // 3600, seconds % 3600 // 60)


def propose(
    store: Store, debtor_id: str, now: datetime, *, ranking: Ranking | None = None
) -> Proposal | None:
    """The next step with this person as of `now` (aware); None when no case is open.

    `ranking` of today spares the work of ranking. Raises PlannerError("store.unknown_person").
    """
    today = now.astimezone(ZoneInfo(store.zone)).date()
    with store.read() as conn:
        facts = load_person_facts(conn, debtor_id, today)
    if not facts.open_cases:
        return None
    ranking = ranking or rank(store, today)
    try:
        why = explain(ranking.scores, ranking.table, ranking.row(debtor_id))
    except KeyError:
        return None
    return next_step(facts, ranking.policy, now, why.objective, hours_of(ranking, debtor_id))


def hours_of(ranking: Ranking, debtor_id: str) -> Hours:
    """What is known of the hours of a person; KeyError for one without an open case."""
    row = ranking.row(debtor_id)
    strip = explain(ranking.scores, ranking.table, row).strip
    return Hours(
        [one.chance for one in strip], [one.tries for one in strip], ranking.crews,
        placed=int(ranking.scores.best_address[row]) >= 0,
    )  # fmt: skip


def next_step(
    facts: PersonFacts, policy: Rulebook, now: datetime, objective: str, hours: Hours
) -> Proposal:
    """The step that the history asks for, moved to a moment that the rules permit; pure.

    Where every way is barred for long, the lead is to look at it.
    """
    own = policy.for_jurisdiction(facts.jurisdiction)
    zone = home_zone(own, facts.zone)
    wants = what_next(facts, now, objective, zone)
    for want in wants:
        for means in want.means:
            if means is Means.LEAD:
                return _for_lead(facts, policy, now, zone, want.why)
            if means is Means.VISIT and not hours.placed:
                continue
            found = _slot(facts, policy, now, zone, means, want, hours)
            if found is not None:
                return replace(found, objective=want.objective or objective)
    return _for_lead(facts, policy, now, zone, "barred")


def _for_lead(
    facts: PersonFacts, policy: Rulebook, now: datetime, zone: ZoneInfo, why: str
) -> Proposal:
    """No contact: the lead looks at it on the next working day."""
    today = now.astimezone(zone).date()
    day = today + timedelta(days=1)
    with contextlib.suppress(PlannerError):  # where no calendar reaches, the lead knows the days
        day = next_working_day(policy, today)
    return Proposal(facts.debtor_id, Means.LEAD, day, ANY_PART, None, "clarify", why)


def _slot(
    facts: PersonFacts, policy: Rulebook, now: datetime, zone: ZoneInfo, means: Means, want: Want,
    hours: Hours,
) -> Proposal | None:  # fmt: skip
    """The best permitted part of a day for this way; None when it is barred for long."""
    channel = channel_of_means(means)
    assert channel is not None
    start = now.astimezone(zone) + SOON
    if want.first is not None:
        start = max(start, datetime.combine(want.first, time(), zone))
    first = _first_permitted(facts, policy, channel, start)
    if first is None or first - now > HORIZON:
        return None
    best: Proposal | None = None
    worth = 0.0
    for later in range(CHOICE):
        day = first.astimezone(zone).date() + timedelta(days=later)
        if want.latest is not None and day > want.latest:
            break
        for part, at in open_parts(facts, policy, channel, day, zone, max(start, first), hours):
            if part in want.avoid:
                continue
            cell = part + len(PARTS) * (day.isoweekday() > 5)
            value = hours.chance[cell] - A_DAY * later
            if best is None or value > worth + 1e-12:
                best, worth = Proposal(
                    facts.debtor_id, means, day, part, at, "", want.why, hours.chance[cell],
                    hours.tries[cell],
                ), value  # fmt: skip
            if means is Means.MESSAGE:  # it is read whenever there is time
                return best
    return best


def _first_permitted(
    facts: PersonFacts, policy: Rulebook, channel: Channel, start: datetime
) -> datetime | None:
    return check_contact(facts, policy, channel, start).next_allowed


def open_parts(
    facts: PersonFacts, policy: Rulebook, channel: Channel, day: date, zone: ZoneInfo,
    start: datetime, hours: Hours,
) -> Iterator[tuple[int, datetime]]:  # fmt: skip
    """(part, first moment) of the permitted parts of a day from `start` on."""
    windows = judge(facts, policy, day, channel).windows
    opens, closes = time(), time.max
    need = timedelta()
    if channel is Channel.VISIT:
        works = hours.works(day)
        if works is None:
            return
        opens, closes = works
        need = timedelta(seconds=policy.visit_seconds)
    begin = datetime.combine(day, opens, zone)
    end = datetime.combine(day, closes, zone)
    for part in PARTS:
        band = datetime.combine(day, time(BAND_STARTS[part]), zone)
        stop = BAND_STARTS[part + 1]
        after = datetime.combine(day + timedelta(days=stop // 24), time(stop % 24), zone)
        for a, b in windows:
            at = max(band, a, begin, start)
            if at < after and at + need <= min(b, end):
                if check_contact(facts, policy, channel, at).allowed:
                    yield part, at
                break


def accept(store: Store, proposal: Proposal, *, by: str, clock: Clock) -> bytes:
    """Keep the proposed step; the batch that undoes it. A later step takes its place.

    Raises PlannerError("store.unknown_person").
    """
    with store.read() as conn:
        today = clock().astimezone(ZoneInfo(store.zone)).date()
        facts = load_person_facts(conn, proposal.debtor_id, today)
    # A contact ends a step; the one it follows from may be written down for a later minute.
    now = max([clock(), *(one.at for one in facts.contacts[-1:] if one.at <= clock() + _AHEAD)])
    told = {
        "step_id": secrets.token_hex(8), "day": proposal.day, "means": proposal.means.value,
        "part": proposal.part, "objective": proposal.objective, "by": by,
    }  # fmt: skip
    with store.write() as tx:
        return tx.append([NewEvent("step.set", proposal.debtor_id, now, told)])


_AHEAD = timedelta(minutes=5)  # as far ahead as an outcome may be recorded


def end_step(store: Store, debtor_id: str, how: str, *, by: str, clock: Clock) -> bytes:
    """The person's step is done without a contact, or dropped (`how`: one of ENDS); undo by batch.

    Raises PlannerError("step.none") when there is none, "store.unknown_person".
    """
    if how not in ENDS:
        raise ValueError(how)
    with store.read() as conn:
        step = load_step(conn, debtor_id)
    if step is None:
        raise PlannerError("step.none")
    told = {"step_id": step.step_id, "how": how, "by": by}
    with store.write() as tx:
        return tx.append([NewEvent("step.done", debtor_id, max(clock(), step.at), told)])


def steps_due(store: Store, day: date) -> tuple[Step, ...]:
    """Steps that fall due on `day` or before and are still open, the oldest first."""
    with store.read() as conn:
        return stored_steps_due(conn, day)
