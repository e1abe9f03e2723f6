"""A first look at a table from outside: its headers, some cells, and what the columns may mean.

For a person who decides before anything is read in. A guess from contents is only ever offered.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from planner.errors import PlannerError
from planner.intake.headers import (
    HEADER_WITHIN,
    Chosen,
    TableKind,
    best_row,
    missing_fields,
    plain,
    recognise,
    title_date,
)
from planner.intake.pipe import frames
from planner.intake.read import FORMS
from planner.intake.synonyms import TABLES
from planner.intake.values import Bad, parse_amount, parse_date, parse_id, parse_name, parse_phones

SHOWN_ROWS = 3  # of which cells are shown under a header
LOOKED_AT = 40  # rows after the header by which a column is guessed
SURE = 0.8  # share of its cells that must fit
# Fields of a list of cases that can be told from cells, in the order in which they are tried.
_BY_CONTENT: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("id_number", parse_id), ("phones", parse_phones), ("since", parse_date), ("name", parse_name),
    ("amount", parse_amount),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: `field` it is read as ("" = not used), `guess` from its contents
    where its header says nothing, some cells as they stand there."""

    header: str
    field: str
    guess: str
    cells: tuple[str, ...]

    @property
    def key(self) -> str:
        """The form of the header under which a choice is kept."""
        return plain(self.header)[0]


@dataclass(frozen=True, slots=True)
class Look:
    """What a file seems to be. `header_row` counts from 1; `missing` are groups of fields of which
    one each is needed before the file can be read in."""

    file: str
    kind: TableKind
    sheet: str
    header_row: int
    columns: tuple[Column, ...]
    missing: tuple[tuple[str, ...], ...]
    as_of: date | None = None  # the data date that a row above the header states

    def reads(self, field: str) -> bool:
        """Whether a column is read as `field`."""
        return any(column.field == field for column in self.columns)


def look_at(
    path: Path,
    chosen: Chosen = MappingProxyType({}),
    *,
    cancelled: Callable[[], bool] | None = None,
) -> Look | None:
    """The first sheet of a table with something like a header row; None for a map layer.

    `chosen` as by `recognise`. Errors: PlannerError("intake.…"), among them "intake.no_header".
    """
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise PlannerError("intake.not_supported", file=path.name, suffix=path.suffix or "–")
    if not path.is_file():
        raise PlannerError("intake.not_found", file=path.name)
    if form == "layer":
        return None
    found = None
    for sheet, rows in _beginnings(path, form, cancelled):
        found = _look(path.name, sheet, rows, chosen)
        if found is not None and not found.missing:
            return found
    if found is None:
        raise PlannerError("intake.no_header", file=path.name, within=HEADER_WITHIN)
    return found


def _beginnings(
    path: Path, form: str, cancelled: Callable[[], bool] | None
) -> list[tuple[str, list[list[str]]]]:
    """(name, first rows) of the sheets; reading ends once the first one has enough of them."""
    sheets: list[tuple[str, list[list[str]]]] = []
    stream = frames(path, form, cancelled=cancelled)
    with contextlib.closing(stream):
        for tag, text in stream:
            if tag == "S":
                sheets.append((text[:80], []))
            elif tag == "R" and sheets:
                rows = sheets[-1][1]
                rows += [line.split("\x1f") for line in text.split("\x1e")[1:]]
                if len(rows) > HEADER_WITHIN + LOOKED_AT:
                    del rows[HEADER_WITHIN + LOOKED_AT :]
                    if _look(path.name, sheets[-1][0], rows, MappingProxyType({})) is not None:
                        break
    return sheets


def _look(file: str, sheet: str, rows: list[list[str]], chosen: Chosen) -> Look | None:
    """What a sheet seems to be, None when nothing in it looks like headers."""
    try:
        columns = recognise(file, rows, chosen)
        kind, at, used = columns.kind, columns.at, columns.mapping
        missing: tuple[tuple[str, ...], ...] = ()
    except PlannerError as error:
        near = best_row(rows, chosen)
        if near is None or error.code == "intake.column_twice":
            return None
        kind, at, used = near
        missing = tuple(missing_fields(kind, rows[at], chosen))
    below = rows[at + 1 : at + 1 + LOOKED_AT]
    taken = set(used.values())
    found = []
    for index, cell in enumerate(rows[at]):
        header = cell.strip()
        if not header:
            continue
        cells = [row[index].strip() for row in below if index < len(row) and row[index].strip()]
        name = used.get(header, "")
        known = name or kind != "cases" or plain(header)[0] in chosen
        guess = "" if known else _guess(cells, taken)
        taken.add(guess)
        found.append(Column(header[:60], name, guess, tuple(c[:40] for c in cells[:SHOWN_ROWS])))
    return Look(file, kind, sheet, at + 1, tuple(found), missing, title_date(rows[:at]))


def _guess(cells: Sequence[str], taken: set[str]) -> str:
    """The field that nearly all cells fit and that no column has yet, "" when there is none."""
    if len(cells) < 2:
        return ""
    for name, parse in _BY_CONTENT:
        fits = sum(_reads(parse, cell) for cell in cells)
        if name not in taken and name in TABLES["cases"] and fits >= SURE * len(cells):
            return name
    return ""


def _reads(parse: Callable[[str], object], cell: str) -> bool:
    try:
        return bool(parse(cell))
    except Bad:
        return False
