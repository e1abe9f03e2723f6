"""What an outcome sets in motion: the facts that are written, as events and as a preview.

One table says it for both: `effects` lists what follows from a disposition; `record` writes it,
`consequences` shows it above each tile before anybody presses it.
"""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from planner.actions.at_door import NOTHING_ELSE, AtDoor
from planner.domain.codes import Flag, HoldKind, channel_of
from planner.domain.facts import PersonFacts
from planner.domain.instalments import Household, Instalment
from planner.domain.people import Contact, Hold, Promise

# Complaints pause contact for 30 days (gate G2); "says it is paid" until the lender has looked.
COMPLAINT_PAUSE = timedelta(days=30)
CLAIM_CHECK_PAUSE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """An instalment plan as it was agreed: a down payment is the first of `instalments`.

    `approval` lists why the lead has to agree first (instalments.Variant), `told` is what the
    household said, given with its consent only, `case_ids` the loans, () = all open ones.
    """

    instalments: tuple[Instalment, ...]
    down: int = 0
    waived: int = 0
    approval: tuple[str, ...] = ()
    told: Household | None = None
    case_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened at one contact: `at` aware, `amount` minor units, `due` a calendar day.

    Of a plan agreed without `plan` only the next instalment is known: `amount` by `due`.
    """

    debtor_id: str
    code: str
    at: datetime
    result: str = ""
    amount: int | None = None
    due: date | None = None
    note: str = ""
    by: tuple[str, ...] = ()
    address_id: str = ""
    case_id: str = ""
    phone: str = ""
    leave: datetime | None = None
    plan: PlanTerms | None = None
    door: AtDoor = NOTHING_ELSE


@dataclass(frozen=True, slots=True)
class Effect:
    """One fact that follows from an outcome: event `kind` with its `payload`."""

    kind: str
    payload: dict[str, Any]


def _hold(kind: HoldKind, reason: str, until: datetime | None = None) -> Effect:
    payload: dict[str, Any] = {"kind": int(kind), "reason": reason}
    if until is not None:
        payload["until"] = until.isoformat()
    return Effect("hold", payload)


def _flag(flag: Flag) -> Effect:
    return Effect("flag", {"flag": int(flag), "on": True})


def _promise(outcome: Outcome) -> list[Effect]:
    if outcome.amount is None or outcome.due is None:
        return []
    payload = {"amount": outcome.amount, "due": outcome.due.isoformat(), "case_id": outcome.case_id}
    return [Effect("promise", payload)]


def plan_payload(terms: PlanTerms) -> dict[str, Any]:
    """The terms of a plan as fields of an event, without its id."""
    payload: dict[str, Any] = {
        "case_ids": list(terms.case_ids),
        "instalments": [{"due": one.due.isoformat(), "amount": one.amount}
                        for one in terms.instalments],
        "down": terms.down,
        "waived": terms.waived,
        "approval": list(terms.approval),
        "told": asdict(terms.told) if terms.told else {},
    }  # fmt: skip
    return {name: value for name, value in payload.items() if value}


def _plan(outcome: Outcome) -> list[Effect]:
    terms = outcome.plan
    if terms is None and outcome.amount is not None and outcome.due is not None:
        cases = (outcome.case_id,) if outcome.case_id else ()
        terms = PlanTerms((Instalment(outcome.due, outcome.amount),), case_ids=cases)
    return [Effect("plan.agreed", plan_payload(terms))] if terms else []


def _result_effects(outcome: Outcome) -> list[Effect]:
    """Effects of the result code (what was said)."""
    match outcome.result:
        case "OUT-PAID" if outcome.amount:
            return [Effect("payment", {"amount": outcome.amount, "case_id": outcome.case_id})]
        case "OUT-PTP":
            return _promise(outcome)
        case "OUT-PLAN":
            return _plan(outcome)
        case "OUT-HARD":
            return [_flag(Flag.HARDSHIP)]
        case "OUT-DISP":
            return [_hold(HoldKind.DISPUTE, "disputed")]
        case "OUT-CTP":
            until = outcome.at + CLAIM_CHECK_PAUSE
            return [_hold(HoldKind.DISPUTE, "claims_paid", until)]
        case "OUT-CMPL":
            return [_hold(HoldKind.COMPLAINT, "complaint", outcome.at + COMPLAINT_PAUSE)]
        case "OUT-CEASE":
            return [_flag(Flag.CEASE)]
        case "OUT-REP":
            return [_flag(Flag.REPRESENTED)]
        case _:
            return []


def _code_effects(outcome: Outcome) -> list[Effect]:
    """Effects of the disposition code (what was found)."""
    match outcome.code:
        case "VIS-ADR-BAD" | "VIS-MOVED" if outcome.address_id:
            return [Effect("address.judged", {"address_id": outcome.address_id, "valid": False})]
        case "VIS-REFUSE":
            return [_hold(HoldKind.LEAD, "review_cease")]
        case "VIS-ABORT-SAFE":
            return [_hold(HoldKind.UNSAFE, "unsafe")]
        case "VIS-ABORT-VULN":
            return [_flag(Flag.VULNERABLE), _hold(HoldKind.SENSITIVE, "vulnerable")]
        case "VIS-ABORT-MINOR":
            return [_hold(HoldKind.SENSITIVE, "minor_alone")]
        case _:
            return []


def effects(outcome: Outcome) -> list[Effect]:
    """Facts that follow from `outcome`, besides the contact itself."""
    return _code_effects(outcome) + _result_effects(outcome)


def applied(facts: PersonFacts, outcome: Outcome) -> PersonFacts:
    """`facts` as they would be after `outcome`: for previews, nothing is written."""
    contact = Contact(
        "", facts.debtor_id, channel_of(outcome.code), outcome.code, outcome.at,
        result=outcome.result, phone=outcome.phone, address_id=outcome.address_id,
        leave=outcome.leave,
    )  # fmt: skip
    facts = replace(facts, contacts=(*facts.contacts, contact))
    for effect in effects(outcome):
        facts = _with_effect(facts, outcome, effect)
    return facts


def _with_effect(facts: PersonFacts, outcome: Outcome, effect: Effect) -> PersonFacts:
    payload = effect.payload
    match effect.kind:
        case "flag":
            return replace(facts, flags=facts.flags | Flag(payload["flag"]))
        case "hold":
            until = datetime.fromisoformat(payload["until"]) if "until" in payload else None
            hold = Hold("", facts.debtor_id, HoldKind(payload["kind"]), outcome.at, until)
            return replace(facts, holds=(*facts.holds, hold))
        case "promise":
            due = date.fromisoformat(payload["due"])
            promise = Promise("", facts.debtor_id, payload["amount"], due, outcome.at)
            return replace(
                facts,
                promises=(*facts.promises, promise),
                promises_paid=(*facts.promises_paid, 0),
            )
        case "plan.agreed" if not payload.get("approval"):
            agreed = tuple(
                Promise("", facts.debtor_id, one["amount"], date.fromisoformat(one["due"]),
                        outcome.at, plan_id="new")
                for one in payload["instalments"]
            )  # fmt: skip
            return replace(
                facts,
                promises=(*facts.promises, *agreed),
                promises_paid=(*facts.promises_paid, *(0 for _ in agreed)),
            )
        case "address.judged":
            return replace(
                facts,
                addresses=tuple(
                    replace(a, valid=False) if a.address_id == payload["address_id"] else a
                    for a in facts.addresses
                ),
            )
        case _:
            return facts
