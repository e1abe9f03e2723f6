"""One person: masked until revealed, permission to contact, timeline with undo."""

from datetime import timedelta

import pytest
from inline import InlineBackground
from looks import clipped, texts
from people import NOW, fill
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from rounds import NASTY, rename, settle, show

from planner.actions.outcomes import Outcome
from planner.actions.record import record
from planner.actions.reveals import reveals
from planner.domain.codes import Channel
from planner.export import told
from planner.store.state import derived_hash
from planner.store.store import NewEvent, Store
from ui import i18n, theme
from ui.case import words
from ui.case.view import load_person
from ui.models.tips import plain_tip
from ui.pages.case import CasePage
from ui.session import Session


@pytest.fixture
def who(empty_store: Store) -> str:
    """The first of six persons."""
    return fill(empty_store)[0]


@pytest.fixture
def page(qtbot: QtBot, session: Session, who: str, background: InlineBackground) -> CasePage:
    """The page on that person."""
    page = CasePage(session)
    qtbot.addWidget(page)
    page.show_item(who)
    show(page, background)
    return page


def visit(session: Session, who: str, code: str = "VIS-NC", result: str = "") -> bytes:
    """Record a visit some minutes ago."""
    outcome = Outcome(who, code, NOW - timedelta(minutes=20), result=result)
    return record(session.store, outcome, clock=session.clock).batch


def test_masked_until_revealed(
    page: CasePage, session: Session, who: str, background: InlineBackground
) -> None:
    """Name, number and address appear on one press, and that somebody looked is an entry."""
    shown = " ".join(texts(page))
    assert "张*" in shown
    for secret in ("张伟", "13800000000", "和平路"):
        assert secret not in shown
    page.head.eye.click()
    settle(background)
    shown = " ".join(texts(page))
    for secret in ("张伟", "13800000000", "和平路1号"):
        assert secret in shown
    (look,) = reveals(session.store)
    assert (look.debtor_id, look.where) == (who, "case")
    page.head.eye.click()
    assert "张伟" not in " ".join(texts(page))


def test_masked_again_when_left(page: CasePage) -> None:
    """Another page, another person: nothing stays open."""
    page.head.eye.click()
    page.hide()
    assert "张伟" not in page.head._name.text()


def test_hostile_name_is_plain_text(
    page: CasePage, session: Session, who: str, background: InlineBackground
) -> None:
    """A revealed name with markup is shown letter by letter."""
    rename(session.store, who, NASTY)
    page.refresh()
    settle(background)
    page.head.eye.click()
    assert page.head._name.text() == NASTY
    assert page.head._name.textFormat() is Qt.TextFormat.PlainText
    assert "&lt;img" in plain_tip(NASTY)
    assert plain_tip("a & b") == "a & b"


def test_why_this_rank(page: CasePage, session: Session, who: str) -> None:
    """Points, the sentence of money, tries and objective come from the explanation."""
    view = load_person(session.store, who, session.day, session.clock())
    assert view.standing is not None
    why = view.standing.why
    assert abs(50 + sum(value for _key, value in why.parts) - why.points) < 1e-9
    shown = texts(page.why)
    assert f"{min(99, max(1, why.points)):.0f}" in shown
    assert i18n.code(f"ranking.objective.{why.objective}") in shown
    assert any(f"Place {view.standing.rank} of {view.standing.ready}" in t for t in shown)


def test_may_i_contact_now(
    page: CasePage, session: Session, who: str, background: InlineBackground
) -> None:
    """Before 09:00 no visit: rule, source and next moment in words; a call is allowed."""
    name, chip, sentence, more = page.check.rows[Channel.CALL]
    assert (name.text(), chip.text()) == ("Call", "Yes")
    assert "left today" in sentence.text()
    _name, chip, sentence, more = page.check.rows[Channel.VISIT]
    assert chip.text() == "Not now"
    assert sentence.text() == i18n.code("rule.cn.house.hours")
    assert "Permitted again from 2026-11-23 09:00 on." in more.text()
    assert "Source: " in more.text()


def test_flags_and_holds_are_chips(
    page: CasePage, session: Session, who: str, background: InlineBackground
) -> None:
    """Hardship and an open dispute stand in the head; the rank says why there is no visit."""
    with session.store.write() as tx:
        tx.append(
            [
                NewEvent("flag", who, NOW, {"flag": 16, "on": True}),
                NewEvent("hold", who, NOW, {"hold_id": "h", "kind": 0, "reason": "disputed"}),
            ]
        )
    page.refresh()
    settle(background)
    shown = texts(page.head)
    assert {"hardship", "Paused: disputed"} <= shown
    assert i18n.code("rule.gate.dispute") in texts(page.why)


def test_timeline_is_newest_first_and_filtered(
    page: CasePage, session: Session, who: str, background: InlineBackground
) -> None:
    """A promise stands under money with its state, calls under contacts, the list under data."""
    outcome = Outcome(who, "VIS-RPC", NOW - timedelta(minutes=20), result="OUT-PTP",
                      amount=10_000, due=NOW.date() + timedelta(days=7))  # fmt: skip
    record(session.store, outcome, clock=session.clock)
    page.refresh()
    settle(background)
    lines = page.timeline._model.lines
    assert [line.entry.at for line in lines] == sorted(
        (line.entry.at for line in lines), reverse=True
    )
    page.timeline._pick(page.timeline._chips["money"])
    (line,) = page.timeline._model.lines
    zone = session.store.zone
    assert words.line_title(line, zone) == "promised CNY 100.00 by 2026-11-30"
    assert "still open" in words.line_details(line, zone)


def test_undo_from_the_timeline(
    page: CasePage, session: Session, who: str, background: InlineBackground
) -> None:
    """Delete takes back the deed, the line stays and is struck through; Ctrl+Z brings it back."""
    with session.store.read() as conn:
        before = derived_hash(conn)
    visit(session, who)
    with session.store.read() as conn:
        after = derived_hash(conn)
    page.refresh()
    settle(background)
    view = page.timeline.view
    view.setCurrentIndex(page.timeline._model.index(0))
    assert page.timeline._undo.isEnabled()
    QTest.keyClick(view, Qt.Key.Key_Delete)
    settle(background)
    with session.store.read() as conn:
        assert derived_hash(conn) == before
    first = page.timeline._model.lines[0]
    assert first.entry.undone
    assert "undone" in words.line_details(first, session.store.zone)
    assert not page.timeline._undo.isEnabled()
    session.undo_stack.undo()
    settle(background)
    with session.store.read() as conn:
        assert derived_hash(conn) == after
    assert not page.timeline._model.lines[0].entry.undone


def test_what_an_import_brought_is_not_undone_here(
    page: CasePage, session: Session, who: str
) -> None:
    """An import concerns many persons: its lines offer no undo on this page."""
    with session.store.write() as tx:
        tx.append(
            [
                NewEvent("import", "", NOW, {"files": []}),
                NewEvent("payment", who, NOW - timedelta(days=1), {"amount": 5}),
            ]
        )
    view = load_person(session.store, who, session.day, session.clock())
    by_kind = {line.entry.kind: line.can_undo for line in view.lines}
    assert by_kind["payment"] is False
    assert by_kind["person.listed"] is False


def test_without_an_open_case(
    page: CasePage, session: Session, who: str, background: InlineBackground
) -> None:
    """Somebody who paid everything has no rank, and the page says so."""
    case = {
        "case_id": "远山/0000", "lender": "远山", "contract_no": "0000", "product": "",
        "amount_overdue": 0, "overdue_since": "2026-09-01", "status": "paid",
    }  # fmt: skip
    with session.store.write() as tx:
        tx.append([NewEvent("person.listed", who, NOW, {"cases": [case]})])
    page.refresh()
    settle(background)
    assert "No case is open." in texts(page.head)
    assert "No case is open, so there is no rank." in texts(page.why)


def test_every_kind_has_words(session: Session) -> None:
    """Flags, pauses, grades and kinds of addresses all have a word, also in Chinese."""
    i18n.use("zh_CN")
    known = (
        told.CODES, told.RESULTS, told.FLAGS, told.HOLDS, told.REASONS, told.GRADES,
        told.CHANNELS, told.PROMISES, told.MEANS, told.PLAIN, told.EXPORTS, words.KINDS,
    )  # fmt: skip
    for table in known:
        for word in table.values():
            assert i18n._(word) != word


def test_unknown_person_is_said_in_words(
    qtbot: QtBot, session: Session, background: InlineBackground
) -> None:
    """An id that is not in the workspace gives a sentence, no dialog."""
    page = CasePage(session)
    qtbot.addWidget(page)
    page.show_item("PNOBODY")
    show(page, background)
    assert page._message.isVisible()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_is_clipped(
    page: CasePage, dressed: object, language: str, look: str, background: InlineBackground
) -> None:
    """Both languages and themes, masked and revealed: every word has room."""
    theme.apply(dressed, look)  # type: ignore[arg-type]
    i18n.use(language)
    settle(background)
    assert clipped(page) == []
    page.head.eye.click()
    settle(background)
    assert clipped(page) == []
