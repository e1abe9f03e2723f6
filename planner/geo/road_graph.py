"""Roads of an OpenStreetMap extract as a graph: junctions, and edges that keep their geometry.

Reading is done by pyosmium in one pass; `planner.geo.road_contract` makes the graph of it. The
graph knows classes and rights, no speeds: those are chosen later (`planner.geo.road_speeds`).
"""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import osmium

from planner.domain.facts import F64, I32, I64
from planner.domain.ground import crow_metres, whole
from planner.errors import PlannerError
from planner.geo.road_tags import FERRY, Way, blocked, minutes, way_of

U8 = npt.NDArray[np.uint8]
ATTRIBUTION: Final = "© OpenStreetMap contributors, ODbL 1.0"
DEGREE: Final = 10_000_000  # whole units of a degree in stored coordinates
KINDS: Final = {".osm.pbf": "pbf", ".osm.gz": "osm.gz", ".osm.bz2": "osm.bz2", ".osm": "osm"}
_KEYS: Final = ("highway", "route", "barrier", "restriction", "restriction:motorcar")


@dataclass(frozen=True, slots=True)
class PackInfo:
    """What a pack says of itself. `date` is that of the data (ISO, "" when the source has none)."""

    source: str
    date: str
    bounds: tuple[float, float, float, float]  # south, west, north, east in degrees
    metres: int  # of all roads
    attribution: str = ATTRIBUTION


@dataclass(frozen=True, eq=False, slots=True)
class RoadGraph:
    """Roads between junctions.

    Edge e leads from node `ends[e, 0]` to `ends[e, 1]` through `points[first[e]:first[e + 1]]`
    (both ends included; lat, lon in 1e-7 degrees). `access` holds the bits of `road_tags`, `limits`
    km/h forwards and backwards (0 = none). `turns` lists what vehicles may not do: come along edge
    [0], and at node [1] go on along edge [2]. `blocked` has bit m where mode m cannot pass a node.
    """

    info: PackInfo
    node_ids: I64
    blocked: U8
    ends: I32
    road_class: U8
    surface: U8
    access: U8
    limits: U8
    first: I64
    points: I32
    turns: I32

    def positions(self) -> F64:
        """Degrees (lat, lon) of all points [p, 2]."""
        return self.points / np.float64(DEGREE)

    def node_points(self) -> I32:
        """(lat, lon) of all nodes [n, 2] in 1e-7 degrees."""
        spots = np.zeros((len(self.node_ids), 2), np.int32)
        spots[self.ends[:, 0]] = self.points[self.first[:-1]]
        spots[self.ends[:, 1]] = self.points[self.first[1:] - 1]
        return spots


@dataclass(slots=True)
class Raw:
    """Ways as they are read: node numbers and positions one after the other, `sizes` nodes each."""

    refs: "array[int]" = field(default_factory=lambda: array("q"))
    lats: "array[int]" = field(default_factory=lambda: array("i"))
    lons: "array[int]" = field(default_factory=lambda: array("i"))
    sizes: "array[int]" = field(default_factory=lambda: array("i"))
    kinds: "array[int]" = field(default_factory=lambda: array("i"))
    way_ids: "array[int]" = field(default_factory=lambda: array("q"))
    table: dict[Way, int] = field(default_factory=dict)
    barriers: dict[int, int] = field(default_factory=dict)
    # From way, via node, to way, and whether only this turn is allowed (else: not this one).
    restrictions: list[tuple[int, int, int, bool]] = field(default_factory=list)
    date: str = ""

    def add(self, way_id: int, way: Way, line: list[tuple[int, int, int]]) -> None:
        """Add a line of (node number, lat, lon)."""
        if len(line) < 2:
            return
        refs, lats, lons = zip(*line, strict=True)
        self.refs.extend(refs)
        self.lats.extend(lats)
        self.lons.extend(lons)
        self.sizes.append(len(line))
        self.kinds.append(self.table.setdefault(way, len(self.table)))
        self.way_ids.append(way_id)


def kind_of(name: str) -> str:
    """How the reader calls the form of the file `name`. Raises PlannerError "roads.not_osm"."""
    for ending, kind in KINDS.items():
        if name.lower().endswith(ending):
            return kind
    raise PlannerError("roads.not_osm", file=name)


def read_raw(file: str, kind: str, *, on_ways: Callable[[int], None] | None = None) -> Raw:
    """Read an extract; `file` is a path, or "-" for standard input; `kind` as by `kind_of`.

    `on_ways` is told now and then how many ways were taken. Raises RuntimeError (of the reader)
    when the file is damaged.
    """
    raw = Raw()
    source = osmium.io.File(file, kind)
    stream = osmium.FileProcessor(source).with_locations()
    newest = None
    items: Iterator[Any] = iter(stream.with_filter(osmium.filter.KeyFilter(*_KEYS)))
    for item in items:
        if item.is_way():
            newest = _take_way(raw, item, newest)
            if on_ways is not None and len(raw.sizes) % 2000 == 0:
                on_ways(len(raw.sizes))
        elif item.is_node():
            shut = blocked(dict(item.tags)) if "barrier" in item.tags else 0
            if shut:
                raw.barriers[item.id] = shut
        else:
            _take_restriction(raw, item)
    if newest is not None and newest.year > 2000:
        raw.date = newest.date().isoformat()
    return raw


def _take_way(raw: Raw, item: Any, newest: Any) -> Any:
    """Add a way if somebody travels on it; the later one of its date and `newest`."""
    tags = dict(item.tags)
    way = way_of(tags)
    if way is None:
        return newest
    runs: list[list[tuple[int, int, int]]] = [[]]
    for node in item.nodes:
        place = node.location
        if place.valid():
            runs[-1].append((node.ref, place.y, place.x))
        elif runs[-1]:  # cut out of the extract: the way ends here and may come back
            runs.append([])
    for line in runs:
        raw.add(item.id, _timed(way, tags, line), line)
    return item.timestamp if newest is None or item.timestamp > newest else newest


def _timed(way: Way, tags: dict[str, str], line: list[tuple[int, int, int]]) -> Way:
    """A ferry with the speed of its timetable."""
    spent = minutes(tags.get("duration")) if way.road_class == FERRY else 0.0
    if spent <= 0 or len(line) < 2:
        return way
    spots = np.array(line, np.float64)[:, 1:] / DEGREE
    metres = crow_metres(spots[:-1, 0], spots[:-1, 1], spots[1:, 0], spots[1:, 1]).sum()
    speed = min(80, max(1, round(metres / spent * 0.06)))
    return way._replace(forward=speed, backward=speed)


def _take_restriction(raw: Raw, item: Any) -> None:
    """Add a ban of a turn at a node; those along a way, by time or for other vehicles are left."""
    tags = dict(item.tags)
    kind = tags.get("restriction:motorcar") or tags.get("restriction", "")
    if not kind.startswith(("no_", "only_")) or "motorcar" in tags.get("except", ""):
        return
    members: dict[str, list[tuple[str, int]]] = {}
    for member in item.members:
        members.setdefault(member.role, []).append((member.type, member.ref))
    via = members.get("via", [])
    if len(via) != 1 or via[0][0] != "n":
        return
    for _, start in members.get("from", []):
        for _, end in members.get("to", []):
            raw.restrictions.append((start, via[0][1], end, kind.startswith("only_")))


def total_metres(graph: RoadGraph) -> I64:
    """Metres of each edge, rounded, [e]."""
    spots = graph.positions()
    steps = crow_metres(spots[:-1, 0], spots[:-1, 1], spots[1:, 0], spots[1:, 1])
    run = np.concatenate([[0.0], np.cumsum(steps)])
    return whole(run[graph.first[1:] - 1] - run[graph.first[:-1]])


def named(graph: RoadGraph, source: str) -> RoadGraph:
    """The graph with the name of its source."""
    return replace(graph, info=replace(graph.info, source=source[:200]))
