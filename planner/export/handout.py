"""What of a plan leaves the house, in one shape for every format: rounds, visits, who if asked for.

A visit without `who` is a number, a position, its times and the program's own reference of the
person: that is all that goes out unless names were asked for.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

from planner.domain.plan import Plan, Route, Stop, at_doors
from planner.domain.visit_code import visit_code
from planner.export.phone_links import link

Line = tuple[tuple[float, float], ...]  # (lat, lon) WGS-84 degrees
Hours = tuple[tuple[time, time], ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """What one case is about: only on the second sheet. `amount` in minor units, `days` late."""

    lender: str
    contract: str
    amount: int
    days: int


@dataclass(frozen=True, slots=True)
class Band:
    """A part of the day, hours `start` to `stop`, with the chance to meet (0 to 1) in it."""

    start: int
    stop: int
    chance: float
    permitted: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """What a crew has to know of whom it visits."""

    name: str
    address: str
    phone_tail: str = ""  # the last four digits of the own number
    stage: str = "early"  # the policy's stage, which sets the aim of the visit
    bands: tuple[Band, ...] = ()
    sums: tuple[Sum, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """The `number`-th stop of a round (from 1). Times are aware; `link` opens it on a phone,
    `code` (domain.visit_code) in the program. `together`: how many are visited at that stop."""

    number: int
    reference: str
    lat: float
    lon: float
    arrive: datetime
    start: datetime
    leave: datetime
    link: str
    who: Person | None = None
    code: str = ""
    together: int = 1


@dataclass(frozen=True, slots=True)
class Round:
    """A crew's day. `way` is the line it drives, along roads where `by_road`, else stop to stop."""

    code: str  # what ties a sheet to its plan
    route: Route
    way: Line
    visits: tuple[Visit, ...]
    by_road: bool = False

    @property
    def stops(self) -> int:
        """How often the crew gets out: who is visited behind one door is one stop."""
        return max((visit.number for visit in self.visits), default=0)

    def at_stops(self) -> list[tuple[Visit, ...]]:
        """The visits stop by stop, in driving order."""
        return [tuple(some) for _, some in groupby(self.visits, key=lambda visit: visit.number)]

    @property
    def ends(self) -> tuple[tuple[float, float], ...]:
        """Where the day begins and, if elsewhere, where it ends."""
        return tuple(dict.fromkeys((self.route.begin, self.route.finish)))


@dataclass(frozen=True, slots=True)
class Handout:
    """The rounds of `day` that have something to do, with what every format needs to say them.

    Times are shown in the IANA `zone`; `hours` are the local hours in which visits are permitted.
    """

    plan_id: str
    day: date
    made_at: datetime
    language: str
    zone: str
    rounds: tuple[Round, ...]
    hours: Hours = ()

    @property
    def visits(self) -> int:
        """How many visits there are in all rounds."""
        return sum(len(one.visits) for one in self.rounds)

    @property
    def named(self) -> bool:
        """Whether it says who anybody is."""
        return any(visit.who for one in self.rounds for visit in one.visits)

    def clock(self, at: datetime) -> str:
        """09:30 of a moment, by the clocks of the place."""
        return at.astimezone(ZoneInfo(self.zone)).strftime("%H:%M")


def make_handout(
    plan: Plan,
    people: Mapping[str, Person],
    *,
    language: str,
    zone: str,
    app: str,
    ways: Mapping[str, Line] | None = None,
    hours: Hours = (),
    on_foot: Collection[str] = (),
    crew_id: str = "",
) -> Handout:
    """The handout of `plan`, of one crew with `crew_id`.

    `people` by debtor id, empty when names are not wanted; `ways` are road shapes by crew id;
    crews in `on_foot` get links for walkers. Crews without stops that stay in one place are left
    out.
    """
    rounds = tuple(
        _round(plan, route, people, app, (ways or {}).get(route.crew_id), route.crew_id in on_foot)
        for route in plan.routes
        if (route.stops or route.begin != route.finish) and crew_id in ("", route.crew_id)
    )
    return Handout(plan.plan_id, plan.day, plan.made_at, language, zone, rounds, hours)


def _round(
    plan: Plan, route: Route, people: Mapping[str, Person], app: str, way: Line | None, walks: bool
) -> Round:
    straight = (route.begin, *((stop.lat, stop.lon) for stop in route.stops), route.finish)
    visits = tuple(
        replace(
            _visit(plan, stop, number, people.get(stop.debtor_id), app, walks), together=len(some)
        )
        for number, some in enumerate(at_doors(route.stops), 1)
        for stop in some
    )
    code = f"{plan.plan_id[-6:]}-{route.crew_id}".upper()
    return Round(code, route, way or straight, visits, by_road=bool(way))


def _visit(plan: Plan, stop: Stop, number: int, who: Person | None, app: str, walks: bool) -> Visit:
    return Visit(
        number, stop.debtor_id, stop.lat, stop.lon, stop.arrive, stop.start, stop.leave,
        link(app, stop.lat, stop.lon, number, on_foot=walks), who,
        visit_code(plan.day, stop.debtor_id),
    )  # fmt: skip
