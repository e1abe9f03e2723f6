"""The addresses of a case row: text, position, how sure it is, what kind of settlement."""

import functools
import re
from dataclasses import dataclass

from planner.domain.codes import AddressKind, Grade, Region
from planner.domain.datum import BD09, GCJ02, WGS84, shifted
from planner.domain.people import Address
from planner.intake.countries import WORLD, inside
from planner.intake.datum import datum_of, to_wgs84
from planner.intake.rows import RowReader
from planner.intake.synonyms import SLOTS
from planner.intake.values import Bad, narrow, parse_degrees, place_text

KINDS = {
    "home": AddressKind.HOME, "current": AddressKind.HOME, "work": AddressKind.WORK,
    "registered": AddressKind.REGISTERED, "relative": AddressKind.RELATIVE,
    "other": AddressKind.UNKNOWN,
}  # fmt: skip
GRADES = {
    word: grade
    for grade, words in {
        Grade.DOOR: "门牌 门址 门牌号 精确 door 0",
        Grade.STREET: "道路 街道 路 street 1",
        Grade.VILLAGE: "村 村级 村庄 村居 小区 village 2",
        Grade.TOWNSHIP: "乡镇 镇 乡 乡镇级 township 3",
        Grade.COUNTY: "区县 县 县级 区县级 市 county 4",
        Grade.NONE: "无 未知 none 5",
    }.items()
    for word in words.split()
}
REGIONS = {
    word: region
    for region, words in {
        Region.URBAN: "城区 城市 市区 城 urban city 0",
        Region.TOWN: "乡镇 城镇 镇 镇区 县城 town 1",
        Region.VILLAGE: "农村 乡村 村 村庄 village rural 2",
    }.items()
    for word in words.split()
}
_TOWNSHIP = re.compile(r"(?:省|市|县|区|旗|州)([^省市县区旗州路街号]{1,8}?(?:街道|镇|乡))")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a place's columns are: field names, "" = the file has none."""

    kind: AddressKind
    text: str
    lat: str
    lon: str
    grade: str
    region: str
    township: str
    county: str


def spots_of(reader: RowReader) -> tuple[Spot, ...]:
    """The kinds of places that the file has columns for; 经度/纬度 without a name belong to the
    home address, or to the first one when there is no home address."""
    used = [s for s in SLOTS if reader.has(f"{s}.text") or reader.has(f"{s}.lat")]
    if not used and (reader.has("place.lat") or reader.has("place.lon")):
        used = ["home"]
    main = "home" if "home" in used else (used[0] if used else "")

    def name(slot: str, part: str) -> str:
        if reader.has(f"{slot}.{part}"):
            return f"{slot}.{part}"
        return f"place.{part}" if slot == main and reader.has(f"place.{part}") else ""

    return tuple(
        Spot(
            KINDS[slot], f"{slot}.text", name(slot, "lat"), name(slot, "lon"),
            name(slot, "grade"), name(slot, "region"), name(slot, "township"),
            name(slot, "county"),
        )
        for slot in used
    )  # fmt: skip


def file_datum(reader: RowReader) -> str:
    """The datum that the headers of positions name, "" when they name none."""
    units = reader.columns.units
    named = {unit for name, unit in units.items() if name.endswith((".lat", ".lon"))}
    return next(iter(named & {"gcj02", "bd09", "wgs84"}), "")


def read_places(
    reader: RowReader, spots: tuple[Spot, ...], datum: str, country: str, *, fixed: bool = False
) -> tuple[Address, ...]:
    """The addresses of the current row. Doubtful positions, also those outside `country`, are left
    out and listed as notes; a row without any position is kept and listed once. Where somebody
    `fixed` the datum, no column says another one."""
    places: list[Address] = []
    told = len(reader.faults)
    placed = False
    if not fixed and reader.cell("datum"):
        datum = reader.read("datum", datum_of, "?", note=True)
    for spot in spots:
        text = reader.read(spot.text, place_text, "")
        position = _position(reader, spot, datum, country)
        if not text and position is None:
            continue
        grade = Grade.NONE if position is None else _grade(reader, spot)
        lat, lon = position if position and grade is not Grade.NONE else (None, None)
        placed = placed or lat is not None
        region, township = _settlement(text)
        if spot.region:
            region = reader.read(spot.region, _region, region, note=True)
        if spot.township:
            township = reader.cell(spot.township) or township
        county = reader.cell(spot.county) if spot.county else ""
        places.append(
            Address(
                "", "", text, spot.kind, region, grade, lat, lon, "import", True, township,
                county=county, datum="" if lat is None else datum or WGS84,
            )
        )  # fmt: skip
    if not placed and len(reader.faults) == told:
        column = spots[0] if spots else None
        code = "position_missing" if places else "address_missing"
        reader.fault((column.lat or column.text) if column else "", code, "", note=True)
    return tuple(places)


def _position(
    reader: RowReader, spot: Spot, datum: str, country: str
) -> tuple[float, float] | None:
    """WGS-84 latitude and longitude of a place, None when missing or not to be believed."""
    lat_text = reader.cell(spot.lat) if spot.lat else ""
    lon_text = reader.cell(spot.lon) if spot.lon else ""
    if not lat_text and not lon_text:
        return None
    try:
        if not lat_text or not lon_text:
            raise Bad("position_half")
        if datum == "?":
            return None  # listed already
        lat, lon = parse_degrees(lat_text, 180), parse_degrees(lon_text, 180)
        position = checked_position(lat, lon, datum, country)
        if datum in (GCJ02, BD09):
            reader.shifts[shifted(lat, lon)] += 1
        return position
    except Bad as bad:
        at = spot.lat if lat_text else spot.lon
        reader.fault(at, bad.code, f"{lat_text}, {lon_text}", note=True, **bad.params)
        return None


def checked_position(
    lat: float, lon: float, datum: str = "", country: str = WORLD
) -> tuple[float, float]:
    """A position inside `country` in WGS-84; Bad (position_…) when it cannot be right."""
    if lat == 0 or lon == 0:
        raise Bad("position_zero")
    if inside(country, lat, lon):
        if lat.is_integer() and lon.is_integer():
            raise Bad("position_coarse")
        return to_wgs84(datum, lat, lon) if datum else (lat, lon)
    if inside(country, lon, lat):
        raise Bad("position_swapped")
    if any(inside(country, *told) for told in ((lat, -lon), (-lat, lon), (-lat, -lon))):
        raise Bad("position_sign", country=country)
    if country == WORLD:
        raise Bad("position_out_of_range")
    raise Bad("position_abroad", country=country)


def _grade(reader: RowReader, spot: Spot) -> Grade:
    """The grade of a position: the file's own, else STREET."""
    return (
        reader.read(spot.grade, _grade_of, Grade.STREET, note=True) if spot.grade else Grade.STREET
    )


@functools.lru_cache(maxsize=256)
def _grade_of(text: str) -> Grade:
    word = narrow(text).casefold().removesuffix("级") if len(text) > 2 else narrow(text).casefold()
    if word not in GRADES:
        raise Bad("grade_unknown")
    return GRADES[word]


@functools.lru_cache(maxsize=256)
def _region(text: str) -> Region:
    word = narrow(text).casefold()
    if word not in REGIONS:
        raise Bad("region_unknown")
    return REGIONS[word]


@functools.lru_cache(maxsize=1024)
def _settlement(text: str) -> tuple[Region, str]:
    """Kind of settlement by the address's own words (村, 镇/乡), and the township it names."""
    found = _TOWNSHIP.search(text)
    township = found[1] if found else ""
    if "村" in text:
        return Region.VILLAGE, township
    return (Region.TOWN if "镇" in text or "乡" in text else Region.URBAN), township
