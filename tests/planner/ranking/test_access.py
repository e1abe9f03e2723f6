"""The way to a person and who shares it."""

from dataclasses import replace

import numpy as np
import pytest
from made_people import HUBS, PARAMS, person

from planner.domain.codes import AddressKind, Grade, Region
from planner.domain.facts import PersonFacts, table_of
from planner.domain.ground import PLAIN, crow_metres
from planner.domain.people import Address
from planner.ranking.access import Access, access


def at_place(name: str, lat: float, lon: float, region: Region = Region.URBAN) -> PersonFacts:
    """A person living there."""
    home = Address(name, name, "", AddressKind.HOME, region, Grade.DOOR, lat, lon)
    return replace(person(name), addresses=(home,))


def way(people: list[PersonFacts], eligible: list[bool] | None = None, hubs=HUBS) -> Access:  # type: ignore[no-untyped-def]
    """The access of people who have one address each (or none)."""
    table = table_of(people)
    rows = np.where(np.diff(table.address_off) > 0, table.address_off[:-1], -1)
    allowed = np.ones(table.n, np.bool_) if eligible is None else np.array(eligible, np.bool_)
    return access(table, rows, allowed, hubs, PARAMS)


def test_a_lone_person_bears_the_whole_way() -> None:
    """There and back: kilometres at .8 yuan and driving time at 120 yuan an hour."""
    result = way([at_place("P0", 30.0, 110.2)])
    road = PLAIN.metres(crow_metres(*map(np.array, ([30.0], [110.0], [30.0], [110.2]))))
    hours = 2 * PLAIN.seconds(road)[0] / 3600
    assert result.metres[0] == pytest.approx(road[0], rel=1e-4)
    assert result.hours[0] == pytest.approx(hours, rel=1e-4)
    assert result.cost[0] == pytest.approx(2 * road[0] / 1000 * 0.8 + hours * 120, rel=1e-4)


def test_neighbours_share_the_way_up_to_four() -> None:
    """A second person halves the way, and from the fifth on nobody gets cheaper."""
    costs = [way([at_place(f"P{k}", 30.0, 110.2) for k in range(n)]).cost[0] for n in range(1, 9)]
    assert [costs[0] / cost for cost in costs] == pytest.approx([1, 2, 3, 4, 5, 5, 5, 5])


def test_only_eligible_neighbours_count() -> None:
    """Somebody who may not be visited shares no way, but is shown one that is shared."""
    people = [at_place(f"P{k}", 30.0, 110.2) for k in range(3)]
    assert way(people, [True, False, False]).neighbours.tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("region", "km", "shared"),
    [
        (Region.URBAN, 2.9, 1),
        (Region.TOWN, 3.1, 0),
        (Region.VILLAGE, 3.1, 1),
        (Region.VILLAGE, 8.1, 0),
    ],
)
def test_radius_depends_on_the_region_type(region: Region, km: float, shared: int) -> None:
    """Neighbours are within 3 km in city and town, 8 km in villages."""
    people = [at_place("P0", 30.0, 110.0, region), at_place("P1", 30 + km / 111.195, 110.0)]
    assert way(people).neighbours[0] == shared


def test_neighbours_agree_with_counting_by_hand() -> None:
    """Many people at one spot, by their own radius, and only those who are eligible."""
    rng = np.random.default_rng(5)
    spots = np.round(rng.normal([30, 110], 0.05, (150, 2)), 2)
    people = [
        at_place(f"P{k}", float(lat), float(lon), Region(k % 3))
        for k, (lat, lon) in enumerate(spots)
    ]
    eligible = rng.random(150) < 0.5
    far = crow_metres(spots[:, :1], spots[:, 1:], spots[:, 0], spots[:, 1])
    radius = np.array([3000.0, 3000.0, 8000.0])[np.arange(150) % 3]
    near = (far < radius[:, None]) & eligible & ~np.eye(150, dtype=bool)
    expected = np.minimum(near.sum(axis=1), 4)
    assert way(people, eligible.tolist()).neighbours.tolist() == expected.tolist()


def test_farther_costs_more_and_the_nearest_crew_counts() -> None:
    """Cost rises with distance, and a second crew's home makes the far person near."""
    people = [at_place(f"P{k}", 30.0, 110 + 0.1 * k) for k in range(1, 9)]
    assert (np.diff(way(people).cost) > 0).all()
    both = way(people, hubs=np.array([[30.0, 110.0], [30.0, 110.8]]))
    assert both.metres[-1] < both.metres[0]


def test_without_hub_or_position_there_is_still_a_figure() -> None:
    """No crew: the middle of the book stands for one. No address: the median of the others."""
    people = [at_place("P0", 30.0, 110.0), at_place("P1", 30.0, 110.2), at_place("P2", 30.0, 110.4)]
    result = way([*people, replace(person("P3"), addresses=())], hubs=np.zeros((0, 2)))
    assert result.metres[1] == pytest.approx(0, abs=1)
    assert result.cost[3] == pytest.approx(np.median(result.cost[:3]))
    nobody = way([replace(person(), addresses=())])
    assert [nobody.cost[0], nobody.hours[0]] == [0, 0]
