"""A workspace lived through day by day: plans made, visits recorded, calls made, the book judged.

The guarantee is measured from outside: of everybody the days are counted on which the rules
permitted a visit and none came, since the last visit or since the rules last forbade one for good
reasons of their own (a pause, a promise); and every shortfall the program named is noted with the
day on which it did.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from planner.actions.heed import reason_to_wait
from planner.actions.make_plan import make_plan
from planner.actions.outcomes import Outcome
from planner.actions.plan_week import plan_week
from planner.actions.rank import Ranking, rank
from planner.actions.record import record
from planner.actions.remote_decisions import decisions
from planner.actions.waiting import named_shortfall
from planner.errors import PlannerError
from planner.geo.travel import StraightLine
from planner.store.events import NewEvent
from planner.store.store import Store

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class Diary:
    """What happened: visits, the longest waits, shortfalls by the day they were named on."""

    visits: int = 0
    days: int = 0
    longest: int = 0
    longest_who: str = ""
    free_since: dict[str, date] = field(default_factory=dict)
    late: dict[str, date] = field(default_factory=dict)
    named: dict[date, tuple[date, int, frozenset[str]]] = field(default_factory=dict)

    def warned(self, who: str, before: date) -> bool:
        """Whether a shortfall that counts this person was named before that day."""
        return any(day < before and who in people for day, (_, _, people) in self.named.items())


class Life:
    """Runs a workspace from `first` on; `clock` is moved to the morning of each day."""

    def __init__(self, store: Store, clock: "Moving", *, seed: int, limit: int) -> None:
        self.store, self.clock, self.limit = store, clock, limit
        self.rng = np.random.default_rng(seed)
        self.diary = Diary()

    def morning(self, day: date) -> Ranking:
        """The day's book; its waits are counted, a shortfall noted."""
        self.clock.now = datetime.combine(day, time(8), ZONE)
        ranking = rank(self.store, day)
        self._count(day, ranking)
        try:
            short = named_shortfall(self.store, ranking, travel=StraightLine())
        except PlannerError:  # nobody works today
            short = None
        if short is not None:
            self.diary.named[day] = (short.day, short.seconds, frozenset(short.people))
        return ranking

    def _count(self, day: date, ranking: Ranking) -> None:
        told = {who: one for one in decisions(self.store, day) for who in one.people}
        free = set()
        for k in np.flatnonzero(ranking.verdicts.eligible).tolist():
            who = ranking.table.debtor_ids[k]
            if who in told and reason_to_wait(who, told[who], day):
                continue
            free.add(who)
        # Neither Sundays nor the time between two visits nor calls that come first end a wait; what
        # the rules forbid altogether (a pause, a person's death) and a paid debt do.
        for who in set(self.diary.free_since) - free:
            tab = ranking.tab(ranking.row(who)) if who in ranking.table.debtor_ids else "paid"
            if tab in ("paid", "paused", "never") or who in told:
                del self.diary.free_since[who]
        for who in free:
            since = self.diary.free_since.setdefault(who, day)
            waited = (day - since).days
            if waited > self.diary.longest:
                self.diary.longest, self.diary.longest_who = waited, who
            if waited > self.limit:
                self.diary.late.setdefault(who, day)

    def evening(self, day: date, ranking: Ranking, visited: list[str]) -> None:
        """Outcomes of the visits at the door, by the demo's chances; calls for the morrow."""
        at = datetime.combine(day, time(17), ZONE)
        self.clock.now = datetime.combine(day, time(19), ZONE)
        for who in visited:
            code = "VIS-RPC" if self.rng.random() < 0.35 else "VIS-NC"
            result = ""
            if code == "VIS-RPC":
                result = str(self.rng.choice(["OUT-RTP", "OUT-DISP", "OUT-PTP"], p=[0.5, 0.1, 0.4]))
            promise = (
                {"amount": 50_000, "due": day + timedelta(days=10)} if result == "OUT-PTP" else {}
            )
            record(self.store, Outcome(who, code, at, result=result, **promise), clock=self.clock)
            self.diary.free_since.pop(who, None)
        self.diary.visits += len(visited)
        self.diary.days += 1
        calls = [
            NewEvent(
                "contact", who, at - timedelta(hours=7), {"channel": "call", "code": "CALL-NA"}
            )
            for k, who in enumerate(ranking.table.debtor_ids)
            if ranking.rule(k) == "gate.call_first"
        ]
        with self.store.write() as tx:
            tx.append(calls)


class Moving:
    """A clock that is moved from day to day."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def by_days(
    life: Life, first: date, days: int, iterations: int, each: Callable[[date], None]
) -> Diary:
    """Plans every morning for its own day, and records its visits in the evening."""
    for k in range(days):
        day = first + timedelta(days=k)
        each(day)
        ranking = life.morning(day)
        visited: list[str] = []
        try:
            plan = make_plan(life.store, day, clock=life.clock, iterations=iterations, reason="run")
            visited = [s.debtor_id for r in plan.routes for s in r.stops]
        except PlannerError as error:
            if error.code != "plan.no_crew":
                raise
        life.evening(day, ranking, visited)
    return life.diary


def by_weeks(
    life: Life, first: date, days: int, iterations: int, each: Callable[[date], None]
) -> Diary:
    """Plans a week every Monday morning and records each day's visits as planned."""
    plans: dict[date, list[str]] = {}
    for k in range(days):
        day = first + timedelta(days=k)
        each(day)
        ranking = life.morning(day)
        if k % 7 == 0:
            week = plan_week(life.store, day, clock=life.clock, iterations=iterations, reason="run")
            plans = {p.day: [s.debtor_id for r in p.routes for s in r.stops] for p in week.plans}
        able = {
            who
            for who, yes in zip(ranking.table.debtor_ids, ranking.verdicts.eligible, strict=True)
            if yes
        }
        life.evening(day, ranking, [who for who in plans.get(day, []) if who in able])
    return life.diary
