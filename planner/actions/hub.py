"""The exchange of a workspace through its team's hub: which one it is, and going there."""

from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING

from planner.actions.exchange_log import HUB, logged
from planner.clock import Clock
from planner.errors import PlannerError
from planner.store.store import Store
from planner.sync.exchange import Cancelled, Progress, Told, exchange

if TYPE_CHECKING:
    from planner.sync.hub import Account


def driver() -> ModuleType:
    """planner.sync.hub. PlannerError("hub.driver") where psycopg finds no libpq."""
    try:
        from planner.sync import hub
    except ImportError as error:
        raise PlannerError("hub.driver") from error
    return hub


def hub_of(store: Store) -> "Account | None":
    """The hub that was named to this workspace."""
    hub = driver()
    with store.read() as conn:
        return hub.load_account(conn)  # type: ignore[no-any-return]


def name_hub(store: Store, account: "Account | None") -> None:
    """Name this workspace its hub, None = none any more; nothing is connected.

    PlannerError: "hub.address", "hub.certificate_needed", "hub.certificate_file", "hub.driver".
    """
    hub = driver()
    with store.write() as tx:
        hub.save_account(tx.conn, account)


def exchange_hub(
    store: Store, *, clock: Clock, on_progress: Progress | None = None,
    cancelled: Cancelled | None = None, password: str = "",
) -> Told:  # fmt: skip
    """Exchange with the hub that was named to this workspace; `password` where none is kept.

    PlannerError: "hub.none_set", "hub.unreachable" (host), "hub.…", "exchange.…",
    "store.cancelled"; what was merged and sent before stays so.
    """
    hub = driver()
    from planner.sync.hub_transport import open_hub

    account = hub_of(store)
    if account is None:
        raise PlannerError("hub.none_set")
    account = replace(account, password=password or account.password)

    def deed() -> Told:
        with open_hub(store, account, cancelled=cancelled or hub.never) as way:
            return exchange(store, way, clock=clock, on_progress=on_progress, cancelled=cancelled)

    return logged(store, HUB, clock, deed)
