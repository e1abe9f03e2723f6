"""What stands in a file without being seen, and is told: invisible signs, rows swallowed by a
quotation mark, hidden sheets and rows, formulas without a result, errors of a spreadsheet."""

import json
import re
from collections.abc import Sequence
from typing import Final

from planner.intake.records import Note

# Signs without width and marks of direction. The joiners U+200C and U+200D stay: in some scripts
# they belong to a name.
_INVISIBLE: Final = (
    "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad"
)
_AWAY: Final = dict.fromkeys(map(ord, _INVISIBLE))
_DELIMITERS: Final = ",;\t|，"
_LEAST: Final = 4  # delimiters that make a line of a cell look like a row
_REFERENCE: Final = re.compile(r"[A-Z]{1,3}[0-9]{1,7}")
_TELL: Final = {"hidden": "hidden_rows", "formulas": "formulas_empty", "errors": "error_cells"}
NAMED: Final = 10  # cells that a note names


def has_invisible(text: str) -> bool:
    """Whether there is an invisible sign anywhere in `text`."""
    return any(sign in text for sign in _INVISIBLE)


def visible(text: str) -> str:
    """`text` without its invisible signs."""
    return text.translate(_AWAY)


def swallowed(cells: Sequence[str], columns: int) -> int | None:
    """The cell (index) that holds whole rows of a CSV file, because a quotation mark was left open;
    None where no cell does."""
    least = max(_LEAST, (columns - 1) // 2)
    for at, cell in enumerate(cells):
        if "\n" in cell or "\r" in cell:
            for line in cell.splitlines()[1:]:
                if max(map(line.count, _DELIMITERS)) >= least:
                    return at
    return None


def workbook_notes(text: str) -> list[Note]:
    """What the confined process saw in the parts of a workbook, as notes; nonsense is left out."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return []
    found = []
    for name, code in _TELL.items():
        count, cells = told.get(name, (0, ())) if isinstance(told, dict) else (0, ())
        if isinstance(count, int) and count > 0 and isinstance(cells, list):
            named = [one for one in cells[:NAMED] if _REFERENCE.fullmatch(str(one))]
            more = "…" if count > len(named) else ""
            found.append(Note(code, {"count": count, "cells": "、".join(named) + more}))
    return found
