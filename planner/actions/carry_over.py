"""Of a person who owes other lenders too: what may stay is recorded anew, under another id."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from planner.actions.listed import address_payload, case_payload, history_key
from planner.domain.facts import moment
from planner.domain.people import Case
from planner.intake.merge import identity
from planner.store.append import keyed_hash
from planner.store.blobs import blobs_of, put_blob
from planner.store.driver import Connection
from planner.store.erasure import Moved, erase_persons
from planner.store.events import Event, NewEvent, events_of, next_id
from planner.store.identity import adopt_identities, identities_of
from planner.store.known import load_debtors
from planner.store.state import undone_batches
from planner.store.store import Writer, make_debtor

_OWN = ("promise", "payment", "evidence")  # kinds that belong to one loan
# What these did is part of the listing.
_STATE = ("reversal", "flag", "needs", "address.judged", "address.placed")
# Of an entry on a loan that goes.
_PLANS = ("plan.agreed", "plan.approved", "plan.ended")  # may be about several loans
_LENDERS = ("case_id", "note", "source_id", "receipt", "reason", "shown")
_MOST_GENERATIONS = 1000  # of a key: how often a fact was undone and told again


def told_cases(event: Event) -> list[tuple[str, str]]:
    """(case id, lender) of the loans that a list told; the id begins with the lender's name."""
    if event.kind != "person.listed":
        return []
    return [
        (case["case_id"], case.get("lender") or case["case_id"].rsplit("/", 1)[0])
        for case in event.payload.get("cases", ())
    ]


def without_loans(event: Event, own: set[str]) -> dict[str, Any] | None:
    """The payload of `event` without the loans `own`; None when nothing of it may stay."""
    told = event.payload
    if event.kind in _STATE or (event.kind in _OWN and told.get("case_id") in own):
        return None
    if event.kind == "person.listed":
        rest = [case for case in told.get("cases", ()) if case["case_id"] not in own]
        return {"cases": rest} if rest else None
    if event.kind in _PLANS and told.get("case_ids"):
        rest = [case for case in told["case_ids"] if case not in own]
        return told | {"case_ids": rest} if rest else None
    if told.get("case_id") in own:
        return _anonymous(told)
    return told


def _anonymous(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in _LENDERS}


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody who goes on as `fresh`: `places` by former address id, stored `keys` by event."""

    who: str
    fresh: str
    places: Mapping[str, str]
    keys: Mapping[bytes, bytes]


def carry_over(tx: Writer, who: str, lender: str, lenders: Sequence[str]) -> Moved:
    """Record what may stay of a person anew, under another id, and erase the rest but in plans.

    Name, numbers, phones, places and marks stay as they are now: they serve the other lenders, and
    nobody can tell any more which list told them first. Each entry keeps its batch, so that it can
    still be undone, and what a file brought is recognised when it comes again; `lenders` are those
    that files may have named.
    """
    ((_, events),) = events_of(tx.conn, [who])
    undone = undone_batches(events)
    own = {case for event in events for case, whose in told_cases(event) if whose == lender}
    debtor = load_debtors(tx.conn, [who])[who]
    known, stored = identities_of(tx.conn, who), _stored_keys(tx.conn, who)
    staying = [event for event in events if event.batch not in undone]
    files = _files(tx.conn, who, staying, own)
    erase_persons(tx, [who], {})
    phone = debtor.phones[0] if debtor.phones else ""
    fresh = make_debtor(tx, identity(debtor.name, debtor.id_number, phone))
    adopt_identities(tx.conn, fresh, known)
    told = [address_payload(fresh, replace(one, address_id="")) for one in debtor.addresses]
    places = {one.address_id: place["address_id"]
              for one, place in zip(debtor.addresses, told, strict=True)}  # fmt: skip
    person = _Person(who, fresh, places, stored)
    _record(tx, person, staying, own, (lender, *lenders))
    listing = {
        "name": debtor.name, "id_number": debtor.id_number, "phones": list(debtor.phones),
        "flags": int(debtor.flags), "zone": debtor.zone, "jurisdiction": debtor.jurisdiction,
        "needs": list(debtor.needs), "addresses": told,
        "cases": [_loan(one) for one in debtor.cases if one.case_id not in own],
    }  # fmt: skip
    at = tx.clock()
    tx.append([NewEvent("person.listed", fresh, at, listing)], next_id(at))
    for name, data in files.items():  # sealed anew, under the new key
        put_blob(tx.conn, fresh, name, data)
    return Moved(fresh, places, frozenset(own))


def _files(conn: Connection, who: str, events: Sequence[Event], own: set[str]) -> dict[str, bytes]:
    """The bytes of the evidence that may stay."""
    names = [
        event.payload["evidence_id"]
        for event in events
        if event.kind == "evidence" and without_loans(event, own) is not None
    ]
    return blobs_of(conn, who, names)


def _loan(case: Case) -> dict[str, Any]:
    """A loan as it is listed anew; of one that only a withdrawal told of, no day is known."""
    told = case_payload(case)
    if case.overdue_since == date.min:
        del told["overdue_since"]
    return told


def _record(
    tx: Writer, person: _Person, events: Sequence[Event], own: set[str], lenders: Sequence[str]
) -> None:
    """The entries as far as they may stay, batch by batch in their order; the first of `lenders` is
    the one whose loans go, and with them what its own numbers show to be its entries."""
    names: dict[str, str] = {}  # ids of promises and pauses that follow from the person's id
    for batch, group in itertools.groupby(events, key=lambda event: event.batch):
        kept = []
        for event in group:
            told = without_loans(event, own)
            if told is None:
                continue
            key, whose = _key(tx.conn, person, event, lenders)
            if whose == lenders[0]:
                told = _anonymous(told)
            if told.get("address_id"):
                told = told | {"address_id": person.places.get(told["address_id"], "")}
            name = f"{event.kind.removesuffix('.ended')}_id"
            if event.kind in ("promise", "hold") and key:
                names[told[name]] = key
            if event.kind in ("promise", "hold", "hold.ended"):
                told = told | {name: names.get(told[name], told[name])}
            kept.append(NewEvent(event.kind, person.fresh, moment(event.occurred_at), told, key))
        if kept:
            tx.append(kept, batch)


def _stored_keys(conn: Connection, who: str) -> dict[bytes, bytes]:
    return {
        bytes(event_id): bytes(key)
        for event_id, key in conn.execute(
            "SELECT event_id, key FROM event WHERE debtor_id = ? AND key IS NOT NULL", (who,)
        )
    }


def _key(
    conn: Connection, person: _Person, event: Event, lenders: Sequence[str]
) -> tuple[str, str]:
    """By what a later import recognises the entry, and the lender whose number that is, if one's.

    The key is the one it had, for the new id; "" when it had none (what was recorded by hand comes
    from no file).
    """
    stored = person.keys.get(event.event_id)
    if stored is None:
        return "", ""
    told, at = event.payload, moment(event.occurred_at)
    given = told.get("source_id") or told.get("receipt", "")
    tries = [("", "")]
    if given:
        tries += [(given, lender) for lender in (told.get("case_id", "").rpartition("/")[0],
                                                 *lenders)]  # fmt: skip
    for source, lender in tries:
        said = {name: value for name, value in told.items() if name != "source_id"}
        former = history_key(person.who, event.kind, at, said, source, lender)
        if _is_key(conn, former, stored):
            return history_key(person.fresh, event.kind, at, said, source, lender), lender
    # A promise or pause is called after its key, which does not say whose it was.
    return str(told.get(f"{event.kind}_id", "")), ""


def _is_key(conn: Connection, key: str, stored: bytes) -> bool:
    """Whether the event was kept under `key`, in whatever generation of it."""
    for generation in range(_MOST_GENERATIONS):
        digest = keyed_hash(conn, "event", f"{generation}:{key}")
        if digest == stored:
            return True
        if not conn.execute("SELECT 1 FROM event WHERE key = ?", (digest,)).fetchone():
            return False
    return False
