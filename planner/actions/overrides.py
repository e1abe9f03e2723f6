"""A lead sets one rule aside for one person, channel and span of time: recorded, listed, exported.

The planner never proposes this and never relies on it; only rules whose pack names the lead may be
set aside.
"""

from datetime import datetime

from planner.actions.policy import active_policy
from planner.actions.roles import need_lead
from planner.clock import Clock
from planner.domain.codes import Channel
from planner.errors import PlannerError
from planner.policy.limits import Rule
from planner.store.events import NewEvent
from planner.store.people import load_debtor
from planner.store.store import Store


def overridable(store: Store, debtor_id: str) -> tuple[Rule, ...]:
    """The rules that a lead may set aside for this person, in gate order."""
    with store.read() as conn:
        place = load_debtor(conn, debtor_id).jurisdiction
    policy = active_policy(store).for_jurisdiction(place)
    return tuple(policy.rules[key] for key in policy.order if policy.rules[key].overridable_by)


def override(
    store: Store,
    debtor_id: str,
    rule: str,
    channel: Channel,
    start: datetime,
    end: datetime,
    *,
    reason: str,
    by: str,
    clock: Clock,
) -> bytes:
    """Set `rule` aside for contacts by `channel` from `start` until `end` (aware).

    Returns the batch that undoes it. Raises PlannerError("terms.not_overridable") for a rule that
    nobody may set aside, ("terms.no_reason"), ("terms.hours_reversed"), "store.unknown_person".
    """
    need_lead(store)
    if not reason.strip() or not by.strip():
        raise PlannerError("terms.no_reason")
    if start >= end:
        raise PlannerError("terms.hours_reversed", start=start.isoformat(), end=end.isoformat())
    if rule not in {one.id for one in overridable(store, debtor_id)}:
        raise PlannerError("terms.not_overridable", rule=rule)
    payload = {
        "rule": rule,
        "channel": channel.value,
        "from": start.isoformat(),
        "until": end.isoformat(),
        "reason": reason,
        "by": by,
    }
    with store.write() as tx:
        return tx.append([NewEvent("override", debtor_id, clock(), payload)])
