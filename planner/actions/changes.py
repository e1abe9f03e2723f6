"""A phone number or an address found at a door: proposed first, decided on the person's page.

Accepted, it becomes one of the person's own: lists add to what is known and take nothing away, so
it stays when the next one comes. A new address has no position yet and goes to the places to check.
"""

import re
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from planner.actions.listed import address_payload
from planner.clock import Clock
from planner.domain.codes import AddressKind, Grade, Region
from planner.domain.people import Address
from planner.errors import PlannerError
from planner.store.changes import load_changes
from planner.store.events import NewEvent
from planner.store.people import load_debtor
from planner.store.store import Store

PHONE, ADDRESS = "phone", "address"
AT_THE_DOOR = "at the door"
LONGEST = 200  # characters of an address
_DIGITS = range(5, 20)


def clean_change(field: str, value: str) -> str:
    """The value as it will be kept: a phone as its digits, an address in one line.

    PlannerError("change.bad_phone"), ("change.bad_address").
    """
    text = " ".join(unicodedata.normalize("NFKC", value).split())
    if field == PHONE:
        plain = re.sub(r"[\s()./-]", "", text)
        if not re.fullmatch(r"\+?\d+", plain) or len(plain.lstrip("+")) not in _DIGITS:
            raise PlannerError("change.bad_phone")
        return plain
    if not 4 <= len(text) <= LONGEST:
        raise PlannerError("change.bad_address", most=LONGEST)
    return text


def proposal(
    debtor_id: str, field: str, value: str, *, at: datetime, by: Sequence[str] = (),
    source: str = AT_THE_DOOR,
) -> NewEvent:  # fmt: skip
    """The event of a proposed change. Raises what `clean_change` raises."""
    told = {"change_id": secrets.token_hex(8), "field": field,
            "value": clean_change(field, value), "source": source, "by": list(by)}  # fmt: skip
    return NewEvent("change.proposed", debtor_id, at, told)


def decide(
    store: Store, debtor_id: str, change_id: str, accepted: bool, *, clock: Clock, by: str = "",
    reason: str = "", kind: AddressKind = AddressKind.HOME,
) -> bytes:  # fmt: skip
    """Accept or refuse a proposed change; the batch that undoes it.

    `kind` is that of an accepted address. PlannerError("change.not_waiting") for one that is
    unknown or decided already; then nothing was written.
    """
    with store.write() as tx:
        waiting = {one.change_id: one for one in load_changes(tx.conn, [debtor_id])}
        one = waiting.get(change_id)
        if one is None:
            raise PlannerError("change.not_waiting")
        told: dict[str, Any] = {"change_id": change_id, "accepted": accepted, "field": one.field,
                "value": one.value, "by": by or None, "reason": reason or None}  # fmt: skip
        if accepted and one.field == ADDRESS:
            known = load_debtor(tx.conn, debtor_id).addresses
            region = known[0].region if known else Region.URBAN  # until somebody looks
            place = Address("", debtor_id, one.value, kind, region, Grade.NONE)
            told["address_id"] = address_payload(debtor_id, place)["address_id"]
            told |= {"address_kind": int(kind), "region": int(region)}
        return tx.append([NewEvent("change.decided", debtor_id, clock(), told)])
