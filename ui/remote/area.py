"""What the page of remote areas shows: areas with figures, persons and what was decided.

Never changed once made. Money in minor units, metres, seconds; waits are whole days.
"""

from dataclasses import dataclass
from datetime import date

from planner.actions.remote import Areas
from planner.actions.remote_decisions import Decided
from planner.domain.people import Crew
from planner.routing.remote_trip import RemoteRules

GO, OVERNIGHT, WAIT, OUT_OF_REACH, MEANS = "GO", "OVERNIGHT", "WAIT", "OUT_OF_REACH", "MEANS"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a bundle: `value` of the visit, `waiting` = what the long wait adds to it.

    `waited` is -1 where it is not counted, because other means serve.
    `visited`: the best trip goes there; whoever is not would cost more than the visit brings.
    """

    debtor_id: str
    name: str  # masked
    place: str
    waited: int
    value: int
    waiting: int
    visited: bool
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Sums:
    """One way to serve a bundle. `service` is the time at doors; `cost` the sum of the four."""

    nights: int
    days: int
    visits: int
    value: int
    waiting: int
    metres: int
    driving: int
    service: int
    fuel: int
    wage: int
    allowance: int
    lodging: int
    cost: int

    @property
    def net(self) -> int:
        """What is left when the trip is paid."""
        return self.value - self.cost


@dataclass(frozen=True, slots=True)
class Area:
    """A bundle. `index` is its place in `Areas.bundles`, -1 for people whom no trip is offered for,
    because other means serve them; `crew` the place of the nearest crew in `RemoteBook.crews`.

    `advice` is the program's: GO, OVERNIGHT, WAIT or OUT_OF_REACH. `until` is when waiting alone
    makes the trip pay. `decided` is the lead's decision in force.
    """

    key: str
    number: int
    index: int
    name: str
    places: tuple[str, ...]
    people: tuple[Person, ...]
    crew: int
    value: int
    day_trip: Sums | None
    overnight: Sums | None
    advice: str
    lacking: int
    lacking_cases: int | None
    until: date | None
    longest_wait: int
    longest: str  # masked name of who has waited longest
    due: bool
    decided: Decided | None

    @property
    def best(self) -> Sums | None:
        """The way to go if one goes; the day trip where both are equal."""
        one, other = self.day_trip, self.overnight
        if one is None or other is None:
            return one or other
        return other if other.net + other.waiting > one.net + one.waiting else one

    @property
    def state(self) -> str:
        """What counts: the lead's decision, else the advice."""
        return self.decided.decision.kind if self.decided is not None else self.advice

    @property
    def differs(self) -> bool:
        """Whether the lead decided otherwise than the program advises."""
        return self.decided is not None and self.decided.decision.kind != self.advice


@dataclass(frozen=True, slots=True)
class Short:
    """A shortfall by `day`: the crews lack `seconds` for `people` (masked names)."""

    day: date
    seconds: int
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoteBook:
    """The remote areas of one day. `names` are masked names by debtor id."""

    day: date
    areas: Areas
    rows: tuple[Area, ...]
    crews: tuple[Crew, ...]
    rules: RemoteRules
    short: Short | None

    def row(self, key: str) -> Area | None:
        """The area with this key, None when there is none today."""
        return next((row for row in self.rows if row.key == key), None)

    def area_of(self, debtor_id: str) -> Area | None:
        """The area in which somebody is."""
        return next((r for r in self.rows for p in r.people if p.debtor_id == debtor_id), None)
