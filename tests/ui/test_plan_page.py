"""The plan screen: one selection, changes that are judged, exports, words."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from inline import InlineBackground
from looks import clipped, texts
from people import NOW, crew, fill
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from planner.actions.change import Change
from planner.actions.make_plan import make_plan
from planner.actions.outcomes import Outcome
from planner.actions.record import record
from planner.domain.plan import Unserved
from planner.store.layers import save_layer
from planner.store.plans import load_plan
from planner.store.store import NewEvent, Store, new_debtor_id
from ui import i18n, theme
from ui.pages.plan import PlanPage
from ui.plan import words
from ui.plan.book import load_book
from ui.plan.edits import fault_sentence
from ui.plan.marks import book_marks
from ui.session import Session

DAY = date(2026, 11, 23)
HOSTILE = "<img src=x onerror=alert(1)>${1+1}"


def second_crew(store: Store) -> None:
    """A crew whose day is so short that little fits into it."""
    payload = dict(crew().payload) | {
        "crew_id": "k2",
        "name": HOSTILE,
        "members": [{"collector_id": "c3", "name": "郑浩"}, {"collector_id": "c4", "name": "何敏"}],
        "start": 9 * 3600,
        "end": 10 * 3600 + 1800,
    }
    with store.write() as tx:
        tx.append([NewEvent("crew.listed", "", NOW - timedelta(days=60), payload)])


def promised(store: Store) -> str:
    """A person with a live promise: to wait for."""
    with store.write() as tx:
        who = new_debtor_id(tx, "id:waits")
        promise = {"promise_id": "p1", "amount": 100_00, "due": "2026-11-30"}
        listed = {
            "name": "钱进",
            "jurisdiction": "CN",
            "addresses": [
                {"address_id": "AW", "text": "x", "kind": 0, "region": 0, "grade": 0, "lat": 30.6,
                 "lon": 114.3, "township": "青石镇", "valid": True},
            ],
            "cases": [
                {"case_id": "远山/W", "lender": "远山", "contract_no": "W", "product": "",
                 "amount_overdue": 3_000_000, "overdue_since": "2026-09-01", "status": "open"},
            ],
        }  # fmt: skip
        tx.append([NewEvent("person.listed", who, NOW - timedelta(days=50), listed)])
        tx.append([NewEvent("promise", who, NOW - timedelta(days=2), promise)])
    return who


@pytest.fixture
def book_session(session: Session) -> Session:
    """Six persons who may be visited, one who may not, two crews, no plan."""
    fill(session.store, 6)
    second_crew(session.store)
    promised(session.store)
    return session


@pytest.fixture
def open_page(
    qtbot: QtBot, background: InlineBackground, book_session: Session
) -> Callable[..., PlanPage]:
    """Show the page, with a plan unless told otherwise."""

    def open_it(planned: bool = True) -> PlanPage:
        if planned:
            make_plan(book_session.store, DAY, clock=book_session.clock, iterations=200)
        page = PlanPage(book_session)
        qtbot.addWidget(page)
        page.resize(1270, 640)
        page.show()
        background.settle()
        return page

    return open_it


def first_stop(page: PlanPage) -> str:
    """The debtor of the first crew's first stop."""
    return str(page.bar.lanes[0].blocks[0].debtor_id)


def message(page: PlanPage) -> str:
    """What the message bar says, "" when it is hidden."""
    return str(page.message.accessibleName()) if page.message.isVisible() else ""


def test_creates_the_plan(
    open_page: Callable[..., PlanPage], background: InlineBackground, qtbot: QtBot
) -> None:
    """The one primary button makes today's plan, shows it everywhere and is then the next step."""
    page = open_page(planned=False)
    assert page.foot.primary.text() == "Create today's plan"
    assert not page.bar.isVisible()
    page.deeds.seconds = 0.05
    QTest.mouseClick(page.foot.primary, Qt.MouseButton.LeftButton)
    assert page.deeds.running
    assert not page.foot.primary.isEnabled()
    background.settle()
    assert page.book is not None
    assert page.book.plan is not None
    assert page.book.plan.stops > 0
    assert page.foot.primary.text() == "Print day sheets"
    assert page.bar.isVisible()
    assert "0 rule breaks" in page.foot.totals.text()
    assert page.session.undo_stack.count() == 1


def test_asked_for_from_another_page(
    qtbot: QtBot, background: InlineBackground, book_session: Session
) -> None:
    """ "create" given before the day is loaded makes the plan as soon as it is."""
    page = PlanPage(book_session)
    qtbot.addWidget(page)
    page.deeds.seconds = 0.05
    page.show()
    page.show_item("create")
    background.settle()
    assert page.book is not None
    assert page.book.plan is not None


def test_creating_can_be_undone(
    open_page: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """Undo takes the plan back; the screen shows the day without one."""
    page = open_page(planned=False)
    page.deeds.seconds = 0.05
    page.create_plan()
    background.settle()
    page.session.undo_stack.undo()
    background.settle()
    assert page.book is not None
    assert page.book.plan is None
    assert page.foot.primary.text() == "Create today's plan"


def test_one_selection(open_page: Callable[..., PlanPage]) -> None:
    """Choosing in the list, on the map or in the timetable is the same choice."""
    page = open_page()
    who = [block.debtor_id for block in page.bar.lanes[0].blocks]
    page.list.table.go_to(page.list.model.place(lambda row: row.debtor_id == who[0]))
    assert (page.bar.selected, page.why.debtor_id) == (who[0], who[0])
    page.map.painted.picked.emit(page.map._keys.index(who[1]))
    assert page.list.table.current().debtor_id == who[1]
    assert page.bar.selected == who[1]
    QTest.mouseClick(page.bar, Qt.MouseButton.LeftButton, pos=page.bar.block_rect(who[2]).center())
    assert page.list.table.current().debtor_id == who[2]
    assert page.map.painted.chosen == page.map._keys.index(who[2])
    page.map.painted.picked.emit(-1)
    assert (page.selected, page.bar.selected, page.why.debtor_id) == ("", "", "")


def test_selection_leads_to_the_right_tab(open_page: Callable[..., PlanPage]) -> None:
    """A person who waits is shown in the tab of those who wait, with until when."""
    page = open_page()
    assert page.book is not None
    who = next(row for row in page.book.rows if row.tab == "waiting").debtor_id
    page.select(who)
    assert page.list.tab == "waiting"
    assert page.list.table.current().debtor_id == who
    row = page.list.table.current()
    assert page.list._until(row) == "12-02"
    assert "Next permitted: 2026-12-02" in page.why._rule.text()
    assert not page.why._add.isVisible()


def test_move_is_saved_and_undone(
    open_page: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """Ctrl+Right puts a stop one later; the plan is saved; undo restores the order."""
    page = open_page()
    before = [block.debtor_id for block in page.bar.lanes[0].blocks]
    page.select(before[0])
    QTest.keyClick(page.bar, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    background.settle()
    after = [block.debtor_id for block in page.bar.lanes[0].blocks]
    assert message(page) == ""
    assert after[:2] == [before[1], before[0]]
    with page.session.store.read() as conn:
        saved = load_plan(conn, DAY)
    assert saved is not None
    assert [stop.debtor_id for stop in saved.routes[0].stops] == after
    page.session.undo_stack.undo()
    background.settle()
    assert [block.debtor_id for block in page.bar.lanes[0].blocks] == before


def test_quick_moves_all_count(
    open_page: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """Two moves before the first is judged: both are made, in their order."""
    page = open_page()
    before = [block.debtor_id for block in page.bar.lanes[0].blocks]
    crew_id = page.bar.lanes[0].crew_id
    page.deeds.move(before[0], crew_id, 1)
    page.deeds.move(before[0], crew_id, 2)
    background.settle()
    after = [block.debtor_id for block in page.bar.lanes[0].blocks]
    assert after[:3] == [before[1], before[2], before[0]]
    assert page.session.undo_stack.count() == 2


def test_refused_drag_says_why(
    open_page: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """A stop dragged into a day that is too short is not moved; the screen says which bound."""
    page = open_page()
    lanes = page.bar.lanes
    short = next(number for number, lane in enumerate(lanes) if lane.crew_id == "k2")
    long = 1 - short
    before = lanes
    for block in lanes[long].blocks:
        start = page.bar.block_rect(block.debtor_id).center()
        end = start.__class__(
            int(page.bar.ruler.x(9.5 * 3600)), int(page.bar.ruler.top(short)) + 20
        )
        QTest.mousePress(page.bar, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(page.bar, (start + end) / 2)
        QTest.mouseMove(page.bar, end)
        QTest.mouseRelease(page.bar, Qt.MouseButton.LeftButton, pos=end)
        background.settle()
        if message(page):
            break
    assert message(page).startswith("Not changed: ")
    assert "would be back" in message(page)
    assert HOSTILE in message(page)
    taken = [block.debtor_id for lane in page.bar.lanes for block in lane.blocks]
    assert sorted(taken) == sorted(b.debtor_id for lane in before for b in lane.blocks)


def test_lock_forbids_moving_and_removing(
    open_page: Callable[..., PlanPage], background: InlineBackground, qtbot: QtBot
) -> None:
    """L locks: the stop can then neither be dragged nor removed, and the screen says so."""
    page = open_page()
    who = first_stop(page)
    page.select(who)
    QTest.keyClick(page.bar, Qt.Key.Key_L)
    background.settle()
    assert page.bar.lanes[0].blocks[0].locked
    assert page.why._lock.text() == "Unlock"
    with qtbot.waitSignal(page.bar.hinted) as said:
        QTest.keyClick(page.bar, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert "locked" in said.args[0]
    QTest.keyClick(page.bar, Qt.Key.Key_Delete)
    background.settle()
    assert "locked" in message(page)
    assert first_stop(page) == who


def test_remove_and_add_again(
    open_page: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """Delete takes a person out and says so in "Not planned"; Add puts them in again."""
    page = open_page()
    assert page.book is not None
    who = first_stop(page)
    page.select(who)
    QTest.keyClick(page.list.table, Qt.Key.Key_Delete)
    background.settle()
    assert who not in page.book.seats
    assert page.why._rule.text() == "Taken out by hand."
    page.list.show_tab("not_planned")
    assert who in [row.debtor_id for row in page.list.model.rows]
    QTest.mouseClick(page.why._add, Qt.MouseButton.LeftButton)
    background.settle()
    assert who in page.book.seats
    assert page.why._drop.isVisible()


def test_give_to_a_crew_by_keys(
    open_page: Callable[..., PlanPage], background: InlineBackground, qtbot: QtBot
) -> None:
    """T and a number ask for the move to that crew."""
    page = open_page()
    lanes = page.bar.lanes
    full = next(number for number, lane in enumerate(lanes) if lane.blocks)
    page.select(lanes[full].blocks[0].debtor_id)
    with qtbot.waitSignal(page.bar.hinted):
        QTest.keyClick(page.bar, Qt.Key.Key_T)
    with qtbot.waitSignal(page.bar.moved) as wanted:
        QTest.keyClick(page.bar, Qt.Key.Key_1 + (1 - full))
    assert wanted.args[1] == lanes[1 - full].crew_id
    background.settle()


def test_map_layers_reach_the_map(
    qtbot: QtBot, background: InlineBackground, book_session: Session
) -> None:
    """Roads of the workspace lie under the stops."""
    line = '{"type":"LineString","coordinates":[[114.2,30.5],[114.5,30.7]]}'
    layer = f'{{"features":[{{"properties":{{"class":"primary"}},"geometry":{line}}}]}}'
    with book_session.store.write() as tx:
        save_layer(tx, "roads", layer.encode())
    page = PlanPage(book_session)
    qtbot.addWidget(page)
    page.show()
    background.settle()
    assert len(page.map._ground[0].roads[0]) == 1


def test_hostile_crew_name_is_text(open_page: Callable[..., PlanPage]) -> None:
    """A crew's name that looks like markup is shown as it is and never as rich text."""
    page = open_page()
    assert words.tip(HOSTILE).count("<") == 2
    name = next(lane.name for lane in page.bar.lanes if lane.crew_id == "k2")
    assert name == HOSTILE
    marks = book_marks(page.book)  # type: ignore[arg-type]
    assert HOSTILE in [crew_mark.name for crew_mark in marks.crews]


def test_marks_and_bar_agree(open_page: Callable[..., PlanPage]) -> None:
    """Every planned person is once on the map and once in the timetable; nobody twice."""
    page = open_page()
    assert page.book is not None
    marks = book_marks(page.book)
    planned = [stop.key for stop in marks.stops]
    blocks = [block.debtor_id for lane in page.bar.lanes for block in lane.blocks]
    assert planned == blocks
    eligible = {row.debtor_id for row in page.book.rows if row.tab == "ready"}
    assert {mark.key for mark in marks.loose} == eligible - set(planned)


def test_every_eligible_person_has_a_place_or_a_reason(
    book_session: Session,
) -> None:
    """Who may be visited is in the plan or left out with a sentence without open figures."""
    make_plan(book_session.store, DAY, clock=book_session.clock, iterations=50)
    book = load_book(book_session.store, DAY)
    for row in book.rows:
        if row.tab == "ready":
            assert (row.debtor_id in book.seats) != (row.debtor_id in book.left_out)
    for one in book.left_out.values():
        assert "{" not in words.left_out_sentence(book, one)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize(
    ("reason", "figures"),
    [
        ("OTHER_ADDRESS", {"served": "P1"}),
        ("LOCKED", {}),
        ("LOCKED", {"by": "shifts"}),
        ("LOCKED", {"by": "pinned", "stop": "P1", "shift": "k1"}),
        ("LOCKED", {"by": "edit", "shift": "k1", "extra_cost": 1200}),
        ("NO_WINDOW", {"windows": 1, "late_seconds": 900}),
        ("NO_WINDOW", {"windows": 0, "late_seconds": None}),
        ("LOW_VALUE", {"value": 900, "more_value": 301, "extra_cost": 1200, "extra_seconds": 1500,
                       "shift": "k1", "after": "P1", "before": ""}),
        ("DISPLACED", {"stop": "P1", "difference": 500, "value": 900, "shift": "k1"}),
        ("NO_TIME", {"short_seconds": 600, "extra_cost": 100, "extra_seconds": 1500,
                     "shift": "k1", "after": "", "before": ""}),
        ("NOT_CONSIDERED", {"value_per_hour": 900, "needed": 1000}),
        ("NO_ADDRESS", {}),
    ],
)  # fmt: skip
def test_reasons_have_words(
    book_session: Session, language: str, reason: str, figures: dict[str, object]
) -> None:
    """Each reason is a sentence in both languages with every figure filled in."""
    i18n.use(language)
    book = load_book(book_session.store, DAY)
    sentence = words.left_out_sentence(book, Unserved("P9", reason, figures))
    assert not sentence.startswith("reason.")
    assert "{" not in sentence
    i18n.use("en")


def test_faults_have_words() -> None:
    """A broken rule is named by its own sentence, a late crew with the minutes."""
    late = fault_sentence(("LATE", {"crew": "A", "minutes": 12, "end": "18:00"}))
    assert late == "A would be back 12 min after the end of its day (18:00)."
    assert not fault_sentence(("cn.house.hours", {"debtor": "P1", "at": ""})).startswith("rule.")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("dark", [False, True])
def test_nothing_is_cut_off(
    open_page: Callable[..., PlanPage], language: str, dark: bool, dressed: object, qtbot: QtBot
) -> None:
    """No text is clipped at the smallest window, in both languages and themes."""
    i18n.use(language)
    theme.apply(dressed, "dark" if dark else "light")  # type: ignore[arg-type]
    page = open_page()
    page.select(first_stop(page))
    # Buttons take their new width when the event loop comes to it.
    qtbot.waitUntil(lambda: clipped(page) == [])
    i18n.use("en")


def test_language_switch(open_page: Callable[..., PlanPage]) -> None:
    """Switching the language changes every word of the screen in place."""
    page = open_page()
    page.select(first_stop(page))
    english = texts(page)
    i18n.use("zh_CN")
    chinese = texts(page)
    assert "打印日程单" in chinese
    left = {word for word in english & chinese if any("a" <= c <= "z" for c in word.lower())}
    assert not {word for word in left if HOSTILE not in word}
    i18n.use("en")


def hold(store: Store, who: str) -> None:
    """Somebody disputes after the plan was made."""
    with store.write() as tx:
        tx.append([NewEvent("hold", who, NOW, {"hold_id": f"h{who}", "kind": 0})])


def test_stops_that_became_forbidden(
    open_page: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """Holds after planning: both stops are named and crossed; one press takes them out."""
    page = open_page()
    store = page.session.store
    gone = [block.debtor_id for block in page.bar.lanes[0].blocks][:2]
    for who in gone:
        hold(store, who)
    page.session.tell(Change.CONTACTS)
    background.settle()
    assert message(page).startswith("2 stops may not be visited any more: ")
    assert [block.state for block in page.bar.lanes[0].blocks][:3] == ["barred", "barred", ""]
    page.deeds.move(page.bar.lanes[0].blocks[2].debtor_id, page.bar.lanes[0].crew_id, 0)
    background.settle()
    assert "First remove" in message(page)
    page.message.pressed.emit()
    background.settle()
    assert message(page) == ""
    assert not set(gone) & {b.debtor_id for lane in page.bar.lanes for b in lane.blocks}
    page.session.undo_stack.undo()
    background.settle()
    assert message(page).startswith("2 stops")


def test_recorded_rounds_stay(
    open_page: Callable[..., PlanPage], background: InlineBackground
) -> None:
    """After a recorded visit the stop has a tick, nobody calls it outdated, the round stays."""
    page = open_page()
    first, second = (block.debtor_id for block in page.bar.lanes[0].blocks[:2])
    stop = page.book.seats[first].stop  # type: ignore[union-attr]
    outcome = Outcome(first, "VIS-NC", stop.start, address_id=stop.address_id)
    record(page.session.store, outcome, clock=lambda: NOW + timedelta(hours=12))
    page.session.tell(Change.CONTACTS)
    background.settle()
    assert page.bar.lanes[0].blocks[0].state == "done"
    assert message(page) == ""
    page.deeds.drop(second)
    background.settle()
    assert "recorded" in message(page)
    assert second in page.book.seats  # type: ignore[union-attr]


def test_many_chosen_on_the_map(open_page: Callable[..., PlanPage], book_session: Session) -> None:
    """A line drawn around persons on the map chooses their rows and says how much they are."""
    page, said = open_page(), []
    book_session.status.connect(said.append)
    assert page.book is not None
    wanted = [row.debtor_id for row in page.book.rows if row.tab == "ready"][:3]
    page.map.caught.emit([*wanted, "nobody"])
    assert {row.debtor_id for row in page.list.table.selected()} == set(wanted)
    assert said
    assert said[-1].startswith("3 cases chosen, CNY")
    page.map.caught.emit([])
    assert said[-1].startswith("0 cases")


def test_value_waits_where_nobody_goes(open_page: Callable[..., PlanPage]) -> None:
    """The circles of a township add up what those are worth who are not in the plan."""
    page = open_page(planned=False)
    assert page.book is not None
    free = [row for row in page.book.rows if row.tab == "ready" and row.township]
    heat = book_marks(page.book).heat
    assert {one.title for one in heat} == {row.township for row in free}
    assert sum(one.share for one in heat) == sum(max(0, row.value) for row in free)
