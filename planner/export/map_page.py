"""The overview map of a day sheet: a page in black and white, drawn from the workspace's layers.

Crews are told apart by the pattern of their line and the shape of their marks, never by colour or
grey. A mark that has no room at its place stands beside it with a thin line to the place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from fpdf import FPDF
from fpdf.enums import TextMode

from planner.export.handout import Round
from planner.export.map_ground import Ground
from planner.export.map_ground import Line as GroundLine
from planner.export.map_style import crew_style
from planner.export.pdf_text import HEIGHT, MARGIN, WIDTH, plain, write
from planner.export.spots import Box, Frame, Point, around, beside, frame, free_box, once, overlap

_TOP = 38.0
_LEGEND_ROW = 6.6
_ROADS = ((1.1, 165), (0.8, 175), (0.5, 190), (0.3, 205))  # line width in mm, grey; by class
_ROAD_TO = (1e9, 1e9, 90_000.0, 30_000.0)  # metres across up to which a class is drawn
_PLACE_TO = (1e9, 250_000.0, 90_000.0, 30_000.0)
_PLACE_SIZE = (11.0, 9.5, 8.5, 7.5)
_HALF = 2.7  # of a mark
_STEP = 0.12  # millimetres between points of a line that can be told apart
_LEAST = 0.012  # degrees that a map shows at least: 1.3 km


@dataclass(frozen=True, slots=True)
class MapPage:
    """The words of a map page and its rounds; `first` is the number (from 0) of the first one."""

    title: str
    day: str
    course: str
    note: str
    fictional: str
    code: str
    first: int
    rounds: tuple[Round, ...]
    summaries: tuple[str, ...]


def draw_map_page(pdf: FPDF, page: MapPage, ground: Ground) -> None:
    """Add a page with the map of `page`'s rounds."""
    pdf.add_page()
    right = WIDTH - MARGIN
    write(pdf, MARGIN, 17, page.title, 17, bold=True, width=130)
    write(pdf, right, 17, page.code, 9, align="right")
    write(pdf, MARGIN, 24, page.day, 12, width=right - MARGIN)
    write(pdf, MARGIN, 30, page.course, 10.5, width=right - MARGIN)
    rows = 0 if len(page.rounds) == 1 else (len(page.rounds) + 1) // 2
    box = (MARGIN, _TOP - 4, right, HEIGHT - MARGIN - 8 - rows * _LEGEND_ROW)
    places = [p for one in page.rounds for p in (*one.way, *one.ends)]
    places += [(visit.lat, visit.lon) for one in page.rounds for visit in one.visits]
    seen = frame(places, box, 12, least=_LEAST)
    # The clip alone would leave colours behind of which fpdf2 does not know.
    with pdf.local_context(), pdf.rect_clip(box[0], box[1], box[2] - box[0], box[3] - box[1]):
        _draw_ground(pdf, seen, ground)
        for number, one in enumerate(page.rounds, page.first):
            for part in once(one.way):
                _draw_way(pdf, [seen.at(place) for place in part], number)
        _draw_furniture(pdf, seen)
        _draw_marks(pdf, page, seen, ground)
    pdf.set_draw_color(0)
    pdf.set_line_width(0.4)
    pdf.rect(box[0], box[1], box[2] - box[0], box[3] - box[1])
    write(pdf, MARGIN, box[3] + 5, page.note, 9, width=130)
    if ground.fictional:
        write(pdf, right, box[3] + 5, page.fictional, 9, align="right")
    if rows:
        _draw_legend(pdf, page, box[3] + 11)


def _draw_ground(pdf: FPDF, seen: Frame, ground: Ground) -> None:
    """Lakes, rivers, then roads from lanes to main roads, all in light greys."""
    across = seen.metres * (seen.box[2] - seen.box[0])
    pdf.set_fill_color(228)
    for lake in ground.lakes:
        points = _on_paper(seen, lake)
        if len(points) > 2:
            pdf.polygon(points, style="F")
    pdf.set_draw_color(205)
    pdf.set_line_width(0.9)
    for river in ground.rivers:
        _polyline(pdf, _on_paper(seen, river))
    for rank in (3, 2, 1, 0):
        wide, grey = _ROADS[rank]
        pdf.set_draw_color(grey)
        pdf.set_line_width(wide)
        for road in ground.roads[rank] if across <= _ROAD_TO[rank] else ():
            _polyline(pdf, _on_paper(seen, road))


def _on_paper(seen: Frame, line: GroundLine) -> list[Point]:
    """The points of a line that can be told apart on paper; none when it lies outside."""
    points: list[Point] = []
    for place in line:
        x, y = seen.at(place)
        if not points or abs(x - points[-1][0]) + abs(y - points[-1][1]) > _STEP:
            points.append((x, y))
    if not points:
        return []
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return points if overlap((min(xs), min(ys), max(xs), max(ys)), seen.box) else []


def _polyline(pdf: FPDF, points: Sequence[Point]) -> None:
    if len(points) > 1:
        pdf.polyline(points)


def _draw_way(pdf: FPDF, points: Sequence[Point], number: int) -> None:
    """The way of crew `number` in its pattern, on a white bed that lifts it off the roads."""
    if len(points) < 2:
        return
    dash = [0.75 * part for part in crew_style(number).dash]
    for wide, grey, pattern in ((1.9, 1.0, []), (0.75, 0.0, dash)):
        with pdf.new_path() as path:
            path.style.fill_color = None
            path.style.stroke_color = _grey(grey)
            path.style.stroke_width = wide
            path.style.stroke_join_style = "round"
            path.style.stroke_dash_pattern = pattern or None
            path.style.auto_close = False
            path.move_to(*points[0])
            for point in points[1:]:
                path.line_to(*point)


def _grey(level: float) -> str:
    return f"#{round(level * 255):02x}" + 2 * f"{round(level * 255):02x}"


def _draw_marks(pdf: FPDF, page: MapPage, seen: Frame, ground: Ground) -> None:
    """Homes, numbers, then names of places where room is left."""
    taken: list[Box] = [_scale_box(seen.box), _north_box(seen.box)]
    for one in page.rounds:
        for home in one.ends:
            x, y = seen.at(home)
            _house(pdf, x, y)
            taken.append((x - 2.2, y - 2.4, x + 2.2, y + 2.2))
    room = (seen.box[0] + 0.5, seen.box[1] + 0.5, seen.box[2] - 0.5, seen.box[3] - 0.5)
    dots = [seen.at((visit.lat, visit.lon)) for one in page.rounds for visit in one.visits]
    taken_by_marks: list[tuple[int, int, Box]] = []
    pdf.set_fill_color(0)
    for x, y in dots:
        pdf.circle(x, y, 0.55, style="F")
    spots = iter(dots)
    for number, one in enumerate(page.rounds, page.first):
        for visit in one.visits:
            point = next(spots)
            if taken_by_marks and taken_by_marks[-1][:2] == (number, visit.number):
                continue  # the same stop
            choice = around(point, _HALF)
            box = free_box(choice, taken, room) or choice[0]
            taken.append(box)
            taken_by_marks.append((number, visit.number, box))
            _leader(pdf, point, box)
    for number, told, box in taken_by_marks:
        _mark(pdf, number if len(page.rounds) > 1 else 0, told, box)
    for one in page.rounds:
        taken += _along([seen.at(place) for place in one.way])
    _draw_places(pdf, seen, ground, taken, room)


def _along(points: Sequence[Point]) -> list[Box]:
    """Small boxes along a way, so that no name is written across it."""
    boxes = []
    for (x1, y1), (x2, y2) in pairwise(points):
        steps = max(1, int(max(abs(x2 - x1), abs(y2 - y1)) / 2.5))
        for step in range(steps + 1):
            x, y = x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps
            boxes.append((x - 0.6, y - 0.6, x + 0.6, y + 0.6))
    return boxes


def _leader(pdf: FPDF, point: Point, box: Box) -> None:
    middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    if abs(middle[0] - point[0]) + abs(middle[1] - point[1]) > 0.2:
        pdf.set_draw_color(0)
        pdf.set_line_width(0.15)
        pdf.line(*point, *middle)


def _house(pdf: FPDF, x: float, y: float) -> None:
    pdf.set_fill_color(0)
    pdf.set_draw_color(255)
    pdf.set_line_width(0.3)
    shape = ((-2.2, -0.2), (0, -2.4), (2.2, -0.2), (1.6, -0.2), (1.6, 2), (-1.6, 2), (-1.6, -0.2))
    pdf.polygon([(x + dx, y + dy) for dx, dy in shape], style="DF")


def _mark(pdf: FPDF, number: int, told: int, box: Box) -> None:
    """A white mark with a number; its shape is the crew's: round, square, on edge, six-sided."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    pdf.set_fill_color(255)
    pdf.set_draw_color(0)
    pdf.set_line_width(0.35)
    r = _HALF - 0.2
    match number % 4:
        case 0:
            pdf.circle(x, y, r, style="DF")
        case 1:
            pdf.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8, style="DF")
        case 2:
            e = r * 1.18
            pdf.polygon([(x, y - e), (x + e, y), (x, y + e), (x - e, y)], style="DF")
        case _:
            half = r * 0.55
            sides = ((-r, 0), (-half, -r), (half, -r), (r, 0), (half, r), (-half, r))
            pdf.polygon([(x + dx, y + dy) for dx, dy in sides], style="DF")
    write(pdf, x, y + 1.15, str(told), 8.5 if told < 100 else 6.5, bold=True, align="centre")


def _draw_places(pdf: FPDF, seen: Frame, ground: Ground, taken: list[Box], room: Box) -> None:
    across = seen.metres * (seen.box[2] - seen.box[0])
    pdf.set_text_color(70)
    for place in ground.places:
        size = _PLACE_SIZE[place.rank - 1]
        x, y = seen.at((place.lat, place.lon))
        if across > _PLACE_TO[place.rank - 1] or not overlap((x, y, x, y), seen.box):
            continue
        pdf.set_font_size(size)
        tall = size * 0.36
        name = plain(pdf, place.name)
        boxes = beside((x, y), float(pdf.get_string_width(name)) + 0.6, tall, 0.8)
        box = free_box(boxes, taken, room)
        if box is not None:
            taken.append(box)
            x, y = box[0] + 0.3, box[3] - tall * 0.14
            with pdf.local_context(text_mode=TextMode.STROKE, line_width=0.9):
                pdf.set_draw_color(255)
                write(pdf, x, y, name, size)
            write(pdf, x, y, name, size)
    pdf.set_text_color(0)


def _scale_box(box: Box) -> Box:
    return box[2] - 58, box[3] - 10, box[2], box[3]


def _north_box(box: Box) -> Box:
    return box[2] - 11, box[1], box[2], box[1] + 14


def _draw_furniture(pdf: FPDF, seen: Frame) -> None:
    """A bar of a round length and an arrow to the north."""
    left, top, right, bottom = _scale_box(seen.box)
    most = seen.metres * (right - left - 12)
    length = next((n * 10**e for e in range(6, 0, -1) for n in (5, 2, 1) if n * 10**e <= most), 10)
    wide = length / seen.metres
    pdf.set_fill_color(255)
    pdf.rect(left, top, right - left, bottom - top, style="F")
    pdf.set_draw_color(0)
    pdf.set_line_width(0.5)
    x = right - 4
    pdf.polyline([(x - wide, top + 4), (x - wide, top + 6), (x, top + 6), (x, top + 4)])
    words = f"{length // 1000} km" if length >= 1000 else f"{length} m"
    write(pdf, x - wide / 2, top + 4.8, words, 9, align="centre")
    left, top, right, bottom = _north_box(seen.box)
    pdf.rect(left, top, right - left, bottom - top, style="F")
    middle = (left + right) / 2
    pdf.set_fill_color(0)
    tip, foot = top + 2, top + 8
    arrow = [(middle, tip), (middle + 2.2, foot), (middle, foot - 1.4), (middle - 2.2, foot)]
    pdf.polygon(arrow, style="F")
    write(pdf, middle, top + 12.4, "N", 9, bold=True, align="centre")


def _draw_legend(pdf: FPDF, page: MapPage, top: float) -> None:
    """Which pattern and which shape is whose, in two columns."""
    half = (WIDTH - 2 * MARGIN) / 2
    for index, (one, summary) in enumerate(zip(page.rounds, page.summaries, strict=True)):
        x, y = MARGIN + (index % 2) * half, top + (index // 2) * _LEGEND_ROW
        number = page.first + index
        _draw_way(pdf, [(x, y), (x + 24, y)], number)
        _mark(pdf, number, 1, (x + 26, y - _HALF, x + 26 + 2 * _HALF, y + _HALF))
        took = write(pdf, x + 34, y + 1.3, one.route.crew, 10.5, bold=True, width=half - 66)
        write(pdf, x + 37 + took, y + 1.3, summary, 9, width=half - 40 - took)
