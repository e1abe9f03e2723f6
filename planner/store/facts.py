"""Facts for rules and ranking: columns for everybody, plain objects for one person."""

import contextlib
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from planner.domain.codes import Channel, HoldKind
from planner.domain.facts import FactTable, PersonFacts, instant, moment
from planner.domain.people import Contact, Hold, Payment, Promise
from planner.errors import PlannerError
from planner.store import columns_money, packs
from planner.store.driver import Connection
from planner.store.people import load_debtor, timeline
from planner.store.promises import day_end, paid_towards, window_end
from planner.store.source import of_persons
from planner.store.state import pids_of
from planner.store.store import Store
from planner.store.terms import agreements_of, notices_of, overrides_of

_AT_ONCE = 4  # blocks in a transaction


def load_facts(
    conn: Connection, day: date, *, zone: str, debtor_ids: Sequence[str] | None = None
) -> FactTable:
    """All persons with an open case (of `debtor_ids`, if given), rows by their first case id.

    Everything recorded is included, also what lies after `day`: judges compare instants. Only
    what was paid towards promises is as of the end of `day`, in each person's zone; `zone` (IANA)
    stands in where a person has none.
    """
    if debtor_ids is None:
        facts = packs.load(conn, zone)
    else:
        facts = packs.facts_of(of_persons(conn, list(pids_of(conn, debtor_ids).values())))
        names = tuple(dict.fromkeys([zone, *(name or zone for name in facts["zones"])]))
        index = [names.index(name or zone) for name in facts["zones"]]
        facts |= {"zones": names, "zone": np.array(index, np.int16)[facts["zone"]]}
    facts["promise_paid"] = columns_money.paid(facts, day)
    return FactTable(**facts)


def keep_blocks(store: Store) -> None:
    """Write the blocks of facts that are missing, so that the next reading of everybody is quick.

    Only where this program writes to the workspace anyway, in short transactions; what cannot be
    written is made at each reading.
    """
    if not store.may_write:
        return
    with store.read() as conn:
        waiting = packs.missing(conn)
    with contextlib.suppress(PlannerError):
        for start in range(0, len(waiting), _AT_ONCE):
            with store.write() as tx:
                packs.write(tx.conn, waiting[start : start + _AT_ONCE])


def load_person_facts(conn: Connection, debtor_id: str, day: date) -> PersonFacts:
    """Everything the rules may know about one person as of `day`, phones and ids in clear.

    The same as that person's row of `load_facts`, read another way. Someone without an open case
    has amount 0. PlannerError("store.unknown_person").
    """
    debtor = load_debtor(conn, debtor_id)
    pid = pids_of(conn, [debtor_id])[debtor_id]
    open_cases = [case for case in debtor.cases if case.status == "open"]
    limits = [case.limitation_date for case in open_cases if case.limitation_date]
    promises = _promises(conn, pid, debtor_id)
    payments = _payments(conn, pid, debtor_id)
    zone = ZoneInfo(debtor.zone)
    windows = [
        (
            instant(promise.made_at),
            window_end(promise.due, day, zone),
            promise.due.toordinal(),
            promise.amount,
        )
        for promise in promises
    ]
    return PersonFacts(
        debtor_id=debtor_id,
        amount=sum(case.amount_overdue for case in open_cases),
        overdue_since=min((case.overdue_since for case in open_cases), default=day),
        open_cases=len(open_cases),
        flags=debtor.flags,
        limitation=min(limits, default=None),
        zone=debtor.zone,
        jurisdiction=debtor.jurisdiction,
        addresses=debtor.addresses,
        contacts=tuple(load_contacts(conn, debtor_id)),
        promises=promises,
        promises_paid=tuple(
            paid_towards(
                windows, [(instant(one.at), one.amount) for one in payments], day_end(day, zone)
            )
        ),
        payments=payments,
        holds=_holds(conn, pid, debtor_id),
        agreements=agreements_of(conn, pid, debtor_id),
        notices=notices_of(conn, pid, debtor_id),
        overrides=overrides_of(conn, pid, debtor_id),
    )


def load_contacts(conn: Connection, debtor_id: str) -> list[Contact]:
    """The contacts that count, by time, with phone, note and who was there."""
    contacts = []
    for entry in timeline(conn, debtor_id):
        if entry.kind != "contact" or entry.undone:
            continue
        told = entry.fields
        leave = told.get("leave")
        contacts.append(
            Contact(
                entry.event_id, debtor_id, Channel(told["channel"]), told["code"], entry.at,
                result=told.get("result", ""), phone=told.get("phone", ""),
                address_id=told.get("address_id", ""), case_id=told.get("case_id", ""),
                by=tuple(told.get("by", ())),
                leave=datetime.fromisoformat(leave) if leave else None,
                note=told.get("note", ""),
            )
        )  # fmt: skip
    return contacts


def _promises(conn: Connection, pid: int, who: str) -> tuple[Promise, ...]:
    return tuple(
        Promise(promise_id, who, amount, date.fromordinal(due), moment(made), case_id, plan_id)
        for promise_id, amount, due, made, case_id, plan_id in conn.execute(
            "SELECT promise_id, amount, due, made_at, case_id, plan_id FROM promise WHERE pid = ?"
            " ORDER BY made_at, promise_id",
            (pid,),
        )
    )


def _payments(conn: Connection, pid: int, who: str) -> tuple[Payment, ...]:
    return tuple(
        Payment(event_id.hex(), who, amount, moment(at), case_id)
        for event_id, at, amount, case_id in conn.execute(
            "SELECT event_id, at, amount, case_id FROM payment WHERE pid = ? ORDER BY at, event_id",
            (pid,),
        )
    )


def _holds(conn: Connection, pid: int, who: str) -> tuple[Hold, ...]:
    return tuple(
        Hold(
            hold_id, who, HoldKind(kind), moment(start),
            None if until is None else moment(until), reason,
        )
        for hold_id, kind, start, until, reason in conn.execute(
            "SELECT hold_id, kind, start, until, reason FROM hold WHERE pid = ?"
            " ORDER BY start, hold_id", (pid,),
        )
    )  # fmt: skip
