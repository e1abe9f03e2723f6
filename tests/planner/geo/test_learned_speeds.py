"""What trips teach: shrinkage, bounds, regions; and tables that are kept."""

from math import exp, log
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.ground import PLAIN
from planner.domain.work import Mode
from planner.geo import kept_travel
from planner.geo.kept_travel import KeptTravel
from planner.geo.learned_speeds import (
    LEAST,
    NOTHING,
    PRIOR,
    Learned,
    Trip,
    corrections,
    from_json,
    learn,
    slower,
    to_json,
)
from planner.geo.travel import StraightLine


def trips(count: int, ratio: float, *, region: str = "A", hour: int = 10) -> list[Trip]:
    """Trips of 12 km in 20 minutes (a country road) that took `ratio` times as long."""
    return [Trip(region, 12_000, 1_200, round(1_200 * ratio), hour) for _ in range(count)]


def test_few_trips_change_nothing_and_many_nearly_all() -> None:
    """Below the least number of trips the factor is 1; with n of them it is the mean drawn towards
    1 by n / (n + K); with thousands it is the mean."""
    few = learn(NOTHING, trips(LEAST - 1, 1.5))
    assert few.factor("A", 1) == 1.0
    some = learn(few, trips(1, 1.5))
    assert some.factor("A", 1) == pytest.approx(exp(LEAST / (LEAST + PRIOR) * log(1.5)))
    many = learn(NOTHING, trips(4000, 1.5))
    assert many.factor("A", 1) == pytest.approx(1.5, rel=0.01)
    assert (many.trips("A", 1), many.factor("B", 1), many.factor("A", 0)) == (4000, 1.0, 1.0)


def test_hours_lean_on_all_hours() -> None:
    """A part of the day with many trips has its own factor; one without takes that of all."""
    known = learn(NOTHING, [*trips(300, 1.6, hour=8), *trips(300, 1.0, hour=15)])
    assert known.factor("A", 1, 0) > 1.5
    assert known.factor("A", 1, 3) < 1.05
    assert known.factor("A", 1, 2) == pytest.approx(known.factor("A", 1))


def test_what_is_no_trip_teaches_nothing() -> None:
    """A lunch on the way, a clock that stood, a house next door: left out."""
    odd = [*trips(50, 3.5), *trips(50, 0.2), *[Trip("A", 300, 130, 400, 9)] * 50,
           *[Trip("A", 5000, 60, 100, 9)] * 50]  # fmt: skip
    assert learn(NOTHING, odd) == NOTHING


@given(st.lists(st.tuples(st.floats(0.4, 2.9), st.integers(0, 23)), max_size=60))
def test_factors_stay_within_what_was_seen(seen: list[tuple[float, int]]) -> None:
    """No factor leaves the span between 1 and the ratios that were seen, and all survive JSON."""
    known = learn(NOTHING, [t for ratio, hour in seen for t in trips(1, ratio, hour=hour)])
    low, high = (f(1.0, *(r for r, _ in seen)) if seen else 1.0 for f in (min, max))
    for part in (None, 0, 1, 2, 3, 4):
        assert low * 0.999 <= known.factor("A", 1, part) <= high * 1.001
    again = from_json(to_json(known))
    assert again.factor("A", 1) == pytest.approx(known.factor("A", 1), rel=1e-4)


@pytest.mark.parametrize("told", [None, 5, "x", [[1]], [["a", "b", 1, 2, 3]], {"a": 1}])
def test_a_table_that_is_none_is_nothing(told: Any) -> None:
    """What a settings field may hold by mistake teaches nothing."""
    assert from_json(told) == NOTHING


def test_overlapping_regions_are_corrected_once() -> None:
    """A point in two regions has the factor of the first one only."""
    known = learn(NOTHING, [*trips(500, 1.5), *trips(500, 1.2, region="B")])
    found = corrections(known, {"A": (30.0, 100.0, 31.0, 101.0), "B": (30.5, 100.5, 31.5, 101.5)})

    def at(lat: float, lon: float) -> list[float]:
        return [
            one.factor
            for one in found
            if one.road_class == "secondary" and one.bounds is not None
            and one.bounds[0] <= lat < one.bounds[2] and one.bounds[1] <= lon < one.bounds[3]
        ]  # fmt: skip

    assert at(30.7, 100.7) == at(30.1, 100.1) == [known.factor("A", 1)]
    assert at(31.2, 101.2) == at(30.7, 101.2) == at(31.2, 100.7) == [known.factor("B", 1)]
    assert at(32.0, 101.2) == []


def test_estimated_ways_follow_what_was_learned_of_them() -> None:
    """Trips without roads slow the straight line down; none leave it as it is, object and all."""
    assert slower(PLAIN, learn(NOTHING, trips(500, 1.5))) is PLAIN
    known = learn(NOTHING, trips(500, 1.5, region=""))
    lat, lon = np.array([30.0, 30.2]), np.array([102.0, 102.0])
    usual = StraightLine().matrix(lat, lon)
    learned = StraightLine(slower(PLAIN, known)).matrix(lat, lon)
    assert (learned[0] == usual[0]).all()
    assert learned[1][0, 1] / usual[1][0, 1] == pytest.approx(known.factor("", 1), rel=0.01)


class Counting(StraightLine):
    """Counts how often it is asked."""

    asked: list[int]

    def matrix(self, lat: Any, lon: Any, mode: Mode = Mode.CAR) -> Any:
        """As its parent."""
        self.asked.append(len(lat))
        return super().matrix(lat, lon, mode)


@pytest.fixture
def counting() -> Any:
    """A source that counts, and nothing kept before or after."""
    kept_travel.forget()
    source = Counting()
    object.__setattr__(source, "asked", [])
    yield source
    kept_travel.forget()


def test_parts_of_a_table_are_not_asked_for_again(counting: Any) -> None:
    """Any places of a kept table, in any order and twice, come out of it with the same figures;
    another key, another mode or a new place is asked for."""
    rng = np.random.default_rng(3)
    lat, lon = 30 + rng.random(40), 102 + rng.random(40)
    kept = KeptTravel(counting, "key")
    kept.matrix(lat, lon)
    order = np.array([7, 3, 3, 30, 0])
    found = kept.matrix(lat[order], lon[order])
    plain = StraightLine().matrix(lat[order], lon[order])
    assert counting.asked == [40]
    assert all((a == b).all() for a, b in zip(found, plain, strict=True))
    assert kept.legs_estimated(lat[order], lon[order]).sum() == 5 * 4 - 2
    KeptTravel(counting, "other").matrix(lat, lon)
    kept.matrix(lat, lon, Mode.FOOT)
    kept.matrix(np.append(lat[:3], 31.5), np.append(lon[:3], 102.5))
    assert counting.asked == [40, 40, 40, 4]
    kept_travel.forget()
    kept.matrix(lat, lon)
    assert counting.asked[-1] == 40


def test_learned_knows_its_regions() -> None:
    """Regions are those of which there are trips."""
    known = Learned({("B", 0, 1): (3, 0.1), ("", 1, 1): (2, 0.0)})
    assert known.regions == ["", "B"]
