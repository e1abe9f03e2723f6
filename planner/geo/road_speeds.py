"""How fast one travels on which road, what was learned from trips, and the words of both.

The road classes and surfaces are the columns of the speed table (`resources/roads.toml`); a road
pack stores their numbers, never a speed, so that speeds can be changed without building it anew.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from planner.domain.facts import F64
from planner.domain.work import Mode
from planner.errors import PlannerError
from planner.paths import resources

CLASSES: Final = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
    "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential", "living_street",
    "service", "road", "track", "path", "footway", "steps", "ferry",
)  # fmt: skip
SURFACES: Final = ("paved", "concrete", "stones", "gravel", "earth", "soft")
_FASTEST = 200.0  # km/h
_LEAST, _MOST = 0.1, 10.0  # of a correction
_SECTIONS: Final = {
    "limit": {"share": (0.2, 1.5), "headroom": (1.0, 5.0)},
    "off_road": {
        "slow_metres": (0.0, 5_000.0),
        "slow_kmh": (1.0, 60.0),
        "walk_kmh": (1.0, 10.0),
        "farthest_metres": (10.0, 50_000.0),
    },
    "other": {"ferry_wait_minutes": (0.0, 600.0), "bus": (0.0, 1.0)},
}


@dataclass(frozen=True, slots=True)
class RoadSpeeds:
    """Kilometres an hour by mode and road class (0 = not used), and what else makes a travel time.

    `kmh[mode]` has one figure per name of CLASSES, `surface` one share per name of SURFACES (for
    vehicles). Make changed ones with `dataclasses.replace` or `load_speeds`.
    """

    kmh: Mapping[Mode, tuple[float, ...]]
    surface: tuple[float, ...]
    limit_share: float
    limit_headroom: float
    slow_metres: float
    slow_kmh: float
    walk_kmh: float
    farthest_metres: float
    ferry_wait_minutes: float
    bus: bool

    def table(self, mode: Mode) -> F64:
        """km/h of `mode` by class number."""
        return np.array(self.kmh[mode], np.float64)


@dataclass(frozen=True, slots=True)
class Correction:
    """A factor on driving time (1.2 = a fifth slower than the speeds say), learned or entered.

    It holds for roads of `road_class` (None: all) whose middle lies in `bounds` (south, west,
    north, east in degrees; None: everywhere), in the hour `hour` of the day (0-23; None: at all
    hours). Where several hold, their factors are multiplied. Raises PlannerError "roads.speed" for
    an unknown class, an hour that is none or a factor outside 0.1 to 10.
    """

    factor: float
    road_class: str | None = None
    hour: int | None = None
    bounds: tuple[float, float, float, float] | None = None
    modes: frozenset[Mode] = field(default=frozenset({Mode.CAR, Mode.MOTORCYCLE}))

    def __post_init__(self) -> None:
        if not _LEAST <= self.factor <= _MOST:
            raise PlannerError("roads.speed", field="factor")
        if self.road_class is not None and self.road_class not in CLASSES:
            raise PlannerError("roads.speed", field=str(self.road_class)[:40])
        if self.hour is not None and self.hour not in range(24):
            raise PlannerError("roads.speed", field="hour")


def load_speeds(
    changes: Mapping[str, Mapping[str, float]] | None = None, path: Path | None = None
) -> RoadSpeeds:
    """The speeds of `resources/roads.toml` with `changes` (section -> name -> figure) on top.

    Raises PlannerError: "roads.speeds_unreadable" (the file), "roads.speed" (an unknown name or a
    figure that makes no sense).
    """
    path = path or resources() / "roads.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PlannerError("roads.speeds_unreadable", file=path.name) from error
    for section, figures in (changes or {}).items():
        if not isinstance(data.get(section), dict):
            raise PlannerError("roads.speed", field=section)
        data[section] = data[section] | dict(figures)
    kmh = {mode: _row(data, mode.value, dict.fromkeys(CLASSES, (0.0, _FASTEST))) for mode in Mode}
    surface = _row(data, "surface", dict.fromkeys(SURFACES, (0.01, 1.0)))
    share, headroom = _row(data, "limit", _SECTIONS["limit"])
    slow_metres, slow, walk, farthest = _row(data, "off_road", _SECTIONS["off_road"])
    wait, bus = _row(data, "other", _SECTIONS["other"])
    return RoadSpeeds(
        kmh, surface, share, headroom, slow_metres, slow, walk, farthest, wait, bool(bus)
    )


def _row(
    data: Mapping[str, Any], section: str, allowed: Mapping[str, tuple[float, float]]
) -> tuple[float, ...]:
    """The figures of one section in the order of `allowed` (name -> least and greatest)."""
    given = data.get(section)
    if not isinstance(given, dict):
        raise PlannerError("roads.speed", field=section)
    for name in given.keys() - allowed.keys():
        raise PlannerError("roads.speed", field=f"{section}.{name}")
    found = []
    for name, (least, greatest) in allowed.items():
        value = given.get(name)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is None or not number or not least <= value <= greatest:
            raise PlannerError("roads.speed", field=f"{section}.{name}")
        # A speed that rounds to nothing would be a road without end.
        found.append(0.0 if section in set(Mode) and value < 0.5 else float(value))
    return tuple(found)
