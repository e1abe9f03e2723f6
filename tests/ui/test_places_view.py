"""Places to check: everybody is placed by keyboard, quickly, and every step can be undone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from inline import InlineBackground
from looks import clipped
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.actions.places_desk import to_check
from planner.actions.places_online import save_service
from planner.domain.codes import Grade
from planner.domain.plan import Plan, Route, Stop
from planner.geo.geocode import Hit, Service
from planner.store.people import load_debtor
from planner.store.unplaced import Unplaced
from ui import i18n, theme
from ui.pages.cases import CasesPage
from ui.places.jobs import load_queue
from ui.places.view import PlacesView
from ui.plan.totals import weak_figure
from ui.session import Session


@pytest.fixture
def page(demo_session: Session, background: InlineBackground, qtbot: QtBot) -> Iterator[CasesPage]:
    """The cases of the demo at the size of the smallest window; no error was left to the window."""
    troubles: list[BaseException] = []
    demo_session.troubled.connect(troubles.append)
    page = CasesPage(demo_session)
    qtbot.addWidget(page)
    page.resize(1248, 660)
    page.show()
    background.settle()
    page.show_item("places")
    background.settle()
    yield page
    background.settle()
    page.shut()
    assert troubles == []


@pytest.fixture
def view(page: CasesPage) -> PlacesView:
    """The places view, in sight."""
    assert page.places.isVisible()
    return page.places


class Typist:
    """Presses keys, one after the other, and counts them."""

    def __init__(self, view: PlacesView, background: InlineBackground) -> None:
        self.view, self.background, self.keys = view, background, 0

    def press(
        self, *keys: Qt.Key, with_: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        for key in keys:
            QTest.keyClick(self.view.desk, key, with_)
            self.background.settle()
            self.keys += 1


def kept(view: PlacesView, one: Unplaced) -> tuple[float | None, Grade, bool]:
    """What the workspace knows of an address now."""
    with view.session.store.read() as conn:
        person = load_debtor(conn, one.debtor_id)
    address = next(a for a in person.addresses if a.address_id == one.address_id)
    return address.lat, address.grade, address.confirmed


def test_the_cases_say_how_many_wait(page: CasesPage, view: PlacesView) -> None:
    """The switch on the page of the cases counts who waits, and Esc leads back to the list."""
    waiting = len(to_check(view.session.store))
    assert waiting == len(view.bench.waiting) > 30
    assert f"({waiting})" in page.top.to_places.text()
    QTest.keyClick(view.desk, Qt.Key.Key_Escape)
    assert not view.isVisible()


def test_all_by_keyboard_in_few_keys(view: PlacesView, background: InlineBackground) -> None:
    """Fifty persons are placed with at most two keys each, one after the other, none of them twice:
    in five minutes there are three seconds for each key. Nobody needs the mouse."""
    typist = Typist(view, background)
    done = []
    for turn in range(50):
        one = view.bench.current
        assert one is not None
        if len(view.bench.offers) > 1 and turn % 3 == 0:
            typist.press(Qt.Key.Key_2)
        typist.press(Qt.Key.Key_Return)
        done.append(one)
    assert typist.keys <= 100
    assert len({one.debtor_id for one in done[:29]}) == 29
    assert all(kept(view, one)[0] is not None for one in done)


def test_arrows_move_the_pin_and_confirm_it(view: PlacesView, background: InlineBackground) -> None:
    """An arrow moves the pin by 100 m, with Shift by 1 km; G says how exact it is; Enter keeps it
    confirmed."""
    typist = Typist(view, background)
    one, before = view.bench.current, view.bench.spot
    assert one is not None
    assert before is not None
    typist.press(Qt.Key.Key_Up)
    typist.press(Qt.Key.Key_Up, with_=Qt.KeyboardModifier.ShiftModifier)
    after = view.bench.spot
    assert after is not None
    assert (after.lat - before.lat) * 111_320 == pytest.approx(1100, abs=1)
    typist.press(Qt.Key.Key_G, Qt.Key.Key_Return)
    assert kept(view, one) == (after.lat, Grade.STREET, True)


def test_tab_skips_and_comes_back(view: PlacesView, background: InlineBackground) -> None:
    """Tab goes to the next person, Shift+Tab back; nothing is written; behind the last comes the
    first."""
    typist = Typist(view, background)
    first = view.bench.current
    typist.press(Qt.Key.Key_Tab, Qt.Key.Key_Tab)
    assert view.bench.at == 2
    typist.press(Qt.Key.Key_Backtab, Qt.Key.Key_Backtab)
    assert view.bench.current == first
    typist.press(Qt.Key.Key_PageUp)
    assert view.bench.at == len(view.bench.waiting) - 1
    assert view.session.undo_stack.count() == 0


def test_undo_brings_the_person_back(view: PlacesView, background: InlineBackground) -> None:
    """After an undo the person waits again and is in hand."""
    typist = Typist(view, background)
    typist.press(Qt.Key.Key_Tab)
    one = view.bench.current
    assert one is not None
    typist.press(Qt.Key.Key_Return)
    view.refresh()
    background.settle()
    view.session.undo_stack.undo()
    background.settle()
    view.refresh()
    background.settle()
    assert view.bench.current is not None
    assert view.bench.current.debtor_id == one.debtor_id
    assert kept(view, one) == (one.lat, one.grade, False)


def test_a_list_that_was_read_too_early_brings_nobody_back(
    view: PlacesView, background: InlineBackground
) -> None:
    """Who types faster than the list is read goes on with the next person all the same."""
    stale = load_queue(view.session.store, "", view._written)
    first = view.bench.current
    assert first is not None
    QTest.keyClick(view.desk, Qt.Key.Key_Return)
    second = view.bench.current
    view._arrived(stale)  # read while the position is being written
    assert view.bench.current == second
    background.settle()
    view._arrived(stale)  # the same, delivered late
    assert view.bench.current is not None
    assert second is not None
    assert view.bench.current.debtor_id == second.debtor_id
    assert first not in view.bench.waiting


def test_a_pasted_position_is_found_on_the_spot(
    view: PlacesView, background: InlineBackground
) -> None:
    """A position or a link typed into the search puts the pin there, confirmed; a name searches."""
    one = view.bench.current
    assert one is not None
    view.search.setText("geo:29.812345,102.654321")
    QTest.keyClick(view.search, Qt.Key.Key_Return)
    background.settle()
    spot = view.bench.spot
    assert spot is not None
    assert (spot.lat, spot.lon, spot.source, spot.confirmed) == (
        29.812345,
        102.654321,
        "here",
        True,
    )
    view.search.setText("xiaolan")
    QTest.keyClick(view.search, Qt.Key.Key_Return)
    background.settle()
    assert view.bench.offers[0].place.name == "小榄镇"
    view.search.setText("没有这个地方")
    QTest.keyClick(view.search, Qt.Key.Key_Return)
    background.settle()
    assert view._message.isVisible()


def test_the_map_moves_the_pin(view: PlacesView, background: InlineBackground) -> None:
    """A press on the map, or a drag of the pin, sets the position of the one in hand only."""
    one = view.bench.current
    assert one is not None
    view.map.pin_moved.emit("another", 1.0, 1.0)
    assert view.bench.spot is None or not view.bench.moved
    view.map.pin_moved.emit(one.address_id, 29.9, 102.7)
    assert view.bench.moved
    QTest.keyClick(view.desk, Qt.Key.Key_Return)
    background.settle()
    assert kept(view, one) == (29.9, Grade.DOOR, True)


def test_an_online_service_is_asked_on_request_only(
    page: CasesPage, view: PlacesView, background: InlineBackground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The button is there once a service is switched on; O asks it for the address in hand, and
    what it says is an offer that nobody has taken."""
    asked: list[str] = []

    def answer(_service: Service, question: str, **_more: object) -> tuple[Hit, ...]:
        asked.append(question)
        return (Hit(29.83, 102.72, Grade.STREET, "春熙大道"),)

    monkeypatch.setattr("planner.actions.places_online.ask", answer)
    QTest.keyClick(view.desk, Qt.Key.Key_O)
    background.settle()
    assert not view.online.isVisible()
    assert asked == []
    save_service(view.session.store, Service(on=True))
    page.show_item("places")
    background.settle()
    one = view.bench.current
    assert one is not None
    QTest.keyClick(view.desk, Qt.Key.Key_O)
    background.settle()
    assert len(asked) == 1
    (offer,) = view.bench.offers
    assert (offer.grade, offer.place.source) == (Grade.STREET, "online:nominatim")
    assert kept(view, one) == (one.lat, one.grade, False)


def test_a_trusted_position_can_be_set_anew(
    page: CasesPage, view: PlacesView, background: InlineBackground
) -> None:
    """From a person's page the view opens for that person, also where the position is trusted."""
    waiting = {one.debtor_id for one in view.bench.waiting}
    with view.session.store.read() as conn:
        everybody = [who for (who,) in conn.execute("SELECT debtor_id FROM who WHERE pid > 0")]
    trusted = next(who for who in everybody if who not in waiting)
    page.show_item(("places", trusted))
    background.settle()
    assert view.bench.current is not None
    assert view.bench.current.debtor_id == trusted


def test_all_sure_ones_in_one_step(view: PlacesView, background: InlineBackground) -> None:
    """One button places whoever has one place only, and one undo takes all of them back."""
    before = len(view.bench.waiting)
    view.sure.click()
    background.settle()
    assert len(view.bench.waiting) < before
    view.session.undo_stack.undo()
    background.settle()
    view.refresh()
    background.settle()
    assert len(view.bench.waiting) == before


def test_a_list_with_faults_is_told(
    view: PlacesView, background: InlineBackground, tmp_path: Path
) -> None:
    """A list that is brought in counts at once; its faults are named by row and column."""
    path = tmp_path / "新表.csv"
    path.write_text("名称,纬度,经度\n新村,29.8,102.5\n坏村,29.8,\n", encoding="utf-8")
    view.lists.bring(path)
    background.settle()
    told = view._message.accessibleName()
    assert "新表" in told
    assert "Row 3" in told
    view.lists._drop("新表")
    background.settle()
    assert [one.name for one in view.lists._lists] == ["虚构演示-地名"]


def test_nothing_is_cut_off(
    view: PlacesView, background: InlineBackground, dressed: QApplication
) -> None:
    """At the smallest size every word fits, in both languages and themes."""
    for language in ("en", "zh_CN"):
        for look in ("light", "dark"):
            theme.apply(dressed, look)
            i18n.use(language)
            background.settle()
            QApplication.processEvents()  # the layouts take the new words in
            assert clipped(view) == [], (language, look)


def test_the_plan_counts_weak_stops() -> None:
    """The head of a plan says how many of its stops stand at their township; none is not said."""
    at = datetime(2026, 11, 24, tzinfo=UTC)
    stops = tuple(Stop(f"P{k}", (), f"A{k}", 30.0, 102.0, at, at, at, 0) for k in range(3))
    route = Route("K", "一组", (), 30.0, 102.0, at, at, stops)
    plan = Plan("p", at.date(), at, (route,), (), 0, 0, "", "")
    figure = weak_figure(plan, 2)
    assert figure is not None
    assert figure.text == "2 of 3 stops have only a township position"
    assert weak_figure(plan, 0) is None
    assert weak_figure(None, 2) is None
