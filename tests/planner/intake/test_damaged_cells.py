"""Each kind of damage is recognised, listed with row and column, and never repaired silently."""

from pathlib import Path

import pytest
from made_files import people, read_cases
from nasty_files import DAMAGED_CELLS

from planner.intake.records import fault_words


@pytest.mark.parametrize("name", DAMAGED_CELLS)
def test_damage_is_listed(name: str, tmp_path: Path) -> None:
    """A damaged cell is listed by row, header, code and value, in words; only a doubt (note)
    leaves its row in, and the good rows beside it are kept in any case."""
    column, text, code, kept = DAMAGED_CELLS[name]
    parsed = read_cases(tmp_path, {}, {column: text}, {})
    rows = {row for person in people(parsed) for row in person.rows}
    assert rows == ({2, 3, 4} if kept else {2, 4})
    assert (parsed.rows, parsed.faulty) == (3, int(not kept))
    [fault] = parsed.faults
    assert (fault.file, fault.row, fault.code, fault.note) == ("a.csv", 3, code, kept)
    assert fault.column in (column, "经度", "纬度")
    assert fault.value.rstrip("…") in text or text in fault.value
    for language in ("en", "zh_CN"):
        words = fault_words(fault, language)
        assert not words.startswith("fault.")
        assert "{" not in words


def test_there_are_enough_kinds() -> None:
    """The set holds at least 25 kinds of damage."""
    assert len({code for _, _, code, _ in DAMAGED_CELLS.values()}) >= 25


def test_several_faults_of_a_row_are_all_listed(tmp_path: Path) -> None:
    """One look at the list is enough to mend a row."""
    parsed = read_cases(
        tmp_path, {"手机号": "1.9E+10", "逾期金额(元)": "x", "逾期开始日": "2026-13-01"}
    )
    assert [fault.code for fault in parsed.faults] == [
        "phone_scientific", "amount_unreadable", "date_impossible",
    ]  # fmt: skip
    assert parsed.faulty == 1
    assert parsed.records == []
