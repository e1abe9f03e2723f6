"""The parts of a day sheet's page: heading, sketch of the round, a block per stop, footer."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fpdf import FPDF

from planner.export.handout import Band, Round
from planner.export.pdf_text import HEIGHT, MARGIN, WIDTH, wrap, write
from planner.export.phone_links import Rows
from planner.export.spots import beside, frame, free_box

BLOCK_GAP = 1.6
BLOCKS_TALL = 216.0  # room for blocks between heading and footer
_LEFT, _RIGHT = MARGIN, WIDTH - MARGIN
_LINE = 5.2  # 10.5 pt with a line height of 1.4
_BLOCK = 25.4
_TEXT_X = _LEFT + 20
_TEXT_WIDE = 96.0
_NOTE_X = _TEXT_X + _TEXT_WIDE + 4
_QR = 19.0  # millimetres; white on all sides: a code needs four modules of it
_QR_X = _RIGHT - _QR - 2.4
_NOTE_END = _QR_X - 3.2
_TICK = 8.5  # points of the words beside the boxes; the footer says them in full
_TICK_HEAD = 7.5  # millimetres of box and key
_SKETCH = (148.0, 11.0, 52.0, 29.0)  # x, y, width, height
_THIN, _THICK = 0.2, 0.5


@dataclass(frozen=True, slots=True)
class Heading:
    """The words on top of a page."""

    crew: str
    day: str
    members: str
    course: str
    emergency: str
    code: str


@dataclass(frozen=True, slots=True)
class Block:
    """The words of one stop; `ticks` are (key, word) in the order of the keys on the keyboard."""

    number: int
    times: str
    name: str
    phone: str
    address: str
    objective: str
    agreed: str
    note: str
    ticks: tuple[tuple[str, str], ...]
    bands: tuple[Band, ...]
    best: str
    qr: Rows
    several: str = ""  # how to go about a door with several people


def draw_heading(pdf: FPDF, heading: Heading) -> None:
    """Crew and day large; members, course of the day, number for emergencies, sheet code."""
    wide = _SKETCH[0] - _LEFT - 4
    write(pdf, _LEFT, 17, heading.crew, 17, bold=True, width=wide)
    write(pdf, _LEFT, 23.5, heading.day, 12, width=wide)
    write(pdf, _LEFT, 29.2, heading.members, width=wide)
    write(pdf, _LEFT, 34.7, heading.course, width=wide)
    write(pdf, _LEFT, 40.2, heading.emergency, width=80)
    write(pdf, _SKETCH[0] - 4, 40.2, heading.code, 9, align="right")


def draw_sketch(pdf: FPDF, one: Round, numbered: Iterable[int]) -> None:
    """The round as a sketch, north up: a square where it starts, another where it ends elsewhere
    (a lodging), numbers of this page's stops."""
    x, y, wide, tall = _SKETCH
    pdf.set_line_width(_THIN)
    pdf.set_draw_color(0)
    pdf.rect(x, y, wide, tall)
    spots = [(visit.lat, visit.lon) for visit in one.visits]
    seen = frame([*one.way, *one.ends, *spots], (x, y, x + wide, y + tall), 4)
    pdf.set_draw_color(110)
    pdf.polyline([seen.at(place) for place in one.way])
    pdf.set_draw_color(0)
    pdf.set_fill_color(0)
    for px, py in map(seen.at, one.ends):
        pdf.rect(px - 1.1, py - 1.1, 2.2, 2.2, style="F")
    points = [seen.at(spot) for spot in spots]
    for point in points:
        pdf.circle(*point, 0.6, style="F")
    wanted = set(numbered)
    taken = [(px - 0.6, py - 0.6, px + 0.6, py + 0.6) for px, py in points]
    for number, point in zip((visit.number for visit in one.visits), points, strict=True):
        boxes = beside(point, 1.35 * len(str(number)), 2.0, 0.75)
        if number in wanted and (box := free_box(boxes, taken)):
            wanted.discard(number)
            write(pdf, box[0], box[3] - 0.2, str(number), 6.5, bold=True)
            taken.append(box)


def block_height(pdf: FPDF, block: Block) -> float:
    """Millimetres a block needs: more when its address takes more than one line, and for a
    household the line that says how to go about it."""
    return _BLOCK + _LINE * (len(_address(pdf, block)) - 1 + (block.several != ""))


def draw_block(pdf: FPDF, y: float, block: Block) -> None:
    """One stop in a closed frame whose top is at `y`."""
    tall = block_height(pdf, block)
    pdf.set_draw_color(0)
    pdf.set_line_width(_THICK)
    pdf.rect(_LEFT, y, _RIGHT - _LEFT, tall)
    pdf.set_line_width(_THIN)
    pdf.line(_TEXT_X - 3, y, _TEXT_X - 3, y + tall)
    write(pdf, _LEFT + 8.5, y + 10.2, str(block.number), 24, bold=True, align="centre")
    _draw_bands(pdf, y + tall - 2.4, block)
    _draw_words(pdf, y, block)
    _draw_notes(pdf, y, tall, block)
    _draw_ticks(pdf, y + tall - 6.6, block)
    _draw_code(pdf, y + (tall - _QR) / 2, block.qr)


def _draw_bands(pdf: FPDF, y: float, block: Block) -> None:
    """When the person is most likely met: a bar for each part of the day, hours of the best one.

    Bars of parts in which no visit is permitted are hollow.
    """
    if not block.bands:
        return
    open_bands = [band for band in block.bands if band.permitted] or list(block.bands)
    best = max(open_bands, key=lambda band: band.chance)
    words = f"{block.best} {best.start}–{best.stop}"
    write(pdf, _LEFT + 8.5, y, words, 7.5, align="centre", width=16.4)
    pdf.set_line_width(0.15)
    pdf.set_fill_color(0)
    for index, band in enumerate(block.bands):
        high = 0.5 + 5.0 * band.chance
        x = _LEFT + 8.5 + (index - len(block.bands) / 2) * 2.6
        pdf.rect(x, y - 3.4 - high, 2.0, high, style="DF" if band.permitted else "D")


def _draw_code(pdf: FPDF, y: float, rows: Rows) -> None:
    """The QR code, modules of one row that touch as one piece: no hairlines between them."""
    side = _QR / len(rows)
    pdf.set_fill_color(0)
    for number, row in enumerate(rows):
        start = 0
        while (start := row.find("1", start)) >= 0:
            end = row.find("0", start)
            end = len(row) if end < 0 else end
            x = _QR_X + start * side
            # A little over: rows that only touch show white hairlines on a screen.
            pdf.rect(x, y + number * side, (end - start) * side, side * 1.02, style="F")
            start = end


def _draw_words(pdf: FPDF, y: float, block: Block) -> None:
    took = write(pdf, _TEXT_X, y + 5.6, block.times, 12, bold=True)
    phone = write(pdf, _TEXT_X + _TEXT_WIDE, y + 5.6, block.phone, align="right")
    name_x = _TEXT_X + took + 5
    room = _TEXT_WIDE - took - phone - 9
    write(pdf, name_x, y + 5.6, block.name, 12, bold=True, width=room)
    line = y + 5.6 + _LINE
    for text in _address(pdf, block):
        write(pdf, _TEXT_X, line, text)
        line += _LINE
    write(pdf, _TEXT_X, line, block.objective, width=_TEXT_WIDE)
    if block.several:
        write(pdf, _TEXT_X, line + _LINE, block.several, width=_TEXT_WIDE)


def _draw_notes(pdf: FPDF, y: float, tall: float, block: Block) -> None:
    """What was agreed, and two lines for notes; the lines are to be written on."""
    right = _NOTE_END
    first = y + 6.4
    step = (tall - 8.6 - 6.4) / 2
    pdf.set_draw_color(110)
    for row, label in enumerate((block.agreed, block.note, "")):
        line = first + row * step
        took = write(pdf, _NOTE_X, line - 0.8, label, 9) if label else 0.0
        pdf.line(_NOTE_X + (took + 1 if took else 0), line, right, line)
    pdf.set_draw_color(0)


def _draw_ticks(pdf: FPDF, y: float, block: Block) -> None:
    """The boxes of the outcomes, with the stop's number before them so that none is mistaken."""
    write(pdf, _TEXT_X + 6.5, y + 4.1, f"{block.number} ›", 11, bold=True, align="right")
    pdf.set_font_size(_TICK)
    words = [float(pdf.get_string_width(word)) for _, word in block.ticks]
    room = _NOTE_END - _TEXT_X - 8 - sum(words) - _TICK_HEAD * len(words)
    x = _TEXT_X + 8
    for (key, word), wide in zip(block.ticks, words, strict=True):
        pdf.set_line_width(0.3)
        pdf.rect(x, y, 4.4, 4.4)
        write(pdf, x + 5.0, y + 3.8, key, 10.5, bold=True)
        write(pdf, x + _TICK_HEAD, y + 3.8, word, _TICK)
        x += _TICK_HEAD + wide + room / (len(words) - 1)


def draw_footer(pdf: FPDF, outcomes: Sequence[str], rules: Sequence[str]) -> None:
    """What each outcome means, in two columns, and the rules of the visit."""
    top = HEIGHT - MARGIN - 25.5
    half = math.ceil(len(outcomes) / 2)
    wide = (_RIGHT - _LEFT) / 2
    for index, text in enumerate(outcomes):
        column, row = divmod(index, half)
        write(pdf, _LEFT + column * wide, top + 3.4 + row * 3.9, text, 8.5, width=wide - 3)
    line = top + 3.4 + half * 3.9 + 0.4
    pdf.set_line_width(_THIN)
    pdf.line(_LEFT, line - 2.6, _RIGHT, line - 2.6)
    for row, text in enumerate(rules):
        write(pdf, _LEFT, line + 1.2 + row * 4.2, text, 8.5, width=_RIGHT - _LEFT)


def _address(pdf: FPDF, block: Block) -> list[str]:
    return wrap(pdf, block.address, 10.5, _TEXT_WIDE, most=4)
