"""What each exchange of this workspace brought, kept as counts: the history of exchanges.

Kept beside the settings, so it stays on this laptop; no person is named in it.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Final

from planner.actions.met import judge_met, last_place
from planner.clock import Clock
from planner.store import settings
from planner.store.driver import Connection
from planner.store.store import Store
from planner.store.team import load_returned
from planner.sync.exchange import Told

LOG_KEY: Final = "exchange.log"
FILE_OUT, FILE_IN, FOLDER, HUB = "file_out", "file_in", "folder", "hub"
_MOST = 100  # exchanges that are remembered


@dataclass(frozen=True, slots=True)
class Account:
    """One exchange: when it ended (aware), by which way, what was told, and what else was new:
    `plans` that came or were submitted, records that were `returned` with a comment; `peer` is the
    name of the other laptop where a file was for it."""

    at: datetime
    way: str
    told: Told
    plans: int = 0
    returned: int = 0
    peer: str = ""


def logged(
    store: Store, way: str, clock: Clock, deed: Callable[[], Told], *, peer: str = ""
) -> Told:
    """Do an exchange, judge contacts that met in it, and keep its account; raises what `deed`
    raises, then nothing is kept."""
    with store.read() as conn:
        plans, returned = _seen(conn)
    before_it = last_place(store)
    told = deed()
    judge_met(store, before_it, clock=clock)
    with store.write() as tx:
        now_plans, now_returned = _seen(tx.conn)
        one = {
            "at": clock().isoformat(), "way": way, "peer": peer, "told": asdict(told),
            "plans": len(now_plans - plans), "returned": len(now_returned - returned),
        }  # fmt: skip
        before = settings.get(tx.conn, LOG_KEY, [])
        settings.put(tx, LOG_KEY, [one, *before][:_MOST])
    return told


def _seen(conn: Connection) -> tuple[set[tuple[str, str]], set[tuple[str, object]]]:
    plans = {("plan", one) for (one,) in conn.execute("SELECT DISTINCT plan_id FROM plan")}
    plans |= {("submitted", one) for (one,) in conn.execute("SELECT plan_id FROM submitted")}
    return plans, {(one.event_id, one.at) for one in load_returned(conn)}


def load_log(conn: Connection) -> list[Account]:
    """The exchanges of this workspace, the latest first."""
    return [_account(one) for one in settings.get(conn, LOG_KEY, [])]


def _account(one: dict[str, Any]) -> Account:
    known = {field.name for field in fields(Told)}
    told = {name: value for name, value in one["told"].items() if name in known}
    told["refused"] = tuple((code, params) for code, params in told.get("refused", ()))
    return Account(
        datetime.fromisoformat(one["at"]), one["way"], Told(**told), one["plans"],
        one["returned"], one.get("peer", ""),
    )  # fmt: skip
