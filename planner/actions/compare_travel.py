"""The same rounds by two reckonings: on the roads of the workspace, and estimated without them."""

from dataclasses import dataclass, replace
from datetime import datetime

from planner.actions.edit_plan import Bench, retime
from planner.actions.rank import Ranking, rank
from planner.actions.travel import estimates_of, travel_of
from planner.domain.plan import Plan, Route
from planner.geo.travel import TravelTimes
from planner.store.store import Store


@dataclass(frozen=True, slots=True)
class Arrival:
    """A planned visit with its begin (aware) on the roads and as estimated."""

    crew_id: str
    debtor_id: str
    by_road: datetime
    estimated: datetime

    @property
    def minutes(self) -> float:
        """By how much the crew is there later than an estimate says; negative: sooner."""
        return (self.by_road - self.estimated).total_seconds() / 60


@dataclass(frozen=True, slots=True)
class Compared:
    """The same stops in the same order, timed twice.

    `by_road`, `estimated`: the routes as each reckoning has them. `broken`: how many rounds of the
    estimate cannot be driven on the roads as they were planned (late for a window, back too late).
    """

    arrivals: tuple[Arrival, ...]
    by_road: tuple[Route, ...]
    estimated: tuple[Route, ...]
    broken: int
    legs: int
    still_estimated: int  # of the legs by road, those that no pack covers


def compare_travel(store: Store, plan: Plan, ranking: Ranking | None = None) -> Compared:
    """`plan` timed on the roads of the workspace and by estimates; nothing is saved."""
    known = ranking or rank(store, plan.day)
    roads, broken = _timed(store, known, travel_of(store), plan)
    guessed, _ = _timed(store, known, estimates_of(store), plan)
    arrivals = tuple(
        Arrival(one.crew_id, stop.debtor_id, stop.start, other.start)
        for one, two in zip(roads, guessed, strict=True)
        for stop, other in zip(one.stops, two.stops, strict=True)
    )
    legs, still = replace(plan, routes=roads).legs
    return Compared(arrivals, roads, guessed, broken, legs, still)


def _timed(
    store: Store, ranking: Ranking, travel: TravelTimes, plan: Plan
) -> tuple[tuple[Route, ...], int]:
    """The routes that have stops, timed by `travel`, and how many of them have a fault."""
    bench = Bench(ranking, store.zone, travel)
    found = [retime(bench, route, plan) for route in plan.routes if route.stops]
    return tuple(route for route, _ in found), sum(bool(faults) for _, faults in found)
