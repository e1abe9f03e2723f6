"""Travel on roads: one-way streets, rivers, places off the road, several packs, lines."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from road_sketch import MIDDLE, Spot, degrees, graph_of, river_county, write_sketch

from planner.domain.facts import F64
from planner.domain.ground import HILLS, crow_metres
from planner.domain.work import Mode
from planner.geo.road_graph import RoadGraph
from planner.geo.road_speeds import Correction, load_speeds
from planner.geo.road_travel import RoadTravel
from planner.geo.travel import StraightLine, TravelTimes

ROAD = {"highway": "tertiary"}
KMH = load_speeds().table(Mode.CAR)[8]  # tertiary


def at(*spots: Spot) -> tuple[F64, F64]:
    """Degrees of spots as the two arrays that travel sources take."""
    lat, lon = np.array([degrees(spot) for spot in spots]).T
    return lat, lon


def line_metres(line: F64) -> float:
    """The length of a line of degrees."""
    return float(crow_metres(line[:-1, 0], line[:-1, 1], line[1:, 0], line[1:, 1]).sum())


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> RoadGraph:
    """The county with a river and one bridge."""
    return graph_of(river_county(tmp_path_factory.mktemp("county") / "river.osm.pbf"))


def sketch(folder: Path, spots: dict[int, Spot], ways: list, **more: object) -> RoadGraph:
    """The graph of a small map."""
    return graph_of(write_sketch(folder / "a.osm.pbf", spots, ways, **more))  # type: ignore[arg-type]


def test_a_river_forces_a_detour(county: RoadGraph) -> None:
    """Places 800 m apart on two banks are 49 km apart by road; the estimate does not know."""
    lat, lon = at((-400, -12_000), (400, -12_000))
    travel: TravelTimes = RoadTravel([county])
    metres, seconds = travel.matrix(lat, lon)
    assert metres[0, 1] == pytest.approx(48_800, rel=0.002)
    assert seconds[0, 1] == pytest.approx(48_800 * 3.6 / (KMH * 0.95), rel=0.01)
    guess, _ = StraightLine().matrix(lat, lon)
    assert guess[0, 1] < 1_600
    assert not travel.estimated
    assert not travel.legs_estimated(lat, lon).any()


def test_one_way_streets_are_asymmetric(tmp_path: Path) -> None:
    """Round a one-way block a neighbour is near one way and three sides away the other."""
    spots: dict[int, Spot] = {1: (0, 0), 2: (1000, 0), 3: (1000, 1000), 4: (0, 1000)}
    ways = [([1, 2, 3, 4, 1], ROAD | {"oneway": "yes"})]
    lat, lon = at((200, 0), (600, 0))
    travel = RoadTravel([sketch(tmp_path, spots, ways)])
    metres, _ = travel.matrix(lat, lon)
    assert metres.tolist() == [[0, pytest.approx(400, abs=2)], [pytest.approx(3600, abs=4), 0]]
    on_foot, _ = travel.matrix(lat, lon, Mode.FOOT)
    assert on_foot[1, 0] == on_foot[0, 1]
    there, back = travel.shape(*at((200, 0), (600, 0), (200, 0)))
    assert there is not None
    assert back is not None
    assert line_metres(back) == pytest.approx(3600, abs=5)


def test_a_roundabout_turns_one_way(tmp_path: Path) -> None:
    """Three quarters of the ring one way, one quarter the other."""
    spots: dict[int, Spot] = {1: (100, 0), 2: (0, 100), 3: (-100, 0), 4: (0, -100),
                              5: (900, 0), 6: (0, -900)}  # fmt: skip
    ring = ROAD | {"junction": "roundabout"}
    graph = sketch(tmp_path, spots, [([1, 2, 3, 4, 1], ring), ([1, 5], ROAD), ([4, 6], ROAD)])
    metres, _ = RoadTravel([graph]).matrix(*at((900, 0), (0, -900)))
    side = 100 * 2**0.5
    assert metres[0, 1] == pytest.approx(1600 + 3 * side, abs=3)
    assert metres[1, 0] == pytest.approx(1600 + side, abs=3)


def test_a_barrier_stops_cars_and_not_people(tmp_path: Path) -> None:
    """A bollard in the short way: a car goes round and still reaches both of its sides."""
    spots: dict[int, Spot] = {1: (0, 0), 2: (500, 0), 3: (1000, 0), 4: (0, 2000), 5: (1000, 2000)}
    ways = [([1, 2, 3], ROAD), ([1, 4, 5, 3], ROAD)]
    graph = sketch(tmp_path, spots, ways, node_tags={2: {"barrier": "bollard"}})
    travel = RoadTravel([graph])
    places = at((400, 0), (600, 0))
    assert travel.matrix(*places)[0][0, 1] == pytest.approx(5_800, abs=5)
    assert travel.matrix(*places, Mode.FOOT)[0][0, 1] == pytest.approx(200, abs=2)
    assert travel.matrix(*places, Mode.MOTORCYCLE)[0][0, 1] == pytest.approx(200, abs=2)


@pytest.mark.parametrize(
    ("kind", "to", "metres"),
    [("no_left_turn", 2, 4_000), ("only_straight_on", 3, 4_000), ("no_right_turn", 3, 2_000)],
)
def test_banned_turns(tmp_path: Path, kind: str, to: int, metres: float) -> None:
    """A banned left turn is driven round the block; the ban of another turn changes nothing."""
    spots: dict[int, Spot] = {
        1: (0, -1000),
        2: (0, 0),
        3: (0, 1000),
        4: (-1000, 0),
        5: (-1000, 1000),
    }
    ways = [([1, 2], ROAD), ([2, 4], ROAD), ([2, 3], ROAD), ([3, 5, 4], ROAD)]
    members = [("w", 1, "from"), ("n", 2, "via"), ("w", to, "to")]
    tags = {"type": "restriction", "restriction": kind}
    graph = sketch(tmp_path, spots, ways, relations=[(members, tags)])
    travel = RoadTravel([graph])
    places = at((0, -1000), (-1000, 0))
    assert travel.matrix(*places)[0][0, 1] == pytest.approx(metres, abs=5)
    assert travel.matrix(*places)[0][1, 0] == pytest.approx(2_000, abs=5)
    assert travel.matrix(*places, Mode.FOOT)[0][0, 1] == pytest.approx(2_000, abs=5)
    line = travel.shape(*places)[0]
    assert line is not None
    assert line_metres(line) == pytest.approx(metres, abs=6)


def test_a_ferry_takes_its_timetable_and_the_wait(tmp_path: Path) -> None:
    """Across the water in the minutes of its timetable, after a wait; nobody lives on it."""
    spots: dict[int, Spot] = {1: (-900, 0), 2: (0, 0), 3: (3000, 0), 4: (3900, 0)}
    ferry = {"route": "ferry", "duration": "00:30"}
    graph = sketch(tmp_path, spots, [([1, 2], ROAD), ([2, 3], ferry), ([3, 4], ROAD)])
    travel = RoadTravel([graph])
    metres, seconds = travel.matrix(*at((0, 0), (3000, 0)))
    assert metres[0, 1] == pytest.approx(3_000, abs=3)
    assert seconds[0, 1] == pytest.approx((30 + 10) * 60, rel=0.01)
    joined = travel.snapped(*at((1000, 10)))
    assert (joined.lat[0], joined.lon[0]) == pytest.approx(degrees((0, 0)), abs=1e-6)


def test_places_off_the_road_pay_for_it(tmp_path: Path) -> None:
    """A farm 900 m from the road: 300 m slowly, 600 m on foot, and back on each leg."""
    graph = sketch(tmp_path, {1: (0, 0), 2: (9000, 0)}, [([1, 2], ROAD)])
    travel = RoadTravel([graph])
    metres, seconds = travel.matrix(*at((1000, 900), (5000, 0)))
    aside = 300 * 3.6 / 10 + 600 * 3.6 / 4
    assert metres[0, 1] == pytest.approx(4_900, abs=4)
    assert seconds[0, 1] == pytest.approx(4_000 * 3.6 / KMH + aside, abs=3)
    walked, spent = travel.matrix(*at((1000, 900), (1000, 0)), Mode.FOOT)
    assert walked[0, 1] == pytest.approx(900, abs=2)
    assert spent[0, 1] == pytest.approx(900 * 3.6 / 4.5, rel=0.13)


def test_neighbours_far_from_the_road_walk_to_each_other(tmp_path: Path) -> None:
    """Two farms 100 m apart and 2 km from the road do not go by the road."""
    graph = sketch(tmp_path, {1: (0, 0), 2: (9000, 0)}, [([1, 2], ROAD)])
    travel = RoadTravel([graph])
    metres, seconds = travel.matrix(*at((1000, 2000), (1100, 2000), (1000, 2000)))
    assert metres[0, 1] == pytest.approx(100, abs=2)
    assert seconds[0, 1] == pytest.approx(36, abs=2)
    assert metres[0, 2] == seconds[0, 2] == 0
    line = travel.shape(*at((1000, 2000), (1100, 2000)))[0]
    assert line is not None
    assert len(line) == 2


def test_no_road_near_is_an_estimate_that_says_so(county: RoadGraph) -> None:
    """Beyond five kilometres from any road legs are estimated and marked."""
    lat, lon = at((-12_000, 0), (-11_000, 500), (-60_000, 0))
    travel = RoadTravel([county], fallback=StraightLine(HILLS))
    metres, seconds = travel.matrix(lat, lon)
    assert travel.legs_estimated(lat, lon).tolist() == [
        [False, False, True], [False, False, True], [True, True, False]
    ]  # fmt: skip
    guess, spent = StraightLine(HILLS).matrix(lat, lon)
    assert metres[2].tolist() == guess[2].tolist()
    assert seconds[:, 2].tolist() == spent[:, 2].tolist()
    known, unknown = travel.shape(lat, lon)
    assert known is not None
    assert unknown is None


def test_without_packs_everything_is_estimated() -> None:
    """No pack: the figures of the straight line, all of them marked."""
    lat, lon = at((0, 0), (3000, 4000))
    travel = RoadTravel([])
    assert travel.estimated
    assert travel.legs_estimated(lat, lon).tolist() == [[False, True], [True, False]]
    assert travel.matrix(lat, lon)[0].tolist() == StraightLine().matrix(lat, lon)[0].tolist()
    assert travel.shape(lat, lon) == [None]
    assert travel.shape(lat[:1], lon[:1]) == []


def test_missing_positions_are_refused(county: RoadGraph) -> None:
    """A place without a position is an error, not a silent figure."""
    with pytest.raises(ValueError, match="without a position"):
        RoadTravel([county]).matrix(np.array([32.0, np.nan]), np.array([107.0, 107.0]))


def test_speeds_can_be_changed(county: RoadGraph) -> None:
    """Twice the speed of a class is half the time on it, the distance stays."""
    lat, lon = at((-12_000, 0), (-400, 0))
    slow = RoadTravel([county]).matrix(lat, lon)
    fast = RoadTravel([county], load_speeds({"car": {"tertiary": 2 * KMH}})).matrix(lat, lon)
    assert fast[0][0, 1] == slow[0][0, 1]
    assert fast[1][0, 1] == pytest.approx(slow[1][0, 1] / 2, rel=0.01)


def test_a_class_at_speed_0_is_not_used(tmp_path: Path) -> None:
    """Who switches tracks off goes round them."""
    spots: dict[int, Spot] = {1: (0, 0), 2: (1000, 0), 3: (0, 3000), 4: (1000, 3000)}
    graph = sketch(tmp_path, spots, [([1, 2], {"highway": "track"}), ([1, 3, 4, 2], ROAD)])
    places = at((0, 100), (1000, 100))
    assert RoadTravel([graph]).matrix(*places)[0][0, 1] == pytest.approx(1_200, abs=2)
    without = RoadTravel([graph], load_speeds({"car": {"track": 0}}))
    assert without.matrix(*places)[0][0, 1] == pytest.approx(6_800, abs=5)


def test_corrections_hold_where_and_when_they_say(county: RoadGraph) -> None:
    """By class, hour, region and mode; several multiply; metres stay those of the quickest way."""
    lat, lon = at((-12_000, 0), (-400, 0))
    plain = RoadTravel([county]).matrix(lat, lon)[1][0, 1]

    def share(*corrections: Correction, hour: int | None = None, mode: Mode = Mode.CAR) -> float:
        travel = RoadTravel([county], corrections=corrections, hour=hour)
        bare = RoadTravel([county]).matrix(lat, lon, mode)[1][0, 1]
        return float(travel.matrix(lat, lon, mode)[1][0, 1] / bare)

    assert plain > 0
    assert share(Correction(1.5)) == pytest.approx(1.5, rel=0.01)
    assert share(Correction(1.5, road_class="primary")) == 1
    assert share(Correction(1.5, road_class="tertiary"), Correction(1.2)) == pytest.approx(
        1.8, rel=0.01
    )
    assert share(Correction(1.5, hour=8)) == 1
    assert share(Correction(1.5, hour=8), hour=8) == pytest.approx(1.5, rel=0.01)
    assert share(Correction(1.5, bounds=(0, 0, 1, 1))) == 1
    assert share(Correction(1.5, bounds=(32, 107, 33, 108))) == pytest.approx(1.5, rel=0.01)
    assert share(Correction(1.5), mode=Mode.FOOT) == 1


def test_far_on_foot_goes_by_bus_unless_switched_off(county: RoadGraph) -> None:
    """Twelve kilometres: door to door by bus as without roads, or three hours of walking."""
    lat, lon = at((-12_000, 0), (-400, 0))
    metres, seconds = RoadTravel([county]).matrix(lat, lon, Mode.FOOT)
    assert metres[0, 1] == pytest.approx(11_600, rel=0.01)
    assert seconds[0, 1] < 3_000
    walk = RoadTravel([county], load_speeds({"other": {"bus": 0}}))
    assert walk.matrix(lat, lon, Mode.FOOT)[1][0, 1] == pytest.approx(11_600 * 3.6 / 4.5, rel=0.01)


def test_answers_are_kept_and_cannot_be_spoilt(county: RoadGraph) -> None:
    """The same question gives the same arrays; they are read-only; others are forgotten in turn."""
    lat, lon = at((-12_000, 0), (-400, 0))
    travel = RoadTravel([county])
    metres, _ = travel.matrix(lat, lon)
    assert travel.matrix(lat.copy(), lon.copy())[0] is metres
    assert not metres.flags.writeable
    for number in range(6):
        travel.matrix(lat + number * 1e-3, lon)
    assert travel.matrix(lat, lon)[0] is not metres


def half(graph: RoadGraph, west: bool, at_lon: float) -> RoadGraph:
    """The edges of a graph that reach to one side of a meridian; nodes keep their numbers."""
    lons = graph.points[:, 1] / 1e7
    reach = np.minimum if west else np.maximum
    extreme = reach.reduceat(lons, graph.first[:-1])
    keep = np.flatnonzero(extreme < at_lon if west else extreme > at_lon)
    sizes = (graph.first[1:] - graph.first[:-1])[keep]
    place = np.concatenate([np.arange(graph.first[e], graph.first[e + 1]) for e in keep])
    used, ends = np.unique(graph.ends[keep], return_inverse=True)
    return replace(
        graph, node_ids=graph.node_ids[used], blocked=graph.blocked[used],
        ends=ends.reshape(-1, 2).astype(np.int32), road_class=graph.road_class[keep],
        surface=graph.surface[keep], access=graph.access[keep], limits=graph.limits[keep],
        first=np.concatenate([[0], np.cumsum(sizes)]), points=graph.points[place],
        turns=np.zeros((0, 3), np.int32),
    )  # fmt: skip


def test_two_overlapping_packs_are_one(tmp_path: Path) -> None:
    """A real extract in two halves that share a strip gives the figures of the whole."""
    data = Path(__file__).resolve().parents[2] / "data" / "osm" / "liechtenstein.osm.pbf"
    graph = replace(graph_of(data), turns=np.zeros((0, 3), np.int32))
    west, east = half(graph, True, 9.54), half(graph, False, 9.53)
    pick = np.random.default_rng(3).choice(len(graph.points), 60, replace=False)
    lat, lon = graph.positions()[pick].T
    whole = RoadTravel([graph])
    for packs in ([west, east], [east, west]):
        both = RoadTravel(packs)
        assert np.abs(both.matrix(lat, lon)[0] - whole.matrix(lat, lon)[0]).max() <= 2
        assert not both.legs_estimated(lat, lon).any()
    alone = RoadTravel([west]).legs_estimated(lat, lon)
    assert alone.any()


def test_a_road_cut_by_a_border_goes_on_in_the_next_pack(tmp_path: Path) -> None:
    """One pack ends within an edge of the other: the way crosses there, banned turns keep place."""
    spots: dict[int, Spot] = {n: (1000.0 * n, 0.0) for n in range(1, 9)} | {
        20: (8000.0, 1000.0), 21: (7000.0, 1000.0)
    }  # fmt: skip
    (tmp_path / "b").mkdir()
    first = sketch(tmp_path, {n: spots[n] for n in range(1, 5)}, [([1, 2, 3, 4], ROAD)])
    members = [("w", 1, "from"), ("n", 8, "via"), ("w", 2, "to")]
    tags = {"type": "restriction", "restriction": "no_left_turn"}
    second = sketch(
        tmp_path / "b", {n: spots[n] for n in (3, 4, 5, 6, 7, 8, 20, 21)},
        [([3, 4, 5, 6, 7, 8], ROAD), ([8, 20], ROAD), ([20, 21, 7], ROAD)],
        relations=[(members, tags)],
    )  # fmt: skip
    for packs in ([first, second], [second, first]):
        travel = RoadTravel(packs)
        metres, _ = travel.matrix(*at((1000, 0), (8000, 0), (8000, 500)))
        assert metres[0, 1] == pytest.approx(7_000, abs=5)
        assert metres[0, 2] == pytest.approx(6_000 + 1_000 + 1_000 + 500, abs=5)
        assert not travel.legs_estimated(*at((1000, 0), (8000, 0))).any()


def test_packs_far_apart_do_not_mix(county: RoadGraph, tmp_path: Path) -> None:
    """Equal node numbers elsewhere are other nodes; legs between the packs are estimated."""
    far = {n: (79_700.0 + 300 * (n % 10), 500.0 * (n // 11)) for n in range(1, 21)}
    rungs = [([n, n + 10], ROAD) for n in range(1, 11)]
    other = sketch(tmp_path, far, [(range(1, 11), ROAD), (range(11, 21), ROAD), *rungs])
    lat, lon = at((-12_000, 0), (-400, 0), (80_000, 0), (80_900, 0))
    travel = RoadTravel([county, other])
    guessed = travel.legs_estimated(lat, lon)
    assert guessed[:2, 2:].all()
    assert not guessed[:2, :2].any()
    assert not guessed[2:, 2:].any()
    assert MIDDLE[0] == pytest.approx(float(lat[0]), abs=1e-3)
