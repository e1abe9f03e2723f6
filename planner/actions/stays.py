"""Where crews wake and sleep when they do not drive home: what a day's problem has to know of it.

A crew that sleeps out ends its day at a lodging and begins the next one there; the plans of both
days say so, and a day that is planned anew keeps what its neighbours say.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from planner.domain.people import Crew
from planner.domain.plan import Lodging, Plan, Route
from planner.store.driver import Connection
from planner.store.plans import load_plan


@dataclass(frozen=True, slots=True)
class Stay:
    """A crew's day away: it begins at `slept` and ends at `sleeps`, at home where that is None."""

    slept: Lodging | None = None
    sleeps: Lodging | None = None


NO_STAYS: Mapping[str, Stay] = {}
AT_HOME = Stay()


def stays_around(conn: Connection, first: date, last: date | None = None) -> dict[str, Stay]:
    """Stays by crew that the plans of the day before `first` and of the day after `last` demand.

    Of one day (`last` None) both in one stay; of more days the beginning of the first and the end
    of the last.
    """
    before = load_plan(conn, first - timedelta(days=1))
    after = load_plan(conn, (last or first) + timedelta(days=1))
    slept = {r.crew_id: r.sleeps for r in (before.routes if before else ()) if r.sleeps}
    sleeps = {r.crew_id: r.slept for r in (after.routes if after else ()) if r.slept}
    return {crew: Stay(slept.get(crew), sleeps.get(crew)) for crew in slept.keys() | sleeps.keys()}


def stays_of(plan: Plan | None) -> dict[str, Stay]:
    """Stays by crew as `plan` has them."""
    routes = plan.routes if plan else ()
    return {r.crew_id: Stay(r.slept, r.sleeps) for r in routes if r.slept or r.sleeps}


def lodgings(stays: Iterable[Stay]) -> dict[Lodging, int]:
    """Each lodging with its number, in the order of first mention."""
    found = dict.fromkeys(chain.from_iterable((one.slept, one.sleeps) for one in stays))
    return {one: k for k, one in enumerate(one for one in found if one is not None)}


def stay_places(crews: Iterable[Crew], stays: Mapping[str, Stay]) -> list[tuple[float, float]]:
    """Latitude and longitude of the lodgings of these crews, as `lodgings` numbers them."""
    mine = [stays[crew.crew_id] for crew in crews if crew.crew_id in stays]
    return [(one.lat, one.lon) for one in lodgings(mine)]


def nights_money(routes: Iterable[Route]) -> int:
    """What nights out cost besides the ways between visits: beds, and days without any visit on
    which a crew only drives to its bed or home. Minor units."""
    return sum(
        (route.sleeps.price if route.sleeps else 0) if route.stops else route.cost
        for route in routes
    )
