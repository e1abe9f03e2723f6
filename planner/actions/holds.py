"""Pauses and marks by hand: a hold with an end and a reason, a flag, the lead's watch."""

import secrets
from datetime import datetime

from planner.clock import Clock
from planner.domain.codes import Flag, HoldKind
from planner.domain.people import Hold
from planner.errors import PlannerError
from planner.store.events import NewEvent
from planner.store.facts import load_person_facts
from planner.store.people import load_debtor
from planner.store.store import Store


def hold(
    store: Store,
    debtor_id: str,
    kind: HoldKind,
    *,
    reason: str,
    clock: Clock,
    until: datetime | None = None,
) -> bytes:
    """Pause contact from now until `until` (aware; None = until released); the batch to undo it.

    Raises PlannerError("terms.no_reason"), ("terms.hold_over") for an end that has passed, and
    "store.unknown_person".
    """
    now = clock()
    _known(store, debtor_id, reason)
    if until is not None and until <= now:
        raise PlannerError("terms.hold_over", until=until.isoformat())
    payload = {"hold_id": secrets.token_hex(8), "kind": int(kind), "reason": reason}
    if until is not None:
        payload["until"] = until.isoformat()
    with store.write() as tx:
        return tx.append([NewEvent("hold", debtor_id, now, payload)])


def running(store: Store, debtor_id: str, now: datetime) -> tuple[Hold, ...]:
    """The holds of a person that run at `now`."""
    with store.read() as conn:
        facts = load_person_facts(conn, debtor_id, now.date())
    return tuple(
        one for one in facts.holds if one.start <= now and (one.until is None or one.until > now)
    )


def release(store: Store, debtor_id: str, kind: HoldKind, *, clock: Clock) -> bytes:
    """End the running holds of one kind; the batch to undo it.

    Raises PlannerError("terms.no_such_hold") when none runs, and "store.unknown_person".
    """
    now = clock()
    ending = [one for one in running(store, debtor_id, now) if one.kind is kind]
    if not ending:
        raise PlannerError("terms.no_such_hold", kind=kind.name.lower())
    with store.write() as tx:
        return tx.append(
            [NewEvent("hold.ended", debtor_id, now, {"hold_id": one.hold_id}) for one in ending]
        )


def mark(store: Store, debtor_id: str, flag: Flag, on: bool, *, reason: str, clock: Clock) -> bytes:
    """Set or take away one flag, for a reason; the batch to undo it."""
    _known(store, debtor_id, reason)
    payload = {"flag": int(flag), "on": on, "reason": reason}
    with store.write() as tx:
        return tx.append([NewEvent("flag", debtor_id, clock(), payload)])


def watch(store: Store, debtor_id: str, on: bool, *, reason: str, clock: Clock) -> bytes:
    """Put a person on the watch by hand, however small the debt, or take one off, however large.

    Off the watch means off: no other reason to watch counts until the person is put on again.
    """
    _known(store, debtor_id, reason)
    now = clock()
    wanted = {Flag.WATCH: on, Flag.OFF_WATCH: not on}
    with store.write() as tx:
        return tx.append(
            [
                NewEvent("flag", debtor_id, now, {"flag": int(f), "on": set_, "reason": reason})
                for f, set_ in wanted.items()
            ]
        )


def _known(store: Store, debtor_id: str, reason: str) -> None:
    if not reason.strip():
        raise PlannerError("terms.no_reason")
    with store.read() as conn:
        load_debtor(conn, debtor_id)
