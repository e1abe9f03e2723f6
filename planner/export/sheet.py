"""A list as an .xlsx sheet: a head that stays in view, a filter, widths that fit, no formulas."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from planner.errors import PlannerError

Value = str | int | float | date | None
_WIDEST = 60
_SHEET_NAME = 31  # the most characters that a sheet's name may have
_BARRED = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def write_sheet(
    path: Path,
    title: str,
    header: Sequence[str],
    rows: Sequence[Sequence[Value]],
    notes: Sequence[str] = (),
) -> None:
    """Write `rows` below `header`, and `notes` below them, each in a row of its own.

    Texts are kept as texts whatever they begin with. Raises PlannerError("file.unwritable").
    """
    workbook = xlsxwriter.Workbook(
        str(path),
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
         "strings_to_numbers": False},
    )  # fmt: skip
    sheet = workbook.add_worksheet(title.translate(_BARRED)[:_SHEET_NAME])
    bold = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    days = workbook.add_format({"num_format": "yyyy-mm-dd"})
    for column, text in enumerate(header):
        sheet.write_string(0, column, text, bold)
        cells = [row[column] for row in rows if column < len(row)]
        wide = max([_wide(text), *(_wide(_shown(cell)) for cell in cells)])
        sheet.set_column(column, column, min(_WIDEST, wide + 2))
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(number, column, cell, days)
            elif isinstance(cell, str):
                sheet.write_string(number, column, cell)
            elif cell is not None:
                sheet.write_number(number, column, cell)
    sheet.freeze_panes(1, 0)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(header) - 1)
    for number, note in enumerate(notes, len(rows) + 2):
        sheet.write_string(number, 0, note)
    try:
        workbook.close()
    except (OSError, FileCreateError) as error:
        cause = error.args[0] if isinstance(error, FileCreateError) else error
        why = getattr(cause, "strerror", None) or str(cause)
        raise PlannerError("file.unwritable", file=path.name, why=why) from error


def _shown(cell: Value) -> str:
    return "" if cell is None else str(cell)


def _wide(text: str) -> int:
    """Columns that a text takes: a Chinese character counts twice."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
