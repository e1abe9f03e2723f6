"""Tables of ways kept in memory, so that what was asked once is not worked out again.

A plan asks for the ways between all its places; an edit of it asks for some of them. Tables are
kept by what made them (`key`: packs, speeds, server), by mode and by place; they hold positions of
people and never leave the memory of this process (`forget` empties it).
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from planner.domain.facts import F64, I32, I64
from planner.domain.work import Mode
from planner.geo.travel import Bools, TravelTimes

MOST_BYTES: Final = 200_000_000  # of all tables; nine bytes a pair of places
MOST_SHAPES: Final = 200  # rounds
Spot = tuple[float, float]


@dataclass(frozen=True, eq=False)
class _Table:
    """Metres, seconds and whether they are estimated, [k, k], of the places in `at`."""

    at: dict[Spot, int]
    metres: I32
    seconds: I32
    guessed: Bools

    @property
    def size(self) -> int:
        return self.metres.nbytes + self.seconds.nbytes + self.guessed.nbytes


class _Kept:
    """The tables of this process, the ones asked for last at the end."""

    lock = threading.Lock()
    tables: ClassVar[OrderedDict[int, tuple[Hashable, _Table]]] = OrderedDict()
    shapes: ClassVar[OrderedDict[Hashable, list[F64 | None]]] = OrderedDict()
    number = 0


class KeptTravel:
    """`source`, asked once for each set of places; `key` says what its figures depend on."""

    def __init__(self, source: TravelTimes, key: Hashable) -> None:
        self._source = source
        self._key = key

    @property
    def estimated(self) -> bool:
        """As the source."""
        return self._source.estimated

    def matrix(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> tuple[I64, I64]:
        """As the source; places that stand there twice are asked for once."""
        table, at = self._table(lat, lon, mode)
        grid = np.ix_(at, at)
        return table.metres[grid].astype(np.int64), table.seconds[grid].astype(np.int64)

    def legs_estimated(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> Bools:
        """As the source."""
        table, at = self._table(lat, lon, mode)
        return table.guessed[np.ix_(at, at)]

    def shape(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> list[F64 | None]:
        """As the source."""
        key = (self._key, mode, lat.tobytes(), lon.tobytes())
        with _Kept.lock:
            found = _Kept.shapes.get(key)
        if found is None:
            found = self._source.shape(lat, lon, mode)
            with _Kept.lock:
                _Kept.shapes[key] = found
                while len(_Kept.shapes) > MOST_SHAPES:
                    _Kept.shapes.popitem(last=False)
        return found

    def _table(self, lat: F64, lon: F64, mode: Mode) -> tuple[_Table, list[int]]:
        """A table that has all these places, and their rows in it."""
        spots = list(zip(lat.tolist(), lon.tolist(), strict=True))
        key = (self._key, mode)
        with _Kept.lock:
            for number, (made_by, table) in reversed(_Kept.tables.items()):
                if made_by == key and all(spot in table.at for spot in spots):
                    _Kept.tables.move_to_end(number)
                    return table, [table.at[spot] for spot in spots]
        places = list(dict.fromkeys(spots))
        once = np.array(places, np.float64).reshape(-1, 2)
        metres, seconds = self._source.matrix(once[:, 0], once[:, 1], mode)
        guessed = self._source.legs_estimated(once[:, 0], once[:, 1], mode)
        table = _Table(
            {spot: row for row, spot in enumerate(places)},
            metres.astype(np.int32), seconds.astype(np.int32), guessed,
        )  # fmt: skip
        _keep(key, table)
        return table, [table.at[spot] for spot in spots]


def _keep(key: Hashable, table: _Table) -> None:
    with _Kept.lock:
        _Kept.number += 1
        _Kept.tables[_Kept.number] = key, table
        while sum(one.size for _, one in _Kept.tables.values()) > MOST_BYTES:
            _Kept.tables.popitem(last=False)


def forget() -> None:
    """Let go of every table and shape: the workspace is locked or closed."""
    with _Kept.lock:
        _Kept.tables.clear()
        _Kept.shapes.clear()
