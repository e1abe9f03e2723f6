"""The payment plan worked out with a person: figures, plans side by side, agreed by keyboard."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from inline import InlineBackground
from looks import clipped
from people import fill
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from rounds import settle, show

from planner.actions.outcomes import PlanTerms
from planner.actions.plans_agreed import AgreedPlan, load_terms, plans_of, save_terms
from planner.store.state import derived_hash
from planner.store.store import Store
from ui import i18n
from ui.dialogs.instalments import PlanDialog, open_plan_dialog
from ui.pages.case import CasePage
from ui.session import Session
from ui.settings.plan_terms import PlanTermsPanel

DAY = date(2026, 11, 23)


@pytest.fixture
def who(empty_store: Store) -> str:
    """Somebody with an open loan."""
    return fill(empty_store)[0]


@dataclass
class Desk:
    """A session with a bare window, and somebody to plan with."""

    session: Session
    background: InlineBackground
    window: QWidget
    who: str

    def opened(self) -> PlanDialog:
        """The dialog; what is agreed is recorded."""
        dialog = open_plan_dialog(self.session, self.who, self.window)
        settle(self.background)
        return dialog

    def tell(self, dialog: PlanDialog, **figures: str) -> None:
        """Type what the household says, and reckon without waiting for the timer."""
        for name, text in figures.items():
            dialog.fields[name].setFocus()
            QTest.keyClicks(dialog.fields[name], text)
        dialog._timer.stop()
        dialog._reckon()
        settle(self.background)

    def known(self) -> tuple[AgreedPlan, ...]:
        """The plans that are recorded."""
        settle(self.background)
        with self.session.store.read() as conn:
            return plans_of(conn, self.who, DAY)

    def state(self) -> str:
        """The hash of everything that is derived."""
        settle(self.background)
        with self.session.store.read() as conn:
            return str(derived_hash(conn))


@pytest.fixture
def desk(session: Session, background: InlineBackground, who: str, qtbot: QtBot) -> Desk:
    """The session's window, seen."""
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return Desk(session, background, window, who)


def test_a_plan_is_agreed_without_a_mouse(desk: Desk) -> None:
    """Figures typed with Enter between them, another plan by an arrow key, agreed by Enter; one
    undo takes it back. Without the tick nothing of the household is kept."""
    before = desk.state()
    dialog = desk.opened()
    desk.tell(dialog, income="600000")
    QTest.keyClick(dialog.fields["income"], Qt.Key.Key_Return)
    assert dialog.focusWidget() is dialog.fields["living"]
    desk.tell(dialog, living="300000")
    assert len(dialog.board.radios) >= 1
    dialog.board.radios[-1].setFocus()
    QTest.keyClick(dialog.board.radios[-1], Qt.Key.Key_Space)
    chosen = dialog.chosen()
    assert chosen is not None
    QTest.keyClick(dialog.board.radios[-1], Qt.Key.Key_Return)
    (one,) = desk.known()
    assert (one.status, one.terms.told) == ("running", None)
    assert sum(part.amount for part in one.terms.instalments) == chosen.total
    desk.session.undo_stack.undo()
    assert desk.state() == before


def test_what_is_typed_decides_what_is_offered(desk: Desk) -> None:
    """No income yet: nothing to agree; too little left: the way to assistance; text that is no
    amount is said; with the tick the figures are kept with the plan."""
    dialog = desk.opened()
    assert not dialog.go.isEnabled()
    desk.tell(dialog, income="1000", living="2000")
    assert dialog.board.radios == []
    assert "assistance" in dialog._told.text()
    dialog.fields["living"].clear()
    desk.tell(dialog, living="x")
    assert "5,000" in dialog._told.text()
    assert not dialog.go.isEnabled()
    dialog.fields["income"].clear()
    dialog.fields["living"].clear()
    desk.tell(dialog, income="900000", living="100000")
    dialog.consent.setChecked(True)
    dialog.go.click()
    (one,) = desk.known()
    assert one.terms.told is not None
    assert one.terms.told.left == 80_000_000


def test_beyond_what_a_lender_allows_the_lead_is_asked(desk: Desk) -> None:
    """A plan that needs approval is put to the lead, and promises nothing yet."""
    save_terms(desk.session.store, "", free_months=0)
    dialog = desk.opened()
    desk.tell(dialog, income="600000", living="300000")
    assert dialog.go.text() == "Put to the lead"
    dialog.go.click()
    assert [one.status for one in desk.known()] == ["proposed"]


def test_a_visit_takes_the_plan_instead(desk: Desk) -> None:
    """Opened for a visit, the plan goes to who asked, and nothing is recorded beside it."""
    taken: list[PlanTerms] = []
    dialog = open_plan_dialog(desk.session, desk.who, desk.window, take=taken.append)
    settle(desk.background)
    desk.tell(dialog, income="600000", living="300000")
    dialog.go.click()
    assert len(taken) == 1
    assert desk.known() == ()


def test_the_draft_is_written(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The draft goes where it is wanted, in both languages on wish."""
    out = tmp_path / "plan.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(out), "PDF"))
    dialog = desk.opened()
    desk.tell(dialog, income="600000", living="300000")
    dialog.languages.setCurrentIndex(1)
    dialog.draft.click()
    settle(desk.background)
    assert out.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_dialog_fits_and_is_named(desk: Desk, language: str) -> None:
    """Nothing is clipped, it fits a small screen, and every control has a name."""
    i18n.use(language)
    dialog = desk.opened()
    desk.tell(dialog, income="600000", living="300000")
    dialog.adjustSize()
    assert dialog.width() <= 1100
    assert dialog.height() <= 700
    assert not clipped(dialog)
    for kind in (QLineEdit, QComboBox, QAbstractButton):
        for control in dialog.findChildren(kind):
            if control.isVisible() and control.focusPolicy() != Qt.FocusPolicy.NoFocus:
                inner = isinstance(control.parent(), QWidget) and control.parent().accessibleName()
                text = getattr(control, "text", lambda: "")()
                assert control.accessibleName() or inner or text, control
    dialog.reject()


def test_the_button_of_a_person_opens_it(desk: Desk, qtbot: QtBot) -> None:
    """I on a person's page opens the dialog for that person."""
    page = CasePage(desk.session)
    qtbot.addWidget(page)
    page.show_item(desk.who)
    show(page, desk.background)
    QTest.keyClick(page.timeline.view, Qt.Key.Key_I)
    (dialog,) = page.findChildren(PlanDialog)
    assert dialog.isVisible()
    dialog.reject()


def test_terms_of_a_lender_are_kept_and_forgotten(desk: Desk, qtbot: QtBot) -> None:
    """The card changes one lender's figures, and goes back to the usual ones."""
    panel = PlanTermsPanel(desk.session)
    qtbot.addWidget(panel)
    panel.show()
    panel.refresh()
    settle(desk.background)
    card = panel.card
    assert not card.keep.isEnabled()
    card.lender.setCurrentIndex(1)
    card._show()
    card.longest.setValue(36)
    assert card.keep.isEnabled()
    card.keep.click()
    settle(desk.background)
    lender = card.lender.currentData()
    with desk.session.store.read() as conn:
        assert load_terms(conn)[lender].longest_months == 36
    card.usual.click()
    settle(desk.background)
    with desk.session.store.read() as conn:
        assert lender not in load_terms(conn)
