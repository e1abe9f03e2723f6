"""The table of cases: tabs, search, sums, copying, names that come by page."""

import csv
import io

import numpy as np
import pytest
from inline import InlineBackground
from looks import clipped, texts
from people import NOW, fill
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from rounds import NASTY, rename, settle, show

from planner.actions.rank import TABS
from planner.store.people import load_rows
from planner.store.store import NewEvent, Store
from ui import i18n, theme
from ui.cases.book import ALL, load_case_book
from ui.cases.columns import LOADING, Columns
from ui.cases.places import mask_address
from ui.models.book import KEPT, PAGE, BookModel
from ui.models.table import CELL
from ui.pages.cases import CasesPage
from ui.session import Session

MANY = 450  # more than two pages


@pytest.fixture
def ids(empty_store: Store) -> list[str]:
    """Six persons who may be visited."""
    return fill(empty_store)


@pytest.fixture
def page(qtbot: QtBot, session: Session, ids: list[str], background: InlineBackground) -> CasesPage:
    """The page, in view."""
    page = CasesPage(session)
    qtbot.addWidget(page)
    show(page, background)
    return page


def find(page: CasesPage, text: str, background: InlineBackground) -> list[str]:
    """Search as the page does after the last key; ids found, in all tabs."""
    page._search.setText(text)
    page._search.ask()
    settle(background)
    page._show_tab(ALL)
    settle(background)
    return [line.debtor_id for line in page.model.rows]


def test_everybody_stands_in_one_tab(page: CasesPage, ids: list[str]) -> None:
    """The counts of the tabs add up to all, and each tab shows as many lines as it counts."""
    book = page._book
    assert book is not None
    counts = book.counts()
    assert sum(counts[tab] for tab in TABS) == counts[ALL] == len(ids)
    for tab in (*TABS, ALL):
        page._show_tab(tab)
        assert page.model.rowCount() == counts[tab]
        assert page._chips.of[tab].text().endswith(f" {counts[tab]}")


def test_lines_say_what_the_ranking_says(page: CasesPage, session: Session) -> None:
    """Rank, points, amount and days of a line are those of the ranking, best first."""
    book = load_case_book(session.store, session.day)
    lines = page.model.rows
    assert [line.rank for line in lines] == list(range(1, len(lines) + 1))
    points = [line.points for line in lines]
    assert points == sorted(points, reverse=True)
    for line in lines:
        table = book.ranking.table
        i = book.row_of(line.debtor_id)
        assert (line.amount, line.loans) == (table.amount[i], table.open_cases[i])
        assert line.days == session.day.toordinal() - table.overdue_since[i]


def test_the_ranking_is_made_once(session: Session, ids: list[str]) -> None:
    """Nothing new, no new ranking; a new fact, another ranking."""
    store = session.store
    first = load_case_book(store, session.day).ranking
    assert load_case_book(store, session.day).ranking is first
    with store.write() as tx:
        tx.append([NewEvent("flag", ids[0], NOW, {"flag": 256, "on": True})])
    assert load_case_book(store, session.day).ranking is not first


def test_search_by_everything(
    page: CasesPage, ids: list[str], background: InlineBackground
) -> None:
    """Characters, pinyin initials, end of the phone number, case number, township."""
    assert find(page, "秀英", background) == [ids[1]]
    assert find(page, "oymy", background) == [ids[3]]
    assert find(page, "0004", background) == [ids[4]]
    assert find(page, "远山/0002", background) == [ids[2]]
    assert set(find(page, "青石", background)) == set(ids)
    assert find(page, "nobody", background) == []
    assert any("nobody" in text for text in texts(page._empty))
    page._search.clear()
    assert page.model.rowCount() == len(ids)


def test_search_looks_beyond_the_tab(page: CasesPage, background: InlineBackground) -> None:
    """Found in another list only: all lists are shown, and the tab comes back afterwards."""
    page._show_tab("paused")
    page._search.setText("秀英")
    page._search.ask()
    settle(background)
    assert page._tab == ALL
    assert page.model.rowCount() == 1
    page._search.clear()
    assert page._tab == "paused"


def test_sum_of_the_chosen_rows(qtbot: QtBot, page: CasesPage, session: Session) -> None:
    """The status line says how many are chosen and what they sum to; one row says nothing."""
    said: list[str] = []
    session.status.connect(said.append)
    with qtbot.waitSignal(page.table.summed):
        page.table.selectAll()
    total = sum(line.amount for line in page.model.rows)
    loans = sum(line.loans for line in page.model.rows)
    assert said[-1] == f"Chosen: 6 persons, {loans} cases, CNY {total / 100:,.2f}"
    with qtbot.waitSignal(page.table.summed):
        page.table.selectRow(0)
    assert said[-1] == ""


def test_sorting_is_by_value_and_keeps_the_person(page: CasesPage) -> None:
    """Sorting by amount goes by fen, both ways; the current and the chosen person stay so."""
    lines = page.model.rows
    page.table.go_to(2)
    who = lines[2].debtor_id
    chosen = page.table.selectionModel()
    chosen.select(
        page.model.index(4, 0),
        QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows,
    )
    both = {who, lines[4].debtor_id}
    for order, sign in ((Qt.SortOrder.DescendingOrder, -1), (Qt.SortOrder.AscendingOrder, 1)):
        page.table.sortByColumn(3, order)
        amounts = [sign * line.amount for line in page.model.rows]
        assert amounts == sorted(amounts)
        assert page.table.current().debtor_id == who
        book = page._book
        assert book is not None
        ids = book.ranking.table.debtor_ids
        assert {ids[i] for i in page.table.chosen_rows()} == both


def test_a_column_that_is_not_in_memory_does_not_sort(page: CasesPage) -> None:
    """Pressing the name's header changes neither the order nor the arrow."""
    page.table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    before = [line.debtor_id for line in page.model.rows]
    page.table.horizontalHeader().setSortIndicator(2, Qt.SortOrder.DescendingOrder)
    assert [line.debtor_id for line in page.model.rows] == before
    assert page.table.horizontalHeader().sortIndicatorSection() == 3


def test_enter_opens_the_person(page: CasesPage, session: Session) -> None:
    """Enter on a line asks the window for the person's page."""
    wanted: list[tuple[str, object]] = []
    session.wanted.connect(lambda key, what: wanted.append((key, what)))
    page.table.go_to(1)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert wanted == [("case", page.model.rows[1].debtor_id)]


def test_copy_is_masked_and_never_a_formula(
    page: CasesPage, session: Session, ids: list[str], background: InlineBackground
) -> None:
    """Rows on the clipboard: names masked, amounts exact, no cell begins a formula."""
    rename(session.store, ids[0], "=1+1")
    page.refresh()
    settle(background)
    page.copy()
    settle(background)
    cells = list(csv.reader(io.StringIO(QGuiApplication.clipboard().text()), delimiter="\t"))
    assert len(cells) == len(ids) + 1
    assert all(len(line) == len(cells[0]) for line in cells)
    flat = [cell for line in cells for cell in line]
    assert not any(cell.startswith(("=", "+", "@")) for cell in flat)
    assert "'=." in flat
    assert "20000.00" in flat
    assert "张伟" not in flat


def test_names_come_by_page(qtbot: QtBot, session: Session) -> None:
    """All rows are counted at once; only the page looked at is read, the latest first."""
    ids = fill(session.store, MANY)
    book = load_case_book(session.store, session.day)
    model = BookModel(Columns("Asia/Shanghai", session.day).make())
    asked: list[list[str]] = []
    model.wanted.connect(asked.append)
    model.show(book, book.rows_of(ALL))
    assert model.rowCount() == MANY == len(ids)
    assert model.index(MANY - 1, 2).data() == LOADING
    with qtbot.waitSignal(model.wanted):
        assert model.index(3, 2).data() == LOADING
    assert len(asked) == 1
    assert len(asked[0]) == PAGE
    assert model.line(3).debtor_id in asked[0]
    with session.store.read() as conn:
        people = load_rows(conn, asked[0])
    with qtbot.waitSignal(model.wanted):
        model.arrived(people)
    assert model.index(3, 2).data() != LOADING
    assert model.line(MANY - 1).debtor_id in asked[1]
    assert KEPT >= 2 * PAGE


def test_somebody_gone_is_not_asked_for_again(qtbot: QtBot, session: Session) -> None:
    """A person who is not in the store any more keeps the placeholder and causes no loop."""
    fill(session.store, 3)
    book = load_case_book(session.store, session.day)
    model = BookModel(Columns("Asia/Shanghai", session.day).make())
    model.show(book, book.rows_of(ALL))
    with qtbot.waitSignal(model.wanted):
        model.index(0, 2).data()
    model.arrived([])
    with qtbot.assertNotEmitted(model.wanted, wait=40):
        assert model.index(0, 2).data() == LOADING


def test_model_is_sound(qtmodeltester: ModelTester, session: Session) -> None:
    """Qt's own model test finds nothing."""
    fill(session.store, 5)
    book = load_case_book(session.store, session.day)
    model = BookModel(Columns("Asia/Shanghai", session.day).make())
    model.show(book, book.rows_of(ALL))
    qtmodeltester.check(model)
    assert model.index(0, 7).data(CELL).icon


def test_state_is_said_in_words(
    page: CasesPage, session: Session, ids: list[str], background: InlineBackground
) -> None:
    """Somebody met yesterday waits, and the chip says until when."""
    with session.store.write() as tx:
        tx.append([NewEvent("contact", ids[0], NOW, {"channel": "visit", "code": "VIS-RPC"})])
    page.refresh()
    settle(background)
    page._show_tab("waiting")
    (line,) = page.model.rows
    assert line.debtor_id == ids[0]
    assert page.model.index(0, 7).data() == "Waiting until 12-03 09:00"
    assert "visited today" in page.model.index(0, 7).data(Qt.ItemDataRole.ToolTipRole)


def test_refresh_after_a_change_elsewhere(
    page: CasesPage, session: Session, ids: list[str], background: InlineBackground
) -> None:
    """A person asked for by another page is brought into view, in the list where they stand."""
    page._search.setText("秀英")
    page._search.ask()
    settle(background)
    page.show_item(ids[5])
    settle(background)
    assert page.table.current().debtor_id == ids[5]


def test_hostile_name_is_only_text(
    page: CasesPage, session: Session, ids: list[str], background: InlineBackground
) -> None:
    """A name with markup appears masked, as plain text; nothing of it is in a tooltip."""
    rename(session.store, ids[0], NASTY)
    page.refresh()
    settle(background)
    place = page.model.place_of(page._book.row_of(ids[0]))  # type: ignore[union-attr]
    shown = [page.model.index(place, column).data() for column in range(9)]
    assert not any("<img" in str(text) for text in shown)
    tips = [page.model.index(place, c).data(Qt.ItemDataRole.ToolTipRole) or "" for c in range(9)]
    assert not any("<" in tip for tip in tips)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_is_clipped(
    page: CasesPage, dressed: object, language: str, look: str, background: InlineBackground
) -> None:
    """Both languages and themes: every word has room."""
    theme.apply(dressed, look)  # type: ignore[arg-type]
    i18n.use(language)
    settle(background)
    assert clipped(page) == []


def test_empty_workspace_offers_the_first_step(
    qtbot: QtBot, session: Session, background: InlineBackground
) -> None:
    """Without cases there is one sentence and one button."""
    page = CasesPage(session)
    qtbot.addWidget(page)
    show(page, background)
    assert "Choose files" in texts(page._empty)


def test_places_are_named_down_to_the_district() -> None:
    """Of an address only district and township are shown before it is revealed."""
    assert mask_address("云岭市青石县桥头镇5号", "桥头镇") == "青石县桥头镇****"
    assert mask_address("") == ""


def test_columns_match_the_book(session: Session) -> None:
    """Each column that sorts has its values in the book, as many as persons."""
    fill(session.store, 4)
    book = load_case_book(session.store, session.day)
    for column in Columns("Asia/Shanghai", session.day).make():
        if column.sort is None:
            with pytest.raises(KeyError):
                book.sort_key(column.key)
        else:
            assert np.shape(book.sort_key(column.key)) == (book.n,)


def test_sorting_keeps_the_order_of_the_ranking_among_equals(session: Session) -> None:
    """By every column, either way, and of a part of the book: as a plain stable sort has it."""
    fill(session.store, 60)
    book = load_case_book(session.store, session.day)
    some = book.ranking.order[::2]
    for column in ("rank", "points", "amount", "days", "loans", "state", "last"):
        for descending in (False, True):
            key = book.sort_key(column) * (-1 if descending else 1)
            plain = sorted(some.tolist(), key=key.__getitem__)
            assert book.sorted_rows(some, column, descending).tolist() == plain
