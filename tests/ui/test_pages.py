"""The window's own pages: states, words, what their buttons lead to."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from inline import InlineBackground
from looks import texts
from people import NOW, fill
from PySide6.QtWidgets import QSlider
from pytestqt.qtbot import QtBot

from planner.actions.change import Change
from planner.actions.make_plan import make_plan
from planner.actions.outcomes import Outcome
from planner.actions.rank import load_weights
from planner.actions.record import record
from planner.domain.plan import Plan
from planner.store.store import NewEvent
from ui.page import Page
from ui.pages.settings import SettingsPage
from ui.pages.today import TodayPage
from ui.session import Session
from ui.today.digest import load_digest, next_step

DAY = date(2026, 11, 23)


class Wishes:
    """Where the pages wanted to go."""

    def __init__(self, session: Session) -> None:
        self.wanted: list[tuple[str, object]] = []
        session.wanted.connect(self._note)

    def _note(self, key: str, what: object) -> None:
        self.wanted.append((key, what))


@pytest.fixture
def shown(qtbot: QtBot, background: InlineBackground) -> Callable[[Page], Page]:
    """Show a page as the window would and let its answers arrive."""

    def show(page: Page) -> Page:
        qtbot.addWidget(page)
        page.resize(1270, 660)
        page.show()
        background.settle()
        return page

    return show


def planned(session: Session) -> Plan:
    """A plan of the small workspace."""
    return make_plan(session.store, DAY, clock=session.clock, iterations=50)


def test_today_without_cases(session: Session, shown: Callable[[Page], Page]) -> None:
    """An empty workspace offers files and the sample, nothing else."""
    wishes = Wishes(session)
    page = shown(TodayPage(session))
    assert "Choose files" in texts(page)
    assert "Today's round" not in texts(page)
    page._start.linked.emit()  # type: ignore[attr-defined]
    assert wishes.wanted == [("imports", "sample")]


def test_today_before_the_plan(session: Session, shown: Callable[[Page], Page]) -> None:
    """With cases and no plan the next step is the plan, and its button leads there."""
    fill(session.store)
    wishes = Wishes(session)
    page = shown(TodayPage(session))
    assert "6 people may be visited on 2026-11-23" in texts(page)
    page._act.click()  # type: ignore[attr-defined]
    assert wishes.wanted == [("plan", "create")]


def test_steps_of_the_day(session: Session) -> None:
    """Plan, print, record, mend, next day: each state has its one next step."""
    fill(session.store)

    def step() -> str:
        return next_step(load_digest(session.store, DAY, session.clock, DAY))

    assert step() == "plan"
    plan = planned(session)
    assert step() == "print"
    stops = plan.routes[0].stops
    for stop in stops[:-1]:
        outcome = Outcome(stop.debtor_id, "VIS-NC", stop.start)
        record(session.store, outcome, clock=lambda: NOW + timedelta(hours=12))
        assert step() == "record"
    with session.store.write() as tx:
        hold = {"hold_id": "h", "kind": 0, "reason": "disputed"}
        tx.append([NewEvent("hold", stops[-1].debtor_id, NOW, hold)])
    assert step() == "check"
    outcome = Outcome(stops[-1].debtor_id, "VIS-NC", stops[-1].start)
    record(session.store, outcome, clock=lambda: NOW + timedelta(hours=12))
    assert step() == "tomorrow"


def test_a_day_that_is_over(session: Session, shown: Callable[[Page], Page]) -> None:
    """A past day without a plan offers no plan, only the way back to today."""
    fill(session.store)
    session.set_day(date(2026, 11, 20))
    page = shown(TodayPage(session))
    assert "2026-11-20 is over, and had no plan" in texts(page)
    page._act.click()  # type: ignore[attr-defined]
    assert session.day == DAY


def test_rest_day(session: Session) -> None:
    """On a Sunday nobody may be visited, and the next working day is named."""
    fill(session.store)
    sunday = date(2026, 11, 29)
    digest = load_digest(session.store, sunday, session.clock, DAY)
    assert next_step(digest) == "rest"
    assert digest.next_day == date(2026, 11, 30)


def test_today_shows_next_stop_and_changes(
    session: Session, shown: Callable[[Page], Page], background: InlineBackground, qtbot: QtBot
) -> None:
    """After a recorded visit the second stop is next; a stop that fell away is listed with why."""
    fill(session.store)
    plan = planned(session)
    first, last = plan.routes[0].stops[0], plan.routes[0].stops[-1]
    page = shown(TodayPage(session))
    record(
        session.store, Outcome(first.debtor_id, "VIS-NC", first.start),
        clock=lambda: NOW + timedelta(hours=12),
    )  # fmt: skip
    with session.store.write() as tx:
        hold = {"hold_id": "h", "kind": 0, "reason": "disputed"}
        tx.append([NewEvent("hold", last.debtor_id, NOW, hold)])
    session.tell(Change.CONTACTS)
    background.settle()
    assert "1 planned stop should not be visited any more" in texts(page)
    qtbot.waitUntil(lambda: "1 × nobody there" in texts(page))
    round_ = page._digest.rounds[0]  # type: ignore[attr-defined]
    assert round_.next.number == 2
    assert [stop.barred for stop in round_.stops if stop.barred] == ["gate.dispute"]


def test_hidden_page_waits(
    session: Session, shown: Callable[[Page], Page], background: InlineBackground
) -> None:
    """A page out of sight asks nothing when data changes, and asks when it is shown again."""
    page = shown(TodayPage(session))
    page.hide()
    before = len(background.ran)
    session.tell(Change.CASES)
    assert len(background.ran) == before
    page.show()
    assert len(background.ran) == before + 1


def test_weights_preview_and_apply(
    session: Session, shown: Callable[[Page], Page], background: InlineBackground, qtbot: QtBot
) -> None:
    """A moved slider shows what changes before anything is saved; Apply saves, undo takes back."""
    fill(session.store, 40)
    page = shown(SettingsPage(session))
    assert isinstance(page, SettingsPage)
    panel = page.priority
    slider = panel._dials["amount"].findChild(QSlider)
    assert slider is not None
    slider.setValue(4)
    panel._timer.timeout.emit()
    background.settle()
    assert panel._shift is not None
    assert len(panel._shift.enter) == len(panel._shift.leave)
    assert load_weights(session.store).amount == 1.0
    panel.apply()
    background.settle()
    assert load_weights(session.store).amount == 1.5
    session.undo_stack.undo()
    background.settle()
    assert load_weights(session.store).amount == 1.0
    assert panel._dials["amount"].weight == 1.0


def test_old_data_is_said(
    session: Session, shown: Callable[[Page], Page], background: InlineBackground
) -> None:
    """Data older than a day raises a bar that says how old it is and leads to the import."""
    fill(session.store)
    page = shown(TodayPage(session))
    assert isinstance(page, TodayPage)
    assert not page._message.isVisible()
    session.clock = lambda: NOW + timedelta(hours=30)
    page.refresh()
    background.settle()
    assert "33 hours ago" in page._message.accessibleName()
    wishes = Wishes(session)
    page._message.pressed.emit()
    assert wishes.wanted == [("imports", "choose")]
