"""The demonstration: fictional, the same for the same day, and read back as it was meant."""

import itertools
import json
import re
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from planner.demo.calendar import is_workday
from planner.demo.damage import DAMAGES, DUPLICATES
from planner.demo.files import write_demo
from planner.demo.people import SITUATIONS
from planner.domain.codes import Flag, Grade
from planner.intake.read import read_file
from planner.intake.records import CrewRecord, HistoryRecord, Parsed, PersonRecord

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The demo of one day."""
    return write_demo(tmp_path_factory.mktemp("files"), DAY)


@pytest.fixture(scope="module")
def parsed(files: list[Path]) -> dict[str, Parsed]:
    """The same, read by the ordinary import."""
    return {found.kind: found for found in map(read_file, files)}


def people(parsed: dict[str, Parsed]) -> list[PersonRecord]:
    return [r for r in parsed["cases"].records if isinstance(r, PersonRecord)]


def entries(parsed: dict[str, Parsed]) -> list[HistoryRecord]:
    return [r for r in parsed["history"].records if isinstance(r, HistoryRecord)]


def crew_list(parsed: dict[str, Parsed]) -> list[CrewRecord]:
    return [r for r in parsed["crews"].records if isinstance(r, CrewRecord)]


def test_same_day_and_seed_same_bytes(files: list[Path], tmp_path: Path) -> None:
    """The same day and seed give the same bytes; another seed gives other ones."""
    again = write_demo(tmp_path / "again", DAY)
    assert [p.read_bytes() for p in again] == [p.read_bytes() for p in files]
    other = write_demo(tmp_path / "other", DAY, seed=8)
    assert all(a.read_bytes() != b.read_bytes() for a, b in zip(files, other, strict=True))


def test_files_in_import_order(files: list[Path], parsed: dict[str, Parsed]) -> None:
    """Crews, cases, history, map: each recognised as what it is, each called fictional."""
    assert list(parsed) == ["crews", "cases", "history", "layer"]
    assert all("虚构" in path.name for path in files)
    assert files[0].read_bytes()[:3] == b"\xef\xbb\xbf"
    files[2].read_bytes().decode("gbk")


def test_counts(parsed: dict[str, Parsed]) -> None:
    """About 1,200 loans of about 950 persons, each wrong row found, the others without a fault."""
    cases = parsed["cases"]
    assert len(people(parsed)) == sum(SITUATIONS.values()) == 946
    assert cases.faulty == len(DAMAGES) + DUPLICATES == 28
    loans = sum(len(person.cases) for person in people(parsed))
    assert loans == cases.rows - cases.faulty
    assert 1150 <= loans <= 1350
    notes = Counter(fault.code for fault in cases.faults if fault.note)
    assert set(notes) == {"position_missing"}
    for kind in ("crews", "history", "layer"):
        assert parsed[kind].faults == []
    assert len({fault.code for fault in cases.faults}) >= 20
    assert [note.params["columns"] for note in cases.notes] == ["序号、备注"]


def test_nobody_real(parsed: dict[str, Parsed]) -> None:
    """ID numbers have an unassigned area, phones an unassigned beginning, all lenders a mark."""
    for person in people(parsed):
        assert person.id_number.startswith("990000")
        assert all(re.fullmatch(r"1990000\d{4}", phone) for phone in person.phones)
        assert all("虚构" in case.lender for case in person.cases)
    numbers = [phone for person in people(parsed) for phone in person.phones]
    assert len(numbers) == len(set(numbers))


def test_mixture(parsed: dict[str, Parsed]) -> None:
    """Several loans and addresses per person, 3 % without a position, all grades, some flags."""
    everybody = people(parsed)
    n = len(everybody)
    assert 0.15 < sum(len(p.cases) > 1 for p in everybody) / n < 0.32
    assert 0.2 < sum(len(p.addresses) > 1 for p in everybody) / n < 0.45
    lost = [p for p in everybody if all(a.lat is None for a in p.addresses)]
    assert 0.02 < len(lost) / n < 0.04
    grades = Counter(a.grade for p in everybody for a in p.addresses)
    assert set(grades) >= {Grade.DOOR, Grade.STREET, Grade.VILLAGE, Grade.TOWNSHIP, Grade.NONE}
    flags = Counter(flag for p in everybody for flag in Flag if flag in p.flags)
    assert flags[Flag.MINOR] == SITUATIONS["minor"]
    assert flags[Flag.DECEASED] == SITUATIONS["deceased"]
    amounts = sorted(c.amount_overdue for p in everybody for c in p.cases if c.status == "open")
    assert 600_000 < amounts[len(amounts) // 2] < 2_000_000
    assert len({c.status for p in everybody for c in p.cases}) == 3


def test_crews(parsed: dict[str, Parsed]) -> None:
    """Eight collectors in four crews of two."""
    crews = [record.crew for record in crew_list(parsed)]
    assert [len(crew.members) for crew in crews] == [2, 2, 2, 2]
    assert all(crew.start < crew.end for crew in crews)


def test_history_keeps_the_house_rules(parsed: dict[str, Parsed]) -> None:
    """Contacts happened on workdays before the day, visits in hours, and nobody too often."""
    calls: Counter[tuple[str, date]] = Counter()
    visits: dict[str, list[datetime]] = {}
    for entry in entries(parsed):
        day = entry.at.date()
        assert DAY - timedelta(days=61) <= day < DAY
        if entry.kind != "contact":
            continue
        assert is_workday(day)
        assert 9 <= entry.at.hour < 20
        if entry.fields["channel"] == "visit":
            leave = datetime.fromisoformat(entry.fields["leave"])
            assert entry.at < leave
            assert leave.hour * 60 + leave.minute <= (18 * 60 if day.isoweekday() == 6 else 20 * 60)
            visits.setdefault(entry.contract_no, []).append(entry.at)
        elif entry.fields["channel"] == "call":
            calls[entry.contract_no, day] += 1
    assert max(calls.values()) <= 3
    for times in visits.values():
        assert len({at.date() for at in times}) == len(times)
        recent = [at for at in times if (DAY - at.date()).days <= 30]
        assert len(recent) <= 2


def test_crews_are_at_one_door_at_a_time(parsed: dict[str, Parsed]) -> None:
    """The visits of a crew lie in its shift and never overlap."""
    shifts = {tuple(m.name for m in r.crew.members): r.crew for r in crew_list(parsed)}
    stays: dict[tuple[str, ...], list[tuple[datetime, datetime]]] = {}
    for entry in entries(parsed):
        if entry.fields.get("channel") == "visit":
            crew = shifts[tuple(entry.fields["by"])]
            leave = datetime.fromisoformat(entry.fields["leave"])
            assert entry.at.isoweekday() in crew.weekdays
            assert entry.at.hour * 3600 + entry.at.minute * 60 >= crew.start
            assert leave.hour * 3600 + leave.minute * 60 <= crew.end
            stays.setdefault(tuple(entry.fields["by"]), []).append((entry.at, leave))
    assert len(stays) == 4
    for times in stays.values():
        times.sort()
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(times))


def test_history_fits_the_cases(parsed: dict[str, Parsed]) -> None:
    """Each entry belongs to a loan of the list; nobody is contacted before a loan was overdue."""
    since = {}
    for person in people(parsed):
        first = min(case.overdue_since for case in person.cases)
        since |= {(case.lender, case.contract_no): first for case in person.cases}
    for entry in entries(parsed):
        assert since[entry.lender, entry.contract_no] <= entry.at.date()


def test_promises_of_all_kinds(parsed: dict[str, Parsed]) -> None:
    """There are promises kept, broken and pending; each was made in a talk or at the door."""
    paid: Counter[str] = Counter()
    talked = set()
    promises = []
    for entry in entries(parsed):
        if entry.kind == "payment":
            paid[entry.contract_no] += entry.fields["amount"]
        elif entry.kind == "promise":
            promises.append(entry)
        elif entry.fields.get("result") == "OUT-PTP":
            talked.add((entry.contract_no, entry.at.date()))
    states: Counter[str] = Counter()
    for promise in promises:
        due = date.fromisoformat(promise.fields["due"])
        kept = paid[promise.contract_no] >= promise.fields["amount"]
        states["kept" if kept else "pending" if due >= DAY else "broken"] += 1
        assert (promise.contract_no, promise.at.date()) in talked
    assert states["kept"] >= 40
    assert states["broken"] >= 50
    assert states["pending"] >= 50


def test_map(files: list[Path], parsed: dict[str, Parsed]) -> None:
    """A city, six county seats, towns, hundreds of villages on one network, below 1.5 MB."""
    assert files[3].stat().st_size < 1_500_000
    layer: dict[str, Any] = json.loads(parsed["layer"].layer)
    assert layer == json.loads(files[3].read_bytes())
    assert "虚构" in layer["name"]
    places = [f["properties"] for f in layer["features"] if f["geometry"]["type"] == "Point"]
    kinds = Counter(place["kind"] for place in places)
    assert (kinds["city"], kinds["county"]) == (1, 6)
    assert 40 <= kinds["town"] <= 70
    assert kinds["village"] >= 300
    assert all(place["fictional"] for place in places)
    assert len({place["name"] for place in places}) == len(places)
    roads = [f for f in layer["features"] if f["geometry"]["type"] == "LineString"]
    assert {road["properties"]["class"] for road in roads} == {
        "primary", "secondary", "tertiary", "residential", "track",
    }  # fmt: skip
    nodes: dict[tuple[float, float], int] = {}
    ends = []
    for road in roads:
        line = [nodes.setdefault(tuple(p), len(nodes)) for p in road["geometry"]["coordinates"]]
        ends += list(itertools.pairwise(line))
    a, b = np.array(ends).T
    graph = csr_matrix((np.ones(len(a)), (a, b)), shape=(len(nodes), len(nodes)))
    assert connected_components(graph, directed=False)[0] == 1


def test_people_live_near_the_map(parsed: dict[str, Parsed]) -> None:
    """Every position lies within a kilometre of a road point."""
    layer = json.loads(parsed["layer"].layer)
    points = np.array(
        [
            point
            for feature in layer["features"]
            if feature["geometry"]["type"] == "LineString"
            for point in feature["geometry"]["coordinates"]
        ]
    )
    scale = np.array([np.cos(np.radians(32.5)), 1.0]) * 111_320
    for person in people(parsed):
        for place in person.addresses:
            if place.lat is not None and place.lon is not None:
                gaps = (points - [place.lon, place.lat]) * scale
                assert np.hypot(*gaps.T).min() < 1000


@pytest.mark.parametrize("day", [date(2026, 10, 9), date(2027, 3, 1), date(2026, 2, 26)])
def test_other_days(day: date, tmp_path: Path) -> None:
    """After long holidays and beyond the holiday tables the demo is as complete as ever."""
    crews, cases, history, _ = write_demo(tmp_path, day)
    assert len(read_file(crews).records) == 4
    found = read_file(cases)
    assert (len(found.records), found.faulty) == (946, 28)
    told = read_file(history)
    assert told.faults == []
    assert 2500 <= told.rows <= 4000
