"""Offered plans on the screen: gaps filled, planned on from now, somebody brought in."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from inline import InlineBackground
from looks import clipped
from people import NOW, fill
from plan_day import message, other_crew, planned
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from planner.actions.make_plan import make_plan
from planner.actions.outcomes import Outcome
from planner.actions.record import record
from planner.actions.smallest import KINDS, Smallest
from planner.store.plans import load_plan
from planner.store.store import Store
from ui import i18n, theme
from ui.pages.plan import PlanPage
from ui.plan.book import NOT_PLANNED, load_book
from ui.plan.offers import Situation
from ui.plan.smallest import change_sentence, change_word
from ui.session import Session

DAY = date(2026, 11, 23)
NOON = NOW + timedelta(hours=3, minutes=30)


def at_noon() -> datetime:
    """12:00 on the day of the plan."""
    return NOON


@pytest.fixture
def open_page(
    qtbot: QtBot, background: InlineBackground, empty_store: Store
) -> Callable[..., PlanPage]:
    """Show the plan of a day with two crews, at the morning's hour or another."""

    def open_it(
        people: int = 8, hours: tuple[float, float] = (9, 18), clock: object = None
    ) -> PlanPage:
        fill(empty_store, people)
        other_crew(empty_store, *hours)
        morning = Session(empty_store, lambda: NOW, background)  # type: ignore[arg-type]
        make_plan(empty_store, DAY, clock=morning.clock, iterations=300)
        session = morning
        if clock is not None:
            session = Session(empty_store, clock, background)  # type: ignore[arg-type]
        page = PlanPage(session)
        qtbot.addWidget(page)
        page.resize(1270, 640)
        page.offers.seconds = dict.fromkeys(page.offers.seconds, 0.05)
        page.show()
        background.settle()
        return page

    return open_it


def everybody(page: PlanPage) -> set[str]:
    """Who is in the timetable."""
    return {who for stops in planned(page).values() for who in stops}


def stored(page: PlanPage) -> set[str]:
    """Who is in the plan that is saved."""
    with page.session.store.read() as conn:
        plan = load_plan(conn, DAY)
    assert plan is not None
    return {stop.debtor_id for route in plan.routes for stop in route.stops}


def without_one(page: PlanPage, background: InlineBackground) -> str:
    """Take somebody out by hand; who it was."""
    who = next(iter(everybody(page)))
    page.deeds.drop(who)
    background.settle()
    return who


def bring_back(page: PlanPage, background: InlineBackground) -> str:
    """Take a person out by hand, look at them under "Not today", ask for the smallest change."""
    who = without_one(page, background)
    page.list.show_tab(NOT_PLANNED)
    page.select(who)
    background.settle()
    QTest.keyClick(page.list.table, Qt.Key.Key_S)
    background.settle()
    return who


def test_the_difference_comes_before_the_change(
    open_page: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """S offers the smallest change: timetable and figures show it, nothing is stored until Take;
    then it is stored and can be undone."""
    page = open_page()
    count = len(everybody(page))
    who = bring_back(page, background)
    pane = page.view.proposal
    assert pane.isVisible()
    assert who in everybody(page)
    assert who not in stored(page)
    assert (pane.model.rows[0].kind, pane.model.rows[0].debtor_id) == ("added", who)
    now, then = (cell.text() for cell in pane._cells[1][1:3])
    assert (now, then) == (str(count - 1), str(count))
    assert f"{count} visits" in page.foot.totals.text()
    assert "Bring a person in: +1 visit" in page.foot.totals.text()
    assert not page.foot.primary.isEnabled()
    QTest.mouseClick(pane.take, Qt.MouseButton.LeftButton)
    background.settle()
    assert who in stored(page)
    assert page.why.isVisible()
    assert page.foot.primary.isEnabled()
    page.session.undo_stack.undo()
    background.settle()
    assert who not in stored(page)
    assert who not in everybody(page)


def test_discarding_changes_nothing(
    open_page: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """Esc puts the plan back onto the screen that was never changed in the store."""
    page = open_page()
    who = bring_back(page, background)
    undos = page.session.undo_stack.count()
    QTest.keyClick(page.list.table, Qt.Key.Key_Escape)
    background.settle()
    assert who not in everybody(page) | stored(page)
    assert page.offers.proposal is None
    assert page.session.undo_stack.count() == undos
    assert page.why.isVisible()


def test_nothing_else_while_an_offer_waits(
    open_page: Callable[..., PlanPage], background: InlineBackground, qtbot: QtBot
) -> None:
    """Edits and searches are refused in words while an offer waits; undo makes the offer void."""
    page = open_page()
    bring_back(page, background)
    other = next(iter(stored(page)))
    for deed in (lambda: page.deeds.drop(other), page.create_plan, page.fill_gaps):
        with qtbot.waitSignal(page.deeds.refused) as said:
            deed()
        assert said.args == ["First take the proposed plan, or discard it."]
    page.session.undo_stack.undo()
    background.settle()
    assert page.offers.proposal is None
    assert page.why.isVisible()


def test_gaps_are_filled_and_nothing_else_changes(
    open_page: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """G adds who has room; every other stop keeps crew and time."""
    page = open_page(people=3)
    before = dict(page.book.seats)  # type: ignore[union-attr]
    fill_more(page.session.store)
    page.refresh()
    background.settle()
    QTest.keyClick(page.list.table, Qt.Key.Key_G)
    background.settle()
    offer = page.offers.proposal
    assert offer is not None
    assert offer.difference.added
    change = offer.difference
    assert (change.removed, change.moved, change.retimed) == ((), (), ())
    page.commands_of.actions["forward"].trigger()
    background.settle()
    after = page.book.seats  # type: ignore[union-attr]
    assert set(offer.difference.added) == set(after) - set(before)
    for who, seat in before.items():
        assert (after[who].crew, after[who].stop.start) == (seat.crew, seat.stop.start)


def fill_more(store: Store) -> None:
    """Three people more who may be visited."""
    from people import calls, listed

    from planner.store.store import new_debtor_id

    with store.write() as tx:
        for i in range(3, 6):
            who = new_debtor_id(tx, f"id:{i:018d}")
            tx.append([listed(who, i), *calls(who, i)])


def test_no_gap_is_said(open_page: Callable[..., PlanPage], background: InlineBackground) -> None:
    """Where nothing is to be added, a sentence says so and no offer is made."""
    page = open_page(people=4)
    page.fill_gaps()
    background.settle()
    assert page.offers.proposal is None
    assert message(page) == "Fill the gaps: nothing better was found."
    assert page.foot.primary.isEnabled()


def test_plan_on_asks_about_the_crews(
    open_page: Callable[..., PlanPage], background: InlineBackground, qtbot: QtBot
) -> None:
    """O asks for each crew where it is, how late, whether it is there; the answer says so."""
    page = open_page(clock=at_noon)
    who = planned(page)["k1"][-1]
    QTest.keyClick(page.list.table, Qt.Key.Key_O)
    pane = page.view.plan_on
    assert pane.isVisible()
    page.select(who)
    blocks = {block.route.crew_id: block for block in pane.blocks}
    blocks["k1"].where.setCurrentIndex(2)
    blocks["k1"].late.setValue(35)
    blocks["k2"].absent.setChecked(True)
    assert not blocks["k2"].where.isEnabled()
    row = page.book.row(who)  # type: ignore[union-attr]
    assert row is not None
    with qtbot.waitSignal(pane.wanted) as said:
        QTest.mouseClick(pane.start, Qt.MouseButton.LeftButton)
    assert said.args == [
        Situation({"k1": (row.lat, row.lon)}, {"k1": 2100}, frozenset({"k2"}), True)
    ]
    blocks["k1"].where.setCurrentIndex(1)
    assert pane.situation().positions == {"k1": (30.6, 114.3)}


def test_planned_on_without_a_crew(
    open_page: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """A crew that is not there loses its open stops to the other; the recorded visit stays."""
    page = open_page(people=6, clock=at_noon)
    rounds = planned(page)
    crew_id = max(rounds, key=lambda one: len(rounds[one]))
    first = rounds[crew_id][0]
    stop = page.book.seats[first].stop  # type: ignore[union-attr]
    record(page.session.store, Outcome(first, "VIS-NC", stop.start, address_id=stop.address_id),
           clock=at_noon)  # fmt: skip
    page.refresh()
    background.settle()
    page.view.deciding.ask_crews()
    assert not page.view.plan_on.made.isChecked()
    block = next(b for b in page.view.plan_on.blocks if b.route.crew_id == crew_id)
    assert block.where.itemText(0).startswith("At the last visit: ")
    block.absent.setChecked(True)
    page.view.plan_on.press_start()
    background.settle()
    assert page.offers.proposal is not None
    assert planned(page)[crew_id] == [first]
    page.offers.take()
    background.settle()
    assert message(page) == ""
    assert planned(page)[crew_id] == [first]


def test_plan_on_of_a_day_that_is_over(
    open_page: Callable[..., PlanPage], background: InlineBackground, qtbot: QtBot
) -> None:
    """Yesterday's plan cannot be planned on; the screen says so."""
    page = open_page(clock=lambda: NOON + timedelta(days=1))
    page.session.set_day(DAY)
    background.settle()
    with qtbot.waitSignal(page.deeds.refused) as said:
        page.view.deciding.ask_crews()
    assert said.args == ["This day is over."]


def test_esc_leaves_the_questions(
    open_page: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """Esc in the pane of the crews closes it; the foot can be used again."""
    page = open_page()
    page.view.deciding.ask_crews()
    assert not page.foot.primary.isEnabled()
    QTest.keyClick(page.view.plan_on.blocks[0].late, Qt.Key.Key_Escape)
    assert page.why.isVisible()
    assert page.foot.primary.isEnabled()


def test_not_today_says_what_would_bring_somebody_in(
    open_page: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """Each person left out has a reason, a change in words, and a button that shows it."""
    page = open_page()
    who = without_one(page, background)
    page.list.show_tab(NOT_PLANNED)
    page.select(who)
    background.settle()
    row = page.list.table.current()
    assert page.list._change(row) == "put back"
    assert page.why._change.text().startswith("Was taken out by hand; ")
    assert page.why._bring.isVisible()
    page.select(next(iter(everybody(page))))
    assert not page.why._bring.isVisible()


FIGURES = {
    "crew": "k1", "address": "A0", "after": "", "loss": 1200, "value": 9000, "cost": 9900,
    "more_value": 901, "minutes": 25, "stop": "P", "to": "k2", "to_after": "", "people": ["P", "Q"],
    "addresses": ["A1", "A2"], "by": "pinned", "day": "2026-11-25", "why": "NO_WINDOW",
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("loss", [1200, 0, -1200])
def test_changes_have_words(empty_store: Store, kind: str, language: str, loss: int) -> None:
    """Every kind of change is a sentence with its figures in both languages; none has no words."""
    fill(empty_store, 1)
    i18n.use(language)
    book = load_book(empty_store, DAY)
    one = Smallest(kind, FIGURES | {"loss": loss})
    sentence = change_sentence(book, one)
    assert ("{" in sentence) is False
    assert bool(sentence) == bool(change_word(one)) == (kind != "NONE")
    by_hand = Smallest("UNLOCK", FIGURES | {"by": "hand"})
    assert change_sentence(book, by_hand) != change_sentence(book, Smallest("UNLOCK", FIGURES))
    i18n.use("en")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("dark", [False, True])
def test_nothing_is_cut_off(
    open_page: Callable[..., PlanPage], background: InlineBackground, language: str, dark: bool,
    dressed: object, qtbot: QtBot,
) -> None:  # fmt: skip
    """No text of an offer and of the questions is clipped at the smallest window."""
    i18n.use(language)
    theme.apply(dressed, "dark" if dark else "light")  # type: ignore[arg-type]
    page = open_page(people=12)
    bring_back(page, background)
    qtbot.waitUntil(lambda: clipped(page) == [])
    page.offers.discard()
    page.view.deciding.ask_crews()
    qtbot.waitUntil(lambda: clipped(page) == [])
    i18n.use("en")
