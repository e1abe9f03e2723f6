"""A laptop's part in a team ends, for a reason that stays to be read, and may begin again."""

from typing import Final

from planner.actions.exchange import leave_out, let_back_in
from planner.clock import Clock, today
from planner.errors import PlannerError
from planner.store import settings
from planner.store.driver import Connection
from planner.store.store import Store

_KEY: Final = "exchange.ended"  # peer -> reason


def end_laptop(store: Store, peer_id: str, reason: str, *, clock: Clock) -> None:
    """End a laptop's part in the team and keep why, with the local day.

    PlannerError("team.no_reason"), ("exchange.not_in_team").
    """
    if not reason.strip():
        raise PlannerError("team.no_reason")
    leave_out(store, peer_id)
    with store.write() as tx:
        told = settings.get(tx.conn, _KEY, {})
        settings.put(tx, _KEY, told | {peer_id: f"{today(clock, store.zone)}: {reason.strip()}"})


def back_laptop(store: Store, peer_id: str) -> None:
    """Give a laptop its place back. PlannerError("exchange.not_in_team")."""
    let_back_in(store, peer_id)
    with store.write() as tx:
        told = settings.get(tx.conn, _KEY, {})
        settings.put(tx, _KEY, {key: why for key, why in told.items() if key != peer_id})


def why_ended(conn: Connection) -> dict[str, str]:
    """Why laptops are no longer in the team: peer -> "day: reason"."""
    return dict(settings.get(conn, _KEY, {}))
