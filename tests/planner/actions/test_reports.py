"""Day and week reports by collector and by region: the rows add up, stand by name, and are safe."""

import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from planner.actions.crews import crew_payload
from planner.actions.make_plan import make_plan
from planner.actions.record import Outcome, record
from planner.actions.reports import KINDS, NUMBERS, day_span, save_report, team_report
from planner.actions.team import assign
from planner.actions.trips import end_trip, start_trip
from planner.actions.undo import undo_batch
from planner.domain.plan import Route
from planner.errors import PlannerError
from planner.store.crews import load_crews, staff_names
from planner.store.events import NewEvent
from planner.store.store import Store

DAY = date(2026, 11, 24)
EVENING = datetime(2026, 11, 23, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 17, tzinfo=UTC)  # after midnight in Shanghai


def clock() -> datetime:
    return EVENING


def a_day(store: Store) -> Route:
    """A plan, five visits of its fullest round, a promise, a payment, and the trip as it was."""
    plan = make_plan(store, DAY, clock=clock, iterations=300)
    route = max(plan.routes, key=lambda one: len(one.stops))
    for stop in route.stops[:4]:
        record(store, Outcome(stop.debtor_id, "VIS-NC", stop.leave), clock=lambda: NIGHT)
    last = route.stops[4]
    record(store, Outcome(last.debtor_id, "VIS-RPC", last.leave, result="OUT-PTP", amount=50_000,
                          due=DAY), clock=lambda: NIGHT)  # fmt: skip
    paid = NewEvent("payment", last.debtor_id, last.leave + timedelta(minutes=1),
                    {"amount": 50_000})  # fmt: skip
    with store.write() as tx:
        tx.append([paid])
    start_trip(store, route.crew_id, DAY, clock=lambda: NIGHT, at=route.depart, odometer=0)
    end_trip(store, route.crew_id, DAY, clock=lambda: NIGHT, at=route.back, odometer=123_456)
    return route


def test_rows_add_up_by_collector_and_by_region(demo_store: Store) -> None:
    """Each visit, talk, promise and payment is in one row; however the report is cut, the total is
    the same; way and time are what the crew told; rows stand by name, nobody's last."""
    route = a_day(demo_store)
    second = f"YS{route.crew_id[1:]}02"
    assign(demo_store, {route.stops[4].debtor_id: second}, reason="x", by="", clock=clock)
    reports = {kind: team_report(demo_store, DAY, DAY, NIGHT, kind=kind) for kind in KINDS}
    one = reports["collector"]
    total = one.total
    for report in reports.values():
        assert [getattr(report.total, name) for name in NUMBERS] == [
            getattr(total, name) for name in NUMBERS
        ]
        assert [row.key == "" for row in report.rows] == sorted(not row.key for row in report.rows)
    assert (total.done, total.contacts, total.made, total.promised) == (5, 1, 1, 50_000)
    assert (total.kept, total.paid) == (1, 50_000)
    rows = {row.key: row for row in one.rows}
    assert len([key for key in rows if key]) == 8
    mine = rows[second]
    assert (mine.done, mine.contacts, mine.promised, mine.kept, mine.paid) == (
        1, 1, 50_000, 1, 50_000,
    )  # fmt: skip
    first = rows[f"YS{route.crew_id[1:]}01"]
    assert first.metres + mine.metres == 123_456
    assert first.seconds + mine.seconds == int((route.back - route.depart).total_seconds())
    assert first.done + first.skipped + mine.done == len(route.stops)
    assert one.actual == 1


def test_whom_the_record_names_made_the_visit(demo_store: Store) -> None:
    """A visit to a person whom nobody of the crew has counts for whom its record names, by name or
    number; without a plan too; an undone record names nobody, and the total stays."""
    plan = make_plan(demo_store, DAY, clock=clock, iterations=100)
    route = max(plan.routes, key=lambda one: len(one.stops))
    first, second = (f"YS{route.crew_id[1:]}{k:02d}" for k in (1, 2))
    with demo_store.read() as conn:
        names = staff_names(conn)
    before = team_report(demo_store, DAY, DAY, NIGHT)
    for stop, by in zip(route.stops, ((names[second],), (second,), ("?",), ()), strict=False):
        told = Outcome(stop.debtor_id, "VIS-NC", stop.leave, by=by)
        batch = record(demo_store, told, clock=lambda: NIGHT).batch
    planned = {s.debtor_id for r in plan.routes for s in r.stops}
    other = next(one.debtor_id for one in plan.not_planned if one.debtor_id not in planned)
    record(demo_store, Outcome(other, "VIS-NC", route.stops[1].leave, by=(names[second],)),
           clock=lambda: NIGHT)  # fmt: skip
    report = team_report(demo_store, DAY, DAY, NIGHT)
    rows = {row.key: row for row in report.rows}
    assert (rows[first].done, rows[second].done) == (2, 3)
    assert (report.total.planned, report.total.done) == (before.total.planned, 5)
    assert rows[second].planned == 2
    undo_batch(demo_store, batch)
    assert team_report(demo_store, DAY, DAY, NIGHT).total.done == 4
    gone = record(demo_store, Outcome(route.stops[3].debtor_id, "VIS-NC", route.stops[3].leave,
                                      by=(second,)), clock=lambda: NIGHT)  # fmt: skip
    rows = {row.key: row for row in team_report(demo_store, DAY, DAY, NIGHT).rows}
    assert rows[second].done == 4
    undo_batch(demo_store, gone.batch)
    rows = {row.key: row for row in team_report(demo_store, DAY, DAY, NIGHT).rows}
    assert rows[second].done == 3


def test_a_report_is_written_in_both_formats_and_languages(
    demo_store: Store, tmp_path: Path
) -> None:
    """Heads and names are words of the language; a name that looks like a formula stays a text;
    the PDF has every name; other endings and spans are refused."""
    a_day(demo_store)
    with demo_store.read() as conn:
        crew = load_crews(conn)[0]
    told = crew_payload(crew)
    told["members"][0]["name"] = "=HYPERLINK(1)"
    with demo_store.write() as tx:
        tx.append([NewEvent("crew.listed", "", EVENING, told)])
    for language, head in (("en", "Visits planned"), ("zh_CN", "计划到访")):
        path = save_report(demo_store, tmp_path / f"{language}.xlsx", DAY, DAY,
                           clock=lambda: NIGHT, language=language)  # fmt: skip
        sheet = openpyxl.load_workbook(path).active
        assert sheet is not None
        assert sheet["B1"].value == head
        names = [cell.value for cell in sheet["A"] if cell.value]
        (risky,) = [cell for cell in sheet["A"] if cell.value == "=HYPERLINK(1)"]
        assert risky.data_type == "s"
        pdf = save_report(demo_store, tmp_path / f"{language}.pdf", *day_span(DAY, week=True),
                          clock=lambda: NIGHT, language=language)  # fmt: skip
        assert pdf.read_bytes().startswith(b"%PDF")
        if shutil.which("pdftotext") is None:
            continue
        shown = ["pdftotext", "-layout", str(pdf), "-"]
        text = subprocess.run(shown, check=True, capture_output=True, text=True).stdout
        assert all(name in text for name in names[1:6])
    with pytest.raises(PlannerError) as caught:
        save_report(demo_store, tmp_path / "x.doc", DAY, DAY, clock=clock, language="en")
    assert caught.value.code == "team.format"
    with pytest.raises(PlannerError) as caught:
        team_report(demo_store, DAY, DAY - timedelta(1), NIGHT)
    assert caught.value.code == "team.span"


def test_a_week_is_monday_to_sunday() -> None:
    """The week of a Tuesday begins the day before and has seven days."""
    assert day_span(DAY, week=True) == (date(2026, 11, 23), date(2026, 11, 29))
    assert day_span(DAY, week=False) == (DAY, DAY)
