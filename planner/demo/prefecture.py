"""A fictional prefecture: a city, six county seats, towns, villages and the roads between them."""

import functools
import random
from dataclasses import dataclass, field

import numpy as np

from planner.demo.names import Names
from planner.demo.roads import Road, connect, streets
from planner.demo.terrain import CELL, COLUMNS, ROWS, Terrain, make_terrain

TOWNS, VILLAGES = 56, 420
Point = tuple[float, float]  # metres east, metres north


@dataclass(frozen=True, slots=True)
class Place:
    """A settlement. `county` and `township` name what it belongs to, `corners` are crossings of
    its streets in metres."""

    kind: str  # city | county | town | village
    name: str
    x: float
    y: float
    county: str
    township: str
    corners: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Prefecture:
    """All places and roads."""

    name: str
    places: tuple[Place, ...]
    roads: tuple[Road, ...] = field(repr=False)

    def of_kind(self, kind: str) -> list[Place]:
        """Places of one kind."""
        return [place for place in self.places if place.kind == kind]


# kind -> (streets each way, spacing in metres, distance in metres to the next place's middle)
SIZES = {
    "city": (20, 420.0, 9_000.0),
    "county": (9, 260.0, 5_000.0),
    "town": (4, 190.0, 2_600.0),
    "village": (2, 130.0, 1_500.0),
}


@functools.lru_cache(maxsize=1)
def make_prefecture(seed: int) -> Prefecture:
    """The prefecture of `seed`; the same seed gives the same one."""
    rng = np.random.default_rng(seed)
    names = Names(random.Random(f"places {seed}"))
    terrain = make_terrain(rng)
    kinds, spots = _settle(rng, terrain)
    belongs = _belonging(kinds, spots)
    whole = names.place("市") + "（虚构）"
    titles = [_title(names, kind, whole) for kind in kinds]
    blocks = [streets(rng, spots[i], *SIZES[kind][:2]) for i, kind in enumerate(kinds)]
    roads = connect(rng, terrain, kinds, spots, blocks)
    places = []
    for i, kind in enumerate(kinds):
        county, town = belongs[i]
        places.append(
            Place(
                kind, titles[i], float(spots[i][0]), float(spots[i][1]),
                titles[county], titles[town], blocks[i].corners,
            )
        )  # fmt: skip
    return Prefecture(whole, tuple(places), tuple(roads))


def _title(names: Names, kind: str, whole: str) -> str:
    if kind == "city":
        return whole
    ending = {"county": "县", "town": "镇", "village": "村"}[kind]
    return names.place(ending) + ("（虚构）" if kind == "county" else "")


def _settle(rng: np.random.Generator, terrain: Terrain) -> tuple[list[str], np.ndarray]:
    """Kinds and middles of all places: gentle and low ground first, at least so far apart."""
    kinds = ["city"]
    spots = [(COLUMNS * CELL * 0.66, ROWS * CELL * 0.5)]
    for kind, count in (("county", 6), ("town", TOWNS), ("village", VILLAGES)):
        apart = {"county": 26_000.0, "town": 6_500.0, "village": 2_100.0}[kind]
        tries = 0
        while count and tries < 200:
            tries += 1
            x = rng.uniform(0.04, 0.96, 2000) * COLUMNS * CELL
            y = rng.uniform(0.04, 0.96, 2000) * ROWS * CELL
            wanted = np.exp(-6 * terrain.steepness(x, y)) * (0.3 + x / (COLUMNS * CELL))
            for at in np.flatnonzero(rng.random(2000) < wanted * 0.5):
                taken = np.array(spots)
                room = np.array([max(apart, SIZES[k][2]) for k in kinds])
                if count and (np.hypot(taken[:, 0] - x[at], taken[:, 1] - y[at]) > room).all():
                    spots.append((float(x[at]), float(y[at])))
                    kinds.append(kind)
                    count -= 1
    return kinds, np.array(spots)


def _belonging(kinds: list[str], spots: np.ndarray) -> list[tuple[int, int]]:
    """For each place the index of its county seat (or the city) and of its town."""
    seats = [i for i, kind in enumerate(kinds) if kind in ("city", "county")]
    towns = [i for i, kind in enumerate(kinds) if kind == "town"]

    def nearest(i: int, among: list[int]) -> int:
        gaps = np.hypot(*(spots[among] - spots[i]).T)
        return among[int(np.argmin(gaps))]

    result = []
    for i, kind in enumerate(kinds):
        town = i if kind != "village" else nearest(i, towns)
        result.append((i if kind in ("city", "county") else nearest(town, seats), town))
    return result
