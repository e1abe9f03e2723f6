"""Erasure: what was recorded about a person becomes unreadable for good."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from planner.errors import PlannerError
from planner.ranking.snapshot import without_persons
from planner.store.blobs import drop_blobs
from planner.store.state import CHUNK, clear
from planner.store.store import Writer


@dataclass(frozen=True, slots=True)
class Moved:
    """A person who goes on under another id: address ids as they are now, loans that are gone."""

    debtor_id: str
    addresses: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()


def erase_person(tx: Writer, debtor_id: str) -> None:
    """Make everything about a person unreadable for good; the chain of events stays whole.

    Deletes the key, the identity and all derived rows; old plans keep the time of the stop.
    PlannerError("store.unknown_person").
    """
    erase_persons(tx, [debtor_id])


def erase_persons(
    tx: Writer, debtor_ids: Sequence[str], moved: Mapping[str, Moved] | None = None
) -> None:
    """The same for many; with `moved`, plans go on with persons whose data were recorded anew."""
    known = _pids(tx, debtor_ids)
    for start in range(0, len(debtor_ids), CHUNK):
        pids = [known[who] for who in debtor_ids[start : start + CHUNK]]
        asked = json.dumps(pids)
        clear(tx.conn, pids)
        drop_blobs(tx.conn, pids)
        chosen = "pid IN (SELECT value FROM json_each(?))"
        for table in ("identity", "conflict", "flagged"):
            tx.conn.execute(f"DELETE FROM {table} WHERE {chosen}", (asked,))
        tx.conn.execute(
            f"UPDATE who SET key = NULL, erased_at = ? WHERE {chosen}",
            (int(tx.clock().timestamp()), asked),
        )
    if moved is None:
        forget_in_plans(tx, debtor_ids, {})
    tx.erased = True


def _pids(tx: Writer, debtor_ids: Sequence[str]) -> dict[str, int]:
    known = dict(
        tx.conn.execute(
            "SELECT debtor_id, pid FROM who WHERE debtor_id <> ''"
            " AND debtor_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(debtor_ids)),),
        ).fetchall()
    )
    for who in debtor_ids:
        if who not in known:
            raise PlannerError("store.unknown_person", debtor=who)
    return known


def forget_in_plans(tx: Writer, erased: Collection[str], moved: Mapping[str, Moved]) -> None:
    """Take exact places, loans and what planning knew of these persons out of all plans.

    Stops of `moved` persons go on under their new ids.
    """
    gone = frozenset(erased) | moved.keys()
    for (version,) in tx.conn.execute("SELECT version FROM plan ORDER BY version").fetchall():
        body, snapshot = tx.conn.execute(
            "SELECT body, snapshot FROM plan WHERE version = ?", (version,)
        ).fetchone()
        told = json.loads(body)
        if _forget(told, gone, moved):
            body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        try:
            snapshot = without_persons(snapshot, gone) if snapshot else b""
        except PlannerError:
            snapshot = b""  # what cannot be read cannot be shown to be free of them
        tx.conn.execute(
            "UPDATE plan SET body = ?, snapshot = ? WHERE version = ?", (body, snapshot, version)
        )
    for plan_id, crew_id, body in tx.conn.execute(
        "SELECT plan_id, crew_id, body FROM submitted"
    ).fetchall():
        told = json.loads(body)
        if _forget(told, gone, moved):
            body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
            tx.conn.execute(
                "UPDATE submitted SET body = ? WHERE plan_id = ? AND crew_id = ?",
                (body, plan_id, crew_id),
            )


def _forget(plan: dict[str, Any], gone: Collection[str], moved: Mapping[str, Moved]) -> bool:
    """Whether the plan speaks of any of them; a tenth of a degree is about 10 km."""
    found = False
    for route in plan["routes"]:
        for stop in route["stops"]:
            who = stop["debtor"]
            if who not in gone:
                continue
            found = True
            new = moved.get(who)
            if new is None:
                stop |= {"lat": round(stop["lat"], 1), "lon": round(stop["lon"], 1)}
                stop |= {"address": "", "cases": []}
            else:
                stop["debtor"] = new.debtor_id
                stop["address"] = new.addresses.get(stop["address"], "")
                stop["cases"] = [case for case in stop["cases"] if case not in new.gone]
    for one in plan["not_planned"]:
        if one["debtor"] in moved:
            found = True
            one["debtor"] = moved[one["debtor"]].debtor_id
    return found
