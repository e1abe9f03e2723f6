"""Facts about many persons out of the derived tables, as columns: loans, persons, places, contacts.

Everything is an integer on the way (`source.py`); positions travel as 1e-7 degrees (about a
centimetre). Money is in `columns_money`, what was agreed and set aside in `columns_terms`.
"""

from typing import Any

import numpy as np

from planner.domain.codes import CHANNELS, CODES, channel_of
from planner.domain.facts import F64, I16, I64, NEVER
from planner.domain.texts import Texts
from planner.store.source import Rows, Source, numbers

DEGREE = 1e7
CHANNEL_OF_CODE = np.array([CHANNELS.index(channel_of(code)) for code in CODES], np.int8)
_SHIFT = 40  # bits of a mark, and more than an instant has
# A position as one number: both degrees as whole 1e-7, above zero, NULL = one more than any.
_LAT, _LON, _LON_BITS = 900_000_000, 1_800_000_000, 32
_DAY_BITS = 21  # of an ordinal
_CODE_BITS = 9  # of a code and a result
_BY_CASE, _BY_PERSON = "case_id, pid", "pid, case_id"


def loans(source: Source) -> tuple[Rows, dict[str, Any]]:
    """Who has an open case, in which row, and the sums over the open cases.

    Chosen persons stand in the order of their first case, those of a span in that of their pids.
    """
    order = _BY_PERSON if source.chosen is None else _BY_CASE
    pid, amount, days = source.read(
        f"pid | amount | (overdue_since << {_DAY_BITS}) + limitation",
        f"loan WHERE status = 'open' ORDER BY {order}",
    )
    since, limit = days >> _DAY_BITS, days & (1 << _DAY_BITS) - 1
    first = np.zeros(source.size, np.int64)
    first[pid[::-1]] = np.arange(len(pid))[::-1]  # written last: the first of a person
    pids = pid[first[pid] == np.arange(len(pid))]
    row_of = np.full(source.size, -1, np.int64)
    row_of[pids] = np.arange(len(pids))
    row = row_of[pid]
    total, oldest = np.zeros(len(pids), np.int64), np.full(len(pids), NEVER, np.int64)
    nearest = np.full(len(pids), NEVER, np.int64)
    np.add.at(total, row, amount)
    np.minimum.at(oldest, row, since)
    np.minimum.at(nearest, row, np.where(limit == 0, NEVER, limit))
    return Rows(pids, row_of), {
        "amount": total,
        "overdue_since": oldest.astype(np.int32),
        "open_cases": np.bincount(row, minlength=len(pids)).astype(np.int16),
        "limitation": np.where(nearest == NEVER, 0, nearest).astype(np.int32),
    }


def persons(source: Source, rows: Rows) -> dict[str, Any]:
    """Ids, flags, zones and jurisdictions as they are recorded: "" is a zone as well."""
    limit, params = source.limit
    pids, ids = source.conn.execute(
        f"SELECT group_concat(pid), group_concat(debtor_id, char(31)) FROM who WHERE {limit}",
        params,
    ).fetchone()
    names = Texts.of(ids)
    place = np.zeros(source.size, np.int64)
    place[numbers(pids) - source.base] = np.arange(len(names))
    flags_of = np.zeros(source.size, np.int32)
    pid, flags = source.read("pid | flags", "person WHERE flags <> 0 ORDER BY pid")
    flags_of[pid] = flags
    zone_of, zones = _named(source, "zone", rows, "")
    place_of, places = _named(source, "jurisdiction", rows, "CN")
    return {
        "pids": rows.pids + source.base,
        "debtor_ids": names.take(place[rows.pids]),
        "flags": flags_of[rows.pids],
        "zone": zone_of,
        "zones": zones,
        "jurisdiction": place_of,
        "jurisdictions": places,
    }


def _named(source: Source, column: str, rows: Rows, absent: str) -> tuple[I16, tuple[str, ...]]:
    """A text column of few different values as indices; `absent` for who has no row at all."""
    limit, params = source.limit
    stored = [
        name
        for (name,) in source.conn.execute(
            f"SELECT DISTINCT {column} FROM person WHERE {limit} ORDER BY 1", params
        )
    ]
    names = tuple(dict.fromkeys([absent, *stored]))
    index_of = np.zeros(source.size, np.int16)
    for name in stored:
        index = names.index(name)
        if index:  # the first one, nearly everybody, stands there already
            (pid,) = source.read("pid", f"person WHERE {column} = '{_quoted(name)}' ORDER BY pid")
            index_of[pid] = index
    return index_of[rows.pids], names


def _quoted(name: str) -> str:
    return name.replace("'", "''")


def addresses(source: Source, rows: Rows) -> dict[str, Any]:
    """All addresses by person and id; two helper columns ("_…") for `match`."""
    pid, told, spot, mark = source.read(
        "pid | ((kind * 4 + region) * 8 + grade) * 2 + valid"
        f" | (({_scaled('lat', 90)} + {_LAT}) << {_LON_BITS}) + {_scaled('lon', 180)} + {_LON}"
        " | mark",
        "address ORDER BY pid, address_id",
    )
    limit, params = source.limit
    text = source.conn.execute(
        "SELECT group_concat(address_id, char(31)) FROM"
        f" (SELECT address_id FROM address WHERE {limit} ORDER BY pid, address_id)",
        params,
    ).fetchone()[0]
    order, placed, offsets = rows.place(pid)
    told, spot = told[order], spot[order]
    return {
        "address_off": offsets,
        "address_ids": Texts.of(text).take(order),
        "address_kind": (told >> 6).astype(np.int8),
        "address_region": (told >> 4 & 3).astype(np.int8),
        "address_grade": (told >> 1 & 7).astype(np.int8),
        "address_valid": (told & 1).astype(np.bool_),
        "address_lat": _degrees((spot >> _LON_BITS) - _LAT, _LAT),
        "address_lon": _degrees((spot & (1 << _LON_BITS) - 1) - _LON, _LON),
        "_address_mark": mark[order],
        "_address_row": placed,
    }


def _scaled(name: str, most: int) -> str:
    """SQL for a coordinate in 1e-7 degrees; what is none, or off the globe, is one too many."""
    whole = f"CAST(round({name} * {DEGREE:.0f}) AS INTEGER)"
    absent = most * int(DEGREE) + 1
    return f"CASE WHEN {name} BETWEEN -{most} AND {most} THEN {whole} ELSE {absent} END"


def _degrees(scaled: I64, most: int) -> F64:
    return np.where(scaled > most, np.nan, scaled / DEGREE)


def contacts(source: Source, rows: Rows, known: dict[str, Any]) -> dict[str, Any]:
    """All contacts by time; `known` are the address columns."""
    pid, what, mark = source.read(
        f"pid | (at << {_CODE_BITS}) + code * 16 + result + 1"
        f" | CASE WHEN address = 0 THEN phone WHEN phone = 0 THEN -address ELSE {NEVER} END",
        "contact ORDER BY pid, at, event_id",
    )
    order, placed, offsets = rows.place(pid)
    what, mark = what[order], mark[order]
    told = (what & (1 << _CODE_BITS) - 1).astype(np.int16)
    code = (told >> 4).astype(np.int8)
    phone, address = np.maximum(mark, 0), np.maximum(-mark, 0)
    if (mark == NEVER).any():  # hardly ever: a number and a place in one contact
        both = source.read("pid | phone | address", "contact ORDER BY pid, at, event_id")
        phone, address = (column[order] for column in both[1:])
    return {
        "contact_off": offsets,
        "contact_at": what >> _CODE_BITS,
        "contact_channel": CHANNEL_OF_CODE[code],
        "contact_code": code,
        "contact_result": ((told & 15) - 1).astype(np.int8),
        "contact_phone": phone,
        "contact_address": match(placed, address, known),
    }


def match(row: I64, mark: I64, known: dict[str, Any]) -> Any:
    """The address row of each (person, mark), -1 when the person has no such address."""
    found = np.full(len(row), -1, np.int32)
    asking = np.flatnonzero(mark)
    if not len(asking) or not len(known["_address_mark"]):
        return found
    # Most persons have one address; only who has none or another one is looked up.
    first = known["address_off"][row[asking]]
    first = np.minimum(first, len(known["_address_mark"]) - 1)
    same = known["_address_mark"][first] == mark[asking]
    same &= known["_address_row"][first] == row[asking]
    found[asking[same]] = first[same]
    asking = asking[~same]
    if len(asking):
        keys = known["_address_row"] << _SHIFT | known["_address_mark"]
        by_key = np.argsort(keys)
        wanted = row[asking] << _SHIFT | mark[asking]
        spot = by_key[np.minimum(np.searchsorted(keys[by_key], wanted), len(keys) - 1)]
        found[asking] = np.where(keys[spot] == wanted, spot, -1)
    return found
