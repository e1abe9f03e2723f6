"""Datums: there and back, known points, and what happens outside the country."""

import csv
import math

import pytest

from planner.domain.datum import (
    BD09,
    DATUMS,
    GCJ02,
    OUTLINE,
    WGS84,
    from_wgs84,
    shifted,
    to_wgs84,
)
from planner.paths import resources

METRES = 111_320.0  # of a degree of latitude


def apart(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Metres between two positions that lie close together."""
    east = (a[1] - b[1]) * math.cos(math.radians(a[0]))
    return math.hypot(a[0] - b[0], east) * METRES


def grid(step: float) -> list[tuple[float, float]]:
    """Positions all over mainland China, none of them on a round degree or at the border."""
    rows = [18.137 + step * i for i in range(int(35 / step))]
    spots = [(lat, 73.6183 + step * k) for lat in rows for k in range(int(61 / step))]
    around = ((0.0, 0.05), (0.05, 0.0), (0.0, -0.05), (-0.05, 0.0))
    return [(lat, lon) for lat, lon in spots if all(shifted(lat + n, lon + e) for n, e in around)]


@pytest.mark.parametrize("datum", [GCJ02, BD09])
def test_there_and_back(datum: str) -> None:
    """From WGS-84 and back is the same place to a millimetre, all over the country."""
    worst = max(apart(spot, to_wgs84(datum, *from_wgs84(datum, *spot))) for spot in grid(step=0.7))
    assert worst < 0.001


@pytest.mark.parametrize(("lat", "lon"), [(39.915, 116.404), (30.2741, 120.1551), (29.65, 91.1)])
def test_three_datums_one_place(lat: float, lon: float) -> None:
    """One door told in all three datums lies within a metre of itself."""
    found = [to_wgs84(datum, *from_wgs84(datum, lat, lon)) for datum in DATUMS]
    assert max(apart(one, (lat, lon)) for one in found) < 0.01


def test_known_points() -> None:
    """The shift is the published one: the figures of two other programs for a place in Beijing."""
    gcj = from_wgs84(GCJ02, 39.915, 116.404)
    assert apart(gcj, (39.91640428150164, 116.41024449916938)) < 0.05
    assert apart(from_wgs84(BD09, *to_wgs84(GCJ02, 39.915, 116.404)), (39.92133699351022,
                 116.41036949371029)) < 0.05  # fmt: skip


def test_shift_is_felt_everywhere() -> None:
    """Leaving the datum out would be wrong by tens to some 1,800 metres."""
    gaps = [apart(spot, from_wgs84(datum, *spot)) for spot in grid(2.3) for datum in (GCJ02, BD09)]
    assert min(gaps) > 25
    assert max(gaps) < 2000


@pytest.mark.parametrize("datum", DATUMS)
@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        (48.8584, 2.2945), (-33.86, 151.21), (57.0, 100.0), (21.0285, 105.8542),
        (13.7563, 100.5018), (14.5995, 120.9842), (43.2389, 76.8897), (47.9185, 106.9177),
        (37.5665, 126.978),
        (27.7172, 85.324), (48.4827, 135.0838), (22.5726, 88.3639), (40.5283, 72.7985),
    ],
)  # fmt: skip
def test_outside_nothing_is_shifted(datum: str, lat: float, lon: float) -> None:
    """Outside China, its neighbours included, its datums are WGS-84, in both directions."""
    assert to_wgs84(datum, lat, lon) == (lat, lon)
    assert from_wgs84(datum, lat, lon) == (lat, lon)


def test_every_place_of_the_country_is_inside() -> None:
    """Every place of the list that ships with the program has the shift, but for one far out at
    sea and one that its list puts across the river."""
    with (resources() / "places" / "geonames_cn.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    away = [row["name"] for row in rows if not shifted(float(row["lat"]), float(row["lon"]))]
    assert len(rows) > 10_000
    assert set(away) <= {"三沙市", "常胜乡"}


@pytest.mark.parametrize("datum", DATUMS)
def test_edge_of_the_country(datum: str) -> None:
    """At the border, where the shift begins, the answer stays within a kilometre or two."""
    for lat, lon in OUTLINE:
        assert apart(to_wgs84(datum, lat, lon), (lat, lon)) < 3000


def test_wgs84_is_left_alone() -> None:
    """WGS-84 comes out bit for bit as it went in, and an unknown datum is an error."""
    assert to_wgs84(WGS84, 31.2345678, 121.4) == (31.2345678, 121.4)
    with pytest.raises(KeyError):
        to_wgs84("cgcs", 31.2, 121.4)
