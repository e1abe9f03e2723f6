"""The lead takes in what a collector's laptop tells: its chains, evidence, submitted routes.

Facts are kept whoever has the person by now; what was recorded after somebody else got them is
flagged. Everything happens in the caller's transaction.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from planner.errors import PlannerError
from planner.store.append import meta
from planner.store.driver import Connection
from planner.store.events import Event, Row, events_of
from planner.store.events import rows as rows_of
from planner.store.state import undone_batches
from planner.store.store import Writer
from planner.sync.branches import add_chain
from planner.sync.bundle import is_proof
from planner.sync.conflicts import find_conflicts
from planner.sync.delivery import Chain, Delivery, PersonPackage, PlanCopy
from planner.sync.entries import Checker, add_part, base_of, family, unknown
from planner.sync.merging import (
    Merged,
    events_of_kind,
    fold,
    keys_of,
    know_persons,
    last_seen,
    new_device,
    note_seen,
    take_files,
)
from planner.sync.outgoing import ASKED, own_devices
from planner.sync.peers import Peer, change_peer, own_keys
from planner.sync.plan_copies import plan_of
from planner.sync.workspace import foreign_crews

BACK = "back"  # the owner of branches with entries that this workspace had lost


def merge_up(tx: Writer, peer: Peer, told: Delivery, now: datetime) -> Merged:
    """Merge a delivery of a collector's laptop.

    PlannerError: "exchange.replayed" when all of it is known, "exchange.gap", and whatever
    `Checker.look` and `find_place` refuse; then nothing may be kept.
    """
    conn, done = tx.conn, Merged()
    _refuse_foreign(conn, peer, told)
    seen = last_seen(conn, peer, told.device_id)
    newest = told.number > (seen or 0)
    fresh, payloads = take_chains(conn, peer, told.chains, now, done)
    open_asks = _asked_of(conn, peer, still=True) | _keyless(conn)
    back = [one for one in told.persons if one.debtor_id in open_asks]
    if back:
        payloads |= take_back(conn, peer, back, done)
    keys = keys_of(conn, [file.debtor_id for file in told.files])
    take_files(conn, told.files, payloads, keys)
    if not newest and not fresh:
        raise PlannerError("exchange.replayed", number=told.number)
    for plan in told.plans:
        _keep_plan(conn, peer, plan)
    before = _place(conn, peer.peer_id, peer.acked)
    if newest:
        if peer.device_id not in ("", told.device_id):  # it was put back, or is a clone
            conn.execute("DELETE FROM given WHERE peer_id = ? AND gone = 0", (peer.peer_id,))
        done.skew = note_seen(conn, peer, told, now)
        _confirm(conn, peer, told)
        _heed(conn, peer, told)
    finish_up(conn, peer, told, fresh, before, now, done)
    return done


def take_chains(
    conn: Connection, peer: Peer, chains: Sequence[Chain], now: datetime, done: Merged
) -> tuple[list[Row], dict[bytes, dict[str, Any]]]:
    """Keep what is new of these chains; the new entries and the payloads of the readable ones."""
    rows = [row for chain in chains for row in chain.rows]
    keys = keys_of(conn, [row.debtor_id for row in rows])
    missing = {row.debtor_id for row in rows} - keys.keys()
    if missing and _was_restored(conn):
        # Imported after the copy from which this workspace was put back: only the entry is kept.
        conn.executemany("INSERT INTO who (debtor_id) VALUES (?)", [(who,) for who in missing])
        conn.executemany("INSERT OR IGNORE INTO wish VALUES (?, 0)", [(who,) for who in missing])
        keys |= dict.fromkeys(missing)
    checker = Checker(conn, keys, peer)
    fresh: list[Row] = []
    for one in chains:
        some, forked = add_chain(conn, peer.peer_id, one.device_id, one.rows, checker, now)
        fresh += some
        done.forked += forked
    done.received += len(fresh)
    done.touched |= {row.debtor_id for row in fresh}
    return fresh, checker.payloads


def take_back(
    conn: Connection, peer: Peer, persons: Sequence[PersonPackage], done: Merged
) -> dict[bytes, dict[str, Any]]:
    """Persons for whom a lead's workspace that was put back has asked: key, identities and what it
    had recorded itself; the payloads. Entries of other laptops come from these."""
    own = set(own_devices(conn))
    rows = [
        row for one in persons for row in one.rows
        if row.device_id in own and row.debtor_id == one.debtor_id
    ]  # fmt: skip
    know_persons(conn, persons)
    done.persons_in += len(persons)
    fresh = unknown(conn, rows)
    checker = Checker(conn, keys_of(conn, [one.debtor_id for one in persons]))
    for row in [*fresh, *_unread(conn, persons)]:
        checker.look(row)
    add_part(conn, fresh, BACK)
    asked = json.dumps([one.debtor_id for one in persons])
    conn.execute("DELETE FROM wish WHERE debtor_id IN (SELECT value FROM json_each(?))", (asked,))
    conn.executemany(
        "UPDATE given SET gone = 0 WHERE peer_id = ? AND topic = ?",
        [(peer.peer_id, ASKED + one.debtor_id) for one in persons],
    )
    done.received += len(fresh)
    done.touched |= {one.debtor_id for one in persons}
    return checker.payloads


def _unread(conn: Connection, persons: Sequence[PersonPackage]) -> list[Row]:
    """Entries that were kept before anybody here could read them."""
    return [
        row for one in persons for row in rows_of(conn, "WHERE debtor_id = ?", (one.debtor_id,))
    ]


def finish_up(
    conn: Connection, peer: Peer, told: Delivery | None, fresh: Sequence[Row], before: int,
    now: datetime, done: Merged,
) -> None:  # fmt: skip
    """Fold the persons concerned, flag what came too late, note conflicts. `before`: the place in
    this file up to which the laptop had everything when it told this."""
    fold(conn, done.touched)
    persons = [who for who in done.touched if who]
    came = {row.event_id: row for row in fresh}
    done.flagged += _flag(conn, peer, came, now)
    after = _place(conn, peer.peer_id, told.seen[1]) if told else before
    merged_at = told.seen[2] if told else 0
    own = {base_of(name) for name, _, _ in _own_family(conn, peer, fresh)}

    def apart(event_id: bytes, other: bytes) -> bool:
        place, device = conn.execute(
            "SELECT seq, device_id FROM event WHERE event_id = ?", (other,)
        ).fetchone()
        had = after if came[event_id].recorded_at >= merged_at > 0 else before
        return base_of(device) not in own and place > had

    done.conflicts += find_conflicts(conn, persons, came.__contains__, apart, now)
    if fresh:
        change_peer(conn, peer.peer_id, owes=1)


def _own_family(conn: Connection, peer: Peer, fresh: Sequence[Row]) -> list[tuple[str, str, int]]:
    return [one for device in {row.device_id for row in fresh} for one in family(conn, device)]


def _refuse_foreign(conn: Connection, peer: Peer, told: Delivery) -> None:
    """What only a lead sends, and what comes under another laptop's number, is refused."""
    asked = _asked_of(conn, peer) | _keyless(conn)
    if (told.assigned is not None or told.gone or told.workspace or told.held
            or told.settings is not None or any(one.debtor_id not in asked
                                                for one in told.persons)):  # fmt: skip
        raise PlannerError("exchange.lead_only")
    if any(owner != peer.peer_id for _, owner, _ in family(conn, told.device_id)):
        raise PlannerError("exchange.forged", name=peer.name)


def _keyless(conn: Connection) -> set[str]:
    """Of whom this workspace keeps entries and has lost the key."""
    return {who for (who,) in conn.execute("SELECT debtor_id FROM wish")}


def _asked_of(conn: Connection, peer: Peer, *, still: bool = False) -> set[str]:
    """For whom this laptop was asked; `still`: and has not answered."""
    found = conn.execute(
        "SELECT topic FROM given WHERE peer_id = ? AND topic LIKE ? AND gone >= ?",
        (peer.peer_id, ASKED + "%", int(still)),
    )
    return {topic.removeprefix(ASKED) for (topic,) in found}


def _was_restored(conn: Connection) -> bool:
    (count,) = conn.execute("SELECT count(*) FROM device WHERE owner = ''").fetchone()
    return int(count) > 1


def _place(conn: Connection, peer_id: str, number: int) -> int:
    """The place in this file up to which delivery `number` went; 0 when that is not known."""
    found = conn.execute(
        "SELECT upto FROM sent WHERE peer_id = ? AND number = ?", (peer_id, number)
    ).fetchone()
    return int(found[0]) if found else 0


def _confirm(conn: Connection, peer: Peer, told: Delivery) -> None:
    """The laptop's word about what it has merged counts, also when it is less than before."""
    device, number, _ = told.seen
    if device != meta(conn, "device"):
        number = 0
    elif number > peer.out_number:  # this file was put back by hand and forgot what it had sent
        own = own_keys(conn)
        if own is None or not is_proof(own, peer, number, told.proof):  # or a laptop says so only
            raise PlannerError("exchange.forged", name=peer.name)
        new_device(conn, secrets.token_hex(8))
        number = 0
    change_peer(
        conn, peer.peer_id, acked=number, held=_place(conn, peer.peer_id, number),
        settings=told.settings_digest,
    )  # fmt: skip
    conn.execute("DELETE FROM sent WHERE peer_id = ? AND number < ?", (peer.peer_id, number))


def _heed(conn: Connection, peer: Peer, told: Delivery) -> None:
    """Persons of whom the laptop has other entries go whole; those it should not have, it drops."""
    if _was_restored(conn):
        _ask_back(conn, peer, [*told.wanted, *told.surplus])
    for who in told.wanted:
        conn.execute(
            "DELETE FROM given WHERE peer_id = ? AND topic = ? AND gone = 0", (peer.peer_id, who)
        )
    answered = {one.debtor_id for one in told.persons}  # folded only after this
    for who in told.surplus:
        if who in answered or not _may_drop(conn, peer, who):
            continue
        conn.execute(
            "INSERT OR REPLACE INTO given SELECT ?, debtor_id, 0, 1 FROM who"
            " LEFT JOIN assignment USING (pid) WHERE debtor_id = ?"
            " AND (key IS NOT NULL OR erased_at IS NOT NULL)"  # else nobody knows them any more
            " AND (collector_id IS NULL OR collector_id <> ?)",
            (peer.peer_id, who, peer.collector_id),
        )


def _may_drop(conn: Connection, peer: Peer, who: str) -> bool:
    """Whether a laptop may be told to drop a person: what only it has has come here, and the lead
    knows that its collector once had them. Else this workspace may have been put back."""
    if who in _asked_of(conn, peer, still=True):
        return False
    key = keys_of(conn, [who]).get(who)
    if key is None:  # erased, or not known at all
        return True
    return any(
        event.payload["collector_id"] == peer.collector_id
        for event in events_of_kind(conn, who, "assigned")
    )


def _ask_back(conn: Connection, peer: Peer, persons: Sequence[str]) -> None:
    """Ask for what this workspace recorded of these persons and lost, once of each laptop after
    each time that it was put back (a number below zero: which time)."""
    time = -len(own_devices(conn))
    for who in keys_of(conn, persons):
        asked = (peer.peer_id, ASKED + who)
        done = conn.execute(
            "SELECT number FROM given WHERE peer_id = ? AND topic = ?", asked
        ).fetchone()
        if done != (time,):
            conn.execute("INSERT OR REPLACE INTO given VALUES (?, ?, ?, 1)", (*asked, time))


def _keep_plan(conn: Connection, peer: Peer, one: PlanCopy) -> None:
    """Keep a submitted route beside the plans; PlannerError("exchange.malformed")."""
    if [route.crew_id for route in plan_of(one).routes] != [one.crew_id]:
        raise PlannerError("exchange.malformed")
    if one.crew_id in foreign_crews(conn, peer.collector_id):
        raise PlannerError("exchange.lead_only")
    conn.execute(
        "INSERT OR REPLACE INTO submitted VALUES (?, ?, ?, ?, ?, ?, ?)",
        (one.plan_id, one.crew_id, peer.collector_id, one.day, one.made_at, one.batch, one.body),
    )


def _flag(conn: Connection, peer: Peer, came: Mapping[bytes, Row], now: datetime) -> int:
    """Flag entries of the time after somebody else, or nobody, got the person."""
    count = 0
    persons = sorted({row.debtor_id for row in came.values() if row.debtor_id})
    if not persons or not conn.execute("SELECT 1 FROM assignment LIMIT 1").fetchone():
        return 0
    for who, events in events_of(conn, persons):
        undone = undone_batches(events)
        history = [one for one in events if one.kind == "assigned" and one.batch not in undone]
        for event in events:
            if event.event_id in came and _late(history, event, peer.collector_id):
                done = conn.execute(
                    "INSERT OR IGNORE INTO flagged SELECT pid, ?, ? FROM who WHERE debtor_id = ?",
                    (event.event_id, int(now.timestamp()), who),
                )
                count += int(done.rowcount)
    return count


def _late(history: Sequence[Event], event: Event, collector_id: str) -> bool:
    """Whether the person had been taken from this collector when the entry says it happened."""
    before = [one for one in history if one.occurred_at <= event.occurred_at]
    had = any(one.payload["collector_id"] == collector_id for one in before)
    return had and before[-1].payload["collector_id"] != collector_id
