"""A user's list of places (CSV or XLSX): names with positions, bad rows named by row and column."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from planner.errors import PlannerError
from planner.intake.countries import WORLD, known_country
from planner.intake.datum import datum_of
from planner.intake.headers import plain
from planner.intake.pipe import Frame, frames
from planner.intake.places import checked_position
from planner.intake.records import Fault, shorten
from planner.intake.values import Bad, check_text, narrow, parse_degrees

HEADERS = {
    "name": "名称 地名 村名 村庄 乡镇名称 地点 name place",
    "english": "英文 英文名 英文名称 english englishname",
    "kind": "级别 类型 类别 层级 kind level type",
    "lat": "纬度 lat latitude y",
    "lon": "经度 lon lng long longitude x",
    "province": "省 省份 所属省 province",
    "city": "市 地市 地级市 所属市 city prefecture",
    "county": "县 区县 县区 所属县 所属区县 county district",
    "township": "乡镇 镇 乡 街道 乡镇街道 所属乡镇 township town",
    "datum": "坐标系 坐标系统 datum crs",
}
KINDS = {
    "province": "省 省级 province", "city": "市 地级市 地市 city prefecture",
    "county": "县 区 区县 县级 县级市 county district",
    "township": "乡镇 乡 镇 街道 乡级 township town subdistrict",
    "village": "村 行政村 自然村 社区 村级 village community", "place": "地点 其他 place other",
}  # fmt: skip
MOST_ROWS = 100_000
FORMS = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx"}
_FIELDS = {word: field for field, words in HEADERS.items() for word in words.split()}
_KINDS = {word: kind for kind, words in KINDS.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place of a list; `kind` "" = the row does not say. Position in WGS-84 degrees."""

    name: str
    lat: float
    lon: float
    kind: str = ""
    english: str = ""
    province: str = ""
    city: str = ""
    county: str = ""
    township: str = ""


@dataclass(frozen=True, slots=True)
class PlaceList:
    """A list that was read: good rows, and what is wrong with the others."""

    name: str
    rows: tuple[PlaceRow, ...]
    faults: tuple[Fault, ...]


def read_place_list(
    path: Path,
    *,
    datum: str = "",
    country: str = WORLD,
    cancelled: Callable[[], bool] | None = None,
) -> PlaceList:
    """The places of a file; `datum` says in which one its positions are, whatever it says itself,
    `country` in which country (alpha-2) they lie.

    PlannerError: "intake.…" where the file as a whole is refused, "places.no_header" where no row
    names the columns, "places.too_many", "places.none".
    """
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise PlannerError("intake.not_supported", file=path.name, suffix=path.suffix or "–")
    if not path.is_file():
        raise PlannerError("intake.not_found", file=path.name)
    reader = _Reader(path.name, datum, known_country(country))
    with contextlib.closing(frames(path, form, cancelled=cancelled)) as stream:
        for number, cells in _lines(path.name, stream):
            reader.take(number, cells)
    if reader.columns is None:
        raise PlannerError("places.no_header", file=path.name)
    if not reader.rows and not reader.faults:
        raise PlannerError("places.none", file=path.name)
    return PlaceList(path.name, tuple(reader.rows), tuple(reader.faults))


def _lines(file: str, stream: Iterator[Frame]) -> Iterator[tuple[int, list[str]]]:
    """Row numbers and cells of the first sheet."""
    sheets = 0
    for tag, text in stream:
        sheets += tag == "S"
        if tag != "R" or sheets > 1:
            continue
        lines = text.split("\x1e")
        if not lines[0].isdecimal() or len(lines[0]) > 9:
            raise PlannerError("intake.refused", file=file)
        for number, line in enumerate(lines[1:], int(lines[0])):
            yield number, line.split("\x1f")


class _Reader:
    """Takes rows: the first that names a name and a position is the header."""

    def __init__(self, file: str, datum: str, country: str) -> None:
        self.file, self.datum, self.country = file, datum, country
        self.columns: dict[str, int] | None = None
        self.headers: list[str] = []
        self.rows: list[PlaceRow] = []
        self.faults: list[Fault] = []
        self._unit = ""
        self._seen: dict[tuple[str, str, str, str], int] = {}

    def take(self, number: int, cells: list[str]) -> None:
        """Read one row; keep it or list what is wrong with it."""
        if not any(cell.strip() for cell in cells):
            return
        if self.columns is None:
            self._header(cells)
            return
        if len(self.rows) >= MOST_ROWS:
            raise PlannerError("places.too_many", file=self.file, most=MOST_ROWS)
        at = ""
        try:
            at = "name"
            name = check_text(self._cell(cells, "name"))
            if not name:
                raise Bad("place_name_missing")
            at = "datum"
            datum = self.datum or datum_of(self._cell(cells, "datum") or self._unit)
            at = "lat"
            lat, lon = self._position(cells, datum)
            at = "kind"
            row = PlaceRow(name, lat, lon, self._kind(cells), **{
                field: self._cell(cells, field)
                for field in ("english", "province", "city", "county", "township")
            })  # fmt: skip
            at = "name"
            self._keep(number, row)
        except Bad as bad:
            column = self.headers[self.columns[at]] if at in self.columns else ""
            value = shorten(self._cell(cells, at))
            self.faults.append(Fault(self.file, number, column, bad.code, value, bad.params))

    def _header(self, cells: list[str]) -> None:
        found: dict[str, int] = {}
        units = set()
        for at, cell in enumerate(cells):
            word, unit = plain(cell)
            field = _FIELDS.get(word)
            if field and field not in found:
                found[field] = at
                units.add(unit if field in ("lat", "lon") else "")
        if {"name", "lat", "lon"} <= found.keys():
            self.columns, self.headers = found, cells
            self._unit = next((unit for unit in units if unit), "")

    def _cell(self, cells: list[str], field: str) -> str:
        at = (self.columns or {}).get(field, -1)
        return cells[at].strip() if 0 <= at < len(cells) else ""

    def _position(self, cells: list[str], datum: str) -> tuple[float, float]:
        lat, lon = self._cell(cells, "lat"), self._cell(cells, "lon")
        if not lat or not lon:
            raise Bad("position_half" if lat or lon else "place_no_position")
        at = parse_degrees(lat, 180), parse_degrees(lon, 180)
        return checked_position(*at, datum, self.country)

    def _kind(self, cells: list[str]) -> str:
        word = narrow(self._cell(cells, "kind")).casefold()
        if word and word not in _KINDS:
            raise Bad("place_kind_unknown")
        return _KINDS.get(word, "")

    def _keep(self, number: int, row: PlaceRow) -> None:
        key = (row.name, row.county, row.township, row.city)
        first = self._seen.setdefault(key, number)
        if first != number:
            raise Bad("place_twice", first=first)
        self.rows.append(row)
