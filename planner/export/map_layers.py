"""A plan as marks on a map, and these marks as GeoJSON: for the window and for exported files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class CrewMark:
    """A crew and its home (WGS-84 degrees), where its day starts and ends unless it sleeps out:
    `slept` is the lodging where the day starts, `sleeps` where it ends, as (lat, lon)."""

    name: str
    lat: float
    lon: float
    slept: tuple[float, float] | None = None
    sleeps: tuple[float, float] | None = None

    def places(self) -> list[tuple[float, float]]:
        """Where a house is drawn: home, where the day touches it, and lodgings, each once."""
        ends = [self.slept or (self.lat, self.lon), self.sleeps or (self.lat, self.lon)]
        return list(dict.fromkeys(ends))


@dataclass(frozen=True, slots=True)
class StopMark:
    """A planned visit: the `number`-th of crew `crew` (index), with the text to show."""

    key: str
    crew: int
    number: int
    lat: float
    lon: float
    title: str
    detail: str = ""
    locked: bool = False
    weak: bool = False  # its place is known to the township or county only


def one_pin(stops: Iterable[StopMark]) -> tuple[StopMark, ...]:
    """The visits of each stop as one mark that names all who are visited there."""
    found: list[StopMark] = []
    for stop in stops:
        if found and (found[-1].crew, found[-1].number) == (stop.crew, stop.number):
            one = found[-1]
            found[-1] = replace(
                one, title=f"{one.title} · {stop.title}", detail=f"{one.detail} · {stop.detail}",
                locked=one.locked or stop.locked, weak=one.weak or stop.weak,
            )  # fmt: skip
        else:
            found.append(stop)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class LooseMark:
    """An eligible person who is not in the plan."""

    key: str
    lat: float
    lon: float
    title: str
    detail: str = ""
    weak: bool = False


@dataclass(frozen=True, slots=True)
class HeatMark:
    """What waits in a township: `share` is its value in any one unit, `detail` says it in words."""

    title: str
    lat: float
    lon: float
    share: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AreaMark:
    """A part of the country that crew `crew` (index) would serve in one trip, by its outline.

    `keys` are the marks that light it when one of them is chosen. `solid`: a trip pays; else only
    a broken outline is drawn.
    """

    keys: tuple[str, ...]
    crew: int
    ring: tuple[tuple[float, float], ...]  # (lat, lon)
    solid: bool = True


@dataclass(frozen=True, slots=True)
class Marks:
    """Everything of a day that stands on the map. Stops come route by route, in driving order.

    Where the stops are no rounds but places to choose from, `rounds` is False: no ways are drawn.
    `shapes` are the ways along the roads, crew by crew, empty where they are not known.
    """

    crews: tuple[CrewMark, ...] = ()
    stops: tuple[StopMark, ...] = ()
    loose: tuple[LooseMark, ...] = ()
    areas: tuple[AreaMark, ...] = ()
    rounds: bool = True
    heat: tuple[HeatMark, ...] = ()
    shapes: tuple[tuple[tuple[float, float], ...], ...] = ()

    def keys(self) -> tuple[str, ...]:
        """The debtor behind each index that the map answers a click with: stops, then loose."""
        return tuple(mark.key for mark in self.every())

    def every(self) -> list[StopMark | LooseMark]:
        """All marks that can be chosen, in the order of their indexes."""
        return [*self.stops, *self.loose]

    def lines(self) -> list[tuple[tuple[float, float], ...]]:
        """For each crew the way bed - stops - bed as (lat, lon); empty without stops."""
        ways: list[tuple[tuple[float, float], ...]] = []
        for index, crew in enumerate(self.crews):
            spots = [(stop.lat, stop.lon) for stop in self.stops if stop.crew == index]
            begin = crew.slept or (crew.lat, crew.lon)
            end = crew.sleeps or (crew.lat, crew.lon)
            shown = self.rounds and (spots or begin != end)
            known = self.shapes[index] if index < len(self.shapes) else ()
            ways.append((known or (begin, *spots, end)) if shown else ())
        return ways


def _collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def _feature(
    spots: Sequence[tuple[float, float]], kind: str = "Point", **facts: Any
) -> dict[str, Any]:
    points = [[lon, lat] for lat, lon in spots]
    return {
        "type": "Feature",
        "properties": facts,
        "geometry": {"type": kind, "coordinates": points[0] if kind == "Point" else points},
    }


def marks_json(marks: Marks) -> dict[str, dict[str, Any]]:
    """The layers "areas", "routes", "homes", "stops" and "heat" as GeoJSON, "loose" as columns.

    Indexes are those of `Marks.keys`; the first person of "loose" has the index `first`.
    """
    ways = marks.lines()
    places = {key: index for index, key in enumerate(marks.keys())}
    return {
        "areas": _collection(
            _feature(
                area.ring, "LineString", crew=area.crew, solid=area.solid,
                marks=[places[key] for key in area.keys if key in places],
            )
            for area in marks.areas
        ),
        "routes": _collection(
            _feature(way, "LineString", crew=index) for index, way in enumerate(ways) if way
        ),
        "homes": _collection(
            _feature([place], crew=index, title=crew.name)
            for index, crew in enumerate(marks.crews)
            for place in crew.places()
        ),
        "stops": _collection(
            _feature(
                [(stop.lat, stop.lon)], i=i, crew=stop.crew, n=stop.number, title=stop.title,
                detail=stop.detail, locked=stop.locked, weak=stop.weak,
            )
            for i, stop in enumerate(marks.stops)
        ),
        "heat": _collection(
            _feature([(one.lat, one.lon)], share=one.share, title=one.title, detail=one.detail)
            for one in marks.heat
        ),
        # Up to 50,000 of them: columns are made, sent and read in a fraction of the time.
        "loose": {
            "first": len(marks.stops),
            "lat": [mark.lat for mark in marks.loose],
            "lon": [mark.lon for mark in marks.loose],
            "title": [mark.title for mark in marks.loose],
            "detail": [mark.detail for mark in marks.loose],
            "weak": [place for place, mark in enumerate(marks.loose) if mark.weak],
        },
    }  # fmt: skip
