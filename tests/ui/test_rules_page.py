"""The rules page: what is in force and why, house values within the law, exceptions, packs."""

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from inline import InlineBackground
from looks import clipped, texts
from people import NOW, fill
from PySide6.QtCore import Qt, QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from rounds import settle, show

from planner.actions.outcomes import Outcome
from planner.actions.overrides import override
from planner.actions.policy import active_policy, house_edits
from planner.actions.rank import rank
from planner.actions.record import record
from planner.domain.codes import Channel
from ui import i18n, theme
from ui.case.view import load_person
from ui.pages.rules import RulesPage
from ui.rules import words
from ui.rules.editor import Entry
from ui.rules.load import RulesView, RuleView, load_rules
from ui.rules.packs import calendar_words
from ui.rules.table import Heading
from ui.session import Session

DAY = date(2026, 11, 23)
HOURS = "cn.house.hours"


@pytest.fixture
def page(qtbot: QtBot, session: Session, background: InlineBackground) -> RulesPage:
    """The page on a workspace with six persons."""
    session.setProperty("who", fill(session.store)[0])
    page = RulesPage(session)
    qtbot.addWidget(page)
    show(page, background)
    return page


def listed(page: RulesPage) -> list[RuleView]:
    """The rules in the list, without headings."""
    return [row for row in page.rules.model.rows if isinstance(row, RuleView)]


def chosen(page: RulesPage, rule_id: str, background: InlineBackground) -> dict[Any, Entry]:
    """Open a rule; its fields by path."""
    page.show_item(rule_id)
    settle(background)
    return {entry.field.path: entry for entry in page.rules.detail.editor.entries}


def say(page: RulesPage) -> str:
    """What the editor's message says."""
    return page.rules.detail.editor.message.accessibleName()


def look_ahead(page: RulesPage, background: InlineBackground) -> str:
    """Ask for the preview at once; what it says."""
    page.rules.detail.editor.ask()
    settle(background)
    return say(page)


def test_every_rule_stands_under_its_subject(page: RulesPage, session: Session) -> None:
    """The list holds each rule of the country once, in words, below a heading with the count."""
    rows = page.rules.model.rows
    rules = active_policy(session.store).home.rules
    assert sorted(one.rule.id for one in listed(page)) == sorted(rules)
    for place, row in enumerate(rows):
        if isinstance(row, Heading):
            below = [one for one in listed(page) if one.subject == row.subject]
            assert rows[place + 1 : place + 1 + row.count] == below
    assert "national standard" in page.rules.model.index(1, 0).data()


def test_headings_are_passed_over(page: RulesPage) -> None:
    """Down moves from rule to rule; a heading is never the current row."""
    table = page.rules.table
    table.setFocus()
    for _step in range(12):
        QTest.keyClick(table, Qt.Key.Key_Down)
        assert isinstance(table.current(), RuleView)


def test_filters_and_search(page: RulesPage, background: InlineBackground) -> None:
    """Law and house divide the list between them; a word finds its rules; none offers all."""
    panel = page.rules
    everything = len(listed(page))
    panel.chips["law"].click()
    law = listed(page)
    assert law
    assert all(one.rule.binding != "house" for one in law)
    panel.chips["house"].click()
    assert len(law) + len(listed(page)) == everything
    panel.chips["unsure"].click()
    assert [one.rule.id for one in listed(page)] == ["cn.law.calls.attempts"]
    panel.chips["all"].click()
    panel.search.setText("civil code")
    panel.search.ask()
    assert {one.rule.id for one in listed(page)} >= {"cn.law.filming"}
    assert all("Civil Code" in words.source(one.rule) for one in listed(page))
    panel.search.setText("zzz")
    panel.search.ask()
    assert "No rule is found." in texts(page)
    panel._none.pressed.emit()
    assert len(listed(page)) == everything


def test_one_rule_in_full(page: RulesPage, background: InlineBackground) -> None:
    """Source, clause, how sure, and which rule decides for which channel are said in words."""
    chosen(page, "cn.law.hours", background)
    shown = texts(page.rules.detail)
    assert {"standard", "GB/T 45251-2025", "in force from 2025-02-28"} <= shown
    assert "secondary source: read about, clause not seen" in shown
    told = page.rules.detail.decides.text()
    assert "decides for calls, messages." in told
    assert "A stricter rule decides for visits: " + i18n.code(f"rule.{HOURS}") in told
    assert page.rules.detail.editor.entries == []
    chosen(page, "cn.law.calls.attempts", background)
    assert "contested: sources disagree" in texts(page.rules.detail)


def test_as_strict_is_not_called_stricter(session: Session) -> None:
    """A house limit equal to the law's: the law is named, and nothing is said to be stricter."""
    view = load_rules(session.store, DAY)
    one = view.find("cn.house.calls.conversations")
    assert one is not None
    assert not one.decides
    assert not one.stricter
    assert "as strict" in words.decision(one)
    law = view.find("cn.law.calls.conversations")
    assert law is not None
    assert law.decides


def test_preview_then_apply_then_undo(
    page: RulesPage, session: Session, background: InlineBackground
) -> None:
    """Working days closed: six persons are barred, as was said before; Ctrl+Z frees them."""
    assert int(rank(session.store, DAY).verdicts.eligible.sum()) == 6
    fields = chosen(page, "cn.house.closed_days", background)
    editor = page.rules.detail.editor
    assert not editor.apply_button.isEnabled()
    fields["classes",].boxes[0].click()  # type: ignore[attr-defined]
    said = look_ahead(page, background)
    assert "bars 6 more people on 2026-11-23" in said
    assert i18n.code("rule.cn.house.closed_days") in said
    assert house_edits(session.store) == {}
    editor.apply_button.click()
    settle(background)
    assert "workday" in house_edits(session.store)["cn.house.closed_days"]["classes"]
    assert int(rank(session.store, DAY).verdicts.eligible.sum()) == 0
    assert "changed here" in texts(page.rules.detail)
    session.undo_stack.undo()
    settle(background)
    assert int(rank(session.store, DAY).verdicts.eligible.sum()) == 6
    assert "changed here" not in texts(page.rules.detail)
    session.undo_stack.redo()
    settle(background)
    editor.shipped.click()
    settle(background)
    assert house_edits(session.store) == {}


def test_other_fields_need_no_detour(page: RulesPage, background: InlineBackground) -> None:
    """A value put back to what is in force is no change: nothing to apply."""
    fields = chosen(page, "cn.house.cooldown.met", background)
    box = fields["days",].boxes[0]
    box.setValue(12)  # type: ignore[attr-defined]
    assert "frees nobody" in look_ahead(page, background)
    assert page.rules.detail.editor.apply_button.isEnabled()
    box.setValue(10)  # type: ignore[attr-defined]
    assert not page.rules.detail.editor.apply_button.isEnabled()
    assert say(page).startswith("In force now.")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_looser_than_law_is_refused_in_words(
    page: RulesPage, session: Session, background: InlineBackground, language: str
) -> None:
    """Visits until 22:30: refused naming value, rule and source; Apply stays closed."""
    i18n.use(language)
    fields = chosen(page, HOURS, background)
    entry = fields["windows", "workday", 0]
    assert entry.field.law == "cn.law.hours"
    assert "08:00" in entry.boxes[1].accessibleDescription()
    assert "GB/T 45251-2025" in entry.boxes[1].accessibleDescription()
    entry.boxes[1].setTime(QTime(22, 30))  # type: ignore[attr-defined]
    said = look_ahead(page, background)
    assert "22:30" in said
    assert "GB/T 45251-2025" in said
    assert i18n.code("rule.cn.law.hours") in said
    assert ("workday" in said) is False
    assert not page.rules.detail.editor.apply_button.isEnabled()
    page.rules.detail.editor.apply()
    assert house_edits(session.store) == {}


def test_refused_count_and_reversed_hours(page: RulesPage, background: InlineBackground) -> None:
    """Seven calls against the association's six, and hours that end before they begin."""
    fields = chosen(page, "cn.house.calls.attempts", background)
    assert fields["limit",].field.bound == 6
    fields["limit",].boxes[0].setValue(7)  # type: ignore[attr-defined]
    said = look_ahead(page, background)
    assert said.startswith("Refused: 7 is looser than the law.")
    assert "China Banking Association" in said
    fields = chosen(page, HOURS, background)
    fields["windows", "saturday", 0].boxes[1].setTime(QTime(8, 30))  # type: ignore[attr-defined]
    assert look_ahead(page, background) == "Refused: the hours end before they begin."


def test_a_stage_never_exceeds_the_limit(page: RulesPage, background: InlineBackground) -> None:
    """A lower limit takes the stages down with it."""
    fields = chosen(page, "cn.house.visits.period", background)
    fields["limit",].boxes[0].setValue(1)  # type: ignore[attr-defined]
    stages = [entry.value for path, entry in fields.items() if path[0] == "by_stage"]
    assert stages == [1, 1, 1]
    assert "Refused" not in look_ahead(page, background)


def test_every_house_value_can_be_looked_ahead(
    page: RulesPage, session: Session, background: InlineBackground
) -> None:
    """Each rule that can be changed shows its fields with names, and each kind of field works."""
    view = load_rules(session.store, DAY)
    kinds = set()
    for one in [one for one in view.rules if one.fields]:
        fields = chosen(page, one.rule.id, background)
        assert fields
        assert page.rules.detail.editor.changes == {}
        for path, entry in fields.items():
            kinds.add(entry.field.kind)
            assert words.field(path)
    assert kinds == {"whole", "factor", "span", "days"}
    fields = chosen(page, "cn.house.closed_days", background)
    fields["classes",].boxes[1].click()  # type: ignore[attr-defined]
    assert page.rules.detail.editor.changes["classes"][0] == "saturday"
    fields = chosen(page, "cn.house.pace", background)
    fields["longer",].boxes[0].setValue(2.0)  # type: ignore[attr-defined]
    assert page.rules.detail.editor.changes == {"longer": 2.0}


def test_another_country(page: RulesPage, background: InlineBackground) -> None:
    """Whoever lives in Russia is protected by Russian rules; the list says them."""
    place = page.rules.place
    place.setCurrentIndex(place.findData("RU"))
    place.activated.emit(place.currentIndex())
    settle(background)
    ids = {one.rule.id for one in listed(page)}
    assert "ru.law.visits.week" in ids
    assert "cn.law.hours" not in ids


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_rule_of_every_country_has_words(session: Session, language: str) -> None:
    """Sentence, limit, source, force, decision and chips can be said for each rule there is."""
    i18n.use(language)
    for country in load_rules(session.store, DAY).countries:
        view = load_rules(session.store, DAY, country)
        assert words.country(country) != country
        for one in view.rules:
            rule = one.rule
            told = [
                words.sentence(rule.id),
                words.source(rule),
                words.effect(rule),
                words.decision(one),
                words.value(rule),
                *(chip[0] for chip in words.chips(one)),
            ]
            assert all(told), rule.id
            assert not any("rule." in text or "{" in text for text in told), rule.id
            for field in one.fields:
                assert words.field(field.path)
                words.bound(field, view)


def test_packs_and_their_calendars(page: RulesPage, background: InlineBackground) -> None:
    """Each pack with version and review; the year without a calendar is warned of."""
    page.show_item("packs")
    settle(background)
    rows = page.packs._pack_model.rows
    assert rows[0].pack.name == "China"
    assert len({row.pack.file for row in rows}) == len(rows) > 10
    assert "Nothing is planned after that until the calendar of 2027" in " ".join(texts(page))
    shown = {page.packs._pack_model.index(i, 6).data() for i in range(len(rows))}
    assert shown == {"not reviewed"}


def test_year_is_confirmed_and_taken_back(
    page: RulesPage, session: Session, background: InlineBackground
) -> None:
    """The lead confirms 2027: days in it are judged from then on; Ctrl+Z takes that back."""
    monday = date(2027, 1, 11)
    page.show_item("packs")
    settle(background)
    assert not ready(session, monday)
    page.packs.warning.pressed.emit()
    settle(background)
    assert ready(session, monday)
    assert "China: holidays are known up to 2027-12-31." in texts(page)
    assert page.packs._pack_model.index(0, 5).data() == "2027-12-31"
    page.packs.warning.pressed.emit()
    settle(background)
    assert active_policy(session.store).home.confirmed == {2027}
    session.undo_stack.undo()
    settle(background)
    assert not ready(session, monday)
    assert active_policy(session.store).home.confirmed == frozenset()
    session.undo_stack.redo()
    settle(background)
    assert ready(session, monday)


def ready(session: Session, day: date) -> bool:
    """Whether the calendar lets anybody be called on a day."""
    view = load_person(session.store, session.property("who"), day, session.clock())
    return bool(view.strip[0].call.windows)


def test_calendar_far_ahead_is_no_warning(session: Session) -> None:
    """A calendar that reaches beyond the year is said quietly."""
    view: RulesView = load_rules(session.store, DAY, "GB")
    text, tone = calendar_words(view.calendar, DAY)
    assert tone == "neutral"
    assert "2030-12-31" in text


def broken(session: Session) -> str:
    """A visit before hours, and a rule set aside; the person."""
    who = fill(session.store)[0]
    early = NOW - timedelta(hours=2)
    outcome = Outcome(who, "VIS-NC", early, by=("周平", "吴静"), note="on the way home")
    record(session.store, outcome, clock=session.clock)
    override(
        session.store, who, "cn.house.cooldown.nobody", Channel.VISIT, NOW,
        NOW + timedelta(days=1), reason="=1+1 asked to come today", by="周平", clock=session.clock,
    )  # fmt: skip
    return who


def test_exceptions_are_listed(
    qtbot: QtBot, session: Session, background: InlineBackground
) -> None:
    """A contact outside the rules and an override stand with rule, source, reason, who; Enter
    opens the person."""
    who = broken(session)
    page = RulesPage(session)
    qtbot.addWidget(page)
    page.show_item("exceptions")
    show(page, background)
    model = page.exceptions.model
    told = [[model.index(r, c).data() for c in range(8)] for r in range(len(model.rows))]
    assert [row[1] for row in told] == ["set aside", "rule broken"]
    assert told[0][6:] == ["=1+1 asked to come today", "周平"]
    assert told[1][4] == i18n.code("rule.cn.law.hours")
    assert "GB/T 45251-2025" in told[1][5]
    assert told[1][6:] == ["on the way home", "周平, 吴静"]
    assert "张*" in told[0]
    with qtbot.waitSignal(session.wanted) as wanted:
        page.exceptions.table.opened.emit(model.rows[0])
    assert wanted.args == ["case", who]


def test_exceptions_as_csv(
    qtbot: QtBot,
    session: Session,
    background: InlineBackground,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The file holds every line with masked names, and no cell that a spreadsheet would compute."""
    broken(session)
    page = RulesPage(session)
    qtbot.addWidget(page)
    page.show_item("exceptions")
    show(page, background)
    out = tmp_path / "out.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a: (str(out), ""))
    page.exceptions.save.click()
    settle(background)
    with out.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert len(lines) == 3
    assert lines[0][0] == "When"
    assert lines[1][6] == "'=1+1 asked to come today"
    assert all(row[2] == "张*" for row in lines[1:])


def test_no_exceptions(page: RulesPage, background: InlineBackground) -> None:
    """Without any, one sentence says so and nothing can be exported."""
    page.show_item("exceptions")
    settle(background)
    assert "No contact broke a rule, and no rule was set aside." in texts(page)
    assert not page.exceptions.save.isVisible()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_is_clipped(
    page: RulesPage,
    background: InlineBackground,
    dressed: Any,
    language: str,
    look: str,
) -> None:
    """In both languages and looks every text of every tab fits, also with a long editor."""
    i18n.use(language)
    theme.apply(dressed, look)
    open_rule: Callable[[str], Any] = lambda rule: chosen(page, rule, background)  # noqa: E731
    for what in ("cn.house.pace", HOURS, "packs", "exceptions", "rules"):
        open_rule(what)
        assert clipped(page) == []
