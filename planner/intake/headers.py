"""Finding the header row of a sheet and what its columns mean."""

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal, get_args

from planner.errors import PlannerError
from planner.intake.synonyms import MANY, REQUIRED, TABLES
from planner.intake.values import Bad, parse_date

TableKind = Literal["cases", "history", "crews"]
Chosen = Mapping[str, str]  # compared form of a header -> field, "" = not used
HEADER_WITHIN = 30  # rows from the top in which the header row must stand
_BRACKETS = re.compile(r"[(\[{【〔]([^)\]}】〕]*)[)\]}】〕]")
_SIGNS = re.compile(r"[\s_\-:;,./*#'\"、，。·\\|&\ufeff\u200b]+")
_UNITS = {
    "元": "1", "人民币": "1", "人民币元": "1", "yuan": "1", "cny": "1", "rmb": "1", "¥": "1",
    "千元": "1000", "万元": "10000", "万": "10000", "百万元": "1000000",
    "wgs84": "wgs84", "gcj02": "gcj02", "bd09": "bd09", "火星坐标": "gcj02", "百度坐标": "bd09",
}  # fmt: skip
_IGNORED = frozenset(
    {
        "必填",
        "选填",
        "天",
        "日",
        "本人",
        "文本",
        "文本格式",
        "yyyymmdd",
        "required",
        "optional",
        "days",
    }
)
# Required fields in words that a list of missing columns can show beside the Chinese header.
ENGLISH = {
    "name": "name", "contract_no": "contract number", "amount": "amount overdue",
    "since": "overdue since", "dpd": "days overdue", "at": "time", "kind": "type",
    "result": "result", "id_number": "ID number", "phone": "phone", "crew": "crew",
    "member": "name", "lon": "longitude", "lat": "latitude",
}  # fmt: skip
_ENDINGS = ("万元", "千元", "元")
_TITLE_DATE = re.compile(
    r"(?:数据日期|取数日期|统计日期|截止日期|截至|data date|as of)"
    r"\s*[:：]?\s*([0-9年月日./-]{8,11})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Columns:
    """The recognised header row: `at` is its index among the rows looked at."""

    kind: TableKind
    at: int
    headers: tuple[str, ...]  # the file's own words
    where: dict[str, tuple[int, ...]]  # field -> column indices (one, or several for MANY)
    units: dict[str, str]  # field -> unit found in its header
    unknown: tuple[str, ...] = ()
    mapping: dict[str, str] = field(default_factory=dict)  # header -> field

    def header(self, name: str) -> str:
        """The file's header of field `name`, "" when the file has no such column."""
        columns = self.where.get(name)
        return self.headers[columns[0]] if columns else ""


@functools.lru_cache(maxsize=4096)
def plain(header: str) -> tuple[str, str]:
    """A header as it is compared, and the unit in its brackets ("" = none).

    >>> plain("逾期金额（万元）*")
    ('逾期金额', '10000')
    """
    text = unicodedata.normalize("NFKC", header).casefold()
    unit = ""
    for inner in _BRACKETS.findall(text):
        word = _SIGNS.sub("", inner)
        if word in _UNITS:
            unit = _UNITS[word]
        if word in _UNITS or word in _IGNORED or not word:
            text = text.replace(inner, "", 1)
    return re.sub(r"[()\[\]{}【】〔〕]", "", _SIGNS.sub("", text)), unit


@functools.cache
def _lookup(kind: str) -> dict[str, tuple[str, int]]:
    """Compared header -> (field, rank among the field's headers)."""
    found: dict[str, tuple[str, int]] = {}
    for name, words in TABLES[kind].items():
        for rank, word in enumerate(words):
            if word not in found or rank < found[word][1]:
                found[word] = (name, rank)
    return found


def _match(kind: str, header: str, chosen: Chosen) -> tuple[str, int, str] | None:
    """(field, rank, unit) of a header in a file of `kind`; what a person chose comes first."""
    text, unit = plain(header)
    table = _lookup(kind)
    if text in chosen:
        name = chosen[text]
        return (name, -1, unit or _ending_unit(text)) if name in TABLES[kind] else None
    if text in table:
        return (*table[text], unit)
    for ending in _ENDINGS:
        if text.endswith(ending) and text.removesuffix(ending) in table:
            return (*table[text.removesuffix(ending)], _UNITS[ending])
    bare = text.rstrip("0123456789一二三")
    if bare != text and bare in table and table[bare][0] in MANY:
        return (*table[bare], unit)
    return None


def _ending_unit(text: str) -> str:
    """The unit at the end of a header that says one without brackets, "" when it says none."""
    return next((_UNITS[ending] for ending in _ENDINGS if text.endswith(ending)), "")


def _fields(kind: str, row: Sequence[str], chosen: Chosen) -> dict[str, list[tuple[int, int, str]]]:
    """field -> [(rank, column, unit)], best first."""
    found: dict[str, list[tuple[int, int, str]]] = {}
    for index, header in enumerate(row):
        matched = _match(kind, header, chosen) if header and len(header) <= 60 else None
        if matched is not None:
            found.setdefault(matched[0], []).append((matched[1], index, matched[2]))
    return {name: sorted(places) for name, places in found.items()}


def _missing(kind: str, names: dict[str, list[tuple[int, int, str]]]) -> list[tuple[str, ...]]:
    return [group for group in REQUIRED[kind] if not any(name in names for name in group)]


def missing_fields(kind: TableKind, row: Sequence[str], chosen: Chosen) -> list[tuple[str, ...]]:
    """Groups of fields of which the headers `row` have none, though one of each is needed."""
    return _missing(kind, _fields(kind, row, chosen))


def best_row(
    rows: Sequence[Sequence[str]], chosen: Chosen
) -> tuple[TableKind, int, dict[str, str]] | None:
    """(kind, index, header -> field) of the row that looks most like headers, though it may lack
    some: that with most known ones, else the first one of words above others; None without such."""
    near: tuple[int, int, TableKind] | None = None
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        for kind in get_args(TableKind):
            known = len(_fields(kind, row, chosen))
            if known >= 2:
                near = max(near or (0, 0, kind), (known, -index, kind))
    if near is None:
        for index, row in enumerate(rows[: min(HEADER_WITHIN, len(rows) - 1)]):
            words = [cell for cell in row if cell.strip()]
            if len(words) >= 3 and not any(re.search(r"\d{2}", cell) for cell in words):
                near = (0, -index, "cases")
                break
    if near is None:
        return None
    kind, at = near[2], -near[1]
    names = _fields(kind, rows[at], chosen)
    return kind, at, {rows[at][p[0][1]].strip(): name for name, p in names.items()}


def recognise(
    file: str, rows: Sequence[Sequence[str]], chosen: Chosen = MappingProxyType({})
) -> Columns:
    """The header row among the first rows of a sheet.

    `chosen` says what single headers mean (compared form -> field, "" = not used); the others are
    found by their words. Errors: intake.no_header, intake.missing_columns, intake.column_twice.
    """
    best: tuple[int, int, TableKind, int] | None = None
    near: tuple[int, TableKind, int] | None = None
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        for kind in get_args(TableKind):
            names = _fields(kind, row, chosen)
            if not _missing(kind, names):
                found = (len(names), -index, kind, index)
                best = max(best or found, found)
            elif len(names) >= 2:
                near = max(near or (0, kind, 0), (len(names), kind, index))
    if best is not None:
        headers = [cell.strip() for cell in rows[best[3]]]
        return _columns(file, best[2], best[3], headers, chosen)
    if near is None:
        raise PlannerError("intake.no_header", file=file, within=HEADER_WITHIN)
    missing = _missing(near[1], _fields(near[1], rows[near[2]], chosen))
    table = TABLES[near[1]]
    words = ["/".join(f"{table[name][0]} ({ENGLISH[name]})" for name in group) for group in missing]
    raise PlannerError(
        "intake.missing_columns", file=file, row=near[2] + 1, missing="、".join(words)
    )


def _columns(file: str, kind: TableKind, at: int, headers: list[str], chosen: Chosen) -> Columns:
    """The columns of the header row `at`; of several headers for one field the best serves."""
    where: dict[str, tuple[int, ...]] = {}
    units: dict[str, str] = {}
    mapping: dict[str, str] = {}
    for name, places in _fields(kind, headers, chosen).items():
        same = [index for _, index, _ in places if headers[index] == headers[places[0][1]]]
        if len(same) > 1:
            raise PlannerError("intake.column_twice", file=file, column=headers[same[0]])
        taken = places if name in MANY else places[:1]
        where[name] = tuple(index for _, index, _ in taken)
        if taken[0][2]:
            units[name] = taken[0][2]
        mapping |= {headers[index]: name for _, index, _ in taken}
    used = {index for columns in where.values() for index in columns}
    unknown = tuple(h for index, h in enumerate(headers) if h and index not in used)
    return Columns(kind, at, tuple(headers), where, units, unknown, mapping)


def title_date(above: Iterable[Sequence[str]]) -> date | None:
    """The data date that a row above the header states in words."""
    for row in above:
        found = _TITLE_DATE.search(" ".join(row))
        if found is not None:
            try:
                return parse_date(found[1])[0]
            except Bad:
                continue
    return None
