"""Staff lists and map layers."""

import json
from pathlib import Path
from typing import Any

import pytest
from made_files import codes, crews, read_text

from planner.domain.people import Collector, Crew
from planner.intake.crews import parse_weekdays
from planner.intake.values import Bad

HEAD = "小组编号,小组,工号,姓名,出发地经度,出发地纬度,上班时间,下班时间,工作日\r\n"
FIRST = "C1,一组,S1,甲某,107.5,32.5,9:00,18:00,周一至周六\r\n"


def test_members_make_a_crew(tmp_path: Path) -> None:
    """Rows of one crew become one crew with all members."""
    text = HEAD + FIRST + FIRST.replace("S1,甲某", "S2,乙某")
    [record] = crews(read_text(tmp_path, text))
    members = (Collector("S1", "甲某"), Collector("S2", "乙某"))
    assert record.crew == Crew("C1", "一组", members, 32.5, 107.5, 32400, 64800)
    assert record.rows == (2, 3)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (FIRST.replace("107.5", ""), "crew_place_missing"),
        (FIRST.replace("107.5,32.5", "32.5,107.5"), "position_swapped"),
        (FIRST.replace("18:00", "8:00"), "shift_backwards"),
        (FIRST.replace("18:00", "晚上"), "time_unreadable"),
        (FIRST.replace("周一至周六", "平时"), "weekdays_unreadable"),
        (FIRST.replace("甲某", ""), "member_missing"),
        (FIRST + FIRST, "member_twice"),
        (FIRST + FIRST.replace("S1,甲某,107.5", "S2,乙某,107.6"), "crew_disagrees"),
    ],
)
def test_wrong_rows(row: str, code: str, tmp_path: Path) -> None:
    """A wrong row is listed and left out, the others stay."""
    parsed = read_text(tmp_path, HEAD + row + FIRST.replace("C1,一组,S1", "C9,九组,S9"))
    assert codes(parsed) == [code]
    assert [record.crew.crew_id for record in crews(parsed)][-1] == "C9"


@pytest.mark.parametrize(
    ("text", "days"),
    [("周一至周五", (1, 2, 3, 4, 5)), ("1-6", (1, 2, 3, 4, 5, 6)), ("一、三、五", (1, 3, 5)),
     ("星期一,星期日", (1, 7)), ("12345", (1, 2, 3, 4, 5)), ("周一到周三、周六", (1, 2, 3, 6))],
)  # fmt: skip
def test_weekdays(text: str, days: tuple[int, ...]) -> None:
    """Weekdays in all usual ways of writing."""
    assert parse_weekdays(text) == days


@pytest.mark.parametrize("text", ["", "周五至周一", "8", "工作日", "1--3"])
def test_no_weekdays(text: str) -> None:
    """What does not name weekdays is not guessed."""
    with pytest.raises(Bad):
        parse_weekdays(text)


def feature(shape: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    """A GeoJSON feature."""
    geometry = {"type": shape, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def test_layer(tmp_path: Path) -> None:
    """Good features are kept with plain properties; heights and nested properties are dropped."""
    features = [
        feature("Point", [107.1, 32.1, 500.0], name="<b>${1}", kind="town", nested={"a": [1]}),
        feature("LineString", [[107.1, 32.1], [107.2, 32.2]], **{"class": "primary"}),
        feature("Polygon", [[[0, 0], [1, 0], [1, 1], [0, 0]]]),
    ]
    whole = {"type": "FeatureCollection", "name": "图层", "features": features}
    parsed = read_text(tmp_path, json.dumps(whole, ensure_ascii=False), "a.geojson")
    assert (parsed.kind, parsed.rows, parsed.faults) == ("layer", 3, [])
    layer = json.loads(parsed.layer)
    assert layer["name"] == "图层"
    assert layer["features"][0] == feature("Point", [107.1, 32.1], name="<b>${1}", kind="town")
    assert layer["features"][1] == features[1]


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (feature("Circle", [1, 2]), "feature_kind"),
        (feature("Point", [200, 2]), "feature_outside"),
        (feature("Point", []), "feature_broken"),
        (feature("LineString", [1, 2]), "feature_broken"),
        (feature("Point", ["x", 2]), "feature_broken"),
        (feature("Point", [float("nan"), 2]), "feature_outside"),
        ({"type": "Feature"}, "feature_broken"),
        (None, "feature_broken"),
    ],
)
def test_wrong_features(item: Any, code: str, tmp_path: Path) -> None:
    """A feature without a usable shape is listed by its number and left out."""
    whole = {"type": "FeatureCollection", "features": [feature("Point", [1, 2]), item]}
    parsed = read_text(tmp_path, json.dumps(whole), "a.geojson")
    assert [(fault.row, fault.code) for fault in parsed.faults] == [(2, code)]
    assert len(json.loads(parsed.layer)["features"]) == 1
