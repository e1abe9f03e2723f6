"""Who lives behind one door: people who are visited in one stop.

Doors are read when somebody is planned, not for the whole book: the text of an address is long.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

import numpy as np

from planner.domain.codes import Grade
from planner.domain.facts import I64, FactTable
from planner.domain.plan import Route, Stop, at_doors
from planner.ranking.value import FIND
from planner.store.doors import load_doors
from planner.store.store import Store

ONCE: Final = int(60 * FIND)  # seconds of a visit that a second person at the door does not add
_CELL: Final = 1e-4  # degrees: whose positions lie that near may share a door


class Doors:
    """The doors of a workspace; it owns what has been read of them."""

    def __init__(self, store: Store | None = None) -> None:
        """Without `store` nobody shares a door."""
        self._store = store
        self._known: dict[str, dict[str, str]] = {}

    def of(self, debtor_id: str, address_id: str) -> str:
        """The door of an address, "" when it names none."""
        return self.among([debtor_id])[debtor_id].get(address_id, "")

    def among(self, debtor_ids: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        """Doors of these people (at least): debtor id -> address id -> door."""
        asked = set(debtor_ids)
        missing = asked - self._known.keys()
        if missing:
            fresh: dict[str, dict[str, str]] = {who: {} for who in missing}
            if self._store is not None:
                with self._store.read() as conn:
                    for (who, address), door in load_doors(conn, missing).items():
                        fresh[who][address] = door
            self._known |= fresh
        return self._known


NO_DOORS: Final = Doors()


def neighbours(table: FactTable, rows: list[int], others: I64) -> list[int]:
    """Rows of `others` with an address at the position of one of `rows`: they may share its door.

    Positions that stand for a whole township tell nothing.
    """
    owner = np.repeat(np.arange(table.n), np.diff(table.address_off))
    fine = np.isfinite(table.address_lat) & (table.address_grade < Grade.TOWNSHIP)
    cell = np.full(len(owner), -1, np.int64)
    cell[fine] = np.rint(table.address_lat[fine] / _CELL).astype(np.int64) * 10_000_000
    cell[fine] += np.rint(table.address_lon[fine] / _CELL).astype(np.int64)
    mine = np.isin(owner, np.array(rows, np.int64)) & fine
    near = np.isin(cell, np.unique(cell[mine])) & fine & np.isin(owner, others)
    return sorted(set(owner[near].tolist()) - set(rows))


def visits_before(stops: Iterable[Stop], position: int) -> int:
    """How many visits lie in the first `position` stops of a round."""
    return sum(len(some) for some in at_doors(stops)[: max(0, position)])


def torn(
    routes: Iterable[Route], doors: Doors, firm: Collection[str] = ()
) -> list[tuple[str, str]]:
    """Pairs of people of one door (debtor ids) whose stops do not follow each other in one round,
    or not at once: the rule of households, told of a plan by itself.

    Those who are locked or in `firm` (they have appointments) may be apart from each other.
    """
    routes = tuple(routes)
    known = doors.among(s.debtor_id for route in routes for s in route.stops)
    last: dict[str, tuple[str, int, int]] = {}
    found: list[tuple[str, str]] = []
    apart: dict[str, bool] = {}
    for k, route in enumerate(routes):
        for n, stop in enumerate(route.stops):
            door = known[stop.debtor_id].get(stop.address_id, "")
            if not door:
                continue
            who, crew, place = last.get(door, ("", k, n - 1))
            before = route.stops[n - 1] if n else None
            at_once = not who or (before is not None and before.leave == stop.start)
            may_be = stop.locked or stop.debtor_id in firm
            together = crew == k and place == n - 1 and at_once
            if who and not together and not (may_be and apart[who]):
                found.append((who, stop.debtor_id))
            last[door], apart[stop.debtor_id] = (stop.debtor_id, k, n), may_be
    return found
