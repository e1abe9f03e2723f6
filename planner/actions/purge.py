"""The end of a mandate: what a lender told, and what was recorded for it, becomes unreadable.

A person with cases of this lender alone is erased. Of a person who has cases of others too, the
lender's loans and the promises, payments and notes on them go; what is left is recorded anew under
another id, because one key seals all that is known of a person. Contacts, pauses and agreements
stay: limits are counted per person, whoever asked for the visit.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from planner.actions.listed import address_payload, case_payload, history_key
from planner.clock import Clock
from planner.domain.facts import moment
from planner.errors import PlannerError
from planner.intake.merge import identity
from planner.store import settings
from planner.store.backup import backups, delete_backup
from planner.store.driver import Connection
from planner.store.erasure import erase_person
from planner.store.events import Event, NewEvent, events_of, next_id
from planner.store.identity import adopt_identities, identities_of
from planner.store.known import load_debtors
from planner.store.state import CHUNK, undone_batches
from planner.store.store import Store, Writer, new_debtor_id

PENDING = "purge.pending"  # set with the deletion, taken away once nothing is left in free pages
_OWN = ("promise", "payment")  # kinds that belong to one loan
_STATE = ("reversal", "flag", "needs", "address.judged")  # what they did is part of the listing


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom the end of a lender's mandate concerns: `erased` have no other lender, `kept` do."""

    lender: str
    erased: tuple[str, ...]
    kept: tuple[str, ...]
    cases: int
    entries: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was deleted: counts, when (UTC), and digests by which it can be checked.

    `persons_digest` is the SHA-256 of the sorted ids of all persons concerned, `head` the hash of
    the last entry of this device's chain after the deletion, in hexadecimal.
    """

    lender: str
    reason: str
    by: str
    at: datetime
    erased: int
    kept: int
    cases: int
    entries: int
    backups: int
    persons_digest: str
    head: str


def lenders(store: Store) -> list[tuple[str, int, int]]:
    """Every lender that is known here, with the numbers of persons and of cases."""
    with store.read() as conn:
        return list(
            conn.execute(
                "SELECT lender, count(DISTINCT pid), count(*) FROM loan WHERE lender <> ''"
                " GROUP BY lender ORDER BY lender"
            )
        )


def purge_scope(store: Store, lender: str, *, cancelled: Callable[[], bool] | None = None) -> Scope:
    """Whom and how much the end of this mandate concerns; also what was undone is counted.

    PlannerError: "purge.no_lender" when nobody is, "store.cancelled".
    """
    with store.read() as conn:
        return _scope(conn, lender, cancelled)


def purge(
    store: Store, lender: str, *, reason: str, by: str, clock: Clock,
    cancelled: Callable[[], bool] | None = None,
) -> Certificate:  # fmt: skip
    """Delete a lender's book for good, in the workspace, its free pages and its backups.

    Backups made before hold what is deleted and are removed; a fresh one is made. It cannot be
    undone. `cancelled` is heard until the deletion begins. A cut leaves all or nothing of the
    deletion; what then is left of the cleaning is done by `finish_purge`.
    PlannerError: "purge.no_reason", "purge.no_lender", "store.in_use", "store.cancelled".
    """
    if not reason.strip() or not by.strip():
        raise PlannerError("purge.no_reason")
    with store.alone():  # another program that has the file open is noticed before, not after
        pass
    with store.write() as tx:
        scope = _scope(tx.conn, lender, cancelled)
        for who in scope.kept:
            _carry_over(tx, who, lender)
        for who in scope.erased:
            erase_person(tx, who)
        digest = hashlib.sha256("\n".join(sorted(scope.erased + scope.kept)).encode()).hexdigest()
        told = {
            "lender": lender, "reason": reason, "by": by, "persons": len(scope.erased),
            "kept": len(scope.kept), "cases": scope.cases, "entries": scope.entries,
            "digest": digest,
        }  # fmt: skip
        at = clock()
        tx.append([NewEvent("purge", "", at, told)])
        settings.put(tx, PENDING, True)
        (head,) = tx.conn.execute(
            "SELECT last_hash FROM device WHERE device_id = ?", (store.device_id,)
        ).fetchone()
    gone = finish_purge(store)
    return Certificate(
        lender, reason, by, at, len(scope.erased), len(scope.kept), scope.cases, scope.entries,
        gone, digest, bytes(head).hex(),
    )  # fmt: skip


def finish_purge(store: Store) -> int:
    """Clean free pages and backups after a deletion; how many backups were removed.

    Does nothing when no deletion is unfinished.
    """
    with store.read() as conn:
        if not settings.get(conn, PENDING, False):
            return 0
    with store.alone() as conn:
        conn.execute("INSERT INTO search(search) VALUES ('optimize')")
        conn.execute("VACUUM")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    former = backups(store.path)
    for one in former:
        delete_backup(one)
    with store.write() as tx:
        settings.put(tx, PENDING, False)
    store.backup("purge")
    return len(former)


def _scope(conn: Connection, lender: str, cancelled: Callable[[], bool] | None) -> Scope:
    erased: list[str] = []
    kept: list[str] = []
    cases = entries = 0
    for who, events in _everybody(conn, cancelled):
        own = {case for event in events for case, whose in _told_cases(event) if whose == lender}
        if not own:
            continue
        undone = undone_batches(events)
        counting = [event for event in events if event.batch not in undone]
        others = {case for event in counting for case, _ in _told_cases(event)} - own
        cases += len(own)
        left = sum(1 for event in counting if _without(event, own)) if others else 0
        entries += len(events) - left
        (kept if others else erased).append(who)
    if not erased and not kept:
        raise PlannerError("purge.no_lender", lender=lender)
    return Scope(lender, tuple(erased), tuple(kept), cases, entries)


def _everybody(
    conn: Connection, cancelled: Callable[[], bool] | None
) -> Iterator[tuple[str, list[Event]]]:
    """Every person with all events, undone ones too."""
    ids = [
        who
        for (who,) in conn.execute(
            "SELECT debtor_id FROM who WHERE debtor_id <> '' AND key IS NOT NULL ORDER BY pid"
        )
    ]
    for start in range(0, len(ids), CHUNK):
        if cancelled and cancelled():
            raise PlannerError("store.cancelled")
        yield from events_of(conn, ids[start : start + CHUNK])


def _told_cases(event: Event) -> list[tuple[str, str]]:
    """(case id, lender) of the loans that a list told; the id begins with the lender's name."""
    if event.kind != "person.listed":
        return []
    return [
        (case["case_id"], case.get("lender") or case["case_id"].rsplit("/", 1)[0])
        for case in event.payload.get("cases", ())
    ]


def _without(event: Event, own: set[str]) -> dict[str, Any] | None:
    """The payload of `event` without the loans `own`; None when nothing of it may stay."""
    told = event.payload
    if event.kind in _STATE or (event.kind in _OWN and told.get("case_id") in own):
        return None
    if event.kind == "person.listed":
        rest = [case for case in told.get("cases", ()) if case["case_id"] not in own]
        return {"cases": rest} if rest else None
    if told.get("case_id") in own:
        return {name: value for name, value in told.items() if name not in ("case_id", "note")}
    return told


def _carry_over(tx: Writer, who: str, lender: str) -> None:
    """Record what may stay of a person anew, under another id, and erase the rest.

    Name, numbers, phones, places and marks stay as they are now: they serve the other lenders, and
    nobody can tell any more which list told them first.
    """
    ((_, events),) = events_of(tx.conn, [who])
    undone = undone_batches(events)
    own = {case for event in events for case, whose in _told_cases(event) if whose == lender}
    person = load_debtors(tx.conn, [who])[who]
    known = identities_of(tx.conn, who)
    erase_person(tx, who)
    phone = person.phones[0] if person.phones else ""
    fresh = new_debtor_id(tx, identity(person.name, person.id_number, phone))
    adopt_identities(tx.conn, fresh, known)
    places = [address_payload(fresh, replace(one, address_id="")) for one in person.addresses]
    moved = {one.address_id: place["address_id"]
             for one, place in zip(person.addresses, places, strict=True)}  # fmt: skip
    kept = []
    for event in events:
        told = _without(event, own)
        if told is not None and event.batch not in undone:
            if told.get("address_id"):
                told = told | {"address_id": moved.get(told["address_id"], "")}
            at = moment(event.occurred_at)
            kept.append(NewEvent(event.kind, fresh, at, told, _key(fresh, event.kind, at, told)))
    listing = {
        "name": person.name, "id_number": person.id_number, "phones": list(person.phones),
        "flags": int(person.flags), "zone": person.zone, "jurisdiction": person.jurisdiction,
        "needs": list(person.needs), "addresses": places,
        "cases": [case_payload(one) for one in person.cases if one.case_id not in own],
    }  # fmt: skip
    at = tx.clock()
    tx.append([*kept, NewEvent("person.listed", fresh, at, listing)], next_id(at))


def _key(who: str, kind: str, at: datetime, told: dict[str, Any]) -> str:
    """By what a later import recognises the entry; "" for what no file brings."""
    if kind in ("promise", "hold"):
        return str(told[f"{kind}_id"])
    return history_key(who, kind, at, told) if kind in ("contact", "payment") else ""


def certificate_lines(one: Certificate) -> Sequence[tuple[str, str]]:
    """The fields of a certificate as (name, value), in the order in which they are printed."""
    return (
        ("lender", one.lender), ("reason", one.reason), ("by", one.by),
        ("at", one.at.isoformat(timespec="seconds")), ("erased", str(one.erased)),
        ("kept", str(one.kept)), ("cases", str(one.cases)), ("entries", str(one.entries)),
        ("backups", str(one.backups)), ("persons_digest", one.persons_digest), ("head", one.head),
    )  # fmt: skip
