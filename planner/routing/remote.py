"""Remote areas as a decision: which far visits belong together, and go, wait or stay overnight.

A visit is remote when its way, alone, costs more than a share of its value. Remote visits near each
other form a bundle: a trip serves all of them. For each bundle the day trips and the tours with
nights out are planned and priced; it goes when value passes cost. What is missing is told as money,
as further cases, and as days of waiting. Waiting adds to the value so that after
`most_wait - notice` days everybody pays the way even alone; from then on a visit must be planned.

Pure functions over arrays; days are counted, not dated. Money in minor units, times in seconds.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from planner.routing.remote_trip import Bench, Far, RemoteRules, Trip, day_trips, overnight

I64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

GO, WAIT, OVERNIGHT, OUT_OF_REACH = "GO", "WAIT", "OVERNIGHT", "OUT_OF_REACH"


@dataclass(frozen=True)
class Bundle:
    """Visits (rows) that one trip serves, and the decision.

    `lacking` is the money short of break-even, 0 when it goes; `lacking_cases` the same in further
    cases of the present average, None when such a case brings less than it costs. `wait_days` are
    the days until waiting alone lets the bundle go. `due`: the longest wait demands it now.
    """

    rows: tuple[int, ...]
    hub: int
    value: int
    day: Trip | None
    night: Trip | None
    decision: str
    lacking: int
    lacking_cases: int | None
    wait_days: int
    longest_wait: int
    due: bool

    @property
    def trip(self) -> Trip | None:
        """The better of the two, by net with what waiting adds; day trips where they are equal."""
        return best_trip(self.day, self.night)


@dataclass(frozen=True)
class Shortfall:
    """Work that cannot be done in time: by `day` (from now), `seconds` are short for `visits`."""

    day: int
    seconds: int
    visits: tuple[int, ...]


def solo(far: Far, rules: RemoteRules) -> tuple[I64, I64, I64]:
    """(cost, seconds one way, hub) of the cheapest trip to each visit alone, [n] each.

    Where a day is too short for there, visit and back, the cost has a night in it.
    """
    hubs = slice(0, far.hubs)
    out, back = far.duration[hubs, far.hubs :], far.duration[far.hubs :, hubs].T
    cost = far.cost[hubs, far.hubs :] + far.cost[far.hubs :, hubs].T + rules.day_cost
    tight = out + back + far.service > rules.end - rules.begin
    cost = np.where(tight, cost + rules.lodging + rules.day_cost, cost)
    hub = cost.argmin(axis=0)
    columns = np.arange(len(far.value))
    return cost[hub, columns], out[hub, columns], hub


def remote(far: Far, rules: RemoteRules) -> Bools:
    """Which visits are remote, bool[n]."""
    cost, drive, _ = solo(far, rules)
    found: Bools = (cost > rules.share * far.value) & (drive >= rules.least_drive)
    return found


def waiting_value(far: Far, rules: RemoteRules, days: int = 0) -> I64:
    """What waiting adds to each visit `days` from now, [n]; see `waiting_money`."""
    cost, _, _ = solo(far, rules)
    return waiting_money(cost, far.value, far.waited + days, rules)


def waiting_money(cost: I64, value: I64, waited: I64, rules: RemoteRules) -> I64:
    """What waiting adds to visits, [n]: `cost` is that of the cheapest trip to each alone.

    Nothing up to half of `most_wait`; from there evenly up to the money that the way, alone, costs
    above the value, reached `notice` days before the limit.
    """
    half, full = rules.most_wait / 2, rules.most_wait - rules.notice
    ramp = np.clip((waited - half) / max(1.0, full - half), 0, 1)
    added: I64 = np.ceil(np.maximum(0, cost + 1 - value) * ramp).astype(np.int64)
    return added


def must_go(waited: I64, rules: RemoteRules) -> Bools:
    """Who has to be in the plan that is made now, bool[n]: a later one might be too late."""
    late: Bools = waited > rules.most_wait - rules.notice
    return late


def clusters(far: Far, rows: I64, hub: I64, reach: int) -> list[tuple[int, ...]]:
    """`rows` as bundles: same hub, no two further apart than `reach`; ordered by first row.

    Complete linkage on the longer of the two directions.
    """
    found: list[tuple[int, ...]] = []
    for home in np.unique(hub[rows]).tolist():
        mine = rows[hub[rows] == home]
        if len(mine) == 1:
            found.append((int(mine[0]),))
            continue
        ways = far.duration[np.ix_(mine + far.hubs, mine + far.hubs)]
        apart = np.maximum(ways, ways.T).astype(np.float64)
        np.fill_diagonal(apart, 0)
        labels = fcluster(linkage(squareform(apart), "complete"), reach, "distance")
        found += [tuple(mine[labels == k].tolist()) for k in np.unique(labels).tolist()]
    return sorted(found)


def bundles(
    far: Far,
    rules: RemoteRules,
    *,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Bundle]:
    """All remote visits in bundles, each with its figures and decision; richest first.

    `on_progress` is told the share that is done, 0 to 1. When `cancelled` says so, only the bundles
    priced so far are returned.
    """
    rows = np.flatnonzero(remote(far, rules))
    _, _, hub = solo(far, rules)
    groups = clusters(far, rows, hub, rules.reach)
    found: list[Bundle] = []
    for group in groups:
        if cancelled is not None and cancelled():
            break
        found.append(decide(far, group, int(hub[group[0]]), rules))
        if on_progress is not None:
            on_progress(len(found) / len(groups))
    return sorted(found, key=lambda one: (-(one.trip.merit if one.trip else -(2**62)), one.rows))


def decide(far: Far, rows: tuple[int, ...], hub: int, rules: RemoteRules) -> Bundle:
    """Prices the trips to one bundle from `hub` and decides."""
    picked = list(rows)
    bench = Bench(far, rows, hub, waiting_value(far, rules)[picked], rules)
    day = day_trips(bench)
    night = None
    if int(far.duration[[r + far.hubs for r in rows], hub].min()) >= rules.drive_home:
        tours = [overnight(bench, nights) for nights in range(1, rules.most_nights + 1)]
        for tour in tours:
            night = best_trip(night, tour)
    trip = best_trip(day, night)
    longest = int(far.waited[picked].max())
    due = bool(must_go(far.waited[picked], rules).any())
    value = int(far.value[picked].sum())
    if trip is None:
        return Bundle(rows, hub, value, day, night, OUT_OF_REACH, 0, None, 0, longest, due)
    lacking = max(0, 1 - trip.merit)
    decision = WAIT if lacking else OVERNIGHT if trip.nights else GO
    cases = _further_cases(far, rows, trip, lacking)
    days = _days_to_wait(far, rows, trip, rules) if lacking else 0
    return Bundle(rows, hub, value, day, night, decision, lacking, cases, days, longest, due)


def best_trip(a: Trip | None, b: Trip | None) -> Trip | None:
    """The one with the greater merit; `a` where they are equal."""
    if a is None or b is None:
        return a or b
    return b if b.merit > a.merit else a


def _further_cases(far: Far, rows: tuple[int, ...], trip: Trip, lacking: int) -> int | None:
    """How many more of the present average close the gap: its value less the way between two."""
    if not lacking:
        return 0
    if not trip.visits:
        return None
    places = [far.place(row) for row in rows]
    ways = far.cost[np.ix_(places, places)]
    count = len(places)
    between = float(ways.sum()) / (count * (count - 1)) if count > 1 else 0.0
    each = (trip.value + trip.waiting) / len(trip.visits) - between
    return math.ceil(lacking / each) if each > 0 else None


def _days_to_wait(far: Far, rows: tuple[int, ...], trip: Trip, rules: RemoteRules) -> int:
    """Days until what waiting adds closes the gap, at most until the first must go."""
    picked = list(trip.visits or rows)
    limit = rules.most_wait - rules.notice + 1 - int(far.waited[list(rows)].max())
    for days in range(1, max(1, limit)):
        if trip.net + int(waiting_value(far, rules, days)[picked].sum()) > 0:
            return days
    return max(0, limit)


def shortfall(deadline: I64, need: I64, capacity: I64) -> Shortfall | None:
    """The first deadline by which more work is due than can be done; None when all is well.

    `deadline` [m] in days from now, `need` [m] seconds of crews, `capacity` seconds of all crews
    on each coming day. Later days than given have no capacity known and are not judged.
    """
    done = np.cumsum(capacity)
    order = np.argsort(deadline, kind="stable")
    due = np.cumsum(need[order])
    for k, visit in enumerate(order.tolist()):
        day = int(deadline[visit])
        if day >= len(capacity):
            break
        room = int(done[day]) if day >= 0 else 0
        last = k + 1 == len(order) or int(deadline[order[k + 1]]) > day
        if last and int(due[k]) > room:
            late = tuple(sorted(order[: k + 1].tolist()))
            return Shortfall(max(0, day), int(due[k]) - room, late)
    return None
