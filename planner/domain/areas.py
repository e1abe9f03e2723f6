"""Province, city, county and township as a Chinese address names them.

The only place that reads them out of a text. The county of every address is kept in the
workspace, so what `county_of` answers must not change without making it anew there.
"""

import re
from typing import Final, NamedTuple

_PROVINCE: Final = r"(?P<province>[^\d市县区旗路街巷]{2,9}(?:省|自治区|特别行政区))?"
_CITY: Final = r"(?P<city>[^\d市县区旗路街巷]{1,10}?(?:市|自治州|地区|盟))?(?:市辖区)?"
# Province, then prefecture, may stand before it; what a street or a village is called ends the
# search. Many names begin with such a character (镇海区, 道县), so the first one may be any.
_COUNTY: Final = re.compile(
    rf"\s*{_PROVINCE}(?:{_CITY})?"
    r"(?!市区)(?P<county>新市区|[^\d\s][^\d\s市县区旗路街道巷镇乡村号]{0,9}?"
    r"(?:[县市旗]|(?<![小社校厂景院])区))"
)
_WIDER: Final = re.compile(rf"\s*{_PROVINCE}(?:{_CITY})?")
TOWNSHIP: Final = re.compile(
    r"[^\d\s][^\d\s镇乡路巷号]{0,9}?街道(?:办事处)?|"
    r"[^\d\s][^\d\s镇乡村路巷号]{0,9}?(?:民族乡|苏木|镇|乡)"
)


class Divisions(NamedTuple):
    """What an address names of province, city and county, "" = not named; it goes on at `end`."""

    province: str
    city: str
    county: str
    end: int


def divisions(text: str) -> Divisions:
    """The divisions at the beginning of an address; of a city without a district the city is the
    county.

    >>> divisions("江西省上饶市万年县陈营镇")[:3]
    ('江西省', '上饶市', '万年县')
    """
    found = _COUNTY.match(text) or _WIDER.match(text)
    if found is None:
        return Divisions("", "", "", 0)
    named = {name: value or "" for name, value in found.groupdict("").items()}
    county = named.get("county", "")
    if not named["province"] and county.endswith(("自治区", "特别行政区")):
        return Divisions(county, named["city"], "", found.end())
    return Divisions(named["province"], named["city"], county, found.end())


def county_of(text: str) -> str:
    """The county, district or county-level city that an address names, "" when it names none; of a
    city without a district the city."""
    found = _COUNTY.match(text)
    return found["county"] if found else ""


def down_to_township(text: str) -> str:
    """The beginning of an address down to its township or street office, "" where it names
    nothing of the kind.

    >>> down_to_township("云岭市青石县桥头镇5号")
    '云岭市青石县桥头镇'
    """
    end = divisions(text).end
    found = TOWNSHIP.match(text, end)
    return text[: found.end() if found else end].strip()
