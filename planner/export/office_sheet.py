"""The second sheet of a crew: what each visit is about. It stays in the car, never at a door."""

from fpdf import FPDF

from planner.export.handout import Handout, Round, Sum, Visit
from planner.export.pdf_text import HEIGHT, MARGIN, WIDTH, wrap, write
from planner.words import sentence

_RIGHT = WIDTH - MARGIN
_ROW = 6.2
_TOP, _BOTTOM = 47.0, HEIGHT - MARGIN - 8
_NUMBER, _NAME, _LENDER, _CONTRACT, _AMOUNT, _DAYS = 12.0, 22.0, 56.0, 108.0, 184.0, 198.0


def office_sheet(pdf: FPDF, handout: Handout, one: Round) -> None:
    """Add the pages: one row for each case, the sum of a person with several below them."""
    y = _begin(pdf, handout, one)
    for visit in one.visits:
        sums = visit.who.sums if visit.who else ()
        if y + _ROW * (max(1, len(sums)) + (len(sums) > 1)) > _BOTTOM:
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
    pdf.line(MARGIN, _TOP, _RIGHT, _TOP)
    return _TOP


def _person(pdf: FPDF, handout: Handout, visit: Visit, sums: tuple[Sum, ...], y: float) -> float:
    """The rows of one person from `y` on; where the next one begins."""
    write(pdf, _NUMBER, y + 4.6, str(visit.number), 11, bold=True)
    name = visit.who.name if visit.who else visit.reference
    write(pdf, _NAME, y + 4.6, name, 10.5, bold=True, width=_LENDER - _NAME - 2)
    for told in sums:
        write(pdf, _LENDER, y + 4.6, told.lender, 10, width=_CONTRACT - _LENDER - 2)
        write(pdf, _CONTRACT, y + 4.6, told.contract, 10, width=44)
        write(pdf, _AMOUNT, y + 4.6, _money(told.amount), 10.5, align="right")
        write(pdf, _DAYS, y + 4.6, str(told.days), 10.5, align="right")
        y += _ROW
    if len(sums) > 1:
        pdf.set_line_width(0.2)
        pdf.line(_AMOUNT - 26, y + 0.4, _AMOUNT, y + 0.4)
        total = _money(sum(told.amount for told in sums))
        write(pdf, _CONTRACT, y + 4.6, _say(handout, "total"), 10)
        write(pdf, _AMOUNT, y + 4.6, total, 10.5, bold=True, align="right")
        y += _ROW
    elif not sums:
        y += _ROW
    pdf.set_line_width(0.15)
    pdf.line(MARGIN, y + 0.2, _RIGHT, y + 0.2)
    return y + 0.4


def _say(handout: Handout, code: str) -> str:
    return sentence(f"office.{code}", handout.language)


def _money(minor: int) -> str:
    return f"{minor / 100:,.2f}"
