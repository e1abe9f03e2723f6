"""Plans before the lead, the day, records that come back, reports: from the lead's side and from
the collector's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from inline import InlineBackground
from looks import texts
from people import NOW, fill
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from python_calamine import CalamineWorkbook

from planner.actions.day_records import day_records, given_back
from planner.actions.edit_plan import save_edit
from planner.actions.make_plan import make_plan
from planner.actions.outcomes import Outcome
from planner.actions.record import record
from planner.actions.reviews import return_plan, return_record, review_states, submit
from planner.actions.team import assign
from planner.domain.plan import Plan
from planner.store.team import COLLECTOR, set_role
from ui.outcomes import outcome_words
from ui.pages.team import TeamPage
from ui.session import Session
from ui.team.comment import CommentDialog
from ui.team.notes import PlanNote, RecordNote

DAY = date(2026, 11, 23)
EVENING = NOW + timedelta(hours=10)


@pytest.fixture
def plan(session: Session) -> Plan:
    """A plan with one visit recorded, of persons who are assigned."""
    ids = fill(session.store)
    assign(session.store, dict.fromkeys(ids, "c1"), reason="all", by="", clock=session.clock)
    plan = make_plan(session.store, DAY, clock=session.clock, iterations=50)
    first = plan.routes[0].stops[0]
    outcome = Outcome(first.debtor_id, "VIS-NC", first.start, note="dark windows", by=("c1",))
    record(session.store, outcome, clock=lambda: EVENING)
    session.clock = lambda: EVENING
    return plan


@pytest.fixture
def page(
    session: Session, plan: Plan, background: InlineBackground, qtbot: QtBot
) -> Iterator[TeamPage]:
    """The page over that plan."""
    assert plan.routes
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


def state(session: Session) -> str:
    """How the one route stands."""
    (one,) = review_states(session.store, DAY)
    return one.state


def write(dialog: CommentDialog | None, text: str, background: InlineBackground) -> None:
    """Fill in a comment and send it."""
    assert dialog is not None
    assert not dialog.go.isEnabled()
    dialog.edit.setPlainText(text)
    dialog.go.click()
    background.settle()


def test_a_route_is_approved_and_returned(
    page: TeamPage, session: Session, background: InlineBackground
) -> None:
    """A approves what is shown, R asks for a comment; what was said stands beside the route."""
    submit(session.store, DAY, "k1", by="周平", clock=session.clock)
    page.show_item("plans")
    background.settle()
    assert "1 route waits for you." in texts(page)
    QTest.keyClick(page.plans.table, Qt.Key.Key_A)
    background.settle()
    assert state(session) == "approved"
    assert not page.plans.approve.isEnabled()
    QTest.keyClick(page.plans.table, Qt.Key.Key_R)
    write(page.plans.dialog, "the village first", background)
    assert state(session) == "returned"
    assert any("the village first" in text for text in texts(page))
    session.undo_stack.undo()
    background.settle()
    assert state(session) == "approved"


def test_a_route_that_was_edited_since_is_not_approved(
    page: TeamPage, plan: Plan, session: Session, background: InlineBackground
) -> None:
    """Approved and edited: the list says so, and it can be approved anew."""
    page.show_item("plans")
    background.settle()
    page.plans.approve_all()
    background.settle()
    shorter = replace(plan.routes[0], stops=plan.routes[0].stops[:-1])
    save_edit(session.store, replace(plan, routes=(shorter,)), clock=session.clock)
    page.plans.refresh()
    background.settle()
    assert [row.review.state for row in page.plans.model.rows] == ["changed"]
    page.plans.approve_it()
    background.settle()
    assert state(session) == "approved"


def test_the_day_and_a_record_given_back(
    page: TeamPage, session: Session, background: InlineBackground
) -> None:
    """The day's figures add up; a record goes back with a comment and waits for its answer."""
    page.show_item("day")
    background.settle()
    (crew,) = page.day.model.rows
    assert crew.planned == crew.done + crew.skipped + crew.waiting
    assert crew.done == 1
    (one,) = page.day.records_model.rows
    assert (one.note, one.by) == ("dark windows", ("周平",))
    page.day.records.setFocus()
    QTest.keyClick(page.day.records, Qt.Key.Key_B)
    write(page.day.dialog, "who opened?", background)
    assert [g.returned.comment for g in given_back(session.store)] == ["who opened?"]
    assert not page.day.give_back.isEnabled()
    page.day.waiting.click()
    assert [row.returned.comment for row in page.day.given_model.rows] == ["who opened?"]
    session.undo_stack.undo()
    background.settle()
    assert given_back(session.store) == ()


def test_a_collector_answers(
    page: TeamPage, session: Session, background: InlineBackground
) -> None:
    """The comment stands on the collector's page and beside the record; the answer closes it."""
    (one,) = day_records(session.store, DAY)
    return_record(
        session.store,
        one.debtor_id,
        one.event_id,
        comment="who opened?",
        by="",
        clock=session.clock,
    )
    with session.store.write() as tx:
        set_role(tx.conn, COLLECTOR, "c1")
    note = RecordNote(session, page)
    note.show_person(one.debtor_id)
    page.refresh()
    background.settle()
    assert "who opened?" in note.accessibleName()
    assert outcome_words("VIS-NC", "") in note.accessibleName()  # which record it is
    assert [row.returned.comment for row in page.mine.given_model.rows] == ["who opened?"]
    page.mine.answer_it()
    write(page.mine.dialog, "nobody, I looked through the fence", background)
    assert given_back(session.store) == ()
    assert note.isHidden()
    (told,) = day_records(session.store, DAY)
    assert told.given is not None
    assert told.given.answer.startswith("nobody")


def test_a_returned_route_is_said_and_submitted_again(
    page: TeamPage, session: Session, background: InlineBackground
) -> None:
    """Only in a collector's workspace the bar speaks; its button puts the route up again."""
    note = PlanNote(session, page)
    return_plan(session.store, DAY, "k1", comment="later", by="", clock=session.clock)
    note._ask()
    background.settle()
    assert note.isHidden()
    with session.store.write() as tx:
        set_role(tx.conn, COLLECTOR, "c1")
    note._ask()
    background.settle()
    assert "later" in note.accessibleName()
    note.submit()
    background.settle()
    assert state(session) == "submitted"
    assert note.isHidden()


def test_a_report_is_shown_and_saved(
    page: TeamPage, background: InlineBackground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows of each cut add up to the total; the saved table has the same rows."""
    page.show_item("reports")
    background.settle()
    panel = page.reports
    for kind, chip in panel._cuts.items():
        chip.click()
        background.settle()
        assert panel.report is not None
        assert panel.report.kind == kind
        assert sum(row.done for row in panel.report.rows) == panel.report.total.done == 1
    out = tmp_path / "team.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a: (str(out), ""))
    panel.save("xlsx")
    background.settle()
    cells = [cell for line in CalamineWorkbook.from_path(out).get_sheet_by_index(0).to_python()
             for cell in line]  # fmt: skip
    assert "Total" in cells
