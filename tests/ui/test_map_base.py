"""Base maps in a real QtWebEngine: tiles from a worker, nothing from outside, no text that runs."""

# Before any QApplication: the import registers the map's URL scheme.
import ui.map.scheme as scheme  # isort: skip

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from made_maps import PNG, make_mbtiles, make_pmtiles, spread, vector_tile
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from planner.actions.map_packs import Online
from planner.export.map_ground import Ground, read_ground
from planner.export.map_layers import AreaMark, CrewMark, HeatMark, LooseMark, Marks, StopMark
from planner.geo.basemap import check_map
from planner.paths import resources
from ui import i18n
from ui.map.base import Base
from ui.map.pins import PinMark
from ui.map.tile_desk import pack_id
from ui.map.view import MapView, prepare_ground

pytestmark = [
    pytest.mark.webengine,
    pytest.mark.skipif(not scheme.registered(), reason="QtWebEngine cannot start here"),
    # Chromium grumbles about machines without a GPU or a D-Bus; our own warnings go to the log.
    pytest.mark.qt_log_ignore(".*"),
]
LIMIT = 20_000
DATA = Path(__file__).parents[1] / "data" / "maps"
HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<img src=https://example.org/p>",
    "<svg onload=alert(1)>", "<iframe src=file:///etc/passwd></iframe>", "javascript:alert(1)",
    "\"><script src='//example.org/x.js'></script>", "'-alert(1)-'", "${alert(1)}", "{{7*7}}",
    "{% import os %}", "</script><script>alert(1)</script>", "<!--<script>alert(1)", "]]><b>x</b>",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "\\u003cscript\\u003ealert(1)", "%3Cscript%3Ealert(1)",
    "<a href='javascript:alert(1)'>x</a>", "<math><mtext><img src=x onerror=alert(1)>",
    "<style>@import 'https://example.org/a.css'</style>", "<body onload=alert(1)>",
    "<link rel=stylesheet href=https://example.org/a.css>", "<object data=file:///etc/hostname>",
    "<form action=https://example.org><input autofocus onfocus=alert(1)>", "__proto__",
    "constructor",
    "<base href=https://example.org/>", "<meta http-equiv=refresh content='0;url=file:///etc'>",
    "\u202e<tpircs>\u2028alert(1)\u2029", "=cmd|' /C calc'!A0",
]  # fmt: skip


_SHOWN: list[MapView] = []


@pytest.fixture(autouse=True)
def wanted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The web engine is wanted here; maps are shut when a test is over."""
    monkeypatch.setenv("FAIRVISIT_NO_WEBENGINE", "0")
    yield
    while _SHOWN:
        _SHOWN.pop().shut()


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Complaints of scripts, and dialogs that they open."""
    from ui.map.web import MapPage

    told: list[str] = []
    monkeypatch.setattr(
        MapPage, "javaScriptConsoleMessage", lambda _page, _level, text, *_where: told.append(text)
    )
    for name in ("javaScriptAlert", "javaScriptConfirm", "javaScriptPrompt"):
        monkeypatch.setattr(MapPage, name, lambda *_all: told.append("dialog"), raising=False)
    return told


def script(qtbot: QtBot, view: MapView, code: str) -> Any:
    """The value of a JavaScript expression in the map's page."""
    assert view.web is not None
    with qtbot.waitCallback(timeout=LIMIT) as answer:
        view.web.page.runJavaScript(f"JSON.stringify({code})", 0, answer)
    return json.loads(answer.args[0])


def until(qtbot: QtBot, view: MapView, code: str) -> None:
    """Wait until an expression is true in the page."""
    qtbot.waitUntil(lambda: bool(script(qtbot, view, code)), timeout=LIMIT)


def shown(
    qtbot: QtBot, base: Base, marks: Marks | None = None, ground: Ground | None = None
) -> MapView:
    """A map with everything drawn that does not come from tiles."""
    view = MapView()
    _SHOWN.append(view)
    qtbot.addWidget(view)
    view.resize(640, 480)
    view.set_base(base)
    view.set_ground(prepare_ground(ground or Ground()))
    view.set_marks(marks or Marks())
    with qtbot.waitSignal(view.ready, timeout=LIMIT):
        view.show()
    assert view.web is not None
    until(qtbot, view, 'Boolean(fairvisit.board.groups.base && "loose" in fairvisit.board.groups)')
    return view


def many(count: int, weak: bool = False) -> Marks:
    """Eligible persons in rows around 30.5 north, 102.5 east."""
    return Marks(
        (CrewMark("一组", 30.5, 102.5),),
        (StopMark("S", 0, 1, 30.52, 102.52, "张*", "09:00", weak=weak),),
        tuple(
            LooseMark(f"L{i}", 30.3 + i % 100 / 250, 102.3 + i // 100 / (count / 40 + 1), "李*")
            for i in range(count)
        ),
    )


@pytest.fixture
def packs(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A pack of each schema that is not shipped, and one of pictures."""
    return (
        make_mbtiles(tmp_path / "o.mbtiles", spread(vector_tile("白河镇", "place", "class"))),
        make_pmtiles(tmp_path / "p.pmtiles", spread(vector_tile("青溪镇", key="pmap:kind"))),
        make_mbtiles(tmp_path / "r.mbtiles", spread(PNG), kind="png"),
    )


def test_three_schemas_and_pictures(
    qtbot: QtBot, packs: tuple[Path, Path, Path], faults: list[str]
) -> None:
    """Tiles of every schema are drawn with their names, thanks are shown, nothing goes out."""
    view = shown(qtbot, Base(tuple(check_map(path) for path in packs)))
    view.aim(30.5, 102.5, 8)
    until(qtbot, view, "fairvisit.board.labels.drawn == 2")
    names = script(qtbot, view, "fairvisit.board.labels._places.map((place) => place.name)")
    assert sorted(names) == ["白河镇", "青溪镇"]
    until(qtbot, view, 'document.querySelectorAll("img.leaflet-tile-loaded").length > 0')
    assert script(qtbot, view, 'document.querySelector(".note").textContent') == "© somebody"
    assert view.web is not None
    assert view.web.interceptor.refused == []
    assert faults == []


def test_demo_map_is_drawn_and_takes_the_place_of_the_sketch(qtbot: QtBot) -> None:
    """Where a base map covers the imported roads these are put away; without it they return."""
    spot = {"type": "Point", "coordinates": [107.35, 32.55]}
    feature = {"type": "Feature", "properties": {"place": "city", "name": "城"}, "geometry": spot}
    ground = read_ground([("g", json.dumps({"features": [feature]}).encode())])
    pack = check_map(resources() / "demo" / "prefecture.pmtiles")
    view = shown(qtbot, Base((pack,)), ground=ground)
    view.aim(32.55, 107.6, 9)
    until(qtbot, view, "fairvisit.board.labels.drawn >= 5")
    assert script(qtbot, view, 'fairvisit.board.hidden.has("ground")') is True
    away = {**feature, "geometry": {**spot, "coordinates": [10.0, 50.0]}}
    outside = json.dumps({"features": [away, away]}).encode()
    view.set_ground(prepare_ground(read_ground([("g", outside)])))
    until(qtbot, view, '!fairvisit.board.hidden.has("ground")')
    view.set_ground(prepare_ground(ground))
    until(qtbot, view, 'fairvisit.board.hidden.has("ground")')
    view.set_base(Base())
    until(qtbot, view, '!fairvisit.board.hidden.has("ground")')
    until(qtbot, view, "fairvisit.board.labels._places.length == 1")


def test_old_protomaps_and_no_borders(qtbot: QtBot, faults: list[str]) -> None:
    """A real pack of the older schema is drawn in Chinese; no rule touches its boundaries."""
    i18n.use("zh_CN")
    view = shown(qtbot, Base((check_map(DATA / "firenze_protomaps.pmtiles"),)))
    view.aim(43.771, 11.254, 13)
    until(qtbot, view, 'fairvisit.board.labels._places.some((place) => place.name == "佛罗伦萨")')
    layers = script(
        qtbot, view,
        "[...fairvisit.style.paintRules(fairvisit.board.look),"
        " ...fairvisit.style.labelRules(fairvisit.board.look, 'zh_CN')].map((r) => r.dataLayer)",
    )  # fmt: skip
    assert not {"boundary", "boundaries", "mask", "admin"} & set(layers)
    ranks = "['country', 'state', 'region'].map((kind) => fairvisit.style.place({kind}))"
    assert script(qtbot, view, ranks) == [0, 0, 0]
    assert faults == []


@pytest.mark.parametrize(
    "path",
    [
        "../../../etc/passwd", "{id}/../../../../etc/passwd", "{id}/%2e%2e/%2e%2e/1", "{id}/8/1",
        "{id}/8/1/1/1", "{id}/-1/0/0", "{id}/08888/1/1", "{id}/8/256/1", "{id}/99/1/1",
        "{id}/8/1/1.png", "0123456789abcdef/8/1/1", "{name}/8/1/1", "{id}/8/1/1%00", "{id}//8/1/1",
        "{id}/８/1/1", "{id}/8/1e1/1", "%2fetc%2fpasswd/8/1/1", "..\\\\..\\\\x/8/1/1",
    ],
)  # fmt: skip
def test_hostile_addresses_of_tiles(path: str, packs: tuple[Path, Path, Path]) -> None:
    """Only a pack that is served, with a place that can be, is an address; nothing else is read."""
    from ui.map.serve import Handler

    handler = Handler("en")
    try:
        handler.desk.set_packs((check_map(packs[0]),))
        known = pack_id(packs[0])
        wanted = path.format(id=known, name=packs[0].name)
        assert handler.find("map", f"/tiles/{wanted}") is None
        assert handler.find_tile("map", f"/tiles/{wanted}") is None
        assert handler.find_tile("other", f"/tiles/{known}/8/1/1") is None
        assert handler.find_tile("map", f"/tiles/{known}/8/1/1") == (known, 8, 1, 1)
    finally:
        handler.desk.shut()


def test_tiles_come_from_a_worker(qtbot: QtBot, packs: tuple[Path, Path, Path]) -> None:
    """The GUI thread asks and is told; a pack that came to harm gives no tile and no fault."""
    from ui.map.tile_desk import TileDesk

    desk = TileDesk()
    try:
        desk.set_packs((check_map(packs[0]), check_map(packs[1])))
        place = next(iter(spread(b"")))
        for path, whole in ((packs[0], True), (packs[1], False)):
            if not whole:
                path.write_bytes(path.read_bytes()[:300])
            with qtbot.waitSignal(desk.found, timeout=LIMIT) as answer:
                desk.ask(7, pack_id(path), *place)
            assert answer.args is not None
            assert (answer.args[0], answer.args[1] is not None) == (7, whole)
        with qtbot.waitSignal(desk.found, timeout=LIMIT) as answer:
            desk.ask(8, "f" * 16, *place)
        assert answer.args == [8, None]
    finally:
        desk.shut()


def test_online_lets_one_origin_through(qtbot: QtBot) -> None:
    """With a server of the user's choice its pictures pass policy and interceptor, nothing else."""
    server = Online("https://tiles.invalid/{z}/{x}/{y}.png", "© us", True)
    view = shown(qtbot, Base((), server))
    assert view.web is not None
    page = view.web.handler.pages["map.html"].decode()
    assert "img-src 'self' data: https://tiles.invalid;" in page
    assert "connect-src 'self';" in page
    until(qtbot, view, 'document.querySelectorAll("img.leaflet-tile").length > 0')
    assert view.web.interceptor.refused == []
    first = view.web
    view.set_base(Base())
    with qtbot.waitSignal(view.ready, timeout=LIMIT):
        pass
    assert view.web is not None
    assert view.web is not first
    assert "tiles.invalid" not in view.web.handler.pages["map.html"].decode()
    assert view.web.interceptor.online == ""


def test_thousands_are_gathered(qtbot: QtBot) -> None:
    """Above 5,000 dots lie in circles with their number; nearer they stand alone; one is found."""
    view = shown(qtbot, Base(), many(6000))
    view.aim(30.5, 102.5, 8)
    until(qtbot, view, "fairvisit.board.dots.groups.length > 0")
    dots = "fairvisit.board.dots"
    total = f"{dots}.seen.length + {dots}.groups.reduce((n, g) => n + g.members.length, 0)"
    assert script(qtbot, view, total) == 6000
    view.aim(30.5, 102.5, 15)
    until(qtbot, view, "fairvisit.board.dots.groups.length == 0")
    spot = script(
        qtbot, view,
        "(([i, x, y]) => [i, x, y])(fairvisit.board.dots.seen.filter("
        "([i, x, y]) => x > 50 && y > 50 && x < 500 && y < 400)[0] || [0, 0, 0])",
    )  # fmt: skip
    if spot == [0, 0, 0]:
        view.aim(30.3 + 4 / 250, 102.3, 15)
        until(qtbot, view, "fairvisit.board.dots.seen.some(([i]) => i == 4)")
        spot = [4, 320, 240]
    assert view.web is not None
    with qtbot.waitSignal(view.picked, timeout=LIMIT) as caught:
        QTest.mouseClick(
            view.web.view.focusProxy(), Qt.MouseButton.LeftButton, pos=QPoint(*map(round, spot[1:]))
        )
    assert caught.args == [f"L{spot[0]}"]


def test_lasso_and_everything_in_view(qtbot: QtBot) -> None:
    """A line drawn around marks, and E for all in view, tell their keys; Esc ends the drawing."""
    view = shown(qtbot, Base(), many(300))
    view.aim(30.5, 102.5, 9)
    until(qtbot, view, "fairvisit.board.dots.seen.length == 300")
    assert view.web is not None
    target = view.web.view.focusProxy()
    with qtbot.waitSignal(view.caught, timeout=LIMIT) as caught:
        QTest.keyClick(target, Qt.Key.Key_E)
    assert caught.args is not None
    assert sorted(caught.args[0]) == sorted(["S", *(f"L{i}" for i in range(300))])
    QTest.keyClick(target, Qt.Key.Key_C)
    until(qtbot, view, "Boolean(fairvisit.board.busy)")
    QTest.keyClick(target, Qt.Key.Key_Escape)
    until(qtbot, view, "!fairvisit.board.busy")
    QTest.keyClick(target, Qt.Key.Key_C)
    until(qtbot, view, "Boolean(fairvisit.board.busy)")
    inside = "fairvisit.board.dots.seen.filter(([i, x]) => x < 300).map(([i]) => i + 1)"
    expected = script(qtbot, view, inside)
    with qtbot.waitSignal(view.caught, timeout=LIMIT) as caught:
        view.web.page.runJavaScript(
            "fairvisit.board.busy.points = [[-9, -9], [300, -9], [300, 999], [-9, 999]];"
            "fairvisit.board.busy.close(); 0"
        )
    assert caught.args is not None
    assert sorted(key for key in caught.args[0] if key != "S") == sorted(
        f"L{index - 1}" for index in expected
    )


def test_layer_switch(qtbot: QtBot) -> None:
    """B opens the switch; its boxes hide and show layers, value that waits among them."""
    heat = (HeatMark("青溪镇", 30.5, 102.5, 9.0, "3"), HeatMark("白河镇", 30.6, 102.6, 1.0, "1"))
    marks = many(20)
    view = shown(qtbot, Base(), Marks(marks.crews, marks.stops, marks.loose, heat=heat))
    assert view.web is not None
    assert script(qtbot, view, "fairvisit.board.map.hasLayer(fairvisit.board.groups.heat)") is False
    QTest.keyClick(view.web.view.focusProxy(), Qt.Key.Key_B)
    until(qtbot, view, "Boolean(fairvisit.board.panel)")
    script(
        qtbot, view,
        "[...document.querySelectorAll('.layers input')].forEach((box) => box.click()) || 1",
    )  # fmt: skip
    until(qtbot, view, "fairvisit.board.map.hasLayer(fairvisit.board.groups.heat)")
    radii = script(qtbot, view, "fairvisit.board.groups.heat.getLayers().map((c) => c.getRadius())")
    assert radii[0] - 3 == pytest.approx(3 * (radii[1] - 3))  # nine times the area
    assert script(qtbot, view, "fairvisit.board.map.hasLayer(fairvisit.board.dots)") is False
    QTest.keyClick(view.web.view.focusProxy(), Qt.Key.Key_Escape)
    until(qtbot, view, "!fairvisit.board.panel")


def test_pins_and_placing(qtbot: QtBot) -> None:
    """A dragged pin, a press and Enter while placing tell address and position."""
    view = shown(qtbot, Base())
    view.set_pins([PinMark("A1", 30.5, 102.5, "张*", weak=True), PinMark("A2", 30.6, 102.6)])
    view.aim(30.5, 102.5, 12)
    until(qtbot, view, 'document.querySelectorAll(".pin").length == 2')
    assert script(qtbot, view, 'document.querySelectorAll(".pin.weak").length') == 1
    assert view.web is not None
    with qtbot.waitSignal(view.pin_moved, timeout=LIMIT) as moved:
        view.web.page.runJavaScript(
            "((m) => { m.setLatLng([30.7, 102.9]); m.fire('dragend'); })"
            "(fairvisit.board.groups.pins.getLayers()[1]); 0"
        )
    assert moved.args is not None
    assert moved.args[0] == "A2"
    assert moved.args[1:] == pytest.approx([30.7, 102.9])
    view.start_placing("A7")
    until(qtbot, view, "fairvisit.board.placing === true")
    target = view.web.view.focusProxy()
    with qtbot.waitSignal(view.pin_moved, timeout=LIMIT) as moved:
        QTest.keyClick(target, Qt.Key.Key_Return)
    assert moved.args is not None
    assert moved.args[0] == "A7"
    assert moved.args[1:] == pytest.approx([30.5, 102.5], abs=1e-3)
    with qtbot.waitSignal(view.pin_moved, timeout=LIMIT) as moved:
        QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=QPoint(420, 240))
    assert moved.args is not None
    assert moved.args[2] > 102.51
    view.stop_placing()
    until(qtbot, view, "fairvisit.board.placing === false")
    with qtbot.waitSignal(view.picked, timeout=LIMIT) as picked:
        QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=QPoint(420, 240))
    assert picked.args == [""]


def test_weak_positions_are_drawn_otherwise(qtbot: QtBot) -> None:
    """A stop whose place is known to the township only says so and is drawn hollow."""
    view = shown(qtbot, Base(), many(5, weak=True))
    assert script(qtbot, view, "fairvisit.board.marks.get(0).options.weak") is True
    script(qtbot, view, "(fairvisit.board.marks.get(0).openTooltip(), 1)")
    said = script(qtbot, view, 'document.querySelector(".leaflet-tooltip").textContent')
    assert view.web is not None
    assert said.endswith(script(qtbot, view, "fairvisit.board.words.weak"))


def hostile_pack(folder: Path, index: int, text: str) -> Path:
    """A pack whose names, words and layers are hostile."""
    return make_pmtiles(
        folder / f"{index}.pmtiles", spread(vector_tile(text), range(7, 9)),
        about={
            "name": text, "attribution": text, "description": text,
            "vector_layers": [{"id": text}, {"id": "places"}],
        },
    )  # fmt: skip


def test_thirty_hostile_texts(qtbot: QtBot, tmp_path: Path, faults: list[str]) -> None:
    """As names, notes, places, layers, pins, words of packs: none runs, none asks for anything."""
    packs = tuple(check_map(hostile_pack(tmp_path, n, t)) for n, t in enumerate(HOSTILE[:6]))
    spots = [
        {
            "type": "Feature", "properties": {"place": "town", "name": text, text: text},
            "geometry": {"type": "Point", "coordinates": [102.3 + n / 50, 30.45 + n % 5 / 30]},
        }
        for n, text in enumerate(HOSTILE)
    ]  # fmt: skip
    ground = read_ground([(HOSTILE[0], json.dumps({"features": spots}).encode())])
    marks = Marks(
        tuple(CrewMark(text, 30.4, 102.4) for text in HOSTILE[:3]),
        tuple(
            StopMark(text, 0, n, 30.3 + n / 60, 102.5, text, text) for n, text in enumerate(HOSTILE)
        ),
        tuple(LooseMark(text, 30.3 + n / 60, 102.6, text, text) for n, text in enumerate(HOSTILE)),
        (AreaMark((HOSTILE[0],), 0, ((30.4, 102.4), (30.5, 102.4), (30.5, 102.5))),),
        heat=tuple(HeatMark(text, 30.5, 102.5, 1.0, text) for text in HOSTILE),
    )
    view = shown(qtbot, Base(packs), marks, ground)
    view.set_pins([PinMark(text, 30.5, 102.3, text) for text in HOSTILE])
    view.aim(30.5, 102.5, 8)
    until(qtbot, view, 'document.querySelectorAll(".pin").length == 30')
    script(
        qtbot, view, '(fairvisit.board.show("ground", true), fairvisit.board.show("heat", true), 1)'
    )
    opened = script(
        qtbot, view,
        "(() => { const texts = []; const tip = (m) => { m.openTooltip();"
        " for (const t of document.querySelectorAll('.leaflet-tooltip')) texts.push(t.textContent);"
        " m.closeTooltip(); };"
        " fairvisit.board.marks.forEach(tip);"
        " for (const g of ['heat', 'homes', 'pins']) fairvisit.board.groups[g].eachLayer(tip);"
        " const dots = fairvisit.board.dots;"
        " for (const [i, x, y] of dots.seen) { dots._hover({ containerPoint: { x, y } });"
        " texts.push(dots._tip.getElement().textContent); }"
        " return texts; })()",
    )  # fmt: skip
    assert all(any(text in shown_text for shown_text in opened) for text in HOSTILE)
    until(qtbot, view, "fairvisit.board.labels.drawn > 0")
    strange = (
        "script:not([src]), img:not(.leaflet-tile), iframe, object, embed, svg, form, base, a,"
        " link[href^=http]"
    )
    assert (
        script(qtbot, view, f'[...document.querySelectorAll("{strange}")].map((e) => e.outerHTML)')
        == []
    )
    assert script(qtbot, view, "[typeof window.x, ({}).polluted === undefined, location.href]") == [
        "undefined", True, "app://map/page/map.html",
    ]  # fmt: skip
    assert view.web is not None
    assert view.web.interceptor.refused == []
    assert faults == []
