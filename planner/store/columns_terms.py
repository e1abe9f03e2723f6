"""Holds, agreements, announcements and overrides of many persons as columns."""

from typing import Any

import numpy as np

from planner.domain.facts import NEVER
from planner.store.columns import match
from planner.store.source import Rows, Source


def holds(source: Source, rows: Rows) -> dict[str, Any]:
    """All holds by start; NEVER = open end."""
    pid, kind, start, until = source.read(
        f"pid | kind | start | ifnull(until, {NEVER})", "hold ORDER BY pid, start, hold_id"
    )
    order, _, offsets = rows.place(pid)
    return {
        "hold_off": offsets,
        "hold_kind": kind[order].astype(np.int8),
        "hold_start": start[order],
        "hold_until": until[order],
    }


def agreements(source: Source, rows: Rows, known: dict[str, Any]) -> dict[str, Any]:
    """All agreements by the moment they were made; `known` are the address columns."""
    pid, at, channel, start, until, weekday, day, ended, address = source.read(
        f"pid | at | channel | start | until | weekday | day | ifnull(ended, {NEVER}) | mark",
        "agreement ORDER BY pid, at, agreement_id",
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
        "agreement_address": match(placed, address[order], known),
    }


def notices(source: Source, rows: Rows) -> dict[str, Any]:
    """All announcements by the moment they were given."""
    pid, at, start, until = source.read(
        "pid | at | start | until", "notice ORDER BY pid, at, event_id"
    )
    order, _, offsets = rows.place(pid)
    return {
        "notice_off": offsets,
        "notice_at": at[order],
        "notice_from": start[order],
        "notice_until": until[order],
    }


def overrides(source: Source, rows: Rows) -> dict[str, Any]:
    """All overrides by the moment they were given."""
    limit, params = source.limit
    names = [
        rule
        for (rule,) in source.conn.execute(
            f"SELECT DISTINCT rule FROM override_ WHERE {limit} ORDER BY rule", params
        )
    ]
    cases = " ".join(f"WHEN '{rule.replace(chr(39), chr(39) * 2)}' THEN {k}"
                     for k, rule in enumerate(names))  # fmt: skip
    place = f"CASE rule {cases} END" if names else "0"
    pid, at, rule, channel, start, until = source.read(
        f"pid | at | {place} | channel | start | until", "override_ ORDER BY pid, at, event_id"
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
