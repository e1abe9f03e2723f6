"""The table of road speeds and what may be changed in it."""

from pathlib import Path

import pytest

from planner.domain.work import Mode
from planner.errors import PlannerError
from planner.geo.road_speeds import CLASSES, SURFACES, Correction, load_speeds


def test_the_table_is_whole_and_sensible() -> None:
    """A figure for each class and mode; larger roads are quicker; nobody walks on a motorway."""
    speeds = load_speeds()
    for mode in Mode:
        assert len(speeds.kmh[mode]) == len(CLASSES)
    assert len(speeds.surface) == len(SURFACES)
    car = dict(zip(CLASSES, speeds.kmh[Mode.CAR], strict=True))
    order = ["motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential"]
    assert sorted((car[name] for name in order), reverse=True) == [car[name] for name in order]
    assert speeds.kmh[Mode.FOOT][0] == 0
    assert speeds.surface[0] == max(speeds.surface)


def test_changes_lie_on_top() -> None:
    """A changed figure counts, the others stay; less than half a kilometre an hour is not used."""
    speeds = load_speeds({"car": {"track": 20, "path": 0.2}, "off_road": {"walk_kmh": 5}})
    assert speeds.table(Mode.CAR)[CLASSES.index("track")] == 20
    assert speeds.table(Mode.CAR)[CLASSES.index("path")] == 0
    assert speeds.walk_kmh == 5
    assert speeds.kmh[Mode.FOOT] == load_speeds().kmh[Mode.FOOT]


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("car", "track", -1),
        ("car", "track", 999),
        ("car", "nonsense", 5),
        ("plane", "track", 5),
        ("car", "track", True),
        ("car", "track", "fast"),
        ("car", "track", float("nan")),
        ("surface", "soft", 0),
        ("limit", "share", 9),
    ],
)
def test_nonsense_is_refused(section: str, name: str, value: object) -> None:
    """Unknown names and figures that make no sense are expected errors."""
    with pytest.raises(PlannerError) as caught:
        load_speeds({section: {name: value}})  # type: ignore[dict-item]
    assert caught.value.code == "roads.speed"


@pytest.mark.parametrize("text", [None, "car = 5", "nonsense"])
def test_a_spoilt_table_is_refused(text: str | None, tmp_path: Path) -> None:
    """A missing or broken file is said in words."""
    path = tmp_path / "roads.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(PlannerError) as caught:
        load_speeds(path=path)
    assert caught.value.code in ("roads.speeds_unreadable", "roads.speed")


@pytest.mark.parametrize(
    "given",
    [
        {"factor": 0.0},
        {"factor": 99.0},
        {"factor": float("nan")},
        {"factor": 1.1, "road_class": "river"},
        {"factor": 1.1, "hour": 24},
    ],
)
def test_nonsense_corrections_are_refused(given: dict[str, float]) -> None:
    """A factor, class or hour that cannot be is an expected error."""
    with pytest.raises(PlannerError) as caught:
        Correction(**given)  # type: ignore[arg-type]
    assert caught.value.code == "roads.speed"
