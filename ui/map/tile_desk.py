"""Tiles of base maps, read beside the GUI thread: one worker owns all open packs.

A page asks for dozens of tiles at once; each takes about a millisecond to find and to inflate. The
answer comes back as a signal on the GUI thread, where alone a request may be replied to.
"""

import hashlib
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from planner.errors import PlannerError
from planner.geo.basemap import BaseMap, MapPack, open_map

logger = logging.getLogger(__name__)


def pack_id(path: Path) -> str:
    """The name of a pack in addresses of tiles: says nothing of the file, needs no escaping."""
    return hashlib.sha256(path.name.encode()).hexdigest()[:16]


class TileDesk(QObject):
    """`found` carries a request's number and the tile, or None; always on the thread of this."""

    found = Signal(int, object)
    _read = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="tiles")
        self._packs: dict[str, MapPack] = {}
        self._open: dict[str, BaseMap] = {}  # touched by the worker alone
        self._shut = False
        self._read.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def set_packs(self, packs: tuple[MapPack, ...]) -> None:
        """Serve these and no others; files that are not among them are given back."""
        self._packs = {pack_id(pack.path): pack for pack in packs}
        if not self._shut:
            self._worker.submit(self._forget, frozenset(self._packs))

    def media(self, pack: str) -> str | None:
        """The media type of a pack's tiles, None for a pack that is not served."""
        found = self._packs.get(pack)
        return None if found is None else found.media

    def ask(self, number: int, pack: str, z: int, x: int, y: int) -> None:
        """Look for a tile; `found` follows with this number."""
        known = self._packs.get(pack)
        if known is None or self._shut:
            self._read.emit(number, None)
        else:
            self._worker.submit(self._look, number, pack, known.path, z, x, y)

    def shut(self) -> None:
        """The end: wait for the tile that is being read, close the files."""
        if not self._shut:
            self._shut = True
            self._worker.shutdown(wait=True, cancel_futures=True)
            self._forget(frozenset())

    @Slot(int, object)
    def _answer(self, number: int, data: bytes | None) -> None:
        if not self._shut:
            self.found.emit(number, data)

    def _look(self, number: int, pack: str, path: Path, z: int, x: int, y: int) -> None:
        data: bytes | None = None
        try:
            if pack not in self._open:
                self._open[pack] = open_map(path)
            data = self._open[pack].tile(z, x, y)
        except PlannerError as error:
            # The pack was sound when it was brought in: something happened to it since.
            logger.warning("map: a tile could not be read (%s)", error.code)
        finally:
            self._read.emit(number, data)

    def _forget(self, kept: frozenset[str]) -> None:
        for pack in [name for name in self._open if name not in kept]:
            self._open.pop(pack).close()
