"""The parts of a day sheet's page: heading, sketch of the round, a block per stop, footer."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fpdf import FPDF

from planner.domain.plan import Route
from planner.export.pdf_text import HEIGHT, MARGIN, WIDTH, wrap, write

BLOCK_GAP = 1.6
BLOCKS_TALL = 216.0  # room for blocks between heading and footer
_LEFT, _RIGHT = MARGIN, WIDTH - MARGIN
_LINE = 5.2  # 10.5 pt with a line height of 1.4
_BLOCK = 24.8
_TEXT_X = _LEFT + 18
_TEXT_WIDE = 106.0
_NOTE_X = _TEXT_X + _TEXT_WIDE + 5
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


def draw_heading(pdf: FPDF, heading: Heading) -> None:
    """Crew and day large; members, course of the day, number for emergencies, sheet code."""
    wide = _SKETCH[0] - _LEFT - 4
    write(pdf, _LEFT, 17, heading.crew, 17, bold=True, width=wide)
    write(pdf, _LEFT, 23.5, heading.day, 12, width=wide)
    write(pdf, _LEFT, 29.2, heading.members, width=wide)
    write(pdf, _LEFT, 34.7, heading.course, width=wide)
    write(pdf, _LEFT, 40.2, heading.emergency, width=80)
    write(pdf, _SKETCH[0] - 4, 40.2, heading.code, 9, align="right")


def draw_sketch(pdf: FPDF, route: Route, numbered: Iterable[int]) -> None:
    """The round as a sketch, north up: a square where it starts, another where it ends elsewhere
    (a lodging), numbers of this page's stops."""
    x, y, wide, tall = _SKETCH
    pdf.set_line_width(_THIN)
    pdf.set_draw_color(0)
    pdf.rect(x, y, wide, tall)
    *points, end = _scaled([route.begin, *((s.lat, s.lon) for s in route.stops), route.finish])
    pdf.set_draw_color(110)
    pdf.polyline([*points, end])
    pdf.set_draw_color(0)
    pdf.set_fill_color(0)
    for px, py in dict.fromkeys((points[0], end)):
        pdf.rect(px - 1.1, py - 1.1, 2.2, 2.2, style="F")
    for point in points[1:]:
        pdf.circle(*point, 0.6, style="F")
    wanted = set(numbered)
    taken = [(px - 0.6, py - 0.6, px + 0.6, py + 0.6) for px, py in points]
    for number, point in enumerate(points[1:], start=1):
        if number in wanted and (box := _free_spot(point, len(str(number)), taken)):
            write(pdf, box[0], box[3] - 0.2, str(number), 6.5, bold=True)
            taken.append(box)


def _free_spot(
    point: tuple[float, float], digits: int, taken: Sequence[tuple[float, float, float, float]]
) -> tuple[float, float, float, float] | None:
    """A box (left, top, right, bottom) beside `point` that covers nothing; None: no room."""
    wide, tall, gap = 1.35 * digits, 2.0, 0.75
    px, py = point
    for left in (px + gap, px - gap - wide, px - wide / 2):
        for top in (py - tall / 2, py - gap - tall, py + gap):
            box = (left, top, left + wide, top + tall)
            if not any(_overlap(box, other) for other in taken):
                return box
    return None


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _scaled(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """(lat, lon) in degrees -> points in the sketch, equal scale both ways, centred."""
    x, y, wide, tall = _SKETCH
    shrink = math.cos(math.radians(sum(lat for lat, _ in places) / len(places)))
    east = [lon * shrink for _, lon in places]
    north = [lat for lat, _ in places]
    spread_x, spread_y = max(east) - min(east), max(north) - min(north)
    scale = min((wide - 9) / max(spread_x, 1e-6), (tall - 8) / max(spread_y, 1e-6))
    middle_x, middle_y = (max(east) + min(east)) / 2, (max(north) + min(north)) / 2
    return [
        (x + wide / 2 + (e - middle_x) * scale, y + tall / 2 - (n - middle_y) * scale)
        for e, n in zip(east, north, strict=True)
    ]


def block_height(pdf: FPDF, block: Block) -> float:
    """Millimetres a block needs: more when its address takes more than one line."""
    return _BLOCK + _LINE * (len(_address(pdf, block)) - 1)


def draw_block(pdf: FPDF, y: float, block: Block) -> None:
    """One stop in a closed frame whose top is at `y`."""
    tall = block_height(pdf, block)
    pdf.set_draw_color(0)
    pdf.set_line_width(_THICK)
    pdf.rect(_LEFT, y, _RIGHT - _LEFT, tall)
    pdf.set_line_width(_THIN)
    pdf.line(_TEXT_X - 3, y, _TEXT_X - 3, y + tall)
    write(pdf, _LEFT + 7.5, y + tall / 2 + 3.2, str(block.number), 24, bold=True, align="centre")
    _draw_words(pdf, y, block)
    _draw_notes(pdf, y, tall, block)
    _draw_ticks(pdf, y + tall - 6.6, block)


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


def _draw_notes(pdf: FPDF, y: float, tall: float, block: Block) -> None:
    """What was agreed, and two lines for notes; the lines are to be written on."""
    right = _RIGHT - 3
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
    wide = (_RIGHT - 2 - _TEXT_X - 9) / len(block.ticks)
    for index, (key, word) in enumerate(block.ticks):
        x = _TEXT_X + 9 + index * wide
        pdf.set_line_width(0.3)
        pdf.rect(x, y, 4.4, 4.4)
        took = write(pdf, x + 5.2, y + 3.8, key, 10.5, bold=True)
        write(pdf, x + 5.2 + took + 0.8, y + 3.8, word, 8.5, width=wide - 6.8 - took)


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
    return wrap(pdf, block.address, 10.5, _TEXT_WIDE, most=3)
