"""What tags say: who may use a way in which direction, how fast, on what surface."""

import pytest

from planner.domain.work import Mode
from planner.geo.road_speeds import CLASSES, SURFACES
from planner.geo.road_tags import MODES, blocked, minutes, way_of


def ways_of(tags: dict[str, str], mode: Mode) -> str:
    """Arrows of the directions open to `mode`."""
    way = way_of(tags)
    bits = 0 if way is None else way.access >> 2 * MODES.index(mode) & 3
    return ("", "→", "←", "↔")[bits]


@pytest.mark.parametrize(
    ("tags", "car", "motorcycle", "foot"),
    [
        ("highway=residential", "↔", "↔", "↔"),
        ("highway=residential oneway=yes", "→", "→", "↔"),
        ("highway=residential oneway=-1", "←", "←", "↔"),
        ("highway=residential oneway=yes oneway:foot=yes", "→", "→", "→"),
        ("highway=residential oneway=yes oneway:motorcycle=no", "→", "↔", "↔"),
        ("highway=primary oneway=reversible", "", "", "↔"),
        ("highway=tertiary junction=roundabout", "→", "→", "↔"),
        ("highway=tertiary junction=roundabout oneway=no", "↔", "↔", "↔"),
        ("highway=motorway", "→", "→", ""),
        ("highway=motorway oneway=no", "↔", "↔", ""),
        ("highway=motorway_link", "↔", "↔", ""),
        ("highway=service access=private", "", "", ""),
        ("highway=service access=private foot=yes", "", "", "↔"),
        ("highway=service access=destination", "↔", "↔", "↔"),
        ("highway=service access=no motor_vehicle=yes", "↔", "↔", ""),
        ("highway=track motor_vehicle=agricultural", "", "", "↔"),
        ("highway=track motor_vehicle=no motorcycle=yes", "", "↔", "↔"),
        ("highway=unclassified vehicle=no", "", "", "↔"),
        ("highway=footway", "", "", "↔"),
        ("highway=pedestrian motor_vehicle=delivery", "↔", "↔", "↔"),
        ("highway=path access=yes", "", "", "↔"),
        ("highway=path motorcycle=yes", "", "↔", "↔"),
        ("highway=steps", "", "", "↔"),
        ("highway=cycleway foot=no", "", "", ""),
        ("highway=construction", "", "", ""),
        ("highway=service area=yes", "", "", ""),
        ("highway=ferry", "", "", ""),
        ("route=ferry", "↔", "↔", "↔"),
        ("route=ferry motor_vehicle=no", "", "", "↔"),
        ("building=yes", "", "", ""),
    ],
)
def test_who_may_go_where(tags: str, car: str, motorcycle: str, foot: str) -> None:
    """Access and one-way tags, the particular before the general, defaults by class."""
    given = dict(pair.split("=") for pair in tags.split())
    assert [ways_of(given, mode) for mode in MODES] == [car, motorcycle, foot]


@pytest.mark.parametrize(
    ("text", "speed"),
    [("50", 50), ("30 mph", 48), ("30mph", 48), ("7.5", 7), ("none", 0), ("CN:urban", 0),
     ("walk", 5), ("0", 0), ("999", 250), ("", 0), ("50;30", 50), ("signals", 0)],
)  # fmt: skip
def test_posted_limits(text: str, speed: int) -> None:
    """Numbers and miles are read; words are no limit."""
    way = way_of({"highway": "primary", "maxspeed": text})
    assert way is not None
    assert (way.forward, way.backward) == (speed, speed)


def test_limits_by_direction() -> None:
    """A direction's own limit wins over the common one; turning the way swaps them."""
    way = way_of({"highway": "primary", "maxspeed": "60", "maxspeed:backward": "40"})
    assert way is not None
    assert (way.forward, way.backward) == (60, 40)
    assert (way.turned().forward, way.turned().backward) == (40, 60)
    assert way.turned().turned() == way


@pytest.mark.parametrize("oneway", ["yes", "-1", "no"])
def test_a_turned_way_swaps_its_directions(oneway: str) -> None:
    """Seen from the other end forwards is backwards, for each mode."""
    way = way_of({"highway": "residential", "oneway": oneway})
    opposite = {"yes": "-1", "-1": "yes", "no": "no"}[oneway]
    other = way_of({"highway": "residential", "oneway": opposite})
    assert way is not None
    assert other is not None
    assert way.turned().access == other.access


@pytest.mark.parametrize(
    ("tags", "surface"),
    [("highway=primary", "paved"), ("highway=track", "gravel"),
     ("highway=track surface=asphalt", "paved"),
     ("highway=track tracktype=grade5", "soft"), ("highway=tertiary surface=dirt", "earth"),
     ("highway=tertiary surface=concrete:plates", "concrete"),
     ("highway=tertiary surface=tartan", "paved"),
     ("highway=residential surface=sett;asphalt", "stones")],
)  # fmt: skip
def test_surfaces(tags: str, surface: str) -> None:
    """Surface, else grade of the track, else what is usual for the class."""
    way = way_of(dict(pair.split("=") for pair in tags.split()))
    assert way is not None
    assert SURFACES[way.surface] == surface
    assert CLASSES[way.road_class] == tags.split()[0].removeprefix("highway=")


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        ("barrier=gate", ""),
        ("barrier=gate access=private", "car motorcycle foot"),
        ("barrier=gate access=no foot=yes", "car motorcycle"),
        ("barrier=gate locked=yes", "car motorcycle"),
        ("barrier=bollard", "car"),
        ("barrier=bollard motor_vehicle=yes", ""),
        ("barrier=cycle_barrier", "car motorcycle"),
        ("barrier=toll_booth", ""),
        ("barrier=lift_gate", ""),
        ("barrier=kissing_gate", "car motorcycle"),
    ],
)
def test_barriers(tags: str, who: str) -> None:
    """A barrier stops those who cannot or may not pass it."""
    bits = blocked(dict(pair.split("=") for pair in tags.split()))
    assert " ".join(mode.value for m, mode in enumerate(MODES) if bits >> m & 1) == who


@pytest.mark.parametrize(
    ("text", "spent"),
    [("15", 15), ("0:15", 15), ("01:30", 90), ("00:07:30", 7.5), ("PT15M", 0), ("", 0), (None, 0),
     ("1:2:3:4", 0)],
)  # fmt: skip
def test_durations(text: str | None, spent: float) -> None:
    """Minutes, hours and minutes, with seconds; anything else is unknown."""
    assert minutes(text) == spent
