"""Rules on a person's page and in the plan: coming days, rhythm, refusals with rule and source."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from inline import InlineBackground
from looks import clipped, texts
from people import NOW, crew, fill
from PySide6.QtCore import QPoint, Qt, QTime
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from rounds import settle, show

from planner.actions.agreements import Agreed, agree, announce
from planner.actions.make_plan import make_plan
from planner.actions.outcomes import Outcome
from planner.actions.overrides import override
from planner.actions.policy import save_house
from planner.actions.record import record
from planner.domain.codes import Channel
from planner.policy.cadence import Cadence
from planner.store.plans import load_plan
from planner.store.store import NewEvent
from ui import i18n
from ui.case import words as case_words
from ui.case.agreed import AgreedDialog
from ui.case.calendar_strip import cadence_words, day_words, reason_lines, window_words
from ui.case.set_aside import SetAsideDialog
from ui.case.view import DAYS, PersonView, load_person
from ui.pages.case import CasePage
from ui.plan.book import load_book
from ui.plan.deeds import PlanDeeds
from ui.session import Session

DAY = date(2026, 11, 23)
ZONE = "Asia/Shanghai"


@pytest.fixture
def who(session: Session) -> str:
    """The first of six persons."""
    return fill(session.store)[0]


def view_of(session: Session, who: str) -> PersonView:
    """The person as the page loads it."""
    return load_person(session.store, who, session.day, session.clock())


def open_case(qtbot: QtBot, session: Session, who: str, background: InlineBackground) -> CasePage:
    """The page of a person."""
    page = CasePage(session)
    qtbot.addWidget(page)
    page.show_item(who)
    show(page, background)
    return page


def test_coming_days_by_the_engine(session: Session, who: str) -> None:
    """Three weeks from the day on; visits on working days, none on Sunday, with rule and source."""
    view = view_of(session, who)
    assert [day.day for day in view.strip] == [DAY + timedelta(days=k) for k in range(DAYS)]
    monday, sunday = view.strip[0], view.strip[6]
    assert window_words(monday.visit, ZONE) == "09:00–20:00"
    assert window_words(monday.visit, ZONE, short=True) == "9–20"
    assert window_words(monday.call, ZONE) == "08:00–22:00"
    told = day_words(sunday, view)
    assert i18n.code("rule.cn.house.closed_days") in told
    assert "House policy" in told
    assert "Call 08:00–22:00" in told


def test_reasons_once_with_their_days(session: Session, who: str) -> None:
    """Each rule stands once in the list, with all days on which it bars, runs drawn together."""
    record(session.store, Outcome(who, "VIS-NC", NOW - timedelta(minutes=20)), clock=session.clock)
    view = view_of(session, who)
    lines = reason_lines(view.strip, view)
    assert len({line.partition(": ")[2] for line in lines}) == len(lines)
    assert any("–" in line.partition(": ")[0] for line in lines)
    barred = {day.day for day in view.strip if not day.visit.windows}
    assert all(f"{day:%m-%d}" in " ".join(lines) for day in (min(barred), max(barred)))


def test_rhythm_in_one_sentence(session: Session, who: str) -> None:
    """Number, most, stage, next day and reason follow what was recorded."""
    before = cadence_words(view_of(session, who).cadence)
    assert before.startswith("Visit 1 of at most ")
    assert "because" not in before
    at = NOW - timedelta(minutes=20)
    promise = Outcome(who, "VIS-RPC", at, result="OUT-PTP", amount=10_000, due=date(2026, 11, 30))
    record(session.store, promise, clock=session.clock)
    found = view_of(session, who).cadence
    after = cadence_words(found)
    assert after.startswith("Visit 2 of at most ")
    assert "a promise was made" in after
    assert found is not None
    full = cadence_words(replace(found, visit_number=5, most_in_stage=4, next_from=None))
    assert full.startswith("All 4 visits of this stage")
    assert "no further one is due" in full
    assert cadence_words(None) == ""
    i18n.use("zh_CN")
    assert cadence_words(found).startswith("本阶段（")
    assert cadence_words(found).endswith("。")


def test_no_open_case_no_rhythm(session: Session, who: str) -> None:
    """Whoever owes nothing has no next visit."""
    case = {"case_id": "远山/0000", "lender": "远山", "contract_no": "0000", "product": "",
            "amount_overdue": 0, "overdue_since": "2026-09-14", "status": "paid"}  # fmt: skip
    with session.store.write() as tx:
        tx.append([NewEvent("person.listed", who, NOW, {"cases": [case]})])
    found: Cadence | None = view_of(session, who).cadence
    assert found is None


def test_days_by_keyboard_and_mouse(
    qtbot: QtBot, session: Session, who: str, background: InlineBackground
) -> None:
    """Arrows move among the days; text and screen reader say the day; a click does the same."""
    page = open_case(qtbot, session, who, background)
    grid = page.calendar.grid
    assert grid in page.panes()
    grid.setFocus()
    for _step in range(6):
        QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.current == 6
    assert i18n.code("rule.cn.house.closed_days") in page.calendar.day.text()
    assert grid.accessibleDescription() == page.calendar.day.text()
    assert "21 days" in grid.accessibleName()
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.current == 13
    QTest.keyClick(grid, Qt.Key.Key_Home)
    QTest.keyClick(grid, Qt.Key.Key_Left)
    assert grid.current == 0
    QTest.keyClick(grid, Qt.Key.Key_End)
    assert grid.current == DAYS - 1
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell(3).center().toPoint())
    assert grid.current == 3
    assert page.calendar.day.text().startswith("2026-11-26 Thu")


def test_day_tells_itself_in_a_tooltip(
    qtbot: QtBot,
    session: Session,
    who: str,
    background: InlineBackground,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The tooltip of a barred day names the rule; beside the days there is none."""
    page = open_case(qtbot, session, who, background)
    grid = page.calendar.grid
    told: list[str] = []
    monkeypatch.setattr(
        "ui.case.calendar_strip.QToolTip.showText", lambda _at, text, _widget: told.append(text)
    )
    for point in (grid.cell(6).center().toPoint(), QPoint(3, 3)):
        where = grid.mapToGlobal(point)
        QApplication.sendEvent(grid, QHelpEvent(QHelpEvent.Type.ToolTip, point, where))
    assert i18n.code("rule.cn.house.closed_days") in told[0]
    assert told[1] == ""


def test_the_house_own_hours_count_at_once(
    qtbot: QtBot, session: Session, who: str, background: InlineBackground
) -> None:
    """Hours changed on the rules page are those of the person's page, card and calendar."""
    windows = {"workday": ["10:00-18:00"], "saturday": ["10:00-12:00"]}
    save_house(session.store, {"cn.house.hours": {"windows": windows}})
    page = open_case(qtbot, session, who, background)
    assert window_words(view_of(session, who).strip[0].visit, ZONE) == "10:00–18:00"
    _name, chip, _sentence, more = page.check.rows[Channel.VISIT]
    assert chip.text() == "Not now"
    assert "Permitted again from 2026-11-23 10:00 on." in more.text()
    assert "Source: House policy, visits" in more.text()
    assert "1 left today." in more.text()


def test_rule_set_aside_is_said(
    qtbot: QtBot, session: Session, who: str, background: InlineBackground
) -> None:
    """With the hours set aside by a lead the visit is allowed, and the card says whose doing."""
    override(
        session.store, who, "cn.house.hours", Channel.VISIT, NOW - timedelta(hours=1),
        NOW + timedelta(hours=1), reason="asked for", by="周平", clock=session.clock,
    )  # fmt: skip
    page = open_case(qtbot, session, who, background)
    _name, chip, _sentence, more = page.check.rows[Channel.VISIT]
    assert chip.text() == "Yes"
    assert i18n.code("rule.cn.house.hours") in more.text()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_fourth_talk_of_a_day_is_refused(
    qtbot: QtBot, session: Session, who: str, background: InlineBackground, language: str
) -> None:
    """After three conversations today the next call is refused, naming rule, source and moment."""
    for minutes in (28, 20, 10):
        call = Outcome(who, "CALL-RPC", NOW - timedelta(minutes=minutes), phone="13800000000")
        record(session.store, call, clock=session.clock)
    i18n.use(language)
    page = open_case(qtbot, session, who, background)
    _name, _chip, sentence, more = page.check.rows[Channel.CALL]
    assert sentence.text() == i18n.code("rule.cn.law.calls.conversations")
    assert "GB/T 45251-2025" in more.text()
    assert "2026-11-24 08:00" in more.text()
    assert not page.check.aside[Channel.CALL].isVisible()


def test_lead_sets_a_rule_aside(
    qtbot: QtBot, session: Session, who: str, background: InlineBackground
) -> None:
    """Only a rule that may be set aside offers it; reason and name are demanded; the timeline
    says it, and one undo takes it back."""
    page = open_case(qtbot, session, who, background)
    assert page.check.aside[Channel.VISIT].isVisible()
    assert not page.check.aside[Channel.CALL].isVisible()
    page.check.aside[Channel.VISIT].click()
    (dialog,) = page.findChildren(SetAsideDialog)
    assert i18n.code("rule.cn.house.hours") in texts(dialog)
    assert clipped(dialog) == []
    assert not dialog.confirm.isEnabled()
    dialog.reason.setText("asked for 08:30")
    assert not dialog.confirm.isEnabled()
    dialog.by.setText("周平")
    dialog.confirm.click()
    settle(background)
    assert page.check.rows[Channel.VISIT][1].text() == "Yes"
    assert not page.check.aside[Channel.VISIT].isVisible()
    line = page.timeline._model.lines[0]
    assert case_words.line_title(line, ZONE) == "Rule set aside"
    told = case_words.line_details(line, ZONE)
    assert "asked for 08:30" in told
    assert "周平" in told
    assert "until 2026-11-23 23:59" in told
    session.undo_stack.undo()
    settle(background)
    assert page.check.rows[Channel.VISIT][1].text() == "Not now"


def test_agreed_hours_are_recorded_with_evidence(
    qtbot: QtBot, session: Session, who: str, background: InlineBackground
) -> None:
    """A Sunday agreed in writing becomes a day of visits; without evidence nothing is recorded;
    one undo takes it back."""
    page = open_case(qtbot, session, who, background)
    page.calendar.agreed.click()
    (dialog,) = page.findChildren(AgreedDialog)
    assert not dialog.day.isVisible()
    dialog.when.setCurrentIndex(dialog.when.findData(8))
    assert dialog.day.isVisible()
    assert clipped(dialog) == []
    dialog.when.setCurrentIndex(dialog.when.findData(7))
    assert not dialog.confirm.isEnabled()
    dialog.evidence.setText("letter of 11-20")
    dialog.end.setTime(QTime(17, 0))
    assert not dialog.confirm.isEnabled()
    dialog.start.setTime(QTime(10, 0))
    dialog.confirm.click()
    settle(background)
    assert window_words(view_of(session, who).strip[6].visit, ZONE) == "10:00–17:00"
    line = page.timeline._model.lines[0]
    assert case_words.line_title(line, ZONE) == "Agreement recorded"
    session.undo_stack.undo()
    settle(background)
    assert not view_of(session, who).strip[6].visit.windows


def test_hours_agreed_for_one_day(qtbot: QtBot, who: str) -> None:
    """A single day is handed over as that day, for the channel chosen."""
    dialog = AgreedDialog(who, DAY)
    qtbot.addWidget(dialog)
    dialog.when.setCurrentIndex(dialog.when.findData(8))
    dialog.channel.setCurrentIndex(dialog.channel.findData(Channel.CALL))
    dialog.evidence.setText("call")
    with qtbot.waitSignal(dialog.decided) as said:
        dialog.confirm.click()
    assert said.args == [Agreed(who, Channel.CALL, "call", "18:00", "20:00", day=DAY)]


def test_agreements_and_notices_have_words(session: Session, who: str) -> None:
    """What was agreed and announced stands in the timeline with its evidence."""
    agreed = Agreed(who, Channel.VISIT, "call of 11-20", "18:00", "20:00")
    agree(session.store, agreed, clock=session.clock)
    day = NOW + timedelta(days=1)
    announce(session.store, who, day, day + timedelta(hours=2), evidence="letter",
             clock=session.clock)  # fmt: skip
    lines = view_of(session, who).lines[:2]
    told = {
        case_words.line_title(line, ZONE): case_words.line_details(line, ZONE) for line in lines
    }
    assert told == {"Agreement recorded": "call of 11-20", "Visit announced": "letter"}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_stop_dragged_to_the_night_is_refused(
    session: Session, who: str, background: InlineBackground, language: str, qtbot: QtBot
) -> None:
    """A stop moved to a crew that begins at 22:10 stays where it is; rule and source are named."""
    i18n.use(language)
    late = dict(crew().payload) | {
        "crew_id": "k9", "name": "夜组", "start": 22 * 3600 + 600, "end": 24 * 3600,
        "members": [{"collector_id": "c8", "name": "郑浩"}, {"collector_id": "c9", "name": "何敏"}],
    }  # fmt: skip
    with session.store.write() as tx:
        tx.append([NewEvent("crew.listed", "", NOW - timedelta(days=60), late)])
    plan = make_plan(session.store, DAY, clock=session.clock, iterations=100)
    stop = next(stop for route in plan.routes for stop in route.stops)
    deeds = PlanDeeds(session)
    deeds.follow(load_book(session.store, DAY))
    with qtbot.waitSignal(deeds.refused) as said:
        deeds.move(stop.debtor_id, "k9", 0)
        background.settle()
    sentence = said.args[0]
    assert i18n.code("rule.cn.law.hours") in sentence
    assert "GB/T 45251-2025" in sentence
    with session.store.read() as conn:
        saved = load_plan(conn, DAY)
    assert saved is not None
    assert saved.routes == plan.routes


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_calendar_fits(
    qtbot: QtBot, session: Session, who: str, background: InlineBackground, language: str
) -> None:
    """All words of the card fit, in both languages, and follow a switch of language."""
    record(session.store, Outcome(who, "VIS-NC", NOW - timedelta(minutes=20)), clock=session.clock)
    page = open_case(qtbot, session, who, background)
    i18n.use(language)
    settle(background)
    assert clipped(page.calendar) == []
    title = {"en": "When contact is possible", "zh_CN": "可联系的日期"}[language]
    assert title in texts(page.calendar)


def test_own_zone_of_the_person(session: Session, who: str) -> None:
    """Hours are told in the clock of the place where the person lives."""
    with session.store.write() as tx:
        tx.append([NewEvent("person.listed", who, NOW, {"zone": "Asia/Urumqi"})])
    view = view_of(session, who)
    start = view.strip[1].visit.windows[0][0]
    local = start.astimezone(ZoneInfo("Asia/Urumqi"))
    assert window_words(view.strip[1].visit, view.zone).startswith(f"{local:%H:%M}")
    assert start > datetime(2026, 11, 24, 1, tzinfo=UTC)
