"""Which of a person's addresses a text names: lenders write the same place in many ways."""

import unicodedata
from collections.abc import Iterable

from planner.domain.people import Address

# Shorter texts ("1号", "村东") are the end of too many addresses to mean one of them.
SHORTEST_END = 6


def plain_place(text: str) -> str:
    """An address as it is compared: half-width, lower case, without blanks and signs.

    >>> plain_place("河东 县Ａ路－１号")
    '河东县a路1号'
    """
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def address_named(text: str, addresses: Iterable[Address]) -> str:
    """The id of the address that `text` names, "" when it is none of them or may be several.

    The same text counts first; else the one address whose text ends with it, or with whose text it
    ends (one of the two leaves out province and county).
    """
    asked = plain_place(text)
    if not asked:
        return ""
    known = {one.address_id: plain_place(one.text) for one in addresses}
    same = [key for key, place in known.items() if place == asked]
    ends = same or [
        key
        for key, place in known.items()
        if min(len(place), len(asked)) >= SHORTEST_END
        and (place.endswith(asked) or asked.endswith(place))
    ]
    return ends[0] if len(ends) == 1 else ""
