"""Small tables for the tests of the import."""

from pathlib import Path

from nasty_files import CALL, GOOD, HISTORY_HEADERS, csv_text

from planner.intake.read import read_file
from planner.intake.records import CrewRecord, HistoryRecord, Parsed, PersonRecord


def read_text(folder: Path, text: str, name: str = "a.csv", encoding: str = "utf-8") -> Parsed:
    """Write `text` to a file in `folder` and read it."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return read_file(path)


def read_cases(folder: Path, *rows: dict[str, str]) -> Parsed:
    """Read rows that differ from the good one in the given cells; contract numbers differ too."""
    full = [GOOD | {"合同号": f"HT{n:04d}"} | row for n, row in enumerate(rows)]
    return read_text(folder, csv_text(full))


def read_history(folder: Path, *rows: dict[str, str]) -> Parsed:
    """Read rows that differ from the good call in the given cells; serial numbers differ too."""
    full = [CALL | {"流水号": f"L{n}"} | row for n, row in enumerate(rows)]
    return read_text(folder, csv_text(full, HISTORY_HEADERS))


def people(parsed: Parsed) -> list[PersonRecord]:
    """The persons of a case file."""
    found = [record for record in parsed.records if isinstance(record, PersonRecord)]
    assert len(found) == len(parsed.records)
    return found


def events(parsed: Parsed) -> list[HistoryRecord]:
    """The entries of a history file."""
    found = [record for record in parsed.records if isinstance(record, HistoryRecord)]
    assert len(found) == len(parsed.records)
    return found


def crews(parsed: Parsed) -> list[CrewRecord]:
    """The crews of a staff file."""
    found = [record for record in parsed.records if isinstance(record, CrewRecord)]
    assert len(found) == len(parsed.records)
    return found


def codes(parsed: Parsed) -> list[str]:
    """The codes of all faults, in order."""
    return [fault.code for fault in parsed.faults]
