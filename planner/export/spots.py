"""Where there is still room on a drawn map, and how degrees become millimetres on it."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Box = tuple[float, float, float, float]  # left, top, right, bottom
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """A piece of country on paper: equal scale both ways, north up, centred in a box.

    `scale` is millimetres per degree of latitude.
    """

    box: Box
    shrink: float
    scale: float
    lat: float
    lon: float

    def at(self, place: Point) -> Point:
        """(x, y) on the paper of (lat, lon)."""
        left, top, right, bottom = self.box
        lat, lon = place
        x = (left + right) / 2 + (lon - self.lon) * self.shrink * self.scale
        return x, (top + bottom) / 2 - (lat - self.lat) * self.scale

    @property
    def metres(self) -> float:
        """How many metres of country one millimetre of paper is."""
        return 111_195.0 / self.scale


def frame(places: Sequence[Point], box: Box, margin: float, *, least: float = 1e-6) -> Frame:
    """The frame in which all `places` (lat, lon) lie inside `box` but for `margin` millimetres.

    `least`: degrees that are shown at least, so that a round in one street is no magnifying glass.
    """
    shrink = math.cos(math.radians(sum(lat for lat, _ in places) / len(places)))
    lats, lons = [lat for lat, _ in places], [lon for _, lon in places]
    wide = max((max(lons) - min(lons)) * shrink, least)
    tall = max(max(lats) - min(lats), least)
    left, top, right, bottom = box
    scale = min((right - left - 2 * margin) / wide, (bottom - top - 2 * margin) / tall)
    return Frame(box, shrink, scale, (max(lats) + min(lats)) / 2, (max(lons) + min(lons)) / 2)


def once(way: Sequence[Point]) -> list[list[Point]]:
    """A way in parts, without what it goes a second time in either direction: dashes over dashes
    would look like a full line."""
    seen: set[frozenset[Point]] = set()
    parts: list[list[Point]] = []
    whole = False
    for one, other in pairwise(way):
        if one == other:
            continue
        leg = frozenset((one, other))
        if leg in seen:
            whole = False
        elif whole:
            parts[-1].append(other)
        else:
            parts.append([one, other])
            whole = True
        seen.add(leg)
    return parts


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes share more than an edge."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def inside(a: Box, room: Box) -> bool:
    """Whether a box lies within another."""
    return a[0] >= room[0] and a[1] >= room[1] and a[2] <= room[2] and a[3] <= room[3]


def free_box(boxes: Iterable[Box], taken: Sequence[Box], room: Box | None = None) -> Box | None:
    """The first of `boxes` that covers nothing of `taken` and lies in `room`; None: no room."""
    for box in boxes:
        if (room is None or inside(box, room)) and not any(overlap(box, one) for one in taken):
            return box
    return None


def beside(point: Point, wide: float, tall: float, gap: float) -> list[Box]:
    """Boxes for a label right of, left of, above and below a point."""
    px, py = point
    return [
        (left, top, left + wide, top + tall)
        for left in (px + gap, px - gap - wide, px - wide / 2)
        for top in (py - tall / 2, py - gap - tall, py + gap)
    ]


def around(point: Point, half: float, rings: int = 14) -> list[Box]:
    """Boxes for a mark: on its point, else ever farther around it."""
    px, py = point
    spots = [(px, py)]
    for ring in range(1, rings + 1):
        radius = half * (1.2 + 0.9 * ring)
        for step in range(8 + 2 * ring):
            angle = 2 * math.pi * step / (8 + 2 * ring) - math.pi / 4
            spots.append((px + radius * math.cos(angle), py + radius * math.sin(angle)))
    return [(x - half, y - half, x + half, y + half) for x, y in spots]
