"""The settings of remote areas and of waiting in a workspace, with their bounds."""

from dataclasses import fields, replace
from typing import Any, Final

from planner.actions.roles import need_lead
from planner.errors import PlannerError
from planner.routing.remote_trip import BOUNDS, RemoteRules
from planner.store import settings
from planner.store.store import Store

RULES_KEY: Final = "remote"


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
