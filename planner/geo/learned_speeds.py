"""What recorded trips teach about driving times: how much slower or quicker than was reckoned.

Trips are told apart by region (the road pack they lie in, "" = estimated without roads), by how
fast the reckoned way is on average (town streets and tracks, country roads, main roads) and by the
hour of the start. The mean of the logarithms of actual/reckoned is drawn towards what is known
above it: with n trips of mean m and a prior worth K = 20 trips,

    log f(region, pace)       = n / (n + K) * m                                   (towards 1)
    log f(region, pace, hour) = n / (n + K) * m + K / (n + K) * log f(region, pace)

(normal means with known ratio of variances: the usual empirical-Bayes shrinkage). Fewer than LEAST
trips change nothing. A plan of a day takes the factors of region and pace; those by the hour say
when it is slow.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import exp, log
from typing import Any, Final

from planner.domain.ground import Roads
from planner.geo.road_speeds import Correction

PRIOR: Final = 20  # trips that the assumption "as reckoned" weighs as much as
LEAST: Final = 10  # trips from which on anything is learned
FARTHEST: Final = (
    3.0  # a trip so many times longer or shorter than reckoned tells of something else
)
PACES: Final = (25.0, 45.0)  # km/h that part slow | middle | fast ways
PACE_NAMES: Final = ("slow", "middle", "fast")
# Which roads a way of that pace mostly runs on.
PACE_CLASSES: Final = (
    ("unclassified", "residential", "living_street", "service", "road", "track", "path"),
    ("primary_link", "secondary", "secondary_link", "tertiary", "tertiary_link"),
    ("motorway", "motorway_link", "trunk", "trunk_link", "primary"),
)
LEAST_CHANGE: Final = 0.005  # a factor nearer to 1 is none
HOURS: Final = (9, 12, 14, 17)  # o'clock that part the day
Bounds = tuple[float, float, float, float]  # south, west, north, east
Key = tuple[str, int, int]  # region, number of the pace, number of the part of the day


@dataclass(frozen=True, slots=True)
class Trip:
    """One way that was driven: reckoned metres and seconds, actual seconds, hour of the start."""

    region: str
    metres: int
    reckoned: int
    actual: int
    hour: int


@dataclass(frozen=True, slots=True)
class Learned:
    """How many trips there are of each kind, and the sum of the logarithms of their ratios."""

    cells: Mapping[Key, tuple[int, float]]

    def factor(self, region: str, pace: int, part: int | None = None) -> float:
        """On the reckoned seconds; 1 where too little is known. `part` of the day: None = all."""
        n, mean = self._mean(region, pace, None)
        above = n / (n + PRIOR) * mean if n >= LEAST else 0.0
        if part is None:
            return exp(above)
        n, mean = self._mean(region, pace, part)
        own = (n * mean + PRIOR * above) / (n + PRIOR) if n >= LEAST else above
        return exp(own)

    def trips(self, region: str, pace: int, part: int | None = None) -> int:
        """On how many trips that rests."""
        return self._mean(region, pace, part)[0]

    @property
    def regions(self) -> list[str]:
        """Of which there are trips, by name."""
        return sorted({region for region, _, _ in self.cells})

    def _mean(self, region: str, pace: int, part: int | None) -> tuple[int, float]:
        mine = [
            cell
            for (place, speed, hour), cell in self.cells.items()
            if (place, speed) == (region, pace) and part in (None, hour)
        ]
        n = sum(count for count, _ in mine)
        return n, sum(total for _, total in mine) / n if n else 0.0


NOTHING: Final = Learned({})


def pace_of(metres: int, seconds: int) -> int:
    """Which of PACE_NAMES a way is, by its mean speed."""
    speed = metres * 3.6 / max(1, seconds)
    return sum(speed >= limit for limit in PACES)


def part_of(hour: int) -> int:
    """The part of the day of an hour: before 9, to 12, to 14, to 17, later."""
    return sum(hour >= limit for limit in HOURS)


def learn(known: Learned, trips: Iterable[Trip]) -> Learned:
    """`known` with more trips; those more than three times off are left out, and very short ones,
    of which parking and the stairs are the greater part."""
    cells = dict(known.cells)
    for trip in trips:
        if trip.reckoned < 120 or trip.actual < 60 or trip.metres < 500:
            continue
        ratio = trip.actual / trip.reckoned
        if not 1 / FARTHEST <= ratio <= FARTHEST:
            continue
        key = trip.region, pace_of(trip.metres, trip.reckoned), part_of(trip.hour)
        n, total = cells.get(key, (0, 0.0))
        cells[key] = n + 1, total + log(ratio)
    return Learned(cells)


def to_json(known: Learned) -> list[list[Any]]:
    """Rows of region, pace, part of the day, trips, sum of logarithms."""
    return [[*key, n, round(total, 6)] for key, (n, total) in sorted(known.cells.items())]


def from_json(rows: Any) -> Learned:
    """What `to_json` made; nothing learned when it is something else."""
    try:
        return Learned({(str(a), int(b), int(c)): (int(n), float(t)) for a, b, c, n, t in rows})
    except (TypeError, ValueError):
        return NOTHING


def region_of(regions: Mapping[str, Bounds], lat: float, lon: float) -> str:
    """The first region that has the place, "" when none has."""
    for name, (south, west, north, east) in regions.items():
        if south <= lat <= north and west <= lon <= east:
            return name
    return ""


def corrections(known: Learned, regions: Mapping[str, Bounds]) -> list[Correction]:
    """What was learned, as factors on the driving time of roads: those of a region's slow ways on
    its streets and tracks, and so on. Where regions overlap the first one counts."""
    found: list[Correction] = []
    before: list[Bounds] = []
    for name, bounds in regions.items():
        own = [bounds]
        for other in before:
            own = [part for one in own for part in _less(one, other)]
        before.append(bounds)
        for pace, classes in enumerate(PACE_CLASSES):
            factor = known.factor(name, pace)
            if abs(factor - 1) >= LEAST_CHANGE:
                found += [Correction(factor, road, bounds=part) for part in own for road in classes]
    return found


def _less(one: Bounds, other: Bounds) -> list[Bounds]:
    """`one` without what lies in `other`: up to four rectangles."""
    south, west = max(one[0], other[0]), max(one[1], other[1])
    north, east = min(one[2], other[2]), min(one[3], other[3])
    if south >= north or west >= east:
        return [one]
    parts = [
        (one[0], one[1], south, one[3]), (north, one[1], one[2], one[3]),
        (south, one[1], north, west), (south, east, north, one[3]),
    ]  # fmt: skip
    return [part for part in parts if part[0] < part[2] and part[1] < part[3]]


def slower(roads: Roads, known: Learned) -> Roads:
    """Estimated ways with what was learned of them: their speeds, by the mean of all paces."""
    trips = [
        (known.trips("", pace), log(known.factor("", pace))) for pace in range(len(PACE_NAMES))
    ]
    total = sum(n for n, _ in trips)
    factor = exp(sum(n * value for n, value in trips) / total) if total else 1.0
    if abs(factor - 1) < LEAST_CHANGE:
        return roads
    return replace(roads, speed_kmh=tuple(speed / factor for speed in roads.speed_kmh))
