"""Ways between places by mode, and what they cost each crew: the matrices of the engine's problem.

Crews of one mode, kilometre price and wage share a matrix; there are at most as many matrices as
such triples. Metres, seconds, minor units of money.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.domain.facts import F64, I32, I64
from planner.domain.ground import PRICE_SHARE
from planner.domain.people import Crew
from planner.domain.work import USUAL, Mode, Work
from planner.geo.travel import Bools, TravelTimes
from planner.ranking.features import FEN
from planner.ranking.params import Params

Price = tuple[Mode, int, int]  # mode, minor units a kilometre, minor units an hour


@dataclass(frozen=True, eq=False)
class Ways:
    """(metres, seconds) of each mode, i32[places, places], and which of them are `guessed`: by
    distance alone, not by roads."""

    by_mode: Mapping[Mode, tuple[I32, I32]]
    guessed: Mapping[Mode, Bools]

    def take(self, places: Sequence[int]) -> "Ways":
        """The ways between some of the places, in that order."""
        at = np.ix_(places, places)
        return Ways(
            {mode: (metres[at], seconds[at]) for mode, (metres, seconds) in self.by_mode.items()},
            {mode: guessed[at] for mode, guessed in self.guessed.items()},
        )

    def metres(self, crew: Crew) -> I32:
        """The metres that `crew` travels between the places."""
        return self.by_mode[crew.work.mode][0]

    def estimated(self, crew: Crew, arcs: Iterable[tuple[int, int]]) -> int:
        """How many of the legs between places `crew` travels by an estimate only."""
        guessed = self.guessed[crew.work.mode]
        return sum(bool(guessed[arc]) for arc in arcs)


def ways_between(travel: TravelTimes, lat: F64, lon: F64, crews: Iterable[Crew]) -> Ways:
    """The ways between all pairs of places by every mode of `crews`."""
    found, guessed = {}, {}
    for mode in sorted({crew.work.mode for crew in crews}) or [Mode.CAR]:
        metres, seconds = travel.matrix(lat, lon, mode)
        found[mode] = metres.astype(np.int32), seconds.astype(np.int32)
        guessed[mode] = travel.legs_estimated(lat, lon, mode)
    return Ways(found, guessed)


def price_of(work: Work, params: Params) -> Price:
    """What a kilometre and an hour on the road cost; the ranking's money where a crew has no own.

    A mode other than the car costs its share of the car's kilometre then.
    """
    usual = round(params.money.kilometre * FEN * PRICE_SHARE[work.mode])
    wage = round(params.money.wage_hour * FEN)
    return (
        work.mode,
        usual if work.km_price is None else work.km_price,
        wage if work.wage is None else work.wage,
    )


def travel_cost(metres: I32, seconds: I32, price: Price) -> I32:
    """Money of being on the road: kilometres and the crew's wage (decisions: arc cost)."""
    _, kilometre, hour = price
    cost = np.empty(metres.shape, np.int32)
    for row in range(len(metres)):  # row by row: the tables of a large book are large enough
        fen: F64 = metres[row] * (kilometre / 1000)
        fen += seconds[row] * (hour / 3600)
        cost[row] = np.rint(fen)
    return cost


def matrices(
    ways: Ways, crews: Sequence[Crew], params: Params
) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields "duration", "cost" and "matrices" of the problem file, and the name of its matrix
    for every crew (by id). The first crew's is the main one, "".
    """
    prices = list(dict.fromkeys(price_of(crew.work, params) for crew in crews))
    prices = prices or [price_of(USUAL, params)]
    names = {price: f"{price[0]}/{price[1]}/{price[2]}" if k else ""
             for k, price in enumerate(prices)}  # fmt: skip
    tables = {}
    for price, name in names.items():
        metres, seconds = ways.by_mode[price[0]]
        tables[name] = {"duration": seconds, "cost": travel_cost(metres, seconds, price)}
    of_crew = {crew.crew_id: names[price_of(crew.work, params)] for crew in crews}
    main = tables.pop("")
    return {**main, "matrices": tables}, of_crew


def far_tables(ways: Ways, crews: Sequence[Crew], params: Params) -> tuple[I64, I64]:
    """(seconds, cost) in one table each, where only one is wanted: the ways from and to the homes
    (the first places, one for each crew) by that crew's own mode and price, all others by the mode
    and price of the first crew that goes by car, else of the first.
    """
    usual = next((c for c in crews if c.work.mode is Mode.CAR), crews[0])
    metres, seconds = ways.by_mode[usual.work.mode]
    drive = seconds.astype(np.int64)
    cost = travel_cost(metres, seconds, price_of(usual.work, params)).astype(np.int64)
    for k, crew in enumerate(crews):
        metres, seconds = ways.by_mode[crew.work.mode]
        price = price_of(crew.work, params)
        for part in ((slice(k, k + 1), slice(None)), (slice(None), slice(k, k + 1))):
            drive[part] = seconds[part]
            cost[part] = travel_cost(metres[part], seconds[part], price)
    return drive, cost
