"""The painted map: the same marks, signals and keys without a web engine."""

import ui.map.scheme as scheme  # isort: skip

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.export.map_ground import Ground, Place
from planner.export.map_layers import AreaMark, CrewMark, LooseMark, Marks, StopMark
from planner.export.map_style import DARK, LIGHT, crew_style, look
from planner.geo.basemap import check_map
from planner.paths import resources
from ui import theme
from ui.map.base import Base
from ui.map.ground_paint import _seat
from ui.map.mark_paint import once
from ui.map.mercator import metres_per_pixel, project, unproject
from ui.map.pins import PinMark
from ui.map.view import MapView, prepare_ground

GROUND = Ground(
    roads=((((29.9, 101.9), (30.5, 103.1)),), (), (), (((30.0, 102.0), (30.3, 102.9)),)),
    places=(Place("云岭市", 30.2, 102.5, 1), Place("<b>村</b>", 30.1, 102.3, 4)),
)
MARKS = Marks(
    (CrewMark("一组", 30.0, 102.0),),
    (
        StopMark("P1", 0, 1, 30.4, 102.2, "张*", "10:05"),
        StopMark("P2", 0, 2, 30.1, 102.9, "李*", "11:05", locked=True),
    ),
    (LooseMark("L1", 30.2, 102.6, "王*"),),
)


@pytest.fixture
def board(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> MapView:
    """A painted map with one route and one eligible person."""
    monkeypatch.setenv("FAIRVISIT_NO_WEBENGINE", "1")
    view = MapView()
    qtbot.addWidget(view)
    view.resize(640, 480)
    view.set_ground(prepare_ground(GROUND))
    view.set_marks(MARKS)
    with qtbot.waitSignal(view.ready):
        view.show()
    view.fit()
    return view


def colours(image: QImage) -> set[str]:
    """Every colour in the picture."""
    return {
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    }


def test_switched_off_engine_gives_a_painted_map(board: MapView) -> None:
    """FAIRVISIT_NO_WEBENGINE=1 starts no web engine; ground, route and stops are painted."""
    assert not scheme.usable()
    assert board.web is None
    seen = colours(board.painted.grab().toImage())
    assert {LIGHT.earth.lower(), LIGHT.roads[0].lower()} <= seen
    assert crew_style(0).colour.lower() in seen


def test_areas(board: MapView, qtbot: QtBot) -> None:
    """An area is filled in its crew's colour where a trip is made, else only outlined; that of the
    chosen mark is bolder; without rounds no ways are drawn."""
    ring = ((30.0, 102.3), (30.0, 102.7), (30.3, 102.7), (30.3, 102.3))
    solid = AreaMark(("P1", "L1"), 0, ring)
    marks = replace(MARKS, areas=(solid,), rounds=False)
    assert marks.lines() == [()]
    board.set_marks(marks, fit=True)
    inside = board.painted.pixel(30.05, 102.65).toPoint()

    def pixel() -> str:
        return board.painted.grab().toImage().pixelColor(inside).name()

    filled = pixel()
    assert filled != LIGHT.earth.lower()
    board.select("L1")
    lit = pixel()
    assert lit not in (filled, LIGHT.earth.lower())
    board.select("")
    board.set_marks(replace(marks, areas=(replace(solid, solid=False),)))
    assert pixel() == LIGHT.earth.lower()


def test_click_selects_and_beside_lets_go(board: MapView, qtbot: QtBot) -> None:
    """A click on each mark names its debtor, one beside all marks names nobody."""
    for index, key in enumerate(("P1", "P2", "L1")):
        spot = board.painted.spots()[index].toPoint()
        with qtbot.waitSignal(board.picked) as caught:
            QTest.mouseClick(board.painted, Qt.MouseButton.LeftButton, pos=spot)
        assert caught.args == [key]
        assert board.painted.chosen == index
    with qtbot.waitSignal(board.picked) as caught:
        QTest.mouseClick(board.painted, Qt.MouseButton.LeftButton, pos=board.rect().bottomLeft())
    assert caught.args == [""]


def test_selection_from_outside_is_silent(board: MapView, qtbot: QtBot) -> None:
    """`select` rings the mark, brings it into view and emits nothing."""
    board.painted.zoom_by(6)
    assert not board.rect().contains(board.painted.spots()[1].toPoint())
    with qtbot.assertNotEmitted(board.picked):
        board.select("P2")
    assert board.painted.chosen == 1
    assert board.rect().contains(board.painted.spots()[1].toPoint())


def test_keys(board: MapView, qtbot: QtBot) -> None:
    """N and P step, + and - zoom, arrows move, F fits, Esc lets go."""
    painted = board.painted
    fitted = (painted.camera.x, painted.camera.zoom)
    for key, name in ((Qt.Key.Key_N, "P1"), (Qt.Key.Key_N, "P2"), (Qt.Key.Key_P, "P1")):
        with qtbot.waitSignal(board.picked) as caught:
            QTest.keyClick(painted, key)
        assert caught.args == [name]
    QTest.keyClick(painted, Qt.Key.Key_Plus)
    QTest.keyClick(painted, Qt.Key.Key_Right)
    assert painted.camera.zoom > fitted[1]
    assert painted.camera.x > fitted[0]
    QTest.keyClick(painted, Qt.Key.Key_F)
    assert (painted.camera.x, painted.camera.zoom) == pytest.approx(fitted)
    QTest.keyClick(painted, Qt.Key.Key_Escape)
    assert painted.chosen == -1


def test_zoom_keeps_the_place_under_the_pointer(board: MapView) -> None:
    """What is under the mouse stays there while the wheel turns."""
    painted = board.painted
    spot = QPointF(painted.spots()[0])
    painted.zoom_by(1.5, spot)
    after = painted.spots()[0]
    assert (after.x(), after.y()) == pytest.approx((spot.x(), spot.y()), abs=1e-6)


def test_drag_moves_the_map_and_selects_nothing(board: MapView, qtbot: QtBot) -> None:
    """A drag that starts on a stop is a drag, not a click."""
    painted = board.painted
    start = painted.spots()[0].toPoint()
    with qtbot.assertNotEmitted(board.picked):
        QTest.mousePress(painted, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(painted, start + start.__class__(40, 10))
        QTest.mouseRelease(painted, Qt.MouseButton.LeftButton, pos=start + start.__class__(40, 10))
    moved = painted.spots()[0].toPoint() - start
    assert (moved.x(), moved.y()) == (40, 10)


def test_theme(board: MapView) -> None:
    """A dark palette gives a dark ground."""
    palette = board.palette()
    palette.setColor(palette.ColorRole.Text, Qt.GlobalColor.white)
    board.setPalette(palette)
    assert DARK.earth.lower() in colours(board.painted.grab().toImage())


def test_names_keep_clear_of_stops(board: MapView) -> None:
    """A name goes above its place, or below or beside it when a stop stands there, or not at all;
    it never lies over a stop."""
    spot, high = QPointF(100, 100), 16.0
    above = _seat(spot, 20, high, 4, [], [])
    assert above is not None
    assert above.bottom() < spot.y()
    below = _seat(spot, 20, high, 4, [], [(QPointF(100, 88), 10.0)])
    assert below is not None
    assert below.top() > spot.y()
    everywhere = [(QPointF(100.0 + x, 100.0 + y), 12.0) for x in (-25, 0, 25) for y in (-12, 0, 12)]
    assert _seat(spot, 20, high, 4, [], everywhere) is None
    assert _seat(spot, 20, high, 1, [], everywhere) is not None


def test_fitted_plan_stays_in_view(board: MapView) -> None:
    """In another size the fitted plan is fitted anew, unless the map was moved since."""
    board.resize(400, 200)
    QApplication.processEvents()
    inside = QRectF(board.painted.rect())
    assert all(inside.contains(spot) for spot in board.painted.spots()[:2])
    board.painted.zoom_by(1)
    zoom = board.painted.camera.zoom
    board.resize(640, 480)
    QApplication.processEvents()
    assert board.painted.camera.zoom == zoom


def test_invented_places_are_named_in_the_corner(board: MapView) -> None:
    """A ground of invented places shows a note; another ground does not."""
    plain = board.painted.grab().toImage()
    board.set_ground(prepare_ground(replace(GROUND, fictional=True)))
    marked = board.painted.grab().toImage()
    corner = [(x, y) for x in range(500, 630) for y in range(452, 472)]
    assert any(plain.pixelColor(x, y) != marked.pixelColor(x, y) for x, y in corner)


@pytest.mark.parametrize("dark", [False, True])
def test_contrast(dark: bool) -> None:
    """Figures on stops reach 4.5:1, lines and rims on the ground 3:1, names of places 4.5:1."""
    from PySide6.QtGui import QColor

    ground = look(dark=dark)
    for index in range(8):
        style = crew_style(index, dark=dark)
        assert theme.contrast(QColor(style.ink), QColor(style.colour)) >= 4.5
        assert theme.contrast(QColor(ground.earth), QColor(style.colour)) >= 3
    assert theme.contrast(QColor(ground.earth), QColor(ground.loose)) >= 3
    assert theme.contrast(QColor(ground.earth), QColor(ground.label)) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_crews_look_alike_everywhere(dark: bool) -> None:
    """Window and map give a crew the same colour and the same dashes."""
    palette = theme.make_palette(dark)
    for index in range(10):
        style = crew_style(index, dark=dark)
        assert theme.crew_colour(palette, index).name() == style.colour.lower()
        assert theme.crew_dash(index) == style.dash


def test_projection_round_trip() -> None:
    """Mercator there and back, and a pixel's length at the equator."""
    for lat, lon in ((0.0, 0.0), (30.0, 102.6), (-60.5, -179.0)):
        assert unproject(*project(lat, lon)) == pytest.approx((lat, lon))
    assert metres_per_pixel(0, 0) == pytest.approx(156_543.03, abs=0.01)


def test_pins_are_dragged_and_placed(board: MapView, qtbot: QtBot) -> None:
    """A dragged pin, a press and Enter while placing tell address and position; Esc and a press on
    a pin choose as ever."""
    board.set_pins([PinMark("A1", 30.3, 102.5, weak=True), PinMark("A2", 30.3, 102.5, chosen=True)])
    painted = board.painted
    assert painted is not None
    tip = painted.pixel(30.3, 102.5).toPoint()
    inside = tip + QPoint(9, -9)
    with qtbot.waitSignal(board.pin_picked) as picked:
        QTest.mouseClick(painted, Qt.MouseButton.LeftButton, pos=inside)
    assert picked.args == ["A2"]
    QTest.mousePress(painted, Qt.MouseButton.LeftButton, pos=inside)
    QTest.mouseMove(painted, inside + QPoint(60, 40))
    with qtbot.waitSignal(board.pin_moved) as moved:
        QTest.mouseRelease(painted, Qt.MouseButton.LeftButton, pos=inside + QPoint(60, 40))
    assert moved.args is not None
    assert moved.args[0] == "A2"
    assert moved.args[1] < 30.3
    assert moved.args[2] > 102.5
    board.set_pins([])
    board.start_placing("A9")
    board.aim(30.0, 102.0, 12)
    with qtbot.waitSignal(board.pin_moved) as moved:
        QTest.keyClick(painted, Qt.Key.Key_Return)
    assert moved.args is not None
    assert moved.args[0] == "A9"
    assert moved.args[1:] == pytest.approx([30.0, 102.0], abs=2e-3)
    spot = painted.pixel(30.02, 102.03).toPoint()
    with qtbot.waitSignal(board.pin_moved) as moved:
        QTest.mouseClick(painted, Qt.MouseButton.LeftButton, pos=spot)
    assert moved.args is not None
    assert moved.args[1:] == pytest.approx([30.02, 102.03], abs=1e-3)
    board.stop_placing()
    assert board.placing == ""


def test_everything_in_view_is_chosen(board: MapView, qtbot: QtBot) -> None:
    """E tells the keys of all marks that can be seen."""
    with qtbot.waitSignal(board.caught) as caught:
        QTest.keyClick(board.painted, Qt.Key.Key_E)
    assert caught.args == [["P1", "P2", "L1"]]


def test_weak_stop_is_hollow(board: MapView) -> None:
    """A stop whose place is known to the township only has the ground's colour inside."""
    marks = replace(MARKS, stops=(replace(MARKS.stops[0], weak=True), MARKS.stops[1]))
    assert board.painted is not None
    spots = [spot.toPoint() + QPoint(0, -8) for spot in board.painted.spots()[:2]]
    board.set_marks(marks)
    image = board.grab().toImage()
    inside = [image.pixelColor(spot).name().upper() for spot in spots]
    assert inside == [LIGHT.earth, crew_style(0).colour.upper()]


def test_base_maps_that_cannot_be_painted_are_told(board: MapView) -> None:
    """Where packs are there but no web engine, a word in the corner says so."""
    pack = check_map(resources() / "demo" / "prefecture.pmtiles")
    board.set_base(Base((pack,)))
    assert board.painted is not None
    assert board.painted._notes[2]
    board.set_base(Base())
    assert not board.painted._notes[2]


def test_a_way_is_drawn_once() -> None:
    """What is driven there and back is one line: the dash pattern of a crew stays what it is."""
    a, b, c, d = (30.0, 102.0), (30.1, 102.0), (30.2, 102.0), (30.2, 102.1)
    assert once([a, b, c, b, a]) == [[a, b, c]]
    assert once([a, b, c, b, d]) == [[a, b, c], [b, d]]
    assert once([a, b, d, a]) == [[a, b, d, a]]
    assert once([]) == []
