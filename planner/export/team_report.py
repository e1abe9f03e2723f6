"""A report of a team as a spreadsheet or a PDF: a row for each collector or region, and the total.

Names are texts that no spreadsheet computes. Money is told in the currency's main unit, time in
hours, ways in kilometres. Rows come in the order of names and are written so.
"""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final, Literal

from fpdf import FPDF

from planner.errors import PlannerError
from planner.export.pdf_text import HEIGHT, MARGIN, WIDTH, new_document, wrap, write
from planner.export.sheet import Value, write_sheet
from planner.words import sentence

# The columns in the order of `reports.NUMBERS`, with what a figure is divided by and its digits.
COLUMNS: Final[tuple[tuple[str, int, int], ...]] = (
    ("planned", 1, 0), ("done", 1, 0), ("skipped", 1, 0), ("contacts", 1, 0), ("made", 1, 0),
    ("promised", 100, 2), ("kept", 1, 0), ("broken", 1, 0), ("paid", 100, 2), ("seconds", 3600, 1),
    ("metres", 1000, 1), ("cost", 100, 2), ("exceptions", 1, 0),
)  # fmt: skip
FORMATS: Final = (".xlsx", ".pdf")
_LONG, _SHORT = HEIGHT, WIDTH  # landscape
_NAME = 42.0  # millimetres of the first column
_COLUMN = (_LONG - 2 * MARGIN - _NAME) / len(COLUMNS)
_STEP, _TOP, _BOTTOM = 6.0, MARGIN + 8, _SHORT - MARGIN - 8


def write_team_report(
    path: Path,
    kind: str,
    first: date,
    last: date,
    rows: Sequence[tuple[str, Sequence[int]]],
    total: Sequence[int],
    told: tuple[int, int],
    made_at: datetime,
    language: str,
) -> Path:
    """Write (name, figures) rows and their `total`; `told` is of how many trips the crews said what
    they were, and of how many. A row without a name is nobody's.

    Raises PlannerError("team.format") for another ending than .xlsx and .pdf, "file.unwritable".
    """
    nobody = sentence(f"team.report.nobody.{kind}", language)
    named = [(name or nobody, figures) for name, figures in rows]
    named.append((sentence("team.report.total", language), total))
    heads = [sentence(f"team.report.{kind}", language)]
    heads += [sentence(f"team.report.head.{name}", language) for name, _, _ in COLUMNS]
    span = f"{first}" if first == last else f"{first} – {last}"
    title = sentence("team.report.title", language, span=span)
    notes = [
        sentence("team.report.note.order", language),
        sentence("team.report.note.trips", language, told=told[0], trips=told[1]),
    ]
    if path.suffix.lower() == ".xlsx":
        cells: list[list[Value]] = [
            [name, *(_figure(figure, *column[1:]) for figure, column in
                     zip(figures, COLUMNS, strict=True))]
            for name, figures in named
        ]  # fmt: skip
        write_sheet(path, title, heads, cells, notes)
    elif path.suffix.lower() == ".pdf":
        try:
            path.write_bytes(_pdf(title, heads, named, notes, made_at))
        except OSError as error:
            why = error.strerror or ""
            raise PlannerError("file.unwritable", file=path.name, why=why) from error
    else:
        raise PlannerError("team.format", given=path.suffix)
    return path


def _figure(figure: int, divisor: int, digits: int) -> int | float:
    return figure if divisor == 1 else round(figure / divisor, digits)


def _text(figure: int, divisor: int, digits: int) -> str:
    """As it stands on paper: money without hundredths, a dash for nothing at all."""
    if not figure:
        return "–"
    return f"{figure / divisor:,.{min(digits, 1) if divisor == 3600 else 0}f}"


def _pdf(
    title: str,
    heads: Sequence[str],
    rows: Sequence[tuple[str, Sequence[int]]],
    notes: Sequence[str],
    made_at: datetime,
) -> bytes:
    pdf = new_document(title, made_at)
    y = _page(pdf, title, heads)
    for number, (name, figures) in enumerate(rows):
        if y > _BOTTOM - _STEP:
            y = _page(pdf, title, heads)
        bold = number == len(rows) - 1
        if bold:
            pdf.line(MARGIN, y - _STEP + 1.5, _LONG - MARGIN, y - _STEP + 1.5)
        write(pdf, MARGIN, y, name, 9, bold=bold, width=_NAME - 2)
        for at, (figure, column) in enumerate(zip(figures, COLUMNS, strict=True)):
            _cell(pdf, at, y, _text(figure, *column[1:]), 9, bold, "right")
        y += _STEP
    for note in notes:
        for line in wrap(pdf, note, 8.5, _LONG - 2 * MARGIN, 3):
            if y > _BOTTOM:
                y = _page(pdf, title, heads)
            write(pdf, MARGIN, y + 2, line, 8.5)
            y += 4.5
    for number in range(1, len(pdf.pages) + 1):
        pdf.page = number
        pdf.set_font_size(1)  # another size than the page's last one: it is written anew
        text = f"{number} / {len(pdf.pages)}"
        write(pdf, _LONG - MARGIN, _SHORT - MARGIN, text, 8.5, align="right")
    return bytes(pdf.output())


def _page(pdf: FPDF, title: str, heads: Sequence[str]) -> float:
    """A new page with title and heads; where the first row stands."""
    pdf.add_page(orientation="landscape")
    write(pdf, MARGIN, _TOP, title, 14, bold=True)
    y = _TOP + 9
    most = 1
    for at, head in enumerate(heads):
        lines = wrap(pdf, head, 8, (_NAME if not at else _COLUMN) - 1.5, 3)
        most = max(most, len(lines))
        for k, line in enumerate(lines):
            if at:
                _cell(pdf, at - 1, y + 3.6 * k, line, 8, True, "right")
            else:
                write(pdf, MARGIN, y + 3.6 * k, line, 8, bold=True)
    y += 3.6 * most
    pdf.line(MARGIN, y - 1.6, _LONG - MARGIN, y - 1.6)
    return y + 3.5


def _cell(
    pdf: FPDF, at: int, y: float, text: str, size: float, bold: bool,
    align: Literal["left", "right", "centre"],
) -> None:  # fmt: skip
    right = MARGIN + _NAME + (at + 1) * _COLUMN
    write(pdf, right - 0.5, y, text, size, bold=bold, align=align)
