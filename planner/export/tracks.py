"""A plan for other programs: GPX for navigation devices, KML for globes, GeoJSON for anything.

Positions are WGS-84, as each of the three formats demands. Texts are neutral: number, hours,
reference; name and address only where the handout has them.
"""

import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import gpxpy.gpx
import simplekml

from planner.export.handout import Handout, Round, Visit
from planner.export.map_style import crew_style
from planner.export.one_line import no_markup, one_line
from planner.words import sentence


def gpx(handout: Handout) -> bytes:
    """GPX 1.1: a waypoint for each stop and a track for each round."""
    made = gpxpy.gpx.GPX()
    made.creator = "Fairvisit"
    made.name = _title(handout)
    made.time = handout.made_at.astimezone(UTC)
    for number, one in enumerate(handout.rounds, 1):
        crew = one_line(one.route.crew)
        for visit in one.visits:
            spot = gpxpy.gpx.GPXWaypoint(visit.lat, visit.lon)
            spot.name = _label(handout, number, visit)
            spot.description = " · ".join(_facts(handout, one, visit))
            spot.type = crew
            made.waypoints.append(spot)
        track = gpxpy.gpx.GPXTrack(name=crew, description=_summary(handout, one))
        points = [gpxpy.gpx.GPXTrackPoint(lat, lon) for lat, lon in one.way]
        track.segments.append(gpxpy.gpx.GPXTrackSegment(points))
        made.tracks.append(track)
    return made.to_xml(version="1.1").encode()


def kml(handout: Handout) -> bytes:
    """KML 2.2: a folder for each round with its way, its ends and its stops in order.

    No picture is named: a viewer would fetch it from somewhere. The viewer's own pin is used.
    """
    made = simplekml.Kml(name=_title(handout))
    for number, one in enumerate(handout.rounds, 1):
        style = crew_style(number - 1)
        folder = made.newfolder(name=no_markup(one.route.crew))
        way = folder.newlinestring(name=no_markup(one.route.crew), tessellate=1)
        way.description = _summary(handout, one)
        way.coords = [(lon, lat) for lat, lon in one.way]
        way.style.linestyle.width = 4
        way.style.linestyle.color = _kml_colour(style.colour)
        for visit in one.visits:
            spot = folder.newpoint(name=no_markup(_label(handout, number, visit)))
            spot.description = no_markup(" · ".join(_facts(handout, one, visit)))
            spot.coords = [(visit.lon, visit.lat)]
            spot.timespan.begin = visit.start.isoformat()
            spot.timespan.end = visit.leave.isoformat()
    return str(made.kml()).encode()


def geojson(handout: Handout) -> bytes:
    """RFC 7946: ways as LineString, ends and stops as Point, with `kind` "way", "end", "stop"."""
    text = json.dumps(
        {
            "type": "FeatureCollection",
            "name": _title(handout),
            "features": [
                feature
                for number, one in enumerate(handout.rounds, 1)
                for feature in _features(handout, number, one)
            ],
        },
        ensure_ascii=False,
        indent=1,
    )
    return text.encode()


def _features(handout: Handout, number: int, one: Round) -> Iterator[dict[str, Any]]:
    route = one.route
    facts = {"round": number, "crew": one_line(route.crew), "crew_id": route.crew_id}
    line = [[round(lon, 6), round(lat, 6)] for lat, lon in one.way]
    told = {"metres": route.metres, "stops": one.stops, "by_road": one.by_road}
    yield _feature("LineString", line, kind="way", **facts, **told)
    for lat, lon in one.ends:
        yield _feature("Point", [lon, lat], kind="end", **facts)
    for visit in one.visits:
        who = visit.who
        named = {"name": one_line(who.name), "address": one_line(who.address)} if who else {}
        yield _feature(
            "Point", [visit.lon, visit.lat], kind="stop", **facts, number=visit.number,
            reference=visit.reference, arrive=visit.arrive.isoformat(),
            start=visit.start.isoformat(), leave=visit.leave.isoformat(), **named,
        )  # fmt: skip


def _feature(shape: str, coordinates: list[Any], **facts: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": facts,
        "geometry": {"type": shape, "coordinates": coordinates},
    }


def _title(handout: Handout) -> str:
    return sentence("map.title", handout.language, day=handout.day.isoformat())


def _summary(handout: Handout, one: Round) -> str:
    km = f"{one.route.metres / 1000:.0f}"
    return sentence("map.crew", handout.language, stops=one.stops, km=km)


def _label(handout: Handout, number: int, visit: Visit) -> str:
    """1-03: round and stop, so that lists sort in driving order; the name where it is wanted."""
    several = f"{number}-" if len(handout.rounds) > 1 else ""
    label = f"{several}{visit.number:02d}"
    return f"{label} {one_line(visit.who.name)}" if visit.who else label


def _facts(handout: Handout, one: Round, visit: Visit) -> list[str]:
    times = {"arrive": handout.clock(visit.arrive), "leave": handout.clock(visit.leave)}
    facts = [sentence("map.stay", handout.language, **times), visit.reference]
    return [*facts, one_line(visit.who.address)] if visit.who and visit.who.address else facts


def _kml_colour(colour: str) -> str:
    """#RRGGBB as KML says it: aabbggrr."""
    return f"ff{colour[5:7]}{colour[3:5]}{colour[1:3]}".lower()
