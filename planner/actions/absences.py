"""When collectors are away. A crew goes out with those who are there, where the rules let so few
stand at a door; persons of somebody who is away wait, or are handed over."""

import secrets
from datetime import date

from planner.actions.roles import need_lead
from planner.clock import Clock
from planner.errors import PlannerError
from planner.store.crews import staff_names
from planner.store.events import NewEvent
from planner.store.store import Store
from planner.store.team import Absence, load_absences


def save_absence(
    store: Store,
    collector_id: str,
    first: date,
    last: date,
    *,
    clock: Clock,
    reason: str = "",
    absence_id: str = "",
) -> bytes:
    """A collector is away from `first` to `last`, both included; the batch that undoes it.

    With `absence_id` that absence is changed. Raises PlannerError("team.lead_only"),
    ("team.collector") for somebody who is in no crew, ("team.absence") for days in the wrong order.
    """
    need_lead(store)
    if first > last:
        raise PlannerError("team.absence")
    told = {
        "absence_id": absence_id or secrets.token_hex(8), "collector_id": collector_id,
        "from": first, "to": last, "reason": reason.strip(),
    }  # fmt: skip
    with store.write() as tx:
        if collector_id not in staff_names(tx.conn):
            raise PlannerError("team.collector", collector=collector_id)
        return tx.append([NewEvent("absence", "", clock(), told)])


def end_absence(store: Store, absence_id: str, *, clock: Clock) -> bytes | None:
    """An absence is not so after all; the batch that undoes it, None where there is none.

    Raises PlannerError("team.lead_only").
    """
    need_lead(store)
    with store.write() as tx:
        for one in load_absences(tx.conn):
            if one.absence_id == absence_id:
                told = {
                    "absence_id": absence_id, "collector_id": one.collector_id,
                    "from": one.first, "to": one.last, "gone": True,
                }  # fmt: skip
                return tx.append([NewEvent("absence", "", clock(), told)])
    return None


def absences(store: Store, first: date, last: date) -> tuple[Absence, ...]:
    """Absences that touch these days, by day and collector."""
    with store.read() as conn:
        return tuple(load_absences(conn, first, last))
