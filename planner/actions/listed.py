"""How places, loans and entries of a history are told to the store, and recognised again."""

import hashlib
from datetime import datetime
from typing import Any

from planner.domain.datum import WGS84
from planner.domain.facts import instant
from planner.domain.people import Address, Case


def address_payload(debtor_id: str, address: Address) -> dict[str, Any]:
    """The address as an event says it; its id follows from person and text, so it is stable."""
    digest = hashlib.blake2b(
        f"{debtor_id}|{address.kind}|{address.text}".encode(), digest_size=6
    ).hexdigest()
    payload: dict[str, Any] = {
        "address_id": address.address_id or f"A{digest}",
        "text": address.text,
        "kind": int(address.kind),
        "region": int(address.region),
        "grade": int(address.grade),
        "lat": address.lat,
        "lon": address.lon,
        "source": address.source,
        "township": address.township,
        "valid": address.valid,
    }
    if address.county:  # without it the text is asked
        payload["county"] = address.county
    if address.lat is not None:
        payload["datum"] = address.datum or WGS84
    if address.confirmed and address.placed is not None:  # a person who goes on under another id
        payload |= {"confirmed": True, "by": address.placed_by, "placed": address.placed}
    return payload


def case_payload(case: Case) -> dict[str, Any]:
    """The loan as an event says it."""
    return {
        "case_id": case.case_id,
        "lender": case.lender,
        "contract_no": case.contract_no,
        "product": case.product,
        "amount_overdue": case.amount_overdue,
        "overdue_since": case.overdue_since.isoformat(),
        "status": case.status,
        "limitation_date": case.limitation_date.isoformat() if case.limitation_date else None,
    }


def history_key(
    debtor_id: str, kind: str, at: datetime, fields: dict[str, Any], source_id: str = "",
    lender: str = "",
) -> str:  # fmt: skip
    """By what the same entry is recognised when it comes again: the lender's own number of it, else
    person, kind, moment and what was said."""
    source_id = source_id or fields.get("source_id", "")
    if source_id:
        lender = lender or fields.get("case_id", "").rpartition("/")[0]
        mark = f"{lender}|{kind}|{source_id}"
    else:
        said = (fields.get("code", ""), fields.get("amount", ""), fields.get("phone", ""))
        mark = "|".join((debtor_id, kind, str(instant(at)), *map(str, said)))
    return hashlib.blake2b(mark.encode(), digest_size=16).hexdigest()
