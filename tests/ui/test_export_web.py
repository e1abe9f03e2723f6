"""The exported map in a real QtWebEngine: it draws, runs nothing of others, asks for nothing."""

# Before any QApplication: the import registers the map's URL scheme.
import ui.map.scheme as scheme  # isort: skip

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shiboken6
import zxingcpp
from made_handout import HOSTILE, hostile_handout, made_handout, made_people, made_plan
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from planner.export.handout import Handout
from planner.export.map_html import map_html
from planner.export.one_line import one_line

pytestmark = [
    pytest.mark.webengine,
    pytest.mark.skipif(not scheme.registered(), reason="QtWebEngine cannot start here"),
    # Chromium grumbles about machines without a GPU or a D-Bus; our own warnings go to the log.
    pytest.mark.qt_log_ignore(".*"),
]
LIMIT = 20_000
LAYER = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"place": "city", "name": name},
                "geometry": {"type": "Point", "coordinates": [102.6 + n / 50, 30.0]},
            }
            for n, name in enumerate(HOSTILE)
            if name.isprintable()
        ],
    }
).encode()


class Opened:
    """A file in a browser page, and what it tried: dialogs, requests, errors of its scripts."""

    def __init__(self, qtbot: QtBot, file: Path) -> None:
        from PySide6.QtWebEngineCore import (
            QWebEnginePage,
            QWebEngineProfile,
            QWebEngineUrlRequestInterceptor,
        )
        from PySide6.QtWebEngineWidgets import QWebEngineView

        self.asked: list[str] = []
        self.dialogs: list[str] = []
        self.errors: list[str] = []
        told = self

        class Ear(QWebEngineUrlRequestInterceptor):
            def interceptRequest(self, info: Any) -> None:
                told.asked.append(info.requestUrl().toString())

        class Page(QWebEnginePage):
            def javaScriptAlert(self, origin: Any, text: str) -> None:
                told.dialogs.append(text)

            def javaScriptConsoleMessage(self, level: Any, text: str, *where: Any) -> None:
                told.errors.append(text)

        self._qtbot = qtbot
        self.view = QWebEngineView()
        qtbot.addWidget(self.view)
        self.view.resize(900, 640)
        self._profile = QWebEngineProfile(QApplication.instance())
        self._ear = Ear(self._profile)
        self._profile.setUrlRequestInterceptor(self._ear)
        self.page = Page(self._profile, self.view)
        self.view.setPage(self.page)
        self.view.show()
        with qtbot.waitSignal(self.page.loadFinished, timeout=LIMIT) as loaded:
            self.page.load(QUrl.fromLocalFile(str(file)))
        assert loaded.args == [True]

    def run(self, code: str) -> Any:
        """The value of a JavaScript expression."""
        with self._qtbot.waitCallback(timeout=LIMIT) as answer:
            self.page.runJavaScript(f"JSON.stringify({code})", 0, answer)
        return json.loads(answer.args[0])

    def shut(self) -> None:
        """The page before its profile."""
        shiboken6.delete(self.page)
        shiboken6.delete(self._profile)


@pytest.fixture
def open_file(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[Handout], Opened]]:
    """Export a handout and open the file."""
    opened: list[Opened] = []

    def make(handout: Handout) -> Opened:
        file = tmp_path / "map.html"
        file.write_text(map_html(handout, [("places", LAYER)]), encoding="utf-8")
        opened.append(Opened(qtbot, file))
        opened[-1].file = QUrl.fromLocalFile(str(file)).toString()  # type: ignore[attr-defined]
        return opened[-1]

    yield make
    for one in opened:
        one.shut()


def test_thirty_attacks_stay_text(open_file: Callable[[Handout], Opened]) -> None:
    """Names, addresses, crew and places that are attacks open no dialog, ask for nothing, make no
    element and no error, also when every stop is opened and the page is printed."""
    opened = open_file(hostile_handout())
    count = len(HOSTILE)
    code = f"""(() => {{
        for (let i = 0; i < {count}; i++) fairvisit.board.onPick(i);
        window.dispatchEvent(new Event("beforeprint"));
        window.dispatchEvent(new Event("afterprint"));
        document.querySelectorAll(".legend li button").forEach((b) => b.click());
        return [window.hit === undefined,
                document.querySelectorAll("img, iframe, object, embed, base, form").length,
                document.querySelectorAll("link, meta[http-equiv=refresh]").length,
                [...document.querySelectorAll(".legend li b")].map((b) => b.textContent)];
    }})()"""
    unhurt, elements, heads, names = opened.run(code)
    assert (unhurt, elements, heads) == (True, 0, 0)
    assert names == [one_line(text) for text in HOSTILE]
    assert opened.dialogs == []
    assert opened.errors == []
    assert opened.asked == [opened.file]  # type: ignore[attr-defined]


def scanned(view: QWidget) -> list[str]:
    """What a camera reads from the screen."""
    picture = view.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), -1)
    return [code.text for code in zxingcpp.read_barcodes(rows[:, : picture.width()].copy())]


def test_each_stop_has_its_link_and_its_code(
    open_file: Callable[[Handout], Opened], qtbot: QtBot
) -> None:
    """The list links each stop to the phone's map app, and the code on the screen is that link."""
    plan = made_plan((3, 2))
    told = made_handout(plan, made_people(plan), "en")
    opened = open_file(told)
    links = opened.run("[...document.querySelectorAll('.way a')].map((a) => a.href)")
    assert links == [visit.link for one in told.rounds for visit in one.visits]
    for index, text in enumerate(links):
        opened.run(f"(fairvisit.board.onPick({index}), 1)")
        qtbot.waitUntil(lambda text=text: scanned(opened.view) == [text], timeout=LIMIT)
    assert opened.run("document.querySelectorAll('.way a')[0].textContent") == "Navigate"


def test_on_paper_all_of_the_list_is_there(open_file: Callable[[Handout], Opened]) -> None:
    """Before printing every crew's list is opened, afterwards it is as it was."""
    opened = open_file(made_handout(made_plan((3, 2))))
    parts = "[...document.querySelectorAll('.legend details')].map((d) => d.open)"
    assert opened.run(parts) == [False, False]
    opened.run("(window.dispatchEvent(new Event('beforeprint')), 1)")
    assert opened.run(parts) == [True, True]
    opened.run("(window.dispatchEvent(new Event('afterprint')), 1)")
    assert opened.run(parts) == [False, False]
