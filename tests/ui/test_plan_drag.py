"""Stops carried by a real pointer: pressed, moved and let go in the window, not in the widget."""

from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from inline import InlineBackground
from people import fill
from plan_day import carry, message, other_crew, planned
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from planner.actions.make_plan import make_plan
from planner.store.plans import load_plan
from ui.pages.plan import PlanPage
from ui.session import Session

DAY = date(2026, 11, 23)
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def page_with(
    qtbot: QtBot, background: InlineBackground, session: Session
) -> Callable[[float, float], PlanPage]:
    """The screen with a plan for six people, and a second crew that works between two hours."""

    def open_it(begin: float, end: float) -> PlanPage:
        fill(session.store, 6)
        make_plan(session.store, DAY, clock=session.clock, iterations=200)
        other_crew(session.store, begin, end)
        # Planned once more, so that the second crew has a round: everybody stays where he is.
        with session.store.read() as conn:
            before = load_plan(conn, DAY)
        assert before is not None
        page = PlanPage(session)
        qtbot.addWidget(page)
        page.resize(1270, 640)
        page.show()
        qtbot.waitExposed(page)
        background.settle()
        for route in before.routes:
            for stop in route.stops:
                page.deeds.lock(stop.debtor_id, True)
        background.settle()
        page.deeds.seconds = 0.05
        page.create_plan()
        background.settle()
        for stops in planned(page).values():
            for who in stops:
                page.deeds.lock(who, False)
        background.settle()
        return page

    return open_it


def lane_of(page: PlanPage, crew_id: str) -> int:
    """The lane of a crew."""
    return next(k for k, lane in enumerate(page.bar.lanes) if lane.crew_id == crew_id)


def spot(page: PlanPage, crew_id: str, hour: float) -> QPoint:
    """The pixel of an hour in a crew's lane."""
    ruler = page.bar.ruler
    return QPoint(int(ruler.x(hour * 3600)), int(ruler.top(lane_of(page, crew_id))) + 20)


def test_along_the_day(
    page_with: Callable[[float, float], PlanPage], background: InlineBackground
) -> None:
    """The first stop let go behind the last one is the last; the plan that is stored says so."""
    page = page_with(10, 16)
    before = planned(page)["k1"]
    carry(page.bar, page.bar.block_rect(before[0]).center(), spot(page, "k1", 17.8))
    background.settle()
    assert message(page) == ""
    assert planned(page)["k1"] == [*before[1:], before[0]]
    with page.session.store.read() as conn:
        stored = load_plan(conn, DAY)
    assert stored is not None
    assert [s.debtor_id for r in stored.routes for s in r.stops] == [*before[1:], before[0]]


def test_to_another_crew_and_back_by_undo(
    page_with: Callable[[float, float], PlanPage], background: InlineBackground
) -> None:
    """A stop let go in the other lane is that crew's, with the difference in figures; undo brings
    it back."""
    page = page_with(10, 16)
    before = planned(page)
    who = before["k1"][2]
    carry(page.bar, page.bar.block_rect(who).center(), spot(page, "k2", 12))
    background.settle()
    assert message(page) == ""
    assert planned(page) == {"k1": [w for w in before["k1"] if w != who], "k2": [who]}
    said = page.foot.totals.text().splitlines()
    assert said[1].startswith("Last change: ")
    assert "km" in said[1]
    page.session.undo_stack.undo()
    background.settle()
    assert planned(page) == before


def test_to_ten_past_ten_at_night(
    page_with: Callable[[float, float], PlanPage], background: InlineBackground
) -> None:
    """Let go at 22:10 the stop stays where it was, and the rule is named with its source."""
    page = page_with(22.1, 23.5)
    before = planned(page)
    count = page.session.undo_stack.count()
    carry(page.bar, page.bar.block_rect(before["k1"][0]).center(), spot(page, "k2", 22 + 1 / 6))
    background.settle()
    assert message(page).startswith("Not changed: ")
    assert "22:00" in message(page)
    assert "(" in message(page)
    assert planned(page) == before
    assert page.session.undo_stack.count() == count


def test_let_go_where_it_was(
    page_with: Callable[[float, float], PlanPage], background: InlineBackground
) -> None:
    """Carried about and put back into its place, a stop asks for nothing."""
    page = page_with(10, 16)
    who = planned(page)["k1"][1]
    start = page.bar.block_rect(who).center()
    count = page.session.undo_stack.count()
    carry(page.bar, start, start + QPoint(5, 9))
    background.settle()
    assert page.session.undo_stack.count() == count
    assert page.selected == who


def test_on_a_running_day_nothing_goes_into_the_past(
    page_with: Callable[[float, float], PlanPage], background: InlineBackground
) -> None:
    """While the crew is at its second stop neither the first is moved nor another put before it,
    and the screen says why; what lies ahead is exchanged, and begins after now."""
    page = page_with(10, 16)
    crew_id, before = page.bar.lanes[0].crew_id, page.bar.lanes[0].blocks
    with page.session.store.read() as conn:
        plan = load_plan(conn, DAY)
    assert plan is not None
    now = plan.routes[0].stops[1].start + timedelta(minutes=5)
    page.session.clock = lambda: now
    for block, place in ((before[0], 3), (before[-1], 0)):
        page.deeds.move(block.debtor_id, crew_id, place)
        background.settle()
        assert message(page).startswith(f"Not changed: It is {now.astimezone(ZONE):%H:%M}")
        assert page.bar.lanes[0].blocks == before
    page.deeds.move(before[3].debtor_id, crew_id, 2)
    background.settle()
    after = page.bar.lanes[0].blocks
    assert after[:2] == before[:2]
    assert [b.debtor_id for b in after[2:4]] == [before[3].debtor_id, before[2].debtor_id]
    assert all(b.start >= before[1].leave for b in after[2:])
