"""Erasure: what was recorded about a person becomes unreadable for good."""

import json

from planner.errors import PlannerError
from planner.store.state import clear
from planner.store.store import Writer


def erase_person(tx: Writer, debtor_id: str) -> None:
    """Make everything about a person unreadable for good; the chain of events stays whole.

    Deletes the key, the identity and all derived rows; positions in old plans become coarse.
    PlannerError("store.unknown_person").
    """
    found = tx.conn.execute(
        "SELECT pid FROM who WHERE debtor_id = ? AND debtor_id <> ''", (debtor_id,)
    ).fetchone()
    if found is None:
        raise PlannerError("store.unknown_person", debtor=debtor_id)
    clear(tx.conn, [found[0]])
    tx.conn.execute("DELETE FROM identity WHERE pid = ?", found)
    tx.conn.execute(
        "UPDATE who SET key = NULL, erased_at = ? WHERE pid = ?",
        (int(tx.clock().timestamp()), found[0]),
    )
    for version, body in tx.conn.execute(
        "SELECT version, body FROM plan WHERE instr(body, ?)", (debtor_id,)
    ).fetchall():
        tx.conn.execute(
            "UPDATE plan SET body = ? WHERE version = ?", (_coarse(body, debtor_id), version)
        )
    tx.erased = True


def _coarse(body: str, debtor_id: str) -> str:
    """The plan without the exact place of one person (a tenth of a degree is about 10 km)."""
    plan = json.loads(body)
    for route in plan["routes"]:
        for stop in route["stops"]:
            if stop["debtor"] == debtor_id:
                stop |= {"lat": round(stop["lat"], 1), "lon": round(stop["lon"], 1)}
                stop |= {"address": "", "cases": []}
    return json.dumps(plan, ensure_ascii=False, separators=(",", ":"))
