"""What else is noted at a door besides the outcome itself, and the entries it becomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from planner.actions.changes import ADDRESS, PHONE, clean_change, proposal
from planner.actions.evidence import Piece
from planner.domain.codes import Flag
from planner.errors import PlannerError
from planner.store.events import NewEvent

# How the person will pay: never into a collector's hand.
PAY_BY: Final = ("transfer", "app", "deducted", "counter", "third")
# Why somebody refuses, and which papers show hardship; what else is said stands in the note.
REASONS: Final = ("no_money", "waits_for_income", "other_debts", "amount_unclear", "service",
                  "no_reason")  # fmt: skip
PAPERS: Final = ("medical", "dismissal", "allowance", "disability", "disaster", "family", "none")


@dataclass(frozen=True, slots=True)
class AtDoor:
    """Further facts of one visit; "" and None = not noted.

    `receipt` is the number of the lender's receipt, `pay_by` how a promise will be paid, `consent`
    "yes" or "no" to a recording, `disclosed` whether a third person learned anything, `shown` which
    papers showed hardship, `phone` and `address` what was found and is to be looked at.
    """

    receipt: str = ""
    pay_by: str = ""
    reason: str = ""
    shown: str = ""
    consent: str = ""
    disclosed: bool | None = None
    phone: str = ""
    address: str = ""
    evidence: tuple[Piece, ...] = ()


NOTHING_ELSE: Final = AtDoor()


def check_door(door: AtDoor, code: str, note: str) -> None:
    """Raise a coded error for what cannot be meant.

    PlannerError: "record.unknown_word", "record.say_what_was_disclosed", "record.no_consent",
    "change.bad_phone", "change.bad_address".
    """
    words = (
        (door.pay_by, PAY_BY), (door.reason, REASONS), (door.shown, PAPERS),
        (door.consent, ("yes", "no")),
    )  # fmt: skip
    for word, known in words:
        if word and word not in known:
            raise PlannerError("record.unknown_word", given=word)
    if code.endswith("-TPC") and door.disclosed and not note:
        raise PlannerError("record.say_what_was_disclosed")
    if any(piece.what == "sound" for piece in door.evidence) and door.consent != "yes":
        raise PlannerError("record.no_consent")
    for field, value in ((PHONE, door.phone), (ADDRESS, door.address)):
        if value:
            clean_change(field, value)


def contact_fields(door: AtDoor) -> dict[str, Any]:
    """Fields of the contact itself."""
    told: dict[str, Any] = {"consent": door.consent, "reason": door.reason, "shown": door.shown}
    told = {name: value for name, value in told.items() if value}
    return told if door.disclosed is None else told | {"disclosed": door.disclosed}


def completed(kind: str, payload: dict[str, Any], door: AtDoor) -> dict[str, Any]:
    """The payload of an effect with what the door adds: receipt, way of paying, papers."""
    if kind == "payment" and door.receipt:
        return payload | {"receipt": door.receipt}
    if kind == "promise" and door.pay_by:
        return payload | {"channel": door.pay_by}
    if kind == "flag" and payload.get("flag") == int(Flag.HARDSHIP) and door.shown:
        return payload | {"reason": door.shown}
    return payload


def found_events(
    debtor_id: str, door: AtDoor, at: datetime, by: Sequence[str], known: Sequence[dict[str, Any]]
) -> list[NewEvent]:
    """What was found, to be decided later. `known` are payloads of an entry that is corrected:
    the same value keeps its id, so that a decision on it stays."""
    events = []
    for field, value in ((PHONE, door.phone), (ADDRESS, door.address)):
        if not value:
            continue
        event = proposal(debtor_id, field, value, at=at, by=by)
        same = [one for one in known
                if (one["field"], one["value"]) == (field, event.payload["value"])]  # fmt: skip
        events.append(NewEvent(event.kind, debtor_id, at, same[0]) if same else event)
    return events
