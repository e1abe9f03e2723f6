"""A look at somebody's masked data, written down with the user of the system who looked."""

import getpass

from planner.actions.change import Change
from planner.actions.reveals import note_reveal
from planner.clock import Clock
from planner.store.store import Store


def system_user() -> str:
    """The name with which somebody is logged in to this computer; "" where there is none."""
    try:
        return getpass.getuser()
    except (OSError, ImportError, KeyError):
        return ""


def write_reveal(store: Store, debtor_id: str, where: str, clock: Clock) -> tuple[None, Change]:
    """Record it; no view has to renew itself for that."""
    note_reveal(store, debtor_id, where=where, by=system_user(), clock=clock)
    return None, Change.NOTHING
