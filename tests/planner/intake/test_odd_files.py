"""Files with something that nobody sees: all of it is told, nothing is guessed."""

from pathlib import Path

import pytest
from made_files import people
from nasty_files import GOOD, ODD, csv_text, workbook

from planner.intake.read import read_file
from planner.intake.records import fault_words, note_words


@pytest.mark.parametrize("name", ODD)
def test_what_nobody_sees_is_told(name: str, tmp_path: Path) -> None:
    """Every fault has its row and code, every note its code, words in both languages, and exactly
    the other rows are kept."""
    file, make, faults, notes, kept = ODD[name]
    path = tmp_path / file
    path.write_bytes(make())
    parsed = read_file(path)
    assert [(fault.row, fault.code) for fault in parsed.faults] == faults
    assert [note.code for note in parsed.notes] == notes
    assert sum(len(person.rows) for person in people(parsed)) == kept
    for language in ("en", "zh_CN"):
        said = [fault_words(fault, language) for fault in parsed.faults]
        said += [note_words(note, language) for note in parsed.notes]
        assert not [one for one in said if "{" in one or one.startswith(("fault.", "note."))]


def test_notes_name_the_cells(tmp_path: Path) -> None:
    """A formula without a result is named by its cell; twelve of them by the first ten."""
    path = tmp_path / "a.xlsx"

    def formulas(book: object) -> None:
        for row in range(2, 14):
            book.active[f"F{row}"] = "=1+1"  # type: ignore[attr-defined]

    path.write_bytes(workbook(formulas, 12))
    (note,) = read_file(path).notes
    assert note.params["count"] == 12
    assert note.params["cells"].startswith("F2、F3、")
    assert note.params["cells"].endswith("F11…")


def test_an_address_of_two_lines_is_no_swallowed_row(tmp_path: Path) -> None:
    """A line break inside a quoted address is what it is, and a joiner inside a name stays."""
    rows = [GOOD | {"家庭住址": "虚构市虚构县\n虚构镇,槿溪村,3组", "姓名": "र्\u200dया",
                    "身份证号": ""}]  # fmt: skip
    (tmp_path / "a.csv").write_text(csv_text(rows), encoding="utf-8", newline="")
    (person,) = people(read_file(tmp_path / "a.csv"))
    assert person.name == "र्\u200dया"
