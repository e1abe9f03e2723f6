"""Links and codes that bring a phone to a stop."""

import re

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from made_handout import made_handout, made_people, made_plan

from planner.domain.datum import to_wgs84
from planner.export.phone_links import APPS, link, qr_rows, usual_app
from planner.geo.travel import distance

SPOTS = ((39.915, 116.404), (30.0, 102.6), (22.55, 114.12), (43.8, 87.6), (47.14, 9.52))
FIRST_IS_LONGITUDE = {"amap"}


def place_in(app: str, text: str) -> tuple[float, float]:
    """Where the app goes that is given this link, in WGS-84: as its maker documents the fields."""
    a, b = (float(part) for part in re.findall(r"-?\d+\.\d{6}", text)[:2])
    lat, lon = (b, a) if app in FIRST_IS_LONGITUDE else (a, b)
    return to_wgs84(APPS[app].datum, lat, lon)


def decoded(rows: tuple[str, ...]) -> str:
    """What a scanner reads of a code of this size, with white around it."""
    dots = np.array([[module == "1" for module in row] for row in rows])
    picture = np.where(np.pad(dots, 4), 0, 255).astype(np.uint8)
    (found,) = zxingcpp.read_barcodes(np.kron(picture, np.ones((4, 4), np.uint8)))
    return str(found.text)


@pytest.mark.parametrize("app", APPS)
def test_every_code_leads_to_the_door(app: str) -> None:
    """For each app the decoded code is the link, and the link lies within a metre of the stop."""
    for number, spot in enumerate(SPOTS, 1):
        text = link(app, *spot, number)
        assert decoded(qr_rows(text)) == text
        assert distance(place_in(app, text), spot) < 1


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(APPS)),
    st.floats(18.2, 53.5, allow_nan=False),
    st.floats(73.6, 134.7, allow_nan=False),
)
def test_anywhere_in_the_country(app: str, lat: float, lon: float) -> None:
    """Wherever a stop lies, what the app is told is the stop, to a metre."""
    assert distance(place_in(app, link(app, lat, lon, 1)), (lat, lon)) < 1


def test_datums_differ_where_they_should() -> None:
    """AMap's and Baidu's figures are hundreds of metres off WGS-84's in China, not in Vaduz."""
    figures = {app: re.findall(r"\d+\.\d{6}", link(app, *SPOTS[0], 1))[:2] for app in APPS}
    assert figures["geo"] == ["39.915000", "116.404000"]
    assert figures["google"] == figures["geo"]
    assert figures["amap"] == ["116.410244", "39.916404"]  # as published elsewhere
    corner = to_wgs84("gcj02", 39.915, 116.404)
    assert re.findall(r"\d+\.\d{6}", link("baidu", *corner, 1)) == ["39.921337", "116.410369"]
    assert len({tuple(sorted(one)) for one in figures.values()}) == 3
    abroad = {tuple(sorted(re.findall(r"\d+\.\d{6}", link(app, *SPOTS[4], 1))[:2])) for app in APPS}
    assert len(abroad) == 1


@pytest.mark.parametrize("app", APPS)
def test_a_link_tells_of_nobody(app: str) -> None:
    """Name, address, reference, lender and amount are in no link; two persons at one door share
    theirs."""
    plan = made_plan((3,), lat=30.1, lon=102.7)
    links = [
        re.sub(r"(title|content)=\d", "", visit.link)
        for visit in made_handout(plan, made_people(plan), app=app).rounds[0].visits
    ]
    assert len(set(links)) == 1
    assert re.fullmatch(r"[a-zA-Z0-9:/.?=&,_%-]+", links[0])
    assert not re.search(r"P1X|HT|1234|4821", links[0])


def test_walkers_get_a_way_on_foot() -> None:
    """A crew that walks is not led onto the motorway."""
    assert "mode=walk" in link("amap", 30.0, 102.6, 1, on_foot=True)
    assert "mode=car" in link("amap", 30.0, 102.6, 1)
    assert "dirflg=w" in link("apple", 30.0, 102.6, 1, on_foot=True)


def test_the_usual_app() -> None:
    """Until somebody chooses, China gets an app of its own datum, others a geo link."""
    assert [usual_app(zone) for zone in ("Asia/Shanghai", "Europe/Vaduz")] == ["amap", "geo"]
    assert {usual_app(zone) for zone in ("Asia/Urumqi", "Asia/Tokyo")} <= set(APPS)
