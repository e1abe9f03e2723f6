"""Travel on the roads of imported packs: `RoadTravel` fulfils `planner.geo.travel.TravelTimes`.

A place is joined to the nearest road; what lies between is an off-road leg, straight and slow, and
counts. Legs that no road covers are estimated by another source and counted as estimated. Metres
along roads are great-circle lengths of their lines (`planner.domain.ground`).
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.facts import F64, I64
from planner.domain.ground import PLAIN, crow_metres, roads_of, whole
from planner.domain.work import Mode
from planner.geo.road_graph import RoadGraph
from planner.geo.road_merge import merged
from planner.geo.road_net import Network, network
from planner.geo.road_search import Base, Question, ask, base_of, lines, table
from planner.geo.road_snap import Finder, Snapped, finder, snap
from planner.geo.road_speeds import Correction, RoadSpeeds, load_speeds
from planner.geo.travel import Bools, StraightLine

_KEPT_TABLES = 4
_KEPT_CELLS = 6_000_000
_ROWS = 128


@dataclass(frozen=True, eq=False, slots=True)
class Legs:
    """All legs between k places: metres and seconds int64 [k, k], and which are estimated."""

    metres: I64
    seconds: I64
    estimated: Bools


@dataclass(frozen=True, eq=False, slots=True)
class _Ready:
    """What is made once per mode."""

    net: Network
    base: Base
    finder: Finder


class RoadTravel:
    """Travel times and ways on the roads of one or more packs.

    `graphs` are opened packs (`road_pack.open_pack`); where they overlap a way may cross from one
    to the other. `speeds` default to `resources/roads.toml`. `corrections` lengthen or shorten
    driving times; those of an hour hold only if `hour` is that hour. `fallback` answers for legs
    that no road covers. Made lazily and kept: making one costs nothing, the first question of a
    mode prepares its network. Safe to use from several threads.
    """

    def __init__(
        self,
        graphs: Sequence[RoadGraph],
        speeds: RoadSpeeds | None = None,
        *,
        corrections: Sequence[Correction] = (),
        hour: int | None = None,
        fallback: StraightLine | None = None,
    ) -> None:
        self._graphs = tuple(graphs)
        self._speeds = speeds or load_speeds()
        self._corrections = tuple(corrections)
        self._hour = hour
        self._fallback = fallback or StraightLine(PLAIN)
        self._lock = threading.RLock()
        self._graph: RoadGraph | None = None
        self._ready: dict[Mode, _Ready] = {}
        self._tables: OrderedDict[tuple[Mode, bytes, bytes], Legs] = OrderedDict()

    @property
    def estimated(self) -> bool:
        """True when there are no roads at all."""
        return not self._graphs

    def matrix(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> tuple[I64, I64]:
        """(metres, seconds) between all pairs of k places, int64 [k, k]; zero on the diagonal.

        Raises ValueError when a position is missing (NaN): such a place cannot be planned.
        """
        legs = self.legs(lat, lon, mode)
        return legs.metres, legs.seconds

    def legs_estimated(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> Bools:
        """bool [k, k]: which legs of `matrix` no road covers. Raises as `matrix` does."""
        return self.legs(lat, lon, mode).estimated

    def legs(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> Legs:
        """Figures of all legs between k places; the last answers are kept. Raises as `matrix`."""
        lat, lon = _checked(lat, lon)
        key = (mode, lat.tobytes(), lon.tobytes())
        with self._lock:
            if key in self._tables:
                self._tables.move_to_end(key)
                return self._tables[key]
            legs = self._legs(lat, lon, mode)
            self._tables[key] = legs
            while len(self._tables) > 1 and (
                len(self._tables) > _KEPT_TABLES
                or sum(t.metres.size for t in self._tables.values()) > _KEPT_CELLS
            ):
                self._tables.popitem(last=False)
            return legs

    def shape(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> list[F64 | None]:
        """The way of a round through k places: k - 1 legs, each [n, 2] degrees (lat, lon).

        A leg begins and ends at its places, off-road legs are straight; None where it is estimated.
        Raises as `matrix` does.
        """
        lat, lon = _checked(lat, lon)
        if len(lat) < 2:
            return []
        if not self._graphs:
            return self._fallback.shape(lat, lon, mode)
        ready = self._of(mode)
        at = snap(ready.finder, lat, lon, self._speeds.farthest_metres)
        question = ask(ready.net, ready.base, at)
        pairs = [(i, i + 1) for i in range(len(lat) - 1)]
        crow = crow_metres(lat[:-1], lon[:-1], lat[1:], lon[1:]).tolist()
        found = lines(question, pairs, crow)
        return [
            self._leg_line(at, line, lat[a : b + 1], lon[a : b + 1], a)
            for line, (a, b) in zip(found, pairs, strict=True)
        ]

    def snapped(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> Snapped:
        """Where places (degrees, [k]) are joined to the roads. Raises as `matrix` does."""
        lat, lon = _checked(lat, lon)
        return snap(self._of(mode).finder, lat, lon, self._speeds.farthest_metres)

    def question(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> Question:
        """The network with the places in it: what the tables are computed on."""
        ready = self._of(mode)
        return ask(ready.net, ready.base, self.snapped(lat, lon, mode))

    def _of(self, mode: Mode) -> _Ready:
        with self._lock:
            if self._graph is None:
                self._graph = merged(self._graphs)
            if mode not in self._ready:
                net = network(self._graph, mode, self._speeds, self._corrections, self._hour)
                self._ready[mode] = _Ready(net, base_of(net), finder(net))
            return self._ready[mode]

    def _legs(self, lat: F64, lon: F64, mode: Mode) -> Legs:
        k = len(lat)
        if not self._graphs:
            metres, seconds = self._fallback.matrix(lat, lon, mode)
            return Legs(metres, seconds, self._fallback.legs_estimated(lat, lon, mode))
        ready = self._of(mode)
        at = snap(ready.finder, lat, lon, self._speeds.farthest_metres)
        time, road = table(ask(ready.net, ready.base, at))
        aside = self._off_road(at.away, mode)
        road += at.away[:, None] + at.away[None, :]
        time += aside[:, None] + aside[None, :]
        if mode is Mode.FOOT and self._speeds.bus:
            _take_bus(time, road)
        for first in range(0, k, _ROWS):
            rows = slice(first, min(k, first + _ROWS))
            self._go_straight(time, road, lat, lon, at, rows, mode)
        estimated = ~np.isfinite(time)
        metres, seconds = np.zeros((k, k), np.int64), np.zeros((k, k), np.int64)
        known = ~estimated
        metres[known], seconds[known] = whole(road[known]), whole(time[known])
        i, j = np.nonzero(estimated)
        if len(i):
            metres[i, j], seconds[i, j] = self._fallback.legs(lat[i], lon[i], lat[j], lon[j], mode)
        for array in (metres, seconds, estimated):
            np.fill_diagonal(array, 0)
            array.setflags(write=False)
        return Legs(metres, seconds, estimated)

    def _off_road(self, metres: F64, mode: Mode) -> F64:
        """Seconds beside the roads."""
        speeds = self._speeds
        slow = 0.0 if mode is Mode.FOOT else speeds.slow_metres
        driven = np.minimum(metres, slow)
        seconds: F64 = (driven / speeds.slow_kmh + (metres - driven) / speeds.walk_kmh) * 3.6
        return seconds

    def _go_straight(
        self, time: F64, road: F64, lat: F64, lon: F64, at: Snapped, rows: slice, mode: Mode
    ) -> None:
        """Neighbours nearer to each other than to the road need no road, if that is quicker."""
        crow = crow_metres(lat[rows, None], lon[rows, None], lat[None, :], lon[None, :])
        away = np.where(np.isfinite(at.away), at.away, 0.0)
        near = crow <= np.maximum(away[rows, None], away[None, :])
        direct = self._off_road(crow[near], mode)
        quicker = direct <= time[rows][near]
        i, j = (index[quicker] for index in np.nonzero(near))
        time[rows][i, j], road[rows][i, j] = direct[quicker], crow[near][quicker]

    def _leg_line(
        self, at: Snapped, line: F64 | None, lat: F64, lon: F64, place: int
    ) -> F64 | None:
        """One leg from door to door; straight where that is what `matrix` counts."""
        doors = np.stack([lat, lon], axis=1)
        if line is None:
            return None
        away = float(max(at.away[place], at.away[place + 1]))
        if float(crow_metres(*doors[0], *doors[1])) <= away:
            return doors
        feet = np.array([[at.lat[i], at.lon[i]] for i in (place, place + 1)])
        parts = [doors[:1], feet[:1], line, feet[1:], doors[1:]]
        whole_line = np.concatenate(parts)
        keep = np.concatenate([[True], (np.diff(whole_line, axis=0) != 0).any(axis=1)])
        kept: F64 = whole_line[keep]
        return kept if len(kept) > 1 else doors


def _checked(lat: F64, lon: F64) -> tuple[F64, F64]:
    lat, lon = (np.ascontiguousarray(x, np.float64) for x in (lat, lon))
    if np.isnan(lat).any() or np.isnan(lon).any():
        raise ValueError("a place without a position has no travel time")
    return lat, lon


def _take_bus(time: F64, road: F64) -> None:
    """On foot: door to door by bus over the same metres where that is quicker than walking.

    The same assumption as without roads (`planner.domain.ground`), on known metres.
    """
    curve = roads_of(PLAIN, Mode.FOOT)
    for row in range(len(time)):
        known = np.isfinite(road[row])
        time[row, known] = np.minimum(time[row, known], curve.seconds(road[row, known]))
