"""Places as far as a list may name them: township, else district or county, never the street."""

import re

from planner.store.people import PersonRow

# The first district or county after an optional city; streets and numbers end the search.
_AREA = re.compile(r"^(?:[^\d市路街巷道]{1,7}市)?([^\d市路街巷道]{1,7}?[区县旗])")


def area_of(text: str) -> str:
    """The district or county in an address, "" when none is named."""
    found = _AREA.match(text.strip())
    return found.group(1) if found else ""


def place_of(person: PersonRow) -> str:
    """Township, else district, of the address that counts most; "" when nothing is known."""
    return person.township or area_of(person.address)


def mask_address(text: str, township: str = "") -> str:
    """An address down to its district or township, the rest stars."""
    if not text:
        return ""
    known = area_of(text)
    if township and township not in known:
        known += township
    return f"{known}****"
