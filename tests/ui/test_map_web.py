"""The map in a real QtWebEngine: our own scheme only, clicks both ways, hostile text inert."""

# Before any QApplication: the import registers the map's URL scheme.
import ui.map.scheme as scheme  # isort: skip

import json
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from planner.export.map_ground import read_ground
from planner.export.map_layers import AreaMark, CrewMark, LooseMark, Marks, StopMark
from ui.i18n import _
from ui.map.view import MapView, prepare_ground

pytestmark = [
    pytest.mark.webengine,
    pytest.mark.skipif(not scheme.registered(), reason="QtWebEngine cannot start here"),
    # Chromium grumbles about machines without a GPU or a D-Bus; our own warnings go to the log.
    pytest.mark.qt_log_ignore(".*"),
]
HOSTILE = "<img src=https://example.org/x onerror=alert(1)>${1+1}<script>alert(2)</script>"
LIMIT = 20_000


@pytest.fixture(autouse=True)
def wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The web engine is wanted here."""
    monkeypatch.setenv("FAIRVISIT_NO_WEBENGINE", "0")


def make_marks(title: str = "张*") -> Marks:
    """Two crews with two stops each and one eligible person, well apart on the screen."""
    crews = (CrewMark(title, 30.0, 102.0), CrewMark("二组", 30.0, 103.0))
    stops = tuple(
        StopMark(f"P{c}{n}", c, n, 29.6 + 0.4 * n, 102.2 + 0.5 * c, title, "10:05")
        for c in (0, 1)
        for n in (1, 2)
    )
    return Marks(crews, stops, (LooseMark("L1", 30.2, 102.45, title),))


def make_layer(name: str = "青溪镇") -> bytes:
    """A road and a named place."""
    road = {"type": "LineString", "coordinates": [[102.0, 30.0], [103.0, 30.4]]}
    spot = {"type": "Point", "coordinates": [102.5, 30.05]}
    features = [
        {"type": "Feature", "properties": {"highway": "primary"}, "geometry": road},
        {"type": "Feature", "properties": {"place": "city", "name": name}, "geometry": spot},
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def script(qtbot: QtBot, view: MapView, code: str) -> Any:
    """The value of a JavaScript expression in the map's page."""
    with qtbot.waitCallback(timeout=LIMIT) as answer:
        view.web.page.runJavaScript(f"JSON.stringify({code})", 0, answer)
    return json.loads(answer.args[0])


def pixel(qtbot: QtBot, view: MapView, index: int) -> QPoint:
    """Where a mark is in the window."""
    code = f"fairvisit.board.map.latLngToContainerPoint(fairvisit.board.marks.get({index})._latlng)"
    spot = script(qtbot, view, code)
    return QPoint(round(spot["x"]), round(spot["y"]))


def shown(qtbot: QtBot, marks: Marks, ground: bytes) -> MapView:
    """A map with everything drawn."""
    view = MapView()
    qtbot.addWidget(view, before_close_func=MapView.shut)
    view.resize(640, 480)
    view.set_ground(prepare_ground(read_ground([("g", ground)])))
    view.set_marks(marks)
    with qtbot.waitSignal(view.ready, timeout=LIMIT):
        view.show()
    assert view.web is not None
    drawn: set[str] = set()
    view.web.drawn.connect(lambda layer, _revision: drawn.add(layer))
    wanted = {"look", "ground", "routes", "homes", "stops", "loose"}
    qtbot.waitUntil(lambda: wanted <= drawn, timeout=LIMIT)
    return view


@pytest.fixture
def board(qtbot: QtBot) -> MapView:
    """A map with two routes."""
    return shown(qtbot, make_marks(), make_layer())


def test_click_on_a_stop_names_its_debtor(board: MapView, qtbot: QtBot) -> None:
    """A real mouse click on the canvas answers with the debtor's id; beside all marks with ""."""
    spot = pixel(qtbot, board, 2)
    with qtbot.waitSignal(board.picked, timeout=LIMIT) as caught:
        QTest.mouseClick(board.web.view.focusProxy(), Qt.MouseButton.LeftButton, pos=spot)
    assert caught.args == ["P11"]
    with qtbot.waitSignal(board.picked, timeout=LIMIT) as caught:
        QTest.mouseClick(board.web.view.focusProxy(), Qt.MouseButton.LeftButton, pos=QPoint(5, 240))
    assert caught.args == [""]


def test_fitted_plan_stays_in_view(board: MapView, qtbot: QtBot) -> None:
    """In another size the fitted plan is fitted anew, unless the map was moved since."""
    inside = "[...fairvisit.board.marks.values()].every(m => fairvisit.board.map.getBounds()"
    inside += ".contains(m.getLatLng())) && innerWidth < 500"
    board.resize(420, 260)
    qtbot.waitUntil(lambda: script(qtbot, board, inside), timeout=LIMIT)
    assert script(qtbot, board, "fairvisit.board.fitted")
    script(qtbot, board, "(fairvisit.board.map.setZoom(12, {animate: false}), 1)")
    assert not script(qtbot, board, "fairvisit.board.fitted")


def test_areas(qtbot: QtBot) -> None:
    """Outlines of areas stand on the map; that of the chosen mark is bolder, one without a trip has
    no fill."""
    ring = ((30.0, 102.3), (30.0, 102.7), (30.3, 102.7))
    areas = (AreaMark(("P01", "L1"), 0, ring), AreaMark(("P11",), 1, ring, solid=False))
    view = shown(qtbot, replace(make_marks(), areas=areas, rounds=False), make_layer())
    styles = "fairvisit.board.areas.map(a => [a.shape.options.weight, a.shape.options.fillOpacity])"
    qtbot.waitUntil(lambda: len(script(qtbot, view, styles)) == 2, timeout=LIMIT)
    assert script(qtbot, view, styles) == [[2, 0.14], [2, 0]]
    view.select("L1")
    qtbot.waitUntil(lambda: script(qtbot, view, styles)[0] == [3, 0.28], timeout=LIMIT)
    assert script(qtbot, view, "fairvisit.board.data.routes.features.length") == 0


def test_invented_places_are_named_in_the_corner(qtbot: QtBot) -> None:
    """The note stands once on the map, the name of the place without the mark, both as text."""
    view = shown(qtbot, make_marks(), make_layer("青溪镇（虚构）"))
    notes = script(qtbot, view, "[...document.querySelectorAll('.note')].map(n => n.textContent)")
    assert notes == [_("Fictional demonstration data")]
    assert script(qtbot, view, "fairvisit.board.labels._places.map(p => p.name)") == ["青溪镇"]
    assert script(qtbot, view, "fairvisit.board.labels.drawn") == 1


def test_selection_reaches_the_map(board: MapView, qtbot: QtBot) -> None:
    """Selecting from outside rings the mark and emits nothing."""
    with qtbot.assertNotEmitted(board.picked):
        board.select("P12")
        board.web.bridge.painted.disconnect(board.web.drawn)
        qtbot.waitUntil(lambda: script(qtbot, board, "fairvisit.board.chosen") == 3, timeout=LIMIT)
    board.select("nobody")
    qtbot.waitUntil(lambda: script(qtbot, board, "fairvisit.board.chosen") == -1, timeout=LIMIT)


def test_new_marks_replace_the_old(board: MapView, qtbot: QtBot) -> None:
    """After a re-plan only the new marks answer, and the selection follows the person."""
    board.select("P12")
    fewer = make_marks()
    with qtbot.waitSignal(
        board.web.drawn, timeout=LIMIT, check_params_cb=lambda layer, _rev: layer == "loose"
    ):
        board.set_marks(Marks(fewer.crews, fewer.stops[2:], ()))
    qtbot.waitUntil(lambda: script(qtbot, board, "fairvisit.board.chosen") == 1, timeout=LIMIT)
    assert script(qtbot, board, "[...fairvisit.board.marks.keys()]") == [0, 1]


def test_only_our_scheme_is_asked(board: MapView, qtbot: QtBot) -> None:
    """Drawing the whole map makes no request outside app://map, and needs none refused."""
    assert board.web.interceptor.refused == []
    assert board.web.interceptor.allowed >= 11


@pytest.mark.parametrize(
    "code",
    [
        'fetch("https://example.org/").then(() => 1)',
        'fetch("file:///etc/hostname").then(() => 1)',
        'fetch("/data/../../../pyproject.toml").then((a) => a.ok || Promise.reject())',
        'fetch("/assets/%2e%2e/%2e%2e/pyproject.toml").then((a) => a.ok || Promise.reject())',
        'fetch("app://other/data/stops").then((a) => a.ok || Promise.reject())',
        "Promise.resolve(eval('1'))",
    ],
)
def test_page_cannot_reach_out(board: MapView, qtbot: QtBot, code: str) -> None:
    """Network, disk, other hosts, paths upward and eval all fail from inside the page."""
    page = board.web.page
    start = f"""window.tried = "";
        try {{ ({code}).then(() => window.tried = "got", () => window.tried = "refused"); }}
        catch (error) {{ window.tried = "refused"; }} 0"""
    page.runJavaScript(start)
    qtbot.waitUntil(lambda: script(qtbot, board, "window.tried") != "", timeout=LIMIT)
    assert script(qtbot, board, "window.tried") == "refused"


def test_interceptor_refuses_what_no_policy_stops(board: MapView, qtbot: QtBot) -> None:
    """A page without any policy in the same profile still gets nothing from outside."""
    from PySide6.QtWebEngineCore import QWebEnginePage

    page = QWebEnginePage(board.web.profile, board.web.view)
    with qtbot.waitSignal(page.loadFinished, timeout=LIMIT):
        page.setHtml("<img src='https://example.org/a.png'><img src='file:///etc/hostname'>")
    qtbot.waitUntil(lambda: "https://example.org" in board.web.interceptor.refused, timeout=LIMIT)


def test_page_stays_where_it_is(board: MapView, qtbot: QtBot) -> None:
    """Neither a link elsewhere nor a new window gets anywhere."""
    page = board.web.page
    page.runJavaScript(
        "window.open('https://example.org/'); location.href='https://example.org/'; 0"
    )
    assert script(qtbot, board, "location.href") == "app://map/page/map.html"
    assert board.web.interceptor.refused in ([], ["https://example.org"])
    assert page.createWindow(page.WebWindowType.WebBrowserTab) is None


def test_hostile_names_stay_text(qtbot: QtBot) -> None:
    """Names that look like markup become text on the map: no element, no request, no script."""
    view = shown(qtbot, make_marks(HOSTILE), make_layer(HOSTILE))
    mark = "fairvisit.board.marks.get(0)"
    script(qtbot, view, f"({mark}.openTooltip(), 1)")
    text = script(qtbot, view, 'document.querySelector(".leaflet-tooltip").textContent')
    assert HOSTILE in text
    assert script(qtbot, view, 'document.querySelectorAll("img").length') == 0
    assert view.web.interceptor.refused == []


def test_theme_changes_the_map(board: MapView, qtbot: QtBot) -> None:
    """A dark palette makes the ground dark without a reload."""
    palette = board.palette()
    palette.setColor(palette.ColorRole.Text, Qt.GlobalColor.white)
    with qtbot.waitSignal(
        board.web.drawn, timeout=LIMIT, check_params_cb=lambda layer, _rev: layer == "look"
    ):
        board.setPalette(palette)
    earth = script(qtbot, board, 'document.documentElement.style.getPropertyValue("--earth")')
    assert earth == "#1E2226"


def test_keys_step_through_the_stops(board: MapView, qtbot: QtBot) -> None:
    """N goes to the next mark, P back, as clicks would."""
    target = board.web.view.focusProxy()
    with qtbot.waitSignal(board.picked, timeout=LIMIT) as caught:
        QTest.keyClick(target, Qt.Key.Key_N)
    assert caught.args == ["P01"]
    with qtbot.waitSignal(board.picked, timeout=LIMIT) as caught:
        QTest.keyClick(target, Qt.Key.Key_P)
    assert caught.args == ["L1"]


def test_dead_web_process_leaves_a_painted_map(board: MapView, qtbot: QtBot) -> None:
    """When the engine gives up, the painted map shows the same plan and answers clicks."""
    with qtbot.waitSignal(board.ready, timeout=LIMIT):
        board.web.failed.emit()
    assert board.web is None
    assert board.painted is not None
    spot = board.painted.spots()[0].toPoint()
    with qtbot.waitSignal(board.picked) as caught:
        QTest.mouseClick(board.painted, Qt.MouseButton.LeftButton, pos=spot)
    assert caught.args == ["P01"]


def test_says_when_it_is_drawn(qtbot: QtBot) -> None:
    """Asked before its page is there, the map says that it is drawn only when its stops stand."""
    view = MapView()
    qtbot.addWidget(view, before_close_func=MapView.shut)
    view.resize(640, 480)
    view.watch()
    view.set_marks(make_marks())
    with qtbot.waitSignal(view.still, timeout=LIMIT):
        view.show()
    assert script(qtbot, view, "fairvisit.board.marks.size") == 4
