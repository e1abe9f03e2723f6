"""Import faults as CSV: what was wrong where, for whoever mends the file."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

from planner.intake.records import Fault

# A cell that begins so would be run as a formula by spreadsheet programs.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """`text` so that a spreadsheet shows it and never computes it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def write_faults(
    path: Path,
    faults: Sequence[Fault],
    header: Sequence[str],
    words: Callable[[Fault], str],
) -> None:
    """Write one line per fault: file, row, column, value, what to do (`words`).

    UTF-8 with a byte-order mark, so that Excel reads Chinese. Raises OSError.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow([safe_cell(cell) for cell in header])
        for fault in faults:
            cells = (fault.file, str(fault.row), fault.column, fault.value, words(fault))
            out.writerow([safe_cell(cell) for cell in cells])
