"""Agreed hours and places, and announced visits: recorded with their evidence, never without."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from planner.clock import Clock
from planner.domain.codes import Channel
from planner.errors import PlannerError
from planner.store.events import NewEvent
from planner.store.people import load_debtor
from planner.store.store import Store


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a person agreed to for a channel: hours "18:00" to "20:00" (both "" = a place only) on
    every day, on an ISO `weekday` or on one `day`; `address_id` where a place was agreed."""

    debtor_id: str
    channel: Channel
    evidence: str
    start: str = ""
    end: str = ""
    weekday: int = 0
    day: date | None = None
    address_id: str = ""


def agree(store: Store, agreed: Agreed, *, clock: Clock, at: datetime | None = None) -> bytes:
    """Record an agreement made at `at` (now); the batch that undoes it.

    Raises PlannerError("terms.no_evidence"), ("terms.hours_reversed"), ("terms.nothing_agreed"),
    ("terms.unknown_address") and "store.unknown_person"; then nothing was written.
    """
    _evidence(agreed.evidence)
    if bool(agreed.start) != bool(agreed.end) or (agreed.start and agreed.start >= agreed.end):
        raise PlannerError("terms.hours_reversed", start=agreed.start, end=agreed.end)
    if not agreed.start and not agreed.address_id:
        raise PlannerError("terms.nothing_agreed")
    with store.read() as conn:
        debtor = load_debtor(conn, agreed.debtor_id)
    if agreed.address_id and agreed.address_id not in {a.address_id for a in debtor.addresses}:
        raise PlannerError("terms.unknown_address", address=agreed.address_id)
    payload: dict[str, Any] = {
        "agreement_id": secrets.token_hex(8),
        "channel": agreed.channel.value,
        "evidence": agreed.evidence,
        "from": agreed.start or None,
        "until": agreed.end or None,
        "weekday": agreed.weekday or None,
        "date": agreed.day,
        "address_id": agreed.address_id or None,
    }
    event = NewEvent("agreement", agreed.debtor_id, at or clock(), payload)
    with store.write() as tx:
        return tx.append([event])


def end_agreement(store: Store, debtor_id: str, agreement_id: str, *, clock: Clock) -> bytes:
    """End an agreement from now on; the batch that undoes it."""
    event = NewEvent("agreement.ended", debtor_id, clock(), {"agreement_id": agreement_id})
    with store.write() as tx:
        return tx.append([event])


def announce(
    store: Store,
    debtor_id: str,
    start: datetime,
    end: datetime,
    evidence: str,
    *,
    clock: Clock,
    at: datetime | None = None,
) -> bytes:
    """Record that a visit between `start` and `end` (aware) was announced at `at` (now).

    Raises PlannerError("terms.no_evidence"), ("terms.hours_reversed") and "store.unknown_person".
    """
    _evidence(evidence)
    if start >= end:
        raise PlannerError("terms.hours_reversed", start=start.isoformat(), end=end.isoformat())
    with store.read() as conn:
        load_debtor(conn, debtor_id)
    payload = {"from": start.isoformat(), "until": end.isoformat(), "evidence": evidence}
    with store.write() as tx:
        return tx.append([NewEvent("notice", debtor_id, at or clock(), payload)])


def _evidence(evidence: str) -> None:
    if not evidence.strip():
        raise PlannerError("terms.no_evidence")
