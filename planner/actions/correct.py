"""A wrong outcome is corrected by another entry: the first is reversed, both stay readable."""

from datetime import date, datetime
from typing import Any

from planner.actions.at_door import AtDoor
from planner.actions.outcomes import Outcome, PlanTerms
from planner.actions.policy import active_policy
from planner.actions.record import Recorded, prepared, told_after, write_outcome
from planner.clock import Clock
from planner.domain.facts import moment
from planner.domain.instalments import Household, Instalment
from planner.errors import PlannerError
from planner.policy.pack import Rulebook
from planner.store.driver import Connection
from planner.store.events import Event, events_of
from planner.store.state import undone_batches
from planner.store.store import Store, reversals


def recorded_outcome(conn: Connection, debtor_id: str, batch: bytes) -> Outcome:
    """What was recorded under `batch`, as it was given: to fill a form with. Without the files.

    PlannerError("record.not_correctable") for what is no outcome, was undone or came from a list.
    """
    return _outcome(_entry(conn, debtor_id, batch))


def correct(
    store: Store, batch: bytes, outcome: Outcome, *, clock: Clock, policy: Rulebook | None = None,
    allow_future: bool = False,
) -> Recorded:  # fmt: skip
    """Reverse the entry of `batch` and write `outcome` in its place, as one batch of its own.

    Undoing that batch brings the first entry back. Evidence of the first goes on with the second.
    Rules are judged as if the first had never been. Raises what `record` and `recorded_outcome`
    raise; then nothing was written.
    """
    policy = policy or active_policy(store)
    with store.write() as tx:
        before = _entry(tx.conn, outcome.debtor_id, batch)
        fresh = tx.append(reversals(tx, batch))
        ready = prepared(
            tx.conn, store.zone, outcome, policy, clock(), allow_future=allow_future
        )  # fmt: skip
        write_outcome(tx, ready, fresh, before)
    return told_after(store, ready, fresh, policy)


def _entry(conn: Connection, debtor_id: str, batch: bytes) -> list[Event]:
    """The events of one recorded outcome."""
    ((_, events),) = events_of(conn, [debtor_id])
    own = [event for event in events if event.batch == batch]
    contacts = [event for event in own if event.kind == "contact"]
    imported = conn.execute(
        "SELECT 1 FROM event WHERE batch = ? AND kind = 'import'", (batch,)
    ).fetchone()
    if len(contacts) != 1 or imported or batch in undone_batches(events):
        raise PlannerError("record.not_correctable")
    return own


def _outcome(events: list[Event]) -> Outcome:
    by_kind: dict[str, dict[str, Any]] = {}
    for event in events:
        by_kind.setdefault(event.kind, event.payload)
    contact = next(event for event in events if event.kind == "contact")
    told = contact.payload
    promise, payment = by_kind.get("promise", {}), by_kind.get("payment", {})
    due = promise.get("due")
    leave = told.get("leave")
    return Outcome(
        contact.debtor_id, told["code"], moment(contact.occurred_at), told.get("result", ""),
        promise.get("amount", payment.get("amount")), date.fromisoformat(due) if due else None,
        told.get("note", ""), tuple(told.get("by", ())), told.get("address_id", ""),
        told.get("case_id", ""), told.get("phone", ""),
        datetime.fromisoformat(leave) if leave else None, _plan(by_kind.get("plan.agreed")),
        AtDoor(
            receipt=payment.get("receipt", ""), pay_by=promise.get("channel", ""),
            reason=told.get("reason", ""), shown=told.get("shown", ""),
            consent=told.get("consent", ""), disclosed=told.get("disclosed"),
            phone=_found(events, "phone"), address=_found(events, "address"),
        ),
    )  # fmt: skip


def _found(events: list[Event], field: str) -> str:
    """The phone or address that was proposed with the entry."""
    values = (e.payload["value"] for e in events
              if e.kind == "change.proposed" and e.payload["field"] == field)  # fmt: skip
    return next(values, "")


def _plan(told: dict[str, Any] | None) -> PlanTerms | None:
    if told is None:
        return None
    return PlanTerms(
        tuple(Instalment(date.fromisoformat(one["due"]), one["amount"])
              for one in told["instalments"]),
        told.get("down", 0), told.get("waived", 0), tuple(told.get("approval", ())),
        Household(**told["told"]) if told.get("told") else None, tuple(told.get("case_ids", ())),
    )  # fmt: skip
