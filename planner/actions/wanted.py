"""What a person needs of a crew, and a lead's word that somebody has to be visited on a day."""

from collections.abc import Iterable
from datetime import date

from planner.actions.roles import need_lead
from planner.clock import Clock
from planner.domain.work import LONGEST_SKILL, MOST_SKILLS, clean_tags
from planner.errors import PlannerError
from planner.store.events import NewEvent
from planner.store.people import load_debtor
from planner.store.store import Store


def set_needs(store: Store, debtor_id: str, tags: Iterable[str], *, clock: Clock) -> bytes:
    """Replace what a person needs of a crew (none: any crew will do); the batch that undoes it.

    Raises PlannerError("crews.bad_tags") for too many or too long ones, "store.unknown_person".
    """
    clean = clean_tags(tags)
    if len(clean) > MOST_SKILLS or any(len(tag) > LONGEST_SKILL for tag in clean):
        raise PlannerError("crews.bad_tags", most=MOST_SKILLS, longest=LONGEST_SKILL)
    with store.read() as conn:
        load_debtor(conn, debtor_id)
    with store.write() as tx:
        return tx.append([NewEvent("needs", debtor_id, clock(), {"tags": list(clean)})])


def must_visit(
    store: Store, debtor_id: str, day: date, on: bool, *, reason: str, by: str, clock: Clock
) -> bytes:
    """A lead decides that a person has to be visited on `day`, or takes that back.

    Returns the batch that undoes it. Raises PlannerError("terms.no_reason") for a decision without
    reason or name, and "store.unknown_person".
    """
    need_lead(store)
    if on and not (reason.strip() and by.strip()):
        raise PlannerError("terms.no_reason")
    with store.read() as conn:
        load_debtor(conn, debtor_id)
    payload = {"date": day, "on": on, "reason": reason.strip(), "by": by.strip()}
    with store.write() as tx:
        return tx.append([NewEvent("must", debtor_id, clock(), payload)])
