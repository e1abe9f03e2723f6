"""Names of places and where they are, without a network: what the list of GeoNames for China and
the lists of the user say.

A list is a CSV file (UTF-8) with the columns COLUMNS: positions in WGS-84 degrees, `pinyin` the
letters of the Chinese name, `kind` one of KINDS; the last four say what the place belongs to and
may be empty. A gazetteer is the places of all lists with the indexes to find them; nothing in it is
about a person.
"""

import csv
import functools
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from planner.domain.codes import Grade
from planner.domain.facts import F64
from planner.domain.ground import crow_metres
from planner.paths import resources

KINDS: Final = ("province", "city", "county", "township", "village", "place")
COLUMNS: Final = (
    "name", "english", "pinyin", "kind", "lat", "lon", "province", "city", "county", "township",
)  # fmt: skip
GEONAMES: Final = "geonames"  # the source of a position from the list that ships
# Longest first: what may end the name of a place of each kind.
SUFFIXES: Final[dict[str, tuple[str, ...]]] = {
    "province": ("特别行政区", "自治区", "省"),
    "city": ("自治州", "地区", "市", "盟", "州"),
    "county": ("自治县", "自治旗", "林区", "特区", "县", "区", "旗"),
    "township": ("街道办事处", "民族乡", "民族苏木", "街道", "苏木", "农场", "林场", "镇", "乡"),
    "village": ("村民委员会", "居民委员会", "行政村", "自然村", "居委会", "村委会", "社区", "嘎查",
                "村", "屯"),
}  # fmt: skip
ENGLISH: Final = (
    "special administrative region", "autonomous region", "autonomous prefecture",
    "autonomous county", "subdistrict", "township", "prefecture", "province", "district", "banner",
    "county", "village", "town", "city",
)  # fmt: skip
# What a place of a kind is good for; one whose kind nobody knows is at best a township.
GRADES: Final = {
    "village": Grade.VILLAGE, "township": Grade.TOWNSHIP, "place": Grade.TOWNSHIP,
    "county": Grade.COUNTY, "city": Grade.COUNTY, "province": Grade.NONE,
    "door": Grade.DOOR, "street": Grade.STREET,  # only online services know these
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A named place. `source` is GEONAMES or the name of a user's list."""

    name: str
    english: str
    pinyin: str
    kind: str
    lat: float
    lon: float
    province: str = ""
    city: str = ""
    county: str = ""
    township: str = ""
    source: str = ""

    @property
    def grade(self) -> Grade:
        """How exact the middle of such a place is as somebody's position."""
        return GRADES[self.kind]

    @property
    def title(self) -> str:
        """The name people use, the Chinese one where there is one."""
        return self.name or self.english


def letters(text: str) -> str:
    """`text` as plain lower-case letters and digits: accents, blanks and signs are left out.

    >>> letters("Chéngguān Qū")
    'chengguanqu'
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in plain if c.isascii() and c.isalnum())


def spelt(name: str) -> str:
    """The letters of a Chinese name, "" for a name without Chinese characters."""
    if name.isascii():
        return ""
    import pypinyin  # its dictionaries take a quarter of a second: only where lists are made

    return letters("".join(pypinyin.lazy_pinyin(name)))


def kind_of(name: str) -> str:
    """The kind that the ending of a Chinese name says, "place" where it says none."""
    ends = [(len(end), kind) for kind, ends in SUFFIXES.items() for end in ends
            if name.endswith(end) and len(name) > len(end)]  # fmt: skip
    return max(ends)[1] if ends else "place"


@functools.lru_cache(maxsize=100_000)
def stem(name: str) -> str:
    """A name without what its kind adds ("安平镇" and "安平" are one place); one character is no
    name, so that "索县" stays whole."""
    for end in sorted((e for ends in SUFFIXES.values() for e in ends), key=len, reverse=True):
        if name.endswith(end) and len(name) - len(end) >= 2:
            return name[: -len(end)]
    return name


def latin_stem(text: str) -> str:
    """The letters of an English or pinyin name without the word for its kind.

    >>> latin_stem("Anping Town")
    'anping'
    """
    words = " ".join(text.casefold().split())
    for end in ENGLISH:
        if words.endswith(f" {end}"):
            return letters(words.removesuffix(end))
    return letters(words)


class Gazetteer:
    """The places of several lists, found by name, by stem and by letters."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places: tuple[Place, ...] = tuple(places)
        self._names: dict[str, list[int]] = {}
        for number, place in enumerate(self.places):
            keys = {place.pinyin, letters(place.english), latin_stem(place.english)}
            if place.name:
                keys |= {place.name, stem(place.name)}
                # "zhen" and the like end the spelling of a name; its stem is asked for too.
                keys.add(_without_ending(place.pinyin, place.name))
            for key in keys - {""}:
                self._names.setdefault(key, []).append(number)

    def named(self, name: str) -> list[Place]:
        """Places of just this name, in Chinese, English or pinyin, with or without its ending."""
        plain = unicodedata.normalize("NFKC", name).strip()
        keys = (latin_stem(plain), letters(plain)) if plain.isascii() else (plain, stem(plain))
        found = dict.fromkeys(n for key in keys if key for n in self._names.get(key, ()))
        return [self.places[n] for n in found]

    def beginning(self, name: str, limit: int = 50) -> list[Place]:
        """Places whose name or spelling begins with `name`, the shortest names first."""
        plain = unicodedata.normalize("NFKC", name).strip()
        key = letters(plain) if plain.isascii() else plain
        if len(key) < (2 if plain.isascii() else 1):
            return []
        found = [(len(known), known) for known in self._names if known.startswith(key)]
        hits: dict[int, None] = {}
        for _, known in sorted(found)[: 4 * limit]:
            hits |= dict.fromkeys(self._names[known])
        return [self.places[n] for n in list(hits)[:limit]]

    @cached_property
    def _seats(self) -> tuple[list[Place], F64, F64]:
        seats = [one for one in self.places if one.kind in ("county", "city") and one.name]
        return (
            seats,
            np.array([one.lat for one in seats], np.float64),
            np.array([one.lon for one in seats], np.float64),
        )

    def seat_near(self, lat: float, lon: float) -> Place | None:
        """The county or city whose middle lies nearest, None in an empty gazetteer."""
        seats, lats, lons = self._seats
        if not seats:
            return None
        return seats[int(np.argmin(apart(lats, lons, lat, lon)))]


def apart(lats: F64, lons: F64, lat: float, lon: float) -> F64:
    """Metres as the crow flies from each of some positions to one."""
    return crow_metres(lats, lons, np.array([lat]), np.array([lon]))


def _without_ending(pinyin: str, name: str) -> str:
    """The spelling of the stem: every ending is spelt as its characters are."""
    ending = name[len(stem(name)) :]
    return pinyin.removesuffix(_ENDINGS.get(ending, "")) if ending else pinyin


_ENDINGS: Final = {
    "特别行政区": "tebiexingzhengqu", "自治区": "zizhiqu", "省": "sheng", "自治州": "zizhizhou",
    "地区": "diqu", "市": "shi", "盟": "meng", "州": "zhou", "自治县": "zizhixian",
    "自治旗": "zizhiqi", "林区": "linqu", "特区": "tequ", "县": "xian", "区": "qu", "旗": "qi",
    "街道办事处": "jiedaobanshichu", "民族乡": "minzuxiang", "民族苏木": "minzusumu",
    "街道": "jiedao", "苏木": "sumu", "农场": "nongchang", "林场": "linchang", "镇": "zhen",
    "乡": "xiang", "村民委员会": "cunminweiyuanhui", "居民委员会": "juminweiyuanhui",
    "行政村": "xingzhengcun", "自然村": "zirancun", "居委会": "juweihui", "村委会": "cunweihui",
    "社区": "shequ", "嘎查": "gacha", "村": "cun", "屯": "tun",
}  # fmt: skip


def read_list(path: Path, source: str) -> list[Place]:
    """The places of a list that the program wrote itself; ValueError when it is none."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if tuple(next(rows, ())) != COLUMNS:
            raise ValueError(path.name)
        found = [
            Place(
                name, english, pinyin, kind if kind in GRADES else "place", float(lat), float(lon),
                province, city, county, township, source,
            )
            for name, english, pinyin, kind, lat, lon, province, city, county, township in rows
        ]  # fmt: skip
    if not all(abs(one.lat) <= 90 and abs(one.lon) <= 180 for one in found):  # nor NaN
        raise ValueError(path.name)
    return found


def write_list(path: Path, places: Sequence[Place]) -> None:
    """Write places as a list; OSError when the disk does not take it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([getattr(one, column) for column in COLUMNS] for one in places)


@functools.cache
def shipped() -> tuple[Place, ...]:
    """The places of China that GeoNames lists (CC BY 4.0), in WGS-84."""
    return tuple(read_list(resources() / "places" / "geonames_cn.csv", GEONAMES))
