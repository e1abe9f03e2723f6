"""Shortest ways against networkx on the map's own points, neither joined to edges nor packed."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import networkx
import numpy as np
import osmium
import pytest
from road_sketch import graph_of

from planner.demo.files import SEED
from planner.demo.osm import write_osm
from planner.demo.prefecture import make_prefecture
from planner.domain.ground import crow_metres
from planner.domain.work import Mode
from planner.geo.road_graph import RoadGraph
from planner.geo.road_speeds import CLASSES, SURFACES, RoadSpeeds, load_speeds
from planner.geo.road_tags import MODES, Way, blocked, way_of
from planner.geo.road_travel import RoadTravel

DATA = Path(__file__).resolve().parents[2] / "data" / "osm"
REGIONS = ["liechtenstein.osm.pbf", "andorra.osm.pbf", "north-bayreuth.osm.gz", "demo.osm.pbf"]


@pytest.fixture(scope="session")
def extracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the extract of the demo prefecture."""
    folder = tmp_path_factory.mktemp("demo_osm")
    write_osm(folder / "demo.osm.pbf", make_prefecture(SEED))
    return folder


def path_of(extracts: Path, name: str) -> Path:
    """Where an extract lies."""
    return extracts / name if name.startswith("demo") else DATA / name


def seconds_a_metre(way: Way, mode: Mode, posted: int, speeds: RoadSpeeds) -> float:
    """The pace as the speed table words it, for one way."""
    name = CLASSES[way.road_class]
    kmh = speeds.kmh[mode][way.road_class]
    if name == "ferry":
        return 3.6 / (posted or kmh)
    if mode is not Mode.FOOT:
        if posted:
            kmh = min(kmh * speeds.limit_headroom, posted * speeds.limit_share)
        kmh *= speeds.surface[way.surface]
        if name in ("track", "path"):
            kmh /= speeds.surface[SURFACES.index("gravel")]
    return 3.6 / kmh


def reference(path: Path, mode: Mode, speeds: RoadSpeeds) -> networkx.DiGraph:
    """Every point of every way a node; a barrier node is another one for each stretch to it."""
    graph = networkx.DiGraph()
    shut: set[int] = set()
    m = MODES.index(mode)
    stream = osmium.FileProcessor(str(path)).with_locations()
    for item in stream.with_filter(osmium.filter.KeyFilter("highway", "route", "barrier")):
        if isinstance(item, osmium.osm.Node):
            if "barrier" in item.tags and blocked(dict(item.tags)) >> m & 1:
                shut.add(item.id)
            continue
        way = way_of(dict(item.tags)) if isinstance(item, osmium.osm.Way) else None
        if way is None or speeds.kmh[mode][way.road_class] <= 0:
            continue
        nodes = [(n.ref, n.lat, n.lon) for n in item.nodes if n.location.valid()]
        assert way.road_class != CLASSES.index("ferry"), "no ferry in these regions"
        for number, ((a, *p), (b, *q)) in enumerate(pairwise(nodes)):
            metres = float(crow_metres(*p, *q))
            tips = [(n, item.id, number) if n in shut else n for n in (a, b)]
            ways = ((tips, way.forward, 2 * m), (tips[::-1], way.backward, 2 * m + 1))
            for (u, v), posted, bit in ways:
                time = metres * seconds_a_metre(way, mode, posted, speeds)
                known = graph.get_edge_data(u, v)
                if way.access >> bit & 1 and u != v and (known is None or time < known["time"]):
                    graph.add_edge(u, v, time=time, metres=metres)
            for n, spot in zip(tips, (p, q), strict=True):
                graph.add_node(n, spot=spot)
    return graph


def compare(path: Path, mode: Mode, starts: int, ends: int) -> int:
    """All times from `starts` to `ends` points equal those of networkx within 0.1 %.

    So do the metres, but where two ways take the same time within a second: there either may be
    taken. Returns how many were compared: a point under a bridge may be joined to it and is left.
    """
    speeds = load_speeds({"other": {"bus": 0}})
    raw = reference(path, mode, speeds)
    part = max(networkx.strongly_connected_components(raw), key=len)
    doors = sorted(n for n in part if isinstance(n, int))
    picked = np.random.default_rng(7).choice(doors, starts + ends, replace=False).tolist()
    lat, lon = np.array([raw.nodes[n]["spot"] for n in picked]).T
    # Banned turns are left out here: networkx knows none.
    travel = RoadTravel([replace(graph_of(path), turns=np.zeros((0, 3), np.int32))], speeds)
    good = travel.snapped(lat, lon, mode).away < 0.05
    metres, seconds = travel.matrix(lat, lon, mode)
    other = []
    for row in range(starts):
        before, times = networkx.dijkstra_predecessor_and_distance(raw, picked[row], weight="time")
        for column in range(starts, starts + ends):
            if good[row] and good[column]:
                way = [picked[column]]
                while before[way[-1]]:
                    way.append(before[way[-1]][0])
                road = sum(raw.edges[a, b]["metres"] for b, a in pairwise(way))
                assert seconds[row, column] == pytest.approx(times[way[0]], rel=1e-3, abs=1.0)
                other.append(abs(metres[row, column] - road) > max(2.0, 1e-3 * road))
    assert np.mean(other) < 0.06
    return int(good[:starts].sum() * good[starts:].sum())


@pytest.mark.parametrize("name", REGIONS)
def test_ways_of_cars_equal_those_of_networkx(name: str, extracts: Path) -> None:
    """Times and metres of two hundred pairs in each region."""
    assert compare(path_of(extracts, name), Mode.CAR, 4, 50) > 150


@pytest.mark.parametrize("mode", [Mode.MOTORCYCLE, Mode.FOOT])
def test_ways_of_others_equal_those_of_networkx(mode: Mode, extracts: Path) -> None:
    """Motorcycles and people on foot have other roads; the figures agree as well."""
    assert compare(path_of(extracts, "north-bayreuth.osm.gz"), mode, 3, 40) > 90


@pytest.mark.full
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", REGIONS)
def test_a_thousand_pairs_equal_those_of_networkx(name: str, mode: Mode, extracts: Path) -> None:
    """Times and metres of a thousand pairs in each region by each mode."""
    assert compare(path_of(extracts, name), mode, 22, 50) > 800


def real(name: str, count: int) -> tuple[RoadTravel, RoadGraph, np.ndarray, np.ndarray]:
    """Travel in a real region and random places near its roads."""
    graph = graph_of(DATA / name)
    rng = np.random.default_rng(5)
    lat, lon = graph.positions()[rng.choice(len(graph.points), count, replace=False)].T
    return RoadTravel([graph]), graph, lat + rng.normal(0, 5e-4, count), lon


@pytest.mark.parametrize("name", REGIONS[:3])
def test_tables_are_sane(name: str) -> None:
    """Zero diagonals, no way shorter than straight, no detour over a third place quicker.

    (The last for places by the road: those far off it may be neighbours across the fields.)
    """
    travel, _, lat, lon = real(name, 60)
    metres, seconds = travel.matrix(lat, lon)
    known = ~travel.legs_estimated(lat, lon)
    assert not metres.diagonal().any()
    assert not seconds.diagonal().any()
    crow = crow_metres(lat[:, None], lon[:, None], lat, lon)
    assert (metres[known] >= crow[known] - 2).all()
    known &= (np.maximum.outer(*[travel.snapped(lat, lon).away] * 2)) < 30
    for third in range(60):
        over = seconds[:, third, None] + seconds[None, third, :]
        both = known[:, third, None] & known[None, third, :] & known
        assert (seconds[both] <= over[both] + 2).all()
    again = RoadTravel([graph_of(DATA / name)])
    assert (again.matrix(lat, lon)[0] == metres).all()


@pytest.mark.parametrize("name", REGIONS[:3])
@pytest.mark.parametrize("mode", MODES)
def test_lines_are_as_long_as_the_table_says(name: str, mode: Mode) -> None:
    """The way drawn for each leg begins and ends at its places and has the leg's length."""
    travel, _, lat, lon = real(name, 25)
    metres, _ = travel.matrix(lat, lon, mode)
    guessed = travel.legs_estimated(lat, lon, mode)
    for i, line in enumerate(travel.shape(lat, lon, mode)):
        assert (line is None) == guessed[i, i + 1]
        if line is not None:
            assert line[0].tolist() == [lat[i], lon[i]]
            assert line[-1].tolist() == [lat[i + 1], lon[i + 1]]
            drawn = crow_metres(line[:-1, 0], line[:-1, 1], line[1:, 0], line[1:, 1]).sum()
            assert drawn == pytest.approx(metres[i, i + 1], rel=0.01, abs=2)


def test_the_nearest_edge_is_the_nearest() -> None:
    """Against a look at every segment: no road is nearer than the one a place is joined to."""
    travel, graph, lat, lon = real("north-bayreuth.osm.gz", 80)
    rng = np.random.default_rng(2)
    lat, lon = lat + rng.normal(0, 6e-3, 80), lon + rng.normal(0, 6e-3, 80)
    joined = travel.snapped(lat, lon, Mode.FOOT)
    net = travel.question(lat[:1], lon[:1], Mode.FOOT).net
    near = np.full(80, np.inf)
    for edge in net.doors.tolist():
        spots = graph.positions()[graph.first[edge] : graph.first[edge + 1]]
        for a, b in pairwise(spots):
            east = np.cos(np.radians(lat)) * 111_195.08
            ax, ay = (a[1] - lon) * east, (a[0] - lat) * 111_195.08
            dx, dy = (b[1] - a[1]) * east, (b[0] - a[0]) * 111_195.08
            share = np.clip(-(ax * dx + ay * dy) / np.maximum(dx * dx + dy * dy, 1e-9), 0, 1)
            near = np.minimum(near, np.hypot(ax + share * dx, ay + share * dy))
    assert joined.away == pytest.approx(near, abs=0.01)
