"""Words of the places view."""

from planner.actions.places_desk import HERE, PIN
from planner.domain.codes import Grade
from planner.geo.gazetteer_find import Candidate
from planner.store.unplaced import Unplaced
from ui import formats
from ui.i18n import N_, _

GRADES = {
    Grade.DOOR: N_("exact to the door"),
    Grade.STREET: N_("exact to the street"),
    Grade.VILLAGE: N_("exact to the village"),
    Grade.TOWNSHIP: N_("township only"),
    Grade.COUNTY: N_("county only"),
    Grade.NONE: N_("no position"),
}


def grade_words(grade: Grade) -> str:
    """How sure a position is."""
    return _(GRADES[grade])


def area_words(one: Unplaced) -> str:
    """County and township of an address, as far as they are known."""
    return " ".join(filter(None, (one.county, one.township))) or formats.NONE


def source_words(source: str) -> str:
    """Where a position comes from."""
    kind, _colon, name = source.partition(":")
    if kind == "gazetteer":
        return _("list of places “{name}”").format(name="GeoNames" if name == "geonames" else name)
    if kind == "online":
        return _("online search {name}").format(name=name)
    known = {"import": _("imported list"), PIN: _("set on the map"), HERE: _("found on the spot")}
    return known.get(kind, source)


def offer_words(one: Candidate) -> str:
    """An offer on one line: the place, what it lies in, how exact it is."""
    place = one.place
    name = place.title
    if place.name and place.english:
        name = f"{place.name} {place.english}"
    near = _("near {place}").format(place=one.near) if one.near else ""
    around = [place.township, place.county or near, place.city, place.province]
    where = " · ".join(part for part in dict.fromkeys(around) if part and part != place.name)
    return f"{name}   {where}   {grade_words(one.grade)}" if where else (
        f"{name}   {grade_words(one.grade)}"
    )  # fmt: skip
