"""Roads of the fictional prefecture: street grids, and a network that follows gentle ground."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial import Delaunay

from planner.demo.terrain import Terrain
from planner.domain.facts import F64

STEP = 700.0  # metres between the points of a country road
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Road:
    """A line of points in metres; `rank` is primary, secondary, tertiary, residential or track."""

    rank: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """The streets of one settlement: crossings, lines, and how far they reach from the middle."""

    corners: tuple[Point, ...]
    lines: tuple[Road, ...]
    reach: float


def streets(rng: np.random.Generator, middle: F64, count: int, spacing: float) -> Block:
    """A slightly crooked grid of `count` x `count` streets, turned at random."""
    turn = rng.uniform(0, math.pi / 2)
    steps = (np.arange(count) - (count - 1) / 2) * spacing
    x = steps[:, None] + rng.normal(0, spacing * 0.07, (count, count))
    y = steps[None, :] + rng.normal(0, spacing * 0.07, (count, count))
    east = middle[0] + x * math.cos(turn) - y * math.sin(turn)
    north = middle[1] + x * math.sin(turn) + y * math.cos(turn)
    at = [[(float(east[i, j]), float(north[i, j])) for j in range(count)] for i in range(count)]
    lines = []
    for i in range(count):
        rank = "secondary" if count > 15 and i % 4 == 2 else "residential"
        lines.append(Road(rank, tuple(at[i])))
        lines.append(Road(rank, tuple(row[i] for row in at)))
    corners = tuple(point for row in at for point in row)
    return Block(corners, tuple(lines), (count - 1) / 2 * spacing)


def connect(
    rng: np.random.Generator, terrain: Terrain, kinds: list[str], spots: F64, blocks: list[Block]
) -> list[Road]:
    """All streets and the roads that join the settlements to one network.

    The roads are the relative neighbourhood graph over length and climb (which contains the
    minimum spanning tree); rank goes by who travels on them: county seats to the city, towns to
    their county seat, villages to their town.
    """
    edges, costs = _network(terrain, spots)
    ranks = _ranks(kinds, edges, costs, len(spots))
    roads = [line for block in blocks for line in block.lines]
    for (a, b), rank in zip(edges, ranks, strict=True):
        line = _winding(rng, terrain, spots[a], spots[b])
        points = _dock(line, spots[a], blocks[a])
        points = _dock(points[::-1], spots[b], blocks[b])[::-1]
        roads.append(Road(rank, tuple((float(x), float(y)) for x, y in points)))
    return roads


def _network(terrain: Terrain, spots: F64) -> tuple[list[tuple[int, int]], F64]:
    corners = Delaunay(spots).simplices
    sides = ((0, 1), (1, 2), (0, 2))
    pairs = {tuple(sorted((int(t[i]), int(t[j])))) for t in corners for i, j in sides}
    ends = np.array(sorted(pairs))
    shares = np.linspace(0, 1, 12)[None, :]
    first, last = spots[ends[:, 0]], spots[ends[:, 1]]
    x = first[:, :1] * (1 - shares) + last[:, :1] * shares
    y = first[:, 1:] * (1 - shares) + last[:, 1:] * shares
    climb = np.abs(np.diff(terrain.height(x, y), axis=1)).sum(axis=1)
    costs = np.hypot(*(first - last).T) + 9 * climb
    size = len(spots)
    table = np.full((size, size), np.inf)
    table[ends[:, 0], ends[:, 1]] = table[ends[:, 1], ends[:, 0]] = costs
    # An edge stays unless some third place is clearly nearer to both of its ends.
    third = np.maximum(table[ends[:, 0]], table[ends[:, 1]]).min(axis=1)
    tree = minimum_spanning_tree(csr_matrix(np.where(np.isfinite(table), table, 0)))
    in_tree = {tuple(sorted(pair)) for pair in np.transpose(tree.nonzero()).tolist()}
    far = 4 * float(np.median(costs))
    kept = [
        i
        for i, pair in enumerate(ends.tolist())
        if tuple(pair) in in_tree or (third[i] > 0.9 * costs[i] and costs[i] < far)
    ]
    return [(int(ends[i, 0]), int(ends[i, 1])) for i in kept], costs[kept]


def _ranks(kinds: list[str], edges: list[tuple[int, int]], costs: F64, size: int) -> list[str]:
    ends = np.array(edges)
    graph = csr_matrix((costs, (ends[:, 0], ends[:, 1])), shape=(size, size))
    seats = [i for i, kind in enumerate(kinds) if kind in ("city", "county")]
    towns = [i for i, kind in enumerate(kinds) if kind == "town"]
    _, to_city = dijkstra(graph, directed=False, indices=0, return_predecessors=True)
    _, to_seat, _ = dijkstra(
        graph, directed=False, indices=seats, return_predecessors=True, min_only=True
    )
    _, to_town, _ = dijkstra(
        graph, directed=False, indices=towns, return_predecessors=True, min_only=True
    )
    rank = dict.fromkeys(edges, "track")
    villages = [i for i, kind in enumerate(kinds) if kind == "village"]
    for starts, back, name in (
        (villages, to_town, "tertiary"), (towns, to_seat, "secondary"), (seats, to_city, "primary"),
    ):  # fmt: skip
        for start in starts:
            at = start
            while back[at] >= 0:
                rank[min(at, int(back[at])), max(at, int(back[at]))] = name
                at = int(back[at])
    return [rank[edge] for edge in edges]


def _winding(rng: np.random.Generator, terrain: Terrain, start: F64, end: F64) -> F64:
    """A line that gives way to steep ground: points slide downhill, then are smoothed."""
    length = float(np.hypot(*(end - start)))
    count = max(4, int(length / STEP) + 1)
    share = np.linspace(0, 1, count)
    line = start[None, :] * (1 - share[:, None]) + end[None, :] * share[:, None]
    across = np.array([-(end - start)[1], (end - start)[0]]) / length
    held = np.sin(math.pi * share)
    waves = sum(rng.normal(0, 1 / k) * np.sin(k * math.pi * share) for k in range(1, 6))
    line += across[None, :] * (waves * held * min(0.07 * length, 500.0))[:, None]
    for _ in range(4):
        left = terrain.height(line[:, 0] + 200 * across[0], line[:, 1] + 200 * across[1])
        right = terrain.height(line[:, 0] - 200 * across[0], line[:, 1] - 200 * across[1])
        push = np.clip((right - left) * 2.0, -160, 160) * held
        line += across[None, :] * push[:, None]
        line[1:-1] = 0.5 * line[1:-1] + 0.25 * (line[:-2] + line[2:])
    return line


def _dock(line: F64, middle: F64, block: Block) -> F64:
    """End the line at the settlement's nearest crossing instead of inside its streets."""
    away = np.hypot(*(line - middle[None, :]).T)
    outside = line[away > block.reach * 1.15]
    if not len(outside):
        outside = line[-1:]
    corners = np.array(block.corners)
    nearest = corners[np.argmin(np.hypot(*(corners - outside[0]).T))]
    return np.vstack([nearest[None, :], outside])
