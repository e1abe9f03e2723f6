"""Whether many payloads are right as they are, looked at column by column.

An import brings a hundred thousand payloads of a few shapes. What `kinds.check_payload` asks of
each value is asked here of all values of a field together. The answer is only yes or no: whatever
is unusual or wrong is left to `check_payload`, which alone changes values and names what is wrong.
"""

import operator
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from typing import Any, Final

from planner.domain.work import clean_tags
from planner.store.kinds import (
    FIRST_YEAR,
    KINDS,
    LARGEST_WHOLE,
    LAST_YEAR,
    PLAIN,
    Check,
    Kind,
)

FEW: Final = 16  # payloads: fewer are checked faster one by one
_LISTING: Final = "person.listed"


def listings_right(payloads: Sequence[dict[str, Any]]) -> bool:
    """Whether `check_payload` would keep each of these payloads of persons' listings as it is."""
    try:
        return _right(KINDS[_LISTING], payloads)
    except (TypeError, ValueError, AttributeError, OverflowError):
        return False


def _right(kind: Kind, items: Sequence[dict[str, Any]]) -> bool:
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for item in items:
        if type(item) is not dict:
            return False
        groups.setdefault(tuple(item), []).append(item)
    needed = set(kind.required)
    for names, some in groups.items():
        if not needed <= set(names) <= kind.fields.keys():
            return False
        for name in names:
            if not _column_right(kind.fields[name], list(map(operator.itemgetter(name), some))):
                return False
    return True


def _column_right(check: Check, values: Sequence[Any]) -> bool:
    """Whether `check` would return every one of `values` as it is."""
    types = set(map(type, values))
    if type(None) in types:
        if not hasattr(check, "keeps_none"):
            return False
        types.discard(type(None))
        values = [value for value in values if value is not None]
    check = getattr(check, "keeps_none", check)
    if not types:
        return True
    if len(types) > 1:
        return False
    (only,) = types
    plain, allowed = getattr(check, "one_of", (None, frozenset()))
    if plain is not None:
        return only is plain and allowed.issuperset(values)
    each = getattr(check, "each", None)
    if each is not None:
        return only is list and _right(each, list(chain.from_iterable(values)))
    return _plain_right(PLAIN.get(check, ""), only, values)


def _plain_right(sort: str, only: type, values: Sequence[Any]) -> bool:
    match sort, only:
        case ("bool", kind) if kind is bool:
            return True
        case ("number", kind) if kind is float:
            return True
        case ("int", kind) if kind is int:
            return all(abs(one) <= LARGEST_WHOLE for one in (min(values), max(values)))
        case ("text", kind) if kind is str:
            return _can_be_kept(values)
        case ("texts", kind) if kind is list:
            return _texts_right(values)
        case ("tags", kind) if kind is list:
            return _texts_right(values) and all(list(clean_tags(one)) == one for one in values)
        case ("day", kind) if kind is str:
            return all(map(_is_day, set(values)))
    return False


def _texts_right(lists: Sequence[list[Any]]) -> bool:
    texts = list(chain.from_iterable(lists))
    return set(map(type, texts)) <= {str} and _can_be_kept(texts)


def _can_be_kept(texts: Iterable[str]) -> bool:
    "".join(texts).encode()  # half a surrogate pair cannot be kept; two halves are no pair either
    return True


def _is_day(text: str) -> bool:
    day = date.fromisoformat(text)
    return FIRST_YEAR <= day.year <= LAST_YEAR and day.isoformat() == text
