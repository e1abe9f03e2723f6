"""Places as far as a list may name them: township, else district or county, never the street."""

from planner.domain.areas import county_of
from planner.store.people import PersonRow


def place_of(person: PersonRow) -> str:
    """Township, else district, of the address that counts most; "" when nothing is known."""
    return person.township or county_of(person.address)


def mask_address(text: str, township: str = "") -> str:
    """An address down to its district or township, the rest stars."""
    if not text:
        return ""
    known = county_of(text)
    if township and township not in known:
        known += township
    return f"{known}****"
