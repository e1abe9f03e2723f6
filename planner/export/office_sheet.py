"""The second sheet of a crew: what each visit is about. It stays in the car, never at a door.

Beside each person stands the number of the visit as bars and as digits: scanned or typed, it opens
that stop where results are recorded.
"""

from fpdf import FPDF

from planner.domain.visit_code import spaced
from planner.export.bars import bars, modules
from planner.export.handout import Handout, Round, Sum, Visit
from planner.export.pdf_text import HEIGHT, MARGIN, WIDTH, wrap, write
from planner.words import sentence

_RIGHT = WIDTH - MARGIN
_ROW = 6.2
_TOP, _BOTTOM = 47.0, HEIGHT - MARGIN - 8
_NUMBER, _NAME, _LENDER, _CONTRACT, _AMOUNT, _DAYS = 12.0, 22.0, 50.0, 86.0, 148.0, 158.0
_CODE, _CODE_WIDE = _RIGHT - 33.0, 29.7  # 0.33 mm a module, and white on both sides
_BARS = 6.4  # millimetres high
_PERSON = 11.2  # the least height of a person's rows: bars, digits and white around them


def office_sheet(pdf: FPDF, handout: Handout, one: Round) -> None:
    """Add the pages: one row for each case, the sum of a person with several below them."""
    y = _begin(pdf, handout, one)
    for visit in one.visits:
        sums = visit.who.sums if visit.who else ()
        rows = _ROW * (max(1, len(sums)) + (len(sums) > 1))
        if y + max(rows, _PERSON) > _BOTTOM:
            y = _begin(pdf, handout, one)
        y = _person(pdf, handout, visit, sums, y)


def _begin(pdf: FPDF, handout: Handout, one: Round) -> float:
    """A new page with its warning and the heads of the columns; where the first row begins."""
    pdf.add_page()
    pdf.set_fill_color(0)
    pdf.rect(MARGIN, MARGIN, WIDTH - 2 * MARGIN, 11, style="F")
    pdf.set_text_color(255)
    pdf.set_draw_color(255)  # of the outline that makes letters bold
    title = _say(handout, "title")
    write(pdf, WIDTH / 2, MARGIN + 7.6, title, 15, bold=True, align="centre", width=180)
    pdf.set_text_color(0)
    pdf.set_draw_color(0)
    write(pdf, MARGIN, 27, one.route.crew, 14, bold=True, width=110)
    told = f"{handout.day.isoformat()} · {one.code}"
    write(pdf, _RIGHT, 27, told, 10.5, align="right")
    for line, text in enumerate(wrap(pdf, _say(handout, "keep"), 10.5, _RIGHT - MARGIN, 2)):
        write(pdf, MARGIN, 33 + 5 * line, text, 10.5)
    heads = ((_NUMBER, "number"), (_NAME, "name"), (_LENDER, "lender"), (_CONTRACT, "contract"))
    for x, code in heads:
        write(pdf, x, _TOP - 2, _say(handout, code), 9, bold=True)
    for x, code in ((_AMOUNT, "amount"), (_DAYS, "days")):
        write(pdf, x, _TOP - 2, _say(handout, code), 9, bold=True, align="right")
    pdf.set_line_width(0.5)
    write(pdf, _CODE, _TOP - 2, _say(handout, "code"), 9, bold=True, width=_RIGHT - _CODE)
    pdf.line(MARGIN, _TOP, _RIGHT, _TOP)
    return _TOP


def _person(pdf: FPDF, handout: Handout, visit: Visit, sums: tuple[Sum, ...], y: float) -> float:
    """The rows of one person from `y` on; where the next one begins."""
    top = y
    _code(pdf, visit.code, y + 0.9)
    write(pdf, _NUMBER, y + 4.6, str(visit.number), 11, bold=True)
    name = visit.who.name if visit.who else visit.reference
    write(pdf, _NAME, y + 4.6, name, 10.5, bold=True, width=_LENDER - _NAME - 2)
    for told in sums:
        write(pdf, _LENDER, y + 4.6, told.lender, 10, width=_CONTRACT - _LENDER - 2)
        write(pdf, _CONTRACT, y + 4.6, told.contract, 10, width=38)
        write(pdf, _AMOUNT, y + 4.6, _money(told.amount), 10.5, align="right")
        write(pdf, _DAYS, y + 4.6, str(told.days), 10.5, align="right")
        y += _ROW
    if len(sums) > 1:
        pdf.set_line_width(0.2)
        pdf.line(_AMOUNT - 24, y + 0.4, _AMOUNT, y + 0.4)
        total = _money(sum(told.amount for told in sums))
        write(pdf, _CONTRACT, y + 4.6, _say(handout, "total"), 10)
        write(pdf, _AMOUNT, y + 4.6, total, 10.5, bold=True, align="right")
        y += _ROW
    y = max(y, top + _PERSON)
    pdf.set_line_width(0.15)
    pdf.line(MARGIN, y + 0.2, _RIGHT, y + 0.2)
    return y + 0.4


def _code(pdf: FPDF, code: str, y: float) -> None:
    """The number of the visit, bars with their digits below."""
    if not code:
        return
    one = _CODE_WIDE / modules(code)
    pdf.set_fill_color(0)
    for start, width in bars(code):
        pdf.rect(_CODE + start * one, y, width * one, _BARS, style="F")
    write(pdf, _CODE + _CODE_WIDE / 2, y + _BARS + 3.1, spaced(code), 9, align="centre")


def _say(handout: Handout, code: str) -> str:
    return sentence(f"office.{code}", handout.language)


def _money(minor: int) -> str:
    return f"{minor / 100:,.2f}"
