"""Needs of a visit, set by hand on a person's page and told in the timeline."""

from datetime import date

import pytest
from inline import InlineBackground
from looks import texts
from people import fill
from pytestqt.qtbot import QtBot
from rounds import settle, show

from planner.actions.wanted import must_visit
from planner.store.people import load_debtor, timeline
from planner.store.store import Store
from ui import i18n
from ui.case.needs import NeedsDialog
from ui.case.view import Line
from ui.case.words import line_details, line_title
from ui.pages.case import CasePage
from ui.session import Session


@pytest.fixture
def page(
    empty_store: Store, qtbot: QtBot, session: Session, background: InlineBackground
) -> CasePage:
    """The page of the first of six persons."""
    made = CasePage(session)
    qtbot.addWidget(made)
    made.show_item(fill(empty_store)[0])
    show(made, background)
    return made


def needs(page: CasePage) -> tuple[str, ...]:
    with page.session.store.read() as conn:
        return load_debtor(conn, page._who).needs


def test_needs_are_set_shown_and_undone(page: CasePage, background: InlineBackground) -> None:
    """N opens the line of tags; they stand as chips on the page, and undo takes them away."""
    page._ask_needs()
    (dialog,) = page.findChildren(NeedsDialog)
    assert dialog.edit.text() == ""
    dialog.edit.setText("方言，two-person, Two Person")
    dialog.save.click()
    settle(background)
    assert needs(page) == ("方言", "two-person")
    page.refresh()
    settle(background)
    assert {"方言", "two-person"} <= set(texts(page))
    page.session.undo_stack.undo()
    settle(background)
    assert needs(page) == ()


def test_too_long_a_tag_cannot_be_saved(page: CasePage) -> None:
    """The button waits until every tag is short enough."""
    dialog = NeedsDialog(("方言",), page)
    assert dialog.edit.text() == "方言"
    dialog.edit.setText("x" * 31)
    assert not dialog.save.isEnabled()
    dialog.edit.setText("")
    assert dialog.save.isEnabled()
    assert dialog.tags == ()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_timeline_tells_needs_and_decisions(
    page: CasePage, background: InlineBackground, language: str
) -> None:
    """Needs and a lead's decision are lines with words in both languages."""
    i18n.use(language)
    session = page.session
    page._need(("方言",))
    settle(background)
    day = date(2026, 11, 25)
    for on in (True, False):
        must_visit(
            session.store, page._who, day, on, reason="court", by="lead", clock=session.clock
        )
    with session.store.read() as conn:
        told = [e for e in timeline(conn, page._who) if e.kind in ("needs", "must")]
    lines = [Line(entry, False) for entry in told]
    titles = [line_title(line, session.store.zone) for line in lines]
    assert not {"needs", "must"} & set(titles)
    assert "2026-11-25" in titles[1]
    assert titles[1] != titles[2]
    assert line_details(lines[0], session.store.zone) == "方言"
    assert line_details(lines[1], session.store.zone) == "court · lead"
    i18n.use("en")
