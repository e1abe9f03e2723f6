"""A day's plan as one HTML file: map, list and a code per stop; opens offline anywhere.

Leaflet and our scripts stand in the file, each allowed by its hash; the content security policy
permits nothing else, no request leaves. Data are JSON in a block that no browser executes, and
become text nodes only. What goes out is what the handout holds: names only where asked for, never
an amount. A link to the phone's map app is followed when somebody taps it, never by itself.
"""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from planner.export.handout import Handout, Round, Visit
from planner.export.map_ground import ground_json, read_ground
from planner.export.map_layers import CrewMark, Marks, StopMark, marks_json, one_pin
from planner.export.map_shell import POLICY, document, shell
from planner.export.map_style import look, look_json
from planner.export.one_line import one_line
from planner.export.phone_links import qr_rows
from planner.paths import resources
from planner.words import sentence

_SOURCE_MAP = re.compile(r"\n//# sourceMappingURL=\S+")
# Leaflet's own pictures (layer switch, pin) are not used; the file must not name other files.
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PICTURE = re.compile(r"url\((?!#)[^)]*\)")
_WORDS = ("map", "zoom_in", "zoom_out", "fit", "fictional", "navigate", "code")
_HOME_LINK = "https://leafletjs.com"


def handout_marks(handout: Handout) -> Marks:
    """The crews and stops of a handout as marks on a map."""
    crews, stops = [], []
    for index, one in enumerate(handout.rounds):
        route = one.route
        beds = [(bed.lat, bed.lon) if bed else None for bed in (route.slept, route.sleeps)]
        crews.append(CrewMark(one_line(route.crew), route.lat, route.lon, *beds))
        stops += [
            StopMark(
                visit.reference, index, visit.number, visit.lat, visit.lon, _title(visit),
                _stay(handout, visit),
            )
            for visit in one.visits
        ]  # fmt: skip
    return Marks(tuple(crews), one_pin(stops))


def map_html(handout: Handout, layers: Sequence[tuple[str, bytes]]) -> str:
    """The text of the file; `layers` are GeoJSON by name: roads, waters and places.

    PlannerError("map.bad_layer") when a layer is no GeoJSON.
    """
    content = _content(handout, layers)
    style = "\n".join(
        _PICTURE.sub("none", _COMMENT.sub("", _read(name)))
        for name in ("leaflet/leaflet.css", "map/map.css", "map/export.css")
    )
    scripts = [
        _SOURCE_MAP.sub("", _read("leaflet/leaflet.js")).replace(_HOME_LINK, "#"),
        _read("map/marks.js"),
        _read("map/board.js"),
        shell().script,
        _read("map/export.js"),
    ]
    policy = POLICY.format(
        scripts=" ".join(f"'sha256-{_digest(text)}'" for text in scripts),
        styles="'unsafe-inline'",
        images="data:",
        connections="'none'",
    )
    return document(
        language=handout.language,
        title=content["look"]["words"]["title"],
        policy=policy,
        head=f"<style>{style}</style>",
        body=f'<script type="application/json" id="content">{_inert(content)}</script>',
        scripts="\n".join(f"<script>{text}</script>" for text in scripts),
    )


def _content(handout: Handout, layers: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    language, marks = handout.language, handout_marks(handout)
    colours = look_json(look(dark=False), len(marks.crews))
    by_road = all(one.by_road for one in handout.rounds)
    colours["words"] = {
        "title": sentence("map.title", language, day=handout.day.isoformat()),
        "notes": [
            sentence("map.note", language),
            *([] if by_road else [sentence("map.straight", language)]),
            *([sentence("map.named", language)] if handout.named else []),
        ],
        **{key: sentence(f"map.{key}", language) for key in _WORDS},
    }
    drawn = marks_json(marks)
    return {
        "look": colours,
        "crews": [_crew(handout, one) for one in handout.rounds],
        "ground": ground_json(read_ground(layers)),
        "routes": {
            "type": "FeatureCollection",
            "features": [_way(index, one) for index, one in enumerate(handout.rounds)],
        },
        **{name: drawn[name] for name in ("homes", "stops")},
    }


def _way(index: int, one: Round) -> dict[str, Any]:
    line = [[round(lon, 6), round(lat, 6)] for lat, lon in one.way]
    return {
        "type": "Feature",
        "properties": {"crew": index},
        "geometry": {"type": "LineString", "coordinates": line},
    }


def _crew(handout: Handout, one: Round) -> dict[str, Any]:
    km = f"{one.route.metres / 1000:.0f}"
    return {
        "name": one_line(one.route.crew),
        "summary": sentence("map.crew", handout.language, stops=one.stops, km=km),
        "stops": [
            {
                "facts": _together(handout, some),
                "link": some[0].link,
                "qr": qr_rows(some[0].link),
            }
            for some in one.at_stops()  # as many as there are pins, in their order
        ],
    }


def _title(visit: Visit) -> str:
    return one_line(visit.who.name) if visit.who else visit.reference


def _stay(handout: Handout, visit: Visit) -> str:
    times = {"arrive": handout.clock(visit.arrive), "leave": handout.clock(visit.leave)}
    return sentence("map.stay", handout.language, **times)


def _together(handout: Handout, some: tuple[Visit, ...]) -> list[str]:
    """What the list says below the title of a stop; of several people whose lines they are."""
    told = [_facts(handout, visit) for visit in some]
    if len(some) > 1:
        told = [[f"{_title(visit)} · {first}", *rest]
                for visit, (first, *rest) in zip(some, told, strict=True)]  # fmt: skip
    return [fact for facts in told for fact in facts]


def _facts(handout: Handout, visit: Visit) -> list[str]:
    """What the list says of one visit, line by line."""
    who = visit.who
    if who is None:
        return [_stay(handout, visit)]
    tail = one_line(who.phone_tail)
    return [
        _stay(handout, visit),
        one_line(who.address),
        *([sentence("sheet.phone", handout.language, tail=tail)] if tail else []),
        visit.reference,
    ]


def _read(name: str) -> str:
    return (resources() / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _inert(content: dict[str, Any]) -> str:
    """JSON that cannot end its block or begin a tag, a comment or an entity."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
