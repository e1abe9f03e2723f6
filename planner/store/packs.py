"""The facts of the whole book as blocks of columns: a million persons are read in a second.

A block holds everything `load_facts` tells of the persons with an open case among SPAN numbers, as
`columns` read it from the derived tables, each column in as few bytes as its values need. One more
row holds the order of the rows. Whoever changes derived rows calls `forget` in the same
transaction; what is missing is made from the tables again, so a block is never needed and never
stale. `verify` compares.

What depends on the day (money towards promises) or on the workspace's zone is left to `load`.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from planner.domain.facts import I32, I64, LISTS
from planner.domain.texts import SEPARATOR, Texts
from planner.store import columns, columns_money, columns_terms
from planner.store.columns import CHANNEL_OF_CODE, DEGREE
from planner.store.driver import Connection
from planner.store.source import Source, everybody, numbers

FORMAT: Final = 2  # of blocks; others are made anew
SPAN: Final = 4096  # numbers of persons in a block
ORDER: Final = -1  # the row with the pids in the order of their first cases
_NAMES: Final = ("zones", "jurisdictions", "override_rules")
_PERSON: Final[dict[str, Any]] = {
    "pids": np.int64, "amount": np.int64, "overdue_since": np.int32, "open_cases": np.int16,
    "flags": np.int32, "limitation": np.int32, "zone": np.int16, "jurisdiction": np.int16,
}  # fmt: skip
# Columns that hold an index into a tuple of names, which each block has for itself.
_NAMED: Final = {"zone": "zones", "jurisdiction": "jurisdictions",
                 "override_rule": "override_rules"}  # fmt: skip
# Columns that hold rows of the address columns: in a block, places among the person's own.
_PLACES: Final = {"contact_address": "contact_off", "agreement_address": "agreement_off"}
_NO_DEGREE: Final = 1_800_000_001  # in 1e-7 degrees, for NaN
_LEFT_OUT: Final = ("contact_channel", "promise_paid")  # follow from the others
_TEXTS: Final = ("debtor_ids", "address_ids")
_AT_ONCE: Final = 65_536  # rows put in order at a time
_MANY: Final = 100  # blocks do not fit into the cache of a connection
_WIDTHS: Final = ((0, 0), (8, 1), (16, 2), (32, 4), (40, 5), (64, 8))  # bits of a span, bytes


@dataclass(frozen=True, slots=True)
class Block:
    """`head`: sizes, names and how each column is written; `body`: the columns after each other."""

    head: dict[str, Any]
    body: bytes


def forget(conn: Connection, pids: Iterable[int], *, order: bool) -> None:
    """The derived rows of these persons change; with `order`, which cases they have as well."""
    blocks = {pid // SPAN for pid in pids} | ({ORDER} if order else set())
    conn.executemany("DELETE FROM pack WHERE block = ?", ((block,) for block in blocks))


def missing(conn: Connection) -> list[int]:
    """The blocks that are to be made, ORDER among them."""
    known = _heads(conn)
    return [block for block in _blocks(conn) if block not in known]


def write(conn: Connection, blocks: Iterable[int]) -> None:
    """Make these blocks and keep them, in the caller's transaction."""
    for block in blocks:
        made = _made(conn, block)
        conn.execute(
            "INSERT OR REPLACE INTO pack VALUES (?, ?, ?)",
            (block, json.dumps(made.head, ensure_ascii=False), made.body),
        )


def wrong(conn: Connection) -> bool:
    """Whether a block says anything else than the derived tables."""
    for block, head in _heads(conn).items():
        made = _made(conn, block)
        if head != json.loads(json.dumps(made.head)) or _body(conn, block) != made.body:
            return True
    return False


def load(conn: Connection, zone: str) -> dict[str, Any]:
    """The columns of a FactTable about everybody with an open case, "promise_paid" left out.

    `zone` (IANA) stands in where a person has none.
    """
    heads, fresh = _heads(conn), {}
    for block in _blocks(conn):
        if block not in heads:
            fresh[block] = _made(conn, block)
            heads[block] = fresh[block].head
    order = fresh[ORDER].body if ORDER in fresh else _body(conn, ORDER)
    blocks = {block: heads[block] for block in sorted(heads) if block != ORDER}
    names = _all_names(list(blocks.values()), zone)
    out = _Out.of(list(blocks.values()))
    for block, head in blocks.items():
        body = fresh.pop(block).body if block in fresh else _body(conn, block)
        out.add(head, body, names, zone)
    if len(blocks) > _MANY:  # their pages would only stand in memory
        conn.execute("PRAGMA shrink_memory")
    return _ordered(out.done(), np.frombuffer(order, np.int32)) | names


def _blocks(conn: Connection) -> list[int]:
    return [ORDER, *range(everybody(conn) // SPAN + 1)]


def _heads(conn: Connection) -> dict[int, dict[str, Any]]:
    last = everybody(conn) // SPAN
    found = {}
    for block, text in conn.execute(
        "SELECT block, head FROM pack WHERE block <= ? ORDER BY block", (last,)
    ):
        try:
            head = json.loads(text)
        except ValueError:
            continue
        if isinstance(head, dict) and head.get("format") == FORMAT:
            found[block] = head
    return found


def _body(conn: Connection, block: int) -> bytes:
    (body,) = conn.execute("SELECT body FROM pack WHERE block = ?", (block,)).fetchone()
    return bytes(body)


# --- out of the tables ---------------------------------------------------------------------------


def _made(conn: Connection, block: int) -> Block:
    if block == ORDER:
        (text,) = conn.execute(
            "SELECT group_concat(pid) FROM"
            " (SELECT pid FROM loan WHERE status = 'open' ORDER BY case_id, pid)"
        ).fetchone()
        pids, first = np.unique(numbers(text), return_index=True)
        by_case = pids[np.argsort(first, kind="stable")]
        return Block({"format": FORMAT}, by_case.astype(np.int32).tobytes())
    return encoded(facts_of(Source(conn, block * SPAN, SPAN)))


def facts_of(source: Source) -> dict[str, Any]:
    """Everything about the persons of `source` that does not depend on a day."""
    rows, facts = columns.loans(source)
    facts |= columns.persons(source, rows)
    facts |= columns.addresses(source, rows)
    facts |= columns.contacts(source, rows, facts)
    facts |= columns_money.payments(source, rows) | columns_money.promises(source, rows)
    facts |= columns_terms.holds(source, rows) | columns_terms.agreements(source, rows, facts)
    facts |= columns_terms.notices(source, rows) | columns_terms.overrides(source, rows)
    del facts["_address_mark"], facts["_address_row"]
    return facts


def encoded(facts: dict[str, Any]) -> Block:
    """The columns as a block."""
    parts: list[bytes] = []
    head: dict[str, Any] = {
        "format": FORMAT,
        "persons": len(facts["pids"]),
        "lists": {offset: int(facts[offset][-1]) for offset in LISTS},
        "columns": {},
    }
    head |= {name: list(facts[name]) for name in _NAMES}
    for name, values in _plain(facts):
        base, width, data = _narrow(values)
        head["columns"][name] = [base, width]
        parts.append(data)
    for name in _TEXTS:
        data = SEPARATOR.join(facts[name]).encode()
        head["columns"][name] = len(data)
        parts.append(data)
    return Block(head, b"".join(parts))


def _plain(facts: dict[str, Any]) -> Iterable[tuple[str, I64]]:
    """The columns of a block as integers, in the order in which they are written."""
    for name in _PERSON:
        yield name, facts[name]
    for offset, kinds in LISTS.items():
        count = np.diff(facts[offset])
        yield offset, count
        for name in kinds:
            if name in _PLACES:
                first = np.repeat(facts["address_off"][:-1], count)
                yield name, np.where(facts[name] < 0, -1, facts[name] - first)
            elif name in ("address_lat", "address_lon"):
                scaled = np.rint(facts[name] * DEGREE)
                yield name, np.where(np.isnan(scaled), _NO_DEGREE, scaled).astype(np.int64)
            elif name not in _LEFT_OUT:
                yield name, facts[name]


def _narrow(values: npt.NDArray[Any]) -> tuple[int, int, bytes]:
    """(least value, bytes each, the rest above it); nothing is written where all are equal."""
    whole = values.astype(np.int64)
    base = int(whole.min()) if len(whole) else 0
    bits = (int(whole.max()) - base).bit_length() if len(whole) else 0
    width = next(size for most, size in _WIDTHS if bits <= most)
    rest = (whole - base).astype(np.uint64)
    if width == 0:
        return base, 0, b""
    if width == 5:
        return base, 5, rest.astype(np.uint32).tobytes() + (rest >> 32).astype(np.uint8).tobytes()
    return base, width, rest.astype(f"u{width}").tobytes()


# --- back into columns ---------------------------------------------------------------------------


def _all_names(heads: Sequence[dict[str, Any]], zone: str) -> dict[str, tuple[str, ...]]:
    """Names over all blocks: first the usual one, then the others in their order."""
    every = {name: sorted({one for head in heads for one in head[name]}) for name in _NAMES}
    return {
        "zones": tuple(dict.fromkeys([zone, *(name or zone for name in every["zones"])])),
        "jurisdictions": tuple(dict.fromkeys(["CN", *every["jurisdictions"]])),
        "override_rules": tuple(every["override_rules"]),
    }


@dataclass(slots=True)
class _Out:
    """Columns of the whole book, filled block by block; offsets are still counts."""

    columns: dict[str, Any]
    texts: dict[str, list[str]]
    at: dict[str, int]  # rows filled, by offset column and "" for persons

    @classmethod
    def of(cls, heads: Sequence[dict[str, Any]]) -> "_Out":
        sizes = {offset: sum(head["lists"][offset] for head in heads) for offset in LISTS}
        persons = sum(head["persons"] for head in heads)
        made = {name: np.empty(persons, kind) for name, kind in _PERSON.items()}
        for offset, kinds in LISTS.items():
            made[offset] = np.empty(persons, np.int32)
            made |= {
                name: np.empty(sizes[offset], kind)
                for name, kind in kinds.items()
                if name not in _LEFT_OUT
            }
        return cls(made, {name: [] for name in _TEXTS}, dict.fromkeys(("", *LISTS), 0))

    def add(
        self, head: dict[str, Any], body: bytes, names: dict[str, tuple[str, ...]], zone: str
    ) -> None:
        """The columns of one more block."""
        place, persons = 0, head["persons"]
        groups = {"": (persons, [*_PERSON])} | {
            offset: (head["lists"][offset], [*kinds]) for offset, kinds in LISTS.items()
        }
        for offset, (size, mine) in groups.items():
            if offset:
                begin = self.at[""] - persons
                place = self._fill(offset, begin, persons, head, body, place)
            for name in mine:
                if name in _LEFT_OUT:
                    continue
                place = self._fill(name, self.at[offset], size, head, body, place)
                if name in _NAMED and size:
                    self._rename(name, self.at[offset], size, head, names, zone)
            self.at[offset] += size
        for name in _TEXTS:
            size = head["columns"][name]
            if persons if name == "debtor_ids" else head["lists"]["address_off"]:
                self.texts[name].append(body[place : place + size].decode())
            place += size

    def _fill(
        self, name: str, begin: int, size: int, head: dict[str, Any], body: bytes, place: int
    ) -> int:
        """Write `size` values; the place in `body` after them."""
        base, width = head["columns"][name]
        out = self.columns[name][begin : begin + size]
        if width == 0:
            out[:] = base
        elif width == 5:
            high = np.frombuffer(body, np.uint8, size, place + 4 * size)
            out[:] = high
            out <<= 32
            out |= np.frombuffer(body, np.uint32, size, place)
            out += base
        else:
            out[:] = np.frombuffer(body, f"u{width}", size, place)
            if base:
                out += np.asarray(base).astype(out.dtype)
        if out.dtype == np.float64:
            lost = out == _NO_DEGREE
            out /= DEGREE
            out[lost] = np.nan
        return place + size * int(width)

    def _rename(
        self, name: str, begin: int, size: int, head: dict[str, Any],
        names: dict[str, tuple[str, ...]], zone: str,
    ) -> None:  # fmt: skip
        every = names[_NAMED[name]]
        empty = zone if name == "zone" else ""
        index = [every.index(one or empty) for one in head[_NAMED[name]]]
        if index != list(range(len(index))):
            out = self.columns[name][begin : begin + size]
            out[:] = np.array(index, np.int16)[out]

    def done(self) -> dict[str, Any]:
        """All columns, with the texts; nothing of them stays here."""
        found, self.columns = self.columns, {}
        for name, parts in self.texts.items():
            found[name] = Texts.of(SEPARATOR.join(parts) if parts else None)
            parts.clear()
        return found


def _ordered(facts: dict[str, Any], order: npt.NDArray[np.int32]) -> dict[str, Any]:
    """The persons in the order of the pids `order`; counts become offsets, places rows."""
    row_of = np.empty(int(order.max(initial=0)) + 1, np.int32)
    row_of[facts["pids"]] = np.arange(len(facts["pids"]), dtype=np.int32)
    rows = row_of[order].astype(np.int64)
    moved = not np.array_equal(rows, np.arange(len(rows)))
    if moved:
        for name in _PERSON:
            facts[name] = facts[name][rows]
        facts["debtor_ids"] = facts["debtor_ids"].take(rows)
    for offset, kinds in LISTS.items():
        counts = facts[offset]
        starts = np.cumsum(counts, dtype=np.int64) - counts
        if moved:
            counts = counts[rows]
        facts[offset] = np.zeros(len(counts) + 1, np.int32)
        np.cumsum(counts, out=facts[offset][1:])
        if moved and facts[offset][-1]:
            items = _items(starts[rows], facts[offset])
            for name in kinds:
                if name not in _LEFT_OUT:
                    facts[name] = _taken(facts[name], items)
            if offset == "address_off":
                facts["address_ids"] = facts["address_ids"].take(items)
    for name, offset in _PLACES.items():
        _rows_of_places(facts[name], facts[offset], facts["address_off"])
    facts["contact_channel"] = _taken(CHANNEL_OF_CODE, facts["contact_code"])
    return facts


def _items(starts: I64, offsets: I32) -> npt.NDArray[np.int32]:
    """Where the items of each person, from `starts` on, stand, to be put at `offsets`."""
    items = np.empty(int(offsets[-1]), np.int32)
    for first, last in _spans(len(starts)):
        begin, end = int(offsets[first]), int(offsets[last])
        apart = starts[first:last] - offsets[first:last]
        items[begin:end] = np.repeat(apart, np.diff(offsets[first : last + 1]))
        items[begin:end] += np.arange(begin, end, dtype=np.int32)
    return items


def _taken(values: npt.NDArray[Any], items: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """`values[items]`, so much at a time that the indices stay small."""
    found = np.empty(len(items), values.dtype)
    for first, last in _spans(len(items)):
        np.take(values, items[first:last], out=found[first:last], mode="clip")
    return found


def _rows_of_places(places: npt.NDArray[np.int32], offsets: I32, address_off: I32) -> None:
    """Turn places among the addresses of each person into rows of the addresses."""
    for first, last in _spans(len(offsets) - 1):
        here = places[offsets[first] : offsets[last]]
        begins = np.repeat(address_off[first:last], np.diff(offsets[first : last + 1]))
        np.add(here, begins, out=here, where=here >= 0, casting="unsafe")


def _spans(n: int) -> list[tuple[int, int]]:
    return [(start, min(n, start + _AT_ONCE)) for start in range(0, n, _AT_ONCE)]
