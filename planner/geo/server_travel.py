"""A routing server as a source of travel times, with another source behind it.

Where the server knows no way, and whenever it fails, the other source answers. After a failure the
server is left alone for some minutes: a plan asks many times, and would wait for each time-out.
"""

import threading
import time
from collections.abc import Callable
from typing import ClassVar, Final, TypeVar

import numpy as np

from planner.domain.facts import F64, I64
from planner.domain.ground import whole
from planner.domain.work import Mode
from planner.errors import PlannerError
from planner.geo.http_engine import HttpEngine
from planner.geo.travel import Bools, TravelTimes

Answer = TypeVar("Answer")
PAUSE: Final = 300.0  # seconds after a failure
MOST_PLACES: Final = 1000  # 400 questions; for more of them the roads at hand are good enough


class EngineTravel:
    """What a server says, and nothing else: -1 for ways it does not know. Raises its errors."""

    estimated = False

    def __init__(self, engine: HttpEngine) -> None:
        self._engine = engine

    def matrix(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> tuple[I64, I64]:
        """(metres, seconds), int64 [k, k]; -1 where the server knows no way."""
        metres, seconds = self._engine.matrix(lat, lon, mode)
        return whole(np.nan_to_num(metres, nan=-1.0)), whole(np.nan_to_num(seconds, nan=-1.0))

    def legs_estimated(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> Bools:
        """None of them."""
        return np.zeros((len(lat), len(lat)), np.bool_)

    def shape(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> list[F64 | None]:
        """The server's lines."""
        return [*self._engine.shape(lat, lon, mode)]


class _Down:
    """Until when which server is left alone (monotonic seconds), and what was the matter."""

    lock = threading.Lock()
    until: ClassVar[dict[str, tuple[float, PlannerError]]] = {}


class ServerTravel:
    """`told` (the server, its answers kept) before `behind`; `on_trouble` hears of failures."""

    estimated = False

    def __init__(
        self,
        engine: HttpEngine,
        told: TravelTimes,
        behind: TravelTimes,
        on_trouble: Callable[[PlannerError], None],
    ) -> None:
        self._engine = engine
        self._told = told
        self._behind = behind
        self._on_trouble = on_trouble

    def matrix(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> tuple[I64, I64]:
        """(metres, seconds), int64 [k, k]."""
        found = self._asked(lambda: self._told.matrix(lat, lon, mode), len(lat), mode)
        if found is None:
            return self._behind.matrix(lat, lon, mode)
        metres, seconds = found
        unknown = metres < 0
        if unknown.any():
            other = self._behind.matrix(lat, lon, mode)
            metres = np.where(unknown, other[0], metres)
            seconds = np.where(unknown, other[1], seconds)
        return metres, seconds

    def legs_estimated(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> Bools:
        """Those that the server does not know and the other source estimates."""
        found = self._asked(lambda: self._told.matrix(lat, lon, mode), len(lat), mode)
        unknown = np.ones((len(lat), len(lat)), np.bool_) if found is None else found[0] < 0
        if not unknown.any():
            return unknown
        return unknown & self._behind.legs_estimated(lat, lon, mode)

    def shape(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> list[F64 | None]:
        """The server's lines, else those of the other source."""
        found = self._asked(lambda: self._told.shape(lat, lon, mode), len(lat), mode)
        return self._behind.shape(lat, lon, mode) if found is None else found

    def _asked(self, ask: Callable[[], Answer], places: int, mode: Mode) -> Answer | None:
        """What the server answers; None when it is not asked or fails."""
        if not self._engine.knows(mode) or places > MOST_PLACES:
            return None
        url = self._engine.server.url
        with _Down.lock:
            until, why = _Down.until.get(url, (0.0, None))
        if why is not None and time.monotonic() < until:
            self._on_trouble(why)
            return None
        try:
            return ask()
        except PlannerError as error:
            with _Down.lock:
                _Down.until[url] = time.monotonic() + PAUSE, error
            self._on_trouble(error)
            return None


def try_again() -> None:
    """Ask servers again at once that were left alone: somebody has changed something."""
    with _Down.lock:
        _Down.until.clear()
