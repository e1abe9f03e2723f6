"""A road graph as one mode of travel sees it: arcs with metres and seconds, ready for a search.

A weight carries time and distance in one exact number: hundredths of a second times 2^26 plus
tenths of a metre. Both are whole, so sums up to 2^53 are exact: the search for the least time finds
the metres of that very way too (of equally fast ways the shorter one), without a second pass.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from planner.domain.facts import F64, I32, I64
from planner.domain.ground import crow_metres
from planner.domain.work import Mode
from planner.geo.road_graph import DEGREE, RoadGraph
from planner.geo.road_speeds import CLASSES, SURFACES, Correction, RoadSpeeds
from planner.geo.road_tags import FERRY, MODES, USUAL_SURFACE

Bools = npt.NDArray[np.bool_]
SHIFT: Final = float(1 << 26)
# Nobody lives on these: a place is joined to the nearest other road.
_NO_DOORS: Final = ("motorway", "motorway_link", "ferry")
# Connected parts smaller than this share of the largest, and than so many junctions, are leftovers
# at the border of the extract or mistakes of the map: no place is joined to them.
_LEAST_SHARE, _ENOUGH = 0.05, 100


@dataclass(frozen=True, eq=False, slots=True)
class Network:
    """Arcs of one mode. Nodes of the graph keep their numbers; `nodes` counts those added as well.

    `pace` is seconds a metre by edge and direction (inf: closed), `wait` seconds once per edge,
    `run` metres along all points (differences within an edge count), `doors` the edges to which
    places are joined, `tips` the nodes at both ends of each edge. `arc_weight` is packed; arcs are
    sorted by edge.
    """

    graph: RoadGraph
    nodes: int
    run: F64
    pace: F64
    wait: F64
    doors: I64
    tips: I64
    arc_edge: I64
    arc_back: Bools
    arc_tail: I32
    arc_head: I32
    arc_weight: F64
    copies: I64  # [c, 2]: a node with banned turns, and a copy of it

    def length(self) -> F64:
        """Metres of each edge."""
        first = self.graph.first
        metres: F64 = self.run[first[1:] - 1] - self.run[first[:-1]]
        return metres


def packed(seconds: F64, metres: F64) -> F64:
    """One number for both, at least 1."""
    weight: F64 = np.maximum(np.rint(seconds * 100) * SHIFT + np.rint(metres * 10), 1.0)
    return weight


def unpacked(weight: F64) -> tuple[F64, F64]:
    """(seconds, metres) of packed weights; inf stays inf."""
    ticks = np.floor(weight / SHIFT)
    with np.errstate(invalid="ignore"):
        metres = np.where(np.isinf(weight), np.inf, (weight - ticks * SHIFT) / 10)
    return ticks / 100, metres


def network(
    graph: RoadGraph, mode: Mode, speeds: RoadSpeeds,
    corrections: Sequence[Correction] = (), hour: int | None = None,
) -> Network:  # fmt: skip
    """The network of `mode` with these speeds, in the hour `hour` (None: no hour in particular)."""
    spots = graph.positions()
    steps = crow_metres(spots[:-1, 0], spots[:-1, 1], spots[1:, 0], spots[1:, 1])
    run = np.concatenate([[0.0], np.cumsum(steps)])
    metres = run[graph.first[1:] - 1] - run[graph.first[:-1]]
    pace = _pace(graph, mode, speeds) * _factors(graph, mode, corrections, hour)[:, None]
    ferry = graph.road_class == FERRY
    wait = np.where(ferry, speeds.ferry_wait_minutes * 60.0, 0.0)
    m = MODES.index(mode)
    tips, nodes = _stubs(graph, m)
    edge, back = _open(pace)
    tail, head = tips[edge, back.astype(int)], tips[edge, 1 - back.astype(int)]
    copies = np.zeros((0, 2), np.int64)
    if mode is not Mode.FOOT and len(graph.turns):
        edge, back, tail, head, copies = _turns(graph, edge, back, tail, head, nodes)
        nodes += len(copies)
    order = np.argsort(edge, kind="stable")
    edge, back, tail, head = edge[order], back[order], tail[order], head[order]
    time = metres[edge] * pace[edge, back.astype(int)] + wait[edge]
    doors = _doors(graph, edge, tail, head, nodes)
    return Network(
        graph, nodes, run, pace, wait, doors, tips, edge, back, tail.astype(np.int32),
        head.astype(np.int32), packed(time, metres[edge]), copies,
    )  # fmt: skip


def _pace(graph: RoadGraph, mode: Mode, speeds: RoadSpeeds) -> F64:
    """Seconds a metre, [edges, 2]; inf where the mode may or can not go."""
    number = graph.road_class
    kmh = np.repeat(speeds.table(mode)[number][:, None], 2, axis=1)
    limits = graph.limits.astype(np.float64)
    ferry = number == FERRY
    if mode is not Mode.FOOT:
        posted = np.minimum(kmh * speeds.limit_headroom, limits * speeds.limit_share)
        kmh = np.where((limits > 0) & ~ferry[:, None], posted, kmh)
        share = np.array(speeds.surface)
        usual = np.array([share[SURFACES.index(USUAL_SURFACE.get(c, "paved"))] for c in CLASSES])
        kmh *= np.where(ferry, 1.0, share[graph.surface] / usual[number])[:, None]
    closed = kmh <= 0
    kmh = np.where(ferry[:, None] & (limits > 0), limits, kmh)
    m = MODES.index(mode)
    bits = np.stack([graph.access >> 2 * m, graph.access >> 2 * m + 1], axis=1) & 1
    with np.errstate(divide="ignore"):
        pace: F64 = np.where((bits == 1) & ~closed, 3.6 / kmh, np.inf)
    return pace


def _factors(
    graph: RoadGraph, mode: Mode, corrections: Sequence[Correction], hour: int | None
) -> F64:
    """What learned or entered corrections make of each edge's time."""
    factor = np.ones(len(graph.ends))
    if not corrections:
        return factor
    middle = graph.points[(graph.first[:-1] + graph.first[1:]) // 2] / np.float64(DEGREE)
    for one in corrections:
        if mode not in one.modes or (one.hour is not None and one.hour != hour):
            continue
        here = graph.road_class != FERRY
        if one.road_class is not None:
            here = here & (graph.road_class == CLASSES.index(one.road_class))
        if one.bounds is not None:
            south, west, north, east = one.bounds
            here &= (middle >= (south, west)).all(axis=1) & (middle <= (north, east)).all(axis=1)
        factor[here] *= one.factor
    return factor


def _stubs(graph: RoadGraph, m: int) -> tuple[I64, int]:
    """Ends of edges, [edges, 2]: where a barrier stops the mode each edge has an end of its own."""
    tips = graph.ends.astype(np.int64)
    shut = (graph.blocked[tips] >> m & 1) == 1
    nodes = len(graph.node_ids)
    tips[shut] = nodes + np.arange(int(shut.sum()))
    return tips, nodes + int(shut.sum())


def _open(pace: F64) -> tuple[I64, Bools]:
    """(edge, backwards) of all directions that are open."""
    edge, back = np.nonzero(np.isfinite(pace))
    return edge.astype(np.int64), back.astype(np.bool_)


def _turns(
    graph: RoadGraph, edge: I64, back: Bools, tail: I64, head: I64, nodes: int
) -> tuple[I64, Bools, I64, I64, I64]:
    """Barred turns: who comes along the barred edge arrives at a copy of the node.

    From the copy all arcs of the node lead on but the barred ones.
    """
    barred: dict[tuple[int, int], set[int]] = {}
    for start, via, end in graph.turns.tolist():
        barred.setdefault((start, via), set()).add(end)
    vias = np.unique(graph.turns[:, 1])
    leaving: dict[int, list[int]] = {int(via): [] for via in vias}
    for arc in np.flatnonzero(np.isin(tail, vias)).tolist():
        leaving[int(tail[arc])].append(arc)
    head = head.copy()
    made: list[tuple[int, int]] = []  # node, its copy
    copies: list[tuple[int, int]] = []  # copy, arc that leads on from it
    plain = head.copy()
    for arc in np.flatnonzero(np.isin(plain, vias)).tolist():
        via = int(plain[arc])
        ends = barred.get((int(edge[arc]), via))
        if ends:
            head[arc] = nodes
            copies += [(nodes, other) for other in leaving[via] if int(edge[other]) not in ends]
            made.append((via, nodes))
            nodes += 1
    pairs = np.array(made, np.int64).reshape(-1, 2)
    if not copies:
        return edge, back, tail, head, pairs
    fresh, arcs = np.array(copies, np.int64).T
    return (
        np.concatenate([edge, edge[arcs]]),
        np.concatenate([back, back[arcs]]),
        np.concatenate([tail, fresh]),
        np.concatenate([head, head[arcs]]),
        pairs,
    )


def _doors(graph: RoadGraph, edge: I64, tail: I64, head: I64, nodes: int) -> I64:
    """Edges from which one gets away and back again, in parts of a sensible size."""
    ones = np.ones(len(edge), np.int8)
    links = csr_matrix((ones, (tail, head)), shape=(nodes, nodes))
    _, part = connected_components(links, connection="strong")
    size = np.bincount(part)
    big = size >= min(_LEAST_SHARE * float(size.max()), _ENOUGH)
    barred = [CLASSES.index(name) for name in _NO_DOORS]
    good = (part[tail] == part[head]) & big[part[tail]] & ~np.isin(graph.road_class[edge], barred)
    return np.unique(edge[good])
