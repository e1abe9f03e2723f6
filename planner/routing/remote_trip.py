"""What it costs to go to a far bundle of visits: day trips from home, or one tour with nights out.

The search core plans every trip, so that its cost is that of the stops it makes. Arrays: places
are hubs first, then the n visits; durations in seconds, money in minor units, times in seconds of
the day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from planner.routing.problem import from_json
from planner.routing.solve import Solution, solve

I64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class RemoteRules:
    """Settings of remote areas. Money in minor units, times in seconds, waits in days."""

    share: float = 0.5  # remote: alone, the way costs more than this share of the value
    least_drive: int = 1800  # and it is at least this far, one way
    reach: int = 1800  # longest drive between two visits of a bundle
    begin: int = 9 * 3600  # working hours of a crew
    end: int = 18 * 3600
    most_trips: int = 3
    day_cost: int = 0  # allowance of a day out
    lodging: int = 30_000  # a night of a crew
    most_nights: int = 2
    drive_home: int = 5400  # nearer homes are slept at
    most_wait: int = 45
    notice: int = 12  # days before the limit at which a visit must be planned
    usable: float = 0.7  # share of the working hours that goes into visits and their ways
    iterations: int = 600


# What is beyond these is a slip of the pen: a share of money, seconds, money, counts, days.
BOUNDS: Final[dict[str, tuple[float, float]]] = {
    "share": (0.05, 5.0),
    "least_drive": (0, 6 * 3600),
    "reach": (60, 3 * 3600),
    "begin": (0, 23 * 3600),
    "end": (3600, 24 * 3600),
    "most_trips": (1, 5),
    "day_cost": (0, 1_000_000),
    "lodging": (0, 10_000_000),
    "most_nights": (0, 5),
    "drive_home": (0, 12 * 3600),
    "most_wait": (10, 3650),
    "notice": (8, 60),
    "usable": (0.1, 1.0),
    "iterations": (10, 100_000),
}


@dataclass(frozen=True, eq=False)
class Far:
    """n visits and the ways between them. `value` before travel, `waited` in days."""

    value: I64
    service: I64
    waited: I64
    duration: I64  # [hubs + n, hubs + n]
    cost: I64
    hubs: int

    def place(self, visit: int) -> int:
        """Row of a visit in the tables of ways."""
        return self.hubs + visit


@dataclass(frozen=True)
class Trip:
    """One way to serve a bundle: `cost` = travel + allowance + lodging, `net` = value - cost.

    `value` is that of the visits made, with `waiting` on top for those who have waited long.
    `orders` are the visits of each day in the order of driving, `bed` the visit beside which the
    crew sleeps.
    """

    nights: int
    days: int
    visits: tuple[int, ...]
    value: int
    waiting: int
    cost: int
    driving: int
    orders: tuple[tuple[int, ...], ...] = ()
    bed: int | None = None

    @property
    def net(self) -> int:
        """Value less cost, without what waiting adds."""
        return self.value - self.cost

    @property
    def merit(self) -> int:
        """By which trips are compared: net with what waiting adds."""
        return self.net + self.waiting


@dataclass(frozen=True, eq=False)
class Bench:
    """A bundle ready to be planned: visits `rows` from `hub`, with what waiting adds to each."""

    far: Far
    rows: tuple[int, ...]
    hub: int
    bonus: I64
    rules: RemoteRules

    @property
    def places(self) -> I64:
        """Places of the small problem: the hub, then the visits."""
        return np.array([self.hub, *(self.far.place(r) for r in self.rows)], np.int64)


def day_trips(bench: Bench) -> Trip | None:
    """The best day trips, at most `most_trips`; None when no day is long enough to get there.

    A first visit seldom pays the way alone: each number of trips is tried with the way already
    made (a station at the nearest visit), then searched on from there without. When no trip pays,
    the one that loses least.
    """
    if not _day_suffices(bench).any():
        return None
    nearest = 1 + int(np.argmin(_round_trips(bench)))
    best: Trip | None = None
    least: Trip | None = None
    for count in range(1, bench.rules.most_trips + 1):
        shifts = [_shift(bench, day, 0, 0) for day in range(count)]
        forced, routes = _trip(bench, shifts, [(day, nearest) for day in range(count)], 0)
        if not forced.days:
            break
        least = least or forced
        made, _ = _trip(bench, [s | {"initial": r} for s, r in zip(shifts, routes, strict=True)])
        if not made.visits or (best is not None and made.merit <= best.merit):
            break
        best = made
    return best or least


def overnight(bench: Bench, nights: int) -> Trip | None:
    """One tour of `nights` + 1 days, lodging amid the bundle; None when a leg is too long."""
    places = bench.places
    apart = bench.far.duration[np.ix_(places[1:], places[1:])]
    bed = 1 + int(np.argmin(apart.sum(axis=0) + apart.sum(axis=1)))
    shifts = [
        _shift(bench, day, 0 if day == 0 else bed, 0 if day == nights else bed)
        for day in range(nights + 1)
    ]
    made, _ = _trip(bench, shifts, [(day, bed) for day in range(nights + 1)], nights)
    return replace(made, bed=bench.rows[bed - 1]) if made.days == nights + 1 else None


def _round_trips(bench: Bench) -> I64:
    places = bench.places
    cost = bench.far.cost
    trips: I64 = cost[bench.hub, places[1:]] + cost[places[1:], bench.hub]
    return trips


def _day_suffices(bench: Bench) -> npt.NDArray[np.bool_]:
    places, far = bench.places, bench.far
    drive = far.duration[bench.hub, places[1:]] + far.duration[places[1:], bench.hub]
    fits: npt.NDArray[np.bool_] = (
        drive + far.service[list(bench.rows)] <= bench.rules.end - bench.rules.begin
    )
    return fits


def _shift(bench: Bench, day: int, start: int, end: int) -> dict[str, Any]:
    rules = bench.rules
    return {
        "id": str(day),
        "day": day,
        "start_location": start,
        "end_location": end,
        "earliest": rules.begin,
        "latest": rules.end,
        "fixed_cost": rules.day_cost,
    }


def _trip(
    bench: Bench,
    shifts: list[dict[str, Any]],
    stations: Sequence[tuple[int, int]] = (),
    nights: int = 0,
) -> tuple[Trip, list[list[str]]]:
    """The best trip in these shifts, and the ids of its visits by shift.

    `stations` are (day, place) that must be passed: they make the crew go out, or sleep where it
    said, whatever the visits pay. Without a day when they cannot all be passed."""
    rules, far = bench.rules, bench.far
    paid = far.value[list(bench.rows)] + bench.bonus
    windows = [[day, rules.begin, rules.end] for day in range(len(shifts))]
    visits = [
        {"id": str(k), "location": 1 + k, "service": int(far.service[row])}
        | {"prize": int(paid[k]), "windows": windows}
        for k, row in enumerate(bench.rows)
    ]
    visits += [
        {"id": f"station {day}", "location": place, "service": 0, "prize": 0, "mandatory": True}
        | {"windows": [[day, rules.begin, rules.end]]}
        for day, place in stations
    ]
    ways = np.ix_(bench.places, bench.places)
    data = {"duration": far.duration[ways], "cost": far.cost[ways]}
    problem = from_json({**data, "visits": visits, "shifts": shifts})
    made = solve(problem, iterations=rules.iterations)
    if made.missing:
        return Trip(nights, 0, (), 0, 0, 0, 0), []
    orders: list[list[str]] = [[] for _ in shifts]
    for route in made.routes:
        orders[route.shift] = [str(s.visit) for s in route.stops if s.visit < len(bench.rows)]
    return _figures(bench, made, nights), orders


def _figures(bench: Bench, made: Solution, nights: int) -> Trip:
    far, rules = bench.far, bench.rules
    count = len(bench.rows)
    seen = sorted(s.visit for route in made.routes for s in route.stops if s.visit < count)
    rows = tuple(bench.rows[k] for k in seen)
    driving = sum(
        route.back - route.depart - sum(s.leave - s.arrive for s in route.stops)
        for route in made.routes
    )
    return Trip(
        nights=nights,
        days=len(made.routes),
        visits=rows,
        value=int(far.value[list(rows)].sum()),
        waiting=int(bench.bonus[seen].sum()),
        cost=made.cost + nights * rules.lodging,
        driving=driving,
        orders=tuple(
            tuple(bench.rows[s.visit] for s in route.stops if s.visit < count)
            for route in made.routes
        ),
    )
