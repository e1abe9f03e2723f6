"""Rounds on the plan page: along the roads where a pack knows them; what is said of estimates."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from demo_time import DEMO_DAY, demo_clock
from inline import InlineBackground
from pytestqt.qtbot import QtBot

from planner.actions.change import Change
from planner.actions.make_demo import bring_demo_roads
from planner.actions.make_plan import make_plan
from planner.geo import kept_travel
from planner.store.store import Store
from ui.pages.plan import PlanPage
from ui.plan.totals import legs_figure
from ui.session import Session


@pytest.fixture
def page(
    demo_store: Store,
    session_of: Callable[[Store], Session],
    background: InlineBackground,
    qtbot: QtBot,
) -> Iterator[PlanPage]:
    """The plan page on the demo's day, planned without roads."""
    make_plan(demo_store, DEMO_DAY, clock=demo_clock, iterations=50)
    session = session_of(demo_store)
    session.set_day(DEMO_DAY)
    page = PlanPage(session)
    qtbot.addWidget(page)
    page.show()
    page.refresh()
    background.settle()
    yield page
    page.shut()
    kept_travel.forget()


def corners(page: PlanPage) -> list[int]:
    """Of how many spots each line on the map is made."""
    return [len(line) for line in page.view.map._marks.lines()]


def test_rounds_follow_the_roads_once_there_is_a_pack(
    page: PlanPage, background: InlineBackground
) -> None:
    """Straight from stop to stop without roads, and every leg said to be estimated; with the pack
    the same rounds are drawn along it, and a new plan has nothing estimated."""
    session = page.session
    book = page.book
    assert book is not None
    assert book.plan is not None
    straight = [len(route.stops) + 2 for route in book.plan.routes if route.stops]
    assert corners(page) == straight
    legs = book.plan.legs[0]
    assert f"{legs} of {legs} legs are estimated" in page.foot.totals.text()
    bring_demo_roads(session.store.path)
    session.tell(Change.SETTINGS)
    background.settle()
    assert all(now > before for now, before in zip(corners(page), straight, strict=True))
    session.do(partial(_planned, session.store))
    background.settle()
    assert page.book is not None
    assert page.book.plan is not None
    assert page.book.plan.legs[1] == 0
    assert legs_figure(page.book.plan) is None
    assert "estimated" not in page.foot.totals.text()


def _planned(store: Store) -> tuple[None, Change]:
    make_plan(store, DEMO_DAY, clock=demo_clock, iterations=50)
    return None, Change.PLAN
