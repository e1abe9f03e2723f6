"""Two people behind one door on everything that leaves the house: one number, both persons."""

import io
import json
import re
from dataclasses import replace
from datetime import timedelta

import gpxpy
import icalendar
import openpyxl
import pytest
from fpdf import FPDF
from made_handout import made_plan

from planner.domain.plan import Plan
from planner.domain.visit_code import spaced
from planner.export.calendar import ics
from planner.export.day_sheet import day_sheets
from planner.export.day_table import day_table
from planner.export.handout import Handout, Person, Sum, make_handout
from planner.export.map_html import handout_marks, map_html
from planner.export.map_layers import marks_json
from planner.export.phone_links import qr_rows
from planner.export.tracks import geojson, gpx, kml
from planner.words import LANGUAGES

_BARRED = re.compile(
    r"催|欠|逾期|贷|债|还款|金额|元|¥|debt|overdue|loan|owe|arrears|amount|paid", re.I
)
WHO = {
    "P1X1": Person("王芳", "柳溪镇和平路 1 号", "4821",
                    sums=(Sum("远山小贷", "YS-1", 111_100, 91),)),
    "P1X2": Person("张伟", "白石村三组 12 号", "1102", "late",
                   sums=(Sum("远山小贷", "YS-2", 2_222_200, 92),)),
    "P1X3": Person("李秀英", "白石村三组 12 号", "1103",
                   sums=(Sum("近水银行", "JS-3", 3_333_300, 93),)),
    "P1X4": Person("赵强", "青石镇 4 号", "1104", sums=(Sum("近水银行", "JS-4", 4_400, 94),)),
}  # fmt: skip
COUPLE = ("P1X2", "P1X3")


def household() -> Plan:
    """A round of four visits at three doors: the second and third person live behind one."""
    plan = made_plan((4,))
    (route,) = plan.routes
    first, a, b, last = route.stops
    a = replace(a, door="d")
    b = replace(b, door="d", lat=a.lat, lon=a.lon, arrive=a.arrive, start=a.leave,
                leave=a.leave + timedelta(minutes=18))  # fmt: skip
    return replace(plan, routes=(replace(route, stops=(first, a, b, last)),))


def handout(language: str = "zh_CN", *, named: bool = True) -> Handout:
    """The plan above as it leaves the house."""
    return make_handout(
        household(), WHO if named else {}, language=language, zone="Asia/Shanghai", app="amap"
    )


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> dict[int, list[str]]:
    """What is written on each page, as it is written."""
    seen: dict[int, list[str]] = {}
    original = FPDF.text

    def text(self: FPDF, x: float, y: float, text: str = "") -> None:
        seen.setdefault(self.page, []).append(text)
        original(self, x, y, text)

    monkeypatch.setattr(FPDF, "text", text)
    return seen


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_door_page_tells_both_and_no_debt(pages: dict[int, list[str]], language: str) -> None:
    """A block with own boxes for each of the couple under one number, three stops in the heading,
    how to go about it, and nothing of what either owes or to whom."""
    day_sheets(handout(language), None)
    (page,) = pages.values()
    assert [page.count(f"{number} ›") for number in range(1, 5)] == [1, 2, 1, 0]
    assert {"张伟", "李秀英"} <= set(page)
    told = "\n".join(page)
    several = "people at this stop, each alone" if language == "en" else "本站 2 人，分别面谈"
    assert told.count(several) == 2
    assert re.search(r"· 3 (stops|处)", told)
    assert not _BARRED.search(told)
    for one in WHO.values():
        for owed in one.sums:
            assert owed.lender not in told
            assert owed.contract not in told
            assert f"{owed.amount / 100:,.2f}" not in told


def test_the_second_sheet_keeps_them_apart(pages: dict[int, list[str]]) -> None:
    """On the sheet that stays in the car each of them has an own row, sum and code."""
    told = handout()
    day_sheets(told, None, amounts=True)
    page = pages[2]
    assert [page.count(number) for number in "123"] == [1, 2, 1]
    assert "4" not in page
    codes = {spaced(visit.code) for visit in told.rounds[0].visits}
    assert len(codes) == 4
    assert codes | {"张伟", "李秀英", "22,222.00", "33,333.00"} <= set(page)


def test_the_workbook_numbers_doors() -> None:
    """Two rows with one number on the first sheet, and two on the second."""
    book = openpyxl.load_workbook(io.BytesIO(day_table(handout(), amounts=True)))
    first, second = book.worksheets
    rows = [(row[0], row[3]) for row in first.iter_rows(2, 5, values_only=True)]
    assert rows == [(1, "王芳"), (2, "张伟"), (2, "李秀英"), (3, "赵强")]
    assert [row[:2] for row in second.iter_rows(2, 5, values_only=True)] == rows
    told = "".join(str(cell.value) for row in first.iter_rows() for cell in row)
    assert not re.search(r"远山|近水|YS-|JS-|22222|33333", told)


def test_calendar_and_tracks_number_doors() -> None:
    """Calendar, GPX, KML and GeoJSON have both persons under one number, each with own times."""
    told = handout()
    events = [str(one["summary"]) for one in icalendar.Calendar.from_ical(ics(told)).walk("VEVENT")]
    (mine,) = [e for e in events if "张伟" in e]
    (theirs,) = [e for e in events if "李秀英" in e]
    assert mine.removesuffix("张伟") == theirs.removesuffix("李秀英")
    names = [spot.name for spot in gpxpy.parse(gpx(told).decode()).waypoints]
    assert names == ["01 王芳", "02 张伟", "02 李秀英", "03 赵强"]
    assert all(str(name) in kml(told).decode() for name in names)
    way, *others = json.loads(geojson(told))["features"]
    assert way["properties"]["stops"] == 3
    stops = [one["properties"] for one in others if one["properties"]["kind"] == "stop"]
    assert [one["number"] for one in stops] == [1, 2, 2, 3]
    assert [one["reference"] for one in stops] == list(WHO)
    assert stops[1]["leave"] == stops[2]["start"]


def test_one_pin_with_both() -> None:
    """A map has one pin for the couple: it names both, and those after it keep their numbers."""
    stops = marks_json(handout_marks(handout()))["stops"]["features"]
    told = [(one["properties"]["n"], one["properties"]["title"]) for one in stops]
    assert told == [(1, "王芳"), (2, "张伟 · 李秀英"), (3, "赵强")]


@pytest.mark.parametrize("named", [True, False])
def test_the_list_of_the_map_file_stands_by_its_pins(named: bool) -> None:
    """The list beside an exported map has one entry for each pin, in the order of the pins: the
    address and the code of whoever comes after a household are the own ones."""
    text = map_html(handout(named=named), ())
    content = json.loads(re.search(r'id="content">(.*?)</script>', text, re.DOTALL)[1])  # type: ignore[index]
    (crew,) = content["crews"]
    pins = content["stops"]["features"]
    assert len(crew["stops"]) == len(pins) == 3
    assert re.search(r"\b3 站", crew["summary"])
    visits = handout().rounds[0].visits
    assert crew["stops"][2]["link"] == visits[3].link
    assert tuple(crew["stops"][2]["qr"]) == tuple(qr_rows(visits[3].link))
    couple, last = crew["stops"][1]["facts"], crew["stops"][2]["facts"]
    marks = ("张伟", "李秀英") if named else COUPLE
    assert all(sum(fact.startswith(f"{mark} · ") for fact in couple) == 1 for mark in marks)
    assert not named or WHO["P1X4"].address in last
