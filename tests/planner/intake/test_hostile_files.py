"""Files that are refused as a whole: quickly, with a reason in words, without harm."""

from pathlib import Path

import pytest
from nasty_files import REFUSED, far_cell, good_xlsx

from planner.errors import PlannerError
from planner.intake import pipe
from planner.intake.read import read_file
from planner.words import explain


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_reason(name: str, tmp_path: Path) -> None:
    """Each nasty file is refused by its own code; the words name the file in both languages."""
    file, make, codes = REFUSED[name]
    path = tmp_path / file
    path.write_bytes(make())
    with pytest.raises(PlannerError) as caught:
        read_file(path)
    assert caught.value.code.removeprefix("intake.") in codes.split("|")
    for language in ("en", "zh_CN"):
        words = explain(caught.value, language)
        assert path.name in words
        assert "{" not in words


def test_missing_file(tmp_path: Path) -> None:
    """A file that is gone is said to be gone."""
    with pytest.raises(PlannerError, match=r"intake\.not_found"):
        read_file(tmp_path / "gone.csv")


def test_a_dying_reader_refuses_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the look at the parts misses a trap, the child dies of it and the file is refused."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(far_cell())
    # A copy of the child that skips the look at the parts.
    code = (
        "import planner.intake.child as c, planner.intake.sheets as s;"
        "s.inspect_workbook = lambda path: s.Seen(); c.run()"
    )
    own = pipe.command()
    monkeypatch.setattr(pipe, "command", lambda: [*own[: own.index("-m")], "-c", code])
    with pytest.raises(PlannerError, match=r"intake\.(refused|damaged|too_large)"):
        read_file(path)


def test_good_workbook_is_not_refused(tmp_path: Path) -> None:
    """The base from which the nasty workbooks are made is read without a fault."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(good_xlsx())
    parsed = read_file(path)
    assert (parsed.kind, parsed.rows, parsed.faults) == ("cases", 3, [])
