"""Positions of an import follow the country of the workspace."""

from pathlib import Path

import pytest
from made_files import codes, people
from nasty_files import GOOD, csv_text

from planner.intake.countries import extents, inside
from planner.intake.read import read_file
from planner.intake.records import Parsed, fault_words
from planner.intake.values import Bad, parse_degrees
from planner.policy.pack import default_policies

ZONES = {
    "CN": "Asia/Shanghai", "KZ": "Asia/Almaty", "AU": "Australia/Sydney", "GB": "Europe/London",
    "US": "America/New_York", "IN": "Asia/Kolkata", "": "Europe/Paris",
}  # fmt: skip


def read_at(folder: Path, country: str, lat: str, lon: str, header: str = "") -> Parsed:
    """A file of one person at (lat, lon), read in a workspace of `country`."""
    text = csv_text([GOOD | {"纬度": lat, "经度": lon}])
    if header:
        text = text.replace("经度", f"经度({header})").replace("纬度", f"纬度({header})")
    (folder / "a.csv").write_text(text, encoding="utf-8", newline="")
    return read_file(folder / "a.csv", zone=ZONES[country])


def test_every_country_with_rules_has_a_box() -> None:
    """Every country that has rules says where it lies, in boxes that are boxes."""
    assert set(default_policies().places) == set(extents())
    for boxes in extents().values():
        for south, north, west, east in boxes:
            assert -90 <= south < north <= 90
            assert -180 <= west < east <= 180


@pytest.mark.parametrize(
    ("country", "lat", "lon"),
    [
        ("CN", "32.54321", "107.12345"), ("KZ", "51.16052", "71.47036"),
        ("AU", "-33.86882", "151.20929"), ("GB", "51.50735", "-0.12776"),
        ("US", "40.71278", "-74.00597"), ("US", "21.30694", "-157.85833"),
        ("IN", "19.07609", "72.87770"), ("", "48.85661", "2.35222"), ("", "-1.29207", "36.82195"),
        ("AU", "33.86882S", "E151.20929"), ("GB", "北纬51.50735", "0.12776°W"),
    ],
)  # fmt: skip
def test_at_home(country: str, lat: str, lon: str, tmp_path: Path) -> None:
    """A position in the workspace's own country is kept, with the sign that its letters say."""
    parsed = read_at(tmp_path, country, lat, lon)
    assert codes(parsed) == []
    place = people(parsed)[0].addresses[0]
    assert place.lat is not None
    assert place.lon is not None
    assert inside(country, place.lat, place.lon)


@pytest.mark.parametrize(
    ("country", "lat", "lon", "code"),
    [
        ("CN", "51.16052", "-171.47036", "position_abroad"),
        ("CN", "107.12345", "32.54321", "position_swapped"),
        ("KZ", "32.54321", "107.12345", "position_abroad"),
        ("KZ", "71.47036", "43.16052", "position_swapped"),
        ("AU", "51.50735", "0.12776", "position_abroad"),
        ("AU", "151.20929", "-33.86882", "position_swapped"),
        ("AU", "33.86882", "151.20929", "position_sign"),
        ("US", "40.71278", "74.00597", "position_sign"),
        ("US", "-74.00597", "40.71278", "position_swapped"),
        ("GB", "-0.12776", "51.50735", "position_swapped"),
        ("IN", "72.87770", "19.07609", "position_swapped"),
        ("", "148.85661", "2.35222", "position_swapped"),
        ("", "148.85661", "102.35222", "position_out_of_range"),
        ("", "0", "2.35222", "position_zero"), ("GB", "51", "-1", "position_coarse"),
        ("AU", "-33.8S", "151.20929", "position_unreadable"),
    ],
)  # fmt: skip
def test_not_at_home(country: str, lat: str, lon: str, code: str, tmp_path: Path) -> None:
    """A position elsewhere, exchanged or with a missing sign is left out and told in both
    languages, the person kept."""
    parsed = read_at(tmp_path, country, lat, lon)
    assert codes(parsed) == [code]
    assert people(parsed)[0].addresses[0].lat is None
    for language in ("zh_CN", "en"):
        words = fault_words(parsed.faults[0], language)
        assert "{" not in words
        assert f"fault.{code}" not in words
    if code == "position_abroad" and country == "KZ":
        assert "Kazakhstan" in fault_words(parsed.faults[0], "en")
        assert "哈萨克斯坦" in fault_words(parsed.faults[0], "zh_CN")


def test_chinese_datum_abroad(tmp_path: Path) -> None:
    """Outside China a position said to be in a Chinese datum stays where it is, and a note says
    so."""
    parsed = read_at(tmp_path, "KZ", "43.23890", "76.88970", "GCJ02")
    assert codes(parsed) == []
    place = people(parsed)[0].addresses[0]
    assert (place.lat, place.lon) == (43.2389, 76.8897)
    assert [(note.code, note.params["count"]) for note in parsed.notes] == [("datum_abroad", 1)]


def test_a_letter_is_a_sign() -> None:
    """Southern and western letters make a figure negative; a letter and a minus are refused."""
    assert [parse_degrees(text, 180) for text in ("33.5s", "W 120.25", "西经3.5°", "3.5E")] == [
        -33.5, -120.25, -3.5, 3.5,
    ]  # fmt: skip
    with pytest.raises(Bad):
        parse_degrees("-3.5W", 180)
