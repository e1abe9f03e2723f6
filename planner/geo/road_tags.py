"""What the tags of a way in OpenStreetMap say: class, surface, who may use it in which direction.

Keys and values are those described in the OpenStreetMap wiki. Where a tag is missing the usual
default of its kind of road holds. Directions and modes are packed into bits: bit 2m stands for
travelling forwards by mode m of MODES, bit 2m + 1 for backwards.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from planner.domain.work import Mode
from planner.geo.road_speeds import CLASSES, SURFACES

Tags = Mapping[str, str]
MODES: Final = (Mode.CAR, Mode.MOTORCYCLE, Mode.FOOT)
NUMBER: Final = {name: number for number, name in enumerate(CLASSES)}
FERRY: Final = NUMBER["ferry"]
_ALIASES: Final = {
    "pedestrian": "footway", "corridor": "footway", "cycleway": "path", "bridleway": "path",
}  # fmt: skip
_NARROW: Final = frozenset(NUMBER[name] for name in ("path", "footway", "steps"))
_FAST: Final = frozenset(NUMBER[name] for name in ("motorway", "motorway_link"))
# The surface that a class has where none is said, and to which its speed belongs (else: paved).
USUAL_SURFACE: Final = {"track": "gravel", "path": "gravel"}
# From the most to the least particular key; the first one that says something counts.
_KEYS: Final = {
    Mode.CAR: ("motorcar", "motor_vehicle", "vehicle", "access"),
    Mode.MOTORCYCLE: ("motorcycle", "motor_vehicle", "vehicle", "access"),
    Mode.FOOT: ("foot", "access"),
}
_NO: Final = frozenset({
    "no", "private", "agricultural", "forestry", "agricultural;forestry", "forestry;agricultural",
    "military", "emergency", "psv", "bus", "customers;private", "discouraged",
})  # fmt: skip
_YES: Final = frozenset({
    "yes", "permissive", "designated", "official", "destination", "customers", "delivery",
    "residents", "permit", "public",
})  # fmt: skip
_SURFACE: Final = {
    "paved": 0, "asphalt": 0, "chipseal": 0, "concrete": 1, "concrete:plates": 1,
    "concrete:lanes": 1, "paving_stones": 2, "sett": 2, "cobblestone": 2, "bricks": 2, "metal": 2,
    "unhewn_cobblestone": 2, "wood": 2, "compacted": 3, "fine_gravel": 3, "gravel": 3,
    "pebblestone": 3, "unpaved": 3, "rock": 4, "dirt": 4, "earth": 4, "ground": 4, "clay": 4,
    "grass": 5, "grass_paver": 3, "mud": 5, "sand": 5, "snow": 5, "ice": 5,
}  # fmt: skip
_GRADE: Final = {"grade1": 0, "grade2": 3, "grade3": 3, "grade4": 4, "grade5": 5}
# Barriers that stop vehicles unless their own tags say otherwise; all others let everybody pass.
_STOPS_CARS: Final = frozenset({
    "bollard", "block", "jersey_barrier", "chain", "log", "debris", "cycle_barrier", "stile",
    "motorcycle_barrier", "kissing_gate", "turnstile", "full-height_turnstile", "planter", "rope",
    "hampshire_gate", "horse_stile", "barrier_board", "bar", "wall", "fence", "hedge", "ditch",
})  # fmt: skip
_STOPS_MOTORCYCLES: Final = _STOPS_CARS - {"bollard", "block", "planter"}
_SPEED: Final = re.compile(r"(\d{1,3})(?:\.\d+)?\s*(mph|km/h|kmh|kph)?")
_MILE: Final = 1.609344


class Way(NamedTuple):
    """What counts of one way: numbers of CLASSES and SURFACES, access bits, km/h each way.

    A limit of 0 is none. Of a ferry the limits are the speed that its timetable gives.
    """

    road_class: int
    surface: int
    access: int
    forward: int
    backward: int

    def turned(self) -> "Way":
        """The same way seen from its other end."""
        bits = sum(
            ((self.access >> 2 * m) & 1) << (2 * m + 1) | ((self.access >> 2 * m + 1) & 1) << 2 * m
            for m in range(len(MODES))
        )
        return Way(self.road_class, self.surface, bits, self.backward, self.forward)


def way_of(tags: Tags) -> Way | None:
    """What the tags of a way mean; None when nobody travels on it."""
    number = _class(tags)
    if number is None or tags.get("area") == "yes":
        return None
    access = 0
    for m, mode in enumerate(MODES):
        if _allowed(tags, mode, number):
            access |= _directions(tags, mode, number) << 2 * m
    if not access:
        return None
    both = _limit(tags.get("maxspeed"))
    forward = _limit(tags.get("maxspeed:forward")) or both
    backward = _limit(tags.get("maxspeed:backward")) or both
    if number == FERRY:
        forward = backward = 0
    return Way(number, _surface(tags, number), access, forward, backward)


def blocked(tags: Tags) -> int:
    """For whom the barrier of a node is closed: bit m for mode m of MODES."""
    kind = tags.get("barrier", "")
    bits = 0
    for m, mode in enumerate(MODES):
        said = _said(tags, mode)
        shut = (mode is Mode.CAR and kind in _STOPS_CARS) or (
            mode is Mode.MOTORCYCLE and kind in _STOPS_MOTORCYCLES
        )
        if mode is not Mode.FOOT and tags.get("locked") == "yes":
            shut = True
        if (not said) if said is not None else shut:
            bits |= 1 << m
    return bits


def minutes(text: str | None) -> float:
    """The minutes of a `duration` such as 15, 0:15 or 00:15:00; 0 when it says none."""
    parts = (text or "").split(":")
    if not 1 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return 0.0
    figures = [int(part[:4]) for part in parts]
    if len(figures) == 1:
        return float(figures[0])
    return figures[0] * 60 + figures[1] + (figures[2] / 60 if len(figures) == 3 else 0)


def _class(tags: Tags) -> int | None:
    name = tags.get("highway")
    if name is not None:
        number = NUMBER.get(_ALIASES.get(name, name))
        return None if number == FERRY else number
    return FERRY if tags.get("route") == "ferry" else None


def _said(tags: Tags, mode: Mode) -> bool | None:
    """What the access tags say to `mode`; None when they are silent."""
    for key in _KEYS[mode]:
        value = tags.get(key)
        if value in _NO:
            return False
        if value in _YES:
            return True
    return None


def _allowed(tags: Tags, mode: Mode, number: int) -> bool:
    if mode is Mode.FOOT:
        said = _said(tags, mode)
        return number not in _FAST if said is None else said
    if number in _NARROW:  # open to vehicles only where a tag for vehicles says so
        return any(tags.get(key) in _YES for key in _KEYS[mode][:2]) and bool(_said(tags, mode))
    return _said(tags, mode) is not False


def _directions(tags: Tags, mode: Mode, number: int) -> int:
    """1 forwards, 2 backwards, 3 both, 0 neither."""
    if mode is Mode.FOOT:
        value = tags.get("oneway:foot", "no")
    else:
        value = next(
            (tags[f"oneway:{key}"] for key in _KEYS[mode][:3] if f"oneway:{key}" in tags),
            tags.get("oneway", ""),
        )
        round_about = tags.get("junction") in ("roundabout", "circular")
        if not value and (round_about or number == NUMBER["motorway"]):
            return 1
    if value in ("yes", "1", "true"):
        return 1
    if value in ("-1", "reverse"):
        return 2
    return 0 if value == "reversible" else 3


def _limit(text: str | None) -> int:
    """A posted speed in whole km/h (1-250); 0 for none or words."""
    match = _SPEED.match(text or "")
    if match is None or not int(match[1]):
        return 5 if text == "walk" else 0
    speed = int(match[1]) * (_MILE if match[2] == "mph" else 1)
    return min(250, max(1, round(speed)))


def _surface(tags: Tags, number: int) -> int:
    known = _SURFACE.get(tags.get("surface", "").split(";")[0])
    if known is None:
        known = _GRADE.get(tags.get("tracktype", ""))
    if known is not None:
        return known
    return SURFACES.index(USUAL_SURFACE.get(CLASSES[number], "paved"))
