"""Links that open a stop in the map app of a phone, and their QR codes.

A link holds a position in the datum that the app expects and, where the app demands a title, the
number of the stop: no name, no address, no reference, no amount. Whoever opens it tells the app
where the phone wants to go, and nothing else.
"""

from dataclasses import dataclass
from typing import Final

import segno

from planner.domain.datum import BD09, GCJ02, WGS84, from_wgs84

Rows = tuple[str, ...]  # one text of "0" and "1" for each row of a QR code's modules


@dataclass(frozen=True, slots=True)
class App:
    """A map app: the `datum` its links are in and their pattern for driving and walking.

    The fields of the pattern are {lat}, {lon} (six decimals: 11 cm), {way} and {n}.
    """

    datum: str
    pattern: str
    drive: str = ""
    walk: str = ""


_GOOGLE = "https://www.google.com/maps/dir/?api=1&destination={lat},{lon}&travelmode={way}"
_APPLE = "https://maps.apple.com/?daddr={lat},{lon}&dirflg={way}"
# Google and Apple draw mainland China's roads in GCJ-02 and take positions there as such; anywhere
# else they are in WGS-84. Which of the two is meant is the user's choice, never guessed.
APPS: Final[dict[str, App]] = {
    "geo": App(WGS84, "geo:{lat},{lon}?q={lat},{lon}"),  # RFC 5870; q: Android sets a pin
    "amap": App(
        GCJ02,
        "https://uri.amap.com/navigation?to={lon},{lat}&mode={way}&coordinate=gaode&callnative=1",
        "car", "walk",
    ),
    "baidu": App(
        BD09,
        "https://api.map.baidu.com/marker?location={lat},{lon}&title={n}&content={n}"
        "&coord_type=bd09ll&output=html&src=webapp.fairvisit",
    ),
    "google": App(WGS84, _GOOGLE, "driving", "walking"),
    "google_cn": App(GCJ02, _GOOGLE, "driving", "walking"),
    "apple": App(WGS84, _APPLE, "d", "w"),
    "apple_cn": App(GCJ02, _APPLE, "d", "w"),
}  # fmt: skip
_IN_CHINA: Final = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Harbin", "PRC")


def usual_app(zone: str) -> str:
    """The app until somebody chooses: one that knows China's roads there, else any that listens."""
    return "amap" if zone in _IN_CHINA else "geo"


def link(app: str, lat: float, lon: float, number: int, *, on_foot: bool = False) -> str:
    """The link to a WGS-84 position for one of APPS; KeyError for an unknown app."""
    known = APPS[app]
    north, east = from_wgs84(known.datum, lat, lon)
    way = known.walk if on_foot else known.drive
    return known.pattern.format(lat=f"{north:.6f}", lon=f"{east:.6f}", way=way, n=number)


def qr_rows(text: str) -> Rows:
    """The modules of the QR code of `text`, without the quiet zone of four around it.

    Error correction M: a sheet gets wet and folded.
    """
    code = segno.make(text, error="m", micro=False)
    return tuple("".join("1" if module else "0" for module in row) for row in code.matrix)
