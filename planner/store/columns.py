"""Facts about everybody out of the derived tables, as columns.

They come as text from SQLite (`group_concat`) and are parsed by numpy in one go: building
half a million Python tuples would cost more than all the arithmetic that follows. Everything is an
integer on the way; positions travel as 1e-7 degrees (about a centimetre).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from planner.domain.codes import CHANNELS, CODES, channel_of
from planner.domain.facts import F64, I16, I64, NEVER
from planner.domain.texts import Texts
from planner.store.driver import Connection
from planner.store.promises import paid_towards, window_end

_DEGREE = 1e7
_CHANNEL_OF_CODE = np.array([CHANNELS.index(channel_of(code)) for code in CODES], np.int8)
_SHIFT = 40  # bits of a mark, and more than an instant has
_PART = 200_000  # persons whose rows are read at a time
# A position as one number: both degrees as whole 1e-7, above zero, NULL = one more than any.
_LAT, _LON, _LON_BITS = 900_000_000, 1_800_000_000, 32
_DAY_BITS = 21  # of an ordinal
_CODE_BITS = 9  # of a code and a result


@dataclass(frozen=True, slots=True)
class Rows:
    """Which persons stand in which row, and the row of every pid (-1 = none)."""

    pids: I64
    row_of: I64

    @property
    def n(self) -> int:
        return len(self.pids)

    def place(self, pid: I64) -> tuple[I64, I64, I64]:
        """For items in the order of their pids: the order to take them in, their rows, offsets."""
        count = np.bincount(pid, minlength=len(self.row_of))
        first = (np.cumsum(count) - count)[self.pids]
        many = count[self.pids]
        offsets = np.concatenate([[0], np.cumsum(many)])
        order = np.repeat(first - offsets[:-1], many)
        order += np.arange(len(order))
        return order, np.repeat(np.arange(self.n), many), offsets


def _read(conn: Connection, select: str, rest: str, chosen: str | None, top: int = 0) -> list[I64]:
    """The columns of `SELECT select rest`, integers that are never NULL.

    With `top`, the greatest pid, a large table that is ordered by pid comes in parts, so that the
    text of all of it never stands in memory at once.
    """
    if chosen is not None or top <= _PART:
        return _part(conn, select, rest, chosen)
    parts = [
        _part(conn, select, rest, None, f"pid >= {start} AND pid < {start + _PART}")
        for start in range(0, top + 1, _PART)
    ]
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def _part(
    conn: Connection, select: str, rest: str, chosen: str | None, span: str = ""
) -> list[I64]:
    names = [f"c{k}" for k in range(select.count(" | ") + 1)]
    inner = ", ".join(
        f"{term} AS {name}" for term, name in zip(select.split(" | "), names, strict=True)
    )
    table, _, order = rest.partition(" ORDER BY ")
    for limit in (span, "pid IN (SELECT value FROM json_each(?))" if chosen is not None else ""):
        if limit:
            table += (" AND " if " WHERE " in table else " WHERE ") + limit
    texts = conn.execute(
        f"SELECT {', '.join(f'group_concat({name})' for name in names)}"
        f" FROM (SELECT {inner} FROM {table} ORDER BY {order})",
        (chosen,) if chosen is not None else (),
    ).fetchone()
    return list(map(_numbers, texts))


def _numbers(text: str | None) -> I64:
    return np.fromstring(text, dtype=np.int64, sep=",") if text else np.zeros(0, np.int64)


def _where(chosen: str | None) -> tuple[str, tuple[str, ...]]:
    if chosen is None:
        return "", ()
    return "WHERE pid IN (SELECT value FROM json_each(?))", (chosen,)


def loans(conn: Connection, chosen: str | None) -> tuple[Rows, dict[str, Any]]:
    """Who has an open case, in which row, and the sums over the open cases."""
    pid, amount, days = _read(
        conn,
        f"pid | amount | (overdue_since << {_DAY_BITS}) + limitation",
        "loan WHERE status = 'open' ORDER BY case_id, pid",
        chosen,
    )
    since, limit = days >> _DAY_BITS, days & (1 << _DAY_BITS) - 1
    top = int(conn.execute("SELECT ifnull(max(pid), 0) FROM who").fetchone()[0])
    first = np.zeros(top + 1, np.int64)
    first[pid[::-1]] = np.arange(len(pid))[::-1]  # written last: the first of a person
    pids = pid[first[pid] == np.arange(len(pid))]
    row_of = np.full(top + 1, -1, np.int64)
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


def persons(conn: Connection, rows: Rows, zone: str, chosen: str | None) -> dict[str, Any]:
    """Ids, flags, zones and jurisdictions; `zone` for those who have none."""
    where, params = _where(chosen)
    pids, ids = conn.execute(
        f"SELECT group_concat(pid), group_concat(debtor_id, char(31)) FROM who {where}", params
    ).fetchone()
    names = Texts.of(ids)
    place = np.zeros(len(rows.row_of), np.int64)
    place[_numbers(pids)] = np.arange(len(names))
    flags_of = np.zeros(len(rows.row_of), np.int32)
    # In the order of the index, so that the index answers and the rows are not touched.
    flagged = "person WHERE flags <> 0 ORDER BY zone, jurisdiction, flags"
    pid, flags = _read(conn, "pid | flags", flagged, chosen)
    flags_of[pid] = flags
    zone_of, zones = _named(conn, "zone", rows, zone, zone, chosen)
    place_of, places = _named(conn, "jurisdiction", rows, "", "CN", chosen)
    return {
        "pids": rows.pids,
        "debtor_ids": names.take(place[rows.pids]),
        "flags": flags_of[rows.pids],
        "zone": zone_of,
        "zones": zones,
        "jurisdiction": place_of,
        "jurisdictions": places,
    }


def _named(
    conn: Connection, column: str, rows: Rows, empty: str, absent: str, chosen: str | None
) -> tuple[I16, tuple[str, ...]]:
    """A text column of few different values as indices; `absent` for who has no row at all."""
    where, params = _where(chosen)
    stored = [
        name
        for (name,) in conn.execute(
            f"SELECT DISTINCT {column} FROM person {where} ORDER BY 1", params
        )
    ]
    names = tuple(dict.fromkeys([absent, *(name or empty for name in stored)]))
    index_of = np.zeros(len(rows.row_of), np.int16)
    for name in stored:
        index = names.index(name or empty)
        if index:  # the first one, nearly everybody, stands there already
            (pid,) = _read(
                conn, "pid", f"person WHERE {column} = '{_quoted(name)}' ORDER BY pid", chosen
            )
            index_of[pid] = index
    return index_of[rows.pids], names


def _quoted(name: str) -> str:
    return name.replace("'", "''")


def addresses(conn: Connection, rows: Rows, chosen: str | None) -> dict[str, Any]:
    """All addresses by person and id; two helper columns ("_…") for `contacts`."""
    pid, told, spot, mark = _read(
        conn,
        "pid | ((kind * 4 + region) * 8 + grade) * 2 + valid"
        f" | (({_scaled('lat', 90)} + {_LAT}) << {_LON_BITS}) + {_scaled('lon', 180)} + {_LON}"
        " | mark",
        "address ORDER BY pid, address_id",
        chosen,
        len(rows.row_of) - 1,
    )
    where, params = _where(chosen)
    text = conn.execute(
        "SELECT group_concat(address_id, char(31)) FROM"
        f" (SELECT address_id FROM address {where} ORDER BY pid, address_id)",
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
    whole = f"CAST(round({name} * {_DEGREE:.0f}) AS INTEGER)"
    absent = most * int(_DEGREE) + 1
    return f"CASE WHEN {name} BETWEEN -{most} AND {most} THEN {whole} ELSE {absent} END"


def _degrees(scaled: I64, most: int) -> F64:
    return np.where(scaled > most, np.nan, scaled / _DEGREE)


def contacts(
    conn: Connection, rows: Rows, chosen: str | None, known: dict[str, Any]
) -> dict[str, Any]:
    """All contacts by time; `known` are the address columns."""
    top = len(rows.row_of) - 1
    pid, what, mark = _read(
        conn,
        f"pid | (at << {_CODE_BITS}) + code * 16 + result + 1"
        f" | CASE WHEN address = 0 THEN phone WHEN phone = 0 THEN -address ELSE {NEVER} END",
        "contact ORDER BY pid, at, event_id",
        chosen,
        top,
    )
    order, placed, offsets = rows.place(pid)
    what, mark = what[order], mark[order]
    told = (what & (1 << _CODE_BITS) - 1).astype(np.int16)
    code = (told >> 4).astype(np.int8)
    phone, address = np.maximum(mark, 0), np.maximum(-mark, 0)
    if (mark == NEVER).any():  # hardly ever: a number and a place in one contact
        source = "contact ORDER BY pid, at, event_id"
        phone, address = (
            column[order] for column in _read(conn, "phone | address", source, chosen, top)
        )
    return {
        "contact_off": offsets,
        "contact_at": what >> _CODE_BITS,
        "contact_channel": _CHANNEL_OF_CODE[code],
        "contact_code": code,
        "contact_result": ((told & 15) - 1).astype(np.int8),
        "contact_phone": phone,
        "contact_address": _match(placed, address, known),
    }


def _match(row: I64, mark: I64, known: dict[str, Any]) -> Any:
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


def payments(conn: Connection, rows: Rows, chosen: str | None) -> dict[str, Any]:
    """All payments by time."""
    pid, at, amount = _read(conn, "pid | at | amount", "payment ORDER BY pid, at, event_id", chosen)
    order, _, offsets = rows.place(pid)
    return {
        "payment_off": offsets,
        "payment_at": at[order],
        "payment_amount": amount[order],
    }


def holds(conn: Connection, rows: Rows, chosen: str | None) -> dict[str, Any]:
    """All holds by start; NEVER = open end."""
    pid, kind, start, until = _read(
        conn,
        f"pid | kind | start | ifnull(until, {NEVER})",
        "hold ORDER BY pid, start, hold_id",
        chosen,
    )
    order, _, offsets = rows.place(pid)
    return {
        "hold_off": offsets,
        "hold_kind": kind[order].astype(np.int8),
        "hold_start": start[order],
        "hold_until": until[order],
    }


def agreements(
    conn: Connection, rows: Rows, chosen: str | None, known: dict[str, Any]
) -> dict[str, Any]:
    """All agreements by the moment they were made; `known` are the address columns."""
    pid, at, channel, start, until, weekday, day, ended, address = _read(
        conn,
        f"pid | at | channel | start | until | weekday | day | ifnull(ended, {NEVER}) | mark",
        "agreement ORDER BY pid, at, agreement_id",
        chosen,
    )
    order, placed, offsets = rows.place(pid)
    return {
        "agreement_off": offsets,
        "agreement_at": at[order],
        "agreement_channel": channel[order].astype(np.int8),
        "agreement_from": start[order].astype(np.int16),
        "agreement_until": until[order].astype(np.int16),
        "agreement_weekday": weekday[order].astype(np.int8),
        "agreement_day": day[order].astype(np.int32),
        "agreement_end": ended[order],
        "agreement_address": _match(placed, address[order], known),
    }


def notices(conn: Connection, rows: Rows, chosen: str | None) -> dict[str, Any]:
    """All announcements by the moment they were given."""
    pid, at, start, until = _read(
        conn, "pid | at | start | until", "notice ORDER BY pid, at, event_id", chosen
    )
    order, _, offsets = rows.place(pid)
    return {
        "notice_off": offsets,
        "notice_at": at[order],
        "notice_from": start[order],
        "notice_until": until[order],
    }


def overrides(conn: Connection, rows: Rows, chosen: str | None) -> dict[str, Any]:
    """All overrides by the moment they were given."""
    names = [rule for (rule,) in conn.execute("SELECT DISTINCT rule FROM override_ ORDER BY rule")]
    ranked = (
        "(SELECT rule, row_number() OVER (ORDER BY rule) - 1 AS place"
        " FROM (SELECT DISTINCT rule FROM override_))"
    )
    pid, at, rule, channel, start, until = _read(
        conn,
        "pid | at | place | channel | start | until",
        f"override_ JOIN {ranked} USING (rule) ORDER BY pid, at, event_id",
        chosen,
    )
    order, _, offsets = rows.place(pid)
    return {
        "override_off": offsets,
        "override_at": at[order],
        "override_rule": rule[order].astype(np.int16),
        "override_rules": tuple(names),
        "override_channel": channel[order].astype(np.int8),
        "override_from": start[order],
        "override_until": until[order],
    }


def promises(
    conn: Connection, rows: Rows, chosen: str | None, day: date, known: dict[str, Any]
) -> dict[str, Any]:
    """All promises by the time they were made, with what was paid as of `day`.

    `known` are the columns of persons and payments.
    """
    pid, due, made, amount = _read(
        conn, "pid | due | made_at | amount", "promise ORDER BY pid, made_at, promise_id", chosen
    )
    order, placed, offsets = rows.place(pid)
    due, made, amount = due[order], made[order], amount[order]
    end = _ends(due, known["zone"][placed], known["zones"], day)
    return {
        "promise_off": offsets,
        "promise_due": due.astype(np.int32),
        "promise_made": made,
        "promise_amount": amount,
        "promise_paid": _paid(placed, due, made, end, amount, known),
    }


def _ends(due: I64, zone: I16, zones: tuple[str, ...], day: date) -> I64:
    """The instant up to which (exclusive) a payment counts towards each promise."""
    end = np.zeros(len(due), np.int64)
    for index, name in enumerate(zones):
        here = zone == index
        days, inverse = np.unique(due[here], return_inverse=True)
        instants = [window_end(date.fromordinal(int(one)), day, ZoneInfo(name)) for one in days]
        end[here] = np.array(instants, np.int64)[inverse]
    return end


def _paid(row: I64, due: I64, made: I64, end: I64, amount: I64, known: dict[str, Any]) -> I64:
    """Paid towards each promise: sums where windows stand alone, allocation where they overlap."""
    at, sums = known["payment_at"], known["payment_amount"]
    owner = np.repeat(np.arange(len(known["payment_off"]) - 1), np.diff(known["payment_off"]))
    keys = owner << _SHIFT | np.maximum(at, 0)
    first = np.searchsorted(keys, row << _SHIFT | np.maximum(made, 0), side="right")
    last = np.searchsorted(keys, row << _SHIFT | np.maximum(end, 0), side="left")
    running = np.concatenate([[0], np.cumsum(sums)])
    paid = np.where(last > first, running[last] - running[np.minimum(first, last)], 0)
    paid = np.minimum(paid, amount)
    overlap = np.flatnonzero((row[1:] == row[:-1]) & (made[1:] < end[:-1]))
    for who in np.unique(row[overlap]):
        mine = slice(*np.searchsorted(row, [who, who + 1]))
        theirs = slice(*known["payment_off"][who : who + 2])
        paid[mine] = paid_towards(
            list(zip(*(part[mine].tolist() for part in (made, end, due, amount)), strict=True)),
            list(zip(at[theirs].tolist(), sums[theirs].tolist(), strict=True)),
        )
    return paid
