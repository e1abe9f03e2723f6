"""What a list tells of a person, as statements on the derived tables; see `state`."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from planner.domain.areas import county_of
from planner.domain.facts import instant
from planner.store.events import Event

Op = tuple[str, str, tuple[Any, ...]]  # table, statement, values


def fresh_mark(text: str) -> int:
    """`mark` of a text that has most likely not been asked about and will not be again."""
    if not text:
        return 0
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=5).digest(), "big") or 1


@cache
def mark(text: str) -> int:
    """A stable 40-bit number for a phone number or an address id; 0 for none."""
    return fresh_mark(text)


@cache
def upsert(table: str, keys: tuple[str, ...], names: tuple[str, ...]) -> str:
    """The statement that writes these columns of one row, new or not."""
    columns = ", ".join(keys + names)
    holes = ", ".join("?" * (len(keys) + len(names)))
    change = ", ".join(f"{name} = excluded.{name}" for name in names)
    then = f"UPDATE SET {change}" if names else "NOTHING"
    return (
        f"INSERT INTO {table} ({columns}) VALUES ({holes})"
        f" ON CONFLICT ({', '.join(keys)}) DO {then}"
    )


# What a position is; where somebody confirmed it, a list that says otherwise changes nothing.
_POSITION = ("grade", "lat", "lon", "source", "datum", "placed_at", "placed_by", "confirmed")


@cache
def _upsert_address(names: tuple[str, ...]) -> str:
    change = ", ".join(
        f"{name} = CASE WHEN confirmed THEN {name} ELSE excluded.{name} END"
        if name in _POSITION
        else f"{name} = excluded.{name}"
        for name in names
    )
    return (
        f"INSERT INTO address (pid, address_id, {', '.join(names)})"
        f" VALUES (?, ?, {', '.join('?' * len(names))})"
        f" ON CONFLICT (pid, address_id) DO UPDATE SET {change}"
    )


@lru_cache(maxsize=10_000)
def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def ordinal(day: str | None) -> int:
    """The number of an ISO day; 0 for none."""
    return _day(day) if day else 0


def seconds(at: str | None) -> int | None:
    """The epoch seconds of an ISO instant; None for none."""
    return instant(datetime.fromisoformat(at)) if at else None


_TOLD = ("name", "id_number", "flags", "zone", "jurisdiction")  # of a person, kept as they are
_LISTS = ("phones", "needs")  # kept as JSON
_LOAN = ("lender", "contract_no", "product", "status")
_LOAN_COLUMNS = {
    "amount_overdue": "amount", "overdue_since": "overdue_since", "limitation_date": "limitation",
}  # fmt: skip


def listed(pid: int, event: Event) -> Iterable[Op]:
    """The rows of a "person.listed"."""
    told = event.payload
    plain = [name for name in _TOLD if name in told]
    lists = [name for name in _LISTS if name in told]
    values = (pid, *[told[name] for name in plain], *[as_list(told[name]) for name in lists])
    yield "person", upsert("person", ("pid",), (*plain, *lists)), values
    for address in told.get("addresses", ()):
        yield listed_address(pid, address, event.occurred_at)
    for case in told.get("cases", ()):
        names, statement = _loan_shape(tuple(case))
        row = [ordinal(case[n]) if n in _DAYS else case[n] for n in names]
        yield "loan", statement, (pid, case["case_id"], *row)


_DAYS = ("overdue_since", "limitation_date")


def as_list(texts: Sequence[str]) -> str:
    """Texts as the JSON list in which they are kept."""
    if not texts:
        return "[]"
    if len(texts) == 1 and texts[0].isascii() and texts[0].isalnum():
        return f'["{texts[0]}"]'
    return json.dumps(texts, ensure_ascii=False)


@cache
def _loan_shape(told: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Fields of a loan that has these, and the statement that takes them in this order."""
    names = tuple(name for name in (*_LOAN, *_LOAN_COLUMNS) if name in told)
    columns = tuple(_LOAN_COLUMNS.get(name, name) for name in names)
    return names, upsert("loan", ("pid", "case_id"), columns)


def listed_address(pid: int, told: dict[str, Any], at: int) -> Op:
    """A place as a list tells it; its position counts unless one was confirmed before."""
    names, statement = _address_shape(tuple(told))
    address_id = told["address_id"]
    values = (pid, address_id, *[told[name] for name in names], mark(address_id))
    if "text" in told:  # what a list says counts, else what the address itself says
        values = (*values, told.get("county") or county_of(told["text"]))
    if "datum" in told:  # a position, told since datums are kept
        values = (*values, seconds(told.get("placed")) or at, told.get("by", ""))
    return "address", statement, values


@cache
def _address_shape(told: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """The same of an address."""
    names = tuple(n for n in told if n not in NO_COLUMNS and not (n == "county" and "text" in told))
    county = ("county",) if "text" in told else ()
    placed = ("placed_at", "placed_by") if "datum" in told else ()
    return names, _upsert_address((*names, "mark", *county, *placed))


NO_COLUMNS = frozenset({"address_id", "placed", "by"})
