"""What stands behind `app://map/`: four folders, nothing of the disk outside resources/ and packs.

/page/    the document and folium's scripts, from memory
/assets/  Leaflet and our scripts, named files of resources/leaflet and resources/map
/data/    the layers as JSON, from memory, each with a revision
/tiles/   {pack}/{z}/{x}/{y} of the base maps, read by a worker; a pack is a key, never a path
"""

import itertools
import logging
import re
from pathlib import Path

import shiboken6
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Slot
from PySide6.QtWebEngineCore import (
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlSchemeHandler,
)

from planner.export.map_shell import POLICY, document, shell
from planner.paths import resources
from ui.map.scheme import ORIGIN, SCHEME
from ui.map.tile_desk import TileDesk

logger = logging.getLogger(__name__)

_ASSETS = {
    "leaflet.js": "leaflet/leaflet.js",
    "leaflet.css": "leaflet/leaflet.css",
    "protomaps-leaflet.js": "leaflet/protomaps-leaflet.js",
    "map.css": "map/map.css",
    **{f"{name}.js": f"map/{name}.js" for name in (
        "marks", "board", "style", "base", "dots", "heat", "layers", "lasso", "pins", "window",
    )},
}  # fmt: skip
# The board, then what adds to it, then folium's script, which starts it all.
_SCRIPTS = (
    "/assets/leaflet.js", "/assets/protomaps-leaflet.js", "/assets/marks.js", "/assets/board.js",
    "/assets/style.js", "/assets/base.js", "/assets/dots.js", "/assets/heat.js",
    "/assets/layers.js", "/assets/lasso.js", "/assets/pins.js", "/page/shell.js",
    "/assets/window.js",
)  # fmt: skip
_TILE = re.compile(r"([0-9a-f]{16})/(\d{1,2})/(\d{1,8})/(\d{1,8})", re.ASCII)
# A picture of one pixel that shows nothing: what stands where a raster pack has no tile.
_CLEAR = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000b49444154789c6360000200000500017a5eab3f0000000049454e44ae426082"
)
_TYPES = {
    ".js": b"text/javascript;charset=utf-8",
    ".css": b"text/css;charset=utf-8",
    ".html": b"text/html;charset=utf-8",
    "": b"application/json;charset=utf-8",
}
PAGE = f"{ORIGIN}/page/map.html"


def window_page(language: str, online: str = "") -> str:
    """The document of the map in the window: no inline script, everything from this origin.

    `online` is the origin of a tile server of the user's choice, for pictures alone.
    """
    head = "".join(
        f'<link rel="stylesheet" href="/assets/{name}"/>' for name in ("leaflet.css", "map.css")
    )
    return document(
        language=language,
        title="Fairvisit",
        policy=POLICY.format(
            scripts="'self'",
            styles="'self' 'unsafe-inline'",
            images=f"'self' data: {online}".strip(),
            connections="'self'",
        ),
        head=head,
        body="",
        scripts="".join(f'<script src="{name}"></script>' for name in _SCRIPTS),
    )


class Handler(QWebEngineUrlSchemeHandler):
    """Answers from dictionaries and packs; a path is a key in one of them or is refused."""

    def __init__(self, language: str, parent: QObject | None = None, online: str = "") -> None:
        super().__init__(parent)
        self.pages = {
            "map.html": window_page(language, online).encode(),
            "shell.js": shell().script.encode(),
        }
        self.desk = TileDesk(self)
        self.desk.found.connect(self._tile_found)
        self._waiting: dict[int, tuple[QWebEngineUrlRequestJob, str]] = {}
        self._numbers = itertools.count()
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
        getting = bytes(job.requestMethod().data()) == b"GET"
        wanted = self.find_tile(url.host(), url.path()) if found is None and getting else None
        if wanted is not None:
            self._ask(job, *wanted)
        elif found is None or not getting:
            logger.warning("map: no such resource")
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
        else:
            _reply(job, *found)

    def find_tile(self, host: str, path: str) -> tuple[str, int, int, int] | None:
        """(pack, z, x, y) of `app://host/path`, None unless it names a tile of a pack served."""
        folder, _, name = path.removeprefix("/").partition("/")
        parts = _TILE.fullmatch(name)
        if host != "map" or folder != "tiles" or parts is None:
            return None
        pack, (z, x, y) = parts[1], (int(parts[place]) for place in (2, 3, 4))
        fits = z <= 24 and x < 1 << z and y < 1 << z
        return (pack, z, x, y) if fits and self.desk.media(pack) is not None else None

    def _ask(self, job: QWebEngineUrlRequestJob, pack: str, z: int, x: int, y: int) -> None:
        number = next(self._numbers)
        self._waiting[number] = (job, self.desk.media(pack) or "")
        # The page may lose interest while the worker reads; the job is gone then.
        job.destroyed.connect(lambda: self._waiting.pop(number, None))
        self.desk.ask(number, pack, z, x, y)

    @Slot(int, object)
    def _tile_found(self, number: int, data: bytes | None) -> None:
        job, media = self._waiting.pop(number, (None, ""))
        if job is None or not shiboken6.isValid(job):
            return
        empty = b"" if not media.startswith("image/") else _CLEAR
        kind = "image/png" if data is None and media.startswith("image/") else media
        _reply(job, kind.encode(), empty if data is None else data)


def _reply(job: QWebEngineUrlRequestJob, media: bytes, content: bytes) -> None:
    # The buffer belongs to the job: it must live until the last byte is read.
    buffer = QBuffer(job)
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    job.reply(QByteArray(media), buffer)


class Interceptor(QWebEngineUrlRequestInterceptor):
    """Lets through what our own scheme serves, and pictures of the one online server that the
    user chose (`online`, its origin); refuses the rest, with a line in the log."""

    def __init__(self, parent: QObject | None = None, online: str = "") -> None:
        super().__init__(parent)
        self.online = online
        self.allowed = 0
        self.refused: list[str] = []

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        """Qt's call before each request of the profile."""
        url = info.requestUrl()
        own = url.scheme().encode() == SCHEME and url.host() == "map"
        if own or url.scheme() == "data":
            self.allowed += 1
            return
        origin = f"{url.scheme()}://{url.authority()}"
        picture = info.resourceType() == QWebEngineUrlRequestInfo.ResourceType.ResourceTypeImage
        if self.online and origin == self.online and picture:
            return
        info.block(True)
        # Scheme and host only: a path could carry what somebody typed into a name.
        self.refused.append(f"{url.scheme()}://{url.host()}"[:200])
        logger.warning("map: refused a request to %s", self.refused[-1])
