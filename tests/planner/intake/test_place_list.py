"""A user's list of places: read, and its faults named by row and column."""

from pathlib import Path

import pytest

from planner.domain.datum import GCJ02, from_wgs84
from planner.errors import PlannerError
from planner.intake.place_list import read_place_list
from planner.intake.records import fault_words


def write(folder: Path, text: str) -> Path:
    path = folder / "地名.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_with_faults(tmp_path: Path) -> None:
    """Good rows are kept; each bad one is named by its row, its column and what to do."""
    path = write(tmp_path, (
        "本县村庄,,,,,\n名称,级别,纬度,经度,县,乡镇\n"
        "古城村,村,30.1234,120.1234,安吉县,递铺镇\n"
        ",村,30.1234,120.1234,安吉县,递铺镇\n"
        "无坐标村,村,,,安吉县,递铺镇\n"
        "半个村,村,30.1,,安吉县,递铺镇\n"
        "反了村,村,120.1,30.1,安吉县,递铺镇\n"
        "什么村,部落,30.1234,120.1234,安吉县,递铺镇\n"
        "古城村,村,30.2,120.2,安吉县,递铺镇\n"
        "古城村,村,30.3,120.3,德清县,新市镇\n"
    ))  # fmt: skip
    read = read_place_list(path)
    assert [(one.name, one.county) for one in read.rows] == [
        ("古城村", "安吉县"), ("古城村", "德清县"),
    ]  # fmt: skip
    assert [(one.row, one.column, one.code) for one in read.faults] == [
        (4, "名称", "place_name_missing"), (5, "纬度", "place_no_position"),
        (6, "纬度", "position_half"), (7, "纬度", "position_swapped"),
        (8, "级别", "place_kind_unknown"), (9, "名称", "place_twice"),
    ]  # fmt: skip
    for language in ("en", "zh_CN"):
        assert all("fault." not in fault_words(one, language) for one in read.faults)


@pytest.mark.parametrize("how", ["header", "column", "choice"])
def test_the_datum_of_a_list(tmp_path: Path, how: str) -> None:
    """Header, column or the user may say the datum; the position is kept in WGS-84."""
    lat, lon = from_wgs84(GCJ02, 30.25, 120.15)
    head = "名称,纬度(GCJ02),经度(GCJ02)" if how == "header" else "name,lat,lon,datum"
    cell = ",gcj02" if how == "column" else ("" if how == "header" else ",")
    path = write(tmp_path, f"{head}\n古城村,{lat:.7f},{lon:.7f}{cell}\n")
    (row,) = read_place_list(path, datum=GCJ02 if how == "choice" else "").rows
    assert (row.lat, row.lon) == pytest.approx((30.25, 120.15), abs=2e-6)


@pytest.mark.parametrize(
    ("text", "code"),
    [("name,lat\na,1\n", "places.no_header"), ("name,lat,lon\n", "places.none")],
)
def test_files_that_are_no_list(tmp_path: Path, text: str, code: str) -> None:
    """A file without the needed columns, or without rows, is refused as a whole."""
    with pytest.raises(PlannerError) as caught:
        read_place_list(write(tmp_path, text))
    assert caught.value.code == code
