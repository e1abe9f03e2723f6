"""What lies between two plans of a day: sums, and who came in, left, changed crew or time."""

from dataclasses import dataclass
from datetime import datetime

from planner.domain.plan import Plan, Stop


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of a plan: `driving` and `working` in seconds, `cost` and `value` in minor units.

    `working` is the time from leaving home until being back, of crews that go out.
    """

    visits: int = 0
    metres: int = 0
    driving: int = 0
    working: int = 0
    cost: int = 0
    value: int = 0

    @property
    def net(self) -> int:
        """What is expected: the value of the visits less the cost of the ways, minor units."""
        return self.value - self.cost


@dataclass(frozen=True, slots=True)
class Difference:
    """Two plans side by side; persons by debtor id, in the order of the rounds.

    `moved` are (debtor, crew before, crew after); `retimed` (debtor, start before, start after) of
    all who are in both plans and begin at another time, with or without another crew.
    """

    before: Totals
    after: Totals
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[tuple[str, str, str], ...] = ()
    retimed: tuple[tuple[str, datetime, datetime], ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether both plans send the same crews to the same people at the same times."""
        return not (self.added or self.removed or self.moved or self.retimed)


def totals(plan: Plan | None) -> Totals:
    """The sums of `plan`; all 0 without one."""
    routes = plan.routes if plan else ()
    return Totals(
        visits=sum(len(route.stops) for route in routes),
        metres=sum(route.metres for route in routes),
        driving=sum(route.driving for route in routes),
        working=sum(int((r.back - r.depart).total_seconds()) for r in routes if r.stops),
        cost=sum(route.cost for route in routes),
        value=sum(stop.value for route in routes for stop in route.stops),
    )


def difference(before: Plan | None, after: Plan) -> Difference:
    """What changes when `after` takes the place of `before` (None: there was no plan)."""
    old, new = _places(before), _places(after)
    both = [(who, *old[who], *new[who]) for who in new if who in old]
    return Difference(
        before=totals(before),
        after=totals(after),
        added=tuple(who for who in new if who not in old),
        removed=tuple(who for who in old if who not in new),
        moved=tuple((who, a, b) for who, a, _, b, _ in both if a != b),
        retimed=tuple((who, a.start, b.start) for who, _, a, _, b in both if a.start != b.start),
    )


def _places(plan: Plan | None) -> dict[str, tuple[str, Stop]]:
    """Debtor id -> (crew id, stop)."""
    routes = plan.routes if plan else ()
    return {stop.debtor_id: (route.crew_id, stop) for route in routes for stop in route.stops}
