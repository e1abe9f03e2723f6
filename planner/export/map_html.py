"""A day's plan as one HTML file with a map: opens offline on any phone or computer.

Leaflet and our scripts stand in the file, each allowed by its hash; the content security policy
permits nothing else, no request leaves. Data are JSON in a block that no browser executes, and
become text nodes only. What goes out is crew, number, times and masked name: no debt, no address.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from planner.export.map_ground import ground_json, read_ground
from planner.export.map_layers import CrewMark, Marks, StopMark, marks_json, mask
from planner.export.map_shell import POLICY, document, shell
from planner.export.map_style import look, look_json
from planner.paths import resources
from planner.words import sentence

_SOURCE_MAP = re.compile(r"\n//# sourceMappingURL=\S+")
# Leaflet's own pictures (layer switch, pin) are not used; the file must not name other files.
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PICTURE = re.compile(r"url\((?!#)[^)]*\)")
_WORDS = ("map", "zoom_in", "zoom_out", "fit", "fictional")
_HOME_LINK = "https://leafletjs.com"


def plan_marks(plan: Mapping[str, Any], names: Mapping[str, str], language: str) -> Marks:
    """The crews and stops of a plan in its JSON form; `names` maps debtor ids to full names."""
    crews, stops = [], []
    for index, route in enumerate(plan["routes"]):
        beds = [_bed(route.get(name)) for name in ("slept", "sleeps")]
        home = float(route["lat"]), float(route["lon"])
        crews.append(CrewMark(str(route["crew"]), *home, *beds))
        for number, stop in enumerate(route["stops"], 1):
            key = str(stop["debtor"])
            times = {
                name: datetime.fromisoformat(stop[name]).strftime("%H:%M")
                for name in ("arrive", "leave")
            }
            stops.append(
                StopMark(
                    key, index, number, float(stop["lat"]), float(stop["lon"]),
                    mask(names.get(key, "")), sentence("map.stay", language, **times),
                )
            )  # fmt: skip
    return Marks(tuple(crews), tuple(stops))


def _bed(told: Mapping[str, Any] | None) -> tuple[float, float] | None:
    return (float(told["lat"]), float(told["lon"])) if told else None


def map_html(
    plan: Mapping[str, Any],
    layers: Sequence[tuple[str, bytes]],
    names: Mapping[str, str],
    language: str,
) -> str:
    """The text of the file. `plan` is a plan's JSON form, `layers` GeoJSON by name.

    PlannerError("map.bad_layer") when a layer is no GeoJSON.
    """
    marks = plan_marks(plan, names, language)
    content = _content(plan, marks, layers, language)
    style = "\n".join(
        _PICTURE.sub("none", _COMMENT.sub("", _read(name)))
        for name in ("leaflet/leaflet.css", "map/map.css", "map/export.css")
    )
    scripts = [
        _SOURCE_MAP.sub("", _read("leaflet/leaflet.js")).replace(_HOME_LINK, "#"),
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
        language=language,
        title=content["look"]["words"]["title"],
        policy=policy,
        head=f"<style>{style}</style>",
        body=f'<script type="application/json" id="content">{_inert(content)}</script>',
        scripts="\n".join(f"<script>{text}</script>" for text in scripts),
    )


def _content(
    plan: Mapping[str, Any], marks: Marks, layers: Sequence[tuple[str, bytes]], language: str
) -> dict[str, Any]:
    colours = look_json(look(dark=False), len(marks.crews))
    colours["words"] = {
        "title": sentence("map.title", language, day=plan["date"]),
        "note": sentence("map.note", language),
        **{key: sentence(f"map.{key}", language) for key in _WORDS},
    }
    crews = [
        {
            "name": route["crew"],
            "summary": sentence(
                "map.crew",
                language,
                stops=len(route["stops"]),
                km=f"{route.get('metres', 0) / 1000:.0f}",
            ),
        }
        for route in plan["routes"]
    ]
    drawn = marks_json(marks)
    return {
        "look": colours,
        "crews": crews,
        "ground": ground_json(read_ground(layers)),
        **{name: drawn[name] for name in ("routes", "homes", "stops")},
    }


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
