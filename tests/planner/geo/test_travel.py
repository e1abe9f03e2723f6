"""Travel distances and times estimated from straight lines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.ground import TERRAINS, Roads, crow_metres, on_sphere
from planner.geo.travel import StraightLine, TravelTimes, distance

_SPOT = st.tuples(st.floats(-80, 80), st.floats(-180, 180))


@settings(max_examples=200, deadline=None)
@given(_SPOT, st.floats(0.001, 5), st.floats(-5, 5))
def test_haversine_is_near_the_geodesic(
    spot: tuple[float, float], north: float, east: float
) -> None:
    """The fast distance is within 0.6 % of the geodesic, near and far."""
    other = (spot[0] + north, spot[1] + east)
    fast = float(crow_metres(*map(np.float64, (*spot, *other))))
    assert fast == pytest.approx(distance(spot, other), rel=0.006)


def test_matrix_is_symmetric_whole_and_zero_on_the_diagonal() -> None:
    """More places than one block give int64 [k, k] figures, equal both ways."""
    random = np.random.default_rng(1)
    lat, lon = random.uniform(30, 31, 600), random.uniform(110, 111, 600)
    provider: TravelTimes = StraightLine()
    metres, seconds = provider.matrix(lat, lon)
    assert metres.dtype == seconds.dtype == np.int64
    assert metres.shape == (600, 600)
    assert (metres == metres.T).all()
    assert (seconds == seconds.T).all()
    assert not metres.diagonal().any()
    assert not seconds.diagonal().any()
    assert provider.estimated


@pytest.mark.parametrize("roads", TERRAINS.values(), ids=TERRAINS.keys())
def test_farther_is_never_quicker(roads: Roads) -> None:
    """Road metres and seconds rise with straight-line distance, across all band borders."""
    crow = np.arange(0, 250_000, 10.0)
    road = roads.metres(crow)
    assert (np.diff(road) > 0).all()
    assert (np.diff(roads.seconds(road)) > 0).all()
    assert (road[1:] / crow[1:] >= 1.3).all()


def test_speeds_and_terrain_have_the_documented_size() -> None:
    """A city leg runs at 22-24 km/h, a long one at 75; mountains cost more road than plains."""
    plain, mountains = TERRAINS["plain"], TERRAINS["mountains"]
    road = np.array([1_000.0, 5_000.0, 20_000.0, 150_000.0])
    assert (road * 3.6 / plain.seconds(road)).tolist() == pytest.approx([22, 24, 48, 75])
    assert plain.metres(np.array([20_000.0]))[0] == pytest.approx(26_000)
    assert mountains.metres(np.array([20_000.0]))[0] == pytest.approx(34_000)


def test_missing_position_is_refused() -> None:
    """A place without a position is an error, not a silent figure."""
    with pytest.raises(ValueError, match="without a position"):
        StraightLine().matrix(np.array([30.0, np.nan]), np.array([110.0, 110.0]))


def test_chords_stand_for_distances() -> None:
    """The chord between points on the sphere equals the great-circle distance of a short leg."""
    lat, lon = np.array([30.0, 30.07]), np.array([110.0, 110.0])
    chord = float(np.linalg.norm(np.diff(on_sphere(lat, lon), axis=0)))
    assert chord == pytest.approx(float(crow_metres(lat[0], lon[0], lat[1], lon[1])), rel=1e-5)
