"""What came up in the middle of a day: crews that stand still, rain, somebody ill, urgent, paid.

`Noon` is told to `replan_day` beside lateness and absence; what was told is kept with the plan, as
codes and figures without a person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

import numpy as np

from planner.actions.rank import Ranking
from planner.domain.facts import F64, I64
from planner.domain.plan import Because, Plan
from planner.domain.work import Mode
from planner.errors import PlannerError
from planner.geo.travel import Bools, TravelTimes
from planner.policy.pack import crew_rule
from planner.store.driver import Connection
from planner.store.state import pids_of

AS_USUAL: Final = 100
SLOWEST: Final = 300  # percent of the usual time on the road


@dataclass(frozen=True, slots=True)
class Noon:
    """What else is known of the rest of the day.

    `until`: moments (aware) before which a crew does not go on. `slower`: time on the road in
    percent of the usual. `ill`: collectors who do not go on, by crew id. `urgent`: people to visit
    today whatever they are worth. `settled`: people nobody has to visit any more.
    """

    until: Mapping[str, datetime] = field(default_factory=dict)
    slower: int = AS_USUAL
    ill: Mapping[str, frozenset[str]] = field(default_factory=dict)
    urgent: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()


NOTHING_NEW: Final = Noon()


@dataclass(frozen=True, slots=True)
class Slowed:
    """Ways that take `percent` of their usual time; metres stay."""

    travel: TravelTimes
    percent: int
    whole: ClassVar[int] = 100

    @property
    def estimated(self) -> bool:
        """As of the ways beneath."""
        return self.travel.estimated

    def matrix(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> tuple[I64, I64]:
        """(metres, seconds) as of the ways beneath, seconds slowed and rounded up."""
        metres, seconds = self.travel.matrix(lat, lon, mode)
        slow: I64 = -(-seconds.astype(np.int64) * self.percent // self.whole)
        return metres, slow

    def legs_estimated(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> Bools:
        """As of the ways beneath."""
        return self.travel.legs_estimated(lat, lon, mode)

    def shape(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> list[F64 | None]:
        """As of the ways beneath."""
        return self.travel.shape(lat, lon, mode)


def ways_of(travel: TravelTimes, noon: Noon) -> TravelTimes:
    """The ways of the rest of the day. Raises PlannerError("plan.speed") for a figure that cannot
    be meant."""
    if not AS_USUAL <= noon.slower <= SLOWEST:
        raise PlannerError("plan.speed", least=AS_USUAL, most=SLOWEST)
    return travel if noon.slower == AS_USUAL else Slowed(travel, noon.slower)


def without_the_ill(ranking: Ranking, noon: Noon) -> tuple[Ranking, frozenset[str]]:
    """(the ranking with crews as they go on, the crews that cannot): too few people are left for
    the least that the rules demand at a door."""
    barred, crews = set(), []
    for crew in ranking.crews:
        left = tuple(
            m for m in crew.members if m.collector_id not in noon.ill.get(crew.crew_id, ())
        )
        if len(left) < len(crew.members) and not enough(ranking, len(left)):
            barred.add(crew.crew_id)
            left = crew.members  # what it has done, it did with all
        crews.append(replace(crew, members=left))
    return replace(ranking, crews=tuple(crews)), frozenset(barred)


def enough(ranking: Ranking, members: int) -> bool:
    """Whether so many people may stand at the door of at least some who may be visited."""
    table, day = ranking.table, ranking.day
    places = np.unique(table.jurisdiction[ranking.verdicts.eligible]).tolist()
    rules = [ranking.policy.for_jurisdiction(table.jurisdictions[k]) for k in places]
    rules = rules or [ranking.policy.home]
    return members > 0 and any(crew_rule(rule, members, day) is None for rule in rules)


def standing_still(noon: Noon, ranking: Ranking, zone: str) -> frozenset[str]:
    """Crews that cannot go on before their shift is over."""
    found = set()
    for crew in ranking.crews:
        at = noon.until.get(crew.crew_id)
        if at is None:
            continue
        here = at.astimezone(ZoneInfo(zone))
        seconds = here.hour * 3600 + here.minute * 60 + here.second
        if here.date() > ranking.day or seconds >= crew.end:
            found.add(crew.crew_id)
    return frozenset(found)


def refuse_unknown(ranking: Ranking, plan: Plan, noon: Noon, crews: Iterable[str] = ()) -> None:
    """Raise PlannerError("plan.no_such_crew") for a crew that neither works nor has a round on that
    day, ("plan.no_such_collector") for somebody ill who is not of the crew named. `crews` are those
    that something else is told of."""
    members = {crew.crew_id: {m.collector_id for m in crew.members} for crew in ranking.crews}
    known = members.keys() | {route.crew_id for route in plan.routes}
    for crew in (*crews, *noon.until, *noon.ill):
        if crew not in known:
            raise PlannerError("plan.no_such_crew", crew=crew)
    for crew, away in noon.ill.items():
        for who in sorted(away - members.get(crew, away)):
            raise PlannerError("plan.no_such_collector", collector=who, crew=crew)


def refuse_nobody(conn: Connection, noon: Noon) -> None:
    """Raise PlannerError("store.unknown_person") for somebody urgent or settled who is nobody."""
    told = sorted(noon.urgent | noon.settled)
    known = pids_of(conn, told)
    for who in told:
        if not who or who not in known:
            raise PlannerError("store.unknown_person", debtor=who)


def refuse_urgent(ranking: Ranking, noon: Noon) -> None:
    """Raise PlannerError("plan.not_ready") when the rules bar a visit to somebody urgent,
    ("plan.no_open_case") for whom nothing is open any more."""
    for who in sorted(noon.urgent):
        if who not in ranking.table.debtor_ids:
            raise PlannerError("plan.no_open_case", debtor=who)
        row = ranking.row(who)
        if not ranking.verdicts.eligible[row]:
            raise PlannerError("plan.not_ready", rule=ranking.rule(row) or "")


def reasons(
    now: datetime, late: Mapping[str, int], absent: frozenset[str], noon: Noon
) -> tuple[Because, ...]:
    """What was told, as it is kept with the plan: codes, crews and figures."""
    found = [Because(now, "late", crew, seconds // 60) for crew, seconds in late.items() if seconds]
    found += [Because(now, "absent", crew) for crew in sorted(absent)]
    found += [
        Because(now, "car", crew, max(0, round((at - now).total_seconds() / 60)))
        for crew, at in noon.until.items()
    ]
    if noon.slower != AS_USUAL:
        found.append(Because(now, "rain", "", noon.slower - AS_USUAL))
    found += [Because(now, "ill", crew, len(who)) for crew, who in noon.ill.items() if who]
    if noon.urgent:
        found.append(Because(now, "urgent", "", len(noon.urgent)))
    if noon.settled:
        found.append(Because(now, "settled", "", len(noon.settled)))
    return tuple(found)
