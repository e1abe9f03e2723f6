"""Filters of the cases: choices narrow the list, named ones come back, the search joins them."""

import pytest
from inline import InlineBackground
from people import fill
from pytestqt.qtbot import QtBot
from rounds import settle, show

from planner.actions.filters import Filter, saved_filters
from planner.store.people import find_persons
from planner.store.store import NewEvent, Store
from ui import i18n
from ui.cases.book import ALL
from ui.pages.cases import CasesPage
from ui.safe.drafts import typed
from ui.session import Session


@pytest.fixture
def page(
    qtbot: QtBot, session: Session, empty_store: Store, background: InlineBackground
) -> CasesPage:
    """The page in view with six persons, one of them with a much larger amount."""
    ids = fill(empty_store)
    case = {"case_id": "大/1", "lender": "大机构", "amount_overdue": 80_000_000,
            "overdue_since": "2025-01-01"}  # fmt: skip
    with empty_store.write() as tx:
        told = {"cases": [case]}
        tx.append([NewEvent("person.listed", ids[0], empty_store.clock(), told)])
    page = CasesPage(session)
    qtbot.addWidget(page)
    show(page, background)
    return page


def _choose(page: CasesPage, name: str, data: object, background: InlineBackground) -> None:
    box = page.filter_bar.boxes[name]
    places = [i for i in range(box.count()) if box.itemData(i) == data]
    box.setCurrentIndex(places[0])
    settle(background)


def test_choices_narrow_the_list(page: CasesPage, background: InlineBackground) -> None:
    """A lender leaves its persons in every list's count; clearing brings everybody back."""
    page._show_tab(ALL)
    assert page.model.rowCount() == 6
    _choose(page, "lender", "大机构", background)
    assert page.model.rowCount() == 1
    assert page._chips.of[ALL].text().endswith(" 1")
    _choose(page, "quality", "no_phone", background)
    assert page.model.rowCount() == 0
    page._empty.pressed.emit()
    settle(background)
    assert page.model.rowCount() == 6
    assert not page._filter.asks


def test_search_and_filter_hold_together(page: CasesPage, background: InlineBackground) -> None:
    """With a filter on, a search finds only among those it leaves; ending the search keeps it."""
    page._show_tab(ALL)
    _choose(page, "lender", "大机构", background)
    page._search.setText("nobody")
    page._search.ask()
    settle(background)
    assert page.model.rowCount() == 0
    page._search.clear()
    settle(background)
    assert page.model.rowCount() == 1


def test_a_named_filter_comes_back(
    page: CasesPage, empty_store: Store, background: InlineBackground
) -> None:
    """Saved under a name with its list, chosen again it puts list and choices back; deleted it is
    gone from the workspace too."""
    page._show_tab(ALL)
    _choose(page, "lender", "大机构", background)
    bar = page.filter_bar
    bar.saved.setEditText("large")
    bar.save.click()
    settle(background)
    assert saved_filters(empty_store) == {"large": Filter(lender="大机构", tab=ALL)}
    bar.show_filter(Filter(), tell=True)
    page._show_tab("paused")
    settle(background)
    bar.saved.setCurrentIndex(bar.saved.findText("large"))
    bar.saved.activated.emit(0)
    settle(background)
    assert (page._tab, page.model.rowCount()) == (ALL, 1)
    bar.delete.click()
    settle(background)
    assert saved_filters(empty_store) == {}


def test_other_words_keep_the_choice(page: CasesPage, background: InlineBackground) -> None:
    """After a change of language the same filter stands, in the other words."""
    _choose(page, "days", (361, None), background)
    before = page.filter_bar.chosen()
    i18n.use("zh_CN")
    try:
        page.filter_bar.retranslate()
        assert page.filter_bar.boxes["days"].currentText() == "361 天以上"
        assert page.filter_bar.chosen() == before
    finally:
        i18n.use("en")


def test_townships_follow_the_county(
    page: CasesPage, empty_store: Store, background: InlineBackground
) -> None:
    """County and township are chosen from what the addresses name; another county offers its own
    townships and drops a township that is not in it; nothing of it is kept as a draft."""
    with empty_store.read() as conn:
        ids = find_persons(conn)
    places = (("云岭市青石县桥头镇5号", "桥头镇"), ("云岭市白水县河口镇2号", "河口镇"))
    with empty_store.write() as tx:
        for i, (who, (text, town)) in enumerate(zip(ids, places, strict=False)):
            home = {"address_id": f"A{i}", "text": text, "township": town}
            tx.append([NewEvent("person.listed", who, empty_store.clock(), {"addresses": [home]})])
    page.refresh()
    settle(background)
    page._show_tab(ALL)
    county, town = (page.filter_bar.boxes[name] for name in ("county", "township"))
    assert [county.itemText(i) for i in range(1, 3)] == ["白水县", "青石县"]
    _choose(page, "county", "青石县", background)
    assert [town.itemText(i) for i in range(1, town.count())] == ["桥头镇"]
    _choose(page, "township", "桥头镇", background)
    assert page.model.rowCount() == 1
    _choose(page, "county", "白水县", background)
    assert town.currentData() is None
    assert page.model.rowCount() == 1
    assert page.filter_bar.chosen() == Filter(county="白水县")
    assert typed(page) == []
