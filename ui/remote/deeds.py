"""What can be done with remote areas: decide, take a decision back, change settings, plan the week.

All functions run off the GUI thread in the ordered lane, except the search for a week.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from planner.actions.change import Change
from planner.actions.plan_week import Week, plan_week
from planner.actions.remote import Areas
from planner.actions.remote_decisions import OPEN, Decision, decide, decide_for
from planner.actions.remote_rules import load_rules, save_rules
from planner.clock import Clock
from planner.store.store import Store

CHANGE = Change.CASES | Change.SETTINGS
SECONDS = 12.0  # how long the search for a week runs


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


def make_week(
    store: Store, clock: Clock, first: date, reason: str,
    *, on_progress: Callable[[object], None], cancelled: Callable[[], bool],
) -> tuple[Week, bytes | None]:  # fmt: skip
    """Plan the week from `first`; the batch undoes all its days. Raises what `plan_week` raises."""
    week = plan_week(
        store, first, clock=clock, seconds=SECONDS, reason=reason, on_progress=on_progress,
        cancelled=cancelled,
    )  # fmt: skip
    if not week.plans:
        return week, None
    with store.read() as conn:
        found = conn.execute(
            "SELECT batch FROM plan WHERE plan_id = ? ORDER BY version DESC",
            (week.plans[0].plan_id,),
        ).fetchone()
    return week, bytes(found[0]) if found else None
