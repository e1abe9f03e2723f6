"""The county, district or county-level city that a Chinese address names."""

import re
from typing import Final

# Province, then prefecture, may stand before it; what a street or a village is called ends the
# search. Many names begin with such a character (镇海区, 道县), so the first one may be any.
_COUNTY: Final = re.compile(
    r"\s*(?:[^\d市县区旗路街巷]{2,9}(?:省|自治区|特别行政区))?"
    r"(?:[^\d市县区旗路街巷]{1,10}?(?:市|自治州|地区|盟)(?:市辖区)?)?"
    r"(?!市区)(新市区|[^\d\s][^\d\s市县区旗路街道巷镇乡村号]{0,9}?(?:[县市旗]|(?<![小社校厂景院])区))"
)


def county_of(text: str) -> str:
    """The name, "" when the address names none; of a city without a district the city."""
    found = _COUNTY.match(text)
    return found[1] if found else ""
