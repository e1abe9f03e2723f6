"""The printed day sheet."""

import logging
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from fpdf import FPDF

from planner.domain.plan import Lodging, Plan, Route, Stop
from planner.export.day_sheet import day_sheets
from planner.export.handout import Person, make_handout
from planner.export.pdf_text import HEIGHT, MARGIN, WIDTH
from planner.words import LANGUAGES

MORNING = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # 08:30 in Shanghai
HOURS = ((time(9), time(20)),)
BARRED = re.compile(
    r"催|欠|逾期|贷|债|还款|金额|元|¥|debt|overdue|loan|owe|arrears|amount|collect|yuan|paid",
    re.IGNORECASE,
)


def make_stop(number: int, **changes: Any) -> Stop:
    at = MORNING + timedelta(minutes=40 * number)
    values: dict[str, Any] = {
        "debtor_id": f"P{number}",
        "case_ids": (f"Lender/{number}",),
        "address_id": f"A{number}",
        "lat": 25.7 + number / 100,
        "lon": 105.0 - number / 90,
        "arrive": at,
        "start": at,
        "leave": at + timedelta(minutes=27),
        "value": 123456,
    }
    return Stop(**values | changes)


def make_plan(*sizes: int) -> Plan:
    """A plan with one crew per size, each with that many stops."""
    routes = tuple(
        Route(
            crew_id=f"C{index}",
            crew=f"第{index}组",
            members=("陈一", "刘二"),
            lat=25.7,
            lon=105.0,
            depart=MORNING,
            back=MORNING + timedelta(hours=9),
            stops=tuple(make_stop(n, debtor_id=f"P{100 * index + n}") for n in range(1, size + 1)),
            metres=123_456,
        )
        for index, size in enumerate(sizes, start=1)
    )
    return Plan("0193-abc123", date(2026, 11, 24), MORNING, routes, (), 0, 100, "p", "r")


def make_people(plan: Plan, **changes: str) -> dict[str, Person]:
    values: dict[str, Any] = {
        "name": "王*",
        "address": "柳溪镇白石村三组 12 号",
        "phone_tail": "4821",
    }
    return {
        stop.debtor_id: Person(**values | changes) for route in plan.routes for stop in route.stops
    }


class Ink:
    """What was written on which page: (page, x, baseline, width, text)."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, float, float, float, str]] = []

    def on(self, page: int) -> list[str]:
        return [line[4] for line in self.lines if line[0] == page]

    @property
    def texts(self) -> list[str]:
        return [line[4] for line in self.lines]


@pytest.fixture
def ink(monkeypatch: pytest.MonkeyPatch) -> Ink:
    seen = Ink()
    original = FPDF.text

    def text(self: FPDF, x: float, y: float, text: str = "") -> None:
        seen.lines.append((self.page, x, y, self.get_string_width(text), text))
        original(self, x, y, text)

    monkeypatch.setattr(FPDF, "text", text)
    return seen


def print_out(
    plan: Plan,
    people: Mapping[str, Person] | None = None,
    language: str = "zh_CN",
    layers: Any = None,
    **options: Any,
) -> bytes:
    chosen = make_people(plan) if people is None else people
    told = make_handout(
        plan, chosen, language=language, zone="Asia/Shanghai", app="amap", hours=HOURS
    )
    return day_sheets(told, layers, **options)


def test_same_plan_gives_the_same_file() -> None:
    """Two prints of one plan are equal byte by byte."""
    plan = make_plan(3)
    assert print_out(plan) == print_out(plan)


def test_eight_stops_a_page_and_a_crew_never_shares_one(ink: Ink) -> None:
    """Nine stops take two pages, the next crew begins on a fresh one, idle crews print nothing."""
    print_out(make_plan(9, 0, 8))
    starts = [sum(text == "第1组" for text in ink.on(page)) for page in (1, 2, 3)]
    assert starts == [1, 1, 0]
    stops = [sum(text == "手机尾号 4821" for text in ink.on(page)) for page in (1, 2, 3)]
    assert stops == [8, 1, 8]
    assert max(line[0] for line in ink.lines) == 3


def test_stop_says_when_who_and_where(ink: Ink) -> None:
    """A block has number, local times, name, address, the number's tail and every outcome box."""
    print_out(make_plan(1), language="en")
    for text in ("09:10–09:37", "王*", "柳溪镇白石村三组 12 号", "phone ends 4821"):
        assert text in ink.texts
    assert [text for text in ink.texts if text in "1234567S"] == ["1", "1", *"1234567S"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_tells_of_money_owed(ink: Ink, language: str) -> None:
    """No word of debt and no amount stands on a sheet that a neighbour could read."""
    plan = make_plan(3)
    people = make_people(plan) | {
        f"P10{n}": Person("王*", "柳溪镇", "4821", stage)
        for n, stage in enumerate(("early", "middle", "late"), start=1)
    }
    print_out(plan, people, language)
    assert [text for text in ink.texts if BARRED.search(text)] == []
    assert not any("1234" in text for text in ink.texts if "km" not in text and "公里" not in text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_translated(ink: Ink, language: str) -> None:
    """No code and no empty placeholder reaches the paper, with and without an address."""
    plan = make_plan(2)
    people = {"P101": Person("王*", "")}
    print_out(plan, people, language)
    assert [text for text in ink.texts if re.search(r"sheet\.|[{}]", text)] == []


def test_hostile_words_are_plain_text(ink: Ink, caplog: pytest.LogCaptureFixture) -> None:
    """Mark-up is printed as typed; direction marks, line breaks, unknown signs do no harm."""
    plan = make_plan(1)
    people = make_people(plan, name="<b>**李**</b>", address="a\u202eb\n\tc \x00\U0001f600 %s {x}")
    with caplog.at_level(logging.WARNING):
        print_out(plan, people)
    assert "<b>**李**</b>" in ink.texts
    assert "ab c 〓 %s {x}" in ink.texts
    assert not any(unicodedata.category(c)[0] == "C" for text in ink.texts for c in text)
    assert caplog.records == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_words_stay_on_the_page(ink: Ink, language: str) -> None:
    """Endless names and addresses are wrapped and cut; no text leaves the margins."""
    plan = make_plan(12)
    people = make_people(plan, name="Wolfeschlegel" * 9, address="竹林坳村 Longword12 " * 40)
    print_out(plan, people, language, emergency="1" * 90)
    for _, x, y, width, text in ink.lines:
        assert x >= MARGIN - 0.01, text
        assert x + width <= WIDTH - MARGIN + 0.01, text
        assert MARGIN <= y <= HEIGHT - MARGIN, text


def test_address_is_whole_up_to_four_lines(ink: Ink) -> None:
    """An address of eighty characters is printed in full: half an address is of no use."""
    plan = make_plan(1)
    address = "青禾县大坪乡竹林坳村民委员会东侧约三百米处" * 4
    print_out(plan, make_people(plan, address=address))
    assert address in "".join(ink.texts)


def test_all_stops_at_one_place() -> None:
    """A round without any extent still has a sketch."""
    plan = make_plan(0)
    route = plan.routes[0]
    stops = tuple(make_stop(n, lat=route.lat, lon=route.lon) for n in (1, 2))
    still = Plan(
        "p", plan.day, MORNING, (Route("C", "c", (), 25.7, 105.0, MORNING, MORNING, stops),),
        (), 0, 0, "p", "r",
    )  # fmt: skip
    assert print_out(still).startswith(b"%PDF")


def test_unknown_stage_has_the_first_aim(ink: Ink) -> None:
    """A stage that a pack names in its own way prints the gentlest aim, never a code."""
    plan = make_plan(1)
    print_out(plan, make_people(plan, stage="M7"), "en")
    assert "Aim: meet in person, confirm address and situation" in ink.texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_night_out_is_on_both_sheets(ink: Ink, language: str) -> None:
    """The sheet of the evening and that of the next morning name the lodging."""
    plan = make_plan(3, 3, 3)
    bed = Lodging("远山乡", 26.1, 105.2, 30_000)
    first, second, third = plan.routes
    routes = (
        replace(first, sleeps=bed),
        replace(second, slept=bed),
        replace(third, slept=bed, sleeps=bed),
    )
    print_out(replace(plan, routes=routes), language=language)
    courses = [text for text in ink.texts if "远山乡" in text]
    assert len(courses) == 3
    assert len(set(courses)) == 3
    assert all(line[1] + line[3] < WIDTH for line in ink.lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_breaks_stand_beside_the_members(ink: Ink, language: str) -> None:
    """A round with a break names its time on every page, in the language of the sheet."""
    plan = make_plan(9)
    rest = MORNING + timedelta(hours=4), MORNING + timedelta(hours=4, minutes=45)
    plan = replace(plan, routes=tuple(replace(route, breaks=(rest,)) for route in plan.routes))
    print_out(plan, language=language)
    word = {"en": "Break: 12:30–13:15", "zh_CN": "休息：12:30–13:15"}[language]
    assert [any(word in text for text in ink.on(page)) for page in (1, 2)] == [True, True]
    assert all(x + width <= WIDTH - MARGIN + 0.5 for _, x, _, width, _ in ink.lines)
