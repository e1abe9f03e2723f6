"""What can be done with remote areas: decide, take a decision back, change settings.

All functions run off the GUI thread in the ordered lane.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from planner.actions.change import Change
from planner.actions.remote import Areas
from planner.actions.remote_decisions import OPEN, Decision, decide, decide_for
from planner.actions.remote_rules import load_rules, save_rules
from planner.clock import Clock
from planner.store.store import Store

CHANGE = Change.CASES | Change.SETTINGS


def take(
    store: Store, clock: Clock, areas: Areas, index: int, decision: Decision
) -> tuple[None, Change, bytes]:
    """Keep a decision about the bundle with this index."""
    return None, CHANGE, decide(store, areas, index, decision, clock=clock)


def leave(store: Store, clock: Clock, people: Iterable[str]) -> tuple[None, Change, bytes]:
    """Leave these persons to the advice again."""
    return None, CHANGE, decide_for(store, list(people), Decision(OPEN), clock=clock)


def set_rules(
    store: Store, changes: Mapping[str, Any]
) -> tuple[tuple[dict[str, Any], dict[str, Any]], Change]:
    """Change settings; answers (what was, what is) for the two ways of undo."""
    before = load_rules(store)
    was = {name: getattr(before, name) for name in changes}
    save_rules(store, **changes)
    return (was, dict(changes)), Change.SETTINGS


def put_rules(store: Store, values: Mapping[str, Any]) -> Change:
    """One way of undo: the settings as they were, or are to be again."""
    save_rules(store, **values)
    return Change.SETTINGS
