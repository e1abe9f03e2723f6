"""The end of a mandate: what a lender told, and what was recorded for it, becomes unreadable.

A person with cases of this lender alone is erased. Of a person who has cases of others too, the
lender's loans and the promises, payments and notes on them go; what is left is recorded anew under
another id, because one key seals all that is known of a person. Contacts, pauses and agreements
stay: limits are counted per person, whoever asked for the visit.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from planner.actions.carry_over import carry_over, told_cases, without_loans
from planner.actions.roles import need_lead
from planner.clock import Clock
from planner.domain.facts import moment
from planner.errors import PlannerError
from planner.store import settings
from planner.store.backup import backups
from planner.store.cleaning import PENDING, finish_purge
from planner.store.driver import Connection
from planner.store.erasure import erase_persons, forget_in_plans
from planner.store.events import Event, NewEvent, events_of
from planner.store.file_names import forget_names
from planner.store.state import CHUNK, undone_batches
from planner.store.store import Store


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
    PlannerError: "purge.no_reason", "purge.no_lender", "store.in_use", "store.cancelled": nothing
    is deleted then; "purge.unfinished": the deletion is done, the cleaning is not.
    """
    need_lead(store)
    if not reason.strip() or not by.strip():
        raise PlannerError("purge.no_reason")
    with store.alone():  # another program that has the file open is noticed before, not after
        pass
    with store.write() as tx:
        scope = _scope(tx.conn, lender, cancelled)
        forget_names(tx, _batches_of(tx.conn, scope.erased + scope.kept))
        lenders_here = _lenders(tx.conn)
        moved = {who: carry_over(tx, who, lender, lenders_here) for who in scope.kept}
        erase_persons(tx, scope.erased, moved)
        forget_in_plans(tx, scope.erased, moved)
        digest = hashlib.sha256("\n".join(sorted(scope.erased + scope.kept)).encode()).hexdigest()
        told = {
            "lender": lender, "reason": reason, "by": by, "persons": len(scope.erased),
            "kept": len(scope.kept), "cases": scope.cases, "entries": scope.entries,
            "backups": len(backups(store.path)), "digest": digest,
        }  # fmt: skip
        tx.append([NewEvent("purge", "", clock(), told)])
        settings.put(tx, PENDING, True)
    try:
        finish_purge(store)
    except PlannerError as error:
        raise PlannerError("purge.unfinished", lender=lender) from error
    return certificates(store)[0]


def certificates(store: Store) -> list[Certificate]:
    """The certificates of all deletions, the newest first, as they were given.

    PlannerError("purge.unfinished") while free pages or backups are still to be cleaned: what a
    certificate says is not true before.
    """
    with store.read() as conn:
        ((_, events),) = events_of(conn, [""])
        done = [event for event in events if event.kind == "purge"]
        if done and settings.get(conn, PENDING, False):
            raise PlannerError("purge.unfinished", lender=done[-1].payload["lender"])
        heads = dict(conn.execute("SELECT event_id, hash FROM event WHERE kind = 'purge'"))
    return [
        Certificate(
            told["lender"], told["reason"], told["by"], moment(event.occurred_at),
            told.get("persons", 0), told.get("kept", 0), told.get("cases", 0),
            told.get("entries", 0), told.get("backups", 0), told["digest"],
            bytes(heads[event.event_id]).hex(),
        )
        for event in reversed(done)
        for told in (event.payload,)
    ]  # fmt: skip


def _batches_of(conn: Connection, debtor_ids: Sequence[str]) -> list[bytes]:
    return [
        bytes(batch)
        for (batch,) in conn.execute(
            "SELECT DISTINCT batch FROM event WHERE debtor_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(debtor_ids)),),
        )
    ]


def _lenders(conn: Connection) -> list[str]:
    """Every lender a file may have named, and none."""
    return ["", *(lender for (lender,) in conn.execute("SELECT DISTINCT lender FROM loan"))]


def _scope(conn: Connection, lender: str, cancelled: Callable[[], bool] | None) -> Scope:
    erased: list[str] = []
    kept: list[str] = []
    cases = entries = 0
    for who, events in _everybody(conn, cancelled):
        own = {case for event in events for case, whose in told_cases(event) if whose == lender}
        if not own:
            continue
        undone = undone_batches(events)
        counting = [event for event in events if event.batch not in undone]
        others = {case for event in counting for case, _ in told_cases(event)} - own
        cases += len(own)
        left = sum(1 for event in counting if without_loans(event, own)) if others else 0
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


def certificate_lines(one: Certificate) -> Sequence[tuple[str, str]]:
    """The fields of a certificate as (name, value), in the order in which they are printed."""
    return (
        ("lender", one.lender), ("reason", one.reason), ("by", one.by),
        ("at", one.at.isoformat(timespec="seconds")), ("erased", str(one.erased)),
        ("kept", str(one.kept)), ("cases", str(one.cases)), ("entries", str(one.entries)),
        ("backups", str(one.backups)), ("persons_digest", one.persons_digest), ("head", one.head),
    )  # fmt: skip
