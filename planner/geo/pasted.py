"""A position as somebody types or pastes it: figures, geo: links, links of map services.

A laptop has no receiver; a phone shows or shares its position as text, as a link or as a QR code
that holds such a link.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from planner.domain.datum import BD09, GCJ02, WGS84, to_wgs84
from planner.errors import PlannerError

_FIGURE = r"[-+]?\d{1,3}(?:\.\d+)?"
_PAIR = re.compile(rf"({_FIGURE})\s*°?\s*([NSEW]?)\s*[,;，\s]\s*({_FIGURE})\s*°?\s*([NSEW]?)",
                   re.IGNORECASE)  # fmt: skip
_MINUTES = re.compile(
    r"(\d{1,3})\s*°\s*(\d{1,2})\s*['′]\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:\"|″|'')?)?\s*([NSEW])",
    re.IGNORECASE,
)
_AT = re.compile(rf"@({_FIGURE}),({_FIGURE})")
# Map services by the end of their host: datum of their links, whether longitude comes first.
_HOSTS = {
    "amap.com": (GCJ02, True), "gaode.com": (GCJ02, True), "map.qq.com": (GCJ02, False),
    "map.baidu.com": (BD09, False), "openstreetmap.org": (WGS84, False),
}  # fmt: skip
_BAIDU_TYPES = {"bd09ll": BD09, "bd09": BD09, "gcj02": GCJ02, "wgs84": WGS84}
_PARAMETERS = ("location", "position", "to", "dest", "marker", "coord", "q", "ll", "query",
               "center", "destination")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pasted:
    """A position in WGS-84 degrees and the datum that it was told in."""

    lat: float
    lon: float
    datum: str


def pasted_position(text: str, datum: str = WGS84) -> Pasted:
    """The position in `text`: "30.12, 120.34" (latitude first; a longitude beyond 90 gives itself
    away), degrees with minutes, a geo: link, or a link of a map service.

    `datum` counts for bare figures; a link says it itself. PlannerError("places.no_position").
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    told = _of_link(plain) if "://" in plain or plain.lower().startswith("geo:") else None
    lat, lon, said = told or (*_of_figures(plain), datum)
    if abs(lat) > 90 >= abs(lon):
        lat, lon = lon, lat
    if abs(lat) > 90 or abs(lon) > 180 or (lat == 0 and lon == 0):
        raise PlannerError("places.no_position")
    lat, lon = to_wgs84(said, lat, lon)
    return Pasted(round(lat, 6), round(lon, 6), said)


def _of_figures(text: str) -> tuple[float, float]:
    angles = _MINUTES.findall(text)
    if len(angles) == 2:
        by = {end.upper(): int(d) + int(m) / 60 + float(s or 0) / 3600 for d, m, s, end in angles}
        lat = by.get("N", -by["S"] if "S" in by else None)
        lon = by.get("E", -by["W"] if "W" in by else None)
        if lat is not None and lon is not None:
            return lat, lon
    pair = _PAIR.search(text)
    if pair is None:
        raise PlannerError("places.no_position")
    first, one, second, two = pair.groups()
    values = [float(first), float(second)]
    for k, end in enumerate((one.upper(), two.upper())):
        values[k] = -abs(values[k]) if end in ("S", "W") and end else values[k]
    if one.upper() in ("E", "W") and one:
        values.reverse()
    return values[0], values[1]


def _of_link(text: str) -> tuple[float, float, str]:
    link = text.split()[0]
    if link.lower().startswith("geo:"):
        lat, lon = _of_figures(link[4:].split(";")[0].split("?")[0])
        if lat == 0 and lon == 0 and "q=" in link:
            lat, lon = _of_figures(unquote(link.split("q=")[1]))
        crs = re.search(r"crs=(gcj02|bd09)", link.lower())
        return lat, lon, crs[1] if crs else WGS84
    parts = urlsplit(link)
    query = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
    host = (parts.hostname or "").lower()
    known = next((told for end, told in _HOSTS.items()
                  if host == end or host.endswith(f".{end}")), (WGS84, False))  # fmt: skip
    datum, swapped = known
    if datum == BD09:
        datum = _BAIDU_TYPES.get(query.get("coord_type", ""), BD09)
    if "mlat" in query and "mlon" in query:
        return float(query["mlat"]), float(query["mlon"]), datum
    at = _AT.search(link)
    texts = [query[name] for name in _PARAMETERS if name in query]
    if at:
        texts.append(f"{at[1]},{at[2]}")
    for one in texts:
        pair = _PAIR.search(one)
        if pair:
            lat, lon = float(pair[1]), float(pair[3])
            return (lon, lat, datum) if swapped else (lat, lon, datum)
    raise PlannerError("places.no_position")
