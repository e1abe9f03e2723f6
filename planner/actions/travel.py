"""The ways of a workspace: the one source of travel distances and times for every deed.

What is chosen in the settings and lies beside the workspace is put together when it is first
asked: making a `WorkspaceTravel` costs nothing, so the window may make one anywhere.
"""

import threading

from planner.domain.facts import F64, I64
from planner.domain.ground import TERRAINS
from planner.domain.work import Mode
from planner.geo.travel import Bools, StraightLine, TravelTimes
from planner.ranking.params import load_params
from planner.store.store import Store


class WorkspaceTravel:
    """The travel source of one workspace as it is when first asked; it stays so in one deed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._found: TravelTimes | None = None

    @property
    def source(self) -> TravelTimes:
        """What answers."""
        with self._lock:
            if self._found is None:
                self._found = StraightLine(TERRAINS[load_params().access.terrain])
            return self._found

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


def travel_of(store: Store) -> WorkspaceTravel:
    """The travel source of this workspace: what every deed, the command line and the window use."""
    return WorkspaceTravel(store)
