"""Everything about one person, read and computed off the GUI thread; no words here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo, available_timezones

from planner.actions.history import Line, history_of
from planner.actions.policy import active_policy
from planner.actions.rank import Ranking
from planner.domain.belief import belief_of
from planner.domain.codes import Channel
from planner.domain.facts import PersonFacts, instant
from planner.domain.people import Debtor, Hold, Must
from planner.domain.plan import Plan, Stop, numbered
from planner.policy.cadence import Cadence, cadence
from planner.policy.check import Answer, check_contact
from planner.policy.limits import Rule
from planner.policy.pack import Rulebook
from planner.policy.strip import DayOfStrip, strip
from planner.ranking.explain import Explanation, explain
from planner.store.facts import load_person_facts
from planner.store.people import load_debtor
from planner.store.plans import load_plan
from planner.store.store import Store
from planner.store.wanted import load_musts
from ui.case.steps import NextStep, next_of
from ui.cases.ranked import ranking_of

CHECKED = (Channel.CALL, Channel.MESSAGE, Channel.VISIT)
DAYS = 21  # how far the calendar of a person looks ahead


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the person stands on the day: `rank` of `ready` (0 = may not be planned)."""

    tab: str
    rank: int
    ready: int
    rule: str | None
    until: datetime | None
    worth: bool
    why: Explanation


@dataclass(frozen=True, slots=True)
class Seat:
    """The planned visit: crew, number in its round, times."""

    crew: str
    number: int
    stop: Stop


@dataclass(frozen=True, slots=True)
class Day:
    """One day: may there be a visit, a call, and when."""

    visit: DayOfStrip
    call: DayOfStrip

    @property
    def day(self) -> date:
        """The calendar day in the person's zone."""
        return self.visit.day


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person on `day`, looked at `now`. `standing` is None without an open case.

    `strip` are the coming days, in the person's own `zone`; `rules` those that protect the person.
    `must`: a lead wants a visit on `day`.
    """

    debtor: Debtor
    day: date
    now: datetime
    amount: int
    days: int
    open_cases: int
    holds: tuple[Hold, ...]
    standing: Standing | None
    checks: tuple[tuple[Channel, Answer], ...]
    lines: tuple[Line, ...]
    seat: Seat | None
    belief: dict[str, float]
    zone: str
    cadence: Cadence | None
    strip: tuple[Day, ...]
    rules: Mapping[str, Rule]
    must: Must | None
    next: NextStep


def load_person(store: Store, debtor_id: str, day: date, now: datetime) -> PersonView:
    """Read the person and judge them. PlannerError("store.unknown_person")."""
    ranking = ranking_of(store, day)
    today = now.astimezone(ZoneInfo(store.zone)).date()
    with store.read() as conn:
        debtor = load_debtor(conn, debtor_id)
        facts = load_person_facts(conn, debtor_id, today)
        lines = history_of(conn, facts, now, store.zone).lines
        seat = _seat(load_plan(conn, day), debtor_id)
        must = load_musts(conn, day).get(debtor_id)
    phone = debtor.phones[0] if debtor.phones else ""
    policy = active_policy(store)
    return PersonView(
        debtor=debtor,
        day=day,
        now=now,
        amount=facts.amount,
        days=max(0, (day - facts.overdue_since).days) if facts.open_cases else 0,
        open_cases=facts.open_cases,
        holds=tuple(h for h in facts.holds if h.start <= now and (not h.until or h.until > now)),
        standing=_standing(ranking, debtor_id, facts, now),
        checks=tuple(
            (channel, check_contact(facts, policy, channel, now, phone=phone))
            for channel in CHECKED
        ),
        lines=lines,
        seat=seat,
        belief=belief_of(facts, instant(now)),
        zone=facts.zone if facts.zone in available_timezones() else store.zone,
        cadence=cadence(facts, policy, max(day, today)) if facts.open_cases else None,
        strip=_strip(facts, policy, max(day, today)),
        rules=policy.for_jurisdiction(facts.jurisdiction).rules,
        must=must,
        next=next_of(store, debtor_id, day, now),
    )


def _strip(facts: PersonFacts, policy: Rulebook, first: date) -> tuple[Day, ...]:
    """Visits and calls on the coming days, if nothing else happens."""
    visits = strip(facts, policy, first, DAYS)
    calls = strip(facts, policy, first, DAYS, Channel.CALL)
    return tuple(Day(visit, call) for visit, call in zip(visits, calls, strict=True))


def _standing(
    ranking: Ranking, debtor_id: str, facts: PersonFacts, now: datetime
) -> Standing | None:
    try:
        i = ranking.row(debtor_id)
    except KeyError:
        return None
    eligible = ranking.verdicts.eligible
    # The verdict's own end is that of its first rule; asked is when nothing bars any more.
    start = datetime.combine(ranking.day, time(), ZoneInfo(facts.zone))
    again = check_contact(facts, ranking.policy, Channel.VISIT, max(now, start))
    # Those who may be visited come first in the order, by falling points.
    ahead = eligible & (ranking.scores.points > ranking.scores.points[i])
    return Standing(
        tab=ranking.tab(i),
        rank=int(ahead.sum()) + 1 if eligible[i] else 0,
        ready=int(eligible.sum()),
        rule=ranking.rule(i),
        until=again.next_allowed if ranking.rule(i) else None,
        worth=bool(ranking.scores.worth[i]),
        why=explain(ranking.scores, ranking.table, i),
    )


def _seat(plan: Plan | None, debtor_id: str) -> Seat | None:
    for route in plan.routes if plan is not None else ():
        for number, stop in numbered(route.stops):
            if stop.debtor_id == debtor_id:
                return Seat(route.crew, number, stop)
    return None
