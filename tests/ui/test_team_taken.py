"""Routes that laptops submitted, before the lead: the difference, what speaks against it, leaving
somebody out, and what happened meanwhile."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

import pytest
from inline import InlineBackground
from looks import clipped, texts
from people import fill
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.actions.edit_plan import save_edit
from planner.actions.make_plan import make_plan
from planner.actions.team import assign
from planner.domain.plan import Plan
from planner.store.plans import load_plan, plan_to_json
from planner.store.team import APPROVED
from ui import i18n
from ui.pages.team import TeamPage
from ui.session import Session

DAY = date(2026, 11, 24)
Arrives = Callable[[Sequence[str]], None]


@pytest.fixture
def plan(session: Session) -> Plan:
    """A round of six; the last of it is the crew mate's, the others are those of the laptop."""
    ids = fill(session.store)
    assign(session.store, dict.fromkeys(ids, "c1"), reason="split", by="", clock=session.clock)
    plan = make_plan(session.store, DAY, clock=session.clock, iterations=50)
    mate = {plan.routes[0].stops[-1].debtor_id: "c2"}
    assign(session.store, mate, reason="split", by="", clock=session.clock)
    session.set_day(DAY)
    return now(session)


@pytest.fixture
def arrives(session: Session, plan: Plan) -> Arrives:
    """The laptop of the first collector submits these persons, and whom it left out."""

    def come(ids: Sequence[str]) -> None:
        (route,) = plan.routes
        stops = {stop.debtor_id: stop for stop in route.stops}
        left = tuple(one for one in plan.not_planned if one.debtor_id not in ids)
        routes = (replace(route, stops=tuple(stops[who] for who in ids)),)
        body = json.dumps(plan_to_json(replace(plan, routes=routes, not_planned=left)))
        row = (plan.plan_id, route.crew_id, "c1", DAY.toordinal(), 0, b"b" * 16, body)
        with session.store.write() as tx:
            tx.conn.execute("INSERT OR REPLACE INTO submitted VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    return come


@pytest.fixture
def page(
    session: Session, plan: Plan, background: InlineBackground, qtbot: QtBot
) -> Iterator[TeamPage]:
    """The page over that plan; no error was left to the window."""
    assert len(plan.routes[0].stops) == 6
    troubles: list[BaseException] = []
    session.troubled.connect(troubles.append)
    page = TeamPage(session)
    qtbot.addWidget(page)
    page.resize(1248, 660)
    page.show()
    background.settle()
    yield page
    background.settle()
    assert troubles == []


def now(session: Session) -> Plan:
    """The plan of the day as it is saved."""
    with session.store.read() as conn:
        plan = load_plan(conn, DAY)
    assert plan
    return plan


def stops(session: Session) -> list[str]:
    """Who is in the one round."""
    return [stop.debtor_id for stop in now(session).routes[0].stops]


def look(page: TeamPage, background: InlineBackground) -> None:
    """Look at the routes, at the submitted one."""
    page.show_item("plans")
    page.plans.refresh()
    background.settle()
    page.plans.table.go_to(0)


def test_a_difference_is_shown_and_taken_over(
    page: TeamPage, arrives: Arrives, session: Session, background: InlineBackground
) -> None:
    """Another order differs by times alone: the mate's person stays and is named so. A approves it
    and takes it over in one deed, which one undo takes back."""
    before = stops(session)
    mine = [before[1], before[0], *before[2:-1]]
    arrives(mine)
    look(page, background)
    shown = "\n".join(texts(page.plans.taken))
    assert "visit less" not in shown
    assert "at another time" in shown
    assert "1 visit stays that the laptop does not decide about" in shown
    QTest.keyClick(page.plans.table, Qt.Key.Key_A)
    background.settle()
    assert stops(session) == [*mine, before[-1]]
    assert {row.review.state for row in page.plans.model.rows} == {APPROVED}
    assert page.plans.taken.isHidden()
    session.undo_stack.undo()
    background.settle()
    assert stops(session) == before


def test_a_refused_person_is_left_out(
    page: TeamPage, arrives: Arrives, session: Session, background: InlineBackground
) -> None:
    """With a fault nothing can be approved; leaving that person out by keyboard clears the way, and
    putting back closes it again."""
    before = stops(session)
    arrives(before[:-1])
    given = before[2]
    assign(session.store, {given: "c2"}, reason="split", by="", clock=session.clock)
    gone = [one for one in before if one != given]
    (route,) = now(session).routes
    left = tuple(stop for stop in route.stops if stop.debtor_id != given)
    shorter = replace(now(session), routes=(replace(route, stops=left),))
    save_edit(session.store, shorter, clock=session.clock)
    look(page, background)
    panel = page.plans
    assert any("is not assigned to 周平 any more" in text for text in texts(panel.taken))
    assert not panel.approve.isEnabled()
    panel.approve_it()
    background.settle()
    assert stops(session) == gone
    (out,) = panel.taken.outs
    assert out.accessibleName().startswith("Leave ")
    assert page.plans.all.nextInFocusChain() is out
    out.setFocus()
    QTest.keyClick(out, Qt.Key.Key_Space)
    background.settle()
    assert panel.approve.isEnabled()
    assert page.window().focusWidget() is panel.taken.back  # not on Approve by mistake
    panel.taken.back.click()
    background.settle()
    assert not panel.approve.isEnabled()
    panel.taken.outs[0].click()
    background.settle()
    panel.approve.click()
    background.settle()
    assert stops(session) == gone
    assert {row.review.state for row in panel.model.rows if row.sent} == {APPROVED}


def test_what_changed_meanwhile_is_said_and_shown(
    page: TeamPage, arrives: Arrives, session: Session, background: InlineBackground
) -> None:
    """A plan that was changed after the look is not saved over: words, and the page is read anew; a
    route that cannot be taken over at all says why on its own row."""
    before = stops(session)
    arrives([before[1], before[0], *before[2:-1]])
    look(page, background)
    (route,) = now(session).routes
    longer = replace(now(session), routes=(replace(route, longer=600),))
    save_edit(session.store, longer, clock=session.clock)
    page.plans.approve_it()
    background.settle()
    assert "was changed at the same moment" in page.plans.refusal.accessibleName()
    assert stops(session) == before
    assert page.plans.approve.isEnabled()
    arrives([before[0], before[0]])
    look(page, background)
    assert not page.plans.approve.isEnabled()
    assert any("is not what the program writes" in text for text in texts(page.plans.taken))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_nothing_of_a_submitted_route_is_clipped(
    page: TeamPage, arrives: Arrives, session: Session, background: InlineBackground,
    qapp: QApplication, language: str,
) -> None:  # fmt: skip
    """Differences and faults fit the smallest window in both languages."""
    before = stops(session)
    arrives([before[1], before[0], *before[2:-1]])
    assign(session.store, {before[2]: "c2"}, reason="split", by="", clock=session.clock)
    assign(session.store, {before[3]: ""}, reason="split", by="", clock=session.clock)
    if language != "en":
        i18n.use(language)
    look(page, background)
    qapp.processEvents()
    assert len(page.plans.taken.outs) == 2
    assert clipped(page) == []
