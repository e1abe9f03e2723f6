"""When a picture of the window is taken: not before work is over and the map is drawn."""

from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.background import Background
from ui.map.view import MapView
from ui.screenshot import Stillness


class SlowMap(MapView):
    """A map that says that it is drawn when the test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def watch(self) -> None:
        """Only count."""
        self.asked += 1


def framed(qtbot: QtBot, *maps: MapView) -> QWidget:
    """A window with these maps in it."""
    window = QWidget()
    qtbot.addWidget(window)
    lines = QVBoxLayout(window)
    for one in maps:
        lines.addWidget(one)
    window.resize(300, 200)
    window.show()
    return window


def test_waits_for_the_maps_in_sight(qtbot: QtBot) -> None:
    """No stillness before each map in sight has said so; a hidden map is not waited for."""
    seen, hidden = SlowMap(), SlowMap()
    window = framed(qtbot, seen, hidden)
    hidden.hide()
    come: list[bool] = []
    stillness = Stillness(window, None, quiet=1)
    stillness.come.connect(lambda: come.append(True))
    qtbot.waitUntil(lambda: seen.asked == 1)
    assert hidden.asked == 0
    assert not come
    seen.still.emit()
    assert come == [True]
    seen.still.emit()
    assert come == [True]


def test_looks_again_after_work(qtbot: QtBot) -> None:
    """Work that begins while a map draws may change it: the map is asked once more."""
    one, background = SlowMap(), Background()
    window = framed(qtbot, one)
    come: list[bool] = []
    stillness = Stillness(window, background, quiet=1)
    stillness.come.connect(lambda: come.append(True))
    qtbot.waitUntil(lambda: one.asked == 1)
    with qtbot.waitSignal(background.run(lambda _task: None).finished):
        pass
    one.still.emit()
    qtbot.waitUntil(lambda: one.asked == 2)
    assert not come
    one.still.emit()
    assert come == [True]
    background.shutdown()


def test_a_silent_map_is_not_waited_for_without_end(qtbot: QtBot) -> None:
    """After the longest wait the picture is taken as it is."""
    window = framed(qtbot, SlowMap())
    stillness = Stillness(window, None, quiet=1, longest=20)
    with qtbot.waitSignal(stillness.come):
        pass


def test_a_painted_map_is_drawn_at_once(qtbot: QtBot) -> None:
    """Without the web engine the map says so by itself."""
    window = framed(qtbot, MapView())
    stillness = Stillness(window, None, quiet=1)
    with qtbot.waitSignal(stillness.come):
        pass
