"""The settlements of the prefecture as a list of places, as a user's own list has them."""

from planner.demo.prefecture import Prefecture
from planner.demo.terrain import to_degrees

LIST = "虚构演示-地名"
_KINDS = {"city": "city", "county": "county", "town": "township", "village": "village"}
_MARK = "（虚构）"  # part of names in lists of persons; addresses are compared without it


def places_of(land: Prefecture) -> list[dict[str, str | float]]:
    """Fields of each place by name, positions in WGS-84 degrees."""
    city = land.name.replace(_MARK, "")
    found: list[dict[str, str | float]] = []
    for place in land.places:
        lat, lon = to_degrees(place.x, place.y)
        county = place.county.replace(_MARK, "")
        found.append({
            "name": place.name.replace(_MARK, ""), "kind": _KINDS[place.kind], "lat": lat,
            "lon": lon, "city": "" if place.kind == "city" else city,
            # What lies in the city itself belongs to no county.
            "county": "" if county == city or place.kind == "county" else county,
            "township": place.township if place.kind == "village" else "",
        })  # fmt: skip
    return found
