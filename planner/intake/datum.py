"""Which datum the positions of a file are in, and what they are in WGS-84."""

from planner.domain import datum as datums
from planner.domain.datum import BD09, GCJ02, WGS84
from planner.intake.values import Bad, narrow

NAMES = {
    "": WGS84, "wgs84": WGS84, "wgs-84": WGS84, "epsg:4326": WGS84, "gps": WGS84,
    "cgcs2000": WGS84, "gcj02": GCJ02, "gcj-02": GCJ02, "高德": GCJ02, "腾讯": GCJ02,
    "火星坐标": GCJ02, "bd09": BD09, "bd-09": BD09, "百度": BD09,
}  # fmt: skip


def datum_of(text: str) -> str:
    """ "wgs84", "gcj02" or "bd09" for the words of a cell; Bad when unknown."""
    word = narrow(text).casefold()
    if word not in NAMES:
        raise Bad("datum_unknown")
    return NAMES[word]


def to_wgs84(datum: str, lat: float, lon: float) -> tuple[float, float]:
    """(lat, lon) in WGS-84 degrees of a position in `datum`, rounded to a millionth (10 cm)."""
    lat, lon = datums.to_wgs84(datum, lat, lon)
    return round(lat, 6), round(lon, 6)
