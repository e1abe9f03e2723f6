"""The parts of an address as people write it: province down to the door, Chinese or English."""

import re
import unicodedata
from dataclasses import dataclass, fields
from functools import lru_cache

from planner.domain.areas import TOWNSHIP, divisions
from planner.domain.codes import Grade


@dataclass(frozen=True, slots=True)
class Parts:
    """What an address names, each with its ending, "" = not named."""

    province: str = ""
    city: str = ""
    county: str = ""
    township: str = ""
    village: str = ""
    street: str = ""
    door: str = ""

    @property
    def grade(self) -> Grade:
        """How exact a position could be that is found for these parts."""
        if self.door and (self.street or self.village):
            return Grade.DOOR
        for part, grade in (("street", Grade.STREET), ("village", Grade.VILLAGE),
                            ("township", Grade.TOWNSHIP), ("county", Grade.COUNTY),
                            ("city", Grade.COUNTY)):  # fmt: skip
            if getattr(self, part):
                return grade
        return Grade.NONE


# In the order in which they follow each other, after what domain/areas.py reads. A name may begin
# with what elsewhere ends one (镇中村): its first character may be any, the others may not.
_DIRECT = ("北京市", "天津市", "上海市", "重庆市")
_CHINESE = (
    ("township", TOWNSHIP),
    ("village", re.compile(r"[^\d\s][^\d\s村路街巷号组]{0,9}?(?:村民委员会|居民委员会|村委会|"
                           r"居委会|行政村|自然村|社区|嘎查|村|屯)")),
    ("street", re.compile(r"[^\d\s][^\d\s号村]{0,11}?(?:大街|大道|胡同|路|街|巷|弄)")),
)  # fmt: skip
_DOOR = re.compile(r"^[第]?[0-9A-Za-z一二三四五六七八九十百零甲乙丙丁东西南北#\-－之]{1,10}"
                   r"(?:号|组|队|社|幢|栋|座|单元|室|弄|户).*")  # fmt: skip
# Provinces, also as they are written short; not where the next character makes another name.
_SHORT = re.compile(
    "(?:河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|"
    "云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆)(?:省|(?![市县区州盟旗镇乡村街路湖自壮回维]))"
)
_COUNTRY = re.compile(r"^(?:中国|中华人民共和国)")
_ENGLISH = (
    ("province", ("province", "autonomous region", "municipality")),
    ("city", ("city", "prefecture", "league")),
    ("county", ("county", "district", "banner")),
    ("township", ("town", "township", "subdistrict", "sub-district", "sumu")),
    ("village", ("village", "community", "hamlet")),
    ("street", ("road", "street", "avenue", "lane", "alley", "rd", "rd.", "st", "st.", "ave",
                "ave.")),
)  # fmt: skip
_NUMBER = re.compile(r"^(?:no\.?|number|#|room|rm\.?|house|unit|building|group)?\s*"
                     r"([0-9]+[0-9a-z\-/]*)\b", re.IGNORECASE)  # fmt: skip


@lru_cache(maxsize=4096)
def parse_address(text: str) -> Parts:
    """The parts of one address; what cannot be told apart is left out.

    >>> parse_address("浙江省湖州市安吉县递铺镇古城村3组12号").township
    '递铺镇'
    >>> parse_address("No. 12, Jiefang Road, Anping Town, Xinhe County").county
    'Xinhe County'
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if any("\u3400" <= c <= "\u9fff" for c in plain):
        return _chinese(plain)
    return _english(plain)


def _chinese(text: str) -> Parts:
    rest = re.sub(r"\([^)]*\)|[\s,。;、()]+", "", _COUNTRY.sub("", text))
    found: dict[str, str] = {}
    for direct in _DIRECT:
        if rest.startswith(direct):
            found["province"] = direct
            rest = rest.removeprefix(direct).removeprefix(direct).removeprefix("辖区")
    short = _SHORT.match(rest)
    if short:
        found["province"] = short[0]
        rest = rest[short.end() :]
    area = divisions(rest)
    rest = rest[area.end :]
    large = area.county.endswith("市") and found.get("province") not in _DIRECT
    if large and not area.city:
        area = area._replace(city=area.county, county="")  # a county-level city or a larger one
    found |= {name: value for name, value in area._asdict().items() if value and name != "end"}
    for name, pattern in _CHINESE:
        rest = rest.removeprefix("市辖区")
        match = pattern.match(rest)
        if match:
            found[name] = match[0]
            rest = rest[match.end() :]
    door = _DOOR.match(rest)
    if door:
        found["door"] = rest
    return Parts(**found)


def _english(text: str) -> Parts:
    found: dict[str, str] = {}
    for piece in (one.strip() for one in re.split(r"[,;]", text)):
        words = piece.split()
        if not words:
            continue
        number = _NUMBER.match(piece)
        if number and "door" not in found:
            found["door"] = number[1]
            words = piece[number.end() :].split()
        end = words[-1].casefold() if words else ""
        both = " ".join(words[-2:]).casefold()
        for name, ends in _ENGLISH:
            if len(words) > 1 and (end in ends or both in ends) and name not in found:
                found[name] = " ".join(words)
                break
    return Parts(**found)


def named_parts(parts: Parts) -> tuple[str, ...]:
    """The parts that an address names, the widest first, for a line of text."""
    return tuple(value for one in fields(parts) if (value := getattr(parts, one.name)))
