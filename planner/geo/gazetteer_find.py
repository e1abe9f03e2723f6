"""From what somebody typed, or from an address, to places that may be meant, the likeliest first.

A county names the neighbourhood: where an address says one that is known, a township counts only
within NEAR of its middle; with a province, only inside it. What no list knows is never guessed.
"""

import unicodedata
from dataclasses import dataclass, replace

import numpy as np

from planner.domain.codes import Grade
from planner.geo.gazetteer import GRADES, Gazetteer, Place, apart, latin_stem, stem
from planner.geo.gazetteer_parse import Parts, parse_address

NEAR = {"county": 110_000.0, "city": 300_000.0}  # metres from its middle to its farthest corner
WIDE = ("county", "city")
MOST = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may be meant. `part` is what of the address it stands for; `sure` where what
    the address says around it leaves only this one; `near` names the county around it."""

    place: Place
    part: str
    sure: bool = False
    near: str = ""

    @property
    def grade(self) -> Grade:
        """How exact the place is as a position: no better than what it stands for."""
        return max(self.place.grade, GRADES[self.part])


def find_places(gazetteer: Gazetteer, text: str, limit: int = 8) -> list[Candidate]:
    """Places by name, stem, pinyin or the beginning of either; further words say where
    ("anping xinhe" = Anping of Xinhe); a whole address is taken apart."""
    asked = unicodedata.normalize("NFKC", text).strip()
    whole = parse_address(asked)
    if sum(bool(part) for part in (whole.county, whole.township, whole.village, whole.city)) > 1:
        return of_address(gazetteer, asked, limit=limit)
    found = gazetteer.named(asked)
    name, *context = (asked,) if found else (asked.replace(",", " ").split() or [""])
    found = found or gazetteer.named(name)
    found = [*found, *(one for one in gazetteer.beginning(name) if one not in found)]
    within = [one for one in found if all(_within(gazetteer, one, word) for word in context)]
    return [_told(gazetteer, one, one.kind) for one in (within if context else found)[:limit]]


def of_address(
    gazetteer: Gazetteer, text: str, *, township: str = "", county: str = "", limit: int = MOST
) -> list[Candidate]:
    """Places for an address: its village, else its township, else its county, each with the wider
    ones after it. `township` and `county` are what a list says beside the text."""
    parts = parse_address(text)
    parts = replace(parts, township=parts.township or township, county=parts.county or county)
    candidates: list[Candidate] = []
    for part in ("village", "township", "county", "city"):
        name = getattr(parts, part)
        if not name or (part == "city" and any(one.part == "county" for one in candidates)):
            continue  # who has the county needs no city
        hits = _hits(gazetteer, name, part)
        kept, knows = _agreeing(gazetteer, hits, parts, part)
        known = {id(one.place) for one in candidates}
        candidates += [
            _told(gazetteer, one, part, sure=knows and len(kept) == 1)
            for one in kept
            if id(one) not in known
        ]
    return candidates[:limit]


def _hits(gazetteer: Gazetteer, name: str, part: str) -> list[Place]:
    """Places of that name and kind; a name that nobody knows may have the wider one before it
    ("杭州西湖区"), which is cut off from the left."""
    cuts = range(len(name) - 2) if not name.isascii() else (0,)
    for cut in cuts:
        hits = [one for one in gazetteer.named(name[cut:]) if _fits(one, name[cut:], part)]
        if hits:
            return hits
    return []


def _fits(place: Place, name: str, part: str) -> bool:
    kinds = {
        "village": ("village", "place"), "township": ("township", "place"),
        "county": ("county", "city", "place"), "city": ("city",),
    }[part]  # fmt: skip
    if place.kind not in kinds:
        return False
    if name.isascii() or place.kind == "place" or not place.name:
        return True
    # 安平镇 and 安平乡 are two places; a list that leaves the ending away means either.
    return place.name == name or stem(place.name) == name or stem(name) == name


def _agreeing(
    gazetteer: Gazetteer, hits: list[Place], parts: Parts, part: str
) -> tuple[list[Place], bool]:
    """Those that lie where the address says, the nearest first, and whether it says where at all.

    What belongs to a part by the list's own words counts before what merely lies near it.
    """
    wider = [name for name in ("township", "county", "city", "province")
             if getattr(parts, name) and _rank(name) > _rank(part)]  # fmt: skip
    kept: list[tuple[float, Place]] = []
    knows = False
    for place in hits:
        away, fits, told = 0.0, True, False
        for name in wider:
            verdict = _agrees(gazetteer, place, name, getattr(parts, name))
            if verdict is None:
                continue
            told = True
            fits = fits and verdict >= 0
            away = max(away, verdict)
        if fits:
            knows = knows or told
            kept.append((away if told else np.inf, place))
    kept.sort(key=lambda pair: pair[0])
    # Where some lie in the county itself, those that merely lie around it are another's.
    best = kept[0][0] if kept else 0.0
    return [place for away, place in kept if away == best or best > 0 or away == 0], knows


def _agrees(gazetteer: Gazetteer, place: Place, name: str, value: str) -> float | None:
    """Metres from what the address names (0 = it belongs to it), -1 = it cannot be, None = no
    list can tell."""
    own = getattr(place, name)
    if own:
        return 0.0 if _same(own, value) else -1.0
    if name not in WIDE:
        return None
    seats = [one for one in _hits(gazetteer, value, name) if one.kind in ("county", "city")]
    if place.province:
        seats = [one for one in seats if one.province in ("", place.province)] or seats
    if not seats:
        return None
    away = _away(seats, place)
    return away if away <= NEAR[name] else -1.0


def _away(seats: list[Place], place: Place) -> float:
    """Metres to the nearest of `seats`."""
    lats = np.array([one.lat for one in seats], np.float64)
    lons = np.array([one.lon for one in seats], np.float64)
    return float(apart(lats, lons, place.lat, place.lon).min())


def _same(one: str, other: str) -> bool:
    """Whether two names mean the same, however much of the ending is written."""
    if one.isascii() or other.isascii():
        return latin_stem(one) == latin_stem(other)
    short, long = sorted((stem(one), stem(other)), key=len)
    return long == short or long.startswith(short)  # 广西 and 广西壮族


def _rank(part: str) -> int:
    return ("village", "township", "county", "city", "province").index(part)


def _within(gazetteer: Gazetteer, place: Place, word: str) -> bool:
    """Whether a place belongs to, or lies near, what one more word names."""
    belongs = (place.township, place.county, place.city, place.province)
    if any(own and (own.startswith(word) or _same(own, word)) for own in belongs):
        return True
    seats = [one for one in gazetteer.named(word) if one.kind in WIDE]
    return any(_away([one], place) <= NEAR[one.kind] for one in seats)


def _told(gazetteer: Gazetteer, place: Place, part: str, *, sure: bool = False) -> Candidate:
    near = place.county
    if not near and place.kind not in ("county", "city", "province"):
        seat = gazetteer.seat_near(place.lat, place.lon)
        near = seat.title if seat else ""
    return Candidate(place, part, sure, near)
