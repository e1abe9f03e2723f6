"""The day sheets as a PDF reader shows them: pages drawn to pictures, codes scanned, texts read."""

import json
import re
from datetime import time

import numpy as np
import pytest
import zxingcpp
from made_handout import hostile_handout, made_people, made_plan
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPdf import QPdfDocument

from planner.domain.datum import to_wgs84
from planner.domain.visit_code import spaced
from planner.export.day_sheet import day_sheets
from planner.export.handout import Band, Handout, Sum, make_handout
from planner.geo.travel import distance
from planner.words import LANGUAGES

SIZES = (9, 3, 2)
DOTS = 1240  # across A4: 150 to the inch
# What may stand on no page that is carried to a door.
BARRED = re.compile(
    r"催|欠|逾期|贷|债|还款|金额|应还|本金|利息|元|¥|￥|委托|银行|金融|合同|天数"
    r"|debt|overdue|past due|loan|owe|arrears|amount|collect|yuan|cny|paid|bank|lender|contract",
    re.IGNORECASE,
)
ROADS = json.dumps(
    {
        "features": [
            {
                "properties": {"highway": kind, "name": "贷款大道 123456.78 元"},
                "geometry": {
                    "type": "LineString",
                    "coordinates": [[102.4, 30.0 + n / 20], [102.9, 30.02 + n / 20]],
                },
            }
            for n, kind in enumerate(("primary", "secondary", "tertiary", "residential"))
        ]
    }
).encode()


def three_crews(language: str) -> Handout:
    """Fourteen stops of three crews; every person has two cases with a lender and an amount."""
    plan = made_plan(SIZES, crew="Crew {}")
    sums = (Sum("远山银行", "HT202600119", 1_234_567, 88), Sum("近水金融", "HT7", 765_433, 31))
    bands = tuple(Band(a, b, p) for a, b, p in ((0, 12, 0.3), (12, 17, 0.4), (17, 19, 0.6)))
    people = made_people(plan, sums=sums, bands=bands)
    hours = ((time(9), time(20)),)
    return make_handout(
        plan, people, language=language, zone="Asia/Shanghai", app="amap", hours=hours
    )


class Paper:
    """A PDF opened by a reader that knows nothing of how it was made."""

    def __init__(self, content: bytes) -> None:
        self._buffer = QBuffer()
        self._buffer.setData(QByteArray(content))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self.file = QPdfDocument()
        self.file.load(self._buffer)
        assert self.file.status() is QPdfDocument.Status.Ready

    def text(self, page: int) -> str:
        """All that can be read on a page."""
        return self.file.getAllText(page).text()

    def picture(self, page: int) -> np.ndarray:
        """The page in greys, [rows, columns], on white."""
        drawn = self.file.render(page, QSize(DOTS, round(DOTS * 297 / 210)))
        sheet = QImage(drawn.size(), QImage.Format.Format_RGB32)
        sheet.fill(0xFFFFFFFF)
        painter = QPainter(sheet)
        painter.drawImage(0, 0, drawn)
        painter.end()
        grey = sheet.convertToFormat(QImage.Format.Format_Grayscale8)
        rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), -1)
        return rows[:, : grey.width()].copy()


@pytest.fixture(scope="module", params=LANGUAGES)
def paper(request: pytest.FixtureRequest) -> Paper:
    """The whole set in one language: maps, pages for the door, second sheets."""
    return Paper(day_sheets(three_crews(request.param), [("roads", ROADS)], amounts=True))


def kinds(paper: Paper) -> list[str]:
    """What each page is, told by what stands on it."""
    found = []
    for page in range(paper.file.pageCount()):
        text = paper.text(page)
        second = "Second sheet" in text or "附页" in text
        found.append("second" if second else "door" if "4821" in text else "map")
    return found


def test_order_of_the_pages(paper: Paper) -> None:
    """All crews' map first; then each crew's map, its pages of eight, its second sheet."""
    crew = ["map", "door", "second"]
    assert kinds(paper) == ["map", "map", "door", "door", "second", *crew, *crew]


def test_door_side_says_nothing_of_why(paper: Paper) -> None:
    """No amount, no days, no lender, no contract and no word of debt on maps and door pages; all of
    it on the second sheets."""
    for page, kind in enumerate(kinds(paper)):
        text = paper.text(page)
        told = [word for word in ("远山银行", "HT202600119", "12,345.67", "88") if word in text]
        if kind == "second":
            assert len(told) == 4
            assert "20,000.00" in text
        else:
            assert told == []
            assert BARRED.findall(text) == []
            assert not re.search(r"\d[\d,]*\.\d\d\b", text)


def test_code_of_the_second_sheet_is_that_of_the_visit(paper: Paper) -> None:
    """A scanner reads one row of bars for each person of the second sheets, in order; the same
    digits stand below them, and nothing else of the person is inside."""
    told = three_crews("en")
    wanted = [visit.code for one in told.rounds for visit in one.visits]
    found = []
    for page, kind in enumerate(kinds(paper)):
        if kind == "second":
            codes = zxingcpp.read_barcodes(paper.picture(page))
            codes.sort(key=lambda code: code.position.top_left.y)
            found += [code.text for code in codes]
            assert all(spaced(code.text) in paper.text(page) for code in codes)
    assert found == wanted
    assert len(set(wanted)) == sum(SIZES)


def test_every_code_on_paper_leads_to_its_stop(paper: Paper) -> None:
    """A scanner finds one code per stop on the printed pages, in order, each within a metre."""
    told = three_crews("en")
    wanted = [(visit.lat, visit.lon) for one in told.rounds for visit in one.visits]
    found = []
    for page, kind in enumerate(kinds(paper)):
        codes = zxingcpp.read_barcodes(paper.picture(page), formats=zxingcpp.BarcodeFormat.QRCode)
        assert bool(codes) == (kind == "door")
        codes.sort(key=lambda code: code.position.top_left.y)
        for code in codes:
            lon, lat = re.findall(r"\d+\.\d{6}", code.text)
            found.append(to_wgs84("gcj02", float(lat), float(lon)))
    assert len(found) == len(wanted) == sum(SIZES)
    assert max(distance(a, b) for a, b in zip(found, wanted, strict=True)) < 1


def test_pages_are_black_and_white(paper: Paper) -> None:
    """Every page has ink and none of it has a colour: grey is all there is."""
    for page in range(paper.file.pageCount()):
        drawn = paper.file.render(page, QSize(400, 566)).convertToFormat(QImage.Format.Format_RGB32)
        dots = np.frombuffer(drawn.constBits(), np.uint8).reshape(566, 400, 4)[:, :, :3]
        assert int((dots.max(2).astype(int) - dots.min(2)).max()) <= 2
        assert 0.005 < float((paper.picture(page) < 128).mean()) < 0.4


def test_crews_differ_without_colour(paper: Paper) -> None:
    """On the map of all crews the legend's lines have different patterns of ink and gap."""
    picture = paper.picture(0)
    dots = DOTS / 210
    samples = []
    for index in range(len(SIZES)):
        x = 10 + (index % 2) * 95
        y = 297 - 10 - 8 - 2 * 6.6 + 11 + (index // 2) * 6.6
        row = picture[round(y * dots), round((x + 1) * dots) : round((x + 23) * dots)] < 128
        samples.append("".join("#" if dot else "." for dot in row))
    assert set(samples[0]) == {"#"}
    assert len(set(samples)) == len(SIZES)
    assert all(0.2 < sample.count("#") / len(sample) < 0.9 for sample in samples[1:])


def test_hostile_names_on_every_page() -> None:
    """Names and addresses that are attacks are printed, with codes that still lead to the door."""
    told = hostile_handout()
    paper = Paper(day_sheets(told, [("roads", ROADS)], amounts=True))
    codes = [
        code.text
        for page in range(paper.file.pageCount())
        for code in zxingcpp.read_barcodes(
            paper.picture(page), formats=zxingcpp.BarcodeFormat.QRCode
        )
    ]
    assert sorted(codes) == sorted(visit.link for visit in told.rounds[0].visits)
