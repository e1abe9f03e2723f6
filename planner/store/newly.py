"""Rows and search words of persons of whom nothing was known: a lender's first list in one pass.

`listing` makes a statement for each row of a listing, whatever it tells and whatever was there. Of
a new person nothing is there, and nearly every listing is of one form: its rows are whole, go into
each table together, and need not be read back for the search. Any other is left to `state`, whose
rules give the same rows; `verify` folds everything by them.
"""

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

from planner.domain.areas import county_of
from planner.store import packs, search
from planner.store.driver import Connection
from planner.store.events import Event
from planner.store.listing import as_list, fresh_mark, ordinal

LISTED: Final = "person.listed"
_Row = tuple[Any, ...]
_PERSON: Final = "pid, name, id_number, phones, flags, zone, jurisdiction, needs"
_PLACE: Final = ("address_id", "text", "kind", "region", "grade", "lat", "lon", "source",
                 "township", "valid")  # fmt: skip
_LOAN: Final = ("case_id", "lender", "contract_no", "product", "status", "amount_overdue",
                "overdue_since", "limitation_date")  # fmt: skip
_MAY_TELL: Final = {"county", "datum"}  # of a place, besides


def _insert(table: str, columns: str) -> str:
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * (columns.count(',') + 1))})"


_INSERT_PERSON: Final = _insert("person", _PERSON)
_INSERT_PLACE: Final = _insert(
    "address", f"pid, {', '.join(_PLACE)}, mark, county, datum, placed_at"
)
_INSERT_LOAN: Final = _insert(
    "loan", "pid, case_id, lender, contract_no, product, status, amount, overdue_since, limitation"
)


def write(conn: Connection, persons: Iterable[tuple[int, Event]]) -> set[int]:
    """Put down what the first event of each of these persons tells, each by number; the numbers of
    those for whom it was done. They have no derived rows and no events before these."""
    people: list[_Row] = []
    places: list[_Row] = []
    loans: list[_Row] = []
    found: list[tuple[int, str]] = []
    for pid, event in persons:
        told = event.payload
        if event.kind != LISTED:
            continue
        mine = _place_rows(pid, told.get("addresses", ()), event.occurred_at)
        owed = _loan_rows(pid, told.get("cases", ()))
        if mine is None or owed is None:
            continue
        name, number, phones = (
            told.get("name", ""),
            told.get("id_number", ""),
            told.get("phones", ()),
        )
        people.append((
            pid, name, number, as_list(phones), told.get("flags", 0), told.get("zone", ""),
            told.get("jurisdiction", "CN"), as_list(told.get("needs", ())),
        ))  # fmt: skip
        places += mine
        loans += owed
        words = search.words(
            name, number, phones, [(row[9], row[2]) for row in mine], [row[1] for row in owed]
        )
        found.append((pid, words))
    if not people:
        return set()
    conn.executemany(_INSERT_PERSON, people)
    conn.executemany(_INSERT_PLACE, places)
    conn.executemany(_INSERT_LOAN, loans)
    search.put(conn, found)
    pids = {pid for pid, _ in found}
    packs.forget(conn, pids, order=bool(loans))
    return pids


def _place_rows(pid: int, told: Sequence[dict[str, Any]], at: int) -> list[_Row] | None:
    """Rows of the places of one person; None when they are not of the usual form."""
    rows: list[_Row] = []
    for one in told:
        take = _usual_place(tuple(one))
        if take is None:
            return None
        values = take(one)
        datum = one.get("datum")
        rows.append((
            pid, *values, fresh_mark(values[0]), one.get("county") or county_of(values[1]),
            datum or "", None if datum is None else at,
        ))  # fmt: skip
    return rows if len(rows) < 2 or len({row[1] for row in rows}) == len(rows) else None


def _loan_rows(pid: int, told: Sequence[dict[str, Any]]) -> list[_Row] | None:
    """The same of the loans."""
    rows: list[_Row] = []
    for one in told:
        if not _usual_loan(tuple(one)):
            return None
        *values, since, limitation = _of_loan(one)
        rows.append((pid, *values, ordinal(since), ordinal(limitation)))
    return rows if len(rows) < 2 or len({row[1] for row in rows}) == len(rows) else None


_of_place: Callable[[dict[str, Any]], _Row] = operator.itemgetter(*_PLACE)
_of_loan: Callable[[dict[str, Any]], _Row] = operator.itemgetter(*_LOAN)


@lru_cache(maxsize=256)
def _usual_place(names: tuple[str, ...]) -> Callable[[dict[str, Any]], _Row] | None:
    usual = set(_PLACE) <= set(names) <= {*_PLACE, *_MAY_TELL}
    return _of_place if usual else None


@lru_cache(maxsize=256)
def _usual_loan(names: tuple[str, ...]) -> bool:
    return set(names) == set(_LOAN)
