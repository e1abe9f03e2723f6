"""Settings, maps and roads: packs come and go, speeds and the server take effect, all in words."""

from pathlib import Path

import pytest
from inline import InlineBackground
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from road_sketch import river_county
from routing_server import routing_server

from planner.actions.road_packs import list_road_packs
from planner.actions.travel_settings import load_travel_settings
from planner.domain.work import Mode
from planner.geo.learned_speeds import NOTHING, Trip, learn
from ui import i18n
from ui.pages.settings import SettingsPage
from ui.session import Session
from ui.settings.road_learned import factor_words
from ui.settings.road_packs import ConfirmRemoval
from ui.settings.road_panel import RoadPanel
from ui.widgets.message_bar import MessageBar


@pytest.fixture
def panel(session: Session, background: InlineBackground, qtbot: QtBot) -> RoadPanel:
    """The panel, filled."""
    found = RoadPanel(session)
    qtbot.addWidget(found)
    found.refresh()
    background.settle()
    return found


def said(bar: MessageBar) -> str:
    """What a message says."""
    return bar.accessibleName()


def test_a_dropped_extract_becomes_a_pack_and_goes_after_a_question(
    panel: RoadPanel, session: Session, background: InlineBackground, tmp_path: Path
) -> None:
    """Added with a message, listed with size and extent, removed only when it is confirmed."""
    panel.packs.import_files([river_county(tmp_path / "river.osm.pbf")])
    background.settle()
    (row,) = panel.packs.model.rows
    assert row.name == "river"
    assert "1 road pack added" in said(panel.packs.message)
    panel.packs.table.selectRow(0)
    panel.packs.remove.click()
    (dialog,) = (w for w in QApplication.topLevelWidgets() if isinstance(w, ConfirmRemoval))
    dialog.reject()
    assert len(list_road_packs(session.store.path)) == 1
    panel.packs.remove.click()
    dialog = next(
        w for w in QApplication.topLevelWidgets() if isinstance(w, ConfirmRemoval) and w.isVisible()
    )
    dialog.go.click()
    background.settle()
    assert list_road_packs(session.store.path) == ()
    assert panel.packs.model.rows == []


def test_a_file_without_roads_is_refused_in_words(
    panel: RoadPanel, background: InlineBackground, tmp_path: Path
) -> None:
    """A broken file leaves a sentence, no traceback, and the button works again."""
    bad = tmp_path / "bad.osm.pbf"
    bad.write_bytes(b"no roads")
    panel.packs.import_files([bad])
    background.settle()
    assert "bad.osm.pbf" in said(panel.packs.message)
    assert panel.packs.add.isEnabled()
    assert panel.packs.model.rows == []


def test_speeds_change_only_with_apply_and_go_back(
    panel: RoadPanel, session: Session, background: InlineBackground
) -> None:
    """A figure typed is kept for its mode with its slip roads; as usual again leaves nothing."""

    def kept() -> dict[str, dict[str, float]]:
        with session.store.read() as conn:
            return {k: dict(v) for k, v in load_travel_settings(conn).speeds.items()}

    assert not panel.speeds.apply.isEnabled()
    panel.speeds.figures["primary"].setValue(29)
    assert kept() == {}
    panel.speeds.apply.click()
    background.settle()
    assert kept() == {"car": {"primary": 29.0, "primary_link": 19.0}}
    foot = panel.speeds.mode.findData(str(Mode.FOOT))
    panel.speeds.mode.setCurrentIndex(foot)
    panel.speeds.mode.activated.emit(foot)
    assert panel.speeds.figures["primary"].value() == pytest.approx(4.5)
    panel.speeds.reset.click()
    panel.speeds.apply.click()
    background.settle()
    assert kept() == {}


def test_looking_at_a_mode_changes_nothing(panel: RoadPanel) -> None:
    """Going through all modes leaves nothing to apply, though whole numbers are shown."""
    for index in range(panel.speeds.mode.count()):
        panel.speeds.mode.setCurrentIndex(index)
        panel.speeds.mode.activated.emit(index)
    assert not panel.speeds.apply.isEnabled()
    assert panel.speeds.speeds == {}


def test_the_server_is_tested_before_it_is_used(
    panel: RoadPanel, session: Session, background: InlineBackground
) -> None:
    """Off by default; a test says what came back; Apply switches it on; nonsense is refused."""
    card = panel.server
    assert not card.on.isChecked()
    with routing_server() as (url, told):
        card.url.setText(url)
        card.try_it()
        background.settle()
        assert "answers" in said(card.message)
        assert len(told.asked) == 1
        card.on.setChecked(True)
        card.apply.click()
        background.settle()
        with session.store.read() as conn:
            found = load_travel_settings(conn)
        assert (found.server_on, found.server_url, found.server_kind) == (True, url, "osrm")
    card.try_it()
    background.settle()
    assert "does not answer" in said(card.message)
    card.url.setText("ftp://nowhere")
    card.save()
    background.settle()
    assert "http" in said(card.message)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_it_fits_a_small_screen(
    session: Session, background: InlineBackground, qtbot: QtBot, language: str
) -> None:
    """No card is wider than the page at 1366 x 768, in both languages."""
    i18n.use(language)
    page = SettingsPage(session)
    qtbot.addWidget(page)
    page.resize(1248, 660)
    page.show()
    page.show_item("roads")
    QApplication.processEvents()
    panel = page.roads
    for card in (panel.packs, panel.maps, panel.speeds, panel.learned, panel.server):
        right = card.mapTo(page, card.rect().topRight()).x()
        assert card.width() >= card.minimumSizeHint().width()
        assert right <= page.width()
    background.settle()


def test_what_was_learned_says_on_how_much_it_rests(
    panel: RoadPanel, background: InlineBackground
) -> None:
    """Each kind of way with its trips and its share; too few are said to be too few; a reset
    empties the table."""
    card = panel.learned
    assert not card.reset.isVisibleTo(card)
    country = [Trip("", 12_000, 1_200, 1_800, 10)] * 40
    card.show_learned(learn(NOTHING, [*country, *[Trip("", 2_000, 600, 660, 10)] * 3]))
    told = [(one.pace, one.trips, factor_words(one)) for one in card.model.rows]
    assert told == [("slow", 3, "too few trips"), ("middle", 40, "+31 %")]
    assert card.reset.isVisibleTo(card)
    card.reset.click()
    background.settle()
    assert card.model.rows == []
