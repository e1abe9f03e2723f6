"""The settlements of the prefecture as a list of places, as a user would bring one in."""

import csv
import io

from planner.demo.prefecture import Prefecture
from planner.demo.terrain import to_degrees

FILE = "虚构演示-5-地名.csv"
HEADERS = ("名称", "级别", "纬度", "经度", "市", "县", "乡镇")
_KINDS = {"city": "市", "county": "县", "town": "乡镇", "village": "村"}
_MARK = "（虚构）"  # part of names in lists of persons; addresses are compared without it


def places_csv(land: Prefecture) -> bytes:
    """The list as a CSV file (UTF-8), positions in WGS-84."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADERS)
    city = land.name.replace(_MARK, "")
    for place in land.places:
        lat, lon = to_degrees(place.x, place.y)
        name, county = place.name.replace(_MARK, ""), place.county.replace(_MARK, "")
        writer.writerow([
            name, _KINDS[place.kind], f"{lat:.5f}", f"{lon:.5f}",
            "" if place.kind == "city" else city,
            "" if place.kind in ("city", "county") else county,
            place.township if place.kind == "village" else "",
        ])  # fmt: skip
    return text.getvalue().encode("utf-8-sig")
