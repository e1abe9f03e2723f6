"""Tours: a crew sleeps amid far people and goes on from there, where that is worth it.

A tour fixes the ends of a crew's days: the first ends at the lodging, the next begins there. Two
sources: the lead's decision, kept in any case, and the figures, where the whole week with the tour
is worth more than without it, the price of the nights included.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from planner.actions.executors import HERE, Place, solve_at
from planner.actions.heed import Wishes
from planner.actions.pooling import remote_bundles
from planner.actions.remote_decisions import OVERNIGHT, Decided
from planner.actions.stays import Stay
from planner.actions.waiting import standing
from planner.actions.ways import far_tables, ways_between
from planner.actions.week_problem import WeekDay, WeekProblem, with_stays
from planner.domain.facts import FactTable
from planner.domain.people import Crew
from planner.domain.plan import Lodging
from planner.errors import PlannerError
from planner.geo.travel import TravelTimes
from planner.routing import solve as engine
from planner.routing.problem import Problem, Windows
from planner.routing.remote import Bundle
from planner.routing.remote_trip import RemoteRules
from planner.routing.retime import retime
from planner.store.known import load_debtors
from planner.store.store import Store

Stays = dict[tuple[int, str], Stay]
MOST_TOURS = 3  # bundles for which the week is solved once more with a tour
MOST_PLACINGS = 6  # crews and first days that are tried for each


@dataclass(frozen=True, slots=True)
class Spot:
    """An address of a person: latitude and longitude."""

    debtor_id: str
    address_id: str
    at: tuple[float, float]


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


def tour_stays(crew: str, first: int, nights: int, bed: Lodging) -> Stays:
    """The stays of a tour that sets out on day number `first`."""
    return {
        (first + k, crew): Stay(bed if k else None, bed if k < nights else None)
        for k in range(nights + 1)
    }


# ---- by the lead's decision ---------------------------------------------------------------------


def lead_tours(
    store: Store,
    days: Sequence[WeekDay],
    wishes: Wishes,
    stays: Mapping[tuple[int, str], Stay],
    *,
    travel: TravelTimes,
    rules: RemoteRules,
) -> Stays:
    """`stays` with the nights that the lead has decided on, as far as they touch these days.

    The crew is the one named, that which is out there already, or that for which the way there and
    back costs least. A tour whose crew does not work on all its days here is left out: its people
    are visited on day trips.
    """
    found = dict(stays)
    tours = {one.decision_id: one for one in wishes.decided.values()
             if one.decision.kind == OVERNIGHT}  # fmt: skip
    for one in tours.values():
        start = one.decision.day or date.min
        wanted = [start + timedelta(days=k) for k in range(one.decision.nights + 1)]
        numbers = {day: k for k, day in enumerate(d.ranking.day for d in days)}
        if not any(day in numbers for day in wanted):
            continue
        spot = _amid(days, one, travel)
        crew = _tour_crew(days, one, wanted, found, spot, travel) if spot else None
        if spot is None or crew is None:
            continue
        bed = _lodging(store, spot, rules)
        for k, day in enumerate(wanted):
            if day not in numbers:
                continue
            at = numbers[day], crew
            known = found.get(at, Stay())
            bed = known.slept or bed
            found[at] = Stay(
                known.slept or (bed if k and day - timedelta(days=1) in numbers else None),
                known.sleeps or (bed if k < one.decision.nights else None),
            )
    return found


def _amid(days: Sequence[WeekDay], one: Decided, travel: TravelTimes) -> Spot | None:
    """Of the people's addresses the one with the least way to the others."""
    spots: dict[str, Spot] = {}
    wanted = frozenset(one.people)
    for day in days:
        table = day.ranking.table
        for c in sorted(day.choice.candidates, key=lambda c: -c.value):
            who = table.debtor_ids[c.row]
            if who in wanted:
                spots.setdefault(who, _spot(table, c.row, c.address))
    if not spots:
        return None
    people = sorted(spots)
    lat, lon = np.array([spots[who].at for who in people], np.float64).T
    _, seconds = travel.matrix(lat, lon)
    return spots[people[int((seconds.sum(axis=0) + seconds.sum(axis=1)).argmin())]]


def _spot(table: FactTable, row: int, address: int) -> Spot:
    at = float(table.address_lat[address]), float(table.address_lon[address])
    return Spot(table.debtor_ids[row], table.address_ids[address], at)


def _tour_crew(
    days: Sequence[WeekDay],
    one: Decided,
    wanted: Sequence[date],
    stays: Mapping[tuple[int, str], Stay],
    spot: Spot,
    travel: TravelTimes,
) -> str | None:
    """Who makes the lead's tour, None where nobody can."""
    mine = [(k, day) for k, day in enumerate(days) if day.ranking.day in wanted]
    able = set.intersection(*({c.crew_id for c in day.choice.crews} for _, day in mine))
    number, first = mine[0]
    if first.ranking.day > wanted[0]:  # it has begun: whoever sleeps there
        out = [crew for crew in able if (number, crew) in stays and stays[number, crew].slept]
        return min(out, default=None)
    if one.decision.crew_id:
        return one.decision.crew_id if one.decision.crew_id in able else None
    crews = tuple(c for c in first.choice.crews if c.crew_id in able)
    free = tuple(c for c in crews if not any((k, c.crew_id) in stays for k, _ in mine))
    return _cheapest(first, free, spot.at, travel)[0].crew_id if free else None


def _cheapest(
    day: WeekDay, crews: tuple[Crew, ...], spot: tuple[float, float], travel: TravelTimes
) -> list[Crew]:
    """The crews by what the way to `spot` and back costs them."""
    lat = np.array([*(c.lat for c in crews), spot[0]], np.float64)
    lon = np.array([*(c.lon for c in crews), spot[1]], np.float64)
    ways = ways_between(travel, lat, lon, crews)
    _, cost = far_tables(ways, crews, day.ranking.params)
    price = cost[: len(crews), -1] + cost[-1, : len(crews)]
    return [crews[k] for k in np.argsort(price, kind="stable").tolist()]


def _lodging(store: Store, spot: Spot, rules: RemoteRules) -> Lodging:
    """A bed in the township of this address; the price is the usual one of a night."""
    with store.read() as conn:
        known = load_debtors(conn, [spot.debtor_id])[spot.debtor_id].addresses
    names = [one.township for one in known if one.address_id == spot.address_id]
    return Lodging(names[0], *spot.at, rules.lodging)


# ---- by the figures -----------------------------------------------------------------------------


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
    budget = Budget(seconds, iterations, seed, on_progress, cancelled)
    tries = list(_placings(store, week, wishes, travel, rules))
    whole = replace(budget, executor=executor or Place(), on_trouble=on_trouble)
    plain = _search(week, whole.share(0.5) if tries and seconds is not None else whole)
    best = week, plain
    for placings in tries:
        if cancelled is not None and cancelled():
            break
        part = budget.share(0.25 / len(tries) / len(placings))
        free = [stays for stays in placings if not stays.keys() & best[0].stays.keys()]
        quick = [(with_stays(best[0], stays), stays) for stays in free]
        found = [(w, _search(w, part, best[1])) for w, _ in quick]
        if not found:
            continue
        chosen = max(found, key=lambda pair: _worth(pair[1]))
        rest = budget.share(0.125 / len(tries))
        stay_home = _search(best[0], rest, best[1])
        tour = _search(chosen[0], rest, chosen[1])
        best = (chosen[0], tour) if _worth(tour) > _worth(stay_home) else (best[0], stay_home)
    return best[0], _without_stations(best[0], best[1], seed)


def _worth(solution: engine.Solution) -> tuple[int, int]:
    return -solution.missing, solution.objective


def _placings(
    store: Store, week: WeekProblem, wishes: Wishes, travel: TravelTimes, rules: RemoteRules
) -> Iterable[list[Stays]]:
    """For each bundle that might be worth a tour, the stays of the tours that are to be tried."""
    first = week.days[0]
    if rules.most_nights < 1 or len(week.days) < 2:
        return
    crews = first.choice.crews
    everybody = standing(
        store, first.ranking, crews, travel=travel, rules=rules, leave={},
        without=wishes.decided.keys() | first.busy.keys(), least_drive=rules.drive_home,
    )  # fmt: skip
    pooled = remote_bundles(first.ranking, crews, everybody, travel, rules)
    promising = [one for one in pooled if one.night is not None and _promising(one)]
    promising.sort(key=lambda one: -_gain(one))
    for one in promising[:MOST_TOURS]:
        people = [everybody.people[row] for row in one.rows]
        table = first.ranking.table
        places = everybody.places[list(one.rows)]
        lat, lon = table.address_lat[places], table.address_lon[places]
        _, ways = travel.matrix(lat, lon)
        k = int((ways.sum(axis=0) + ways.sum(axis=1)).argmin())
        spot = _spot(table, int(everybody.rows[one.rows[k]]), int(places[k]))
        if spot.at not in week.place:
            continue
        bed = _lodging(store, spot, rules)
        nights = one.night.nights if one.night else 1
        starts = _starts(week, nights, frozenset(people))
        ordered = _cheapest(first, crews, spot.at, travel)
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


# ---- solving ------------------------------------------------------------------------------------


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


def with_stations(week: WeekProblem) -> Problem:
    """The problem with a stop of no length at each lodging to which, or from which, a crew has to
    drive: so that it goes out on that day whatever the visits pay."""
    problem = week.problem
    stations = [
        (k, shift.end if stay.sleeps else shift.start)
        for k, shift in enumerate(problem.shifts)
        for stay in (_stay(week, k),)
        if shift.start != shift.end and (stay.slept or stay.sleeps)
    ]
    if not stations:
        return problem
    count, more = len(problem.ids), len(stations)
    w, shifts = problem.windows, [problem.shifts[k] for k, _ in stations]
    allowed = np.zeros((more, len(problem.shifts)), np.bool_)
    allowed[np.arange(more), [k for k, _ in stations]] = True

    def longer(column: np.ndarray, values: Iterable[int]) -> np.ndarray:
        return np.append(column, np.array(list(values), column.dtype))

    windows = Windows(
        longer(w.visit, range(count, count + more)),
        longer(w.day, (s.day for s in shifts)),
        longer(w.open, (s.earliest for s in shifts)),
        longer(w.close, (s.latest for s in shifts)),
        longer(w.prize, [0] * more),
    )
    return replace(
        problem,
        ids=(*problem.ids, *(f"station {s.id}" for s in shifts)),
        location=longer(problem.location, (place for _, place in stations)),
        service=longer(problem.service, [0] * more),
        prize=longer(problem.prize, [0] * more),
        mandatory=longer(problem.mandatory, [1] * more),
        group=longer(problem.group, [-1] * more),
        windows=windows,
        allowed=np.vstack([problem.allowed, allowed]),
    )


def _stay(week: WeekProblem, shift: int) -> Stay:
    number, index = week.shifts[shift]
    return week.stays.get((number, week.days[number].choice.crews[index].crew_id), Stay())


def _without_stations(week: WeekProblem, solution: engine.Solution, seed: int) -> engine.Solution:
    """The solution of the plain problem: visits at lodgings taken out, their rounds timed again."""
    known = len(week.keys)
    routes = []
    for route in solution.routes:
        order = [stop.visit for stop in route.stops if stop.visit < known]
        if len(order) < len(route.stops) and order:
            timed = retime(week.problem, route.shift, order)
            kept = tuple(stop for stop in route.stops if stop.visit < known)
            route = replace(route, stops=kept) if timed.faults else timed.route
        if order:
            routes.append(route)
    return engine.priced(week.problem, tuple(routes), solution.iterations, solution.seconds, seed)
