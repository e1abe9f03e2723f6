"""Remote areas: the list and its figures, one selection, the lead's decisions, settings, export."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from inline import InlineBackground
from looks import clipped, texts
from people import fill
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog
from pytestqt.qtbot import QtBot
from python_calamine import CalamineWorkbook

from planner.actions.remote_decisions import Decision, decisions
from planner.actions.remote_rules import load_rules
from planner.routing.remote_trip import RemoteRules
from planner.store.plans import load_plan
from ui import i18n, theme
from ui.pages.remote import RemotePage
from ui.remote import words
from ui.remote.area import GO, WAIT, Area, RemoteBook, Short, Sums
from ui.remote.book import load_remote
from ui.remote.decide import DecideDialog
from ui.remote.marks import outline, remote_marks
from ui.remote.settings import FIELDS, SettingsDialog
from ui.remote.ways import way_tip
from ui.session import Session

DAY = date(2026, 11, 23)


@pytest.fixture
def page(demo_session: Session, background: InlineBackground, qtbot: QtBot) -> Iterator[RemotePage]:
    """The page on the demo, at the size of the smallest window; no error was left to the window."""
    troubles: list[BaseException] = []
    demo_session.troubled.connect(troubles.append)
    page = RemotePage(demo_session)
    qtbot.addWidget(page)
    page.resize(1248, 660)
    page.show()
    background.settle()
    yield page
    background.settle()
    assert troubles == []


def book(page: RemotePage) -> RemoteBook:
    """What the page shows."""
    assert page.book is not None
    return page.book


def first(page: RemotePage, advice: str) -> Area:
    """The first area with this advice."""
    return next(row for row in book(page).rows if row.advice == advice)


def dialog_of(page: RemotePage, kind: type[QDialog]) -> QDialog:
    """The dialog that is open."""
    found = [one for one in page.findChildren(kind) if one.isVisible()]
    assert len(found) == 1
    return found[0]


def chosen(page: RemotePage, advice: str, key: Qt.Key, background: InlineBackground) -> Area:
    """Choose the first area with this advice and press a letter in the list."""
    area = first(page, advice)
    page.select(area.key)
    QTest.keyClick(page.list.table, key)
    background.settle()
    return area


def confirm(page: RemotePage, background: InlineBackground) -> None:
    """Press the primary button of the open decision."""
    dialog = dialog_of(page, DecideDialog)
    assert isinstance(dialog, DecideDialog)
    dialog.save.click()
    background.settle()


def test_figures_add_up(page: RemotePage) -> None:
    """Each row's cost is the sum of its parts, what is left is what it brings less its cost; the
    demo has areas to go to and areas to wait with."""
    rows = book(page).rows
    assert {GO, WAIT} <= {row.advice for row in rows}
    for row in rows:
        for trip in (row.day_trip, row.overnight):
            if trip is not None:
                assert trip.fuel + trip.wage + trip.allowance + trip.lodging == trip.cost
                assert trip.net == trip.value - trip.cost
                assert trip.metres > 0
        assert row.name
        assert row.longest_wait == max(person.waited for person in row.people)
        visited = [person for person in row.people if person.visited]
        if row.best is not None:
            assert len(visited) == row.best.visits
            assert sum(person.value for person in visited) == row.best.value


def test_list_says_what_is_lacking(page: RemotePage) -> None:
    """A trip that does not pay says how many cases or how much money would make it pay."""
    row = first(page, WAIT)
    assert row.lacking > 0
    said = words.break_even(row)
    assert "more" in said
    assert words.advice_sentence(row, book(page).rules).startswith("A trip now would lose")
    page.select(row.key)
    shown = texts(page.inspector)
    assert any(said in text for text in shown)
    assert {"missing", "Day trip", "Overnight"} <= shown


def test_shares_of_the_way(page: RemotePage, background: InlineBackground) -> None:
    """What falls on the persons of an area adds up to its trip; the tooltip names the parts."""
    area = first(page, GO)
    page.select(area.key)
    background.settle()
    key, ways = page.inspector._ways
    assert key == area.key
    assert set(ways) == {person.debtor_id for person in area.people if person.visited}
    assert area.best is not None
    assert sum(one.driving for one in ways.values()) == area.best.driving
    assert sum(one.metres for one in ways.values()) == pytest.approx(area.best.metres, abs=50)
    told = way_tip(next(iter(ways.values()))).splitlines()
    assert told[0].startswith("way: ")
    assert told[-1].startswith("in all: CNY")


def test_one_selection(page: RemotePage, background: InlineBackground) -> None:
    """List, map and inspector follow each other; a person on the map chooses the area as well."""
    one, other = book(page).rows[0], book(page).rows[1]
    assert page.list.key == one.key
    page.map.picked.emit(other.key)
    assert page.list.key == other.key
    assert page.map._chosen == other.key
    assert any(text.startswith("2 ·") for text in texts(page.inspector))
    person = one.people[-1]
    page.map.picked.emit(person.debtor_id)
    assert page.list.key == one.key
    assert page.inspector.people.current() == person
    QTest.keyClick(page.list.table, Qt.Key.Key_Down)
    assert page.selected == other.key
    page.map.picked.emit("")
    assert page.selected == other.key


def test_chips_choose_a_state(page: RemotePage) -> None:
    """A chip shows the areas of one decision; choosing another area on the map shows all again."""
    page.head.chips[WAIT].click()
    assert {row.state for row in page.list.model.rows} == {WAIT}
    assert page.area is not None
    assert page.area.state == WAIT
    page.map.picked.emit(first(page, GO).key)
    assert page.head.state == ""
    assert len(page.list.model.rows) == len(book(page).rows)


def test_go_with_a_crew_and_undo(page: RemotePage, background: InlineBackground) -> None:
    """G, a crew, Enter: the decision stands in list and inspector, agrees with the advice, and can
    be undone."""
    area = chosen(page, GO, Qt.Key.Key_G, background)
    dialog = dialog_of(page, DecideDialog)
    assert isinstance(dialog, DecideDialog)
    dialog.crew.setCurrentIndex(1)
    assert dialog.chosen_day == DAY + timedelta(days=1)
    confirm(page, background)
    row = book(page).row(area.key)
    assert row is not None
    assert row.decided is not None
    assert row.decided.decision.crew_id == book(page).crews[0].crew_id
    assert not row.differs
    assert words.state_word(row) == "Lead: go 11-24"
    assert words.state_tone(row) == "accent"
    page.session.undo_stack.undo()
    background.settle()
    again = book(page).row(area.key)
    assert again is not None
    assert again.decided is None


def test_a_decision_against_the_advice_is_shown_as_such(
    page: RemotePage, background: InlineBackground
) -> None:
    """Waiting where the advice is to go: another tint, both in words; Backspace leaves the area to
    the advice again."""
    area = chosen(page, GO, Qt.Key.Key_W, background)
    confirm(page, background)
    row = book(page).row(area.key)
    assert row is not None
    assert row.differs
    assert words.state_tone(row) == "warn"
    shown = texts(page.inspector)
    assert any(text.startswith("This differs from the advice") for text in shown)
    assert {"Advice: Go"} <= shown
    assert decisions(page.session.store, DAY)
    page.list.select(row.key)
    QTest.keyClick(page.list.table, Qt.Key.Key_Backspace)
    background.settle()
    assert decisions(page.session.store, DAY) == ()


def test_other_means_keep_their_row(page: RemotePage, background: InlineBackground) -> None:
    """People served by letter have no trip any more, but a row that says so and leads back."""
    area = chosen(page, WAIT, Qt.Key.Key_M, background)
    dialog = dialog_of(page, DecideDialog)
    assert isinstance(dialog, DecideDialog)
    dialog.means.button(1).click()
    dialog.day.setDate(QDate(2026, 12, 20))
    confirm(page, background)
    row = book(page).row(area.key)
    assert row is not None
    assert row.index < 0
    assert words.state_word(row) == "Lead: letter till 12-20"
    assert {p.debtor_id for p in row.people} == {p.debtor_id for p in area.people}
    places = {p.debtor_id: (p.lat, p.lon) for p in area.people}
    assert {p.debtor_id: (p.lat, p.lon) for p in row.people} == places
    page.select(row.key)
    assert not page.inspector.buttons["GO"].isVisibleTo(page)
    page.inspector.buttons["OPEN"].click()
    background.settle()
    back = book(page).row(area.key)
    assert back is not None
    assert back.index >= 0


def test_no_crew_on_that_day(page: RemotePage, background: InlineBackground) -> None:
    """On a day on which no crew works the decision cannot be confirmed, and it is said why."""
    chosen(page, GO, Qt.Key.Key_O, background)
    dialog = dialog_of(page, DecideDialog)
    assert isinstance(dialog, DecideDialog)
    assert dialog.save.isEnabled()
    dialog.day.setDate(QDate(2026, 11, 28))  # Saturday; the night leads into Sunday
    assert not dialog.save.isEnabled()
    assert "No crew works" in dialog.follows.text()
    dialog.reject()


def test_waiting_too_long_is_said_before(page: RemotePage, background: InlineBackground) -> None:
    """A wait that would end after the longest wait is named with both figures."""
    chosen(page, GO, Qt.Key.Key_W, background)
    dialog = dialog_of(page, DecideDialog)
    assert isinstance(dialog, DecideDialog)
    dialog.day.setDate(QDate(2027, 2, 1))
    assert "more than the 45 days" in dialog.follows.text()
    dialog.reject()


def test_settings(page: RemotePage, background: InlineBackground) -> None:
    """Settings stop at their bounds, are kept in the units of the store, and can be undone."""
    page.change_settings()
    dialog = dialog_of(page, SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    assert not dialog.save.isEnabled()
    for one in FIELDS:
        dialog.fields[one.name].setValue(100_000)
        assert dialog.fields[one.name].value() == one.most
    dialog.usual.click()
    assert dialog.changes() == {}
    dialog.fields["lodging"].setValue(250)
    dialog.fields["most_wait"].setValue(60)
    dialog.save.click()
    background.settle()
    rules = load_rules(page.session.store)
    assert (rules.lodging, rules.most_wait) == (25_000, 60)
    assert book(page).rules == rules
    page.session.undo_stack.undo()
    background.settle()
    assert load_rules(page.session.store) == RemoteRules()
    page.session.undo_stack.redo()
    background.settle()
    assert load_rules(page.session.store).most_wait == 60


def test_shortfall_is_named(page: RemotePage) -> None:
    """Work that the crews cannot do in time is said above the list: how many, by when, who."""
    assert not page.short.isVisible()
    short = Short(date(2026, 12, 12), 9 * 3600, tuple(f"张{k}" for k in range(12)))
    page._show(replace(book(page), short=short))
    assert page.short.isVisible()
    said = words.shortfall_sentence(short, book(page).rules)
    assert said.startswith("12 people will have waited longer than 45 days by 2026-12-12 Sat; ")
    assert "lack 9 hours: 张0, 张1" in said
    page.short.pressed.emit()
    assert page.area is not None
    assert page.area.longest_wait == max(row.longest_wait for row in book(page).rows)


def test_export(
    page: RemotePage,
    background: InlineBackground,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The spreadsheet has a row for each area with the list's figures; names are masked."""
    path = tmp_path / "list.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(path), ""))
    page.save()
    background.settle()
    cells = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    rows = book(page).rows
    assert [row[0] for row in cells[1 : len(rows) + 1]] == [row.number for row in rows]
    best = rows[0].best
    assert best is not None
    assert cells[1][4] == round(best.value / 100, 2)
    assert cells[1][7] == round(best.net / 100, 2)
    assert all("*" in str(row[12]) for row in cells[1 : len(rows) + 1])


def test_the_week_heeds_the_decisions(page: RemotePage, background: InlineBackground) -> None:
    """Planned from the page, the week visits the area on the day that was decided and on no other,
    and leaves out those for whom other means serve; one undo takes the whole week back."""
    page.week.deeds.seconds = 0.4
    areas = [area for area in book(page).rows if area.advice == GO]
    go = max(areas, key=lambda area: sum(person.visited for person in area.people))
    means = first(page, WAIT)
    tuesday = DAY + timedelta(days=1)
    page._decided(book(page), go, Decision("GO", day=tuesday))
    background.settle()
    page._decided(
        book(page), means, Decision("MEANS", until=DAY + timedelta(days=30), means="call")
    )
    background.settle()
    page.primary.click()
    background.settle()
    assert "The week is planned" in page.message.accessibleName()
    store = page.session.store
    with store.read() as conn:
        plans = {DAY + timedelta(days=k): load_plan(conn, DAY + timedelta(days=k))
                 for k in range(7)}  # fmt: skip
    where = {
        stop.debtor_id: day
        for day, plan in plans.items()
        if plan is not None
        for route in plan.routes
        for stop in route.stops
    }
    days = {where.get(person.debtor_id) for person in go.people if person.visited}
    assert days == {tuesday}
    assert not {person.debtor_id for person in means.people} & set(where)
    page.session.undo_stack.undo()
    background.settle()
    with store.read() as conn:
        assert load_plan(conn, tuesday) is None


def test_stopped_pricing_says_so(page: RemotePage, background: InlineBackground) -> None:
    """Cancelled before anything is priced, the page offers to begin again."""
    page.book = None
    page.refresh()
    page._stopped = True
    page._arrived(None)
    assert "Stopped: the trips of this day are not priced." in texts(page)
    page.empty.pressed.emit()
    background.settle()
    assert page.book is not None
    assert page.empty.isHidden() or not page.empty.isVisible()


def test_pricing_listens_to_cancel(demo_session: Session) -> None:
    """Cancelled at once nothing is answered; else the shares grow to one."""
    store, shares = demo_session.store, list[float]()
    assert load_remote(store, DAY, on_progress=shares.append, cancelled=lambda: True) is None
    assert shares == []
    found = load_remote(store, DAY, on_progress=shares.append, cancelled=lambda: False)
    assert found is not None
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_empty_workspace(session: Session, background: InlineBackground, qtbot: QtBot) -> None:
    """Without crews the reason is said; with people near by there is nothing remote."""
    page = RemotePage(session)
    qtbot.addWidget(page)
    page.show()
    background.settle()
    assert page.book is None
    assert page.empty.isVisible()
    assert not page.primary.isVisible()
    fill(session.store)
    page.refresh()
    background.settle()
    assert "No remote areas on this day: every visit is worth its way." in texts(page)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_is_clipped(
    page: RemotePage,
    background: InlineBackground,
    dressed: QApplication,
    language: str,
    look: str,
) -> None:
    """With decisions and a shortfall in view, and in each dialog, no text is cut off."""
    i18n.use(language)
    theme.apply(dressed, look)
    page._decided(book(page), first(page, GO), Decision("WAIT", until=DAY + timedelta(days=9)))
    background.settle()
    partner = Decision("MEANS", until=DAY + timedelta(days=40), means="partner")
    page._decided(book(page), first(page, WAIT), partner)
    background.settle()
    page._show(replace(book(page), short=Short(DAY, 9000, ("张*",) * 9)))
    QApplication.processEvents()
    found = clipped(page)
    assert page.list.table.horizontalScrollBar().maximum() == 0
    people = page.inspector.people
    assert sum(people.columnWidth(k) for k in range(4)) <= people.viewport().width()
    for kind in (GO, "OVERNIGHT", WAIT, "MEANS"):
        page.decide(kind)
        dialog = dialog_of(page, DecideDialog)
        QApplication.processEvents()
        found += clipped(dialog)
        dialog.reject()
    page.change_settings()
    settings = dialog_of(page, SettingsDialog)
    QApplication.processEvents()
    found += clipped(settings)
    settings.reject()
    assert found == []


def test_screen_readers_hear_everything(page: RemotePage) -> None:
    """List, map, inspector, its persons and the arithmetic have names."""
    for widget in (page.list.table, page.map, page.inspector, page.inspector.people,
                   page.inspector.by_day):  # fmt: skip
        assert widget.accessibleName()
    assert "visits bring" in page.inspector.by_day.accessibleDescription()
    assert len(page.panes()) == 4
    assert all(action.text() for action in page.commands())
    told = page.keys()
    letters = {keys.split(",")[0] for keys, _word in told}
    assert {"G", "O", "W", "M", "Backspace", "Enter"} <= letters


def test_outline_holds_its_people() -> None:
    """The outline of one place is a circle around it; that of several reaches around all."""
    alone = outline([(30.0, 102.0)])
    assert len(alone) == 16
    ring = outline([(30.0, 102.0), (30.2, 102.3)])
    assert min(spot[0] for spot in ring) < 30.0 < 30.2 < max(spot[0] for spot in ring)
    assert min(spot[1] for spot in ring) < 102.0 < 102.3 < max(spot[1] for spot in ring)


def test_marks(page: RemotePage) -> None:
    """Each area has a number and an outline, solid where a trip is made; its persons are dots."""
    rows = book(page).rows
    marks = remote_marks(book(page))
    assert [stop.number for stop in marks.stops] == [row.number for row in rows]
    assert [area.solid for area in marks.areas] == [row.state in (GO, "OVERNIGHT") for row in rows]
    assert len(marks.loose) == sum(len(row.people) for row in rows)
    assert marks.lines() == [() for _crew in marks.crews]


def test_long_waits_and_nights_in_words(page: RemotePage) -> None:
    """A trip that is made for long waits alone says so; a tour lists nights and allowance."""
    trip = Sums(1, 2, 3, 10_000, 30_000, 120_000, 9000, 3600, 9600, 30_000, 4000, 30_000, 73_600)
    told = dict(words.trip_lines(trip))
    assert told["lodging, 1 night"] == "\N{MINUS SIGN}CNY 300"
    assert told["allowance, 2 days"] == "\N{MINUS SIGN}CNY 40"
    assert told["what long waits add"] == "CNY 300"
    row = replace(
        first(page, GO), day_trip=trip, overnight=None, due=True, lacking=0, longest_wait=40
    )
    assert words.advice_word(row) == "Go now: waited long"
    assert words.break_even(row).startswith("costs CNY 636 more than it brings")
    assert "nears 45 days" in words.advice_sentence(row, book(page).rules)
