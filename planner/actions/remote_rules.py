"""The settings of remote areas and of waiting in a workspace, with their bounds."""

from dataclasses import fields, replace
from typing import Any, Final

from planner.actions.roles import need_lead
from planner.errors import PlannerError
from planner.routing.remote_trip import RemoteRules
from planner.store import settings
from planner.store.store import Store

RULES_KEY: Final = "remote"
# What is beyond these is a slip of the pen: a share of money, seconds, money, counts, days.
BOUNDS: Final[dict[str, tuple[float, float]]] = {
    "share": (0.05, 5.0),
    "least_drive": (0, 6 * 3600),
    "reach": (60, 3 * 3600),
    "begin": (0, 23 * 3600),
    "end": (3600, 24 * 3600),
    "most_trips": (1, 5),
    "day_cost": (0, 1_000_000),
    "lodging": (0, 10_000_000),
    "most_nights": (0, 5),
    "drive_home": (0, 12 * 3600),
    "most_wait": (10, 3650),
    "notice": (8, 60),
    "usable": (0.1, 1.0),
    "iterations": (10, 100_000),
}


def load_rules(store: Store) -> RemoteRules:
    """The settings of remote areas in this workspace."""
    with store.read() as conn:
        changed = settings.get(conn, RULES_KEY, {})
    known = {one.name for one in fields(RemoteRules)}
    return RemoteRules(**{key: value for key, value in changed.items() if key in known})


def save_rules(store: Store, **changes: Any) -> RemoteRules:
    """Change settings of remote areas, such as most_wait=60 or lodging=25000.

    Raises PlannerError("remote.setting") naming one that is out of its bounds.
    """
    need_lead(store)
    for name, value in changes.items():
        low, high = BOUNDS[name]
        if not low <= value <= high:
            raise PlannerError("remote.setting", name=name, least=low, most=high)
    rules = replace(load_rules(store), **changes)
    usual = RemoteRules()
    own = {f.name: getattr(rules, f.name) for f in fields(RemoteRules)
           if getattr(rules, f.name) != getattr(usual, f.name)}  # fmt: skip
    with store.write() as tx:
        settings.put(tx, RULES_KEY, own)
    return rules
