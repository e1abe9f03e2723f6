"""Which door an address names: the text in one spelling, and how far it goes.

Two addresses are the same door when their keys are equal and name a room, a flat or a house in a
village (ROOM). A street number without a room (STREET) may be a house or a block of flats: it is a
door only together with the very same position. Anything less (PLACE) is no door. What is not
certain counts as different: two stops at one door cost minutes, one stop for strangers their peace.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

ROOM, STREET, PLACE = "room", "street", "place"

_DIGITS: Final = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_MARK: Final = r"(?:单元|号楼|栋|幢|座|楼|层|室|房|户|号|弄|组|队|社)"
# A number in characters counts as one only before what it numbers, so that names stay names.
_WRITTEN: Final = re.compile(rf"第?([零〇一二两三四五六七八九十百]{{1,5}})(?={_MARK})")
_ORDINAL: Final = re.compile(rf"第(?=\d+{_MARK})")
_ASIDE: Final = re.compile(r"[(\[【{][^)\]】}]*[)\]】}]")
_PROVINCE: Final = re.compile(
    r"^(?:中国)?(?:[^\d省市县区]{2,3}省|[^\d省市县区]{2,8}自治区)(?=[^\d省]{2,})"
)
_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−~～﹣－之", "-"))

_BUILDING: Final = re.compile(r"([0-9]+|[a-z])(?:号楼|号院内?楼|幢|栋|座|#楼?)")
_UNIT: Final = re.compile(r"([0-9]+|[a-z])(?:单元|门洞)")
_FLOOR: Final = re.compile(r"[0-9]+(?:层|楼)-?(?=[0-9])")
_ROOM: Final = re.compile(r"(?<=[^0-9])0*([0-9]+[a-z]?|[a-z][0-9]+)(?:号房|号室|房间|室|房|户)$")
_BARE: Final = re.compile(r"(?:(?<=[栋元])0*([0-9]+[a-z]?)号?|(?<=号)0*([0-9]{3,4}[a-z]?))$")
_CHAIN3: Final = re.compile(r"(?<=[^0-9-])([0-9]+)-([0-9]+)-0*([0-9]+[a-z]?)(?:号?室|房|户)?$")
_CHAIN2: Final = re.compile(r"(?<=[^0-9-])([0-9]+)-0*([0-9]{3,4}[a-z]?)(?:号?室|房|户)?$")
_AFTER_UNIT: Final = re.compile(r"(栋)([0-9])-0*([0-9]{3,4}[a-z]?)$")

_ENDS_IN_ROOM: Final = re.compile(r"[号栋元弄村苑园里区厦寓院庭府城湾郡居坊邸公馆].*?[0-9a-z]+室$")
# A number in a village is a house; one in a street of that name, or in an estate, is not.
_VILLAGE: Final = re.compile(
    r"(?:(?:(?<!新)村|[屯寨庄湾坪沟岭堡]|嘎查)[^路街巷弄道]*|[0-9]+(?:组|队|社))"
    r"(?<![0-9-])[0-9]+(?:-[0-9]+)?号$"
)
_NUMBER: Final = re.compile(r"[0-9]+(?:-[0-9]+)?(?:号|弄[0-9]+号)$")
_FLAT_WORDS: Final = re.compile(
    r"\b(?:flat|apartment|apt|unit|room|rm|suite|ste|top|wohnung|whg|app)\b\.?\s*#?\s*\w+|#\s*\w+"
)


@dataclass(frozen=True, slots=True)
class Door:
    """`key`: the address in one spelling, to be compared; `level`: ROOM, STREET or PLACE."""

    key: str
    level: str


def door_of(text: str) -> Door:
    """The door that an address names, whatever its spelling: full-width digits, blanks, numbers in
    characters, 号楼/幢/栋, 房/室, "3-2-501", province or none."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_DASHES)
    plain = _ASIDE.sub("", plain)
    chinese = any("\u4e00" <= c <= "\u9fff" for c in plain)
    return _chinese(plain) if chinese else _western(plain)


def _western(plain: str) -> Door:
    """House numbers stand before or after the street; a flat is named by a word."""
    flat = _FLAT_WORDS.search(plain)
    key = " ".join(re.findall(r"\w+", plain))
    if flat and re.search(r"\d", plain):
        return Door(key, ROOM)
    first = plain.split(",")[0]
    return Door(key, STREET if re.search(r"\d", first) else PLACE)


def _chinese(plain: str) -> Door:
    text = "".join(c for c in plain if c.isalnum() or c in "-#")
    text = _WRITTEN.sub(lambda m: str(_number(m[1])), text)
    text = _ORDINAL.sub("", text)
    text = _PROVINCE.sub("", text)
    text = _BUILDING.sub(r"\1栋", text)
    text = _UNIT.sub(r"\1单元", text)
    text = _CHAIN3.sub(r"\1栋\2单元\3室", text)
    text = _AFTER_UNIT.sub(r"\1\2单元\3室", text)
    text = _CHAIN2.sub(r"\1栋\2室", text)
    text = _FLOOR.sub("", text)
    text = _ROOM.sub(r"\1室", text)
    text = _BARE.sub(lambda m: f"{m[1] or m[2]}室", text)
    text = text.strip("-#")
    if _ENDS_IN_ROOM.search(text) or _VILLAGE.search(text):
        return Door(text, ROOM)
    return Door(text, STREET if _NUMBER.search(text) else PLACE)


def _number(written: str) -> int:
    """A whole number below 1000 in Chinese characters; digit by digit without 十 and 百."""
    if not set(written) & {"十", "百"}:
        return int("".join(str(_DIGITS[c]) for c in written))
    total, digit = 0, 0
    for c in written:
        if c in _DIGITS:
            digit = _DIGITS[c]
        else:
            total += (digit or 1) * (10 if c == "十" else 100)
            digit = 0
    return total + digit
