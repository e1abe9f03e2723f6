"""Colours and line patterns of the map, the same in the window, in exports and in the day bar.

Crew colours come from a colour-blind-safe set (Okabe and Ito 2008), darkened or lightened until
white (dark) figures on them reach 4.5:1; each goes with a dash pattern, so that colour is never
the only sign. No colour stands for good or bad.
"""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CrewStyle:
    """A crew's line `colour`, `ink` of figures on it, `dash` in line widths (() is solid)."""

    colour: str
    ink: str
    dash: tuple[float, ...]


_COLOURS = {
    False: ("#0067A8", "#B85A00", "#00785A", "#A8437F", "#5B4BB5", "#7A6400", "#2B7A8C", "#8A4B32"),
    True: ("#56B4E9", "#F09A3E", "#35C79B", "#E08FBF", "#A99BF5", "#D9C64A", "#67C6D6", "#D0957C"),
}
_DASHES: tuple[tuple[float, ...], ...] = (
    (), (6, 3), (1.5, 2.5), (8, 3, 1.5, 3), (3, 3), (10, 4), (6, 2, 1.5, 2, 1.5, 2), (1, 4),
)  # fmt: skip


def crew_style(index: int, *, dark: bool = False) -> CrewStyle:
    """The style of crew number `index` (0-based)."""
    colour = _COLOURS[dark][index % len(_COLOURS[dark])]
    return CrewStyle(colour, "#101418" if dark else "#FFFFFF", _DASHES[index % len(_DASHES)])


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of the ground and of what is not a crew's. `roads` by class 1 (main) to 4 (lane)."""

    dark: bool
    earth: str
    water: str
    roads: tuple[str, str, str, str]
    label: str
    loose: str  # rim of an eligible person without a place in the plan
    accent: str  # ring of the selected stop
    base: "BaseLook"


@dataclass(frozen=True, slots=True)
class BaseLook:
    """Colours of a base map's land and roads: quiet, so that crews and stops stand out.

    `fills` and `casings` go by class of road: motorway, primary, secondary, tertiary, lane.
    """

    forest: str
    field: str
    park: str
    built: str
    ice: str
    building: str
    fills: tuple[str, str, str, str, str]
    casings: tuple[str, str, str, str, str]
    path: str
    rail: str
    stream: str  # names of rivers
    heat: str  # circles of waiting value


LIGHT = Look(
    False, "#F4F1EA", "#BCD4E0", ("#E0B36A", "#E6CB95", "#CFC7B8", "#DDD7CB"), "#4A4338",
    "#5F6670", "#111418",
    BaseLook(
        "#DCE7CF", "#EEF0DD", "#D8E8C8", "#E6DFD3", "#FFFFFF", "#D8CEBF",
        ("#F0BE6E", "#F5D08E", "#F9E3B4", "#FFFFFF", "#FFFFFF"),
        ("#C9913F", "#D2A75F", "#D6BB83", "#BFB5A4", "#CBC3B5"),
        "#B5A78E", "#9B9B9B", "#3E6F8C", "#8E3B8A",
    ),
)  # fmt: skip
DARK = Look(
    True, "#1E2226", "#24384A", ("#77643B", "#5D523A", "#454C54", "#343A41"), "#C6CAD0",
    "#9AA4B0", "#FFFFFF",
    BaseLook(
        "#1F2B24", "#232823", "#213026", "#2A2D31", "#38414A", "#34383D",
        ("#8A7140", "#75643F", "#5F5640", "#4B5157", "#42484E"),
        ("#14171A", "#14171A", "#14171A", "#14171A", "#14171A"),
        "#474E55", "#555B61", "#86AECB", "#D98CD5",
    ),
)  # fmt: skip


def look(*, dark: bool) -> Look:
    """The ground's colours for a light or a dark window."""
    return DARK if dark else LIGHT


def look_json(shown: Look, crews: int) -> dict[str, Any]:
    """`shown` and the styles of `crews` crews as the map's script reads them."""
    styles = [crew_style(k, dark=shown.dark) for k in range(crews)]
    return {
        "dark": shown.dark,
        "earth": shown.earth,
        "water": shown.water,
        "roads": list(shown.roads),
        "label": shown.label,
        "loose": shown.loose,
        "accent": shown.accent,
        **asdict(shown.base),
        "crews": [{"colour": s.colour, "ink": s.ink, "dash": list(s.dash)} for s in styles],
    }
