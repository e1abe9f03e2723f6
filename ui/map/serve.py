"""What stands behind `app://map/`: three folders, nothing of the disk outside resources/.

/page/    the document and folium's scripts, from memory
/assets/  Leaflet and our scripts, named files of resources/leaflet and resources/map
/data/    the layers as JSON, from memory, each with a revision
"""

import logging
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject
from PySide6.QtWebEngineCore import (
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlSchemeHandler,
)

from planner.export.map_shell import POLICY, document, shell
from planner.paths import resources
from ui.map.scheme import ORIGIN, SCHEME

logger = logging.getLogger(__name__)

_ASSETS = {
    "leaflet.js": "leaflet/leaflet.js",
    "leaflet.css": "leaflet/leaflet.css",
    "board.js": "map/board.js",
    "window.js": "map/window.js",
    "map.css": "map/map.css",
}
_TYPES = {
    ".js": b"text/javascript;charset=utf-8",
    ".css": b"text/css;charset=utf-8",
    ".html": b"text/html;charset=utf-8",
    "": b"application/json;charset=utf-8",
}
PAGE = f"{ORIGIN}/page/map.html"


def window_page(language: str) -> str:
    """The document of the map in the window: no inline script, everything from this origin."""
    head = "".join(
        f'<link rel="stylesheet" href="/assets/{name}"/>' for name in ("leaflet.css", "map.css")
    )
    names = ("/assets/leaflet.js", "/assets/board.js", "/page/shell.js", "/assets/window.js")
    return document(
        language=language,
        title="Fairvisit",
        policy=POLICY.format(
            scripts="'self'",
            styles="'self' 'unsafe-inline'",
            images="'self' data:",
            connections="'self'",
        ),
        head=head,
        body="",
        scripts="".join(f'<script src="{name}"></script>' for name in names),
    )


class Handler(QWebEngineUrlSchemeHandler):
    """Answers requests from three dictionaries; a path is a key in one of them or is refused."""

    def __init__(self, language: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pages = {
            "map.html": window_page(language).encode(),
            "shell.js": shell().script.encode(),
        }
        self.data: dict[str, bytes] = {}
        self.revisions: dict[str, int] = {}
        self._assets: dict[str, bytes] = {}

    def put(self, layer: str, content: bytes) -> int:
        """Keep `content` (JSON) as the newest state of `layer`; answers its revision."""
        self.data[layer] = content
        self.revisions[layer] = self.revisions.get(layer, 0) + 1
        return self.revisions[layer]

    def find(self, host: str, path: str) -> tuple[bytes, bytes] | None:
        """(media type, bytes) behind `app://host/path`, or None. Only whole names match."""
        folder, _, name = path.removeprefix("/").partition("/")
        content: bytes | None = None
        if host == "map" and folder == "page":
            content = self.pages.get(name)
        elif host == "map" and folder == "assets":
            content = self._asset(name)
        elif host == "map" and folder == "data":
            content = self.data.get(name)
        return None if content is None else (_TYPES[Path(name).suffix], content)

    def _asset(self, name: str) -> bytes | None:
        if name not in _ASSETS:
            return None
        if name not in self._assets:
            self._assets[name] = (resources() / _ASSETS[name]).read_bytes()
        return self._assets[name]

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        """Qt's call for each request of the page."""
        url = job.requestUrl()
        found = self.find(url.host(), url.path())
        if found is None or bytes(job.requestMethod().data()) != b"GET":
            logger.warning("map: no such resource")
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        # The buffer belongs to the job: it must live until the last byte is read.
        buffer = QBuffer(job)
        buffer.setData(QByteArray(found[1]))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        job.reply(QByteArray(found[0]), buffer)


class Interceptor(QWebEngineUrlRequestInterceptor):
    """Lets through what our own scheme serves; refuses the rest, with a line in the log."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.allowed = 0
        self.refused: list[str] = []

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        """Qt's call before each request of the profile."""
        url = info.requestUrl()
        own = url.scheme().encode() == SCHEME and url.host() == "map"
        if own or url.scheme() == "data":
            self.allowed += 1
            return
        info.block(True)
        # Scheme and host only: a path could carry what somebody typed into a name.
        self.refused.append(f"{url.scheme()}://{url.host()}"[:200])
        logger.warning("map: refused a request to %s", self.refused[-1])
