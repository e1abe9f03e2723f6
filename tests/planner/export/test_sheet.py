"""Lists as spreadsheets: values keep their kinds, texts never become formulas."""

from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from planner.errors import PlannerError
from planner.export.sheet import write_sheet


def read(path: Path) -> list[list[object]]:
    """The cells of the first sheet."""
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()  # type: ignore[return-value]


def test_values_keep_their_kinds(tmp_path: Path) -> None:
    """Numbers, days, texts and gaps come back as they are; notes follow after an empty row."""
    path = tmp_path / "list.xlsx"
    rows = [(1, "石桥镇", 12.5, date(2026, 12, 1)), (2, "", None, None)]
    write_sheet(path, "片区", ["#", "片区", "元", "日期"], rows, ["two rows"])
    cells = read(path)
    assert cells[0] == ["#", "片区", "元", "日期"]
    assert cells[1] == [1.0, "石桥镇", 12.5, date(2026, 12, 1)]
    assert cells[2][:2] == [2.0, ""]
    assert cells[4][0] == "two rows"


@pytest.mark.parametrize("text", ["=1+1", "@cmd", "+86", "-5", "https://example.org"])
def test_texts_stay_texts(tmp_path: Path, text: str) -> None:
    """What a spreadsheet would compute or follow is kept as text."""
    path = tmp_path / "list.xlsx"
    write_sheet(path, "a/b:c", ["name"], [(text,)])
    assert read(path)[1] == [text]
    assert b"<f>" not in path.read_bytes()


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder that is not there is told as such."""
    with pytest.raises(PlannerError, match=r"file\.unwritable"):
        write_sheet(tmp_path / "none" / "list.xlsx", "a", ["a"], [])
