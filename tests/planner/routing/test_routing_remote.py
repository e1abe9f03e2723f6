"""Remote bundles in a made-up county: what belongs together, what a trip costs, when it goes."""

from dataclasses import replace

import numpy as np
import pytest

from planner.routing.problem import from_json
from planner.routing.remote import (
    GO,
    OUT_OF_REACH,
    OVERNIGHT,
    WAIT,
    Bundle,
    bundles,
    clusters,
    must_go,
    remote,
    shortfall,
    solo,
    waiting_value,
)
from planner.routing.remote_trip import Far, RemoteRules
from planner.routing.solve import solve

HOUR = 3600
RULES = RemoteRules(iterations=200)
ROAD = 90 * 60  # seconds from the hub to the village; 1 money per second driven


def county(
    values: list[int], *, away: int = ROAD, service: int = 1800, waited: int = 0, apart: int = 60
) -> Far:
    """One hub, and a village `away` seconds off with these visits, `apart` seconds apart."""
    count = len(values)
    ways = np.full((count + 1, count + 1), apart, np.int64)
    ways[0, :] = ways[:, 0] = away
    np.fill_diagonal(ways, 0)
    return Far(
        value=np.array(values, np.int64),
        service=np.full(count, service, np.int64),
        waited=np.full(count, waited, np.int64),
        duration=ways,
        cost=ways.copy(),
        hubs=1,
    )


def only(far: Far, rules: RemoteRules = RULES) -> Bundle:
    """The one bundle of a county."""
    (bundle,) = bundles(far, rules)
    return bundle


def test_remote_is_a_share_of_the_value() -> None:
    """A visit is remote when its way alone costs more than the share, and not before."""
    far = county([21_600, 21_599, 100])
    assert remote(far, RULES).tolist() == [False, True, True]
    near = county([100], away=1799)
    assert not remote(near, RULES).any()


def test_bundle_switches_where_value_passes_cost() -> None:
    """The village goes from the first money by which its value is above the trip's cost."""
    cost = 2 * ROAD + 2 * 60  # there, twice to the next, back
    for total in range(cost - 3, cost + 4):
        values = [total // 3, total // 3, total - 2 * (total // 3)]
        bundle = only(county(values))
        assert (bundle.decision == GO) == (total > cost), total
        assert bundle.trip
        assert (bundle.value, bundle.trip.cost, bundle.trip.net) == (total, cost, total - cost)
        assert bundle.lacking == max(0, cost + 1 - total)


def test_break_even_is_told_and_true() -> None:
    """With the money or the further cases that are said to lack, the same bundle goes."""
    bundle = only(county([2000] * 3))
    assert bundle.decision == WAIT
    assert bundle.lacking == 2 * ROAD + 120 + 1 - 6000
    assert bundle.lacking_cases == 3  # 4,921 at 2,000 less the way of 60 each
    assert only(county([2000] * 5)).decision == WAIT
    assert only(county([2000] * 6)).decision == GO
    assert only(county([2000, 2000, 2000 + bundle.lacking])).decision == GO


def test_cases_that_bring_nothing_do_not_help() -> None:
    """Where a further case costs more than it brings, no number of cases is named."""
    bundle = only(county([50, 50, 50], apart=60))
    assert (bundle.decision, bundle.lacking_cases) == (WAIT, None)


def test_overnight_beats_two_day_trips_exactly_when_cheaper() -> None:
    """Nine hours of visits far away: a night is slept out up to the price of the second drive."""
    far = county([9000] * 9, service=HOUR)
    saved = 2 * ROAD - 60  # the second way, less one more way within the village
    for lodging in (0, saved - 2, saved - 1, saved, saved + 1, saved + 2, saved + 9999):
        bundle = only(far, replace(RULES, lodging=lodging))
        assert bundle.day
        assert bundle.night
        assert (bundle.day.days, len(bundle.day.visits)) == (2, 9)
        assert (bundle.night.nights, len(bundle.night.visits)) == (1, 9)
        cheaper = bundle.night.cost < bundle.day.cost
        assert (bundle.decision == OVERNIGHT) == cheaper, lodging
        assert cheaper == (lodging < saved)


def test_short_drives_home_are_driven() -> None:
    """Nobody sleeps out where home is nearer than the rule says, however cheap the bed."""
    far = county([9000] * 9, service=HOUR)
    rules = replace(RULES, lodging=0, drive_home=ROAD + 1, share=0.1)
    assert only(far, rules).night is None


def test_too_far_for_a_day() -> None:
    """What no day trip reaches is visited overnight; what no tour reaches is told."""
    far = only(county([200_000], away=int(4.5 * HOUR)), replace(RULES, share=0.01))
    assert (far.day, far.decision) == (None, OVERNIGHT)
    lost = county([200_000], away=10 * HOUR)
    assert only(lost, replace(RULES, share=0.01)).decision == OUT_OF_REACH


def test_nothing_remote() -> None:
    """A book without far visits has no bundle; so has an empty one."""
    assert bundles(county([10**6]), RULES) == []
    assert bundles(county([]), RULES) == []


def test_bundles_are_as_wide_as_allowed() -> None:
    """No two visits of a bundle are further apart than `reach`, and all remote ones are in one."""
    rng = np.random.default_rng(3)
    points = np.vstack([[0, 0], rng.integers(-9000, 9000, (80, 2))])
    ways = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2)).astype(np.int64)
    rows = np.arange(80)
    far = Far(rows, rows, rows, ways, ways, 1)
    found = clusters(far, rows, np.zeros(80, np.int64), 3000)
    assert sorted(row for group in found for row in group) == rows.tolist()
    assert max(ways[a + 1, b + 1] for group in found for a in group for b in group) <= 3000


def test_waiting_lets_a_bundle_go() -> None:
    """Waiting adds nothing at first, the way's whole money in the end; the day named is the day."""
    fresh = county([2000, 2500])
    assert waiting_value(fresh, RULES).tolist() == [0, 0]
    old = replace(fresh, waited=np.array([33, 0], np.int64))
    cost, _, _ = solo(old, RULES)
    assert (old.value + waiting_value(old, RULES)).tolist() == [cost[0] + 1, 2500]
    bundle = only(fresh)
    assert 22 < bundle.wait_days < 33
    before, then = (
        only(replace(fresh, waited=fresh.waited + bundle.wait_days + k)) for k in (-1, 0)
    )
    assert (before.decision, then.decision) == (WAIT, GO)
    assert then.trip
    assert then.trip.net < 0 < then.trip.merit


def test_due_bundles_say_so() -> None:
    """A bundle is due from the day on which a later plan could be too late."""
    rules = replace(RULES, most_wait=45, notice=12)
    assert [only(county([10], waited=days), rules).due for days in (33, 34)] == [False, True]


def test_shortfall_is_the_first_day_of_too_much_work() -> None:
    """Work is added up by deadline and held against the hours of the crews up to that day."""
    capacity = np.full(5, 8 * HOUR, np.int64)
    need = np.full(4, 8 * HOUR, np.int64)
    assert shortfall(np.array([0, 1, 2, 3]), need, capacity) is None
    found = shortfall(np.array([3, 1, 1, 1]), need, capacity)
    assert found
    assert (found.day, found.seconds, found.visits) == (1, 8 * HOUR, (1, 2, 3))
    assert shortfall(np.array([9, 9, 9, 9]), need, capacity[:1]) is None


# ---- ninety days -------------------------------------------------------------------------------


class County:
    """People of one town and six villages; new ones come every week, those visited leave."""

    def __init__(self, seed: int, arrivals: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.arrivals = arrivals
        angle = np.linspace(0, 2 * np.pi, 7)[:6]
        self.villages = 5400 * np.column_stack([np.cos(angle), np.sin(angle)])
        self.spot = np.empty((0, 2))
        self.value = np.empty(0, np.int64)
        self.since = np.empty(0, np.int64)
        self.come(60, 0)

    def come(self, count: int, day: int) -> None:
        """New people: a third of them in villages, poor ones everywhere."""
        far = self.rng.random(count) < 0.35
        centre = np.where(far[:, None], self.villages[self.rng.integers(0, 6, count)], 0)
        self.spot = np.vstack([self.spot, centre + self.rng.normal(0, 400, (count, 2))])
        value = self.rng.lognormal(np.log(2500), 0.9, count).astype(np.int64)
        self.value = np.append(self.value, value)
        self.since = np.append(self.since, np.full(count, day))

    def far(self, day: int) -> Far:
        """The people as the planning sees them."""
        points = np.vstack([[0, 0], self.spot])
        ways = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2)).astype(np.int64)
        service = np.full(len(self.value), 1500, np.int64)
        return Far(self.value, service, day - self.since, ways, ways, 1)

    def week(self, day: int, crews: int, rules: RemoteRules) -> dict[int, int]:
        """Day of visit by row, of a plan for five days that follows `rules`."""
        far = self.far(day)
        paid = far.value + waiting_value(far, rules)
        must = must_go(far.waited, rules)
        visits = [
            {"id": str(i), "location": i + 1, "service": 1500, "prize": int(paid[i])}
            | {"windows": [[d, 9 * HOUR, 18 * HOUR] for d in range(5)], "mandatory": bool(must[i])}
            for i in range(len(paid))
        ]
        shifts = [
            {"id": f"{d} {c}", "day": d, "start_location": 0, "end_location": 0}
            | {"earliest": 9 * HOUR, "latest": 18 * HOUR}
            for d in range(5)
            for c in range(crews)
        ]
        data = {"duration": far.duration, "cost": far.cost, "visits": visits, "shifts": shifts}
        made = solve(from_json(data), iterations=1500, seed=day)
        return {s.visit: day + r.shift // crews for r in made.routes for s in r.stops}

    def leave(self, rows: list[int]) -> None:
        """These have been visited."""
        keep = np.setdiff1d(np.arange(len(self.value)), rows)
        self.spot, self.value, self.since = self.spot[keep], self.value[keep], self.since[keep]

    def warning(self, day: int, crews: int, rules: RemoteRules) -> int | None:
        """The day by which too much is due, as the planning names it; None when all is well."""
        far = self.far(day)
        ahead = np.arange(rules.most_wait + 1) + day
        capacity = np.where(ahead % 7 < 5, crews * 9 * HOUR, 0)
        deadline = rules.most_wait - far.waited
        found = shortfall(deadline, far.service + 300, capacity)
        return None if found is None else day + found.day


def run(county: County, crews: int, rules: RemoteRules) -> tuple[list[int], list[int | None]]:
    """Waits of everybody seen in 13 weeks (and of the rest at their end), warnings week by week."""
    waits: list[int] = []
    warnings: list[int | None] = []
    for day in range(0, 91, 7):
        warnings.append(county.warning(day, crews, rules))
        seen = county.week(day, crews, rules)
        waits += [seen[row] - int(county.since[row]) for row in seen]
        county.leave(list(seen))
        county.come(county.arrivals, day + 7)
    return waits + (91 - county.since).tolist(), warnings


@pytest.mark.parametrize("seed", range(2))
def test_ninety_days_and_nobody_waits_too_long(seed: int) -> None:
    """Two crews that are enough: in 91 days of weekly plans nobody waits longer than the limit."""
    waits, warnings = run(County(seed, 25), 2, RULES)
    assert warnings == [None] * 13
    assert max(waits) <= RULES.most_wait
    lazy, _ = run(County(seed, 25), 2, replace(RULES, most_wait=10_000))
    assert max(lazy) > RULES.most_wait  # without the rule somebody does


def test_a_shortfall_is_named_beforehand() -> None:
    """One crew for too many people: planning says so before anybody has waited too long."""
    county, rules = County(5, 120), RULES
    first_late = None
    named = None
    for day in range(0, 91, 7):
        if named is None and county.warning(day, 1, rules) is not None:
            named = day
        seen = county.week(day, 1, rules)
        county.leave(list(seen))
        if first_late is None and (day + 7 - county.since).max() > rules.most_wait:
            first_late = day
        county.come(120, day + 7)
    assert named is not None
    assert first_late is None or named < first_late
