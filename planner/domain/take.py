"""Some persons out of a table of facts, as a table of their own."""

from dataclasses import replace
from typing import Any

import numpy as np

from planner.domain.facts import I32, I64, LISTS, FactTable
from planner.domain.texts import pick

_PERSON = (
    "amount", "overdue_since", "open_cases", "flags", "limitation", "zone", "jurisdiction",
)  # fmt: skip


def take(table: FactTable, rows: I64) -> FactTable:
    """The persons `rows` (ascending row numbers) of `table` as a table of their own."""
    columns: dict[str, Any] = {name: getattr(table, name)[rows] for name in _PERSON}
    places = _items(table.address_off, rows)
    new_place = np.full(len(table.address_ids), -1, np.int32)
    new_place[places] = np.arange(len(places))
    for offset, names in LISTS.items():
        offsets: I32 = getattr(table, offset)
        items = _items(offsets, rows)
        lengths = np.diff(offsets)[rows]
        columns[offset] = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        columns |= {name: getattr(table, name)[items] for name in names}
    for name in ("contact_address", "agreement_address"):
        old = columns[name]
        columns[name] = np.where(old < 0, np.int32(-1), new_place[old]).astype(np.int32)
    return replace(
        table,
        pids=table.pids[rows] if len(table.pids) else table.pids,
        debtor_ids=pick(table.debtor_ids, rows),
        address_ids=pick(table.address_ids, places),
        **columns,
    )


def part(table: FactTable, start: int, stop: int) -> FactTable:
    """The persons from row `start` to row `stop`: views, hardly anything is copied."""
    columns: dict[str, Any] = {name: getattr(table, name)[start:stop] for name in _PERSON}
    for offset, names in LISTS.items():
        offsets: I32 = getattr(table, offset)
        first, last = int(offsets[start]), int(offsets[stop])
        columns[offset] = offsets[start : stop + 1] - first
        columns |= {name: getattr(table, name)[first:last] for name in names}
    first, last = int(table.address_off[start]), int(table.address_off[stop])
    for name in ("contact_address", "agreement_address"):
        old = columns[name]
        columns[name] = np.where(old < 0, np.int32(-1), old - np.int32(first))
    return replace(
        table,
        pids=table.pids[start:stop],
        debtor_ids=table.debtor_ids[start:stop],
        address_ids=table.address_ids[first:last],
        **columns,
    )


def _items(offsets: I32, rows: I64) -> I64:
    """The item rows of the persons `rows`, in order."""
    chosen = np.zeros(len(offsets) - 1, np.bool_)
    chosen[rows] = True
    found: I64 = np.flatnonzero(np.repeat(chosen, np.diff(offsets)))
    return found
