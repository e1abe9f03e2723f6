"""GPX, KML, GeoJSON, calendar and workbook of a plan, read again by other programs."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import gpxpy
import icalendar
import openpyxl
import pytest
from made_handout import MORNING, hostile_handout, made_handout, made_people, made_plan

from planner.export.calendar import ics
from planner.export.day_table import day_table
from planner.export.handout import Sum
from planner.export.tracks import geojson, gpx, kml
from planner.words import LANGUAGES

KML = "{http://www.opengis.net/kml/2.2}"
MAKERS = {"gpx": gpx, "kml": kml, "geojson": geojson, "ics": ics}
SECRETS = ("张三", "青溪镇", "4821", "远山银行", "HT1", "123456", "1234.56")


@pytest.mark.parametrize("form", MAKERS)
def test_nobody_is_named_unless_asked_for(form: str) -> None:
    """Without names only numbers, times, positions and the program's reference go out."""
    plan = made_plan()
    plain = MAKERS[form](made_handout(plan)).decode()
    assert [secret for secret in SECRETS if secret in plain] == []
    assert "P1X2" in plain
    named = MAKERS[form](made_handout(plan, made_people(plan))).decode()
    assert "张三丰" in named
    assert [secret for secret in SECRETS[3:] if secret in named] == []


@pytest.mark.parametrize("form", MAKERS)
def test_hostile_texts_leave_the_file_whole(form: str) -> None:
    """Texts that end a tag, a block or a line add no element, no entry and no property."""
    told = hostile_handout()
    content = MAKERS[form](told)
    count = told.visits
    if form == "gpx":
        assert len(gpxpy.parse(content.decode()).waypoints) == count
        tags = {node.tag.split("}")[1] for node in ElementTree.fromstring(content).iter()}
        assert tags <= {"gpx", "metadata", "name", "time", "wpt", "desc", "type", "trk", "trkseg",
                        "trkpt"}  # fmt: skip
    elif form == "kml":
        tree = ElementTree.fromstring(content)
        assert len(tree.findall(f".//{KML}Point")) == count
        texts = [node.text or "" for node in tree.iter()]
        assert not any("<" in text for text in texts)
        assert b"<![CDATA" not in content
        assert not tree.findall(f".//{KML}href")
    elif form == "geojson":
        kinds = [one["properties"]["kind"] for one in json.loads(content)["features"]]
        assert kinds.count("stop") == count
    else:
        entries = icalendar.Calendar.from_ical(content).walk("VEVENT")
        assert len(entries) == count + 2
        assert not any(entry.get("attach") for entry in entries)


def test_gpx_holds_stops_and_ways() -> None:
    """A waypoint at each stop, numbered by round, and a track per round along its way."""
    road = tuple((30.0 + n / 100, 102.6) for n in range(30))
    read = gpxpy.parse(gpx(made_handout(made_plan((3, 2)), ways={"C2": road})).decode())
    assert [spot.name for spot in read.waypoints] == ["1-01", "1-02", "1-03", "2-01", "2-02"]
    assert [len(track.segments[0].points) for track in read.tracks] == [5, 30]
    assert abs(read.waypoints[0].latitude - made_plan().routes[0].stops[0].lat) < 1e-6


def test_kml_and_geojson_have_the_same_places() -> None:
    """Both say longitude first, and both put every stop where the plan has it."""
    plan = made_plan((3,))
    told = made_handout(plan)
    wanted = [(round(stop.lon, 6), round(stop.lat, 6)) for stop in plan.routes[0].stops]
    tree = ElementTree.fromstring(kml(told))
    spots = [node.text or "" for node in tree.findall(f".//{KML}Point/{KML}coordinates")]
    pairs = [tuple(round(float(part), 6) for part in spot.split(",")[:2]) for spot in spots]
    assert pairs == wanted
    features = json.loads(geojson(told))["features"]
    stops = [one for one in features if one["properties"]["kind"] == "stop"]
    assert [tuple(round(x, 6) for x in one["geometry"]["coordinates"]) for one in stops] == wanted
    assert [one["geometry"]["type"] for one in features].count("LineString") == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_calendar_in_the_zone_of_the_place(language: str) -> None:
    """Entries carry the zone and its rules; titles are neutral; each visit has its position."""
    read = icalendar.Calendar.from_ical(ics(made_handout(language=language)))
    assert [str(zone["tzid"]) for zone in read.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    visits = [entry for entry in read.walk("VEVENT") if entry.get("geo")]
    assert [str(entry["summary"]) for entry in visits] == [
        {"en": f"Visit {n} · 第1组", "zh_CN": f"到访 {n} · 第1组"}[language] for n in (1, 2, 3)
    ]
    begin = visits[0]["dtstart"].dt
    assert begin == MORNING + timedelta(minutes=40)
    assert begin.utcoffset() == begin.replace(tzinfo=ZoneInfo("Asia/Shanghai")).utcoffset()
    assert visits[0]["class"] == "PRIVATE"


def test_a_later_plan_moves_its_entries() -> None:
    """An entry keeps its id when the hour or the crew changes, and tells of nobody by it."""
    plan = made_plan((2,))
    moved = replace(
        plan,
        made_at=MORNING + timedelta(hours=1),
        routes=(replace(plan.routes[0], crew_id="C9", stops=plan.routes[0].stops[::-1]),),
    )
    ids = [
        {
            str(entry["uid"]): int(entry["sequence"])
            for entry in icalendar.Calendar.from_ical(ics(made_handout(one))).walk("VEVENT")
            if entry.get("geo")
        }
        for one in (plan, moved)
    ]
    assert ids[0].keys() == ids[1].keys()
    assert all(ids[1][uid] > ids[0][uid] for uid in ids[0])
    assert not any("P1X" in uid for uid in ids[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_workbook_has_a_sheet_per_crew(language: str) -> None:
    """Each crew has its stops in order with an empty outcome; amounts only on second sheets."""
    plan = made_plan((3, 2), crew="组[{}]:*?/一二三四五六七八九十一二三四五六七八九十一二三四")
    people = made_people(plan, sums=(Sum("远山银行", "HT7", 1_234_567, 88),))
    for amounts in (False, True):
        content = day_table(made_handout(plan, people, language), amounts=amounts)
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert len(book.sheetnames) == (4 if amounts else 2)
        first = book.worksheets[0]
        assert [row[0].value for row in first.iter_rows(min_row=2, max_row=4)] == [1, 2, 3]
        assert first["H2"].value is None
        assert first["K2"].hyperlink.target.startswith("https://uri.amap.com/")
        door = [cell.value for row in first.iter_rows() for cell in row if cell.value is not None]
        assert not any(str(value) in ("远山银行", "HT7", "12345.67", "88") for value in door)
        if amounts:
            second = [cell.value for row in book.worksheets[1].iter_rows() for cell in row]
            assert {"远山银行", "HT7", 12345.67, 88} <= set(second)


def test_hostile_texts_are_no_formulas() -> None:
    """Cells that look like formulas or links are text."""
    book = openpyxl.load_workbook(io.BytesIO(day_table(hostile_handout())))
    kinds = {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row}
    assert "f" not in kinds
    links = [link.target for link in book.worksheets[0]._hyperlinks]
    assert all(target.startswith("https://uri.amap.com/") for target in links)
