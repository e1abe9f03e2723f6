"""Cells of a staff list about how a crew works: mode, money, times, breaks, skills.

An empty cell says nothing; "无", "none" or "-" takes away what was set.
"""

import re
from collections.abc import Callable
from typing import Any

from planner.domain.work import (
    BREAK_BOUNDS,
    DEAREST,
    DRIVING_BOUNDS,
    HOUR,
    LONGEST_SKILL,
    MOST_BREAKS,
    MOST_SKILLS,
    SHIFT_BOUNDS,
    USUAL,
    Break,
    Mode,
    breaks_possible,
    clean_tags,
)
from planner.intake.values import Bad, check_text, narrow, parse_amount, parse_clock

_MODES = {
    word: mode
    for mode, words in {
        Mode.CAR: "汽车 开车 驾车 小车 轿车 公车 私家车 自驾 car drive",
        Mode.MOTORCYCLE: "摩托车 摩托 电动车 电瓶车 助力车 motorcycle motorbike scooter",
        Mode.FOOT: "步行 走路 公交 公共交通 步行公交 步行/公交 公交步行 foot bus walk "
        "walking onfoot onfoot/bus foot/bus publictransport",
    }.items()
    for word in words.split()
}
_NOTHING = frozenset({"无", "没有", "不限", "默认", "none", "no", "-", "--", "/"})
_GAPS = re.compile(r"[,;、，；|]+")
_BREAK = re.compile(
    r"(\d{1,2}[:时]\d{1,2}分?)\s*[-~至到–—]\s*(\d{1,2}[:时]\d{1,2}分?)[\s(/]*(\d{1,3})?\s*"
    r"(?:分钟?|min(?:utes?)?)?\)?",
    re.IGNORECASE,
)
_HOURS = re.compile(r"(\d{1,2}(?:\.\d{1,2})?)\s*(?:小时|h|hours?)?", re.IGNORECASE)
_LUNCH = 60  # minutes where a break does not say how long it is


def nothing(text: str) -> bool:
    """Whether a cell takes away what was set."""
    return narrow(text).casefold() in _NOTHING


def parse_mode(text: str) -> Mode:
    """How the crew travels."""
    word = re.sub(r"\s", "", narrow(text).casefold())
    if word not in _MODES:
        raise Bad("mode_unknown")
    return _MODES[word]


def parse_price(text: str) -> int:
    """An amount in yuan as fen."""
    fen = parse_amount(text)[0]
    if fen > DEAREST:
        raise Bad("price_absurd", limit=DEAREST // 100)
    return fen


def parse_skills(text: str) -> tuple[str, ...]:
    """Tags parted by commas, semicolons or 、; a tag may have blanks in it."""
    tags = clean_tags(_GAPS.split(check_text(text)))
    if len(tags) > MOST_SKILLS or any(len(tag) > LONGEST_SKILL for tag in tags):
        raise Bad("skills_too_long", most=MOST_SKILLS, longest=LONGEST_SKILL)
    return tags


def parse_needs(text: str) -> tuple[str, ...]:
    """What a person needs of a crew, as tags; none for "none"."""
    return () if nothing(text) else parse_skills(text)


def parse_breaks(text: str) -> tuple[Break, ...]:
    """Breaks such as "11:30-13:30 60分钟": begins within, lasts so long; several parted by ；.

    >>> parse_breaks("11:30-13:30 45")
    ((41400, 48600, 2700),)
    """
    found = []
    for part in filter(None, _GAPS.split(narrow(text))):
        told = _BREAK.fullmatch(part.strip())
        clocks = [parse_clock(told[k]) for k in (1, 2)] if told else []
        if told is None or None in clocks:
            raise Bad("break_unreadable")
        first, last = (c.hour * HOUR + c.minute * 60 for c in clocks if c)
        found.append((first, last, int(told[3] or _LUNCH) * 60))
    breaks = tuple(sorted(found))
    if not breaks_possible(breaks):
        least, most = (bound // 60 for bound in BREAK_BOUNDS)
        raise Bad("break_impossible", count=MOST_BREAKS, least=least, most=most)
    return breaks


def _duration(bounds: tuple[int, int]) -> Callable[[str], int]:
    def parse(text: str) -> int:
        told = _HOURS.fullmatch(narrow(text))
        if told is None:
            raise Bad("hours_unreadable")
        seconds = round(float(told[1]) * HOUR)
        if not bounds[0] <= seconds <= bounds[1]:
            raise Bad("hours_absurd", least=bounds[0] / HOUR, most=bounds[1] / HOUR)
        return seconds

    return parse


# field of the file -> (field of Work, how its cells are read)
FIELDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "mode": ("mode", parse_mode),
    "km_price": ("km_price", parse_price),
    "wage": ("wage", parse_price),
    "skills": ("skills", parse_skills),
    "breaks": ("breaks", parse_breaks),
    "max_shift": ("max_duration", _duration(SHIFT_BOUNDS)),
    "max_driving": ("max_driving", _duration(DRIVING_BOUNDS)),
    "overtime": ("overtime", parse_price),
    "day_cost": ("fixed_cost", parse_price),
}


def reader(name: str) -> Callable[[str], Any]:
    """How a cell of the field `name` is read."""
    work_field, parse = FIELDS[name]
    usual = getattr(USUAL, work_field)
    return lambda text: usual if nothing(text) else parse(text)
