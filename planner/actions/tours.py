"""Tours: a crew sleeps amid far people and goes on from there, where that is worth it.

A tour fixes the ends of a crew's days: the first ends at the lodging, the next begins there. Two
sources: the lead's decision, kept in any case, and the figures, where the whole week with the tour
is worth more than without it, the price of the nights included.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

from planner.actions.executors import HERE, Place, solve_at
from planner.actions.heed import Wishes
from planner.actions.lead_tours import Stays, cheapest_first, lodging_at, spot_of
from planner.actions.pooling import remote_bundles
from planner.actions.stations import with_stations, without_stations
from planner.actions.stays import Stay
from planner.actions.waiting import Standing, standing
from planner.actions.week_problem import WeekProblem, with_stays
from planner.domain.plan import Lodging
from planner.errors import PlannerError
from planner.geo.travel import TravelTimes
from planner.routing import solve as engine
from planner.routing.remote import Bundle
from planner.routing.remote_trip import RemoteRules
from planner.store.store import Store

MOST_TOURS = 3  # bundles for which the week is solved once more with a tour
MOST_PLACINGS = 6  # crews and first days that are tried for each


@dataclass(frozen=True, slots=True)
class Budget:
    """How long to search: wall seconds or iterations, and who is asked on the way."""

    seconds: float | None
    iterations: int | None
    seed: int
    on_progress: Callable[[engine.Progress], None] | None
    cancelled: Callable[[], bool] | None
    executor: Place = HERE
    on_trouble: Callable[[PlannerError], None] | None = None

    def share(self, part: float) -> "Budget":
        """A part of it."""
        return replace(
            self,
            seconds=None if self.seconds is None else max(0.02, self.seconds * part),
            iterations=None if self.iterations is None else max(20, int(self.iterations * part)),
        )


def _onward(
    on_progress: Callable[[engine.Progress], None] | None,
) -> Callable[[engine.Progress], None] | None:
    """Several searches told as one: time goes on, the best so far never falls."""
    if on_progress is None:
        return None
    before, last, best = (0.0, 0), (0.0, 0), (-(2**62), 0)

    def tell(one: engine.Progress) -> None:
        nonlocal before, last, best
        if one.seconds < last[0]:
            before = before[0] + last[0], before[1] + last[1]
        last, best = (one.seconds, one.iterations), max(best, (one.objective, one.visits))
        seconds, done = before[0] + last[0], before[1] + last[1]
        on_progress(engine.Progress(seconds, done, *best))

    return tell


def tour_stays(crew: str, first: int, nights: int, bed: Lodging) -> Stays:
    """The stays of a tour that sets out on day number `first`."""
    return {
        (first + k, crew): Stay(bed if k else None, bed if k < nights else None)
        for k in range(nights + 1)
    }


def solve_with_tours(
    store: Store,
    week: WeekProblem,
    wishes: Wishes,
    *,
    travel: TravelTimes,
    rules: RemoteRules,
    seconds: float | None,
    iterations: int | None,
    seed: int,
    on_progress: Callable[[engine.Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    executor: Place | None = None,
    on_trouble: Callable[[PlannerError], None] | None = None,
) -> tuple[WeekProblem, engine.Solution]:
    """The week's best plan, with such tours as make it better, and the problem they belong to.

    A tour is taken when the week with it is worth more than without it after the same search.
    """
    budget = Budget(seconds, iterations, seed, _onward(on_progress), cancelled)
    whole = replace(budget, executor=executor or Place(), on_trouble=on_trouble)
    far = _far_people(store, week, wishes, travel, rules)
    if far is None:
        return week, without_stations(week, _search(week, whole), seed)
    plain = _search(week, whole.share(0.5) if seconds is not None else whole)
    tries = list(_placings(store, week, far, travel, rules, cancelled))
    if not tries and seconds is not None:
        plain = _search(week, budget.share(0.5), plain)
    best = week, plain
    for placings in tries:
        if cancelled is not None and cancelled():
            break
        part = budget.share(0.25 / len(tries) / len(placings))
        free = [stays for stays in placings if not stays.keys() & best[0].stays.keys()]
        quick = [(with_stays(best[0], stays), stays) for stays in free]
        found = [(w, one) for w, _ in quick if (one := _tried(w, part, best[1])) is not None]
        if not found:
            continue
        chosen = max(found, key=lambda pair: _worth(pair[1]))
        rest = budget.share(0.125 / len(tries))
        stay_home = _search(best[0], rest, best[1])
        tour = _search(chosen[0], rest, chosen[1])
        best = (chosen[0], tour) if _worth(tour) > _worth(stay_home) else (best[0], stay_home)
    return best[0], without_stations(best[0], best[1], seed)


def _worth(solution: engine.Solution) -> tuple[int, int]:
    return -solution.missing, solution.objective


def _far_people(
    store: Store, week: WeekProblem, wishes: Wishes, travel: TravelTimes, rules: RemoteRules
) -> Standing | None:
    """Who lives far enough for a night out, None when nobody does or no night is possible."""
    first = week.days[0]
    if rules.most_nights < 1 or len(week.days) < 2:
        return None
    everybody = standing(
        store, first.ranking, first.choice.crews, travel=travel, rules=rules, leave={},
        without=wishes.decided.keys() | first.busy.keys(), least_drive=rules.drive_home,
    )  # fmt: skip
    return everybody if everybody.away.any() else None


def _placings(
    store: Store,
    week: WeekProblem,
    everybody: Standing,
    travel: TravelTimes,
    rules: RemoteRules,
    cancelled: Callable[[], bool] | None,
) -> Iterable[list[Stays]]:
    """For each bundle that might be worth a tour, the stays of the tours that are to be tried."""
    first, crews = week.days[0], week.days[0].choice.crews
    pooled = remote_bundles(first.ranking, crews, everybody, travel, rules, cancelled=cancelled)
    promising = [one for one in pooled if one.night is not None and _promising(one)]
    promising.sort(key=lambda one: -_gain(one))
    for one in promising[:MOST_TOURS]:
        people = [everybody.people[row] for row in one.rows]
        table = first.ranking.table
        places = everybody.places[list(one.rows)]
        lat, lon = table.address_lat[places], table.address_lon[places]
        _, ways = travel.matrix(lat, lon)
        k = int((ways.sum(axis=0) + ways.sum(axis=1)).argmin())
        spot = spot_of(table, int(everybody.rows[one.rows[k]]), int(places[k]))
        if spot.at not in week.place:
            continue
        bed = lodging_at(store, spot, rules)
        nights = one.night.nights if one.night else 1
        starts = _starts(week, nights, frozenset(people))
        ordered = cheapest_first(first, crews, spot.at, travel)
        tours = [
            tour_stays(crew.crew_id, number, nights, bed)
            for crew in ordered[:3]
            for number in starts
            if _works(week, crew.crew_id, number, nights)
        ]
        if tours:
            yield tours[:MOST_PLACINGS]


def _gain(one: Bundle) -> int:
    """What a tour to this bundle brings more than day trips, as far as the bundle alone tells."""
    day = max(0, one.day.merit) if one.day else 0
    return (one.night.merit if one.night else -(2**62)) - day


def _promising(one: Bundle) -> bool:
    """Whether the week might be better with a tour: the bundle alone need not say so, as a tour may
    serve other people on its way."""
    return one.night is not None and (one.due or _gain(one) > -one.night.cost // 4)


def _starts(week: WeekProblem, nights: int, people: frozenset[str]) -> list[int]:
    """Numbers of days on which a tour may set out, those with most people to visit first."""
    here = [
        len({who for c in day.choice.candidates for who in (day.key(c)[0],) if who in people})
        for day in week.days
    ]
    dates = [day.ranking.day for day in week.days]
    found = [
        k
        for k in range(len(dates) - nights)
        if all(b - a == timedelta(days=1) for a, b in pairwise(dates[k : k + nights + 1]))
    ]
    return sorted(found, key=lambda k: (-sum(here[k : k + nights + 1]), k))[:3]


def _works(week: WeekProblem, crew: str, first: int, nights: int) -> bool:
    return all(
        any(one.crew_id == crew for one in week.days[number].choice.crews)
        for number in range(first, first + nights + 1)
    )


def _tried(week: WeekProblem, budget: Budget, start: engine.Solution) -> engine.Solution | None:
    """As `_search`; None where a crew cannot make its locked stops on that tour."""
    try:
        return _search(week, budget, start)
    except PlannerError as error:
        if error.code != "engine.pinned":
            raise
        return None


def _search(
    week: WeekProblem, budget: Budget, start: engine.Solution | None = None
) -> engine.Solution:
    """The best plan of `week` with its tours made, whatever they pay; on from `start` if given."""
    problem = with_stations(week)
    if start is not None:
        known = len(week.keys)
        orders = {route.shift: tuple(s.visit for s in route.stops if s.visit < known)
                  for route in start.routes}  # fmt: skip
        shifts = tuple(
            replace(shift, initial=orders.get(k, ())) for k, shift in enumerate(problem.shifts)
        )
        problem = replace(problem, shifts=shifts)
    return solve_at(
        budget.executor,
        problem,
        seconds=budget.seconds,
        iterations=budget.iterations,
        seed=budget.seed,
        on_progress=budget.on_progress,
        cancelled=budget.cancelled,
        on_trouble=budget.on_trouble,
    )
