"""From an extract to junctions and edges."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import osmium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from road_sketch import Spot, graph_of, write_sketch

from planner.domain.ground import crow_metres
from planner.errors import PlannerError
from planner.geo.road_graph import RoadGraph, kind_of, total_metres
from planner.geo.road_tags import way_of

DATA = Path(__file__).resolve().parents[2] / "data" / "osm"
ROAD = {"highway": "tertiary"}


def row(count: int) -> dict[int, Spot]:
    """Nodes 1..count on a line, 100 m apart."""
    return {n: (100.0 * n, 0.0) for n in range(1, count + 1)}


def edges_of(graph: RoadGraph) -> set[tuple[int, int]]:
    """The numbers of the nodes that edges join, smaller first."""
    ends = graph.node_ids[graph.ends]
    return {(min(a, b), max(a, b)) for a, b in ends.tolist()}


def test_a_chain_becomes_one_edge(tmp_path: Path) -> None:
    """Two ways end to end, drawn in opposite directions, are one edge with all points."""
    path = write_sketch(
        tmp_path / "a.osm.pbf", row(7), [([1, 2, 3, 4], ROAD), ([7, 6, 5, 4], ROAD)]
    )
    graph = graph_of(path)
    assert edges_of(graph) == {(1, 7)}
    assert len(graph.points) == 7
    assert total_metres(graph).tolist() == pytest.approx([600], abs=1)
    assert graph.info.metres == pytest.approx(600, abs=1)


def test_an_edge_ends_where_something_changes(tmp_path: Path) -> None:
    """Class, one-way direction and surface part a road; a way's own end does not."""
    spots = row(9)
    ways = [
        ([1, 2, 3], ROAD), ([3, 4, 5], ROAD), ([5, 6], {"highway": "track"}),
        ([6, 7], {"highway": "track", "oneway": "yes"}),
        ([8, 7], {"highway": "track", "oneway": "-1"}),
        ([9, 8], {"highway": "track", "oneway": "yes"}),
    ]  # fmt: skip
    graph = graph_of(write_sketch(tmp_path / "a.osm.pbf", spots, ways))
    assert edges_of(graph) == {(1, 5), (5, 6), (6, 8), (8, 9)}


def test_crossings_barriers_and_banned_turns_stay(tmp_path: Path) -> None:
    """A shared node, a bollard and the node of a restriction are junctions."""
    spots = row(7) | {10: (300.0, 100.0), 11: (300.0, -100.0)}
    ways = [([1, 2, 3], ROAD), ([3, 4, 5, 6, 7], ROAD), ([10, 3, 11], ROAD)]
    members = [("w", 1, "from"), ("n", 3, "via"), ("w", 2, "to")]
    graph = graph_of(
        write_sketch(
            tmp_path / "a.osm.pbf", spots, ways, node_tags={5: {"barrier": "bollard"}},
            relations=[(members, {"type": "restriction", "restriction": "no_straight_on"})],
        )
    )  # fmt: skip
    assert edges_of(graph) == {(1, 3), (3, 5), (5, 7), (3, 10), (3, 11)}
    assert graph.blocked[graph.node_ids.tolist().index(5)] == 1
    (start, via, end), = graph.turns.tolist()  # fmt: skip
    assert graph.node_ids[via] == 3
    assert 1 in graph.node_ids[graph.ends[start]]
    assert 5 in graph.node_ids[graph.ends[end]]


def test_rings_and_blind_loops_are_kept(tmp_path: Path) -> None:
    """A ring without a junction and a loop at the end of a road are edges of their own."""
    spots: dict[int, Spot] = row(3) | {20: (400.0, 100.0), 21: (400.0, -100.0)}
    spots |= {10: (0.0, 900.0), 11: (100.0, 900.0), 12: (100.0, 1000.0)}
    ways = [([1, 2, 3], ROAD), ([10, 11, 12, 10], ROAD), ([3, 20, 21, 3], ROAD)]
    graph = graph_of(write_sketch(tmp_path / "a.osm.pbf", spots, ways))
    loops = [tuple(e) for e in graph.node_ids[graph.ends].tolist() if e[0] == e[1]]
    assert len(loops) == 2
    assert (3, 3) in loops
    assert len(graph.ends) == 3


def test_a_way_cut_out_of_the_extract_has_a_gap(tmp_path: Path) -> None:
    """Where nodes are missing the road ends and begins again."""
    spots = {n: spot for n, spot in row(8).items() if n not in (4, 5)}
    graph = graph_of(write_sketch(tmp_path / "a.osm.pbf", spots, [(range(1, 9), ROAD)]))
    assert edges_of(graph) == {(1, 3), (6, 8)}


def test_nothing_to_travel_on_is_refused(tmp_path: Path) -> None:
    """An extract without roads is an expected error."""
    path = write_sketch(tmp_path / "a.osm.pbf", row(2), [([1, 2], {"waterway": "river"})])
    with pytest.raises(PlannerError) as caught:
        graph_of(path)
    assert caught.value.code == "roads.no_roads"


@pytest.mark.parametrize("name", ["roads.zip", "roads.pbf.part", "osm", "x.geojson"])
def test_other_endings_are_refused(name: str) -> None:
    """Only the endings of OpenStreetMap extracts are taken."""
    with pytest.raises(PlannerError) as caught:
        kind_of(name)
    assert caught.value.code == "roads.not_osm"


@pytest.mark.parametrize(
    "name", ["andorra.osm.pbf", "liechtenstein.osm.pbf", "north-bayreuth.osm.gz"]
)
def test_no_metre_of_road_is_lost(name: str) -> None:
    """The edges of a real extract are as long as its ways, and twice the reading gives the same."""
    graph, again = graph_of(DATA / name), graph_of(DATA / name)
    for field in ("node_ids", "ends", "first", "points", "turns", "access", "limits"):
        assert np.array_equal(getattr(graph, field), getattr(again, field))
    metres = 0.0
    stream = osmium.FileProcessor(str(DATA / name)).with_locations()
    for way in stream.with_filter(osmium.filter.KeyFilter("highway", "route")):
        if not isinstance(way, osmium.osm.Way) or way_of(dict(way.tags)) is None:
            continue
        at = [(n.lat, n.lon) if n.location.valid() else (np.nan, np.nan) for n in way.nodes]
        spots = np.array(at)
        steps = crow_metres(spots[:-1, 0], spots[:-1, 1], spots[1:, 0], spots[1:, 1])
        metres += float(np.nansum(steps))
    assert graph.info.metres == pytest.approx(metres, rel=1e-4)
    assert graph.info.date[:2] == "20"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_contraction_keeps_who_reaches_whom(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """On random small maps with one-way roads the same junctions reach each other as before."""
    count = 12
    spots = {n: (100.0 * (n % 4), 100.0 * (n // 4) + 7 * n) for n in range(1, count + 1)}
    tags = st.sampled_from([{}, {"oneway": "yes"}, {"oneway": "-1"}])
    lines = st.lists(st.integers(1, count), min_size=2, max_size=5)
    ways = data.draw(st.lists(st.tuples(lines, tags), min_size=1, max_size=6))
    path = tmp_path_factory.mktemp("sketch") / "a.osm.pbf"
    write_sketch(path, spots, [(line, ROAD | tag) for line, tag in ways])
    before: set[tuple[int, int]] = set()
    for line, tag in ways:
        for a, b in pairwise(line):
            before |= {(a, b)} if tag.get("oneway") != "-1" else set()
            before |= {(b, a)} if tag.get("oneway") != "yes" else set()
    if all(a == b for a, b in before):
        return
    graph = graph_of(path)
    after: set[tuple[int, int]] = set()
    for (a, b), bits in zip(
        graph.node_ids[graph.ends].tolist(), graph.access.tolist(), strict=True
    ):
        after |= ({(a, b)} if bits & 1 else set()) | ({(b, a)} if bits & 2 else set())
    kept = set(graph.node_ids.tolist())
    assert closure(after, kept) == {
        (a, b) for a, b in closure(before, set(spots)) if {a, b} <= kept
    }


def closure(arcs: set[tuple[int, int]], nodes: set[int]) -> set[tuple[int, int]]:
    """All pairs of which the second is reached from the first."""
    after: dict[int, set[int]] = {n: set() for n in nodes}
    for a, b in arcs:
        after[a].add(b)
    found = set()
    for start in nodes:
        seen, todo = {start}, [start]
        while todo:
            new = after[todo.pop()] - seen
            seen |= new
            todo += new
        found |= {(start, end) for end in seen}
    return found
