"""A day's plan: routes of crews, stops, and one reason for every eligible person left out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

_PAUSE = timedelta(minutes=30)  # between two visits at one door; after that it is another stop


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit in a route. Times are aware; `value` is V in minor units before travel.

    `arrive` <= `start` <= `leave`; the whole stay lies in a permitted window. `door` is a name of
    the door behind which the person lives, "" = not known to that point: those of one door who
    follow each other are visited in one stop, and arrived at once.
    """

    debtor_id: str
    case_ids: tuple[str, ...]
    address_id: str
    lat: float
    lon: float
    arrive: datetime
    start: datetime
    leave: datetime
    value: int
    locked: bool = False
    door: str = ""


def at_doors(stops: Iterable[Stop]) -> list[tuple[Stop, ...]]:
    """The visits of a round by stops: those who follow each other at one door are one, unless the
    crew would go away in between."""
    found: list[tuple[Stop, ...]] = []
    for stop in stops:
        before = found[-1][-1] if found else None
        same = before is not None and stop.door != "" and before.door == stop.door
        if same and before is not None and stop.start - before.leave <= _PAUSE:
            found[-1] = (*found[-1], stop)
        else:
            found.append((stop,))
    return found


def numbered(stops: Iterable[Stop]) -> Iterator[tuple[int, Stop]]:
    """Every visit of a round with the number of its stop, from 1."""
    for number, some in enumerate(at_doors(stops), 1):
        for stop in some:
            yield number, stop


def together(stops: Iterable[Stop], debtor_id: str) -> tuple[Stop, ...]:
    """The visits of the stop at which a person is visited; none where the person is not."""
    for some in at_doors(stops):
        if any(stop.debtor_id == debtor_id for stop in some):
            return some
    return ()


@dataclass(frozen=True, slots=True)
class Lodging:
    """Where a crew sleeps when it does not drive home; `price` of the night in minor units."""

    name: str
    lat: float
    lon: float
    price: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """One crew's day: `metres`, `driving` seconds and `cost` (minor units) to the end of it.

    `lat`, `lon` are the crew's home. `slept`: the lodging where this day begins instead of there,
    `sleeps`: where it ends, None = at home. `cost` has the price of `sleeps` in it. `breaks` are
    rests from ... to ..., between two stops or before the first or after the last. `longer`:
    seconds by which somebody put off the end of the shift on this day. `estimated`: how many of the
    `legs` come from distance alone, not from roads; 0 of 0 where a plan is older than that count.
    """

    crew_id: str
    crew: str
    members: tuple[str, ...]
    lat: float
    lon: float
    depart: datetime
    back: datetime
    stops: tuple[Stop, ...]
    metres: int = 0
    driving: int = 0
    cost: int = 0
    slept: Lodging | None = None
    sleeps: Lodging | None = None
    breaks: tuple[tuple[datetime, datetime], ...] = ()
    longer: int = 0
    legs: int = 0
    estimated: int = 0

    @property
    def begin(self) -> tuple[float, float]:
        """Where the day begins: latitude, longitude."""
        return (self.slept.lat, self.slept.lon) if self.slept else (self.lat, self.lon)

    @property
    def finish(self) -> tuple[float, float]:
        """Where the day ends: latitude, longitude."""
        return (self.sleeps.lat, self.sleeps.lon) if self.sleeps else (self.lat, self.lon)


@dataclass(frozen=True, slots=True)
class Unserved:
    """An eligible person who is not in the plan: one reason code with its figures."""

    debtor_id: str
    reason: str
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Because:
    """Why the day was planned on at `at` (aware): late, absent, car (`figure` minutes), rain
    (percent more), ill, urgent, settled (`figure` people); "" for a crew where it is not one's."""

    at: datetime
    code: str
    crew_id: str = ""
    figure: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Routes and what was left out, with all that is needed to make it again.

    `reason` is why it was made on old data, "" when the data was fresh; `because` is what came up
    during the day, the oldest first.
    """

    plan_id: str
    day: date
    made_at: datetime
    routes: tuple[Route, ...]
    not_planned: tuple[Unserved, ...]
    seed: int
    iterations: int
    policy_version: str
    ranking_version: str
    objective: int = 0
    candidates: int = 0
    reason: str = ""
    because: tuple[Because, ...] = ()

    @property
    def stops(self) -> int:
        """Number of visits in all routes."""
        return sum(len(route.stops) for route in self.routes)

    @property
    def legs(self) -> tuple[int, int]:
        """(legs of all rounds, how many of them are estimated); rounds without a stop have none."""
        driven = [route for route in self.routes if route.metres or route.stops]
        return sum(r.legs for r in driven), sum(r.estimated for r in driven)
