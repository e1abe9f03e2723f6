"""The case page: what next by one key, documents of a person that warn and are recorded."""

from datetime import timedelta
from pathlib import Path

import pytest
from inline import InlineBackground
from looks import clipped, texts
from people import NOW, fill
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from rounds import settle, show

from planner.actions.exports import exports
from planner.actions.next_step import steps_due
from planner.actions.outcomes import Outcome
from planner.actions.record import record
from planner.store.store import Store
from ui import i18n, theme
from ui.case.giving import GivingPaper
from ui.case.paper_options import PaperOptions
from ui.pages.case import CasePage
from ui.session import Session
from ui.widgets.paper import PaperDialog

PHONE, ADDRESS = "13800000000", "和平路"


@pytest.fixture
def who(empty_store: Store) -> str:
    """The first of six persons."""
    return fill(empty_store)[0]


@pytest.fixture
def page(qtbot: QtBot, session: Session, who: str, background: InlineBackground) -> CasePage:
    """The page on that person, who was not met this morning."""
    at = NOW - timedelta(minutes=20)
    record(session.store, Outcome(who, "VIS-NC", at), clock=session.clock)
    page = CasePage(session)
    qtbot.addWidget(page)
    page.show_item(who)
    show(page, background)
    return page


def test_one_key_accepts_what_is_proposed(
    page: CasePage, session: Session, who: str, background: InlineBackground
) -> None:
    """A takes the step on, the card says so, a second A does nothing; undo takes it back."""
    proposal = page.step.shown.proposal
    assert proposal is not None
    assert page.step.may_accept
    QTest.keyClick(page, Qt.Key.Key_A)
    settle(background)
    (step,) = steps_due(session.store, proposal.day)
    assert (step.debtor_id, step.means, step.part) == (who, proposal.means, proposal.part)
    assert "accepted" in texts(page.step)
    QTest.keyClick(page, Qt.Key.Key_A)
    settle(background)
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    settle(background)
    assert steps_due(session.store, proposal.day) == ()
    assert "proposed" in texts(page.step)


def test_done_and_dropped(page: CasePage, session: Session, background: InlineBackground) -> None:
    """A step that stands is ended by a press, and the next proposal is there."""
    page.step.accept.click()
    settle(background)
    page.step.drop.click()
    settle(background)
    assert page.step.shown.step is None
    assert page.step.may_accept
    titles = [page.timeline._model.data(page.timeline._model.index(row)) for row in range(2)]
    assert any("Next step" in str(title) for title in titles)


def dialog_of(giving: GivingPaper) -> tuple[PaperDialog, PaperOptions]:
    """The dialog that is open, with its choices."""
    assert giving.dialog is not None
    assert giving.options is not None
    return giving.dialog, giving.options


def test_a_look_records_nothing_and_saving_does(
    page: CasePage, session: Session, background: InlineBackground, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The document is shown before it is taken; masked it warns of nothing; saved, it is noted."""
    out = tmp_path / "d.pdf"
    monkeypatch.setattr("ui.case.giving.show_file", lambda _path: None)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(out), ""))
    page.timeline.paper.click()
    settle(background)
    dialog, options = dialog_of(page.paper)
    assert dialog.content.startswith(b"%PDF")
    assert any("personal data in clear" in text for text in texts(options))
    options.masked.setChecked(True)
    settle(background)
    assert not any("personal data in clear" in text for text in texts(options))
    assert exports(session.store) == []
    dialog.save.click()
    settle(background)
    assert out.read_bytes().startswith(b"%PDF")
    assert [one.what for one in exports(session.store)] == ["dossier+masked"]
    assert page.paper.dialog is None


def test_the_history_is_printed_as_filtered(page: CasePage, background: InlineBackground) -> None:
    """The groups in view go into the history alone; an explanation is never masked."""
    page.timeline._chips["contacts"].click()
    page.timeline.paper.click()
    settle(background)
    dialog, options = dialog_of(page.paper)
    options.masked.setChecked(True)
    options.kind.setCurrentIndex(options.kind.findData("history"))
    assert options.wish().groups == ("contacts",)
    options.kind.setCurrentIndex(options.kind.findData("explanation"))
    assert not options.wish().masked
    assert not options.masked.isVisible()
    settle(background)
    dialog.reject()
    assert dialog.content == b""


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_is_clipped(
    page: CasePage, dressed: object, language: str, look: str, background: InlineBackground
) -> None:
    """Card and dialog in both languages and themes: every word has room."""
    i18n.use(language)
    theme.apply(dressed, look)  # type: ignore[arg-type]
    page.resize(1160, 690)
    page.timeline.paper.click()
    settle(background)
    dialog, _options = dialog_of(page.paper)
    assert clipped(page.step) == []
    assert clipped(dialog) == []
    dialog.reject()
