"""The ways of a workspace: the one source of travel distances and times for every deed.

What is chosen in the settings and lies beside the workspace is put together when it is first
asked: making a `WorkspaceTravel` costs nothing, so the window may make one anywhere. In order: a
routing server where the user has named one, the roads of the packs, the straight line with its
detour; roads and straight line with what recorded trips have taught.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from planner.actions.learned import load_learned, refresh_learned
from planner.actions.road_packs import pack_files, roads_folder
from planner.actions.travel_settings import TravelSettings, load_travel_settings
from planner.clock import Clock
from planner.domain.facts import F64, I64
from planner.domain.ground import TERRAINS
from planner.domain.work import Mode
from planner.errors import PlannerError
from planner.geo.http_engine import HttpEngine, Server
from planner.geo.kept_travel import KeptTravel
from planner.geo.learned_speeds import NOTHING, Bounds, Learned, corrections, slower, to_json
from planner.geo.road_graph import RoadGraph
from planner.geo.road_pack import open_pack
from planner.geo.road_speeds import load_speeds
from planner.geo.server_travel import EngineTravel, ServerTravel
from planner.geo.travel import Bools, StraightLine, TravelTimes
from planner.store.store import Store

if TYPE_CHECKING:
    from planner.geo.road_travel import RoadTravel

_Stamp = tuple[str, int, int]  # path, bytes, time of the last change
_MOST_ROADS = 3  # sets of roads kept ready: as reckoned, with what was learned, and one before


@dataclass(frozen=True, slots=True)
class _Packs:
    """The packs that can be used, and what is wrong with the others."""

    stamps: tuple[_Stamp, ...]
    graphs: tuple[RoadGraph, ...]
    names: tuple[str, ...]
    troubles: tuple[PlannerError, ...]

    @property
    def regions(self) -> dict[str, Bounds]:
        return {name: one.info.bounds for name, one in zip(self.names, self.graphs, strict=True)}


class _Ready:
    """What this process has opened: packs by their files, roads by what they are made of."""

    lock = threading.RLock()
    graphs: ClassVar[dict[_Stamp, RoadGraph | PlannerError]] = {}
    roads: ClassVar[dict[Hashable, "RoadTravel"]] = {}


class WorkspaceTravel:
    """The travel source of one workspace as it is when first asked; it stays so in one deed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._found: TravelTimes | None = None
        self._troubles: dict[str, PlannerError] = {}

    @property
    def source(self) -> TravelTimes:
        """What answers."""
        with self._lock:
            if self._found is None:
                self._found = self._made()
            return self._found

    @property
    def troubles(self) -> tuple[PlannerError, ...]:
        """What went wrong so far: damaged packs, a server that fails. Each once."""
        return tuple(self._troubles.values())

    @property
    def estimated(self) -> bool:
        """True when all figures come from distance alone."""
        return self.source.estimated

    def matrix(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> tuple[I64, I64]:
        """(metres, seconds), both int64 [k, k], from row to column; zero on the diagonal."""
        return self.source.matrix(lat, lon, mode)

    def legs_estimated(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> Bools:
        """bool [k, k]: which figures of `matrix` come from distance alone."""
        return self.source.legs_estimated(lat, lon, mode)

    def shape(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> list[F64 | None]:
        """The lines of the legs of a round, [n, 2] (lat, lon); None where a leg is estimated."""
        return self.source.shape(lat, lon, mode)

    def _made(self) -> TravelTimes:
        with self._store.read() as conn:
            chosen = load_travel_settings(conn)
            packs = _packs(self._store.path)
            known = load_learned(conn, _made_by(chosen, packs))
        for error in packs.troubles:
            self._hear(error)
        found = _reckoned(chosen, packs, known)
        if not chosen.server_on:
            return found
        server = Server(chosen.server_url, chosen.server_kind)
        engine = HttpEngine(server)
        return ServerTravel(engine, KeptTravel(EngineTravel(engine), server), found, self._hear)

    def _hear(self, error: PlannerError) -> None:
        self._troubles.setdefault(str(error), error)


def travel_of(store: Store, learn: Clock | None = None) -> WorkspaceTravel:
    """The travel source of this workspace: what every deed, the command line and the window use.

    With a clock it first learns from the days that are over: whoever makes a plan asks for that.
    """
    if learn is not None:
        learn_from_trips(store, clock=learn)
    return WorkspaceTravel(store)


def tell_troubles(travel: TravelTimes, on_trouble: Callable[[PlannerError], None] | None) -> None:
    """Let `on_trouble` hear what went wrong with the ways that a deed asked for."""
    if on_trouble is not None and isinstance(travel, WorkspaceTravel):
        for error in travel.troubles:
            on_trouble(error)


def estimates_of(store: Store) -> StraightLine:
    """What would be reckoned without roads and server: to compare with."""
    with store.read() as conn:
        return StraightLine(TERRAINS[load_travel_settings(conn).terrain])


def learn_from_trips(store: Store, *, clock: Clock) -> Learned:
    """Learn from the days that are over and were not looked at yet; see `refresh_learned`."""
    with store.read() as conn:
        chosen = load_travel_settings(conn)
    packs = _packs(store.path)
    plain = _reckoned(chosen, packs, NOTHING)
    return refresh_learned(store, plain, packs.regions, _made_by(chosen, packs), clock=clock)


def learned_of(store: Store) -> Learned:
    """What was learned so far and holds for the packs and speeds of now."""
    with store.read() as conn:
        return load_learned(conn, _made_by(load_travel_settings(conn), _packs(store.path)))


def _reckoned(chosen: TravelSettings, packs: _Packs, known: Learned) -> TravelTimes:
    """Roads where there are packs, else the straight line."""
    straight = StraightLine(slower(TERRAINS[chosen.terrain], known))
    if not packs.graphs:
        return straight
    from planner.geo.road_travel import RoadTravel  # SciPy: not at every start

    key = (packs.stamps, _text(chosen.speeds), chosen.terrain, _text(to_json(known)))
    with _Ready.lock:
        roads = _Ready.roads.pop(key, None) or RoadTravel(
            packs.graphs,
            load_speeds(chosen.speeds),
            corrections=corrections(known, packs.regions),
            fallback=straight,
        )
        _Ready.roads[key] = roads
        while len(_Ready.roads) > _MOST_ROADS:
            _Ready.roads.pop(next(iter(_Ready.roads)))
    return KeptTravel(roads, key)


def _packs(workspace: Path) -> _Packs:
    """The packs of a workspace, opened once for each state of their files."""
    graphs: dict[_Stamp, RoadGraph] = {}
    troubles, seen, folder = [], set(), str(roads_folder(workspace))
    with _Ready.lock:
        for path in pack_files(workspace):
            try:
                told = path.stat()
            except OSError:
                troubles.append(PlannerError("roads.unreadable", file=path.name))
                continue
            stamp = str(path), told.st_size, told.st_mtime_ns
            seen.add(stamp)
            found = _Ready.graphs.setdefault(stamp, _opened(path, stamp))
            if isinstance(found, PlannerError):
                troubles.append(found)
            else:
                graphs[stamp] = found
        _Ready.graphs = {  # packs that are gone, or were replaced, go from memory too
            stamp: one
            for stamp, one in _Ready.graphs.items()
            if stamp in seen or str(Path(stamp[0]).parent) != folder
        }
    names = tuple(Path(stamp[0]).stem for stamp in graphs)
    return _Packs(tuple(graphs), tuple(graphs.values()), names, tuple(troubles))


def _opened(path: Path, stamp: _Stamp) -> RoadGraph | PlannerError:
    """The pack as it was opened before, else opened now."""
    try:
        return _Ready.graphs.get(stamp) or open_pack(path)
    except PlannerError as error:
        return error


def _made_by(chosen: TravelSettings, packs: _Packs) -> str:
    """A short name of what ways are reckoned from, without what was learned."""
    told = _text([packs.names, [s[1] for s in packs.stamps], chosen.speeds, chosen.terrain])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)
