"""Rows that an import left out, in the file's own columns, for whoever mends them there.

The first column says what to do; it is known again (intake.synonyms.ADVICE), so the mended file can
be imported as it is. Formula-safe: a cell that a spreadsheet would compute stays text.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from planner.errors import PlannerError
from planner.intake.records import Fault, Parsed, fault_words

HEADERS = {"zh_CN": "处理说明", "en": "What to do"}  # each is a synonym of ADVICE
_DATES = {"zh_CN": "数据日期：", "en": "Data date: "}
# A cell that begins so would be run as a formula by spreadsheet programs (also full-width forms).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d{1,11}(\.\d+)?")
_LONG = re.compile(r"0\d+|\d{12,}")  # a spreadsheet would cut the nought or the last digits
_WIDE, _USUAL = 52, 16


@dataclass(frozen=True, slots=True)
class FaultyRows:
    """The rows of one file to mend: what stood above its header row, the header, the rows."""

    file: str
    above: tuple[tuple[str, ...], ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def safe_cell(text: str) -> str:
    """`text` so that a spreadsheet shows it and never computes it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def faulty_rows(
    one: Parsed, faults: Sequence[Fault], language: str, as_of: date | None = None
) -> FaultyRows | None:
    """The rows of `one` that were left out, with what to do about each in `language`.

    `faults` are those of the file after the import; `as_of` is the data date that was told beside
    the file and is written above the table. None when no row was left out.
    """
    advice: dict[int, list[str]] = {}
    left_out = {fault.row for fault in faults if not fault.note and fault.row in one.lines}
    for fault in faults:
        if fault.row in left_out:
            where = f"{fault.column}: " if fault.column else ""
            advice.setdefault(fault.row, []).append(where + fault_words(fault, language))
    if not advice:
        return None
    old = next((at for at, text in enumerate(one.headers) if text in HEADERS.values()), -1)
    above = [(row[:old] + row[old + 1 :]) if old >= 0 else row for row in one.above]
    if as_of is not None:
        above.append((f"{_DATES[language]}{as_of.isoformat()}",))
    rows = [
        (" ".join(dict.fromkeys(advice[number])), *_without(one.lines[number].split("\x1f"), old))
        for number in sorted(left_out)
    ]
    header = (HEADERS[language], *_without(one.headers, old))
    return FaultyRows(one.name, tuple(("", *row) for row in above), header, tuple(rows))


def _without(cells: Sequence[str], at: int) -> tuple[str, ...]:
    return tuple(cell for place, cell in enumerate(cells) if place != at)


def write_faulty_rows(path: Path, table: FaultyRows) -> Path:
    """Write the rows as .csv or, with any other ending, as .xlsx.

    Raises PlannerError("file.unwritable").
    """
    try:
        if path.suffix.lower() == ".csv":
            _write_csv(path, table)
        else:
            _write_xlsx(path, table)
    except (OSError, FileCreateError) as error:
        cause = error.args[0] if isinstance(error, FileCreateError) else error
        why = getattr(cause, "strerror", None) or ""
        raise PlannerError("file.unwritable", file=path.name, why=why) from error
    return path


def _csv_cell(text: str) -> str:
    """A cell of a CSV file: plain numbers as they are, long ones as text, formulas disarmed.

    The reader takes the leading sign ' off again.
    """
    if _LONG.fullmatch(text):
        return f"'{text}"
    return text if _NUMBER.fullmatch(text) else safe_cell(text)


def _write_csv(path: Path, table: FaultyRows) -> None:
    """UTF-8 with a byte-order mark, so that spreadsheet programs read Chinese."""
    width = max(len(table.header), *(len(row) for row in (*table.above, *table.rows)))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, quoting=csv.QUOTE_ALL)
        for row in (*table.above, table.header):
            out.writerow([*map(safe_cell, row), *[""] * (width - len(row))])
        for row in table.rows:
            out.writerow([*map(_csv_cell, row), *[""] * (width - len(row))])


def _write_xlsx(path: Path, table: FaultyRows) -> None:
    """All cells are text in columns formatted as text: typing a long number keeps its digits."""
    book = xlsxwriter.Workbook(
        str(path), {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                    "strings_to_numbers": False},
    )  # fmt: skip
    sheet = book.add_worksheet("rows")
    text = book.add_format({"num_format": "@", "valign": "top"})
    told = book.add_format(
        {"num_format": "@", "valign": "top", "text_wrap": True, "bg_color": "#FFF4D6"}
    )
    head = book.add_format({"bold": True, "bottom": 1, "num_format": "@", "text_wrap": True})
    sheet.set_column(0, 0, _WIDE, text)
    sheet.set_column(1, max(1, len(table.header) - 1), _USUAL, text)
    at = len(table.above)
    for number, row in enumerate((*table.above, table.header, *table.rows)):
        for place, cell in enumerate(row):
            chosen = head if number == at else told if number > at and place == 0 else text
            if cell or number > at:
                sheet.write_string(number, place, cell, chosen)
    sheet.freeze_panes(at + 1, 1)
    book.close()
