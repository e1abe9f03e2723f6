"""The printed day sheet: one set of A4 pages per crew, black on white, as a PDF.

What a neighbour could read at a door says nothing of why somebody calls: no amount, no loan.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date
from fpdf import FPDF

from planner.domain.plan import Plan, Route, Stop
from planner.errors import PlannerError
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
from planner.export.pdf_text import new_document
from planner.words import sentence

PER_PAGE = 8
_STAGES = ("early", "middle", "late")
Hours = Sequence[tuple[time, time]]


@dataclass(frozen=True, slots=True)
class SheetPerson:
    """What the sheet says of a person; the caller decides whether the name is masked."""

    name: str
    address: str
    phone_tail: str = ""  # the last four digits of the own number
    stage: str = "early"  # the policy's stage, which sets the aim of the visit


def day_sheets(
    plan: Plan,
    people: Mapping[str, SheetPerson],
    language: str,
    *,
    out: Path,
    zone: str,
    hours: Hours,
    made_at: datetime | None = None,
    emergency: str = "",
) -> Path:
    """Write the sheets of every crew that has stops into the PDF file `out`; returns `out`.

    `people` by debtor id; `hours` are the local hours at which the rules permit a visit on that
    day; times are printed in the IANA zone `zone`; `made_at` (default: the plan's) is the file's
    date, so that the same plan gives the same bytes. Raises PlannerError("export.empty_plan")
    when nobody is visited and PlannerError("export.not_written") when `out` cannot be written.
    """
    routes = [route for route in plan.routes if route.stops]
    if not routes:
        raise PlannerError("export.empty_plan", day=plan.day.isoformat())
    title = sentence("sheet.title", language, day=plan.day.isoformat())
    pdf = new_document(title, made_at or plan.made_at)
    pdf.set_lang(language.replace("_", "-"))
    for route in routes:
        _crew_sheets(pdf, plan, route, people, _Style(language, ZoneInfo(zone), hours, emergency))
    _save(out, bytes(pdf.output()))
    return out


@dataclass(frozen=True, slots=True)
class _Style:
    """What is the same on every page of the document."""

    language: str
    zone: ZoneInfo
    hours: Hours
    emergency: str

    def clock(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime("%H:%M")

    def say(self, code: str, /, **params: object) -> str:
        return sentence(f"sheet.{code}", self.language, **params)


def _crew_sheets(
    pdf: FPDF, plan: Plan, route: Route, people: Mapping[str, SheetPerson], style: _Style
) -> None:
    blocks = [
        _block(stop, number, people.get(stop.debtor_id), style)
        for number, stop in enumerate(route.stops, start=1)
    ]
    pages = list(_pages(pdf, blocks))
    for number, page in enumerate(pages, start=1):
        pdf.add_page()
        draw_heading(pdf, _heading(plan, route, style, number, len(pages)))
        draw_sketch(pdf, route, {block.number for block in page})
        y = 44.0
        for block in page:
            draw_block(pdf, y, block)
            y += block_height(pdf, block) + BLOCK_GAP
        draw_footer(pdf, _outcomes(style), _rules(route, style))


def _pages(pdf: FPDF, blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Blocks shared out over pages: at most PER_PAGE, fewer when addresses need more lines."""
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


def _block(stop: Stop, number: int, person: SheetPerson | None, style: _Style) -> Block:
    who = person or SheetPerson(stop.debtor_id, "")
    return Block(
        number=number,
        times=f"{style.clock(stop.start)}–{style.clock(stop.leave)}",
        name=who.name,
        phone=style.say("phone", tail=who.phone_tail) if who.phone_tail else "",
        address=who.address or style.say("no_address"),
        objective=style.say(f"objective.{who.stage if who.stage in _STAGES else _STAGES[0]}"),
        agreed=style.say("agreed"),
        note=style.say("note"),
        ticks=tuple((key, style.say(f"tick.{key}")) for key in "1234567S"),
    )


def _heading(plan: Plan, route: Route, style: _Style, page: int, pages: int) -> Heading:
    return Heading(
        crew=route.crew,
        day=format_date(plan.day, "full", locale=style.language),
        members="    ".join(
            [style.say("members", names=" · ".join(route.members)), *_rests(route, style)]
        ),
        course=style.say(
            _course(route),
            lodging=" – ".join(dict.fromkeys(b.name for b in (route.slept, route.sleeps) if b)),
            depart=style.clock(route.depart),
            back=style.clock(route.back),
            stops=len(route.stops),
            km=f"{route.metres / 1000:.0f}",
        ),
        emergency=style.say("emergency", number=style.emergency or "_" * 18),
        code=style.say("code", code=_code(plan, route), page=page, pages=pages),
    )


def _rests(route: Route, style: _Style) -> list[str]:
    """The breaks of the round, in words; empty without any."""
    times = [f"{style.clock(begin)}–{style.clock(end)}" for begin, end in route.breaks]
    return [style.say("break", times=", ".join(times))] if times else []


def _course(route: Route) -> str:
    """Which words tell the course: from home or a lodging, to home or a lodging."""
    if route.sleeps:
        return "course.on" if route.slept else "course.out"
    return "course.home" if route.slept else "course"


def _code(plan: Plan, route: Route) -> str:
    """What ties a sheet to its plan: the end of the plan's id and the crew's id."""
    return f"{plan.plan_id[-6:]}-{route.crew_id}".upper()


def _outcomes(style: _Style) -> list[str]:
    return [f"{key}  {style.say(f'outcome.{key}')}" for key in "1234567S"]


def _rules(route: Route, style: _Style) -> list[str]:
    spans = ", ".join(f"{a:%H:%M}–{b:%H:%M}" for a, b in style.hours)
    together = "together" if len(route.members) > 1 else "identify"
    return [
        " · ".join([style.say("hours", hours=spans), style.say(together)]),
        " · ".join([style.say("third_parties"), style.say("hardship"), style.say("shred")]),
    ]


def _save(out: Path, content: bytes) -> None:
    """All or nothing: a reader never sees half a file."""
    part = out.with_name(out.name + ".part")
    try:
        part.write_bytes(content)
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise PlannerError("export.not_written", path=str(out), cause=str(error)) from error
