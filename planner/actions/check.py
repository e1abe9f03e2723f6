"""May this person be contacted now? The question behind every button and every stop."""

from datetime import datetime
from zoneinfo import ZoneInfo

from planner.actions.policy import active_policy
from planner.domain.codes import Channel
from planner.policy.check import Answer, check_contact
from planner.policy.pack import Rulebook
from planner.store.facts import load_person_facts
from planner.store.store import Store


def check(
    store: Store,
    debtor_id: str,
    channel: Channel,
    at: datetime,
    *,
    leave: datetime | None = None,
    phone: str = "",
    policy: Rulebook | None = None,
    third_party: bool = False,
) -> Answer:
    """The rules' answer for one person, channel and moment (aware); see `check_contact`.

    Raises PlannerError("store.unknown_person") for an id that is not in the workspace.
    """
    with store.read() as conn:
        day = at.astimezone(ZoneInfo(store.zone)).date()
        facts = load_person_facts(conn, debtor_id, day)
    rules = policy or active_policy(store)
    return check_contact(
        facts, rules, channel, at, leave=leave, phone=phone, third_party=third_party
    )
