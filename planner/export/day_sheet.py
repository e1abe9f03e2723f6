"""The printed day sheets: for each crew a map of its round, pages for the door, a second sheet.

What a neighbour could read at a door says nothing of why somebody calls: no amount, no lender, no
count of days. Those stand on the second sheet only, which says on its top where it has to stay.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from babel.dates import format_date
from fpdf import FPDF, ViewerPreferences
from fpdf.enums import Duplex

from planner.domain.plan import Route
from planner.export.day_sheet_parts import (
    BLOCK_GAP,
    BLOCKS_TALL,
    Block,
    Heading,
    block_height,
    draw_block,
    draw_footer,
    draw_heading,
    draw_sketch,
)
from planner.export.handout import Band, Handout, Hours, Person, Round, Visit
from planner.export.map_ground import Ground, read_ground
from planner.export.map_page import MapPage, draw_map_page
from planner.export.office_sheet import office_sheet
from planner.export.pdf_text import new_document
from planner.export.phone_links import qr_rows
from planner.words import sentence

PER_PAGE = 8
_STAGES = ("early", "middle", "late")
_NOBODY = Person("", "")


def day_sheets(
    handout: Handout,
    layers: Sequence[tuple[str, bytes]] | None = (),
    *,
    amounts: bool = False,
    emergency: str = "",
) -> bytes:
    """The PDF: first a map of all crews, then for each crew its map, its pages, its second sheet.

    `layers` are GeoJSON by name for the ground of the maps; None leaves the maps out. `amounts`
    adds the second sheets. The same handout gives the same bytes. PlannerError("map.bad_layer").
    """
    pdf = new_document(_say(handout, "title", day=handout.day.isoformat()), handout.made_at)
    # On the back of a page for the door there must be no second sheet.
    pdf.viewer_preferences = ViewerPreferences(duplex=Duplex.SIMPLEX)
    pdf.set_lang(handout.language.replace("_", "-"))
    ground = None if layers is None else read_ground(layers)
    if ground is not None and len(handout.rounds) > 1:
        _map(pdf, handout, ground, handout.rounds)
    for one in handout.rounds:
        if ground is not None:
            _map(pdf, handout, ground, (one,))
        _crew_sheets(pdf, handout, one, emergency)
        if amounts and one.visits:
            office_sheet(pdf, handout, one)
    return bytes(pdf.output())


def _say(handout: Handout, code: str, /, **params: object) -> str:
    return sentence(f"sheet.{code}", handout.language, **params)


def _map(pdf: FPDF, handout: Handout, ground: Ground, rounds: tuple[Round, ...]) -> None:
    alone = len(rounds) == 1
    name = rounds[0].route.crew if alone else _say(handout, "map.all")
    km = sum(one.route.metres for one in rounds) / 1000
    stops = sum(one.stops for one in rounds)
    draw_map_page(
        pdf,
        MapPage(
            title=name,
            day=format_date(handout.day, "full", locale=handout.language),
            course=_course_words(handout, rounds[0])
            if alone
            else _say(handout, "map.total", crews=len(rounds), stops=stops, km=f"{km:.0f}"),
            note=_say(handout, "map.by_road" if all(r.by_road for r in rounds) else "map.straight"),
            fictional=sentence("map.fictional", handout.language),
            code=rounds[0].code if alone else "",
            first=handout.rounds.index(rounds[0]),
            rounds=rounds,
            summaries=tuple(_summary(handout, one) for one in rounds),
        ),
        ground,
    )


def _summary(handout: Handout, one: Round) -> str:
    km = f"{one.route.metres / 1000:.0f}"
    return sentence("map.crew", handout.language, stops=one.stops, km=km)


def _crew_sheets(pdf: FPDF, handout: Handout, one: Round, emergency: str) -> None:
    blocks = [_block(handout, visit) for visit in one.visits]
    pages = list(_pages(pdf, blocks))
    for number, page in enumerate(pages, start=1):
        pdf.add_page()
        draw_heading(pdf, _heading(handout, one, emergency, number, len(pages)))
        draw_sketch(pdf, one, {block.number for block in page})
        y = 44.0
        for block in page:
            draw_block(pdf, y, block)
            y += block_height(pdf, block) + BLOCK_GAP
        draw_footer(pdf, _outcomes(handout), _rules(handout, one.route))


def _pages(pdf: FPDF, blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks shared out over pages: at most PER_PAGE, fewer when addresses need more lines.

    A round without stops (a crew on its way to or from a lodging) has one page without blocks.
    """
    page: list[Block] = []
    used = 0.0
    for block in blocks:
        height = block_height(pdf, block) + BLOCK_GAP
        if page and (len(page) == PER_PAGE or used + height > BLOCKS_TALL):
            yield page
            page, used = [], 0.0
        page.append(block)
        used += height
    yield page


def _block(handout: Handout, visit: Visit) -> Block:
    who = visit.who or _NOBODY
    stage = who.stage if who.stage in _STAGES else _STAGES[0]
    return Block(
        number=visit.number,
        times=f"{handout.clock(visit.start)}–{handout.clock(visit.leave)}",
        name=who.name or visit.reference,
        phone=_say(handout, "phone", tail=who.phone_tail) if who.phone_tail else "",
        address=who.address or _say(handout, "no_address"),
        objective=_say(handout, f"objective.{stage}"),
        agreed=_say(handout, "agreed"),
        note=_say(handout, "note"),
        ticks=tuple((key, _say(handout, f"tick.{key}")) for key in "1234567S"),
        bands=tuple(_within(band, handout.hours) for band in who.bands),
        best=_say(handout, "best"),
        qr=qr_rows(visit.link),
        several=_say(handout, "several", n=visit.together) if visit.together > 1 else "",
    )


def _within(band: Band, hours: Hours) -> Band:
    """The band as far as visits are permitted, in whole hours; without hours the whole of it."""
    if not hours:
        return band
    first = max(band.start, min(a.hour for a, _ in hours))
    last = min(band.stop, max(b.hour + (b.minute > 0) for _, b in hours))
    return replace(band, start=first, stop=last) if first < last else replace(band, permitted=False)


def _heading(handout: Handout, one: Round, emergency: str, page: int, pages: int) -> Heading:
    route = one.route
    return Heading(
        crew=route.crew,
        day=format_date(handout.day, "full", locale=handout.language),
        members="    ".join(
            [_say(handout, "members", names=" · ".join(route.members)), *_rests(handout, route)]
        ),
        course=_course_words(handout, one),
        emergency=_say(handout, "emergency", number=emergency or "_" * 18),
        code=_say(handout, "code", code=one.code, page=page, pages=pages),
    )


def _course_words(handout: Handout, one: Round) -> str:
    """When the crew sets out and comes back, from home or a lodging, with how many stops."""
    route = one.route
    beds = dict.fromkeys(bed.name for bed in (route.slept, route.sleeps) if bed)
    return _say(
        handout,
        _course(route),
        lodging=" – ".join(beds),
        depart=handout.clock(route.depart),
        back=handout.clock(route.back),
        stops=one.stops,
        km=f"{route.metres / 1000:.0f}",
    )


def _rests(handout: Handout, route: Route) -> list[str]:
    """The breaks of the round, in words; empty without any."""
    times = [f"{handout.clock(begin)}–{handout.clock(end)}" for begin, end in route.breaks]
    return [_say(handout, "break", times=", ".join(times))] if times else []


def _course(route: Route) -> str:
    """Which words tell the course: from home or a lodging, to home or a lodging."""
    if route.sleeps:
        return "course.on" if route.slept else "course.out"
    return "course.home" if route.slept else "course"


def _outcomes(handout: Handout) -> list[str]:
    return [f"{key}  {_say(handout, f'outcome.{key}')}" for key in "1234567S"]


def _rules(handout: Handout, route: Route) -> list[str]:
    spans = ", ".join(f"{a:%H:%M}–{b:%H:%M}" for a, b in handout.hours)
    together = "together" if len(route.members) > 1 else "identify"
    lines = (("hours", together), ("third_parties", "hardship", "shred"))
    told = [" · ".join(_say(handout, code, hours=spans) for code in line) for line in lines]
    if route.estimated:
        told[0] += " · " + _say(handout, "legs", estimated=route.estimated, legs=route.legs)
    return told
