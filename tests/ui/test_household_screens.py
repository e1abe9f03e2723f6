"""Two people behind one door on the screens: one stop, two outcomes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from inline import InlineBackground
from looks import texts
from people import fill
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from rounds import DAY, NOW, Keys, late_clock, save_round, settle, show

from planner.store.events import next_id
from planner.store.facts import load_contacts
from planner.store.known import load_debtors
from planner.store.plans import load_plan, save_plan
from planner.store.store import NewEvent, Store
from ui import formats
from ui.pages.results import ResultsPage
from ui.pages.today import TodayPage
from ui.session import Session
from ui.today import next_stop
from ui.today.marks import round_marks


@pytest.fixture
def ids(empty_store: Store) -> list[str]:
    """Four persons in the order of the round; the first two are one stop."""
    found = fill(empty_store, 4)
    save_round(empty_store, found, DAY)
    with empty_store.read() as conn:
        plan = load_plan(conn, DAY)
    assert plan is not None
    (route,) = plan.routes
    first, second, *others = route.stops
    first = replace(first, door="d")
    second = replace(second, door="d", arrive=first.arrive, start=first.leave)
    joint = replace(plan, plan_id="joint", routes=(replace(route, stops=(first, second, *others)),))
    with empty_store.write() as tx:
        save_plan(tx, joint, b"", next_id(NOW))
    return found


@pytest.fixture
def session(empty_store: Store, background: InlineBackground) -> Session:
    """A session in the afternoon of the round."""
    return Session(empty_store, late_clock, background)  # type: ignore[arg-type]


@pytest.fixture
def opened(
    qtbot: QtBot, session: Session, ids: list[str], background: InlineBackground
) -> Callable[[type[ResultsPage] | type[TodayPage]], ResultsPage | TodayPage]:
    """Opens a page on the day of the round."""

    def make(kind: type[ResultsPage] | type[TodayPage]) -> ResultsPage | TodayPage:
        session.set_day(DAY)
        page = kind(session)
        qtbot.addWidget(page)
        show(page, background)
        return page

    return make


def names(store: Store, ids: list[str]) -> list[str]:
    """The masked names of these persons."""
    with store.read() as conn:
        known = load_debtors(conn, ids)
    return [formats.mask_name(known[who].name) for who in ids]


def visits(store: Store, who: str) -> list[str]:
    """Codes of the visits to a person."""
    with store.read() as conn:
        return [c.code for c in load_contacts(conn, who) if c.code.startswith("VIS")]


def test_one_recorded_leaves_the_other_open(
    opened: Callable[..., ResultsPage], session: Session, ids: list[str],
    background: InlineBackground,
) -> None:  # fmt: skip
    """Results numbers doors, names the other at the head of each, and what is chosen, foretold and
    written is of the one person alone; the page goes on to the other one."""
    page = opened(ResultsPage)
    keys = Keys(page, background)
    first, second = names(session.store, ids[:2])
    assert [line.number for line in page.stops.model.rows] == [1, 1, 2, 3]
    assert page.recorder.line is not None
    assert page.recorder.line.debtor_id == ids[0]
    assert f"same stop as {second}: speak with each alone" in "\n".join(texts(page.recorder.head))
    keys.press("6")
    after = page.recorder._after.text()
    assert after.startswith("After saving: No visit until")
    assert second not in after
    keys.press(Qt.Key.Key_Return)
    assert visits(session.store, ids[0]) == ["VIS-NC"]
    assert visits(session.store, ids[1]) == []
    assert page.recorder.line.debtor_id == ids[1]
    assert page.stops.model.rows[1].visited is None
    assert f"same stop as {first}" in "\n".join(texts(page.recorder.head))
    assert not page.recorder._notice.isVisible()


def test_the_next_stop_names_both(
    opened: Callable[..., TodayPage], session: Session, ids: list[str],
    background: InlineBackground,
) -> None:  # fmt: skip
    """Today names both, masked; after one outcome the next stop is the same door with the other
    person, and still names both. One pin stands for them."""
    page = opened(TodayPage)
    first, second = names(session.store, ids[:2])
    who = page.next._who
    assert who.text().startswith(f"{first} · {second} · ")
    told = page._digest
    assert told is not None
    assert told.plan is not None
    marks = round_marks(told.plan, told.rounds, {}, "Asia/Shanghai")
    assert [stop.number for stop in marks.stops] == [1, 2, 3]
    with session.store.write() as tx:
        tx.append([NewEvent("contact", ids[0], NOW, {"channel": "visit", "code": "VIS-NC"})])
    page.refresh()
    settle(background)
    assert page.next._stop is not None
    assert (page.next._stop.debtor_id, page.next._stop.number) == (ids[1], 1)
    assert who.text().startswith(f"{second} · {first} · ")


def test_what_to_heed_is_said_of_both(
    opened: Callable[..., TodayPage], session: Session, ids: list[str]
) -> None:
    """Where a visit to one of the couple was broken off for safety, the crew reads it before it
    goes to that door, whoever of the two is first."""
    with session.store.write() as tx:
        at = NOW - timedelta(days=40)
        payload = {"channel": "visit", "code": "VIS-ABORT-SAFE"}
        tx.append([NewEvent("contact", ids[1], at, payload)])
    page = opened(TodayPage)
    assert page.next._stop is not None
    assert page.next._stop.debtor_id == ids[0]
    assert next_stop.BROKEN_OFF in page.next._stop.notes
