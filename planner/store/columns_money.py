"""Promises and payments of many persons as columns, and what was paid towards each promise."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from planner.domain.facts import I16, I64
from planner.store.promises import day_end, paid_towards, window_end
from planner.store.source import Rows, Source

_SHIFT = 40  # more bits than an instant has


def payments(source: Source, rows: Rows) -> dict[str, Any]:
    """All payments by time."""
    pid, at, amount = source.read("pid | at | amount", "payment ORDER BY pid, at, event_id")
    order, _, offsets = rows.place(pid)
    return {
        "payment_off": offsets,
        "payment_at": at[order],
        "payment_amount": amount[order],
    }


def promises(source: Source, rows: Rows) -> dict[str, Any]:
    """All promises by the time they were made; what was paid says `paid`."""
    pid, due, made, amount, plan = source.read(
        "pid | due | made_at | amount | plan", "promise ORDER BY pid, made_at, promise_id"
    )
    order, _, offsets = rows.place(pid)
    return {
        "promise_off": offsets,
        "promise_due": due[order].astype(np.int32),
        "promise_made": made[order],
        "promise_amount": amount[order],
        "promise_plan": plan[order],
    }


def paid(known: dict[str, Any], day: date) -> I64:
    """What was paid towards each promise as of the end of `day`, in each person's zone.

    `known` are the columns of persons, promises and payments.
    """
    off = known["promise_off"]
    row = np.repeat(np.arange(len(off) - 1), np.diff(off))
    due, made = known["promise_due"], known["promise_made"]
    end = _ends(due, known["zone"][row], known["zones"], day)
    cut = np.array([day_end(day, ZoneInfo(name)) for name in known["zones"]], np.int64)
    return _paid(row, due, made, end, known["promise_amount"], known, cut[known["zone"]])


def _ends(due: I64, zone: I16, zones: tuple[str, ...], day: date) -> I64:
    """The instant up to which (exclusive) a payment counts towards each promise."""
    end = np.zeros(len(due), np.int64)
    for index, name in enumerate(zones):
        here = zone == index
        days, inverse = np.unique(due[here], return_inverse=True)
        instants = [window_end(date.fromordinal(int(one)), day, ZoneInfo(name)) for one in days]
        end[here] = np.array(instants, np.int64)[inverse]
    return end


def _paid(
    row: I64, due: I64, made: I64, end: I64, amount: I64, known: dict[str, Any], cut: I64
) -> I64:
    """Paid towards each promise: sums where windows stand alone, allocation where they overlap or
    money was taken back."""
    at, sums = known["payment_at"], known["payment_amount"]
    owner = np.repeat(np.arange(len(known["payment_off"]) - 1), np.diff(known["payment_off"]))
    keys = owner << _SHIFT | np.maximum(at, 0)
    first = np.searchsorted(keys, row << _SHIFT | np.maximum(made, 0), side="right")
    last = np.searchsorted(keys, row << _SHIFT | np.maximum(end, 0), side="left")
    running = np.concatenate([[0], np.cumsum(sums)])
    paid = np.where(last > first, running[last] - running[np.minimum(first, last)], 0)
    paid = np.minimum(paid, amount)
    overlap = np.flatnonzero((row[1:] == row[:-1]) & (made[1:] < end[:-1]))
    for who in np.unique(np.concatenate([row[overlap], owner[sums < 0]])):
        mine = slice(*np.searchsorted(row, [who, who + 1]))
        theirs = slice(*known["payment_off"][who : who + 2])
        paid[mine] = paid_towards(
            list(zip(*(part[mine].tolist() for part in (made, end, due, amount)), strict=True)),
            list(zip(at[theirs].tolist(), sums[theirs].tolist(), strict=True)),
            int(cut[who]),
        )
    return paid
