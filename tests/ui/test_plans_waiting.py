"""The lead's answers to instalment plans: a list, the person's page, the keyboard, undo."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from inline import InlineBackground
from looks import clipped, texts
from people import NOW, fill
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from planner.actions.plans_agreed import (
    AgreedPlan,
    agree_plan,
    basis,
    plans_of,
    propose,
    save_terms,
    terms_of,
)
from planner.domain.instalments import Household
from planner.domain.step import Means
from ui import i18n
from ui.dialogs.plan_change import ChangePlanDialog
from ui.dialogs.reason import ReasonDialog
from ui.dialogs.step import StepDialog
from ui.pages.case import CasePage
from ui.pages.cases import CasesPage
from ui.pages.today import TodayPage
from ui.session import Session

DAY = date(2026, 11, 23)
HOME = Household(500_000, 320_000)


@pytest.fixture
def people(session: Session) -> list[str]:
    """Six persons; two of them have a plan that waits for the lead."""
    ids = fill(session.store)
    save_terms(session.store, "", longest_months=36, most_waiver=0.3)
    for who in ids[3:5]:
        whom = basis(session.store, who, DAY)
        one = next(v for v in propose(session.store, whom, HOME, whom.first) if v.approval)
        terms = terms_of(one, whom, DAY, HOME)
        agree_plan(session.store, who, terms, clock=lambda: NOW - timedelta(hours=1), by="周平")
    return ids


@pytest.fixture
def shown(qtbot: QtBot, background: InlineBackground) -> Callable[[QWidget], None]:
    """Show a page as the window would."""

    def show(page: QWidget) -> None:
        qtbot.addWidget(page)
        page.resize(1270, 690)
        page.show()
        background.settle()

    return show


def plan_of(session: Session, who: str) -> AgreedPlan:
    """The newest plan of a person."""
    with session.store.read() as conn:
        return plans_of(conn, who, DAY)[0]


def reasoned(dialog: object, text: str) -> None:
    """Give the reason and press Enter."""
    assert isinstance(dialog, ReasonDialog)
    assert not dialog.go.isEnabled()
    QTest.keyClicks(dialog.edit, text)
    QTest.keyClick(dialog.edit, Qt.Key.Key_Return)


def test_yes_and_no_by_the_keyboard(
    session: Session, people: list[str], background: InlineBackground, shown: Callable[..., None]
) -> None:
    """A approves the oldest with a reason, D declines the next; each leaves the list, is undone by
    one step, and the button says how many wait."""
    page = CasesPage(session)
    shown(page)
    assert page.top.to_plans.text() == "Plans waiting for approval (2)"
    page.show_item("plans")
    background.settle()
    said = texts(page)
    assert any("up to 12 without you, 36 at most" in text for text in said)
    assert any(text.startswith("Kept with consent: income") for text in said)
    first, second = (w.debtor_id for w in page.plans.model.rows)
    QTest.keyClick(page.plans.table, Qt.Key.Key_A)
    reasoned(page.plans.deeds.dialog, "can be kept")
    background.settle()
    assert plan_of(session, first).status == "running"
    assert [w.debtor_id for w in page.plans.model.rows] == [second]
    QTest.keyClick(page.plans.table, Qt.Key.Key_D)
    reasoned(page.plans.deeds.dialog, "too long")
    background.settle()
    declined = plan_of(session, second)
    assert (declined.status, declined.why) == ("declined", "too long")
    assert "No instalment plan waits for approval." in texts(page)
    assert page.top.to_plans.isHidden()
    session.undo_stack.undo()
    session.undo_stack.undo()
    background.settle()
    assert len(page.plans.model.rows) == 2
    QTest.keyClick(page.plans.table, Qt.Key.Key_Escape)
    background.settle()
    assert page.table.isVisible()


def test_another_plan_needs_a_reason_and_the_persons_word(
    session: Session, people: list[str], background: InlineBackground, shown: Callable[..., None]
) -> None:
    """C begins with the figures that were kept; without tick and reason nothing is approved."""
    page = CasesPage(session)
    shown(page)
    page.show_item("plans")
    background.settle()
    (one, _other) = page.plans.model.rows
    QTest.keyClick(page.plans.table, Qt.Key.Key_C)
    background.settle()
    dialog = page.plans.deeds.dialog
    assert isinstance(dialog, ChangePlanDialog)
    assert dialog.household() == HOME
    assert not dialog.go.isEnabled()
    dialog.word.setChecked(True)
    dialog.reason.setText("agreed by phone")
    assert dialog.go.isEnabled()
    dialog.go.click()
    background.settle()
    plan = plan_of(session, one.debtor_id)
    assert plan.status == "running"
    assert plan.plan_id != one.plan.plan_id


def test_the_persons_page_has_the_plan(
    session: Session, people: list[str], background: InlineBackground, shown: Callable[..., None]
) -> None:
    """What waits is decided there too; then the page speaks of the plan and proposes no visit, and
    an end with its reason is read beside it."""
    who = people[3]
    page = CasePage(session)
    shown(page)
    page.show_item(who)
    background.settle()
    assert "waits for the lead" in texts(page)
    page.plan.sheet.approve.click()
    reasoned(page.plan.deeds.dialog, "can be kept")
    background.settle()
    said = texts(page)
    assert any(text.startswith("Plan kept so far, next instalment 2026-12-") for text in said)
    assert "plan runs" in said
    assert page.step.shown.proposal is None or page.step.shown.proposal.means is not Means.VISIT
    page.plan.end.click()
    reasoned(page.plan.deeds.dialog, "lost the job")
    background.settle()
    assert "Ended: lost the job" in texts(page)
    session.undo_stack.undo()
    background.settle()
    assert "runs" in texts(page)


def test_another_step_is_judged_at_once(
    session: Session, people: list[str], background: InlineBackground, shown: Callable[..., None]
) -> None:
    """Shift+A: a Sunday's visit is refused with its rule and cannot be accepted, a weekday's is
    kept with its day and part."""
    page = CasePage(session)
    shown(page)
    page.show_item(people[0])
    background.settle()
    QTest.keyClick(page, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    (dialog,) = page.findChildren(StepDialog)
    dialog.means.setCurrentIndex(dialog.means.findData(Means.VISIT))
    dialog.day.setDate(dialog.day.date().fromString("2026-11-29", "yyyy-MM-dd"))
    background.settle()
    assert dialog.verdict.text().startswith("Not then: ")
    assert not dialog.go.isEnabled()
    dialog.day.setDate(dialog.day.date().fromString("2026-11-25", "yyyy-MM-dd"))
    dialog.part.setCurrentIndex(dialog.part.findData(1))
    background.settle()
    assert dialog.verdict.text().startswith("Permitted: Visit · 2026-11-25 Wed")
    dialog.go.click()
    background.settle()
    step = page.step.shown.step
    assert step is not None
    assert (step.means, step.day, step.part) == (Means.VISIT, date(2026, 11, 25), 1)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_nothing_is_clipped(
    session: Session, people: list[str], background: InlineBackground,
    shown: Callable[..., None], language: str,
) -> None:  # fmt: skip
    """In both languages the list shows every word; Today leads to it."""
    i18n.use(language)
    page = CasesPage(session)
    shown(page)
    page.show_item("plans")
    background.settle()
    assert clipped(page) == []
    today = TodayPage(session)
    wanted: list[tuple[str, object]] = []
    session.wanted.connect(lambda key, what: wanted.append((key, what)))
    shown(today)
    assert today.waiting.isVisible()
    today.waiting.click()
    assert wanted == [("cases", "plans")]
