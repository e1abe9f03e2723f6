"""The map in a hardened QtWebEngine page: one origin, one narrow object, no way out."""

import json
import logging
from typing import Any

import shiboken6
from PySide6.QtCore import QCoreApplication, QFile, QIODevice, QObject, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWebChannel import QWebChannel
from PySide6.QtWebEngineCore import (
    QWebEngineDownloadRequest,
    QWebEngineNewWindowRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineScript,
    QWebEngineSettings,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QWidget

from ui.map.scheme import SCHEME
from ui.map.serve import PAGE, Handler, Interceptor

logger = logging.getLogger(__name__)
# What stays as Qt has it: needed by the map (first four) or itself a restriction.
_KEPT = frozenset({
    "JavascriptEnabled", "AutoLoadImages", "LinksIncludedInFocusChain",
    "Accelerated2dCanvasEnabled", "PlaybackRequiresUserGesture", "WebRTCPublicInterfacesOnly",
    "TrimAccessibilityIdentifiers",
})  # fmt: skip


class Bridge(QObject):
    """All that page and program may say to each other: indexes and positions, never text."""

    changed = Signal(str, int)  # layer, revision: "fetch it"
    chosen = Signal(int)  # -1 = nothing
    fit = Signal(int)  # crew index, -1 = the whole plan
    place = Signal(bool)  # whether the next press on the map places somebody
    aim = Signal(float, float, float)  # lat, lon, zoom
    look = Signal()  # "say when all of it stands on the screen"

    many = Signal(list)  # indexes
    placed_at = Signal(float, float)
    pin_chosen = Signal(int)
    pin_dragged = Signal(int, float, float)
    clicked = Signal(int)
    started = Signal()
    painted = Signal(str, int)
    settled = Signal()

    @Slot()
    def still(self) -> None:
        """All that was announced before stands on the screen, tiles included."""
        self.settled.emit()

    @Slot(int)
    def picked(self, index: int) -> None:
        """The user chose a mark on the map (-1 = none)."""
        self.clicked.emit(index)

    @Slot(str)
    def caught(self, indexes: str) -> None:
        """Marks inside a line that the user drew, or in view: a JSON list of indexes."""
        told = json.loads(indexes)
        if isinstance(told, list):
            self.many.emit([index for index in told if isinstance(index, int)])

    @Slot(float, float)
    def placed(self, lat: float, lon: float) -> None:
        """The user pressed where somebody lives (WGS-84 degrees)."""
        if _on_earth(lat, lon):
            self.placed_at.emit(lat, lon)

    @Slot(int)
    def pinPicked(self, index: int) -> None:
        """The user chose a pin."""
        self.pin_chosen.emit(index)

    @Slot(int, float, float)
    def pinMoved(self, index: int, lat: float, lon: float) -> None:
        """The user dragged a pin to here."""
        if _on_earth(lat, lon):
            self.pin_dragged.emit(index, lat, lon)

    @Slot()
    def ready(self) -> None:
        """The page listens."""
        self.started.emit()

    @Slot(str, int)
    def drawn(self, layer: str, revision: int) -> None:
        """A layer stands on the map."""
        self.painted.emit(layer, revision)


def _on_earth(lat: float, lon: float) -> bool:
    return -90 <= lat <= 90 and -180 <= lon <= 180  # False for NaN


class MapPage(QWebEnginePage):
    """Stays where it is: no navigation, no windows, no permissions, no downloads."""

    def __init__(self, profile: QWebEngineProfile, parent: QObject | None = None) -> None:
        super().__init__(profile, parent)
        self.permissionRequested.connect(self._refuse)
        self.newWindowRequested.connect(self._ignore)

    @Slot(QWebEnginePermission)
    def _refuse(self, permission: QWebEnginePermission) -> None:
        permission.deny()

    @Slot(QWebEngineNewWindowRequest)
    def _ignore(self, _request: QWebEngineNewWindowRequest) -> None:
        logger.warning("map: refused a new window")

    def acceptNavigationRequest(
        self, url: QUrl | str, kind: QWebEnginePage.NavigationType, main_frame: bool
    ) -> bool:
        """Only the map's own document, and only in the main frame."""
        allowed = main_frame and QUrl(url).toString() == PAGE
        if not allowed:
            logger.warning("map: refused a navigation")
        return allowed

    def createWindow(  # type: ignore[override]  # Qt takes None for "no"
        self, kind: QWebEnginePage.WebWindowType
    ) -> QWebEnginePage | None:
        """No second window."""
        return None

    def javaScriptConsoleMessage(
        self,
        level: QWebEnginePage.JavaScriptConsoleMessageLevel,
        message: str,
        line: int,
        source: str,
    ) -> None:
        """A script's complaint goes to the log without its text: that could hold personal data."""
        logger.warning("map: script message at line %d", line)


def harden(settings: QWebEngineSettings) -> None:
    """Switch off every ability of the engine that a map does not need."""
    for attribute in QWebEngineSettings.WebAttribute:
        if attribute.name not in _KEPT:
            settings.setAttribute(attribute, False)


class WebMap(QWidget):
    """The same face as `PaintedMap`: layers in, `picked` out. `failed` when it cannot run."""

    picked = Signal(int)
    failed = Signal()
    ready = Signal()
    drawn = Signal(str, int)
    caught = Signal(list)  # indexes
    placed = Signal(float, float)
    pin_chosen = Signal(int)
    pin_dragged = Signal(int, float, float)
    still = Signal()

    def __init__(self, language: str, parent: QWidget | None = None, online: str = "") -> None:
        super().__init__(parent)
        self.view = QWebEngineView(self)
        # Off the record: a profile without a name keeps nothing on disk. It must outlive its
        # page, so it belongs to the application and goes when the view has gone.
        self.profile = QWebEngineProfile(QCoreApplication.instance())
        self.view.destroyed.connect(self.profile.deleteLater)
        self.handler = Handler(language, self.profile, online)
        self.interceptor = Interceptor(self.profile, online)
        self.profile.installUrlSchemeHandler(SCHEME, self.handler)
        self.profile.setUrlRequestInterceptor(self.interceptor)
        self.profile.downloadRequested.connect(self._no_download)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.page = MapPage(self.profile, self.view)
        harden(self.page.settings())
        self.bridge = Bridge(self)
        self.channel = QWebChannel(self)
        self.channel.registerObject("bridge", self.bridge)
        self.page.setWebChannel(self.channel)
        self.page.scripts().insert(_channel_script())
        self.view.setPage(self.page)
        self._listening = False
        self._chosen = -1
        self._placing = False
        self._watched = False
        self.bridge.settled.connect(self.still)
        self.bridge.many.connect(self.caught)
        self.bridge.placed_at.connect(self.placed)
        self.bridge.pin_chosen.connect(self.pin_chosen)
        self.bridge.pin_dragged.connect(self.pin_dragged)
        self.bridge.started.connect(self._started)
        self.bridge.clicked.connect(self.picked)
        self.bridge.painted.connect(self.drawn)
        self.page.loadFinished.connect(self._loaded)
        self.page.renderProcessTerminated.connect(self._died)

    def shut(self) -> None:
        """The end: page, view and profile go now and in this order, not when memory is tidied up.

        A page that outlives its profile brings the web engine down.
        """
        self._listening = False
        self.handler.desk.shut()
        self.view.destroyed.disconnect(self.profile.deleteLater)
        for part in (self.channel, self.page, self.view, self.profile):
            if shiboken6.isValid(part):
                shiboken6.delete(part)

    def resizeEvent(self, event: Any) -> None:
        """The view fills the widget (no layout: it must outlive nothing)."""
        self.view.setGeometry(self.rect())
        super().resizeEvent(event)

    def start(self) -> None:
        """Load the document; `ready` or `failed` follows."""
        self.page.load(QUrl(PAGE))

    def put(self, layer: str, content: bytes) -> None:
        """Give the map the newest state (JSON) of a layer; it stands when `drawn` says so."""
        revision = self.handler.put(layer, content)
        if self._listening:
            self.bridge.changed.emit(layer, revision)

    def set_earth(self, colour: str) -> None:
        """The colour shown before and between drawings."""
        self.page.setBackgroundColor(QColor(colour))

    def choose(self, index: int) -> None:
        """Ring the mark with this index, -1 for none."""
        self._chosen = index
        self.bridge.chosen.emit(index)

    def fit(self, crew: int = -1) -> None:
        """Show the whole plan, or one crew's round."""
        self.bridge.fit.emit(crew)

    def place(self, on: bool) -> None:
        """Wait for a press that says where somebody lives, or no more."""
        self._placing = on
        self.bridge.place.emit(on)

    def aim(self, lat: float, lon: float, zoom: float) -> None:
        """Show this position in the middle."""
        self.bridge.aim.emit(lat, lon, zoom)

    def watch(self) -> None:
        """Say `still` when all that was given stands on the screen; only while it can be seen."""
        self._watched = True
        if self._listening:
            self.bridge.look.emit()

    @Slot()
    def _started(self) -> None:
        self._listening = True
        for layer in sorted(self.handler.data, key=lambda name: (name != "look", name != "ground")):
            self.bridge.changed.emit(layer, self.handler.revisions[layer])
        if self._chosen >= 0:
            self.bridge.chosen.emit(self._chosen)
        if self._placing:
            self.bridge.place.emit(True)
        self.ready.emit()
        if self._watched:
            self.bridge.look.emit()

    @Slot(bool)
    def _loaded(self, ok: bool) -> None:
        # A navigation refused later ends as a failed load too; the map is not harmed by it.
        if not ok and not self._listening:
            self.failed.emit()

    @Slot()
    def _died(self) -> None:
        logger.warning("map: the web process ended")
        self.failed.emit()

    @Slot(QWebEngineDownloadRequest)
    def _no_download(self, request: QWebEngineDownloadRequest) -> None:
        request.cancel()
        logger.warning("map: refused a download")


def _channel_script() -> QWebEngineScript:
    """Qt's own qwebchannel.js, put in by the program: the page loads nothing from qrc."""
    file = QFile(":/qtwebchannel/qwebchannel.js")
    file.open(QIODevice.OpenModeFlag.ReadOnly)
    script = QWebEngineScript()
    script.setName("qwebchannel")
    script.setSourceCode(bytes(file.readAll().data()).decode())
    script.setInjectionPoint(QWebEngineScript.InjectionPoint.DocumentCreation)
    script.setWorldId(QWebEngineScript.ScriptWorldId.MainWorld)
    return script
