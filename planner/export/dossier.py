"""A text of several pages as PDF: headings, paragraphs, pairs, lines by date; black on A4."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fpdf import FPDF

from planner.export.pdf_text import HEIGHT, MARGIN, WIDTH, new_document, wrap, write

_LEFT, _RIGHT = MARGIN + 5, WIDTH - MARGIN - 5
_TOP, _BOTTOM = MARGIN + 12, HEIGHT - MARGIN - 12
_ROOM = _RIGHT - _LEFT
_LABEL, _WHEN = 48.0, 33.0  # millimetres of the first column
_MOST = 40  # lines of one text
_STEP = 5.3


@dataclass(frozen=True, slots=True)
class Row:
    """One line by date: when, what, and what else is known of it; `off` = it no longer counts."""

    when: str
    what: str
    more: str = ""
    off: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, then paragraphs, pairs of name and value, lines by date, in this order."""

    title: str
    text: Sequence[str] = ()
    pairs: Sequence[tuple[str, str]] = ()
    rows: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """What is printed. `under` stands below the title, `foot` at the end of each page before
    "page / pages"."""

    title: str
    under: str
    foot: str
    made_at: datetime
    sections: Sequence[Section] = field(default=())


class _Pages:
    """Writes from top to bottom and turns the page where there is no room."""

    def __init__(self, pdf: FPDF, told: Document) -> None:
        self._pdf, self._told = pdf, told
        self.y = _TOP
        pdf.add_page()

    def room(self, height: float) -> None:
        """A new page where so much does not fit."""
        if self.y + height > _BOTTOM:
            self._pdf.add_page()
            self.y = _TOP

    def lines(
        self, lines: Iterable[str], x: float, size: float, *, bold: bool = False, grey: bool = False
    ) -> None:
        """Lines below each other."""
        for line in lines:
            self.room(_STEP)
            self._pdf.set_text_color(90 if grey else 0)
            self._pdf.set_draw_color(90 if grey else 0)
            write(self._pdf, x, self.y, line, size, bold=bold)
            self.y += _STEP
        self._pdf.set_text_color(0)
        self._pdf.set_draw_color(0)

    def heading(self, text: str) -> None:
        """A heading never stands alone at the foot of a page."""
        self.y += 5 if self.y > _TOP else 0
        self.room(5 * _STEP)
        write(self._pdf, _LEFT, self.y, text, 13, bold=True)
        self._pdf.set_line_width(0.3)
        self._pdf.line(_LEFT, self.y + 2, _RIGHT, self.y + 2)
        self.y += 9

    def paragraph(self, text: str) -> None:
        """A text over the whole width."""
        self.lines(wrap(self._pdf, text, 10.5, _ROOM, _MOST), _LEFT, 10.5)
        self.y += 1.5

    def pair(self, name: str, value: str) -> None:
        """A name on the left, its value on the right of it."""
        found = wrap(self._pdf, value, 10.5, _ROOM - _LABEL, _MOST) or [""]
        names = wrap(self._pdf, name, 10, _LABEL - 3, 3)
        found += [""] * (len(names) - len(found))
        self.room(_STEP * min(3, len(found)))
        for number, line in enumerate(names):
            write(self._pdf, _LEFT, self.y + number * _STEP, line, 10)
        self.lines(found, _LEFT + _LABEL, 10.5)

    def row(self, one: Row) -> None:
        """A line by date; what no longer counts is struck through."""
        pdf, x = self._pdf, _LEFT + _WHEN
        what = wrap(pdf, one.what, 10.5, _ROOM - _WHEN, _MOST)
        more = wrap(pdf, one.more, 9, _ROOM - _WHEN, _MOST)
        self.room(_STEP * min(4, len(what) + len(more)) + 1)
        write(pdf, _LEFT, self.y, one.when, 9.5)
        first = self.y
        self.lines(what, x, 10.5)
        if one.off and what:
            pdf.set_font_size(10.5)
            pdf.set_line_width(0.25)
            pdf.line(x, first - 1.3, x + pdf.get_string_width(what[0]), first - 1.3)
        self.lines(more, x, 9, grey=True)
        self.y += 1.2


def document(told: Document) -> bytes:
    """The PDF of `told`; the same content gives the same bytes."""
    pdf = new_document(told.title, told.made_at)
    pages = _Pages(pdf, told)
    write(pdf, _LEFT, pages.y + 3, told.title, 18, bold=True)
    pages.y += 11
    pages.lines(wrap(pdf, told.under, 10, _ROOM, 3), _LEFT, 10, grey=True)
    for section in told.sections:
        pages.heading(section.title)
        for text in section.text:
            pages.paragraph(text)
        for name, value in section.pairs:
            pages.pair(name, value)
        for row in section.rows:
            pages.row(row)
    _feet(pdf, told.foot)
    return bytes(pdf.output())


def _feet(pdf: FPDF, foot: str) -> None:
    """Foot lines at last, when the number of pages is known."""
    for number in range(1, len(pdf.pages) + 1):
        pdf.page = number
        pdf.set_font_size(1)  # another size than the page's last one, so that it is written anew
        write(pdf, _LEFT, HEIGHT - MARGIN - 3, foot, 8.5, width=_ROOM - 25)
        write(pdf, _RIGHT, HEIGHT - MARGIN - 3, f"{number} / {len(pdf.pages)}", 8.5, align="right")
