"""The page of the day: next stop, map, crews, promises, noon; and what crews tell of their day."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from inline import InlineBackground
from looks import texts as all_texts
from people import NOW, fill
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot
from rounds import settle

from planner.actions.make_plan import make_plan
from planner.actions.noon import Noon
from planner.actions.reveals import reveals
from planner.actions.trips import start_trip, trip_of
from planner.domain.plan import Because
from planner.domain.trip import Trip
from planner.store.events import NewEvent
from ui.pages.plan import PlanPage
from ui.pages.today import TodayPage
from ui.plan.offers import Situation
from ui.session import Session
from ui.today.because import because_words
from ui.today.crews_card import back_state, state_words
from ui.today.digest import RoundView
from ui.today.qr_dialog import QrCode, QrDialog
from ui.today.trip_dialog import TripDialog, parse_km
from ui.widgets.chip import Chip

DAY = date(2026, 11, 23)
ZONE = "Asia/Shanghai"


def texts(page: QWidget) -> str:
    """All that stands on the page."""
    return "\n".join(all_texts(page))


def notes(page: TodayPage) -> list[str]:
    """The chips of the next stop."""
    return [chip.text() for chip in page.next._notes.findChildren(Chip)]


@pytest.fixture
def page(session: Session, background: InlineBackground, qtbot: QtBot) -> TodayPage:
    """The page with a plan of six people."""
    fill(session.store)
    make_plan(session.store, DAY, clock=session.clock, iterations=50)
    return show(session, background, qtbot)


def show(session: Session, background: InlineBackground, qtbot: QtBot) -> TodayPage:
    """The page as the window would show it."""
    found = TodayPage(session)
    qtbot.addWidget(found)
    found.resize(1240, 660)
    found.show()
    background.settle()
    found.activateWindow()
    return found


def test_the_next_stop_is_masked_until_pressed(
    page: TodayPage, session: Session, background: InlineBackground
) -> None:
    """Name, number and address stand nowhere before Reveal; the look is recorded, and after a
    minute everything is masked again."""
    (one,) = (stop for stop in page._digest.ahead if stop is not None)  # type: ignore[union-attr]
    assert one.name not in texts(page)
    assert one.address not in texts(page)
    page.next.eye.click()
    settle(background)
    assert one.name in texts(page)
    assert one.address in texts(page)
    assert [look.where for look in reveals(session.store)] == ["today"]
    page.next._clock.timeout.emit()
    assert one.name not in texts(page)


def test_the_next_stop_says_what_for_and_which_hours(page: TodayPage) -> None:
    """Aim, eight hours and the number of visits they rest on are there; the map has the stops."""
    assert "Rests on 0 visits here and on similar places." in texts(page)
    assert page.next._goal.text()
    assert len(page.next.strip._hours) == 8
    assert len(page.map._marks.stops) == page._digest.plan.stops  # type: ignore[union-attr]


def test_notes_are_codes_for_strangers(
    session: Session, background: InlineBackground, qtbot: QtBot
) -> None:
    """Who is on watch has a code at the door; what it means is said only to who reveals."""
    for who in fill(session.store):
        with session.store.write() as tx:
            tx.append([NewEvent("flag", who, NOW, {"flag": 256, "on": True, "reason": "x"})])
    make_plan(session.store, DAY, clock=session.clock, iterations=50)
    page = show(session, background, qtbot)
    (one,) = (stop for stop in page._digest.ahead if stop is not None)  # type: ignore[union-attr]
    assert one.notes == ("W",)
    assert notes(page)[-1] == "Code W"
    page.next.eye.click()
    assert notes(page)[-1] == "On watch: the lead follows this case"


def test_the_code_opens_the_way(page: TodayPage) -> None:
    """Q shows a code that a phone reads: a position and nothing of the person."""
    QTest.keyClick(page, Qt.Key.Key_Q)
    (dialog,) = page.findChildren(QrDialog)
    (code,) = dialog.findChildren(QrCode)
    image = code.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = [bytes(image.constScanLine(y))[: image.width()] for y in range(image.height())]
    pixels = np.array([list(row) for row in rows], np.uint8)
    (read,) = zxingcpp.read_barcodes(pixels)
    assert read.text.startswith("https://uri.amap.com/navigation?to=")
    dialog.accept()


def test_one_key_plans_on(page: TodayPage, session: Session) -> None:
    """O leads to the plan screen, which asks what came up."""
    wanted: list[tuple[str, object]] = []
    session.wanted.connect(lambda key, what: wanted.append((key, what)))
    QTest.keyClick(page, Qt.Key.Key_O)
    assert wanted == [("plan", "on")]


def test_a_day_is_told_by_keys(
    page: TodayPage, session: Session, background: InlineBackground
) -> None:
    """E opens the day of the crew; times, odometer and a receipt are kept, shown and undone."""
    crew = page._digest.rounds[0].crew_id  # type: ignore[union-attr]
    QTest.keyClick(page, Qt.Key.Key_E)
    dialog = page.trips.dialog
    assert isinstance(dialog, TripDialog)
    dialog.left.on.setChecked(True)
    dialog.begin.setText("52310")
    dialog.end.setText("52,441.5")
    dialog.add_line()
    dialog.lines[0].amount.setText("35")
    assert "driven 132 km" in dialog._sum.text()
    dialog.go.click()
    settle(background)
    trip = trip_of(session.store, crew, DAY)
    assert (trip.left, trip.metres) == (NOW, 131_500)
    assert [one.amount for one in trip.expenses] == [3_500]
    assert page.trips.dialog is None
    session.undo_stack.undo()
    settle(background)
    assert trip_of(session.store, crew, DAY) == Trip(crew, DAY)


def test_what_cannot_be_kept_is_said(page: TodayPage, background: InlineBackground) -> None:
    """A letter for a figure, and readings the wrong way round, are said; the dialog stays."""
    page.tell_trip(0)
    dialog = page.trips.dialog
    assert dialog is not None
    dialog.begin.setText("abc")
    dialog.go.click()
    assert "cannot be read" in dialog._wrong.text()
    dialog.begin.setText("9")
    dialog.end.setText("8")
    dialog.go.click()
    settle(background)
    assert "below the one at the start" in dialog._wrong.text()
    assert page.trips.dialog is dialog
    dialog.reject()


def test_kilometres_as_typed() -> None:
    """With or without commas; nothing is nothing."""
    assert parse_km("52,310.5") == 52_310_500
    assert parse_km(" ") is None
    with pytest.raises(ValueError, match="abc"):
        parse_km("abc")


def test_who_is_not_back(page: TodayPage, session: Session) -> None:
    """Before, out, overdue and home are told apart, each with its time."""
    one = page._digest.rounds[0]  # type: ignore[union-attr]
    start_trip(session.store, one.crew_id, DAY, clock=session.clock, at=NOW)
    out = Trip(one.crew_id, DAY, left=NOW)
    home = Trip(one.crew_id, DAY, left=NOW, back=one.back, told=90_000)
    late = one.back + timedelta(minutes=40)
    seen = [
        (back_state(view, now), state_words(view, now, ZONE).split()[0])
        for view, now in (
            (one, NOW),
            (_with(one, out), NOW),
            (_with(one, out), late),
            (_with(one, home), late),
        )
    ]
    assert [state for state, _word in seen] == ["planned", "out", "overdue", "home"]
    assert [word for _state, word in seen][1:] == ["out,", "not", "back"]


def _with(one: RoundView, trip: Trip) -> RoundView:
    return replace(one, trip=trip)


def test_expenses_of_the_month(
    page: TodayPage, session: Session, background: InlineBackground, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The button writes the spreadsheet where the user wants it."""
    out = tmp_path / "e.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a: (str(out), ""))
    page.crews.spent.click()
    settle(background)
    assert out.exists()


def test_reasons_in_words() -> None:
    """Every reason has words with its crew and figure."""
    codes = ("late", "absent", "car", "rain", "ill", "urgent", "settled")
    said = [because_words(Because(NOW, code, "k", 2), "Crew") for code in codes]
    assert len(set(said)) == len(codes)
    assert said[0] == "Crew late by 2 min"
    assert said[3] == "Ways take 2 % longer"


def test_quick_reasons(session: Session, background: InlineBackground, qtbot: QtBot) -> None:
    """Each of the six buttons says its thing; what was said is what is planned on with, and the
    reason stands on the page of the day once the plan is taken."""
    fill(session.store)
    plan = make_plan(session.store, DAY, clock=session.clock, iterations=50)
    page = PlanPage(session)
    qtbot.addWidget(page)
    page.resize(1240, 660)
    page.show()
    background.settle()
    page.show_item("on")
    settle(background)
    pane = page.view.plan_on
    late, car, rain, ill, urgent, paid = pane.quick
    late.click()
    car.click()
    rain.click()
    ill.click()
    urgent.click()
    assert "not in the plan" in pane._note.text()
    first, second = (stop.debtor_id for stop in plan.routes[0].stops[:2])
    page.select(second)
    settle(background)
    paid.click()
    pane.blocks[0].ill[0].setChecked(True)
    told = pane.situation()
    crew = plan.routes[0].crew_id
    assert told == Situation(
        late={crew: 1800}, stands={crew: 60}, slower=120, assume_made=True,
        ill={crew: frozenset([told_id(told.ill)])}, settled=frozenset([second]),
    )  # fmt: skip
    assert told.noon(NOW) == Noon(
        {crew: NOW + timedelta(hours=1)}, 120, told.ill, frozenset(), frozenset([second])
    )
    page.offers.plan_on(Situation(slower=120, settled=frozenset([second])))
    settle(background)
    assert page.offers.proposal is not None
    assert first in {s.debtor_id for s in page.offers.proposal.plan.routes[0].stops}
    page.offers.take()
    settle(background)
    today = show(session, background, qtbot)
    assert "Ways take 20 % longer" in texts(today)
    assert "1 case settled" in texts(today)


def told_id(ill: object) -> str:
    """The only collector who is ill."""
    ((one,),) = ill.values()  # type: ignore[attr-defined]
    return str(one)
