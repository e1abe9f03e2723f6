"""From ways to edges: chains of points between junctions become one edge each.

A node stays where roads meet or end, where a barrier or a ban of a turn hangs, and where class,
surface, limit or rights change. Everything else becomes geometry.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planner.domain.facts import I32, I64
from planner.errors import PlannerError
from planner.geo.road_graph import DEGREE, PackInfo, Raw, RoadGraph, total_metres
from planner.geo.road_tags import Way

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class _Pieces:
    """Parts of ways between kept nodes: first and last place in the long list, kind, way."""

    begin: I64
    end: I64
    kind: I64
    way: I64


def make_graph(raw: Raw, source: str) -> RoadGraph:
    """The graph of what was read. Raises PlannerError "roads.no_roads"."""
    if not raw.sizes:
        raise PlannerError("roads.no_roads", file=source)
    refs = np.frombuffer(raw.refs, np.int64)
    ids, node = np.unique(refs, return_inverse=True)
    node = node.astype(np.int64)
    special = np.isin(ids, np.array([*raw.barriers, *_turning(raw)]))
    pieces = _cut(raw, node, special)
    if not len(pieces.begin):
        raise PlannerError("roads.no_roads", file=source)
    for way in list(raw.table):
        raw.table.setdefault(way.turned(), len(raw.table))
    turned = np.array([raw.table[way.turned()] for way in raw.table])
    order, forward, chain = _chains(pieces, node, special, turned)
    return _assemble(raw, source, ids, node, pieces, turned, (order, forward, chain))


def _turning(raw: Raw) -> set[int]:
    """Nodes of banned turns and the ends of their ways: these ways keep edges of their own."""
    ways = {way for start, _, end, _ in raw.restrictions for way in (start, end)}
    last = np.cumsum(np.frombuffer(raw.sizes, np.int32)) - 1
    mine = np.flatnonzero(np.isin(np.frombuffer(raw.way_ids, np.int64), np.array([*ways, 0])))
    tips = {raw.refs[i] for w in mine for i in (last[w], last[w] - raw.sizes[w] + 1)}
    return tips | {via for _, via, _, _ in raw.restrictions}


def _cut(raw: Raw, node: I64, special: Bools) -> _Pieces:
    """Cut the ways at their ends and wherever several come together."""
    sizes = np.frombuffer(raw.sizes, np.int32).astype(np.int64)
    last = np.cumsum(sizes) - 1
    keep = special | (np.bincount(node, minlength=len(special)) > 1)
    keep[node[last]] = keep[node[last - sizes + 1]] = True
    at = np.flatnonzero(keep[node])
    way = np.repeat(np.arange(len(sizes)), sizes)[at]
    same = way[1:] == way[:-1]
    begin, end, way = at[:-1][same], at[1:][same], way[:-1][same]
    real = (end - begin > 1) | (node[begin] != node[end])
    kinds = np.frombuffer(raw.kinds, np.int32).astype(np.int64)
    return _Pieces(begin[real], end[real], kinds[way[real]], way[real])


def _chains(pieces: _Pieces, node: I64, special: Bools, turned: I64) -> tuple[I64, Bools, I64]:
    """Pieces in the order of their chains: (piece, whether forwards, number of its chain)."""
    count = len(pieces.begin)
    tips = np.stack([node[pieces.begin], node[pieces.end]], axis=1).ravel()  # tip 2p + side
    by_node = np.argsort(tips, kind="stable")
    degree = np.bincount(tips, minlength=len(special))
    start = np.concatenate([[0], np.cumsum(degree)])[:-1]
    through = np.flatnonzero((degree == 2) & ~special)
    one, two = by_node[start[through]], by_node[start[through] + 1]
    alike = np.where(
        one % 2 == two % 2,
        pieces.kind[one // 2] == turned[pieces.kind[two // 2]],
        pieces.kind[one // 2] == pieces.kind[two // 2],
    )
    alike &= one // 2 != two // 2
    partner = np.full(2 * count, -1, np.int64)
    partner[one[alike]], partner[two[alike]] = two[alike], one[alike]
    return _walk(partner, count)


def _walk(partner: I64, count: int) -> tuple[I64, Bools, I64]:
    """Follow the tips from piece to piece; first the chains with ends, then the rings."""
    mate = partner.tolist()
    seen = bytearray(count)
    order: list[int] = []
    forward: list[bool] = []
    chain: list[int] = []
    number = 0
    for rings in (False, True):
        for begin in range(count):
            if seen[begin]:
                continue
            sides = (0,) if rings else tuple(s for s in (0, 1) if mate[2 * begin + s] < 0)
            if not sides:
                continue
            tip = 2 * begin + sides[0]
            while tip >= 0 and not seen[tip >> 1]:
                seen[tip >> 1] = 1
                order.append(tip >> 1)
                forward.append(not tip & 1)
                chain.append(number)
                tip = mate[tip ^ 1]
            number += 1
    return np.array(order), np.array(forward, np.bool_), np.array(chain)


def _assemble(
    raw: Raw, source: str, ids: I64, node: I64, pieces: _Pieces, turned: I64,
    chains: tuple[I64, Bools, I64],
) -> RoadGraph:  # fmt: skip
    order, forward, chain = chains
    opens = np.concatenate([[True], chain[1:] != chain[:-1]])
    closes = np.concatenate([opens[1:], [True]])
    begin, end = pieces.begin[order], pieces.end[order]
    # Each piece gives its points; all but the first of a chain leave out the one they share.
    length = end - begin + opens
    offset = np.repeat(np.concatenate([[0], np.cumsum(length)[:-1]]), length)
    step = np.repeat(np.where(forward, 1, -1), length)
    origin = np.repeat(np.where(forward, begin + ~opens, end - ~opens), length)
    place = origin + step * (np.arange(len(offset)) - offset)
    lats, lons = np.frombuffer(raw.lats, np.int32), np.frombuffer(raw.lons, np.int32)
    points = np.stack([lats[place], lons[place]], axis=1)
    per_chain = np.bincount(chain, weights=length).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(per_chain)])
    tips = np.stack([node[place[first[:-1]]], node[place[first[1:] - 1]]], axis=1)
    used, tip_numbers = np.unique(tips, return_inverse=True)
    ends: I32 = tip_numbers.reshape(-1, 2).astype(np.int32)
    kind = np.where(forward, pieces.kind[order], turned[pieces.kind[order]])[opens]
    table = np.array(list(raw.table), np.uint8)[kind]
    end_ways = np.frombuffer(raw.way_ids, np.int64)[pieces.way[order]]
    graph = RoadGraph(
        info=_info(raw, source, points),
        node_ids=ids[used],
        blocked=np.array([raw.barriers.get(i, 0) for i in ids[used].tolist()], np.uint8),
        ends=ends,
        road_class=table[:, Way._fields.index("road_class")].copy(),
        surface=table[:, Way._fields.index("surface")].copy(),
        access=table[:, Way._fields.index("access")].copy(),
        limits=table[:, Way._fields.index("forward") :].copy(),
        first=first,
        points=points,
        turns=_turns(raw, ids[used], ends, np.stack([end_ways[opens], end_ways[closes]], axis=1)),
    )
    return replace(graph, info=replace(graph.info, metres=int(total_metres(graph).sum())))


def _info(raw: Raw, source: str, points: I32) -> PackInfo:
    (south, west), (north, east) = points.min(axis=0), points.max(axis=0)
    bounds = tuple(round(int(x) / DEGREE, 7) for x in (south, west, north, east))
    return PackInfo(source[:200], raw.date, (bounds[0], bounds[1], bounds[2], bounds[3]), 0)


def _turns(raw: Raw, node_ids: I64, ends: I32, end_ways: I64) -> I32:
    """The bans of turns as (edge, node, edge), sorted, without those whose ways are not here."""
    number = {int(i): n for n, i in enumerate(node_ids.tolist())}
    vias = {number[via] for _, via, _, _ in raw.restrictions if via in number}
    near: dict[int, list[tuple[int, int]]] = {via: [] for via in vias}
    at = np.flatnonzero(np.isin(ends, np.array(sorted(vias), np.int32)).any(axis=1))
    for edge in at.tolist():
        if ends[edge, 0] == ends[edge, 1]:
            continue
        for side in (0, 1):
            if int(ends[edge, side]) in near:
                near[int(ends[edge, side])].append((edge, int(end_ways[edge, side])))
    found: set[tuple[int, int, int]] = set()
    for start, via, end, only in raw.restrictions:
        here = near.get(number.get(via, -1), [])
        come = [edge for edge, way in here if way == start]
        wanted = [edge for edge, way in here if way == end]
        if not come or not wanted:
            continue
        for edge in come:
            barred = [e for e, _ in here if e not in wanted and e != edge] if only else wanted
            found.update((edge, number[via], other) for other in barred)
    return np.array(sorted(found), np.int32).reshape(-1, 3)
