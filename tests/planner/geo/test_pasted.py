"""Positions as people type and paste them."""

import pytest

from planner.domain.datum import BD09, GCJ02, WGS84, from_wgs84
from planner.errors import PlannerError
from planner.geo.pasted import pasted_position

LAT, LON = 30.123456, 120.654321
G_LAT, G_LON = from_wgs84(GCJ02, LAT, LON)
B_LAT, B_LON = from_wgs84(BD09, LAT, LON)


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("30.123456, 120.654321", WGS84),
        ("30.123456，120.654321", WGS84),
        ("120.654321 30.123456", WGS84),
        ("30.123456;120.654321", WGS84),
        ("30.123456°N, 120.654321°E", WGS84),
        ("30°7'24.4416\"N 120°39'15.5556\"E", WGS84),
        ("geo:30.123456,120.654321", WGS84),
        ("geo:0,0?q=30.123456,120.654321(door)", WGS84),
        ("https://www.openstreetmap.org/?mlat=30.123456&mlon=120.654321#map=17/1/2", WGS84),
        ("https://www.google.com/maps/@30.123456,120.654321,17z", WGS84),
        (f"https://uri.amap.com/marker?position={G_LON:.6f},{G_LAT:.6f}&name=a", GCJ02),
        (f"https://api.map.baidu.com/marker?location={B_LAT:.6f},{B_LON:.6f}&output=html", BD09),
        (f"http://api.map.baidu.com/marker?location={G_LAT:.6f},{G_LON:.6f}&coord_type=gcj02",
         GCJ02),
    ],
)  # fmt: skip
def test_what_people_paste(text: str, datum: str) -> None:
    """Figures, geo: links and the links of map apps name the same door, each in its own datum."""
    found = pasted_position(text)
    assert (found.lat, found.lon) == pytest.approx((LAT, LON), abs=3e-6)
    assert found.datum == datum


def test_bare_figures_in_the_datum_that_was_chosen() -> None:
    """Figures without a link are in the datum somebody chose for them."""
    found = pasted_position(f"{G_LAT:.6f},{G_LON:.6f}", GCJ02)
    assert (found.lat, found.lon) == pytest.approx((LAT, LON), abs=3e-6)


@pytest.mark.parametrize(
    "text", ["", "村口第三家", "30.1", "0, 0", "95, 200", "https://a.example/x"]
)
def test_no_position(text: str) -> None:
    """What holds no position on Earth is refused in words, not guessed."""
    with pytest.raises(PlannerError) as caught:
        pasted_position(text)
    assert caught.value.code == "places.no_position"
